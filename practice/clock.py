"""When a day opens for booking: the venue's rule, what the control sets instead, and the delay nobody announced."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from datetime import time as time_of_day
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
DAYS_AHEAD = 35
"""A day opens at the end of the day that lies this many days before it."""


def rule(day: date) -> datetime:
    """Return the instant at which a day opens by the venue's own rule: midnight in London."""
    return datetime.combine(day - timedelta(days=DAYS_AHEAD - 1), time_of_day(), LONDON)


class Openings:
    """The opening of every day, and the venue's clock.

    Args:
        now: seconds since the epoch.
        delay: seconds by which days really open later than announced.
    """

    def __init__(self, now: Callable[[], float] = time.time, delay: Callable[[], float] = lambda: 0.0) -> None:
        self._now = now
        self._delay = delay
        self._announced: dict[date, datetime | None] = {}

    def now(self) -> datetime:
        """Return the venue's time, in London."""
        return datetime.fromtimestamp(self._now(), LONDON)

    def now_ms(self) -> float:
        """Return the venue's time in milliseconds since the epoch, as all records carry it."""
        return self._now() * 1000

    def announce(self, day: date, instant: datetime | None) -> None:
        """Open a day at this instant instead of by the rule; None keeps it closed until announced again."""
        self._announced.pop(day, None)  # the one announced last comes last
        self._announced[day] = instant

    def withdraw(self, day: date) -> None:
        """Leave a day to the rule again."""
        self._announced.pop(day, None)

    def announced(self, day: date) -> datetime | None:
        """Return when a day opens as far as anybody is told; None while that is pending."""
        return self._announced[day] if day in self._announced else rule(day)

    def by_rule(self, day: date) -> bool:
        """Tell whether a day follows the rule."""
        return day not in self._announced

    def opens_ms(self, day: date) -> float | None:
        """Return when a day really opens, in milliseconds since the epoch; None while that is pending."""
        announced = self.announced(day)
        return None if announced is None else (announced.timestamp() + self._delay()) * 1000

    def is_open(self, day: date, at_ms: float) -> bool:
        """Tell whether a day is open at an instant, to the millisecond."""
        opens = self.opens_ms(day)
        return opens is not None and at_ms >= opens

    def age(self) -> float | None:
        """Return the seconds since the latest opening: the one announced last, else the last midnight.

        Negative before it; None while the one announced last is pending.
        """
        if self._announced:
            opens = self.opens_ms(next(reversed(self._announced)))
        else:
            opens = self.opens_ms(self.now().date() + timedelta(days=DAYS_AHEAD - 1))
        return None if opens is None else (self.now_ms() - opens) / 1000
