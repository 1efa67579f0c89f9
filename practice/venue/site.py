"""The booking site: its addresses, pages and postbacks."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import jinja2
from aiohttp import web
from aiohttp.typedefs import Handler

from practice.clock import LONDON, Openings
from practice.faults import Faults
from practice.portal.payments import day_and_time, payment_number, pounds
from practice.settings import VenueSettings
from practice.venue.checkout import VenueCheckout
from practice.venue.courts import BY_EVENT, BY_PAGE, COURTS, DAYS_SHOWN, Court, VenueSlot, hours
from practice.venue.holds import HoldResult, Holds
from practice.venue.members import Members
from practice.venue.sessions import COOKIE, Session, Sessions
from practice.venue.webforms import Form, Postback, PostbackError, Signer, read_postback

HERE = Path(__file__).parent
BOOKINGS_A_PAGE = 10
WRONG_LOGIN = "The email address or password is incorrect."
WRONG_CODE = "The verification code is incorrect."
RELEASED = "Some slots in your basket were not paid for in time and have been released."


@dataclass
class SiteVisit:
    """What is known of a request besides what it says."""

    arrived: float
    """Milliseconds since the epoch."""
    session: Session | None = None
    postback: Postback | None = None


VISIT = web.RequestKey("visit", SiteVisit)

Page = Callable[[web.Request, Session], Awaitable[web.Response]]


def heading(day: date) -> str:
    """Return a day as the timetable writes it, e.g. ``Sun 4/10``."""
    return f"{day:%a} {day.day}/{day.month}"


def _made_on(at_ms: float) -> str:
    made = datetime.fromtimestamp(at_ms / 1000, LONDON)
    return f"{made.day}/{made.month}/{made.year}"


def _go(location: str) -> web.Response:
    return web.Response(status=302, headers={"Location": location, "Cache-Control": "no-store"})


def local_path(text: str) -> str | None:
    """Return a return address if it leads to a page of this site, else None."""
    ours = text.startswith("/") and not text.startswith(("//", "/\\")) and text.isprintable()
    return text if ours else None


def read_slot(query: dict[str, str]) -> tuple[Court | None, VenueSlot | None]:
    """Return the court and the slot that an address asks for, as far as they can be read."""
    event = query.get("fdCourseEventId", "")
    court = BY_EVENT.get(int(event)) if event.isascii() and event.isdigit() else None
    if court is None:
        return None, None
    try:
        day = datetime.strptime(query.get("fdDate", ""), "%d/%m/%Y").replace(tzinfo=LONDON).date()
        hour = int(query.get("fdTime", ""))
    except ValueError:
        return court, None
    return court, VenueSlot(court, day, hour)


@dataclass
class Site:
    """The booking site as an application.

    Attributes:
        settings: how it behaves.
        portal_address: returns where the portal takes the money for a reference.
    """

    settings: VenueSettings
    openings: Openings
    members: Members
    holds: Holds
    checkout: VenueCheckout
    sessions: Sessions
    portal_address: Callable[[str], str]

    def __post_init__(self) -> None:
        self._signer = Signer()
        self._pages = jinja2.Environment(
            loader=jinja2.FileSystemLoader(HERE / "templates"), autoescape=True, undefined=jinja2.StrictUndefined
        )
        self._pages.filters |= {
            "pounds": pounds,
            "heading": heading,
            "day_and_time": day_and_time,
            "made_on": _made_on,
        }

    def app(self, faults: Faults) -> web.Application:
        """Return the application, under the weather that `faults` makes."""
        weather = faults.middleware("site", email_of=self._email_of, expire=self._expire, delay=self._delay)
        app = web.Application(middlewares=[self._arrival, weather, self._with_session])
        app.router.add_get("/", self._page(self.home))
        app.router.add_get("/courses/book.aspx", self.book)
        for path, page in {
            "/security/login.aspx": self.login,
            r"/courses/detail/{page_id:\d+}/{slug}/": self.court,
        }.items():
            app.router.add_get(path, self._page(page))
            app.router.add_post(path, self._page(page))
        app.router.add_post("/", self._page(self.home))
        for path, page in {
            "/basket/": self.basket,
            "/basket/confirmation/": self.confirmation,
            "/basket/return/": self.return_from_portal,
            "/dashboards/": self.dashboard,
            "/dashboards/my-bookings/": self.my_bookings,
        }.items():
            app.router.add_get(path, self._page(page, members_only=True))
            app.router.add_post(path, self._page(page, members_only=True))
        app.router.add_get("/security/keepalive.aspx", self.keep_alive)
        app.router.add_static("/static/", HERE / "static")
        app.router.add_get("/{rest:.*}", self._page(self.not_found))
        return app

    # What every request goes through.

    def _email_of(self, request: web.Request) -> str | None:
        session = self.sessions.peek(request.cookies.get(COOKIE))
        return session.email if session else None

    def _expire(self, request: web.Request) -> None:
        session = self.sessions.peek(request.cookies.get(COOKIE))
        if session is not None:
            self.sessions.log_out(session)

    def _delay(self) -> float:
        age = self.openings.age()
        slow = age is not None and 0 <= age < self.settings.slow_for_seconds
        return self.settings.latency_ms / 1000 + (self.settings.slow_seconds if slow else 0.0)

    @web.middleware
    async def _arrival(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        request[VISIT] = SiteVisit(self.openings.now_ms())  # before any weather
        answer = await handler(request)
        if not answer.prepared:
            answer.headers["Date"] = format_datetime(self.openings.now().astimezone(UTC), usegmt=True)
        return answer

    @web.middleware
    async def _with_session(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        visit = request[VISIT]
        visit.session = self.sessions.use(request.cookies.get(COOKIE))
        answer = await handler(request)
        session = visit.session
        if session is not None and session.id != request.cookies.get(COOKIE):
            answer.set_cookie(COOKIE, session.id, httponly=True, samesite="Lax", path="/")
        return answer

    def _page(self, page: Page, *, members_only: bool = False) -> Callable[[web.Request], Awaitable[web.Response]]:
        """Return the handler of a page: with a session, read postbacks, and a login first where one is needed."""

        async def answer(request: web.Request) -> web.Response:
            visit = request[VISIT]
            session = visit.session
            if session is None:
                session = visit.session = self.sessions.start()
                if request.method == "POST":
                    return _go(request.path_qs)
            if members_only and session.email is None:
                return _go(f"/security/login.aspx?fdReturnURL={quote(request.path_qs, safe='')}")
            if request.method == "POST":
                fields = {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
                try:
                    visit.postback = read_postback(self._signer, request.path, session.token, fields)
                except PostbackError as error:
                    return self._message(request, session, "Sorry, something went wrong", str(error), status=500)
                if visit.postback.target == "ctl00$btnLogout":
                    self.sessions.log_out(session)
                    return _go("/")
            return await page(request, session)

        return answer

    def _render(
        self,
        request: web.Request,
        session: Session,
        template: str,
        *,
        title: str,
        status: int = 200,
        errors: tuple[str, ...] = (),
        **values: Any,  # noqa: ANN401 - whatever the template shows
    ) -> web.Response:
        form = Form(self._signer, request.path, session.token)
        bar = self.settings.cookie_bar
        seconds_left = self.settings.session_minutes * 60 - self.settings.session_dialog_seconds
        text = self._pages.get_template(template).render(
            title=title,
            errors=errors,
            form=form,
            action=request.path_qs,
            generator=hashlib.sha256(template.encode()).hexdigest()[:8].upper(),
            session=session,
            settings=self.settings,
            cookie_policy=bar in {"policy", "both"} and "CookiePolicy" not in request.cookies,
            cookie_banner=bar in {"banner", "both"} and "rtPrivacyBanner" not in request.cookies,
            countdown=int(max(10, min(300, seconds_left))),
            logout_link=form.link("ctl00$btnLogout"),
            **values,
        )
        headers = {"Cache-Control": "no-store"}
        return web.Response(status=status, text=text, content_type="text/html", headers=headers)

    def _message(self, request: web.Request, session: Session, title: str, text: str, *, status: int) -> web.Response:
        return self._render(request, session, "message.html", title=title, message=text, status=status)

    # The pages.

    async def home(self, request: web.Request, session: Session) -> web.Response:
        """All courts."""
        return self._render(request, session, "home.html", title="Tennis courts", courts=COURTS)

    async def not_found(self, request: web.Request, session: Session) -> web.Response:
        """Every other address."""
        return self._message(request, session, "Page not found", "There is no page at this address.", status=404)

    async def keep_alive(self, request: web.Request) -> web.Response:
        """What the session dialog asks for when somebody wants to go on."""
        session = request[VISIT].session
        return web.Response(status=204 if session and session.email else 401)

    async def login(self, request: web.Request, session: Session) -> web.Response:
        """The login, in one step or in two."""
        back = local_path(request.query.get("fdReturnURL", "")) or "/dashboards/"
        if session.email is not None:
            return _go(back)
        post = request[VISIT].postback
        errors: tuple[str, ...] = ()
        email = ""
        if post is not None and post.target == "LoginPanel1$btnLogin":
            email = post.field("LoginPanel1$fdEmail")
            member = self.members.check(email, post.field("LoginPanel1$fdPassword"), self.openings.now_ms())
            if member is None:
                errors = (WRONG_LOGIN,)
            elif member.mfa is None:
                request[VISIT].session = self.sessions.log_in(session, member.email)
                return _go(back)
            else:
                session.half_in = member.email
        elif post is not None and post.target == "LoginPanel1$btnVerify" and session.half_in is not None:
            member = self.members.find(session.half_in)
            if member is not None and post.field("LoginPanel1$fdVerificationCode").strip() == member.mfa:
                request[VISIT].session = self.sessions.log_in(session, member.email)
                return _go(back)
            errors = (WRONG_CODE,)
        elif post is None:
            session.half_in = None
        half_in = session.half_in is not None
        return self._render(request, session, "login.html", title="Log in", errors=errors, half_in=half_in, email=email)

    async def court(self, request: web.Request, session: Session) -> web.Response:
        """The timetable of a court, one rolling week at a time."""
        court = BY_PAGE.get(int(request.match_info["page_id"]))
        if court is None:
            return await self.not_found(request, session)
        if request.path != court.path:
            return _go(court.path)
        today = self.openings.now().date()
        last = today + timedelta(days=DAYS_SHOWN - 7)
        start = min(max(self._week_wanted(request[VISIT].postback, today), today), last)
        days = [start + timedelta(days=each) for each in range(7)]
        taken = self.holds.taken(court.event_id, days[0], days[-1])
        now = self.openings.now()
        shown = []
        for day in days:
            free = []
            for hour in hours(day):
                slot = VenueSlot(court, day, hour)
                gone = (day, hour) in taken or slot.coaching or (day == today and hour <= now.hour)
                free.append((hour, not gone))
            shown.append({"date": day, "hours": free})
        return self._render(
            request,
            session,
            "court.html",
            title=court.name,
            court=court,
            start=days[0],
            end=days[-1],
            days=shown,
            hours=sorted({hour for day in days for hour in hours(day)}),
            previous=start > today,
            next=start < last,
        )

    @staticmethod
    def _week_wanted(post: Postback | None, today: date) -> date:
        if post is None:
            return today
        try:
            shown = datetime.strptime(post.field("fdWeekStart"), "%d/%m/%Y").replace(tzinfo=LONDON).date()
        except ValueError:
            return today
        return shown + timedelta(days={"btnNextWeek": 7, "btnPrevWeek": -7}.get(post.target, 0))

    async def book(self, request: web.Request) -> web.Response:
        """Take a slot: into the basket, to the login, or back to the court's page."""
        session = request[VISIT].session
        court, slot = read_slot(dict(request.query))
        if session is None or court is None:
            return _go("/")
        if slot is None or not self._can_be_had(slot):
            return _go(court.path)
        if session.email is None:
            free = self.holds.is_free(slot)
            return _go(f"/security/login.aspx?fdReturnURL={quote(request.path_qs, safe='')}" if free else court.path)
        self.holds.let_worst_rival_in(slot)
        held = self.holds.reach(
            slot,
            session.email,
            arrived=request[VISIT].arrived,
            minutes=self.settings.hold_minutes,
            price_pence=self.settings.price_pence,
        )
        return _go(court.path if held is HoldResult.TAKEN else "/basket/")

    def _can_be_had(self, slot: VenueSlot) -> bool:
        """Tell whether a slot exists, is to come, and its day is open now; who has it is another question."""
        now = self.openings.now()
        to_come = (slot.day, slot.hour) > (now.date(), now.hour)
        return slot.exists and not slot.coaching and to_come and self.openings.is_open(slot.day, self.openings.now_ms())

    async def basket(self, request: web.Request, session: Session) -> web.Response:
        """What is held, and the way to pay for it."""
        post = request[VISIT].postback
        email = session.email or ""
        errors: tuple[str, ...] = ()
        if post is not None and post.target.endswith("$btnRemove") and post.argument.isdigit():
            self.holds.release(int(post.argument), email)
        basket = self.holds.basket(email)
        if post is not None and post.target == "btnContinue":
            shown = post.field("fdBasket")
            if shown == ",".join(str(hold.id) for hold in basket):
                payment = self.checkout.pay_by_credit(email, basket)
                if payment is not None:
                    session.paid = payment
                    return _go("/basket/confirmation/")
                return _go(self.portal_address(self.checkout.open_checkout(email, basket)))
            errors = (RELEASED,)
        member = self.members.find(email)
        return self._render(
            request,
            session,
            "basket.html",
            title="Basket",
            errors=errors,
            basket=basket,
            total=sum(hold.price_pence for hold in basket),
            credit=member.credit_pence if member else 0,
            expires=datetime.fromtimestamp(min((hold.expires for hold in basket), default=0) / 1000, LONDON),
        )

    async def confirmation(self, request: web.Request, session: Session) -> web.Response:
        """What a payment from credit ends with."""
        if session.paid is None:
            return _go("/basket/")
        return self._paid(request, session, session.paid, "your account credit")

    async def return_from_portal(self, request: web.Request, session: Session) -> web.Response:
        """Where the portal sends the browser: here the site learns of the money, and books."""
        learnt, payment = self.checkout.learn(request.query.get("ref", ""), session.email or "")
        if payment is None:
            return _go("/basket/")
        match learnt:
            case "processing":
                text = "We are processing your payment."
            case "too late":
                text = "Your slots were no longer held when it came. Please contact us."
            case _:
                return self._paid(request, session, payment, "your card")
        return self._message(request, session, "Payment received", text, status=200)

    def _paid(self, request: web.Request, session: Session, payment: int, source: str) -> web.Response:
        number = payment_number(payment)
        title = "Payment Successful"
        return self._render(request, session, "confirmation.html", title=title, number=number, source=source)

    async def dashboard(self, request: web.Request, session: Session) -> web.Response:
        """Where the login leads."""
        member = self.members.find(session.email or "")
        return self._render(request, session, "dashboard.html", title="Dashboard", member=member)

    async def my_bookings(self, request: web.Request, session: Session) -> web.Response:
        """What is booked, ten to a page."""
        post = request[VISIT].postback
        bookings = self.checkout.bookings(session.email or "")
        pages = max(1, -(-len(bookings) // BOOKINGS_A_PAGE))
        shown = post.field("fdPage") if post is not None else request.query.get("page", "1")
        page = int(shown) if shown.isascii() and shown.isdigit() else 1
        if post is not None:
            page += {"btnNext": 1, "btnPrevious": -1}.get(post.target, 0)
        page = min(max(page, 1), pages)
        return self._render(
            request,
            session,
            "my_bookings.html",
            title="My bookings",
            bookings=bookings[(page - 1) * BOOKINGS_A_PAGE : page * BOOKINGS_A_PAGE],
            page=page,
            more=page < pages,
        )
