"""Several machines, one report: a run may do one part of the accounts, and the parts are put together afterwards."""

from __future__ import annotations

import argparse
import dataclasses
import shutil
from collections.abc import Sequence
from pathlib import Path

from robot.api import SuiteVisitor
from robot.rebot import rebot
from robot.result import TestSuite

from booking.errors import BookingError
from booking.ledger.ledger import OutcomeRecord
from booking.model import Plan
from booking.outcomes import ExitStatus, exit_status
from booking.plan import read_plan
from runner.outcomes_file import read_outcomes, write_outcomes
from runner.report import document, in_order
from runner.terminal import Terminal
from runner.workers import REPORT_NAME


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


def merge_command(words: list[str], terminal: Terminal) -> ExitStatus:
    """Do what ``./run.sh merge`` asks for."""
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
        of_run, known_clocks = read_outcomes(folder)
        outcomes += of_run
        clocks |= known_clocks
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
