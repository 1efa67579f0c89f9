"""Random pages are read back or said to be not understood: what is misread fails."""

from __future__ import annotations

from collections import Counter
from datetime import date
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.site.basket_page import Understanding, read_basket_page
from booking.site.bookings_page import BookingsVerdict, read_bookings_page
from booking.site.messages import find_obstacle, read_messages
from tests.unit.booking.site.random_pages import TODAY, BasketMoney, Fact, PageMaker

COURTS = [f"lincoln-s-inn-fields-tennis-court-{number}" for number in (1, 2)]
DAYS = [date(2026, 12, 29), date(2026, 12, 30)]
PAGES = 100
"""Of each kind, in each of the parts that a seed stands for."""


def basket_of(seed: int) -> tuple[str, list[Fact], int, PageMaker]:
    random = Random(seed)  # noqa: S311 - the same for the same seed
    slots = random.sample([(court, hour) for court in (1, 2) for hour in range(8, 18)], random.randint(1, 3))
    facts = sorted((Fact(court, DAYS[0], hour) for court, hour in slots), key=lambda each: (each.court, each.hour))
    money = BasketMoney(
        fee=random.choice([0, 0, 0, 50]),
        discount=random.choice([0, 0, 0, 200]),
        credit=random.choice([0, 0, 500, 10000]),
        credit_used=random.random() < 0.3,
        vat=random.random() < 0.2,
        subtotal=random.random() < 0.3,
    )
    if not money.credit:
        money = BasketMoney(money.fee, money.fee_words, money.discount, vat=money.vat, subtotal=money.subtotal)
    maker = PageMaker(seed)
    html, total = maker.basket(facts, money)
    return html, facts, total, maker


@pytest.mark.parametrize("part", range(3))
def test_no_basket_is_misread(part: int) -> None:
    unread: Counter[str] = Counter()
    for seed in range(part * PAGES, (part + 1) * PAGES):
        html, facts, total, maker = basket_of(seed)
        page = read_basket_page(html, courts=COURTS, today=TODAY)
        if page.verdict is Understanding.NOT_UNDERSTOOD:
            unread[maker.layout] += 1
            continue
        found = sorted((line.court, line.date, line.hour, line.minute, line.pence) for line in page.lines)
        wanted = sorted((COURTS[(each.court or 0) - 1], each.day, each.hour, 0, each.pence) for each in facts)
        assert found == wanted, f"seed {seed}"
        assert page.total == total, f"seed {seed}"
        for number, line in enumerate(page.lines):
            others = [each for each in page.lines[:number] if each.remove and line.remove]
            assert all(each.remove != line.remove for each in others), f"seed {seed}"
    assert unread.total() <= PAGES * 0.05, unread


def bookings_of(seed: int) -> tuple[str, list[Fact], PageMaker]:
    random = Random(seed)  # noqa: S311 - the same for the same seed
    facts = [
        Fact(
            court=random.choice([1, 1, 2, 3, None]),
            day=random.choice([*DAYS, *DAYS, date(2026, 9, 1), date(2026, 12, 12)]),
            hour=random.randint(8, 17),
            made=date(2026, 8, 28),
            status=random.choice(["", "", "", "Cancelled", "Confirmed"]),
            timeless=random.random() < 0.15,
        )
        for _ in range(random.randint(1, 5))
    ]
    maker = PageMaker(seed)
    return maker.bookings(facts), facts, maker


@pytest.mark.parametrize("part", range(3))
def test_no_booking_is_misread(part: int) -> None:
    unread: Counter[str] = Counter()
    for seed in range(part * PAGES, (part + 1) * PAGES):
        html, facts, maker = bookings_of(seed)
        page = read_bookings_page(html, courts=COURTS, days=DAYS, today=TODAY)
        if page.verdict is not BookingsVerdict.READ:
            unread[maker.layout] += 1
            continue
        alive = [each for each in facts if each.court in {1, 2} and each.status != "Cancelled" and each.day > TODAY]
        booked = {(COURTS[(each.court or 0) - 1], each.day, each.hour) for each in alive if not each.timeless}
        open_ = {(COURTS[(each.court or 0) - 1], each.day) for each in alive if each.timeless and each.day in DAYS}
        found = {(row.court, row.date, row.hour) for row in page.rows}
        assert found <= booked, f"seed {seed}: told as booked and is not: {found - booked}"
        maybe = {(row.court, day) for row in page.maybe for day in (row.days or DAYS)}
        for court, day, hour in booked - found:
            # What is ours and not read must at least be told as maybe ours.
            assert day not in DAYS or (court, day) in maybe, f"seed {seed}: {court} {day} {hour} is passed over"
            unread[maker.layout] += 1
        missing = open_ - maybe
        assert not missing, f"seed {seed}: {missing} is passed over"
    assert unread.total() <= PAGES * 0.2, unread


@given(
    st.lists(
        st.sampled_from(
            ["<div>", "</div>", "<table>", "<tr>", "<td rowspan=3>", "</table>", "<ul><li>", "<p>", "<h2>",
             "<dl><dt>", "<hr>",
             "Lincoln's Inn Fields Tennis Court 1", "29/12/2026", "18:00", "£13.90", "Total £13.90", "Cancelled",
             "<a href=#>Remove</a>",
             "<input type=password>", "<a href=#>Next</a>", "1 item", "Tue 29 Dec", "<nav>", "<!--", "<svg><title>",
             "\x00", "<b id='a'>"]
        ),
        max_size=40,
    )
)  # fmt: skip
def test_no_page_is_too_broken(parts: list[str]) -> None:
    html = "".join(parts)
    basket = read_basket_page(html, courts=COURTS, today=TODAY, line_hint="tr", total_hint="b", credit_hint="p")
    bookings = read_bookings_page(html, courts=COURTS, days=DAYS, today=TODAY, row_hint="tr", cell_hint="td")
    assert basket.why
    assert bookings.why
    find_obstacle(html)
    read_messages(html)
