"""The readers on pages of another hand: what they say is what the page says, or they say that they do not know."""

from __future__ import annotations

from datetime import date

from hypothesis import event, given

from booking.site.basket_page import Understanding, read_basket_page
from booking.site.bookings_page import BookingsVerdict, read_bookings_page
from booking.text import slugify
from tests.unit.site_pages.facts import BasketFacts, BookingsFacts
from tests.unit.site_pages.pages import (
    COURTS,
    TODAY,
    BasketStyle,
    BookingsStyle,
    DrawnPage,
    basket_pages,
    bookings_pages,
    contradictory_basket_pages,
    other_pages,
)

OURS = [slugify(court) for court in COURTS]
DAY = date(2026, 12, 30)


@given(basket_pages())
def test_no_basket_is_misread(page: DrawnPage[BasketFacts, BasketStyle]) -> None:
    read = read_basket_page(page.html, courts=OURS, today=TODAY)
    event(read.verdict)
    if read.verdict is Understanding.NOT_UNDERSTOOD:
        return
    facts = page.facts
    assert read.is_empty == facts.empty
    lines = sorted((line.court, line.date, line.hour, line.minute, line.pence) for line in read.lines if line.court)
    slots = ((slugify(line.slot.facility), line.slot, line.price_pence) for line in facts.lines)
    assert lines == sorted((court, slot.day, slot.hour, 0, pence) for court, slot, pence in slots if court in OURS)
    # Whatever else lies in it is seen, too: nothing is paid beside it.
    assert len(read.lines) == len(facts.lines) + len(facts.foreign)
    assert facts.empty or read.total == facts.due_pence


@given(contradictory_basket_pages())
def test_a_basket_whose_sums_do_not_agree_is_not_understood(page: DrawnPage[BasketFacts, BasketStyle]) -> None:
    assert read_basket_page(page.html, courts=OURS, today=TODAY).verdict is Understanding.NOT_UNDERSTOOD


@given(bookings_pages())
def test_no_booking_is_invented_or_passed_over(page: DrawnPage[BookingsFacts, BookingsStyle]) -> None:
    listed = [(each, slot) for each in page.facts.bookings for slot in each.slots if slugify(each.facility) in OURS]
    days = {slot.day for _, slot in listed if slot.day > TODAY} | {DAY}
    read = read_bookings_page(page.html, courts=OURS, days=days, today=TODAY)
    event(read.verdict)
    if read.verdict is BookingsVerdict.EMPTY:
        assert not page.facts.bookings
    if read.verdict is not BookingsVerdict.READ:
        return
    found = {(row.court, row.date, row.hour) for row in read.rows}
    booked, past, several = (
        {(slugify(each.facility), slot.day, slot.hour) for each, slot in listed if each.kind == kind}
        for kind in ("booked", "past", "multiple")
    )
    assert found <= booked | past
    maybe = {(row.court, day) for row in read.maybe for day in (row.days or days)}
    # A row without a time is of interest on the days that matter only.
    assert {(court, day) for court, day, _ in several if day in days} <= maybe
    assert {(court, day) for court, day, _ in booked - found} <= maybe
    assert not page.facts.more or read.next_pages


@given(other_pages())
def test_another_page_is_neither_a_basket_nor_my_bookings(page: DrawnPage[None, str]) -> None:
    basket = read_basket_page(page.html, courts=OURS, today=TODAY)
    assert basket.verdict is Understanding.NOT_UNDERSTOOD
    bookings = read_bookings_page(page.html, courts=OURS, days={DAY}, today=TODAY)
    assert bookings.verdict not in {BookingsVerdict.READ, BookingsVerdict.EMPTY}
