"""The ways in which booking sites write days, times and money."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Final


def _ordinal(number: int) -> str:
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{'th' if number in {11, 12, 13} else ending}"


def _twelve(hour: int) -> tuple[int, str]:
    return (hour - 1) % 12 + 1, "am" if hour < 12 else "pm"


def _small(hour: int) -> str:
    return "{}{}".format(*_twelve(hour))


def _large(hour: int) -> str:
    number, half = _twelve(hour)
    return f"{number}:00 {half.upper()}"


DAYS: Final[dict[str, Callable[[date], str]]] = {
    "slashed": lambda day: f"{day:%d/%m/%Y}",
    "bare": lambda day: f"{day.day}/{day.month}/{day.year}",
    "short year": lambda day: f"{day:%d/%m/%y}",
    "title": lambda day: f"{day:%a} {day.day}/{day.month}",
    "weekday": lambda day: f"{day:%a} {day.day} {day:%b}",
    "weekday year": lambda day: f"{day:%a} {day.day} {day:%b %Y}",
    "ordinal": lambda day: f"{day:%a} {_ordinal(day.day)} {day:%b}",
    "long": lambda day: f"{day:%A} {day.day} {day:%B %Y}",
    "long comma": lambda day: f"{day:%A}, {day.day} {day:%B}",
    "iso": lambda day: day.isoformat(),
    "dashed": lambda day: f"{day:%d-%b-%Y}",
    "lower": lambda day: f"{day.day} {day:%b}.".lower(),
}
"""The forms of a day. Those without a year mean the nearest day that fits."""

TIMES: Final[dict[str, Callable[[int], str]]] = {
    "start": lambda hour: f"{hour:02d}:00",
    "bare": lambda hour: f"{hour}:00",
    "seconds": lambda hour: f"{hour:02d}:00:00",
    "range": lambda hour: f"{hour:02d}:00 - {hour + 1:02d}:00",
    "dense": lambda hour: f"{hour:02d}:00-{hour + 1:02d}:00",
    "to": lambda hour: f"{hour:02d}:00 to {hour + 1:02d}:00",
    "minutes": lambda hour: f"{hour:02d}:00 (60 mins)",
    "length": lambda hour: f"{hour:02d}:00 (1 hour)",
    "large": _large,
    "small": _small,
    "small range": lambda hour: f"{_small(hour)} - {_small(hour + 1)}",
}
"""The forms of a slot's time, by its start hour."""


def written_day(day: date, form: str) -> str:
    """Return a day in one of the forms of `DAYS`."""
    return DAYS[form](day)


def written_time(hour: int, form: str) -> str:
    """Return the hour that starts then in one of the forms of `TIMES`."""
    return TIMES[form](hour)
