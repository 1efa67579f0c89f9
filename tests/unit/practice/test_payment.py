"""Money and bookings, each in its own step: what is taken, when the venue learns of it, and what it sells then."""

from __future__ import annotations

from pathlib import Path

import pytest
import requests

from tests.unit.practice.conftest import Browser, Page, World, book_path, change, holding, payments, results

PRICE = 1390
DECLINED_CARD = "4000000000000002"
SECURE_CARD = "4000000000003220"
PROBLEM = "A problem was encountered. Please do not attempt to make this payment again."


def booked(world: World) -> list[int]:
    return [each["hour"] for each in world.records("bookings")]


def in_basket(browser: Browser) -> int:
    return len(browser.get("/basket/").texts("div.basket-row"))


def listed(browser: Browser) -> int:
    return len(browser.get("/dashboards/my-bookings/").texts("div.row-group"))


def at_the_button(browser: Browser, world: World) -> Page:
    return browser.enter_card(browser.to_portal(), world.welcome.card)


def press_and_break_off(browser: Browser, page: Page) -> str:
    """Press the button that pays and never follow where it leads; return where that is."""
    answer = browser.session.post(page.url, data={"_eventId_payment": "x"}, allow_redirects=False, timeout=20)
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]


def test_the_basket_shows_what_is_held_and_what_it_costs(world: World) -> None:
    page = holding(world, 10, 11).get("/basket/")
    day = world.open_day()
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


def test_a_card_pays_and_the_returning_browser_gets_the_slots_sold(world: World) -> None:
    browser = holding(world, 10, 11)
    page = browser.pay(world.welcome.card)
    assert page.text("h1") == "Payment Successful"
    assert page.url.startswith(f"{world.welcome.site_url}/basket/return/?ref=")
    assert (page.html.html or "").count("Payment Successful") >= 3
    assert payments(world) == [("card", "paid", 2 * PRICE)]
    [payment] = world.records("payments")
    day = world.open_day().isoformat()
    assert payment["slots"] == [{"court": 1, "date": day, "hour": hour} for hour in (10, 11)]
    assert len(payment["lines"]) == 2
    assert (payment["last4"], payment["card_saved"], payment["surcharge_pence"]) == ("1111", False, 0)
    assert payment["billing_name"] == world.welcome.card["holder"]
    assert [(each["hour"], each["payment_id"]) for each in world.records("bookings")] == [
        (10, payment["id"]),
        (11, payment["id"]),
    ]
    assert {hold["state"] for hold in world.records("holds")} == {"sold"}
    assert listed(browser) == 2
    assert in_basket(browser) == 0
    assert browser.redirect(book_path(192, world.open_day(), 10)).startswith("/courses/"), "sold is taken"


def test_between_the_money_and_the_return_the_slots_lie_in_the_basket(world: World) -> None:
    browser = holding(world, 10, 11)
    back = press_and_break_off(browser, at_the_button(browser, world))
    assert payments(world) == [("card", "paid", 2 * PRICE)]
    assert (booked(world), in_basket(browser), listed(browser)) == ([], 2, 0)
    for _ in range(2):
        assert browser.get(back).text("h1") == "Payment Successful"
        assert (booked(world), in_basket(browser), listed(browser)) == ([10, 11], 0, 2)


def test_paying_again_in_one_checkout_shows_what_came_of_the_first_time(world: World) -> None:
    browser = holding(world)
    page = at_the_button(browser, world)
    for _ in range(3):
        assert browser.press(page).text("h1") == "Payment Successful"
    assert payments(world) == [("card", "paid", PRICE)]
    assert results(world) == ["paid", "again after paid", "again after paid"]
    assert booked(world) == [10]


def test_another_checkout_of_the_same_basket_takes_the_money_again(world: World) -> None:
    browser = holding(world)
    back = press_and_break_off(browser, at_the_button(browser, world))
    assert browser.pay(world.welcome.card).text("h1") == "Payment Successful"
    assert payments(world) == [("card", "paid", PRICE)] * 2
    first, second = world.records("payments")
    assert first["slots"] == second["slots"]
    assert [each["payment_id"] for each in world.records("bookings")] == [second["id"]]
    page = browser.get(back)
    assert page.text("h1") == "Payment received"
    assert "no longer held" in page.text("main")
    assert len(booked(world)) == 1


def test_a_return_after_the_hold_has_run_out_books_nothing(world: World) -> None:
    browser = holding(world)
    back = press_and_break_off(browser, at_the_button(browser, world))
    world.control("POST", "/holds/expire", {"email": world.email()})
    page = browser.get(back)
    assert page.text("h1") == "Payment received"
    assert "no longer held" in page.text("main")
    assert (payments(world), booked(world)) == ([("card", "paid", PRICE)], [])


