"""The card portal: card, billing details, confirmation, 3-D Secure, and the way back to the site."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import jinja2
from aiohttp import web

from practice.clock import Openings
from practice.conduct import Conduct, Verdict
from practice.faults import Faults, no_answer
from practice.portal import billing
from practice.portal.cards import BEHAVIOUR, digits, faults_of
from practice.portal.payments import Charge, Checkout, Payments, payment_number, pounds
from practice.settings import VenueSettings
from practice.venue.members import Members

HERE = Path(__file__).parent
DECLINED = "Card declined"


@dataclass
class Entered:
    """What the portal remembers of a card between its pages: never its number, never its code."""

    last4: str
    bank: Verdict | None
    """What the card itself brings about; None leaves it to the member's account."""
    details: dict[str, str] | None = None
    save: bool | None = None
    """Whether the card is to be saved; None until that was asked."""


@dataclass
class PortalVisit:
    """A request that belongs to a checkout."""

    request: web.Request
    checkout: Checkout
    conduct: Conduct
    fields: dict[str, str]
    """What was posted; empty for a page that was only asked for."""
    entered: Entered | None

    @property
    def reference(self) -> str:
        """The checkout's."""
        return self.checkout.reference

    @property
    def amount_pence(self) -> int:
        """What the card page names, and what is charged before any surcharge."""
        other = self.conduct.card_amount_pence
        return self.checkout.amount_pence if other is None else other

    @property
    def total_pence(self) -> int:
        """What is charged."""
        return self.amount_pence + self.conduct.surcharge_pence


Page = Callable[[PortalVisit], Awaitable[web.StreamResponse]]


def _go(location: str) -> web.Response:
    return web.Response(status=302, headers={"Location": location, "Cache-Control": "no-store"})


def _path(reference: str, page: str) -> str:
    return f"/scp/{reference}/{page}"


