"""Drawn pages say what their facts are, whatever their style, and each style is drawn."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass, replace
from datetime import datetime, timedelta
from html import unescape
from typing import Literal, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given
from selectolax.lexbor import LexborHTMLParser

from practice.venue.skins.wording import DAYS, TIMES, written_day, written_time
from tests.unit.site_pages.facts import BasketFacts, BookingFact, BookingsFacts, ForeignLine, LineFact, SlotFact
from tests.unit.site_pages.pages import (
    COURTS,
    NEXT_TARGET,
    OTHER_PAGES,
    TODAY,
    BasketStyle,
    BookingsStyle,
    DrawnPage,
    ShellStyle,
    SlotStyle,
    basket_pages,
    bookings_pages,
    contradictory_basket_pages,
    details_target,
    other_pages,
    removal_target,
    render_basket,
    render_bookings,
    written_money,
)

DAY = TODAY + timedelta(days=34)
SLOT = SlotFact(COURTS[0], DAY, 18)
BASKET = BasketFacts(
    (LineFact(SLOT, 1390), LineFact(SlotFact(COURTS[1], DAY, 9), 1250)),
    (ForeignLine("Swimming course (12 sessions)", "Starts 05/01/2027", 8400),),
    fee_pence=50,
    credit_pence=500,
)
MADE = datetime(2026, 11, 24, 0, 2)  # noqa: DTZ001 - as the page says it, in the site's own time
BOOKINGS = BookingsFacts(
    (
        BookingFact("booked", MADE, COURTS[0], (SLOT,)),
        BookingFact("cancelled", MADE, COURTS[1], (SlotFact(COURTS[1], DAY, 9),)),
        BookingFact("multiple", MADE, COURTS[2], (SlotFact(COURTS[2], DAY, 9), SlotFact(COURTS[2], DAY, 10))),
        BookingFact("course", MADE, "Swimming course (12 sessions)", note="Starts 05/01/2027"),
        BookingFact("past", MADE, COURTS[0], (SlotFact(COURTS[0], TODAY - timedelta(days=20), 18),)),
    ),
    more=True,
)


def words(html: str) -> str:
    """Return what a person reads on a page, outside of its menu, footer and decoys."""
    tree = LexborHTMLParser(html)
    tree.strip_tags(["header", "footer", "aside", "head"])
    assert tree.body is not None
    return " ".join(tree.body.text(separator=" ").split())


def written(style: SlotStyle, slot: SlotFact) -> re.Pattern[str]:
    """Return a pattern of the day and, where the page tells it, of the time of a slot."""
    between = r"\W{1,3}(Time: )?(at )?"
    both = (written_day(slot.day, style.day), written_time(slot.hour, style.time))
    return re.compile(between.join(re.escape(" ".join(part.split())) for part in both))


def assert_says_basket(html: str, facts: BasketFacts, style: BasketStyle) -> None:
    text = words(html)
    if facts.empty:
        assert style.empty in text
        assert "Remove" not in text
        return
    for number, line in enumerate(facts.lines):
        assert line.slot.facility in text
        assert style.slot.apart or written(style.slot, line.slot).search(text), text
        assert written_day(line.slot.day, style.slot.day) in text
        assert written_time(line.slot.hour, style.slot.time) in text
        assert " ".join(written_money(line.price_pence, style.money).split()) in text
        assert removal_target(number) in html
    for thing in facts.foreign:
        assert thing.text in text
        assert thing.note in text
    assert re.search(rf"{re.escape(style.total)} {re.escape(written_money(facts.due_pence, style.money))}", text), text
    assert not facts.fee_pence or f"{style.fee} {written_money(facts.fee_pence, style.money)}" in text
    assert facts.credit_pence is None or f"{style.credit} {written_money(facts.credit_pence, style.money)}" in text
    assert not style.count or f"You have {len(facts.lines) + len(facts.foreign)} item" in text


def assert_says_bookings(html: str, facts: BookingsFacts, style: BookingsStyle) -> None:
    text = words(html)
    assert facts.bookings or style.empty in text
    assert (NEXT_TARGET in html) is facts.more
    for number, booking in enumerate(facts.bookings):
        assert booking.facility in text
        assert booking.made_at.strftime(style.made) in text
        assert booking.note in text
        assert (details_target(number) in html) is style.details
        if booking.kind == "multiple":
            assert (
                style.multiple.format(day=written_day(booking.slots[0].day, style.slot.day), count=len(booking.slots))
                in text
            )
        for slot in booking.slots if booking.kind != "multiple" else ():
            assert written(style.slot, slot).search(text), text
    assert text.count(style.cancelled) == sum(booking.kind == "cancelled" for booking in facts.bookings)


@given(basket_pages())
def test_a_drawn_basket_says_its_facts(page: DrawnPage[BasketFacts, BasketStyle]) -> None:
    assert_says_basket(page.html, page.facts, page.style)
    assert page.facts.error_pence == 0
    assert not page.facts.credit_used or page.facts.due_pence == 0
    for removal in page.removals:
        assert page.html.count(removal) == 1
    assert render_basket(page.facts, page.style) == page.html


@given(bookings_pages())
def test_a_drawn_page_of_my_bookings_says_its_facts(page: DrawnPage[BookingsFacts, BookingsStyle]) -> None:
    assert_says_bookings(page.html, page.facts, page.style)
    assert render_bookings(page.facts, page.style) == page.html


@given(contradictory_basket_pages())
def test_a_contradictory_basket_has_a_total_that_nothing_explains(page: DrawnPage[BasketFacts, BasketStyle]) -> None:
    facts = page.facts
    assert facts.due_pence != facts.listed_pence + facts.fee_pence
    assert_says_basket(page.html, facts, page.style)


@given(other_pages())
def test_what_stands_in_the_place_of_either_says_neither_line_nor_emptiness(page: DrawnPage[None, str]) -> None:
    text = words(page.html)
    assert page.style in OTHER_PAGES
    assert "Practice Fields" not in text
    assert "empty" not in text
    assert "not booked" not in text


def changes(style: object) -> list[object]:
    """Return the style with each of its choices made once, one at a time, also those inside."""
    assert is_dataclass(style)
    assert not isinstance(style, type)
    found: list[object] = []
    for name, kind in get_type_hints(type(style)).items():
        now = getattr(style, name)
        if get_origin(kind) is Literal:
            found += [replace(style, **{name: value}) for value in get_args(kind)]
        elif kind is bool:
            found += [replace(style, **{name: value}) for value in (True, False)]
        elif is_dataclass(now):
            found += [replace(style, **{name: value}) for value in changes(now)]
        elif name in {"day", "time"}:
            forms = list(DAYS if name == "day" else TIMES)
            found += [replace(style, **{name: value}) for value in forms]
    return found


@pytest.mark.parametrize("style", [BasketStyle(), *changes(BasketStyle())], ids=str)
def test_every_choice_of_a_basket_can_be_rendered(style: BasketStyle) -> None:
    for facts in (BASKET, BasketFacts(), replace(BASKET, credit_pence=20_000, credit_used=True)):
        assert_says_basket(render_basket(facts, style), facts, style)


@pytest.mark.parametrize("style", [BookingsStyle(), *changes(BookingsStyle())], ids=str)
def test_every_choice_of_my_bookings_can_be_rendered(style: BookingsStyle) -> None:
    for facts in (BOOKINGS, BookingsFacts()):
        assert_says_bookings(render_bookings(facts, style), facts, style)


def test_choices_change_the_page_and_not_its_facts() -> None:
    pages = {
        render_basket(BASKET, style)
        for style in (BasketStyle(), *changes(BasketStyle()))
        if isinstance(style, BasketStyle)
    }
    assert len(pages) > 50
    assert {name.name for name in fields(ShellStyle)} == {"shell", "decoys", "heading", "doctype"}


def test_what_credit_pays_for_is_due_with_nothing() -> None:
    facts = replace(BASKET, credit_pence=20_000, credit_used=True)
    text = words(render_basket(facts, BasketStyle()))
    assert "Basket value £110.90" in text
    assert "Credit used -£110.90" in text
    assert "Total £0.00" in text


def test_subtotal_vat_and_fee_make_the_total() -> None:
    text = words(render_basket(BASKET, BasketStyle(vat=True)))
    assert "Subtotal £92.00 VAT (20%) £18.40 Booking fee £0.50 Total £110.90" in text


def test_html_is_escaped() -> None:
    html = render_basket(BASKET, BasketStyle(pay="Book & Checkout"))
    assert "Book &amp; Checkout" in html
    assert "Book & Checkout" in unescape(html)
