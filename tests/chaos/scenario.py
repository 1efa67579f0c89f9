"""What one seed stands for: who books what, by which way of paying, what goes wrong, and exactly when.

The words of ``conducts`` and ``trouble`` are those of ``practice/conduct.py``.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from typing import Any

from booking.outcomes import Outcome
from tests.chaos.grid import Fault, GridCell, Phase, cell_of

COURTS = {"mother": 1, "father": 2, "bruce": 3}
HOURS = (10, 14, 8, 11, 12, 15)
"""Hours that courts have all the year round and that coaching never takes."""
PRICE_PENCE = 1390

_TURNS = 5
"""So many weeks the calendar is turned on to a day that opens today."""
_CUTS = {Fault.KILL_WORKER, Fault.KILL_PABOT, Fault.KILL_RUN, Fault.STOP}
_HELD_UP = _CUTS | {Fault.DISK_FULL}
_BY_PORTAL = {
    Fault.PORTAL_DOWN,
    Fault.RIVAL,
    Fault.DECLINE,
    Fault.DECLINE_PAGE,
    Fault.ERROR_TAKEN,
    Fault.ERROR_UNTAKEN,
    Fault.UNANSWERED,
    Fault.LATE,
    Fault.FEE,
    Fault.AMOUNT,
    Fault.TEST_SYSTEM,
    Fault.LEARNS_LATE,
    Fault.LEARNS_NEVER,
}
"""Faults that only an account meets which pays at the portal."""
_AFTER_THE_CLICK = (Fault.ERROR_TAKEN, Fault.ERROR_UNTAKEN, Fault.UNANSWERED, Fault.LATE)
_BANK_SECONDS = 3.0
"""So long at most after a page of the bank was left, the practice venue knows that it was."""
_TOO_DEAR_PENCE = 9000
"""A fee that leads beyond what an account may spend, see MAX_SPEND_PER_ACCOUNT."""
_IN_DOUBT = (Outcome.UNKNOWN, Outcome.NOT_LISTED, Outcome.BOOKED)


class Route(StrEnum):
    """How an account pays."""

    CARD = "card"
    CREDIT = "credit"
    SECURE = "3-D Secure"
    FRICTIONLESS = "3-D Secure that goes on by itself"
    BANK_PAGE = "the bank's own page"

    @property
    def verdict(self) -> str:
        """How the card behaves, as the practice venue calls it."""
        return {Route.SECURE: "3ds", Route.FRICTIONLESS: "frictionless", Route.BANK_PAGE: "bank_page"}.get(
            self, "approve"
        )

    @property
    def asks_person(self) -> bool:
        """Whether the bank waits for a person."""
        return self in {Route.SECURE, Route.BANK_PAGE}


@dataclass(frozen=True, slots=True)
class ScenarioWish:
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
class LedgerMoment:
    """A point of the run that no request shows: the ledger tells it, and some seconds pass."""

    what: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Scenario:
    """One seed, with everything that chance decides about it."""

    seed: int
    cell: GridCell
    wishes: tuple[ScenarioWish, ...]
    routes: dict[str, Route]
    conducts: dict[str, dict[str, Any]]
    """How bank, portal and venue are used to conduct themselves with each account."""
    struck: str
    """The account that the fault is about, where it is about one."""
    rules: tuple[dict[str, Any], ...] = ()
    """What the venue does by itself; in force until the run has ended."""
    moment: Point | LedgerMoment | None = None
    """When the harness acts, where it does."""
    served: str = ""
    """Whether the request of the moment is served ``before`` the harness acts, ``after`` it, or ``never``."""
    alone: bool = False
    """Of a run that is killed, only the runner dies; the others work on."""
    trouble: dict[str, Any] = field(default_factory=dict)
    """How bank, portal and venue conduct themselves with the struck account, other than they are used to."""
    lasting: bool = False
    """Whether they go on like that after the first run."""
    confirmed_late: bool = False
    """Whether a person confirms to the bank after the first run what nobody has confirmed in it."""
    told: tuple[Outcome, ...] = ()
    """What the first run may tell of the struck account's slots, where the fault leaves it no choice."""
    refused: Outcome | None = None
    """What becomes of the struck account's slots as long as the trouble lasts; None where they can be booked."""
    sign: Point | None = None
    """The request by which it shows that the struck account has met its trouble."""
    contested: int | None = None
    """The hour of the struck account that a rival has at the opening and gives back: the first run watches for it."""
    returned_after: float = 0.0
    """Seconds after which the rival gives it back."""
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
        if self.cell.fault in shared:
            return ()
        # The accounts have one card: where it was declined for one, the others do not try it.
        declined = self.cell.fault in {Fault.DECLINE, Fault.DECLINE_PAGE}
        others = [each for each in self.accounts if each != self.struck]
        return tuple(each for each in others if not declined or self.routes[each] is Route.CREDIT)

    @property
    def quiet_after(self) -> float:
        """So many seconds after the first run, at most, bank and venue may still do something by themselves."""
        if self.refused:
            return 0.0
        values = {**self.conducts[self.struck], **self.trouble}
        bank = _BANK_SECONDS + values["late_seconds"] if values.get("card") == "late" else 0.0
        venue = values["learns_seconds"] if values.get("learns") == "later" else 0.0
        return float(bank + venue + values.get("listed_late_seconds", 0.0))

    def wishes_of(self, account: str) -> list[ScenarioWish]:
        """Return the wishes of an account."""
        return [wish for wish in self.wishes if wish.account == account]


