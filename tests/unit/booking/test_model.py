"""The nouns, and what a plan keeps on its way through a file."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.model import Account, Payment, Plan, Remark, RemarkKind, Slot, Wish
from booking.outcomes import ExitStatus, Outcome, exit_status
from booking.text import slugify

URL = "https://courts.example.test/courses/detail/171/practice-fields-tennis-court-1/"


def test_a_slot_says_when_and_where() -> None:
    assert str(Slot(2, date(2026, 12, 28), 8)) == "court 2, Mon 28 Dec 2026, 08:00"
    assert Slot(2, date(2026, 12, 28), 8).time == "08:00"


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Lincoln's Inn", "lincoln-s-inn"),
        ("  Zoë & Ana ", "zoe-ana"),
        ("Mother", "mother"),
        ("\uff2d\uff4f\uff4d", "mom"),
        ("--", ""),
    ],
)
def test_slugs(text: str, slug: str) -> None:
    assert slugify(text) == slug


@given(st.text())
def test_a_slug_is_a_slug_already(text: str) -> None:
    assert slugify(slugify(text)) == slugify(text)


def test_an_account_names_its_suite_and_court() -> None:
    account = Account("Aunt May", "may@example.test", 1, URL)
    assert account.key == "aunt_may"
    assert account.facility == "practice-fields-tennis-court-1"


def test_a_plan_comes_back_from_json_as_it_was() -> None:
    slot = Slot(1, date(2026, 12, 28), 8)
    plan = Plan(
        run="r1",
        site="practice",
        site_url="https://courts.example.test",
        slot_day=slot.date,
        zone="Europe/London",
        opening=datetime(2026, 7, 1, 0, 0, 0, 250000, tzinfo=ZoneInfo("Europe/London")),
        wait=True,
        payment=Payment.PAY,
        max_spend_pence=5000,
        max_spend_per_account_pence=5000,
        accounts=(Account("Mother", "mother@example.test", 1, URL),),
        wishes=(Wish("mother", (slot, Slot(1, slot.date, 9)), "Booking Schedule, row 2"),),
        remarks=(Remark(RemarkKind.NOTE, "Booking Schedule, row 2", '"new balls"'),),
    )
    back = Plan.from_json(json.loads(json.dumps(plan.to_json())))
    assert back == plan
    assert back.opening
    assert back.opening.tzinfo == ZoneInfo("Europe/London")
    assert back.opening.astimezone(UTC) == datetime(2026, 6, 30, 23, 0, 0, 250000, tzinfo=UTC)
    assert back.account("mother").name == "Mother"
    assert back.wishes_of("mother")[0].first == slot
    assert back.wishes_of("father") == ()
    with pytest.raises(KeyError):
        back.account("father")


@pytest.mark.parametrize(
    ("outcomes", "status"),
    [
        ([], ExitStatus.DONE),
        ([Outcome.BOOKED, Outcome.ALREADY_BOOKED, Outcome.REHEARSED], ExitStatus.DONE),
        ([Outcome.BOOKED, Outcome.TAKEN], ExitStatus.MISSED),
        ([Outcome.SKIPPED], ExitStatus.MISSED),
        ([Outcome.TAKEN, Outcome.UNKNOWN, Outcome.BOOKED], ExitStatus.PAYMENT_UNKNOWN),
    ],
)
def test_how_a_run_ends(outcomes: list[Outcome], status: ExitStatus) -> None:
    assert exit_status(outcomes) is status
