"""The pages of the card portal: their fields, their order, which of them are absent, and what they refuse."""

from __future__ import annotations

from datetime import timedelta

import pytest

from practice.clock import Openings
from practice.portal.cards import faults_of, passes_luhn
from tests.unit.practice.conftest import (
    Browser,
    RunningVenue,
    VenuePage,
    billing_of,
    change,
    holding,
    payments,
    results,
)

NEW, OLD = "scp_tdsv2AdditionalInfoPage", "scp_additionalInformationPage"


def to_billing(browser: Browser, venue: RunningVenue, **card: str) -> VenuePage:
    """Go from the basket over the card page."""
    typed = venue.welcome.card | card
    fields = {"cardNumber": typed["number"], "expiryDate": typed["month"], "expiryDate2": typed["year"]}
    return browser.send(browser.to_portal(), {**fields, "csc": typed["code"]})


def submits(page: VenuePage) -> list[tuple[str | None, str | None]]:
    return [(each.attributes["name"], each.attributes["id"]) for each in page.html.css("input[type=submit]")]


def test_the_site_hands_over_by_a_first_hop(venue: RunningVenue) -> None:
    browser = holding(venue)
    page = browser.to_portal()
    paths = [each["path"] for each in venue.records("requests") if each["app"] == "portal"]
    assert paths[0].startswith("/scp/scpcli?ssk=")
    assert page.url == venue.welcome.portal_url + paths[1]
    assert paths[1].endswith("/card")
    assert {each["email"] for each in venue.records("requests") if each["app"] == "portal"} == {venue.email()}


def test_the_card_page_has_its_fields(venue: RunningVenue) -> None:
    page = holding(venue).to_portal()
    assert [each.attributes["id"] for each in page.html.css("input[type=text]")] == [
        "scp_cardPage_cardNumber_input",
        "scp_cardPage_expiryDate_input",
        "scp_cardPage_expiryDate_input2",
        "scp_cardPage_csc_input",
    ]
    assert page.text("#scp_cardPage_amount_value") == "£13.90"
    assert submits(page) == [
        ("_eventId_continue", "scp_cardPage_buttons_continue_button"),
        ("_eventId_back", "scp_cardPage_buttons_back_button"),
    ]
    assert not page.has(".scp_test_environment_warning")


def test_the_card_page_can_do_without_a_back_button_and_with_selects(venue: RunningVenue) -> None:
    change(venue, no_back=True, card_fields="select")
    browser = holding(venue)
    page = browser.to_portal()
    assert submits(page) == [("_eventId_continue", "scp_cardPage_buttonsNoBack_continue_button")]
    assert page.texts("#scp_cardPage_expiryDate_input option")[1:] == [f"{month:02d}" for month in range(1, 13)]
    assert venue.welcome.card["year"] in page.texts("#scp_cardPage_expiryDate2_input option")
    assert browser.enter_card(page, venue.welcome.card).has("#scp_confirmationPage_header")


@pytest.mark.parametrize(
    ("wrong", "field", "told"),
    [
        ({"number": "4111111111111112"}, "cardNumber", "Card number not correct"),
        ({"number": "4111"}, "cardNumber", "Card number not correct"),
        ({"month": "13"}, "expiryDate", "Expiry date not correct"),
        ({"month": "01", "year": "20"}, "expiryDate", "Card has expired"),
        ({"code": "12x"}, "csc", "Security code not correct"),
    ],
)
def test_a_card_typed_wrong_is_told_and_not_echoed(
    venue: RunningVenue, wrong: dict[str, str], field: str, told: str
) -> None:
    page = to_billing(holding(venue), venue, **wrong)
    assert page.text(f"#scp_cardPage_{field}_error") == told
    assert page.texts("[role=alert]") == [told]
    assert page.url.endswith("/card")
    assert (venue.welcome.card | wrong)["number"] not in (page.html.html or "")
    assert (results(venue), payments(venue)) == ([], [])


def test_the_card_of_this_month_is_good_and_four_digit_years_and_spaces_too() -> None:
    today = Openings().now().date()
    card = {"cardNumber": "4111 1111 1111 1111", "expiryDate": str(today.month), "csc": "123"}
    assert faults_of({**card, "expiryDate2": str(today.year)}, today) == {}
    later = today.replace(day=1) + timedelta(days=40)
    assert faults_of({**card, "expiryDate2": f"{today:%y}"}, later) == {"expiryDate": "Card has expired"}
    assert passes_luhn("4000000000003220")


