"""The grid: what a seed stands for, and how soon consecutive seeds have met everything."""

from __future__ import annotations

from typing import Any

import pytest

from practice.conduct import Conduct
from tests.chaos.grid import BLOCK, CANNOT_BE, CELLS, PERIOD, TAKE_TURNS, Fault, Phase, cell_of, cells_of
from tests.chaos.scenario import HOURS, LedgerMoment, Point, Route, scenario_of


def test_every_combination_can_be_filled_or_has_a_reason() -> None:
    assert set(CANNOT_BE) == set(Fault)
    reasons = {(fault, phase): reason for fault in Fault for phase, reason in CANNOT_BE[fault].items()}
    assert all(reasons.values())
    assert len(set(CELLS)) == len(CELLS) == len(Fault) * len(Phase) - len(reasons)


@pytest.mark.parametrize("first", [0, 1, 137, 4711, -30])
def test_a_period_of_seeds_fills_every_cell_wherever_it_begins(first: int) -> None:
    assert {cell_of(first + each) for each in range(PERIOD)} == set(CELLS)


def test_a_block_of_seeds_meets_every_fault_or_one_that_takes_turns_with_it() -> None:
    taking_turns = {fault for faults in TAKE_TURNS for fault in faults}
    for first in range(PERIOD):
        block = [cell_of(first + each) for each in range(BLOCK)]
        met = {cell.fault for cell in block}
        assert set(Fault) - taking_turns <= met
        assert all(met & set(faults) for faults in TAKE_TURNS)
        assert len({cell.phase for cell in block}) >= len(Phase) - 2


