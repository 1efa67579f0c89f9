"""What a basket page says, understood by its meaning and proved by its arithmetic.

Each line has a court, a day, a time and a price; the prices, with the fees, discounts and credit that the page states,
make up the sum that it wants; the count that it states, if any, is that of the lines, and so is the number of ways to
remove one. A basket in which anything of this does not agree is not understood. It is empty only where it says so.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from itertools import product

from booking.money import pounds
from booking.site.blocks import Block, PageContent, PageControl, read_content, segments
from booking.site.courts import CourtKind, Courts
from booking.site.messages import ObstacleFound, find_obstacle
from booking.site.rows import PageRow, RowReader, is_remove
from booking.site.sums import FoundSum, SumKind, find_sums

_NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_NUMBER = rf"(?:\d{{1,2}}|{'|'.join(_NUMBERS)})"
_THINGS = r"(?:items?|bookings?|sessions?|slots?|products?|activities|courses?|lines?|reservations?)"
_COUNTS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\(?\s*({_NUMBER})\s+{_THINGS}\s*\)?",
        rf".*\b({_NUMBER})\s+{_THINGS}\s+(?:in (?:your|the) |held\b|reserved\b|selected\b|added\b).*",
        rf".*\b(?:contains|holds|have|has)\s+({_NUMBER})\s+{_THINGS}\b.*",
        rf"(?:your |shopping |the )?(?:basket|cart|bag|order)(?: summary"
        rf"| contents)?\s*[(:\u2013-]\s*({_NUMBER})(?:\s+{_THINGS})?\s*\)?",
        rf"(?:number of |total )?{_THINGS}(?: in (?:your )?basket)?\s*[(:]\s*({_NUMBER})\s*\)?",
        rf"(?:sub)?-?total\s*\(\s*({_NUMBER})\s+{_THINGS}\s*\).*",
    )
)
_NO_COUNT = re.compile(
    r"\b(?:up to|maximum|max|at most|no more than|limit|more than|per|another|only)\b", re.IGNORECASE
)
_EMPTY = re.compile(
    r"\b(?:basket|cart|bag|order)\b(?: is| are)?(?: currently| now| still)? empty\b|\bempty (?:basket|cart)\b\W*$"
    r"|\b(?:no|0|zero) (?:items?|bookings?|sessions?|products?|courses?)(?: or \w+)*(?: currently| are)? (?:in"
    r"|to (?:show|display))\b"
    r"|\b(?:nothing|not anything) in (?:your|the|this) (?:shopping )?(?:basket|cart|bag)\b"
    r"|\bdo(?:n't| not) (?:currently )?have any(?:thing| items?| bookings?| products?) in (?:your|the)\b"
    r"|\b(?:have|has) (?:no|not added any) (?:items?|bookings?|thing)s? (?:in|to) (?:your|the)\b",
    re.IGNORECASE,
)
_EMPTIES = re.compile(
    r"\b(?:if|when|until|unless|would|will|can|want)\b|\?|\bempty (?:your|the|my|this)\b", re.IGNORECASE
)


_CUT = re.compile(
    r"[\s,;@-]*(?:\b(?:on|at|from)\s)?(?:\b(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\b|£|\d{1,4}[/:-]\d|\d{1,2}\s?(?:[ap]m\b"
    r"|(?:st|nd|rd|th)?\s(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b)).*$",
    re.IGNORECASE,
)
"""From where on the text of a line no longer names the court."""


class Understanding(StrEnum):
    """How far a page is understood."""

    UNDERSTOOD = "understood"
    UNDERSTOOD_WITH_EXTRA = "understood with an extra"
    """The page states in so many words what comes on top of the prices."""
    NOT_UNDERSTOOD = "not understood"
    """Nothing may be concluded from it."""


@dataclass(frozen=True, slots=True)
class BasketLine:
    """One line of a basket. Money is in pence."""

    court: str | None
    """Slug of the court where it is one that was asked about; None for anything else."""
    facility: str
    """What the line says of the court, as it is shown."""
    date: date
    hour: int
    minute: int
    length: int | None
    """Minutes, where the line says how long it is."""
    pence: int | None
    remove: PageControl | None
    """What removes this line and nothing else."""
    text: str

    def __str__(self) -> str:
        return f"{self.facility}, {self.date:%d/%m/%Y} {self.hour:02d}:{self.minute:02d}"


@dataclass(frozen=True, slots=True)
class BasketPage:
    """What a basket page says. Money is in pence."""

    verdict: Understanding
    why: tuple[str, ...]
    """The reasons: what was understood, or what was not and which text it was."""
    lines: tuple[BasketLine, ...] = ()
    """All that could be read, also where the page as a whole is not understood."""
    total: int | None = None
    """What the page wants to be paid now, credit and discounts taken off."""
    credit: int | None = None
    """The account's credit that it names."""
    extra: int = 0
    """What the page states as coming on top of the prices."""
    extra_words: str = ""
    most: int | None = None
    """The most that may be charged by what the page says: the total, with an extra that it does not hold yet."""
    is_empty: bool = False
    """Whether the page says that nothing is in it."""
    obstacle: ObstacleFound | None = None
    """What stands in its place."""


