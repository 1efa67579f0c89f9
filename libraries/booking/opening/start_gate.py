"""Taking turns at starting browsers, so that many accounts do not all start at once."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable
from pathlib import Path

LONGEST_WAIT = 120.0
"""Seconds after which an account starts all the same: the opening does not wait."""
_POLL = 0.1


class StartGate:
    """One of as many places as the machine has cores; the system frees the place of a worker that is killed."""

    def __init__(
        self,
        folder: Path,
        places: int = 0,
        *,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Prepare to take a place.

        Args:
            folder: where all workers of the run keep the places.
            places: how many there are; 0 means one for each core.
            now: a clock, in seconds.
            sleep: how to wait, in seconds.
        """
        self._files = [folder / f".turn-{number}" for number in range(places or os.cpu_count() or 1)]
        self._now = now
        self._sleep = sleep
        self._place: int | None = None

    def take(self) -> bool:
        """Wait for a free place; return False if none came free in time."""
        deadline = self._now() + LONGEST_WAIT
        while self._place is None and self._now() < deadline:
            for file in self._files:
                place = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
                try:
                    fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    os.close(place)
                    continue
                self._place = place
                break
            else:
                self._sleep(_POLL)
        return self._place is not None

    def pass_on(self) -> None:
        """Free the place for the next; nothing happens if none was taken."""
        if self._place is not None:
            os.close(self._place)
            self._place = None
