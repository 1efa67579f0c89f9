"""The page readers: what the venue's pages say, and that broken or hostile pages are never guessed at."""

from __future__ import annotations

import runpy
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from booking.addresses import refusal_to_type_card, same_site, slot_address
from booking.model import Slot
from booking.money import pence
from booking.site.pages import (
    Basket,
    BookingRow,
    HourState,
    PageError,
    days_shown,
    read_basket,
    read_hour,
    read_rows,
    text_of,
    weeks_between,
)
from practice.clock import LONDON
from practice.venue.courts import BY_NUMBER, DAYS_SHOWN, hours
from tests.unit.practice.conftest import RunningVenue, ServedPractice, VenueClock, book_path

SITE = runpy.run_path(str(Path(__file__).parents[3] / "variables" / "camden_active.py"))
FACILITY = BY_NUMBER[1].slug
EVENT = BY_NUMBER[1].event_id
BASKET = {"line": SITE["BASKET_LINE"], "cell": SITE["BASKET_CELL"]}
SUMS = {"total": SITE["BASKET_TOTAL"], "credit": SITE["BASKET_CREDIT"]}
BOOKINGS = {"row": SITE["BOOKING_ROW"], "cell": SITE["BOOKING_CELL"]}
WEEK = {"day": SITE["CALENDAR_DAY"], "title": SITE["CALENDAR_DAY_TITLE"]}
HOUR = {"hour": SITE["CALENDAR_HOUR"], "label": SITE["CALENDAR_HOUR_LABEL"], "free": SITE["CALENDAR_FREE_HOUR"]}


def hour_of(html: str, slot: Slot) -> HourState | None:
    return read_hour(html, slot, **WEEK, **HOUR)


def week(*days: tuple[str, str]) -> str:
    """Return a calendar in the site's markup: titles, and the markup of their hours."""
    columns = "".join(
        f'<div class="timetable-day"><h4 class="timetable-title">\n   {title}\n </h4><ul>{hours}</ul></div>'
        for title, hours in days
    )
    return f'<div id="DateTimeDiv" class="row-timetable timetable">{columns}</div>'


def free(hour: int) -> str:
    return (
        f'<li><a class="facility-book" href="?fdTime={hour}"><span><span class="facility-hour">{hour:02d}:00 </span>'
        "!Book!</span></a></li>"
    )


def closed(hour: int) -> str:
    return (
        f'<li class="facility-closed"><div><span class="facility-hour">{hour:02d}:00 </span><span>Booked</span>'
        "</div></li>"
    )


def booking_row(*cells: str) -> str:
    columns = "".join(f'<div class="booking-column">{cell}</div>' for cell in cells)
    return f'<div class="content-main"><div class="wrapper row-group">{columns}</div></div>'


# The venue's own pages


@pytest.fixture(scope="module")
def venue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningVenue]:
    served = ServedPractice(tmp_path_factory.mktemp("venue") / "state", VenueClock())
    yield served.venue
    served.stop()


