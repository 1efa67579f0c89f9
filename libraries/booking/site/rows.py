"""Rows of a page: what names a court with its date, time and price, whatever the elements around it are.

A row is the smallest block that names a court and a date, or a date and a time with a price or a way to remove it.
Where several lie in one block without an element of their own each, every way to divide it is tried in which each part
has one court, one date and one time; what these ways do not agree upon is not known.
"""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import pairwise, zip_longest

from booking.site.blocks import Block, ControlKind, PageControl, previous_heading, segments
from booking.site.courts import CourtMatch, Courts
from booking.site.moments import (
    FoundDate,
    FoundTime,
    PageStyle,
    find_dates,
    find_length,
    find_times,
    joined_by_and,
    style_of,
    with_tiles_joined,
)
from booking.site.sums import FoundSum, SumKind, find_sums, kind_of

LONGEST_ROW = 1200
"""A block that says more than this is no row."""

LONGEST_ASIDE = 150
"""What says more than this beside a row says it of something else."""

_REMOVE = re.compile(
    r"(?:please )?(?:remove|delete|cancel|discard)\b(?!\W*(?:all|everything|basket|cart|order|whole|and (?:return"
    r"|go)|payment"
    r"|checkout|my basket|the basket|booking process)\b).*|[\u00d7\u2715\u2716\u2717x]|\U0001f5d1.*|(?:take"
    r"|throw) (?:out|away)|bin",
    re.IGNORECASE,
)
_ALL = re.compile(r"\b(?:all|everything|entire|whole|selected|bookings|items|expired)\b", re.IGNORECASE)
_MADE = re.compile(
    r"\b(?:(?:booked|made|purchased|ordered|created|added|placed|paid|reserved|requested|issued|bought) (?:on|at|in)"
    r"|(?:purchase|order|transaction|payment|creation|created|made|reservation)[ -]?date"
    r"|date (?:booked|made|purchased|ordered|created|added|paid|of (?:purchase|order|payment))"
    r"|made|purchased|ordered|created|added|paid|bought)\b\W*(?:by \w+\W*)?(?:on\W*|at\W*)?$",
    re.IGNORECASE,
)
_MAYBE_MADE = re.compile(r"\b(?:booking dates?|date of booking|booked)\b\W*$", re.IGNORECASE)
_NOT_THE_DAY = re.compile(
    r"\b(?:until|till?|by|before|expir\w+(?: at| on)?|valid (?:to|until|from)|no later than|cancelled(?: on)?"
    r"|refunded(?: on)?|ends?(?: at| on)?|finish(?:es)?(?: at| on)?"
    r"|updated(?: on)?|printed(?: on)?|log(?:ged)?[ -]?in(?: on| at)?|born|birth)[^\w|]*$",
    re.IGNORECASE,
)
_END = re.compile(
    r"^\W*(?:ends?|finish(?:es)?|to|until|end(?:s|ing)? (?:time|at)|time to|finish time)\b\W*$", re.IGNORECASE
)
_ENDS = re.compile(r"\W*(?:ends?|finish(?:es)?|end(?:ing)? time)\b", re.IGNORECASE)
_LENGTH = re.compile(r"^\W*(?:duration|length)\b", re.IGNORECASE)
_SPAN = re.compile(r"\s{0,2}(?:[-\u2010-\u2015\u2212]|\bto\b|\buntil\b|\btill?\b)\s{0,2}", re.IGNORECASE)
_LABEL = re.compile(
    r"\b(?:dates?|times?|when|where|day|starts?|ends?|finish(?:es)?|courts?|facility|venue|location|activity|course"
    r"|booked|made|purchased|ordered|created|price|cost|amount|total|fee|status|ref(?:erence)?|duration|length|paid"
    r"|hours?|bookings?|items?|description|actions?|options|details|qty|quantity|name|site)\b",
    re.IGNORECASE,
)
_STATE = re.compile(r"\b(?:cancell?ed|refunded|void(?:ed)?|expired|pending|unpaid|failed|declined)\b", re.IGNORECASE)
_ROW_TAGS = frozenset({"tr", "li", "article"})
_TIME_WORDS = frozenset(
    {"time", "start", "starts", "from", "to", "at", "until", "min", "mins", "minutes", "hour", "hours", "h"}
)
_STANDING = re.compile(r"\W*(?:confirmed|completed?|active|paid|booked|approved|upcoming|reserved)\W*", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]{3,}")
_DIGIT = re.compile(r"\d")
_SUMS = frozenset({SumKind.TOTAL, SumKind.SUBTOTAL, SumKind.PAYABLE})
_MIDNIGHT = 0


@dataclass(frozen=True, slots=True)
class RowCell:
    """One text of a row, with the label that stands over or before it."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What a row says, as far as it is clear."""

    date: datetime.date | None
    minutes: int | None
    """After midnight, of the start."""
    length: int | None
    """Minutes, where the row says how long it is."""
    days: tuple[datetime.date, ...]
    """The days that it can be about; empty where it names none."""
    more: tuple[int, ...] = ()
    """Further starts that are listed beside the first one."""
    unclear: str = ""
    """What in it could be two things, or nothing; empty where all that it says is clear."""


