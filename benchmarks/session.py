"""One session of measurements: everything in turns, so that what else the machine does meets all alike."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.bare_hold import ROUTES
from benchmarks.contenders import FLOOR, SCRIPT, SUITE, Contender, Script, Suite
from benchmarks.errors import BenchmarkError
from benchmarks.records import Findings, RunFigures, SlotFigures
from benchmarks.rounds import LATENESS, RIVAL_ACCOUNTS, RIVAL_SLOTS, play_round, rotating
from benchmarks.venue import Weather
from benchmarks.ways import measure_ways
from benchmarks.whole import run_bare, run_suite
from booking.errors import BookingError
from practice.client import ControlError

HOLD_ACCOUNTS = (1, 3)
SCRIPT_ACCOUNTS = 3
_TRIES = 2


@dataclass(frozen=True, slots=True)
class Scope:
    """What is measured, and how often."""

    parts: Sequence[str]
    runs: int
    openings: int
    """Contested slots for each contender and each lateness of the rivals."""
    weathers: Sequence[Weather]
    accounts: Sequence[int]
    """Accounts of the whole runs."""


class BenchmarkSession:
    """Measures what a scope asks for."""

    def __init__(
        self, scope: Scope, browser: Path, findings: Findings, say: Callable[[str], None], keep: Callable[[], object]
    ) -> None:
        """Prepare to measure with this browser what the findings lack.

        Args:
            scope: what is wanted.
            browser: the Chromium that all contenders use.
            findings: what was measured already, and where the rest goes.
            say: hears how far it is.
            keep: is called after each measurement, so that none is lost.
        """
        self._scope = scope
        self._browser = browser
        self._say = say
        self._keep = keep
        self.findings = findings

    def measure(self) -> None:
        """Measure everything. What fails is tried once more, and told."""
        parts = {"hold": self._hold, "whole": self._whole, "rivals": self._rivals, "ways": self._ways}
        for name in self._scope.parts:
            parts[name]()

    def _contenders(self, *routes: str) -> list[Contender]:
        return [
            Suite(self._browser),
            *[Script(f"Playwright {route}", self._browser, "benchmarks.bare_hold", route) for route in routes],
        ]

    def _hold(self) -> None:
        contenders = [*self._contenders(*ROUTES), Script(FLOOR, self._browser, "benchmarks.floor_hold")]
        for run in range(self._scope.runs):
            for weather in self._scope.weathers:
                for accounts in HOLD_ACCOUNTS:

                    def once(weather: Weather = weather, accounts: int = accounts, run: int = run) -> None:
                        self.findings.slots += play_round(contenders, weather, accounts, run)

                    if not _measured(self.findings.slots, weather, accounts, run):
                        what = f"opening to hold, {weather.name}, {accounts} at once, {run + 1}/{self._scope.runs}"
                        self._try(what, once)

    def _rivals(self) -> None:
        contenders = self._contenders("reload")
        slots = RIVAL_ACCOUNTS * RIVAL_SLOTS
        rounds = math.ceil(self._scope.openings * len(LATENESS) / slots)
        for run in range(rounds):
            for weather in self._scope.weathers:

                def once(weather: Weather = weather, run: int = run) -> None:
                    rival = rotating(run, slots)
                    self.findings.contested += play_round(
                        contenders, weather, RIVAL_ACCOUNTS, run, slots_each=RIVAL_SLOTS, rival=rival
                    )

                if not _measured(self.findings.contested, weather, RIVAL_ACCOUNTS, run):
                    self._try(f"against rivals, {weather.name}, {run + 1}/{rounds}", once)

    def _whole(self) -> None:
        suites = [each for each in self.findings.runs if each.contender == SUITE]
        scripts = [each for each in self.findings.runs if each.contender == SCRIPT]
        for run in range(self._scope.runs):
            for weather in self._scope.weathers:
                for accounts in self._scope.accounts:

                    def suite(weather: Weather = weather, accounts: int = accounts, run: int = run) -> None:
                        run_suite(weather, accounts, run, self._browser, self.findings)

                    if not _measured(suites, weather, accounts, run):
                        what = f"whole run, {weather.name}, {accounts} accounts, {run + 1}/{self._scope.runs}"
                        self._try(what, suite)

                def script(weather: Weather = weather, run: int = run) -> None:
                    self.findings.runs.append(run_bare(weather, SCRIPT_ACCOUNTS, run, self._browser))

                if not _measured(scripts, weather, SCRIPT_ACCOUNTS, run):
                    self._try(f"bare script, {weather.name}, {run + 1}/{self._scope.runs}", script)

    def _ways(self) -> None:
        def once() -> None:
            self.findings.ways += measure_ways(self._scope.runs, self._browser)

        if not self.findings.ways:
            self._try("ways to send a request", once)

    def _try(self, what: str, measure: Callable[[], None]) -> None:
        """Measure once; a measurement that breaks is kept among the findings, never left out in silence."""
        for _ in range(_TRIES):
            self._say(what)
            try:
                measure()
            except (BenchmarkError, BookingError, ControlError) as error:
                self.findings.broken.append(f"{what}: {error}")
                self._say(f"  did not come about: {error}")
            else:
                return
            finally:
                self._keep()


def _measured(records: Iterable[SlotFigures | RunFigures], weather: Weather, accounts: int, run: int) -> bool:
    """Tell whether a measurement was made before the session was broken off."""
    here = (weather.name, accounts, run)
    return any((each.weather, each.accounts, each.run) == here for each in records)
