"""What a run tells in its own folder, for people and for machines, as keywords."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from robot.api import ExecutionResult, logger
from robot.api.deco import keyword, library

from runner.workers import RESULTS_MARK, processes_of
from tests.acceptance.Program import open_in_browser

SENT = "request sent, ms after the opening"
CONFIRMED = "hold confirmed, ms after the opening"
TABLE = "Outcome Why Tries Request sent Hold confirmed"
ONE_CLOCK = 100.0
"""Milliseconds by which the clock of a browser may differ from that of the system it runs on."""


@library(scope="SUITE")
class Reports:
    """The report and the outcomes of any run, by its folder."""

    @keyword
    def measures_should_agree_with(
        self, records: dict[str, Any], folder: Path, opening: datetime, *accounts: str
    ) -> None:
        """Checks what a run tells of its holds against the venue's records.

        Tries are the requests that the venue has seen for the slots of the want; the request for a held slot arrived
        between "request sent" and "hold confirmed", both counted from the opening.
        """
        booked = [each for each in _outcomes(folder) if each["account"] in accounts and each["outcome"] == "booked"]
        if {each["account"] for each in booked} != set(accounts):
            raise AssertionError(f"of {', '.join(accounts)} only {[each['account'] for each in booked]} have booked")
        for each in booked:
            slots, measures = {each["wanted"]["hour"], each["slot"]["hour"]}, each["measures"]
            paths = [asked["path"] for asked in records["requests"] if asked["email"] == each["email"]]
            tries = len([path for path in paths if any(path.endswith(f"fdTime={hour}") for hour in slots)])
            hold = next(hold for hold in records["holds"] if _is_hold_of(hold, each))
            arrived = hold["arrived"] - opening.timestamp() * 1000
            logger.info(
                f"{each['account']}: {measures}; {tries} tries seen, arrived {arrived:.0f} ms after the opening"
            )
            if measures["tries"] != tries:
                raise AssertionError(f"{each['account']}: {measures['tries']} tries told, {tries} seen")
            if not measures[SENT] - ONE_CLOCK <= arrived <= measures[CONFIRMED] + ONE_CLOCK:
                raise AssertionError(f"{each['account']}: {measures} told, but the request arrived at {arrived:.0f} ms")

    @keyword
    def get_rows_with_measures(self, folder: Path) -> list[str]:
        """Returns how a report should tell booked slots with their measures: why, tries, sent, confirmed."""
        return [
            f"booked - {each['measures']['tries']} {each['measures'][SENT]} ms {each['measures'][CONFIRMED]} ms"
            for each in _outcomes(folder)
            if each["outcome"] == "booked"
        ]

    @keyword
    def outcome_file_should_say(self, folder: Path, account: str, *outcomes: str) -> None:
        """Checks the outcomes for machines: wanted, got and outcome of an account, e.g. ``10:00 11:00 booked``."""
        found = [
            f"{each['wanted']['hour']:02d}:00 {each['slot']['hour']:02d}:00 {each['outcome']}"
            for each in _outcomes(folder)
            if each["account"] == account
        ]
        if found != list(outcomes):
            raise AssertionError(f"{account}: found {found}, wanted {list(outcomes)}")

    @keyword
    def clocks_should_be_told(self, folder: Path, *accounts: str) -> None:
        """Checks that the run tells how far the site's clock is from the machine's, as each account has found it."""
        clocks = json.loads((folder / "outcomes.json").read_text(encoding="utf-8"))["clocks"]
        untold = [account for account in accounts if "the site's clock is" not in clocks.get(account, "")]
        if untold:
            raise AssertionError(f"nothing is told of the clock by {', '.join(untold)}: {clocks}")

    @keyword
    def picture_should_exist(self, folder: Path, account: str, name: str) -> None:
        """Checks that the run has kept a picture of this name of an account."""
        found = [path.name for path in folder.glob(f"pictures/{account}-*.jpg")]
        if not any(name in each for each in found):
            raise AssertionError(f"there is no picture {name!r} of {account}, but {found}")

    @keyword
    def suites_should_be(self, folder: Path, *suites: str) -> None:
        """Checks that Robot Framework reads the result of the run, and that it has these suites under one."""
        suite = ExecutionResult(folder / "output.xml").suite
        found = [each.name for each in suite.suites]
        if sorted(found) != sorted(suites) or not all(each.tests for each in suite.suites):
            raise AssertionError(f"found the suites {found}, wanted {sorted(suites)}, each with its tasks")

    @keyword
    def report_in_browser_should_show(self, folder: Path, *texts: str) -> None:
        """Opens the report of a run in a browser and checks that it shows one table of outcomes, and these texts."""
        shown = " ".join(open_in_browser(folder / "report.html").text(separator=" ").split())
        missing = [text for text in texts if text not in shown]
        if missing or shown.count(TABLE) != 1:
            raise AssertionError(f"the report has {shown.count(TABLE)} tables and not {missing}:\n{shown[:3000]}")

    @keyword
    def nothing_should_run_for(self, *results: Path) -> None:
        """Checks that no process of a run into these results folders is still there."""
        left = [each.name() for folder in results for each in processes_of(RESULTS_MARK, str(folder.resolve()))]
        if left:
            raise AssertionError(f"still there: {', '.join(left)}")


def _outcomes(folder: Path) -> list[dict[str, Any]]:
    outcomes: list[dict[str, Any]] = json.loads((folder / "outcomes.json").read_text(encoding="utf-8"))["outcomes"]
    return outcomes


def _is_hold_of(hold: dict[str, Any], outcome: dict[str, Any]) -> bool:
    slot = outcome["slot"]
    return (hold["email"], hold["court"], hold["date"], hold["hour"]) == (
        outcome["email"],
        slot["court"],
        slot["date"],
        slot["hour"],
    )
