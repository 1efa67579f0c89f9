"""How a page of the site is written: the form around it, the skin it is dressed in, and what all pages carry."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import jinja2
from aiohttp import web

from practice.clock import LONDON, Openings
from practice.foreign import ForeignHosts
from practice.portal.payments import day_and_time, pounds
from practice.settings import VenueSettings
from practice.venue.courts import COURTS, VenueSlot
from practice.venue.holds import Holds
from practice.venue.sessions import Session
from practice.venue.skins.skin import SKINS, Skin
from practice.venue.skins.wording import written_day, written_time
from practice.venue.webforms import Form, Postback, Signer

HERE = Path(__file__).parent
EDGE = "/cdn-cgi/challenge-platform/"
EDGE_SCRIPT = "window._edge = { t: Date.now() };\n"
"""What the edge has every page load in a hidden frame, and answers by itself: no challenge."""


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
    return written_day(day, "title")


def go(location: str) -> web.Response:
    """Return a redirect."""
    return web.Response(status=302, headers={"Location": location, "Cache-Control": "private"})


def _instant(at_ms: float, form: str) -> str:
    return datetime.fromtimestamp(at_ms / 1000, LONDON).strftime(form)


@dataclass
class Renderer:
    """Writes the site's pages.

    Attributes:
        settings: how the site behaves.
        openings: the venue's clock.
        holds: how much lies in a basket, for the menu.
        foreign: what the pages load from other hosts.
        signer: signs the state of every form.
    """

    settings: VenueSettings
    openings: Openings
    holds: Holds
    foreign: ForeignHosts
    signer: Signer

    def __post_init__(self) -> None:
        loader = jinja2.FileSystemLoader([HERE / "templates", HERE / "skins"])
        self._pages = jinja2.Environment(loader=loader, autoescape=True, undefined=jinja2.StrictUndefined)
        self._pages.filters |= {
            "pounds": pounds,
            "heading": heading,
            "day_and_time": day_and_time,
            "day": written_day,
            "time": written_time,
            "instant": _instant,
        }

    @property
    def skin(self) -> Skin:
        """The skin that pages are dressed in now."""
        return SKINS[self.settings.skin]

    def render(
        self,
        request: web.Request,
        session: Session,
        template: str,
        *,
        title: str,
        path: str | None = None,
        status: int = 200,
        errors: tuple[str, ...] = (),
        **values: Any,  # noqa: ANN401 - whatever the template shows
    ) -> web.Response:
        """Return a page.

        Args:
            request: what it answers.
            session: whose page it is.
            template: its file.
            title: of the window, and of the page where it has no heading of its own.
            path: where its form posts to, if not to the address that was asked for.
            status: of the answer.
            errors: what the page has to tell.
            values: what else the template shows.
        """
        token = session.token_for_one_post() if self.settings.one_post_tokens else session.token
        form = Form(self.signer, path or request.path, token)
        bar = self.settings.cookie_bar
        seconds_left = self.settings.session_minutes * 60 - self.settings.session_dialog_seconds
        skin = self.skin
        text = self._pages.get_template(template).render(
            title=title,
            errors=errors,
            form=form,
            action=path or request.path_qs,
            generator=hashlib.sha256(template.encode()).hexdigest()[:8].upper(),
            session=session,
            settings=self.settings,
            skin=skin,
            parts=self._pages.get_template(skin.template).module,
            foreign=self.foreign,
            edge=EDGE,
            base=f"{request.url.origin()}/courses/",
            held=len(self.holds.basket(session.email)) if session.email else 0,
            seen=self._recently_viewed(),
            cookie_policy=bar in {"policy", "both"} and "CookiePolicy" not in request.cookies,
            cookie_banner=bar in {"banner", "both"} and "rtPrivacyBanner" not in request.cookies,
            countdown=int(max(10, min(300, seconds_left))),
            logout_link=form.link("ctl00$btnLogout"),
            **values,
        )
        headers = {"Cache-Control": "private"}
        return web.Response(status=status, text=text, content_type="text/html", headers=headers)

    def message(self, request: web.Request, session: Session, title: str, text: str, *, status: int) -> web.Response:
        """Return a page that says one thing."""
        return self.render(request, session, "message.html", title=title, message=text, status=status)

    def _recently_viewed(self) -> list[VenueSlot]:
        """Return slots that have nothing to do with anybody: what some skins show beside the content."""
        today = self.openings.now().date()
        return [
            VenueSlot(COURTS[2], today + timedelta(days=3), 11),
            VenueSlot(COURTS[3], today + timedelta(days=9), 14),
        ]
