"""The way through the checkout to the button that pays: what to do on each page, and where the way ends before that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from booking.outcomes import Outcome
from booking.site.checkout import MESSAGE_LENGTH, CheckoutKind, CheckoutPage, shortened

MOST_PAGES = 12
"""A checkout that shows more pages than this before its last button goes in a circle."""
LINE_LENGTH = 50
"""The portal takes lines of up to so many characters."""


class CheckoutStepKind(StrEnum):
    """What to do with a page on the way to the last button."""

    FILL_IN = "fill in"
    """Fill in what it asks for and go on."""
    PASS = "pass without saving the card"  # noqa: S105 - no password
    ARRIVED = "arrived"
    """The last button is there."""
    SENT = "sent"
    """The payment may have been made by going on: not every portal has a page with a last button."""
    REFUSED = "refused"
    """The card was refused before any money moved."""
    STOP = "stop"


_KEYWORDS = {
    CheckoutStepKind.FILL_IN: "Fill In And Go On",
    CheckoutStepKind.PASS: "Pass Without Saving Card",
    CheckoutStepKind.ARRIVED: "",
    CheckoutStepKind.SENT: "",
    CheckoutStepKind.REFUSED: "Stop At Refused Card",
    CheckoutStepKind.STOP: "Stop Before Payment",
}


@dataclass(frozen=True, slots=True)
class CheckoutStep:
    """The next step on the way to the last button."""

    kind: CheckoutStepKind
    page: CheckoutPage
    """The page that it is taken on."""
    outcome: Outcome = Outcome.SITE_ERROR
    """What becomes of the slots where the way ends here."""
    why: str = ""

    @property
    def keyword(self) -> str:
        """Name of the keyword that takes this step; empty where the way has led to its end."""
        return _KEYWORDS[self.kind]


def next_step(pages: Sequence[CheckoutPage]) -> CheckoutStep:
    """Return what to do on the last one of the pages that the checkout has shown since "Make Booking".

    Args:
        pages: in the order in which they were shown; the first one may be of any kind.
    """
    *passed, page = pages
    said = f': "{page.message}"' if page.message else ""
    after = _after_the_card(passed, page, said)
    if after:
        return after
    if passed and not page.is_news_after(passed[-1]) and page.kind is not CheckoutKind.NOTHING:
        return _stop(page, Outcome.SITE_ERROR, f"{page.host} does not go on{said}")
    if page.kind not in _ON_THE_WAY:
        outcome, why = _ENDS[page.kind]
        return _stop(page, outcome, f"{why.format(host=page.host or 'the checkout')}{said}")
    obstacle = _obstacle(passed, page)
    return obstacle or CheckoutStep(_ON_THE_WAY[page.kind], page)


def _after_the_card(passed: Sequence[CheckoutPage], page: CheckoutPage, said: str) -> CheckoutStep | None:
    """Return what a page means once a card was typed: a refusal, or a payment by going on; None where it is neither."""
    cards = [each for each in passed if each.kind is CheckoutKind.CARD]
    if not cards:
        return None
    # The known portal has a page with a last button and charges nothing before; another one may have none.
    unpaid = all(each.known_portal for each in cards) and not any(each.doubtful for each in passed)
    still = page.kind is passed[-1].kind and page.is_document_of(passed[-1])
    answered = not still or page.message not in {"", passed[-1].message}
    if page.kind in {CheckoutKind.CARD, CheckoutKind.DECLINED} and answered and (unpaid or not page.doubtful):
        return CheckoutStep(
            CheckoutStepKind.REFUSED,
            page,
            Outcome.DECLINED,
            f"the card portal says: {page.message or 'nothing, but asks again'}",
        )
    if _may_be_paid(page, unpaid=unpaid) or (not answered and not unpaid):
        where = page.host or "the card portal"
        why = f"the payment may have been made by going on: {where} shows no button that pays{said}"
        return CheckoutStep(CheckoutStepKind.SENT, page, Outcome.UNKNOWN, why)
    return None


def _may_be_paid(page: CheckoutPage, *, unpaid: bool) -> bool:
    """Tell whether going on with a card that was typed may have paid, from the page that it has led to."""
    if page.kind in {CheckoutKind.PAID, CheckoutKind.RETURN_LINK, CheckoutKind.BANK}:
        return True
    if page.doubtful and page.kind is not CheckoutKind.SAVE_CARD:
        return not (unpaid and page.kind is CheckoutKind.CARD)
    if page.unfilled and page.kind is CheckoutKind.SAVE_CARD:
        return not unpaid
    return not unpaid and page.kind in {
        CheckoutKind.UNKNOWN_HOST,
        CheckoutKind.BROKEN,
        CheckoutKind.NOTHING,
        CheckoutKind.ERROR,
        CheckoutKind.BASKET,
        CheckoutKind.LOGIN,
    }


def _obstacle(passed: Sequence[CheckoutPage], page: CheckoutPage) -> CheckoutStep | None:
    """Return why a page of the right kind is not gone on with, if there is a reason."""
    if page.unfilled:
        names = ", ".join(f'"{label}"' for label in page.unfilled)
        return _stop(
            page,
            Outcome.NEEDS_PERSON,
            f"the {page.kind} page asks for what is not known: {shortened(names, MESSAGE_LENGTH)}",
        )
    if page.kind is CheckoutKind.BILLING and page.message and passed and passed[-1].kind is CheckoutKind.BILLING:
        return _stop(page, Outcome.SITE_ERROR, f'the card portal does not take the address: "{page.message}"')
    typed = any(each.kind is CheckoutKind.CARD for each in passed)
    if page.kind is CheckoutKind.CONFIRMATION and not typed:
        return _stop(page, Outcome.NEEDS_PERSON, f"{page.host} wants to charge without having asked for the card")
    if len(passed) >= MOST_PAGES:
        return _stop(page, Outcome.SITE_ERROR, f"{len(passed)} pages of the checkout have not led to the last button")
    return None


def cannot_be_filled_in(page: CheckoutPage, fields: Mapping[str, int], values: Mapping[str, Any]) -> str:
    """Return why a page cannot be filled in; empty when it can.

    Args:
        page: the page, which asks for the card or for its holder.
        fields: the roles found on the page, each with the most characters it takes (0: it does not say).
        values: what is typed, by role, as text or as a Secret.
    """
    missing = [_NAMES[role] for role in _NEEDED[page.kind] if role not in fields]
    if missing:
        return f"the {page.kind} page has no {' and no '.join(missing)} that can be told from the rest"
    for role, most in fields.items():
        if role not in values:
            continue
        length = len(str(getattr(values[role], "value", values[role])))
        limit = min(most or LINE_LENGTH, LINE_LENGTH)
        if length > limit:
            return f"the {page.kind} page takes {limit} characters for the {_NAMES.get(role, role)}, which has {length}"
    return ""


_ON_THE_WAY = {
    CheckoutKind.CARD: CheckoutStepKind.FILL_IN,
    CheckoutKind.BILLING: CheckoutStepKind.FILL_IN,
    CheckoutKind.SAVE_CARD: CheckoutStepKind.PASS,
    CheckoutKind.CONFIRMATION: CheckoutStepKind.ARRIVED,
}
_ENDS = {
    CheckoutKind.PAID: (Outcome.NEEDS_PERSON, "the site says that it is paid although the last button was not clicked"),
    CheckoutKind.BASKET: (Outcome.SITE_ERROR, "the checkout led back to the basket"),
    CheckoutKind.RETURN_LINK: (Outcome.NEEDS_PERSON, "the card portal wants to go back before anything was paid"),
    CheckoutKind.BANK: (Outcome.NEEDS_PERSON, "the bank asks to confirm (3-D Secure) before the last button"),
    CheckoutKind.DECLINED: (Outcome.NEEDS_PERSON, "the card portal declines before a card was typed"),
    CheckoutKind.ERROR: (Outcome.SITE_ERROR, "{host} shows an error"),
    CheckoutKind.BROKEN: (Outcome.SITE_ERROR, "{host} did not answer, or with a fault"),
    CheckoutKind.LOGIN: (Outcome.SITE_ERROR, "the site asks for a login again"),
    CheckoutKind.UNKNOWN_HOST: (Outcome.NEEDS_PERSON, "the checkout led to {host}, which PAYMENT_HOSTS does not name"),
    CheckoutKind.TEST_SYSTEM: (Outcome.NEEDS_PERSON, "{host} says that it is a test system"),
    CheckoutKind.NOTHING: (Outcome.NEEDS_PERSON, "{host} shows a page that is not known"),
}
_NEEDED: Mapping[CheckoutKind, tuple[str, ...]] = {
    CheckoutKind.CARD: ("number", "month", "year", "code", "continue"),
    CheckoutKind.BILLING: ("continue",),
    CheckoutKind.CONFIRMATION: ("pay",),
}
_NAMES = {
    "number": "card number",
    "month": "expiry month",
    "year": "expiry year",
    "code": "security code",
    "holder": "card holder (LB_CARDHOLDER_NAME)",
    "address": "address (LB_ADDRESS)",
    "city": "city (LB_CITY)",
    "postcode": "postcode (LB_POSTCODE)",
    "email": "email address",
    "email-again": "email address",
    "continue": "button to go on",
    "pay": "button that pays",
}


def _stop(page: CheckoutPage, outcome: Outcome, why: str) -> CheckoutStep:
    return CheckoutStep(CheckoutStepKind.STOP, page, outcome, f"{why}; nothing was paid")
