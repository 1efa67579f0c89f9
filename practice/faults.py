"""Bad weather on demand: rules that delay, break or drop requests, and the log of what was asked of each server."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field, fields
from typing import Any, Literal, get_args

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

App = Literal["site", "portal", "sheet", "foreign"]
When = Literal["before", "after"]
Act = Literal["delay", "status", "drop", "hang", "pause", "challenge", "expire_session", "truncate"]

HANG_SECONDS = 300.0
"""A hanging connection ends by then: nobody's test waits for ever."""
REQUESTS_KEPT = 20_000

CHALLENGE_PAGE = """<!DOCTYPE html>
<html lang="en-US"><head><title>Just a moment...</title><meta name="robots" content="noindex,nofollow"></head>
<body><div class="main-wrapper" role="main"><h1>Checking your browser</h1>
<div id="challenge-running">Verify you are human by completing the action below.</div>
<form id="challenge-form" method="post"></form></div></body></html>
"""


@dataclass
class Rule:
    """One fault: which requests it meets, how often, and what it does to them."""

    app: App
    path: str
    """Regular expression, searched in path and query as the client sent them."""
    do: Act
    method: str | None = None
    email: str | None = None
    skip: int = 0
    """How many matching requests pass before the rule bites."""
    times: int | None = None
    """How many requests it bites; None is for ever."""
    from_opening: float | None = None
    """Bites only from this many seconds after the latest opening (negative: before it)."""
    to_opening: float | None = None
    when: When = "before"
    """Before or after the server acted on the request."""
    seconds: float = 0.0
    status: int = 503
    body: str | None = None
    seen: int = 0
    hits: int = 0
    cleared: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the rule is in force no more: what it holds up goes on then."""

    def __post_init__(self) -> None:
        for name, kind in (("app", App), ("do", Act), ("when", When)):
            if getattr(self, name) not in get_args(kind):
                raise ValueError(f"{name}: {getattr(self, name)!r} is none of {', '.join(get_args(kind))}")
        try:
            re.compile(self.path)
        except re.error as error:
            raise ValueError(f"path: {self.path!r} is not a valid regular expression: {error}") from error

    @classmethod
    def from_json(cls, plain: dict[str, Any]) -> Rule:
        """Return the rule that a control request describes; a name it does not know is an error."""
        known = {each.name for each in fields(cls)} - {"seen", "hits", "cleared"}
        if unknown := sorted(set(plain) - known):
            raise ValueError(f"rule: unknown {', '.join(unknown)}; known are {', '.join(sorted(known))}")
        if missing := sorted({"app", "path", "do"} - set(plain)):
            raise ValueError(f"rule: {', '.join(missing)} is missing")
        return cls(**plain)

    def to_json(self) -> dict[str, Any]:
        """Return the rule with its counts."""
        return {each.name: getattr(self, each.name) for each in fields(self) if each.name != "cleared"}

    def meets(self, app: str, method: str, path: str, email: str | None, opening_age: float | None) -> bool:
        """Tell whether the rule is about such a request at this moment, and not used up."""
        if self.app != app or (self.method and self.method != method) or (self.email and self.email != email):
            return False
        if not re.search(self.path, path) or (self.times is not None and self.hits >= self.times):
            return False
        if self.from_opening is None and self.to_opening is None:
            return True
        if opening_age is None:
            return False
        return (self.from_opening is None or opening_age >= self.from_opening) and (
            self.to_opening is None or opening_age < self.to_opening
        )

    def bites(self) -> bool:
        """Count a request that the rule meets; tell whether it is hit or still let through."""
        self.seen += 1
        if self.seen <= self.skip:
            return False
        self.hits += 1
        return True


@dataclass
class RequestRecord:
    """One request as it arrived and how it was answered."""

    app: str
    at: float
    """Arrival, milliseconds since the epoch."""
    method: str
    path: str
    email: str | None
    ms: float | None = None
    """Until the answer was ready; None while the request is being handled."""
    status: int | None = None
    """None when no answer was given."""
    fault: str | None = None


def _nobody(_: web.Request) -> str | None:
    return None


def _nothing(_: web.Request) -> None:
    return None


def _fair() -> float:
    return 0.0


@dataclass
class Faults:
    """The rules in force and the request log, shared by all servers that people meet."""

    opening_age: Callable[[], float | None] = lambda: None
    """Seconds since the latest opening, negative before it, None where there is none."""
    rules: list[Rule] = field(default_factory=list)
    requests: deque[RequestRecord] = field(default_factory=lambda: deque(maxlen=REQUESTS_KEPT))

    def add(self, rules: Iterable[dict[str, Any]]) -> None:
        """Add rules after the ones in force; all or none."""
        self.rules.extend([Rule.from_json(rule) for rule in rules])

    def clear(self) -> None:
        """Drop all rules; requests that hang or pause because of one do so no longer."""
        for rule in self.rules:
            rule.cleared.set()
        self.rules.clear()

    def middleware(
        self,
        app_name: str,
        *,
        email_of: Callable[[web.Request], str | None] = _nobody,
        expire: Callable[[web.Request], None] = _nothing,
        delay: Callable[[], float] = _fair,
    ) -> Middleware:
        """Return the middleware that logs every request of an app and does to it what the rules say.

        Args:
            app_name: ``site``, ``portal``, ``sheet`` or ``foreign``, as the rules name it.
            email_of: whose request it is, where the app can tell.
            expire: ends the session of a request, for the rules that ask for it.
            delay: seconds by which every request is held up now, rules apart.
        """

        @web.middleware
        async def weather(request: web.Request, handler: Handler) -> web.StreamResponse:
            record = RequestRecord(app_name, time.time() * 1000, request.method, request.raw_path, email_of(request))
            self.requests.append(record)
            started = time.perf_counter()
            try:
                if (seconds := delay()) > 0:
                    await asyncio.sleep(seconds)
                answer = await self._answer(request, handler, record, expire)
            except web.HTTPException as error:
                record.status = error.status
                raise
            except Exception:
                record.status = 500
                raise
            else:
                record.status = None if request.transport is None or request.transport.is_closing() else answer.status
                return answer
            finally:
                record.ms = (time.perf_counter() - started) * 1000

        return weather

    async def _answer(
        self, request: web.Request, handler: Handler, record: RequestRecord, expire: Callable[[web.Request], None]
    ) -> web.StreamResponse:
        age = self.opening_age()
        met = [r for r in self.rules if r.meets(record.app, record.method, record.path, record.email, age)]
        biting = [rule for rule in met if rule.bites()]
        if biting:
            record.fault = "+".join(rule.do for rule in biting)
        for rule in biting:
            if rule.when == "before" and rule.do != "truncate":
                instead = await _act(rule, request, expire)
                if instead is not None:
                    return instead
        answer: web.StreamResponse
        try:
            answer = await handler(request)
        except web.HTTPException as error:
            if not biting:
                raise
            answer = web.Response(status=error.status, headers=error.headers, body=error.body)
        for rule in biting:
            if rule.do == "truncate":
                return await _truncated(request, answer)
            if rule.when == "after":
                answer = await _act(rule, request, expire) or answer
        return answer


async def _act(rule: Rule, request: web.Request, expire: Callable[[web.Request], None]) -> web.Response | None:
    """Do what the rule says; return the answer to give instead of the server's own, if any."""
    match rule.do:
        case "delay":
            await asyncio.sleep(rule.seconds)
        case "expire_session":
            expire(request)
        case "status":
            return _error_page(rule)
        case "challenge":
            return web.Response(
                status=403, text=CHALLENGE_PAGE, content_type="text/html", headers={"cf-mitigated": "challenge"}
            )
        case "hang":
            await _last(rule)
            return no_answer(request)
        case "pause":
            await request.read()  # Whole, so that it is served even if the client is gone by then.
            await _last(rule)
        case "drop" | "truncate":
            return no_answer(request)
    return None


