"""One seed, carried out: the run that meets the fault, the runs after it until all is quiet, and the judgement."""

from __future__ import annotations

import re
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil

from runner.workers import RESULTS_MARK, processes_of
from tests.chaos.disk import SmallDisk
from tests.chaos.facts import Facts, Row, RunFacts
from tests.chaos.grid import Fault, Phase
from tests.chaos.judge import judge
from tests.chaos.results import is_locked, report_of
from tests.chaos.scenario import LedgerMoment, Point, Scenario
from tests.chaos.stage import Stage
from tests.support.leaks import find_in_folder, find_in_texts, secrets_of
from tests.support.ledger import ask_ledger
from tests.support.process import STEADY, ProgramRun
from tests.support.venue import PROJECT

LONGEST_RUN = 240.0
"""Seconds; a run of one account takes about 12 on an idle machine."""
LONGEST_SILENCE = 150.0
"""Seconds after which somebody stops a run that has called for a person and waits for a portal that is silent."""
MOST_RERUNS = 4
_LOOK_EVERY = 0.1
_CONFIRM_EVERY = 0.5
_SHORT = {
    # The person of the harness confirms within half a second or never.
    "THREE_D_SECURE_WAIT": "5",
    "PAYMENT_PROOF_WAIT": "6",
    "WATCH_EVERY": "0.05",
}
"""Waits that take minutes in earnest: the first two in seconds, the pause between two looks in minutes."""
_WATCH = timedelta(seconds=45)
"""How long a watch lasts, from the start of its run: until an idle machine has paid, and some looks longer."""
_CUTS = {Fault.KILL_WORKER, Fault.KILL_PABOT, Fault.KILL_RUN, Fault.STOP, Fault.DISK_FULL}


class DidNotStrikeError(Exception):
    """The fault did not happen when it should have: the seed has shown nothing."""


class NotPossibleError(Exception):
    """This machine does not allow the fault."""


@dataclass(slots=True)
class SeedVerdict:
    """What came of a seed."""

    scenario: Scenario
    objections: list[str] = field(default_factory=list)
    did_not_strike: str = ""
    not_possible: str = ""
    runs: list[RunFacts] = field(default_factory=list)
    outcomes: list[Row] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def clean(self) -> bool:
        """Whether nothing is to be objected."""
        return not self.objections and not self.did_not_strike


def carry_out(scenario: Scenario, folder: Path) -> SeedVerdict:
    """Carry out one seed in a folder of its own and return what came of it."""
    began = time.monotonic()
    verdict = SeedVerdict(scenario)
    try:
        with _Trial(scenario, folder) as trial:
            try:
                trial.run_until_quiet()
                facts = trial.facts()
                verdict.objections = judge(facts)
                verdict.outcomes = facts.outcomes
            finally:
                verdict.runs = trial.runs
    except NotPossibleError as error:
        verdict.not_possible = str(error)
    except DidNotStrikeError as error:
        verdict.did_not_strike = str(error)
    except Exception as error:  # noqa: BLE001 - what ends one seed must not end the others
        verdict.objections.append(f"it could not be carried out to its end: {type(error).__name__}: {error}")
    verdict.seconds = time.monotonic() - began
    return verdict


