"""A damaged ledger: set aside as it is, and a new one begun with what can still be read of it.

What was lost might have been a payment under way. So the new ledger says that it was begun after damage, and each
account is looked at more closely until its stock has been taken once; see `AccountRun.compare_with_plan`.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

from booking.errors import LedgerError
from booking.ledger.database import APPLICATION_ID, LEDGER, SCHEMA_VERSION, open_database
from booking.ledger.states import CARRIED, Event, SlotState
from booking.model import account_key
from booking.outcomes import Outcome
from booking.plan import PLAN_FILE

_MAGIC = b"SQLite format 3\0"
_SIGNS = (b"history_is_not_changed", b"outcomes_are_not_changed")
"""Names of the ledger's schema that no other program's file has."""
_PAGE = 4096
_SIDE_FILES = ("-wal", "-shm")
_CARRIED_STATES = {SlotState.PAID, SlotState.PAYING, SlotState.UNKNOWN, SlotState.HELD}


def repair(results: Path, now: datetime) -> str:
    """Set the ledger aside and begin a new one if it is damaged; to be called while no run goes on.

    A file that is not a ledger, or is one of a newer version, is not touched: opening it reports that.

    Args:
        results: the folder of the ledger and of the runs.
        now: names the file that is set aside.

    Returns:
        What a person should hear of it; empty when nothing was wrong.

    Raises:
        LedgerError: the folder cannot be written to.
    """
    path = results / LEDGER
    try:
        with _copy_of(path) as copy:
            fault = _fault_of(copy)
            if fault == "":
                fault = _lost_run(copy, results)
            if not fault:
                return ""
            draft = copy.with_name("new.sqlite3")
            slots, outcomes = _rebuild(draft, copy, results, fault, now)
            aside = _set_aside(path, now)
            draft.replace(path)
    except OSError as error:
        raise LedgerError(
            f"{path}: the ledger cannot be looked after ({error.strerror}); RESULTS_DIR must be a folder you may write "
            "to, with room in it."
        ) from error
    kept = f"it was set aside as {aside.name}" if aside else "there was nothing to set aside"
    return (
        f"{path.name} was damaged ({fault}); {kept}. A new one was begun: {slots} slots and {outcomes} rows for the "
        "sheet's log could still be read, the rest comes from My Bookings of each account"
    )


@contextmanager
def _copy_of(path: Path) -> Iterator[Path]:
    """Yield a copy that may be opened: SQLite writes even when it only reads, and the original must stay as it is."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".ledger-", dir=path.parent) as folder:
        copy = Path(folder) / path.name
        for source in (path, path.with_name(f"{path.name}-wal")):
            if source.exists():
                shutil.copyfile(source, copy.with_name(source.name))
        yield copy


def _fault_of(copy: Path) -> str | None:
    """Return what is wrong with the bytes of a ledger: empty if nothing is, None if this is not a ledger of ours."""
    if not copy.exists() or not copy.stat().st_size:
        return ""
    ours = _is_ours(copy)
    try:
        with closing(sqlite3.connect(copy)) as db:
            application, version = (
                db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version")
            )
            tables = db.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
            if not application and not tables:
                return ""  # What a ledger is whose write-ahead log was lost before its first run had ended.
            if application != APPLICATION_ID:
                return "its header is damaged" if ours else None
            if version != SCHEMA_VERSION:
                return None
            problem = str(db.execute("PRAGMA integrity_check(1)").fetchone()[0])
            return "" if problem == "ok" else " ".join(problem.split())
    except sqlite3.DatabaseError as error:
        # A database that cannot be read, of this name and in this place, has been ours.
        return str(error) if ours or copy.read_bytes().startswith(_MAGIC) else None


def _is_ours(copy: Path) -> bool:
    data = copy.read_bytes()
    if data[68:72] == APPLICATION_ID.to_bytes(4, "big") or (len(data) < 72 and _MAGIC.startswith(data[:16])):
        return True
    wal = copy.with_name(f"{copy.name}-wal")
    everything = data + (wal.read_bytes() if wal.exists() else b"")
    return any(sign in everything for sign in _SIGNS)


def _lost_run(copy: Path, results: Path) -> str:
    """Return which run the ledger has forgotten: it, or its write-ahead log, was lost or cut short."""
    known = {str(row["run"]) for row in _readable(copy).get("runs", [])}
    forgotten = sorted(folder.name for folder in _run_folders(results) if folder.name not in known)
    return f"it does not know of run {forgotten[-1]}, whose folder is there" if forgotten else ""


def _run_folders(results: Path) -> list[Path]:
    return sorted(path.parent for path in results.glob(f"2*/{PLAN_FILE}") if not path.parent.is_symlink())


def _readable(copy: Path) -> dict[str, list[sqlite3.Row]]:
    """Return the rows of each table that can be read, from its beginning and from its end up to what is broken."""
    found: dict[str, list[sqlite3.Row]] = {}
    if not copy.exists():
        return found
    with closing(sqlite3.connect(copy)) as db:
        db.row_factory = sqlite3.Row
        for table in ("history", "runs", "outcomes", "sent"):
            rows: dict[int, sqlite3.Row] = {}
            for order in ("ASC", "DESC"):
                try:
                    for row in db.execute(f"SELECT rowid AS place, * FROM {table} ORDER BY place {order}"):  # noqa: S608
                        rows[row["place"]] = row
                except sqlite3.DatabaseError:
                    continue  # What was read before it counts.
            found[table] = [rows[place] for place in sorted(rows)]
    return found


