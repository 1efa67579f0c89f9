"""Money and bookings, each in its own step: what is taken, when the venue learns of it, and what it sells then."""

from __future__ import annotations

from pathlib import Path

import pytest
import requests

from tests.unit.practice.conftest import Browser, RunningVenue, VenuePage, book_path, change, holding, payments, results

PRICE = 1390
DECLINED_CARD = "4000000000000002"
SECURE_CARD = "4000000000003220"
PROBLEM = "A problem was encountered. Please do not attempt to make this payment again."


def booked(venue: RunningVenue) -> list[int]:
    return [each["hour"] for each in venue.records("bookings")]


def in_basket(browser: Browser) -> int:
    return len(browser.get("/basket/").texts("div.basket-row"))


def listed(browser: Browser) -> int:
    return len(browser.get("/dashboards/my-bookings/").texts("div.row-group"))


def at_the_button(browser: Browser, venue: RunningVenue) -> VenuePage:
    return browser.enter_card(browser.to_portal(), venue.welcome.card)


def press_and_break_off(browser: Browser, page: VenuePage) -> str:
    """Press the button that pays and never follow where it leads; return where that is."""
    answer = browser.session.post(page.url, data={"_eventId_payment": "x"}, allow_redirects=False, timeout=20)
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]


def test_the_basket_shows_what_is_held_and_what_it_costs(venue: RunningVenue) -> None:
    page = holding(venue, 10, 11).get("/basket/")
    day = venue.open_day()
    assert page.texts("div.wrapper.row-group.basket-row div.basket-column") == [
        text
        for hour in (10, 11)
        for text in (
            "Practice Fields Tennis Court 1",
            f"{day.day}/{day.month}/{day.year} {hour}:00",
            "£13.90",
            "Remove",
        )
    ]
    assert page.text("#ctl00_PageContent_lblTotal") == "£27.80"
    assert page.text("#ctl00_PageContent_lblCredit") == "£0.00"
    assert page.text("#ctl00_PageContent_btnContinue") == "Make Booking"
    assert "held until" in page.text("span.basket-expires")


def test_a_card_pays_and_the_returning_browser_gets_the_slots_sold(venue: RunningVenue) -> None:
    browser = holding(venue, 10, 11)
    page = browser.pay(venue.welcome.card)
    assert page.text("h1") == "Payment Successful"
    assert page.url == f"{venue.welcome.site_url}/basket/confirmation/"
    assert (page.html.html or "").count("Payment Successful") >= 3
    assert payments(venue) == [("card", "paid", 2 * PRICE)]
    [payment] = venue.records("payments")
    day = venue.open_day().isoformat()
    assert payment["slots"] == [{"court": 1, "date": day, "hour": hour} for hour in (10, 11)]
    assert len(payment["lines"]) == 2
    assert (payment["last4"], payment["card_saved"], payment["surcharge_pence"]) == ("1111", False, 0)
    assert payment["billing_name"] == venue.welcome.card["holder"]
    assert [(each["hour"], each["payment_id"]) for each in venue.records("bookings")] == [
        (10, payment["id"]),
        (11, payment["id"]),
    ]
    assert {hold["state"] for hold in venue.records("holds")} == {"sold"}
    assert listed(browser) == 2
    assert in_basket(browser) == 0
    assert browser.redirect(book_path(192, venue.open_day(), 10)).startswith("/courses/"), "sold is taken"


def test_between_the_money_and_the_return_the_slots_lie_in_the_basket(venue: RunningVenue) -> None:
    browser = holding(venue, 10, 11)
    back = press_and_break_off(browser, at_the_button(browser, venue))
    assert payments(venue) == [("card", "paid", 2 * PRICE)]
    assert (booked(venue), in_basket(browser), listed(browser)) == ([], 2, 0)
    for _ in range(2):
        assert browser.get(back).text("h1") == "Payment Successful"
        assert (booked(venue), in_basket(browser), listed(browser)) == ([10, 11], 0, 2)


