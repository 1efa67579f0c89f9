"""The workers: one robot process an account, side by side under pabot, and none left behind."""

from __future__ import annotations

import math
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import psutil

from booking.model import account_key
from runner.outputs import make_whole

RUN_MARK = "COURT_BOOKER_RUN"
"""In the environment of every process of a run; its value is the run's folder."""
RESULTS_MARK = "COURT_BOOKER_RESULTS"
"""In the environment of every process of any run into a results folder; its value is that folder."""
REPORT_NAME = "Court booking"

_GRACE_BEFORE_BROWSERS = 3.0
_GRACE_BEFORE_KILL = 25.0


def stage_suites(project: Path, accounts: Sequence[str], folder: Path) -> Path:
    """Put a suite for every account into the run's folder and return where they are.

    An account has the suite of its name; one that has none gets a copy of another's, since suites are alike but for
    their names. The copies are kept with the report, so that it shows what was run.
    """
    suites = project / "suites"
    template = min(path for path in suites.glob("[!_]*.robot"))
    staged = folder / "suites"
    staged.mkdir()
    for name in ("__init__", *accounts):
        own = suites / f"{name}.robot"
        shutil.copyfile(own if own.exists() else template, staged / f"{name}.robot")
    return staged


@dataclass(frozen=True, slots=True)
class WorkerOptions:
    """What the workers need to know beside the plan."""

    project: Path
    folder: Path
    results: Path
    site_file: Path
    site_url: str
    browser: Path | None
    """The program; None where a browser server is shared."""
    headed: bool
    processes: int
    browser_server: str
    person_wait: timedelta
    """How long a person is waited for who has to confirm a payment with the bank."""
    proof_wait: timedelta
    """How long My Bookings is asked again for a payment that it does not list yet."""
    longest_task: timedelta


class Workers:
    """pabot and its robots, from start to the merged report."""

    def __init__(self, place: WorkerOptions, accounts: Sequence[str], environ: Mapping[str, str]) -> None:
        """Start a worker for every account.

        Args:
            place: what they need to know.
            accounts: keys of the accounts.
            environ: their environment; each takes the secrets out of its own before it starts a browser.
        """
        self._place = place
        self._accounts = frozenset(accounts)
        self._robots: dict[str, psutil.Process] = {}
        """Those that were seen, by key of the account."""
        self._shutdown: Shutdown | None = None
        variables = {
            "RUN_FOLDER": place.folder,
            "SITE_VARIABLES": place.site_file,
            "SITE_URL": place.site_url,
            "BROWSER_PATH": place.browser or "",
            "BROWSER_SANDBOX": os.geteuid() != 0,  # Chromium cannot use its sandbox as root.
            "HEADLESS": not place.headed,
            "BROWSER_SERVER": place.browser_server,
            "PERSON_PATIENCE": f"{place.person_wait.total_seconds()} s",
            "PROOF_PATIENCE": f"{place.proof_wait.total_seconds()} s",
            "TASK_TIMEOUT": f"{place.longest_task.total_seconds()} s",
        }
        command = [sys.executable, "-m", "pabot.pabot"]
        command += ["--command", sys.executable, "-m", "robot", "--end-command"]
        command += [
            "--processes",
            str(place.processes),
            "--no-pabotlib",
            "--pabotconsole",
            "none",
            "--artifacts",
            "none",
        ]
        command += ["--outputdir", str(place.folder), "--name", REPORT_NAME, "--xunit", "xunit.xml"]
        command += ["--prerebotmodifier", "runner.report.OutcomeReport", "--console", "none", "--nostatusrc"]
        for name, value in variables.items():
            command += ["--variable", f"{name}:{value}"]
        command.append(str(stage_suites(place.project, accounts, place.folder)))
        self._log = (place.folder / "pabot.log").open("wb")
        self._pabot = subprocess.Popen(
            command,
            cwd=place.folder,  # pabot leaves a file in its working directory.
            env={**environ, RUN_MARK: str(place.folder), RESULTS_MARK: str(place.results)},
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # A Ctrl-C reaches the workers through `stop`, which keeps the report whole.
        )

    @property
    def running(self) -> bool:
        """Whether pabot is still at work; while it is stopping, this also sees to that."""
        if self._pabot.poll() is not None:
            return False
        if self._shutdown is not None:
            self._shutdown.press()
        return True

    def gone(self) -> frozenset[str]:
        """Return the accounts whose robots were seen and are gone; one whose turn has not come is not among them.

        It looks through the processes of the machine, so it is to be asked every few seconds only.
        """
        if self._robots.keys() != self._accounts:
            for process in processes_of(RUN_MARK, str(self._place.folder)):
                account = _account_of(process)
                if account in self._accounts:
                    self._robots.setdefault(account, process)
        return frozenset(account for account, process in self._robots.items() if not _is_alive(process))

    def stop(self) -> None:
        """Ask the workers to end: each closes its books and its browser, and pabot writes the report."""
        if self._shutdown is None:
            self._shutdown = Shutdown(str(self._place.folder))

    def finish(self) -> None:
        """Sweep up what is left after pabot has ended, and make the report if it could not."""
        robots = [each for each in processes_of(RUN_MARK, str(self._place.folder)) if _is_robot(each)]
        killed = self._pabot.returncode is not None and self._pabot.returncode < 0
        if killed:
            # pabot was killed; its robots may still be holding or paying. They are asked to end, not cut off.
            for process in robots:
                _signal(process, signal.SIGTERM)
            psutil.wait_procs(robots, timeout=_GRACE_BEFORE_KILL)
        end_processes(processes_of(RUN_MARK, str(self._place.folder)))
        self._log.close()
        # One that was killed at its report may have left it half done.
        if killed or not (self._place.folder / "output.xml").exists():
            self._merge()
        left = self._place.folder / "pabot_results"
        if left.exists():  # A pabot that could not start has made none.
            shutil.rmtree(left)

    def renew_report(self) -> None:
        """Make the report again: more has been recorded since."""
        output = self._place.folder / "output.xml"
        if output.exists():
            self._rebot(["--output", "NONE"], [output])

    def _merge(self) -> None:
        """Make the report from what each worker left."""
        folder = self._place.folder
        outputs = [path for path in sorted(folder.glob("pabot_results/*/output.xml")) if make_whole(path)]
        if outputs:
            self._rebot(["--output", "output.xml"], outputs)

    def _rebot(self, options: Sequence[str], outputs: Sequence[Path]) -> None:
        folder = self._place.folder
        command = [sys.executable, "-m", "robot.rebot", "--outputdir", str(folder), *options]
        command += ["--name", REPORT_NAME, "--xunit", "xunit.xml", "--nostatusrc"]
        command += ["--prerebotmodifier", "runner.report.OutcomeReport"]
        environ = {**os.environ, RUN_MARK: str(folder), RESULTS_MARK: str(self._place.results)}
        with (folder / "pabot.log").open("ab") as log:
            subprocess.run([*command, *map(str, outputs)], env=environ, stdout=log, stderr=log, check=False)


