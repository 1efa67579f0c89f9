"""The card portal: card, details, confirmation, 3-D Secure, result."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2
from aiohttp import web

from practice.clock import Openings
from practice.faults import Faults, no_answer
from practice.portal.cards import BEHAVIOUR, digits, faults_of
from practice.settings import Settings
from practice.venue.members import Members
from practice.venue.till import Checkout, State, Till, Verdict, payment_number, pounds

HERE = Path(__file__).parent
DETAILS = {
    "cardholderName": "Cardholder Name",
    "address1": "Address Line 1",
    "city": "City",
    "postcode": "Postcode",
    "emailAddress": "Email Address",
}
RESULTS = {
    "paid": ("Payment Successful", "Thank you. Your payment has been taken and your booking is made."),
    "declined": ("Payment Declined", "Your card was declined and no money has been taken."),
    "expired": ("Payment Declined", "Your slots are held no more. No money has been taken."),
}


@dataclass
class Entered:
    """What the portal remembers of a card between its pages: never its number, never its code."""

    last4: str
    bank: Verdict | None
    """What the card itself brings about; None leaves it to the member's account."""
    details: dict[str, str] | None = None
    offer_save: bool = False


Page = Callable[[web.Request, Checkout], Awaitable[web.StreamResponse]]


def _go(location: str) -> web.Response:
    return web.Response(status=302, headers={"Location": location, "Cache-Control": "no-store"})


async def _fields(request: web.Request) -> dict[str, str]:
    return {name: value for name, value in (await request.post()).items() if isinstance(value, str)}


