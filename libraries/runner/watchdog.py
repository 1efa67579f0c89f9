"""Ends what a run has started when the run itself is killed: a small process that waits for its end of a pipe.

The run holds the only other end. When it closes without a word, the run is dead, and its robots, which know nothing of
that, are asked to close their books; what is left then is killed.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from booking.settings.settings import secret_names
from runner.workers import RESULTS_MARK, RUN_MARK, Shutdown, end_processes, processes_of

_DONE = b"."
_LONGEST_ENDING = 40.0
"""Seconds that the robots and pabot have for closing their books and making a report."""
_LAST_SECONDS = 20.0
"""The same for killing what is left, and more."""
_POLL = 0.1


@contextmanager
def watchdog(folder: Path, results: Path, environ: Mapping[str, str]) -> Iterator[None]:
    """Let the processes of a run end with it, whatever becomes of this one.

    Args:
        folder: the run's folder.
        results: the results folder.
        environ: the environment; the watchdog gets no secret of it.
    """
    secret = secret_names(environ)
    bare = {name: value for name, value in environ.items() if name not in secret}
    reading, writing = os.pipe()  # Neither end is inherited by what is started later.
    try:
        process = subprocess.Popen(
            [sys.executable, "-m", "runner.watchdog", folder, results],
            env={**bare, RESULTS_MARK: str(results)},
            stdin=reading,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # What is sent to the run's process group is not for it.
        )
    finally:
        os.close(reading)
    try:
        yield
        os.write(writing, _DONE)
    finally:
        os.close(writing)
        try:
            # At once, but where the run has failed: then it ends the robots first.
            process.wait(_LONGEST_ENDING + _LAST_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_and_end(folder: str, results: str) -> None:
    """Wait until the run is over, and end what it has left if it did not say so itself."""
    if os.read(sys.stdin.fileno(), 1) == _DONE:
        return
    # Now: a run that is started while the robots end has its own processes in the same results folder.
    orphans = processes_of(RESULTS_MARK, results)
    shutdown = Shutdown(folder)
    until = time.monotonic() + _LONGEST_ENDING
    while shutdown.press() and time.monotonic() < until:
        time.sleep(_POLL)
    end_processes([*processes_of(RUN_MARK, folder), *(each for each in orphans if each.is_running())])


if __name__ == "__main__":
    wait_and_end(*sys.argv[1:])