@dataclass(frozen=True, slots=True)
class PageRow:
    """One row of a page."""

    cells: tuple[RowCell, ...]
    blocks: tuple[Block, ...]
    """The elements that it consists of."""
    heading: str
    """The last heading before it."""
    reading: Reading
    courts: frozenset[str]
    match: CourtMatch
    sums: tuple[FoundSum, ...]
    heads: tuple[Block, ...] = ()
    """What stands over several rows and tells the court or the day of this one."""
    beside: tuple[str, ...] = ()
    """What else stands in the block that holds this row and no other."""
    controls_known: bool = True
    """Whether it is certain that the controls beside it belong to it."""

    @property
    def text(self) -> str:
        """What it says, in one line."""
        return " | ".join(each.text for each in self.cells)

    @property
    def states(self) -> tuple[str, ...]:
        """What it says of whether it still holds."""
        return tuple(each.text for each in self.cells if _STATE.search(each.text) or _STANDING.fullmatch(each.text))

    @property
    def controls(self) -> tuple[PageControl, ...]:
        """The controls in it."""
        return tuple(each for block in self.blocks for each in block.controls()) if self.controls_known else ()

    @property
    def removes(self) -> tuple[PageControl, ...]:
        """Those of its controls that remove it and nothing else."""
        return tuple(each for each in self.controls if is_remove(each))

    @property
    def price(self) -> int | None:
        """Its price in pence; None where it shows none, or more than one that could be it."""
        for kinds in (
            {SumKind.PRICE},
            {SumKind.TOTAL, SumKind.SUBTOTAL, SumKind.PAYABLE},
            {SumKind.FEE},
        ):
            found = {each.pence for each in self.sums if each.kind in kinds and not each.negative}
            if found:
                return found.pop() if len(found) == 1 else None
        return None

    @property
    def is_sound(self) -> bool:
        """Whether it can be one row: one court, one day, one time at most, and nothing that is unclear."""
        return len(self.courts) <= 1 and self.reading.date is not None and not self.reading.unclear


def is_remove(control: PageControl) -> bool:
    """Tell whether a control takes one thing away, by its name: never all of them."""
    if control.kind is ControlKind.TICK:
        return re.search(r"\bremove|\bdelete", control.name, re.IGNORECASE) is not None and not _ALL.search(
            control.name
        )
    return _REMOVE.fullmatch(control.name.strip(" []().|")) is not None and not _ALL.search(control.name)


@dataclass(eq=False)
class _BlockFacts:
    """What one block says."""

    dates: tuple[FoundDate, ...]
    times: tuple[FoundTime, ...]
    courts: frozenset[str]
    money: bool
    removes: int

    @property
    def is_item(self) -> bool:
        return bool(self.dates) and bool(self.courts or (self.times and (self.money or self.removes)))


@dataclass(eq=False)
class _Head:
    """What stands over several rows and tells the court or the day of each."""

    block: Block
    _scope: Block | None = None

    def is_over(self, unit: Block) -> bool:
        """Tell whether a row is one of those: all are in the block that it shares with the first one behind it."""
        if self._scope is None:
            scope: Block | None = self.block
            while scope is not None and not unit.is_within(scope):
                scope = scope.parent
            self._scope = scope
        if self._scope is None or not unit.is_within(self._scope):
            return False
        above = self.block.parent
        return self.block.is_heading() or (above is not None and unit.parent is not above and unit.is_within(above))


