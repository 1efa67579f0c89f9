"""The venue's SQLite file: schema, and transactions that take the write lock first."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

VERSION = 2
"""Of the schema. A file of another version is set aside, and a new one begun."""
SCHEMA = """
CREATE TABLE IF NOT EXISTS accounts (
    email TEXT PRIMARY KEY, name TEXT NOT NULL, salt BLOB NOT NULL, password BLOB NOT NULL,
    credit_pence INTEGER NOT NULL DEFAULT 0, mfa TEXT, conduct TEXT NOT NULL DEFAULT '{}'
) STRICT;
CREATE TABLE IF NOT EXISTS logins (email TEXT NOT NULL, at REAL NOT NULL, ok INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS holds (
    id INTEGER PRIMARY KEY, event_id INTEGER NOT NULL, day TEXT NOT NULL, hour INTEGER NOT NULL,
    email TEXT NOT NULL, price_pence INTEGER NOT NULL,
    arrived REAL NOT NULL, at REAL NOT NULL, expires REAL,
    state TEXT NOT NULL CHECK (state IN ('held', 'sold', 'expired', 'released', 'rival', 'blocked'))
) STRICT;
-- First come, first served: of one slot there can be only one that lives.
CREATE UNIQUE INDEX IF NOT EXISTS one_owner ON holds (event_id, day, hour)
    WHERE state IN ('held', 'sold', 'rival', 'blocked');
CREATE VIEW IF NOT EXISTS taken AS SELECT * FROM holds WHERE state IN ('held', 'sold', 'rival', 'blocked');
-- The venue: what lies in the basket that a reference pays for, and what was booked.
CREATE TABLE IF NOT EXISTS checkout_lines (
    reference TEXT NOT NULL REFERENCES checkouts (reference), hold_id INTEGER NOT NULL REFERENCES holds (id),
    PRIMARY KEY (reference, hold_id)
) STRICT;
CREATE TABLE IF NOT EXISTS bookings (
    id INTEGER PRIMARY KEY, hold_id INTEGER NOT NULL UNIQUE REFERENCES holds (id),
    payment_id INTEGER NOT NULL REFERENCES payments (id), made_at REAL NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS bookings_of_payment ON bookings (payment_id);
-- The portal: what it is asked to take, what was taken, and every press of its payment button.
CREATE TABLE IF NOT EXISTS checkouts (
    reference TEXT PRIMARY KEY, email TEXT NOT NULL, amount_pence INTEGER NOT NULL, opened REAL NOT NULL,
    lines TEXT NOT NULL, slots TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'pending', 'paid', 'declined', 'failed', 'cancelled')),
    verdict TEXT, payment_id INTEGER REFERENCES payments (id)
) STRICT;
CREATE INDEX IF NOT EXISTS checkouts_by_state ON checkouts (state);
CREATE TABLE IF NOT EXISTS payments (
    id INTEGER PRIMARY KEY, email TEXT NOT NULL, amount_pence INTEGER NOT NULL,
    surcharge_pence INTEGER NOT NULL DEFAULT 0, method TEXT NOT NULL CHECK (method IN ('card', 'credit')), last4 TEXT,
    status TEXT NOT NULL CHECK (status IN ('paid', 'declined', 'failed', 'pending')), at REAL NOT NULL,
    lines TEXT NOT NULL, slots TEXT NOT NULL, billing_name TEXT, card_saved INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE IF NOT EXISTS submissions (
    id INTEGER PRIMARY KEY, reference TEXT NOT NULL, email TEXT NOT NULL, at REAL NOT NULL, result TEXT NOT NULL
) STRICT;
"""


class Database:
    """One connection for the one thread that serves; whoever is first gets the slot.

    Args:
        path: the file; made, readable by its owner only, when it is missing or of another version.
    """

    def __init__(self, path: Path) -> None:
        _set_aside_if_old(path)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        self._connection = sqlite3.connect(path, isolation_level=None, timeout=10)
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        self._connection.execute("PRAGMA foreign_keys = ON")
        self._connection.executescript(f"{SCHEMA} PRAGMA user_version = {VERSION};")

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def all(self, sql: str, *values: object) -> list[sqlite3.Row]:
        """Return all rows of a query."""
        return self._connection.execute(sql, values).fetchall()

    def one(self, sql: str, *values: object) -> sqlite3.Row | None:
        """Return the first row of a query, if there is one."""
        row: sqlite3.Row | None = self._connection.execute(sql, values).fetchone()
        return row

    def do(self, sql: str, *values: object) -> sqlite3.Cursor:
        """Run a statement that changes something."""
        return self._connection.execute(sql, values)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make what happens inside happen wholly or not at all, with nobody in between."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")


def _set_aside_if_old(path: Path) -> None:
    if not path.exists() or not path.stat().st_size:
        return
    with closing(sqlite3.connect(path)) as connection:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version != VERSION:
            connection.execute("PRAGMA journal_mode = DELETE")  # What stands in the log beside the file goes with it.
    if version != VERSION:
        path.rename(path.with_name(f"{path.name}.version-{version}"))
