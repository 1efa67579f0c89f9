"""The outcomes of a run as a file in its folder: for machines, and for the report of several shards."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from booking.errors import BookingError
from booking.ledger.ledger import OutcomeRecord
from booking.model import Plan, Slot
from booking.outcomes import Outcome
from runner.report import opening_of

OUTCOMES = "outcomes.json"
"""Name of the file."""


def write_outcomes(plan: Plan, folder: Path, outcomes: Sequence[OutcomeRecord], clocks: Mapping[str, str]) -> None:
    """Write what became of every wanted slot into the run's folder."""
    opening = opening_of(plan, folder)
    plain = {
        "opening": opening.isoformat(timespec="milliseconds") if opening else None,
        "outcomes": [
            {
                "account": record.account,
                "email": record.email,
                "wanted": _slot_to_json(record.wanted),
                "slot": _slot_to_json(record.slot),
                "outcome": record.outcome.value,
                "why": record.why,
                "at": record.at.isoformat(),
                "measures": dict(record.measures),
            }
            for record in outcomes
        ],
        "clocks": dict(clocks),
    }
    (folder / OUTCOMES).write_text(json.dumps(plain, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def read_outcomes(folder: Path) -> tuple[list[OutcomeRecord], dict[str, str]]:
    """Return what became of every wanted slot in a run, and what each account knew of the clocks.

    Raises:
        BookingError: the folder holds no finished run.
    """
    path = folder / OUTCOMES
    try:
        plain = json.loads(path.read_text(encoding="utf-8"))
        return [_record(each) for each in plain["outcomes"]], dict(plain["clocks"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BookingError(f"{path} cannot be read ({type(error).__name__}): name a run that has ended") from error


def _record(plain: Mapping[str, Any]) -> OutcomeRecord:
    return OutcomeRecord(
        run="",
        account=plain["account"],
        email=plain["email"],
        wanted=_slot_from_json(plain["wanted"]),
        slot=_slot_from_json(plain["slot"]),
        outcome=Outcome(plain["outcome"]),
        why=plain["why"],
        at=datetime.fromisoformat(plain["at"]),
        measures=plain["measures"],
    )


def _slot_to_json(slot: Slot) -> dict[str, int | str]:
    return {"court": slot.court, "date": slot.date.isoformat(), "hour": slot.hour}


def _slot_from_json(plain: Mapping[str, Any]) -> Slot:
    return Slot(plain["court"], date.fromisoformat(plain["date"]), plain["hour"])