def scenario_of(seed: int) -> Scenario:
    """Return what a seed stands for: the same today and tomorrow."""
    return _Draw(seed).scenario()


@dataclass(frozen=True, slots=True)
class _Way:
    """What decides which requests the struck account makes."""

    route: Route
    conduct: dict[str, Any]
    wanted: int
    """So many slots it wants."""
    granted: int
    """So many of them it gets at the opening."""


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
        routes = {account: chance.choices(list(Route), (6, 3, 2, 1, 1))[0] for account in accounts}
        routes[struck] = self._route(routes[struck])
        conducts = {account: self._conduct(route) for account, route in routes.items()}
        conducts[struck] |= self._needed(conducts[struck])
        contested = phase in _WATCHED and fault is not Fault.RIVAL and chance.random() < _WATCHED[phase]
        mine = self._two_wishes(struck) if contested else self._wishes(struck)
        wished = {account: self._wishes(account) for account in accounts[1:]} | {struck: mine}
        way = _Way(routes[struck], conducts[struck], wanted=len(mine), granted=len(mine) - contested)
        return Scenario(
            seed=self._seed,
            cell=self._cell,
            wishes=tuple(wish for account in COURTS for wish in wished.get(account, [])),
            routes=routes,
            conducts=conducts,
            struck=struck,
            contested=chance.choice(mine).hours[0] if contested else None,
            returned_after=round(chance.uniform(2, 9), 1) if contested else 0.0,
            **self._fault(way),
        )

    def _route(self, route: Route) -> Route:
        """Return a way to pay that comes through the phase."""
        fault, phase = self._cell.fault, self._cell.phase
        if fault is Fault.LOST:
            return Route.CREDIT if phase is Phase.BASKET else self._but(Route.CREDIT, route)
        if fault in _BY_PORTAL or phase in {Phase.CARD, Phase.HOLDER, Phase.LAST_CLICK}:
            return self._but(Route.CREDIT, route)
        return route

    def _but(self, unfit: Route, route: Route) -> Route:
        others = [Route.CARD, Route.CARD, Route.CARD, Route.SECURE, Route.FRICTIONLESS, Route.BANK_PAGE]
        return self._chance.choice(others) if route is unfit else route

    def _conduct(self, route: Route) -> dict[str, Any]:
        """Return which pages the portal shows an account, and how the venue learns of its money."""
        chance = self._chance
        if route is Route.CREDIT:
            return {}
        conduct: dict[str, Any] = {
            "card": route.verdict,
            "billing": chance.choices(["new", "old", "none"], (5, 3, 1))[0],
            "prefilled": chance.random() < 0.3,
            "offer_save": chance.choices(["none", "before", "after"], (4, 2, 3))[0],
            "last_page": chance.random() < 0.4,
            "card_fields": chance.choices(["text", "select"], (3, 1))[0],
            "no_back": chance.random() < 0.3,
            "learns": chance.choices(["return", "later"], (3, 2))[0],
            "learns_seconds": round(chance.uniform(1, 12), 1),
        }
        if chance.random() < 0.15:
            conduct["surcharge_pence"] = chance.randint(1, 150)
        return conduct

    def _needed(self, conduct: dict[str, Any]) -> dict[str, Any]:
        """Return what the fault needs of the struck account's way to pay."""
        fault, phase = self._cell.fault, self._cell.phase
        if fault is Fault.RIVAL and conduct:
            return {"learns": "return"}  # What the venue has learnt of cannot be lost.
        after_money = conduct.get("offer_save") == "after" or conduct.get("last_page")
        if fault is Fault.PORTAL_DOWN and phase is Phase.RETURN and not after_money:
            return self._chance.choice([{"offer_save": "after"}, {"last_page": True}])
        return {}

    def _wishes(self, account: str) -> list[ScenarioWish]:
        chance = self._chance
        hours = chance.sample(HOURS, 4)
        wishes = []
        for _ in range(chance.choice([1, 1, 2])):
            others = chance.choice([0, 0, 1])
            wishes.append(ScenarioWish(account, tuple(hours.pop() for _ in range(1 + others))))
        return wishes

    def _two_wishes(self, account: str) -> list[ScenarioWish]:
        return [ScenarioWish(account, (hour,)) for hour in self._chance.sample(HOURS, 2)]

    # What goes wrong

    def _fault(self, way: _Way) -> dict[str, Any]:
        """Return the fields of the scenario that say what goes wrong."""
        kinds: dict[Fault, Callable[[], dict[str, Any]]] = {
            **dict.fromkeys(_HELD_UP, partial(self._held_up, way)),
            **dict.fromkeys((Fault.DECLINE, Fault.DECLINE_PAGE), self._declined),
            **dict.fromkeys(_AFTER_THE_CLICK, self._in_doubt),
            **dict.fromkeys((Fault.FEE, Fault.AMOUNT, Fault.TEST_SYSTEM), self._not_to_be_paid),
            Fault.LOST: self._lost,
            Fault.LEARNS_LATE: self._learnt_late,
            Fault.LEARNS_NEVER: self._never_learnt,
            Fault.LISTED_LATE: partial(self._listed_late, way),
            Fault.SHEET: self._sheet,
            Fault.RIVAL: partial(self._rival, way),
        }
        return kinds.get(self._cell.fault, partial(self._asked, way))()

    def _asked(self, way: _Way) -> dict[str, Any]:
        """Return what happens to a request of the phase, or to all that the portal is asked for from it on."""
        fault, phase, chance = self._cell.fault, self._cell.phase, self._chance
        if fault is Fault.PORTAL_DOWN:
            how = chance.choice(["status", "drop"])
            return {"rules": tuple({**each, "do": how, "status": 502} for each in _portal_from(phase))}
        if fault is Fault.DELAY and phase is Phase.LAST_CLICK and way.route is Route.CARD and chance.random() < 0.5:
            return {"trouble": {"card": "slow", "late_seconds": round(chance.uniform(1, 9), 1)}, "sign": _CLICK}
        points = _points(phase, way)
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
                # Now and then longer than the suite waits for a page, which costs time and nothing else. The checkout
                # is waited for longer than that.
                long = self._cell.phase not in _CHECKOUT and chance.random() < 0.1
                seconds = 50.0 if long else round(chance.uniform(2, 7), 1)
                return {"do": "hang", "seconds": seconds, "times": 1, "when": self._when()}
            case Fault.TRUNCATE:
                return {"do": "truncate", "times": times}
            case _:
                return {"do": "expire_session", "times": 1, "when": self._when()}

    def _held_up(self, way: _Way) -> dict[str, Any]:
        """Return when the harness acts on the processes or the disk of a run."""
        chance, fault, phase = self._chance, self._cell.fault, self._cell.phase
        alone = fault is Fault.KILL_RUN and phase in _AT_WORK and chance.random() < 0.3
        if phase is Phase.WAITING:
            return {"moment": LedgerMoment("ready", round(chance.uniform(0, 2.4), 2))}
        if phase is Phase.REPORT and (fault is Fault.KILL_PABOT or chance.random() < 0.5):
            # pabot merges for a second or so after the last worker has left.
            return {"moment": LedgerMoment("left", round(chance.uniform(0, 0.6), 2))}
        if phase in {Phase.START, Phase.REPORT}:
            point = chance.choice(_SHEET_POINTS[phase])
        else:
            point = chance.choice(_points(phase, way))
        served = chance.choice(["before", "after", "never"] if fault in _CUTS else ["before", "after"])
        return {"moment": point, "served": served, "alone": alone}

    def _declined(self) -> dict[str, Any]:
        verdict = "decline" if self._cell.fault is Fault.DECLINE else "decline_page"
        return {
            "trouble": {"card": verdict},
            "lasting": self._chance.random() < 0.5,
            "told": (Outcome.DECLINED,),
            "refused": Outcome.DECLINED,
            "sign": _CLICK,
        }

    def _in_doubt(self) -> dict[str, Any]:
        """Return what leaves nobody wiser after the click that pays."""
        chance = self._chance
        trouble: dict[str, Any]
        told: tuple[Outcome, ...] = (Outcome.UNKNOWN,)
        more = {}
        match self._cell.fault:
            case Fault.ERROR_TAKEN:
                trouble, told = {"card": "error_taken"}, _IN_DOUBT
            case Fault.ERROR_UNTAKEN:
                trouble = {"card": "error_untaken"}
            case Fault.UNANSWERED:
                trouble = {"card": chance.choice(["3ds", "bank_page"])}
                more = {"confirmed_late": chance.random() < 0.5}
            case _:
                trouble = {"card": "late", "late_seconds": round(chance.uniform(0, 8), 1)}
        return {"trouble": trouble, "told": told, "sign": _CLICK, **more}

    def _not_to_be_paid(self) -> dict[str, Any]:
        """Return what the portal shows that is no place to pay, or is about to charge; a small fee may be paid."""
        chance, fault, phase = self._chance, self._cell.fault, self._cell.phase
        trouble: dict[str, Any]
        if fault is Fault.FEE and chance.random() < 0.5:
            trouble = {"surcharge_pence": chance.randint(1, 300)}
            return {"trouble": trouble, "told": (Outcome.BOOKED,), "sign": _CONFIRMATION}
        if fault is Fault.FEE:
            trouble = {"surcharge_pence": _TOO_DEAR_PENCE}
        elif fault is Fault.TEST_SYSTEM:
            trouble = {"test_banner": True}
        elif phase is Phase.CARD:
            trouble = {"card_amount_pence": chance.choice([1, PRICE_PENCE - 1, PRICE_PENCE + 1, 9900])}
        else:
            trouble = {"surcharge_pence": chance.choice([1, 250, 9000]), "surcharge_stated": False}
        return {
            "trouble": trouble,
            "lasting": chance.random() < 0.5,
            "told": (Outcome.NEEDS_PERSON,),
            "refused": Outcome.NEEDS_PERSON,
            "sign": Point("portal", "GET", "/card$") if phase is Phase.CARD else _CONFIRMATION,
        }

    def _lost(self) -> dict[str, Any]:
        phase, chance = self._cell.phase, self._chance
        if phase is Phase.BASKET:
            return {"rules": ({**_rule(Point("site", "POST", "^/basket/$")), "do": "drop", "when": "after"},)}
        if chance.random() < 0.4:
            return {"trouble": {"card": "approve_lost"}, "sign": _CLICK, "told": _IN_DOUBT}
        how = chance.choice(["drop", "truncate", "status"])
        return {"rules": ({**_rule(_CLICK), "do": how, "when": "after"},)}

    @staticmethod
    def _never_learnt() -> dict[str, Any]:
        told = (Outcome.UNKNOWN, Outcome.NOT_LISTED)
        return {"trouble": {"learns": "never"}, "lasting": True, "told": told, "sign": _RETURN}

    def _learnt_late(self) -> dict[str, Any]:
        """Return what keeps the browser from coming back, and when the venue learns of the money all the same."""
        chance = self._chance
        late = {"learns": "later", "learns_seconds": round(chance.uniform(1, 25), 1)}
        if self._cell.phase is Phase.LAST_CLICK:
            trouble = {"card": "approve_lost", **late}
            return {"trouble": trouble, "lasting": True, "sign": _CLICK, "told": _IN_DOUBT}
        rule = {**_rule(_RETURN), **chance.choice(_NO_RETURN)}
        return {"trouble": late, "lasting": True, "rules": (rule,), "told": _IN_DOUBT}

    def _listed_late(self, way: _Way) -> dict[str, Any]:
        told = (Outcome.BOOKED, Outcome.NOT_LISTED)
        sign = Point("site", "GET", "^/basket/confirmation/") if way.route is Route.CREDIT else _RETURN
        seconds = round(self._chance.uniform(2, 25), 1)
        return {"trouble": {"listed_late_seconds": seconds}, "lasting": True, "told": told, "sign": sign}

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

    def _rival(self, way: _Way) -> dict[str, Any]:
        phase = self._cell.phase
        if phase is Phase.HOLDING:
            return {}  # The venue lets the rival in just before our request.
        if phase is Phase.WAITING:
            return {"moment": LedgerMoment("ready", round(self._chance.uniform(0, 2), 2))}
        if phase is Phase.READY:
            return {"moment": Point("site", "GET", "^/courses/detail/"), "served": "after"}
        if phase is Phase.LAST_CLICK:
            return {"moment": _CLICK, "served": "after"}
        if phase is Phase.RETURN:
            return {"moment": _RETURN, "served": "after"}
        return {"moment": self._chance.choice(_points(phase, way)), "served": self._when()}

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
    Phase.RETURN,
    Phase.PROOF,
}
_CHECKOUT = {Phase.BASKET, Phase.CARD, Phase.HOLDER, Phase.LAST_CLICK, Phase.RETURN}
_WATCHED = {
    **dict.fromkeys((Phase.BASKET, Phase.CARD, Phase.HOLDER), 0.3),
    **dict.fromkeys((Phase.LAST_CLICK, Phase.RETURN, Phase.PROOF), 0.5),
}
"""How many of the seeds of a phase watch: where it matters what the second look finds of the first payment."""
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
# Chromium repeats by itself what a connection lost without an answer.
_NO_RETURN: list[dict[str, Any]] = [{"do": "drop", "times": 3}, {"do": "status", "status": 502, "times": 1}]