def test_the_portal_takes_money_for_what_is_held_no_more(world: World) -> None:
    world.control("POST", "/settings", {"session_minutes": 120})
    browser = holding(world)
    page = at_the_button(browser, world)
    world.clock.ahead += 46 * 60
    assert browser.press(page).text("h1") == "Payment received"
    assert (payments(world), booked(world)) == ([("card", "paid", PRICE)], [])


def test_a_return_without_money_or_by_somebody_else_leads_to_the_basket(world: World) -> None:
    browser = holding(world)
    reference = browser.to_portal().url.split("/")[-2]
    back = f"/basket/return/?ref={reference}"
    assert browser.redirect(back) == "/basket/"
    assert browser.redirect("/basket/return/?ref=guess") == "/basket/"
    press_and_break_off(browser, at_the_button(browser, world))
    reference = world.records("submissions")[0]["reference"]
    assert world.member(1).redirect(f"/basket/return/?ref={reference}") == "/basket/"
    assert booked(world) == []


def test_a_return_after_the_session_has_ended_books_after_the_login(world: World) -> None:
    browser = holding(world)
    back = press_and_break_off(browser, at_the_button(browser, world))
    world.control("POST", "/sessions/expire", {"email": world.email()})
    assert browser.get(back).has("input[type=password]")
    assert booked(world) == []
    assert browser.log_in(world.welcome.accounts[0], browser.redirect(back)).text("h1") == "Payment Successful"
    assert booked(world) == [10]


def test_enough_credit_pays_at_once(world: World) -> None:
    change(world, credit_pence=2 * PRICE + 5)
    page = holding(world, 10, 11).to_portal()
    assert page.url.endswith("/basket/confirmation/")
    assert page.text("h1") == "Payment Successful"
    assert payments(world) == [("credit", "paid", 2 * PRICE)]
    [payment] = world.records("payments")
    assert ([each["hour"] for each in payment["slots"]], payment["last4"]) == ([10, 11], None)
    assert booked(world) == [10, 11]
    page = holding(world, 14).get("/basket/")
    assert page.text("#ctl00_PageContent_lblCredit") == "£0.05"


def test_a_penny_short_of_credit_asks_for_a_card(world: World) -> None:
    change(world, credit_pence=PRICE - 1)
    browser = holding(world)
    assert browser.to_portal().has("#scp_cardPage_cardNumber_input")
    assert payments(world) == []


@pytest.mark.parametrize("by_account", [True, False])
def test_a_declined_card_leads_back_to_the_card_page(world: World, by_account: bool) -> None:
    if by_account:
        change(world, card="decline")
    browser = holding(world)
    card = world.welcome.card | ({} if by_account else {"number": DECLINED_CARD})
    page = browser.pay(card)
    assert page.text("#scp_cardPage_container_error") == "Card declined"
    assert page.url.endswith("/card")
    assert payments(world) == [("card", "declined", PRICE)]
    page = browser.press(browser.enter_card(page, card))
    assert page.text("#scp_cardPage_container_error") == "Card declined"
    assert (payments(world), results(world)) == ([("card", "declined", PRICE)] * 2, ["declined"] * 2)
    assert len({each["reference"] for each in world.records("submissions")}) == 1
    assert in_basket(browser) == 1
    change(world, card="approve")
    page = browser.enter_card(page, world.welcome.card)
    assert not page.has("#scp_cardPage_container_error")
    assert browser.press(page).text("h1") == "Payment Successful"


def test_a_decline_can_be_a_page_of_its_own(world: World) -> None:
    change(world, card="decline_page")
    browser = holding(world)
    page = browser.pay(world.welcome.card)
    assert "Your payment was DECLINED" in page.text("main")
    assert not page.has("#scp_cardPage_cardNumber_input")
    assert (payments(world), booked(world)) == ([("card", "declined", PRICE)], [])
    assert browser.get(page.attribute("a.button", "href")).has("#ctl00_PageContent_btnContinue")


@pytest.mark.parametrize(("card", "status"), [("error_taken", "paid"), ("error_untaken", "failed")])
def test_an_error_page_says_the_same_with_and_without_money(world: World, card: str, status: str) -> None:
    change(world, card=card)
    browser = holding(world)
    page = browser.pay(world.welcome.card)
    assert page.text("[role=alert]") == PROBLEM
    assert browser.get(page.url).text("[role=alert]") == PROBLEM
    assert (payments(world), booked(world)) == ([("card", status, PRICE)], [])
    assert in_basket(browser) == 1
    back = f"/basket/return/?ref={world.records('submissions')[0]['reference']}"
    assert browser.get(back).text("h1") == ("Payment Successful" if status == "paid" else "Your basket")


