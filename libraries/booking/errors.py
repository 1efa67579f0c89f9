"""The errors a person can act on: each names the value, where it stands, and what would be right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class BookingError(Exception):
    """Something a person has to put right; the message says what and how."""

    ROBOT_SUPPRESS_NAME = True
    """The message stands for itself in a report, without the name of the class before it."""


class BrokenOffError(BookingError):
    """A run had begun and could not go on; its workers have ended."""

    def __init__(self, message: str, *, payment_unknown: bool) -> None:
        self.payment_unknown = payment_unknown
        """Whether a payment may have been sent whose fate the ledger does not know."""
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong in what the run was given."""

    where: str
    """Name of the setting, or worksheet and row, e.g. ``MAX_SPEND`` or ``Booking Schedule, row 4``."""
    message: str
    """What is wrong and what would be right; never the value of a secret."""

    def __str__(self) -> str:
        return f"{self.where}: {self.message}"


class ProblemsError(BookingError):
    """Several problems reported together, so that a person puts them right in one go."""

    def __init__(self, heading: str, problems: Sequence[Problem]) -> None:
        self.heading = heading
        self.problems = tuple(problems)
        super().__init__("\n".join([heading, *(f"  - {problem}" for problem in self.problems)]))


class SettingsError(ProblemsError):
    """The settings cannot be used as they are."""


class SheetError(BookingError):
    """The sheet cannot be read or written."""


class LedgerError(BookingError):
    """The ledger cannot be used, or was told something impossible."""
