"""What the sheet holds at first: three members, a week's wishes as people type them, an empty log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from practice.venue.courts import BY_NUMBER

ACCOUNTS: Final = "Account & Court Configuration"
SCHEDULE: Final = "Booking Schedule"
LOG: Final = "Booking Log"

ACCOUNT_COLUMNS: Final = ("Account", "Email", "Password", "Court Number", "Court URL")
SCHEDULE_COLUMNS: Final = ("Day", "Time", "Notes")
LOG_COLUMNS: Final = ("Timestamp", "Email", "Court", "Date", "Time", "Status", "Error Details")

COURT_PATHS: Final = tuple(court.path for _, court in sorted(BY_NUMBER.items()))
"""Addresses of courts 1, 2, 3 on the site."""


@dataclass(frozen=True, slots=True)
class SeededWish:
    """A row of the schedule, and what it means."""

    weekday: int
    """Monday is 0."""
    hour: int
    day: str
    """As typed, like `time` and `note`."""
    time: str
    note: str = ""


WISHES: Final = (
    # Two a day, all the year round, at hours that exist in winter too: there is always something to book.
    # None is an hour of coaching.
    SeededWish(0, 8, "Monday", "8am", "All year"),
    SeededWish(0, 14, "mon", "1400"),
    SeededWish(1, 10, "Tuesday", "10"),
    SeededWish(1, 14, "tue", "14:00", "All year"),
    SeededWish(2, 11, "Wednesday", "11am"),
    SeededWish(2, 14, "WED", "14", "bring new balls"),
    SeededWish(3, 8, "THURSDAY", "800"),
    SeededWish(3, 12, "Thurs", "12pm", "All year"),
    SeededWish(4, 11, "fri", "11:00"),
    SeededWish(4, 15, "Friday", "3 pm"),
    SeededWish(5, 10, "sat", "10:00", "All year"),
    SeededWish(5, 11, "Saturday", "11 am"),
    SeededWish(6, 10, "Sunday", "1000"),
    SeededWish(6, 14, "sun", "2pm", "All year"),
    # More while the season lasts. February still has winter hours, so its row keeps to them.
    SeededWish(1, 18, "tues", "18:00", "Summer only (Jun-Aug)"),
    SeededWish(3, 19, "Thurs", "7pm", "Summer only (Jun-Aug)"),
    SeededWish(2, 15, "wed", "3pm", "Feb-Aug only"),
)


def wished_hours(weekday: int) -> frozenset[int]:
    """Return the hours that the seeded schedule asks for on a weekday (Monday is 0), in any season."""
    return frozenset(wish.hour for wish in WISHES if wish.weekday == weekday)


def first_rows(site_url: str, accounts: Sequence[Mapping[str, str]]) -> dict[str, list[list[str]]]:
    """Return the rows of the three worksheets, header first, as somebody would type them."""
    members = []
    for number, account in enumerate(accounts):
        court = number % len(COURT_PATHS)
        url = site_url.rstrip("/") + COURT_PATHS[court]
        members.append([account["name"], account["email"], "[from secrets]", str(court + 1), url])
    return {
        ACCOUNTS: [list(ACCOUNT_COLUMNS), *members],
        SCHEDULE: [list(SCHEDULE_COLUMNS), *([wish.day, wish.time, wish.note] for wish in WISHES)],
        LOG: [list(LOG_COLUMNS)],
    }
