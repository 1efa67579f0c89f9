"""One call of `./run.sh`, watched from outside: what it says, how it ends, which processes it has."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

import psutil

from runner.workers import RESULTS_MARK, processes_of

# Said explicitly so that a developer's own .env does not shine through.
STEADY = {
    "PAYMENT": "pay",
    "MAX_SPEND": "300.00",
    "MAX_SPEND_PER_ACCOUNT": "100.00",
    "DAYS_AHEAD": "35",
    "RELEASE_TIME": "24:00",
    "RELEASE_TIMEZONE": "Europe/London",
    "MAX_WAIT": "45",
    "PAYMENT_PROOF_WAIT": "6",
}
_SAMPLE_EVERY = 0.25
_GONE = (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess)


class ProgramRun:
    """`./run.sh` in an environment that holds nothing but the settings, as cron would start it.

    Args:
        program: path of `run.sh`.
        options: its arguments.
        settings: the whole environment.
        watched: whether to look, all the while, what its processes show of their arguments and environments.
    """

    def __init__(
        self, program: Path, options: Sequence[str], settings: Mapping[str, str], *, watched: bool = True
    ) -> None:
        self.results = settings["RESULTS_DIR"]
        self.status: int | None = None
        self.said = ""
        self.arguments: set[str] = set()
        self.environments: dict[str, set[str]] = {}
        """Environments of Node and the browsers, by the name of the program."""
        self._output = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - open as long as the run
        self._process = subprocess.Popen(
            [program, *options],
            cwd="/",
            env=dict(settings),
            stdin=subprocess.DEVNULL,
            stdout=self._output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self._ended = threading.Event()
        self._sampler = threading.Thread(target=self._sample, daemon=True)
        if watched:
            self._sampler.start()

    @property
    def running(self) -> bool:
        """Whether it has not ended yet."""
        return self._process.poll() is None

    def wait(self, seconds: float) -> None:
        """Wait for its end and take in what it said.

        Raises:
            AssertionError: it has not ended in time.
        """
        try:
            self.status = self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"the run has not ended within {seconds:.0f} s; it said:\n{self.read()}") from None
        self._ended.set()
        if self._sampler.is_alive():
            self._sampler.join()
        self.said = self.read()
        self._output.close()

    def read(self) -> str:
        """Return what it has said so far."""
        self._output.seek(0)
        return self._output.read()

    def terminate(self) -> None:
        """Ask it to end, as a person or a system that shuts down would."""
        self._process.send_signal(signal.SIGTERM)

    def kill(self, *, group: bool) -> None:
        """Kill it without warning, alone or with its whole process group."""
        if group:
            os.killpg(self._process.pid, signal.SIGKILL)
        else:
            self._process.kill()

    def worker_of(self, account: str) -> psutil.Process | None:
        """Return the robot process of an account, if there is one now: pabot names its suite in a file of arguments."""
        for process in processes_of(RESULTS_MARK, self.results):
            try:
                command = process.cmdline()
            except _GONE:
                continue
            arguments = next((Path(each) for each in command if each.endswith("_argfile.txt")), None)
            if arguments is not None and self._suite_of(arguments) == account:
                return process
        return None

    @staticmethod
    def _suite_of(arguments: Path) -> str:
        """Return the last part of the name of the suite that a file of arguments asks for, in lower case."""
        lines = arguments.read_text(encoding="utf-8").lower().splitlines()
        return next((line.rpartition(".")[2] for line in lines if line.startswith("--suite ")), "")

    def _sample(self) -> None:
        while not self._ended.wait(_SAMPLE_EVERY):
            for process in (*processes_of(RESULTS_MARK, self.results), *self._family()):
                self._note(process)

    def _family(self) -> list[psutil.Process]:
        try:
            own = psutil.Process(self._process.pid)
            return [own, *own.children(recursive=True)]
        except _GONE:
            return []

    def _note(self, process: psutil.Process) -> None:
        try:
            command, environment = process.cmdline(), process.environ()
        except _GONE:
            return
        self.arguments.add("\0".join(command))
        program = Path(command[0]).name if command else ""
        kind = "node" if program == "node" else "browser" if "chrom" in program else ""
        if kind:
            told = "\0".join(f"{name}={value}" for name, value in environment.items())
            self.environments.setdefault(kind, set()).add(told)