def _rule(point: Point) -> dict[str, Any]:
    return {"app": point.app, "method": point.method, "path": point.path, "skip": point.skip}


def _portal_from(phase: Phase) -> list[dict[str, Any]]:
    """Return rules for all that the portal is asked for from a phase on."""
    if phase is Phase.RETURN:
        return [{"app": "portal", "path": "/(save-card|result)$"}]
    pages = {Phase.BASKET: "card", Phase.CARD: "card", Phase.HOLDER: "details", Phase.LAST_CLICK: "confirmation"}
    later = ["card", "details", "confirmation", "3ds", "bank", "save-card", "result"]
    first = pages[phase]
    rules = [{"app": "portal", "path": f"/({'|'.join(later[later.index(first) + 1 :])})"}]
    if phase is Phase.BASKET:
        return [*rules, {"app": "portal", "path": "/card$"}]
    return [*rules, {"app": "portal", "method": "POST", "path": f"/{first}$"}]


def _points(phase: Phase, way: _Way) -> list[Point]:
    """Return the requests that a phase consists of, in a run that nothing has disturbed before.

    Args:
        phase: one in which the site or the portal is asked.
        way: how the account pays, and for how many slots.
    """
    basket, bookings = "^/basket/$", "^/dashboards/my-bookings/"
    login, court, slot = r"^/security/login\.aspx", "^/courses/detail/", r"^/courses/book\.aspx"
    points = {
        Phase.LOGIN: [
            *(Point("site", method, login, known=False) for method in ("GET", "POST")),
            Point("site", "GET", "^/dashboards/$"),
        ],
        Phase.STOCK: [Point("site", "GET", bookings), Point("site", "GET", basket)],
        Phase.READY: [Point("site", "GET", court), *(Point("site", "POST", court, turn) for turn in range(_TURNS))],
        Phase.WAITING: [Point("site", "HEAD", "^/$", sample) for sample in range(3)],
        Phase.HOLDING: [
            *(Point("site", "GET", slot, number) for number in range(way.wanted)),
            Point("site", "GET", basket, 1),
        ],
        # Taking stock and every hold have shown it before.
        Phase.BASKET: [Point("site", "GET", basket, 1 + way.granted), Point("site", "POST", basket)],
        Phase.CARD: [Point("portal", method, "/card$") for method in ("GET", "POST")],
        Phase.HOLDER: [*_before_the_last_button(way), _CONFIRMATION],
        # The click itself twice: it is what money hangs on.
        Phase.LAST_CLICK: [_CLICK, _CLICK, *_BANK[way.route]],
        Phase.RETURN: _after_the_money(way),
        Phase.PROOF: [Point("site", "GET", bookings, 1)],
        Phase.LOGOUT: [Point("site", method, "^/$") for method in ("GET", "POST")],
    }
    return points[phase]


