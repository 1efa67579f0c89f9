"""The basket and what follows it: optional pages, payment from credit or by card, and the way back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from practice.clock import LONDON
from practice.portal.payments import payment_number
from practice.venue.checkout import VenueCheckout
from practice.venue.holds import Hold, Holds
from practice.venue.members import Members
from practice.venue.rendering import VISIT, Renderer, go
from practice.venue.sessions import Session
from practice.venue.skins.skin import Step
from practice.venue.webforms import Postback

RELEASED = "Some slots in your basket were not paid for in time and have been released."
UNTICKED = "Please confirm that you accept the terms and conditions."
MISSING = "Please fill in all fields that are marked as required."


@dataclass(frozen=True)
class BasketView:
    """What a basket has to show."""

    lines: list[Hold]
    credit_pence: int
    fee_pence: int
    """Nothing where nothing is in the basket."""

    @property
    def ids(self) -> str:
        """What the page was about, for the postback."""
        return ",".join(str(hold.id) for hold in self.lines)

    @property
    def subtotal_pence(self) -> int:
        """What the lines cost."""
        return sum(hold.price_pence for hold in self.lines)

    @property
    def total_pence(self) -> int:
        """What lines and fee cost."""
        return self.subtotal_pence + self.fee_pence

    @property
    def vat_pence(self) -> int:
        """The VAT at 20 % that is part of the total."""
        return round(self.total_pence / 6)

    @property
    def covered(self) -> bool:
        """Whether the credit is enough for all of it."""
        return 0 < self.total_pence <= self.credit_pence

    @property
    def due_pence(self) -> int:
        """What is to be paid beside the credit, which pays for all or for nothing."""
        return 0 if self.covered else self.total_pence

    @property
    def expires(self) -> datetime:
        """When the first of the slots is released."""
        return datetime.fromtimestamp(min((hold.expires for hold in self.lines), default=0) / 1000, LONDON)


@dataclass
class CheckoutPages:
    """The pages from the basket on.

    Attributes:
        renderer: writes them.
        portal_address: returns where the portal takes the money for a reference.
    """

    renderer: Renderer
    members: Members
    holds: Holds
    checkout: VenueCheckout
    portal_address: Callable[[str], str]

    async def basket(self, request: web.Request, session: Session) -> web.Response:
        """What is held, and the way to pay for it."""
        post = request[VISIT].postback
        skin = self.renderer.skin
        email = session.email or ""
        errors: tuple[str, ...] = ()
        if post is not None:
            for hold_id in _unwanted(post):
                self.holds.release(hold_id, email)
        basket = self._view(email)
        if post is not None and post.target == skin.pay_control:
            if post.field("fdBasket") != basket.ids:
                errors = (RELEASED,)
            elif skin.terms_in_basket and not post.field("fdTerms"):
                errors = (UNTICKED,)
            else:
                return self._go_on(session, basket, skin.steps)
        return self.renderer.render(request, session, "basket.html", title="Basket", errors=errors, basket=basket)

    async def terms(self, request: web.Request, session: Session) -> web.Response:
        """The terms, to be accepted."""
        return self._step(request, session, "terms")

    async def details(self, request: web.Request, session: Session) -> web.Response:
        """What the site wants to know of a member before the payment."""
        return self._step(request, session, "details")

    def _step(self, request: web.Request, session: Session, step: Step) -> web.Response:
        steps = self.renderer.skin.steps
        basket = self._view(session.email or "")
        if step not in steps or not basket.lines:
            return go("/basket/")
        post = request[VISIT].postback
        errors: tuple[str, ...] = ()
        if post is not None and post.target == "btnContinue":
            if post.field("fdBasket") != basket.ids:
                return go("/basket/")
            if step == "terms" and not post.field("fdTerms"):
                errors = (UNTICKED,)
            elif step == "details" and not all(
                post.field(name).strip() for name in ("fdFullName", "fdTelephone", "fdPlayingPartner")
            ):
                errors = (MISSING,)
            else:
                return self._go_on(session, basket, steps[steps.index(step) + 1 :])
        title = {"terms": "Terms and conditions", "details": "Your details"}[step]
        member = self.members.find(session.email or "")
        return self.renderer.render(
            request, session, "step.html", title=title, errors=errors, step=step, basket=basket, member=member
        )

    def _go_on(self, session: Session, basket: BasketView, steps: tuple[Step, ...]) -> web.Response:
        """Lead to the next page of the checkout: a step, the success of a payment from credit, or the portal."""
        if steps:
            return go(f"/basket/{steps[0]}/")
        email = session.email or ""
        payment = self.checkout.pay_by_credit(email, basket.lines, basket.fee_pence)
        if payment is None:
            return go(self.portal_address(self.checkout.open_checkout(email, basket.lines, basket.fee_pence)))
        session.paid, session.paid_from = payment, "your account credit"
        return go("/basket/confirmation/")

    def _view(self, email: str) -> BasketView:
        lines = self.holds.basket(email)
        member = self.members.find(email)
        return BasketView(lines, member.credit_pence if member else 0, self.renderer.skin.fee_pence if lines else 0)

    async def confirmation(self, request: web.Request, session: Session) -> web.Response:
        """What a payment ends with."""
        if session.paid is None:
            return go("/basket/")
        return self.renderer.render(
            request,
            session,
            "confirmation.html",
            title=self.renderer.skin.success,
            number=payment_number(session.paid),
            source=session.paid_from,
        )

    async def return_from_portal(self, request: web.Request, session: Session) -> web.Response:
        """Where the portal sends the browser: here the site learns of the money, and books."""
        learnt, payment = self.checkout.learn(request.query.get("ref", ""), session.email or "")
        if payment is None:
            return go("/basket/")
        match learnt:
            case "processing":
                text = "We are processing your payment."
            case "too late":
                text = "Your slots were no longer held when it came. Please contact us."
            case _:
                session.paid, session.paid_from = payment, "your card"
                return go("/basket/confirmation/")
        return self.renderer.message(request, session, "Payment received", text, status=200)


def _unwanted(post: Postback) -> list[int]:
    """Return which holds of the basket a postback wants to be rid of."""
    shown = [int(each) for each in post.field("fdBasket").split(",") if each.isdigit()]
    row, _, control = post.target.removeprefix("repBasket$ctl").partition("$")
    if control == "btnRemove" and row.isdigit():
        # A link says which; a button is known by its row.
        return [int(post.argument)] if post.argument.isdigit() else shown[int(row) : int(row) + 1]
    if post.target == "btnUpdate":
        return [hold for place, hold in enumerate(shown) if post.field(f"repBasket$ctl{place:02d}$chkRemove")]
    return shown if post.target == "btnClear" else []
