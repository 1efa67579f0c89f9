"""The names of everything that can become of a wanted slot, and what they mean for the run."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum, StrEnum


class Outcome(StrEnum):
    """What became of one wanted slot. The value is what people read in the report and in the sheet."""

    BOOKED = "booked"
    ALREADY_BOOKED = "already booked"
    TAKEN = "taken by somebody else"
    NOT_OPEN = "not open yet"
    LOGIN_REFUSED = "login refused"
    DECLINED = "payment declined"
    NEEDS_PERSON = "needs a person"
    UNKNOWN = "unknown"
    NOT_LISTED = "paid, not listed yet"
    REHEARSED = "rehearsed"
    SKIPPED = "skipped"
    SITE_ERROR = "site error"

    @property
    def satisfied(self) -> bool:
        """Whether the family got what it asked this run for."""
        return self in {Outcome.BOOKED, Outcome.ALREADY_BOOKED, Outcome.REHEARSED}


class ExitStatus(IntEnum):
    """How a run ends, as cron and CI see it."""

    DONE = 0
    """Every wanted slot is booked (or rehearsed, where that was asked), or nothing was wanted."""
    MISSED = 1
    """Some wanted slot was not booked."""
    COULD_NOT_START = 2
    """Could not start, or not go on: settings, sheet, browser or disk. What was recorded is kept."""
    PAYMENT_UNKNOWN = 3
    """A payment was sent, in this run or an earlier one, and nobody knows what became of it: a person must look."""
    BUSY = 75
    """Another run is going on."""


def exit_status(outcomes: Iterable[Outcome]) -> ExitStatus:
    """Return the status of a run whose wanted slots ended with these outcomes."""
    seen = set(outcomes)
    if Outcome.UNKNOWN in seen:
        return ExitStatus.PAYMENT_UNKNOWN
    return ExitStatus.DONE if all(outcome.satisfied for outcome in seen) else ExitStatus.MISSED
