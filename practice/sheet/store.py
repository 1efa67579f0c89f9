"""The practice sheet as it is kept: one SQLite file, every change whole or not at all."""

from __future__ import annotations

import json
import os
import secrets
import sqlite3
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from practice.sheet.auth import Authority
from practice.sheet.book import Book, Rows, Worksheet
from practice.sheet.cells import Cell, Entry, Scalar, enter
from practice.sheet.seed import ACCOUNT_COLUMNS, ACCOUNTS, COURT_PATHS, first_rows

ACCESS: Final = ("ok", "forbidden", "missing", "down")
WRITES_KEPT: Final = 20_000

_SCHEMA = """
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS worksheets (
    id INTEGER PRIMARY KEY, position INTEGER NOT NULL, title TEXT NOT NULL,
    grid TEXT NOT NULL, cells TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS writes (
    id INTEGER PRIMARY KEY AUTOINCREMENT, at REAL NOT NULL, act TEXT NOT NULL, range TEXT NOT NULL
) STRICT;
"""
_GRID = ("rows", "columns", "frozen_rows", "frozen_columns", "hidden")


@dataclass(frozen=True, slots=True)
class Write:
    """A change that was made, as the write log has it: it stands there if, and only if, it was made."""

    at: float
    """Milliseconds since the epoch."""
    act: str
    """E.g. ``append``, ``update``, ``addSheet``."""
    range: str
    """What was changed, e.g. ``'Booking Log'!A2:G2``."""


@dataclass
class Change:
    """A change in the making: the worksheets as they shall be, and the words of the log."""

    book: Book
    done: list[tuple[str, str]] = field(default_factory=list)

    def note(self, act: str, what: str) -> None:
        """Say what is changed, for the write log."""
        self.done.append((act, what))