class Portal:
    """The card portal as an application.

    Args:
        settings: how it behaves.
        openings: the clock.
        members: how the card of an account behaves.
        payments: where money is taken, once for each checkout.
        site_url: returns the address of the booking site.
        url_under: returns the address of the portal under a name of the loopback.
    """

    def __init__(
        self,
        settings: VenueSettings,
        openings: Openings,
        members: Members,
        payments: Payments,
        site_url: Callable[[], str],
        url_under: Callable[[str], str],
    ) -> None:
        self._settings = settings
        self._openings = openings
        self._members = members
        self._payments = payments
        self._site_url = site_url
        self._url_under = url_under
        self._entered: dict[str, Entered] = {}
        self._declined: set[str] = set()
        """Checkouts whose card page has to say so."""
        self._pages = jinja2.Environment(
            loader=jinja2.FileSystemLoader(HERE / "templates"), autoescape=True, undefined=jinja2.StrictUndefined
        )
        self._pages.filters["pounds"] = pounds

    def app(self, faults: Faults) -> web.Application:
        """Return the application, under the weather that `faults` makes."""
        app = web.Application(middlewares=[faults.middleware("portal", email_of=self._email_of)])
        for path, page in {
            "/scp/scpcli": self.start,
            "/scp/{reference}/card": self.card,
            "/scp/{reference}/details": self.details,
            "/scp/{reference}/save-card": self.save_card,
            "/scp/{reference}/confirmation": self.confirmation,
            "/scp/{reference}/3ds": self.three_d_secure,
            "/scp/{reference}/3ds/frame": self.three_d_secure_frame,
            "/scp/{reference}/3ds/state": self.three_d_secure_state,
            "/bank/{reference}": self.bank,
            "/bank/{reference}/state": self.three_d_secure_state,
            "/scp/{reference}/declined": self.declined,
            "/scp/{reference}/error": self.error,
            "/scp/{reference}/result": self.result,
            "/scp/{reference}/cancel": self.cancel,
        }.items():
            app.router.add_route("*", path, self._page(page))
        app.router.add_static("/static/", HERE / "static")
        return app

    @staticmethod
    def first_hop(reference: str) -> str:
        """Return the path under which the site hands a checkout over."""
        return f"/scp/scpcli?ssk={reference}"

    # What every request goes through.

    @staticmethod
    def _reference_of(request: web.Request) -> str:
        named: str | None = request.match_info.get("reference")
        return request.query.get("ssk", "") if named is None else named

    def _email_of(self, request: web.Request) -> str | None:
        checkout = self._payments.checkout(self._reference_of(request))
        return checkout.email if checkout else None

    def _page(self, page: Page) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def answer(request: web.Request) -> web.StreamResponse:
            if request.method not in {"GET", "HEAD", "POST"}:
                raise web.HTTPMethodNotAllowed(request.method, ["GET", "POST"])
            posted = await request.post()
            checkout = self._payments.checkout(self._reference_of(request))
            if checkout is None:
                raise web.HTTPNotFound(text="There is no payment of this reference.")
            fields = {name: value for name, value in posted.items() if isinstance(value, str)}
            entered = self._entered.get(checkout.reference)
            visit = PortalVisit(request, checkout, self._members.conduct(checkout.email), fields, entered)
            return await (self.cancel if "_eventId_back" in fields else page)(visit)

        return answer

    def _render(
        self,
        template: str,
        visit: PortalVisit,
        **values: Any,  # noqa: ANN401 - whatever the template shows
    ) -> web.Response:
        text = self._pages.get_template(template).render(
            visit=visit,
            conduct=visit.conduct,
            checkout=visit.checkout,
            here=_path(visit.reference, "").rstrip("/"),
            return_url=self._return_url(visit.checkout),
            **{"errors": {}, **values},
        )
        if visit.conduct.other_portal:
            text = text.replace("scp_", "own_")
        return web.Response(text=text, content_type="text/html", headers={"Cache-Control": "no-store"})

    def _return_url(self, checkout: Checkout) -> str:
        return f"{self._site_url()}/basket/return/?ref={quote(checkout.reference)}"

    def _bank_url(self, checkout: Checkout) -> str:
        """Return the address of the bank's own page: under another name than the portal's."""
        other = "127.0.0.1" if self._settings.portal_host == "localhost" else "localhost"
        return f"{self._url_under(other)}/bank/{checkout.reference}"

    def _onward(self, checkout: Checkout) -> web.Response:
        """Send the browser to where a checkout is at."""
        match checkout.state:
            case "open" | "paid":
                page = self._page_of(checkout)
            case "pending":
                page = "bank" if checkout.verdict == "bank_page" else "3ds"
            case "declined":
                page = "declined"
            case "failed":
                page = "error"
            case "cancelled":
                page = "cancel"
        match page:
            case "return":
                return _go(self._return_url(checkout))
            case "bank":
                return _go(self._bank_url(checkout))
            case _:
                return _go(f"{self._url_under(self._settings.portal_host)}{_path(checkout.reference, page)}")

    def _page_of(self, checkout: Checkout) -> str:
        """Return the page that a checkout is at before the press of the button, or after the money."""
        conduct = self._members.conduct(checkout.email)
        entered = self._entered.get(checkout.reference)
        unasked = entered is not None and entered.save is None
        if checkout.state == "open":
            if entered is None:
                return "card"
            if entered.details is None and conduct.billing != "none":
                return "details"
            return "save-card" if unasked and self._offers_save(conduct) == "before" else "confirmation"
        if checkout.verdict == "error_taken":
            return "error"
        if unasked and self._offers_save(conduct) == "after":
            return "save-card"
        return "result" if conduct.last_page else "return"

    def _offers_save(self, conduct: Conduct) -> str:
        return "after" if self._settings.save_card else conduct.offer_save

    # The pages.

    async def start(self, visit: PortalVisit) -> web.Response:
        """Where the site sends the browser."""
        return self._onward(visit.checkout)

    async def card(self, visit: PortalVisit) -> web.StreamResponse:
        """Number, expiry and code of the card."""
        if visit.checkout.state != "open":
            return await self._after_form(visit)
        today = self._openings.now().date()
        errors: dict[str, str] = {}
        if visit.request.method == "POST":
            self._declined.discard(visit.reference)
            errors = faults_of(visit.fields, today)
            if not errors:
                number = digits(visit.fields["cardNumber"])
                entered = self._entered[visit.reference] = Entered(number[-4:], BEHAVIOUR.get(number))
                return await self._after_form(replace(visit, entered=entered))
        elif visit.reference in self._declined:
            errors = {"container": DECLINED}
        years = [f"{(today.year + each) % 100:02d}" for each in range(10)]
        months = [f"{each:02d}" for each in range(1, 13)]
        return self._render("card.html", visit, errors=errors, months=months, years=years)

    async def details(self, visit: PortalVisit) -> web.StreamResponse:
        """Name and address of the cardholder."""
        entered = visit.entered
        if visit.checkout.state != "open":
            return await self._after_form(visit)
        if entered is None or visit.conduct.billing == "none":
            return self._onward(visit.checkout)
        filled = billing.STRANGER if visit.conduct.prefilled else {}
        values = {name: filled.get(name, "") for name in billing.LABELS}
        errors: dict[str, str] = {}
        if visit.request.method == "POST":
            values = {name: visit.fields.get(name, "").strip() for name in billing.LABELS}
            errors = billing.faults_of(values)
            if not errors:
                entered.details = values
                return await self._after_form(visit)
        page = billing.PAGES[visit.conduct.billing]
        return self._render("details.html", visit, errors=errors, page=page, labels=billing.LABELS, values=values)

    async def _after_form(self, visit: PortalVisit) -> web.StreamResponse:
        """Go on from a form that was filled in; where no page with a last button follows, sending it is what pays."""
        sent = visit.request.method == "POST" and visit.conduct.other_portal
        if sent and (visit.checkout.state != "open" or self._page_of(visit.checkout) == "confirmation"):
            return await self._pay(visit)
        return self._onward(visit.checkout)

    async def confirmation(self, visit: PortalVisit) -> web.StreamResponse:
        """The last look, and the button that pays. A press is recorded whatever comes of it."""
        open_ = visit.checkout.state == "open"
        ready = open_ and self._page_of(visit.checkout) == "confirmation"
        pressed = visit.request.method == "POST"
        if pressed and (ready or not open_):
            return await self._pay(visit)
        if not ready:
            return self._onward(visit.checkout)
        return self._render("confirmation.html", visit)

    async def _pay(self, visit: PortalVisit) -> web.StreamResponse:
        entered = visit.entered
        verdict = (entered.bank if entered else None) or visit.conduct.card
        charge = None
        if entered is not None:
            charge = Charge(
                amount_pence=visit.total_pence,
                surcharge_pence=visit.conduct.surcharge_pence,
                last4=entered.last4,
                billing_name=entered.details["cardholderName"] if entered.details else None,
                card_saved=bool(entered.save),
            )
        first = visit.checkout.state == "open"
        checkout = self._payments.submit(visit.reference, charge, verdict)
        if checkout.verdict == "approve_lost":  # Each time: a browser sends again what a used connection lost.
            return no_answer(visit.request)
        if first and verdict == "slow":
            await asyncio.sleep(visit.conduct.late_seconds)
        if checkout.state == "open":
            self._ask_for_another_card(visit.reference)
        return self._onward(checkout)

    def _ask_for_another_card(self, reference: str) -> None:
        self._entered.pop(reference, None)
        self._declined.add(reference)

    async def three_d_secure(self, visit: PortalVisit) -> web.Response:
        """The bank asks the person: its page stands in a frame, and answers here."""
        if visit.checkout.state != "pending":
            return self._onward(visit.checkout)
        if visit.request.method == "POST":
            return self._answer(visit)
        if visit.checkout.verdict == "bank_page":
            return self._onward(visit.checkout)
        self._payments.watch(visit.reference)
        return self._render("three_d_secure.html", visit)

    async def three_d_secure_frame(self, visit: PortalVisit) -> web.Response:
        """The bank's own page, in the frame."""
        return self._render("bank.html", visit, answer_to=_path(visit.reference, "3ds"), framed=True)

    async def bank(self, visit: PortalVisit) -> web.Response:
        """The bank's own page, in place of the portal's and under another name."""
        if visit.checkout.state != "pending":
            return self._onward(visit.checkout)
        if visit.request.method == "POST":
            return self._answer(visit)
        return self._render("bank.html", visit, answer_to=f"/bank/{visit.reference}", framed=False)

    def _answer(self, visit: PortalVisit) -> web.Response:
        confirmed = visit.fields.get("answer") == "Confirm"
        checkout = self._payments.answer_3ds(visit.reference, confirmed=confirmed)
        if checkout.state == "open":
            self._ask_for_another_card(visit.reference)
        return self._onward(checkout)

    async def three_d_secure_state(self, visit: PortalVisit) -> web.Response:
        """Whether the person has answered, also elsewhere: the page asks while it waits."""
        self._payments.watch(visit.reference)
        return web.json_response({"waiting": visit.checkout.state == "pending"})

    async def save_card(self, visit: PortalVisit) -> web.Response:
        """The offer to keep the card."""
        entered = visit.entered
        if entered is None or visit.checkout.state not in {"open", "paid"}:
            return self._onward(visit.checkout)
        if self._page_of(visit.checkout) != "save-card":
            return self._onward(visit.checkout)
        if visit.request.method == "POST":
            entered.save = "_eventId_save" in visit.fields
            if entered.save and visit.checkout.state == "paid":
                self._payments.save_card(visit.reference)
            return self._onward(visit.checkout)
        return self._render("save_card.html", visit)

    async def declined(self, visit: PortalVisit) -> web.Response:
        """The card was declined, and that is the end of it."""
        if visit.checkout.state != "declined":
            return self._onward(visit.checkout)
        return self._render("declined.html", visit)

    async def error(self, visit: PortalVisit) -> web.Response:
        """Something went wrong, and nobody says whether before or after the money."""
        checkout = visit.checkout
        if checkout.state != "failed" and (checkout.state, checkout.verdict) != ("paid", "error_taken"):
            return self._onward(checkout)
        return self._render("error.html", visit)

    async def result(self, visit: PortalVisit) -> web.Response:
        """The last page: the money is taken, and a link leads back to the site."""
        if visit.checkout.state != "paid" or self._page_of(visit.checkout) != "result":
            return self._onward(visit.checkout)
        return self._render("result.html", visit, number=payment_number(visit.checkout.payment_id or 0))

    async def cancel(self, visit: PortalVisit) -> web.Response:
        """The payment is left: back to the site, but not to the basket and not to the return."""
        self._payments.cancel(visit.reference)
        return _go(f"{self._site_url()}/dashboards/")