class Shutdown:
    """The end of a run's robots: each is asked to close its books and its browser, ever more firmly."""

    def __init__(self, folder: str) -> None:
        """Begin the end of the run with this folder."""
        self._folder = folder
        self._since = time.monotonic()
        self._signalled: set[int] = set()

    def press(self) -> bool:
        """Signal robots that have not been yet; return whether a robot, or pabot at its report, is still there.

        A browser keyword that is waiting ends when its browser does.
        """
        since = time.monotonic() - self._since
        marked = processes_of(RUN_MARK, self._folder)
        for process in marked:
            if _is_robot(process) and process.pid not in self._signalled:
                self._signalled.add(process.pid)
                _signal(process, signal.SIGTERM)
            elif since > _grace(process):
                _signal(process, signal.SIGKILL)
        return any(_is_robot(process) or "pabot.pabot" in _command(process) for process in marked)


def processes_of(mark: str, value: str) -> list[psutil.Process]:
    """Return this user's processes that carry a mark of this value in their environment."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.pid != os.getpid() and process.environ().get(mark) == value:
                found.append(process)
        except (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
            continue  # Ended meanwhile, or somebody else's.
    return found


def end_processes(processes: Sequence[psutil.Process]) -> int:
    """End processes, by force if need be, and return how many there were."""
    for process in processes:
        _signal(process, signal.SIGTERM)
    _, alive = psutil.wait_procs(processes, timeout=3)
    for process in alive:
        _signal(process, signal.SIGKILL)
    psutil.wait_procs(alive, timeout=5)
    return len(processes)


def _grace(process: psutil.Process) -> float:
    """Return how many seconds after the stop a process may still run; pabot and Node end by themselves."""
    if _is_browser(process):
        return _GRACE_BEFORE_BROWSERS
    return _GRACE_BEFORE_KILL if _is_robot(process) else math.inf


def _is_robot(process: psutil.Process) -> bool:
    command = _command(process)
    return "robot" in command[1:3] and "pabot.pabot" not in command


def _account_of(robot: psutil.Process) -> str:
    """Return the account whose suite this robot runs; empty if it is none. pabot names the suite in a file."""
    command = _command(robot)
    if not _is_robot(robot) or "-A" not in command[:-1]:
        return ""
    try:
        lines = Path(command[command.index("-A") + 1]).read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""  # It has ended meanwhile, and its folder was swept up.
    suite = next((line for line in lines if line.startswith("--suite ")), "")
    return account_key(suite.rpartition(".")[2])


def _is_alive(process: psutil.Process) -> bool:
    try:
        # One that has ended stays a zombie as long as pabot waits for what it has started.
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _is_browser(process: psutil.Process) -> bool:
    return any(argument.startswith("--user-data-dir=") for argument in _command(process))


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
        return []


def _signal(process: psutil.Process, number: int) -> None:
    try:
        process.send_signal(number)
    except psutil.NoSuchProcess:
        return  # It has ended by itself, which is what was wanted.