def test_paying_again_in_one_checkout_shows_what_came_of_the_first_time(venue: RunningVenue) -> None:
    browser = holding(venue)
    page = at_the_button(browser, venue)
    for _ in range(3):
        assert browser.press(page).text("h1") == "Payment Successful"
    assert payments(venue) == [("card", "paid", PRICE)]
    assert results(venue) == ["paid", "again after paid", "again after paid"]
    assert booked(venue) == [10]


def test_another_checkout_of_the_same_basket_takes_the_money_again(venue: RunningVenue) -> None:
    browser = holding(venue)
    back = press_and_break_off(browser, at_the_button(browser, venue))
    assert browser.pay(venue.welcome.card).text("h1") == "Payment Successful"
    assert payments(venue) == [("card", "paid", PRICE)] * 2
    first, second = venue.records("payments")
    assert first["slots"] == second["slots"]
    assert [each["payment_id"] for each in venue.records("bookings")] == [second["id"]]
    page = browser.get(back)
    assert page.text("h1") == "Payment received"
    assert "no longer held" in page.text("main")
    assert len(booked(venue)) == 1


def test_a_return_after_the_hold_has_run_out_books_nothing(venue: RunningVenue) -> None:
    browser = holding(venue)
    back = press_and_break_off(browser, at_the_button(browser, venue))
    venue.client.expire_holds(venue.email())
    page = browser.get(back)
    assert page.text("h1") == "Payment received"
    assert "no longer held" in page.text("main")
    assert (payments(venue), booked(venue)) == ([("card", "paid", PRICE)], [])


def test_the_portal_takes_money_for_what_is_held_no_more(venue: RunningVenue) -> None:
    venue.client.change_settings(session_minutes=120)
    browser = holding(venue)
    page = at_the_button(browser, venue)
    venue.clock.ahead += 46 * 60
    assert browser.press(page).text("h1") == "Payment received"
    assert (payments(venue), booked(venue)) == ([("card", "paid", PRICE)], [])


def test_a_return_without_money_or_by_somebody_else_leads_to_the_basket(venue: RunningVenue) -> None:
    browser = holding(venue)
    reference = browser.to_portal().url.split("/")[-2]
    back = f"/basket/return/?ref={reference}"
    assert browser.redirect(back) == "/basket/"
    assert browser.redirect("/basket/return/?ref=guess") == "/basket/"
    press_and_break_off(browser, at_the_button(browser, venue))
    reference = venue.records("submissions")[0]["reference"]
    assert venue.member(1).redirect(f"/basket/return/?ref={reference}") == "/basket/"
    assert booked(venue) == []


def test_a_return_after_the_session_has_ended_books_after_the_login(venue: RunningVenue) -> None:
    browser = holding(venue)
    back = press_and_break_off(browser, at_the_button(browser, venue))
    venue.client.expire_sessions(venue.email())
    assert browser.get(back).has("input[type=password]")
    assert booked(venue) == []
    assert browser.log_in(venue.welcome.accounts[0], browser.redirect(back)).text("h1") == "Payment Successful"
    assert booked(venue) == [10]


def test_enough_credit_pays_at_once(venue: RunningVenue) -> None:
    change(venue, credit_pence=2 * PRICE + 5)
    page = holding(venue, 10, 11).to_portal()
    assert page.url.endswith("/basket/confirmation/")
    assert page.text("h1") == "Payment Successful"
    assert payments(venue) == [("credit", "paid", 2 * PRICE)]
    [payment] = venue.records("payments")
    assert ([each["hour"] for each in payment["slots"]], payment["last4"]) == ([10, 11], None)
    assert booked(venue) == [10, 11]
    page = holding(venue, 14).get("/basket/")
    assert page.text("#ctl00_PageContent_lblCredit") == "£0.05"


def test_a_penny_short_of_credit_asks_for_a_card(venue: RunningVenue) -> None:
    change(venue, credit_pence=PRICE - 1)
    browser = holding(venue)
    assert browser.to_portal().has("#scp_cardPage_cardNumber_input")
    assert payments(venue) == []


