"""The workers, as real processes: staged, found again, ended, and their report made whatever becomes of them."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from uuid import uuid4

import psutil
import pytest
from robot.api import ExecutionResult

from booking.model import Account, Payment, Plan
from booking.plan import write_plan
from runner.workers import RUN_MARK, WorkerOptions, Workers, end_processes, processes_of, stage_suites

PROJECT = Path(__file__).parents[3]
WAIT_SECONDS = 90
MARK = "COURT_BOOKER_TEST_MARK"
QUICK = """*** Settings ***
Library    OperatingSystem
*** Tasks ***
Book
    Create File    ${RUN_FOLDER}/done
"""
SLOW = """*** Settings ***
Suite Teardown    Create File    ${RUN_FOLDER}/closed
Library    OperatingSystem
*** Tasks ***
Book
    Create File    ${RUN_FOLDER}/started
    Sleep    5 minutes
"""

Starts = Callable[..., subprocess.Popen[bytes]]


def wait_until(done: Callable[[], object]) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while not done():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.05)


# Staging


def suites(project: Path, **texts: str) -> Path:
    folder = project / "suites"
    folder.mkdir(parents=True)
    for name, text in {"__init__": "*** Settings ***\nTask Timeout    5 minutes\n", **texts}.items():
        (folder / f"{name}.robot").write_text(text, encoding="utf-8")
    return project


def test_every_account_has_a_suite_and_nobody_else(tmp_path: Path) -> None:
    text = "*** Settings ***\nResource    booking.resource\n"
    project = suites(tmp_path / "project", bruce=text + "# bruce", mother=text + "# mother \u00e9")
    staged = stage_suites(project, ["mother", "grandma"], tmp_path)
    assert sorted(path.name for path in staged.iterdir()) == ["__init__.robot", "grandma.robot", "mother.robot"]
    assert (staged / "mother.robot").read_text(encoding="utf-8") == text + "# mother \u00e9"
    assert (staged / "grandma.robot").read_text(encoding="utf-8") == text + "# bruce"


def test_the_projects_own_suites_are_alike_and_can_be_staged(tmp_path: Path) -> None:
    staged = stage_suites(PROJECT, ["mother", "father", "bruce", "anybody_else"], tmp_path)
    texts = {path.read_text(encoding="utf-8") for path in staged.iterdir() if path.stem != "__init__"}
    assert len(texts) == 1
    (text,) = texts
    (line,) = [line for line in text.splitlines() if line.startswith("Resource")]
    assert (PROJECT / "resources" / line.split()[-1]).is_file()


# Finding and ending processes


@pytest.fixture
def start() -> Iterator[Starts]:
    """Starts a program with a mark in its environment, and waits until it runs."""
    started: list[subprocess.Popen[bytes]] = []

    def go(program: str, value: str, **more: bool) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-c", f"{program}\nprint('up', flush=True)\nimport time; time.sleep(600)"],
            env={**os.environ, MARK: value},
            stdout=subprocess.PIPE,
            start_new_session=more.get("apart", False),
        )
        started.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == b"up\n"
        return process

    yield go
    for process in started:
        process.kill()
        process.communicate(timeout=WAIT_SECONDS)


def test_processes_are_found_by_the_mark_of_their_run_only(start: Starts) -> None:
    mine, other = uuid4().hex, uuid4().hex
    processes = {start("pass", mine).pid, start("pass", mine, apart=True).pid}
    start("pass", other)
    start("pass", mine + "x")
    assert {process.pid for process in processes_of(MARK, mine)} == processes
    assert processes_of(MARK, uuid4().hex) == []
    assert processes_of(uuid4().hex, mine) == []


def test_grandchildren_in_a_session_of_their_own_are_found(start: Starts) -> None:
    mine = uuid4().hex
    start(
        "import subprocess, sys\n"
        "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'], start_new_session=True)",
        mine,
    )
    wait_until(lambda: len(processes_of(MARK, mine)) == 2)
    assert end_processes(processes_of(MARK, mine)) == 2
    assert processes_of(MARK, mine) == []


def test_this_process_is_never_among_them(monkeypatch: pytest.MonkeyPatch) -> None:
    environ = psutil.Process().environ()
    name = next(iter(environ))
    monkeypatch.setenv(name, environ[name])
    assert os.getpid() not in {process.pid for process in processes_of(name, environ[name])}


def test_processes_end_by_term_and_by_force_if_need_be(start: Starts, tmp_path: Path) -> None:
    mine = uuid4().hex
    said = tmp_path / "said"
    obedient = start(f"import signal, sys\nsignal.signal(15, lambda *_: (open({str(said)!r}, 'w'), sys.exit()))", mine)
    stubborn = start("import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)", mine)
    assert end_processes(processes_of(MARK, mine)) == 2
    assert said.exists()
    assert not psutil.pid_exists(obedient.pid)
    assert not psutil.pid_exists(stubborn.pid)


def test_processes_that_have_ended_meanwhile_are_no_trouble(start: Starts) -> None:
    mine = uuid4().hex
    process = start("pass", mine)
    found = processes_of(MARK, mine)
    process.kill()
    process.wait(WAIT_SECONDS)
    assert end_processes(found) == 1
    assert end_processes([]) == 0


# Whole runs of small suites


@dataclass
class StagedWorkers:
    """A run's folder with workers at work in it."""

    workers: Workers
    folder: Path

    def robots(self, name: str) -> list[psutil.Process]:
        """Return the robot of an account: pabot names the suite in a file of arguments."""
        found = []
        for process in processes_of(RUN_MARK, str(self.folder)):
            try:
                command = process.cmdline()
                if "robot" in command[1:3] and f".{name}" in Path(command[-1]).read_text(encoding="utf-8").lower():
                    found.append(process)
            except psutil.NoSuchProcess:
                continue  # It has ended meanwhile.
        return found

    def pabot(self) -> psutil.Process:
        return psutil.Process(self.workers._pabot.pid)

    def finish(self) -> dict[str, str]:
        """See the run through and return the status of every suite of its report."""
        wait_until(lambda: not self.workers.running)
        self.workers.finish()
        assert processes_of(RUN_MARK, str(self.folder)) == []
        assert not (self.folder / "pabot_results").exists()
        output = self.folder / "output.xml"
        if not output.exists():
            return {}
        assert (self.folder / "report.html").exists()
        top = ExecutionResult(output).suite
        # Merged without pabot, every account stands under a root of its own.
        roots = [each for each in top.suites if each.name == top.name] or [top]
        return {suite.name: suite.status for root in roots for suite in root.suites}


