"""Credit, card, declined cards, 3-D Secure; and money that moves once."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from practice.clock import Openings
from practice.portal.cards import faults_of, passes_luhn
from tests.unit.practice.conftest import Browser, Page, World, book_path

PRICE = 1390
DECLINED_CARD = "4000000000000002"
SECURE_CARD = "4000000000003220"


def holding(world: World, *hours: int) -> Browser:
    browser = world.member()
    for hour in hours or (10,):
        assert browser.redirect(book_path(192, world.open_day(), hour)) == "/basket/"
    return browser


def payments(world: World) -> list[tuple[str, str, int]]:
    return [(each["method"], each["status"], each["amount_pence"]) for each in world.records("payments")]


def results(world: World) -> list[str]:
    return [each["result"] for each in world.records("submissions")]


def change(world: World, **values: Any) -> None:  # noqa: ANN401 - JSON
    world.control("POST", "/accounts", {"email": world.email(), **values})


def pay_again(browser: Browser, page: Page) -> Page:
    return browser.send(page, {"payment": "Make a payment"})


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


def test_a_card_pays_and_the_slots_are_sold(world: World) -> None:
    browser = holding(world, 10, 11)
    page = browser.pay(world.welcome.card)
    assert page.text("h1") == "Payment Successful"
    assert page.url.startswith(world.welcome.portal_url)
    assert payments(world) == [("card", "paid", 2 * PRICE)]
    [payment] = world.records("payments")
    assert payment["last4"] == "1111"
    assert not payment["card_saved"]
    assert len(payment["lines"]) == 2
    assert [(each["hour"], each["payment_id"]) for each in world.records("bookings")] == [
        (10, payment["id"]),
        (11, payment["id"]),
    ]
    assert {hold["state"] for hold in world.records("holds")} == {"sold"}
    assert browser.get(page.attribute("a.button", "href")).has("div.row-group")
    assert "Your basket is empty." in browser.get("/basket/").text("div.content-main")
    assert browser.redirect(book_path(192, world.open_day(), 10)).startswith("/courses/"), "sold is taken"


def test_paying_again_shows_what_came_of_the_first_time(world: World) -> None:
    browser = holding(world)
    page = browser.enter_card(browser.to_portal(), world.welcome.card)
    for _ in range(3):
        assert pay_again(browser, page).text("h1") == "Payment Successful"
    assert payments(world) == [("card", "paid", PRICE)]
    assert results(world) == ["paid", "again after paid", "again after paid"]
    assert len(world.records("bookings")) == 1


def test_two_checkouts_of_one_basket_pay_once(world: World) -> None:
    browser = holding(world)
    pages = [browser.enter_card(browser.to_portal(), world.welcome.card) for _ in range(2)]
    assert [pay_again(browser, page).text("h1") for page in pages] == ["Payment Successful", "Payment Declined"]
    assert payments(world) == [("card", "paid", PRICE)]
    assert results(world) == ["paid", "expired"]


def test_enough_credit_pays_at_once(world: World) -> None:
    change(world, credit_pence=2 * PRICE + 5)
    page = holding(world, 10, 11).to_portal()
    assert page.url.endswith("/basket/confirmation/")
    assert page.text("h1") == "Payment Successful"
    assert payments(world) == [("credit", "paid", 2 * PRICE)]
    assert len(world.records("bookings")) == 2
    page = holding(world, 14).get("/basket/")
    assert page.text("#ctl00_PageContent_lblCredit") == "£0.05"


def test_a_penny_short_of_credit_asks_for_a_card(world: World) -> None:
    change(world, credit_pence=PRICE - 1)
    browser = holding(world)
    assert browser.to_portal().has("#scp_cardPage_cardNumber_input")
    assert payments(world) == []


@pytest.mark.parametrize("by_account", [True, False])
def test_a_declined_card_leaves_the_slots_held(world: World, by_account: bool) -> None:
    if by_account:
        change(world, card="decline")
    browser = holding(world)
    page = browser.pay(world.welcome.card | ({} if by_account else {"number": DECLINED_CARD}))
    assert page.text("h1") == "Payment Declined"
    assert payments(world) == [("card", "declined", PRICE)]
    assert world.records("bookings") == []
    assert browser.get(page.attribute("a.button", "href")).has("#ctl00_PageContent_btnContinue")
    change(world, card="approve")
    assert browser.pay(world.welcome.card).text("h1") == "Payment Successful"


@pytest.mark.parametrize("way", ["frame", "control", "cancel", "card"])
def test_three_d_secure_waits_for_the_person(world: World, way: str) -> None:
    if way != "card":
        change(world, card="3ds")
    browser = holding(world)
    page = browser.pay(world.welcome.card | ({"number": SECURE_CARD} if way == "card" else {}))
    assert payments(world) == [("card", "pending", PRICE)]
    assert world.records("bookings") == []
    source = page.attribute("iframe#scp_threeDSecure_iframe", "src")
    assert browser.get(world.welcome.portal_url + source).texts("button") == ["Confirm", "Cancel"]
    if way == "control":
        assert world.control("POST", "/3ds/confirm", {"email": world.email()}) == {"paid": 1}
        page = browser.get(page.url)
    else:
        page = browser.send(page, {"answer": "Cancel" if way == "cancel" else "Confirm"})
    good = way != "cancel"
    assert page.text("h1") == ("Payment Successful" if good else "Payment Declined")
    assert payments(world) == [("card", "paid" if good else "declined", PRICE)]
    assert len(world.records("bookings")) == good


def test_a_lost_answer_is_a_payment_all_the_same(world: World) -> None:
    change(world, card="approve_lost")
    browser = holding(world)
    page = browser.enter_card(browser.to_portal(), world.welcome.card)
    with pytest.raises(OSError, match=r"closed|aborted|reset"):
        pay_again(browser, page)
    assert payments(world) == [("card", "paid", PRICE)]
    assert len(browser.get("/dashboards/my-bookings/").texts("div.row-group")) == 1
    assert pay_again(browser, page).text("h1") == "Payment Successful"
    assert payments(world) == [("card", "paid", PRICE)]


@pytest.mark.parametrize("secure", [False, True])
def test_no_money_is_taken_for_slots_that_are_held_no_more(world: World, secure: bool) -> None:
    change(world, card="3ds" if secure else "approve")
    browser = holding(world)
    page = browser.enter_card(browser.to_portal(), world.welcome.card)
    if secure:
        page = pay_again(browser, page)
    world.clock.ahead += 46 * 60
    page = browser.send(page, {"answer": "Confirm"} if secure else {"payment": "Make a payment"})
    assert page.text("h1") == "Payment Declined"
    assert "held no more" in page.text("main")
    assert payments(world) == ([("card", "declined", PRICE)] if secure else [])
    assert world.records("bookings") == []


@pytest.mark.parametrize(("button", "saved"), [("cancel", False), ("save", True)])
def test_the_offer_to_save_the_card(world: World, button: str, saved: bool) -> None:
    world.control("POST", "/settings", {"save_card": True})
    browser = holding(world)
    page = browser.pay(world.welcome.card)
    assert page.attribute("input[name=save]", "value") == "Save"
    assert page.attribute("input[name=cancel]", "value") == "Cancel"
    assert browser.send(page, {button: "x"}).text("h1") == "Payment Successful"
    assert [each["card_saved"] for each in world.records("payments")] == [saved]


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"number": "4111111111111112"}, "The card number is not valid."),
        ({"number": "4111"}, "The card number is not valid."),
        ({"month": "13"}, "The expiry date is not valid."),
        ({"month": "01", "year": "20"}, "The card has expired."),
        ({"code": "12x"}, "The security code is not valid."),
    ],
)
def test_a_card_typed_wrong_is_told_and_not_echoed(world: World, wrong: dict[str, str], told: str) -> None:
    browser = holding(world)
    card = world.welcome.card | wrong
    fields = {"cardNumber": card["number"], "expiryDate": card["month"], "expiryDate2": card["year"]}
    page = browser.send(browser.to_portal(), {**fields, "csc": card["code"]})
    assert page.texts("div.scp-error") == [told]
    assert card["number"] not in (page.html.html or "")
    assert results(world) == []


def test_the_card_of_this_month_is_good_and_four_digit_years_and_spaces_too() -> None:
    today = Openings().now().date()
    card = {"cardNumber": "4111 1111 1111 1111", "expiryDate": str(today.month), "csc": "123"}
    assert faults_of({**card, "expiryDate2": str(today.year)}, today) == []
    later = today.replace(day=1) + timedelta(days=40)
    assert faults_of({**card, "expiryDate2": f"{today:%y}"}, later) == ["The card has expired."]
    assert passes_luhn(SECURE_CARD)


def test_pages_cannot_be_skipped_and_references_not_guessed(world: World) -> None:
    browser = holding(world)
    page = browser.to_portal()
    root = page.url.removesuffix("/card")
    for late in ("details", "confirmation", "3ds", "save-card", "result"):
        assert browser.get(f"{root}/{late}").has("#scp_cardPage_cardNumber_input")
    page.url = f"{root}/confirmation"
    assert pay_again(browser, page).has("#scp_cardPage_cardNumber_input")
    assert browser.get(world.welcome.portal_url + "/scp/guess/card").status == 404
    assert results(world) == []


def test_the_portal_stands_under_the_name_that_is_set(world: World) -> None:
    world.control("POST", "/settings", {"portal_host": "localhost"})
    assert holding(world).to_portal().url.startswith("http://localhost:")


def test_no_card_number_and_no_code_is_kept_anywhere(world: World, tmp_path: Path) -> None:
    holding(world).pay(world.welcome.card)
    kept = b"".join(path.read_bytes() for path in (tmp_path / "state").iterdir())
    assert world.welcome.card["number"].encode() not in kept
    assert world.welcome.accounts[0]["password"].encode() not in kept
