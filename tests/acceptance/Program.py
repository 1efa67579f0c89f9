"""`./run.sh` as keywords: call it, disturb it, and look at what it leaves behind."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psutil
from dotenv import dotenv_values
from robot.api import logger
from robot.api.deco import keyword, library
from selectolax.lexbor import LexborHTMLParser

from booking.ledger.database import LEDGER
from runner.browser import find_browser
from runner.workers import RESULTS_MARK, processes_of
from tests.acceptance.Notifications import notifications_of_suite
from tests.acceptance.Venue import venue_of_suite
from tests.support.leaks import find_in_folder, find_in_texts, secrets_of
from tests.support.ledger import ask_ledger
from tests.support.process import STEADY, ProgramRun
from tests.support.venue import PROJECT

LONGEST_RUN = 180.0
"""Seconds; a run of three accounts takes about 25 on two cores."""
PATIENCE = 90.0
SLOTS = "SELECT account, day, hour, state, pence FROM slots ORDER BY hour"
# Other tools write there, and so does a run by hand; the runs of the tests have a results folder of their own.
NOT_OF_THE_PROJECT = {".git", ".venv", "results", "__pycache__"} | {
    f".{tool}" for tool in ("hypothesis", "mypy_cache", "pytest_cache", "robocop_cache", "ruff_cache")
}


@dataclass(frozen=True)
class LeftByCall:
    """What there was when a call had ended."""

    slots: list[dict[str, Any]]
    """The ledger's."""
    latest: Path
    """Where ``latest`` leads to."""
    newest: Path | None
    """The folder of the newest run, if there has been any."""


