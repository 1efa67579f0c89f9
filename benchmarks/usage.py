"""What a program costs: wall time, CPU time and memory of all the processes it starts."""

from __future__ import annotations

import ctypes
import os
import re
import resource
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import psutil

from benchmarks.errors import BenchmarkError

_PR_SET_CHILD_SUBREAPER = 36
_SAMPLE_EVERY = 0.25
_SHARE_FOR_SAMPLING = 0.1
"""Most of one core's time that reading the memory of a large tree may take."""
_LONGEST = 900.0
_PSS = re.compile(rb"^Pss:\s+(\d+) kB", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Usage:
    """What one program cost, from its start to its end."""

    status: int
    started: datetime
    ended: datetime
    wall: float
    """Seconds."""
    cpu: float
    """Seconds of user and system time, of it and all its descendants."""
    peak: float
    """Megabytes: the largest sum of proportional set sizes that was seen."""
    said: str


def adopt_orphans() -> None:
    """Make this process the parent of what its descendants leave behind, so that nothing escapes the account."""
    if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise BenchmarkError("prctl(PR_SET_CHILD_SUBREAPER) was refused: CPU time cannot be accounted for")


def measure(command: Sequence[str], environ: Mapping[str, str], *, told: str = "", memory: bool = True) -> Usage:
    """Run a program and return what it cost. Processes that this one has already are not counted.

    Args:
        command: the program and its arguments.
        environ: its whole environment.
        told: what it reads on its standard input.
        memory: whether to look at its memory meanwhile, which costs a little time; else `peak` is 0.

    Raises:
        BenchmarkError: it does not end.
    """
    others = {child.pid for child in psutil.Process().children(recursive=True)}
    before = _cpu_of_ended()
    with tempfile.TemporaryFile("w+", encoding="utf-8") as output:
        started = datetime.now().astimezone()
        began = time.perf_counter()
        process = subprocess.Popen(
            command, env=dict(environ), stdin=subprocess.PIPE, stdout=output, stderr=subprocess.STDOUT, text=True
        )
        sampler = _Sampler(others)
        if memory:
            sampler.start()
        try:
            process.communicate(told, timeout=_LONGEST)
        except subprocess.TimeoutExpired:
            raise BenchmarkError(f"{Path(command[0]).name} has not ended within {_LONGEST:.0f} s") from None
        finally:
            if process.poll() is None:  # Also where the session is broken off: nothing of it is left running.
                process.terminate()
                process.wait()
            wall = time.perf_counter() - began
            ended = datetime.now().astimezone()
            sampler.finish()
            _reap(others)
        output.seek(0)
        said = output.read()
    return Usage(process.returncode, started, ended, wall, _cpu_of_ended() - before, sampler.peak / 1e6, said)


def _cpu_of_ended() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _reap(others: set[int]) -> None:
    """Take in the CPU time of orphans; those that are still running are none of the program's any more."""
    for child in psutil.Process().children():
        if child.pid not in others:
            os.waitpid(child.pid, os.WNOHANG)


class _Sampler(threading.Thread):
    """Looks again and again at how much memory the descendants of this process have."""

    def __init__(self, others: set[int]) -> None:
        super().__init__(daemon=True)
        self._others = others
        self._done = threading.Event()
        self.peak = 0.0

    def run(self) -> None:
        """Look until told to finish."""
        own = psutil.Process()
        pause = 0.0
        while not self._done.wait(pause):
            began = time.thread_time()
            processes = (child.pid for child in own.children(recursive=True) if child.pid not in self._others)
            self.peak = max(self.peak, sum(map(proportional_set_size, processes)))
            pause = max(_SAMPLE_EVERY, (time.thread_time() - began) / _SHARE_FOR_SAMPLING)

    def finish(self) -> None:
        """Stop looking."""
        self._done.set()
        if self.is_alive():
            self.join()


def proportional_set_size(pid: int) -> float:
    """Return the bytes of a process, what it shares with others counted in part; 0 when it is gone."""
    try:
        told = _PSS.search(Path(f"/proc/{pid}/smaps_rollup").read_bytes())
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return 0.0
    return int(told[1]) * 1024.0 if told else 0.0