@pytest.mark.parametrize(("generation", "prefix"), [("new", NEW), ("old", OLD)])
def test_the_billing_page_of_either_generation(venue: RunningVenue, generation: str, prefix: str) -> None:
    change(venue, billing=generation)
    browser = holding(venue)
    page = to_billing(browser, venue)
    fields = ("cardholderName", "address_1", "address_2", "city", "postcode", "email", "emailConfirmation")
    assert [each.attributes["id"] for each in page.html.css("input[type=text]")] == [
        f"{prefix}_{field}_input" for field in fields
    ]
    assert submits(page)[0] == ("_eventId_continue", f"{prefix}_buttons_continue_button")
    for bad, field in (
        ({"postcode": ""}, "postcode"),
        ({"address_1": "x" * 51}, "address_1"),
        ({"email": "nobody"}, "email"),
        ({"emailConfirmation": "other@example.test"}, "emailConfirmation"),
    ):
        page = browser.send(page, billing_of(venue.welcome.card) | bad)
        assert [each.attributes["id"] for each in page.html.css("[role=alert]")] == [f"{prefix}_{field}_error"]
    more = {"address_1": "x" * 50, "address_2": "y" * 50, "emailConfirmation": "someone@example.test"}
    assert browser.send(page, billing_of(venue.welcome.card) | more).has("#scp_confirmationPage_header")


def test_the_billing_page_can_be_absent(venue: RunningVenue) -> None:
    change(venue, billing="none")
    browser = holding(venue)
    page = to_billing(browser, venue)
    assert page.has("#scp_confirmationPage_header")
    assert browser.get(page.url.replace("confirmation", "details")).url == page.url
    assert browser.press(page).text("h1") == "Payment Successful"
    assert [each["billing_name"] for each in venue.records("payments")] == [None]


@pytest.mark.parametrize("overwritten", [True, False])
def test_the_billing_page_can_come_filled_with_somebody_else(venue: RunningVenue, overwritten: bool) -> None:
    change(venue, prefilled=True)
    browser = holding(venue)
    page = to_billing(browser, venue)
    filled = page.fields()
    assert filled["cardholderName"] == "S Stranger"
    assert all(value for name, value in filled.items() if name != "emailConfirmation")
    browser.press(browser.send(page, billing_of(venue.welcome.card) if overwritten else filled))
    wanted = venue.welcome.card["holder"] if overwritten else "S Stranger"
    assert [each["billing_name"] for each in venue.records("payments")] == [wanted]


def test_the_confirmation_page_shows_the_total_and_pays(venue: RunningVenue) -> None:
    browser = holding(venue, 10, 11)
    page = browser.enter_card(browser.to_portal(), venue.welcome.card)
    assert page.text("#scp_confirmationPage_header") == "Payment Confirmation Page"
    assert page.text("#scp_purchase_details_total .scp_amount") == "£27.80"
    assert submits(page)[0] == ("_eventId_payment", "scp_confirmationPage_buttons_payment_button")


@pytest.mark.parametrize(("when", "by_setting"), [("before", False), ("after", False), ("after", True)])
@pytest.mark.parametrize(("button", "saved"), [("cancel", False), ("save", True)])
def test_the_offer_to_save_the_card(venue: RunningVenue, when: str, by_setting: bool, button: str, saved: bool) -> None:
    if by_setting:
        venue.client.change_settings(save_card=True)
    else:
        change(venue, offer_save=when)
    browser = holding(venue)
    page = browser.enter_card(browser.to_portal(), venue.welcome.card)
    if when == "after":
        page = browser.press(page)
    assert page.url.endswith("/save-card")
    assert submits(page) == [
        (f"_eventId_{each}", f"scp_storeCardConfirmationPage_buttons_{each}_button") for each in ("save", "cancel")
    ]
    assert payments(venue) == ([("card", "paid", 1390)] if when == "after" else [])
    assert venue.records("bookings") == []
    page = browser.send(page, {f"_eventId_{button}": "x"})
    if when == "before":
        page = browser.press(page)
    assert page.text("h1") == "Payment Successful"
    assert page.url.startswith(venue.welcome.site_url)
    assert [each["card_saved"] for each in venue.records("payments")] == [saved]


