"""What a person hears of payments that nobody knows the fate of, and of runs that came to no end."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from booking.ledger.ledger import OutcomeRecord, RunRecord, SlotRecord
from booking.ledger.states import SlotState
from booking.model import Account, Payment, Plan, Slot
from booking.outcomes import Outcome
from practice.clock import LONDON
from runner.unsettled import left_unsettled, no_end_text, unsettled_text, who_looks

DAY = date(2026, 12, 28)
NOW = datetime(2026, 11, 24, 0, 5, tzinfo=UTC)
SLOT = Slot(1, DAY, 18)
PLAN = Plan(
    run="now", site="practice", site_url="", slot_day=DAY, zone="Europe/London", opening=None, wait=True,
    payment=Payment.PAY, max_spend_pence=0, max_spend_per_account_pence=0, wishes=(),
    accounts=(Account("Mother", "mother@example.test", 1, "https://site.example.test/x/"),),
)  # fmt: skip


def record(
    account: str = "mother",
    slot: Slot = SLOT,
    state: SlotState = SlotState.UNKNOWN,
    why: str = "no answer was seen",
    pence: int | None = 1390,
    run: str = "r1",
) -> SlotRecord:
    return SlotRecord(account, slot, state, run, why, pence, NOW)


def outcome(which: Outcome, account: str = "mother", slot: Slot = SLOT) -> OutcomeRecord:
    return OutcomeRecord("now", account, "", slot, slot, which, "so", NOW)


def test_an_unsettled_payment_is_told_with_all_that_settles_it() -> None:
    told = unsettled_text(record(), "this run looks")
    assert told.startswith(
        "mother, court 1, Mon 28 Dec 2026, 18:00 (£13.90): the payment of run r1 is not settled (no answer was seen); "
        "this run looks: do not pay for it by hand"
    )
    assert "./run.sh settle mother 2026-12-28 18:00 paid" in told
    killed = unsettled_text(record(state=SlotState.PAYING, why="the next click may move money", pence=None))
    assert killed.startswith("mother, court 1, Mon 28 Dec 2026, 18:00: the payment of run r1 is not settled (it ended")
    assert "not settled: do not pay" in unsettled_text(record(why=""))


@pytest.mark.parametrize(
    ("account", "court", "says"),
    [
        ("mother", 1, "this run looks it up in My Bookings"),
        ("grandma", 2, "not an account of this run, which looks only at the bookings of its own accounts"),
        ("mum", 1, "mum is not an account of the sheet (was it renamed?), so the bookings of all accounts of"),
        ("mum", 2, "so the bookings of all accounts of this run are searched for it"),
    ],
)
def test_who_looks_for_it_is_told(account: str, court: int, says: str) -> None:
    plan = replace(PLAN, family=("mother", "grandma"))
    assert says in who_looks(record(account, Slot(court, DAY, 18)), plan, set())
    assert "no password in the settings" in who_looks(record("mother"), PLAN, {"mother"})


@pytest.mark.parametrize(
    ("which", "left"),
    [
        (Outcome.UNKNOWN, False),
        (Outcome.NOT_LISTED, False),
        (Outcome.NEEDS_PERSON, False),
        (Outcome.SITE_ERROR, True),
        (Outcome.BOOKED, True),
    ],
)
def test_what_an_outcome_tells_is_not_told_again(which: Outcome, left: bool) -> None:
    other = record("father", Slot(2, DAY, 18))
    kept = left_unsettled([record(), other], [outcome(which), outcome(which, slot=Slot(1, DAY, 19))])
    assert kept == ([record(), other] if left else [other])


def test_the_same_slot_of_another_name_is_another_payment() -> None:
    renamed = record("mum")
    assert left_unsettled([renamed], [outcome(Outcome.NOT_LISTED)]) == [renamed]


def test_a_run_without_an_end_is_told_with_what_it_left_behind() -> None:
    run = RunRecord("r1", DAY, ("mother", "father"), NOW, None, None)
    slots = [
        record(state=SlotState.PAYING),
        record("father", Slot(2, DAY, 18), SlotState.RELEASED),
        record("father", Slot(2, DAY, 19), SlotState.HELD, run="r2"),
    ]
    told = no_end_text(run, slots, LONDON)
    assert "run r1 for Mon 28 Dec 2026 (mother, father), begun on 24 Nov at 00:05, came to no end" in told
    assert "It left behind: mother, court 1, Mon 28 Dec 2026, 18:00: paying." in told
    assert "It left nothing behind." in no_end_text(run, [], LONDON)
