"""Waiting for the opening: precisely, interruptibly, and with the session kept alive meanwhile."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from zoneinfo import ZoneInfo

from booking.model import Plan

ANNOUNCEMENT = "opening.txt"
"""File in the run's folder that names the opening, where the plan could not know it beforehand."""
KEEP_ALIVE = 240.0
"""Seconds between two signs of life during a long wait; sessions of the site end after about 15 minutes."""
LAST_LOOK = 60.0
"""Seconds before the opening at which the session is looked at once more."""
_FINE = 0.05
"""Seconds before the instant from which on short sleeps are used: the coarse one may oversleep."""
_LOOK_FOR_ANNOUNCEMENT = 0.02


class Duty(StrEnum):
    """What is due after a wait."""

    KEEP_ALIVE = "keep alive"
    OPEN = "open"


def announce(run_folder: Path, opening: datetime) -> None:
    """Tell the waiting workers of a run when the day opens."""
    draft = run_folder / f"{ANNOUNCEMENT}.draft"
    draft.write_text(opening.isoformat(), encoding="utf-8")
    draft.rename(run_folder / ANNOUNCEMENT)


def sleep_until(
    instant: float, *, now: Callable[[], float] = time.time, sleep: Callable[[float], None] = time.sleep
) -> None:
    """Sleep until an instant (seconds since the epoch): coarsely first, then in ever shorter steps.

    A signal ends the wait, since every step is a plain sleep. A clock that is set back makes the wait longer, as it
    should: the site's opening is a matter of wall-clock time.
    """
    while (left := instant - now()) > 0:
        # Half a minute at most: a clock that was set forward must not be slept through.
        sleep(min(left - _FINE, 30.0) if left > 2 * _FINE else left / 2 if left > 0.002 else left)


class Waiting:
    """The wait of one worker, from ready to the opening."""

    def __init__(
        self,
        plan: Plan,
        run_folder: Path,
        *,
        now: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Prepare to wait as the plan says; an opening it does not name is announced in the run's folder."""
        self._plan = plan
        self._announcement = run_folder / ANNOUNCEMENT
        self._now = now
        self._sleep = sleep
        self._last_sign = now()
        self._looked = False
        self.opening: datetime | None = plan.opening

    def next_duty(self) -> Duty:
        """Wait until something is due: a sign of life, the last look at the session, or the opening itself."""
        if not self._plan.wait:
            return Duty.OPEN
        while self.opening is None:
            if self._announcement.exists():
                zone = ZoneInfo(self._plan.zone)
                text = self._announcement.read_text(encoding="utf-8")
                self.opening = datetime.fromisoformat(text).astimezone(zone)
            elif self._now() >= self._last_sign + KEEP_ALIVE:
                return self._sign()
            else:
                self._sleep(_LOOK_FOR_ANNOUNCEMENT)
        opening = self.opening.timestamp()
        last_look = opening - LAST_LOOK
        due = self._last_sign + KEEP_ALIVE
        if due < last_look:
            sleep_until(due, now=self._now, sleep=self._sleep)
            return self._sign()
        if not self._looked and self._now() < last_look:
            sleep_until(last_look, now=self._now, sleep=self._sleep)
            self._looked = True
            return self._sign()
        sleep_until(opening, now=self._now, sleep=self._sleep)
        return Duty.OPEN

    def _sign(self) -> Duty:
        self._last_sign = self._now()
        return Duty.KEEP_ALIVE
