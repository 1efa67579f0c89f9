"""One cell: what was put in, what it is worth, what a reader sees."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

Scalar = str | int | float | bool


class Render(StrEnum):
    """How a read shows a cell."""

    FORMATTED = "FORMATTED_VALUE"
    UNFORMATTED = "UNFORMATTED_VALUE"
    FORMULA = "FORMULA"


class Entry(StrEnum):
    """How a written text is taken."""

    RAW = "RAW"
    """As it is."""
    TYPED = "USER_ENTERED"
    """As if somebody typed it: numbers, dates and formulas become what they look like."""


LONGEST: Final = 50_000
"""Characters that fit in a cell."""

_NUMBER = re.compile(r"[+-]?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?")
_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?")
_DAYS = ("%d/%m/%Y", "%Y-%m-%d", "%d/%m/%Y %H:%M", "%Y-%m-%d %H:%M", "%d/%m/%Y %H:%M:%S", "%Y-%m-%d %H:%M:%S")
# A day of a sheet is counted from here. Only differences of local times are taken, so no zone comes into it.
_DAY_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell that is not empty."""

    value: Scalar
    """What UNFORMATTED_VALUE reads: text, a number (days for dates and times) or a truth value."""
    shown: str
    """What FORMATTED_VALUE reads, and a person sees."""
    formula: str | None = None
    """With its ``=``. Formulas are kept, never run: the cell shows an error."""

    def render(self, how: Render) -> Scalar:
        """Return the cell as a read asks for it."""
        if how is Render.FORMATTED:
            return self.shown
        if how is Render.FORMULA and self.formula is not None:
            return self.formula
        return self.value


def enter(value: Scalar, how: Entry) -> Cell | None:
    """Return the cell that a written value makes; None where an empty text empties the cell."""
    if value == "":
        return None
    if isinstance(value, str):
        return Cell(value, value) if how is Entry.RAW else _typed(value)
    return Cell(value, _show(value))


def _show(value: float) -> str:
    if isinstance(value, bool):
        return str(value).upper()
    return f"{value:.15g}"


def _typed(text: str) -> Cell | None:
    """Return what becomes of a text that somebody types, in a British sheet."""
    if text.startswith("'"):
        return Cell(text[1:], text[1:]) if len(text) > 1 else None
    plain = text.strip()
    if plain.upper() in {"TRUE", "FALSE"}:
        return Cell(plain.upper() == "TRUE", plain.upper())
    number = _number(plain)
    if number is not None:
        return number
    if len(plain) > 1 and plain[0] in "=+":
        return Cell("#ERROR!", "#ERROR!", "=" + plain[1:])
    moment = _moment(plain)
    return Cell(text, text) if moment is None else Cell(moment, plain)


def _number(text: str) -> Cell | None:
    pounds, percent = text.startswith("£"), text.endswith("%")
    digits = text.removeprefix("£").removesuffix("%")
    if not _NUMBER.fullmatch(digits):
        return None
    number = float(digits.replace(",", "")) / (100 if percent else 1)
    value = int(number) if number.is_integer() else number
    return Cell(value, text if pounds or percent or "," in text else _show(value))


def _moment(text: str) -> float | None:
    """Return the days that a date or a time of day counts for in a sheet."""
    if time := _TIME.fullmatch(text):
        hours, minutes, seconds = (int(part or 0) for part in time.groups())
        return (hours * 3600 + minutes * 60 + seconds) / 86_400
    for pattern in _DAYS:
        try:
            return (datetime.strptime(text, pattern) - _DAY_ZERO).total_seconds() / 86_400  # noqa: DTZ007 (see _DAY_ZERO)
        except ValueError:  # not of this form: the next one may be
            continue
    return None
