"""What can go wrong, and when: every fault in every phase of a booking, and which of them a seed meets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import cycle

PERIOD = 200
"""So many seeds in a row meet every cell that can be filled, wherever they begin."""
BLOCK = 50
"""So many seeds in a row meet every fault, or one that takes turns with it; the first half of a block does as well."""


class Fault(StrEnum):
    """What goes wrong, once a seed."""

    KILL_WORKER = "worker killed"
    KILL_PABOT = "pabot killed"
    KILL_RUN = "whole run killed"
    STOP = "SIGTERM to the run"
    DROP_REQUEST = "request dropped"
    DROP_ANSWER = "answer dropped"
    DELAY = "answer late"
    ERROR_INSTEAD = "5xx instead"
    ERROR_AFTER = "5xx afterwards"
    HANG = "site hangs"
    TRUNCATE = "answer cut short"
    EXPIRE = "session expired"
    DECLINE = "card declined, card page"
    DECLINE_PAGE = "card declined, own page"
    ERROR_TAKEN = "error page, money taken"
    ERROR_UNTAKEN = "error page, no money"
    UNANSWERED = "bank not answered"
    LATE = "bank answered late"
    FEE = "fee stated"
    AMOUNT = "other amount"
    TEST_SYSTEM = "test installation"
    LOST = "payment's answer lost"
    LEARNS_LATE = "venue learns late"
    LEARNS_NEVER = "venue never learns"
    LISTED_LATE = "listed late"
    PORTAL_DOWN = "portal down"
    RIVAL = "slot lost to others"
    SHEET = "sheet broken"
    DISK_FULL = "disk full"


class Phase(StrEnum):
    """How far a booking has come when it goes wrong."""

    START = "start"
    LOGIN = "log in"
    STOCK = "take stock"
    READY = "get ready"
    WAITING = "wait"
    HOLDING = "hold"
    BASKET = "basket"
    CARD = "card"
    HOLDER = "card holder"
    LAST_CLICK = "last click"
    RETURN = "return"
    """Between the money and the site's confirmation."""
    PROOF = "proof"
    LOGOUT = "log out"
    REPORT = "report"


@dataclass(frozen=True, slots=True)
class GridCell:
    """One fault in one phase."""

    fault: Fault
    phase: Phase

    def __str__(self) -> str:
        return f"{self.fault}, {self.phase}"


_WORKING = tuple(phase for phase in Phase if phase not in {Phase.START, Phase.REPORT})
_BEFORE_THE_BASKET = (Phase.START, Phase.LOGIN, Phase.STOCK, Phase.READY, Phase.WAITING, Phase.HOLDING)
_BEFORE_THE_CARD = (*_BEFORE_THE_BASKET, Phase.BASKET)
_BEFORE_THE_CLICK = (*_BEFORE_THE_CARD, Phase.CARD, Phase.HOLDER)
_AFTER_THE_RETURN = (Phase.PROOF, Phase.LOGOUT, Phase.REPORT)
_AFTER_THE_CLICK = (Phase.RETURN, *_AFTER_THE_RETURN)

_NO_WORKER = {
    Phase.START: "no worker has been started yet",
    Phase.REPORT: "no worker is left",
}
_ONLY_THE_SHEET = dict.fromkeys((Phase.START, Phase.REPORT), "only the sheet is asked here: see sheet broken")
_THE_BANK = {
    **dict.fromkeys(_BEFORE_THE_CLICK, "the bank is not asked yet"),
    **dict.fromkeys(_AFTER_THE_CLICK, "the bank has answered already"),
}
_NAMED_TOO_LATE = dict.fromkeys((Phase.LAST_CLICK, *_AFTER_THE_CLICK), "what is charged was named before")