@pytest.mark.parametrize("by_account", [True, False])
def test_a_declined_card_leads_back_to_the_card_page(venue: RunningVenue, by_account: bool) -> None:
    if by_account:
        change(venue, card="decline")
    browser = holding(venue)
    card = venue.welcome.card | ({} if by_account else {"number": DECLINED_CARD})
    page = browser.pay(card)
    assert page.text("#scp_cardPage_container_error") == "Card declined"
    assert page.url.endswith("/card")
    assert payments(venue) == [("card", "declined", PRICE)]
    page = browser.press(browser.enter_card(page, card))
    assert page.text("#scp_cardPage_container_error") == "Card declined"
    assert (payments(venue), results(venue)) == ([("card", "declined", PRICE)] * 2, ["declined"] * 2)
    assert len({each["reference"] for each in venue.records("submissions")}) == 1
    assert in_basket(browser) == 1
    change(venue, card="approve")
    page = browser.enter_card(page, venue.welcome.card)
    assert not page.has("#scp_cardPage_container_error")
    assert browser.press(page).text("h1") == "Payment Successful"


def test_a_decline_can_be_a_page_of_its_own(venue: RunningVenue) -> None:
    change(venue, card="decline_page")
    browser = holding(venue)
    page = browser.pay(venue.welcome.card)
    assert "Your payment was DECLINED" in page.text("main")
    assert not page.has("#scp_cardPage_cardNumber_input")
    assert (payments(venue), booked(venue)) == ([("card", "declined", PRICE)], [])
    assert browser.get(page.attribute("a.button", "href")).has("#ctl00_PageContent_btnContinue")


@pytest.mark.parametrize(("card", "status"), [("error_taken", "paid"), ("error_untaken", "failed")])
def test_an_error_page_says_the_same_with_and_without_money(venue: RunningVenue, card: str, status: str) -> None:
    change(venue, card=card)
    browser = holding(venue)
    page = browser.pay(venue.welcome.card)
    assert page.text("[role=alert]") == PROBLEM
    assert browser.get(page.url).text("[role=alert]") == PROBLEM
    assert (payments(venue), booked(venue)) == ([("card", status, PRICE)], [])
    assert in_basket(browser) == 1
    back = f"/basket/return/?ref={venue.records('submissions')[0]['reference']}"
    assert browser.get(back).text("h1") == ("Payment Successful" if status == "paid" else "Your basket")


@pytest.mark.parametrize("way", ["frame", "control", "cancel", "card"])
def test_three_d_secure_waits_for_the_person(venue: RunningVenue, way: str) -> None:
    if way != "card":
        change(venue, card="3ds")
    browser = holding(venue)
    page = browser.pay(venue.welcome.card | ({"number": SECURE_CARD} if way == "card" else {}))
    assert (payments(venue), booked(venue)) == ([("card", "pending", PRICE)], [])
    source = page.attribute("iframe#scp_threeDSecure_iframe", "src")
    assert browser.get(venue.welcome.portal_url + source).texts("button") == ["Confirm", "Cancel"]
    assert browser.session.get(f"{page.url}/state", timeout=20).json() == {"waiting": True}
    if way == "control":
        assert venue.client.confirm_with_bank(venue.email()) == 1
        assert payments(venue) == [("card", "paid", PRICE)]
        assert browser.session.get(f"{page.url}/state", timeout=20).json() == {"waiting": False}
        page = browser.get(page.url)
    else:
        page = browser.send(page, {"answer": "Cancel" if way == "cancel" else "Confirm"})
    good = way != "cancel"
    if good:
        assert page.text("h1") == "Payment Successful"
    else:
        assert page.text("#scp_cardPage_container_error") == "Card declined"
    assert payments(venue) == [("card", "paid" if good else "declined", PRICE)]
    assert len(booked(venue)) == good