class _Trial:
    """The venue, the results folder and the runs of a seed."""

    def __init__(self, scenario: Scenario, folder: Path) -> None:
        self._scenario = scenario
        self._results = folder / "results"
        self._results.mkdir(parents=True)
        self._disk: SmallDisk | None = None
        self._stack = ExitStack()
        with ExitStack() as stack:
            if scenario.cell.fault is Fault.DISK_FULL:
                self._disk = _small_disk(self._results)
                stack.callback(self._disk.remove)
            self._stage = Stage(scenario, folder / "venue")
            stack.callback(self._stage.close)
            self._stack = stack.pop_all()
        self._settings = {
            **STEADY,
            **self._stage.settings,
            "RESULTS_DIR": str(self._results.resolve()),
            **_SHORT,
        }
        self.runs: list[RunFacts] = []
        self._quiet = False
        self._state = self._state_of_venue()

    def __enter__(self) -> _Trial:
        return self

    def __exit__(self, *_: object) -> None:
        left = self._processes()
        for process in left:
            _kill(process, "a process")
        psutil.wait_procs(left, timeout=5)
        self._stack.close()

    # The runs

    def run_until_quiet(self) -> None:
        """Run with the fault, then without it until two runs in a row end alike and nothing changes any more.

        Once everything is booked one run that changes nothing is enough; while something is not, it takes two, and
        nothing that bank and venue may still do by themselves.

        Raises:
            DidNotStrikeError: the fault did not happen.
        """
        self._stage.make_weather()
        strike = _Strike(self._scenario, self._stage, self._results, self._disk)
        first = self._run(strike)
        strike.should_have_struck()
        first.interrupted, first.disk_full = strike.owes_nothing, self._disk is not None
        self._stage.mend()
        if self._disk is not None:
            self._disk.make_room()
        quiet_from = time.monotonic() + self._scenario.quiet_after
        while not self._quiet and len(self.runs) <= MOST_RERUNS:
            still = time.monotonic() > quiet_from
            self._run(None)
            before, last = self.runs[-2:]
            settled = last.status == 0 or (len(self.runs) > 2 and not before.changed and still)
            self._quiet = settled and not last.changed and last.status == before.status

    def _run(self, strike: _Strike | None) -> RunFacts:
        known = set(self._results.glob("20*"))
        began = time.monotonic()
        watch = strike is not None and self._scenario.contested is not None
        until = (datetime.now(UTC) + _WATCH).isoformat()
        options = ("--watch", until) if watch else ()
        run = ProgramRun(PROJECT / "run.sh", options, self._settings, watched=False)
        self._watch(run, strike)
        if strike is not None and not strike.alone:
            psutil.wait_procs(self._processes(), timeout=3)  # What was killed takes a moment to be gone.
        new = sorted(set(self._results.glob("20*")) - known)
        before, self._state = self._state, self._state_of_venue()
        facts = RunFacts(
            status=run.status if run.status is not None else -1,
            said=run.said,
            seconds=time.monotonic() - began,
            interrupted=False,
            name=new[-1].name if new else "",
            report=report_of(new[-1]) if new else None,
            changed=self._state != before,
            left=[] if strike is not None and strike.alone else [process.name() for process in self._processes()],
            locked=is_locked(self._results),
        )
        question = "SELECT account, detail FROM marks WHERE what = 'call' AND run = ?"
        facts.calls = [(row["account"], row["detail"]) for row in ask_ledger(self._results, question, facts.name)]
        self.runs.append(facts)
        return facts

    def _watch(self, run: ProgramRun, strike: _Strike | None) -> None:
        until, tired_at, confirm_at = time.monotonic() + LONGEST_RUN, time.monotonic() + LONGEST_SILENCE, 0.0
        while run.running:
            now = time.monotonic()
            if now > until:
                run.kill(group=False)
                run.wait(5)
                raise AssertionError(f"the run has not ended within {LONGEST_RUN:.0f} s; it said:\n{run.said}")
            if strike is not None:
                strike.look(run)
            if now > tired_at and self._has_called():
                run.terminate()
                tired_at = until
            if now >= confirm_at:
                self._confirm()
                confirm_at = now + _CONFIRM_EVERY
            time.sleep(_LOOK_EVERY)
        run.wait(5)

    def _has_called(self) -> bool:
        """Tell whether the run that is going on has called for a person because of a payment in doubt."""
        question = (
            "SELECT 1 FROM marks WHERE what = 'call' AND detail LIKE 'unknown%' "
            "AND run = (SELECT max(run) FROM runs WHERE ended IS NULL)"
        )
        return bool(ask_ledger(self._results, question))

    def _confirm(self) -> None:
        """Confirm payments to those whose bank asks a person, unless that is just what does not happen."""
        scenario = self._scenario
        waiting = [each for each, route in scenario.routes.items() if route.asks_person]
        never = scenario.cell.fault is Fault.UNANSWERED and not scenario.confirmed_late
        left = never or (scenario.cell.fault in {Fault.UNANSWERED, Fault.LATE} and not self.runs)
        self._stage.confirm_payments(*(each for each in waiting if not (left and each == scenario.struck)))

    def _processes(self) -> list[psutil.Process]:
        return processes_of(RESULTS_MARK, self._settings["RESULTS_DIR"])

    # What is judged

    def _state_of_venue(self) -> object:
        """Return what a run must not change once all is quiet: what is held, sold and paid."""
        records = self._stage.records()
        holds = [(hold["id"], hold["state"]) for hold in records["holds"]]
        paid = [payment["id"] for payment in records["payments"] if payment["status"] == "paid"]
        return holds, records["bookings"], paid

    def facts(self) -> Facts:
        """Return everything that the judge goes by."""
        scenario, records, log = self._scenario, self._stage.records(), self._stage.log()
        secrets = secrets_of(self._settings)
        found = find_in_folder(self._results, secrets)
        found += find_in_texts("the sheet's log", (" ".join(row) for row in log), secrets)
        found += find_in_texts("what the program said", (run.said for run in self.runs), secrets)
        return Facts(
            wishes=self._stage.wishes(),
            struck=scenario.struck,
            bystanders=scenario.bystanders,
            runs=self.runs,
            quiet=self._quiet,
            holds=records["holds"],
            bookings=records["bookings"],
            payments=records["payments"],
            requests=records["requests"],
            log=log,
            states=ask_ledger(self._results, "SELECT * FROM slots"),
            outcomes=ask_ledger(self._results, "SELECT * FROM outcomes ORDER BY id"),
            history=ask_ledger(self._results, "SELECT * FROM history ORDER BY id"),
            ended={row["run"]: row["status"] for row in ask_ledger(self._results, "SELECT run, status FROM runs")},
            fees=self._stage.fees,
            ceiling=round(100 * float(STEADY["MAX_SPEND_PER_ACCOUNT"])),
            told=scenario.told,
            refused=scenario.refused if scenario.refused and scenario.lasting else "",
            contested=self._stage.contested,
            cut=scenario.cell.fault in _CUTS,
            secrets=sorted(set(found)),
        )