@pytest.fixture(scope="module")
def pages(venue: RunningVenue) -> dict[str, Any]:
    """What a member sees before and after two slots were taken and one of them, by another member, paid."""
    day = venue.open_day(20)
    member, other = venue.member(), venue.member(1)
    found: dict[str, Any] = {"day": day, "empty basket": member.get("/basket/").html.html}
    found["no bookings"] = member.get("/dashboards/my-bookings/").html.html
    other.get(book_path(EVENT, day, 11))
    other.pay(venue.welcome.card)
    found["bookings"] = other.get("/dashboards/my-bookings/").html.html
    for hour in (8, 10):
        member.get(book_path(EVENT, day, hour))
    found["basket"] = member.get("/basket/").html.html
    page = other.get(BY_NUMBER[1].path)
    for _ in range(20 // 7):
        page = other.post_back(page, SITE["NEXT_WEEK"])
    found["week"] = page.html.html
    found["first week"] = other.get(BY_NUMBER[1].path).html.html
    return found


def test_basket_of_the_venue(pages: dict[str, Any]) -> None:
    basket = read_basket(pages["basket"], **BASKET, **SUMS)
    assert [(line.date, line.hour, line.minute) for line in basket.lines] == [
        (pages["day"], 8, 0),
        (pages["day"], 10, 0),
    ]
    assert all(line.is_slot(Slot(1, line.date, line.hour), FACILITY) for line in basket.lines)
    assert basket.total == sum(line.pence or 0 for line in basket.lines) == 2780
    assert basket.credit is not None


def test_empty_basket_of_the_venue_names_credit_and_no_total(pages: dict[str, Any]) -> None:
    basket = read_basket(pages["empty basket"], **BASKET, **SUMS)
    assert (basket.lines, basket.total) == ((), None)
    assert basket.credit is not None


def test_my_bookings_of_the_venue(pages: dict[str, Any]) -> None:
    assert read_rows(pages["no bookings"], **BOOKINGS) == ()
    rows = read_rows(pages["bookings"], **BOOKINGS)
    assert [(row.facility, row.date, row.hour) for row in rows] == [(BY_NUMBER[1].name, pages["day"], 11)]
    assert rows[0].is_slot(Slot(1, pages["day"], 11), FACILITY)


def test_calendar_of_the_venue(pages: dict[str, Any]) -> None:
    day = pages["day"]
    for hour in (8, 10, 11):
        assert hour_of(pages["week"], Slot(1, day, hour)) is HourState.CLOSED
    states = {hour: hour_of(pages["week"], Slot(1, day, hour)) for hour in range(24)}
    assert {hour for hour, state in states.items() if state is not HourState.ABSENT} == set(hours(day))
    assert HourState.FREE in states.values()
    assert hour_of(pages["first week"], Slot(1, day, 8)) is None


def test_days_of_the_venue(venue: RunningVenue, pages: dict[str, Any]) -> None:
    today = venue.clock.today()
    shown = days_shown(pages["first week"], **WEEK, near=today + timedelta(days=35))
    assert shown == tuple(today + timedelta(days=number) for number in range(7))
    shown = days_shown(pages["week"], **WEEK, near=today + timedelta(days=35))
    assert pages["day"] in shown
    assert weeks_between(today, pages["day"]) == 2


@pytest.mark.parametrize("today", [date(2026, 12, 28), date(2028, 1, 30), date(2026, 10, 24)])
def test_every_shown_day_is_found_over_year_end_leap_day_and_clock_change(tmp_path: Path, today: date) -> None:
    clock = VenueClock()
    clock.stopped = datetime(today.year, today.month, today.day, 12, tzinfo=LONDON).timestamp()
    served = ServedPractice(tmp_path / "state", clock)
    try:
        browser = served.venue.browser()
        page = browser.get(BY_NUMBER[2].path)
        seen: list[date] = []
        while True:
            html = page.html.html or ""
            shown = days_shown(html, **WEEK, near=today + timedelta(days=35))
            for day in shown:
                assert hour_of(html, Slot(2, day, 8)) in {HourState.FREE, HourState.CLOSED}
                assert weeks_between(today, day) == len(seen) // 7
            seen += shown
            if not page.has(SITE["NEXT_WEEK"]):
                break
            page = browser.post_back(page, SITE["NEXT_WEEK"])
    finally:
        served.stop()
    assert seen == [today + timedelta(days=number) for number in range(DAYS_SHOWN)]


# Traps of the calendar


def test_same_day_and_month_of_another_year_is_another_day() -> None:
    page = week(("Sun 4/10", free(8)))
    assert hour_of(page, Slot(1, date(2026, 10, 4), 8)) is HourState.FREE
    assert hour_of(page, Slot(1, date(2025, 10, 4), 8)) is None
    assert hour_of(page, Slot(1, date(2027, 10, 4), 8)) is None


def test_leap_day() -> None:
    page = week(("Mon 28/2", free(8)), ("Tue 29/2", closed(8)), ("Wed 1/3", free(8)))
    assert hour_of(page, Slot(1, date(2028, 2, 29), 8)) is HourState.CLOSED
    assert days_shown(page, **WEEK, near=date(2028, 3, 10)) == (
        date(2028, 2, 28), date(2028, 2, 29), date(2028, 3, 1),
    )  # fmt: skip
    # No year near 2026 has the day: it is left out, not turned into another.
    assert days_shown(week(("Tue 29/2", "")), **WEEK, near=date(2026, 3, 1)) == ()


def test_years_end() -> None:
    page = week(("Thu 31/12", free(8)), ("Fri 1/1", closed(8)))
    assert days_shown(page, **WEEK, near=date(2026, 12, 31)) == (date(2026, 12, 31), date(2027, 1, 1))
    assert days_shown(page, **WEEK, near=date(2027, 2, 4)) == (date(2026, 12, 31), date(2027, 1, 1))
    assert hour_of(page, Slot(1, date(2027, 1, 1), 8)) is HourState.CLOSED
    assert hour_of(page, Slot(1, date(2026, 1, 1), 8)) is None


def test_day_is_not_taken_for_its_look_alike() -> None:
    page = week(("Tue 11/1", free(8)), ("Sat 1/11", closed(8)))
    assert hour_of(page, Slot(1, date(2028, 1, 11), 8)) is HourState.FREE
    assert hour_of(page, Slot(1, date(2028, 1, 1), 8)) is None
    assert hour_of(page, Slot(1, date(2025, 11, 1), 8)) is HourState.CLOSED


@pytest.mark.parametrize("title", ["", "4/10", "Mon 4/10", "Sun 40/10", "Sun 4/100", "Sun 4-10", "Sun 14/10"])
def test_title_that_does_not_agree_is_not_the_day(title: str) -> None:
    assert hour_of(week((title, free(8))), Slot(1, date(2026, 10, 4), 8)) is None


def test_hours_are_compared_as_whole_hours() -> None:
    page = week(("Sun 4/10", free(18) + closed(8) + free(9).replace("09:00", "09:30")))
    day = date(2026, 10, 4)
    assert hour_of(page, Slot(1, day, 8)) is HourState.CLOSED
    assert hour_of(page, Slot(1, day, 18)) is HourState.FREE
    assert hour_of(page, Slot(1, day, 9)) is HourState.ABSENT
    assert hour_of(page, Slot(1, day, 1)) is HourState.ABSENT


@given(day=st.dates(date(2024, 1, 1), date(2040, 12, 31)), apart=st.integers(-41, 41))
def test_a_shown_day_keeps_its_year_within_the_days_a_site_shows(day: date, apart: int) -> None:
    page = week((f"{day:%a} {day.day}/{day.month}", free(8)))
    assert days_shown(page, **WEEK, near=day + timedelta(days=apart)) == (day,)
    assert hour_of(page, Slot(1, day, 8)) is HourState.FREE


@given(first=st.dates(date(2024, 1, 1), date(2040, 12, 31)), ahead=st.integers(0, 60))
def test_the_week_of_a_day(first: date, ahead: int) -> None:
    steps = weeks_between(first, first + timedelta(days=ahead))
    assert steps * 7 <= ahead < (steps + 1) * 7


# Which slot a row is


@pytest.mark.parametrize(
    ("facility", "same"),
    [
        ("Lincoln's Inn Fields Tennis Court 1", True),
        ("Lincoln\u2019s Inn Fields \u2013 Tennis Court 1", True),
        ("Camden: Lincoln's Inn Fields Tennis Court 1", True),
        ("Lincoln's Inn Fields Tennis Court 11", False),
        ("Lincoln's Inn Fields Tennis Court 2", False),
        ("Lincoln's Inn Fields Tennis Court", False),
        ("Quarry Green Tennis Court 1", False),
        ("Tennis Court 1", False),
        ("", False),
    ],
)
def test_a_row_is_told_by_the_slug_of_its_court(facility: str, same: bool) -> None:
    row = BookingRow(facility, date(2026, 10, 4), 8)
    assert row.is_slot(Slot(1, date(2026, 10, 4), 8), "lincoln-s-inn-fields-tennis-court-1") is same


def test_a_row_of_court_eleven_is_not_found_by_court_one_nor_the_other_way_round() -> None:
    day = date(2026, 10, 4)
    for mine, theirs in ((1, 11), (11, 1)):
        row = BookingRow(f"Practice Fields Tennis Court {theirs}", day, 8)
        assert not row.is_slot(Slot(mine, day, 8), f"practice-fields-tennis-court-{mine}")


@pytest.mark.parametrize(
    "other", [(date(2026, 10, 5), 8, 0), (date(2025, 10, 4), 8, 0), (date(2026, 10, 4), 9, 0),
              (date(2026, 10, 4), 8, 30), (date(2026, 4, 10), 8, 0)]
)  # fmt: skip
def test_a_row_of_another_time_is_another_slot(other: tuple[date, int, int]) -> None:
    row = BookingRow("Practice Fields Tennis Court 1", *other)
    assert not row.is_slot(Slot(1, date(2026, 10, 4), 8), FACILITY)


# Rows that are not as they should be


def test_rows_in_all_their_shapes() -> None:
    made = "1/9/2026"
    assert read_rows(booking_row(made, "Court 1", "4/10/2026 8:00"), **BOOKINGS) == (
        BookingRow("Court 1", date(2026, 10, 4), 8),
    )
    assert read_rows(booking_row(made + " 23:59", "Court 1", "Sun 4/10/2026 at 18:30"), **BOOKINGS) == (
        BookingRow("Court 1", date(2026, 10, 4), 18, 30),
    )
    assert read_rows(booking_row("Made on", "Facility", "Date and time"), **BOOKINGS) == ()
    assert read_rows(booking_row(), **BOOKINGS) == ()
    assert read_rows(booking_row("&nbsp;", "", " "), **BOOKINGS) == ()


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (("1/9/2026", "Court 1", "4 October 2026, 8:00"), "no date and time"),
        (("1/9/2026", "Court 1", "4/10/26 8:00"), "no date and time"),
        (("1/9/2026", "Court 1", "4/10/2026", "8:00"), "no date and time"),
        (("Court 1", "31/2/2026 8:00"), "does not exist"),
        (("Court 1", "29/2/2027 8:00"), "does not exist"),
        (("Court 1", "4/13/2026 8:00"), "does not exist"),
        (("Court 1", "4/10/0000 8:00"), "does not exist"),
        (("Court 1", "4/10/2026 25:00"), "cannot be read"),
        (("Court 1", "4/10/2026 8:60"), "cannot be read"),
        (("4/10/2026 8:00",), "cannot be read"),
        (("", "4/10/2026 8:00"), "cannot be read"),
    ],
)
def test_a_row_that_cannot_be_understood_is_no_answer(cells: tuple[str, ...], said: str) -> None:
    with pytest.raises(PageError, match=said):
        read_rows(booking_row(*cells), **BOOKINGS)


