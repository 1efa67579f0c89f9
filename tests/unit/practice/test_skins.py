"""Every skin shows the same venue: what is held, removed, paid and booked is the same, and every control works."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

import pytest

from practice.venue.skins.skin import SKINS, STRANGERS, skin_named
from practice.venue.skins.wording import DAYS, TIMES, written_day, written_time
from tests.unit.practice.conftest import Browser, RunningVenue, VenuePage, book_path, holding

PRICE = 1390
COURT = "Practice Fields Tennis Court 1"
PAY = "#ctl00_PageContent_btnContinue"
COURT_1 = "/courses/detail/171/practice-fields-tennis-court-1/"
EMPTY_BOOKINGS = "You are not booked onto any courses or sessions."


@dataclass(frozen=True)
class Look:
    """What a skin shows of the same facts, and where its controls are."""

    day: str
    time: str
    total: str
    remove: str
    empty: str
    apart: bool = False
    """Whether day and time stand apart."""
    ticks: dict[str, str] = field(default_factory=dict)
    """What is ticked before something is removed."""
    pay: str = PAY
    details: str = "a[href*=btnDetails]"
    multiple: str = "Multiple Slots"
    """What stands for the times of several slots in one row."""


LOOKS = {
    "plain": Look("bare", "bare", "Total", "a.basket-remove", "Your basket is empty.", multiple="{day}"),
    "table": Look(
        "weekday year", "range", "Total to pay", "td a", "no items in your basket", apart=True, multiple="{day}"
    ),
    "cards": Look("weekday", "minutes", "Outstanding amount", "a[aria-label^=Remove]", "Your basket is empty"),
    "lines": Look(
        "dashed",
        "start",
        "Balance due",
        "input[alt=Remove]",
        "not added anything",
        details="a[href*=fdBookingId]",
        multiple="2 slots",
    ),
    "receipt": Look(
        "iso",
        "start",
        "Amount to pay",
        "a[href*=btnRemove]",
        "currently empty",
        apart=True,
        details="input[value=Details]",
    ),
    "boxes": Look(
        "slashed",
        "large",
        "Total",
        "input[value='Update basket']",
        "Nothing in your basket",
        ticks={"ctl00$chkRemove": ""},
        multiple="{day}",
    ),
    "fees": Look(
        "long", "small range", "Total inc. booking fee", "a[title=Remove]", "Why not", details="a[href*=fdBookingId]"
    ),
    "steps": Look("weekday", "start", "Total cost", "section button", "Your basket is empty"),
    "asking": Look("ordinal", "length", "Order total", "ol li a", "currently empty", multiple="2 dates"),
    "wallet": Look(
        "long comma", "to", "Amount due", "a[title^=Delete]", "contains no items", apart=True, multiple="{day}"
    ),
    "leisure": Look(
        "short year",
        "seconds",
        "Total payable",
        "input[value=Delete]",
        "nothing to pay",
        pay="#ctl00_PageContent_BasketSummary_lnkCheckout",
        details="a[href*=fdBookingId]",
        multiple="Multiple",
    ),
    "club": Look(
        "title",
        "small",
        "Total",
        "a[title=Remove]",
        "Your cart is empty",
        pay="button.pay",
        multiple="2 sessions",
    ),
}
skins = pytest.mark.parametrize("name", SKINS)


def shown(page: VenuePage) -> str:
    """Return the words of the main content as they are read."""
    main = page.html.css_first("main")
    assert main is not None, page.url
    return " ".join(main.text(separator=" ").split())


def pounds(pence: int) -> str:
    return f"£{pence // 100}.{pence % 100:02d}"


def dressed(venue: RunningVenue, name: str, *hours: int) -> Browser:
    """Return a browser of the first account that holds these hours at a venue in this skin."""
    venue.client.change_settings(skin=name)
    return holding(venue, *hours) if hours else venue.member()


def leave_basket(browser: Browser, name: str) -> VenuePage:
    """Go on from the basket as often as the skin wants it, with everything filled in; return what follows."""
    page = browser.get("/basket/")
    ticks = {"fdTerms": ""} if SKINS[name].terms_in_basket else {}
    page = browser.press_control(page, LOOKS[name].pay, **ticks)
    for step in SKINS[name].steps:
        assert page.url.endswith(f"/basket/{step}/")
        entered = {"terms": {"fdTerms": ""}, "details": {"fdPlayingPartner": "Alfred, 1234"}}[step]
        page = browser.press_control(page, PAY, **entered)
    return page


def fee(name: str) -> int:
    return SKINS[name].fee_pence


def says_line(name: str, page: VenuePage, day: date, hour: int) -> bool:
    look, text = LOOKS[name], shown(page)
    written = written_day(day, look.day), written_time(hour, look.time)
    between = ".{0,40}" if look.apart else ",? (at )?"
    return re.search(between.join(map(re.escape, written)), text) is not None


def test_there_are_more_than_ten_and_each_has_a_look_here() -> None:
    assert len(SKINS) > 10
    assert SKINS.keys() == LOOKS.keys()
    assert all(skin.about for skin in SKINS.values())


@skins
def test_a_skin_leads_from_two_holds_to_a_booking_that_is_paid(venue: RunningVenue, name: str) -> None:
    look, day = LOOKS[name], venue.open_day()
    browser = dressed(venue, name, 10, 14)
    page = browser.get("/basket/")
    assert shown(page).count(COURT) >= 2
    assert says_line(name, page, day, 10), shown(page)
    assert says_line(name, page, day, 14), shown(page)
    assert re.search(rf"{re.escape(look.total)}:? {pounds(2 * PRICE + fee(name))}", shown(page)), shown(page)

    page = browser.press_control(page, look.remove, **look.ticks)
    assert not says_line(name, page, day, 10), shown(page)
    assert says_line(name, page, day, 14), shown(page)
    assert re.search(rf"{re.escape(look.total)}:? {pounds(PRICE + fee(name))}", shown(page)), shown(page)
    assert [(each["hour"], each["state"]) for each in venue.records("holds")] == [(10, "released"), (14, "held")]

    page = browser.press(browser.enter_card(leave_basket(browser, name), venue.welcome.card))
    assert page.text("h1") == SKINS[name].success
    assert [(each["amount_pence"], each["status"]) for each in venue.records("payments")] == [
        (PRICE + fee(name), "paid")
    ]
    assert [(each["court"], each["date"], each["hour"]) for each in venue.records("bookings")] == [
        (1, day.isoformat(), 14)
    ]
    assert look.empty in shown(browser.get("/basket/"))

    page = browser.get("/dashboards/my-bookings/")
    assert COURT in shown(page)
    details = shown(browser.press_control(page, look.details))
    assert details.count(COURT) >= 1
    assert re.search(r"14:00|2:00 PM|2pm", details), details


@skins
def test_credit_pays_in_every_skin(venue: RunningVenue, name: str) -> None:
    venue.client.change_account(venue.email(), credit_pence=5000)
    browser = dressed(venue, name, 10)
    assert pounds(5000) in shown(browser.get("/basket/"))
    page = leave_basket(browser, name)
    assert page.text("h1") == SKINS[name].success
    assert page.url.endswith("/basket/confirmation/")
    [payment] = venue.records("payments")
    assert (payment["method"], payment["amount_pence"]) == ("credit", PRICE + fee(name))
    assert len(venue.records("bookings")) == 1


@skins
def test_an_empty_basket_and_no_bookings_are_said_in_words(venue: RunningVenue, name: str) -> None:
    browser = dressed(venue, name)
    assert LOOKS[name].empty in shown(browser.get("/basket/"))
    assert not browser.get("/basket/").has(LOOKS[name].pay)
    text = shown(browser.get("/dashboards/my-bookings/"))
    assert (EMPTY_BOOKINGS in text) is (name not in STRANGERS)
    assert " no " in text or "not booked" in text


@skins
def test_a_wrong_password_is_told_and_so_is_a_wrong_code(venue: RunningVenue, name: str) -> None:
    venue.client.change_settings(skin=name)
    browser = venue.browser()
    page = browser.log_in({"email": venue.email(), "password": "wrong"})
    assert shown(page).count("The email address or password is incorrect.") == 1
    venue.client.change_account(venue.email(), mfa="123456")
    page = browser.log_in(venue.welcome.accounts[0])
    page = browser.post_back(page, "a.button-primary", **{SKINS[name].code_field: "000000"})
    assert shown(page).count("The verification code is incorrect.") == 1
    page = browser.post_back(page, "a.button-primary", **{SKINS[name].code_field: "123456"})
    assert page.has("#ctl00_btnLogout")


@skins
def test_a_basket_that_ran_out_meanwhile_is_told_and_not_paid(venue: RunningVenue, name: str) -> None:
    browser = dressed(venue, name, 10)
    page = browser.get("/basket/")
    venue.client.expire_holds(venue.email())
    ticks = {"fdTerms": ""} if SKINS[name].terms_in_basket else {}
    page = browser.press_control(page, LOOKS[name].pay, **ticks)
    assert "have been released" in shown(page)
    assert venue.records("payments") == []


@skins
def test_what_is_known_of_the_real_site_is_the_same_in_all_but_the_strangers(venue: RunningVenue, name: str) -> None:
    venue.client.change_account(venue.email(), credit_pence=5000)
    browser = dressed(venue, name, 10)
    basket = browser.get("/basket/")
    known = name not in STRANGERS
    assert basket.has("form#aspnetForm")
    assert basket.has("#ctl00_btnLogout")
    assert basket.has(PAY) is known
    assert not known or basket.text(PAY) == "Make Booking"
    success = leave_basket(browser, name)
    assert ("payment successful" in success.text("h1").lower()) is known
    page = browser.get("/dashboards/my-bookings/")
    assert len(page.texts("div.booking-column")) == (3 if known else 0)
    calendar = browser.get(COURT_1)
    assert calendar.has("#ctl00_PageContent_pnlFacilityAvailability a.facility-book")


@skins
def test_a_slot_that_cannot_be_had_leads_back_or_is_refused_in_place(venue: RunningVenue, name: str) -> None:
    browser = dressed(venue, name)
    closed, taken = venue.open_day(35), venue.open_day()
    venue.client.send_rival(1, taken, 10)
    for day, words in ((closed, "not available"), (taken, "booked by somebody else")):
        page = browser.get(book_path(192, day, 10))
        assert page.text("h1") == COURT
        assert ("book.aspx" in page.url) is SKINS[name].refuses_in_place
        assert (words in shown(page)) is SKINS[name].refuses_in_place
        assert browser.post_back(page, "#ctl00_PageContent_btnNextWeek").url.endswith(COURT_1)
    assert not [each for each in venue.records("holds") if each["email"] == venue.email()]


@skins
def test_slots_paid_together_can_be_one_row_whose_times_stand_behind_details(venue: RunningVenue, name: str) -> None:
    venue.client.change_account(venue.email(), credit_pence=5000)
    venue.client.change_settings(multi_slot_rows=True)
    browser = dressed(venue, name, 10, 14)
    assert leave_basket(browser, name).text("h1") == SKINS[name].success
    look, day = LOOKS[name], venue.open_day()
    page = browser.get("/dashboards/my-bookings/")
    text = re.split("(?:Recently|You recently)", shown(page))[0]
    assert look.multiple.format(day=f"{day:%d/%m/%Y}") in text
    assert not re.search(r"1[04]:00|10am|2pm|(10|2):00 [AP]M", text.replace(made_on(text), "")), text
    assert len(page.html.css(look.details)) == 1
    details = shown(browser.press_control(page, look.details))
    assert re.search(r"10:00|10am", details), details
    assert re.search(r"14:00|2:00 PM|2pm", details), details


def made_on(text: str) -> str:
    found = re.search(r"\d\d[/ -](\d\d|\w{3})([/-]\d{4})? \d\d:\d\d", text)
    assert found is not None, text
    return found[0]


@skins
def test_what_else_lies_about_in_my_bookings_is_reached_page_by_page(venue: RunningVenue, name: str) -> None:
    venue.client.change_account(venue.email(), credit_pence=5000)
    browser = dressed(venue, name, 10)
    leave_basket(browser, name)
    venue.client.change_settings(untidy_bookings=True)
    page = browser.get("/dashboards/my-bookings/")
    for suffix in ("", "Past") if SKINS[name].sections else ("",):
        seen = [shown(page)]
        while page.has(f'a[href*="btnNext{suffix}\'"]'):
            page = browser.press_control(page, f'a[href*="btnNext{suffix}\'"]')
            assert shown(page) != seen[-1]
            seen.append(shown(page))
        text = " ".join(seen)
        if suffix == "" or not SKINS[name].sections:
            assert "Swimming course (12 sessions)" in text
            assert "Starts " in text
            assert "Tennis membership" in text
            assert text.lower().count("cancelled") >= 2
        if suffix == "Past" or not SKINS[name].sections:
            assert len(seen) >= 2
            assert text.count(COURT) >= 12
    assert len(venue.records("bookings")) == 1, "nothing of it is a booking"


def test_terms_are_ticked_or_nothing_is_paid(venue: RunningVenue) -> None:
    browser = dressed(venue, "receipt", 10)
    page = browser.press_control(browser.get("/basket/"), PAY)
    assert "accept the terms" in shown(page)
    venue.client.change_settings(skin="steps")
    page = browser.press_control(browser.get("/basket/"), PAY)
    page = browser.press_control(page, PAY)
    assert page.url.endswith("/basket/terms/")
    assert "accept the terms" in shown(page)
    assert venue.records("payments") == []


def test_a_required_field_is_filled_in_or_nothing_is_paid(venue: RunningVenue) -> None:
    browser = dressed(venue, "asking", 10)
    page = browser.press_control(browser.get("/basket/"), PAY)
    page = browser.press_control(page, PAY)
    assert page.url.endswith("/basket/details/")
    assert "marked as required" in shown(page)
    assert venue.records("payments") == []


def test_a_page_of_a_step_without_a_basket_or_in_another_skin_leads_to_the_basket(venue: RunningVenue) -> None:
    browser = dressed(venue, "steps")
    assert browser.redirect("/basket/terms/") == "/basket/"
    assert browser.redirect("/basket/details/") == "/basket/"


@pytest.mark.parametrize("name", ["receipt", "club"])
def test_a_basket_can_be_emptied_at_once(venue: RunningVenue, name: str) -> None:
    browser = dressed(venue, name, 10, 14)
    page = browser.press_control(browser.get("/basket/"), "a[href*=btnClear]")
    assert LOOKS[name].empty in shown(page)
    assert {each["state"] for each in venue.records("holds")} == {"released"}


def test_what_credit_covers_costs_nothing_line_by_line(venue: RunningVenue) -> None:
    venue.client.change_account(venue.email(), credit_pence=5000)
    text = shown(dressed(venue, "wallet", 10, 14).get("/basket/"))
    assert text.count("£13.90 £0.00") == 2
    assert "Credit used -£27.80" in text
    assert "Amount due £0.00" in text


def test_decoys_name_other_courts_dates_and_prices(venue: RunningVenue) -> None:
    for name in ("boxes", "club"):
        page = dressed(venue, name, 10).get("/basket/")
        assert "Quarry Green Tennis Court 1" in shown(page)
        assert "£13.90" in shown(page)
    assert "Basket (1)" in dressed(venue, "table").get("/basket/").text("nav")


def test_details_of_somebody_elses_booking_are_not_shown(venue: RunningVenue) -> None:
    venue.client.change_account(venue.email(), credit_pence=5000)
    leave_basket(dressed(venue, "fees", 10), "fees")
    assert venue.member(1).redirect("/dashboards/my-bookings/details.aspx?fdBookingId=b0") == "/dashboards/my-bookings/"


def test_a_skin_is_chosen_by_name_or_drawn_by_number(venue: RunningVenue) -> None:
    assert venue.client.settings()["skin"] == "plain"
    assert venue.client.change_settings(skin=17)["skin"] == skin_named(17)
    assert {skin_named(seed) for seed in range(200)} == set(SKINS)
    for wrong in ("velvet", True, None, 1.5):
        with pytest.raises(ValueError, match="is neither a number nor one of plain, table"):
            skin_named(wrong)


def test_days_and_times_are_written_in_many_ways() -> None:
    day = date(2026, 12, 2)
    assert {form: written_day(day, form) for form in DAYS} == {
        "slashed": "02/12/2026",
        "bare": "2/12/2026",
        "short year": "02/12/26",
        "title": "Wed 2/12",
        "weekday": "Wed 2 Dec",
        "weekday year": "Wed 2 Dec 2026",
        "ordinal": "Wed 2nd Dec",
        "long": "Wednesday 2 December 2026",
        "long comma": "Wednesday, 2 December",
        "iso": "2026-12-02",
        "dashed": "02-Dec-2026",
        "lower": "2 dec.",
    }
    assert {form: written_time(18, form) for form in TIMES} == {
        "start": "18:00",
        "bare": "18:00",
        "seconds": "18:00:00",
        "range": "18:00 - 19:00",
        "dense": "18:00-19:00",
        "to": "18:00 to 19:00",
        "minutes": "18:00 (60 mins)",
        "length": "18:00 (1 hour)",
        "large": "6:00 PM",
        "small": "6pm",
        "small range": "6pm - 7pm",
    }
    assert [written_time(hour, "small") for hour in (8, 11, 12, 13)] == ["8am", "11am", "12pm", "1pm"]
    assert [written_day(date(2026, 12, number), "ordinal")[4:8] for number in (1, 3, 11, 13, 22)] == [
        "1st ",
        "3rd ",
        "11th",
        "13th",
        "22nd",
    ]