def read_basket_page(
    html: str, *, courts: Collection[str], today: date, line_hint: str = "", total_hint: str = "", credit_hint: str = ""
) -> BasketPage:
    """Return what a basket page says.

    Args:
        html: the page.
        courts: slugs of the courts of the plan.
        today: the day on which it is read, by the site's clock.
        line_hint: selector of a line, if one is known; it is believed where what it finds can be read.
        total_hint: selector of the total, likewise.
        credit_hint: selector of the account's credit, likewise.
    """
    content = read_content(html)
    hints = _Hints(line_hint, total_hint, credit_hint)
    roots = [content.main] if content.main is content.whole else [content.main, content.whole]
    read = [_Basket(content, root, Courts(courts), today).read(hints) for root in roots]
    best = next((page for page in read if page.verdict is not Understanding.NOT_UNDERSTOOD), read[0])
    if best.verdict is Understanding.NOT_UNDERSTOOD or best.is_empty:
        obstacle = find_obstacle(content)
        if obstacle is not None and not best.lines and not (best.is_empty and not obstacle.kind.needs_person):
            why = f'instead of the basket there is a page of another kind ({obstacle.kind}): "{obstacle.words}"'
            return BasketPage(Understanding.NOT_UNDERSTOOD, (why,), obstacle=obstacle)
    return best


@dataclass(frozen=True, slots=True)
class _Hints:
    """Selectors of what is known of the markup."""

    line: str
    total: str
    credit: str


@dataclass(frozen=True, slots=True)
class _Bill:
    """What the sums of a page come to."""

    total: int | None = None
    extra: int = 0
    extra_words: str = ""
    outside: int = 0
    """A stated fee that the total does not hold."""
    credit: int | None = None
    wrong: str = ""


