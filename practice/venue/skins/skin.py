"""The skins by name: what the site does differently in each. Words and markup stand in the template of that name.

What programs were seen to rely on (the way on from the basket, the cells of a booking, the heading after the payment)
is the same in all skins but the strangers.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Final, Literal

Step = Literal["terms", "details"]


@dataclass(frozen=True)
class Skin:
    """One rendering of the site."""

    name: str
    about: str
    """What is special about it, in a few words."""
    basket_in_menu: str = "Basket"
    """The menu's words for the basket; ``{}`` is the number of things in it."""
    breadcrumb: bool = False
    success: str = "Payment Successful"
    """The heading that follows a payment."""
    pay_control: str = "btnContinue"
    """The name of what leads on from the basket."""
    fee_pence: int = 0
    """A booking fee, stated in the basket and part of its total."""
    terms_in_basket: bool = False
    """Whether the basket is not left without a tick."""
    steps: tuple[Step, ...] = ()
    """The pages between basket and payment."""
    refuses_in_place: bool = False
    """Whether a slot that cannot be had is answered with the court's page itself, which says so, not a redirect."""
    sections: bool = False
    """Whether My Bookings shows what is past in a section of its own."""
    details_page: bool = False
    """Whether the details of a booking are a page of their own, not a part of My Bookings."""
    code_field: str = "fdVerificationCode"
    """The field that a second login step asks for."""
    code_label: str = "Verification Code"

    @property
    def template(self) -> str:
        """The file of its words and markup."""
        return f"{self.name}.html"


PLAIN: Final = Skin("plain", "div rows; the markup that the venue has always had")
SKINS: Final = {
    skin.name: skin
    for skin in (
        PLAIN,
        Skin(
            "table",
            "a table with subtotal, VAT and total; day and time in cells of their own; bookings without a row around",
            basket_in_menu="Basket ({})",
            breadcrumb=True,
            success="Payment successful",
        ),
        Skin(
            "cards",
            "cards; start and length; a bin without words to remove with; a wrapper around all bookings; two sections",
            basket_in_menu="My basket",
            sections=True,
        ),
        Skin(
            "lines",
            "list items of one sentence each; an image with alt text removes; what is past in a section of its own",
            success="PAYMENT SUCCESSFUL",
            sections=True,
            details_page=True,
        ),
        Skin(
            "receipt",
            "definition lists; ISO days; terms to tick in the basket, which can also be emptied at once",
            terms_in_basket=True,
            success="Payment Successful - thank you",
        ),
        Skin(
            "boxes",
            "bare boxes; AM and PM; tick boxes and an update button remove; recently viewed beside it",
            basket_in_menu="Basket {}",
            refuses_in_place=True,
        ),
        Skin(
            "fees",
            "a table with a booking fee; am and pm; the court in brackets behind the activity",
            fee_pence=50,
            details_page=True,
        ),
        Skin(
            "steps",
            "a bar of steps, and terms on a page of their own before the payment",
            breadcrumb=True,
            steps=("terms",),
        ),
        Skin(
            "asking",
            "a page that asks for personal details before the payment, one of them unknown to anybody but the member",
            basket_in_menu="Checkout ({})",
            steps=("details",),
        ),
        Skin(
            "wallet",
            "what credit covers costs nothing, line by line; a summary beside the lines",
            sections=True,
        ),
        Skin(
            "leisure",
            "a stranger: tables with columns of their own order, other ids and words throughout; refuses in place",
            basket_in_menu="Your bookings to pay ({})",
            breadcrumb=True,
            success="Completed Booking",
            pay_control="BasketSummary$lnkCheckout",
            refuses_in_place=True,
            details_page=True,
            code_field="fdOneTimePasscode",
            code_label="One-time passcode",
        ),
        Skin(
            "club",
            "a stranger: sentences and buttons that change with the amount; no year anywhere; no id that is known",
            basket_in_menu="Cart",
            success="Thank you for your booking",
            pay_control="ucCart$cmdPay",
            sections=True,
            code_field="fdPasscode",
            code_label="Passcode",
        ),
    )
}
STRANGERS: Final = ("leisure", "club")
"""Skins that differ also in what programs were seen to rely on: the way on, the cells of a booking, the success."""


def skin_named(choice: object) -> str:
    """Return the name of a skin.

    Args:
        choice: a name, or a number that draws one: the same for the same number.

    Raises:
        ValueError: neither.
    """
    if isinstance(choice, int) and not isinstance(choice, bool):
        return random.Random(choice).choice(sorted(SKINS))  # noqa: S311 - nobody is to guess it
    if isinstance(choice, str) and choice in SKINS:
        return choice
    raise ValueError(f"skin: {choice!r} is neither a number nor one of {', '.join(SKINS)}")
