"""The control address: tests set the weather and read what really happened; only their token opens it."""

from __future__ import annotations

import hmac
import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler

from practice.clock import LONDON, Openings
from practice.faults import Faults
from practice.portal.payments import Payments
from practice.settings import VenueSettings
from practice.sheet.store import SheetStore
from practice.venue.checkout import VenueCheckout
from practice.venue.courts import BY_NUMBER, VenueSlot
from practice.venue.holds import Holds, Rival
from practice.venue.members import Members
from practice.venue.sessions import Sessions

QUOTAS = ("read_quota", "write_quota")

Json = dict[str, Any]


class BadRequestError(Exception):
    """A call that cannot be understood; says which value and what would be right."""


def _day(body: Json) -> date:
    text = body.get("date")
    try:
        return date.fromisoformat(str(text))
    except ValueError as error:
        raise ValueError(f"date: {text!r} is not a valid day: write it as 2026-12-28") from error


def _seconds(body: Json, name: str) -> float | None:
    value = body.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise BadRequestError(f"{name}: {value!r} is not a valid number of seconds")
    return float(value)


def _slot(body: Json) -> VenueSlot:
    number, hour = body.get("court"), body.get("hour")
    if number not in BY_NUMBER:
        raise ValueError(f"court: {number!r} is none of {', '.join(map(str, BY_NUMBER))}")
    slot = VenueSlot(BY_NUMBER[number], _day(body), hour if isinstance(hour, int) else -1)
    if not slot.exists:
        raise ValueError(f"hour: the court has no hour {hour!r} on {slot.day}")
    return slot


def _email(body: Json) -> str:
    email = body.get("email")
    if not isinstance(email, str):
        raise BadRequestError(f"email: {email!r} is not a valid address")
    return email.strip().lower()