@pytest.mark.parametrize("way", ["frame", "control", "cancel", "card"])
def test_three_d_secure_waits_for_the_person(world: World, way: str) -> None:
    if way != "card":
        change(world, card="3ds")
    browser = holding(world)
    page = browser.pay(world.welcome.card | ({"number": SECURE_CARD} if way == "card" else {}))
    assert (payments(world), booked(world)) == ([("card", "pending", PRICE)], [])
    source = page.attribute("iframe#scp_threeDSecure_iframe", "src")
    assert browser.get(world.welcome.portal_url + source).texts("button") == ["Confirm", "Cancel"]
    assert browser.session.get(f"{page.url}/state", timeout=20).json() == {"waiting": True}
    if way == "control":
        assert world.control("POST", "/3ds/confirm", {"email": world.email()}) == {"paid": 1}
        assert payments(world) == [("card", "paid", PRICE)]
        assert browser.session.get(f"{page.url}/state", timeout=20).json() == {"waiting": False}
        page = browser.get(page.url)
    else:
        page = browser.send(page, {"answer": "Cancel" if way == "cancel" else "Confirm"})
    good = way != "cancel"
    if good:
        assert page.text("h1") == "Payment Successful"
    else:
        assert page.text("#scp_cardPage_container_error") == "Card declined"
    assert payments(world) == [("card", "paid" if good else "declined", PRICE)]
    assert len(booked(world)) == good


def test_frictionless_goes_on_by_itself(world: World) -> None:
    change(world, card="frictionless")
    browser = holding(world)
    page = browser.pay(world.welcome.card)
    assert page.has("iframe#scp_threeDSecure_iframe")
    assert payments(world) == [("card", "pending", PRICE)]
    world.clock.ahead += 2
    assert browser.session.get(f"{page.url}/state", timeout=20).json() == {"waiting": False}
    assert browser.get(page.url).text("h1") == "Payment Successful"


@pytest.mark.parametrize("way", ["control", "button", "cancel"])
@pytest.mark.parametrize("portal_host", ["127.0.0.1", "localhost"])
def test_the_bank_has_a_page_on_another_host(world: World, way: str, portal_host: str) -> None:
    world.control("POST", "/settings", {"portal_host": portal_host})
    change(world, card="bank_page")
    browser = holding(world)
    page = browser.pay(world.welcome.card)
    other = {"127.0.0.1": "localhost", "localhost": "127.0.0.1"}[portal_host]
    assert page.url.startswith(f"http://{other}:")
    assert payments(world) == [("card", "pending", PRICE)]
    if way == "control":
        world.control("POST", "/3ds/confirm", {"email": world.email()})
        assert browser.session.get(f"{page.url}/state", timeout=20).json() == {"waiting": False}
        page = browser.get(page.url)
    else:
        page = browser.send(page, {"answer": "Cancel" if way == "cancel" else "Confirm"})
    if way == "cancel":
        assert page.url.startswith(f"http://{portal_host}:")
        assert page.text("#scp_cardPage_container_error") == "Card declined"
    else:
        assert page.text("h1") == "Payment Successful"
    assert len(booked(world)) == (way != "cancel")


def test_a_late_bank_takes_the_money_after_the_page_was_left(world: World) -> None:
    change(world, card="late", late_seconds=10)
    browser = holding(world)
    page = browser.pay(world.welcome.card)
    assert page.has("iframe#scp_threeDSecure_iframe")
    for _ in range(10):
        world.clock.ahead += 2
        assert browser.session.get(f"{page.url}/state", timeout=20).json() == {"waiting": True}
    world.clock.ahead += 9
    assert payments(world) == [("card", "pending", PRICE)]
    before = world.clock() * 1000
    world.clock.ahead += 60
    [payment] = world.records("payments")
    assert payment["status"] == "paid"
    assert payment["at"] == pytest.approx(before + 3500, abs=1500), "at its instant, not when somebody looked"
    assert (booked(world), in_basket(browser), listed(browser)) == ([], 1, 0)


def test_a_lost_answer_is_a_payment_all_the_same(world: World) -> None:
    change(world, card="approve_lost")
    browser = holding(world)
    page = at_the_button(browser, world)
    for _ in range(2):
        with pytest.raises(OSError, match=r"closed|aborted|reset"):
            browser.press(page)
    assert results(world) == ["paid", "again after paid"]
    assert (payments(world), booked(world)) == ([("card", "paid", PRICE)], [])
    assert (in_basket(browser), listed(browser)) == (1, 0)
    assert browser.get(page.url).text("h1") == "Payment Successful"
    assert (payments(world), booked(world)) == ([("card", "paid", PRICE)], [10])