def _small_disk(folder: Path) -> SmallDisk:
    try:
        return SmallDisk(folder)
    except PermissionError as error:
        raise NotPossibleError(str(error)) from error


class _Strike:
    """The fault of a seed: waits for its moment, acts once, and knows whether it happened."""

    def __init__(self, scenario: Scenario, stage: Stage, results: Path, disk: SmallDisk | None) -> None:
        self._scenario = scenario
        self._stage = stage
        self._results = results
        self._disk = disk
        self._due: float | None = None
        self._done = False
        self.alone = scenario.alone
        moment = scenario.moment
        if isinstance(moment, Point):
            whose = {"email": stage.email(scenario.struck)} if moment.known else {}
            stage.add_rules(
                {
                    "app": moment.app,
                    "method": moment.method,
                    "path": moment.path,
                    "skip": moment.skip,
                    "times": 1,
                    "do": "hang" if scenario.served == "never" else "pause",
                    "when": "after" if scenario.served == "before" else "before",
                    **whose,
                }
            )

    @property
    def owes_nothing(self) -> bool:
        """Whether the run was ended in a way that leaves it no time to close its books."""
        fault, phase = self._scenario.cell.fault, self._scenario.cell.phase
        return fault is Fault.KILL_RUN or (fault is Fault.STOP and phase is Phase.START)

    def look(self, run: ProgramRun) -> None:
        """Act if the moment has come."""
        if self._scenario.moment is None or self._done or not self._has_come():
            return
        self._act(run)
        self._done = True
        self._stage.calm()

    def should_have_struck(self) -> None:
        """Check, after the run, that the fault has happened.

        Raises:
            DidNotStrikeError: it has not.
        """
        scenario = self._scenario
        if scenario.moment is not None:
            struck = self._done
        elif scenario.rules:
            struck = any(rule["hits"] for rule in self._stage.rules())
        elif scenario.cell.fault is Fault.RIVAL:
            struck = any(hold["state"] == "rival" for hold in self._stage.records()["holds"])
        elif scenario.sheet_access:
            struck = any(each["app"] == "sheet" for each in self._stage.records()["requests"])
        else:
            struck = scenario.sign is not None and self._has_met(scenario.sign)
        if not struck:
            raise DidNotStrikeError("the run has ended without coming to it")

    def _has_met(self, sign: Point) -> bool:
        """Tell whether the struck account has asked for what shows that it has met its trouble."""
        mine = self._stage.email(self._scenario.struck)
        return any(
            (each["app"], each["method"], each["email"]) == (sign.app, sign.method, mine)
            and re.search(sign.path, each["path"])
            for each in self._stage.records()["requests"]
        )

    def _has_come(self) -> bool:
        moment = self._scenario.moment
        if isinstance(moment, LedgerMoment):
            if self._due is None and self._is_marked(moment.what):
                self._due = time.monotonic() + moment.seconds
            return self._due is not None and time.monotonic() >= self._due
        return any(rule["hits"] for rule in self._stage.rules())

    def _is_marked(self, what: str) -> bool:
        marked = {row["account"] for row in ask_ledger(self._results, "SELECT account FROM marks WHERE what = ?", what)}
        return marked >= set(self._scenario.accounts if what == "left" else [self._scenario.struck])

    def _act(self, run: ProgramRun) -> None:
        match self._scenario.cell.fault:
            case Fault.KILL_WORKER:
                _kill(run.worker_of(self._scenario.struck), "the worker")
            case Fault.KILL_PABOT:
                _kill(next((each for each in self._processes() if "pabot.pabot" in each.cmdline()), None), "pabot")
            case Fault.KILL_RUN:
                run.kill(group=False)
                while not self.alone and (left := self._processes()):
                    for process in left:
                        _kill(process, "a process")
            case Fault.STOP:
                run.terminate()
            case Fault.EXPIRE if not self._stage.end_session():
                raise DidNotStrikeError("there was no session to end")
            case Fault.RIVAL if not self._stage.lose_slot():
                raise DidNotStrikeError("nobody could have the slot")
            case Fault.DISK_FULL if self._disk is not None:
                self._disk.fill()

    def _processes(self) -> list[psutil.Process]:
        return processes_of(RESULTS_MARK, str(self._results.resolve()))


def _kill(process: psutil.Process | None, what: str) -> None:
    if process is None:
        raise DidNotStrikeError(f"{what} was not there")
    try:
        process.kill()
    except psutil.NoSuchProcess as error:
        if what != "a process":
            raise DidNotStrikeError(f"{what} had ended already") from error
