"""Several machines, one report: a run may do one part of the accounts, and the parts are put together afterwards."""

from __future__ import annotations

import argparse
import dataclasses
import json
import shutil
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from robot.api import SuiteVisitor
from robot.rebot import rebot
from robot.result import TestSuite

from booking.errors import BookingError
from booking.ledger.ledger import OutcomeRecord
from booking.model import Plan, Slot
from booking.outcomes import ExitStatus, Outcome, exit_status
from booking.plan import read_plan
from runner.report import document, in_order, opening_of
from runner.terminal import Terminal
from runner.workers import REPORT_NAME

OUTCOMES = "outcomes.json"
"""File in the run's folder: its outcomes for machines, and for the merge."""


def part_of(plan: Plan, part: int, parts: int) -> Plan:
    """Return the plan of one shard: the accounts in the order of their keys, cut as pabot's ``--shard`` cuts suites.

    The whole plan is made first, so that two shards never want the same slot.

    Raises:
        BookingError: there are fewer accounts than parts.
    """
    keys = sorted(account.key for account in plan.accounts)
    if len(keys) < parts:
        raise BookingError(f"--shard: {len(keys)} accounts cannot be cut into {parts} parts")
    size, rest = divmod(len(keys), parts)
    mine = set(keys[(part - 1) * size + min(part - 1, rest) : part * size + min(part, rest)])
    return dataclasses.replace(
        plan,
        accounts=tuple(account for account in plan.accounts if account.key in mine),
        wishes=tuple(wish for wish in plan.wishes if wish.account in mine),
    )


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


def merge_command(words: list[str], terminal: Terminal) -> ExitStatus:
    """Do what ``./run.sh merge`` is told."""
    parser = argparse.ArgumentParser(prog="./run.sh merge", description="One report of the runs of several shards.")
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER", help="folder of one run")
    parser.add_argument("--into", required=True, type=Path, metavar="DIR", help="new folder for the merged report")
    arguments = parser.parse_args(words)
    return merge(arguments.folders, arguments.into, terminal)


def merge(folders: Sequence[Path], into: Path, terminal: Terminal) -> ExitStatus:
    """Make one report of several runs of the same slot day, and return the status they have together.

    Args:
        folders: folders of the runs.
        into: the new folder.
        terminal: where the table is shown.

    Raises:
        BookingError: a folder holds no finished run, the runs do not belong together, or `into` is there already.
    """
    plans = [read_plan(folder / "plan.json") for folder in folders]
    first = plans[0]
    for folder, plan in zip(folders, plans, strict=True):
        if (plan.site, plan.slot_day) != (first.site, first.slot_day):
            raise BookingError(
                f"{folder} is about {plan.slot_day} at {plan.site}, not {first.slot_day} at {first.site}"
            )
        if not (folder / "output.xml").exists():
            raise BookingError(f"{folder} holds no output.xml: name the folder of a run that has ended")
    try:
        into.mkdir(parents=True)
    except FileExistsError:
        raise BookingError(f"--into: {into} is there already; name a new folder") from None
    outcomes: list[OutcomeRecord] = []
    clocks: dict[str, str] = {}
    (into / "pictures").mkdir()
    for folder in folders:
        told, said = _read_outcomes(folder / OUTCOMES)
        outcomes += told
        clocks |= said
        for picture in folder.glob("pictures/*.jpg"):
            shutil.copy(picture, into / "pictures")
        for announcement in folder.glob("opening.txt"):
            shutil.copy(announcement, into)
    whole = dataclasses.replace(
        first,
        accounts=tuple(account for plan in plans for account in plan.accounts),
        wishes=tuple(wish for plan in plans for wish in plan.wishes),
        remarks=tuple(dict.fromkeys(remark for plan in plans for remark in plan.remarks)),
    )
    outcomes = in_order(whole, outcomes)
    text = document(whole, outcomes, clocks, into)
    rebot(
        *(folder / "output.xml" for folder in folders),
        name=REPORT_NAME,
        outputdir=into,
        output="output.xml",
        xunit="xunit.xml",
        prerebotmodifier=_OneRoot(text),
        stdout=None,
        statusrc=False,
    )
    write_outcomes(whole, into, outcomes, clocks)
    terminal.show(whole, outcomes, into / "report.html")
    return exit_status(record.outcome for record in outcomes)


class _OneRoot(SuiteVisitor):
    """Puts the accounts of all runs under one suite, with the table of all outcomes."""

    def __init__(self, text: str) -> None:
        self._text = text

    def start_suite(self, suite: TestSuite) -> bool:
        """Change the topmost suite and look no further."""
        suite.suites = [account for run in suite.suites for account in run.suites]
        suite.doc = self._text
        return False


def _read_outcomes(path: Path) -> tuple[list[OutcomeRecord], dict[str, str]]:
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
