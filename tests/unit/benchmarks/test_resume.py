"""A session that was broken off is gone on with: nothing is measured twice, nothing is left out."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import session as sessions
from benchmarks.contenders import SCRIPT, SUITE
from benchmarks.errors import BenchmarkError
from benchmarks.output import read, write, write_page
from benchmarks.records import Findings, PhaseRecord, RunFigures, SlotFigures, WayRecord
from benchmarks.session import BenchmarkSession, Scope
from benchmarks.venue import WEATHERS, Weather

MACHINE = {"cores": 2, "load before": 0.1}
CALM = WEATHERS[0]


def scope(*parts: str, runs: int = 2) -> Scope:
    return Scope(parts=parts, runs=runs, openings=6, weathers=[CALM], accounts=(1,))


def slot(accounts: int, run: int) -> SlotFigures:
    return SlotFigures(SUITE, CALM.name, accounts, run, "Mother", 0, 1.0, 2.0)


def whole(contender: str, accounts: int, run: int) -> RunFigures:
    return RunFigures(contender, CALM.name, accounts, run, 20.0, 10.0, 400.0, [1000.0])


def test_what_was_written_is_read_again(tmp_path: Path) -> None:
    findings = Findings(
        slots=[slot(1, 0)],
        contested=[slot(3, 0)],
        runs=[whole(SUITE, 1, 0)],
        phases=[PhaseRecord(CALM.name, 1, 0, "Mother", "pay", 2.5)],
        ways=[WayRecord("navigation", 0, 12.0)],
        broken=["whole run: it broke"],
    )
    write(tmp_path, scope("hold"), findings, [], MACHINE)
    assert read(tmp_path, MACHINE | {"load before": 3.0}) == findings


def test_what_is_published_is_for_people_alone(tmp_path: Path) -> None:
    written = write_page(tmp_path, scope("hold"), Findings(slots=[slot(1, 0)]), [], MACHINE)
    assert [path.name for path in written] == ["benchmarks.md", "benchmarks.svg"]
    assert sorted(tmp_path.iterdir()) == written


def test_figures_of_another_machine_are_not_mixed_in(tmp_path: Path) -> None:
    write(tmp_path, scope("hold"), Findings(slots=[slot(1, 0)]), [], MACHINE)
    with pytest.raises(BenchmarkError, match="cores"):
        read(tmp_path, MACHINE | {"cores": 64})


@pytest.mark.parametrize("text", [None, "", "{}", "[]", '{"slots": [{"who": 1}]}'])
def test_a_folder_without_a_session_is_named(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "benchmarks.json").write_text(text, encoding="utf-8")
    with pytest.raises(BenchmarkError, match=r"benchmarks\.json"):
        read(tmp_path, MACHINE)


def test_only_what_is_lacking_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    measured: list[tuple[str, int, int]] = []

    def play_round(_: object, weather: Weather, accounts: int, run: int, **__: object) -> list[SlotFigures]:
        assert weather is CALM
        measured.append(("round", accounts, run))
        return [slot(accounts, run)]

    def run_suite(weather: Weather, accounts: int, run: int, _: Path, findings: Findings) -> None:
        assert weather is CALM
        measured.append((SUITE, accounts, run))
        findings.runs.append(whole(SUITE, accounts, run))

    def run_bare(weather: Weather, accounts: int, run: int, _: Path) -> RunFigures:
        assert weather is CALM
        measured.append((SCRIPT, accounts, run))
        return whole(SCRIPT, accounts, run)

    for name, replacement in (("play_round", play_round), ("run_suite", run_suite), ("run_bare", run_bare)):
        monkeypatch.setattr(sessions, name, replacement)
    findings = Findings(
        slots=[slot(1, 0), slot(3, 0), slot(1, 1)], runs=[whole(SUITE, 1, 0), whole(SCRIPT, 3, 0), whole(SUITE, 1, 1)]
    )
    said: list[str] = []
    kept: list[int] = []
    BenchmarkSession(
        scope("hold", "whole"), Path(), findings, said.append, lambda: kept.append(len(findings.slots + findings.runs))
    ).measure()
    assert measured == [("round", 3, 1), (SCRIPT, 3, 1)]
    assert len(said) == len(measured)
    assert kept == [7, 8], "after each measurement, with what it found"
    assert not findings.broken
