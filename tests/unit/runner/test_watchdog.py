"""The watchdog: what a run has started ends with it when it is killed, and only then."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from runner.lock import BusyError, only_run
from runner.workers import RESULTS_MARK, RUN_MARK, end_processes, processes_of

LIBRARIES = Path(__file__).parents[3] / "libraries"
WAIT_SECONDS = 60
RUN = """
import os, subprocess, sys
from pathlib import Path
from runner.lock import only_run
from runner.watchdog import watchdog
from runner.workers import RESULTS_MARK, RUN_MARK
results = Path(sys.argv[1])
folder = results / "first"
marks = {RUN_MARK: str(folder), RESULTS_MARK: str(results)}
with only_run(results), watchdog(folder, results, os.environ):
    command = [sys.executable, "-c", "import time; time.sleep(600)"]
    environ = {**os.environ, **marks}
    subprocess.Popen(command, env=environ, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, start_new_session=True)
    print("started", flush=True)
    word = sys.stdin.readline()
    if word == "fail\\n":
        raise RuntimeError
"""

Start = Callable[[], subprocess.Popen[str]]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts a run that has a child of its own and ends when it is asked to."""

    started: list[subprocess.Popen[str]] = []

    def go() -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", RUN, tmp_path],
            env={**os.environ, "PYTHONPATH": str(LIBRARIES), "NOTIFY_URLS": "json://canary", "LB_CITY": "canary"},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, start_new_session=True,
        )  # fmt: skip
        started.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "started\n"
        # A process that has just been started may not show its environment yet.
        deadline = time.monotonic() + WAIT_SECONDS
        while len(of_the_run(tmp_path)) < 2 and time.monotonic() < deadline:
            time.sleep(0.05)
        assert len(of_the_run(tmp_path)) == 2
        return process

    yield go
    for process in started:
        process.kill()
        if process.stdin and not process.stdin.closed:
            process.communicate(timeout=WAIT_SECONDS)
    end_processes(of_the_run(tmp_path))


def of_the_run(results: Path) -> list[psutil.Process]:
    return processes_of(RESULTS_MARK, str(results))


def watchdogs(results: Path) -> list[psutil.Process]:
    return [process for process in of_the_run(results) if "runner.watchdog" in process.cmdline()]


def all_gone(results: Path) -> bool:
    until = time.monotonic() + WAIT_SECONDS
    while of_the_run(results):
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


@pytest.mark.parametrize("group", [True, False])
def test_a_run_that_is_killed_takes_its_processes_with_it(tmp_path: Path, start: Start, group: bool) -> None:
    run = start()
    if group:
        os.killpg(run.pid, signal.SIGKILL)
    else:
        run.kill()
    run.communicate(timeout=WAIT_SECONDS)
    with only_run(tmp_path):  # Its lock is free at once.
        pass
    assert all_gone(tmp_path)


def test_a_run_that_fails_takes_its_processes_with_it(tmp_path: Path, start: Start) -> None:
    start().communicate("fail\n", timeout=WAIT_SECONDS)
    assert all_gone(tmp_path)


def test_a_run_that_ends_well_ends_its_watchdog_and_nothing_else(tmp_path: Path, start: Start) -> None:
    run = start()
    run.communicate("end\n", timeout=WAIT_SECONDS)
    assert run.returncode == 0
    assert watchdogs(tmp_path) == []
    assert len(processes_of(RUN_MARK, str(tmp_path / "first"))) == 1


def test_the_watchdog_holds_neither_lock_nor_secret(tmp_path: Path, start: Start) -> None:
    start()
    [watchdog] = watchdogs(tmp_path)
    assert "canary" not in str(watchdog.environ())
    # What it imports while it starts is open for a moment, and no matter.
    assert [file.path for file in watchdog.open_files() if Path(file.path).is_relative_to(tmp_path)] == []
    with pytest.raises(BusyError), only_run(tmp_path):
        pytest.fail("two runs at a time")