def test_frictionless_goes_on_by_itself(venue: RunningVenue) -> None:
    change(venue, card="frictionless")
    browser = holding(venue)
    page = browser.pay(venue.welcome.card)
    assert page.has("iframe#scp_threeDSecure_iframe")
    assert payments(venue) == [("card", "pending", PRICE)]
    venue.clock.ahead += 2
    assert browser.session.get(f"{page.url}/state", timeout=20).json() == {"waiting": False}
    assert browser.get(page.url).text("h1") == "Payment Successful"


@pytest.mark.parametrize("way", ["control", "button", "cancel"])
@pytest.mark.parametrize("portal_host", ["127.0.0.1", "localhost"])
def test_the_bank_has_a_page_on_another_host(venue: RunningVenue, way: str, portal_host: str) -> None:
    venue.client.change_settings(portal_host=portal_host)
    change(venue, card="bank_page")
    browser = holding(venue)
    page = browser.pay(venue.welcome.card)
    other = {"127.0.0.1": "localhost", "localhost": "127.0.0.1"}[portal_host]
    assert page.url.startswith(f"http://{other}:")
    assert payments(venue) == [("card", "pending", PRICE)]
    if way == "control":
        venue.client.confirm_with_bank(venue.email())
        assert browser.session.get(f"{page.url}/state", timeout=20).json() == {"waiting": False}
        page = browser.get(page.url)
    else:
        page = browser.send(page, {"answer": "Cancel" if way == "cancel" else "Confirm"})
    if way == "cancel":
        assert page.url.startswith(f"http://{portal_host}:")
        assert page.text("#scp_cardPage_container_error") == "Card declined"
    else:
        assert page.text("h1") == "Payment Successful"
    assert len(booked(venue)) == (way != "cancel")


def test_a_late_bank_takes_the_money_after_the_page_was_left(venue: RunningVenue) -> None:
    change(venue, card="late", late_seconds=10)
    browser = holding(venue)
    page = browser.pay(venue.welcome.card)
    assert page.has("iframe#scp_threeDSecure_iframe")
    for _ in range(10):
        venue.clock.ahead += 2
        assert browser.session.get(f"{page.url}/state", timeout=20).json() == {"waiting": True}
    venue.clock.ahead += 9
    assert payments(venue) == [("card", "pending", PRICE)]
    before = venue.clock() * 1000
    venue.clock.ahead += 60
    [payment] = venue.records("payments")
    assert payment["status"] == "paid"
    assert payment["at"] == pytest.approx(before + 3500, abs=1500), "at its instant, not when somebody looked"
    assert (booked(venue), in_basket(browser), listed(browser)) == ([], 1, 0)


def test_a_lost_answer_is_a_payment_all_the_same(venue: RunningVenue) -> None:
    change(venue, card="approve_lost")
    browser = holding(venue)
    page = at_the_button(browser, venue)
    for _ in range(2):
        with pytest.raises(OSError, match=r"closed|aborted|reset"):
            browser.press(page)
    assert results(venue) == ["paid", "again after paid"]
    assert (payments(venue), booked(venue)) == ([("card", "paid", PRICE)], [])
    assert (in_basket(browser), listed(browser)) == (1, 0)
    assert browser.get(page.url).text("h1") == "Payment Successful"
    assert (payments(venue), booked(venue)) == ([("card", "paid", PRICE)], [10])


def test_a_slow_answer_comes_long_after_the_money(venue: RunningVenue) -> None:
    change(venue, card="slow", late_seconds=1.5)
    browser = holding(venue)
    page = at_the_button(browser, venue)
    with pytest.raises(requests.ReadTimeout):
        browser.session.post(page.url, data={"_eventId_payment": "x"}, timeout=0.5)
    assert (payments(venue), booked(venue)) == ([("card", "paid", PRICE)], [])
    [request] = [each for each in venue.records("requests") if each["path"].endswith("/confirmation")][-1:]
    assert request["ms"] is None, "not answered yet"
    assert browser.press(page).text("h1") == "Payment Successful"


