from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from robot import running

from benchmarks.errors import BenchmarkError
from benchmarks.phases import BETWEEN, MERGE, ORDER, PHASES, START_UP, Call, phases_of, read_calls

BEGAN = datetime(2027, 1, 4, 23, 59, tzinfo=UTC)


def calls_of(account: str, *, first_second: float = 2.0, each: float = 1.0, gap: float = 0.5) -> list[Call]:
    """One keyword a phase, one after the other, with a gap before the next."""
    return [
        Call(account, keyword, BEGAN + timedelta(seconds=first_second + place * (each + gap)), each)
        for place, keyword in enumerate(PHASES.values())
    ]


def test_phases_add_up_to_the_whole_run() -> None:
    ended = BEGAN + timedelta(seconds=30)
    split = phases_of(calls_of("Mother"), BEGAN, ended)["Mother"]
    assert tuple(split) == ORDER
    assert sum(split.values()) == pytest.approx(30)
    assert split[START_UP] == pytest.approx(2)
    assert split[BETWEEN] == pytest.approx(8 * 0.5)
    assert split[MERGE] == pytest.approx(30 - 2 - 9 - 4)
    assert all(split[phase] == pytest.approx(1) for phase in PHASES)


def test_each_account_has_its_own_phases() -> None:
    calls = calls_of("Mother") + calls_of("Father", first_second=5)
    split = phases_of(calls, BEGAN, BEGAN + timedelta(seconds=30))
    assert split["Mother"][START_UP] == pytest.approx(2)
    assert split["Father"][START_UP] == pytest.approx(5)


def test_a_keyword_that_ran_twice_counts_twice() -> None:
    calls = calls_of("Mother")
    again = Call("Mother", PHASES["log in"], calls[-1].start, 0.25)
    split = phases_of([*calls, again], BEGAN, BEGAN + timedelta(seconds=30))["Mother"]
    assert split["log in"] == pytest.approx(1.25)


def test_a_missing_keyword_is_told_and_not_counted_as_nothing() -> None:
    calls = [call for call in calls_of("Mother") if call.name != PHASES["hold"]]
    with pytest.raises(BenchmarkError, match=f"Mother did not run {PHASES['hold']}"):
        phases_of(calls, BEGAN, BEGAN + timedelta(seconds=30))


def test_calls_are_read_from_a_report_with_setups_branches_and_loops(tmp_path: Path) -> None:
    folder = tmp_path / "accounts"
    folder.mkdir()
    (folder / "mother.robot").write_text(
        """\
*** Settings ***
Suite Setup       Open
Suite Teardown    Close

*** Test Cases ***
Hold
    WHILE    True    limit=2    on_limit=pass
        IF    True    Reach
        IF    False    Miss
    END

*** Keywords ***
Open
    No Operation
Close
    No Operation
Reach
    No Operation
Miss
    No Operation
""",
        encoding="utf-8",
    )
    output = tmp_path / "output.xml"
    assert running.TestSuite.from_file_system(folder).run(output=str(output), console="none").return_code == 0
    named = [call.name for call in read_calls(output) if call.name != "No Operation"]
    assert named == ["Open", "Reach", "Reach", "Close"]
    assert {call.account for call in read_calls(output)} == {"Mother"}
