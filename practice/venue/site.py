"""The booking site: its addresses, pages and postbacks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from urllib.parse import quote

from aiohttp import web
from aiohttp.typedefs import Handler

from practice.clock import LONDON, Openings
from practice.faults import Faults
from practice.foreign import ForeignHosts
from practice.settings import VenueSettings
from practice.venue.checkout import VenueCheckout
from practice.venue.checkout_pages import CheckoutPages
from practice.venue.courts import BY_EVENT, BY_PAGE, COURTS, DAYS_SHOWN, Court, VenueSlot, hours
from practice.venue.holds import HoldResult, Holds
from practice.venue.members import Members
from practice.venue.my_bookings import BookingPages
from practice.venue.rendering import EDGE, EDGE_SCRIPT, HERE, VISIT, Page, Renderer, SiteVisit, go
from practice.venue.sessions import COOKIE, Session, Sessions
from practice.venue.webforms import Postback, PostbackError, Signer, read_postback

WRONG_LOGIN = "The email address or password is incorrect."
NOT_YET = "Sorry, this session is not available to book at the moment."
GONE = "Sorry, this session has just been booked by somebody else."
WRONG_CODE = "The verification code is incorrect."


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
        foreign: what its pages load from other hosts.
    """

    settings: VenueSettings
    openings: Openings
    members: Members
    holds: Holds
    checkout: VenueCheckout
    sessions: Sessions
    portal_address: Callable[[str], str]
    foreign: ForeignHosts

    def __post_init__(self) -> None:
        self._renderer = Renderer(self.settings, self.openings, self.holds, self.foreign, Signer())
        self._checkout_pages = CheckoutPages(
            self._renderer, self.members, self.holds, self.checkout, self.portal_address
        )
        self._booking_pages = BookingPages(self._renderer, self.openings, self.checkout)

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
        checkout, bookings = self._checkout_pages, self._booking_pages
        for path, page in {
            "/basket/": checkout.basket,
            "/basket/terms/": checkout.terms,
            "/basket/details/": checkout.details,
            "/basket/confirmation/": checkout.confirmation,
            "/basket/return/": checkout.return_from_portal,
            "/dashboards/": self.dashboard,
            "/dashboards/my-bookings/": bookings.my_bookings,
            "/dashboards/my-bookings/details.aspx": bookings.details,
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
        if request.path.startswith(EDGE):
            return web.Response(text=EDGE_SCRIPT, content_type="text/javascript")  # The site never hears of it.
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
                    return go(request.path_qs)
            if members_only and session.email is None:
                return go(f"/security/login.aspx?fdReturnURL={quote(request.path_qs, safe='')}")
            if request.method == "POST":
                fields = {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
                try:
                    accepts = session.spend if self.settings.one_post_tokens else session.owns
                    visit.postback = read_postback(self._renderer.signer, request.path, accepts, fields)
                except PostbackError as error:
                    return self._renderer.message(
                        request, session, "Sorry, something went wrong", str(error), status=500
                    )
                if visit.postback.target == "ctl00$btnSearch":
                    return go("/")
                if visit.postback.target == "ctl00$btnLogout":
                    self.sessions.log_out(session)
                    return go("/")
            return await page(request, session)

        return answer

    # The pages.

    async def home(self, request: web.Request, session: Session) -> web.Response:
        """All courts."""
        return self._renderer.render(request, session, "home.html", title="Tennis courts", courts=COURTS)

    async def not_found(self, request: web.Request, session: Session) -> web.Response:
        """Every other address."""
        return self._renderer.message(
            request, session, "Page not found", "There is no page at this address.", status=404
        )

    async def keep_alive(self, request: web.Request) -> web.Response:
        """What the session dialog asks for when somebody wants to go on."""
        session = request[VISIT].session
        return web.Response(status=204 if session and session.email else 401)

    async def login(self, request: web.Request, session: Session) -> web.Response:
        """The login, in one step or in two."""
        back = local_path(request.query.get("fdReturnURL", "")) or "/dashboards/"
        if session.email is not None:
            return go(back)
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
                return go(back)
            else:
                session.half_in = member.email
        elif post is not None and post.target == "LoginPanel1$btnVerify" and session.half_in is not None:
            member = self.members.find(session.half_in)
            if member is not None and post.field(f"LoginPanel1${self._renderer.skin.code_field}").strip() == member.mfa:
                request[VISIT].session = self.sessions.log_in(session, member.email)
                return go(back)
            errors = (WRONG_CODE,)
        elif post is None:
            session.half_in = None
        half_in = session.half_in is not None
        return self._renderer.render(
            request, session, "login.html", title="Log in", errors=errors, half_in=half_in, email=email
        )

    async def court(self, request: web.Request, session: Session) -> web.Response:
        """The timetable of a court, one rolling week at a time."""
        court = BY_PAGE.get(int(request.match_info["page_id"]))
        if court is None:
            return await self.not_found(request, session)
        if request.path != court.path:
            return go(court.path)
        return self._timetable(request, session, court)

    def _timetable(
        self, request: web.Request, session: Session, court: Court, errors: tuple[str, ...] = ()
    ) -> web.Response:
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
        return self._renderer.render(
            request,
            session,
            "court.html",
            title=court.name,
            path=court.path if errors else None,
            errors=errors,
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
            return go("/")
        if slot is None or not self._can_be_had(slot):
            return self._refuse(request, session, court, NOT_YET)
        if session.email is None:
            if self.holds.is_free(slot):
                return go(f"/security/login.aspx?fdReturnURL={quote(request.path_qs, safe='')}")
            return self._refuse(request, session, court, GONE)
        self.holds.let_worst_rival_in(slot)
        held = self.holds.reach(
            slot,
            session.email,
            arrived=request[VISIT].arrived,
            minutes=self.settings.hold_minutes,
            price_pence=self.settings.price_pence,
        )
        return self._refuse(request, session, court, GONE) if held is HoldResult.TAKEN else go("/basket/")

    def _refuse(self, request: web.Request, session: Session, court: Court, why: str) -> web.Response:
        """Lead back to the court's page, or show it right here with the reason."""
        if self._renderer.skin.refuses_in_place:
            return self._timetable(request, session, court, (why,))
        return go(court.path)

    def _can_be_had(self, slot: VenueSlot) -> bool:
        """Tell whether a slot exists, is to come, and its day is open now; who has it is another question."""
        now = self.openings.now()
        to_come = (slot.day, slot.hour) > (now.date(), now.hour)
        return slot.exists and not slot.coaching and to_come and self.openings.is_open(slot.day, self.openings.now_ms())

    async def dashboard(self, request: web.Request, session: Session) -> web.Response:
        """Where the login leads."""
        member = self.members.find(session.email or "")
        return self._renderer.render(request, session, "dashboard.html", title="Dashboard", member=member)
