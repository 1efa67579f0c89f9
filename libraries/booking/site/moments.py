"""Dates and times in text, as people write them. What could be two things is not guessed: it is said to be unclear.

The order of the site is the British one, day before month. Where a page has a date that is none in that order, or
writes am and pm in one place and leaves them out in another, its other dates or times are unclear as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAY = (
    r"(?:mon(?:day)?|tue(?:s(?:day)?)?|wed(?:s|nesday)?|thu(?:r(?:s(?:day)?)?)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?)"
)
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\b"
)
_BEFORE = rf"(?:\b(?P<weekday>{_WEEKDAY})\b[\s.,\-\u2013]*(?:the\s+)?)?"
_AFTER = rf"(?:\s?\(\s?(?P<weekday_after>{_WEEKDAY})\s?\)|,?\s(?P<weekday_last>{_WEEKDAY})\b(?!\W{{0,3}}\d))?"
_YEAR = r"(?:[\s.,\-/]*(?P<year>20\d\d)(?!\d|\s?:)|[\-/](?P<short>\d\d)(?![\d:])|\s?'(?P<short_too>\d\d)(?!\d))?"
# "Court 1 Dec 29" has a court and a date.
_NOT_A_COURT = r"(?<!court )(?<!court no )(?<!court no\. )"
_DATES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?<!\d){_BEFORE}(?<!\d)(?P<year>20\d\d)(?P<mark>[-/.])(?P<month>\d{{1,2}})(?P=mark)(?P<day>\d{{1,2}})(?!\d)"
        rf"{_AFTER}",
        rf"{_BEFORE}(?<![\d/.\-£$€:,]){_NOT_A_COURT}(?P<day>\d{{1,2}})\s?(?P<mark>[/.\-])\s?(?P<month>\d{{1,2}})"
        rf"\s?(?P=mark)\s?(?:(?P<year>\d{{4}})|(?P<short>\d\d))(?![\d/]|[.\-]\d){_AFTER}",
        rf"{_BEFORE}(?<![\d/.\-£$€:,]){_NOT_A_COURT}(?P<day>\d{{1,2}})\s?/\s?(?P<month>\d{{1,2}})(?!\d|\s?/"
        rf"|[.,]\d|\s?%)"
        rf"{_AFTER}",
        rf"{_BEFORE}(?<![\d/.£$€:]){_NOT_A_COURT}(?P<day>\d{{1,2}})\s?(?:st|nd|rd|th)?[\s.,\-\u2013/]{{0,3}}(?:of\s+)?"
        rf"(?P<month>{_MONTH})\.?{_YEAR}{_AFTER}",
        rf"{_BEFORE}\b(?P<month>{_MONTH})\.?[\s\-]{{0,2}}(?P<day>\d{{1,2}})\s?(?:st|nd|rd|th)?(?!\d|[:.]\d"
        rf"|\s?[ap]\.?m\b)"
        rf"{_YEAR}{_AFTER}",
        # The sheet of a wall calendar: weekday over day over month.
        rf"\b(?P<weekday>{_WEEKDAY})\b[\s|]+(?P<day>\d{{1,2}})[\s|]+(?P<month>{_MONTH})\.?(?:[\s"
        rf"|]+(?P<year>20\d\d)\b)?",
    )
)
_YEARLESS_NUMBERS = _DATES[2]
_TILE = _DATES[5]
_ANY_DAY = date(2024, 7, 1)
_NUMBERS = (_DATES[1], _DATES[2])
# Around the clock, a page of several, a half: no dates.
_NO_DATE = re.compile(r"(?:\bpage|\bcourts?|\bpart|\bstep)\s*$", re.IGNORECASE)

_HALF = r"(?:\s?(?P<{0}>[ap])\.?\s?m\b\.?)"
_TIMES = re.compile(
    r"(?<![\d:.,£$€#])(?:"
    rf"(?P<hour>\d{{1,2}})(?P<mark>[:.])(?P<minute>\d\d)(?::\d\d(?:\.\d+)?)?(?![\d:]|[.,]\d)"
    rf"{_HALF.format('half')}?"
    rf"|(?P<full>\d{{1,2}}){_HALF.format('full_half')}"
    r"|(?P<french>\d{1,2})h(?P<french_minute>\d\d)?\b"
    r"|(?P<army>\d\d)(?P<army_minute>\d\d)\s?(?:hrs?|hours|h)\b"
    r"|\b(?P<noon>noon|midday)\b"
    r"|(?P<bare>\d{1,2})(?=\s?(?:-|\u2013|—|to)\s?\d{1,2}(?:[:.]\d\d)?\s?[ap]\.?\s?m\b)"
    r")",
    re.IGNORECASE,
)
_TO = re.compile(r"\s{0,2}(?:[-\u2010-\u2015\u2212]|\bto\b|\buntil\b|\btill?\b)\s{0,2}", re.IGNORECASE)
_AND = re.compile(r"\s?(?:,|&|\band\b|\+)\s?(?:and\s)?", re.IGNORECASE)
_DEADLINE = re.compile(
    r"\b(?:until|till?|by|before|no later than|expir\w+(?: at| on| in)?|left|remaining|within|closes?(?: at)?|deadline)"
    r"[^\w|]{0,3}(?:the end of\s)?(?:today[^\w|]{1,2})?(?:at\s)?$",
    re.IGNORECASE,
)
_END = re.compile(r"\b(?:ends?|finish(?:es)?|end(?:s|ing)?[ -]time|time to|to)(?: at)?[^\w|]{0,3}$", re.IGNORECASE)
_LENGTH_LABEL = re.compile(r"\b(?:duration|length)\W{0,3}$", re.IGNORECASE)
# A dot is also that of a price or a number: what stands before must say that a time follows.
_BEFORE_DOT = re.compile(r"(?:\b(?:time|starts?|starting|begins?|at|from|kl|hour|@)\W{0,3}|@\s?)$", re.IGNORECASE)
_MONEY_AFTER = re.compile(r"\s?(?:%|£|GBP\b|pounds\b)", re.IGNORECASE)
_MINUTES = re.compile(r"(?<![\d.:])(\d{1,3})[\s-]?min(?:ute)?s?\b", re.IGNORECASE)
_HOURS = re.compile(r"(?<![\d.:,])(\d{1,2})(\.5|\u00bd)?[\s-]?(?:hours?|hrs?|h)\b(?!\d)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PageStyle:
    """How a page writes dates and times, by which the unclear ones are known."""

    month_first: bool = False
    """Whether a date on it is one only if its month stands before its day."""
    halves: bool = False
    """Whether it writes am and pm, and no time after 12 without."""


@dataclass(frozen=True, slots=True)
class FoundDate:
    """A date in a text."""

    text: str
    start: int
    end: int
    candidates: tuple[date, ...]
    """The days it can be: none where there is no such day, several where it is unclear."""
    firm: bool = True
    """Whether a year, a weekday or a month's name shows that it is a date at all, and no fraction."""

    @property
    def date(self) -> date | None:
        """The day, where it is clear."""
        return self.candidates[0] if len(self.candidates) == 1 else None