@library(scope="SUITE")
class Program:
    """Calls of `./run.sh` into one results folder.

    Checks look at what there is now or, where they are given the number of a call, at what there was when it had ended.
    """

    def __init__(self) -> None:
        self._settings: dict[str, str] = {}
        self._results = Path()
        self._runs: list[ProgramRun] = []
        self._last: ProgramRun | None = None
        self._left: dict[int, LeftByCall] = {}
        self._files: dict[str, tuple[int, int]] = {}
        self._damaged = b""
        self._lure: socket.socket | None = None

    @keyword
    def use_settings(self, settings: dict[str, str], results: Path) -> None:
        """Takes the settings that all calls have in common, and the folder for their results."""
        if dotenv_values(PROJECT / ".env").get("OPENING"):
            raise AssertionError(".env sets OPENING, which would move the tests' openings: empty it meanwhile")
        self._results = results.resolve()
        self._settings = {**STEADY, **settings, "RESULTS_DIR": str(self._results)}

    @keyword
    def change_settings(self, settings: dict[str, str]) -> None:
        """Takes other values of some settings for all further calls, as in an ``.env`` that somebody has changed."""
        self._settings |= settings

    # Calls

    @keyword
    def run_program(self, *options: str, **settings: str) -> None:
        """Calls the program with these options and, for this call only, other settings; waits for its end."""
        run = self._start(options, settings)
        run.wait(LONGEST_RUN)
        self._take(run)

    @keyword
    def start_program(self, *options: str, **settings: str) -> None:
        """Calls the program and leaves it running."""
        self._start(options, settings)

    @keyword
    def wait_for_program(self, within: float = LONGEST_RUN) -> None:
        """Waits until the call that was left running has ended, so many seconds at most."""
        running = next(run for run in self._runs if run.status is None)
        running.wait(within)
        self._take(running)

    @keyword
    def terminate_program(self) -> None:
        """Sends SIGTERM to the call that was left running."""
        next(run for run in self._runs if run.status is None).terminate()

    @keyword
    def kill_program(self, *, group: bool = False) -> None:
        """Kills the call that was left running, as the system would; with ``group`` all of its process group."""
        next(run for run in self._runs if run.status is None).kill(group=group)

    @keyword
    def cut_the_power(self) -> None:
        """Kills all that belongs to the call that was left running, its workers and watchdog too, all at once."""
        running = next(run for run in self._runs if run.status is None)
        family = processes_of(RESULTS_MARK, str(self._results))
        for act in ("suspend", "kill"):  # Nobody has the time to see the others end.
            for process in family:
                with suppress(psutil.NoSuchProcess):
                    getattr(process, act)()
        running.kill(group=True)

    @keyword
    def kill_worker(self, account: str) -> None:
        """Kills the Robot process of an account, as the system would where memory is short."""
        running = next(run for run in self._runs if run.status is None)
        worker = running.worker_of(account)
        if worker is None:
            raise AssertionError(f"there is no worker of {account}")
        worker.send_signal(signal.SIGKILL)

    @keyword
    def wait_for_readiness(self, *accounts: str) -> None:
        """Waits until these accounts wait for the opening."""
        question = (
            "SELECT account FROM marks WHERE what = 'ready' AND run = (SELECT max(run) FROM runs WHERE ended IS NULL)"
        )
        self._wait(
            lambda: set(accounts) <= {row["account"] for row in self._ledger(question)},
            f"{' and '.join(accounts)} ready for the opening",
        )

    @keyword
    def end_everything(self) -> None:
        """Ends calls that a failed test has left running, and the other server."""
        for run in self._runs:
            if run.status is None:
                run.terminate()
                run.wait(PATIENCE)
        if self._lure is not None:
            self._lure.close()

    @keyword
    def get_instant_in(self, seconds: float) -> str:
        """Returns the instant so many seconds from now, as options take it."""
        return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()

    # How it ended

    @keyword
    def exit_status_should_be(self, status: int) -> None:
        """Checks how the last call ended; see ``./run.sh --help``."""
        if self.last.status != status:
            raise AssertionError(f"the exit status is {self.last.status}, wanted {status}; it said:\n{self.last.said}")

    @keyword
    def exit_statuses_should_be(self, *statuses: int) -> None:
        """Checks how each of the calls has ended, in their order."""
        found = [run.status for run in self._runs]
        if found != list(statuses):
            raise AssertionError(f"the exit statuses are {found}, wanted {list(statuses)}")

    @keyword
    def exit_status_of_call_should_be(self, number: int, status: int) -> None:
        """Checks how a call has ended; the first is number 1."""
        run = self._runs[number - 1]
        if run.status != status:
            raise AssertionError(f"the exit status is {run.status}, wanted {status}; it said:\n{run.said}")

    @keyword
    def program_should_still_run(self) -> None:
        """Checks that the call that was left running has not come to its end."""
        if not any(run.running for run in self._runs if run.status is None):
            raise AssertionError("the run has ended already")

    @keyword
    def program_should_say(self, *texts: str) -> None:
        """Checks that the last call has said each of these texts; lines and spaces do not matter."""
        _should_say(self.last, texts)

    @keyword
    def call_should_say(self, number: int, *texts: str) -> None:
        """Checks the same of an earlier call; the first is number 1."""
        _should_say(self._runs[number - 1], texts)

    @keyword
    def each_call_should_say(self, *texts: str) -> None:
        """Checks that every call so far has said each of these texts; lines and spaces do not matter."""
        for run in self._runs:
            _should_say(run, texts)

    @keyword
    def program_should_not_say(self, *texts: str) -> None:
        """Checks that the last call has said none of these texts."""
        for text in texts:
            if text in self.last.said:
                raise AssertionError(f"it has said {text!r}:\n{self.last.said}")

    @keyword
    def call_should_not_say(self, number: int, *texts: str) -> None:
        """Checks that an earlier call has said none of these texts; the first is number 1."""
        said = self._runs[number - 1].said
        for text in texts:
            if text in said:
                raise AssertionError(f"it has said {text!r}:\n{said}")

    @keyword
    def outcomes_should_be(self, account: str, *outcomes: str) -> None:
        """Checks the last call's table for an account, e.g. ``10:00 booked``, in any order."""
        _table_should_have(self.last, account, outcomes)

    @keyword
    def outcomes_of_call_should_be(self, number: int, account: str, *outcomes: str) -> None:
        """Checks the same of an earlier call; the first is number 1."""
        _table_should_have(self._runs[number - 1], account, outcomes)

    @keyword
    def no_process_should_remain(self) -> None:
        """Checks that nothing that the calls have started is still there."""
        left = [process.name() for process in processes_of(RESULTS_MARK, str(self._results))]
        if left:
            raise AssertionError(f"still there: {', '.join(left)}")

    # The ledger

    @keyword
    def ledger_should_say(self, account: str, *slots: str, after_call: int | None = None) -> None:
        """Checks where each slot of an account stands in the ledger, e.g. ``10:00 paid``."""
        rows = [row for row in self._slots(after_call) if row["account"] == account]
        found = [f"{row['hour']:02d}:00 {row['state']}" for row in rows]
        if found != list(slots):
            raise AssertionError(f"ledger of {account}: found {found}, wanted {list(slots)}")

    @keyword
    def ledger_should_count(self, account: str, *slots: str) -> None:
        """Checks at which price the ledger has each slot of an account, e.g. ``10:00 £13.90``."""
        rows = [row for row in self._slots() if row["account"] == account]
        found = [f"{row['hour']:02d}:00 £{row['pence'] / 100:.2f}" for row in rows]
        if found != list(slots):
            raise AssertionError(f"prices of {account} in the ledger: found {found}, wanted {list(slots)}")

    @keyword
    def ledger_should_agree_with(self, records: dict[str, Any], after_call: int | None = None) -> None:
        """Checks that the ledger forgets nothing that the venue has sold or holds, and claims nothing else.

        What was paid without an answer may stand as ``unknown``, what was asked for without one as ``intent``.
        """
        fates = {
            (each["email"].partition("@")[0], each["date"], each["hour"]): each["state"]
            for each in records["holds"]
            if each["state"] in {"held", "sold"}
        }
        allowed = {"sold": {"paid", "unknown"}, "held": {"held", "intent", "paying", "unknown"}, "": {"released"}}
        states = {(row["account"], row["day"], row["hour"]): row["state"] for row in self._slots(after_call)}
        wrong = [
            f"{slot}: {states.get(slot, 'nothing')} in the ledger, {fates.get(slot, 'nothing')} at the venue"
            for slot in sorted(states.keys() | fates.keys())
            if states.get(slot) not in allowed[fates.get(slot, "")] | ({"intent"} if slot not in fates else set())
        ]
        if wrong:
            raise AssertionError("\n".join(wrong))

    @keyword
    def damage_the_ledger(self) -> None:
        """Overwrites the header of the ledger and all that stands on its last page, as a failing disk may."""
        path = self._results / "ledger.sqlite3"
        data = bytearray(path.read_bytes())
        data[:100] = bytes(range(100))
        data[-4096:] = b"\xa5" * 4096
        path.write_bytes(data)
        self._damaged = bytes(data)

    @keyword
    def damaged_ledger_should_be_set_aside(self) -> None:
        """Checks that one ledger was set aside, and that it is, byte for byte, the one that was damaged."""
        found = sorted(self._results.glob("ledger.sqlite3.damaged-*"))
        if [path.read_bytes() for path in found] != [self._damaged]:
            raise AssertionError(
                f"set aside: {[path.name for path in found] or 'nothing'}; wanted the damaged one as it was"
            )

    # The report

    @keyword
    def report_should_be_complete(self, *accounts: str, after_call: int | None = None) -> None:
        """Checks that the newest run has left everything it should, pictures of these accounts too."""
        folder = self.get_newest_run(after_call)
        for name in ("report.html", "log.html", "output.xml", "xunit.xml", "plan.json"):
            if not (folder / name).stat().st_size:
                raise AssertionError(f"{name} is empty")
        for account in accounts:
            if not list(folder.glob(f"pictures/{account}-*.jpg")):
                raise AssertionError(f"there is no picture of {account}")

    @keyword
    def block_pictures(self) -> None:
        """Puts a file in the place of the folder for pictures of the call that was left running."""
        began = "SELECT run FROM runs WHERE ended IS NULL"
        self._wait(lambda: bool(self._ledger(began)), "a run begun")
        folder = self._results / self._ledger(began)[-1]["run"]
        self._wait(folder.is_dir, f"the folder {folder.name} there")
        (folder / "pictures").touch(exist_ok=False)

    @keyword
    def no_picture_should_be_kept(self) -> None:
        """Checks that the newest run has still a file in the place of its folder for pictures, and no picture."""
        folder = self.get_newest_run()
        if not (folder / "pictures").is_file() or list(folder.rglob("*.jpg")):
            raise AssertionError(f"there are pictures in {folder.name}")

    @keyword
    def get_newest_run(self, after_call: int | None = None) -> Path:
        """Returns the folder that ``latest`` leads to, and checks that it is the newest one."""
        left = self._look() if after_call is None else self._left[after_call]
        if left.latest != left.newest:
            raise AssertionError(f"latest leads to {left.latest}, the newest run is {left.newest}")
        return left.latest

    @keyword
    def report_elsewhere_should_show(self, *texts: str, after_call: int | None = None) -> None:
        """Copies the newest run to another folder, opens its report in a browser there, and checks what it shows.

        Every file that the report links to must be in the copy.
        """
        with tempfile.TemporaryDirectory() as elsewhere:
            copy = Path(elsewhere) / "copied report"
            shutil.copytree(self.get_newest_run(after_call), copy)
            page = open_in_browser(copy / "report.html")
            shown = " ".join(page.text(separator=" ").split())
            missing = [text for text in texts if text not in shown]
            if missing:
                raise AssertionError(f"the report does not show {missing} but:\n{shown[:2000]}")
            links = list(_links(page))
            logger.info(f"The report leads to {links}")
            broken = [link for link in links if not (copy / link.partition("#")[0]).is_file()]
            if broken or not links:
                raise AssertionError(f"the copied report leads to what is not in it: {broken or 'nothing at all'}")

    # What stays outside

    @keyword
    def remember_files_of_project(self) -> None:
        """Takes down which files the project has."""
        self._files = dict(_files_of_project())

    @keyword
    def files_of_project_should_be_unchanged(self) -> None:
        """Checks that no file of the project has come, gone or changed."""
        now = dict(_files_of_project())
        changed = sorted(path for path in now.keys() | self._files.keys() if now.get(path) != self._files.get(path))
        if changed:
            raise AssertionError(f"changed in the project: {', '.join(changed)}")

    @keyword
    def listen_elsewhere(self) -> str:
        """Opens a server beside the venue that nobody should visit, and returns its address."""
        self._lure = socket.create_server(("127.0.0.1", 0))
        self._lure.settimeout(0)
        return f"http://127.0.0.1:{self._lure.getsockname()[1]}"

    @keyword
    def nobody_should_have_come(self) -> None:
        """Checks that nothing has connected to the other server."""
        if self._lure is None:
            raise AssertionError("there is no other server")
        try:
            self._lure.accept()
        except BlockingIOError:
            return
        raise AssertionError("somebody has visited the other server")

    # Secrets

    @keyword
    def no_secret_should_be_left(self, log_of_sheet: list[list[str]]) -> None:
        """Searches results, ledger, output, the sheet's log, argument lists, and what Node and browsers inherited."""
        secrets = secrets_of(self._settings)
        found = find_in_folder(self._results, secrets)
        found += find_in_texts("the sheet's log", (" ".join(row) for row in log_of_sheet), secrets)
        for run in self._runs:
            found += find_in_texts("what the program said", [run.said], secrets)
            found += find_in_texts("the process list", run.arguments, secrets)
            for kind, environments in run.environments.items():
                found += find_in_texts(f"the environment of {kind}", environments, secrets)
        if found:
            raise AssertionError("\n".join(sorted(set(found))))

    @keyword
    def no_secret_should_be_in(self, where: str, texts: list[str]) -> None:
        """Searches texts, told as these, for every secret."""
        found = find_in_texts(where, texts, secrets_of(self._settings))
        if found or not texts:
            raise AssertionError("\n".join(sorted(set(found))) or f"there is nothing to search in {where}")

    @keyword
    def node_and_browser_should_be_seen(self) -> None:
        """Checks that the search of process list and environments was no search in nothing."""
        seen = {kind for run in self._runs for kind in run.environments}
        if seen != {"node", "browser"}:
            raise AssertionError(f"of Node and browser only {seen or 'nothing'} was seen during the runs")

    @keyword
    def get_page_with_card_number(self) -> str:
        """Returns a page that says what went wrong, with the number of the card in it, whole and in fours."""
        number = self._settings["LB_CARD_NUMBER"]
        said = f"The payment with card {number} ({' '.join(re.findall('....', number))}) could not be processed."
        return f'<!DOCTYPE html><title>Payment</title><h1>Payment</h1><p class="scp-error">{said}</p>'

    @property
    def last(self) -> ProgramRun:
        """The call that ended last."""
        if self._last is None:
            raise AssertionError("the program has not been called")
        return self._last

    def _start(self, options: tuple[str, ...], settings: dict[str, str]) -> ProgramRun:
        call = len(self._runs) + 1
        venue_of_suite().note_start(call)
        notifications_of_suite().note_start(call)
        run = ProgramRun(PROJECT / "run.sh", options, {**self._settings, **settings})
        self._runs.append(run)
        return run

    def _take(self, run: ProgramRun) -> None:
        logger.info(f"Exit status {run.status}\n{run.said}")
        self._last = run
        call = self._runs.index(run) + 1
        self._left[call] = self._look()
        venue_of_suite().note_end(call)
        notifications_of_suite().note_end(call)

    def _look(self) -> LeftByCall:
        with tempfile.TemporaryDirectory() as elsewhere:
            folder = self._results
            if (folder / LEDGER).exists() and not (folder / f"{LEDGER}-wal").exists():
                # Nobody has it open. Asking it in its place would leave files beside it that the next call would meet.
                folder = Path(elsewhere)
                shutil.copy(self._results / LEDGER, folder)
            slots = ask_ledger(folder, SLOTS)
        runs = self._results.glob("20*")
        return LeftByCall(slots, (self._results / "latest").resolve(), max(runs, default=None))

    def _slots(self, after_call: int | None = None) -> list[dict[str, Any]]:
        return self._ledger(SLOTS) if after_call is None else self._left[after_call].slots

    def _ledger(self, question: str, *values: str) -> list[dict[str, Any]]:
        return ask_ledger(self._results, question, *values)

    def _wait(self, condition: Callable[[], bool], what: str) -> None:
        until = time.monotonic() + PATIENCE
        while not condition():
            running = [run for run in self._runs if run.status is None]
            if time.monotonic() > until or not any(run.running for run in running):
                said = "\n".join(run.read() for run in running)
                raise AssertionError(f"not {what} within {PATIENCE:.0f} s or before the end of the run:\n{said}")
            time.sleep(0.05)