def test_an_error_quotes_no_more_than_a_line_of_the_page() -> None:
    with pytest.raises(PageError) as caught:
        read_rows(booking_row("1" * 10_000), **BOOKINGS)
    assert len(str(caught.value)) < 200


def test_a_basket_line_that_cannot_be_read_is_kept_in_its_words(pages: dict[str, Any]) -> None:
    day: date = pages["day"]
    broken = pages["basket"].replace(f"{day.day}/{day.month}/{day.year}", "tomorrow", 1)
    assert broken != pages["basket"]
    whole, basket = read_basket(pages["basket"], **BASKET, **SUMS), read_basket(broken, **BASKET, **SUMS)
    assert len(basket.lines) == len(whole.lines) - 1
    [words] = basket.unread
    assert "tomorrow" in words


@pytest.mark.parametrize("status", ["Cancelled", "Booking cancelled", "REFUNDED.", "Status: Canceled"])
def test_a_row_that_says_it_is_cancelled_is_no_booking(status: str) -> None:
    cells = ("08/09/2026 00:02", "Tennis Court 1", "27/09/2026 14:00")
    assert len(read_rows(booking_row(*cells, "Cancel"), **BOOKINGS)) == 1
    assert read_rows(booking_row(*cells, status), **BOOKINGS) == ()


