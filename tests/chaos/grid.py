"""What can go wrong, and when: every fault in every phase of a booking, and which of them a seed meets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import cycle

PERIOD = 200
"""So many seeds in a row meet every cell that can be filled, wherever they begin."""
BLOCK = 25
"""So many seeds in a row meet every fault."""


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
    DECLINE = "bank refuses"
    LOST = "payment's answer lost"
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
    PROOF = "proof"
    LOGOUT = "log out"
    REPORT = "report"


@dataclass(frozen=True, slots=True)
class Cell:
    """One fault in one phase."""

    fault: Fault
    phase: Phase

    def __str__(self) -> str:
        return f"{self.fault}, {self.phase}"


_WORKING = tuple(phase for phase in Phase if phase not in {Phase.START, Phase.REPORT})
_BEFORE_THE_BASKET = (Phase.START, Phase.LOGIN, Phase.STOCK, Phase.READY, Phase.WAITING, Phase.HOLDING)
_AFTER_PAYING = (Phase.PROOF, Phase.LOGOUT, Phase.REPORT)

_NO_WORKER = {
    Phase.START: "no worker has been started yet",
    Phase.REPORT: "no worker is left",
}
_ONLY_THE_SHEET = dict.fromkeys((Phase.START, Phase.REPORT), "only the sheet is asked here: see sheet broken")

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
    Fault.DECLINE: {
        **dict.fromkeys((*_BEFORE_THE_BASKET, Phase.BASKET, Phase.CARD, Phase.HOLDER), "the bank is not asked yet"),
        **dict.fromkeys(_AFTER_PAYING, "the bank has answered already"),
    },
    Fault.LOST: {
        **dict.fromkeys((*_BEFORE_THE_BASKET, Phase.CARD, Phase.HOLDER), "nothing is paid here"),
        **dict.fromkeys(_AFTER_PAYING, "the payment was answered already"),
    },
    Fault.PORTAL_DOWN: {
        **dict.fromkeys(_BEFORE_THE_BASKET, "the portal is not needed yet"),
        **dict.fromkeys(_AFTER_PAYING, "the portal is needed no more"),
    },
    Fault.RIVAL: {
        **dict.fromkeys((Phase.START, Phase.LOGIN, Phase.STOCK), "no different from a slot lost while getting ready"),
        **dict.fromkeys(_AFTER_PAYING, "what is paid cannot be lost"),
    },
    Fault.SHEET: dict.fromkeys(_WORKING, "the sheet is asked at the start and for its log only"),
    Fault.DISK_FULL: {},
}
"""Why a fault cannot meet a phase; every combination that is not here can, and does."""


def cells_of(fault: Fault) -> list[Cell]:
    """Return the cells of a fault that can be filled, in the order of the phases."""
    return [Cell(fault, phase) for phase in Phase if phase not in CANNOT_BE[fault]]


CELLS = tuple(cell for fault in Fault for cell in cells_of(fault))
"""Every cell that can be filled."""


def cell_of(seed: int) -> Cell:
    """Return the fault and the phase that a seed stands for."""
    return _SEQUENCE[seed % PERIOD]


def _faults() -> Iterator[Fault]:
    """Yield the faults of a period: all of them in every block at the same places, then those with the most cells."""
    left = Counter({fault: len(cells_of(fault)) - PERIOD // BLOCK for fault in Fault})
    many = [fault for fault in Fault if left[fault] > 0]
    extra: list[Fault] = []
    for fault in cycle(many):
        if len(extra) == PERIOD // BLOCK * (BLOCK - len(Fault)):
            break
        if left[fault] > 0 or not any(left[each] > 0 for each in many):
            left[fault] -= 1
            extra.append(fault)
    rest = iter(extra)
    for _ in range(PERIOD // BLOCK):
        yield from Fault
        for _ in range(BLOCK - len(Fault)):
            yield next(rest)


def _spread(faults: Iterable[Fault]) -> Iterator[Cell]:
    """Yield a cell for each fault: one it has met the least, in the phase that was met the longest ago."""
    met: Counter[Cell] = Counter()
    last = dict.fromkeys(Phase, -1)
    for place, fault in enumerate(faults):
        cell = min(cells_of(fault), key=lambda each: (met[each], last[each.phase]))
        met[cell] += 1
        last[cell.phase] = place
        yield cell


_SEQUENCE = tuple(_spread(_faults()))
