from __future__ import annotations

import json
import shlex
import sys
from datetime import date
from pathlib import Path

import pytest

from booking.ledger.database import LEDGER
from booking.ledger.ledger import Ledger
from booking.ledger.states import SlotState
from booking.model import Slot
from runner.__main__ import main
from runner.lock import only_run

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


@pytest.mark.parametrize(
    ("verdict", "state"),
    [("paid", SlotState.PAID), ("not-paid", SlotState.RELEASED), ("cancelled", SlotState.RELEASED)],
)
@pytest.mark.parametrize("last", [SlotState.PAYING, SlotState.UNKNOWN])
def test_a_person_settles_what_nobody_knew(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch, verdict: str, state: SlotState, last: SlotState
) -> None:
    come_to(ledger, SlotState.HELD, *dict.fromkeys([SlotState.PAYING, last]))
    assert say(monkeypatch, "settle", "Mother", "2026-12-28", "6pm", verdict) == 0
    assert ledger.state("mother", SLOT) is state


def test_a_run_that_is_going_on_is_told_with_the_command_to_paste_again(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    for state in (SlotState.HELD, SlotState.PAYING):
        ledger.record(run="r1", account="anne_marie", slot=SLOT, state=state, pence=1390)
    with only_run(tmp_path):
        assert say(monkeypatch, "settle", "Anne Marie", "2026-12-28", "18:00", "paid", "--court", "1") == 75
    assert ledger.state("anne_marie", SLOT) is SlotState.PAYING
    told = capsys.readouterr().err
    assert all(part in told for part in ("Another run is going on", "still works with the ledger", "Wait for its end"))
    assert "this one ends" not in told
    assert say(monkeypatch, *shlex.split(told.splitlines()[-1])[1:]) == 0
    assert ledger.state("anne_marie", SLOT) is SlotState.PAID


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


def test_what_was_cancelled_by_hand_may_be_booked_again(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    come_to(ledger, SlotState.HELD, SlotState.PAID)
    assert say(monkeypatch, "settle", "Mother", "2026-12-28", "18:00", "cancelled") == 0
    latest = ledger.latest("mother", SLOT)
    assert latest
    assert (latest.state, latest.why) == (SlotState.RELEASED, "cancelled by hand: it may be booked again")
    come_to(ledger, SlotState.INTENT, SlotState.HELD)
    assert ledger.payable("mother", [SLOT]) == (SLOT,)


def test_what_is_paid_and_called_not_paid_is_told_how_to_cancel_it(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    come_to(ledger, SlotState.PAID)
    assert say(monkeypatch, "settle", "mother", "2026-12-28", "18:00", "not-paid") == 2
    command = capsys.readouterr().err.strip().partition("./run.sh ")[2].split()
    assert say(monkeypatch, *command) == 0
    assert ledger.state("mother", SLOT) is SlotState.RELEASED


@pytest.mark.parametrize("state", [SlotState.HELD, SlotState.INTENT])
def test_what_was_never_paid_for_is_not_cancelled(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], state: SlotState
) -> None:
    come_to(ledger, state)
    assert say(monkeypatch, "settle", "mother", "2026-12-28", "18:00", "cancelled") == 2
    assert f"the ledger has it as {state}; there is nothing to settle" in capsys.readouterr().err
    assert ledger.state("mother", SLOT) is state


def test_of_two_courts_at_one_hour_the_person_says_which(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    other = Slot(4, SLOT.date, SLOT.hour)
    for slot in (SLOT, other):
        for state in (SlotState.HELD, SlotState.PAYING, SlotState.UNKNOWN):
            ledger.record(run="r1", account="mother", slot=slot, state=state, pence=1390)
    assert say(monkeypatch, "settle", "mother", "2026-12-28", "18:00", "paid") == 2
    told = capsys.readouterr().err
    assert "court 1, Mon 28 Dec 2026, 18:00 (unknown) and court 4" in told
    commands = [line.strip() for line in told.splitlines() if line.startswith("  ./run.sh settle")]
    assert [command.rpartition(" ")[2] for command in commands] == ["1", "4"]
    assert say(monkeypatch, *commands[1].split()[1:]) == 0
    assert (ledger.state("mother", SLOT), ledger.state("mother", other)) == (SlotState.UNKNOWN, SlotState.PAID)
    # Now only one of them can be meant.
    assert say(monkeypatch, "settle", "mother", "2026-12-28", "18:00", "not-paid") == 0
    assert ledger.state("mother", SLOT) is SlotState.RELEASED


def test_a_court_that_the_account_never_had_is_told(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    come_to(ledger, SlotState.HELD, SlotState.PAYING)
    assert say(monkeypatch, "settle", "mother", "2026-12-28", "18:00", "paid", "--court", "2") == 2
    assert "mother, court 2, 2026-12-28 18:00: the ledger knows of no such slot" in capsys.readouterr().err
    assert ledger.state("mother", SLOT) is SlotState.PAYING


def test_a_word_that_is_no_verdict_is_told_with_those_that_are(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    come_to(ledger, SlotState.PAID)
    with pytest.raises(SystemExit):
        say(monkeypatch, "settle", "mother", "2026-12-28", "18:00", "refunded")
    told = capsys.readouterr().err
    assert all(verdict in told for verdict in ("refunded", "paid", "not-paid", "cancelled"))
