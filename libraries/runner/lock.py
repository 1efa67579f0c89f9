"""One run at a time: two would compete for the same slots with the same accounts."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from booking.errors import BookingError

LOCK = ".lock"


class BusyError(Exception):
    """Another run holds the lock."""


@contextmanager
def only_run(results: Path, otherwise: str = "this one ends and changes nothing.") -> Iterator[None]:
    """Hold the lock of a results folder; the system gives it back however the run ends.

    Args:
        results: the folder.
        otherwise: what the error goes on with where another run is going on.

    Raises:
        BusyError: another run is going on.
        BookingError: the folder cannot be written to.
    """
    try:
        results.mkdir(parents=True, exist_ok=True)
        handle = os.open(results / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise BookingError(
            f"RESULTS_DIR: {results} cannot be written to ({error.strerror}): give this user the right to, or name "
            "another folder"
        ) from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BusyError(
                f"Another run is going on (process {os.pread(handle, 20, 0).decode(errors='replace').strip() or '?'}): "
                f"{otherwise}"
            ) from None
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(handle)