@pytest.fixture
def begin(tmp_path: Path) -> Iterator[Callable[..., StagedWorkers]]:
    """Starts the workers of a project with these suites."""
    folder = tmp_path / "results" / "first"

    def go(processes: int = 0, /, **texts: str) -> StagedWorkers:
        folder.mkdir(parents=True)
        url = "https://site.example.test/x/"
        accounts = tuple(Account(name.title(), f"{name}@example.test", 1, url) for name in texts)
        plan = Plan(
            run="first",
            site="practice",
            site_url="https://site.example.test",
            slot_day=date(2026, 12, 28),
            zone="Europe/London",
            opening=None,
            wait=False,
            payment=Payment.PAY,
            max_spend_pence=0,
            max_spend_per_account_pence=0,
            accounts=accounts,
            wishes=(),
        )
        write_plan(plan, folder)
        place = WorkerOptions(
            project=suites(tmp_path / "project", **texts),
            folder=folder,
            results=folder.parent,
            site_file=PROJECT / "variables/practice.py",
            site_url=plan.site_url,
            browser=Path("/nonexistent"),
            headed=False,
            processes=processes or len(texts),
            browser_server="",
            person_wait=timedelta(minutes=10),
            proof_wait=timedelta(minutes=5),
            longest_task=timedelta(minutes=5),
        )
        environ = {**os.environ, "PYTHONPATH": str(PROJECT / "libraries")}
        return StagedWorkers(Workers(place, list(texts), environ), folder)

    yield go
    end_processes(processes_of(RUN_MARK, str(folder)))