def test_a_slow_answer_comes_long_after_the_money(world: World) -> None:
    change(world, card="slow", late_seconds=1.5)
    browser = holding(world)
    page = at_the_button(browser, world)
    with pytest.raises(requests.ReadTimeout):
        browser.session.post(page.url, data={"_eventId_payment": "x"}, timeout=0.5)
    assert (payments(world), booked(world)) == ([("card", "paid", PRICE)], [])
    [request] = [each for each in world.records("requests") if each["path"].endswith("/confirmation")][-1:]
    assert request["ms"] is None, "not answered yet"
    assert browser.press(page).text("h1") == "Payment Successful"


def test_the_venues_own_check_books_without_the_browser(world: World) -> None:
    change(world, learns="later", learns_seconds=60)
    world.control("POST", "/settings", {"session_minutes": 120})
    browser = holding(world)
    press_and_break_off(browser, at_the_button(browser, world))
    world.clock.ahead += 50
    assert (booked(world), in_basket(browser)) == ([], 1)
    world.clock.ahead += 60 * 60  # Long after the hold would have run out: what came first counts.
    assert (listed(browser), in_basket(browser), booked(world)) == (1, 0, [10])
    [booking], [payment] = world.records("bookings"), world.records("payments")
    assert booking["made_at"] == pytest.approx(payment["at"] + 60_000)


def test_the_venues_own_check_finds_nothing_to_book_where_the_hold_ran_out_first(world: World) -> None:
    change(world, learns="later", learns_seconds=46 * 60)
    world.control("POST", "/settings", {"session_minutes": 120})
    browser = holding(world)
    press_and_break_off(browser, at_the_button(browser, world))
    world.clock.ahead += 60 * 60
    assert (listed(browser), in_basket(browser)) == (0, 0)
    assert (payments(world), booked(world)) == ([("card", "paid", PRICE)], [])


def test_a_browser_that_returns_before_the_venues_own_check_books(world: World) -> None:
    change(world, learns="later", learns_seconds=600)
    assert holding(world).pay(world.welcome.card).text("h1") == "Payment Successful"
    assert booked(world) == [10]


def test_a_venue_that_never_learns_books_nothing(world: World) -> None:
    change(world, learns="never")
    browser = holding(world)
    page = browser.pay(world.welcome.card)
    assert page.text("h1") == "Payment received"
    assert "We are processing your payment" in page.text("main")
    assert (payments(world), booked(world)) == ([("card", "paid", PRICE)], [])
    assert (in_basket(browser), listed(browser)) == (1, 0)


def test_a_booking_can_be_listed_late(world: World) -> None:
    change(world, listed_late_seconds=30)
    browser = holding(world)
    assert browser.pay(world.welcome.card).text("h1") == "Payment Successful"
    assert (booked(world), in_basket(browser), listed(browser)) == ([10], 0, 0)
    world.clock.ahead += 31
    assert listed(browser) == 1


@pytest.mark.parametrize("stated", [True, False])
def test_a_surcharge_shows_on_the_confirmation_page_and_is_charged(world: World, stated: bool) -> None:
    change(world, surcharge_pence=250, surcharge_stated=stated)
    browser = holding(world)
    page = browser.to_portal()
    assert page.text("#scp_cardPage_amount_value") == "£13.90"
    page = browser.enter_card(page, world.welcome.card)
    assert page.text("#scp_purchase_details_total .scp_amount") == "£16.40"
    assert ("Card fee" in page.text("#scp_purchase_details")) == stated
    browser.press(page)
    assert payments(world) == [("card", "paid", PRICE + 250)]
    assert world.records("payments")[0]["surcharge_pence"] == 250
    assert booked(world) == [10]


def test_the_portal_can_be_about_to_charge_something_else(world: World) -> None:
    change(world, card_amount_pence=5000)
    browser = holding(world)
    page = browser.to_portal()
    assert page.text("#scp_cardPage_amount_value") == "£50.00"
    page = browser.enter_card(page, world.welcome.card)
    assert page.text("#scp_purchase_details_total .scp_amount") == "£50.00"
    browser.press(page)
    assert payments(world) == [("card", "paid", 5000)]


def test_no_card_number_and_no_code_is_kept_anywhere(world: World, tmp_path: Path) -> None:
    holding(world).pay(world.welcome.card)
    kept = b"".join(path.read_bytes() for path in (tmp_path / "state").iterdir())
    assert world.welcome.card["number"].encode() not in kept
    assert world.welcome.card["address"].encode() not in kept
    assert world.welcome.accounts[0]["password"].encode() not in kept
