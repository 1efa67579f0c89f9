"""What a page of My Bookings says, understood by its meaning.

A row that names no court of the plan cannot be ours; one that says of itself that it is cancelled, or stands under such
a heading, is none any more. A row at our court that does not say clearly which slot it is may be ours, and is told as
that. Where there are neither rows nor a known word that there are none, nothing is known.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from booking.site.basket_page import facility_of
from booking.site.blocks import Block, ControlKind, PageContent, PageControl, read_content, segments
from booking.site.courts import CourtKind, CourtMatch, Courts
from booking.site.messages import ObstacleFound, find_obstacle
from booking.site.rows import PageRow, RowReader, is_details

LONGEST = 240
"""Minutes: what lasts longer is no row of slots."""

_OVER = re.compile(
    r"(?:(?:booking )?(?:status|state)\W{0,3})?(?:(?:booking|this booking|session) (?:was |is |has been )?)?"
    r"(?:cancell?ed|refunded|void(?:ed)?|expired|declined|rejected|failed|withdrawn|credited)"
    r"(?: booking)?(?: (?:by|on|at|and|with)\b.*)?[.!]?(?:\W+\d[\d/: .-]*)?",
    re.IGNORECASE,
)
_OVER_WORD = re.compile(r"\b(?:cancell?ed|refunded|voided)\b", re.IGNORECASE)
_HEDGED = re.compile(
    r"\b(?:can|cannot|can't|may|must|be|if|until|not|free|before|unless|to be|non)\b[^|.]*\b(?:cancell?ed"
    r"|refunded)\b|\?",
    re.IGNORECASE,
)
_PENDING = re.compile(
    r"\b(?:unpaid|not (?:yet )?paid|pending|awaiting|provisional|waiting list|wait-?list|payment (?:due|required"
    r"|failed)"
    r"|in (?:your )?basket|on hold|incomplete|unconfirmed|requested)\b",
    re.IGNORECASE,
)
_GONE_HEADING = re.compile(
    r"\b(?:past|previous|cancell?ed|refunded|expired|history|completed|old|waiting lists?|recently viewed)\b",
    re.IGNORECASE,
)
_COURSE = re.compile(
    r"\b(?:courses?(?!\W*(?:/|or|and|&)\s*facilit)|coaching|coach|lessons?|class(?:es)?|memberships?|inductions?|camps?"
    r"|programme|workshop|clinic|tournament|\d+ sessions)\b",
    re.IGNORECASE,
)
_SEVERAL = re.compile(
    r"\b(?:multiple|various|several|see details|\d+ (?:slots|sessions|bookings|dates|hours))\b", re.IGNORECASE
)
_EMPTY = re.compile(
    r"\byou are not (?:currently )?booked (?:onto|on to|on|in to|into) any\b"
    r"|\b(?:you )?(?:have|has|are|currently|there are) (?:currently )?(?:no|not any) (?:upcoming |current "
    r"|future |active |live )?"
    r"(?:bookings?|reservations?)\b"
    r"|\b(?:don't|do not) (?:currently )?have any (?:upcoming |current |future |active |live )?(?:bookings?"
    r"|reservations?)\b"
    r"|^\W*no (?:upcoming |current |future |active |live )?(?:bookings?|reservations?)"
    r"(?: (?:found|yet|made|to (?:show|display)|available))?\W*$"
    r"|\bhave not made any (?:bookings?|reservations?)\b|\bhaven't (?:made|got) any (?:bookings?|reservations?)\b",
    re.IGNORECASE,
)
_NOT_ALL_EMPTY = re.compile(
    r"\b(?:past|previous|cancelled|expired|old|courses? bookings?|class(?:es)? bookings?|if|when|until|filter"
    r"|search)\b|\?",
    re.IGNORECASE,
)
_TITLE = re.compile(r"\b(?:bookings?|reservations?|my (?:sessions|activities|courts))\b", re.IGNORECASE)
_NEXT = re.compile(
    r"[\s\u00bb\u203a>\u2192]*(?:go to |show |view )?(?:the )?(?:next|older)(?: page| bookings| results"
    r"| \d+(?: \w+)?)?[\s\u00bb\u203a>\u2192]*|\s*[\u203a\u2192]\s*|\s*>\s*"
    r"|(?:load|show|view) more(?: bookings| results)?\W*",
    re.IGNORECASE,
)
_LAST_RESORT = re.compile(r"\s*(?:\u00bb|>>)\s*")
_PAGE_OF = re.compile(r"\bpage\s+(\d{1,3})\s+(?:of|/)\s+(\d{1,3})\b", re.IGNORECASE)


class BookingsVerdict(StrEnum):
    """What is known after a page of My Bookings was read."""

    READ = "read"
    EMPTY = "empty"
    """The page says that there are no bookings."""
    LOGIN = "login page"
    """The session is lost."""
    OBSTACLE = "something else in its place"
    NOT_KNOWN = "not known"


@dataclass(frozen=True, slots=True)
class BookedRow:
    """A booking that can be read. Money is in pence."""

    court: str
    """Slug of the court, one of those that were asked about."""
    facility: str
    """What the row says of it."""
    date: date
    hour: int
    minute: int
    pence: int | None
    text: str

    def __str__(self) -> str:
        return f"{self.facility}, {self.date:%d/%m/%Y} {self.hour:02d}:{self.minute:02d}"


@dataclass(frozen=True, slots=True)
class MaybeRow:
    """A row that may be ours: it does not say clearly which slot it is."""

    court: str
    facility: str
    days: tuple[date, ...]
    """The days it can be about; empty where it names none, and then it may be about any."""
    details: PageControl | None
    """What shows more about it."""
    why: str
    text: str

    @property
    def date(self) -> date | None:
        """Its day, where that is clear."""
        return self.days[0] if len(self.days) == 1 else None


@dataclass(frozen=True, slots=True)
class PassedRow:
    """A row that is not ours, or is no booking any more."""

    text: str
    why: str


@dataclass(frozen=True, slots=True)
class NextControl:
    """What leads to the next page of a section."""

    control: PageControl
    section: str
    """The heading over it; empty where there is none."""


@dataclass(frozen=True, slots=True)
class BookingsPage:
    """What a page of My Bookings says."""

    verdict: BookingsVerdict
    why: str
    rows: tuple[BookedRow, ...] = ()
    maybe: tuple[MaybeRow, ...] = ()
    passed: tuple[PassedRow, ...] = ()
    next_pages: tuple[NextControl, ...] = ()
    more_pages: bool = False
    """Whether the page says that there are more, and nothing leads to them."""
    obstacle: ObstacleFound | None = None


def read_bookings_page(
    html: str,
    *,
    courts: Collection[str],
    days: Collection[date],
    today: date,
    row_hint: str = "",
    cell_hint: str = "",
) -> BookingsPage:
    """Return what a page of My Bookings says, or the details of one of its bookings.

    Args:
        html: the page.
        courts: slugs of the courts of the plan.
        days: the days that matter: a row at one of the courts without a time may be ours on these only.
        today: the day on which the page is read, by the site's clock.
        row_hint: selector of a row, if one is known.
        cell_hint: selector of a cell, if one is known; cells of no row are taken in threes.
    """
    content = read_content(html)
    reader = _Bookings(content, Courts(courts), frozenset(days), today)
    page = reader.read(row_hint, cell_hint)
    if page.verdict is BookingsVerdict.NOT_KNOWN or (
        page.verdict is BookingsVerdict.READ and not (page.rows or page.maybe)
    ):
        obstacle = find_obstacle(content)
        if obstacle is not None and (page.verdict is BookingsVerdict.NOT_KNOWN or obstacle.kind.needs_person):
            lost = obstacle.kind.name == "LOGIN"
            verdict = BookingsVerdict.LOGIN if lost else BookingsVerdict.OBSTACLE
            why = f'instead of My Bookings there is a page of another kind ({obstacle.kind}): "{obstacle.words}"'
            return BookingsPage(verdict, why, obstacle=obstacle)
    return page


class _Bookings:
    """Reads a page as one of My Bookings."""

    def __init__(self, content: PageContent, courts: Courts, days: frozenset[date], today: date) -> None:
        self._content = content
        self._courts = courts
        self._days = days
        self._today = today

    def read(self, row_hint: str, cell_hint: str) -> BookingsPage:
        """Return what the page says: of its main content, else of all of it."""
        content = self._content
        page = self._read(content.main, row_hint, cell_hint)
        if page.verdict is BookingsVerdict.NOT_KNOWN and content.main is not content.whole:
            page = self._read(content.whole, row_hint, cell_hint)
        return page

    def _read(self, root: Block, row_hint: str, cell_hint: str) -> BookingsPage:
        headings = [each.text for each in root.walk() if each.tag in {"h1", "h2"}]
        reader = RowReader(root, self._today, self._courts, around=" ".join([self._content.title, *headings]))
        rows, known = self._rows(reader, row_hint, cell_hint)
        others = reader.others(rows)
        others += reader.unread([*rows, *others])
        booked: list[BookedRow] = []
        maybe: list[MaybeRow] = []
        passed: list[PassedRow] = []
        for row in (*rows, *others):
            judged = self._judged(row)
            if isinstance(judged, PassedRow):
                passed.append(judged)
            else:
                booked += [each for each in judged if isinstance(each, BookedRow)]
                maybe += [each for each in judged if isinstance(each, MaybeRow)]
        controls = tuple(_next_pages(self._content.whole))
        texts = segments(self._content.whole.text)
        more = not controls and any(
            int(match[1]) < int(match[2]) for text in texts for match in _PAGE_OF.finditer(text)
        )
        empty = next(
            (text for text in segments(root.text) if _EMPTY.search(text) and not _NOT_ALL_EMPTY.search(text)), ""
        )
        about_bookings = known or any(_TITLE.search(each) for each in [self._content.title, *_headings(root)])
        if rows or (others and (about_bookings or booked or maybe)):
            verdict, why = (
                BookingsVerdict.READ,
                f"{len(booked)} read, {len(maybe)} maybe ours, {len(passed)} passed over",
            )
        elif empty:
            verdict, why = BookingsVerdict.EMPTY, f'"{_short(empty)}"'
        else:
            verdict = BookingsVerdict.NOT_KNOWN
            why = f'neither rows nor a known word that there are none: "{_short(root.text)}"'
        return BookingsPage(
            verdict, why, tuple(dict.fromkeys(booked)), tuple(dict.fromkeys(maybe)), tuple(passed), controls, more
        )

    def _rows(self, reader: RowReader, row_hint: str, cell_hint: str) -> tuple[list[PageRow], bool]:
        """Return the rows, and whether they are those that the hints lead to."""
        plain = reader.rows()
        root = reader.root
        by_row = [[each] for each in self._content.select(row_hint, root)]
        cells = self._content.select(cell_hint, root)
        for groups in (by_row, list(_threes(cells))):
            rows = [each for each in reader.rows_by(groups) if re.search(r"\d", each.text)]
            blocks = [block for group in groups for block in group]
            even = len({len(group) for group in groups}) == 1 and _same_column(rows, reader)
            whole = even and all(any(block.is_within(each) for each in blocks) or
                        all(any(part.is_within(block) for part in row.blocks) for row in rows)
                        for item in plain for block in item.blocks)  # fmt: skip
            if rows and whole and all(len(row.courts) <= 1 and len(row.reading.days) <= 1 for row in rows):
                return rows, True
        return plain, False

    def _judged(self, row: PageRow) -> Sequence[BookedRow | MaybeRow] | PassedRow:
        """Return what a row is."""
        text = _short(row.text)
        gone = self._gone(row)
        if gone:
            return PassedRow(text, gone)
        kind = row.match.kind
        over = self._courts.match(row.heading)
        if kind is CourtKind.NONE and over.kind in {CourtKind.OURS, CourtKind.UNCLEAR} and not _COURSE.search(row.text):
            row = replace(row, match=CourtMatch(CourtKind.UNCLEAR, over.facility))
            kind = CourtKind.UNCLEAR
        if kind in {CourtKind.NONE, CourtKind.OTHER} or row.match.facility is None:
            return PassedRow(text, "it names no court of the plan")
        reading = row.reading
        doubt = self._doubt(row)
        if doubt:
            return self._maybe(row, doubt)
        if reading.date is None or reading.minutes is None:  # pragma: no cover - `_doubt` has said so
            return self._maybe(row, "it does not say when")
        if reading.date < self._today:
            return PassedRow(text, "it is in the past")
        starts = [reading.minutes, *reading.more]
        if reading.length and 60 < reading.length <= LONGEST and reading.length % 60 == 0 and not reading.more:
            starts = list(range(reading.minutes, reading.minutes + reading.length, 60))
        return [
            BookedRow(row.match.facility, facility_of(row), reading.date, *divmod(start, 60), row.price, text)
            for start in starts
            if start < 24 * 60
        ]

    def _gone(self, row: PageRow) -> str:
        """Return why a row is no booking any more, by what it says or stands under; empty where it may be one."""
        if len(row.courts) > 1 or len(row.reading.days) > 1 or row.reading.more or row.reading.unclear:
            return ""  # What is said may be said of a part.
        over = next((each for each in self._said(row) if _OVER.fullmatch(each)), "")
        if over:
            return f'it says "{over}"'
        heading = row.heading
        if re.search(r"\b(?:cancell?ed|refunded|waiting list|expired)\b", heading, re.IGNORECASE) and not re.search(
            r"\b(?:upcoming|current|future|all|active)\b", heading, re.IGNORECASE
        ):
            return f'it stands under "{_short(heading)}"'
        return ""

    @staticmethod
    def _said(row: PageRow) -> list[str]:
        """Return what a row says, and what is said of it: with a label, as "Status: Cancelled"."""
        return [*(each.text for each in row.cells), *(each for each in row.beside if len(each) <= 40)]

    def _doubt(self, row: PageRow) -> str:
        """Return why a row at our court may be ours and may be not; empty where it says clearly which slot it is."""
        reading, text = row.reading, row.text
        if row.match.kind is CourtKind.UNCLEAR or len(row.courts) > 1:
            return "it is not clear which court is meant"
        said = " | ".join(each for each in self._said(row) if not _HEDGED.search(each))
        for pattern, why in (
            (_OVER_WORD, "a word in it says that it is no booking any more"),
            (_PENDING, "it may not be paid for"),
            (_COURSE, "it may be a course"),
        ):
            found = pattern.search(said)
            if found:
                return f'{why}: "{found[0]}"'
        if reading.unclear:
            return reading.unclear
        if reading.date is not None and reading.date <= self._today and _SEVERAL.search(text):
            return "it does not say when"
        if reading.date is None:
            return "it names no day"
        return "" if reading.minutes is not None else "it names no time"

    def _maybe(self, row: PageRow, why: str) -> list[MaybeRow] | PassedRow:
        """Return a row that may be ours, unless it can only be about days that do not matter."""
        text = _short(row.text)
        days = row.reading.days
        if why == "it does not say when":
            days = ()
        elif "course" in why and not days:
            return PassedRow(text, why)
        spanned = bool(days) and any(days[0] <= each <= days[-1] for each in self._days)
        if days and not spanned:
            return PassedRow(text, f"{why}; it is about another day")
        known = (row.match.facility,) if row.match.facility else ()
        return [
            MaybeRow(
                court=court,
                facility=facility_of(row),
                days=tuple(each for each in days if each in self._days) or days,
                details=_details(row),
                why=why,
                text=text,
            )
            for court in dict.fromkeys([*known, *self._courts.possible(row.text)])
        ]


def _headings(root: Block) -> list[str]:
    return [each.text for each in root.walk() if each.is_heading()]


def _threes(cells: Sequence[Block]) -> Iterator[list[Block]]:
    """Yield cells in threes, those of one parent together."""
    together: dict[int, list[Block]] = {}
    for each in cells:
        together.setdefault(id(each.parent), []).append(each)
    for group in together.values():
        for start in range(0, len(group), 3):
            yield group[start : start + 3]


def _same_column(rows: Sequence[PageRow], reader: RowReader) -> bool:
    """Tell whether the court stands in the same cell of all rows: cells that are counted wrongly are not read."""
    places = {
        tuple(bool(reader.facts(block).courts) for block in row.blocks)
        for row in rows
        if row.courts and len(row.blocks) > 1
    }
    return len(places) <= 1


def _details(row: PageRow) -> PageControl | None:
    """Return what shows more about a row: what is called so, else its only link."""
    named = [each for each in row.controls if is_details(each)]
    if named:
        return named[0]
    links = [each for each in row.controls if each.kind is ControlKind.LINK]
    return links[0] if len(links) == 1 else None


def _next_pages(root: Block) -> Iterator[NextControl]:
    """Yield what leads to the next page of each section."""
    heading = ""
    found = False
    rest: list[NextControl] = []
    for block in root.walk():
        if block.is_heading():
            heading = block.text
        control = block.control
        if control is None or control.disabled or control.kind is ControlKind.TICK:
            continue
        if control.next or _NEXT.fullmatch(control.name):
            found = True
            yield NextControl(control, heading)
        elif _LAST_RESORT.fullmatch(control.name):
            rest.append(NextControl(control, heading))
    if not found:
        yield from rest or _numbered(root)


def _numbered(root: Block) -> Iterator[NextControl]:
    """Yield the number after the one that is shown, where pages are only numbered."""
    for block in root.walk():
        numbers = {each.name: each for each in block.controls() if each.name.isdecimal() and not each.disabled}
        words = re.findall(r"\w+", block.text)
        if not numbers or any(not word.isdecimal() and word.lower() not in _PAGER_WORDS for word in words):
            continue
        inner = [each for each in block.children if {c.name for c in each.controls()} >= set(numbers)]
        shown = [word for word in words if word.isdecimal() and word not in numbers]
        current = [each.control.name for each in block.walk() if each.control and each.attributes.get("aria-current")]
        here = (current or shown or [""])[0]
        if not inner and here.isdecimal() and str(int(here) + 1) in numbers:
            yield NextControl(numbers[str(int(here) + 1)], "")


_PAGER_WORDS = frozenset({"page", "pages", "of", "first", "last", "previous", "prev", "next", "go", "to"})


def _short(text: str) -> str:
    return text if len(text) <= 200 else f"{text[:197]}..."
