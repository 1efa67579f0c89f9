"""What one seed stands for: who books what, by which way of paying, what goes wrong, and exactly when."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from tests.chaos.grid import Cell, Fault, Phase, cell_of

COURTS = {"mother": 1, "father": 2, "bruce": 3}
HOURS = (10, 14, 8, 11, 12, 15)
"""Hours that courts have all the year round and that coaching never takes."""
PRICE_PENCE = 1390

_TURNS = 5
"""So many weeks the calendar is turned on to a day that opens today."""
_CUTS = {Fault.KILL_WORKER, Fault.KILL_PABOT, Fault.KILL_RUN, Fault.STOP}
_HELD_UP = _CUTS | {Fault.DISK_FULL}


class Route(StrEnum):
    """How an account pays."""

    CARD = "card"
    CREDIT = "credit"
    SECURE = "3-D Secure"
    SAVE = "card that could be saved"


@dataclass(frozen=True, slots=True)
class Wish:
    """A row of the schedule: the hours an account wants, the best first."""

    account: str
    hours: tuple[int, ...]

    @property
    def typed(self) -> str:
        """The row as somebody would type it."""
        return ", else ".join(f"{hour}:00" for hour in self.hours)


@dataclass(frozen=True, slots=True)
class Point:
    """A request that marks a phase: so many others like it come before."""

    app: str
    method: str
    path: str
    skip: int = 0
    known: bool = True
    """Whether the venue can tell whose request it is."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A point of the run that no request shows: the ledger tells it, and some seconds pass."""

    what: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Scenario:
    """One seed, with everything that chance decides about it."""

    seed: int
    cell: Cell
    wishes: tuple[Wish, ...]
    routes: dict[str, Route]
    struck: str
    """The account that the fault is about, where it is about one."""
    rules: tuple[dict[str, Any], ...] = ()
    """What the venue does by itself; in force until the run has ended."""
    moment: Point | Mark | None = None
    """When the harness acts, where it does."""
    served: str = ""
    """Whether the request of the moment is served ``before`` the harness acts, ``after`` it, or ``never``."""
    alone: bool = False
    """Of a run that is killed, only the runner dies; the others work on."""
    card: str = ""
    """How the struck account's card behaves: ``decline``, ``approve_lost``, or ``3ds`` that nobody confirms."""
    lasting: bool = False
    """Whether the bank refuses ever after."""
    sheet_access: str = ""
    """What callers of the sheet meet: ``down``, ``forbidden`` or ``missing``."""

    @property
    def accounts(self) -> tuple[str, ...]:
        """The accounts that book, in the order of the sheet."""
        return tuple(name for name in COURTS if name in self.routes)

    @property
    def bystanders(self) -> tuple[str, ...]:
        """The accounts that the fault is not about: they must not notice it."""
        shared = {Fault.KILL_PABOT, Fault.KILL_RUN, Fault.STOP, Fault.SHEET, Fault.DISK_FULL}
        return () if self.cell.fault in shared else tuple(each for each in self.accounts if each != self.struck)

    def wishes_of(self, account: str) -> list[Wish]:
        """Return the wishes of an account."""
        return [wish for wish in self.wishes if wish.account == account]


def scenario_of(seed: int) -> Scenario:
    """Return what a seed stands for: the same today and tomorrow."""
    return _Draw(seed).scenario()


