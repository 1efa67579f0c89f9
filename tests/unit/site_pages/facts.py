"""What a drawn page says: the truth that a reader is measured by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal


@dataclass(frozen=True)
class SlotFact:
    """A court, a day and an hour."""

    facility: str
    """The court as the page calls it."""
    day: date
    hour: int
    """It starts at, 8 to 20; it lasts an hour."""


@dataclass(frozen=True)
class LineFact:
    """A slot in the basket."""

    slot: SlotFact
    price_pence: int


@dataclass(frozen=True)
class ForeignLine:
    """Something in the basket that is no slot of a court: a course, a membership."""

    text: str
    note: str
    """What stands where slots have day and time."""
    price_pence: int


@dataclass(frozen=True)
class BasketFacts:
    """What a basket says. A basket without lines and foreign lines is empty."""

    lines: tuple[LineFact, ...] = ()
    """In the order of the page."""
    foreign: tuple[ForeignLine, ...] = ()
    """After the lines."""
    fee_pence: int = 0
    """A booking fee that the page states; 0 where there is none."""
    credit_pence: int | None = None
    """The account's credit; None where the page does not tell it."""
    credit_used: bool = False
    """Whether the credit pays for all of it, so that nothing is due; what it would have cost is shown too."""
    error_pence: int = 0
    """By how much the page's total is higher than what it lists: nobody can explain such a page."""

    @property
    def empty(self) -> bool:
        """Whether nothing lies in it."""
        return not self.lines and not self.foreign

    @property
    def listed_pence(self) -> int:
        """What the lines cost, ours and foreign ones."""
        return sum([line.price_pence for line in self.lines] + [thing.price_pence for thing in self.foreign])

    @property
    def total_pence(self) -> int:
        """What all of it costs, as the page says."""
        return self.listed_pence + self.fee_pence + self.error_pence

    @property
    def due_pence(self) -> int:
        """What is still to be paid."""
        return 0 if self.credit_used else self.total_pence


Kind = Literal["booked", "past", "cancelled", "multiple", "course", "membership"]


@dataclass(frozen=True)
class BookingFact:
    """A row of My Bookings."""

    kind: Kind
    """``multiple``: several slots of one checkout, whose times the row does not tell."""
    made_at: datetime
    """In the site's own time."""
    facility: str
    slots: tuple[SlotFact, ...] = ()
    """One; several where it is ``multiple``, all of one day; none for a course or a membership."""
    note: str = ""
    """What such a row says instead of day and time."""


@dataclass(frozen=True)
class BookingsFacts:
    """What a page of My Bookings says."""

    bookings: tuple[BookingFact, ...] = ()
    """Those of sections that the page has for the past come last."""
    more: bool = False
    """Whether there is a next page."""
