"""What a seed leaves behind, as the venue, the sheet, the ledger, the files and the system have it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Row = dict[str, Any]
Place = tuple[int, str, int]
"""A slot: court, date, hour."""


@dataclass(frozen=True, slots=True)
class WantedSlots:
    """What an account wants on the slot day: the first of these slots that can be had."""

    account: str
    email: str
    places: tuple[Place, ...]


@dataclass(slots=True)
class RunFacts:
    """One call of the program, looked at when it had ended."""

    status: int
    said: str
    seconds: float
    interrupted: bool
    """Whether it was killed, or stopped so early that it owes nothing."""
    disk_full: bool = False
    """Whether it had nowhere to write: it owes a reason and a fitting status, but no report."""
    name: str = ""
    """Name of its folder, which is also its name in the ledger; empty if it came to none."""
    report: list[list[str]] | None = None
    """The table of outcomes in the report; None where there is no report."""
    changed: bool = False
    """Whether something was held, sold, paid or given back at the venue meanwhile."""
    left: list[str] = field(default_factory=list)
    """Processes that were still there."""
    locked: bool = False
    """Whether the lock of the results folder was still held."""
    calls: list[tuple[str, str]] = field(default_factory=list)
    """Whom it has called a person for, by account, and what it has said then: the ledger's marks."""


@dataclass(slots=True)
class Facts:
    """Everything the judge goes by."""

    wishes: list[WantedSlots]
    struck: str
    """The account that the fault was about."""
    bystanders: tuple[str, ...]
    """Accounts that must not have noticed the fault."""
    runs: list[RunFacts]
    quiet: bool
    """Whether the last runs have changed nothing and ended alike."""
    holds: list[Row]
    bookings: list[Row]
    payments: list[Row]
    requests: list[Row]
    log: list[list[str]]
    """Rows of the sheet's log under its header."""
    states: list[Row]
    """Where each slot stands in the ledger."""
    outcomes: list[Row]
    """All outcomes in the ledger."""
    ended: dict[str, int | None]
    """The runs in the ledger, with the status that each ended with."""
    history: list[Row] = field(default_factory=list)
    """Every step of every slot in the ledger, the oldest first."""
    fees: dict[str, tuple[int, ...]] = field(default_factory=dict)
    """Which fees the portal has stated to which address, in pence."""
    ceiling: int = 10_000
    """What may be spent for one account, in pence."""
    told: tuple[str, ...] = ()
    """The outcomes of which the first run must tell one of each slot of the struck account; empty: any."""
    refused: str = ""
    """The outcome that the struck account ends with for good; empty where its slots can be booked."""
    contested: Place | None = None
    """The slot of the struck account that a rival had at the opening and gave back."""
    cut: bool = False
    """Whether the fault ends processes or fills the disk."""
    secrets: list[str] = field(default_factory=list)
    """Secrets that were found, each with its place."""
