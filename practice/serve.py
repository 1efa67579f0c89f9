"""The whole practice world in one process: site, portal, sheet and control, each on its own loopback address."""

from __future__ import annotations

import os
import secrets
import socket
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from aiohttp import web

from practice.clock import LONDON, Openings
from practice.control import Control
from practice.faults import Faults
from practice.foreign import foreign_app, foreign_hosts, foreign_sockets
from practice.portal.cards import GOOD
from practice.portal.payments import Payments
from practice.portal.portal import Portal
from practice.settings import VenueSettings
from practice.sheet.app import create_sheet_app
from practice.sheet.store import SheetStore
from practice.venue.checkout import VenueCheckout
from practice.venue.database import Database
from practice.venue.holds import Holds
from practice.venue.members import Members
from practice.venue.sessions import Sessions
from practice.venue.site import Site
from practice.venue.skins.skin import PLAIN

LOOPBACK = "127.0.0.1"
SHUTDOWN_SECONDS = 0.5


@dataclass(frozen=True)
class Ports:
    """Where to listen; 0 is any free port."""

    site: int = 0
    portal: int = 0
    sheet: int = 0
    control: int = 0


@dataclass(frozen=True)
class Welcome:
    """What a client needs to know: addresses, and the secrets made at this start."""

    site_url: str
    portal_url: str
    sheet_url: str
    sheet_id: str
    control_url: str
    control_token: str
    service_account: dict[str, Any]
    accounts: list[dict[str, str]]
    card: dict[str, str]
    pid: int

    def to_json(self) -> dict[str, Any]:
        """Return everything as plain values."""
        return asdict(self)


def invented_card(now: datetime) -> dict[str, str]:
    """Return a card that pays in practice: the well-known test number, and details of nobody."""
    return {
        "number": GOOD,
        "month": f"{secrets.randbelow(12) + 1:02d}",
        "year": f"{now.year % 100 + 3:02d}",
        "code": f"{secrets.randbelow(1000):03d}",
        "holder": "P Practice",
        "address": "1 Practice Lane",
        "city": "London",
        "postcode": "N1 0AA",
    }


class Practice:
    """The servers over one state folder.

    Args:
        state: the folder; made private and seeded when missing, kept when there.
        ports: where to listen.
        host_name: the name of the loopback that addresses are told with.
        now: the venue's clock, seconds since the epoch.
        skin: how the site's pages look at first.
    """

    def __init__(
        self,
        state: Path,
        ports: Ports | None = None,
        host_name: str = LOOPBACK,
        now: Callable[[], float] = time.time,
        skin: str = PLAIN.name,
    ) -> None:
        self._state = state
        self._ports = ports or Ports()
        self._host_name = host_name
        self._now = now
        self._skin = skin
        self._runners: list[web.AppRunner] = []
        self._close: list[Callable[[], None]] = []

    async def start(self) -> Welcome:
        """Start all servers; return what a client needs to know."""
        self._state.mkdir(mode=0o700, parents=True, exist_ok=True)
        database = Database(self._state / "venue.sqlite3")
        sheet = SheetStore(self._state / "sheet.sqlite3")
        self._close = [database.close, sheet.close]

        settings = VenueSettings(skin=self._skin)

        def venue_clock() -> float:
            return self._now() + settings.clock_ahead_seconds

        openings = Openings(venue_clock, lambda: settings.opening_delay_seconds)
        faults = Faults(openings.age)
        members = Members(database)
        holds = Holds(database, openings)
        payments = Payments(database, openings, members)
        checkout = VenueCheckout(database, openings, members, holds, payments)
        sessions = Sessions(self._now, lambda: settings.session_minutes)

        sockets = {name: socket.create_server((LOOPBACK, port)) for name, port in asdict(self._ports).items()}
        elsewhere = foreign_sockets()
        number = {name: each.getsockname()[1] for name, each in sockets.items()}
        url = {name: f"http://{self._host_name}:{port}" for name, port in number.items()}

        def portal_under(name: str) -> str:
            return f"http://{name}:{number['portal']}"

        def portal_address(reference: str) -> str:
            return portal_under(settings.portal_host) + Portal.first_hop(reference)

        token = secrets.token_urlsafe(24)
        apps = {
            "site": Site(
                settings, openings, members, holds, checkout, sessions, portal_address, foreign_hosts(elsewhere)
            ).app(faults),
            "portal": Portal(settings, openings, members, payments, lambda: url["site"], portal_under).app(faults),
            "sheet": create_sheet_app(sheet, faults=faults),
            "control": Control(
                token, settings, openings, faults, members, sessions, holds, checkout, payments, sheet
            ).app(),
        }
        accounts = members.renew_family()
        sheet.seed(url["site"], [{"name": each["name"], "email": each["email"]} for each in accounts])
        for name, app in apps.items():
            await self._serve(app, sockets[name])
        await self._serve(foreign_app(faults), *elsewhere)
        return Welcome(
            site_url=url["site"],
            portal_url=url["portal"],
            sheet_url=url["sheet"],
            sheet_id=sheet.sheet_id,
            control_url=url["control"],
            control_token=token,
            service_account=sheet.new_service_account(f"{url['sheet']}/token"),
            accounts=accounts,
            card=invented_card(datetime.fromtimestamp(self._now(), LONDON)),
            pid=os.getpid(),
        )

    async def _serve(self, app: web.Application, *sockets: socket.socket) -> None:
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=SHUTDOWN_SECONDS)
        await runner.setup()
        for each in sockets:
            await web.SockSite(runner, each).start()
        self._runners.append(runner)

    async def stop(self) -> None:
        """Stop all servers and close the files; what happened stays in the state folder."""
        for runner in self._runners:
            await runner.cleanup()
        self._runners.clear()
        for close in self._close:
            close()
        self._close.clear()
