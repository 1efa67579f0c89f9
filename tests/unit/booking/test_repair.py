"""Damaged ledgers of every kind: set aside byte for byte, and begun again with what can still be read."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from booking.errors import LedgerError
from booking.ledger.database import LEDGER, SCHEMA_VERSION
from booking.ledger.ledger import Ledger
from booking.ledger.repair import repair
from booking.ledger.states import CARRIED, Event, SlotState
from booking.model import Slot, Wish
from booking.outcomes import Outcome
from booking.plan import PLAN_FILE

DAY = date(2026, 12, 28)
NOW = datetime(2026, 11, 24, 0, 1, 2, tzinfo=UTC)
PAID, PAYING, UNKNOWN, HELD, RELEASED = (Slot(1, DAY, hour) for hour in range(8, 13))
STATES = {
    PAID: [SlotState.HELD, SlotState.PAYING, SlotState.PAID],
    PAYING: [SlotState.HELD, SlotState.PAYING],
    UNKNOWN: [SlotState.HELD, SlotState.PAYING, SlotState.UNKNOWN],
    HELD: [SlotState.HELD],
    RELEASED: [SlotState.HELD, SlotState.RELEASED],
}
CARRIED_STATES = {slot: states[-1] for slot, states in STATES.items() if slot != RELEASED}
FILLING = 60
"""Other slots, so that the history has more pages than one."""


@pytest.fixture
def results(tmp_path: Path) -> Path:
    """A results folder with one run, of which the ledger knows all."""
    (tmp_path / "2026-11-23_23-45-00").mkdir()
    told = {"site": "practice", "slot_day": DAY.isoformat(), "accounts": [{"name": "Mother"}]}
    (tmp_path / "2026-11-23_23-45-00" / PLAN_FILE).write_text(json.dumps(told))
    with Ledger(tmp_path / LEDGER, "practice") as ledger:
        fill(ledger, "2026-11-23_23-45-00")
    return tmp_path


def fill(ledger: Ledger, run: str) -> None:
    ledger.start_run(run, DAY, ["mother"])
    for number in range(FILLING):
        slot = Slot(9, date(2026, 1, 1 + number % 28), number % 24)
        for state in (SlotState.INTENT, SlotState.RELEASED):
            ledger.record(run=run, account="aunt", slot=slot, state=state, why="filling " * 10)
    for slot, states in STATES.items():
        for state in states:
            ledger.record(run=run, account="mother", slot=slot, state=state, why="so", pence=1390)
    for hour, outcome in ((8, Outcome.BOOKED), (10, Outcome.UNKNOWN)):
        wish = Wish("mother", (Slot(1, DAY, hour),), "Booking Schedule, row 2")
        ledger.record_outcome(run=run, wish=wish, slot=wish.first, outcome=outcome, why="", email="mother@example.test")
    ledger.record_sent([1])


def contents(results: Path, begins: str = LEDGER) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(results.iterdir()) if path.name.startswith(begins)}


def carried(results: Path) -> dict[Slot, SlotState]:
    with Ledger(results / LEDGER, "practice") as ledger:
        records = ledger.states(account="mother")
        assert {record.pence for record in records} <= {1390}
        assert {record.run for record in records} <= {CARRIED}
        assert ledger.in_doubt("mother")
        assert ledger.in_doubt("anybody")
        assert [run.run for run in ledger.runs()] == ["2026-11-23_23-45-00"]
        return {record.slot: record.state for record in records}


def header(data: bytearray) -> None:
    data[:100] = bytes(range(100))


def first_page(data: bytearray) -> None:
    data[20:4096] = bytes(4076)


def page_of_history(data: bytearray) -> None:
    """Flip the page of the history on which the first rows of the filling are."""
    place = data.index(b"filling filling") // 4096 * 4096
    data[place : place + 4096] = bytes(byte ^ 0xFF for byte in data[place : place + 4096])


def tail(data: bytearray) -> None:
    del data[len(data) // 2 :]


def everything_but_the_beginning(data: bytearray) -> None:
    del data[50:]


def nothing_left(data: bytearray) -> None:
    data.clear()


@pytest.mark.parametrize(
    ("damage", "kept"),
    [
        (header, True),
        (first_page, True),
        (page_of_history, True),
        (tail, None),
        (everything_but_the_beginning, False),
        (nothing_left, False),
    ],
)
def test_a_damaged_ledger_is_set_aside_and_begun_anew(
    results: Path, damage: Callable[[bytearray], None], kept: bool | None
) -> None:
    data = bytearray((results / LEDGER).read_bytes())
    damage(data)
    (results / LEDGER).write_bytes(data)
    told = repair(results, NOW)
    assert "was damaged" in told
    assert f"set aside as {LEDGER}.damaged-2026-11-24_00-01-02" in told
    files = contents(results)
    assert files[f"{LEDGER}.damaged-2026-11-24_00-01-02"] == data
    assert len(files) == 2
    found = carried(results)
    assert found == CARRIED_STATES if kept else found.items() <= CARRIED_STATES.items()
    if kept is False:
        assert found == {}
    if kept:
        with Ledger(results / LEDGER, "practice") as ledger:
            assert [row.outcome for row in ledger.unsent_log_rows()] == [Outcome.UNKNOWN]
    assert repair(results, NOW) == ""


def test_twice_in_one_second_is_two_files(results: Path) -> None:
    broken = []
    for number in range(3):
        broken.append(b"SQLite format 3\0" + bytes([number]) * 30)
        (results / LEDGER).write_bytes(broken[-1])
        (results / f"{LEDGER}-wal").write_bytes(b"w")
        assert repair(results, NOW)
    names = [f"{LEDGER}.damaged-2026-11-24_00-01-02{end}" for end in ("", "_2", "_3")]
    files = contents(results)
    assert [files[name] for name in names] == broken
    assert [files[f"{name}-wal"] for name in names] == [b"w"] * 3
    assert len(files) == 7


@pytest.mark.parametrize("checkpointed", [True, False])
def test_a_lost_write_ahead_log_is_noticed_by_the_run_that_is_not_known(results: Path, checkpointed: bool) -> None:
    """A machine that lost its power during a run, and the -wal file with it."""
    whole = results / LEDGER
    if not checkpointed:
        whole.unlink()  # The power was lost during the very first run.
    with Ledger(whole, "practice") as ledger:
        ledger.start_run("2026-11-24_23-45-00", DAY, ["mother"])
        ledger.record(run="2026-11-24_23-45-00", account="mother", slot=RELEASED, state=SlotState.HELD, pence=1390)
        lost = results / "lost.sqlite3"
        shutil.copyfile(whole, lost)
    lost.replace(whole)
    folder = results / "2026-11-24_23-45-00"
    shutil.copytree(results / "2026-11-23_23-45-00", folder)
    before = whole.read_bytes()
    assert "does not know of run 2026-11-24_23-45-00" in repair(results, NOW)
    assert contents(results)[f"{LEDGER}.damaged-2026-11-24_00-01-02"] == before
    with Ledger(whole, "practice") as ledger:
        assert ledger.in_doubt("mother")
        assert {run.run for run in ledger.runs()} == {"2026-11-23_23-45-00", "2026-11-24_23-45-00"}
        found = {record.slot: record.state for record in ledger.states(account="mother")}
        assert found == (CARRIED_STATES if checkpointed else {})
    assert repair(results, NOW) == ""


def test_a_ledger_that_is_gone_is_begun_after_damage(results: Path) -> None:
    (results / LEDGER).unlink()
    assert "nothing to set aside" in repair(results, NOW)
    assert carried(results) == {}


def test_what_is_whole_is_left_alone(results: Path, tmp_path: Path) -> None:
    with Ledger(results / LEDGER, "practice") as ledger:
        ledger.record_event("r", "mother", Event.READY)  # With a write-ahead log beside it, as after a kill.
        before = contents(results)
        assert len(before) == 3
        assert repair(results, NOW) == ""
        assert contents(results) == before
    assert repair(tmp_path / "new", NOW) == ""
    assert list((tmp_path / "new").iterdir()) == []


def text(path: Path) -> None:
    path.write_text("A shopping list: balls, grips, water. " * 300)


def newer(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")


def other_program(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE things (id)")


@pytest.mark.parametrize("change", [text, newer, other_program])
def test_what_is_no_ledger_of_this_program_is_left_alone(results: Path, change: Callable[[Path], None]) -> None:
    change(results / LEDGER)
    before = contents(results)
    assert repair(results, NOW) == ""
    assert contents(results) == before
    with pytest.raises(LedgerError):
        Ledger(results / LEDGER, "practice")
    assert contents(results)[LEDGER] == before[LEDGER]


def test_a_row_that_makes_no_sense_is_not_carried_over(results: Path) -> None:
    data = bytearray((results / LEDGER).read_bytes())
    for place in range(len(data) - 30):
        if data[place : place + 10] == b"2026-12-28":
            data[place + 5 : place + 7] = b"77"  # the 77th month
    header(data)
    (results / LEDGER).write_bytes(data)
    assert repair(results, NOW)
    assert carried(results) == {}


def test_a_folder_that_cannot_be_written_to_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(LedgerError, match="RESULTS_DIR"):
        repair(tmp_path / "file", NOW)
