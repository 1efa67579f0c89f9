"""What the pages of the booking site say, read from their HTML.

Text from the site is data: whatever a page holds, a reader returns values or raises `PageError`; it never guesses.
Selectors come from the site's variable file, so that another site needs other variables and no other code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from selectolax.lexbor import LexborHTMLParser, LexborNode

from booking.errors import BookingError
from booking.model import Slot
from booking.money import pence
from booking.text import slugify

_DATE_AND_TIME = re.compile(r"(?<!\d)(\d{1,2})/(\d{1,2})/(\d{4})\D+?(\d{1,2}):(\d{2})(?!\d)")
_DAY_AND_MONTH = re.compile(r"(?<!\d)(\d{1,2})/(\d{1,2})(?!\d)")
_CANCELLED = re.compile(r"(?:status:? )?(?:booking )?(?:cancell?ed|refunded)(?: booking)?[.!]?", re.IGNORECASE)
_HOUR = re.compile(r"(?<!\d)(\d{1,2}):(\d{2})(?!\d)")


class PageError(BookingError):
    """A page of the site does not say what it should."""


class HourState(StrEnum):
    """What the calendar shows for one hour of a court."""

    FREE = "free"
    """A link to take it is shown; that does not prove that the day is open."""
    CLOSED = "closed"
    ABSENT = "absent"
    """The court has no such hour on that day."""


@dataclass(frozen=True, slots=True)
class BookingRow:
    """One row of My Bookings, or one line of the basket."""

    facility: str
    date: date
    hour: int
    minute: int = 0
    pence: int | None = None

    def is_slot(self, slot: Slot, facility: str) -> bool:
        """Tell whether this row is that slot at the facility with this slug."""
        here = f"-{slugify(self.facility)}-"
        return f"-{facility}-" in here and (self.date, self.hour, self.minute) == (slot.date, slot.hour, 0)

    def __str__(self) -> str:
        return f"{self.facility}, {self.date:%d/%m/%Y} {self.hour:02d}:{self.minute:02d}"


@dataclass(frozen=True, slots=True)
class Basket:
    """What the basket page says. Money is in pence."""

    lines: tuple[BookingRow, ...]
    total: int | None
    """None when the page names no total."""
    credit: int | None
    """The account's credit; None when the page does not name it."""
    unread: tuple[str, ...] = ()
    """What lines say that cannot be understood: nothing is paid beside them."""


def text_of(node: LexborNode) -> str:
    """Return the visible text of a node with white space folded."""
    return " ".join(node.text(separator=" ").split())


def read_rows(html: str, *, row: str, cell: str) -> tuple[BookingRow, ...]:
    """Read rows of facility, date and time, as My Bookings and the basket show them.

    Args:
        html: the page.
        row: selector of one row.
        cell: selector of the cells inside a row.

    Raises:
        PageError: a row is there that cannot be understood. It could be a slot of ours: not knowing is no answer.
    """
    rows = (_read_row(number, cells) for number, cells in _rows_of(LexborHTMLParser(html), row, cell))
    return tuple(each for each in rows if each is not None)


def _rows_of(page: LexborHTMLParser, row: str, cell: str) -> Iterator[tuple[int, list[str]]]:
    """Yield number and cells of each row; a heading row has no cells of its own."""
    for number, node in enumerate(page.css(row), start=1):
        cells = [text_of(each) for each in node.css(cell)]
        if cells:
            yield number, cells


def _read_row(number: int, cells: list[str]) -> BookingRow | None:
    """Read one row; None where it is a heading, or says itself that it is no booking any more.

    Raises:
        PageError: it cannot be understood.
    """
    if any(_CANCELLED.fullmatch(text) for text in cells):
        return None
    moments = [(at, match) for at, text in enumerate(cells) if (match := _DATE_AND_TIME.search(text))]
    if not moments:
        if any(re.search(r"\d", text) for text in cells):
            raise PageError(f"row {number} names no date and time that can be read: {_short(' | '.join(cells))}")
        return None  # Headings: "Facility", "Date".
    at, match = moments[-1]
    day, month, year, hour, minute = (int(part) for part in match.groups())
    facility = next((cells[i] for i in range(at - 1, -1, -1) if re.search(r"[^\W\d]", cells[i])), "")
    try:
        when = date(year, month, day)
    except ValueError as error:
        raise PageError(f"row {number} names a date that does not exist: {_short(cells[at])}") from error
    if not facility or hour > 24 or minute > 59:
        raise PageError(f"row {number} cannot be read: {_short(' | '.join(cells))}")
    price = next((amount for text in cells[at + 1 :] if (amount := pence(text)) is not None), None)
    return BookingRow(facility, when, hour, minute, price)


def read_basket(html: str, *, line: str, cell: str, total: str, credit: str) -> Basket:
    """Read the basket page; what a line says that cannot be understood is kept in words."""
    page = LexborHTMLParser(html)

    def amount(selector: str) -> int | None:
        node = page.css_first(selector)
        return pence(text_of(node)) if node is not None else None

    lines, unread = [], []
    for number, cells in _rows_of(page, line, cell):
        try:
            read = _read_row(number, cells)
        except PageError:
            unread.append(_short(" | ".join(cells)))
            continue
        if read is not None:
            lines.append(read)
    return Basket(tuple(lines), amount(total), amount(credit), tuple(unread))


def read_hour(html: str, slot: Slot, *, day: str, title: str, hour: str, label: str, free: str) -> HourState | None:
    """Read one hour from the week that a court page shows; None when the week does not show the slot's day.

    Day titles carry neither year nor zeros ("Sun 4/10"); the weekday must agree, so a date of another year is not
    taken for this one.
    """
    for column in LexborHTMLParser(html).css(day):
        heading = column.css_first(title)
        if heading is None or not _is_day(text_of(heading), slot.date):
            continue
        for item in column.css(hour):
            name = item.css_first(label)
            match = _HOUR.search(text_of(name)) if name is not None else None
            if match and (int(match[1]), int(match[2])) == (slot.hour, 0):
                return HourState.FREE if item.css_first(free) is not None else HourState.CLOSED
        return HourState.ABSENT
    return None


def days_shown(html: str, *, day: str, title: str, near: date) -> tuple[date, ...]:
    """Return the dates of the days a court page shows; years are those that bring each date nearest to `near`."""
    found = []
    for column in LexborHTMLParser(html).css(day):
        heading = column.css_first(title)
        if heading is not None and (match := _DAY_AND_MONTH.search(text_of(heading))):
            candidates = list(_in_years(int(match[1]), int(match[2]), near))
            if candidates:
                found.append(min(candidates, key=lambda each: abs(each - near)))
    return tuple(found)


def weeks_between(first_shown: date, wanted: date) -> int:
    """Return how many "next week" steps lead from the week that begins at `first_shown` to the wanted day."""
    return (wanted - first_shown) // timedelta(days=7)


def _is_day(title: str, wanted: date) -> bool:
    match = _DAY_AND_MONTH.search(title)
    return (
        match is not None
        and (int(match[1]), int(match[2])) == (wanted.day, wanted.month)
        and title.strip().lower().startswith(f"{wanted:%a}".lower())
    )


def _in_years(day: int, month: int, near: date) -> Iterator[date]:
    for year in (near.year - 1, near.year, near.year + 1):
        try:
            yield date(year, month, day)
        except ValueError:
            continue  # 29 February exists in some of the years only.


def _short(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:77]}..."
