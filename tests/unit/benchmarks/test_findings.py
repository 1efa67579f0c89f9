from __future__ import annotations

import xml.etree.ElementTree as ET
from collections import Counter

import pytest

from benchmarks.bars import judge
from benchmarks.contenders import FLOOR, PLAYWRIGHT, SCRIPT, SUITE
from benchmarks.picture import draw
from benchmarks.records import Findings, RunFigures, SlotFigures, first_holds, last_holds
from benchmarks.rounds import LATENESS, rotating
from benchmarks.tables import tables, to_markdown


def slot(
    contender: str, held: float | None, *, place: int = 0, run: int = 0, accounts: int = 1, rival: float | None = None
) -> SlotFigures:
    return SlotFigures(contender, "0 ms", accounts, run, "Mother", place, held, held, rival)


def whole(contender: str, accounts: int, wall: float, peak: float) -> RunFigures:
    return RunFigures(contender, "0 ms", accounts, 0, wall, 1.0, peak, [1000.0])


def test_all_slots_are_held_when_the_last_one_is() -> None:
    records = [slot(SUITE, 10), slot(SUITE, 30, place=1), slot(SUITE, 12, run=1), slot(SUITE, 50, place=1, run=1)]
    assert first_holds(records) == [10, 12]
    assert last_holds(records) == [30, 50]


def test_an_opening_with_a_lost_slot_has_no_time_for_all() -> None:
    records = [slot(SUITE, 10), slot(SUITE, None, place=1)]
    assert first_holds(records) == [10]
    assert last_holds(records) == []


@pytest.mark.parametrize(("held", "passed"), [(15.0, True), (15.1, False)])
def test_the_bar_is_the_fastest_route_of_playwright(held: float, passed: bool) -> None:
    others = [slot(name, value) for name, value in zip(PLAYWRIGHT, (500.0, 40.0, 10.0), strict=True)]
    bars = judge(Findings(slots=[slot(SUITE, held), *others]))
    assert [bar.passed for bar in bars if "first slot" in bar.what] == [passed]


@pytest.mark.parametrize(("held", "passed"), [(31.0, True), (32.0, False)])
def test_the_bar_is_thirty_milliseconds_above_the_floor(held: float, passed: bool) -> None:
    bars = judge(Findings(slots=[slot(SUITE, held), slot(FLOOR, 1.5)]))
    assert [bar.passed for bar in bars if "first slot" in bar.what] == [passed]


def test_whole_runs_are_judged_by_the_script_and_memory_by_its_growth() -> None:
    runs = [whole(SUITE, accounts, 20, 100 + 300 * accounts) for accounts in (1, 3, 6, 12)]
    runs.append(whole(SCRIPT, 3, 9, 500))
    bars = {bar.what.split(":")[0]: bar for bar in judge(Findings(runs=runs))}
    assert not bars["whole run, 3 accounts, 0 ms"].passed
    assert bars["whole run, 3 accounts, 0 ms"].limit == 18
    assert bars["memory grows linearly with accounts"].passed


def test_without_measurements_there_is_no_verdict() -> None:
    assert judge(Findings()) == []
    assert tables(Findings(), []) == []


def test_every_lateness_meets_every_place_alike() -> None:
    dealt = Counter((number % 2, rotating(run, 6)(number)) for run in range(5) for number in range(6))
    assert dealt == {(place, lateness): 3 for place in (0, 1) for lateness in LATENESS}


def test_the_share_of_slots_won_stands_in_the_table() -> None:
    contested = [slot(SUITE, 10, rival=0.1), slot(SUITE, None, rival=0.1, place=1), slot(SUITE, 10, rival=2.0)]
    (table,) = tables(Findings(contested=contested), [])
    assert table.rows == [[SUITE, "50 % (1 of 2)", "-", "-", "-", "100 % (1 of 1)"]]
    assert "| this suite | 50 % (1 of 2) |" in to_markdown(table)


def test_the_picture_is_well_formed_and_names_every_contender() -> None:
    records = [slot(SUITE, 20), slot(FLOOR, 1.2), slot(SUITE, 25, accounts=3), slot(PLAYWRIGHT[0], 500, accounts=3)]
    picture = ET.fromstring(draw(records, "0 ms"))  # noqa: S314 - written a moment ago by ourselves
    shown = [text.text for text in picture.iter("{http://www.w3.org/2000/svg}text")]
    assert shown.count(SUITE) == 2
    assert FLOOR in shown
    assert "20 ms" in shown