def test_the_first_half_of_a_block_meets_as_many_faults_as_the_whole() -> None:
    for first in range(0, PERIOD, BLOCK):
        met = {cell_of(first + each).fault for each in range(BLOCK // 2)}
        assert {fault for fault in Fault if len(cells_of(fault)) > PERIOD // BLOCK} <= met | set(TAKE_TURNS[0])
        assert all(met & set(faults) for faults in TAKE_TURNS)


def test_a_seed_stands_for_the_same_every_time() -> None:
    for seed in range(PERIOD):
        assert scenario_of(seed) == scenario_of(seed)
    assert len({repr(scenario_of(seed)) for seed in range(0, 20 * PERIOD, PERIOD)}) == 20, "other details, same cell"


def test_a_seed_has_one_fault_that_can_strike_and_wishes_that_can_be_met() -> None:
    for seed in range(3 * PERIOD):
        scenario = scenario_of(seed)
        fault, phase = scenario.cell.fault, scenario.cell.phase
        by_itself = scenario.rules or scenario.trouble or scenario.sheet_access
        by_venue = (fault, phase) == (Fault.RIVAL, Phase.HOLDING)
        assert (scenario.moment is not None) + bool(by_itself) + by_venue == 1, seed
        assert scenario.rules or (scenario.sign is not None) == bool(scenario.trouble), seed
        assert scenario.struck in scenario.accounts, seed
        for account in scenario.accounts:
            hours = [hour for wish in scenario.wishes_of(account) for hour in wish.hours]
            assert hours, seed
            assert len(set(hours)) == len(hours), seed
            assert set(hours) <= set(HOURS), seed
        if phase in {Phase.CARD, Phase.HOLDER, Phase.LAST_CLICK}:
            assert scenario.routes[scenario.struck] is not Route.CREDIT, seed


def test_what_bank_portal_and_venue_are_told_is_what_they_can_do() -> None:
    for seed in range(3 * PERIOD):
        scenario = scenario_of(seed)
        for account, route in scenario.routes.items():
            usual = Conduct().changed(scenario.conducts[account])
            assert usual.surcharge_stated, seed
            assert usual.learns in {"return", "later"}, seed
            assert usual.card == route.verdict, seed
            assert not usual.test_banner, seed
            if account == scenario.struck:
                usual.changed(scenario.trouble)
                assert not scenario.trouble or route is not Route.CREDIT or scenario.cell.fault is Fault.LISTED_LATE
        assert scenario.lasting or not scenario.trouble.get("listed_late_seconds"), seed
        assert scenario.quiet_after <= 45, seed


def test_the_trouble_of_each_fault_is_its_own() -> None:
    troubles: dict[Fault, list[dict[str, Any]]] = {}
    for seed in range(20 * PERIOD):
        scenario = scenario_of(seed)
        troubles.setdefault(scenario.cell.fault, []).append(scenario.trouble)
    cards = {fault: {each.get("card") for each in troubles[fault]} for fault in Fault}
    assert cards[Fault.DECLINE] == {"decline"}
    assert cards[Fault.DECLINE_PAGE] == {"decline_page"}
    assert cards[Fault.ERROR_TAKEN] == {"error_taken"}
    assert cards[Fault.ERROR_UNTAKEN] == {"error_untaken"}
    assert cards[Fault.UNANSWERED] == {"3ds", "bank_page"}
    assert cards[Fault.LATE] == {"late"}
    assert cards[Fault.LOST] >= {"approve_lost"}
    assert {each["learns"] for each in troubles[Fault.LEARNS_LATE]} == {"later"}
    assert {each["learns"] for each in troubles[Fault.LEARNS_NEVER]} == {"never"}
    assert all(each["listed_late_seconds"] for each in troubles[Fault.LISTED_LATE])
    assert all("surcharge_stated" not in each for each in troubles[Fault.FEE])
    assert all(each.get("card_amount_pence") or each["surcharge_stated"] is False for each in troubles[Fault.AMOUNT])


def test_every_way_to_pay_is_met_in_a_period() -> None:
    scenarios = [scenario_of(seed) for seed in range(PERIOD)]
    assert {scenario.routes[scenario.struck] for scenario in scenarios} == set(Route)
    conducts = [scenario.conducts[scenario.struck] for scenario in scenarios]
    for name, values in {
        "billing": {"new", "old", "none"},
        "offer_save": {"none", "before", "after"},
        "card_fields": {"text", "select"},
        "learns": {"return", "later"},
        **{name: {True, False} for name in ("prefilled", "last_page", "no_back")},
    }.items():
        assert {conduct[name] for conduct in conducts if conduct} == values, name
    assert any(conduct.get("surcharge_pence") for conduct in conducts)


def test_about_a_quarter_of_the_seeds_watches_for_one_of_two_wishes() -> None:
    scenarios = [scenario_of(seed) for seed in range(5 * PERIOD)]
    watching = [scenario for scenario in scenarios if scenario.contested is not None]
    assert 0.15 < len(watching) / len(scenarios) < 0.35
    for scenario in watching:
        wishes = scenario.wishes_of(scenario.struck)
        assert [len(wish.hours) for wish in wishes] == [1, 1], scenario.seed
        assert scenario.contested in {wish.hours[0] for wish in wishes}, scenario.seed
        assert scenario.returned_after > 0, scenario.seed
        assert scenario.cell.fault is not Fault.RIVAL, scenario.seed
    faults = {scenario.cell.fault for scenario in watching}
    assert {Fault.UNANSWERED, Fault.LATE, Fault.ERROR_TAKEN, Fault.LEARNS_LATE, Fault.LOST, Fault.KILL_RUN} <= faults


def test_between_the_money_and_the_return_every_page_of_the_way_is_struck() -> None:
    points = {
        (str(rule["app"]), str(rule["method"]), str(rule["path"]))
        for seed in range(20 * PERIOD)
        if (scenario := scenario_of(seed)).cell.phase is Phase.RETURN
        for rule in scenario.rules
        if "method" in rule
    }
    assert points >= {
        ("site", "GET", "^/basket/return/"),
        ("site", "GET", "^/basket/confirmation/"),
        ("portal", "GET", "/save-card$"),
        ("portal", "POST", "/save-card$"),
        ("portal", "GET", "/result$"),
        ("portal", "GET", "/3ds$"),
        ("portal", "GET", "^/bank/[^/]+$"),
    }


def test_who_shares_a_declined_card_is_no_bystander() -> None:
    for seed in range(40 * PERIOD):
        scenario = scenario_of(seed)
        assert scenario.struck not in scenario.bystanders
        if scenario.cell.fault in {Fault.DECLINE, Fault.DECLINE_PAGE}:
            assert all(scenario.routes[each] is Route.CREDIT for each in scenario.bystanders), seed


def test_a_moment_lies_in_its_phase() -> None:
    for seed in range(3 * PERIOD):
        scenario = scenario_of(seed)
        moment = scenario.moment
        if isinstance(moment, LedgerMoment):
            assert scenario.cell.phase is {"ready": Phase.WAITING, "left": Phase.REPORT}[moment.what], seed
        elif isinstance(moment, Point):
            assert scenario.served in {"before", "after", "never"}, seed
            assert (moment.app == "sheet") == (scenario.cell.phase in {Phase.START, Phase.REPORT}), seed
