"""Waiting for the opening: precisely, interruptibly, and with the session kept alive meanwhile."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from zoneinfo import ZoneInfo

from booking.model import Plan
from booking.opening.clock import WARN_ABOVE, Offset, Sample, corrected, estimate, next_sample_at

ANNOUNCEMENT = "opening.txt"
"""File in the run's folder that names the opening, where the plan could not know it beforehand."""
KEEP_ALIVE = 240.0
"""Seconds between two signs of life during a long wait; sessions of the site end after about 15 minutes."""
LAST_LOOK = 90.0
"""Seconds before the opening at which the session is looked at once more: enough for a slow login."""
MEASURE_BEFORE = 20.0
"""Seconds before the opening at which the site's clock is measured: late, because clocks drift."""
LAST_SAMPLE = 1.0
"""Seconds before the opening after which no more is asked for the sake of the clock."""
HEAD_START = 0.5
"""Seconds before the opening at which the wait ends here: the page that sends the first request waits for the rest.
Its clock is this machine's, and no call has to find its way to the browser any more when the instant has come."""
SAMPLES = 12
"""Requests for the site's time, at most."""
_FINE = 0.05
"""Seconds before the instant from which on short sleeps are used: the coarse one may oversleep."""
_LOOK_FOR_ANNOUNCEMENT = 0.02
_LOOK_AT_CLOCK = 2.0
"""Seconds after which a wait looks whether this machine's clock was set."""


class Duty(StrEnum):
    """What is due after a wait."""

    KEEP_ALIVE = "keep alive"
    MEASURE = "measure the clock"
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
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        """Prepare to wait as the plan says; an opening it does not name is announced in the run's folder."""
        self._plan = plan
        self._announcement = run_folder / ANNOUNCEMENT
        self._now = now
        self._sleep = sleep
        self._steady = steady
        self._apart = now() - steady()
        self._doubted = False
        self._last_sign = now()
        self._measured = False
        self._samples: list[Sample] = []
        self.opening: datetime | None = plan.opening
        self.set_by = 0.0
        """Seconds by which this machine's clock was set during the wait, or that it slept through."""

    @property
    def offset(self) -> Offset | None:
        """What is known of the site's clock."""
        return estimate(self._samples)

    @property
    def opens(self) -> float | None:
        """When the day opens by this machine's clock, in seconds since the epoch; None while that is not announced."""
        return corrected(self.opening, self.offset) if self.opening is not None else None

    def next_duty(self) -> Duty:
        """Wait until something is due: a sign of life, a measurement of the clock, or, a little ahead, the opening."""
        if not self._plan.wait:
            return Duty.OPEN
        while True:
            due = self._due()
            instant, duty = due or (self._now() + _LOOK_FOR_ANNOUNCEMENT, None)
            self._sleep_until(min(instant, self._now() + _LOOK_AT_CLOCK))
            if not self._clock_was_set() and duty is not None and self._now() >= instant:
                break
        if duty is Duty.KEEP_ALIVE:
            self._last_sign = self._now()
        return duty

    def sample_due(self) -> bool:
        """Wait until the next request for the site's time should be sent; False when there are to be no more."""
        self._read_announcement()
        self._clock_was_set()
        at = next_sample_at(self._samples, self._now())
        latest = self.opens - LAST_SAMPLE if self.opens is not None and not self._doubted else math.inf
        if self._measured or len(self._samples) >= SAMPLES or at > latest:
            self._measured = True
            return False
        self._sleep_until(at)
        return True

    def take_sample(self, sample: Sample | None) -> None:
        """Take in what one request said of the site's time; None when it said nothing, which ends the measurement."""
        self._doubted = False
        if sample is None:
            self._measured = True
        else:
            self._samples.append(sample)

    def _sleep_until(self, instant: float) -> None:
        """Sleep until an instant by the clock as it was when last looked at, whatever is done to it meanwhile."""
        sleep_until(instant, now=lambda: self._steady() + self._apart, sleep=self._sleep)

    def _clock_was_set(self) -> bool:
        """Notice that this machine's clock was set: what was known of the site's clock is to be measured again."""
        # Read twice: this process may have been held up between the two clocks.
        by = min((self._now() - self._steady() - self._apart for _ in range(2)), key=abs)
        # What a time service does little by little adds up to nothing.
        self._apart += by
        if abs(by) <= WARN_ABOVE:
            return False
        # A machine that slept looks the same as a clock set forward, and its session is as old as the clock says.
        self._last_sign += min(by, 0.0)
        self.set_by += by
        self._samples.clear()
        self._measured = False
        self._doubted = True
        return True

    def _due(self) -> tuple[float, Duty] | None:
        """Return what is due next and when; None when nothing is but the opening, and that is not announced yet."""
        self._read_announcement()
        now = self._now()
        sign = self._last_sign + KEEP_ALIVE
        opens = self.opens
        if self._doubted or (opens is None and not self._measured):
            return now, Duty.MEASURE
        if opens is None:
            return (now, Duty.KEEP_ALIVE) if sign <= now else None
        if now < opens - LAST_LOOK:
            return min(sign, opens - LAST_LOOK), Duty.KEEP_ALIVE
        if not self._measured:
            return opens - MEASURE_BEFORE, Duty.MEASURE
        return opens - HEAD_START, Duty.OPEN

    def _read_announcement(self) -> None:
        if self.opening is None and self._announcement.exists():
            text = self._announcement.read_text(encoding="utf-8")
            self.opening = datetime.fromisoformat(text).astimezone(ZoneInfo(self._plan.zone))
