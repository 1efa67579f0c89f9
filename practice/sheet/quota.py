"""Requests a minute, as Google counts them for one user."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

WINDOW_SECONDS = 60.0


class Quota:
    """A sliding minute. What was refused does not count."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._granted: deque[float] = deque()

    def grant(self, limit: int | None) -> bool:
        """Count one request; tell whether it is within the limit (None: there is none)."""
        now = self._clock()
        while self._granted and now - self._granted[0] >= WINDOW_SECONDS:
            self._granted.popleft()
        if limit is not None and len(self._granted) >= limit:
            return False
        self._granted.append(now)
        return True
