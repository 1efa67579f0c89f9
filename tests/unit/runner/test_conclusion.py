"""How a run ended: its exit status, and what the message of its end says."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from booking.ledger.database import LEDGER
from booking.ledger.ledger import OutcomeRecord, SlotRecord
from booking.ledger.states import SlotState
from booking.model import Account, Payment, Plan, Remark, RemarkKind, Slot
from booking.outcomes import ExitStatus, Outcome
from booking.settings.settings import Settings
from booking.sheet.sheet import ACCOUNTS_SHEET
from runner.conclusion import status_of, summary
from tests.unit.runner.fakes import plan_of


def test_the_summary_tells_what_was_got_and_why_the_rest_was_not() -> None:
    day = date(2026, 12, 28)
    mother = Account("Mother", "mother@example.test", 1, "https://site.example.test/courses/detail/171/court-1/")
    wrong = Remark(RemarkKind.WRONG, f"{ACCOUNTS_SHEET}, row 4", "Court URL: no address is given")
    plan = Plan(
        run="first", site="practice", site_url="", slot_day=day, zone="Europe/London", opening=None, wait=True,
        payment=Payment.PAY, max_spend_pence=0, max_spend_per_account_pence=0, accounts=(mother,), wishes=(),
        remarks=(wrong, Remark(RemarkKind.NOTE, "Booking Schedule, row 2", "fun")),
    )  # fmt: skip
    outcomes = [
        OutcomeRecord("first", "mother", "", Slot(1, day, hour), Slot(1, day, hour), outcome, why, datetime.now(UTC))
        for hour, outcome, why in [(8, Outcome.BOOKED, ""), (9, Outcome.TAKEN, "by somebody else")]
    ]
    title, text = summary(plan, outcomes)
    assert title == "1 of 2 slots, Mon 28 Dec 2026"
    assert text.splitlines() == [
        "Mother, court 1, 08:00: booked",
        "Mother, court 1, 09:00: taken by somebody else (by somebody else)",
        "Account & Court Configuration, row 4: Court URL: no address is given",
    ]
    assert summary(replace(plan, remarks=()), [])[1] == "Nothing is wanted."
    killed = Remark(RemarkKind.LEDGER, LEDGER, "run r1 came to no end")
    lines = summary(replace(plan, remarks=(killed,)), [], [unsettled_record()])[1].splitlines()
    assert lines[0].startswith("mother, court 1, Mon 21 Dec 2026, 18:00")
    assert "./run.sh settle mother 2026-12-21 18:00" in lines[0]
    assert lines[1:] == ["ledger.sqlite3: run r1 came to no end"]


def unsettled_record(account: str = "mother") -> SlotRecord:
    slot = Slot(1, date(2026, 12, 21), 18)
    return SlotRecord(account, slot, SlotState.UNKNOWN, "r1", "no answer was seen", 1390, datetime.now(UTC))


@pytest.mark.parametrize(
    ("outcomes", "unsettled", "left_out", "everybody", "status"),
    [
        ([], False, False, True, ExitStatus.DONE),
        ([Outcome.BOOKED], False, False, True, ExitStatus.DONE),
        ([Outcome.BOOKED], False, True, True, ExitStatus.MISSED),
        ([Outcome.BOOKED], False, True, False, ExitStatus.DONE),
        ([Outcome.TAKEN], False, False, True, ExitStatus.MISSED),
        ([Outcome.NOT_LISTED], False, False, True, ExitStatus.MISSED),
        ([Outcome.UNKNOWN], False, True, True, ExitStatus.PAYMENT_UNKNOWN),
        ([], True, False, True, ExitStatus.PAYMENT_UNKNOWN),
        ([Outcome.BOOKED], True, False, False, ExitStatus.PAYMENT_UNKNOWN),
        ([Outcome.NOT_LISTED, Outcome.TAKEN], True, True, True, ExitStatus.PAYMENT_UNKNOWN),
    ],
)
def test_the_status_of_a_run(
    settings: Settings,
    outcomes: list[Outcome],
    unsettled: bool,
    left_out: bool,
    everybody: bool,
    status: ExitStatus,
) -> None:
    wrong = Remark(RemarkKind.WRONG, f"{ACCOUNTS_SHEET}, row 4", "Court URL: no address is given")
    plan = replace(plan_of(settings), remarks=(wrong,) if left_out else ())
    slot = Slot(1, plan.slot_day, 8)
    records = [OutcomeRecord("now", "mother", "", slot, slot, each, "", datetime.now(UTC)) for each in outcomes]
    left = [unsettled_record()] if unsettled else []
    assert status_of(plan, records, left, everybody=everybody) is status
