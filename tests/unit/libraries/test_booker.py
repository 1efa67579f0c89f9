"""The keywords over the domain: one account led through its night without a browser."""

from __future__ import annotations

import runpy
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from robot.api import SkipExecution
from robot.libraries.BuiltIn import BuiltIn

from Booker import Booker
from booking.errors import BookingError
from booking.holding import Act, Move
from booking.ledger import LEDGER, Ledger, Mark, SlotState
from booking.model import Account, Payment, Plan, Slot, Want
from booking.night import StopError
from booking.outcomes import Outcome
from booking.pages import Basket, BookingRow
from booking.plan import write_plan

SITE = runpy.run_path(str(Path(__file__).parents[3] / "variables" / "camden_active.py"))
DAY = date(2026, 12, 28)
EIGHT, NINE = Slot(1, DAY, 8), Slot(1, DAY, 9)
COURT = "Practice Fields Tennis Court 1"
URL = "https://site.example.test"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of a run whose plan asks for one want of Mother, and nothing of her mother-in-law."""
    people = tuple(
        Account(name, "m@example.test", 1, f"{URL}/courses/detail/171/practice-fields-tennis-court-1/")
        for name in ("Mother", "Mother-in-law")
    )
    plan = Plan(
        run="first",
        site="practice",
        site_url=URL,
        slot_day=DAY,
        zone="Europe/London",
        opening=None,
        wait=False,
        payment=Payment.PAY,
        max_spend_pence=10_000,
        max_spend_per_account_pence=10_000,
        accounts=people,
        wants=(Want("mother", (EIGHT, NINE), "Booking Schedule, row 2"),),
    )
    run = tmp_path / "first"
    run.mkdir()
    write_plan(plan, run)
    return run


@pytest.fixture
def take_up(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Booker]]:
    def value(_self: BuiltIn, name: str, default: object = None) -> object:
        return SITE.get(name.strip("${}"), default)

    monkeypatch.setattr(BuiltIn, "get_variable_value", value)
    monkeypatch.setattr(time, "sleep", lambda _seconds: None)
    taken: list[Booker] = []

    def go(name: str) -> Booker:
        booker = Booker()
        booker.take_up_account(name, folder)
        taken.append(booker)
        return booker

    yield go
    for booker in taken:
        booker.night.ledger.close()


def calendar(**states: str) -> str:
    taken = '<li class="facility-closed"><span class="facility-hour">{} </span></li>'
    free = '<li><a class="facility-book"><span class="facility-hour">{} </span></a></li>'
    items = "".join(
        (free if state == "free" else taken).format(f"{int(hour[1:]):02d}:00") for hour, state in states.items()
    )
    return f'<div class="timetable-day"><h4 class="timetable-title">Mon 28/12</h4><ul>{items}</ul></div>'


def basket_page(*hours: int) -> str:
    return "".join(
        f'<div class="basket-row"><div class="basket-column">{COURT}</div>'
        f'<div class="basket-column">28/12/2026 {hour}:00</div></div>'
        for hour in hours
    )


def seen(path: str, html: str = "") -> dict[str, Any]:
    return {
        "status": 200, "url": URL + path, "html": html, "mitigated": "", "error": "",
        "sent": 1000.0, "answered": 2000.0,
    }  # fmt: skip


def row(hour: int) -> BookingRow:
    return BookingRow(COURT, DAY, hour, pence=1390)


def outcomes(folder: Path) -> list[tuple[Outcome, Slot]]:
    with Ledger(folder.parent / LEDGER, "practice") as ledger:
        return [(record.outcome, record.slot) for record in ledger.outcomes("first")]


def test_names_of_suites_lead_to_their_accounts(take_up: Callable[[str], Booker]) -> None:
    assert take_up("Mother").get_account().name == "Mother"
    assert take_up("Mother In Law").get_account().name == "Mother-in-law"


def test_an_account_of_which_nothing_is_asked_is_skipped(take_up: Callable[[str], Booker]) -> None:
    take_up("Mother").skip_unless_something_is_wanted()
    with pytest.raises(SkipExecution, match="nothing is wanted"):
        take_up("Mother In Law").skip_unless_something_is_wanted()


def test_a_night_that_goes_well(take_up: Callable[[str], Booker], folder: Path) -> None:
    booker = take_up("Mother")
    booker.account_is_logged_in("m@example.test")
    booker.take_stock([], booker.read_basket(""))
    assert booker.something_is_still_wanted()
    assert booker.weeks_to_the_slot_day(calendar(h8="free")) == 0
    booker.prepare_to_hold("192", calendar(h8="free", h9="free"))
    assert booker.night.ledger.state("mother", EIGHT) is SlotState.INTENT
    move = booker.first_move()
    assert (move.act, move.aim.slot) == (Act.REACH, EIGHT)
    (address,) = booker.addresses_of(move)
    assert address.endswith("fdCourseEventId=192&fdDate=28/12/2026&fdTime=8")
    move = booker.move_after_reaching(move, [seen("/basket/", basket_page(8))])
    assert move.act is Act.DONE
    assert booker.night.ledger.state("mother", EIGHT) is SlotState.HELD
    booker.held_slots_should_be_noted()
    basket = Basket((row(8),), 1390, 0)
    assert booker.check_basket_against_plan(basket) == 1390
    assert booker.may_pay()
    booker.payment_begins(by_card=True)
    booker.settle_payment([row(8)], confirmed=True)
    booker.close_the_books()
    assert outcomes(folder) == [(Outcome.BOOKED, EIGHT)]


def test_a_clock_that_was_set_is_told(take_up: Callable[[str], Booker], folder: Path) -> None:
    booker = take_up("Mother")
    booker.waiting.set_by = -12.0
    assert booker.sample_is_due()
    booker.take_in_sample({"sent": 0, "answered": 20, "date": "no time at all"})
    assert not booker.sample_is_due()
    with Ledger(folder.parent / LEDGER, "practice") as ledger:
        assert ledger.mark_details("first", Mark.NOTICE) == {
            "mother": "this machine's clock was set by -12.0 s during the wait, or it slept"
        }


def test_what_the_calendar_shows_as_booked_before_the_opening_is_left_alone(take_up: Callable[[str], Booker]) -> None:
    booker = take_up("Mother")
    booker.take_stock([], Basket((), None, 0))
    booker.prepare_to_hold("192", calendar(h8="taken", h9="free"))
    assert booker.first_move().aim.slot == NINE


def test_the_way_to_the_second_preference(take_up: Callable[[str], Booker], folder: Path) -> None:
    booker = take_up("Mother")
    booker.prepare_to_hold("192", calendar(h8="free", h9="free"))
    court = seen("/courses/detail/171/practice-fields-tennis-court-1/")
    move = booker.move_after_reaching(booker.first_move(), [court])
    move = booker.move_after_reaching(move, [court])
    assert move.act is Act.LOOK
    move = booker.move_after_looking(move, calendar(h8="taken", h9="free"))
    assert (move.act, move.aim.slot) == (Act.REACH, NINE)
    assert booker.night.ledger.state("mother", NINE) is SlotState.INTENT
    booker.move_after_reaching(move, [seen("/basket/", basket_page(9))])
    booker.close_the_books()
    assert outcomes(folder) == [(Outcome.SITE_ERROR, NINE)]  # held, and nothing came after


def test_after_silence_the_basket_decides(take_up: Callable[[str], Booker]) -> None:
    booker = take_up("Mother")
    booker.prepare_to_hold("192", calendar(h8="free"))
    silent = {**seen("/"), "status": 0, "error": "timed out"}
    move: Move = booker.move_after_reaching(booker.first_move(), [silent])
    assert move.act is Act.CHECK
    assert booker.move_after_checking(move, booker.read_basket(basket_page(8))).act is Act.DONE
    assert booker.night.held == (EIGHT,)


def test_missed_slots_fail_the_task_with_their_reasons(take_up: Callable[[str], Booker], folder: Path) -> None:
    booker = take_up("Mother")
    booker.prepare_to_hold("192", calendar(h8="taken", h9="taken"))
    assert booker.first_move().act is Act.DONE
    with pytest.raises(AssertionError, match="taken by somebody else"):
        booker.held_slots_should_be_noted()
    with pytest.raises(SkipExecution):
        booker.skip_unless_slots_are_held()
    booker.close_the_books()
    assert outcomes(folder) == [(Outcome.TAKEN, EIGHT)]


def test_a_failed_task_is_the_reason_for_what_it_leaves_open(take_up: Callable[[str], Booker], folder: Path) -> None:
    booker = take_up("Mother")
    booker.end_test(cast("Any", None), cast("Any", SimpleNamespace(failed=True, message="the page broke")))
    with pytest.raises(SkipExecution, match="the page broke"):
        booker.skip_unless_logged_in()
    booker.close_the_books()
    assert outcomes(folder) == [(Outcome.SITE_ERROR, EIGHT)]


def test_a_challenge_stops(take_up: Callable[[str], Booker], folder: Path) -> None:
    booker = take_up("Mother")
    booker.page_should_be_no_challenge("<title>Basket</title>")
    with pytest.raises(StopError):
        booker.page_should_be_no_challenge("<title>Just a moment...</title>")
    booker.close_the_books()
    assert outcomes(folder) == [(Outcome.NEEDS_PERSON, EIGHT)]


def test_card_is_typed_at_expected_hosts_only(take_up: Callable[[str], Booker]) -> None:
    booker = take_up("Mother")
    booker.card_may_be_typed_at("https://pay.example.test/card", ["pay.example.test"])
    with pytest.raises(StopError, match="PAYMENT_HOSTS"):
        booker.card_may_be_typed_at("https://evil.test/card", ["pay.example.test"])


@pytest.mark.parametrize(
    ("total", "credit", "sure"), [(1390, 0, True), (1390, 1389, True), (1390, 1390, False), (1390, None, False),
                                  (None, 0, False)]
)  # fmt: skip
def test_a_rehearsal_sends_a_basket_only_where_a_card_will_be_asked_for(
    take_up: Callable[[str], Booker], total: int | None, credit: int | None, sure: bool
) -> None:
    assert take_up("Mother").site_will_ask_for_a_card(Basket((row(8),), total, credit)) is sure


def test_nothing_works_before_an_account_is_taken_up() -> None:
    booker = Booker()
    with pytest.raises(BookingError, match="taken up"):
        booker.get_account()
    booker.close_the_books()


def test_a_selector_that_the_site_lacks_is_named(
    take_up: Callable[[str], Booker], monkeypatch: pytest.MonkeyPatch
) -> None:
    booker = take_up("Mother")
    monkeypatch.delitem(SITE, "BOOKING_ROW")
    with pytest.raises(BookingError, match="BOOKING_ROW"):
        booker.read_bookings("<p>")
