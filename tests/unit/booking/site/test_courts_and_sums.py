"""Which court a text names, and what a sum of money is."""

from __future__ import annotations

import pytest

from booking.site.courts import CourtKind, Courts
from booking.site.sums import SumKind, find_sums
from tests.unit.booking.site.by_hand import COURT

TWO = Courts([COURT, COURT.replace("-1", "-2")])


@pytest.mark.parametrize(
    "text",
    [
        "Lincoln's Inn Fields Tennis Court 1",
        "LINCOLN\u2019S INN FIELDS - COURT 1",
        "Lincolns Inn Fields Court No. 1",
        "Tennis (Court 1), Lincoln's Inn Fields",
        "LIF Court 1",
        "Tennis Court 1",
        "Court 1: Tennis",
        "Court One",
        "Court #1",
        "Court 1 - 29 Dec 18:00",
        "Court 1, 18:00",
        "Tennis Court 1, 2 hours",
        "Tennis Court 1 | Mon 5 Oct, 18:00 | £13.90 | LB-12345",
    ],
)
def test_names_of_our_court(text: str) -> None:
    found = TWO.match(text)
    assert (found.kind, found.facility) == (CourtKind.OURS, COURT)
    assert TWO.possible(text) == (COURT,)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Lincoln's Inn Fields Tennis Court 10", CourtKind.OTHER),
        ("Lincoln's Inn Fields Tennis Court 3", CourtKind.OTHER),
        ("Waterlow Park Tennis Court 1", CourtKind.OTHER),
        ("Swimming course (12 sessions)", CourtKind.NONE),
        ("Court 29/12/2026", CourtKind.NONE),
        ("Lincoln's Inn Fields", CourtKind.UNCLEAR),
        ("Courts 1-3", CourtKind.UNCLEAR),
        ("Court 1 & 2", CourtKind.UNCLEAR),
        ("Premium Court 1", CourtKind.UNCLEAR),
    ],
)
def test_other_names(text: str, kind: CourtKind) -> None:
    assert TWO.match(text).kind is kind


def test_a_heading_may_name_the_place() -> None:
    assert TWO.match("Grand Court 1").kind is CourtKind.UNCLEAR
    assert TWO.match("Grand Court 1", "Lincoln's Inn Fields").kind is CourtKind.OURS


def test_a_text_of_several_courts_may_be_about_each() -> None:
    assert TWO.possible("Lincoln's Inn Fields Court 1 | Lincoln's Inn Fields Court 2") == (
        COURT,
        COURT.replace("-1", "-2"),
    )


def test_what_has_no_number_is_known_by_its_name() -> None:
    hall = Courts(["main-sports-hall"])
    assert hall.match("Main Sports Hall, 29/12").kind is CourtKind.OURS
    assert hall.mentioned("Main Sports Hall, 29/12") == {"main-sports-hall"}
    assert hall.match("Small Sports Hall").kind is CourtKind.NONE


@pytest.mark.parametrize(
    ("parts", "kind", "pence"),
    [
        ([("", "Total"), ("", "£27.80")], SumKind.TOTAL, 2780),
        ([("", "Total: £27.80")], SumKind.TOTAL, 2780),
        ([("", "£27.80 total")], SumKind.TOTAL, 2780),
        ([("", "Total (inc. VAT)"), ("", "£27.80")], SumKind.TOTAL, 2780),
        ([("", "Balance"), ("", "£1,027.80")], SumKind.TOTAL, 102780),
        ([("", "Amount to pay: £0.00")], SumKind.PAYABLE, 0),
        ([("", "Outstanding amount £5")], SumKind.PAYABLE, 500),
        ([("", "Confirm and pay £27.80")], SumKind.PAYABLE, 2780),
        ([("", "Subtotal £23.17")], SumKind.SUBTOTAL, 2317),
        ([("", "VAT @ 20%"), ("", "£4.63")], SumKind.TAX, 463),
        ([("", "Booking fee £0.50")], SumKind.FEE, 50),
        ([("", "Credit card charge £0.50")], SumKind.FEE, 50),
        ([("", "Your account balance is £5.00")], SumKind.CREDIT, 500),
        ([("", "Discount"), ("", "-£2.00")], SumKind.DISCOUNT, 200),
        ([("", "Was £20.00")], SumKind.OTHER, 2000),
        ([("Price (£)", "13.90")], SumKind.PRICE, 1390),
        ([("", "13.90 GBP")], SumKind.PRICE, 1390),
        ([("", "£13.905")], SumKind.PRICE, None),
        ([("", "£1,39")], SumKind.PRICE, None),
    ],
)
def test_a_sum_is_what_its_words_say(parts: list[tuple[str, str]], kind: SumKind, pence: int | None) -> None:
    (found,) = find_sums(parts)
    assert (found.kind, found.pence) == (kind, pence)


def test_several_sums_of_one_text_have_words_of_their_own() -> None:
    found = find_sums([("", "Subtotal £23.17 VAT £4.63 Total £27.80")])
    assert [(each.kind, each.pence) for each in found] == [
        (SumKind.SUBTOTAL, 2317),
        (SumKind.TAX, 463),
        (SumKind.TOTAL, 2780),
    ]


@pytest.mark.parametrize("text", ["-£5.00", "\u2212£5.00", "(£5.00)", "£5.00 CR"])
def test_what_is_taken_off_is_negative(text: str) -> None:
    (found,) = find_sums([("", text)])
    assert (found.pence, found.negative) == (500, True)


def test_what_is_no_money_is_none() -> None:
    assert find_sums([("", "18.00"), ("Time", "10.30"), ("", "Court 1"), ("", "£")]) == ()