@dataclass(frozen=True, slots=True)
class FoundTime:
    """A time of day in a text; of a range, its start."""

    text: str
    start: int
    end: int
    candidates: tuple[int, ...]
    """The minutes after midnight it can be: several where am or pm is missing."""
    length: int | None = None
    """Minutes to the end of the range."""
    deadline: bool = False
    """Whether it only says until when something holds, or when something else ends."""

    @property
    def minutes(self) -> int | None:
        """Minutes after midnight, where they are clear."""
        return self.candidates[0] if len(self.candidates) == 1 else None


@dataclass(frozen=True, slots=True)
class Moment:
    """A date with its time, as far as a text says them."""

    date: date | None
    hour: int | None
    minute: int | None
    length: int | None
    """Minutes."""
    ambiguous: bool
    """Whether the date or the time is there, and could be two things or is none."""


def style_of(text: str, near: date) -> PageStyle:
    """Return how a page writes dates and times, from all that it says.

    Args:
        text: the text of the page.
        near: a day in whose neighbourhood dates without a year are meant to be.
    """
    dates = list(_dates(text, near))
    rest = _without(text, [each for each, _ in dates])
    tokens = [match for match in _TIMES.finditer(rest) if match["bare"] is None]
    halves = any(match["half"] or match["full_half"] for match in tokens)
    late = any(
        match["hour"]
        and match["mark"] == ":"
        and not match["half"]
        and (int(match["hour"]) > 12 or match["hour"] in "00")
        for match in tokens
    )
    return PageStyle(month_first=any(foreign for _, foreign in dates), halves=halves and not late)


def find_dates(text: str, near: date, style: PageStyle = PageStyle()) -> tuple[FoundDate, ...]:
    """Return the dates in a text, in its order.

    Args:
        text: one line or cell of a page, or several.
        near: where the year is missing, the one is meant that brings the date nearest to this day, and whose weekday
            is the one that is written.
        style: how the page writes dates.
    """
    found = [each for each, _ in _dates(text, near, style)]
    if any(each.firm for each in found):
        return tuple(each for each in found if each.firm)
    return tuple(found)


