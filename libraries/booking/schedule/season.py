"""The part of the year that a note such as ``Feb-Aug only`` allows.

A season comes back every year. Months and days at both ends belong to it, and it may wrap round the year's end
(``Oct-Mar``). An open end reaches to that of the calendar year: ``from September`` is September to December, ``until
end of June`` is January to June. Summer, spring, autumn and winter are the meteorological ones (summer is June to
August) unless the note says in brackets what they are.

Only a note that reads as a season from its start to its end, or to where a remark is set off (``Feb-Aug only; bring
balls``), is one. ``May be late`` is a remark.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from difflib import get_close_matches

from booking.text import plain, shown

MONTH_NAMES = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip

# Every day of a leap year has its number, so that 29 February has one too.
_NEW_YEAR = date(2000, 1, 1)
_YEAR = range(366)


def _number(month: int, day: int) -> int:
    return (date(2000, month, day) - _NEW_YEAR).days


def _last_day(month: int) -> int:
    return (date(2000 + month // 12, month % 12 + 1, 1) - timedelta(days=1)).day


@dataclass(frozen=True, slots=True)
class Season:
    """Some days of every year."""

    days: frozenset[int]
    """Their numbers in a leap year; 0 is 1 January."""

    def contains(self, day: date) -> bool:
        """Return whether this day is one of the season."""
        return _number(day.month, day.day) in self.days

    def __str__(self) -> str:
        if len(self.days) == len(_YEAR):
            return "all year"
        return " and ".join(self._stretch(first) for first in self._firsts())

    def _firsts(self) -> list[int]:
        return sorted(number for number in self.days if (number - 1) % len(_YEAR) not in self.days)

    def _stretch(self, first: int) -> str:
        last = first
        while (last + 1) % len(_YEAR) in self.days:
            last = (last + 1) % len(_YEAR)
        start, end = (_NEW_YEAR + timedelta(days=number) for number in (first, last))
        if start.day == 1 and end.day == _last_day(end.month):
            names = [MONTH_NAMES[start.month - 1], MONTH_NAMES[end.month - 1]]
        else:
            names = [f"{day.day} {MONTH_NAMES[day.month - 1]}" for day in (start, end)]
        return " to ".join(dict.fromkeys(names))


def parse_season(note: str) -> Season | None:
    """Return the season that a note says, or None if it is just a remark.

    Raises:
        ValueError: the note plainly means a season, but one that cannot be: ``from 31 April to 15 May``.
    """
    tokens = _tokens(note)
    readings: list[_Reading] = []
    at = 0
    while at < len(tokens):
        reading = _Reader(tokens, at).read() or _misspelt(tokens, at)
        # After a remark, "June" may be somebody's name and "not May" the end of a sentence; "; June only" is neither.
        if reading and (at == 0 or (reading.marked and (readings or tokens[at - 1].kind != "COMMA"))):
            readings.append(reading)
            at = reading.end
        while at < len(tokens) and tokens[at].kind not in _SET_OFF:
            at += 1
        at += 1
    if not readings:
        return None
    for reading in readings:
        if reading.problem:
            raise ValueError(f"{shown(note)} is not a valid season: {reading.problem}")
    plus = frozenset[int]().union(*(reading.plus for reading in readings))
    minus = frozenset[int]().union(*(reading.minus for reading in readings))
    if not (days := (plus or frozenset(_YEAR)) - minus):
        raise ValueError(f"{shown(note)} is not a valid season: no day of the year is left in it")
    return Season(days)


_NAMED = {"spring": (3, 5), "summer": (6, 8), "autumn": (9, 11), "winter": (12, 2)}
_MONTHS = {name.lower(): month for month, name in enumerate(MONTH_NAMES, 1)}
_MONTHS |= {name[:3]: month for name, month in _MONTHS.items()} | {"sept": 9}
_ANY_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
# "May be late", "March on": these months are words as well, so that beside something unknown they prove nothing.
_ALSO_WORDS = {"may", "mar", "march"}

_WORDS = {
    "ALL": r"(?:all |all the |the whole |whole )year(?: round)?|year[- ]round"
    r"|(?:every|all) months?|any month|all seasons",
    "EXCEPT": r"(?:but )?(?:not|except(?: for)?|excluding|excl|without|apart from|other than|no|closed|away)",
    "UNTIL": "until|till|til|up to",
    "FROM": "from|since|starting",
    "BEFORE": "before",
    "AFTER": "after",
    "BETWEEN": "between",
    "TO": "to|through",
    "ONWARDS": "onwards?|on",
    "AND": "and|or|plus",
    "ONLY": "only",
    "EDGE": "(?:the )?(?:end|start|beginning) of",
    "VAGUE": "early|mid|late",
    "FILLER": "in|during|the|months?|season|just|inclusive|(?:each|every) year",
    "NAMED": "|".join(_NAMED),
    "MONTH": _ANY_MONTH,
}
_TOKEN = re.compile(
    r"(?P<DATE>[0-9]{1,2}/[0-9]{1,2}(?:/[0-9]{2,4})?(?![0-9/]))|(?P<YEAR>(?:19|20)[0-9]{2}\b)"
    r"|(?P<DAY>[0-9]{1,2}(?:st|nd|rd|th)?\b(?: of\b)?)|"
    + "|".join(rf"(?P<{kind}>(?:{words})(?![\w'\u2019]))" for kind, words in _WORDS.items())
    + r"|(?P<WORD>[\w'\u2019]+)|(?P<BREAK> -+ |--+)|(?P<DASH>-)|(?P<COMMA>,)|(?P<JOIN>[&+/])|(?P<STRONG>[;|.:!?])"
    r"|(?P<OPEN>[(\[])|(?P<CLOSE>[)\]])|(?P<OTHER>\S)"
)
_RANGE = ("DASH", "BREAK", "TO", "UNTIL")
_JOINERS = ("COMMA", "JOIN", "AND")
_SET_OFF = {"BREAK", "COMMA", "STRONG", "OPEN", "CLOSE"}
_END = "END"


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str


def _tokens(note: str) -> list[_Token]:
    # The full stop of an abbreviated month ends no sentence.
    text = re.sub(rf"\b({_ANY_MONTH})\.(?=[\s\-,;)/]|$)", r"\1", plain(note))
    tokens = [_Token(match.lastgroup or "", match[0]) for match in _TOKEN.finditer(text)]
    return tokens[1:] if tokens and tokens[0].kind == "OPEN" else tokens


@dataclass(frozen=True, slots=True)
class _Span:
    """From a first to a last day of the year, both within it."""

    first: int
    last: int
    named: bool = False
    """Whether it is the name of a season, which a bracket may explain."""
    marked: bool = False
    """Whether it was said as a stretch: with two ends, or as open at one."""
    problem: str = ""

    def days(self) -> frozenset[int]:
        return frozenset((self.first + step) % len(_YEAR) for step in range((self.last - self.first) % len(_YEAR) + 1))


@dataclass(frozen=True, slots=True)
class _Reading:
    """What was understood of a part of a note."""

    plus: frozenset[int] = frozenset()
    minus: frozenset[int] = frozenset()
    marked: bool = False
    """Whether it is unmistakable: a range, an exception, an "only"; not just the name of a month."""
    named: bool = True
    """Whether nothing but names of seasons was added."""
    problem: str = ""
    end: int = 0
    """Index of the token behind it."""


def _misspelt(tokens: list[_Token], start: int) -> _Reading | None:
    """Return a faulty reading if one unknown word keeps these tokens from being a season that is plainly meant."""
    ends = (i for i in range(start, len(tokens)) if tokens[i].kind in _SET_OFF - {"BREAK"})
    part = range(start, next(ends, len(tokens)))
    words = [i for i in part if tokens[i].kind == "WORD"]
    if len(words) != 1:
        return None
    index, text = words[0], tokens[words[0]].text
    kinds = {tokens[i].kind for i in part}
    joined = any(i in part and tokens[i].kind == "DASH" for i in (index - 1, index + 1))
    framed = not kinds.isdisjoint({"ONLY", "FROM"}) and not kinds.isdisjoint(_RANGE)
    sure = any(tokens[i].kind == "MONTH" and tokens[i].text not in _ALSO_WORDS for i in part)
    close = get_close_matches(text, [m for m in _MONTHS if len(m) > 3 and m not in text], n=1, cutoff=0.85)
    if not close and not (sure and (joined or framed)):
        return None
    month = close[0] if close else "january"
    reading = _Reader([*tokens[:index], _Token("MONTH", month), *tokens[index + 1 :]], start).read()
    hint = f"did you mean {month.title()}?" if close else "write one such as Feb-Aug only"
    return replace(reading, problem=f"{shown(text)} is not a valid month: {hint}") if reading else None


class _Reader:
    """Reads a season from tokens, as far as it reaches."""

    def __init__(self, tokens: list[_Token], start: int) -> None:
        self._tokens = tokens
        self._at = start

    def read(self) -> _Reading | None:
        """Return the longest season from here that ends with the note or where a remark is set off from it."""
        best: _Reading | None = None
        reading = _Reading()
        excepted = False
        begins_with_slash = self._kind() == "DATE"
        while True:
            marked = self._fillers()
            if self._take("EXCEPT"):
                excepted = marked = True
                self._fillers()
            if self._take("ALL"):
                span: _Span | None = _Span(_YEAR[0], _YEAR[-1], marked=True)
            else:
                span = self._span(excepted=excepted)
            if span is None:
                break
            marked = self._fillers() or marked or span.marked
            reading = self._bracket(_with(reading, span, excepted=excepted, marked=marked))
            if self._kind() in _SET_OFF or self._kind() == _END:
                best = replace(reading, end=self._at)
            if self._kind() != "EXCEPT" and not self._take(*_JOINERS):
                break
            self._take("AND")
        # "1/2" alone is more likely half of something than the first of February.
        return None if best and begins_with_slash and not best.marked else best

    def _kind(self, ahead: int = 0) -> str:
        index = self._at + ahead
        return self._tokens[index].kind if index < len(self._tokens) else _END

    def _take(self, *kinds: str) -> str | None:
        """Step over the next token if it is of one of these kinds, and return its text."""
        if self._kind() not in kinds:
            return None
        self._at += 1
        return self._tokens[self._at - 1].text

    def _fillers(self) -> bool:
        """Step over words that say nothing, and return whether "only" was among them."""
        only = False
        while word := self._take("FILLER", "ONLY"):
            only = only or word == "only"
        return only

    def _bracket(self, reading: _Reading) -> _Reading:
        """Return what was read, as explained by the bracket behind it if there is one: ``Summer only (Jun-Aug)``."""
        if self._kind() != "OPEN":
            return reading
        inner = _Reader(self._tokens, self._at + 1).read()
        if inner is None:
            return reading
        closes = (i for i in range(inner.end, len(self._tokens)) if self._tokens[i].kind == "CLOSE")
        self._at = next(closes, len(self._tokens) - 1) + 1
        plus, problem = reading.plus, reading.problem or inner.problem
        if inner.plus and not inner.named and inner.plus != plus:
            plus = inner.plus
            problem = problem or ("" if reading.named else "it says two different things, one of them in brackets")
        return replace(reading, plus=plus, minus=reading.minus | inner.minus, marked=True, problem=problem)

    def _span(self, *, excepted: bool) -> _Span | None:
        """Read one stretch of days; with an open end it reaches to the end of the year."""
        before = self._at
        word = next((kind for kind in ("BETWEEN", "FROM", "UNTIL", "BEFORE", "AFTER") if self._take(kind)), None)
        self._fillers()
        first = self._date()
        if first is None:
            self._at = before
            return None
        if word == "AFTER":
            return _part_of_year(first.last + 1, _YEAR[-1], first)
        if word in ("BEFORE", "UNTIL"):
            # "Not until May" keeps May, as "not before May" does.
            until = first.last if word == "UNTIL" and not excepted else first.first - 1
            return _part_of_year(_YEAR[0], until, first)
        if last := self._other_end("AND" if word == "BETWEEN" else "", first):
            named = first.named and last.named
            return _Span(first.first, last.last, named=named, marked=True, problem=first.problem or last.problem)
        onwards = self._kind() == "ONWARDS" and (word or self._tokens[self._at].text != "on")
        if onwards:
            self._take("ONWARDS")
        if word == "FROM" or onwards:
            return _part_of_year(first.first, _YEAR[-1], first)
        return first

    def _other_end(self, joiner: str, first: _Span) -> _Span | None:
        before = self._at
        if self._take(joiner, *_RANGE):
            self._fillers()
            if last := self._date(month=(_NEW_YEAR + timedelta(days=first.first)).month):
                return last
        self._at = before
        return None

    def _date(self, month: int = 0) -> _Span | None:
        """Read a day, a month or the name of a season; `month` is that of a bare day number."""
        before = self._at
        vague = self._take("VAGUE")
        if vague:
            self._take("DASH")
        edge = self._take("EDGE") or ""
        span = self._named() or self._slashed() or self._day(month) or self._month()
        if span is None:
            self._at = before
            return None
        if edge:
            day = span.last if "end" in edge else span.first
            span = replace(span, first=day, last=day, named=False)
        if vague:
            span = replace(span, problem=f'"{vague}" is not a valid date: write a day, such as 15 April')
        if self._take("YEAR"):
            span = replace(span, problem="it comes back every year: leave the year out")
        return span

    def _named(self) -> _Span | None:
        name = self._take("NAMED")
        if not name:
            return None
        first, last = _NAMED[name]
        return _Span(_number(first, 1), _number(last, _last_day(last)), named=True)

    def _slashed(self) -> _Span | None:
        text = self._take("DATE")
        if not text:
            return None
        day, month, *year = map(int, text.split("/"))
        if not 1 <= month <= 12:
            return _Span(0, 0, problem=f"{text} has no month {month}: dates are day/month, such as 15/4")
        span = _one_day(day, month)
        return replace(span, problem="it comes back every year: leave the year out") if year else span

    def _day(self, month: int) -> _Span | None:
        """Read ``1 April``, ``1st of April``, or the 1 of ``1-15 April`` and the 15 of ``April 1-15``."""
        before = self._at
        text = self._take("DAY")
        if not text:
            return None
        if name := self._take("MONTH"):
            month = _MONTHS[name]
        elif self._kind() in _RANGE and self._kind(1) == "DAY" and self._kind(2) == "MONTH":
            month = _MONTHS[self._tokens[self._at + 2].text]
        if not month:
            self._at = before
            return None
        return _one_day(int(re.sub(r"\D", "", text)), month)

    def _month(self) -> _Span | None:
        """Read ``April``, or ``April 15``."""
        name = self._take("MONTH")
        if not name:
            return None
        month = _MONTHS[name]
        if text := self._take("DAY"):
            return _one_day(int(re.sub(r"\D", "", text)), month)
        return _Span(_number(month, 1), _number(month, _last_day(month)))


def _with(reading: _Reading, span: _Span, *, excepted: bool, marked: bool) -> _Reading:
    return replace(
        reading,
        plus=reading.plus if excepted else reading.plus | span.days(),
        minus=reading.minus | span.days() if excepted else reading.minus,
        marked=reading.marked or marked,
        named=reading.named and (span.named or excepted),
        problem=reading.problem or span.problem,
    )


def _one_day(day: int, month: int) -> _Span:
    if not 1 <= day <= _last_day(month):
        name = MONTH_NAMES[month - 1]
        return _Span(_number(month, 1), _number(month, _last_day(month)), problem=f"{name} has {_last_day(month)} days")
    return _Span(_number(month, day), _number(month, day))


def _part_of_year(first: int, last: int, said: _Span) -> _Span:
    if said.first > said.last or first > last:
        problem = said.problem or "an open end is that of the calendar year: write both ends, such as Oct-Mar"
        return replace(said, named=False, marked=True, problem=problem)
    return _Span(first, last, marked=True, problem=said.problem)
