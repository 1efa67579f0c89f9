"""Whole runs, from start to report: this suite for more and more accounts, and the bare script beside it."""

from __future__ import annotations

from pathlib import Path

from benchmarks.contenders import SCRIPT, SUITE, Suite, base_environ, run_script
from benchmarks.errors import BenchmarkError
from benchmarks.phases import phases_of, read_calls
from benchmarks.records import Findings, PhaseRecord, RunFigures
from benchmarks.usage import Usage
from benchmarks.venue import HOURS, Assignment, BenchmarkVenue, Weather, open_venue


def run_suite(weather: Weather, accounts: int, run: int, browser: Path, findings: Findings) -> None:
    """Let the suite book a slot for each account, and add to the findings what that cost and where the time went.

    Raises:
        BenchmarkError: it did not book and pay everything.
    """
    with open_venue(base_environ(), weather) as venue:
        assignments = _assignments(venue, accounts)
        usage = Suite(browser).run(venue, assignments, memory=True)
        record = _record(SUITE, weather, run, venue, assignments, usage)
        calls = read_calls(venue.results / "latest" / "output.xml")
    findings.runs.append(record)
    try:
        split = phases_of(calls, usage.started, usage.ended)
    except BenchmarkError as error:  # What the run cost is known all the same.
        findings.broken.append(f"phases of a run, {weather.name}, {accounts} accounts: {error}")
        return
    findings.phases += [
        PhaseRecord(weather.name, accounts, run, account, phase, seconds)
        for account, own in split.items()
        for phase, seconds in own.items()
    ]


def run_bare(weather: Weather, accounts: int, run: int, browser: Path) -> RunFigures:
    """Let the bare script do the same.

    Raises:
        BenchmarkError: it did not book and pay everything.
    """
    with open_venue(base_environ(), weather) as venue:
        assignments = _assignments(venue, accounts)
        return _record(SCRIPT, weather, run, venue, assignments, run_script(venue, assignments, browser))


def _assignments(venue: BenchmarkVenue, accounts: int) -> list[Assignment]:
    """Give each account a slot of its own: accounts of one court want different hours."""
    members = venue.members(accounts)
    seen: dict[int, int] = {}
    assignments = []
    for member in members:
        place = seen[member.court] = seen.get(member.court, -1) + 1
        assignments.append(Assignment(member, venue.days()[0], (HOURS[place],)))
    return assignments


def _record(
    contender: str, weather: Weather, run: int, venue: BenchmarkVenue, assignments: list[Assignment], usage: Usage
) -> RunFigures:
    paid = venue.payments(assignments[0].day)
    if len(paid) != len(assignments):
        raise BenchmarkError(f"{contender} paid for {len(paid)} accounts of {len(assignments)}")
    return RunFigures(contender, weather.name, len(assignments), run, usage.wall, usage.cpu, usage.peak, paid)