@dataclass(eq=False)
class RowReader:
    """Finds the rows in the content of a page."""

    root: Block
    today: date
    courts: Courts
    around: str = ""
    """Title and headings of the page, which may name the place."""
    style: PageStyle = field(init=False)
    _facts: dict[int, _BlockFacts] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.style = style_of(self.root.text, self.today)

    def rows(self) -> list[PageRow]:
        """Return the rows, in the order of the page; what could not be divided is one row that is not sound."""
        items = list(self._items(self.root))
        rows: list[PageRow] = []
        done: list[Block] = []
        for item in items:
            if any(item.is_within(each) for each in done):
                continue
            divided = self._divided(item, items)
            if divided is not None:
                block, parts = divided
                rows = [each for each in rows if not each.blocks[0].is_within(block)]
                done.append(block)
                rows += parts
            else:
                block = self._grown(item, items)
                done.append(block)
                rows.append(self._row(self._trimmed(block)))
        return rows

    def rows_by(self, selector_rows: Sequence[Sequence[Block]]) -> list[PageRow]:
        """Return rows whose elements are known."""
        return [self._row(list(each)) for each in selector_rows if each]

    def unread(self, rows: Sequence[PageRow]) -> list[PageRow]:
        """Return what names a court beside the rows and can be opened, or has a day standing over it."""
        own = [block for row in rows for block in row.blocks]

        def smallest(block: Block) -> Iterator[Block]:
            if not self.facts(block).courts or any(block.is_within(each) for each in own):
                return
            inner = [each for child in block.children for each in smallest(child)]
            if inner or not any(each.is_within(block) for each in own):
                yield from inner or [block]

        found = []
        for each in smallest(self.root):
            block = each
            while block.parent is not None and block.tag not in _ROW_TAGS and not block.is_heading():
                larger = block.parent
                if larger is self.root or self._has_several(larger) or any(one.is_within(larger) for one in own):
                    break
                block = larger
            heads = {id(head) for row in rows for head in row.heads}
            row = self._row([block])
            if not any(id(part) in heads for part in each.walk()) and not each.is_heading() and (
                row.reading.days or any(is_details(control) for control in row.controls)
            ):  # fmt: skip
                found.append(row)
        return found

    def _has_several(self, block: Block) -> bool:
        return len(self.facts(block).courts) > 1 or sum(bool(self.facts(each).courts) for each in block.children) > 1

    def others(self, rows: Sequence[PageRow]) -> list[PageRow]:
        """Return what has a date beside the rows, and lies in several cells or in a list as they do."""
        own = [block for row in rows for block in row.blocks]

        def smallest(block: Block) -> Iterator[Block]:
            if not self.facts(block).dates or any(block.is_within(each) for each in own):
                return
            inner = [each for child in block.children for each in smallest(child)]
            if inner or not any(each.is_within(block) for each in own):
                yield from inner or [block]

        found: list[Block] = []
        all_smallest = list(smallest(self.root))
        for each in all_smallest:
            block = each
            while block.parent is not None and block is not self.root and block.tag not in {"tr", "li"}:
                larger = block.parent
                crowded = sum(one.is_within(larger) for one in all_smallest) > len(self.facts(larger).dates)
                titled = any(one.tag == "h1" for one in larger.walk())
                if crowded or titled or any(one.is_within(larger) for one in own) or larger is self.root:
                    break
                block = larger
            if not any(block.is_within(known) for known in found):
                found.append(block)
        return [self._row([each]) for each in found if each.tag in {"tr", "li"} or len(segments(each.text)) > 1]

    def facts(self, block: Block) -> _BlockFacts:
        """Return what a block says."""
        known = self._facts.get(id(block))
        if known is None:
            text = block.text
            dates = find_dates(text, self.today, self.style) if _DIGIT.search(text) else ()
            dates = tuple(each for each in dates if not _NOT_THE_DAY.search(text, 0, each.start))
            times = tuple(each for each in find_times(text, self.style, dates=dates) if not each.deadline)
            removes = sum(is_remove(each) for each in block.controls())
            known = _BlockFacts(dates, times, self.courts.mentioned(text), "£" in text or "GBP" in text, removes)
            self._facts[id(block)] = known
        return known

    def _items(self, block: Block) -> Iterator[Block]:
        """Yield the smallest blocks that are rows, or hold some."""
        if not self.facts(block).is_item:
            return
        found = False
        for each in block.children:
            for item in self._items(each):
                found = True
                yield item
        if not found:
            yield block

    def _grown(self, item: Block, items: Sequence[Block]) -> Block:
        """Return the block of one row with its court, price and controls, as far as they belong to no other row."""
        grown = best = item
        while grown.parent is not None and grown is not self.root and grown.tag not in _ROW_TAGS:
            grown = grown.parent
            if any(each is not item and each.is_within(grown) for each in items) or len(grown.text) > LONGEST_ROW:
                break
            if self._adds(best, grown):
                if self._adds_total(best, grown, alone=len(items) == 1):
                    break
                best = grown
        return best

    def _trimmed(self, block: Block) -> list[Block]:
        """Return the elements of a row that lies in one block with the sum of the page: those before that."""
        cells = block.cells
        for number, each in enumerate(cells):
            if number and kind_of(each.text) in _SUMS and not self.facts(each).courts and not self.facts(each).dates:
                before = cells[:number]
                if any(self.facts(one).courts for one in before) and any(self.facts(one).dates for one in before):
                    return before
        return [block]

    def _adds(self, block: Block, larger: Block) -> bool:
        """Tell whether a larger block has what a row should have, and the smaller one has not."""
        small, large = self.facts(block), self.facts(larger)
        if len(large.courts) > 1 and large.courts != small.courts and small.courts:
            return False
        has_details = any(_DETAILS.search(each.name) for each in block.controls())
        return bool(
            (large.courts and not small.courts)
            or (large.times and not small.times and self._has_bare_time(larger))
            or (large.money and not small.money)
            or (large.removes and not small.removes)
            or (not has_details and any(_DETAILS.search(each.name) for each in larger.controls()))
        )

    def _has_bare_time(self, block: Block) -> bool:
        """Tell whether a block has a time that stands for itself, and not in a sentence such as opening hours."""
        for text in segments(block.text):
            times = find_times(text, self.style)
            rest = "".join(text[: times[0].start] + text[times[-1].end :]) if times else ""
            if times and not set(re.findall(r"[a-z]+", rest.lower())) - _TIME_WORDS:
                return True
        return False

    def _adds_total(self, block: Block, larger: Block, *, alone: bool) -> bool:
        """Tell whether a larger block has the sum of the page, which belongs to no row."""
        if not alone:
            return False
        sums = [each.kind for each in find_sums([("", text) for text in segments(larger.text)])]
        own = [each.kind for each in find_sums([("", text) for text in segments(block.text)])]
        return sum(each in _SUMS for each in sums) > sum(each in _SUMS for each in own)

    # Division

    def _divided(self, item: Block, items: Sequence[Block]) -> tuple[Block, list[PageRow]] | None:
        """Return the block that has to be divided because of an item, with its rows; None where the item is one row."""
        grown = self._grown(item, items)
        row = self._row(self._trimmed(grown))
        twice = self._names_all_twice(item)
        if row.courts and row.is_sound and not twice:
            return None
        if len(self.facts(item).courts) > 1 or not row.is_sound or twice:
            parts = self._split(item)
            if parts:
                return item, parts
            if twice and row.courts and row.is_sound:
                reading = replace(row.reading, unclear="it names court and day twice")
                return item, [replace(row, reading=reading)]
        # A row whose court stands beside it among other rows: they have no element of their own, or a common heading.
        block = grown
        while not row.courts and block.parent is not None and block is not self.root:
            block = block.parent
            if self.facts(block).courts:
                parts = self._split(block)
                return (block, parts) if parts else None
        return None

    def _names_all_twice(self, block: Block) -> bool:
        """Tell whether court and day stand in a block more than once, as they do in two rows of one day."""
        cells = [self.facts(each) for each in block.cells]
        days = sum(any(each > self.today for found in facts.dates for each in found.candidates) for facts in cells)
        return (days > 1 and sum(bool(facts.courts) for facts in cells) > 1) or self._holds_rows(block)

    def _holds_rows(self, block: Block) -> bool:
        """Tell whether a block has several entries of a list or a table that name a court or a day."""

        def is_entry(child: Block) -> bool:
            return child.tag in _ROW_TAGS and bool(self.facts(child).courts or self.facts(child).dates)

        return any(sum(map(is_entry, each.children)) > 1 for each in block.walk())

    def _split(self, block: Block) -> list[PageRow] | None:
        """Return the rows of a block that holds several; None where it cannot be divided, or in more than one way."""
        cells = block.cells
        begun = list(self._by_starts(cells)) if len(cells) > 1 else []
        even = [rows for rows in self._by_period(cells) if self._is_even(rows)] if len(cells) > 1 else []
        for ways in (
            [rows for rows in (*begun, *even) if self._fits(rows, block)],
            [rows for rows in self._by_heading(block) if self._fits(rows, block)],
            [rows for rows in (*begun, *even) if self._fits_among_others(rows, block)],
        ):
            if ways:
                # Rows that are alike are better than some of which one begins where another ends.
                most = max(self._alikeness(rows) for rows in ways)
                return _agreed([rows for rows in ways if self._alikeness(rows) == most])
        return None

    def _alikeness(self, rows: Sequence[PageRow]) -> float:
        """Return how much alike the rows are, element by element: 1 where all are of the same kinds."""
        columns = list(zip_longest(*(self._shape(row) for row in rows)))
        return sum(Counter(column).most_common(1)[0][1] for column in columns) / (len(columns) * len(rows))

    def _shape(self, row: PageRow) -> tuple[object, ...]:
        """Return of what kind the elements of a row are."""
        kinds = []
        for block in row.blocks:
            facts = self.facts(block)
            state = bool(_STATE.search(block.text) or _STANDING.fullmatch(block.text))
            says = (bool(facts.courts), bool(facts.dates), bool(facts.times), facts.money, facts.removes, state)
            kinds.append((block.tag, *says))
        return tuple(kinds)

    def _fits(self, rows: Sequence[PageRow], block: Block) -> bool:
        """Tell whether each part can be a row, and together they have all courts of the block."""
        if not self._are_rows(rows) or not all(row.courts for row in rows):
            return False
        named = {sum(bool(self.facts(each).courts) for each in row.blocks) for row in rows if not row.heads}
        return len(named) <= 1 and self._has_all(rows, block)

    def _fits_among_others(self, rows: Sequence[PageRow], block: Block) -> bool:
        """Tell the same of rows some of which are of something else: it stands where the others have their court."""
        if not self._are_rows(rows) or not all(row.reading.days for row in rows):
            return False
        places = {self._place(row) for row in rows if row.courts}
        place = places.pop() if len(places) == 1 else -1
        named = place >= 0 and all(
            len(row.blocks) > place and _WORD.search(row.blocks[place].text) and not _is_label(row.blocks[place].text)
            for row in rows
        )
        return named and self._has_all(rows, block)

    def _are_rows(self, rows: Sequence[PageRow]) -> bool:
        """Tell whether there are several, each with one court and one day at most, in which no other rows lie."""
        sound = all(len(row.courts) <= 1 and not row.reading.unclear for row in rows)
        return len(rows) > 1 and sound and not any(self._holds_rows(each) for row in rows for each in row.blocks)

    def _place(self, row: PageRow) -> int:
        """Return which of its elements names the court of a row."""
        return next((number for number, each in enumerate(row.blocks) if self.facts(each).courts), -1)

    def _is_even(self, rows: Sequence[PageRow]) -> bool:
        """Tell whether rows that were only counted off have their courts and their dates in the same places."""
        dated = {tuple(bool(self.facts(each).dates) for each in row.blocks) for row in rows}
        courts = {tuple(bool(self.facts(each).courts) for each in row.blocks) for row in rows if row.courts}
        return len(dated) == 1 and len(courts) == 1 and len(rows[0].blocks) > 2

    def _has_all(self, rows: Sequence[PageRow], block: Block) -> bool:
        """Tell whether the rows have all courts and all days of the block, and no day twice."""
        own = sum(len(self.facts(each).dates) for row in rows for each in row.blocks)
        over = {id(head): len(self.facts(head).dates) for row in rows for head in row.heads}
        dates = own + sum(over.values())
        courts = frozenset().union(*(row.courts for row in rows))
        return dates == len(self.facts(block).dates) and courts == self.facts(block).courts

    def _by_starts(self, cells: list[Block]) -> Iterator[list[PageRow]]:
        """Yield divisions in which each row begins with an element of the same kind."""
        kinds = [(each.tag, each.attributes.get("class", "")) for each in cells]
        for kind in dict.fromkeys(kinds):
            starts = [number for number, each in enumerate(kinds) if each == kind]
            if len(starts) < 2 or len(starts) * 1 == len(cells):
                continue
            yield from self._at(cells, starts)
        texts = [each.text for each in cells]
        for text in dict.fromkeys(each for each in texts if _is_label(each)):
            starts = [number for number, each in enumerate(texts) if each == text]
            if len(starts) > 1:
                yield from self._at(cells, starts)
        if any(each.tag == "hr" for each in cells[1:-1]):
            starts = [0, *(number for number, each in enumerate(cells) if each.tag == "hr")]
            yield from self._at(cells, starts)

    def _by_period(self, cells: list[Block]) -> Iterator[list[PageRow]]:
        """Yield divisions into rows of the same number of cells."""
        for period in range(2, len(cells) // 2 + 1):
            for start in range(period * 2):
                # Behind the last row the sum of the page may stand, in as many cells as it likes.
                for count in range((len(cells) - start) // period, 1, -1):
                    yield from self._at(cells, [start + period * number for number in range(count)])

    def _at(self, cells: list[Block], starts: list[int]) -> Iterator[list[PageRow]]:
        """Yield the division at these places, unless it leaves out what belongs to a row."""
        lengths = [after - start for start, after in pairwise(starts)]
        ends = [*starts[1:], min(len(cells), starts[-1] + max(lengths))]
        before, after = cells[: starts[0]], cells[ends[-1] :]
        tags = {each.tag for each in cells[starts[0] :]}
        named = any(each.tag in tags and _WORD.search(each.text) and not _is_label(each.text) for each in before)
        if named or any(self._is_of_row(each) for each in before):
            return
        if any(self._is_of_row(each) and not self._is_of_page(each) for each in after):
            return
        if any(_STATE.search(each.text) or _STANDING.fullmatch(each.text) for each in after):
            return  # It is said of the last row, or of all.
        names = [each.text for each in before]
        even = len(set(lengths)) == 1
        labels = names[-lengths[0] :] if even and len(names) >= lengths[0] else []
        groups = [cells[start:end] for start, end in zip(starts, ends, strict=True)]
        groups = [group[1:] if group[0].tag == "hr" else group for group in groups]
        yield [self._row(group, labels) for group in groups]

    def _is_of_row(self, block: Block) -> bool:
        facts = self.facts(block)
        return bool(facts.dates or facts.times or facts.courts or facts.money or facts.removes)

    def _is_of_page(self, block: Block) -> bool:
        """Tell whether a block behind the rows holds their sum and nothing of a row."""
        facts = self.facts(block)
        return not (facts.dates or facts.courts or facts.removes)

    def _by_heading(self, block: Block) -> Iterator[list[PageRow]]:
        """Yield the rows that have their court or day from what stands over several of them."""
        units = self._units(block)
        if not units:
            return
        parts: list[PageRow] = []
        court: _Head | None = None
        day: _Head | None = None
        for each in self._leaves(block, units):
            facts = self.facts(each)
            if each not in units:
                if court is not None and not facts.courts and each.tag == court.block.tag and _WORD.search(each.text):
                    court = None  # Something else than a court is what comes now.
                court = _Head(each) if facts.courts else court
                day = _Head(each) if facts.dates else day
                continue
            over = []
            if not facts.courts and court is not None and court.is_over(each):
                over.append(court.block)
            if not facts.dates and day is not None and day.is_over(each) and day.block not in over:
                over.append(day.block)
            cells = [cell for head in over for cell in self._cells_of(head, "")]
            behind = self._behind(each, units)
            parts.append(replace(self._row([each, *behind], before=cells), heads=tuple(over)))
        yield parts

    def _behind(self, unit: Block, units: Sequence[Block]) -> list[Block]:
        """Return what stands behind a unit in the same block, up to the next row, heading or sum of the page."""
        siblings = unit.parent.children if unit.parent is not None else []
        found: list[Block] = []
        for each in siblings[siblings.index(unit) + 1 :]:
            facts = self.facts(each)
            ends = any(one.is_within(each) for one in units) or facts.courts or facts.dates or facts.times
            if ends or each.is_heading() or each.tag == "hr" or kind_of(each.text) in _SUMS:
                break
            found.append(each)
        return found

    def _units(self, block: Block) -> list[Block]:
        """Return the smallest blocks that have a time, with a court or a day of their own where they have one."""
        for wanted in (lambda facts: facts.courts or facts.dates, lambda _: True):
            found = [each for each in self._smallest(block, wanted) if each is not block]
            if found:
                units = [self._grown_beside(each, found, block) for each in found]
                # A time beside another one can be the end of it.
                alone = any(not (self._has_own(each) or each.controls()) for each in units)
                return [] if alone else units
        return []

    def _has_own(self, unit: Block) -> bool:
        facts = self.facts(unit)
        return bool(facts.courts or facts.dates or facts.money)

    def _smallest(self, block: Block, wanted: object) -> list[Block]:
        facts = self.facts(block)
        if not facts.times or not wanted(facts):  # type: ignore[operator]
            return []
        inner = [each for child in block.children for each in self._smallest(child, wanted)]
        return inner or [block]

    def _grown_beside(self, unit: Block, units: Sequence[Block], root: Block) -> Block:
        """Return a unit with what stands beside it: price and controls, up to the next unit or heading."""
        best = unit
        while best.parent is not None and best.parent is not root:
            larger = best.parent
            new = self.facts(larger)
            if any(each is not unit and each.is_within(larger) for each in units):
                break
            own = self.facts(unit)
            if (new.courts and not own.courts) or (new.dates and not own.dates):
                break
            best = larger
        return best

    def _leaves(self, block: Block, units: Sequence[Block]) -> Iterator[Block]:
        """Yield the units, and the smallest other blocks that say something, in the order of the page."""
        if any(block is each for each in units):
            yield block
            return
        whole = all(each.is_inline for each in block.children) and not any(each.is_within(block) for each in units)
        inner = [] if whole else [each for child in block.children for each in self._leaves(child, units)]
        if inner:
            yield from inner
        elif block.text:
            yield block

    # Rows

    def _row(self, blocks: list[Block], labels: Sequence[str] = (), before: Sequence[RowCell] = ()) -> PageRow:
        cells = list(before)
        beside = self._beside(blocks[0]) if len(blocks) == 1 else ()
        if len(blocks) == 1:
            inner = blocks[0].cells
            names = list(labels) or self._heads(blocks[0], len(inner))
            if inner and (names or not any(isinstance(part, str) for part in blocks[0].parts)):
                for number, each in enumerate(inner):
                    cells += self._cells_of(each, names[number] if number < len(names) else "")
            else:
                cells += self._cells_of(blocks[0], "")
        else:
            for number, each in enumerate(blocks):
                cells += self._cells_of(each, labels[number] if number < len(labels) else "")
        found = tuple(_labelled(cells))
        heading = previous_heading(blocks, self.root)
        reading = self._read(found, heading)
        text = " | ".join(each.text for each in found)
        return PageRow(
            cells=found,
            blocks=tuple(blocks),
            heading=heading,
            reading=reading,
            courts=self.courts.mentioned(text),
            match=self.courts.match(text, f"{heading} {self.around}"),
            sums=find_sums([(each.label, each.text) for each in found]),
            beside=beside,
        )

    def _read(self, cells: Sequence[RowCell], heading: str) -> Reading:
        """Return what a row says, with the day that stands over it where its own can only be that of the booking."""
        reading = read_moment(cells, self.today, self.style)
        over = find_dates(heading, self.today, self.style) if _DIGIT.search(heading) else ()
        to_come = [each for each in over if each.candidates and max(each.candidates) > self.today]
        if not to_come or any(each > self.today for each in reading.days):
            return reading
        again = read_moment([RowCell("", heading), *cells], self.today, self.style)
        around = heading[: over[0].start] + heading[over[-1].end :]
        if len(over) == 1 and not _WORD.search(around):
            return again
        return replace(again, unclear=again.unclear or f'the day may be that of "{heading}"')

    def _beside(self, block: Block) -> tuple[str, ...]:
        """Return the texts around a row that stand in a block with it, and with no other row."""
        largest = block
        while largest.parent is not None and largest is not self.root:
            larger = largest.parent
            own, all_ = self.facts(block), self.facts(larger)
            if larger is self.root or len(larger.text) > len(block.text) + LONGEST_ASIDE:
                break
            if len(all_.dates) > len(own.dates) or len(all_.times) > len(own.times) or all_.courts - own.courts:
                break
            largest = larger
        texts = segments(largest.text)
        for each in segments(block.text):
            if each in texts:
                texts.remove(each)
        return tuple(texts)

    @staticmethod
    def _cells_of(block: Block, label: str) -> list[RowCell]:
        own = next((block.attributes[name] for name in ("data-label", "data-th", "data-title", "data-header")
                    if block.attributes.get(name)), label)  # fmt: skip
        if not block.is_inline and not own and len(block.children) > 1:
            labelled = [each for each in block.children if each.attributes.get("data-label")]
            if labelled:
                return [cell for each in block.children for cell in RowReader._cells_of(each, "")]
        return [RowCell(own, text) for text in segments(with_tiles_joined(block.spoken))]

    def _heads(self, block: Block, count: int) -> list[str]:
        """Return the words over the columns of a row: the line before it that has as many cells and names no figure."""
        if count < 2:
            return []
        table = block
        while table.parent is not None and table.tag != "table" and block.tag in {"tr", "tbody"}:
            table = table.parent
        if table.tag == "table" and block.tag == "tr":
            rows = [each for each in table.walk() if each.tag == "tr"]
            heads = [each for each in rows if len(each.children) == count and _is_header(each)]
            return [each.text for each in heads[0].children] if heads else []
        place: Block | None = block
        for _ in range(3):
            if place is None or place.parent is None or place is self.root:
                break
            siblings = place.parent.children
            for each in reversed(siblings[: siblings.index(place)]):
                if len(each.cells) == count and _is_header(each):
                    return [cell.text for cell in each.cells]
            place = place.parent
        return []


def _is_label(text: str) -> bool:
    """Tell whether a text is only the name of what comes next."""
    return bool(_LABEL.search(text)) and not _DIGIT.search(text) and len(text) <= 30


def _agreed(ways: Sequence[Sequence[PageRow]]) -> list[PageRow] | None:
    """Return the rows that all divisions find, with what they agree upon of prices and controls; None for no rows."""
    told = {tuple((row.courts, row.reading.date, row.reading.minutes, row.states) for row in rows) for rows in ways}
    if len(told) != 1:
        return None
    found = []
    for same in zip(*ways, strict=True):
        row = same[0]
        if len({each.price for each in same}) > 1:
            row = replace(row, sums=())
        if len({tuple(control.path for control in each.controls) for each in same}) > 1:
            row = replace(row, controls_known=False)
        found.append(row)
    return found


_DETAILS = re.compile(r"\bdetails?\b|\bview\b|\bmanage\b|\bshow\b|\bmore\b|\bopen\b|\bsee\b|\bexpand\b", re.IGNORECASE)


def is_details(control: PageControl) -> bool:
    """Tell whether a control leads to more about a row, by its name."""
    return _DETAILS.search(control.name) is not None and control.kind is not ControlKind.TICK


def _is_header(block: Block) -> bool:
    return (
        bool(block.text) and not _DIGIT.search(block.text) and len(block.text) < 200 and bool(_LABEL.search(block.text))
    )


def _labelled(cells: Sequence[RowCell]) -> Iterator[RowCell]:
    """Yield the cells of a row; a text that is only the name of the next one becomes its label."""
    last = ""
    for number, cell in enumerate(cells):
        after = cells[number + 1] if number + 1 < len(cells) else None
        bare = not _DIGIT.search(cell.text) and len(cell.text) <= 30 and len(cell.text.split()) <= 4
        named = not _STATE.search(cell.text) and ":" not in cell.text.rstrip(" :")
        named = named and bool(
            _LABEL.search(cell.text) or cell.text.endswith(":") or kind_of(cell.text) is not SumKind.PRICE
        )
        if bare and named and after is not None and not cell.label:
            last = cell.text
            continue
        yield RowCell(cell.label or last, cell.text)
        last = ""


# Moments of a row


@dataclass(frozen=True, slots=True)
class _Day:
    found: FoundDate
    cell: int
    made: bool
    maybe_made: bool


def read_moment(cells: Sequence[RowCell], today: date, style: PageStyle) -> Reading:
    """Return date and time of a row.

    Args:
        cells: its texts with their labels.
        today: the day on which the page is read: what was booked was booked until then.
        style: how the page writes dates and times.
    """
    days = list(_days(cells, today, style))
    about, made = _about(days, today)
    starts, length, listed = _starts(cells, (about, made), today, style)
    return _reading(cells, about, starts, length, listed)


def _reading(
    cells: Sequence[RowCell], about: Sequence[_Day], starts: Sequence[FoundTime], length: int | None, listed: bool
) -> Reading:
    none = any(not day.found.candidates for day in about)
    # What is no day can be a slip for any.
    days = () if none else tuple(sorted({each for day in about for each in day.found.candidates}))
    unclear = ""
    if about and len(days) != 1:
        texts = ", ".join(dict.fromkeys(day.found.text for day in about))
        unclear = f"several days: {texts}" if days else f"no such day: {texts}"
    if _is_span(cells, about):
        unclear = "it runs over several days"
    minutes = sorted({each for start in starts for each in start.candidates})
    nothing = [start.text for start in starts if not start.candidates]
    if nothing:
        unclear = unclear or f"no such time: {nothing[0]}"
    elif any(len(start.candidates) > 1 for start in starts):
        unclear = unclear or f"morning or afternoon: {starts[0].text}"
    elif len(minutes) > 1 and not listed:
        unclear = unclear or f"several times: {', '.join(dict.fromkeys(start.text for start in starts))}"
    clear_time = bool(minutes) and not (nothing or (len(minutes) > 1 and not listed))
    clear_time = clear_time and not any(len(start.candidates) > 1 for start in starts)
    lengths = {start.length for start in starts if start.length} or ({length} if length else set())
    return Reading(
        date=days[0] if len(days) == 1 and not _is_span(cells, about) else None,
        minutes=minutes[0] if clear_time else None,
        length=lengths.pop() if len(lengths) == 1 else None,
        days=days,
        more=tuple(minutes[1:]) if clear_time else (),
        unclear=unclear,
    )


def _days(cells: Sequence[RowCell], today: date, style: PageStyle) -> Iterator[_Day]:
    """Yield the dates of a row that are the day of something, or the day on which it was booked."""
    for number, cell in enumerate(cells):
        for found in find_dates(cell.text, today, style):
            before = cell.text[: found.start]
            if _NOT_THE_DAY.search(before) or (not before.strip() and _NOT_THE_DAY.search(cell.label)):
                continue
            past = any(each <= today for each in found.candidates)
            named = before if before.strip(" ,:") else cell.label
            yield _Day(found, number, past and bool(_MADE.search(named)), past and bool(_MAYBE_MADE.search(named)))


def _about(days: Sequence[_Day], today: date) -> tuple[list[_Day], list[_Day]]:
    """Return the dates that a row is about, and those on which it was booked."""
    made = [day for day in days if day.made]
    rest = [day for day in days if not day.made]
    firm = [day for day in rest if not day.maybe_made]
    if firm and len({day.found.candidates for day in rest}) > 1:
        made += [day for day in rest if day.maybe_made]
        rest = firm
    if len({day.found.candidates for day in rest}) > 1 and not made:
        # The one to come is what was booked; the one that has been is when.
        coming = [day for day in rest if day.found.candidates and min(day.found.candidates) > today]
        gone = [day for day in rest if day not in coming]
        if len({day.found.candidates for day in coming}) == 1 and all(day.found.date for day in gone):
            return coming, [*made, *gone]
        if not coming and all(day.found.date for day in rest):
            # Over as well: what was booked came after the booking.
            last = max(day.found.candidates for day in rest)
            return [day for day in rest if day.found.candidates == last], [
                *made, *(day for day in rest if day.found.candidates != last)
            ]  # fmt: skip
    return rest, made


def _is_span(cells: Sequence[RowCell], about: Sequence[_Day]) -> bool:
    """Tell whether two of the dates are the ends of a span."""
    for first, second in pairwise(about):
        if first.cell == second.cell and first.found.candidates != second.found.candidates:
            between = cells[first.cell].text[first.found.end : second.found.start]
            if _SPAN.fullmatch(between):
                return True
    return False


def _starts(
    cells: Sequence[RowCell], days: tuple[Sequence[_Day], Sequence[_Day]], today: date, style: PageStyle
) -> tuple[list[FoundTime], int | None, bool]:
    """Return the times at which a row starts, its length, and whether several times are listed beside each other."""
    about, made = days
    near: list[FoundTime] = []
    far: list[FoundTime] = []
    lengths: set[int] = set()
    listed = False
    for number, cell in enumerate(cells):
        if (
            _END.search(cell.label)
            or _ENDS.match(cell.text)
            or (_MADE.search(cell.label) and not any(day.cell == number for day in about))
        ):
            continue
        dates = find_dates(cell.text, today, style)
        times = _times_of(cell, dates, style)
        length = find_length(cell.text)
        if length:
            lengths.add(length)
        if _LENGTH.search(cell.label):
            continue
        here = [day for day in about if day.cell == number]
        gone = [day for day in made if day.cell == number]
        times = [each for each in times if not _is_of_made(each, gone, here)]
        pairs = list(pairwise(times))
        listed = listed or (bool(pairs) and all(joined_by_and(cell.text, one, other) for one, other in pairs))
        (near if here else far).extend(times)
    times = near + far
    if len({each.candidates for each in times}) > 1:
        # A date that is written with a time though it has none is written with midnight.
        times = [each for each in times if each.candidates != (_MIDNIGHT,)] or times
    return times, lengths.pop() if len(lengths) == 1 else None, listed and len({e.candidates for e in times}) > 1


def _times_of(cell: RowCell, dates: tuple[FoundDate, ...], style: PageStyle) -> list[FoundTime]:
    timed = re.search(r"\b(?:times?|starts?|hours?|when|from)\b", cell.label, re.IGNORECASE)
    prefix = "time: " if timed and not dates and re.match(r"\s*\d{1,2}\.\d\d\b", cell.text) else ""
    found = find_times(f"{prefix}{cell.text}", style, dates=dates)
    return [
        replace(each, start=each.start - len(prefix), end=each.end - len(prefix)) for each in found if not each.deadline
    ]


def _is_of_made(time: FoundTime, made: Sequence[_Day], here: Sequence[_Day]) -> bool:
    """Tell whether a time is that at which a row was booked: it follows such a date, or stands with no other."""
    if not made:
        return False
    before = [day for day in (*made, *here) if day.found.end <= time.start]
    if not before:
        return not here
    return max(before, key=lambda day: day.found.end) in made
