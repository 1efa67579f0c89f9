"""The reader of the checkout: what a page is, what it charges, and that doubt never reads as a decline or as paid."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.outcomes import Outcome
from booking.site.checkout import (
    LABEL_LENGTH,
    MESSAGE_LENGTH,
    CheckoutKind,
    CheckoutPage,
    amount_of,
    read_checkout,
    shortened,
)
from booking.site.checkout_steps import (
    LINE_LENGTH,
    MOST_PAGES,
    CheckoutStep,
    CheckoutStepKind,
    cannot_be_filled_in,
    next_step,
)

SITE = "https://courts.example.test"
PORTAL = "https://pay.example.test/scp/flow/start_flow?execution=e1s1"
HOME = f"{SITE}/payments/done"
BASKET = f"{SITE}/basket/"


def read(address: str = PORTAL, **facts: object) -> CheckoutPage:
    """Read a page, which is complete and has answered with 200 unless it says otherwise."""
    seen = {"address": address, "status": 200, "ready": "complete", "fingerprint": "x-1", **facts}
    hosts = ("courts.example.test", "Pay.Example.test")
    return read_checkout(seen, site_url=SITE, basket_path="/basket/", payment_hosts=hosts)


def h1(text: str) -> list[dict[str, Any]]:
    return [{"level": 1, "text": text, "id": ""}]


def fields(*roles: str, **more: object) -> list[dict[str, Any]]:
    return [{"id": "", "name": "", "type": "text", "label": role, "role": role, **more} for role in roles]


def buttons(*roles: str, text: str = "Go", href: str = "") -> list[dict[str, Any]]:
    return [{"id": "", "name": "", "text": text, "href": href, "role": role} for role in roles]


def amount(text: str, label: str = "", ident: str = "") -> dict[str, str]:
    return {"id": ident, "label": label, "text": text}


CARD: dict[str, Any] = {"fields": fields("number", "month", "year", "code"), "buttons": buttons("continue")}
BILLING: dict[str, Any] = {
    "fields": fields("holder", "address", "city", "postcode", "email"),
    "buttons": buttons("continue"),
}
CONFIRMATION: dict[str, Any] = {"buttons": buttons("pay")}
SAVE: dict[str, Any] = {"buttons": buttons("no-save")}
BACK: dict[str, Any] = {"buttons": buttons("return")}
LAST: dict[str, Any] = {**BACK, "headings": h1("Payment successful"), "text": "Payment successful | Receipt 12"}
FRAME: dict[str, Any] = {"frames": [{"id": "scp_threeDSecure_iframe", "name": "", "host": "acs.bank.test"}]}


@pytest.mark.parametrize(
    ("facts", "kind"),
    [
        (CARD, CheckoutKind.CARD),
        ({**CARD, "errors": ["Card Declined"]}, CheckoutKind.CARD),
        ({**CARD, "errors": ["A problem was encountered"]}, CheckoutKind.CARD),
        ({**CARD, "headings": h1("Secure authorisation")}, CheckoutKind.CARD),
        (BILLING, CheckoutKind.BILLING),
        ({"fields": fields("postcode")}, CheckoutKind.BILLING),
        ({"fields": fields("email"), "buttons": buttons("continue")}, CheckoutKind.BILLING),
        ({**BILLING, "errors": ["Postcode is not valid"]}, CheckoutKind.BILLING),
        (CONFIRMATION, CheckoutKind.CONFIRMATION),
        ({"headings": [{"level": 2, "text": "x", "id": "scp_confirmationPage_header"}]}, CheckoutKind.CONFIRMATION),
        (SAVE, CheckoutKind.SAVE_CARD),
        ({**SAVE, "headings": h1("Payment complete")}, CheckoutKind.SAVE_CARD),
        (BACK, CheckoutKind.NOTHING),
        (LAST, CheckoutKind.RETURN_LINK),
        ({**LAST, "errors": ["Please keep your receipt number"]}, CheckoutKind.RETURN_LINK),
        ({**LAST, "errors": ["If there is a problem, contact us"]}, CheckoutKind.RETURN_LINK),
        ({**LAST, "errors": ["This booking cannot be refunded"]}, CheckoutKind.RETURN_LINK),
        ({**LAST, "errors": ["An error has occurred"]}, CheckoutKind.ERROR),
        ({**LAST, "text": "Payment received. A problem was encountered"}, CheckoutKind.ERROR),
        ({**LAST, "text": "Payment received. The booking could not be completed"}, CheckoutKind.ERROR),
        ({**LAST, "text": "Payment received. Your card was declined"}, CheckoutKind.ERROR),
        ({**LAST, "frames": [{"id": "", "name": "", "host": "seal.securetrust.test"}]}, CheckoutKind.RETURN_LINK),
        ({**LAST, "headings": h1("Payment successful"), "buttons": []}, CheckoutKind.NOTHING),
        ({**LAST, "buttons": buttons("pay")}, CheckoutKind.NOTHING),
        ({**LAST, "fields": fields("email"), "buttons": buttons("continue")}, CheckoutKind.NOTHING),
        ({**BACK, "headings": h1("Your payment has been authorised")}, CheckoutKind.RETURN_LINK),
        ({**BACK, "headings": h1("Your payment has not been authorised")}, CheckoutKind.DECLINED),
        ({**BACK, "headings": h1("Processing your payment"), "text": "Please wait"}, CheckoutKind.NOTHING),
        ({"frames": [{"id": "", "name": "", "host": "seal.securetrust.test"}]}, CheckoutKind.NOTHING),
        ({"frames": [{"id": "3ds-frame", "name": "", "host": ""}]}, CheckoutKind.BANK),
        ({"frames": [{"id": "", "name": "", "host": "acs.bank.test"}]}, CheckoutKind.BANK),
        ({**BACK, "text": "Your payment has been processed. Do not pay again."}, CheckoutKind.RETURN_LINK),
        ({**BACK, "errors": ["Payment successful"]}, CheckoutKind.RETURN_LINK),
        ({**FRAME}, CheckoutKind.BANK),
        ({**FRAME, **CONFIRMATION}, CheckoutKind.BANK),
        ({"headings": h1("3 D Secure Authorisation")}, CheckoutKind.BANK),
        ({"headings": h1("Secure authorisation"), "errors": ["Do not close this page"]}, CheckoutKind.BANK),
        ({"frames": [{"id": "", "name": "challengeFrame", "host": "x"}]}, CheckoutKind.BANK),
        ({"headings": h1("PAYMENT DECLINED")}, CheckoutKind.DECLINED),
        ({"text": "Sorry | Your card was declined."}, CheckoutKind.DECLINED),
        ({**CONFIRMATION, "errors": ["Card declined"]}, CheckoutKind.DECLINED),
        ({"headings": h1("Payment declined"), "text": "Please contact your bank."}, CheckoutKind.ERROR),
        ({"headings": h1("Result"), "text": "Card declined. Money may have been taken."}, CheckoutKind.ERROR),
        ({"text": "A problem was encountered. Please do not attempt to make this payment again."}, CheckoutKind.ERROR),
        ({**BACK, "text": "Please do not attempt to make this payment again."}, CheckoutKind.ERROR),
        ({**CONFIRMATION, "errors": ["Please do not attempt this payment again"]}, CheckoutKind.ERROR),
        ({"headings": h1("Your session has expired")}, CheckoutKind.ERROR),
        ({"status": 404}, CheckoutKind.ERROR),
        ({"headings": h1("Payment Successful")}, CheckoutKind.NOTHING),
        ({"headings": h1("Welcome")}, CheckoutKind.NOTHING),
        ({"headings": h1("Welcome"), "errors": ["Something"]}, CheckoutKind.ERROR),
        ({**CARD, "ready": "loading"}, CheckoutKind.NOTHING),
        ({**CARD, "status": 502}, CheckoutKind.BROKEN),
        ({**CARD, "test": True}, CheckoutKind.TEST_SYSTEM),
    ],
)
def test_page_of_the_portal_is_told_by_what_it_shows(facts: dict[str, Any], kind: CheckoutKind) -> None:
    assert read(**facts).kind is kind


@pytest.mark.parametrize(
    ("address", "facts", "kind"),
    [
        (BASKET, {}, CheckoutKind.BASKET),
        (f"{SITE}/Basket", {}, CheckoutKind.BASKET),
        (BASKET, {"clicked": True}, CheckoutKind.NOTHING),
        (BASKET, {"clicked": True, "errors": ["Your hold ends in 5 minutes"]}, CheckoutKind.NOTHING),
        (BASKET, {"ready": "interactive"}, CheckoutKind.NOTHING),
        (BASKET, {"errors": ["Something went wrong"]}, CheckoutKind.BASKET),
        (BASKET, {"errors": ["Payment declined"]}, CheckoutKind.DECLINED),
        (BASKET, CARD, CheckoutKind.CARD),
        (HOME, CARD, CheckoutKind.CARD),
        (HOME, BILLING, CheckoutKind.BILLING),
        (HOME, {"fields": fields("postcode")}, CheckoutKind.NOTHING),
        (HOME, {"fields": fields("email"), "buttons": buttons("continue")}, CheckoutKind.NOTHING),
        (HOME, BACK, CheckoutKind.NOTHING),
        (HOME, {"headings": h1("Payment declined")}, CheckoutKind.DECLINED),
        (HOME, {"headings": h1("Payment unsuccessful")}, CheckoutKind.ERROR),
        ("https://sub.courts.example.test/", {"headings": h1("Payment Successful")}, CheckoutKind.UNKNOWN_HOST),
        ("http://courts.example.test/", {"headings": h1("Payment Successful")}, CheckoutKind.NOTHING),
        ("https://bank.test/", CARD, CheckoutKind.UNKNOWN_HOST),
        ("https://bank.test/", {"headings": h1("Card declined")}, CheckoutKind.UNKNOWN_HOST),
        ("https://bank.test/", {"status": 503}, CheckoutKind.BROKEN),
        ("https://pay.example.test.evil.test/", CARD, CheckoutKind.UNKNOWN_HOST),
        ("https://pay.example.test:8443/other", CARD, CheckoutKind.CARD),
        ("data:text/html,x", CARD, CheckoutKind.UNKNOWN_HOST),
        ("https://[broken", CARD, CheckoutKind.UNKNOWN_HOST),
        ("about:blank", {}, CheckoutKind.NOTHING),
        ("chrome-error://chromewebdata/", {}, CheckoutKind.BROKEN),
    ],
)
def test_host_decides_what_a_page_can_be(address: str, facts: dict[str, Any], kind: CheckoutKind) -> None:
    assert read(address, **facts).kind is kind


def test_page_that_is_being_left_shows_nothing() -> None:
    page = read_checkout({}, site_url=SITE, basket_path="/basket/", payment_hosts=())
    assert (page.kind, page.host, page.fingerprint) == (CheckoutKind.NOTHING, "", "")


WAITING = [
    "Please wait while your payment is processed", "Your payment is being processed. Do not close this window.",
    "Please do not close or refresh this window", "Processing your payment...", "Loading, please wait", "One moment",
    "We are contacting your bank. This may take up to a minute. Please don\u2019t leave this page",
    "You will be redirected shortly. You will now be redirected", "Validating your card details",
]  # fmt: skip
WRONG = [
    "Sorry, something went wrong", "An unexpected error has occurred", "We are unable to process your payment",
    "Payment failed", "Your payment could not be processed", "Your payment was cancelled", "Payment was not completed",
    "Please wait. An error has occurred", "Processing failed", "Your session has expired",
]  # fmt: skip


@pytest.mark.parametrize("words", WAITING)
def test_page_that_says_only_that_it_is_still_going_on_is_waited_for(words: str) -> None:
    for page in (
        read(errors=[words]),
        read(headings=h1(words)),
        read(text=words),
        read(headings=h1(words), text=words),
    ):
        assert (page.kind, page.is_silent, page.message) == (CheckoutKind.NOTHING, True, "")
    assert read(**CARD, errors=[words]).message == ""


@pytest.mark.parametrize("words", WRONG)
def test_page_that_says_that_something_is_wrong(words: str) -> None:
    for page in (read(errors=[words]), read(headings=h1(words)), read(headings=h1("Payment"), text=words)):
        assert (page.kind, page.is_silent, page.declined) == (CheckoutKind.ERROR, False, False)
        assert page.message not in {"", "Payment"}


def test_page_that_only_may_go_wrong_or_is_not_done_yet_is_none_that_has() -> None:
    for text in ("If an error has occurred, call us", "Your payment has not been completed yet"):
        assert read(headings=h1("Payment"), text=text).kind is CheckoutKind.NOTHING


@pytest.mark.parametrize("kind", CheckoutKind)
def test_only_a_form_of_the_portal_shows_that_a_form_before_it_has_paid_nothing(kind: CheckoutKind) -> None:
    page = replace(read(), kind=kind)
    assert page.asks_on is (kind.value in {"card", "billing", "confirmation"})
    assert not replace(page, doubtful=True).asks_on
    assert not replace(page, on_site=True).asks_on


@pytest.mark.parametrize("kind", CheckoutKind)
def test_whether_something_may_still_come_after_the_click_that_pays(kind: CheckoutKind) -> None:
    final = {"paid", "declined", "error", "broken", "basket", "bank", "unknown host", "login"}
    assert replace(read(), kind=kind).is_silent is (kind.value not in final)
    assert not replace(read(), kind=kind, declined=True).is_silent


def test_page_that_loads_or_is_there_and_says_nothing_may_still_answer() -> None:
    assert read(ready="loading").is_silent
    assert read_checkout({}, site_url=SITE, basket_path="/basket/", payment_hosts=()).is_silent
    assert read(ready="complete").is_silent


def test_way_back_is_followed_from_a_page_that_is_not_understood() -> None:
    page = read(**BACK)
    assert (page.kind, page.has_way_back, page.is_on_the_way) == (CheckoutKind.NOTHING, True, True)
    assert not page.is_news_after(None)
    assert read(**LAST).has_way_back
    assert not read().is_on_the_way
    assert not read(HOME, **BACK).has_way_back
    assert not read(**BACK, errors=["An error has occurred"]).is_on_the_way


def test_only_the_portal_shows_that_nothing_was_paid_by_credit() -> None:
    assert all(read(**facts).asks_for_card for facts in (CARD, BILLING, CONFIRMATION))
    assert read(HOME, **CARD).asks_for_card
    for facts, kind in ((BILLING, CheckoutKind.BILLING), (CONFIRMATION, CheckoutKind.CONFIRMATION)):
        assert read(HOME, **facts).kind is kind
        assert not read(HOME, **facts).asks_for_card
    assert not any(read(**facts).asks_for_card for facts in (SAVE, BACK, LAST, FRAME, {}))


@pytest.mark.parametrize(
    "heading",
    [
        "Payment Successful",
        "payment successful",
        "PAYMENT  SUCCESSFUL!",
        "Payment: successful.",
        "PaymentSuccessful",
        "Thank you for your booking",
        "Your payment was successful",
        "Checkout successful",
        "Completed Booking",
    ],
)
def test_payment_is_believed_in_the_heading_of_the_site_itself(heading: str) -> None:
    assert read(HOME, headings=h1(heading)).kind is CheckoutKind.PAID


@pytest.mark.parametrize(
    "heading",
    [
        "Payment Unsuccessful",
        "Payment un-successful",
        "Payment not successful",
        "Payment wasn\u2019t successful",
        "Payment successful?",
        "Payment pending",
        "Once payment successful",
        "Payment",
        "Success stories",
        "Declined",
        "Thank you for your booking request",
        "No payment received",
        "Payment complete: error",
        "Basket",
        "",
    ],
)
def test_no_other_heading_is_believed(heading: str) -> None:
    assert read(HOME, headings=h1(heading)).kind is not CheckoutKind.PAID
    level_2 = [{"level": 2, "text": "Payment Successful", "id": ""}, *h1(heading)]
    assert read(HOME, headings=level_2).kind is not CheckoutKind.PAID


DECLINES = [
    "Card declined", "CARD DECLINED", "Card Declined.", "Payment declined", "Your card was declined", "Declined",
    "Payment has been declined by your bank", "Transaction not authorised", "Not authorised", "Card refused",
    "Card type not accepted", "Card number not correct", "Payment was not authorised. Please try another card",
    "Payment unsuccessful: card declined. No money has been taken", "Your card has expired", "Insufficient funds",
    "Card declined; please check your details and try again", "Payment status: declined", "Card not authorised",
    "Your payment was DECLINED", "Card declined. Nothing was charged", "Card declined. It was not sent to your bank",
    "Card declined. This may be because a detail is not correct", "Card type not accepted. Accepted cards: Visa",
    "Card number invalid or incorrect", "Card declined, please try again or use another card",
]  # fmt: skip
DOUBTS = [
    "Payment not declined", "The card has not been declined", "No card was declined", "If your card is declined, wait",
    "Card declined. Please contact us", "Card declined. Please do not attempt to make this payment again",
    "Card declined, but money may have been taken", "Payment may be declined", "Was your card declined?",
    "A problem was encountered. Card declined.", "Card declined. The payment has been taken", "Payment failed",
    "Payment successful. An earlier card was declined", "Payment not authorised yet", "Payment unsuccessful", "",
    "Unless the payment was declined", "Your payment is pending", "The card wasn\u2019t declined", "Try again",
    "Payment was declined or timed out", "Payment was declined or could not be completed", "Timed out or card declined",
    "Transaction refused by bank: no response", "We have not received a response; transaction declined",
    "Card declined. Reference 12. Funds have been authorised", "Payment declined. Your payment has been received",
    "Authorisation refused. The payment was submitted to your bank", "Your card has expired. Payment accepted",
    "Payment refused. Amount authorised: £13.90", "Card declined. It could not be confirmed", "Card declined/timeout",
    "Your card was declined by the issuer. A charge may appear on your statement", "Card declined. Payment sent",
]  # fmt: skip


@pytest.mark.parametrize("words", DECLINES)
def test_decline_in_known_words(words: str) -> None:
    page = read(**CARD, errors=[words])
    assert (page.kind, page.declined, page.message) == (CheckoutKind.CARD, True, words)
    assert read(headings=h1(words)).kind is CheckoutKind.DECLINED
    assert read(text=words).kind is CheckoutKind.DECLINED


@pytest.mark.parametrize("words", DOUBTS)
def test_whatever_leaves_doubt_is_no_decline(words: str) -> None:
    assert not read(**CARD, errors=[words]).declined
    assert not read(headings=h1(words)).declined
    assert not read(text=words).declined
    assert not read(errors=[words, "Card declined. Please do not attempt to pay again"]).declined


@given(
    st.sampled_from(DECLINES),
    st.sampled_from(["do not attempt to make this payment again", "it may have been taken", "contact your bank"]),
    st.booleans(),
    st.sampled_from(["errors", "headings", "text"]),
)
def test_danger_beside_a_decline_wins(decline: str, danger: str, first: bool, where: str) -> None:
    said = f"{danger}. {decline}" if first else f"{decline}. {danger}"
    facts: dict[str, Any] = {"errors": [said], "headings": h1(said), "text": said}
    only: dict[str, Any] = {where: facts[where]}
    page = read(**only)
    assert not page.declined
    assert page.kind is CheckoutKind.ERROR


def test_small_print_takes_a_decline_back() -> None:
    page = read(headings=h1("Payment declined"), text="Payment declined | It may have been taken.")
    assert (page.kind, page.declined) == (CheckoutKind.ERROR, False)


def test_message_is_one_short_line() -> None:
    page = read(errors=["Card  number\nnot correct", "", "Card number not correct", "word " * 100], **CARD)
    assert page.message.startswith("Card number not correct; word word")
    assert page.message.endswith(" word...")
    assert MESSAGE_LENGTH - 9 < len(page.message) <= MESSAGE_LENGTH
    assert read(headings=h1("Sorry, something went wrong")).message == "Sorry, something went wrong"
    assert read(status=404).message == "HTTP status 404"
    assert read(**CARD).message == ""


@given(st.integers(0, 260), st.sampled_from(["4111111111111111", "4111 1111 1111 1111", "4111.1111-1111 / 1111"]))
def test_message_is_never_cut_within_figures(before: int, number: str) -> None:
    said = f"{'ab ' * (before // 3)}card {number} was refused {'and so on ' * 30}"
    message = read(**CARD, errors=[said]).message
    assert len(message) <= MESSAGE_LENGTH
    assert number in message or not any(each.isdigit() for each in message)
    assert said.startswith(message.removesuffix("..."))


def test_text_is_cut_where_a_word_ends() -> None:
    assert shortened("short", 5) == "short"
    assert shortened("one two three", 10) == "one two..."
    assert shortened("one two 345 678 nine", 17) == "one two..."
    assert shortened("x" * 9, 8) == "..."
    label = read(fields=[{"label": f"Member {'4' * 90}", "required": True}]).unfilled[0]
    assert (label, len(label) <= LABEL_LENGTH) == ("Member...", True)


# Money


@pytest.mark.parametrize(
    ("text", "pence"),
    [
        ("£27.80", 2780), ("£ 27.80", 2780), ("Total £1,027.80", 102780), ("£0.00", 0), ("£5", 500),
        ("£\u00a013.90", 1390),
        ("GBP 27.80", 2780), ("GBP27.80", 2780), ("£27.80 for 2 courts", 2780), ("£13.90 and £13.90", 1390),
        ("-£5", None), ("\u2212£5.00", None), ("- £5.00", None), ("£1,39", None), ("£13.905", None), ("£27 .80", None),
        ("£27.8", None), ("£12,34", None), ("£5.00-", None), ("£5.00 CR", None), ("£13.90 or £27.80", None),
        ("£", None), ("27.80", None), ("£1.00 £x", None), ("", None), ("€27.80", None),
    ],
)  # fmt: skip
def test_amount(text: str, pence: int | None) -> None:
    assert amount_of(text) == pence


@pytest.mark.parametrize(
    ("amounts", "expected"),
    [
        ([], (None, None)),
        ([amount("£27.80", "Amount", "card")], (2780, None)),
        ([amount("27.80", "", "card")], (2780, None)),
        ([amount("£0.00", "Total", "total")], (0, None)),
        ([amount("-£5", "Total", "total")], (None, None)),
        ([amount("£27.80", "", "total"), amount("£1.00", "Court 1"), amount("£99", "")], (2780, None)),
        ([amount("£27.80", "", "total"), amount("£27.80", "", "pay")], (2780, None)),
        ([amount("£27.80", "", "total"), amount("£28.30", "", "pay")], (None, None)),
        ([amount("£27.80", "", "total"), amount("£28.30", "Total to pay")], (None, None)),
        ([amount("£27.80", "", "total"), amount("£28.30", "", "total")], (None, None)),
        ([amount("£27.80", "Total to pay")], (2780, None)),
        ([amount("£27.80", "Amount to pay:")], (2780, None)),
        ([amount("£27.80", "Subtotal"), amount("£4.63", "VAT"), amount("£27.80", "Total")], (2780, None)),
        ([amount("£27.80", "Total"), amount("£0.50", "Card fee"), amount("£28.30", "Total to pay")], (2830, 50)),
        ([amount("£27.80", "Total"), amount("£0.50", "Surcharge"), amount("£28.30", "Total")], (2830, 50)),
        ([amount("£27.80", "Total"), amount("£0.50", "Surcharge"), amount("£29.30", "Total")], (None, 50)),
        ([amount("£27.80", "Total"), amount("£28.30", "Total")], (None, None)),
        ([amount("£27.80", "Total to pay"), amount("£28.30", "Amount to pay")], (None, None)),
        ([amount("£28.30", "", "total"), amount("£0.50", "Booking fee")], (2830, 50)),
        ([amount("£28.30", "", "total"), amount("£0.50", "Card fee"), amount("£0.70", "Card fee")], (2830, 120)),
        ([amount("£28.30", "", "total"), amount("-£0.50", "Card fee")], (None, None)),
        ([amount("£13.90", "", "total"), amount("£3.00", "A surcharge of")], (1390, 300)),
        ([amount("£13.90", "Amount", "card"), amount("£0.50", "Booking fee")], (1390, 50)),
        ([amount("£13.90", "", "card"), amount("£0.50", "Booking fee"), amount("£14.40", "Total")], (None, 50)),
        ([amount("£13.90", "", "total"), amount("£16.90", "Total")], (None, None)),
        ([amount("£13.90", "", "total"), amount("£16.90", "Total including card surcharge")], (None, None)),
        ([amount("£13.90", "", "total"), amount("£16.90", "Total including VAT")], (None, None)),
        ([amount("£13.90", "", "total"), amount("£16.90", "Total to pay by credit card")], (None, None)),
        ([amount("£13.90", "", "total"), amount("£16.90", "Amount")], (None, None)),
        ([amount("£13.90", "", "total"), amount("Your card will be charged £16.90")], (None, None)),
        ([amount("£13.90", "", "total"), amount("£16.90 will be charged to your card")], (None, None)),
        ([amount("£13.90", "", "total"), amount("£16.9", "Total")], (None, None)),
        ([amount("£13.90", "", "total"), amount("£2.32", "Total VAT"), amount("£5", "Credit")], (1390, None)),
        ([amount("£27.80", "", "total"), *[amount("£13.90", "Amount")] * 2], (2780, None)),
        ([amount("£27.80", "", "total"), *[amount("£13.90", "Amount")] * 3], (None, None)),
        ([amount("£13.90", "Total"), amount("£14.40", "Total to pay")], (None, None)),
        ([amount("£14.40", "Total including card surcharge")], (1440, None)),
        ([amount("£0.50", "Surcharge amount"), amount("£14.40", "Total")], (1440, 50)),
        ([amount("Pay £27.80", "pay", "pay")], (2780, None)),
        ([amount("£5.00", "Credit balance"), amount("£27.80", "Recently viewed")], (None, None)),
    ],
)  # fmt: skip
def test_what_is_charged_in_all(amounts: list[dict[str, str]], expected: tuple[int | None, int | None]) -> None:
    page = read(**CONFIRMATION, amounts=amounts)
    assert (page.amount_pence, page.fee_pence) == expected


# Fields


def test_required_field_that_is_not_known_is_told() -> None:
    card = fields("number", "month", "year", "code", required=True)
    shoe = {"label": " Shoe\nsize ", "name": "shoe", "type": "text", "required": True, "role": ""}
    assert read(fields=card).unfilled == ()
    assert read(fields=[*card, shoe]).unfilled == ("Shoe size",)
    assert read(fields=[*card, {**shoe, "filled": True}]).unfilled == ()
    assert read(fields=[*card, {**shoe, "required": False}]).unfilled == ()
    assert read(fields=[*card, {**shoe, "label": "", "name": ""}]).unfilled == ("a field without a name",)
    assert read(fields=[*card, *fields("city", type="select-one", required=True)]).unfilled == ("city",)
    assert read(fields=fields("number", "month", "year", type="select-one", required=True)).unfilled == ("number",)
    assert read(fields=[*card, *fields("address2", required=True)]).unfilled == ("address2",)


def test_page_that_can_be_filled_in() -> None:
    card, billing, last = read(**CARD), read(**BILLING), read(**CONFIRMATION)
    roles = dict.fromkeys(("number", "month", "year", "code", "continue"), 0)
    values = {"number": "4" * 16, "month": "05", "year": "29", "code": "321", "holder": "x" * LINE_LENGTH}
    assert not cannot_be_filled_in(card, roles, values)
    assert not cannot_be_filled_in(billing, {"holder": 0, "continue": 0}, values)
    assert not cannot_be_filled_in(last, {"pay": 0}, {})
    for role in roles:
        assert cannot_be_filled_in(card, {name: 0 for name in roles if name != role}, values)
    assert "button that pays" in cannot_be_filled_in(last, {}, {})
    assert "LB_CARDHOLDER_NAME" in cannot_be_filled_in(billing, {"holder": 30, "continue": 0}, values)


class Hidden:
    """As Robot Framework hides a secret."""

    def __init__(self, value: str) -> None:
        self.value = value


def test_line_that_is_too_long_is_told_without_being_shown() -> None:
    values = {"address": Hidden("9 Long Lane " * 9), "holder": Hidden("short")}
    why = cannot_be_filled_in(read(**BILLING), {"address": 200, "holder": 0, "continue": 0}, values)
    assert "LB_ADDRESS" in why
    assert "Lane" not in why


# The way to the last button

KNOWN: dict[str, Any] = {**CARD, "fields": [{**each, "id": "scp_cardPage_x_input"} for each in CARD["fields"]]}
DANGER = "A problem was encountered. Please do not attempt to make this payment again."
PAID = "site: paid"
"""Stands for the page of the site that says so."""


def way(*pages: CheckoutPage) -> list[CheckoutPage]:
    return [replace(page, fingerprint=f"d{number}-x") for number, page in enumerate(pages)]


def step_after(*pages: dict[str, Any] | str) -> CheckoutStep:
    paid = read(HOME, headings=h1("Payment Successful"))
    return next_step(way(*(paid if isinstance(facts, str) else read(**facts) for facts in pages)))


def test_card_page_of_the_known_portal_is_told_by_its_ids() -> None:
    assert read(**KNOWN).known_portal
    assert not read(**CARD).known_portal
    assert not read(**{**CARD, "fields": [*CARD["fields"], {"id": "scp_x", "role": ""}]}).known_portal


@pytest.mark.parametrize("card", [CARD, KNOWN])
@pytest.mark.parametrize(
    ("pages", "kind"),
    [
        ([], CheckoutStepKind.FILL_IN),
        ([BILLING], CheckoutStepKind.FILL_IN),
        ([BILLING, BILLING], CheckoutStepKind.FILL_IN),
        ([SAVE], CheckoutStepKind.PASS),
        ([CONFIRMATION], CheckoutStepKind.ARRIVED),
        ([BILLING, SAVE, CONFIRMATION], CheckoutStepKind.ARRIVED),
        ([CARD], CheckoutStepKind.REFUSED),
        ([{**CARD, "errors": ["Card number not correct"]}], CheckoutStepKind.REFUSED),
        ([BILLING, CARD], CheckoutStepKind.REFUSED),
        ([{"headings": h1("Payment declined")}], CheckoutStepKind.REFUSED),
        ([BILLING, {**BILLING, "errors": ["Postcode is not valid"]}], CheckoutStepKind.STOP),
        (
            [{**BILLING, "fields": [{"label": "Shoe size", "required": True}, *BILLING["fields"]]}],
            CheckoutStepKind.STOP,
        ),
        ([{**CARD, "test": True}], CheckoutStepKind.STOP),
        # Whatever the portal: these say, or may say, that money moves.
        ([PAID], CheckoutStepKind.SENT),
        ([LAST], CheckoutStepKind.SENT),
        ([FRAME], CheckoutStepKind.SENT),
        ([{"text": DANGER}], CheckoutStepKind.SENT),
        ([BILLING, {"headings": h1("Payment declined"), "text": "It may have been taken."}], CheckoutStepKind.SENT),
        ([{"headings": h1("Payment received")}], CheckoutStepKind.SENT),
        ([{**LAST, "buttons": buttons("pay")}], CheckoutStepKind.SENT),
        ([SAVE, LAST], CheckoutStepKind.SENT),
        ([{**SAVE, "headings": h1("Payment complete")}, {"status": 502}], CheckoutStepKind.SENT),
    ],
)
def test_step_after_the_card(card: dict[str, Any], pages: list[dict[str, Any] | str], kind: CheckoutStepKind) -> None:
    step = step_after(card, *pages)
    assert step.kind is kind
    if kind is CheckoutStepKind.STOP:
        assert step.outcome in {Outcome.NEEDS_PERSON, Outcome.SITE_ERROR}
        assert step.why.endswith("; nothing was paid")
    if kind is CheckoutStepKind.SENT:
        assert step.why.startswith("the payment may have been made by going on")
        assert read(**CONFIRMATION).kind not in {read(**page).kind for page in pages[-1:] if isinstance(page, dict)}


@pytest.mark.parametrize("facts", [{}, {"status": 500}, {"headings": h1("Error")}, BACK, {"address": BASKET},
                                   {"address": "https://bank.test/"}, {"ready": "loading"}])  # fmt: skip
@pytest.mark.parametrize("between", [[], [BILLING]])
def test_going_on_with_a_card_may_pay_unless_the_portal_is_known_to_ask_first(
    facts: dict[str, Any], between: list[dict[str, Any]]
) -> None:
    assert step_after(CARD, *between, facts).kind is CheckoutStepKind.SENT
    known = step_after(KNOWN, *between, facts)
    assert known.kind is CheckoutStepKind.STOP
    assert known.why.endswith("; nothing was paid")


@pytest.mark.parametrize("pages", [[PAID], [LAST], [FRAME], [BACK], [{}], [{"text": DANGER}], [BILLING, LAST],
                                   [{"headings": h1("Payment declined")}], [CONFIRMATION], [BILLING, CONFIRMATION],
                                   [{"status": 500}]])  # fmt: skip
def test_nothing_was_paid_before_a_card_was_typed(pages: list[dict[str, Any] | str]) -> None:
    step = step_after(*pages)
    assert step.kind is CheckoutStepKind.STOP
    assert step.why.endswith("; nothing was paid")


def test_steps_before_the_card() -> None:
    assert step_after(BILLING, CARD).kind is CheckoutStepKind.FILL_IN
    assert (
        step_after({**CARD, "fields": [*CARD["fields"], {"label": "x", "required": True}]}).kind
        is CheckoutStepKind.STOP
    )


def test_card_page_that_warns_is_no_refusal_where_going_on_may_pay() -> None:
    assert step_after(CARD, {**CARD, "errors": [DANGER]}).kind is CheckoutStepKind.SENT
    assert step_after(KNOWN, {**KNOWN, "errors": [DANGER]}).kind is CheckoutStepKind.REFUSED


def test_amount_that_the_card_page_does_not_name_is_left_to_the_confirmation() -> None:
    assert read(**CARD).amount_pence is None
    assert step_after(CARD).kind is CheckoutStepKind.FILL_IN


def test_refused_card_is_told_in_the_words_of_the_portal() -> None:
    step = step_after(CARD, {**CARD, "errors": ["Card Declined"]})
    assert (step.why, step.outcome) == ("the card portal says: Card Declined", Outcome.DECLINED)
    assert step_after(CARD, CARD).why == "the card portal says: nothing, but asks again"


def test_card_page_that_does_not_go_on() -> None:
    """The same document, after the whole patience."""
    card, known = read(**CARD), read(**KNOWN)
    silent = next_step([known, known])
    assert (silent.kind, silent.outcome) == (CheckoutStepKind.STOP, Outcome.SITE_ERROR)
    assert "does not go on" in silent.why
    assert next_step([card, card]).kind is CheckoutStepKind.SENT
    for page in (card, known):
        told = replace(page, message="Card type unknown", fingerprint="x-2")
        assert next_step([page, told]).kind is CheckoutStepKind.REFUSED
    warned = replace(known, message="Keep your card at hand")
    assert next_step([warned, warned]).kind is CheckoutStepKind.STOP
    waits = read(**KNOWN, errors=["Validating your card details"], fingerprint="x-2")
    assert next_step([known, waits]).kind is CheckoutStepKind.STOP


def test_billing_page_that_does_not_go_on() -> None:
    billing = replace(read(**BILLING), fingerprint="y-1")
    told = replace(billing, message="Postcode is not valid", fingerprint="y-2")
    assert next_step([read(**KNOWN), billing, billing]).kind is CheckoutStepKind.STOP
    assert next_step([read(**CARD), billing, billing]).kind is CheckoutStepKind.SENT
    assert next_step([read(**CARD), billing, told]).kind is CheckoutStepKind.STOP


def test_page_within_one_document_is_another_one_by_its_kind() -> None:
    assert next_step([read(**CARD), read(**BILLING)]).kind is CheckoutStepKind.FILL_IN
    assert next_step([read(**CARD), read(**BILLING), read(**CARD)]).kind is CheckoutStepKind.REFUSED
    assert next_step([read(**CARD), read(**BILLING), read(**CONFIRMATION)]).kind is CheckoutStepKind.ARRIVED


def test_checkout_in_a_circle_ends() -> None:
    pages = way(read(**CARD), *[read(**BILLING)] * MOST_PAGES)
    assert next_step(pages).kind is CheckoutStepKind.STOP
    assert next_step(pages[:-1]).kind is CheckoutStepKind.FILL_IN


@pytest.mark.parametrize("kind", CheckoutKind)
def test_every_kind_of_page_has_a_next_step(kind: CheckoutKind) -> None:
    page = replace(read(), kind=kind)
    assert next_step([page]).why or page.kind in {CheckoutKind.CARD, CheckoutKind.BILLING, CheckoutKind.SAVE_CARD}
    before = replace(read(**CARD), fingerprint="before-1")
    assert next_step([before, page])


def test_news() -> None:
    page = read(**CARD)
    assert page.is_news_after(None)
    assert not read(**CARD).is_news_after(page)
    assert read(**CARD, fingerprint="y-1").is_news_after(page)
    assert read(**BILLING).is_news_after(page)
    assert not read(fingerprint="y-3").is_news_after(page)


def test_what_a_page_changes_of_itself_is_no_news_unless_it_is_a_decline() -> None:
    card = read(**CARD)
    assert not read(**CARD, fingerprint="x-2", errors=["Visa debit"]).is_news_after(card)
    declined = read(**CARD, fingerprint="x-2", errors=["Card declined"])
    assert declined.is_news_after(card)
    assert not declined.is_news_after(declined)
    button = read(**CONFIRMATION)
    header = [{"level": 2, "text": "Confirm", "id": "scp_confirmationPage_header"}]
    assert not read(headings=header, fingerprint="x-2").is_news_after(button)


# Anything a page may say

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.sampled_from(DECLINES),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
names = ("address", "status", "ready", "headings", "errors", "text", "fields", "buttons", "frames", "amounts", "test")


@given(st.dictionaries(st.sampled_from(names), anything))
def test_reader_never_fails(seen: dict[str, Any]) -> None:
    page = read_checkout(seen, site_url=SITE, basket_path="/basket/", payment_hosts=("pay.example.test",))
    assert page.kind in CheckoutKind
    assert "\n" not in page.message


roles = st.sampled_from(["number", "month", "holder", "address", "postcode", "email", ""])


@given(
    st.lists(roles, max_size=4),
    st.lists(st.sampled_from(["pay", "continue", "no-save", "return", ""]), max_size=3),
    st.lists(st.sampled_from([*DECLINES, *DOUBTS, "Payment successful"]), max_size=2),
    st.sampled_from([PORTAL, "https://bank.test/", BASKET]),
)
def test_paid_is_never_read_anywhere_but_in_the_sites_heading(
    named: list[str], clickable: list[str], said: list[str], address: str
) -> None:
    page = read(address, fields=fields(*named), buttons=buttons(*clickable), errors=said, text=" ".join(said))
    assert page.kind is not CheckoutKind.PAID
    assert read("https://bank.test/", headings=h1("Payment successful"), errors=said).kind is CheckoutKind.UNKNOWN_HOST
    if page.declined:
        assert any(words in DECLINES for words in said)
