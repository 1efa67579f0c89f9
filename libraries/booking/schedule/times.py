"""Days and hours as people type them into a sheet.

Times are read on the 24-hour clock: a bare ``8`` is 08:00, and only ``8pm`` or ``20`` is 20:00.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time
from difflib import get_close_matches

from booking.text import plain, shown

DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

_MINUTES_A_DAY = 24 * 60
_EVERY_DAY = tuple(range(7))
_GROUPS = {
    **dict.fromkeys(["every day", "everyday", "daily", "any day", "all week", "all days"], _EVERY_DAY),
    **dict.fromkeys(["weekdays", "weekday", "week days"], _EVERY_DAY[:5]),
    **dict.fromkeys(["weekends", "weekend", "week ends"], _EVERY_DAY[5:]),
}
_NOON_OR_MIDNIGHT = {
    **dict.fromkeys(["noon", "midday", "12 noon", "12noon", "12 midday"], 12 * 60),
    **dict.fromkeys(["midnight", "12 midnight"], 0),
}
_RANGE_MARK = re.compile(r"\s*(?:-|\b(?:to|until|till|til|through)\b)\s*")
_DAY_SEPARATOR = re.compile(r"\s*(?:[,;/&+]|\band\b)\s*")
_ALTERNATIVE_SEPARATOR = re.compile(r"\s*(?:[,;/|]|\b(?:or|else|then|otherwise|if not)\b)\s*")
_BOTH = re.compile(r"[&+]|\b(?:and|both|plus)\b")
_CLOCK = re.compile(
    r"(?:(?:at|@)\s?)?(?P<hour>[0-9]{1,2})"
    r"(?:(?:\s?[:.h]\s?|\s)?(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2}))?)?"
    r"\s?(?P<suffix>[ap]\.?\s?m|h|hrs?|hours?)?"
)


def parse_day(text: object) -> int:
    """Return the weekday (0 is Monday) that a name or an unambiguous abbreviation of it stands for.

    Raises:
        ValueError: it is no weekday, or could be more than one.
    """
    word = plain(text).strip(" .,:;").removesuffix("'s")
    # "weds" and "Tuesdays"; but a lone "s" is the start of two days, not the plural of nothing.
    stem = word.removesuffix("s") if len(word) > 2 else word
    found = [day for day, name in enumerate(DAY_NAMES) if stem and name.lower().startswith((word, stem))]
    if len(found) == 1:
        return found[0]
    if stem and found:
        names = " or ".join(DAY_NAMES[day] for day in found)
        raise ValueError(f"{shown(text)} could be {names}: write at least {_shortest(found)}")
    close = get_close_matches(word, [name.lower() for name in DAY_NAMES], n=1, cutoff=0.7)
    hint = f": did you mean {close[0].title()}?" if close else ": write a weekday such as Tuesday or Tue"
    raise ValueError(f"{shown(text)} is not a valid day of the week{hint}")


def _shortest(days: list[int]) -> str:
    return " or ".join(DAY_NAMES[day][:2] for day in days)


def parse_days(text: object) -> tuple[int, ...]:
    """Return the weekdays (0 is Monday) of ``Sat & Sun``, ``Mon-Fri``, ``weekend``, ``every day``, each once.

    Raises:
        ValueError: some part of it is no weekday, or could be more than one.
    """
    parts = [part for part in _DAY_SEPARATOR.split(plain(text).strip(" .,:;")) if part]
    if not parts:
        raise ValueError("no day is given: write a weekday such as Tuesday, or Mon-Fri, weekend, every day")
    return tuple(sorted({day for part in parts for day in _days_of(part)}))


def _days_of(part: str) -> tuple[int, ...]:
    for phrase in (part, re.sub(r"^(?:every|each|on|all)\s", "", part)):
        if phrase in _GROUPS:
            return _GROUPS[phrase]
    ends = _RANGE_MARK.split(phrase)
    if len(ends) == 1:
        return tuple(parse_day(word) for word in phrase.split())
    if len(ends) != 2:
        raise ValueError(f"{shown(part)} is not a valid range of days: write Mon-Fri, or the days with commas")
    first, last = map(parse_day, ends)
    return tuple((first + step) % 7 for step in range((last - first) % 7 + 1))


@dataclass(frozen=True, slots=True)
class _Clock:
    """One time as typed, in minutes after the start of the day (1440 is its end)."""

    minutes: int
    halves: bool
    """Whether am or pm was typed."""
    bare: bool
    """Whether it could be meant as a time of either half of the day: 1 to 12 with neither am, pm nor a leading zero."""


def parse_time(text: object) -> time:
    """Return the time of day that was typed, or that a sheet returned as a number; of a range, its start.

    Args:
        text: ``18:00``, ``8am``, ``800``, ``8``, ``6 p.m.``, ``18h30``, ``noon``, ``7-8pm`` and the like; a number is
            read as its digits are (``18.0``, ``1400``), a fraction below one as a part of the day (``0.75`` is 18:00).

    Raises:
        ValueError: it is no time, or could be more than one.
    """
    if isinstance(text, time):
        return text
    start, _ = _span(_digits(text))
    return time(*divmod(start, 60))


def parse_hours(text: object) -> tuple[int, ...]:
    """Return the full hours (0 to 23) that were typed, alternatives in order of preference, each once.

    ``18:00, else 19:00 or 17:00`` is ``(18, 19, 17)``. A range of one hour is its start. Ranges of more than one hour
    and ``18:00 and 19:00`` are refused: they might mean either of the hours or all of them.

    Raises:
        ValueError: some part of it is no time, no full hour, or could be more than one.
    """
    if isinstance(text, time):
        return (_full_hour(text.hour * 60 + text.minute, text),)
    typed = _digits(text)
    if _BOTH.search(typed):
        raise ValueError(f"{shown(text)}: for several hours write one row for each; alternatives are joined by 'else'")
    alternatives = [part for part in _ALTERNATIVE_SEPARATOR.split(typed) if part]
    if not alternatives:
        raise ValueError("no time is given: write one such as 18:00 or 6pm")
    starts = [_span(part) for part in alternatives]
    _refuse_mixed_halves(alternatives)
    for part, (start, length) in zip(alternatives, starts, strict=True):
        if length > 60:
            raise ValueError(
                f"{shown(part)} is longer than an hour, and courts are let by the hour: write one row for each hour"
                " that is wanted, or alternatives joined by 'else'"
            )
        _full_hour(start, part)
    return tuple(dict.fromkeys(start // 60 for start, _ in starts))


def _digits(value: object) -> str:
    """Return a cell as text, also where the sheet returned a number."""
    if value is None or isinstance(value, bool):
        raise ValueError(f"{shown(value)} is not a valid time: write one such as 18:00 or 6pm")
    if isinstance(value, float):
        if 0 <= value < 1:
            hour, minute = divmod(round(value * _MINUTES_A_DAY), 60)
            return f"{hour:02d}:{minute:02d}"
        if not value.is_integer():
            raise ValueError(f"{shown(value)} could be a decimal or a time: write it as text, such as 18:30")
        value = int(value)
    return plain(value)


def _span(text: str) -> tuple[int, int]:
    """Return start and length in minutes; the length is 0 where no end was typed."""
    ends = _RANGE_MARK.split(text)
    if len(ends) > 2:
        raise ValueError(f"{shown(text)} is not a valid range of time: write its start and end, such as 19:00-20:00")
    start = _clock(ends[0], text)
    if len(ends) == 1:
        if start.minutes == _MINUTES_A_DAY:
            raise ValueError("24:00 is the end of a day, not a start: write 00:00 for midnight")
        return start.minutes, 0
    end = _clock(ends[1], text)
    # "7-8pm" and "7pm-8" leave out what is plain from the other end: the shorter reading is the one that is meant.
    readings = [
        (begin, (finish - begin) % _MINUTES_A_DAY)
        for begin in _readings(start, other=end)
        for finish in _readings(end, other=start)
    ]
    begin, length = min((reading for reading in readings if reading[1]), key=lambda r: r[1], default=(0, 0))
    if not length or begin >= _MINUTES_A_DAY or begin + length > _MINUTES_A_DAY:
        raise ValueError(f"{shown(text)} ends before it starts: write its start and end, such as 19:00-20:00")
    return begin, length


def _readings(clock: _Clock, other: _Clock) -> tuple[int, ...]:
    if clock.bare and other.halves:
        half = clock.minutes % (12 * 60)
        return half, half + 12 * 60
    return (clock.minutes,)


def _clock(text: str, whole: str) -> _Clock:
    word = text.strip(" .")
    if word in _NOON_OR_MIDNIGHT:
        return _Clock(_NOON_OR_MIDNIGHT[word], halves=False, bare=False)
    match = _CLOCK.fullmatch(word)
    if not match:
        raise ValueError(f"{shown(whole)} is not a valid time: write one such as 18:00 or 6pm")
    hour, minute = int(match["hour"]), int(match["minute"] or 0)
    suffix = match["suffix"] or ""
    halves = suffix.startswith(("a", "p"))
    if minute > 59 or int(match["second"] or 0):
        raise ValueError(
            f"{shown(whole)} is not a valid time: minutes go from 00 to 59, without seconds, such as 18:00"
        )
    if halves:
        if not 1 <= hour <= 12:
            raise ValueError(
                f"{shown(whole)} is not a valid time: with am or pm the hour goes from 1 to 12, such as 6pm"
            )
        return _Clock(hour % 12 * 60 + minute + 12 * 60 * suffix.startswith("p"), halves=True, bare=False)
    if hour * 60 + minute > _MINUTES_A_DAY:
        raise ValueError(f"{shown(whole)} is not a valid time: hours go from 0 to 23, such as 18:00")
    bare = 1 <= hour <= 12 and not suffix and not match["hour"].startswith("0")
    return _Clock(hour * 60 + minute, halves=False, bare=bare)


def _refuse_mixed_halves(alternatives: list[str]) -> None:
    """Refuse ``6 or 7pm``: the 6 may be meant for the evening, and a booking is not the place to guess."""
    clocks = {part: [_clock(end, part) for end in _RANGE_MARK.split(part)] for part in alternatives}
    plain_of_half = {part for part, ends in clocks.items() if any(end.halves for end in ends)}
    if not plain_of_half:
        return
    for part, (start, *_) in clocks.items():
        if part not in plain_of_half and start.bare and start.minutes < 12 * 60:
            raise ValueError(f"{shown(part)} beside a time with am or pm could be morning or evening: add am or pm")


def _full_hour(minutes: int, typed: object) -> int:
    hour, minute = divmod(minutes, 60)
    if minute:
        beside = f"{hour:02d}:00" + (f" or {hour + 1:02d}:00" if hour < 23 else "")
        raise ValueError(
            f"{shown(typed)} is not a valid full hour, and courts are let by the full hour: write {beside}"
        )
    return hour