class SheetStore:
    """The spreadsheet, who may use it, and how much."""

    def __init__(self, path: Path) -> None:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        # The server's loop and the threads of tests use it in turn; the lock keeps them apart.
        self._lock = threading.RLock()
        self._db = sqlite3.connect(path, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.executescript(_SCHEMA)
        self._book = self._load()
        """What the file holds: nobody else writes to it while the store has it open."""
        self.authority = Authority()
        self.read_quota: int | None = 60
        """Reads a minute; None is without limit."""
        self.write_quota: int | None = 60
        self._access = "ok"
        with self._lock, self._db:
            self._db.execute("INSERT OR IGNORE INTO facts VALUES ('sheet_id', ?)", (f"1{secrets.token_urlsafe(32)}",))
        self.sheet_id = self._fact("sheet_id") or ""

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()

    @property
    def access(self) -> str:
        """What callers meet: ``ok``, ``forbidden`` (403), ``missing`` (404) or ``down`` (503)."""
        return self._access

    @access.setter
    def access(self, mode: str) -> None:
        if mode not in ACCESS:
            raise ValueError(f"access: {mode!r} is none of {', '.join(ACCESS)}")
        self._access = mode

    def new_service_account(self, token_uri: str) -> dict[str, str]:
        """Return the key of a fresh service account; the one before it is refused from now on."""
        return self.authority.new_account(token_uri)

    def titles(self) -> list[str]:
        """Return the titles of the worksheets in their order."""
        return list(self.book().titles())

    def values(self, title: str) -> list[list[str]]:
        """Return what a person sees in a worksheet, without empty ends.

        Raises:
            KeyError: there is no worksheet of this title.
        """
        cells = self.book().sheet(title).cells
        rows: list[list[str]] = []
        for (row, column), cell in sorted(cells.items()):
            rows.extend([] for _ in range(row + 1 - len(rows)))
            rows[row].extend("" for _ in range(column + 1 - len(rows[row])))
            rows[row][column] = cell.shown
        return rows

    def formulas(self, title: str) -> list[str]:
        """Return the formulas that stand in a worksheet.

        Raises:
            KeyError: there is no worksheet of this title.
        """
        return [cell.formula for cell in self.book().sheet(title).cells.values() if cell.formula is not None]

    def put(self, title: str, rows: Rows) -> None:
        """Replace everything in a worksheet by these rows, taken as they are.

        Raises:
            KeyError: there is no worksheet of this title.
        """
        with self.change() as change:
            _fill(change.book.sheet(title), rows, Entry.RAW)
            change.note("put", title)

    def remove(self, title: str) -> None:
        """Take a worksheet away.

        Raises:
            KeyError: there is no worksheet of this title.
        """
        with self.change() as change:
            change.book.sheets.remove(change.book.sheet(title))
            change.note("remove", title)

    def seed(self, site_url: str, accounts: Sequence[Mapping[str, str]]) -> None:
        """Fill a new sheet; in one that was filled before, lead its court addresses to where the site is now.

        Only addresses that still stand as they were seeded are changed.
        """
        site_url = site_url.rstrip("/")
        before = self._fact("site_url")
        if before == site_url:
            return
        with self.change() as change:
            if before is None:
                for title, rows in first_rows(site_url, accounts).items():
                    _fill(change.book.add(title), rows, Entry.TYPED)
                change.note("seed", "everything")
            elif ACCOUNTS in change.book.titles():
                _move_courts(change.book.sheet(ACCOUNTS), before, site_url)
                change.note("seed", f"{ACCOUNTS}: {ACCOUNT_COLUMNS[-1]}")
            self._db.execute("INSERT OR REPLACE INTO facts VALUES ('site_url', ?)", (site_url,))

    def writes(self) -> list[dict[str, Any]]:
        """Return the write log, oldest first: `Write` as plain values."""
        with self._lock:
            found = self._db.execute("SELECT at, act, range FROM writes ORDER BY id").fetchall()
        return [asdict(Write(*row)) for row in found]

    def book(self) -> Book:
        """Return the worksheets as they are; changing this copy changes nothing."""
        with self._lock:
            return Book([replace(sheet, cells=dict(sheet.cells)) for sheet in self._book.sheets])

    @contextmanager
    def change(self) -> Iterator[Change]:
        """Hand out the worksheets to be changed; keep them and the log when the block ends well, else neither."""
        with self._lock:
            change = Change(self.book())
            with self._db:
                self._db.execute("BEGIN IMMEDIATE")
                yield change
                self._save(change)
            self._book = change.book

    def _save(self, change: Change) -> None:
        kept = {sheet.id for sheet in change.book.sheets}
        gone = [(sheet.id,) for sheet in self._book.sheets if sheet.id not in kept]
        self._db.executemany("DELETE FROM worksheets WHERE id = ?", gone)
        for position, sheet in enumerate(change.book.sheets):
            if self._book.sheets[position : position + 1] != [sheet]:
                self._db.execute(
                    "INSERT OR REPLACE INTO worksheets VALUES (?, ?, ?, ?, ?)",
                    (sheet.id, position, sheet.title, _grid_json(sheet), _cells_json(sheet)),
                )
        now = time.time() * 1000
        self._db.executemany(
            "INSERT INTO writes (at, act, range) VALUES (?, ?, ?)", [(now, *done) for done in change.done]
        )
        self._db.execute("DELETE FROM writes WHERE id <= (SELECT max(id) FROM writes) - ?", (WRITES_KEPT,))

    def _load(self) -> Book:
        found = self._db.execute("SELECT id, title, grid, cells FROM worksheets ORDER BY position").fetchall()
        sheets = []
        for number, title, grid, cells in found:
            filled = {(row, column): Cell(*rest) for row, column, *rest in json.loads(cells)}
            sheets.append(Worksheet(number, title, **json.loads(grid), cells=filled))
        return Book(sheets)

    def _fact(self, name: str) -> str | None:
        with self._lock:
            found = self._db.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return None if found is None else str(found[0])


def _grid_json(sheet: Worksheet) -> str:
    return json.dumps({name: getattr(sheet, name) for name in _GRID})


def _cells_json(sheet: Worksheet) -> str:
    return json.dumps([[*at, cell.value, cell.shown, cell.formula] for at, cell in sheet.cells.items()])


def _fill(sheet: Worksheet, rows: Sequence[Sequence[Scalar | None]], how: Entry) -> None:
    sheet.rows = max(sheet.rows, len(rows))
    sheet.columns = max(sheet.columns, *(len(row) for row in rows), 1)
    sheet.cells.clear()
    for row, values in enumerate(rows):
        for column, value in enumerate(values):
            cell = enter("" if value is None else value, how)
            if cell is not None:
                sheet.cells[row, column] = cell


def _move_courts(sheet: Worksheet, before: str, after: str) -> None:
    moved = {before + path: after + path for path in COURT_PATHS}
    for at, cell in sheet.cells.items():
        if cell.shown in moved:
            url = moved[cell.shown]
            sheet.cells[at] = Cell(url, url)
