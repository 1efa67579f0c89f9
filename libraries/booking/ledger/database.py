"""The ledger's SQLite file: made by the schema beside this module, opened, locked, and refused if it is damaged."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from booking.errors import LedgerError

LEDGER = "ledger.sqlite3"
"""Name of the file in the results folder, beside the runs."""
APPLICATION_ID = 0x434F5254
"""Marks the file as a ledger of this program (``CORT``), as `file` and SQLite read it."""
SCHEMA_VERSION = 1
BUSY_SECONDS = 20.0
"""How long a writer waits for the others; a write takes milliseconds."""

_SCHEMA = Path(__file__).with_name("schema.sql")


def open_database(path: Path) -> sqlite3.Connection:
    """Open the file of a ledger, and make it if there is none.

    Raises:
        LedgerError: it cannot be opened, is damaged, or is of a newer version.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # SQLite gives its side files the mode of the file, so it is made private before SQLite sees it. Only when it is
        # new: closing any descriptor of the file would drop the locks that this process holds on it elsewhere, and
        # another process could then take the write-ahead log away.
        if not path.exists():
            with suppress(FileExistsError):
                os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        if path.stat().st_mode & 0o077:
            path.chmod(0o600)
    except OSError as error:
        raise LedgerError(
            f"{path}: the ledger cannot be opened ({error.strerror}); RESULTS_DIR must be a folder you may write to."
        ) from error
    try:
        db = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
    except sqlite3.Error as error:
        raise ledger_error(path, error) from error
    try:
        db.row_factory = sqlite3.Row
        _is_new(db, path)  # Before the file is changed in any way: it may be another program's.
        _use_wal(db)
        db.execute("PRAGMA synchronous = FULL")
        db.execute("PRAGMA foreign_keys = ON")
        with transaction(db):
            _check_or_make(db, path)
    except sqlite3.Error as error:
        db.close()
        raise ledger_error(path, error) from error
    except BaseException:
        db.close()
        raise
    return db


def _use_wal(db: sqlite3.Connection) -> None:
    # Turning to WAL is the one step for which SQLite does not wait for the others, who may be at the same step.
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            db.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        else:
            return


def _check_or_make(db: sqlite3.Connection, path: Path) -> None:
    if _is_new(db, path):
        for statement in _schema():
            db.execute(statement)
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        return
    problem = db.execute("PRAGMA quick_check(1)").fetchone()[0]
    if problem != "ok":
        raise LedgerError(_damaged(path, problem))


def _is_new(db: sqlite3.Connection, path: Path) -> bool:
    """Return whether nothing has been written into the file yet; all but a ledger of this version is refused."""
    application, version = (db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version"))
    if not application and not version and not db.execute("SELECT 1 FROM sqlite_schema").fetchone():
        return True
    if application != APPLICATION_ID:
        raise LedgerError(f"{path}: this file is not a ledger; move it away, or set RESULTS_DIR to another folder.")
    if version != SCHEMA_VERSION:
        raise LedgerError(
            f"{path}: the ledger is of version {version}, this program knows version {SCHEMA_VERSION}; "
            "use the newer program. Nothing was changed."
        )
    return False


def _schema() -> list[str]:
    text = _SCHEMA.read_text(encoding="utf-8")
    statements, current = [], ""
    for line in text.splitlines(keepends=True):
        current += line
        if sqlite3.complete_statement(current):
            statements.append(current)
            current = ""
    return statements


@contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """Write all that is written meanwhile, or nothing of it.

    It begins IMMEDIATE: what is read before the write cannot be changed by another process in between.
    """
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:  # SQLite has rolled back by itself after some errors, a full disk among them
            db.execute("ROLLBACK")
        raise


def ledger_error(path: Path, error: sqlite3.Error) -> LedgerError:
    """Return what SQLite could not do as an error that says what a person can do."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
        return LedgerError(_damaged(path, str(error)))
    if code == sqlite3.SQLITE_BUSY:
        return LedgerError(
            f"{path}: another program has the ledger locked for {BUSY_SECONDS:.0f} seconds now; end it, then run again."
        )
    if code == sqlite3.SQLITE_FULL:
        return LedgerError(f"{path}: the disk is full; make room, then run again. What was recorded before is kept.")
    return LedgerError(f"{path}: the ledger cannot be used ({error}).")


def _damaged(path: Path, problem: str) -> str:
    return (
        f"{path}: the ledger is damaged ({' '.join(problem.split())}). It was left as it is: the next ./run.sh sets it "
        "aside and begins a new one with what can still be read and with what My Bookings lists."
    )