class Portal:
    """The card portal as an application.

    Args:
        settings: how it behaves.
        openings: the clock.
        members: how the card of an account behaves.
        till: where payments are settled, once each.
        site_url: returns the address of the booking site.
    """

    def __init__(
        self, settings: Settings, openings: Openings, members: Members, till: Till, site_url: Callable[[], str]
    ) -> None:
        self._settings = settings
        self._openings = openings
        self._members = members
        self._till = till
        self._site_url = site_url
        self._entered: dict[str, Entered] = {}
        self._pages = jinja2.Environment(
            loader=jinja2.FileSystemLoader(HERE / "templates"), autoescape=True, undefined=jinja2.StrictUndefined
        )
        self._pages.filters["pounds"] = pounds

    def app(self, faults: Faults) -> web.Application:
        """Return the application, under the weather that `faults` makes."""
        app = web.Application(middlewares=[faults.middleware("portal", email_of=self._email_of)])
        for name, page in {
            "card": self.card,
            "details": self.details,
            "confirmation": self.confirmation,
            "3ds": self.three_d_secure,
            "3ds/frame": self.three_d_secure_frame,
            "3ds/state": self.three_d_secure_state,
            "save-card": self.save_card,
            "result": self.result,
        }.items():
            app.router.add_route("*", f"/scp/{{reference}}/{name}", self._page(page))
        app.router.add_static("/static/", HERE / "static")
        return app

    @staticmethod
    def path(reference: str, page: str = "card") -> str:
        """Return the path of a page of one checkout."""
        return f"/scp/{reference}/{page}"

    def _email_of(self, request: web.Request) -> str | None:
        parts = request.path.split("/")
        checkout = self._till.checkout(parts[2]) if len(parts) > 2 else None
        return checkout.email if checkout else None

    def _page(self, page: Page) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def answer(request: web.Request) -> web.StreamResponse:
            if request.method not in {"GET", "HEAD", "POST"}:
                raise web.HTTPMethodNotAllowed(request.method, ["GET", "POST"])
            checkout = self._till.checkout(request.match_info["reference"])
            if checkout is None:
                raise web.HTTPNotFound(text="There is no payment of this reference.")
            return await page(request, checkout)

        return answer

    def _render(
        self,
        template: str,
        checkout: Checkout,
        **values: Any,  # noqa: ANN401 - whatever the template shows
    ) -> web.Response:
        values = {"errors": [], "checkout": checkout, "path": self.path, "site_url": self._site_url(), **values}
        text = self._pages.get_template(template).render(**values)
        return web.Response(text=text, content_type="text/html", headers={"Cache-Control": "no-store"})

    def _onward(self, checkout: Checkout, state: State | None = None) -> web.Response:
        """Send the browser to the page that a checkout is at."""
        entered = self._entered.get(checkout.reference)
        match state or checkout.state:
            case "pending":
                page = "3ds"
            case "open" if entered is None:
                page = "card"
            case "open":
                page = "confirmation" if entered and entered.details else "details"
            case "paid" if entered is not None and entered.offer_save:
                page = "save-card"
            case _:
                page = "result"
        return _go(self.path(checkout.reference, page))

    async def card(self, request: web.Request, checkout: Checkout) -> web.Response:
        """Number, expiry and code of the card."""
        if checkout.state != "open":
            return self._onward(checkout)
        errors: list[str] = []
        if request.method == "POST":
            fields = await _fields(request)
            errors = faults_of(fields, self._openings.now().date())
            if not errors:
                number = digits(fields["cardNumber"])
                self._entered[checkout.reference] = Entered(number[-4:], BEHAVIOUR.get(number))
                return _go(self.path(checkout.reference, "details"))
        return self._render("card.html", checkout, errors=errors)

    async def details(self, request: web.Request, checkout: Checkout) -> web.Response:
        """Name and address of the cardholder."""
        entered = self._entered.get(checkout.reference)
        if checkout.state != "open" or entered is None:
            return self._onward(checkout)
        values = dict.fromkeys(DETAILS, "")
        errors: list[str] = []
        if request.method == "POST":
            fields = await _fields(request)
            values = {name: fields.get(name, "").strip() for name in DETAILS}
            errors = [f"Please enter: {DETAILS[name]}." for name, value in values.items() if not value]
            if values["emailAddress"] and "@" not in values["emailAddress"]:
                errors.append("The email address is not valid.")
            if not errors:
                entered.details = values
                return _go(self.path(checkout.reference, "confirmation"))
        return self._render("details.html", checkout, errors=errors, labels=DETAILS, values=values)

    async def confirmation(self, request: web.Request, checkout: Checkout) -> web.StreamResponse:
        """The last look, and the button that pays. A press is recorded whatever comes of it."""
        entered = self._entered.get(checkout.reference)
        if request.method == "POST" and (entered is not None or checkout.state != "open"):
            return self._pay(request, checkout, entered)
        if checkout.state != "open" or entered is None or entered.details is None:
            return self._onward(checkout)
        return self._render("confirmation.html", checkout, entered=entered)

    def _pay(self, request: web.Request, checkout: Checkout, entered: Entered | None) -> web.StreamResponse:
        if checkout.state == "open" and (entered is None or entered.details is None):
            return self._onward(checkout)
        member = self._members.find(checkout.email)
        card = member.card if member else "decline"
        by_account: Verdict = "approve"
        match card:
            case "decline":
                by_account = "decline"
            case "3ds":
                by_account = "3ds"
        verdict = (entered.bank if entered else None) or by_account
        first = checkout.state == "open"
        state = self._till.submit(checkout.reference, entered.last4 if entered else "", verdict)
        if entered is not None and first:
            entered.offer_save = self._settings.save_card
        if first and card == "approve_lost":
            return no_answer(request)
        return self._onward(checkout, state)

    async def three_d_secure(self, request: web.Request, checkout: Checkout) -> web.Response:
        """The bank asks the person: its page stands in a frame, and answers here."""
        if checkout.state != "pending":
            return self._onward(checkout)
        if request.method == "POST":
            confirmed = (await _fields(request)).get("answer") == "Confirm"
            return self._onward(checkout, self._till.answer_3ds(checkout.reference, confirmed=confirmed))
        return self._render("three_d_secure.html", checkout)

    async def three_d_secure_frame(self, _: web.Request, checkout: Checkout) -> web.Response:
        """The bank's own page."""
        return self._render("three_d_secure_frame.html", checkout)

    async def three_d_secure_state(self, _: web.Request, checkout: Checkout) -> web.Response:
        """Whether the person has answered, also elsewhere: the page asks while it waits."""
        return web.json_response({"waiting": checkout.state == "pending"})

    async def save_card(self, request: web.Request, checkout: Checkout) -> web.Response:
        """The offer to keep the card."""
        entered = self._entered.get(checkout.reference)
        if checkout.state != "paid" or entered is None or not entered.offer_save:
            return self._onward(checkout)
        if request.method == "POST":
            if "save" in await _fields(request):
                self._till.save_card(checkout.reference)
            entered.offer_save = False
            return _go(self.path(checkout.reference, "result"))
        return self._render("save_card.html", checkout)

    async def result(self, _: web.Request, checkout: Checkout) -> web.Response:
        """What came of it."""
        if checkout.state not in RESULTS:
            return self._onward(checkout)
        title, message = RESULTS[checkout.state]
        number = payment_number(checkout.payment_id) if checkout.payment_id else None
        return self._render("result.html", checkout, title=title, message=message, number=number)
