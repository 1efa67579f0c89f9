"""One account's night: what the ledger is told and when, and that money is never moved twice or blindly."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from booking.errors import LedgerError
from booking.holding import Act, Answer, AnswerKind, Holding
from booking.ledger import CARRIED, Ledger, Mark, OutcomeRecord, SlotState
from booking.model import Account, Payment, Plan, Slot, Want
from booking.night import Night, StopError, pounds
from booking.outcomes import Outcome
from booking.pages import Basket, BookingRow, HourState

DAY = date(2026, 12, 28)
COURT = "Practice Fields Tennis Court 1"
MOTHER = Account(
    "Mother", "mother@example.test", 1, "https://site.example.test/courses/detail/171/practice-fields-tennis-court-1/"
)
EIGHT, NINE, TEN = (Slot(1, DAY, hour) for hour in (8, 9, 10))
PRICE = 1390
STARTED = datetime(2026, 11, 23, 23, 40, tzinfo=UTC)


def want(*slots: Slot, row: int = 2) -> Want:
    return Want("mother", slots, f"Booking Schedule, row {row}")


def plan(*wants: Want, run: str = "first", allowed: int = 10_000, each: int = 10_000) -> Plan:
    return Plan(
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
        wants=wants,
    )


def row(slot: Slot, facility: str = COURT, pence: int | None = PRICE) -> BookingRow:
    return BookingRow(facility, slot.date, slot.hour, pence=pence)


def basket(*slots: Slot, total: int | None = -1, pence: int | None = PRICE) -> Basket:
    """Return a basket of these slots; its total is right unless one is given."""
    return Basket(tuple(row(slot, pence=pence) for slot in slots), PRICE * len(slots) if total == -1 else total, 0)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger(tmp_path / "ledger.sqlite3", "practice", clock=lambda: STARTED) as kept:
        yield kept


@pytest.fixture
def begin(ledger: Ledger) -> Callable[..., Night]:
    """Begin a run of the account; it reads the same ledger as the runs before it."""
    return lambda *wants, **more: Night(plan(*wants, **more), "mother", ledger)


def hold(night: Night, *, answers: dict[Slot, AnswerKind] | None = None, gone: tuple[Slot, ...] = ()) -> None:
    """Hold what is wanted, as the library does: tell the ledger, ask, tell the ledger."""
    now = [1_000.0]

    def clock() -> float:
        now[0] += 0.01
        return now[0]

    holding = Holding(night.wanted, unavailable={*night.held, *gone}, now=clock)
    while (move := holding.next_move()).aims:
        now[0] += move.pause
        night.intend(aim.slot for aim in move.aims)
        assert all(night.ledger.state("mother", aim.slot) is SlotState.INTENT for aim in move.aims)
        if move.act is Act.LOOK:
            holding.looked(move, HourState.CLOSED)
            continue
        kinds = [(answers or {}).get(aim.slot, AnswerKind.HELD) for aim in move.aims]
        holding.reached(move, [Answer(kind, str(kind), sent=1_000.5, answered=1_001.25) for kind in kinds])
        for reach in holding.reaches:
            if any((reach.want, reach.held) == (aim.want, aim.slot) for aim in move.aims):
                night.hold(reach)
    night.end_holding(holding, 1_000.0)


def pay(night: Night, *slots: Slot) -> None:
    night.check_basket(basket(*slots))
    night.payment_begins()
    night.payment_settled([row(slot) for slot in slots], confirmed=True)


def states(ledger: Ledger, slot: Slot) -> list[SlotState]:
    return [record.state for record in ledger.history(account="mother") if record.slot == slot]


def outcomes(ledger: Ledger, run: str = "first") -> dict[Slot, Outcome]:
    return {record.wanted: record.outcome for record in ledger.outcomes(run)}


def only(ledger: Ledger, run: str = "first") -> OutcomeRecord:
    [record] = ledger.outcomes(run)
    return record


# The whole way


def test_a_good_night_tells_the_ledger_before_and_after_every_act(begin: Callable[..., Night], ledger: Ledger) -> None:
    night = begin(want(EIGHT), want(TEN, row=3))
    night.logged_in_as("other@example.test")
    night.take_stock([], [])
    assert [each.first for each in night.wanted] == [EIGHT, TEN]
    hold(night)
    assert states(ledger, EIGHT) == [SlotState.INTENT, SlotState.HELD]
    assert night.check_basket(basket(EIGHT, TEN)) == 2 * PRICE
    night.payment_begins()
    assert states(ledger, TEN)[-1] is SlotState.PAYING
    night.payment_settled([row(EIGHT), row(TEN)], confirmed=True)
    night.close()

    assert states(ledger, EIGHT) == [
        SlotState.INTENT, SlotState.HELD, SlotState.HELD, SlotState.PAYING, SlotState.PAID,
    ]  # fmt: skip
    assert outcomes(ledger) == {EIGHT: Outcome.BOOKED, TEN: Outcome.BOOKED}
    assert {record.email for record in ledger.outcomes("first")} == {"other@example.test"}
    assert ledger.paid_pence("first") == 2 * PRICE


def test_the_second_preference_names_what_was_got_and_what_was_wanted(
    begin: Callable[..., Night], ledger: Ledger
) -> None:
    night = begin(want(EIGHT, NINE))
    hold(night, answers={EIGHT: AnswerKind.BOUNCED})
    pay(night, NINE)
    assert (only(ledger).wanted, only(ledger).slot, only(ledger).outcome) == (EIGHT, NINE, Outcome.BOOKED)
    assert states(ledger, EIGHT) == [SlotState.INTENT, SlotState.RELEASED]


def test_what_was_missed_and_measured_is_told(begin: Callable[..., Night], ledger: Ledger) -> None:
    night = begin(want(EIGHT))
    hold(night, answers={EIGHT: AnswerKind.BOUNCED})
    assert only(ledger).outcome is Outcome.TAKEN
    assert only(ledger).measures["tries"] == 2
    assert states(ledger, EIGHT)[-1] is SlotState.RELEASED
    assert night.wanted == ()


def test_intentions_are_told_once_a_run(begin: Callable[..., Night], ledger: Ledger) -> None:
    night = begin(want(EIGHT))
    night.intend([EIGHT])
    night.intend([EIGHT, EIGHT])
    assert states(ledger, EIGHT) == [SlotState.INTENT]


def test_only_a_held_slot_can_be_told_as_held(begin: Callable[..., Night]) -> None:
    night = begin(want(EIGHT))
    holding = Holding(night.wanted, now=lambda: 0.0)
    with pytest.raises(ValueError, match="not held"):
        night.hold(holding.reaches[0])


# Taking stock


def test_what_my_bookings_lists_is_not_booked_again(begin: Callable[..., Night], ledger: Ledger) -> None:
    night = begin(want(EIGHT, NINE), want(TEN, row=3))
    night.take_stock([row(NINE)], [])
    assert [each.first for each in night.wanted] == [TEN]
    assert (only(ledger).slot, only(ledger).outcome) == (NINE, Outcome.ALREADY_BOOKED)
    assert states(ledger, NINE) == [SlotState.PAID]
    again = begin(want(EIGHT, NINE), run="second")
    again.take_stock([row(NINE)], [])
    assert outcomes(ledger, "second") == {EIGHT: Outcome.ALREADY_BOOKED}
    assert states(ledger, NINE) == [SlotState.PAID]


def test_one_booking_does_not_satisfy_two_wants(begin: Callable[..., Night]) -> None:
    night = begin(want(EIGHT, NINE), want(NINE, TEN, row=3))
    night.take_stock([row(NINE)], [])
    assert [each.first for each in night.wanted] == [NINE]
    hold(night, gone=(NINE,))  # the calendar shows it as booked
    assert night.held == (TEN,)


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
def test_another_booking_is_not_taken_for_ours(begin: Callable[..., Night], other: BookingRow) -> None:
    night = begin(want(EIGHT))
    night.take_stock([other], [other])
    assert [each.first for each in night.wanted] == [EIGHT]
    assert night.held == ()


def test_what_lies_in_our_basket_is_taken_up(begin: Callable[..., Night], ledger: Ledger) -> None:
    night = begin(want(EIGHT, NINE), want(TEN, row=3))
    night.take_stock([], [row(NINE)])
    assert night.held == (NINE,)
    assert [each.first for each in night.wanted] == [TEN]
    assert states(ledger, NINE) == [SlotState.HELD]


def test_one_basket_line_does_not_satisfy_two_wants(begin: Callable[..., Night]) -> None:
    night = begin(want(EIGHT), want(EIGHT, NINE, row=3))
    night.take_stock([], [row(EIGHT)])
    assert night.held == (EIGHT,)
    assert len(night.wanted) == 1


def test_a_hold_of_an_earlier_run_that_is_gone_is_reached_for_again(
    begin: Callable[..., Night], ledger: Ledger
) -> None:
    hold(begin(want(EIGHT)))
    night = begin(want(EIGHT), run="second")
    night.take_stock([], [])
    assert states(ledger, EIGHT)[-1] is SlotState.RELEASED
    assert [each.first for each in night.wanted] == [EIGHT]
    hold(night)
    assert night.held == (EIGHT,)


@pytest.mark.parametrize("how_far", ["paying", "unknown"])
@pytest.mark.parametrize("in_basket", [True, False])
def test_a_payment_whose_fate_is_unknown_is_never_repeated(
    begin: Callable[..., Night], ledger: Ledger, how_far: str, in_basket: bool
) -> None:
    first = begin(want(EIGHT, NINE))
    hold(first)
    first.check_basket(basket(EIGHT))
    first.payment_begins()
    if how_far == "unknown":
        first.payment_settled([], confirmed=False)
    night = begin(want(EIGHT, NINE), run="second")
    night.take_stock([], [row(EIGHT)] if in_basket else [])
    assert night.wanted == ()
    assert night.held == ()
    assert only(ledger, "second").outcome is Outcome.UNKNOWN
    assert "statement" in only(ledger, "second").why
    night.payment_begins()
    assert states(ledger, EIGHT)[-1] is SlotState.UNKNOWN


@pytest.mark.parametrize("how_far", ["paying", "unknown"])
@pytest.mark.parametrize("in_basket", [True, False])
def test_a_click_that_could_move_credit_only_has_paid_for_nothing_that_is_still_in_the_basket(
    begin: Callable[..., Night], ledger: Ledger, how_far: str, in_basket: bool
) -> None:
    first = begin(want(EIGHT))
    hold(first)
    first.check_basket(basket(EIGHT))
    first.payment_begins(by_card=False)
    if how_far == "unknown":
        first.close()
    night = begin(want(EIGHT), run="second")
    night.take_stock([], [row(EIGHT)] if in_basket else [])
    assert night.held == ((EIGHT,) if in_basket else ())
    assert states(ledger, EIGHT)[-1] is (SlotState.HELD if in_basket else SlotState.UNKNOWN)
    if in_basket:
        pay(night, EIGHT)
        assert only(ledger, "second").outcome is Outcome.BOOKED


def test_once_a_card_was_typed_the_basket_proves_nothing(begin: Callable[..., Night], ledger: Ledger) -> None:
    first = begin(want(EIGHT))
    hold(first)
    first.check_basket(basket(EIGHT))
    first.payment_begins(by_card=False)
    first.payment_was_not_sent("the site asks for a card")
    first.payment_begins(by_card=True)
    night = begin(want(EIGHT), run="second")
    night.take_stock([], [row(EIGHT)])
    assert night.held == ()
    assert only(ledger, "second").outcome is Outcome.UNKNOWN


@pytest.mark.parametrize("how_far", ["paying", "unknown"])
def test_my_bookings_settles_a_payment_of_an_earlier_run(
    begin: Callable[..., Night], ledger: Ledger, how_far: str
) -> None:
    first = begin(want(EIGHT))
    hold(first)
    first.check_basket(basket(EIGHT))
    first.payment_begins()
    if how_far == "unknown":
        first.payment_settled([], confirmed=False)
    night = begin(want(EIGHT), run="second")
    night.take_stock([row(EIGHT)], [])
    assert only(ledger, "second").outcome is Outcome.ALREADY_BOOKED
    assert states(ledger, EIGHT)[-1] is SlotState.PAID


def test_paid_by_the_ledger_but_not_listed_needs_a_person(begin: Callable[..., Night], ledger: Ledger) -> None:
    first = begin(want(EIGHT))
    hold(first)
    pay(first, EIGHT)
    night = begin(want(EIGHT), run="second")
    night.take_stock([], [])
    assert night.wanted == ()
    assert only(ledger, "second").outcome is Outcome.NEEDS_PERSON


# Taking stock after the ledger was damaged


@pytest.fixture
def anew(ledger: Ledger) -> Ledger:
    """The ledger as `booking.repair` begins it."""
    ledger.mark("", "", Mark.DAMAGE, "torn")
    return ledger


def test_after_damage_everything_in_my_bookings_is_paid_again(begin: Callable[..., Night], anew: Ledger) -> None:
    other_day = replace(TEN, date=DAY - timedelta(days=7))
    night = begin(want(EIGHT))
    night.take_stock([row(EIGHT), row(other_day), row(NINE, "Quarry Green Tennis Court 1")], [])
    assert {record.slot: record.state for record in anew.states()} == {
        EIGHT: SlotState.PAID, other_day: SlotState.PAID,
    }  # fmt: skip
    assert only(anew).outcome is Outcome.ALREADY_BOOKED
    assert not anew.in_doubt("mother")
    assert anew.in_doubt("father")


@pytest.mark.parametrize("known", [None, SlotState.HELD])
def test_after_damage_a_basket_nobody_knows_is_for_a_person(
    begin: Callable[..., Night], anew: Ledger, known: SlotState | None
) -> None:
    if known:
        anew.record(run=CARRIED, account="mother", slot=EIGHT, state=known, pence=PRICE)
    for run in ("first", "second"):
        night = begin(want(EIGHT, NINE), run=run)
        night.take_stock([], [row(EIGHT)])
        assert (night.wanted, night.held) == ((), ())
        assert only(anew, run).outcome is Outcome.NEEDS_PERSON
        assert "./run.sh settle" in only(anew, run).why
        assert EIGHT in night.untouchable
    assert anew.committed_pence(DAY) == PRICE
    # Settled as not paid, it is taken up out of the basket and paid for.
    anew.record(run="by hand", account="mother", slot=EIGHT, state=SlotState.RELEASED, why="a person looked")
    night = begin(want(EIGHT, NINE), run="third")
    night.take_stock([], [row(EIGHT)])
    pay(night, EIGHT)
    assert only(anew, "third").outcome is Outcome.BOOKED


def test_after_damage_what_was_taken_out_of_the_basket_may_be_booked(begin: Callable[..., Night], anew: Ledger) -> None:
    begin(want(EIGHT)).take_stock([], [row(EIGHT)])
    night = begin(want(EIGHT), run="second")
    night.take_stock([], [])
    assert [each.first for each in night.wanted] == [EIGHT]
    hold(night)
    pay(night, EIGHT)
    assert only(anew, "second").outcome is Outcome.BOOKED


def test_doubt_ends_with_the_first_stock_and_what_is_held_then_is_paid(
    begin: Callable[..., Night], anew: Ledger
) -> None:
    night = begin(want(EIGHT))
    night.take_stock([], [])
    assert not anew.in_doubt("mother")
    hold(night)
    again = begin(want(EIGHT), run="second")
    again.take_stock([], [row(EIGHT)])
    assert again.held == (EIGHT,)


def test_doubt_lasts_while_the_basket_holds_what_nobody_understands(begin: Callable[..., Night], anew: Ledger) -> None:
    begin(want(EIGHT)).take_stock([], [BookingRow("Swimming", DAY, 8, 30, 500)])
    assert anew.in_doubt("mother")


@pytest.mark.parametrize("state", [SlotState.PAYING, SlotState.UNKNOWN])
def test_a_payment_that_was_carried_over_is_not_repeated(
    begin: Callable[..., Night], anew: Ledger, state: SlotState
) -> None:
    for each in (SlotState.HELD, SlotState.PAYING, *([state] if state is SlotState.UNKNOWN else [])):
        anew.record(run=CARRIED, account="mother", slot=EIGHT, state=each, pence=PRICE)
    night = begin(want(EIGHT))
    night.take_stock([], [row(EIGHT)])
    assert only(anew).outcome is Outcome.UNKNOWN
    assert night.held == ()


# Before paying


def stopped(night: Night, what: Basket) -> StopError:
    with pytest.raises(StopError) as caught:
        night.check_basket(what)
    night.close()
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
def test_a_foreign_line_in_the_basket_stops(begin: Callable[..., Night], ledger: Ledger, line: BookingRow) -> None:
    night = begin(want(EIGHT))
    hold(night)
    stop = stopped(night, Basket((row(EIGHT), line), PRICE + (line.pence or 0), 0))
    assert stop.outcome is Outcome.NEEDS_PERSON
    assert str(line) in stop.why
    assert outcomes(ledger) == {EIGHT: Outcome.NEEDS_PERSON}
    assert nothing_moved(ledger)


@pytest.mark.parametrize("total", [PRICE - 1, PRICE + 1, 0, 2 * PRICE, None])
def test_a_total_that_is_not_the_sum_of_the_lines_stops(
    begin: Callable[..., Night], ledger: Ledger, total: int | None
) -> None:
    night = begin(want(EIGHT))
    hold(night)
    assert stopped(night, basket(EIGHT, total=total)).outcome is Outcome.NEEDS_PERSON
    assert "held until about" in only(ledger).why
    assert nothing_moved(ledger)


def test_an_empty_basket_stops(begin: Callable[..., Night], ledger: Ledger) -> None:
    night = begin(want(EIGHT))
    hold(night)
    assert stopped(night, Basket((), None, 0)).outcome is Outcome.NEEDS_PERSON
    assert nothing_moved(ledger)


def test_a_line_without_a_price_takes_its_share_of_the_total(begin: Callable[..., Night], ledger: Ledger) -> None:
    night = begin(want(EIGHT), want(TEN, row=3))
    hold(night)
    assert night.check_basket(basket(EIGHT, TEN, total=2781, pence=None)) == 2781
    assert sum(record.pence or 0 for record in ledger.states(account="mother")) == 2781


def test_a_slot_that_the_basket_lost_is_not_paid_and_the_others_are(
    begin: Callable[..., Night], ledger: Ledger
) -> None:
    night = begin(want(EIGHT), want(TEN, row=3))
    hold(night)
    assert night.check_basket(basket(TEN)) == PRICE
    night.payment_begins()
    night.payment_settled([row(TEN)], confirmed=True)
    assert outcomes(ledger) == {EIGHT: Outcome.SITE_ERROR, TEN: Outcome.BOOKED}
    assert SlotState.PAYING not in states(ledger, EIGHT)
    assert states(ledger, EIGHT)[-1] is SlotState.RELEASED


@pytest.mark.parametrize(("ceiling", "setting"), [("allowed", "MAX_SPEND"), ("each", "MAX_SPEND_PER_ACCOUNT")])
@pytest.mark.parametrize(("pence", "goes"), [(PRICE, True), (PRICE - 1, False), (0, False)])
def test_the_spend_ceilings(
    begin: Callable[..., Night], ledger: Ledger, ceiling: str, setting: str, pence: int, goes: bool
) -> None:
    night = begin(want(EIGHT), **{ceiling: pence})
    hold(night)
    if goes:
        assert night.check_basket(basket(EIGHT)) == PRICE
        return
    assert f"{setting} allows {pounds(pence)}" in stopped(night, basket(EIGHT)).why
    assert "held until about" in only(ledger).why
    assert nothing_moved(ledger)


def test_what_others_spend_after_the_check_still_counts(begin: Callable[..., Night], ledger: Ledger) -> None:
    night = begin(want(EIGHT), allowed=2 * PRICE - 1)
    hold(night)
    night.check_basket(basket(EIGHT))
    ledger.record(run="first", account="father", slot=NINE, state=SlotState.HELD, pence=PRICE)
    ledger.record(run="first", account="father", slot=NINE, state=SlotState.PAYING)
    with pytest.raises(StopError) as caught:
        night.payment_begins()
    assert caught.value.outcome is Outcome.NEEDS_PERSON
    assert f"{pounds(PRICE)} is spent on this day already, but MAX_SPEND allows" in caught.value.why
    assert "all accounts together" in caught.value.why
    assert states(ledger, EIGHT)[-1] is SlotState.HELD


def test_a_booking_without_a_price_counts_as_much_as_the_dearest_slot_in_the_basket(
    begin: Callable[..., Night],
) -> None:
    night = begin(want(EIGHT), want(TEN, row=3), allowed=3 * PRICE - 1)
    night.take_stock([row(EIGHT, pence=None)], [])
    hold(night)
    assert night.check_basket(basket(TEN)) == PRICE  # EIGHT counts for one more
    night = begin(want(EIGHT), want(NINE, row=3), run="second", allowed=3 * PRICE - 1, each=2 * PRICE)
    night.take_stock([row(EIGHT, pence=None)], [])
    hold(night)
    dear = Basket((row(NINE, pence=PRICE + 1),), PRICE + 1, 0)
    assert "MAX_SPEND_PER_ACCOUNT" in stopped(night, dear).why


@pytest.mark.parametrize("how_far", ["paid", "unknown", "paying"])
def test_the_spend_ceiling_holds_over_restarts(begin: Callable[..., Night], ledger: Ledger, how_far: str) -> None:
    first = begin(want(EIGHT), allowed=2 * PRICE - 1)
    hold(first)
    first.check_basket(basket(EIGHT))
    first.payment_begins()
    if how_far != "paying":
        first.payment_settled([row(EIGHT)] if how_far == "paid" else [], confirmed=False)
    night = begin(want(TEN), run="second", allowed=2 * PRICE - 1)
    night.take_stock([], [])
    hold(night)
    stop = stopped(night, basket(TEN))
    assert stop.outcome is Outcome.NEEDS_PERSON
    assert "is spent on this day already" in stop.why
    assert states(ledger, TEN)[-1] is SlotState.HELD


def test_a_card_that_was_declined_is_tried_by_nobody_in_that_run(ledger: Ledger) -> None:
    nights = [Night(plan(want(EIGHT), want(Slot(2, DAY, 8), row=3), run=run), "mother", ledger) for run in "abb"]
    for night in nights:
        night.check_card()
    with pytest.raises(StopError) as caught:
        nights[1].card_declined("the card portal declined the card")
    assert (caught.value.outcome, caught.value.why) == (Outcome.DECLINED, "the card portal declined the card")
    nights[0].check_card()  # another run
    hold(nights[2])
    with pytest.raises(StopError) as caught:
        nights[2].check_card()
    nights[2].close()
    assert {record.outcome for record in ledger.outcomes("b")} == {Outcome.DECLINED}
    why = ledger.outcomes("b")[0].why
    assert "declined for Mother" in why
    assert "held until about" in why


def test_paying_needs_a_basket_that_was_checked(begin: Callable[..., Night]) -> None:
    night = begin(want(EIGHT))
    hold(night)
    with pytest.raises(LedgerError, match="price"):
        night.payment_begins()


# Calling for a person


def calls(ledger: Ledger, run: str = "first") -> list[str]:
    return [told for _, _, told in ledger.details(run, Mark.BANK, Mark.CALL)]


def test_the_bank_is_told_with_amount_and_time(begin: Callable[..., Night], ledger: Ledger) -> None:
    night = begin(want(EIGHT), want(TEN, row=3))
    hold(night)
    night.check_basket(basket(EIGHT, TEN))
    before = datetime.now(UTC) + timedelta(seconds=90)
    told = night.bank_asks(timedelta(seconds=90))
    assert calls(ledger) == [told]
    assert "£27.80" in told
    until = datetime.combine(before.date(), time.fromisoformat(told[-8:]), UTC)
    assert abs(until - before) < timedelta(seconds=5)


def test_a_person_is_called_once_for_each_kind_of_trouble(begin: Callable[..., Night], ledger: Ledger) -> None:
    night = begin(want(EIGHT), want(TEN, row=3))
    hold(night)
    with pytest.raises(StopError):
        night.stop_here(Outcome.NEEDS_PERSON, "the basket is odd")
    [told] = calls(ledger)
    assert told.startswith("needs a person: the basket is odd; held until about")
    night.close()
    begin(want(EIGHT), want(TEN, row=3)).abandoned("the worker was killed")
    assert calls(ledger) == [told]


def test_a_payment_of_unknown_fate_calls_once_for_all_its_slots(begin: Callable[..., Night], ledger: Ledger) -> None:
    night = begin(want(EIGHT), want(TEN, row=3))
    hold(night)
    night.check_basket(basket(EIGHT, TEN))
    night.payment_begins()
    night.payment_settled([], confirmed=False)
    [told] = calls(ledger)
    assert told.startswith("unknown: ")


@pytest.mark.parametrize("outcome", [Outcome.DECLINED, Outcome.SITE_ERROR, Outcome.LOGIN_REFUSED])
def test_nobody_is_called_for_what_the_summary_tells(
    begin: Callable[..., Night], ledger: Ledger, outcome: Outcome
) -> None:
    night = begin(want(EIGHT))
    with pytest.raises(StopError):
        night.stop_here(outcome, "so")
    night.close()
    assert calls(ledger) == []


# After paying


def test_only_my_bookings_proves_a_payment(begin: Callable[..., Night], ledger: Ledger) -> None:
    night = begin(want(EIGHT), want(TEN, row=3))
    hold(night)
    night.check_basket(basket(EIGHT, TEN))
    night.payment_begins()
    night.payment_settled([row(EIGHT), row(TEN, "Practice Fields Tennis Court 11")], confirmed=True)
    assert outcomes(ledger) == {EIGHT: Outcome.BOOKED, TEN: Outcome.UNKNOWN}
    assert states(ledger, TEN)[-1] is SlotState.UNKNOWN


def test_a_payment_that_was_not_sent_leaves_the_slots_held(begin: Callable[..., Night], ledger: Ledger) -> None:
    night = begin(want(EIGHT))
    hold(night)
    night.check_basket(basket(EIGHT))
    night.payment_begins()
    night.payment_was_not_sent("the card was declined")
    assert states(ledger, EIGHT)[-1] is SlotState.HELD
    with pytest.raises(StopError):
        night.stop_here(Outcome.DECLINED, "declined")
    night.close()
    assert only(ledger).outcome is Outcome.DECLINED
    assert ledger.committed_pence(DAY, "mother") == 0


def test_a_payment_under_way_when_all_ends_is_unknown(begin: Callable[..., Night], ledger: Ledger) -> None:
    night = begin(want(EIGHT))
    hold(night)
    night.check_basket(basket(EIGHT))
    night.payment_begins()
    night.failed("the page broke")
    night.close()
    assert only(ledger).outcome is Outcome.UNKNOWN
    assert "the page broke" in only(ledger).why
    assert states(ledger, EIGHT)[-1] is SlotState.UNKNOWN
    night.payment_was_not_sent("said too late")
    assert states(ledger, EIGHT)[-1] is SlotState.UNKNOWN


# Rehearsing


def test_a_rehearsal_gives_everything_back(begin: Callable[..., Night], ledger: Ledger) -> None:
    night = begin(want(EIGHT))
    hold(night)
    night.check_basket(basket(EIGHT))
    night.rehearsed(Basket((row(EIGHT, "Quarry Green Tennis Court 1"),), PRICE, 0))
    assert outcomes(ledger) == {EIGHT: Outcome.REHEARSED}
    assert states(ledger, EIGHT)[-1] is SlotState.RELEASED
    assert nothing_moved(ledger)


def test_a_rehearsal_that_leaves_something_behind_is_no_rehearsal(begin: Callable[..., Night], ledger: Ledger) -> None:
    night = begin(want(EIGHT), want(TEN, row=3))
    hold(night)
    with pytest.raises(StopError, match="could not take"):
        night.rehearsed(basket(TEN))
    night.close()
    assert set(outcomes(ledger).values()) == {Outcome.SITE_ERROR}
    assert states(ledger, TEN)[-1] is SlotState.HELD


# The end


def test_the_first_reason_stands(begin: Callable[..., Night], ledger: Ledger) -> None:
    night = begin(want(EIGHT))
    assert night.reason == ""
    night.failed("something broke")
    night.failed("something else")
    assert night.reason == "something broke"
    for outcome, why in ((Outcome.LOGIN_REFUSED, "wrong password"), (Outcome.SITE_ERROR, "later")):
        with pytest.raises(StopError):
            night.stop_here(outcome, why)
    assert night.reason == "wrong password"
    night.close()
    assert (only(ledger).outcome, only(ledger).why) == (Outcome.LOGIN_REFUSED, "wrong password")


def test_closing_twice_changes_nothing(begin: Callable[..., Night], ledger: Ledger) -> None:
    night = begin(want(EIGHT))
    night.close()
    told = ledger.outcomes("first")
    night.close()
    assert ledger.outcomes("first") == told


def test_an_open_intention_stays_for_the_next_run(begin: Callable[..., Night], ledger: Ledger) -> None:
    night = begin(want(EIGHT))
    night.intend([EIGHT])
    night.close()
    assert only(ledger).outcome is Outcome.SITE_ERROR
    assert states(ledger, EIGHT) == [SlotState.INTENT]


def test_held_slots_say_until_when_in_the_sites_time(begin: Callable[..., Night], ledger: Ledger) -> None:
    night = begin(want(EIGHT))
    hold(night)
    night.close()
    assert "held until about 00:25" in only(ledger).why


# A worker that was killed: another process closes its books


def killed(begin: Callable[..., Night], state: SlotState | None) -> None:
    """Leave the ledger as a worker does that is killed when its slot has come into this state."""
    night = begin(want(EIGHT, NINE))

    def held() -> None:
        hold(night)
        night.check_basket(basket(EIGHT))

    steps: list[tuple[SlotState, Callable[[], object]]] = [
        (SlotState.INTENT, lambda: night.intend([EIGHT])),
        (SlotState.HELD, held),
        (SlotState.PAYING, night.payment_begins),
    ]
    if state is None:
        return
    for name, step in steps:
        step()
        if name is state:
            return
    night.ledger.record(run="first", account="mother", slot=EIGHT, state=state, why="written when it was killed")


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
    begin: Callable[..., Night], ledger: Ledger, state: SlotState | None, outcome: Outcome, after: SlotState | None
) -> None:
    killed(begin, state)
    if state in {SlotState.HELD, SlotState.PAYING}:
        assert not ledger.outcomes("first")
    begin(want(EIGHT, NINE)).abandoned("the worker was killed")
    assert only(ledger).outcome is outcome
    assert ledger.state("mother", EIGHT) is after
    if outcome is Outcome.SITE_ERROR:
        assert "the worker was killed" in only(ledger).why


def test_a_killed_workers_told_outcomes_stand(begin: Callable[..., Night], ledger: Ledger) -> None:
    night = begin(want(EIGHT), want(TEN, row=3))
    night.take_stock([row(EIGHT)], [])
    again = begin(want(EIGHT), want(TEN, row=3))
    again.abandoned("the worker was killed")
    again.abandoned("told twice")
    assert outcomes(ledger) == {EIGHT: Outcome.ALREADY_BOOKED, TEN: Outcome.SITE_ERROR}


def test_a_killed_workers_hold_says_until_when(begin: Callable[..., Night], ledger: Ledger) -> None:
    killed(begin, SlotState.HELD)
    begin(want(EIGHT, NINE)).abandoned("the worker was killed")
    assert "held until about" in only(ledger).why
    # The next run takes it up out of the basket and pays it.
    night = begin(want(EIGHT, NINE), run="second")
    night.take_stock([], [row(EIGHT)])
    pay(night, EIGHT)
    assert outcomes(ledger, "second") == {EIGHT: Outcome.BOOKED}


@pytest.mark.parametrize(("pence", "written"), [(0, "£0.00"), (5, "£0.05"), (1390, "£13.90"), (123456, "£1234.56")])
def test_pounds(pence: int, written: str) -> None:
    assert pounds(pence) == written
