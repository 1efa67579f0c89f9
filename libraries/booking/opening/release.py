"""When a slot day opens, and which slot day an instant is about.

All sums are done on instants in UTC: Python compares two datetimes of the same zone by their wall clocks, which is
wrong in the night of a clock change.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Release:
    """The rule by which the site opens a slot day."""

    days_ahead: int
    """How many days before the slot day its opening day lies."""
    minutes: int
    """Wall-clock time of the opening, in minutes after the start of the opening day; 1440 is midnight at its end."""
    zone: ZoneInfo

    def __post_init__(self) -> None:
        if self.days_ahead < 0:
            raise ValueError(f"days_ahead is {self.days_ahead}: a slot day cannot open after itself")
        if not 0 <= self.minutes <= 24 * 60:
            raise ValueError(f"minutes is {self.minutes}: an opening lies from 0 (00:00) to 1440 (24:00)")

    def opening_of(self, slot_day: date) -> datetime:
        """Return the instant at which this slot day opens, in the zone of the site.

        A time that the spring change leaves out is the first instant after it; one that autumn has twice is the first.
        """
        return self._instant(slot_day - timedelta(days=self.days_ahead), self.minutes).astimezone(self.zone)

    def slot_day_at_hand(self, now: datetime, ahead: timedelta) -> date:
        """Return the slot day of the opening at hand.

        That is the next opening if it is at most `ahead` away, else the latest that has passed.

        Raises:
            ValueError: `now` carries no zone.
        """
        instant = _utc(now)
        # The opening of the day before has passed whatever the time of the release: even its 24:00 is today's 00:00.
        slot_day = instant.astimezone(self.zone).date() + timedelta(days=self.days_ahead - 1)
        while _utc(self.opening_of(slot_day)) <= instant:
            slot_day += timedelta(days=1)
        if _utc(self.opening_of(slot_day)) - instant <= ahead:
            return slot_day
        return slot_day - timedelta(days=1)

    def slot_day_of_opening(self, opening: datetime) -> date:
        """Return the slot day of an announced opening.

        It belongs to the day which it ends, if it is exactly midnight, or else to the day in which it falls.

        Raises:
            ValueError: `opening` carries no zone.
        """
        instant = _utc(opening)
        day = instant.astimezone(self.zone).date()
        if instant == self._instant(day, 0):
            day -= timedelta(days=1)
        return day + timedelta(days=self.days_ahead)

    def _instant(self, day: date, minutes: int) -> datetime:
        """Return, in UTC, when the clocks first show (or jump over) this many minutes after the start of the day."""
        wall = datetime.combine(day, time(), self.zone) + timedelta(minutes=minutes)
        instant = _utc(wall)
        if instant.astimezone(self.zone).replace(tzinfo=None) == wall.replace(tzinfo=None):
            return instant
        # Clocks jump over this time. The two folds put it on either side of the jump, which lies between them.
        before, after = _utc(wall.replace(fold=1)), instant
        offset = after.astimezone(self.zone).utcoffset()
        while after - before > timedelta(seconds=1):
            middle = (before + (after - before) / 2).replace(microsecond=0)
            if middle.astimezone(self.zone).utcoffset() == offset:
                after = middle
            else:
                before = middle
        return after


def _utc(moment: datetime) -> datetime:
    if moment.utcoffset() is None:
        raise ValueError(f"{moment.isoformat()} has no zone: an instant must carry one")
    return moment.astimezone(UTC)
