"""The grid: what a seed stands for, and how soon consecutive seeds have met everything."""

from __future__ import annotations

import pytest

from tests.chaos.grid import BLOCK, CANNOT_BE, CELLS, PERIOD, Fault, Phase, cell_of
from tests.chaos.scenario import HOURS, Mark, Point, Route, scenario_of


def test_every_combination_can_be_filled_or_has_a_reason() -> None:
    assert set(CANNOT_BE) == set(Fault)
    reasons = {(fault, phase): reason for fault in Fault for phase, reason in CANNOT_BE[fault].items()}
    assert all(reasons.values())
    assert len(set(CELLS)) == len(CELLS) == len(Fault) * len(Phase) - len(reasons)


@pytest.mark.parametrize("first", [0, 1, 137, 4711, -30])
def test_a_period_of_seeds_fills_every_cell_wherever_it_begins(first: int) -> None:
    assert {cell_of(first + each) for each in range(PERIOD)} == set(CELLS)


def test_a_block_of_seeds_meets_every_fault_and_nearly_every_phase_wherever_it_begins() -> None:
    for first in range(PERIOD):
        block = [cell_of(first + each) for each in range(BLOCK)]
        assert {cell.fault for cell in block} == set(Fault)
        assert len({cell.phase for cell in block}) >= len(Phase) - 2
        assert len(set(block)) >= BLOCK - 1


def test_a_seed_stands_for_the_same_every_time() -> None:
    for seed in range(PERIOD):
        assert scenario_of(seed) == scenario_of(seed)
    assert len({repr(scenario_of(seed)) for seed in range(0, 20 * PERIOD, PERIOD)}) == 20, "other details, same cell"


def test_a_seed_has_one_fault_that_can_strike_and_wishes_that_can_be_met() -> None:
    for seed in range(3 * PERIOD):
        scenario = scenario_of(seed)
        fault, phase = scenario.cell.fault, scenario.cell.phase
        by_itself = scenario.rules or scenario.card or scenario.sheet_access
        by_venue = (fault, phase) == (Fault.RIVAL, Phase.HOLDING)
        assert (scenario.moment is not None) + bool(by_itself) + by_venue == 1, seed
        assert scenario.struck in scenario.accounts, seed
        for account in scenario.accounts:
            hours = [hour for wish in scenario.wishes_of(account) for hour in wish.hours]
            assert hours, seed
            assert len(set(hours)) == len(hours), seed
            assert set(hours) <= set(HOURS), seed
        if phase in {Phase.CARD, Phase.HOLDER, Phase.LAST_CLICK}:
            assert scenario.routes[scenario.struck] is not Route.CREDIT, seed


def test_a_moment_lies_in_its_phase() -> None:
    for seed in range(3 * PERIOD):
        scenario = scenario_of(seed)
        moment = scenario.moment
        if isinstance(moment, Mark):
            assert scenario.cell.phase is {"ready": Phase.WAITING, "left": Phase.REPORT}[moment.what], seed
        elif isinstance(moment, Point):
            assert scenario.served in {"before", "after", "never"}, seed
            assert (moment.app == "sheet") == (scenario.cell.phase in {Phase.START, Phase.REPORT}), seed