def _before_the_last_button(way: _Way) -> list[Point]:
    pages = ["details"] if way.conduct.get("billing") != "none" else []
    pages += ["save-card"] if way.conduct.get("offer_save") == "before" else []
    return [Point("portal", method, f"/{page}$") for page in pages for method in ("GET", "POST")]


def _after_the_money(way: _Way) -> list[Point]:
    if way.route is Route.CREDIT:
        return [Point("site", "GET", "^/basket/confirmation/")]
    points = [Point("portal", each.method, each.path, 1) for each in _BANK[way.route]]
    if way.conduct.get("offer_save") == "after":
        points += [Point("portal", method, "/save-card$") for method in ("GET", "POST")]
    if way.conduct.get("last_page"):
        points.append(Point("portal", "GET", "/result$"))
    return [*points, _RETURN, _RETURN]


_CLICK = Point("portal", "POST", "/confirmation$")
_CONFIRMATION = Point("portal", "GET", "/confirmation$")
_RETURN = Point("site", "GET", "^/basket/return/")
_THREE_D_SECURE = [Point("portal", "GET", "/3ds$")]
_BANK = {
    Route.CARD: [],
    Route.SECURE: _THREE_D_SECURE,
    Route.FRICTIONLESS: _THREE_D_SECURE,
    Route.BANK_PAGE: [Point("portal", "GET", "^/bank/[^/]+$")],
    Route.CREDIT: [],
}
"""The bank's page: asked for before the money, and once more after it."""