class _Basket:
    """Reads one part of a page as a basket."""

    def __init__(self, content: PageContent, root: Block, courts: Courts, today: date) -> None:
        self._content = content
        self._root = root
        headings = " ".join(each.text for each in root.walk() if each.tag in {"h1", "h2"})
        self._reader = RowReader(root, today, courts, around=f"{content.title} {headings}")

    def read(self, hints: _Hints) -> BasketPage:
        """Return what it says; where the hints lead to something that is not understood, what it says without them."""
        known = self._content.select(hints.line, self._root)
        if known:
            page = self._judged(self._reader.rows_by([[each] for each in known]), hints)
            if page.verdict is not Understanding.NOT_UNDERSTOOD:
                return page
        rows = self._reader.rows()
        page = self._judged(rows, hints)
        ours = [row for row in rows if row.match.kind is CourtKind.OURS or row.removes or not row.price]
        if page.verdict is Understanding.NOT_UNDERSTOOD and ours and len(ours) < len(rows):
            # What is not part of what the page wants, and cannot be removed, is offered beside the basket.
            without = self._judged(ours, hints)
            return page if without.verdict is Understanding.NOT_UNDERSTOOD else without
        return page

    def _judged(self, rows: list[PageRow], hints: _Hints) -> BasketPage:
        rows = [each for each in rows if not self._is_aside(each)]
        lines = _without_twins([line for row in rows if (line := _line(row)) is not None])
        rest = self._rest(rows)
        empty = next((text for text in rest if _EMPTY.search(text) and not _EMPTIES.search(text)), "")
        if not rows:
            return self._without_lines(rest, empty)
        problems = [problem for row in rows if (problem := _problem(row))]
        sums = find_sums([("", text) for text in rest])
        bill = _bill(
            [each.pence for each in lines], self._hinted(sums, hints), [fee for row in rows for fee in _fees(row)]
        )
        problems += [
            each
            for each in (
                f'the page also says "{empty}"' if empty else "",
                self._wrong_count(rest, len(lines)),
                self._wrong_removes(rows, lines),
                bill.wrong,
            )
            if each
        ]
        told = f"{len(lines)} line{'s' if len(lines) != 1 else ''}"
        money = f", {pounds(bill.total)}" if bill.total is not None else ""
        page = BasketPage(
            verdict=Understanding.NOT_UNDERSTOOD,
            why=tuple(dict.fromkeys(problems)),
            lines=tuple(lines),
            total=bill.total,
            credit=bill.credit,
            extra=bill.extra or bill.outside,
            extra_words=bill.extra_words,
            most=None if bill.total is None else bill.total + bill.outside,
        )
        if problems:
            return page
        if page.extra:
            reason = f'{told}{money}, of which "{bill.extra_words}" {pounds(page.extra)}'
            reason = f'{told}{money}; beside it "{bill.extra_words}" {pounds(page.extra)}' if bill.outside else reason
            return replace(page, verdict=Understanding.UNDERSTOOD_WITH_EXTRA, why=(reason,))
        return replace(page, verdict=Understanding.UNDERSTOOD, why=(f"{told}{money}",))

    def _without_lines(self, rest: Sequence[str], empty: str) -> BasketPage:
        credit = _credit(find_sums([("", text) for text in rest]))
        removes = [each for each in self._root.controls() if is_remove(each)]
        count = self._counts(rest) - {0}
        wrong = f'"{empty}", and yet {removes[0].name!r} stands there' if empty and removes else ""
        wrong = wrong or (f'"{empty}", and yet it counts {count.pop()}' if empty and count else "")
        if empty and not wrong:
            return BasketPage(Understanding.UNDERSTOOD, (f'empty: "{empty}"',), credit=credit, is_empty=True)
        text = _short(self._root.text)
        why = wrong or f'neither lines nor a known word that nothing is in it: "{text}"'
        return BasketPage(Understanding.NOT_UNDERSTOOD, (why,), credit=credit)

    def _is_aside(self, row: PageRow) -> bool:
        """Tell whether a row is no line: a notice that has a date, a time and nothing that is bought."""
        has_money = any(each.kind is not SumKind.OTHER for each in row.sums)
        mentions = bool(row.courts)
        return not has_money and not row.removes and not mentions

    def _hinted(self, sums: Sequence[FoundSum], hints: _Hints) -> list[FoundSum]:
        """Return the sums with those that the hints name, as what they are."""
        found = list(sums)
        for selector, kind in ((hints.total, SumKind.TOTAL), (hints.credit, SumKind.CREDIT)):
            for block in self._content.select(selector, self._root):
                told = find_sums([("", text) for text in segments(block.text)])
                if len(told) == 1 and told[0].kind is SumKind.PRICE:
                    found.append(replace(told[0], kind=kind))
        return found

    def _rest(self, rows: Sequence[PageRow]) -> list[str]:
        """Return the texts of the page outside its lines."""
        own = [block for row in rows for block in row.blocks]

        def parts(block: Block) -> list[str]:
            if any(block is each for each in own):
                return []
            inside = any(each.is_within(block) for each in own)
            if not inside:
                return segments(block.text)
            found: list[str] = []
            for each in block.parts:
                found += segments(each) if isinstance(each, str) else parts(each)
            return found

        return parts(self._root)

    @staticmethod
    def _counts(rest: Sequence[str]) -> set[int]:
        found = set()
        for text in rest:
            if len(text) > 120 or _NO_COUNT.search(text):
                continue
            match = next((match for pattern in _COUNTS if (match := pattern.fullmatch(text.strip(" .!")))), None)
            if match:
                number = match[1].lower()
                found.add(int(number) if number.isdecimal() else _NUMBERS.index(number) + 1)
        return found

    def _wrong_count(self, rest: Sequence[str], lines: int) -> str:
        counts = self._counts(rest)
        wrong = sorted(counts - {lines})
        return f"the page counts {wrong[0]}, and {lines} can be read" if wrong else ""

    def _wrong_removes(self, rows: Sequence[PageRow], lines: Sequence[BasketLine]) -> str:
        """Return that there are ways to remove something that no line is; empty where there are not."""
        own = [block for row in rows for block in row.blocks]
        other = [
            block.control
            for block in self._root.walk()
            if block.control is not None
            and is_remove(block.control)
            and re.match(r"cancel\b", block.control.name, re.IGNORECASE) is None
            and not any(block.is_within(each) for each in own)
        ]
        if other and lines:
            return f'something else can be removed from it: "{other[0].name}"'
        return ""


