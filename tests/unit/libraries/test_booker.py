"""The keywords over the domain: one account led through its night without a browser."""

from __future__ import annotations

import runpy
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from robot.api import SkipExecution
from robot.libraries.BuiltIn import BuiltIn

from Booker import Booker
from booking.account.account_state import StopError
from booking.account.hold_strategy import Step, StepKind
from booking.errors import BookingError
from booking.ledger.database import LEDGER
from booking.ledger.ledger import Ledger
from booking.ledger.states import Event, Proof, SlotState
from booking.model import Account, Payment, Plan, Slot, Wish
from booking.outcomes import Outcome
from booking.plan import write_plan
from booking.settings.redaction import Redaction
from booking.site.checkout import CheckoutKind, CheckoutPage
from booking.site.pages import Basket, BookingRow
from Credentials import Credentials

SITE = runpy.run_path(str(Path(__file__).parents[3] / "variables" / "camden_active.py"))
DAY = date(2026, 12, 28)
EIGHT, NINE = Slot(1, DAY, 8), Slot(1, DAY, 9)
COURT = "Practice Fields Tennis Court 1"
URL = "https://site.example.test"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of a run whose plan asks for one wish of Mother, and nothing of her mother-in-law."""
    return planned(tmp_path, "first", Wish("mother", (EIGHT, NINE), "Booking Schedule, row 2"))


def planned(results: Path, name: str, *wishes: Wish, **other: object) -> Path:
    """Return the folder of a run with a plan of these wishes."""
    people = tuple(
        Account(name, "m@example.test", 1, f"{URL}/courses/detail/171/practice-fields-tennis-court-1/")
        for name in ("Mother", "Mother-in-law")
    )
    plan = Plan(
        run=name,
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
        wishes=wishes,
        payment_hosts=("pay.example.test",),
    )
    run = results / name
    run.mkdir()
    write_plan(replace(plan, **cast("Any", other)), run)
    return run


@pytest.fixture
def take_up(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Booker]]:
    secrets = Credentials()
    secrets._settings = cast("Any", SimpleNamespace())
    secrets._redaction = Redaction(["4111111111111111"])
    monkeypatch.setattr(BuiltIn, "get_variables", lambda _self, no_decoration: SITE if no_decoration else {})
    monkeypatch.setattr(BuiltIn, "get_library_instance", lambda _self, name: {"Credentials": secrets}[name])
    monkeypatch.setattr(time, "sleep", lambda _seconds: None)
    taken: list[Booker] = []

    def go(name: str, run: Path = folder) -> Booker:
        booker = Booker()
        booker.load_account(name, run)
        taken.append(booker)
        return booker

    yield go
    for booker in taken:
        booker.worker.account_run.ledger.close()


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


def page(kind: CheckoutKind, **other: object) -> CheckoutPage:
    """Return a page of the checkout."""
    usual = CheckoutPage(
        kind=kind,
        host="pay.example.test",
        amount_pence=None,
        fee_pence=None,
        message="",
        declined=False,
        unfilled=(),
        fingerprint="one",
    )
    return replace(usual, **cast("Any", other))


def holds(booker: Booker, *hours: int) -> None:
    """Hold these hours, each as the first one wanted."""
    booker.prepare_to_hold("192", calendar(**{f"h{hour}": "free" for hour in hours}))
    step = booker.get_first_step()
    while step.kind is StepKind.REQUEST:
        got = [request.slot.hour for request in step.requests]
        html = basket_page(*hours)
        assert set(got) <= set(hours)
        step = booker.record_responses(step, [seen("/basket/", html) for _ in step.requests])
    booker.end_holding()
    booker.wanted_slots_should_be_held()


def clicks(booker: Booker, *hours: int) -> None:
    """Pay by card for these hours, up to the click."""
    booker.skip_unless_slots_are_held()
    booker.check_basket_against_plan(Basket(tuple(map(row, hours)), 1390 * len(hours), 0))
    booker.record_payment_intent(by_card=False)
    booker.record_payment_not_sent(Proof.CARD_ASKED_FOR)
    booker.amount_should_be_as_expected(page(CheckoutKind.CONFIRMATION, amount_pence=1390 * len(hours)))
    booker.record_payment_intent(by_card=True)


def sends_card(booker: Booker, *, known_portal: bool) -> CheckoutPage:
    """Pay for what is held, up to the click that sends the card page, and return that page."""
    booker.skip_unless_slots_are_held()
    booker.check_basket_against_plan(Basket((row(8),), 1390, 0))
    booker.record_payment_intent(by_card=False)
    booker.record_payment_not_sent(Proof.CARD_ASKED_FOR)
    card = page(CheckoutKind.CARD, known_portal=known_portal)
    booker.record_form_as_payment(card)
    return card


def calls(booker: Booker) -> list[str]:
    return [
        text for _, _, text in booker.worker.account_run.ledger.events(booker.worker.account_run.plan.run, Event.CALL)
    ]


def state(booker: Booker, slot: Slot = EIGHT) -> SlotState | None:
    return booker.worker.account_run.ledger.state("mother", slot)


def outcomes(folder: Path) -> list[tuple[Outcome, Slot]]:
    with Ledger(folder.parent / LEDGER, "practice") as ledger:
        return [(record.outcome, record.slot) for record in ledger.outcomes("first")]


def test_names_of_suites_lead_to_their_accounts(take_up: Callable[[str], Booker]) -> None:
    assert take_up("Mother").get_account().name == "Mother"
    assert take_up("Mother In Law").get_account().name == "Mother-in-law"


def test_an_account_of_which_nothing_is_asked_is_skipped(take_up: Callable[[str], Booker]) -> None:
    take_up("Mother").skip_unless_slots_are_wanted()
    with pytest.raises(SkipExecution, match="nothing is wanted"):
        take_up("Mother In Law").skip_unless_slots_are_wanted()


def test_a_night_that_goes_well(take_up: Callable[[str], Booker], folder: Path) -> None:
    booker = take_up("Mother")
    booker.record_login("m@example.test")
    booker.compare_with_plan([], booker.read_basket(""))
    assert booker.get_wanted_slots()
    assert booker.get_weeks_to_slot_day(calendar(h8="free")) == 0
    booker.prepare_to_hold("192", calendar(h8="free", h9="free"))
    assert booker.worker.account_run.ledger.state("mother", EIGHT) is SlotState.INTENT
    step = booker.get_first_step()
    assert (step.kind, step.request.slot) == (StepKind.REQUEST, EIGHT)
    (address,) = booker.get_addresses(step)
    assert address.endswith("fdCourseEventId=192&fdDate=28/12/2026&fdTime=8")
    step = booker.record_responses(step, [seen("/basket/", basket_page(8))])
    assert step.kind is StepKind.DONE
    assert booker.worker.account_run.ledger.state("mother", EIGHT) is SlotState.HELD
    booker.end_holding()
    booker.wanted_slots_should_be_held()
    basket = Basket((row(8),), 1390, 0)
    assert booker.check_basket_against_plan(basket) == 1390
    assert booker.get_payment_mode()
    booker.record_payment_intent(by_card=True)
    booker.record_payment_result([row(8)], confirmed=True)
    booker.record_open_outcomes()
    assert outcomes(folder) == [(Outcome.BOOKED, EIGHT)]


def test_a_clock_that_was_set_is_told(take_up: Callable[[str], Booker], folder: Path) -> None:
    booker = take_up("Mother")
    booker.worker.waiting.set_by = -12.0
    assert booker.wait_for_next_clock_sample()
    booker.record_clock_sample({"sent": 0, "answered": 20, "date": "no time at all"})
    assert not booker.wait_for_next_clock_sample()
    with Ledger(folder.parent / LEDGER, "practice") as ledger:
        assert ledger.latest_texts("first", Event.NOTICE) == {
            "mother": "this machine's clock was set by -12.0 s during the wait, or it slept"
        }


def test_what_the_calendar_shows_as_booked_before_the_opening_is_left_alone(take_up: Callable[[str], Booker]) -> None:
    booker = take_up("Mother")
    booker.compare_with_plan([], Basket((), None, 0))
    booker.prepare_to_hold("192", calendar(h8="taken", h9="free"))
    assert booker.get_first_step().request.slot == NINE


def test_the_way_to_the_second_preference(take_up: Callable[[str], Booker], folder: Path) -> None:
    booker = take_up("Mother")
    booker.prepare_to_hold("192", calendar(h8="free", h9="free"))
    court = seen("/courses/detail/171/practice-fields-tennis-court-1/")
    step = booker.record_responses(booker.get_first_step(), [court])
    step = booker.record_responses(step, [court])
    assert step.kind is StepKind.LOOK
    step = booker.record_slot_day(step, calendar(h8="taken", h9="free"))
    assert (step.kind, step.request.slot) == (StepKind.REQUEST, NINE)
    assert booker.worker.account_run.ledger.state("mother", NINE) is SlotState.INTENT
    booker.record_responses(step, [seen("/basket/", basket_page(9))])
    booker.record_open_outcomes()
    assert outcomes(folder) == [(Outcome.SITE_ERROR, NINE)]  # held, and nothing came after


def test_after_silence_the_basket_decides(take_up: Callable[[str], Booker]) -> None:
    booker = take_up("Mother")
    booker.prepare_to_hold("192", calendar(h8="free"))
    silent = {**seen("/"), "status": 0, "error": "timed out"}
    step: Step = booker.record_responses(booker.get_first_step(), [silent])
    assert step.kind is StepKind.CHECK
    assert booker.record_basket(step, booker.read_basket(basket_page(8))).kind is StepKind.DONE
    assert booker.worker.account_run.held == (EIGHT,)


def test_missed_slots_fail_the_task_with_their_reasons(take_up: Callable[[str], Booker], folder: Path) -> None:
    booker = take_up("Mother")
    booker.prepare_to_hold("192", calendar(h8="taken", h9="taken"))
    assert booker.get_first_step().kind is StepKind.DONE
    booker.end_holding()
    with pytest.raises(AssertionError, match="taken by somebody else"):
        booker.wanted_slots_should_be_held()
    with pytest.raises(SkipExecution):
        booker.skip_unless_slots_are_held()
    booker.record_open_outcomes()
    assert outcomes(folder) == [(Outcome.TAKEN, EIGHT)]


def test_a_failed_task_is_the_reason_for_what_it_leaves_open(take_up: Callable[[str], Booker], folder: Path) -> None:
    booker = take_up("Mother")
    booker.end_test(cast("Any", None), cast("Any", SimpleNamespace(failed=True, message="the page broke")))
    with pytest.raises(SkipExecution, match="the page broke"):
        booker.skip_unless_logged_in()
    booker.record_open_outcomes()
    assert outcomes(folder) == [(Outcome.SITE_ERROR, EIGHT)]


def test_a_challenge_stops(take_up: Callable[[str], Booker], folder: Path) -> None:
    booker = take_up("Mother")
    booker.page_should_not_be_challenge("<title>Basket</title>")
    with pytest.raises(StopError):
        booker.page_should_not_be_challenge("<title>Just a moment...</title>")
    booker.record_open_outcomes()
    assert outcomes(folder) == [(Outcome.NEEDS_PERSON, EIGHT)]


def test_card_is_typed_at_expected_hosts_only(take_up: Callable[[str], Booker]) -> None:
    booker = take_up("Mother")
    booker.card_address_should_be_expected("https://pay.example.test/card")
    with pytest.raises(StopError, match="PAYMENT_HOSTS"):
        booker.card_address_should_be_expected("https://evil.test/card")


@pytest.mark.parametrize(
    ("total", "credit", "sure"), [(1390, 0, True), (1390, 1389, True), (1390, 1390, False), (1390, None, False),
                                  (None, 0, False)]
)  # fmt: skip
def test_a_rehearsal_sends_a_basket_only_where_a_card_will_be_asked_for(
    take_up: Callable[[str], Booker], total: int | None, credit: int | None, sure: bool
) -> None:
    assert take_up("Mother").get_whether_card_is_needed(Basket((row(8),), total, credit)) is sure


# What stands on the last page


UNCLEAR = [
    page(CheckoutKind.BANK),
    page(CheckoutKind.UNKNOWN_HOST, host="bank.test"),
    page(CheckoutKind.ERROR, message="A problem was encountered. Please do not attempt to make this payment again"),
    page(CheckoutKind.CARD, message="Card type not accepted"),
    page(CheckoutKind.CONFIRMATION),
    page(CheckoutKind.BROKEN),
    page(CheckoutKind.NOTHING),
    page(CheckoutKind.BASKET),
    page(CheckoutKind.ERROR, declined=True, message="Card declined, or not"),
]


@pytest.mark.parametrize("last", UNCLEAR, ids=[f"{each.kind}-{each.message[:9]}" for each in UNCLEAR])
def test_after_the_click_that_pays_whatever_is_no_known_word_is_never_paid_again(
    take_up: Callable[..., Booker], folder: Path, last: CheckoutPage
) -> None:
    booker = take_up("Mother")
    holds(booker, 8)
    clicks(booker, 8)
    assert not booker.end_payment(last)
    booker.record_payment_result([], confirmed=False)
    assert state(booker) is SlotState.UNKNOWN
    assert any("./run.sh settle mother 2026-12-28 08:00" in told for told in calls(booker))
    for attempt in (booker.skip_unless_slots_are_held, lambda: booker.record_payment_intent(by_card=False)):
        with pytest.raises((SkipExecution, BookingError)):
            attempt()
    with pytest.raises(AssertionError, match="does not list"):
        booker.payments_should_be_settled()
    booker.record_open_outcomes()
    assert outcomes(folder) == [(Outcome.UNKNOWN, EIGHT)]
    # The next run finds the slot in the basket, where it stays after a broken return, and leaves it alone.
    again = take_up("Mother", planned(folder.parent, "second", Wish("mother", (EIGHT, NINE), "row 2")))
    again.compare_with_plan([], Basket((row(8),), 1390, 0))
    assert not again.get_wanted_slots()
    with pytest.raises(SkipExecution):
        again.skip_unless_slots_are_held()
    assert again.get_line_to_remove(Basket((row(8),), 1390, 0)) is None


@pytest.mark.parametrize("kind", [CheckoutKind.BANK, CheckoutKind.UNKNOWN_HOST])
def test_what_nobody_has_confirmed_in_time_is_told_to_be_confirmed_or_refused_first(
    take_up: Callable[..., Booker], kind: CheckoutKind
) -> None:
    booker = take_up("Mother")
    holds(booker, 8)
    clicks(booker, 8)
    booker.call_to_confirm_with_bank(booker.get_time_for_bank(timedelta(minutes=10)))
    booker.end_payment(page(kind))
    [told] = calls(booker)  # at once: before My Bookings is read
    assert "confirm or refuse it with your bank" in told
    assert "do not pay for it by hand" in told


@pytest.mark.parametrize("kind", [CheckoutKind.CARD, CheckoutKind.DECLINED])
def test_a_decline_in_known_words_is_one_and_the_slot_stays_held(
    take_up: Callable[..., Booker], folder: Path, kind: CheckoutKind
) -> None:
    booker = take_up("Mother")
    holds(booker, 8)
    clicks(booker, 8)
    with pytest.raises(StopError) as caught:
        booker.end_payment(page(kind, declined=True, message="Card declined"))
    assert caught.value.outcome is Outcome.DECLINED
    assert state(booker) is SlotState.HELD
    with pytest.raises(StopError):
        booker.card_should_not_be_declined()
    [told] = calls(booker)
    assert told.startswith("payment declined: the card portal says: Card declined")
    booker.record_open_outcomes()
    assert outcomes(folder) == [(Outcome.DECLINED, EIGHT)]


@pytest.mark.parametrize(("amount", "fee"), [(1391, None), (1389, None), (2780, 0), (None, None), (1440, 49)])
def test_what_the_portal_is_about_to_charge_is_what_the_basket_costs_or_nothing_is_paid(
    take_up: Callable[..., Booker], amount: int | None, fee: int | None
) -> None:
    booker = take_up("Mother")
    holds(booker, 8)
    booker.check_basket_against_plan(Basket((row(8),), 1390, 0))
    with pytest.raises(StopError):
        booker.amount_should_be_as_expected(page(CheckoutKind.CONFIRMATION, amount_pence=amount, fee_pence=fee))
    assert state(booker) is SlotState.HELD


def test_a_watch_leaves_alone_what_came_back_while_a_payment_is_in_doubt(
    take_up: Callable[..., Booker], folder: Path
) -> None:
    wishes = [Wish("mother", (slot,), "Booking Schedule, row 2") for slot in (EIGHT, NINE)]
    until = datetime.now(UTC) + timedelta(hours=1)
    booker = take_up("Mother", planned(folder.parent, "second", *wishes, watch_until=until))
    booker.prepare_to_hold("192", calendar(h8="free", h9="taken"))
    booker.record_responses(booker.get_first_step(), [seen("/basket/", basket_page(8))])
    booker.end_holding()
    booker.wanted_slots_should_be_held()
    assert [wish.first for wish in booker.worker.account_run.watched] == [NINE]
    clicks(booker, 8)
    booker.worker.account_run.record_failure("My Bookings: 520")
    before = booker.worker.account_run.ledger.history()
    for free in ("free", "taken"):
        assert booker.get_first_step_for_returned_slots(calendar(h8="free", h9=free)).kind is StepKind.DONE
        assert not booker.end_holding_returned_slots()
    assert booker.worker.account_run.ledger.history() == before
    # Once it is settled, what has come back is taken.
    booker.record_payment_result([row(8)], confirmed=False)
    step = booker.get_first_step_for_returned_slots(calendar(h8="taken", h9="free"))
    assert step.request.slot == NINE
    booker.record_responses(step, [seen("/basket/", basket_page(9))])
    assert booker.end_holding_returned_slots()


def test_an_account_of_which_nothing_is_wanted_looks_up_a_payment_of_an_earlier_run(
    take_up: Callable[..., Booker], folder: Path
) -> None:
    killed = take_up("Mother")
    holds(killed, 8)
    clicks(killed, 8)
    later = planned(folder.parent, "later", slot_day=DAY + timedelta(days=1))
    take_up("Mother", later).skip_unless_slots_are_wanted()
    with pytest.raises(SkipExecution):
        take_up("Mother In Law", later).skip_unless_slots_are_wanted()
    booker = take_up("Mother", later)
    booker.compare_with_plan([row(8)], Basket((), None, 0))
    assert state(booker) is SlotState.PAID
    with pytest.raises(SkipExecution):
        take_up("Mother", later).skip_unless_slots_are_wanted()


def test_a_task_that_fails_while_something_is_held_calls_at_once(take_up: Callable[..., Booker]) -> None:
    booker = take_up("Mother")
    holds(booker, 8)
    failed = cast("Any", SimpleNamespace(failed=True, message="the basket: 520"))
    booker.end_test(cast("Any", None), failed)
    assert calls(booker) == []  # the payment is still to come
    booker.skip_unless_slots_are_held()
    booker.end_test(cast("Any", None), failed)
    [told] = calls(booker)
    assert "Held and not paid: court 1, Mon 28 Dec 2026, 08:00" in told
    assert "held until about" in told


def test_a_payment_that_is_listed_late_is_looked_at_again(
    take_up: Callable[..., Booker], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    booker = take_up("Mother")
    clock = [1_000.0]
    waits: list[float] = []

    def wait(until: float) -> None:
        waits.append(until - time.time() + 0.1)
        clock[0] += waits[-1]

    monkeypatch.setattr("keywords.payment.sleep_until", wait)
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    with pytest.raises(SkipExecution):
        booker.skip_unless_payments_are_unsettled()
    holds(booker, 8)
    clicks(booker, 8)
    assert booker.end_payment(page(CheckoutKind.PAID))
    booker.record_payment_result([], confirmed=True)
    assert calls(booker) == []
    booker.skip_unless_payments_are_unsettled()
    while booker.wait_for_next_look_at_payment(timedelta(minutes=5)):
        booker.record_payment_result([], confirmed=False)
    assert 280 < sum(waits) <= 303
    assert 1 < waits[0] < 3
    assert max(waits) <= 61
    assert len(waits) > 8
    booker.record_payment_result([row(8)], confirmed=False)
    assert not booker.wait_for_next_look_at_payment(timedelta(minutes=5))
    booker.payments_should_be_settled()
    booker.record_open_outcomes()
    assert outcomes(folder) == [(Outcome.BOOKED, EIGHT)]


def test_a_payment_that_was_confirmed_and_is_never_listed_is_not_unknown(
    take_up: Callable[..., Booker], folder: Path
) -> None:
    booker = take_up("Mother")
    holds(booker, 8)
    clicks(booker, 8)
    assert booker.end_payment(page(CheckoutKind.PAID))
    booker.worker.account_run.record_failure("My Bookings: 520")
    booker.record_open_outcomes()
    assert outcomes(folder) == [(Outcome.NOT_LISTED, EIGHT)]


def test_only_lines_that_this_run_has_held_are_removed(take_up: Callable[..., Booker], folder: Path) -> None:
    booker = take_up("Mother")
    basket = Basket((row(9), row(8)), 2780, 0)
    assert booker.get_line_to_remove(basket) is None
    holds(booker, 8)
    assert booker.get_line_to_remove(basket) == 1
    again = take_up("Mother", planned(folder.parent, "second", Wish("mother", (EIGHT, NINE), "row 2")))
    again.compare_with_plan([], basket)
    assert again.worker.account_run.held == (EIGHT,)
    assert again.get_line_to_remove(basket) is None


def test_what_a_page_says_reaches_ledger_sheet_and_message_without_secrets(
    take_up: Callable[..., Booker], folder: Path
) -> None:
    booker = take_up("Mother")
    holds(booker, 8)
    clicks(booker, 8)
    with pytest.raises(StopError, match="was declined"):
        booker.end_payment(page(CheckoutKind.DECLINED, declined=True, message="card 4111 1111 1111 1111 was declined"))
    booker.record_open_outcomes()
    with Ledger(folder.parent / LEDGER, "practice") as ledger:
        told = [each.why for each in ledger.outcomes("first")]
        told += [each.why for each in ledger.history()]
        told += [text for _, _, text in ledger.events("first", *Event)]
    assert any("was declined" in text for text in told)
    assert not any("1111" in text for text in told)


def test_nothing_works_before_an_account_is_loaded() -> None:
    booker = Booker()
    with pytest.raises(BookingError, match="was loaded"):
        booker.get_account()
    booker.record_open_outcomes()


def test_a_selector_that_the_site_lacks_is_named(
    take_up: Callable[[str], Booker], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(SITE, "BOOKING_ROW")
    with pytest.raises(BookingError, match="BOOKING_ROW"):
        take_up("Mother")


def test_a_form_of_a_portal_that_nobody_has_seen_may_be_what_pays(take_up: Callable[[str], Booker]) -> None:
    booker = take_up("Mother")
    holds(booker, 8)
    card = sends_card(booker, known_portal=False)
    assert state(booker) is SlotState.PAYING
    booker.record_next_page(card, after=card)  # The answer is on the way.
    assert state(booker) is SlotState.PAYING
    billing = page(CheckoutKind.BILLING, fingerprint="two")
    booker.record_next_page(billing, after=card)
    assert state(booker) is SlotState.HELD
    booker.record_form_as_payment(billing)
    assert state(booker) is SlotState.PAYING
    last = page(CheckoutKind.NOTHING, fingerprint="three")
    booker.record_next_page(last, after=billing)
    booker.record_payment_perhaps_sent()
    assert state(booker) is SlotState.PAYING
    assert not booker.end_payment(last)
    booker.record_payment_result([], confirmed=False)
    assert state(booker) is SlotState.UNKNOWN


def test_a_last_button_behind_forms_that_nobody_has_seen_is_what_pays(take_up: Callable[[str], Booker]) -> None:
    booker = take_up("Mother")
    holds(booker, 8)
    card = sends_card(booker, known_portal=False)
    confirmation = page(CheckoutKind.CONFIRMATION, fingerprint="two", amount_pence=1390)
    booker.record_next_page(confirmation, after=card)
    assert state(booker) is SlotState.HELD
    booker.amount_should_be_as_expected(confirmation)
    booker.record_payment_intent(by_card=True)
    booker.record_payment_result([row(8)], confirmed=True)
    assert state(booker) is SlotState.PAID


def test_an_account_that_comes_to_grief_behind_such_a_form_leaves_the_payment_in_doubt(
    take_up: Callable[[str], Booker], folder: Path
) -> None:
    booker = take_up("Mother")
    holds(booker, 8)
    sends_card(booker, known_portal=False)
    booker.record_open_outcomes()
    assert outcomes(folder) == [(Outcome.UNKNOWN, EIGHT)]


def test_a_form_of_the_known_portal_pays_nothing(take_up: Callable[[str], Booker]) -> None:
    booker = take_up("Mother")
    holds(booker, 8)
    card = sends_card(booker, known_portal=True)
    assert state(booker) is SlotState.HELD
    billing = page(CheckoutKind.BILLING, fingerprint="two")
    booker.record_next_page(billing, after=card)
    booker.record_form_as_payment(billing)
    assert state(booker) is SlotState.HELD
    booker.record_payment_perhaps_sent()  # It has led to no last button for all that.
    assert state(booker) is SlotState.PAYING
