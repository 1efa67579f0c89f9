from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path

import pytest

from booking.ledger import LEDGER, Ledger, SlotState
from booking.model import Slot
from runner.__main__ import main

SLOT = Slot(1, date(2026, 12, 28), 18)


@pytest.fixture
def ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ledger:
    monkeypatch.setenv("RESULTS_DIR", str(tmp_path))
    monkeypatch.setenv("BOOKING_SITE", "practice")
    return Ledger(tmp_path / "ledger.sqlite3", "practice")


def say(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["runner", *words])
    return main()


def come_to(ledger: Ledger, *states: SlotState) -> None:
    for state in states:
        ledger.record(run="r1", account="mother", slot=SLOT, state=state, why="so", pence=1390)


def test_the_ledger_is_shown_as_a_table(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    come_to(ledger, SlotState.INTENT, SlotState.HELD)
    assert say(monkeypatch, "ledger") == 0
    row = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("mother"))
    assert [word in row for word in ("18:00", "held", "£13.90", "r1")] == [True] * 4


def test_the_history_is_told_to_machines(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    come_to(ledger, SlotState.INTENT, SlotState.HELD, SlotState.PAYING)
    assert say(monkeypatch, "ledger", "--json", "--history") == 0
    told = json.loads(capsys.readouterr().out)
    assert [step["state"] for step in told] == ["intent", "held", "paying"]
    assert told[0]["date"] == "2026-12-28"


@pytest.mark.parametrize(("verdict", "state"), [("paid", SlotState.PAID), ("not-paid", SlotState.RELEASED)])
@pytest.mark.parametrize("last", [SlotState.PAYING, SlotState.UNKNOWN])
def test_a_person_settles_what_nobody_knew(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch, verdict: str, state: SlotState, last: SlotState
) -> None:
    come_to(ledger, SlotState.HELD, *dict.fromkeys([SlotState.PAYING, last]))
    assert say(monkeypatch, "settle", "Mother", "2026-12-28", "6pm", verdict) == 0
    assert ledger.state("mother", SLOT) is state


def test_what_a_damaged_ledger_may_have_forgotten_is_settled(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger.record(run="r1", account="mother", slot=SLOT, state=SlotState.UNKNOWN, why="in the basket after damage")
    assert say(monkeypatch, "settle", "Mother", "2026-12-28", "6pm", "not-paid") == 0
    assert ledger.state("mother", SLOT) is SlotState.RELEASED


@pytest.mark.parametrize("command", [["ledger"], ["settle", "Mother", "2026-12-28", "6pm", "paid"]])
def test_a_damaged_ledger_is_told_and_left_alone(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    ledger.close()
    damaged = ledger.path.read_bytes()[:6000]
    ledger.path.write_bytes(damaged)
    assert say(monkeypatch, *command) == 2
    assert "damaged" in capsys.readouterr().err
    assert {path.name: path.read_bytes() for path in ledger.path.parent.glob("ledger*")} == {LEDGER: damaged}


@pytest.mark.parametrize("state", [SlotState.HELD, SlotState.PAID])
def test_what_is_known_is_not_settled(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], state: SlotState
) -> None:
    come_to(ledger, state)
    assert say(monkeypatch, "settle", "mother", "2026-12-28", "18:00", "not-paid") == 2
    assert f"the ledger has it as {state}" in capsys.readouterr().err
    assert ledger.state("mother", SLOT) is state


def test_a_name_is_understood_as_the_sheet_types_it(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    for state in (SlotState.HELD, SlotState.PAYING):
        ledger.record(run="r1", account="anne_marie", slot=SLOT, state=state, pence=1390)
    assert say(monkeypatch, "settle", "Anne-Marie", "2026-12-28", "18:00", "paid") == 0
    assert ledger.state("anne_marie", SLOT) is SlotState.PAID


def test_a_slot_that_was_never_heard_of_is_told(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    come_to(ledger, SlotState.HELD)
    assert say(monkeypatch, "settle", "mother", "2026-12-29", "18:00", "paid") == 2
    assert "knows of no such slot" in capsys.readouterr().err
