"""A clock for tests of what is written down with its instant."""

from __future__ import annotations

from datetime import datetime, timedelta


class TickingClock:
    """Goes on by a millisecond whenever somebody looks, so that no two instants are the same.

    Args:
        now: what it shows before the first look.
    """

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        self.now += timedelta(milliseconds=1)
        return self.now
