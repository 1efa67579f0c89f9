"""A1 notation: the areas that requests name, and the names of areas in answers."""

from __future__ import annotations

import re
from dataclasses import dataclass

_CORNER = r"\$?([A-Za-z]{0,3})\$?([1-9]\d*)?"
_AREA = re.compile(rf"{_CORNER}(?::{_CORNER})?")
_PLAIN_TITLE = re.compile(r"[A-Za-z_]\w*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle of cells. Counts from zero; bottom and right are the first row and column outside, None is open."""

    top: int = 0
    left: int = 0
    bottom: int | None = None
    right: int | None = None

    @property
    def one_cell(self) -> bool:
        """Whether the area is a single cell, which in a write only says where to begin."""
        return self.bottom == self.top + 1 and self.right == self.left + 1

    def within(self, rows: int, columns: int) -> Area:
        """Return the part of the area that a grid of this size has, with no side open."""
        return Area(
            self.top,
            self.left,
            rows if self.bottom is None else min(self.bottom, rows),
            columns if self.right is None else min(self.right, columns),
        )

    def __str__(self) -> str:
        first = f"{letters(self.left)}{self.top + 1}"
        if self.one_cell or self.bottom is None or self.right is None:
            return first
        return f"{first}:{letters(self.right - 1)}{self.bottom}"


WHOLE = Area()


def letters(column: int) -> str:
    """Return the name of a column counted from zero: 0 is ``A``, 26 is ``AA``."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def _column(name: str) -> int:
    number = 0
    for letter in name.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def parse_area(text: str) -> Area | None:
    """Return the area of ``B2``, ``A1:C3``, ``A:C``, ``2:5``, ``A2:C`` or ``A2:5``; None for anything else."""
    match = _AREA.fullmatch(text)
    if match is None:
        return None
    column1, row1, column2, row2 = match.groups()
    if ":" not in text:
        column2, row2 = column1, row1
        sound = bool(column1 and row1)
    elif column1 and row1:
        sound = bool(column2 or row2)
    else:
        sound = bool((column1 and column2 and not row2) or (row1 and row2 and not column2))
    if not sound:
        return None
    rows = sorted(int(row) - 1 for row in (row1, row2) if row)
    columns = sorted(_column(column) for column in (column1, column2) if column)
    return Area(
        top=rows[0] if rows else 0,
        left=columns[0] if columns else 0,
        bottom=rows[-1] + 1 if row2 else None,
        right=columns[-1] + 1 if column2 else None,
    )


def unquote_title(text: str) -> str:
    """Return the title of a worksheet as it stands in a range, without its quotes."""
    if len(text) >= 2 and text[0] == text[-1] == "'":
        return text[1:-1].replace("''", "'")
    return text


def name_range(title: str, area: Area) -> str:
    """Return the name of an area as the API answers it: ``Log!A1:B2``, ``'Booking Log'!A1``."""
    shown = title if _PLAIN_TITLE.fullmatch(title) else "'{}'".format(title.replace("'", "''"))
    return f"{shown}!{area}"