def test_the_venues_own_check_books_without_the_browser(venue: RunningVenue) -> None:
    change(venue, learns="later", learns_seconds=60)
    venue.client.change_settings(session_minutes=120)
    browser = holding(venue)
    press_and_break_off(browser, at_the_button(browser, venue))
    venue.clock.ahead += 50
    assert (booked(venue), in_basket(browser)) == ([], 1)
    venue.clock.ahead += 60 * 60  # Long after the hold would have run out: what came first counts.
    assert (listed(browser), in_basket(browser), booked(venue)) == (1, 0, [10])
    [booking], [payment] = venue.records("bookings"), venue.records("payments")
    assert booking["made_at"] == pytest.approx(payment["at"] + 60_000)


def test_the_venues_own_check_finds_nothing_to_book_where_the_hold_ran_out_first(venue: RunningVenue) -> None:
    change(venue, learns="later", learns_seconds=46 * 60)
    venue.client.change_settings(session_minutes=120)
    browser = holding(venue)
    press_and_break_off(browser, at_the_button(browser, venue))
    venue.clock.ahead += 60 * 60
    assert (listed(browser), in_basket(browser)) == (0, 0)
    assert (payments(venue), booked(venue)) == ([("card", "paid", PRICE)], [])


def test_a_browser_that_returns_before_the_venues_own_check_books(venue: RunningVenue) -> None:
    change(venue, learns="later", learns_seconds=600)
    assert holding(venue).pay(venue.welcome.card).text("h1") == "Payment Successful"
    assert booked(venue) == [10]


def test_a_venue_that_never_learns_books_nothing(venue: RunningVenue) -> None:
    change(venue, learns="never")
    browser = holding(venue)
    page = browser.pay(venue.welcome.card)
    assert page.text("h1") == "Payment received"
    assert "We are processing your payment" in page.text("main")
    assert (payments(venue), booked(venue)) == ([("card", "paid", PRICE)], [])
    assert (in_basket(browser), listed(browser)) == (1, 0)


def test_a_booking_can_be_listed_late(venue: RunningVenue) -> None:
    change(venue, listed_late_seconds=30)
    browser = holding(venue)
    assert browser.pay(venue.welcome.card).text("h1") == "Payment Successful"
    assert (booked(venue), in_basket(browser), listed(browser)) == ([10], 0, 0)
    venue.clock.ahead += 31
    assert listed(browser) == 1


@pytest.mark.parametrize("stated", [True, False])
def test_a_surcharge_shows_on_the_confirmation_page_and_is_charged(venue: RunningVenue, stated: bool) -> None:
    change(venue, surcharge_pence=250, surcharge_stated=stated)
    browser = holding(venue)
    page = browser.to_portal()
    assert page.text("#scp_cardPage_amount_value") == "£13.90"
    page = browser.enter_card(page, venue.welcome.card)
    assert page.text("#scp_purchase_details_total .scp_amount") == "£16.40"
    assert ("Card fee" in page.text("#scp_purchase_details")) == stated
    browser.press(page)
    assert payments(venue) == [("card", "paid", PRICE + 250)]
    assert venue.records("payments")[0]["surcharge_pence"] == 250
    assert booked(venue) == [10]


def test_the_portal_can_be_about_to_charge_something_else(venue: RunningVenue) -> None:
    change(venue, card_amount_pence=5000)
    browser = holding(venue)
    page = browser.to_portal()
    assert page.text("#scp_cardPage_amount_value") == "£50.00"
    page = browser.enter_card(page, venue.welcome.card)
    assert page.text("#scp_purchase_details_total .scp_amount") == "£50.00"
    browser.press(page)
    assert payments(venue) == [("card", "paid", 5000)]


def test_no_card_number_and_no_code_is_kept_anywhere(venue: RunningVenue, tmp_path: Path) -> None:
    holding(venue).pay(venue.welcome.card)
    kept = b"".join(path.read_bytes() for path in (tmp_path / "state").iterdir())
    assert venue.welcome.card["number"].encode() not in kept
    assert venue.welcome.card["address"].encode() not in kept
    assert venue.welcome.accounts[0]["password"].encode() not in kept