def find_times(
    text: str, style: PageStyle = PageStyle(), *, dates: tuple[FoundDate, ...] = ()
) -> tuple[FoundTime, ...]:
    """Return the times of day in a text, in its order.

    Args:
        text: one line or cell of a page, or several.
        style: how the page writes times.
        dates: what of the text is a date, and so no time.
    """
    rest = _without(text, dates)
    ends = {each.end for each in dates}
    tokens = [match for match in _TIMES.finditer(rest) if _is_time(match, rest, ends)]
    found = []
    skip = False
    for number, match in enumerate(tokens):
        if skip:
            skip = False
            continue
        after = tokens[number + 1] if number + 1 < len(tokens) else None
        skip = after is not None and _TO.fullmatch(rest, match.end(), after.start()) is not None
        if not skip and (match["bare"] or _LENGTH_LABEL.search(rest, 0, match.start())):
            continue
        found.append(_time_of(match, after if skip else None, rest, style))
    return tuple(found)


def find_length(text: str) -> int | None:
    """Return the minutes that a text states as a length ("45 mins", "1.5 hours"); None where it states none, or two."""
    found = {int(match[1]) for match in _MINUTES.finditer(text)}
    hours = {int(match[1]) * 60 + (30 if match[2] else 0) for match in _HOURS.finditer(text)}
    if hours and found:
        return hours.pop() + found.pop() if len(hours) == len(found) == 1 else None
    both = hours | found
    return both.pop() if len(both) == 1 else None


def find_moments(text: str, near: date, style: PageStyle | None = None) -> tuple[Moment, ...]:
    """Return the dates of a text, each with its times; where there is no date, the times.

    Times go with the date before them; where the text begins with a time, with the date behind them.

    Args:
        text: one line or cell of a page, or several.
        near: see `find_dates`.
        style: how the page writes; None: as this text does.
    """
    style = style_of(text, near) if style is None else style
    dates = find_dates(text, near, style)
    times = [each for each in find_times(text, style, dates=dates) if not each.deadline]
    length = find_length(_without(text, dates))
    if not dates:
        return tuple(_moment(None, each, length) for each in times)
    behind = bool(times) and times[0].start < dates[0].start
    moments: list[Moment] = []
    for number, day in enumerate(dates):
        if behind:
            last = dates[number - 1].end if number else 0
            own = [each for each in times if last <= each.start < day.start]
        else:
            end = dates[number + 1].start if number + 1 < len(dates) else len(text)
            own = [each for each in times if day.end <= each.start < end]
        moments += [_moment(day, each, length) for each in own] or [_moment(day, None, length)]
    return tuple(moments)


def has_date(text: str) -> bool:
    """Tell whether a text names a day, whichever it is."""
    return any(found.firm for found, _ in _dates(text, _ANY_DAY))


def with_tiles_joined(text: str) -> str:
    """Return a text in which weekday, day and month that stand one below the other are one piece."""
    return _TILE.sub(lambda match: " ".join(re.findall(r"\w+", match[0])), text)


def joined_by_and(text: str, first: FoundTime, second: FoundTime) -> bool:
    """Tell whether two times of a text are listed beside each other, as two slots are: "18:00 and 19:00"."""
    return _AND.fullmatch(text, first.end, second.start) is not None


def _moment(day: FoundDate | None, time: FoundTime | None, length: int | None) -> Moment:
    minutes = time.minutes if time else None
    hour, minute = divmod(minutes, 60) if minutes is not None else (None, None)
    unclear = (day is not None and day.date is None) or (time is not None and minutes is None)
    return Moment(
        date=day.date if day else None,
        hour=hour,
        minute=minute,
        length=(time.length if time and time.length else length),
        ambiguous=unclear,
    )


def _dates(text: str, near: date, style: PageStyle = PageStyle()) -> Iterator[tuple[FoundDate, bool]]:
    """Yield each date, and whether it is written month first for certain."""
    matches = [(match, pattern) for pattern in _DATES for match in pattern.finditer(text)]
    matches.sort(key=lambda each: (each[0].start(), -each[0].end()))
    end = 0
    for match, pattern in matches:
        if match.start() < end:
            continue
        weekday = _weekday(match)
        firm = pattern is not _YEARLESS_NUMBERS or weekday is not None
        if not firm and (_NO_DATE.search(text, 0, match.start()) or match[0].replace(" ", "") == "24/7"):
            continue
        day, month = int(match["day"]), _month(match["month"])
        year = _year(match, pattern)
        candidates = _days(day, month, year, near, weekday)
        foreign = False
        if pattern in _NUMBERS and day != month:
            turned = _days(month, day, year, near, weekday)
            foreign = bool(turned) and not candidates
            if style.month_first or (foreign and weekday is not None):
                # A weekday that fits in the other order only may be a slip as well.
                meant = _days(day, month, year, near, None) if foreign else ()
                candidates = tuple(sorted({*candidates, *turned, *meant}))
        if not firm and not candidates:
            continue  # "3/40" is a fraction.
        end = match.end()
        yield FoundDate(match[0], match.start(), end, candidates, firm), foreign


