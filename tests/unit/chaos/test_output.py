"""What a session tells: nothing that failed, was missed or was not possible looks like a success."""

from __future__ import annotations

import json
from pathlib import Path

from tests.chaos.facts import RunFacts
from tests.chaos.grid import CELLS, PERIOD, Fault, Phase, cell_of
from tests.chaos.output import empty_cells, grid_rows, line, replay, summary, write_json, write_page
from tests.chaos.scenario import scenario_of
from tests.chaos.trial import SeedVerdict


def seed_of(fault: Fault, phase: Phase) -> int:
    return next(seed for seed in range(PERIOD) if (cell_of(seed).fault, cell_of(seed).phase) == (fault, phase))


def verdict(fault: Fault, phase: Phase, **fate: str) -> SeedVerdict:
    made = SeedVerdict(scenario_of(seed_of(fault, phase)), runs=[RunFacts(1, "", 9.0, interrupted=False, changed=True)])
    made.objections = [fate["objection"]] if "objection" in fate else []
    made.did_not_strike, made.not_possible = fate.get("missed", ""), fate.get("impossible", "")
    return made


VERDICTS = [
    verdict(Fault.STOP, Phase.CARD),
    verdict(Fault.STOP, Phase.CARD),
    verdict(Fault.STOP, Phase.HOLDING, objection="it was sold 2 times"),
    verdict(Fault.LOST, Phase.BASKET, missed="nobody came"),
    verdict(Fault.DISK_FULL, Phase.PROOF, impossible="no mount"),
]


def cell(fault: Fault, phase: Phase) -> str:
    row = next(row for row in grid_rows(VERDICTS) if row[0] == fault)
    return row[1 + list(Phase).index(phase)]


def test_the_grid_tells_clean_failed_impossible_and_empty_cells_apart() -> None:
    assert cell(Fault.STOP, Phase.CARD) == "2"
    assert cell(Fault.STOP, Phase.HOLDING) == "1 failed"
    assert cell(Fault.LOST, Phase.BASKET) == "1 failed"
    assert cell(Fault.DISK_FULL, Phase.PROOF) == "n/a"
    assert cell(Fault.STOP, Phase.LOGIN) == "-"
    assert cell(Fault.LOST, Phase.LOGIN) == "·"


def test_a_cell_is_filled_by_a_fault_that_struck_only() -> None:
    empty = {(each.fault, each.phase) for each in empty_cells(VERDICTS)}
    assert len(empty) == len(CELLS) - 2
    assert {(Fault.LOST, Phase.BASKET), (Fault.DISK_FULL, Phase.PROOF)} <= empty


def test_a_seed_that_failed_is_told_with_its_reasons_and_its_replay() -> None:
    lines = [line(each) for each in VERDICTS]
    assert ["clean" in text for text in lines] == [True, True, False, False, False]
    assert "FAILED" in lines[2]
    assert "sold 2 times" in lines[2]
    assert "DID NOT STRIKE" in lines[3]
    assert "nobody came" in lines[3]
    assert replay(VERDICTS[2]) == f"./run.sh chaos --seed {VERDICTS[2].scenario.seed} --runs 1"
    assert [each.clean for each in VERDICTS] == [True, True, False, False, True]


def test_the_figures_tell_how_many_seeds_have_watched() -> None:
    watching = next(scenario for seed in range(PERIOD) if (scenario := scenario_of(seed)).contested is not None)
    plain = next(scenario for seed in range(PERIOD) if (scenario := scenario_of(seed)).contested is None)
    told = summary([SeedVerdict(watching), SeedVerdict(plain), SeedVerdict(plain)], 60.0)
    assert "3 seeds (3 clean), 1 of them with a watch" in told


def test_page_and_figures_hold_everything(tmp_path: Path) -> None:
    write_page(tmp_path / "chaos.md", VERDICTS, 90.0, "./run.sh chaos --runs 5")
    page = (tmp_path / "chaos.md").read_text(encoding="utf-8")
    for text in ("./run.sh chaos --runs 5", summary(VERDICTS, 90.0), "sold 2 times", "| 1 failed |", "· |"):
        assert text in page
    write_json(tmp_path / "chaos.json", VERDICTS, 90.0, {"command": "./run.sh chaos"})
    told = json.loads((tmp_path / "chaos.json").read_text(encoding="utf-8"))
    assert [seed["fate"] for seed in told["seeds"]] == [
        "clean",
        "clean",
        "FAILED",
        "DID NOT STRIKE",
        "not possible here",
    ]
    assert told["seeds"][0]["scenario"]["cell"] == {"fault": Fault.STOP, "phase": Phase.CARD}