def _line(row: PageRow) -> BasketLine | None:
    reading = row.reading
    if reading.date is None or reading.minutes is None:
        return None
    hour, minute = divmod(reading.minutes, 60)
    removes = {each.path: each for each in row.removes}
    return BasketLine(
        court=row.match.facility if row.match.kind is CourtKind.OURS else None,
        facility=facility_of(row),
        date=reading.date,
        hour=hour,
        minute=minute,
        length=reading.length,
        pence=row.price,
        remove=next(iter(removes.values())) if len(removes) == 1 else None,
        text=_short(row.text),
    )


def facility_of(row: PageRow) -> str:
    """Return what a row says of its court: the text that names it, else the first one with words."""
    courts = Courts(())
    texts = [each.text for each in row.cells]
    named = next((_CUT.sub("", text) for text in texts if courts.mentioned(_CUT.sub("", text))), "")
    named = named or next((text for text in texts if courts.mentioned(text)), "")
    words = next((text for text in texts if re.search(r"[^\W\d_]{4,}", text)), "")
    return _short(named or words or row.text)


def _problem(row: PageRow) -> str:
    """Return why a row cannot be taken for a line; empty where it can."""
    text = _short(row.text)
    if row.reading.unclear:
        return f'{row.reading.unclear} in "{text}"'
    if row.reading.date is None or row.reading.minutes is None:
        return f'no {"time" if row.reading.date else "day"} can be read in "{text}"'
    if row.reading.more:
        return f'several times in "{text}"'
    if len(row.courts) > 1 or row.match.kind is CourtKind.UNCLEAR:
        return f'it is not clear which court is meant in "{text}"'
    return ""


def _fees(row: PageRow) -> list[FoundSum]:
    """Return the fees that a line states beside its price."""
    priced = any(each.kind in {SumKind.PRICE, SumKind.TOTAL} for each in row.sums)
    return [each for each in row.sums if each.kind is SumKind.FEE] if priced else []


def _without_twins(lines: Sequence[BasketLine]) -> list[BasketLine]:
    """Return each line once: a page for wide and narrow screens has all of them twice, and a slot is sold once."""
    found: dict[tuple[object, ...], BasketLine] = {}
    for line in lines:
        key = (line.court or id(line), line.date, line.hour, line.minute)
        known = found.get(key)
        if known is None:
            found[key] = line
        else:
            found[key] = replace(known, pence=known.pence if known.pence == line.pence else None)
    return list(found.values())


def _credit(sums: Sequence[FoundSum]) -> int | None:
    credits_ = [each.pence for each in sums if each.kind is SumKind.CREDIT and not each.negative]
    return credits_[0] if credits_ and len(set(credits_)) == 1 else None


