"""One run at a time, over real processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from booking.errors import BookingError
from runner.lock import LOCK, BusyError, only_run

LIBRARIES = Path(__file__).parents[3] / "libraries"
WAIT_SECONDS = 60
HOLDER = """
import sys
from pathlib import Path
from runner.lock import only_run
with only_run(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.readline()
"""

Starts = Callable[[], subprocess.Popen[str]]


@pytest.fixture
def other_run(tmp_path: Path) -> Iterator[Starts]:
    """Starts a process that holds the lock until it reads a line, or is killed."""
    started: list[subprocess.Popen[str]] = []

    def start() -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", HOLDER, tmp_path],
            env={**os.environ, "PYTHONPATH": str(LIBRARIES)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate(timeout=WAIT_SECONDS)


def free(results: Path) -> bool:
    try:
        with only_run(results):
            return True
    except BusyError:
        return False


def test_a_second_run_is_told_who_is_busy(tmp_path: Path, other_run: Starts) -> None:
    process = other_run()
    with pytest.raises(BusyError, match=f"process {process.pid}"), only_run(tmp_path):
        pytest.fail("two runs at a time")
    assert not free(tmp_path)


def test_a_person_is_told_what_to_do_otherwise(tmp_path: Path) -> None:
    with only_run(tmp_path), pytest.raises(BusyError) as busy, only_run(tmp_path, "wait for its end."):
        pytest.fail("two runs at a time")
    assert str(busy.value) == f"Another run is going on (process {os.getpid()}): wait for its end."


def test_the_lock_is_free_when_the_run_has_ended(tmp_path: Path, other_run: Starts) -> None:
    process = other_run()
    process.communicate("\n", timeout=WAIT_SECONDS)
    assert process.returncode == 0
    assert free(tmp_path)


def test_the_lock_is_free_when_the_run_was_killed(tmp_path: Path, other_run: Starts) -> None:
    process = other_run()
    process.send_signal(signal.SIGKILL)
    process.wait(WAIT_SECONDS)
    assert free(tmp_path)


def test_a_child_of_the_run_does_not_keep_the_lock(tmp_path: Path) -> None:
    with only_run(tmp_path):
        child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        assert free(tmp_path)
    finally:
        child.communicate(b"\n", timeout=WAIT_SECONDS)


def test_the_lock_is_given_back_after_a_failure(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), only_run(tmp_path):
        raise RuntimeError
    assert free(tmp_path)


def test_another_results_folder_is_another_lock(tmp_path: Path) -> None:
    with only_run(tmp_path / "one"), only_run(tmp_path / "two"):
        assert (tmp_path / "one" / LOCK).read_text() == f"{os.getpid()}\n"
        assert (tmp_path / "one" / LOCK).stat().st_mode & 0o777 == 0o600


def test_a_shorter_process_number_leaves_nothing_of_a_longer_one(tmp_path: Path) -> None:
    (tmp_path / LOCK).write_text("123456789012\n")
    with only_run(tmp_path):
        assert (tmp_path / LOCK).read_text() == f"{os.getpid()}\n"


def test_a_folder_that_cannot_be_written_to_is_told(tmp_path: Path) -> None:
    (tmp_path / "results").write_text("a file")
    with pytest.raises(BookingError, match="RESULTS_DIR"), only_run(tmp_path / "results"):
        pytest.fail("held")
