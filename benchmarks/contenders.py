"""Those who reach for the slots: this suite as a whole, and the bare scripts beside it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Protocol, Self

from dotenv import dotenv_values

from benchmarks.bare_hold import ROUTES
from benchmarks.errors import BenchmarkError
from benchmarks.usage import Usage, measure
from benchmarks.venue import PROJECT, READY_TO_OPENING, Assignment, BenchmarkVenue
from benchmarks.visitor import Errand
from runner.practice import CONTROL_TOKEN, CONTROL_URL

SUITE = "this suite"
FLOOR = "HTTP client"
SCRIPT = "bare script"
PLAYWRIGHT = tuple(f"Playwright {route}" for route in ROUTES)
_KEPT = ("PATH", "HOME", "LANG", "TMPDIR")
_CHILD_SECONDS = 180.0
_DISTURBING = ("OPENING", "WATCH_UNTIL")


def base_environ() -> dict[str, str]:
    """Return what every program of the benchmarks has in its environment: nothing of the user's settings."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return kept | {"PYTHONPATH": f"{PROJECT / 'libraries'}{os.pathsep}{PROJECT}", "PYTHONDONTWRITEBYTECODE": "1"}


def check_settings_file() -> None:
    """Refuse to measure under settings in `.env` that an environment cannot undo.

    Raises:
        BenchmarkError: there is such a setting; says which.
    """
    written = dotenv_values(PROJECT / ".env", interpolate=False)
    if found := [name for name in _DISTURBING if written.get(name)]:
        raise BenchmarkError(f".env sets {', '.join(found)}: put a # before it while the benchmark runs")


class Contender(Protocol):
    """Somebody who reaches for slots when a day opens."""

    @property
    def name(self) -> str:
        """What tables call it."""

    def hold(self, venue: BenchmarkVenue, assignments: Sequence[Assignment]) -> None:
        """Get ready, wait for the opening, and reach for the slots; what came of it stands in the venue's record."""


class Suite:
    """This suite, by its one door."""

    name = SUITE

    def __init__(self, browser: Path) -> None:
        """Let it use this browser."""
        self._browser = browser

    def hold(self, venue: BenchmarkVenue, assignments: Sequence[Assignment]) -> None:
        """Run it from start to report."""
        self.run(venue, assignments, memory=False)

    def run(self, venue: BenchmarkVenue, assignments: Sequence[Assignment], *, memory: bool) -> Usage:
        """Run it from start to report, and return what that cost.

        Raises:
            BenchmarkError: it did not get as far as its own report.
        """
        venue.write_sheet(assignments)
        settings = venue.settings | {
            "RESULTS_DIR": str(venue.results),
            "BROWSER_EXECUTABLE": str(self._browser),
            "PAYMENT": "pay",
            "MAX_SPEND": "1000",
            "MAX_SPEND_PER_ACCOUNT": "1000",
            "DAYS_AHEAD": "35",
            "RELEASE_TIME": "24:00",
            "RELEASE_TIMEZONE": "Europe/London",
        }
        command = [str(PROJECT / "run.sh"), "--date", assignments[0].day.isoformat()]
        usage = measure(command, base_environ() | settings, memory=memory)
        if usage.status not in (0, 1):
            raise BenchmarkError(f"./run.sh ended with status {usage.status}:\n{_end_of(usage.said)}")
        return usage


class Script:
    """A bare script, started once for each account."""

    def __init__(self, name: str, browser: Path, *module: str) -> None:
        """Use the module of this name, with arguments that may follow it."""
        self.name = name
        self._browser = browser
        self._module = module

    def hold(self, venue: BenchmarkVenue, assignments: Sequence[Assignment]) -> None:
        """Start them all, open the day when all are ready, and see them out."""
        day = assignments[0].day
        venue.keep_closed(day)
        with ExitStack() as stack:
            children = [
                stack.enter_context(_Child(self._module, errand_of(venue, assignment, self._browser)))
                for assignment in assignments
            ]
            for child in children:
                child.hear("ready")
            instant = venue.announce(day).timestamp()
            for child in children:
                child.tell({"opening": instant})
            for child in children:
                child.hear("taken")


def run_script(venue: BenchmarkVenue, assignments: Sequence[Assignment], browser: Path) -> Usage:
    """Book and pay with the bare script, and return what that cost.

    Raises:
        BenchmarkError: it did not book everything.
    """
    venue.keep_closed(assignments[0].day)
    told = {
        "errands": [errand_of(venue, assignment, browser).to_json() for assignment in assignments],
        "card": {name: value for name, value in venue.settings.items() if name.startswith("LB_")},
        "control_url": venue.settings[CONTROL_URL],
        "control_token": venue.settings[CONTROL_TOKEN],
        "seconds": READY_TO_OPENING.total_seconds(),
    }
    usage = measure([sys.executable, "-m", "benchmarks.bare_booking"], base_environ(), told=json.dumps(told))
    if usage.status != 0:
        raise BenchmarkError(f"the bare script ended with status {usage.status}:\n{_end_of(usage.said)}")
    return usage


def errand_of(venue: BenchmarkVenue, assignment: Assignment, browser: Path) -> Errand:
    """Return what a bare script is told about one account."""
    member = assignment.member
    return Errand(
        site_url=venue.settings["BOOKING_SITE_URL"],
        court=member.court,
        court_url=member.court_url,
        email=member.email,
        password=member.password,
        day=assignment.day,
        hours=assignment.hours,
        browser=str(browser),
    )


class _Child:
    """One process of a bare script, spoken with in lines of JSON."""

    def __init__(self, module: Sequence[str], errand: Errand) -> None:
        self._module = module
        self._errors = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - closed when the child is left
        self._process = subprocess.Popen(
            [sys.executable, "-m", *module],
            env=base_environ(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
        )
        # One that hangs must not hold up the session for ever: killed, it closes its output, and `hear` says so.
        self._guard = threading.Timer(_CHILD_SECONDS, self._process.kill)
        self._guard.start()
        self.tell(errand.to_json())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.stdin and self._process.stdout:
            self._process.stdin.close()
            self._process.stdout.read()
            self._process.stdout.close()
        self._process.wait()
        self._guard.cancel()
        self._errors.close()

    def tell(self, what: dict[str, Any]) -> None:
        """Write it a line."""
        if self._process.stdin is None:
            raise BenchmarkError("a child has no standard input")
        self._process.stdin.write(f"{json.dumps(what)}\n")
        self._process.stdin.flush()

    def hear(self, name: str) -> None:
        """Wait for the line that holds this name."""
        line = self._process.stdout.readline() if self._process.stdout else ""
        if name not in (json.loads(line) if line else {}):
            self._process.kill()
            self._process.wait()
            self._errors.seek(0)
            reason = _end_of(self._errors.read()) or f"it said nothing within {_CHILD_SECONDS:.0f} s"
            raise BenchmarkError(f"{' '.join(self._module)} did not say that it is {name}:\n{reason}")


def _end_of(text: str) -> str:
    return "\n".join(text.strip().splitlines()[-15:])