async def _last(rule: Rule) -> None:
    """Wait for as long as the rule says, or until it is cleared."""
    with suppress(TimeoutError):
        await asyncio.wait_for(rule.cleared.wait(), min(rule.seconds or HANG_SECONDS, HANG_SECONDS))


def _error_page(rule: Rule) -> web.Response:
    if rule.body is not None:
        kind = "application/json" if rule.body.lstrip().startswith("{") else "text/html"
        return web.Response(status=rule.status, text=rule.body, content_type=kind)
    if rule.app == "sheet":
        status = {403: "PERMISSION_DENIED", 429: "RESOURCE_EXHAUSTED", 500: "INTERNAL", 503: "UNAVAILABLE"}
        error = {"code": rule.status, "message": "Set by a fault rule.", "status": status.get(rule.status, "UNKNOWN")}
        return web.Response(status=rule.status, text=json.dumps({"error": error}), content_type="application/json")
    text = (
        f"<!DOCTYPE html><title>Error {rule.status}</title><h1>Error {rule.status}</h1><p>Please try again later.</p>"
    )
    return web.Response(status=rule.status, text=text, content_type="text/html")


def no_answer(request: web.Request) -> web.Response:
    """Break the connection; return what aiohttp wants to have and no client ever sees."""
    if request.transport is not None:
        request.transport.close()
    return web.Response()


async def _truncated(request: web.Request, answer: web.StreamResponse) -> web.StreamResponse:
    """Send the head and the first half of the answer, then break the connection."""
    body = answer.body if isinstance(answer, web.Response) and isinstance(answer.body, bytes) else b""
    partial = web.StreamResponse(status=answer.status, headers=answer.headers)
    partial.content_length = max(len(body), 2)
    await partial.prepare(request)
    await partial.write(body[: len(body) // 2] or b"<")
    if request.transport is not None:
        request.transport.close()
    return partial
