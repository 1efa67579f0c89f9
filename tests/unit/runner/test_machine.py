"""What a run asks of its machine: names of folders, the way to the latest, signals."""

from __future__ import annotations

import os
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from runner.machine import new_name, point_latest_to, signals_as_call


def test_runs_that_start_in_one_second_have_names_of_their_own(tmp_path: Path) -> None:
    started = datetime(2026, 11, 23, 23, 40, 0, tzinfo=UTC)
    names = []
    for _ in range(3):
        names.append(new_name(tmp_path, started))
        (tmp_path / names[-1]).mkdir()
    assert names == ["2026-11-23_23-40-00", "2026-11-23_23-40-00_2", "2026-11-23_23-40-00_3"]


def test_latest_leads_to_the_last_run(tmp_path: Path) -> None:
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        point_latest_to(tmp_path / name)
        assert (tmp_path / "latest").resolve() == tmp_path / name
    assert sorted(path.name for path in tmp_path.iterdir()) == ["first", "latest", "second"]
    assert os.readlink(tmp_path / "latest") == "second"  # noqa: PTH115 - what is written, not where it leads


def test_a_clock_that_was_set_back_uses_no_folder_again_and_latest_leads_to_the_run_that_came_last(
    tmp_path: Path,
) -> None:
    started = datetime(2026, 11, 23, 23, 40, 0, tzinfo=UTC)
    names = []
    for now in (started, started - timedelta(hours=1), started):
        names.append(new_name(tmp_path, now))
        (tmp_path / names[-1]).mkdir()
        point_latest_to(tmp_path / names[-1])
        assert (tmp_path / "latest").resolve().name == names[-1]
    assert len(set(names)) == 3


@pytest.fixture
def handlers() -> dict[int, object]:
    numbers = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    return {number: signal.getsignal(number) for number in numbers}


def test_signals_become_a_call_and_are_given_back(handlers: dict[int, object]) -> None:
    asked: list[int] = []
    with signals_as_call(lambda: asked.append(1)):
        for number in handlers:
            os.kill(os.getpid(), number)
    assert len(asked) == len(handlers)
    assert {number: signal.getsignal(number) for number in handlers} == handlers