def under_way(staged: StagedWorkers) -> None:
    """Wait until the slow worker is at its task and the quick one is done: one that only starts leaves no suite."""
    wait_until((staged.folder / "started").exists)
    wait_until(lambda: (staged.folder / "done").exists() and not staged.robots("father"))


def test_all_workers_end_in_one_report(begin: Callable[..., StagedWorkers]) -> None:
    assert begin(mother=QUICK, father=QUICK).finish() == {"Mother": "PASS", "Father": "PASS"}


def test_workers_know_how_long_a_person_and_a_proof_are_waited_for(begin: Callable[..., StagedWorkers]) -> None:
    waits = """*** Tasks ***
Book
    Should Be Equal    ${PERSON_PATIENCE}    600.0 s
    Should Be Equal    ${PROOF_PATIENCE}    300.0 s
"""
    assert begin(mother=waits).finish() == {"Mother": "PASS"}


def test_a_stop_lets_every_worker_close_and_keeps_the_report(begin: Callable[..., StagedWorkers]) -> None:
    staged = begin(mother=SLOW, father=QUICK)
    under_way(staged)
    staged.workers.stop()
    staged.workers.stop()
    assert staged.finish() == {"Mother": "FAIL", "Father": "PASS"}
    assert (staged.folder / "closed").exists()


def test_a_killed_worker_does_not_take_the_others_with_it(begin: Callable[..., StagedWorkers]) -> None:
    staged = begin(mother=SLOW, father=QUICK)
    under_way(staged)
    [robot] = staged.robots("mother")
    robot.kill()
    assert staged.finish()["Father"] == "PASS"
    assert not (staged.folder / "closed").exists()


def test_a_robot_that_is_gone_is_known_by_its_account_and_one_whose_turn_has_not_come_is_not(
    begin: Callable[..., StagedWorkers],
) -> None:
    staged = begin(1, anne_marie=SLOW, father=SLOW.replace("started", "second"))
    assert staged.workers.gone() == set()
    wait_until((staged.folder / "started").exists)
    assert staged.workers.gone() == set()
    [robot] = staged.robots("anne marie")
    robot.kill()
    wait_until(lambda: staged.workers.gone() == {"anne_marie"})
    wait_until((staged.folder / "second").exists)
    assert staged.workers.gone() == {"anne_marie"}
    staged.pabot().kill()
    assert staged.workers.gone() == {"anne_marie"}
    staged.finish()
    assert staged.workers.gone() == {"anne_marie", "father"}


def test_the_only_account_is_known_by_its_robot_too(begin: Callable[..., StagedWorkers]) -> None:
    staged = begin(mother=SLOW)
    wait_until((staged.folder / "started").exists)
    assert staged.workers.gone() == set()
    [robot] = staged.robots("mother")
    robot.kill()
    wait_until(lambda: staged.workers.gone() == {"mother"})
    staged.finish()


def test_a_killed_pabot_leaves_a_report_and_no_process(begin: Callable[..., StagedWorkers]) -> None:
    staged = begin(mother=SLOW, father=QUICK)
    under_way(staged)
    staged.pabot().kill()
    assert staged.finish() == {"Mother": "FAIL", "Father": "PASS"}
    assert (staged.folder / "closed").exists()


def test_a_pabot_that_is_killed_before_it_starts_anything_is_swept_up_too(begin: Callable[..., StagedWorkers]) -> None:
    staged = begin(mother=QUICK)
    staged.pabot().kill()
    assert staged.finish() in ({}, {"Mother": "PASS"}, {"Mother": "FAIL"})