@dataclass
class Control:
    """The control address as an application: JSON in, JSON out."""

    token: str
    settings: VenueSettings
    openings: Openings
    faults: Faults
    members: Members
    sessions: Sessions
    holds: Holds
    checkout: VenueCheckout
    payments: Payments
    sheet: SheetStore

    def app(self) -> web.Application:
        """Return the application."""
        app = web.Application(middlewares=[self._guard])
        for method, path, handler in (
            ("GET", "/health", self.health),
            ("GET", "/opening", self.opening),
            ("POST", "/opening", self.set_opening),
            ("GET", "/settings", self.get_settings),
            ("POST", "/settings", self.set_settings),
            ("POST", "/accounts", self.change_account),
            ("POST", "/accounts/new", self.new_account),
            ("POST", "/sessions/expire", self.expire_sessions),
            ("POST", "/holds/expire", self.expire_holds),
            ("GET", "/faults", self.get_faults),
            ("POST", "/faults", self.add_faults),
            ("DELETE", "/faults", self.clear_faults),
            ("POST", "/rival", self.rival),
            ("POST", "/block", self.block),
            ("POST", "/3ds/confirm", self.confirm_3ds),
            ("GET", "/records", self.records),
            ("DELETE", "/records/requests", self.forget_requests),
            ("GET", "/sheet/{title}", self.get_worksheet),
            ("PUT", "/sheet/{title}", self.put_worksheet),
            ("DELETE", "/sheet/{title}", self.remove_worksheet),
            ("POST", "/sheet-access", self.sheet_access),
        ):
            app.router.add_route(method, path, _in_json(handler))
        return app

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        given = request.headers.get("Authorization", "")
        if not hmac.compare_digest(given.encode(), f"Bearer {self.token}".encode()):
            return web.json_response({"error": "Only the control token opens this address."}, status=403)
        try:
            return await handler(request)
        except (BadRequestError, ValueError, TypeError) as error:
            return web.json_response({"error": str(error)}, status=400)
        except KeyError as error:
            return web.json_response({"error": f"unknown: {error.args[0]}"}, status=404)

    async def health(self, _: web.Request, __: Json) -> Json:
        """Tell that the servers are there."""
        return {"ok": True}

    async def opening(self, request: web.Request, _: Json) -> Json:
        """Tell when a day opens, as far as anybody is told."""
        return self._opening_of(_day(dict(request.query)))

    async def set_opening(self, _: web.Request, body: Json) -> Json:
        """Announce another opening for a day, keep it pending, or leave it to the rule again."""
        day, instant = _day(body), body.get("instant")
        if instant is None:
            self.openings.withdraw(day)
        elif instant == "pending":
            self.openings.announce(day, None)
        else:
            when = datetime.fromisoformat(str(instant))
            if when.tzinfo is None:
                raise ValueError(f"instant: {instant!r} has no time zone; write 2026-12-28T00:00:00+00:00")
            self.openings.announce(day, when)
        return self._opening_of(day)

    def _opening_of(self, day: date) -> Json:
        instant = self.openings.announced(day)
        shown = instant.astimezone(LONDON).isoformat() if instant else None
        return {"date": day.isoformat(), "instant": shown, "rule": self.openings.by_rule(day)}

    async def get_settings(self, _: web.Request, __: Json) -> Json:
        """Tell all settings."""
        return self.settings.to_json() | {name: getattr(self.sheet, name) for name in QUOTAS}

    async def set_settings(self, request: web.Request, body: Json) -> Json:
        """Set some of the settings."""
        quotas = {name: body.pop(name) for name in QUOTAS if name in body}
        for name, value in quotas.items():
            if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < 0):
                raise ValueError(f"{name}: {value!r} is neither null nor a whole number from 0 up")
        self.settings.change(body)
        for name, value in quotas.items():
            setattr(self.sheet, name, value)
        return await self.get_settings(request, {})

    async def change_account(self, _: web.Request, body: Json) -> Json:
        """Set credit, second login step, or what paying is like for an account."""
        values = {name: value for name, value in body.items() if name != "email"}
        return self.members.change(_email(body), values).to_json()

    async def new_account(self, _: web.Request, body: Json) -> Json:
        """Add an account, or renew one."""
        email, name, password = _email(body), body.get("name"), body.get("password")
        if not isinstance(name, str) or not isinstance(password, str) or not password:
            raise BadRequestError("name, password: both are needed, as texts")
        self.members.add(name, email, password)
        return {"email": email, "name": name}

    async def expire_sessions(self, _: web.Request, body: Json) -> Json:
        """Log an account out everywhere, or everybody."""
        email = body.get("email")
        return {"ended": self.sessions.expire(None if email is None else _email(body))}

    async def expire_holds(self, _: web.Request, body: Json) -> Json:
        """Let the basket of an account run out."""
        return {"expired": self.holds.run_out(_email(body))}

    async def get_faults(self, _: web.Request, __: Json) -> Json:
        """Tell the fault rules and how often each met and bit."""
        return {"rules": [rule.to_json() for rule in self.faults.rules]}

    async def add_faults(self, request: web.Request, body: Json) -> Json:
        """Add fault rules."""
        self.faults.add(body.get("rules", []))
        return await self.get_faults(request, {})

    async def clear_faults(self, request: web.Request, _: Json) -> Json:
        """Drop all fault rules."""
        self.faults.clear()
        return await self.get_faults(request, {})

    async def rival(self, _: web.Request, body: Json) -> Json:
        """Let somebody else take a slot: now, at a time after the opening, or at the worst moment."""
        slot, release_after, at = _slot(body), _seconds(body, "release_after"), body.get("at", "now")
        if at == "now":
            return {"taken": self.holds.take_by_rival(slot, self.openings.now_ms(), release_after)}
        self.holds.expect_rival(Rival(slot, None if at == "worst" else _seconds(body, "at"), release_after))
        return {"taken": None}

    async def block(self, _: web.Request, body: Json) -> Json:
        """Give a slot to coaching."""
        return {"blocked": self.holds.block(_slot(body))}

    async def confirm_3ds(self, _: web.Request, body: Json) -> Json:
        """Confirm the payments of an account that wait for 3-D Secure, as the person would on their phone."""
        return {"paid": self.payments.confirm_3ds_of(_email(body))}

    async def records(self, _: web.Request, __: Json) -> Json:
        """Tell everything that really happened."""
        return {
            "holds": self.holds.records(),
            "bookings": self.checkout.records(),
            **self.payments.records(),
            "logins": self.members.records(),
            "sheet_writes": self.sheet.writes(),
            "requests": [asdict(each) for each in self.faults.requests],
        }

    async def forget_requests(self, _: web.Request, __: Json) -> Json:
        """Empty the request log."""
        self.faults.requests.clear()
        return {}

    async def get_worksheet(self, request: web.Request, _: Json) -> Json:
        """Tell the values of a worksheet."""
        return {"values": self.sheet.values(request.match_info["title"])}

    async def put_worksheet(self, request: web.Request, body: Json) -> Json:
        """Replace the values of a worksheet."""
        self.sheet.put(request.match_info["title"], body["values"])
        return await self.get_worksheet(request, {})

    async def remove_worksheet(self, request: web.Request, _: Json) -> Json:
        """Take a worksheet away."""
        self.sheet.remove(request.match_info["title"])
        return {}

    async def sheet_access(self, _: web.Request, body: Json) -> Json:
        """Set what callers of the sheet meet."""
        self.sheet.access = str(body.get("mode"))
        return {"mode": self.sheet.access}


def _in_json(handler: Callable[[web.Request, Json], Awaitable[Json]]) -> Handler:
    async def answer(request: web.Request) -> web.StreamResponse:
        text = await request.text()
        body = json.loads(text) if text.strip() else {}
        if not isinstance(body, dict):
            raise BadRequestError("body: write a JSON object")
        return web.json_response(await handler(request, body))

    return answer