def test_a_last_page_can_stand_before_the_return(venue: RunningVenue) -> None:
    change(venue, last_page=True, offer_save="after")
    browser = holding(venue)
    page = browser.send(browser.pay(venue.welcome.card), {"_eventId_cancel": "Cancel"})
    assert page.url.endswith("/result")
    assert page.url.startswith(venue.welcome.portal_url)
    assert page.text("a.button") == "To Application"
    assert (payments(venue), venue.records("bookings")) == ([("card", "paid", 1390)], [])
    page = browser.get(page.attribute("a.button", "href"))
    assert page.text("h1") == "Payment Successful"
    assert len(venue.records("bookings")) == 1


@pytest.mark.parametrize("page_name", ["card", "details", "confirmation"])
@pytest.mark.parametrize("way", ["link", "back"])
def test_cancel_and_back_end_the_payment_and_lead_not_to_the_basket(
    venue: RunningVenue, page_name: str, way: str
) -> None:
    browser = holding(venue)
    page = browser.to_portal() if page_name == "card" else to_billing(browser, venue)
    if page_name == "confirmation":
        page = browser.send(page, billing_of(venue.welcome.card))
    assert page.url.endswith(f"/{page_name}")
    link = venue.welcome.portal_url + page.attribute("#scp_customer_framework_cancelLink", "href")
    left = browser.get(link) if way == "link" else browser.send(page, {"_eventId_back": "Back"})
    assert left.url == f"{venue.welcome.site_url}/dashboards/"
    assert browser.send(page, {"_eventId_payment": "x"}).url == left.url
    assert payments(venue) == []
    assert browser.get("/basket/").has("#ctl00_PageContent_btnContinue")


def test_leaving_after_the_money_leaves_it_taken(venue: RunningVenue) -> None:
    change(venue, last_page=True)
    browser = holding(venue)
    page = browser.pay(venue.welcome.card)
    browser.get(venue.welcome.portal_url + page.attribute("#scp_customer_framework_cancelLink", "href"))
    assert (payments(venue), venue.records("bookings")) == ([("card", "paid", 1390)], [])


def test_every_page_can_say_that_it_is_a_test_installations(venue: RunningVenue) -> None:
    change(venue, test_banner=True, offer_save="before", last_page=True)
    browser = holding(venue)
    page = browser.to_portal()
    assert page.has(".scp_test_environment_warning")
    page = to_billing(browser, venue)
    assert page.has(".scp_test_environment_warning")
    page = browser.send(page, billing_of(venue.welcome.card))
    assert page.has(".scp_test_environment_warning")
    page = browser.send(page, {"_eventId_cancel": "Cancel"})
    assert page.has(".scp_test_environment_warning")
    assert browser.press(page).has(".scp_test_environment_warning")


def test_pages_cannot_be_skipped_and_references_not_guessed(venue: RunningVenue) -> None:
    browser = holding(venue)
    page = browser.to_portal()
    root = page.url.removesuffix("/card")
    for late in ("details", "save-card", "confirmation", "3ds", "declined", "error", "result"):
        assert browser.get(f"{root}/{late}").has("#scp_cardPage_cardNumber_input")
    page.url = f"{root}/confirmation"
    assert browser.press(page).has("#scp_cardPage_cardNumber_input")
    page = to_billing(browser, venue)
    page.url = page.url.replace("details", "confirmation")
    assert browser.press(page).has(f"#{NEW}_postcode_input")
    for guess in ("/scp/guess/card", "/scp/scpcli?ssk=guess", "/scp/scpcli", "/bank/guess"):
        assert browser.get(venue.welcome.portal_url + guess).status == 404
    assert results(venue) == []


def test_the_portal_stands_under_the_name_that_is_set(venue: RunningVenue) -> None:
    venue.client.change_settings(portal_host="localhost")
    browser = holding(venue)
    page = browser.enter_card(browser.to_portal(), venue.welcome.card)
    assert page.url.startswith("http://localhost:")
    assert browser.press(page).text("h1") == "Payment Successful"


@pytest.mark.parametrize("billing", ["new", "none"])
def test_a_portal_that_nobody_has_seen_takes_the_money_for_its_last_form(venue: RunningVenue, billing: str) -> None:
    change(venue, other_portal=True, billing=billing)
    browser = holding(venue)
    page = browser.to_portal()
    assert "scp_" not in (page.html.html or "")
    page = to_billing(browser, venue)
    if billing == "new":
        assert results(venue) == []
        page = browser.send(page, billing_of(venue.welcome.card))
    assert page.text("h1") == "Payment Successful"
    assert (payments(venue), results(venue)) == ([("card", "paid", 1390)], ["paid"])
