from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from booking.opening.start_gate import LONGEST_WAIT, StartGate

HOLDER = """
import sys
from pathlib import Path
from booking.opening.start_gate import StartGate
turn = StartGate(Path(sys.argv[1]), 1)
print(turn.take(), flush=True)
sys.stdin.read()
"""


class GateClock:
    def __init__(self) -> None:
        self.time = 0.0

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += seconds


def gate(folder: Path, clock: GateClock, places: int = 2) -> StartGate:
    return StartGate(folder, places, now=clock.now, sleep=clock.sleep)


def test_as_many_start_at_once_as_there_are_places(tmp_path: Path) -> None:
    clock = GateClock()
    gates = [gate(tmp_path, clock) for _ in range(2)]
    assert [each.take() for each in gates] == [True, True]
    assert clock.time == 0.0
    assert not gate(tmp_path, clock).take()
    assert clock.time == pytest.approx(LONGEST_WAIT, abs=1)


def test_a_place_that_is_passed_on_is_taken_by_the_next(tmp_path: Path) -> None:
    clock = GateClock()
    first = gate(tmp_path, clock, places=1)
    first.take()
    first.pass_on()
    first.pass_on()
    assert gate(tmp_path, clock, places=1).take()


def test_the_place_of_a_killed_worker_is_free(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLDER, str(tmp_path)]
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(command, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline().strip() == "True"
        assert not gate(tmp_path, GateClock(), places=1).take()
        worker.kill()
        worker.wait()
    assert gate(tmp_path, GateClock(), places=1).take()


def test_without_a_number_there_is_a_place_for_each_core(tmp_path: Path) -> None:
    assert StartGate(tmp_path).take()