# Money


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("£13.90", 1390),
        ("Total: £ 27.80.", 2780),
        ("£0.00", 0),
        ("£1,234.50, of which", 123450),
        ("£14", 1400),
        ("£1.10 then £2.20", 110),
        ("13.90", None),
        ("$13.90", None),
        ("£", None),
        ("£abc", None),
        ("£1234567", None),
        ("£13.905", None),
        ("£13.9", None),
        ("£1,39", None),
        ("£12,34,567", None),
        ("-£13.90", None),
        ("\u2212£13.90", None),
        ("£-13.90", None),
    ],
)
def test_pence(text: str, amount: int | None) -> None:
    assert pence(text) == amount


@given(st.integers(0, 99_999_999))
def test_pence_reads_what_is_written(amount: int) -> None:
    assert pence(f"Total £{amount // 100:,}.{amount % 100:02d}") == amount
    assert pence(f"£{amount // 100}.{amount % 100:02d} to pay") == amount


# Addresses


def test_address_of_a_slot_has_the_sites_form() -> None:
    address = slot_address("https://site.example.test", SITE["BOOK_PATH"], "192", Slot(1, date(2026, 10, 4), 8))
    assert address == ("https://site.example.test/courses/book.aspx?fdCourseEventId=192&fdDate=04/10/2026&fdTime=8")


