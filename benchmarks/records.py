"""What the benchmarks measured, in plain records: one a slot, one a run, one a phase of a run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class SlotFigures:
    """What became of one slot that one account reached for at one opening. Milliseconds after the opening."""

    contender: str
    weather: str
    accounts: int
    run: int
    account: str
    place: int
    """0 for the slot that the account reached for first."""
    arrived: float | None
    """When the request that got it came in at the venue; None when it was not got."""
    held: float | None
    """When the venue gave it."""
    rival: float | None = None
    """How many seconds after the opening a rival reached for it; None where there was no rival."""


@dataclass(frozen=True, slots=True)
class RunFigures:
    """What one whole run cost, from start to report."""

    contender: str
    weather: str
    accounts: int
    run: int
    wall: float
    """Seconds."""
    cpu: float
    """Seconds of user and system time of all its processes."""
    peak: float
    """Megabytes, proportional set size of all its processes."""
    paid: list[float] = field(default_factory=list)
    """When each account had paid, in milliseconds after the opening."""


@dataclass(frozen=True, slots=True)
class PhaseRecord:
    """How long one phase of one account took in one whole run. Seconds."""

    weather: str
    accounts: int
    run: int
    account: str
    phase: str
    seconds: float


@dataclass(frozen=True, slots=True)
class WayRecord:
    """How late one request came in that was aimed at an instant."""

    way: str
    number: int
    late: float
    """Milliseconds."""


@dataclass(slots=True)
class Findings:
    """All that one session measured."""

    slots: list[SlotFigures] = field(default_factory=list)
    contested: list[SlotFigures] = field(default_factory=list)
    runs: list[RunFigures] = field(default_factory=list)
    phases: list[PhaseRecord] = field(default_factory=list)
    ways: list[WayRecord] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    """Measurements that did not come about, each with its reason."""

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> Self:
        """Return the findings that were written as plain values."""
        kinds = {
            "slots": SlotFigures,
            "contested": SlotFigures,
            "runs": RunFigures,
            "phases": PhaseRecord,
            "ways": WayRecord,
        }
        return cls(
            **{name: [kind(**each) for each in plain[name]] for name, kind in kinds.items()}, broken=plain["broken"]
        )


def first_holds(records: Iterable[SlotFigures]) -> list[float]:
    """Return the hold of the first slot of each account and opening; openings at which it was lost are left out."""
    return [record.held for record in records if record.place == 0 and record.held is not None]


def last_holds(records: Iterable[SlotFigures]) -> list[float]:
    """Return when each account had all its slots; openings at which it lost one are left out."""
    groups: dict[tuple[str, str, int, int, str], list[float | None]] = {}
    for each in records:
        groups.setdefault((each.contender, each.weather, each.accounts, each.run, each.account), []).append(each.held)
    return [max(whole) for held in groups.values() if len(whole := [at for at in held if at is not None]) == len(held)]


def matching(records: Iterable[SlotFigures], test: Callable[[SlotFigures], bool]) -> list[SlotFigures]:
    """Return the records that pass a test."""
    return [record for record in records if test(record)]
