"""Where the time of a run goes, told from the times that its output.xml gives for every keyword."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from robot.api import ExecutionResult

from benchmarks.errors import BenchmarkError

_BROWSER = "Open The Session"
PHASES = {
    "browser": _BROWSER,
    "log in": "Log In With Credentials",
    "stock-taking": "Compare Account With Plan",
    "get ready": "Prepare At Court",
    "wait": "Wait For Opening",
    "hold": "Take Steps",
    "pay": "Pay For The Held Slots",
    "log out": "Log Out Of The Account",
    "leave": "Close The Session",
}
"""Phases of a worker, in their order, and the keyword that each of them is."""
START_UP, BETWEEN, MERGE = "start-up", "pictures and between", "others, merge, report"
ORDER = (START_UP, *PHASES, BETWEEN, MERGE)


@dataclass(frozen=True, slots=True)
class Call:
    """One keyword that ran."""

    account: str
    name: str
    start: datetime
    seconds: float

    @property
    def end(self) -> datetime:
        """When it was done."""
        return self.start + timedelta(seconds=self.seconds)


def read_calls(output: Path) -> list[Call]:
    """Return every keyword that ran, from a merged output.xml."""
    top = ExecutionResult(str(output)).suite
    return [call for suite in top.suites for call in _calls(suite.name, _children(suite))]


def phases_of(calls: Sequence[Call], started: datetime, ended: datetime) -> dict[str, dict[str, float]]:
    """Return the seconds of every phase for every account; they add up to the whole run.

    Args:
        calls: the keywords of all accounts.
        started: when the run was started.
        ended: when it had ended.

    Raises:
        BenchmarkError: an account lacks the keyword of a phase: it was renamed, or the run did not get there.
    """
    accounts = {call.account: [each for each in calls if each.account == call.account] for call in calls}
    return {account: _split(account, own, started, ended) for account, own in accounts.items()}


def _split(account: str, calls: Sequence[Call], started: datetime, ended: datetime) -> dict[str, float]:
    found = {phase: [call for call in calls if call.name == keyword] for phase, keyword in PHASES.items()}
    if missing := [PHASES[phase] for phase, own in found.items() if not own]:
        raise BenchmarkError(f"{account} did not run {', '.join(missing)}: the phases cannot be told")
    seconds = {phase: sum(call.seconds for call in own) for phase, own in found.items()}
    begin, end = min(call.start for call in found["browser"]), max(call.end for call in found["leave"])
    seconds[START_UP] = (begin - started).total_seconds()
    seconds[BETWEEN] = (end - begin).total_seconds() - sum(seconds[phase] for phase in PHASES)
    seconds[MERGE] = (ended - end).total_seconds()
    return {phase: seconds[phase] for phase in ORDER}


def _calls(account: str, nodes: Iterable[Any]) -> Iterator[Call]:
    for node in nodes:
        if getattr(node, "type", "") in {"KEYWORD", "SETUP", "TEARDOWN"} and not node.not_run:
            yield Call(account, node.name, node.start_time.astimezone(), node.elapsed_time.total_seconds())
        yield from _calls(account, _children(node))


def _children(node: Any) -> Iterator[Any]:  # noqa: ANN401 - Robot Framework's result model carries no types
    """Yield what is inside a suite, a task, a keyword or a control structure."""
    for name in ("setup", "tests", "body", "teardown"):
        inner = getattr(node, name, None)
        if name in {"setup", "teardown"}:
            if inner:
                yield inner
        elif inner is not None:
            yield from inner
