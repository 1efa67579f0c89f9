"""A spreadsheet in memory: worksheets, their cells, and what the API can do to them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

from practice.sheet.a1 import WHOLE, Area, letters, name_range, parse_area, unquote_title
from practice.sheet.cells import LONGEST, Cell, Entry, Render, Scalar, enter
from practice.sheet.errors import ApiError

Rows = Sequence[Sequence[Scalar | None]]
"""Written values; None leaves a cell as it is."""


@dataclass
class Worksheet:
    """One worksheet: a grid of a fixed size in which some cells are filled. Rows and columns count from zero."""

    id: int
    title: str
    rows: int = 1000
    columns: int = 26
    frozen_rows: int = 0
    frozen_columns: int = 0
    hidden: bool = False
    cells: dict[tuple[int, int], Cell] = field(default_factory=dict)

    def read(self, area: Area, how: Render, *, by_column: bool = False) -> list[list[Scalar]]:
        """Return the values of an area, without the empty rows and cells at its ends."""
        area = area.within(self.rows, self.columns)
        found = {at: cell for at, cell in self.cells.items() if _inside(at, area)}
        grid: list[list[Scalar]] = []
        for (row, column), cell in sorted(found.items()):
            line, place = (column - area.left, row - area.top) if by_column else (row - area.top, column - area.left)
            grid.extend([] for _ in range(line + 1 - len(grid)))
            grid[line].extend("" for _ in range(place + 1 - len(grid[line])))
            grid[line][place] = cell.render(how)
        return grid

    def write(self, area: Area, values: Rows, how: Entry) -> Area:
        """Write values from the top left corner of an area on; return the area that was written.

        Raises:
            ApiError: the values do not fit in the area or in the grid, or one is too long for a cell.
        """
        height, width = len(values), max((len(row) for row in values), default=0)
        bounded = not area.one_cell
        if bounded and area.bottom is not None and area.top + height > area.bottom:
            raise self._outside(area, f"row [{area.bottom + 1}]")
        if bounded and area.right is not None and area.left + width > area.right:
            raise self._outside(area, f"column [{letters(area.right)}]")
        written = Area(area.top, area.left, area.top + max(height, 1), area.left + max(width, 1))
        self.check_within_grid(written, whole=True)
        new = {
            (area.top + down, area.left + across): enter(value, how)
            for down, row in enumerate(values)
            for across, value in enumerate(row)
            if value is not None
        }
        if any(cell is not None and len(cell.formula or str(cell.value)) > LONGEST for cell in new.values()):
            raise ApiError(400, f"Your input contains more than the maximum of {LONGEST} characters in a single cell.")
        self._put(new)
        return written

    def append(self, area: Area, values: Rows, how: Entry, *, insert: bool) -> tuple[Area | None, Area]:
        """Write values below the last table that the area meets; return that table and the area written.

        Args:
            area: where to look for the table; without one there the values go to its top left corner.
            values: rows to write.
            how: as typed or as they are.
            insert: make new rows instead of writing over what stands below the table.
        """
        table = next((table for table in reversed(list(self._tables())) if _meet(table, area)), None)
        top, left = (area.top, area.left) if table is None else (table.bottom or 0, table.left)
        if insert and table is not None:
            self.insert_rows(top, len(values))
        self.rows = max(self.rows, top + len(values))
        self.columns = max(self.columns, left + max((len(row) for row in values), default=0))
        return table, self.write(Area(top, left), values, how)

    def clear(self, area: Area) -> None:
        """Empty the cells of an area."""
        area = area.within(self.rows, self.columns)
        self.cells = {at: cell for at, cell in self.cells.items() if not _inside(at, area)}

    def insert_rows(self, start: int, count: int) -> None:
        """Make room for new rows before the row `start`."""
        self.rows += count
        self.cells = {(r + count if r >= start else r, c): cell for (r, c), cell in self.cells.items()}

    def insert_columns(self, start: int, count: int) -> None:
        """Make room for new columns before the column `start`."""
        self.columns += count
        self.cells = {(r, c + count if c >= start else c): cell for (r, c), cell in self.cells.items()}

    def delete_rows(self, start: int, end: int) -> None:
        """Take rows out; what stands below moves up."""
        gone = end - start
        self.rows -= gone
        self.cells = {
            (r - gone if r >= end else r, c): cell for (r, c), cell in self.cells.items() if not start <= r < end
        }

    def delete_columns(self, start: int, end: int) -> None:
        """Take columns out; what stands to the right moves left."""
        gone = end - start
        self.columns -= gone
        self.cells = {
            (r, c - gone if c >= end else c): cell for (r, c), cell in self.cells.items() if not start <= c < end
        }

    def resize(self, rows: int, columns: int) -> None:
        """Give the grid another size; what falls outside is gone."""
        self.rows, self.columns = rows, columns
        self.cells = {(r, c): cell for (r, c), cell in self.cells.items() if r < rows and c < columns}

    def check_within_grid(self, area: Area, *, whole: bool = False) -> None:
        """Refuse an area that begins outside the grid, or with `whole` one that does not fit in it.

        Raises:
            ApiError: it does not lie within the grid.
        """
        beyond = area.top >= self.rows or area.left >= self.columns
        if whole and not beyond:
            beyond = (area.bottom or 0) > self.rows or (area.right or 0) > self.columns
        if beyond:
            raise ApiError(
                400,
                f"Range ({name_range(self.title, area)}) exceeds grid limits. "
                f"Max rows: {self.rows}, max columns: {self.columns}",
            )

    def _outside(self, area: Area, where: str) -> ApiError:
        asked = name_range(self.title, area.within(self.rows, self.columns))
        return ApiError(400, f"Requested writing within range [{asked}], but tried writing to {where}")

    def _put(self, new: Mapping[tuple[int, int], Cell | None]) -> None:
        for at, cell in new.items():
            if cell is None:
                self.cells.pop(at, None)
            else:
                self.cells[at] = cell

    def _tables(self) -> Iterator[Area]:
        """Yield the blocks of rows that no empty row parts, from the top."""
        block: list[tuple[int, int]] = []
        for at in sorted(self.cells):
            if block and at[0] > block[-1][0] + 1:
                yield _around(block)
                block = []
            block.append(at)
        if block:
            yield _around(block)


def _around(block: Sequence[tuple[int, int]]) -> Area:
    columns = [column for _, column in block]
    return Area(block[0][0], min(columns), block[-1][0] + 1, max(columns) + 1)


def _inside(at: tuple[int, int], area: Area) -> bool:
    row, column = at
    return (
        row >= area.top
        and column >= area.left
        and (area.bottom is None or row < area.bottom)
        and (area.right is None or column < area.right)
    )


def _meet(table: Area, area: Area) -> bool:
    return (
        (table.bottom or 0) > area.top
        and (table.right or 0) > area.left
        and (area.bottom is None or table.top < area.bottom)
        and (area.right is None or table.left < area.right)
    )


def by_rows(columns: Rows) -> list[list[Scalar | None]]:
    """Return values that were given column by column as rows."""
    return [list(row) for row in zip_longest(*columns, fillvalue=None)]


@dataclass
class Book:
    """The worksheets in their order."""

    sheets: list[Worksheet]

    def sheet(self, title: str) -> Worksheet:
        """Return the worksheet of this title.

        Raises:
            KeyError: there is none.
        """
        for sheet in self.sheets:
            if sheet.title == title:
                return sheet
        raise KeyError(title)

    def by_id(self, number: int, where: str) -> Worksheet:
        """Return the worksheet of this id.

        Raises:
            ApiError: there is none; the message begins with `where`.
        """
        for sheet in self.sheets:
            if sheet.id == number:
                return sheet
        raise ApiError(400, f"{where}: No grid with id: {number}")

    def add(self, title: str, rows: int = 1000, columns: int = 26, index: int | None = None) -> Worksheet:
        """Add an empty worksheet, at the end unless an index says where."""
        number = max((sheet.id for sheet in self.sheets), default=-1) + 1
        sheet = Worksheet(number, title, rows, columns)
        self.sheets.insert(len(self.sheets) if index is None else index, sheet)
        return sheet

    def find(self, name: str) -> tuple[Worksheet, Area]:
        """Return what a range names: ``'Booking Log'!A1:B2``, ``'Booking Log'``, or ``A1`` of the first worksheet.

        Raises:
            ApiError: it names nothing here.
        """
        title, mark, rest = name.rpartition("!")
        for sheet in self.sheets:
            if sheet.title == unquote_title(name):
                return sheet, WHOLE
        area = parse_area(rest)
        if area is not None and not mark and self.sheets:
            return self.sheets[0], area
        if area is not None:
            for sheet in self.sheets:
                if sheet.title == unquote_title(title):
                    return sheet, area
        raise ApiError(400, f"Unable to parse range: {name}")

    def titles(self) -> Iterable[str]:
        """Return the titles in order."""
        return [sheet.title for sheet in self.sheets]
