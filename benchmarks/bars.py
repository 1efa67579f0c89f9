"""What the suite must reach, and whether it did."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import median

from benchmarks.contenders import FLOOR, PLAYWRIGHT, SCRIPT, SUITE
from benchmarks.records import Findings, SlotFigures, first_holds, last_holds, matching
from benchmarks.stats import fit_line
from benchmarks.venue import WEATHERS

FACTOR_TO_PLAYWRIGHT = 1.5
MS_ABOVE_FLOOR = 30.0
FACTOR_TO_SCRIPT = 2.0
LEAST_R_SQUARED = 0.98
_BAR_ACCOUNTS = (1, 3)
_CALM = WEATHERS[0].name

Measure = Callable[[list[SlotFigures]], list[float]]


@dataclass(frozen=True, slots=True)
class Bar:
    """One thing that was promised: what was measured and what it had to be."""

    what: str
    measured: float
    limit: float
    unit: str
    passed: bool


def judge(findings: Findings) -> list[Bar]:
    """Return every bar for which there are measurements."""
    return [*_hold_bars(findings), *_run_bars(findings)]


def _at_most(what: str, measured: float, limit: float, unit: str) -> Bar:
    return Bar(what, measured, limit, unit, measured <= limit)


def _hold_bars(findings: Findings) -> Iterator[Bar]:
    for accounts in _BAR_ACCOUNTS:
        for weather in WEATHERS:
            for slots, measure in (("first slot", first_holds), ("all slots", last_holds)):

                def of(contender: str, measure: Measure = measure) -> float | None:
                    here = (contender, weather.name, accounts)  # noqa: B023 - called before the loop goes on
                    values = measure(
                        matching(findings.slots, lambda each: (each.contender, each.weather, each.accounts) == here)
                    )
                    return median(values) if values else None

                suite, floor = of(SUITE), of(FLOOR)
                routes = [value for value in map(of, PLAYWRIGHT) if value is not None]
                where = f"opening to hold, {_accounts(accounts)}, {weather.name}, {slots}"
                if suite is not None and routes:
                    limit = FACTOR_TO_PLAYWRIGHT * min(routes)
                    yield _at_most(f"{where}: {FACTOR_TO_PLAYWRIGHT} x fastest Playwright route", suite, limit, "ms")
                if suite is not None and floor is not None:
                    limit = floor + MS_ABOVE_FLOOR
                    yield _at_most(f"{where}: HTTP client + {MS_ABOVE_FLOOR:.0f} ms", suite, limit, "ms")


def _run_bars(findings: Findings) -> Iterator[Bar]:
    for weather in WEATHERS:
        runs = [run for run in findings.runs if run.weather == weather.name]
        suite = [run.wall for run in runs if run.contender == SUITE and run.accounts == 3]
        script = [run.wall for run in runs if run.contender == SCRIPT and run.accounts == 3]
        if suite and script:
            what = f"whole run, 3 accounts, {weather.name}: {FACTOR_TO_SCRIPT} x bare script"
            yield _at_most(what, median(suite), FACTOR_TO_SCRIPT * median(script), "s")
    calm = [run for run in findings.runs if run.contender == SUITE and run.weather == _CALM]
    line = fit_line([run.accounts for run in calm], [run.peak for run in calm])
    if line is not None:
        what = f"memory grows linearly with accounts: R^2 at least {LEAST_R_SQUARED}"
        yield Bar(what, line.r_squared, LEAST_R_SQUARED, "", line.r_squared >= LEAST_R_SQUARED)


def _accounts(count: int) -> str:
    return "1 account" if count == 1 else f"{count} accounts"