def _rebuild(draft: Path, copy: Path, results: Path, fault: str, now: datetime) -> tuple[int, int]:
    """Make a new ledger of what can be read of the old one; return how many slots and outcomes that are."""
    with closing(open_database(draft)) as db:
        rows = _readable(copy)
        if copy.exists() and not rows["history"]:
            _graft_first_page(copy, draft)
            rows = _readable(copy)
        slots = list(_latest(rows.get("history", [])))
        sent = {row["outcome"] for row in rows.get("sent", [])}
        outcomes = [row for row in rows.get("outcomes", []) if row["id"] not in sent and _is_outcome(row)]
        at = now.astimezone(UTC).isoformat(timespec="milliseconds")
        db.execute("BEGIN IMMEDIATE")
        for row in slots:
            why = f"run {row['run']}: {row['why']}"
            values = (row["at"], row["site"], CARRIED, row["account"], row["court"], row["day"], row["hour"])
            db.execute(
                "INSERT INTO history (at, site, run, account, court, day, hour, state, why, pence)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (*values, row["state"], why, row["pence"]),
            )
        for row in outcomes:
            names = [name for name in row.keys() if name not in {"place", "id"}]  # noqa: SIM118 - a row is not a mapping
            db.execute(
                f"INSERT OR IGNORE INTO outcomes ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})",  # noqa: S608
                [row[name] for name in names],
            )
        for run in (*map(_run_values, filter(_is_run, rows.get("runs", []))), *_runs_of_folders(results)):
            db.execute(
                "INSERT OR IGNORE INTO runs (site, run, slot_day, accounts, started, ended, status)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                run,
            )
        db.execute(
            "INSERT INTO marks (at, site, run, account, what, detail) VALUES (?, '', '', '', ?, ?)",
            (at, Event.DAMAGE, fault),
        )
        db.execute("COMMIT")
    return len(slots), len(outcomes)


def _graft_first_page(copy: Path, draft: Path) -> None:
    """Give the copy the first page of a new ledger: header and schema, which are the same in all of them."""
    with closing(sqlite3.connect(draft)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    page = bytearray(draft.read_bytes()[:_PAGE])
    page[28:32] = bytes(4)  # How many pages there are: SQLite then goes by the size of the file.
    page[32:40] = bytes(8)  # The list of free pages.
    with copy.open("r+b") as file:
        file.write(page)


def _latest(rows: Iterable[sqlite3.Row]) -> Iterator[sqlite3.Row]:
    """Yield the last row of each slot, where that state must not be forgotten."""
    latest = {
        (row["site"], row["account"], row["court"], row["day"], row["hour"]): row for row in rows if _is_step(row)
    }
    return (row for row in latest.values() if SlotState(row["state"]) in _CARRIED_STATES)


def _is_step(row: sqlite3.Row) -> bool:
    try:
        datetime.fromisoformat(row["at"])
        date.fromisoformat(row["day"])
        SlotState(row["state"])
    except (ValueError, TypeError):
        return False
    texts = all(isinstance(row[name], str) for name in ("site", "run", "account", "why"))
    pence = row["pence"] is None or (isinstance(row["pence"], int) and row["pence"] >= 0)
    return texts and pence and isinstance(row["court"], int) and row["hour"] in range(24)


def _is_outcome(row: sqlite3.Row) -> bool:
    try:
        datetime.fromisoformat(row["at"])
        date.fromisoformat(row["day"])
        date.fromisoformat(row["got_day"])
        Outcome(row["outcome"])
        json.loads(row["measures"])
    except (ValueError, TypeError):
        return False
    texts = all(isinstance(row[name], str) for name in ("run", "site", "account", "email", "why"))
    return texts and row["hour"] in range(24) and row["got_hour"] in range(24)


def _is_run(row: sqlite3.Row) -> bool:
    try:
        date.fromisoformat(row["slot_day"])
        json.loads(row["accounts"])
        for name in ("started", *(["ended"] if row["ended"] else [])):
            datetime.fromisoformat(row[name])
    except (ValueError, TypeError):
        return False
    return isinstance(row["site"], str) and isinstance(row["run"], str)


def _run_values(row: sqlite3.Row) -> tuple[object, ...]:
    return tuple(row[name] for name in ("site", "run", "slot_day", "accounts", "started", "ended", "status"))


def _runs_of_folders(results: Path) -> Iterator[tuple[object, ...]]:
    """Yield what the folders of runs say of them, so that they are known again."""
    for folder in _run_folders(results):
        plan = folder / PLAN_FILE
        try:
            planned = json.loads(plan.read_text(encoding="utf-8"))
            accounts = json.dumps([account_key(each["name"]) for each in planned["accounts"]])
            facts = (str(planned["site"]), folder.name, date.fromisoformat(planned["slot_day"]).isoformat(), accounts)
        except (ValueError, KeyError, TypeError):
            facts = ("", folder.name, "", "[]")  # Of no site, but known by its name all the same.
        started = datetime.fromtimestamp(plan.stat().st_mtime, UTC).isoformat(timespec="milliseconds")
        yield (*facts, started, None, None)


def _set_aside(path: Path, now: datetime) -> Path | None:
    """Rename the ledger and its side files to a name that nothing has, and return it; None if there is no ledger."""
    stem = f"{path.name}.damaged-{now:%Y-%m-%d_%H-%M-%S}"
    aside, number = path.with_name(stem), 2
    while any(aside.with_name(f"{aside.name}{end}").exists() for end in ("", *_SIDE_FILES)):
        aside, number = path.with_name(f"{stem}_{number}"), number + 1
    # The side files first: beside a new ledger, an old write-ahead log would be taken for its own.
    for end in (*_SIDE_FILES, ""):
        file = path.with_name(f"{path.name}{end}")
        if file.exists():
            file.rename(aside.with_name(f"{aside.name}{end}"))
    return aside if aside.exists() else None