def test_event_id_cannot_smuggle_in_parameters() -> None:
    address = slot_address("https://site.example.test", "/b", "1&fdTime=9#", Slot(1, date(2026, 10, 4), 8))
    assert address.endswith("fdCourseEventId=1%26fdTime%3D9%23&fdDate=04/10/2026&fdTime=8")


@pytest.mark.parametrize(
    ("address", "same"),
    [
        ("https://site.example.test/basket/", True),
        ("http://site.example.test/basket/", False),
        ("https://site.example.test:8443/", False),
        ("https://site.example.test.evil.test/", False),
        ("https://evil.test/site.example.test", False),
        ("https://site.example.test@evil.test/", False),
        ("about:blank", False),
        ("", False),
        ("https://[broken", False),
    ],
)
def test_same_site(address: str, same: bool) -> None:
    assert same_site(address, "https://site.example.test") is same


@pytest.mark.parametrize(
    ("address", "refused"),
    [
        ("https://pay.example.test/card", ""),
        ("https://PAY.example.test:8443/card", ""),
        ("http://pay.example.test/card", "open line"),
        ("https://evil.test/card", "PAYMENT_HOSTS"),
        ("https://pay.example.test.evil.test/", "PAYMENT_HOSTS"),
        ("https://pay.example.test@evil.test/", "PAYMENT_HOSTS"),
        ("https://evil.test/?pay.example.test", "PAYMENT_HOSTS"),
        ("data:text/html,x", "PAYMENT_HOSTS"),
        ("about:blank", "PAYMENT_HOSTS"),
        ("", "PAYMENT_HOSTS"),
        ("https://[broken", "PAYMENT_HOSTS"),
        ("http://127.0.0.1:8001/card", ""),
        ("http://localhost/card", ""),
        ("http://127.evil.test/card", "open line"),
        ("ftp://pay.example.test/card", "open line"),
    ],
)
def test_card_is_typed_only_at_expected_hosts(address: str, refused: str) -> None:
    hosts = ("pay.example.test", "127.0.0.1", "localhost", "127.evil.test")
    why = refusal_to_type_card(address, hosts)
    assert refused in why
    assert bool(why) is bool(refused)


