"""One account's night: what the ledger is told and when, and that money is never moved twice or blindly."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from booking.account.account_run import AccountRun
from booking.account.account_state import StopError
from booking.account.advice import advice
from booking.account.hold_strategy import Step, StepKind
from booking.errors import LedgerError
from booking.ledger.ledger import Ledger, OutcomeRecord
from booking.ledger.states import CARRIED, PRICED, Event, Proof, SlotState
from booking.model import Account, Payment, Plan, Slot, Wish
from booking.money import pounds
from booking.outcomes import Outcome
from booking.site.pages import Basket, BookingRow, HourState
from booking.site.responses import HoldResponse, ResponseKind

DAY = date(2026, 12, 28)
COURT = "Practice Fields Tennis Court 1"
MOTHER = Account(
    "Mother", "mother@example.test", 1, "https://site.example.test/courses/detail/171/practice-fields-tennis-court-1/"
)
EIGHT, NINE, TEN = (Slot(1, DAY, hour) for hour in (8, 9, 10))
PRICE = 1390
STARTED = datetime(2026, 11, 23, 23, 40, tzinfo=UTC)
EMPTY = Basket((), None, 0)


def wish(*slots: Slot, row: int = 2) -> Wish:
    return Wish("mother", slots, f"Booking Schedule, row {row}")


def plan(*wishes: Wish, run: str = "first", allowed: int = 10_000, each: int = 10_000, **other: object) -> Plan:
    usual = Plan(
        run=run,
        site="practice",
        site_url="https://site.example.test",
        slot_day=DAY,
        zone="Europe/London",
        opening=None,
        wait=False,
        payment=Payment.PAY,
        max_spend_pence=allowed,
        max_spend_per_account_pence=each,
        accounts=(MOTHER,),
        wishes=wishes,
        basket_url="https://site.example.test/basket/",
    )
    return replace(usual, **cast("Any", other))


def row(slot: Slot, facility: str = COURT, pence: int | None = PRICE) -> BookingRow:
    return BookingRow(facility, slot.date, slot.hour, pence=pence)


def basket(*slots: Slot, total: int | None = -1, pence: int | None = PRICE) -> Basket:
    """Return a basket of these slots; its total is right unless one is given."""
    return Basket(tuple(row(slot, pence=pence) for slot in slots), PRICE * len(slots) if total == -1 else total, 0)


class RunClock:
    """Time passes when a test says so."""

    def __init__(self) -> None:
        self.now = STARTED

    def __call__(self) -> datetime:
        return self.now

    def passes(self, **time: float) -> None:
        self.now += timedelta(**time)


@pytest.fixture
def clock() -> RunClock:
    return RunClock()


@pytest.fixture
def ledger(tmp_path: Path, clock: RunClock) -> Iterator[Ledger]:
    with Ledger(tmp_path / "ledger.sqlite3", "practice", clock=clock) as kept:
        yield kept


@pytest.fixture
def begin(ledger: Ledger, clock: RunClock) -> Callable[..., AccountRun]:
    """Begin a run of the account; it reads the same ledger as the runs before it."""
    return lambda *wishes, account="mother", **more: AccountRun(plan(*wishes, **more), account, ledger, now=clock)


def hold(
    account_run: AccountRun, *, responses: dict[Slot, ResponseKind] | None = None, gone: tuple[Slot, ...] = ()
) -> None:
    """Hold what is wanted: take each step, and say what came of it."""
    account_run.prepare_to_hold(gone)
    take_steps(account_run, account_run.begin_holding(1_000.0), responses or {})
    account_run.end_holding()


def take_steps(account_run: AccountRun, step: Step, responses: dict[Slot, ResponseKind]) -> None:
    while step.requests:
        assert all(account_run.ledger.state("mother", request.slot) is SlotState.INTENT for request in step.requests)
        if step.kind is StepKind.LOOK:
            step = account_run.take_calendar(step, HourState.CLOSED)
            continue
        kinds = [responses.get(request.slot, ResponseKind.HELD) for request in step.requests]
        step = account_run.take_responses(
            step, [HoldResponse(kind, str(kind), sent=1_000.5, answered=1_001.25) for kind in kinds]
        )


def pay(account_run: AccountRun, *slots: Slot) -> None:
    account_run.payment.check_basket(basket(*slots))
    account_run.payment.record_payment_intent()
    account_run.payment.record_bookings([row(slot) for slot in slots], confirmed=True)


def settle(ledger: Ledger, slot: Slot, verdict: SlotState, account: str = "mother") -> None:
    """Tell the ledger what a person has found out, as `./run.sh settle` does."""
    ledger.record(
        run="by hand", account=account, slot=slot, state=verdict, why="a person looked", proof=Proof.PERSON
    )  # fmt: skip


def states(ledger: Ledger, slot: Slot) -> list[SlotState]:
    return [record.state for record in ledger.history(account="mother") if record.slot == slot]


def outcomes(ledger: Ledger, run: str = "first") -> dict[Slot, Outcome]:
    return {record.wanted: record.outcome for record in ledger.outcomes(run)}


def only(ledger: Ledger, run: str = "first") -> OutcomeRecord:
    [record] = ledger.outcomes(run)
    return record


# The whole way


def test_a_good_night_tells_the_ledger_before_and_after_every_act(
    begin: Callable[..., AccountRun], ledger: Ledger
) -> None:
    account_run = begin(wish(EIGHT), wish(TEN, row=3))
    account_run.record_login("other@example.test")
    account_run.stock.compare_with_plan([], EMPTY)
    assert [each.first for each in account_run.wanted] == [EIGHT, TEN]
    hold(account_run)
    assert states(ledger, EIGHT) == [SlotState.INTENT, SlotState.HELD]
    assert account_run.payment.check_basket(basket(EIGHT, TEN)) == 2 * PRICE
    account_run.payment.record_payment_intent()
    assert states(ledger, TEN)[-1] is SlotState.PAYING
    account_run.payment.record_bookings([row(EIGHT), row(TEN)], confirmed=True)
    account_run.close()

    assert states(ledger, EIGHT) == [
        SlotState.INTENT, SlotState.HELD, SlotState.HELD, SlotState.PAYING, SlotState.PAID,
    ]  # fmt: skip
    assert outcomes(ledger) == {EIGHT: Outcome.BOOKED, TEN: Outcome.BOOKED}
    assert {record.email for record in ledger.outcomes("first")} == {"other@example.test"}
    assert ledger.paid_pence("first") == 2 * PRICE


def test_the_second_preference_names_what_was_got_and_what_was_wanted(
    begin: Callable[..., AccountRun], ledger: Ledger
) -> None:
    account_run = begin(wish(EIGHT, NINE))
    hold(account_run, responses={EIGHT: ResponseKind.REFUSED})
    pay(account_run, NINE)
    assert (only(ledger).wanted, only(ledger).slot, only(ledger).outcome) == (EIGHT, NINE, Outcome.BOOKED)
    assert states(ledger, EIGHT) == [SlotState.INTENT, SlotState.RELEASED]


def test_what_was_missed_and_measured_is_told(begin: Callable[..., AccountRun], ledger: Ledger) -> None:
    account_run = begin(wish(EIGHT))
    hold(account_run, responses={EIGHT: ResponseKind.REFUSED})
    assert only(ledger).outcome is Outcome.TAKEN
    assert only(ledger).measures["tries"] == 2
    assert states(ledger, EIGHT)[-1] is SlotState.RELEASED
    assert account_run.wanted == ()


def test_intentions_are_told_once_a_run(begin: Callable[..., AccountRun], ledger: Ledger) -> None:
    account_run = begin(wish(EIGHT))
    account_run.prepare_to_hold(())
    account_run.prepare_to_hold(())
    account_run.begin_holding()
    assert states(ledger, EIGHT) == [SlotState.INTENT]


# Taking stock


def test_what_my_bookings_lists_is_not_booked_again(begin: Callable[..., AccountRun], ledger: Ledger) -> None:
    account_run = begin(wish(EIGHT, NINE), wish(TEN, row=3))
    account_run.stock.compare_with_plan([row(NINE)], EMPTY)
    assert [each.first for each in account_run.wanted] == [TEN]
    assert (only(ledger).slot, only(ledger).outcome) == (NINE, Outcome.ALREADY_BOOKED)
    assert states(ledger, NINE) == [SlotState.PAID]
    again = begin(wish(EIGHT, NINE), run="second")
    again.stock.compare_with_plan([row(NINE)], EMPTY)
    assert outcomes(ledger, "second") == {EIGHT: Outcome.ALREADY_BOOKED}
    assert states(ledger, NINE) == [SlotState.PAID]


def test_one_booking_does_not_satisfy_two_wants(begin: Callable[..., AccountRun]) -> None:
    account_run = begin(wish(EIGHT, NINE), wish(NINE, TEN, row=3))
    account_run.stock.compare_with_plan([row(NINE)], EMPTY)
    assert [each.first for each in account_run.wanted] == [NINE]
    hold(account_run, gone=(NINE,))  # the calendar shows it as booked
    assert account_run.held == (TEN,)


@pytest.mark.parametrize(
    "other",
    [
        row(EIGHT, "Practice Fields Tennis Court 11"),
        row(EIGHT, "Quarry Green Tennis Court 1"),
        row(replace(EIGHT, hour=9)),
        row(replace(EIGHT, date=DAY + timedelta(days=7))),
        BookingRow(COURT, DAY, 8, 30),
    ],
)
def test_another_booking_is_not_taken_for_ours(begin: Callable[..., AccountRun], other: BookingRow) -> None:
    account_run = begin(wish(EIGHT))
    account_run.stock.compare_with_plan([other], Basket((other,), PRICE, 0))
    assert [each.first for each in account_run.wanted] == [EIGHT]
    assert account_run.held == ()


def test_what_lies_in_our_basket_is_taken_up(begin: Callable[..., AccountRun], ledger: Ledger) -> None:
    account_run = begin(wish(EIGHT, NINE), wish(TEN, row=3))
    account_run.stock.compare_with_plan([], basket(NINE))
    assert account_run.held == (NINE,)
    assert [each.first for each in account_run.wanted] == [TEN]
    assert states(ledger, NINE) == [SlotState.HELD]


def test_one_basket_line_does_not_satisfy_two_wants(begin: Callable[..., AccountRun]) -> None:
    account_run = begin(wish(EIGHT), wish(EIGHT, NINE, row=3))
    account_run.stock.compare_with_plan([], basket(EIGHT))
    assert account_run.held == (EIGHT,)
    assert len(account_run.wanted) == 1


def test_a_hold_of_an_earlier_run_that_is_gone_is_reached_for_again(
    begin: Callable[..., AccountRun], ledger: Ledger
) -> None:
    hold(begin(wish(EIGHT)))
    account_run = begin(wish(EIGHT), run="second")
    account_run.stock.compare_with_plan([], EMPTY)
    assert states(ledger, EIGHT)[-1] is SlotState.RELEASED
    assert [each.first for each in account_run.wanted] == [EIGHT]
    hold(account_run)
    assert account_run.held == (EIGHT,)


@pytest.mark.parametrize("how_far", ["paying", "unknown"])
@pytest.mark.parametrize("in_basket", [True, False])
def test_a_payment_whose_fate_is_unknown_is_never_repeated(
    begin: Callable[..., AccountRun], ledger: Ledger, how_far: str, in_basket: bool
) -> None:
    first = begin(wish(EIGHT, NINE))
    hold(first)
    first.payment.check_basket(basket(EIGHT))
    first.payment.record_payment_intent()
    if how_far == "unknown":
        first.payment.record_bookings([], confirmed=False)
    account_run = begin(wish(EIGHT, NINE), run="second")
    account_run.stock.compare_with_plan([], basket(EIGHT) if in_basket else EMPTY)
    assert account_run.wanted == ()
    assert account_run.held == ()
    assert account_run.unsettled == (EIGHT,)
    assert states(ledger, EIGHT)[-1] is SlotState.UNKNOWN
    with pytest.raises(StopError):
        account_run.payment.check_basket(basket(EIGHT))
    with pytest.raises(LedgerError):
        account_run.payment.record_payment_intent()
    account_run.close()
    assert only(ledger, "second").outcome is Outcome.UNKNOWN
    assert "statement" in only(ledger, "second").why
    assert f"./run.sh settle mother {DAY} 08:00 paid" in only(ledger, "second").why
    assert states(ledger, EIGHT)[-1] is SlotState.UNKNOWN


@pytest.mark.parametrize("how_far", ["paying", "unknown"])
@pytest.mark.parametrize("in_basket", [True, False])
def test_a_click_that_could_move_credit_only_has_paid_for_nothing_that_is_still_in_the_basket(
    begin: Callable[..., AccountRun], ledger: Ledger, how_far: str, in_basket: bool
) -> None:
    first = begin(wish(EIGHT))
    hold(first)
    first.payment.check_basket(basket(EIGHT))
    first.payment.record_payment_intent(by_card=False)
    if how_far == "unknown":
        first.close()
    account_run = begin(wish(EIGHT), run="second")
    account_run.stock.compare_with_plan([], basket(EIGHT) if in_basket else EMPTY)
    assert account_run.held == ((EIGHT,) if in_basket else ())
    assert states(ledger, EIGHT)[-1] is (SlotState.HELD if in_basket else SlotState.UNKNOWN)
    if in_basket:
        pay(account_run, EIGHT)
        assert only(ledger, "second").outcome is Outcome.BOOKED


def test_once_a_card_was_typed_the_basket_proves_nothing(begin: Callable[..., AccountRun], ledger: Ledger) -> None:
    first = begin(wish(EIGHT))
    hold(first)
    first.payment.check_basket(basket(EIGHT))
    first.payment.record_payment_intent(by_card=False)
    first.payment.record_payment_not_sent(Proof.CARD_ASKED_FOR)
    first.payment.record_payment_intent(by_card=True)
    for proof in (Proof.CARD_ASKED_FOR, Proof.IN_BASKET, Proof.PERSON):
        with pytest.raises(LedgerError):
            first.payment.record_payment_not_sent(proof)
    account_run = begin(wish(EIGHT), run="second")
    account_run.stock.compare_with_plan([], basket(EIGHT))
    assert account_run.held == ()
    account_run.close()
    assert only(ledger, "second").outcome is Outcome.UNKNOWN


@pytest.mark.parametrize("how_far", ["paying", "unknown"])
def test_my_bookings_settles_a_payment_of_an_earlier_run(
    begin: Callable[..., AccountRun], ledger: Ledger, how_far: str
) -> None:
    first = begin(wish(EIGHT))
    hold(first)
    first.payment.check_basket(basket(EIGHT))
    first.payment.record_payment_intent()
    if how_far == "unknown":
        first.payment.record_bookings([], confirmed=False)
    account_run = begin(wish(EIGHT), run="second")
    account_run.stock.compare_with_plan([row(EIGHT)], EMPTY)
    assert only(ledger, "second").outcome is Outcome.ALREADY_BOOKED
    assert states(ledger, EIGHT)[-1] is SlotState.PAID


def test_paid_by_the_ledger_but_not_listed_needs_a_person(begin: Callable[..., AccountRun], ledger: Ledger) -> None:
    first = begin(wish(EIGHT))
    hold(first)
    pay(first, EIGHT)
    account_run = begin(wish(EIGHT), run="second")
    account_run.stock.compare_with_plan([], EMPTY)
    assert account_run.wanted == ()
    assert only(ledger, "second").outcome is Outcome.NEEDS_PERSON
    assert f"./run.sh settle mother {DAY} 08:00 cancelled" in only(ledger, "second").why


# Taking stock after the ledger was damaged


@pytest.fixture
def rebuilt(ledger: Ledger) -> Ledger:
    """The ledger as `booking.ledger.repair` begins it."""
    ledger.record_event("", "", Event.DAMAGE, "torn")
    return ledger


def test_after_damage_everything_in_my_bookings_is_paid_again(
    begin: Callable[..., AccountRun], rebuilt: Ledger
) -> None:
    other_day = replace(TEN, date=DAY - timedelta(days=7))
    account_run = begin(wish(EIGHT))
    account_run.stock.compare_with_plan([row(EIGHT), row(other_day), row(NINE, "Quarry Green Tennis Court 1")], EMPTY)
    assert {record.slot: record.state for record in rebuilt.states()} == {
        EIGHT: SlotState.PAID, other_day: SlotState.PAID,
    }  # fmt: skip
    assert only(rebuilt).outcome is Outcome.ALREADY_BOOKED
    assert not rebuilt.in_doubt("mother")
    assert rebuilt.in_doubt("father")


@pytest.mark.parametrize("known", [None, SlotState.HELD])
def test_after_damage_a_basket_nobody_knows_is_for_a_person(
    begin: Callable[..., AccountRun], rebuilt: Ledger, known: SlotState | None
) -> None:
    if known:
        rebuilt.record(run=CARRIED, account="mother", slot=EIGHT, state=known, pence=PRICE)
    for run in ("first", "second"):
        account_run = begin(wish(EIGHT, NINE), run=run)
        account_run.stock.compare_with_plan([], basket(EIGHT))
        assert (account_run.wanted, account_run.held) == ((), ())
        assert EIGHT in account_run.untouchable
        account_run.close()
        assert only(rebuilt, run).outcome is Outcome.NEEDS_PERSON
        assert "./run.sh settle" in only(rebuilt, run).why
    assert rebuilt.committed_pence(DAY) == PRICE
    # Settled as not paid, it is taken up out of the basket and paid for.
    settle(rebuilt, EIGHT, SlotState.RELEASED)
    account_run = begin(wish(EIGHT, NINE), run="third")
    account_run.stock.compare_with_plan([], basket(EIGHT))
    pay(account_run, EIGHT)
    assert only(rebuilt, "third").outcome is Outcome.BOOKED


def test_after_damage_what_is_gone_from_the_basket_is_booked_after_a_person_has_looked_and_not_before(
    begin: Callable[..., AccountRun], rebuilt: Ledger
) -> None:
    begin(wish(EIGHT)).stock.compare_with_plan([], basket(EIGHT))
    account_run = begin(wish(EIGHT), run="second")
    account_run.stock.compare_with_plan([], EMPTY)
    assert (account_run.wanted, account_run.held, account_run.unsettled) == ((), (), (EIGHT,))
    settle(rebuilt, EIGHT, SlotState.RELEASED)
    account_run = begin(wish(EIGHT), run="third")
    account_run.stock.compare_with_plan([], EMPTY)
    assert [each.first for each in account_run.wanted] == [EIGHT]
    hold(account_run)
    pay(account_run, EIGHT)
    assert only(rebuilt, "third").outcome is Outcome.BOOKED


def test_doubt_ends_with_the_first_stock_and_what_is_held_then_is_paid(
    begin: Callable[..., AccountRun], rebuilt: Ledger
) -> None:
    account_run = begin(wish(EIGHT))
    account_run.stock.compare_with_plan([], EMPTY)
    assert not rebuilt.in_doubt("mother")
    hold(account_run)
    again = begin(wish(EIGHT), run="second")
    again.stock.compare_with_plan([], basket(EIGHT))
    assert again.held == (EIGHT,)


def test_doubt_lasts_while_the_basket_holds_what_nobody_understands(
    begin: Callable[..., AccountRun], rebuilt: Ledger
) -> None:
    begin(wish(EIGHT)).stock.compare_with_plan([], Basket((BookingRow("Swimming", DAY, 8, 30, 500),), 500, 0))
    assert rebuilt.in_doubt("mother")


@pytest.mark.parametrize("state", [SlotState.PAYING, SlotState.UNKNOWN])
def test_a_payment_that_was_carried_over_is_not_repeated(
    begin: Callable[..., AccountRun], rebuilt: Ledger, state: SlotState
) -> None:
    for each in (SlotState.HELD, SlotState.PAYING, *([state] if state is SlotState.UNKNOWN else [])):
        rebuilt.record(run=CARRIED, account="mother", slot=EIGHT, state=each, pence=PRICE)
    account_run = begin(wish(EIGHT))
    account_run.stock.compare_with_plan([], basket(EIGHT))
    assert account_run.held == ()
    account_run.close()
    assert only(rebuilt).outcome is Outcome.UNKNOWN


# Before paying


def stopped(account_run: AccountRun, what: Basket) -> StopError:
    with pytest.raises(StopError) as caught:
        account_run.payment.check_basket(what)
    account_run.close()
    return caught.value


def nothing_moved(ledger: Ledger) -> bool:
    return SlotState.PAYING not in {record.state for record in ledger.history()}


@pytest.mark.parametrize(
    "line",
    [
        row(NINE),
        row(EIGHT, "Practice Fields Tennis Court 11"),
        row(EIGHT, "Quarry Green Tennis Court 1"),
        BookingRow("Swimming | lesson", DAY, 8, 30, 500),
        row(EIGHT),
    ],
    ids=["another hour", "court 11", "another park", "another thing", "the same slot twice"],
)
def test_a_foreign_line_in_the_basket_stops(begin: Callable[..., AccountRun], ledger: Ledger, line: BookingRow) -> None:
    account_run = begin(wish(EIGHT))
    hold(account_run)
    stop = stopped(account_run, Basket((row(EIGHT), line), PRICE + (line.pence or 0), 0))
    assert stop.outcome is Outcome.NEEDS_PERSON
    assert str(line) in stop.why
    assert outcomes(ledger) == {EIGHT: Outcome.NEEDS_PERSON}
    assert nothing_moved(ledger)


@pytest.mark.parametrize("total", [PRICE - 1, PRICE + 1, 0, 2 * PRICE, None])
def test_a_total_that_is_not_the_sum_of_the_lines_stops(
    begin: Callable[..., AccountRun], ledger: Ledger, total: int | None
) -> None:
    account_run = begin(wish(EIGHT))
    hold(account_run)
    assert stopped(account_run, basket(EIGHT, total=total)).outcome is Outcome.NEEDS_PERSON
    assert "held until about" in only(ledger).why
    assert nothing_moved(ledger)


def test_an_empty_basket_stops(begin: Callable[..., AccountRun], ledger: Ledger) -> None:
    account_run = begin(wish(EIGHT))
    hold(account_run)
    assert stopped(account_run, Basket((), None, 0)).outcome is Outcome.NEEDS_PERSON
    assert nothing_moved(ledger)


def test_a_line_without_a_price_takes_its_share_of_the_total(begin: Callable[..., AccountRun], ledger: Ledger) -> None:
    account_run = begin(wish(EIGHT), wish(TEN, row=3))
    hold(account_run)
    assert account_run.payment.check_basket(basket(EIGHT, TEN, total=2781, pence=None)) == 2781
    assert sum(record.pence or 0 for record in ledger.states(account="mother")) == 2781


def test_a_slot_that_the_basket_lost_is_not_paid_and_the_others_are(
    begin: Callable[..., AccountRun], ledger: Ledger
) -> None:
    account_run = begin(wish(EIGHT), wish(TEN, row=3))
    hold(account_run)
    assert account_run.payment.check_basket(basket(TEN)) == PRICE
    account_run.payment.record_payment_intent()
    account_run.payment.record_bookings([row(TEN)], confirmed=True)
    assert outcomes(ledger) == {EIGHT: Outcome.SITE_ERROR, TEN: Outcome.BOOKED}
    assert SlotState.PAYING not in states(ledger, EIGHT)
    assert states(ledger, EIGHT)[-1] is SlotState.RELEASED


@pytest.mark.parametrize(("ceiling", "setting"), [("allowed", "MAX_SPEND"), ("each", "MAX_SPEND_PER_ACCOUNT")])
@pytest.mark.parametrize(("pence", "goes"), [(PRICE, True), (PRICE - 1, False), (0, False)])
def test_the_spend_ceilings(
    begin: Callable[..., AccountRun], ledger: Ledger, ceiling: str, setting: str, pence: int, goes: bool
) -> None:
    account_run = begin(wish(EIGHT), **{ceiling: pence})
    hold(account_run)
    if goes:
        assert account_run.payment.check_basket(basket(EIGHT)) == PRICE
        return
    assert f"{setting} allows {pounds(pence)}" in stopped(account_run, basket(EIGHT)).why
    assert "held until about" in only(ledger).why
    assert nothing_moved(ledger)


def test_what_others_spend_after_the_check_still_counts(begin: Callable[..., AccountRun], ledger: Ledger) -> None:
    account_run = begin(wish(EIGHT), allowed=2 * PRICE - 1)
    hold(account_run)
    account_run.payment.check_basket(basket(EIGHT))
    ledger.record(run="first", account="father", slot=NINE, state=SlotState.HELD, pence=PRICE)
    ledger.record(run="first", account="father", slot=NINE, state=SlotState.PAYING)
    with pytest.raises(StopError) as caught:
        account_run.payment.record_payment_intent()
    assert caught.value.outcome is Outcome.NEEDS_PERSON
    assert f"{pounds(PRICE)} is spent on this day already, but MAX_SPEND allows" in caught.value.why
    assert "all accounts together" in caught.value.why
    assert states(ledger, EIGHT)[-1] is SlotState.HELD


def test_a_booking_without_a_price_counts_as_much_as_the_dearest_slot_in_the_basket(
    begin: Callable[..., AccountRun],
) -> None:
    account_run = begin(wish(EIGHT), wish(TEN, row=3), allowed=3 * PRICE - 1)
    account_run.stock.compare_with_plan([row(EIGHT, pence=None)], EMPTY)
    hold(account_run)
    assert account_run.payment.check_basket(basket(TEN)) == PRICE  # EIGHT counts for one more
    account_run = begin(wish(EIGHT), wish(NINE, row=3), run="second", allowed=3 * PRICE - 1, each=2 * PRICE)
    account_run.stock.compare_with_plan([row(EIGHT, pence=None)], EMPTY)
    hold(account_run)
    dear = Basket((row(NINE, pence=PRICE + 1),), PRICE + 1, 0)
    assert "MAX_SPEND_PER_ACCOUNT" in stopped(account_run, dear).why


@pytest.mark.parametrize("how_far", ["paid", "unknown", "paying"])
def test_the_spend_ceiling_holds_over_restarts(begin: Callable[..., AccountRun], ledger: Ledger, how_far: str) -> None:
    first = begin(wish(EIGHT), allowed=2 * PRICE - 1)
    hold(first)
    first.payment.check_basket(basket(EIGHT))
    first.payment.record_payment_intent()
    if how_far != "paying":
        first.payment.record_bookings([row(EIGHT)] if how_far == "paid" else [], confirmed=False)
    account_run = begin(wish(TEN), run="second", allowed=2 * PRICE - 1)
    account_run.stock.compare_with_plan([], EMPTY)
    hold(account_run)
    stop = stopped(account_run, basket(TEN))
    assert stop.outcome is Outcome.NEEDS_PERSON
    assert "is spent on this day already" in stop.why
    assert states(ledger, TEN)[-1] is SlotState.HELD


def test_a_card_that_was_declined_is_tried_by_nobody_in_that_run(ledger: Ledger) -> None:
    account_runs = [
        AccountRun(plan(wish(EIGHT), wish(Slot(2, DAY, 8), row=3), run=run), "mother", ledger) for run in "abb"
    ]
    for account_run in account_runs:
        account_run.payment.check_card()
    with pytest.raises(StopError) as caught:
        account_runs[1].payment.stop_after_declined_card("the card portal declined the card")
    assert (caught.value.outcome, caught.value.why) == (Outcome.DECLINED, "the card portal declined the card")
    account_runs[0].payment.check_card()  # another run
    hold(account_runs[2])
    with pytest.raises(StopError) as caught:
        account_runs[2].payment.check_card()
    account_runs[2].close()
    assert {record.outcome for record in ledger.outcomes("b")} == {Outcome.DECLINED}
    why = ledger.outcomes("b")[0].why
    assert "declined for Mother" in why
    assert "held until about" in why


def test_paying_needs_a_basket_that_was_checked(begin: Callable[..., AccountRun]) -> None:
    account_run = begin(wish(EIGHT))
    hold(account_run)
    with pytest.raises(LedgerError, match="price"):
        account_run.payment.record_payment_intent()


# Calling for a person


def calls(ledger: Ledger, run: str = "first") -> list[str]:
    return [told for _, _, told in ledger.events(run, Event.BANK, Event.CALL)]


def test_the_bank_is_told_with_amount_and_time(begin: Callable[..., AccountRun], ledger: Ledger) -> None:
    account_run = begin(wish(EIGHT), wish(TEN, row=3))
    hold(account_run)
    account_run.payment.check_basket(basket(EIGHT, TEN))
    told = account_run.payment.bank_asks(timedelta(seconds=90))
    assert calls(ledger) == [told]
    assert "£27.80" in told
    assert told.endswith("before 23:41:30")


def test_a_person_is_called_once_for_each_kind_of_trouble(begin: Callable[..., AccountRun], ledger: Ledger) -> None:
    account_run = begin(wish(EIGHT), wish(TEN, row=3))
    hold(account_run)
    with pytest.raises(StopError):
        account_run.stop_here(Outcome.NEEDS_PERSON, "the basket is odd")
    [told] = calls(ledger)
    assert told.startswith("needs a person: the basket is odd\nHeld, and this run is going to pay for it: ")
    account_run.close()
    begin(wish(EIGHT), wish(TEN, row=3)).record_abandoned("the worker was killed")
    before, after = calls(ledger)  # Now that the run pays for it no more, a person may.
    assert before == told
    assert after.startswith("needs a person: the basket is odd; held until about")
    assert "Held and not paid: " in after


def test_nobody_is_told_to_pay_by_hand_for_what_the_run_is_going_to_pay_for(
    begin: Callable[..., AccountRun], ledger: Ledger
) -> None:
    hold(begin(wish(EIGHT)))
    account_run = begin(wish(EIGHT), wish(TEN, row=3), run="second")
    account_run.stock.compare_with_plan(
        [], Basket((row(EIGHT), BookingRow("Swimming | lesson", DAY, 8, 30, 500)), PRICE + 500, 0)
    )
    assert [("by hand" in told, "going to pay for it" in told) for told in calls(ledger, "second")] == [(False, True)]


def test_once_a_person_was_told_to_pay_by_hand_the_run_holds_and_pays_nothing_more(
    begin: Callable[..., AccountRun], ledger: Ledger
) -> None:
    account_run = begin(wish(EIGHT), wish(TEN, row=3))
    hold(account_run)
    account_run.about_to_pay()
    assert not account_run.stopped
    account_run.record_failure("the basket could not be opened")
    assert "Pay for it by hand" in calls(ledger)[-1]
    assert account_run.stopped


def test_a_decline_is_told_after_a_challenge_that_came_before_the_payment(
    begin: Callable[..., AccountRun], ledger: Ledger
) -> None:
    account_run = begin(wish(EIGHT))
    hold(account_run)
    with pytest.raises(StopError):
        account_run.stop_here(Outcome.NEEDS_PERSON, "a challenge page")
    account_run.about_to_pay()
    assert account_run.stopped  # It pays for what it has, and holds nothing more.
    account_run.payment.check_basket(basket(EIGHT))
    account_run.payment.record_payment_intent()
    with pytest.raises(StopError):
        account_run.payment.stop_after_declined_card("the card portal says: Card declined")
    account_run.close()
    assert only(ledger).outcome is Outcome.DECLINED
    assert "Card declined" in calls(ledger)[-1]


def test_a_payment_of_unknown_fate_calls_once_for_all_its_slots(
    begin: Callable[..., AccountRun], ledger: Ledger
) -> None:
    account_run = begin(wish(EIGHT), wish(TEN, row=3))
    hold(account_run)
    account_run.payment.check_basket(basket(EIGHT, TEN))
    account_run.payment.record_payment_intent()
    account_run.payment.record_doubt("the payment was sent and no answer was seen")
    assert calls(ledger) == []  # My Bookings may settle it at once; what cannot be read is the same as not listed.
    account_run.payment.record_bookings([], confirmed=False)
    [told] = calls(ledger)
    assert told.startswith("unknown: the payment was sent and no answer was seen: do not pay for it by hand")
    for slot in (EIGHT, TEN):
        assert f"./run.sh settle mother {DAY} {slot.time} paid" in told
    account_run.payment.record_bookings([], confirmed=False)
    account_run.close()
    assert calls(ledger) == [told]
    assert outcomes(ledger) == {EIGHT: Outcome.UNKNOWN, TEN: Outcome.UNKNOWN}


@pytest.mark.parametrize("outcome", [Outcome.DECLINED, Outcome.SITE_ERROR, Outcome.LOGIN_REFUSED])
def test_nobody_is_called_for_what_the_summary_tells(
    begin: Callable[..., AccountRun], ledger: Ledger, outcome: Outcome
) -> None:
    account_run = begin(wish(EIGHT))
    with pytest.raises(StopError):
        account_run.stop_here(outcome, "so")
    account_run.close()
    assert calls(ledger) == []


# After paying


def test_only_my_bookings_proves_a_payment(begin: Callable[..., AccountRun], ledger: Ledger) -> None:
    account_run = begin(wish(EIGHT), wish(TEN, row=3))
    hold(account_run)
    account_run.payment.check_basket(basket(EIGHT, TEN))
    account_run.payment.record_payment_intent()
    account_run.payment.record_bookings([row(EIGHT), row(TEN, "Practice Fields Tennis Court 11")], confirmed=True)
    assert outcomes(ledger) == {EIGHT: Outcome.BOOKED}
    assert states(ledger, TEN)[-1] is SlotState.UNKNOWN
    account_run.close()
    assert outcomes(ledger) == {EIGHT: Outcome.BOOKED, TEN: Outcome.NOT_LISTED}


def test_a_payment_that_was_not_sent_leaves_the_slots_held(begin: Callable[..., AccountRun], ledger: Ledger) -> None:
    account_run = begin(wish(EIGHT))
    hold(account_run)
    account_run.payment.check_basket(basket(EIGHT))
    account_run.payment.record_payment_intent()
    account_run.payment.record_payment_not_sent(Proof.DECLINED)
    assert states(ledger, EIGHT)[-1] is SlotState.HELD
    with pytest.raises(StopError):
        account_run.stop_here(Outcome.DECLINED, "declined")
    account_run.close()
    assert only(ledger).outcome is Outcome.DECLINED
    assert ledger.committed_pence(DAY, "mother") == 0


def test_a_payment_under_way_when_all_ends_is_unknown(begin: Callable[..., AccountRun], ledger: Ledger) -> None:
    account_run = begin(wish(EIGHT))
    hold(account_run)
    account_run.payment.check_basket(basket(EIGHT))
    account_run.payment.record_payment_intent()
    account_run.record_failure("the page broke")
    account_run.close()
    assert only(ledger).outcome is Outcome.UNKNOWN
    assert "the page broke" in only(ledger).why
    assert states(ledger, EIGHT)[-1] is SlotState.UNKNOWN
    account_run.payment.record_payment_not_sent(Proof.DECLINED)  # said too late
    assert states(ledger, EIGHT)[-1] is SlotState.UNKNOWN


# Rehearsing


def test_a_rehearsal_gives_everything_back(begin: Callable[..., AccountRun], ledger: Ledger) -> None:
    account_run = begin(wish(EIGHT))
    hold(account_run)
    account_run.payment.check_basket(basket(EIGHT))
    assert account_run.payment.has_held(row(EIGHT))
    assert not account_run.payment.has_held(row(EIGHT, "Quarry Green Tennis Court 1"))
    account_run.payment.record_rehearsal(Basket((row(EIGHT, "Quarry Green Tennis Court 1"),), PRICE, 0))
    assert outcomes(ledger) == {EIGHT: Outcome.REHEARSED}
    assert states(ledger, EIGHT)[-1] is SlotState.RELEASED
    assert nothing_moved(ledger)


def test_a_rehearsal_that_leaves_something_behind_is_no_rehearsal(
    begin: Callable[..., AccountRun], ledger: Ledger
) -> None:
    account_run = begin(wish(EIGHT), wish(TEN, row=3))
    hold(account_run)
    with pytest.raises(StopError, match="could not take"):
        account_run.payment.record_rehearsal(basket(TEN))
    account_run.close()
    assert set(outcomes(ledger).values()) == {Outcome.SITE_ERROR}
    assert states(ledger, TEN)[-1] is SlotState.HELD


# The end


def test_the_first_reason_stands(begin: Callable[..., AccountRun], ledger: Ledger) -> None:
    account_run = begin(wish(EIGHT))
    assert account_run.reason == ""
    account_run.record_failure("something broke")
    account_run.record_failure("something else")
    assert account_run.reason == "something broke"
    for outcome, why in ((Outcome.LOGIN_REFUSED, "wrong password"), (Outcome.SITE_ERROR, "later")):
        with pytest.raises(StopError):
            account_run.stop_here(outcome, why)
    assert account_run.reason == "wrong password"
    account_run.close()
    assert (only(ledger).outcome, only(ledger).why) == (Outcome.LOGIN_REFUSED, "wrong password")


def test_closing_twice_changes_nothing(begin: Callable[..., AccountRun], ledger: Ledger) -> None:
    account_run = begin(wish(EIGHT))
    account_run.close()
    told = ledger.outcomes("first")
    account_run.close()
    assert ledger.outcomes("first") == told


def test_an_open_intention_stays_for_the_next_run(begin: Callable[..., AccountRun], ledger: Ledger) -> None:
    account_run = begin(wish(EIGHT))
    account_run.prepare_to_hold(())
    account_run.close()
    assert only(ledger).outcome is Outcome.SITE_ERROR
    assert states(ledger, EIGHT) == [SlotState.INTENT]


def test_held_slots_say_until_when_in_the_sites_time(begin: Callable[..., AccountRun], ledger: Ledger) -> None:
    account_run = begin(wish(EIGHT))
    hold(account_run)
    account_run.close()
    assert "held until about 00:25" in only(ledger).why


# A worker that was killed: another process closes its books


def killed(begin: Callable[..., AccountRun], state: SlotState | None) -> None:
    """Leave the ledger as a worker does that is killed when its slot has come into this state."""
    account_run = begin(wish(EIGHT, NINE))

    def held() -> None:
        hold(account_run)
        account_run.payment.check_basket(basket(EIGHT))

    steps: list[tuple[SlotState, Callable[[], object]]] = [
        (SlotState.INTENT, lambda: account_run.prepare_to_hold(())),
        (SlotState.HELD, held),
        (SlotState.PAYING, account_run.payment.record_payment_intent),
    ]
    if state is None:
        return
    for name, step in steps:
        step()
        if name is state:
            return
    account_run.ledger.record(run="first", account="mother", slot=EIGHT, state=state, why="written when it was killed")


@pytest.mark.parametrize(
    ("state", "outcome", "after"),
    [
        (None, Outcome.SITE_ERROR, None),
        (SlotState.INTENT, Outcome.SITE_ERROR, SlotState.INTENT),
        (SlotState.HELD, Outcome.SITE_ERROR, SlotState.HELD),
        (SlotState.PAYING, Outcome.UNKNOWN, SlotState.UNKNOWN),
        (SlotState.UNKNOWN, Outcome.UNKNOWN, SlotState.UNKNOWN),
        (SlotState.PAID, Outcome.BOOKED, SlotState.PAID),
    ],
)  # fmt: skip
def test_the_books_of_a_killed_worker(
    begin: Callable[..., AccountRun], ledger: Ledger, state: SlotState | None, outcome: Outcome, after: SlotState | None
) -> None:
    killed(begin, state)
    if state in {SlotState.HELD, SlotState.PAYING}:
        assert not ledger.outcomes("first")
    begin(wish(EIGHT, NINE)).record_abandoned("the worker was killed")
    assert only(ledger).outcome is outcome
    assert ledger.state("mother", EIGHT) is after
    if outcome is Outcome.SITE_ERROR:
        assert "the worker was killed" in only(ledger).why


def test_a_killed_workers_told_outcomes_stand(begin: Callable[..., AccountRun], ledger: Ledger) -> None:
    account_run = begin(wish(EIGHT), wish(TEN, row=3))
    account_run.stock.compare_with_plan([row(EIGHT)], EMPTY)
    again = begin(wish(EIGHT), wish(TEN, row=3))
    again.record_abandoned("the worker was killed")
    again.record_abandoned("told twice")
    assert outcomes(ledger) == {EIGHT: Outcome.ALREADY_BOOKED, TEN: Outcome.SITE_ERROR}


def test_a_killed_workers_hold_says_until_when(begin: Callable[..., AccountRun], ledger: Ledger) -> None:
    killed(begin, SlotState.HELD)
    begin(wish(EIGHT, NINE)).record_abandoned("the worker was killed")
    assert "held until about" in only(ledger).why
    # The next run takes it up out of the basket and pays it.
    account_run = begin(wish(EIGHT, NINE), run="second")
    account_run.stock.compare_with_plan([], basket(EIGHT))
    pay(account_run, EIGHT)
    assert outcomes(ledger, "second") == {EIGHT: Outcome.BOOKED}


@pytest.mark.parametrize("listed", [True, False])
def test_a_worker_that_was_killed_before_it_looked_does_not_say_that_something_is_booked(
    begin: Callable[..., AccountRun], ledger: Ledger, listed: bool
) -> None:
    account_run = begin(wish(EIGHT))
    hold(account_run)
    doubt(account_run, EIGHT)
    if listed:
        account_run.payment.record_bookings([row(EIGHT)], confirmed=False)
    else:
        settle(ledger, EIGHT, SlotState.PAID)
    begin(wish(EIGHT), run="second").record_abandoned("the worker was killed")
    assert only(ledger, "second").outcome is Outcome.SITE_ERROR
    assert "as paid since run" in only(ledger, "second").why
    assert "My Bookings was not asked for it" in only(ledger, "second").why


# Faults that were found once


def doubt(account_run: AccountRun, *slots: Slot, by_card: bool = True) -> None:
    """Pay for these slots without an answer."""
    account_run.payment.check_basket(basket(*slots))
    account_run.payment.record_payment_intent(by_card=by_card)
    account_run.payment.record_doubt("the payment was sent and no answer was seen")


def clicks(ledger: Ledger, slot: Slot) -> int:
    return states(ledger, slot).count(SlotState.PAYING)


def test_a_watch_does_not_pay_again_for_what_may_have_been_paid(
    begin: Callable[..., AccountRun], ledger: Ledger
) -> None:
    account_run = begin(wish(EIGHT), wish(TEN, row=3), watch_until=STARTED + timedelta(hours=1))
    hold(account_run, responses={TEN: ResponseKind.REFUSED})
    account_run.payment.check_basket(basket(EIGHT))
    account_run.payment.record_payment_intent()
    # Anything fails before My Bookings was read; the money is taken and the slot still lies in the basket.
    account_run.record_failure("My Bookings: 520")
    assert [each.first for each in account_run.watched] == [TEN]
    for _ in range(2):
        assert account_run.held == ()
        assert account_run.unsettled == (EIGHT,)
        with pytest.raises(StopError, match="whose payment is not settled"):
            account_run.payment.check_basket(basket(EIGHT))
        with pytest.raises(LedgerError):
            account_run.payment.record_payment_intent()
    account_run.close()
    assert clicks(ledger, EIGHT) == 1
    assert outcomes(ledger)[EIGHT] is Outcome.UNKNOWN


def test_what_came_back_beside_a_payment_in_doubt_is_not_paid_with_it(
    begin: Callable[..., AccountRun], ledger: Ledger
) -> None:
    account_run = begin(wish(EIGHT), wish(TEN, row=3))
    hold(account_run)
    account_run.payment.check_basket(basket(EIGHT))  # the basket lost TEN
    account_run.payment.record_payment_intent()
    again = begin(wish(EIGHT), wish(NINE, row=3), run="second")
    again.stock.compare_with_plan([], basket(EIGHT))
    hold(again)
    assert again.held == (NINE,)
    with pytest.raises(StopError, match="08:00, whose payment is not settled: nothing is paid before that"):
        again.payment.check_basket(basket(EIGHT, NINE))
    assert (clicks(ledger, EIGHT), clicks(ledger, NINE)) == (1, 0)
    # Whoever would now pay by hand for the basket would pay for EIGHT once more.
    assert f"never pay for a basket that still shows what may be paid already: {EIGHT}" in calls(ledger, "second")[-1]


@pytest.mark.parametrize("amount", [PRICE + 1, PRICE - 1, 0, 2 * PRICE])
@pytest.mark.parametrize("last", [True, False])
def test_another_amount_on_the_portal_than_in_the_basket_stops_before_the_click(
    begin: Callable[..., AccountRun], ledger: Ledger, amount: int, last: bool
) -> None:
    account_run = begin(wish(EIGHT))
    hold(account_run)
    account_run.payment.check_basket(basket(EIGHT))
    account_run.payment.check_amount(PRICE, None, last=last)
    for fee in (None, 0, 2):
        with pytest.raises(StopError, match=f"charge {pounds(amount)}.* for a basket of £13.90") as caught:
            account_run.payment.check_amount(amount, fee, last=last)
        assert caught.value.outcome is Outcome.NEEDS_PERSON
    assert nothing_moved(ledger)


def test_a_portal_with_the_last_button_that_names_no_amount_stops(begin: Callable[..., AccountRun]) -> None:
    account_run = begin(wish(EIGHT))
    hold(account_run)
    account_run.payment.check_basket(basket(EIGHT))
    account_run.payment.check_amount(None, None, last=False)
    with pytest.raises(StopError, match="names no amount"):
        account_run.payment.check_amount(None, None, last=True)


@pytest.mark.parametrize(("allowed", "goes"), [(2 * PRICE + 50, True), (2 * PRICE + 49, False)])
def test_a_fee_that_the_portal_states_counts_as_spent(
    begin: Callable[..., AccountRun], ledger: Ledger, allowed: int, goes: bool
) -> None:
    account_run = begin(wish(EIGHT), wish(TEN, row=3), allowed=allowed)
    hold(account_run)
    account_run.payment.check_basket(basket(EIGHT, TEN))
    if not goes:
        with pytest.raises(StopError, match=r"with a fee of £0.50 the basket costs £28.30, but MAX_SPEND"):
            account_run.payment.check_amount(2 * PRICE + 50, 50, last=False)
        assert nothing_moved(ledger)
        return
    for last in (False, True):
        account_run.payment.check_amount(2 * PRICE + 50, 50, last=last)
    assert [told for _, _, told in ledger.events("first", Event.NOTICE)] == ["the card portal charges a fee of £0.50"]
    assert "£28.30" in account_run.payment.bank_asks(timedelta(seconds=90))
    account_run.payment.record_payment_intent()
    assert ledger.committed_pence(DAY) == 2 * PRICE + 50


@pytest.mark.parametrize("listed", [True, False])
@pytest.mark.parametrize("wishes", [(), (wish(replace(EIGHT, date=DAY + timedelta(days=1))),)])
def test_a_run_that_was_killed_while_paying_is_looked_up_and_told_by_the_runs_of_other_days(
    begin: Callable[..., AccountRun], ledger: Ledger, wishes: tuple[Wish, ...], listed: bool
) -> None:
    killed(begin, SlotState.PAYING)
    for run in ("second", "third"):
        account_run = begin(*wishes, run=run, slot_day=DAY + timedelta(days=1))
        assert account_run.has_earlier_payments_to_settle is (run == "second" or not listed)
        account_run.stock.compare_with_plan([row(EIGHT)] if listed else [], EMPTY)
        assert states(ledger, EIGHT)[-1] is (SlotState.PAID if listed else SlotState.PAYING)
        assert [told.partition(",")[0] for told in calls(ledger, run)] == (
            [] if listed else ["unknown: a payment of court 1"]
        )
        account_run.close()
        if not listed:
            [told] = calls(ledger, run)
            assert f"./run.sh settle mother {DAY} 08:00 paid" in told


def test_a_run_that_could_not_log_in_tells_of_earlier_payments_all_the_same(
    begin: Callable[..., AccountRun], ledger: Ledger
) -> None:
    killed(begin, SlotState.PAYING)
    account_run = begin(run="second", slot_day=DAY + timedelta(days=1))
    with pytest.raises(StopError):
        account_run.stop_here(Outcome.LOGIN_REFUSED, "wrong password")
    account_run.close()
    [told] = calls(ledger, "second")
    assert f"./run.sh settle mother {DAY} 08:00" in told
    begin(run="second", slot_day=DAY + timedelta(days=1)).record_abandoned("so")
    assert calls(ledger, "second") == [told]


def test_an_unsettled_payment_of_the_slot_day_is_told_although_nobody_wants_the_slot_now(
    begin: Callable[..., AccountRun], ledger: Ledger
) -> None:
    killed(begin, SlotState.PAYING)
    account_run = begin(wish(TEN), run="second")
    account_run.stock.compare_with_plan([], EMPTY)
    assert [each.first for each in account_run.wanted] == [TEN]
    [told] = calls(ledger, "second")
    assert f"./run.sh settle mother {DAY} 08:00" in told


def test_a_renamed_account_does_not_pay_for_what_it_may_have_paid_under_its_old_name(
    begin: Callable[..., AccountRun], ledger: Ledger
) -> None:
    mum = replace(MOTHER, name="Mum")
    killed(begin, SlotState.PAYING)
    for run, place in (("second", basket(EIGHT)), ("third", EMPTY)):
        account_run = begin(replace(wish(EIGHT, NINE), account="mum"), account="mum", run=run, accounts=(mum,))
        assert account_run.has_earlier_payments_to_settle
        account_run.stock.compare_with_plan([], place)
        assert (account_run.held, account_run.wanted) == ((), ())
        assert EIGHT in account_run.untouchable
        assert only(ledger, run).outcome is Outcome.UNKNOWN
        assert f"sent by mother in run first and is not settled: {advice('mother', EIGHT)}" in only(ledger, run).why
    # By name of the new account nothing can be paid either, whoever asks for it.
    ledger.record(run="third", account="mum", slot=EIGHT, state=SlotState.HELD, pence=PRICE)
    with pytest.raises(LedgerError):
        ledger.record(run="third", account="mum", slot=EIGHT, state=SlotState.PAYING)
    account_run = begin(replace(wish(EIGHT, NINE), account="mum"), account="mum", run="fourth", accounts=(mum,))
    account_run.stock.compare_with_plan([row(EIGHT)], EMPTY)
    assert only(ledger, "fourth").outcome is Outcome.ALREADY_BOOKED
    assert ledger.state("mother", EIGHT) is SlotState.PAID


def test_a_renamed_account_asks_before_it_books_what_is_paid_under_its_old_name_and_not_listed(
    begin: Callable[..., AccountRun], ledger: Ledger
) -> None:
    first = begin(wish(EIGHT))
    hold(first)
    pay(first, EIGHT)
    mum = replace(MOTHER, name="Mum")
    account_run = begin(replace(wish(EIGHT, NINE), account="mum"), account="mum", run="second", accounts=(mum,))
    account_run.stock.compare_with_plan([], EMPTY)
    assert account_run.wanted == ()
    assert only(ledger, "second").outcome is Outcome.NEEDS_PERSON
    assert f"./run.sh settle mother {DAY} 08:00 cancelled" in only(ledger, "second").why


def test_a_slot_of_another_account_of_the_family_leaves_a_want_its_other_slots(
    begin: Callable[..., AccountRun], ledger: Ledger
) -> None:
    father = replace(MOTHER, name="Father", email="father@example.test")
    for state in (SlotState.HELD, SlotState.PAYING, SlotState.PAID):
        ledger.record(run="first", account="father", slot=NINE, state=state, pence=PRICE)
    account_run = begin(wish(NINE, EIGHT), wish(EIGHT, NINE, row=3), wish(NINE, row=4), accounts=(MOTHER, father))
    account_run.stock.compare_with_plan([], EMPTY)
    assert [each.first for each in account_run.wanted] == [NINE, EIGHT]
    assert (only(ledger).wanted, only(ledger).outcome, only(ledger).why) == (
        NINE, Outcome.TAKEN, "Father has booked it",
    )  # fmt: skip


@pytest.mark.parametrize("ends", ["stopped", "declined", "failed", "closed", "killed"])
def test_whatever_ends_the_paying_while_something_is_held_calls_at_once(
    begin: Callable[..., AccountRun], ledger: Ledger, ends: str
) -> None:
    account_run = begin(wish(EIGHT))
    hold(account_run)
    assert calls(ledger) == []
    account_run.about_to_pay()
    account_run.payment.check_basket(basket(EIGHT))
    match ends:
        case "stopped":
            with pytest.raises(StopError):
                account_run.stop_here(Outcome.SITE_ERROR, "a field of the portal is missing")
        case "declined":
            account_run.payment.record_payment_intent()
            with pytest.raises(StopError):
                account_run.payment.stop_after_declined_card('the card portal says: "Card declined"')
        case "failed":
            account_run.record_failure("the basket page answered 520")
        case "closed":
            account_run.close()
        case "killed":
            account_run = begin(wish(EIGHT))
            account_run.record_abandoned("the worker was killed")
    [told] = calls(ledger)
    for said in (str(EIGHT), "£13.90", "held until about 00:25", "https://site.example.test/basket/", "by hand"):
        assert said in told
    account_run.close()
    assert calls(ledger) == [told]
    assert "held until about 00:25" in only(ledger).why


@pytest.mark.parametrize("ended", ["given back", "run out"])
def test_held_until_counts_from_the_hold_that_lasts(
    begin: Callable[..., AccountRun], ledger: Ledger, clock: RunClock, ended: str
) -> None:
    noon = begin(wish(EIGHT))
    hold(noon)
    if ended == "given back":
        noon.payment.record_rehearsal(EMPTY)
    clock.passes(hours=12)
    account_run = begin(wish(EIGHT), run="second")
    account_run.stock.compare_with_plan([], EMPTY)
    hold(account_run)
    clock.passes(minutes=5)
    account_run.payment.check_basket(basket(EIGHT))
    account_run.payment.record_payment_intent(by_card=False)
    account_run.payment.record_payment_not_sent(Proof.CARD_ASKED_FOR)
    assert account_run.payment.hold_left == timedelta(minutes=40)
    with pytest.raises(StopError):
        account_run.stop_here(Outcome.NEEDS_PERSON, "so")
    assert "held until about 12:25" in calls(ledger, "second")[0]


def test_a_hold_that_was_found_ends_at_that_time_at_the_latest(
    begin: Callable[..., AccountRun], ledger: Ledger
) -> None:
    account_run = begin(wish(EIGHT))
    account_run.stock.compare_with_plan([], basket(EIGHT))
    account_run.close()
    assert "held until at most 00:25" in only(ledger).why


def test_a_payment_of_an_earlier_run_says_nothing_of_how_long_this_hold_lasts(
    begin: Callable[..., AccountRun], clock: RunClock
) -> None:
    killed(begin, SlotState.PAYING)
    clock.passes(hours=12)
    account_run = begin(wish(EIGHT), wish(TEN, row=3), run="second")
    account_run.stock.compare_with_plan([], EMPTY)
    hold(account_run)
    account_run.payment.check_basket(basket(TEN))
    account_run.payment.record_payment_intent()
    assert account_run.payment.time_for_the_bank(timedelta(minutes=10)) == timedelta(minutes=10)
    clock.passes(minutes=4)
    assert account_run.payment.time_for_the_bank(timedelta(minutes=10)) == timedelta(minutes=6)
    clock.passes(minutes=40)
    assert account_run.payment.time_for_the_bank(timedelta(minutes=60)) == timedelta(minutes=1)
    clock.passes(minutes=40)
    assert account_run.payment.hold_left == timedelta()


def test_the_bank_is_given_its_time_for_each_payment(begin: Callable[..., AccountRun], clock: RunClock) -> None:
    account_run = begin(wish(EIGHT), wish(TEN, row=3), watch_until=STARTED + timedelta(hours=1))
    hold(account_run, responses={TEN: ResponseKind.REFUSED})
    for slot in (EIGHT, TEN):
        account_run.payment.check_basket(basket(slot))
        account_run.payment.record_payment_intent()
        assert account_run.payment.time_for_the_bank(timedelta(minutes=10)) == timedelta(minutes=10)
        clock.passes(minutes=15)
        account_run.payment.record_bookings([row(slot)], confirmed=True)
        if slot is EIGHT:
            take_steps(account_run, account_run.begin_holding_returned([TEN]), {})


def test_a_rehearsal_leaves_alone_what_it_has_not_held(begin: Callable[..., AccountRun], ledger: Ledger) -> None:
    hold(begin(wish(EIGHT)))  # by a paid run that was ended
    account_run = begin(wish(EIGHT), wish(TEN, row=3), run="second", payment=Payment.REHEARSE)
    account_run.stock.compare_with_plan([], basket(EIGHT))
    hold(account_run)
    assert [account_run.payment.has_held(line) for line in basket(EIGHT, TEN).lines] == [False, True]
    with pytest.raises(StopError, match="could not take"):
        account_run.payment.record_rehearsal(basket(EIGHT, TEN))
    account_run.payment.record_rehearsal(basket(EIGHT))
    assert outcomes(ledger, "second") == {EIGHT: Outcome.REHEARSED, TEN: Outcome.REHEARSED}
    assert (ledger.state("mother", EIGHT), ledger.state("mother", TEN)) == (SlotState.HELD, SlotState.RELEASED)
    [left] = [each.why for each in ledger.outcomes("second") if each.wanted == EIGHT]
    assert left.startswith("it lay in the basket before this run and was left there, held until")


def test_a_rehearsal_gives_back_nothing_that_may_have_been_paid(
    begin: Callable[..., AccountRun], ledger: Ledger
) -> None:
    killed(begin, SlotState.PAYING)
    account_run = begin(wish(EIGHT, NINE), run="second", payment=Payment.REHEARSE)
    account_run.stock.compare_with_plan([], basket(EIGHT))
    assert not account_run.payment.has_held(row(EIGHT))
    account_run.payment.record_rehearsal(basket(EIGHT))
    account_run.close()
    assert only(ledger, "second").outcome is Outcome.UNKNOWN


def test_a_decline_in_known_words_leaves_the_slots_held_and_the_card_alone(
    begin: Callable[..., AccountRun], ledger: Ledger
) -> None:
    account_run = begin(wish(EIGHT))
    hold(account_run)
    account_run.about_to_pay()
    account_run.payment.check_basket(basket(EIGHT))
    account_run.payment.record_payment_intent()
    with pytest.raises(StopError) as caught:
        account_run.payment.stop_after_declined_card("the card portal says: Card Declined")
    assert caught.value.outcome is Outcome.DECLINED
    assert account_run.held == (EIGHT,)
    assert account_run.payment.declined_for == "Mother"
    assert calls(ledger)[0].startswith("payment declined: the card portal says: Card Declined")
    account_run.close()
    assert ledger.committed_pence(DAY) == 0
    again = begin(wish(EIGHT), run="second")
    again.stock.compare_with_plan([], basket(EIGHT))
    pay(again, EIGHT)
    assert only(ledger, "second").outcome is Outcome.BOOKED


def test_a_decline_says_nothing_of_a_payment_before_it(begin: Callable[..., AccountRun]) -> None:
    killed(begin, SlotState.PAYING)
    account_run = begin(wish(EIGHT), wish(TEN, row=3), run="second")
    account_run.stock.compare_with_plan([], EMPTY)
    hold(account_run)
    account_run.payment.check_basket(basket(TEN))
    account_run.payment.record_payment_intent()
    with pytest.raises(StopError):
        account_run.payment.stop_after_declined_card("the card portal says: Card Declined")
    assert account_run.payment.declined_for == "Mother"
    assert (account_run.held, account_run.unsettled) == ((TEN,), (EIGHT,))


@pytest.mark.parametrize("how_far", ["paying", "unknown"])
def test_a_basket_that_proves_one_payment_unsent_proves_nothing_of_another(
    begin: Callable[..., AccountRun], how_far: str
) -> None:
    """EIGHT may have been paid with credit and has left the basket; the click for TEN is answered with the basket."""
    first = begin(wish(EIGHT))
    hold(first)
    first.payment.check_basket(basket(EIGHT))
    first.payment.record_payment_intent(by_card=False)
    if how_far == "unknown":
        first.close()
    account_run = begin(wish(EIGHT), wish(TEN, row=3), run="second")
    account_run.stock.compare_with_plan([], EMPTY)
    hold(account_run)
    account_run.payment.check_basket(basket(TEN))
    account_run.payment.record_payment_intent(by_card=False)
    assert account_run.sent == (TEN,)
    account_run.payment.record_payment_not_sent(Proof.IN_BASKET)
    assert (account_run.held, account_run.unsettled) == ((TEN,), (EIGHT,))


def test_a_confirmation_is_that_of_the_payment_that_was_sent(begin: Callable[..., AccountRun], ledger: Ledger) -> None:
    killed(begin, SlotState.PAYING)
    account_run = begin(wish(EIGHT), wish(TEN, row=3), run="second")
    account_run.stock.compare_with_plan([], EMPTY)
    hold(account_run)
    account_run.payment.check_basket(basket(TEN))
    account_run.payment.record_payment_intent()
    account_run.payment.record_bookings([], confirmed=True)
    account_run.close()
    assert outcomes(ledger, "second") == {EIGHT: Outcome.UNKNOWN, TEN: Outcome.NOT_LISTED}


def test_what_may_be_paid_comes_before_what_lies_in_the_basket(begin: Callable[..., AccountRun]) -> None:
    killed(begin, SlotState.PAYING)
    account_run = begin(wish(NINE, EIGHT), run="second")
    account_run.stock.compare_with_plan([], basket(NINE))
    assert (account_run.unsettled, account_run.held, account_run.wanted) == ((EIGHT,), (), ())


def test_one_paid_slot_stands_for_one_want(begin: Callable[..., AccountRun], ledger: Ledger) -> None:
    first = begin(wish(EIGHT))
    hold(first)
    pay(first, EIGHT)
    account_run = begin(wish(EIGHT), wish(NINE, EIGHT, row=3), run="second")
    account_run.stock.compare_with_plan([], EMPTY)
    assert outcomes(ledger, "second") == {EIGHT: Outcome.NEEDS_PERSON}
    assert [each.first for each in account_run.wanted] == [NINE]


def test_a_check_that_fails_leaves_nothing_to_be_paid_for_by_an_earlier_one(
    begin: Callable[..., AccountRun], ledger: Ledger
) -> None:
    account_run = begin(wish(EIGHT))
    hold(account_run)
    account_run.payment.check_basket(basket(EIGHT))
    with pytest.raises(StopError):
        account_run.payment.check_basket(basket(EIGHT, total=PRICE + 1))
    with pytest.raises(LedgerError, match="before the basket was checked"):
        account_run.payment.record_payment_intent()
    assert nothing_moved(ledger)


def test_a_foreign_line_in_the_basket_is_told_before_the_opening(
    begin: Callable[..., AccountRun], ledger: Ledger
) -> None:
    account_run = begin(wish(EIGHT))
    line = BookingRow("Swimming | lesson", DAY, 8, 30, 500)
    account_run.stock.compare_with_plan([], Basket((line,), 500, 0))
    [told] = calls(ledger)
    assert told.startswith(f"needs a person: the basket also holds {line}")
    assert "removed" in told
    assert [each.first for each in account_run.wanted] == [EIGHT]
    hold(account_run)
    for _ in range(2):
        with pytest.raises(StopError):
            account_run.payment.check_basket(Basket((row(EIGHT), line), PRICE + 500, 0))
    # Again, now that something is held: whoever has not acted before the opening learns how long there is time.
    again, more = calls(ledger)
    assert (again, more.startswith(told)) == (told, True)
    assert f"Held and not paid: {EIGHT} (£13.90); held until about 00:25" in more


def test_nobody_is_called_for_a_foreign_line_where_nothing_is_wanted(
    begin: Callable[..., AccountRun], ledger: Ledger
) -> None:
    begin().stock.compare_with_plan([], Basket((BookingRow("Swimming | lesson", DAY, 8, 30, 500),), 500, 0))
    assert calls(ledger) == []


@pytest.mark.parametrize(
    ("more", "setting"),
    [({"allowed": 2 * PRICE - 1}, "MAX_SPEND"), ({"each": 2 * PRICE - 1}, "MAX_SPEND_PER_ACCOUNT"), ({}, "")],
)
def test_a_ceiling_below_what_is_wanted_is_told_before_the_opening(
    begin: Callable[..., AccountRun], ledger: Ledger, more: dict[str, int], setting: str
) -> None:
    seen = replace(EIGHT, date=DAY - timedelta(days=7))
    ledger.record(run="earlier", account="mother", slot=seen, state=SlotState.HELD, why=PRICED, pence=PRICE)
    begin(wish(EIGHT), wish(TEN, row=3), **more).stock.compare_with_plan([], EMPTY)
    if not setting:
        assert calls(ledger) == []
        return
    [told] = calls(ledger)
    assert f"what is wanted may cost £27.80, but {setting} allows £27.79" in told
    begin(wish(EIGHT), wish(TEN, row=3), run="second", payment=Payment.REHEARSE, **more).stock.compare_with_plan(
        [], EMPTY
    )
    assert calls(ledger, "second") == []


def test_a_confirmed_payment_that_is_listed_late_is_booked_when_it_is_listed(
    begin: Callable[..., AccountRun], ledger: Ledger
) -> None:
    account_run = begin(wish(EIGHT))
    hold(account_run)
    account_run.payment.check_basket(basket(EIGHT))
    account_run.payment.record_payment_intent()
    for _ in range(3):
        account_run.payment.record_bookings([], confirmed=True)
        assert account_run.unsettled == (EIGHT,)
        assert ledger.outcomes("first") == []
    account_run.payment.record_bookings([row(EIGHT)], confirmed=False)
    account_run.close()
    assert only(ledger).outcome is Outcome.BOOKED
    assert clicks(ledger, EIGHT) == 1


def test_a_confirmed_payment_that_is_not_listed_says_so_and_every_later_run_looks(
    begin: Callable[..., AccountRun], ledger: Ledger
) -> None:
    account_run = begin(wish(EIGHT))
    hold(account_run)
    account_run.payment.check_basket(basket(EIGHT))
    account_run.payment.record_payment_intent()
    account_run.payment.record_bookings([], confirmed=True)
    account_run.close()
    assert only(ledger).outcome is Outcome.NOT_LISTED
    assert f"./run.sh settle mother {DAY} 08:00" in only(ledger).why
    later = begin(run="second", slot_day=DAY + timedelta(days=1))
    later.stock.compare_with_plan([row(EIGHT)], EMPTY)
    assert states(ledger, EIGHT)[-1] is SlotState.PAID
    assert calls(ledger, "second") == []


def test_what_a_person_has_cancelled_is_booked_anew(begin: Callable[..., AccountRun], ledger: Ledger) -> None:
    first = begin(wish(EIGHT))
    hold(first)
    pay(first, EIGHT)
    settle(ledger, EIGHT, SlotState.RELEASED)
    account_run = begin(wish(EIGHT), run="second")
    account_run.stock.compare_with_plan([], EMPTY)
    assert [each.first for each in account_run.wanted] == [EIGHT]
    hold(account_run)
    pay(account_run, EIGHT)
    assert only(ledger, "second").outcome is Outcome.BOOKED
    assert clicks(ledger, EIGHT) == 2


def test_what_a_page_says_is_cleaned_before_it_is_recorded_anywhere(ledger: Ledger) -> None:
    def account_run_of(run: str) -> AccountRun:
        return AccountRun(plan(wish(EIGHT), run=run), "mother", ledger, clean=lambda text: text.replace("4111", "****"))

    doubtful, declined, stopped_, failed, refused = map(account_run_of, ("a", "b", "c", "d", "e"))
    hold(doubtful)
    doubtful.payment.check_basket(basket(EIGHT))
    doubtful.payment.record_payment_intent()
    doubtful.payment.record_doubt("card 4111 was not answered")
    with pytest.raises(StopError):
        declined.payment.stop_after_declined_card("card 4111 was declined")
    with pytest.raises(StopError) as caught:
        stopped_.stop_here(Outcome.NEEDS_PERSON, "who is 4111")
    failed.record_failure("the page says 4111")
    ledger.record(
        run="a", account="mother", slot=EIGHT, state=SlotState.RELEASED, why="so", proof=Proof.PERSON
    )  # fmt: skip
    refused.prepare_to_hold(())
    refused.begin_holding()
    refused.strategy.give_up(Outcome.SITE_ERROR, "4111 cannot be had")
    refused.end_holding()
    for account_run in (doubtful, declined, stopped_, failed, refused):
        account_run.close()
    told = [record.why for record in ledger.history()]
    told += [each.why for run in "abcde" for each in ledger.outcomes(run)]
    told += [text for run in "abcde" for _, _, text in ledger.events(run, *Event)]
    told += [caught.value.why, stopped_.reason, failed.reason]
    assert not [text for text in told if "4111" in text]
    assert len([text for text in told if "****" in text]) >= 8


@pytest.mark.parametrize(("pence", "written"), [(0, "£0.00"), (5, "£0.05"), (1390, "£13.90"), (123456, "£1234.56")])
def test_pounds(pence: int, written: str) -> None:
    assert pounds(pence) == written
