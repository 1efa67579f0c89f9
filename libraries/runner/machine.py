"""What a run asks of the machine that it is on: its folders, room on the disk, the signals that end it."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import FrameType

PROJECT = Path(__file__).resolve().parent.parent.parent
"""Where this copy of the program lies, with its `.env`."""
_ROOM = 2**20
"""Bytes; with less room on the disk than that, what fails has failed for want of it."""


def new_name(results: Path, started: datetime) -> str:
    """Return the name of a run that starts now: its time, and a number if there is such a run already."""
    name = f"{started:%Y-%m-%d_%H-%M-%S}"
    number = 2
    while (results / name).exists():
        name = f"{started:%Y-%m-%d_%H-%M-%S}_{number}"
        number += 1
    return name


def point_latest_to(folder: Path) -> None:
    """Let ``latest`` beside the run's folder lead to it, at no moment to nothing."""
    draft = folder.parent / f".latest-{os.getpid()}"
    draft.unlink(missing_ok=True)
    draft.symlink_to(folder.name)
    draft.replace(folder.parent / "latest")


def is_full(folder: Path) -> bool:
    """Return whether there is next to no room on the disk of a folder."""
    return shutil.disk_usage(folder).free < _ROOM


@contextmanager
def signals_as_call(stop: Callable[[], None]) -> Iterator[None]:
    """Turn SIGTERM, SIGINT and SIGHUP into a call."""

    def handle(_number: int, _frame: FrameType | None) -> None:
        stop()

    before = {number: signal.signal(number, handle) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