def _should_say(run: ProgramRun, texts: tuple[str, ...]) -> None:
    said = " ".join(run.said.split())
    for text in texts:
        if text not in said:
            raise AssertionError(f"it has not said {text!r} but:\n{run.said}")


def _table_should_have(run: ProgramRun, account: str, outcomes: tuple[str, ...]) -> None:
    name = account.capitalize()
    rows = [re.split(r"\s*[│|]\s*", line.strip()) for line in run.said.splitlines()]
    found = sorted(f"{row[3]} {row[4]}" for row in rows if len(row) > 5 and row[0] == name)
    if found != sorted(outcomes):
        raise AssertionError(f"{account}: found {found}, wanted {sorted(outcomes)}; it said:\n{run.said}")


def _files_of_project() -> Iterator[tuple[str, tuple[int, int]]]:
    for folder, folders, names in os.walk(PROJECT):
        folders[:] = [name for name in folders if name not in NOT_OF_THE_PROJECT]
        for name in names:
            path = Path(folder, name)
            facts = path.lstat()
            yield str(path.relative_to(PROJECT)), (facts.st_size, facts.st_mtime_ns)


def open_in_browser(page: Path) -> LexborHTMLParser:
    """Return a page as a browser shows it, after its scripts have run."""
    program = find_browser(None, os.environ, logger.info)
    with tempfile.TemporaryDirectory() as profile:
        command = [str(program), "--headless", f"--user-data-dir={profile}", "--disable-gpu"]
        command += ["--no-sandbox"] if os.geteuid() == 0 else []
        command += ["--virtual-time-budget=10000", "--dump-dom", page.as_uri()]
        done = subprocess.run(command, capture_output=True, timeout=PATIENCE, check=True, text=True)
    return LexborHTMLParser(done.stdout)


def _links(page: LexborHTMLParser) -> Iterator[str]:
    """Yield the links and pictures of a page that lead to files."""
    for node in page.css("[href], [src]"):
        link = node.attributes.get("href") or node.attributes.get("src") or ""
        if link and not re.match(r"#|data:|javascript:|https?://", link):
            yield link
