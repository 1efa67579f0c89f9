"""My Bookings: what an account has booked, and what else lies about on such a page, in rows and sections."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from datetime import time as time_of_day

from aiohttp import web

from practice.clock import DAYS_AHEAD, LONDON, Openings
from practice.sheet.seed import wished_hours
from practice.venue.checkout import VenueCheckout
from practice.venue.courts import BY_NUMBER, Court, VenueSlot
from practice.venue.members import FAMILY
from practice.venue.rendering import VISIT, Renderer, go
from practice.venue.sessions import Session
from practice.venue.webforms import Postback

ROWS_A_PAGE = 10
_PAST_WEEKS = 12


@dataclass(frozen=True)
class ListedBooking:
    """One row of My Bookings."""

    id: str
    """What its details are asked for by."""
    made_at: float
    """Milliseconds since the epoch."""
    facility: str
    slots: tuple[VenueSlot, ...] = ()
    """More than one where a checkout paid for several; none where it is no slot."""
    note: str = ""
    """What a row without slots says in place of a day."""
    status: str = ""


@dataclass(frozen=True)
class BookingSection:
    """Rows under one heading, with a pager of their own."""

    title: str
    suffix: str
    """Of the names of its controls."""
    rows: list[ListedBooking]
    page: int
    pages: int


@dataclass
class BookingPages:
    """My Bookings, and the details of a booking."""

    renderer: Renderer
    openings: Openings
    checkout: VenueCheckout

    async def my_bookings(self, request: web.Request, session: Session) -> web.Response:
        """What is booked, ten to a page."""
        sections = self._sections(session.email or "", request)
        return self.renderer.render(
            request,
            session,
            "my_bookings.html",
            title="My bookings",
            sections=sections,
            shown=_asked_for(sections, request[VISIT].postback),
        )

    async def details(self, request: web.Request, session: Session) -> web.Response:
        """The details of one booking, on a page of their own."""
        wanted = request.query.get("fdBookingId", "")
        row = next((row for row in self._rows(session.email or "") if row.id == wanted), None)
        if row is None:
            return go("/dashboards/my-bookings/")
        return self.renderer.render(request, session, "booking.html", title="Booking details", shown=row)

    def _sections(self, email: str, request: web.Request) -> list[BookingSection]:
        rows = self._rows(email)
        if not self.renderer.skin.sections:
            return [self._section("", "", rows, request)]
        past = [row for row in rows if row.id.startswith("past")]
        coming = [row for row in rows if row not in past]
        sections = [self._section("Upcoming bookings", "", coming, request)]
        return [*sections, self._section("Past bookings", "Past", past, request)] if past else sections

    @staticmethod
    def _section(title: str, suffix: str, rows: list[ListedBooking], request: web.Request) -> BookingSection:
        post = request[VISIT].postback
        pages = max(1, -(-len(rows) // ROWS_A_PAGE))
        shown = post.field(f"fdPage{suffix}") if post is not None else request.query.get("page", "1")
        page = int(shown) if shown.isascii() and shown.isdigit() else 1
        if post is not None:
            page += {f"btnNext{suffix}": 1, f"btnPrevious{suffix}": -1}.get(post.target, 0)
        page = min(max(page, 1), pages)
        return BookingSection(title, suffix, rows[(page - 1) * ROWS_A_PAGE : page * ROWS_A_PAGE], page, pages)

    def _rows(self, email: str) -> list[ListedBooking]:
        settings = self.renderer.settings
        together: dict[int, list[tuple[float, VenueSlot]]] = {}
        for number, booking in enumerate(self.checkout.bookings(email)):
            key = booking.payment_id if settings.multi_slot_rows else number
            together.setdefault(key, []).append((booking.made_at, booking.slot))
        booked = []
        for key, members in together.items():
            slots = tuple(slot for _, slot in members)
            names = {slot.court.name for slot in slots}
            facility = names.pop() if len(names) == 1 else "Multiple courts"
            booked.append(ListedBooking(f"b{key}", members[0][0], facility, slots))
        return [*(self._lying_about(email) if settings.untidy_bookings else ()), *booked]

    def _lying_about(self, email: str) -> Iterator[ListedBooking]:
        """Yield what is no booking that counts: past, for a course, a membership, or cancelled."""
        today = self.openings.now().date()
        court = _court_of(email)

        def made(days_ago: int) -> float:
            at = datetime.combine(today - timedelta(days=days_ago), time_of_day(0, 2), LONDON)
            return at.timestamp() * 1000

        starts, ends = today + timedelta(days=41), today + timedelta(days=120)
        yield ListedBooking("course", made(85), "Swimming course (12 sessions)", note=f"Starts {starts:%d/%m/%Y}")
        yield ListedBooking("membership", made(245), "Tennis membership, adult", note=f"Until {ends:%d/%m/%Y}")
        for week in range(1, _PAST_WEEKS + 1):
            slot = VenueSlot(court, today - timedelta(days=7 * week), 10 + week % 3)
            yield ListedBooking(f"past{week}", made(7 * week + DAYS_AHEAD - 1), court.name, (slot,))
        for ahead in (DAYS_AHEAD - 1, DAYS_AHEAD):
            day = today + timedelta(days=ahead)
            for slot in (VenueSlot(court, day, hour) for hour in sorted(wished_hours(day.weekday()))):
                if slot.exists:
                    key = f"cancelled{ahead}-{slot.hour}"
                    yield ListedBooking(key, made(3), court.name, (slot,), status="Cancelled")


def _asked_for(sections: Iterable[BookingSection], post: Postback | None) -> ListedBooking | None:
    """Return the row whose details a postback asks for: a link says which; a button is known by its row."""
    if post is None or not post.target.endswith("$btnDetails"):
        return None
    repeater, row, _ = post.target.split("$")
    for section in sections:
        for place, each in enumerate(section.rows):
            named = (repeater, row) == (f"repBookings{section.suffix}", f"ctl{place:02d}")
            if each.id == post.argument or (named and not post.argument):
                return each
    return None


def _court_of(email: str) -> Court:
    """Return the court that the seeded sheet gives an account, or the first."""
    members = list(FAMILY.values())
    return BY_NUMBER[members.index(email) % len(BY_NUMBER) + 1 if email in members else 1]