@given(address=st.text(max_size=60))
def test_card_is_never_typed_at_an_address_that_cannot_be_understood(address: str) -> None:
    assert refusal_to_type_card(address, ["pay.example.test"])
    assert refusal_to_type_card(f"https://{address}.evil.test", ["pay.example.test"])


# Whatever a page holds


_PIECES = st.sampled_from([
    '<div class="basket-row">', '<div class="basket-column">', '<div class="wrapper row-group">', "</div>", "</a>",
    '<div class="booking-column">', '<div class="timetable-day">', '<h4 class="timetable-title">', "</h4>", "<ul>",
    '<li class="facility-closed">', "<li>", '<span class="facility-hour">', '<a class="facility-book" href="#">',
    '<dd id="ctl00_PageContent_lblTotal">', '<dd id="ctl00_PageContent_lblCredit">', "£13.90", "£9999999", "Sun 4/10",
    "Tue 29/2", "99/99", "4/10/2026 08:00", "31/2/2026 8:00", "4/10/2026 99:99", "08:00", "Court 1", "<!--", "<script>",
    "<table><td>", "&#0;", "&nbsp;", "&amp", "\x00", "<", '"', "\u0661\u0662/\u0661/\u0662\u0660\u0662\u0666",
])  # fmt: skip
_PAGES = st.one_of(
    st.text(max_size=200),
    st.lists(st.one_of(_PIECES, st.text(max_size=8)), max_size=40).map("".join),
)


def _value_or_page_error(read: Callable[[], object], kind: type | tuple[type, ...]) -> None:
    try:
        value = read()
    except PageError as error:
        assert str(error)  # noqa: PT017 - a page error is one of the two answers that are right
    else:
        assert isinstance(value, kind)


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(html=_PAGES, near=st.dates(), hour=st.integers(0, 23))
def test_any_page_is_read_as_a_value_or_a_page_error(html: str, near: date, hour: int) -> None:
    _value_or_page_error(lambda: read_rows(html, **BOOKINGS), tuple)
    _value_or_page_error(lambda: read_basket(html, **BASKET, **SUMS), Basket)
    _value_or_page_error(lambda: hour_of(html, Slot(1, near, hour)), (HourState, type(None)))
    assert isinstance(days_shown(html, **WEEK, near=near), tuple)


@settings(
    max_examples=150,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    deadline=None,
)
@given(data=st.data())
def test_damaged_pages_of_the_venue_are_values_or_page_errors(pages: dict[str, Any], data: st.DataObject) -> None:
    html = data.draw(st.sampled_from([pages["basket"], pages["bookings"], pages["week"]]))
    start = html.index("<main")
    cut = data.draw(st.integers(start, len(html)))
    to = data.draw(st.integers(cut, min(len(html), cut + 200)))
    broken = html[start:cut] + data.draw(st.one_of(_PIECES, st.text(max_size=8))) + html[to:]
    test_reads = (
        (lambda: read_rows(broken, **BOOKINGS), tuple),
        (lambda: read_basket(broken, **BASKET, **SUMS), Basket),
        (lambda: hour_of(broken, Slot(1, pages["day"], 8)), (HourState, type(None))),
    )
    for read, kind in test_reads:
        _value_or_page_error(read, kind)


def test_text_of_folds_white_space() -> None:
    from selectolax.lexbor import LexborHTMLParser  # noqa: PLC0415 - only this test makes a node of its own

    node = LexborHTMLParser("<p>  Sun\n\t4/10 <b>!Book!</b></p>").css_first("p")
    assert node is not None
    assert text_of(node) == "Sun 4/10 !Book!"