def _weekday(match: re.Match[str]) -> int | None:
    groups = match.groupdict()
    name = next((groups[each] for each in ("weekday", "weekday_after", "weekday_last") if groups.get(each)), None)
    return _WEEKDAYS.index(name[:3].lower()) if name else None


def _month(text: str) -> int:
    return int(text) if text.isdecimal() else _MONTHS.index(text[:3].lower()) + 1


def _year(match: re.Match[str], pattern: re.Pattern[str]) -> int | None:
    if pattern is _YEARLESS_NUMBERS:
        return None
    groups = match.groupdict()
    if groups.get("year"):
        return int(groups["year"])
    short = groups.get("short") or groups.get("short_too")
    return 2000 + int(short) if short else None


def _days(day: int, month: int, year: int | None, near: date, weekday: int | None) -> tuple[date, ...]:
    """Return the day that is meant, or nothing where there is none."""
    found = []
    for each in (near.year - 1, near.year, near.year + 1) if year is None else (year,):
        try:
            found.append(date(each, month, day))
        except ValueError:
            continue  # There is no such day in that year.
    fitting = [each for each in found if weekday in {None, each.weekday()}]
    return (min(fitting, key=lambda each: abs(each - near)),) if fitting else ()


def _without(text: str, found: list[FoundDate] | tuple[FoundDate, ...]) -> str:
    """Return a text of the same length, with what was found blanked."""
    for each in found:
        text = f"{text[: each.start]}{' ' * (each.end - each.start)}{text[each.end :]}"
    return text


def _is_time(match: re.Match[str], text: str, ends: set[int]) -> bool:
    """Tell whether what looks like a time is one: a dot needs somebody who says so."""
    if match["mark"] != "." or match["half"]:
        return True
    if int(match["hour"]) > 23 or int(match["minute"]) > 59 or _MONEY_AFTER.match(text, match.end()):
        return False
    before = text[: match.start()]
    if not before.strip() and not text[match.end() :].strip() and not ends:
        return True
    after_date = any(end <= match.start() <= end + 4 and "|" not in text[end : match.start()] for end in ends)
    ranged = re.compile(rf"{_TO.pattern}\d{{1,2}}\.\d\d(?!\d)", re.IGNORECASE).match(text, match.end())
    ending = re.search(rf"(?<!\d)\d{{1,2}}\.\d\d{_TO.pattern}$", before, re.IGNORECASE)
    return bool(after_date or ranged or ending or _BEFORE_DOT.search(before))


def _parts(match: re.Match[str]) -> tuple[int, int, str]:
    """Return hour, minute and half of a time."""
    if match["noon"]:
        return 12, 0, "p"
    hour = next(match[each] for each in ("hour", "full", "french", "army", "bare") if match[each])
    minute = match["minute"] or match["french_minute"] or match["army_minute"] or "0"
    half = match["half"] or match["full_half"] or ("h" if match["french"] or match["army"] else "")
    return int(hour), int(minute), half.lower()


def _minutes(hour: int, minute: int, half: str) -> int | None:
    """Return the minutes after midnight of a time of the given half of the day; None where there is no such time."""
    if minute > 59 or hour > 23 or (half == "a" and hour > 12) or (half in {"a", "p"} and hour == 0):
        return None
    if half == "p" and hour < 12:
        hour += 12
    elif half == "a" and hour == 12:
        hour = 0
    return hour * 60 + minute


def _time_of(match: re.Match[str], to: re.Match[str] | None, text: str, style: PageStyle) -> FoundTime:
    hour, minute, half = _parts(match)
    length = None
    stop = match.end()
    if to is not None:
        stop = to.end()
        last_hour, last_minute, last_half = _parts(to)
        last = _minutes(last_hour, last_minute, last_half)
        start = _minutes(hour, minute, half or last_half)
        if not half and last_half in {"a", "p"}:
            # "6:00 - 7:00 PM" begins in the afternoon, "11 - 1pm" does not.
            half = last_half if start is not None and last is not None and start < last else "a"
            start = _minutes(hour, minute, half)
        if start is not None and last is not None and start < last:
            length = last - start
    bare = not half and style.halves and 1 <= hour <= 12
    readings = (_minutes(hour, minute, each) for each in (("a", "p") if bare else (half,)))
    before = text[: match.start()]
    return FoundTime(
        text=text[match.start() : stop],
        start=match.start(),
        end=stop,
        candidates=tuple(each for each in readings if each is not None),
        length=length,
        deadline=bool(_DEADLINE.search(before) or _END.search(before)),
    )