CANNOT_BE: dict[Fault, dict[Phase, str]] = {
    Fault.KILL_WORKER: _NO_WORKER,
    Fault.KILL_PABOT: {Phase.START: "pabot has not been started yet"},
    Fault.KILL_RUN: {},
    Fault.STOP: {},
    Fault.DROP_REQUEST: _ONLY_THE_SHEET,
    Fault.DROP_ANSWER: _ONLY_THE_SHEET,
    Fault.DELAY: _ONLY_THE_SHEET,
    Fault.ERROR_INSTEAD: _ONLY_THE_SHEET,
    Fault.ERROR_AFTER: _ONLY_THE_SHEET,
    Fault.HANG: _ONLY_THE_SHEET,
    Fault.TRUNCATE: _ONLY_THE_SHEET | {Phase.WAITING: "what is asked while waiting is answered without a body"},
    Fault.EXPIRE: dict.fromkeys((Phase.START, Phase.REPORT), "there is no session"),
    Fault.DECLINE: _THE_BANK,
    Fault.DECLINE_PAGE: _THE_BANK,
    Fault.ERROR_TAKEN: _THE_BANK,
    Fault.ERROR_UNTAKEN: _THE_BANK,
    Fault.UNANSWERED: _THE_BANK,
    Fault.LATE: _THE_BANK,
    Fault.FEE: {
        **dict.fromkeys((*_BEFORE_THE_CARD, Phase.CARD), "a fee is stated on the page with the last button"),
        **_NAMED_TOO_LATE,
    },
    Fault.AMOUNT: {**dict.fromkeys(_BEFORE_THE_CARD, "the portal has named no amount yet"), **_NAMED_TOO_LATE},
    Fault.TEST_SYSTEM: {
        **dict.fromkeys(_BEFORE_THE_CARD, "the portal is not there yet"),
        **dict.fromkeys((Phase.HOLDER, Phase.LAST_CLICK, *_AFTER_THE_CLICK), "the first page of the portal says so"),
    },
    Fault.LOST: {
        **dict.fromkeys((*_BEFORE_THE_BASKET, Phase.CARD, Phase.HOLDER), "nothing is paid here"),
        **dict.fromkeys(_AFTER_THE_CLICK, "the payment was answered already"),
    },
    Fault.LEARNS_LATE: {
        **dict.fromkeys(_BEFORE_THE_CLICK, "there is no money yet to learn of"),
        **dict.fromkeys(_AFTER_THE_RETURN, "the venue has learnt of it already"),
    },
    Fault.LEARNS_NEVER: {
        **dict.fromkeys(_BEFORE_THE_CLICK, "there is no money yet to learn of"),
        Phase.LAST_CLICK: "no different from a payment's answer lost",
        **dict.fromkeys(_AFTER_THE_RETURN, "the venue has learnt of it already"),
    },
    Fault.LISTED_LATE: {
        **dict.fromkeys((*_BEFORE_THE_CLICK, Phase.LAST_CLICK, Phase.RETURN), "nothing is booked yet"),
        **dict.fromkeys((Phase.LOGOUT, Phase.REPORT), "My Bookings is asked no more"),
    },
    Fault.PORTAL_DOWN: {
        **dict.fromkeys(_BEFORE_THE_BASKET, "the portal is not needed yet"),
        **dict.fromkeys(_AFTER_THE_RETURN, "the portal is needed no more"),
    },
    Fault.RIVAL: {
        **dict.fromkeys((Phase.START, Phase.LOGIN, Phase.STOCK), "no different from a slot lost while getting ready"),
        **dict.fromkeys(_AFTER_THE_RETURN, "what is booked cannot be lost"),
    },
    Fault.SHEET: dict.fromkeys(_WORKING, "the sheet is asked at the start and for its log only"),
    Fault.DISK_FULL: {},
}
"""Why a fault cannot meet a phase; every combination that is not here can, and does."""


def cells_of(fault: Fault) -> list[GridCell]:
    """Return the cells of a fault that can be filled, in the order of the phases."""
    return [GridCell(fault, phase) for phase in Phase if phase not in CANNOT_BE[fault]]


CELLS = tuple(cell for fault in Fault for cell in cells_of(fault))
"""Every cell that can be filled."""


def cell_of(seed: int) -> GridCell:
    """Return the fault and the phase that a seed stands for."""
    return _SEQUENCE[seed % PERIOD]


TAKE_TURNS = (
    (Fault.LOST, Fault.PORTAL_DOWN),
    (Fault.DECLINE, Fault.DECLINE_PAGE, Fault.SHEET),
    (Fault.ERROR_TAKEN, Fault.ERROR_UNTAKEN, Fault.LISTED_LATE),
    (Fault.UNANSWERED, Fault.LATE),
    (Fault.AMOUNT, Fault.FEE, Fault.TEST_SYSTEM),
    (Fault.LEARNS_LATE, Fault.LEARNS_NEVER),
)
"""Faults of few cells, which share the places of one among the seeds."""
_ALONE = tuple((fault,) for fault in Fault if not any(fault in turns for turns in TAKE_TURNS))


def _turns() -> Iterator[tuple[Fault, ...]]:
    """Yield the faults of a period, those that take turns as one.

    All of them stand in every block at the same places, then those with the most cells.
    """
    kinds, blocks = (*_ALONE, *TAKE_TURNS), PERIOD // BLOCK
    left = Counter({kind: sum(len(cells_of(fault)) for fault in kind) - blocks for kind in kinds})
    many = [kind for kind in kinds if left[kind] > 0]
    extra: list[tuple[Fault, ...]] = []
    for kind in cycle(many):
        if len(extra) == blocks * (BLOCK - len(kinds)):
            break
        if left[kind] > 0 or not any(left[each] > 0 for each in many):
            left[kind] -= 1
            extra.append(kind)
    rest = iter(extra)
    for _ in range(blocks):
        yield from kinds
        for _ in range(BLOCK - len(kinds)):
            yield next(rest)


def _spread(turns: Iterable[tuple[Fault, ...]]) -> Iterator[GridCell]:
    """Yield a cell for each turn: one it has met the least, in the phase that was met the longest ago."""
    met: Counter[GridCell] = Counter()
    last = dict.fromkeys(Phase, -1)
    for place, faults in enumerate(turns):
        cells = [cell for fault in faults for cell in cells_of(fault)]
        cell = min(cells, key=lambda each: (met[each], last[each.phase]))
        met[cell] += 1
        last[cell.phase] = place
        yield cell


_SEQUENCE = tuple(_spread(_turns()))