def _bill(prices: Sequence[int | None], sums: Sequence[FoundSum], line_fees: Sequence[FoundSum]) -> _Bill:
    """Return what the sums come to, and whether the prices of the lines explain it."""
    credit = _credit(sums)
    payable = [each for each in sums if each.kind is SumKind.PAYABLE]
    totals = [each for each in sums if each.kind is SumKind.TOTAL]
    if not payable and not totals:
        return _Bill(credit=credit, wrong="the page names no total")
    last = (payable or totals)[-1]
    total = last.pence
    if total is None or last.negative:
        return _Bill(credit=credit, wrong=f'the total cannot be read: "{last.label}"')
    known = [each for each in prices if each is not None]
    if len(known) != len(prices):
        return _Bill(total, credit=credit, wrong="not every line shows its price")
    return _explained(sum(known), last, sums, line_fees, credit)


def _explained(
    prices: int, last: FoundSum, sums: Sequence[FoundSum], line_fees: Sequence[FoundSum], credit: int | None
) -> _Bill:
    """Return the bill, with what of the page's other sums makes the total of the prices."""
    total = last.pence or 0

    def of(kind: SumKind) -> list[FoundSum]:
        return [each for each in sums if each.kind is kind]

    fees = _distinct(of(SumKind.FEE)) or list(line_fees)
    taxes, discounts, credits_ = (
        _distinct(of(SumKind.TAX)),
        _distinct(of(SumKind.DISCOUNT)),
        _distinct(of(SumKind.CREDIT)),
    )
    if any(each.pence is None for each in (*fees, *taxes, *discounts, *credits_)):
        return _Bill(total, credit=credit, wrong="a fee, a discount or a credit cannot be read")
    fee, tax, discount = (sum(each.pence or 0 for each in each_kind) for each_kind in (fees, taxes, discounts))
    used = max((each.pence or 0 for each in credits_), default=0)
    reached: list[tuple[int, int, int, int, int]] = []
    steps: set[int] = {prices}
    for with_fee, with_tax, with_discount, with_credit in product((0, 1), repeat=4):
        gross = prices + with_fee * fee + with_tax * tax
        net = gross - with_discount * discount
        rest = max(0, net - with_credit * used)
        if (
            (with_fee and not fee)
            or (with_tax and not tax)
            or (with_discount and not discount)
            or (with_credit and not used)
        ):
            continue
        if rest == total and net >= 0:
            reached.append(
                (with_fee + with_tax + with_discount + with_credit, with_fee, with_tax, with_discount, with_credit)
            )
            steps |= {gross, net, rest, prices - with_discount * discount}
    if not reached:
        return _Bill(
            total, credit=credit, wrong=f"prices of {pounds(prices)} do not make the {pounds(total)} that it wants"
        )
    stated = {
        each.pence
        for each in sums
        if each.kind in {SumKind.TOTAL, SumKind.PAYABLE, SumKind.SUBTOTAL} and not each.negative
    }
    steps |= {each - tax for each in set(steps)}
    odd = [each for each in stated if each is None or each not in steps]
    if odd:
        other = "a sum that cannot be read" if odd[0] is None else pounds(odd[0])
        return _Bill(total, credit=credit, wrong=f"it names {other} beside {pounds(total)}, and nothing explains that")
    _, with_fee, with_tax, *_rest = min(reached)
    extra = with_fee * fee + with_tax * tax
    words = ", ".join(dict.fromkeys(each.label for each in [*(fees if fee else []), *(taxes if with_tax else [])]))
    return _Bill(total, extra, words if extra or fee else "", 0 if with_fee else fee, credit)


def _distinct(sums: Sequence[FoundSum]) -> list[FoundSum]:
    """Return sums, each once where the same words name it twice."""
    return list({(each.label.lower(), each.pence): each for each in sums}.values())


def _short(text: str) -> str:
    return text if len(text) <= 200 else f"{text[:197]}..."
