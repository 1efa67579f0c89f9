"""The courts of the venue: their two kinds of numbers, their hours by season, and what coaching takes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date

DAYS_SHOWN = 42
COACHING_HOURS = frozenset({9, 13, 20})
"""Coaching may take these hours; the seeded schedule asks for none of them."""


@dataclass(frozen=True)
class Court:
    """One court. Pages and events are numbered apart: the page of one court may have the number of another's event."""

    page_id: int
    event_id: int
    park: str
    number: int

    @property
    def name(self) -> str:
        """The facility as baskets and bookings call it."""
        return f"{self.park} Tennis Court {self.number}"

    @property
    def slug(self) -> str:
        """The last part of the page's address."""
        return self.name.lower().replace(" ", "-")

    @property
    def path(self) -> str:
        """The address of the court's page."""
        return f"/courses/detail/{self.page_id}/{self.slug}/"


COURTS = (
    Court(171, 192, "Practice Fields", 1),
    Court(176, 199, "Practice Fields", 2),
    Court(177, 200, "Practice Fields", 3),
    Court(192, 171, "Quarry Green", 1),
)
BY_PAGE = {court.page_id: court for court in COURTS}
BY_EVENT = {court.event_id: court for court in COURTS}
BY_NUMBER = {court.number: court for court in COURTS if court.park == "Practice Fields"}
"""The courts that the control and the sheet call 1, 2 and 3."""


@dataclass(frozen=True)
class VenueSlot:
    """One hour of one court."""

    court: Court
    day: date
    hour: int

    @property
    def exists(self) -> bool:
        """Whether the court has this hour on this day."""
        return self.hour in hours(self.day)

    @property
    def coaching(self) -> bool:
        """Whether the hour was given to coaching long ago."""
        if self.hour not in COACHING_HOURS:
            return False
        digest = hashlib.sha256(f"{self.court.event_id} {self.day} {self.hour}".encode()).digest()
        return digest[0] % 3 == 0


_SEASONS = ((1, 1, 15), (3, 1, 17), (4, 1, 20), (10, 1, 17), (10, 25, 16), (11, 2, 15))
"""Month and day from which on the last hour of a day is this one: single days, as the real site changes them."""


def hours(day: date) -> range:
    """Return the start hours that courts have on a day: the light decides."""
    *_, last = [last for month, number, last in _SEASONS if (month, number) <= (day.month, day.day)]
    return range(8, last + 1)