class _Draw:
    """Chance, with a seed."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._chance = random.Random(seed)
        self._cell = cell_of(seed)

    def scenario(self) -> Scenario:
        chance, fault, phase = self._chance, self._cell.fault, self._cell.phase
        # Two where it shows whose loss it is; the login is nobody's yet, so there is one who logs in.
        twos = 0.3 if fault is Fault.KILL_WORKER else 0.08
        count = 2 if phase is not Phase.LOGIN and chance.random() < twos else 1
        accounts = chance.sample(list(COURTS), count)
        struck = accounts[0]
        routes = {account: chance.choices(list(Route), (6, 3, 2, 1))[0] for account in accounts}
        routes[struck] = self._route(routes[struck])
        wishes = tuple(wish for account in COURTS if account in accounts for wish in self._wishes(account))
        wanted = len([wish for wish in wishes if wish.account == struck])
        return Scenario(
            seed=self._seed,
            cell=self._cell,
            wishes=wishes,
            routes=routes,
            struck=struck,
            **self._fault(routes[struck], wanted),
        )

    def _route(self, route: Route) -> Route:
        """Return a way to pay that comes through the phase."""
        fault, phase = self._cell.fault, self._cell.phase
        if fault is Fault.LOST:
            return Route.CREDIT if phase is Phase.BASKET else self._but(Route.CREDIT, route)
        by_portal = {Phase.CARD, Phase.HOLDER, Phase.LAST_CLICK}
        if fault in {Fault.PORTAL_DOWN, Fault.DECLINE, Fault.RIVAL} or phase in by_portal:
            return self._but(Route.CREDIT, route)
        return route

    def _but(self, unfit: Route, route: Route) -> Route:
        return self._chance.choice([Route.CARD, Route.CARD, Route.SECURE, Route.SAVE]) if route is unfit else route

    def _wishes(self, account: str) -> list[Wish]:
        chance = self._chance
        hours = chance.sample(HOURS, 4)
        wishes = []
        for _ in range(chance.choice([1, 1, 2])):
            others = chance.choice([0, 0, 1])
            wishes.append(Wish(account, tuple(hours.pop() for _ in range(1 + others))))
        return wishes

    # What goes wrong

    def _fault(self, route: Route, wanted: int) -> dict[str, Any]:
        """Return the fields of the scenario that say what goes wrong."""
        match self._cell.fault:
            case fault if fault in _HELD_UP:
                return self._held_up(route, wanted)
            case Fault.DECLINE:
                return {"card": self._chance.choice(["decline", "3ds"]), "lasting": self._chance.random() < 0.5}
            case Fault.LOST:
                return self._lost()
            case Fault.SHEET:
                return self._sheet()
            case Fault.RIVAL:
                return self._rival(route, wanted)
            case _:
                return self._asked(route, wanted)

    def _asked(self, route: Route, wanted: int) -> dict[str, Any]:
        """Return what happens to a request of the phase, or to all that the portal is asked for from it on."""
        fault, phase, chance = self._cell.fault, self._cell.phase, self._chance
        if fault is Fault.PORTAL_DOWN:
            how = chance.choice(["status", "drop"])
            return {"rules": tuple({**each, "do": how, "status": 502} for each in _portal_from(phase))}
        points = _points(phase, route, wanted)
        if fault is Fault.EXPIRE:
            points = [point for point in points if point.known]
        point = chance.choice(points)
        if fault is Fault.EXPIRE and point.app == "portal":
            # The portal knows nothing of the site's sessions: it waits while the session is ended there.
            return {"moment": point, "served": self._when()}
        return {"rules": ({**_rule(point), **self._weather()},)}

    def _weather(self) -> dict[str, Any]:
        """Return what a rule does to the requests it meets."""
        chance, fault = self._chance, self._cell.fault
        # Chromium repeats by itself what a connection lost without an answer, so once is not always enough.
        times = chance.choice([1, 1, 2, 3])
        match fault:
            case Fault.DROP_REQUEST | Fault.DROP_ANSWER:
                return {"do": "drop", "times": times, "when": "before" if fault is Fault.DROP_REQUEST else "after"}
            case Fault.ERROR_INSTEAD | Fault.ERROR_AFTER:
                status = chance.choice([500, 502, 503, 520])
                when = "before" if fault is Fault.ERROR_INSTEAD else "after"
                return {"do": "status", "status": status, "times": times, "when": when}
            case Fault.DELAY:
                return {"do": "delay", "seconds": round(chance.uniform(1, 9), 1), "times": 1, "when": self._when()}
            case Fault.HANG:
                # Now and then longer than the suite waits for a page, which costs time and nothing else.
                seconds = 50.0 if chance.random() < 0.1 else round(chance.uniform(2, 7), 1)
                return {"do": "hang", "seconds": seconds, "times": 1, "when": self._when()}
            case Fault.TRUNCATE:
                return {"do": "truncate", "times": times}
            case _:
                return {"do": "expire_session", "times": 1, "when": self._when()}

    def _held_up(self, route: Route, wanted: int) -> dict[str, Any]:
        """Return when the harness acts on the processes or the disk of a run."""
        chance, fault, phase = self._chance, self._cell.fault, self._cell.phase
        alone = fault is Fault.KILL_RUN and phase in _AT_WORK and chance.random() < 0.3
        if phase is Phase.WAITING:
            return {"moment": Mark("ready", round(chance.uniform(0, 2.4), 2))}
        if phase is Phase.REPORT and (fault is Fault.KILL_PABOT or chance.random() < 0.5):
            # pabot merges for a second or so after the last worker has left.
            return {"moment": Mark("left", round(chance.uniform(0, 0.6), 2))}
        if phase in {Phase.START, Phase.REPORT}:
            point = chance.choice(_SHEET_POINTS[phase])
        else:
            point = chance.choice(_points(phase, route, wanted))
        served = chance.choice(["before", "after", "never"] if fault in _CUTS else ["before", "after"])
        return {"moment": point, "served": served, "alone": alone}

    def _lost(self) -> dict[str, Any]:
        phase, chance = self._cell.phase, self._chance
        if phase is Phase.BASKET:
            return {"rules": ({**_rule(Point("site", "POST", "^/basket/$")), "do": "drop", "when": "after"},)}
        if chance.random() < 0.4:
            return {"card": "approve_lost"}
        how = chance.choice(["drop", "truncate", "status"])
        return {"rules": ({**_rule(_CLICK), "do": how, "when": "after"},)}

    def _sheet(self) -> dict[str, Any]:
        phase, chance = self._cell.phase, self._chance
        if phase is Phase.START and chance.random() < 0.6:
            return {"sheet_access": chance.choice(["down", "forbidden", "missing"])}
        if phase is Phase.START:
            point = chance.choice(_SHEET_POINTS[phase])
            what = chance.choice(_SHEET_TROUBLE_ONCE)
            return {"rules": ({**_rule(point), **what, "times": 1},)}
        what = chance.choice([*_SHEET_TROUBLE, {"do": "hang", "seconds": round(chance.uniform(3, 8), 1)}])
        return {"rules": ({**_rule(Point("sheet", "POST", ":append")), **what, "when": self._when()},)}

    def _rival(self, route: Route, wanted: int) -> dict[str, Any]:
        phase = self._cell.phase
        if phase is Phase.HOLDING:
            return {}  # The venue lets the rival in just before our request.
        if phase is Phase.WAITING:
            return {"moment": Mark("ready", round(self._chance.uniform(0, 2), 2))}
        if phase is Phase.READY:
            return {"moment": Point("site", "GET", "^/courses/detail/"), "served": "after"}
        if phase is Phase.LAST_CLICK:
            return {"moment": _CLICK, "served": "after"}
        return {"moment": self._chance.choice(_points(phase, route, wanted)), "served": self._when()}

    def _when(self) -> str:
        return self._chance.choice(["before", "after"])


_AT_WORK = {
    Phase.STOCK,
    Phase.READY,
    Phase.HOLDING,
    Phase.BASKET,
    Phase.CARD,
    Phase.HOLDER,
    Phase.LAST_CLICK,
    Phase.PROOF,
}
_SHEET_POINTS = {
    Phase.START: [
        Point("sheet", "POST", "^/token", known=False),
        Point("sheet", "GET", r"^/v4/spreadsheets/[^/:]+(\?|$)", known=False),
        Point("sheet", "GET", "values:batchGet", known=False),
    ],
    Phase.REPORT: [Point("sheet", "POST", ":append", known=False)],
}


_SHEET_TROUBLE_ONCE: list[dict[str, Any]] = [{"do": "status", "status": 503}, {"do": "drop"}, {"do": "truncate"}]
_SHEET_TROUBLE: list[dict[str, Any]] = [*_SHEET_TROUBLE_ONCE, {"do": "status", "status": 403}]


def _rule(point: Point) -> dict[str, Any]:
    return {"app": point.app, "method": point.method, "path": point.path, "skip": point.skip}


def _portal_from(phase: Phase) -> Sequence[dict[str, Any]]:
    """Return rules for all that the portal is asked for from a phase on."""
    pages = {Phase.BASKET: "card", Phase.CARD: "card", Phase.HOLDER: "details", Phase.LAST_CLICK: "confirmation"}
    later = ["card", "details", "confirmation", "3ds", "save-card", "result"]
    first = pages[phase]
    rules = [{"app": "portal", "path": f"/({'|'.join(later[later.index(first) + 1 :])})"}]
    if phase is Phase.BASKET:
        return [*rules, {"app": "portal", "path": "/card$"}]
    return [*rules, {"app": "portal", "method": "POST", "path": f"/{first}$"}]


def _points(phase: Phase, route: Route, wanted: int) -> list[Point]:
    """Return the requests that a phase consists of, in a run that nothing has disturbed before.

    Args:
        phase: one in which the site or the portal is asked.
        route: how the account pays.
        wanted: how many slots it wants.
    """
    basket, bookings = "^/basket/$", "^/dashboards/my-bookings/"
    login, court, slot = r"^/security/login\.aspx", "^/courses/detail/", r"^/courses/book\.aspx"
    paid = [Point("site", "GET", "^/basket/confirmation/")] if route is Route.CREDIT else []
    points = {
        Phase.LOGIN: [
            *(Point("site", method, login, known=False) for method in ("GET", "POST")),
            Point("site", "GET", "^/dashboards/$"),
        ],
        Phase.STOCK: [Point("site", "GET", bookings), Point("site", "GET", basket)],
        Phase.READY: [Point("site", "GET", court), *(Point("site", "POST", court, turn) for turn in range(_TURNS))],
        Phase.WAITING: [Point("site", "HEAD", "^/$", sample) for sample in range(3)],
        Phase.HOLDING: [
            *(Point("site", "GET", slot, number) for number in range(wanted)),
            Point("site", "GET", basket, 1),
        ],
        Phase.BASKET: [Point("site", "GET", basket, 2), Point("site", "POST", basket), *paid],
        Phase.CARD: [Point("portal", method, "/card$") for method in ("GET", "POST")],
        Phase.HOLDER: [*(Point("portal", method, "/details$") for method in ("GET", "POST")), _CONFIRMATION],
        # The click itself twice: it is what money hangs on.
        Phase.LAST_CLICK: [_CLICK, _CLICK, *_AFTER_THE_CLICK[route]],
        Phase.PROOF: [Point("site", "GET", bookings, 1)],
        Phase.LOGOUT: [Point("site", method, "^/$") for method in ("GET", "POST")],
    }
    return points[phase]


_CLICK = Point("portal", "POST", "/confirmation$")
_CONFIRMATION = Point("portal", "GET", "/confirmation$")
_RESULT = Point("portal", "GET", "/result$")
_AFTER_THE_CLICK = {
    Route.CARD: [_RESULT],
    Route.SECURE: [Point("portal", "GET", "/3ds$"), _RESULT],
    Route.SAVE: [Point("portal", "GET", "/save-card$"), Point("portal", "POST", "/save-card$"), _RESULT],
    Route.CREDIT: [],
}
