"""One run, from the settings to the exit status."""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import FrameType

from booking.account.account_run import AccountRun
from booking.account.account_state import HOLD_LASTS
from booking.errors import BookingError, BrokenOffError, LedgerError, SettingsError, SheetError
from booking.ledger.database import LEDGER
from booking.ledger.ledger import Ledger, OutcomeRecord, SlotRecord
from booking.ledger.repair import repair
from booking.ledger.states import Event
from booking.model import Payment, Plan, Remark, RemarkKind
from booking.money import pounds
from booking.opening.clock import machine_clock
from booking.opening.second_chance import parse_until
from booking.opening.waiting import announce
from booking.outcomes import ExitStatus, exit_status
from booking.plan import describe, write_plan
from booking.schedule.planner import build_plan
from booking.settings.env_file import warn_readable
from booking.settings.loader import load_settings
from booking.settings.redaction import Redaction
from booking.settings.settings import HEADING, Notify, Settings, secret_names
from booking.sheet.log import SheetLog
from booking.sheet.sheet import ACCOUNTS_SHEET, Sheet, open_sheet
from runner.browser import find_browser
from runner.lock import only_run
from runner.merge import part_of, write_outcomes
from runner.notifications import Notifier
from runner.outbox_relay import HASTE, PATIENCE, OutboxRelay
from runner.practice import Announcer, announcer_of, practice_venue
from runner.report import in_order
from runner.terminal import Terminal
from runner.unsettled import left_unsettled, no_end_text, unsettled_text, who_looks
from runner.watchdog import watchdog
from runner.workers import RESULTS_MARK, WorkerOptions, Workers, end_processes, processes_of

PROJECT = Path(__file__).resolve().parent.parent.parent
_POLL = 0.05
_LOOK_EVERY = 3.0
"""Seconds between two looks at whether a worker is gone."""
_ROOM = 2**20
"""Bytes; with less room on the disk than that, a worker that is lost was lost for want of it."""
_READY_TO_OPENING = timedelta(seconds=3)
"""A practice day opens so long after the last worker is ready."""
_LONGEST_READY = 60.0
"""Seconds without another worker becoming ready after which a practice day opens all the same."""
_QUIET = timedelta(seconds=15)
"""Nothing is sent to the sheet so shortly before and after the opening: the machine is for the holds then."""
_TROUBLE = (BookingError, OSError, ValueError)
"""What may come of a ledger, a disk or a terminal that is broken; a damaged file may also read as nonsense."""
_TITLES = {Event.BANK: "A person is needed", Event.CALL: "A person is needed", Event.SETTLED: "Settled"}
"""What a message is called that passes one of these on."""


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line asks for."""

    accounts: tuple[str, ...] = ()
    slot_day: date | None = None
    wait: bool = True
    rehearse: bool = False
    headed: bool = False
    watch_until: str = ""
    processes: int = 0
    shard: tuple[int, int] | None = None


def run(options: Options, terminal: Terminal) -> ExitStatus:
    """Do one run and return how it ended.

    Raises:
        BusyError: another run is going on.
        BookingError: it could not start; nothing was tried.
    """
    environ = dict(os.environ)
    if options.rehearse:
        environ["PAYMENT"] = Payment.REHEARSE
    settings = load_settings(environ, PROJECT / ".env", PROJECT / "variables")
    terminal.say(_first_line(settings))
    try:
        return _run_alone(options, settings, environ, terminal)
    except OSError as error:
        raise BookingError(
            f"RESULTS_DIR: {settings.results_dir} cannot be written to ({error.strerror or error}): make room or give "
            "this user the right to, then run again; what was recorded before is kept"
        ) from error


def _run_alone(options: Options, settings: Settings, environ: dict[str, str], terminal: Terminal) -> ExitStatus:
    """Do the run while no other one does, into a results folder that is in order."""
    with only_run(settings.results_dir):
        left = end_processes(processes_of(RESULTS_MARK, str(settings.results_dir)))
        if left:
            terminal.warn(f"{left} processes of an earlier run that was killed were still there; they are ended now")
        started = datetime.now(settings.release.zone)
        repaired = repair(settings.results_dir, started)
        if repaired:
            terminal.warn(repaired)
        with _site(settings, environ) as found:
            if found:
                environ |= found
                settings = load_settings(environ, PROJECT / ".env", PROJECT / "variables")
            clean = Redaction(settings.secret_values()).clean
            with Notifier(settings.notify_urls, clean, terminal.warn) as notifier:
                try:
                    return _Run(options, settings, environ, terminal, notifier).book(repaired)
                except BookingError as error:
                    notifier.send(f"The run at {settings.site} could not be done", str(error))
                    raise


def _first_line(settings: Settings) -> str:
    if settings.is_practice:
        return "Practice run: everything happens at the practice venue on this machine; no real site is touched."
    money = "PAYS with the card" if settings.payment is Payment.PAY else "rehearsal: nothing is paid"
    return f"Run at {settings.site} ({settings.site_url}); {money}."


@contextmanager
def _site(settings: Settings, environ: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Yield what has to be set beside the settings: nothing, or what leads to a practice venue started here."""
    if settings.site_url:
        yield {}
        return
    secret = secret_names(environ)
    bare = {name: value for name, value in environ.items() if name not in secret}
    bare[RESULTS_MARK] = str(settings.results_dir)
    with practice_venue(PROJECT, settings.results_dir / "practice", bare) as found:
        yield found


class _Run:
    """A run with its settings known and its site in reach."""

    def __init__(
        self,
        options: Options,
        settings: Settings,
        environ: dict[str, str],
        terminal: Terminal,
        notifier: Notifier,
    ) -> None:
        self._options = options
        self._settings = settings
        self._environ = environ
        self._terminal = terminal
        self._notifier = notifier
        self._announcer: Announcer | None = announcer_of(environ) if settings.is_practice else None
        self._stop_asked = False
        self._told: set[tuple[str, str, str]] = set()
        self._lost: set[str] = set()
        """Keys of the accounts whose workers were lost, and their books closed from here."""
        self._next_look = 0.0

    def book(self, repaired: str = "") -> ExitStatus:
        """Plan, work, report.

        Args:
            repaired: what happened to the ledger, for the report.
        """
        settings = self._settings
        for path in (PROJECT / ".env", settings.service_account_file):
            if path is not None and (warning := warn_readable(path)):
                self._terminal.warn(warning)
        shared = bool(settings.browser_server)
        browser = None if shared else find_browser(settings.browser, self._environ, self._terminal.say)
        plan = self._plan()
        lacking = {account.key for account in plan.accounts if settings.missing_credentials([account])}
        with Ledger(settings.results_dir / LEDGER, settings.site) as ledger:
            for record in ledger.unsettled():
                self._terminal.warn(unsettled_text(record, who_looks(record, plan, lacking)))
            slots, zone = ledger.states(), settings.release.zone
            without_end = {each.run: no_end_text(each, slots, zone) for each in ledger.runs_without_end()}
            told = [Remark(RemarkKind.LEDGER, LEDGER, text) for text in (repaired, *without_end.values()) if text]
            plan = replace(plan, remarks=(*told, *plan.remarks))
            self._check_accounts(plan)
            self._terminal.say(describe(plan))
            # First: a folder of a run that the ledger does not know of is a sign that it has forgotten something.
            ledger.start_run(plan.run, plan.slot_day, [account.key for account in plan.accounts])
            folder = settings.results_dir / plan.run
            folder.mkdir()
            write_plan(plan, folder)
            self._tell_of_runs_without_end(without_end, ledger)
            if clock := machine_clock():
                ledger.mark(plan.run, "", Event.CLOCK, str(clock))
            return self._work(plan, folder, browser, ledger)

    def _plan(self) -> Plan:
        """Read the sheet and return what this run is going to do, or its part of it."""
        settings = self._settings
        started = datetime.now(settings.release.zone)
        slot_day, opening, wait = self._opening(started)
        plan = build_plan(
            self._open_sheet().read(),
            run=_name(settings.results_dir, started),
            site=settings.site,
            site_url=settings.site_url,
            slot_day=slot_day,
            zone=str(settings.release.zone),
            opening=opening,
            wait=wait,
            payment=settings.payment,
            max_spend_pence=settings.max_spend_pence,
            max_spend_per_account_pence=settings.max_spend_per_account_pence,
            only_accounts=self._options.accounts,
            logins=settings.login_addresses(),
            watch_until=self._watch_until(opening or started),
            watch_every=settings.watch_every.total_seconds(),
            payment_hosts=settings.payment_hosts,
            basket_url=settings.basket_url,
        )
        return part_of(plan, *self._options.shard) if self._options.shard is not None else plan

    def _check_accounts(self, plan: Plan) -> None:
        """Check that there is somebody to book for, and that whoever wants something can log in.

        Raises:
            BookingError: the sheet has no account that can be used.
            SettingsError: a password or an address is missing.
        """
        if not plan.accounts:
            raise BookingError("\n".join(["The sheet has no account that can be used.", *map(str, plan.remarks)]))
        wanting = [account for account in plan.accounts if plan.wishes_of(account.key)]
        if faults := self._settings.missing_credentials(wanting):
            raise SettingsError(HEADING, faults)

    def _tell_of_runs_without_end(self, texts: Mapping[str, str], ledger: Ledger) -> None:
        """Tell a person at once of earlier runs that came to no end, each of them once.

        Args:
            texts: what there is to tell, by name of the run.
            ledger: remembers that it was told.
        """
        if texts:
            self._notifier.send("An earlier run came to no end", "\n".join(texts.values()))
        for run_name in texts:
            ledger.mark(run_name, "", Event.NO_END)

    def _opening(self, now: datetime) -> tuple[date, datetime | None, bool]:
        """Return the slot day, when it opens (None: announced when the workers are ready), and whether to wait."""
        settings, release = self._settings, self._settings.release
        opening: datetime | None
        if settings.opening is not None:
            slot_day = self._options.slot_day or release.slot_day_of_opening(settings.opening)
            opening = settings.opening
        elif self._announcer is not None:
            slot_day = self._options.slot_day or release.slot_day_of_opening(now)
            opening = None if self._options.wait else now
            self._announcer.set_opening(slot_day, opening)
        else:
            slot_day = self._options.slot_day or release.slot_day_at_hand(now, settings.max_wait)
            opening = release.opening_of(slot_day)
        # In UTC: two times of one zone are told apart by their wall clocks, wrongly in the night of a clock change.
        left = opening.astimezone(UTC) - now.astimezone(UTC) if opening is not None else timedelta()
        wait = self._options.wait and (opening is None or left > timedelta())
        if wait and opening is not None and left > settings.max_wait:
            raise BookingError(
                f"{slot_day:%A %d %B %Y} opens at {opening:%H:%M:%S %Z on %d %B}, which is more than MAX_WAIT "
                f"({settings.max_wait.total_seconds() / 60:.0f} minutes) away: start later, or raise MAX_WAIT"
            )
        return slot_day, opening, wait

    def _watch_until(self, after: datetime) -> datetime | None:
        text = self._options.watch_until or self._settings.watch_until
        try:
            return parse_until(text, after) if text else None
        except ValueError as error:
            raise BookingError(f"--watch: {error}") from error

    def _open_sheet(self) -> Sheet:
        settings = self._settings
        if settings.service_account is None:
            raise SheetError("GOOGLE_SERVICE_ACCOUNT_JSON is missing")
        return open_sheet(settings.sheet_id, settings.service_account, settings.sheet_api_url)

    def _work(self, plan: Plan, folder: Path, browser: Path | None, ledger: Ledger) -> ExitStatus:
        settings = self._settings
        place = WorkerOptions(
            project=PROJECT,
            folder=folder,
            results=settings.results_dir,
            site_file=PROJECT / "variables" / f"{settings.site.replace('-', '_')}.py",
            site_url=settings.site_url,
            browser=browser,
            headed=self._options.headed,
            processes=self._options.processes or len(plan.accounts),
            browser_server=settings.browser_server,
            person_wait=settings.person_wait,
            proof_wait=settings.proof_wait,
            longest_task=_longest_task(plan, settings),
        )
        with _signals(self._ask_to_stop), watchdog(folder, settings.results_dir, self._environ):
            workers = Workers(place, [account.key for account in plan.accounts], self._environ)
            try:
                self._supervise(workers, plan, folder, ledger)
                return self._conclude(plan, folder, ledger)
            except (BookingError, OSError) as error:
                self._end_workers(workers)
                raise BrokenOffError(
                    "The run was broken off; what was recorded before is kept, and the next run goes on from there."
                    f"\n{error}",
                    payment_unknown=self._break_off(plan, ledger) is ExitStatus.PAYMENT_UNKNOWN,
                ) from error

    def _supervise(self, workers: Workers, plan: Plan, folder: Path, ledger: Ledger) -> None:
        """Accompany the workers to their end, and leave a report and a fed log."""
        database = self._settings.results_dir / LEDGER
        with OutboxRelay(plan.site, database, self._sheet_log, self._terminal.warn) as outbox_relay:
            self._watch(workers, plan, folder, ledger, outbox_relay)
            workers.finish()
            # Of what was told when pabot was at its report already, the report does not know either.
            if self._complete(plan, ledger) or self._lost:
                workers.renew_report()
            self._relay_events(plan, ledger, quiet=False)
            _point_latest_to(folder)
            outbox_relay.patience = HASTE if self._stop_asked else PATIENCE

    def _conclude(self, plan: Plan, folder: Path, ledger: Ledger) -> ExitStatus:
        """Tell what became of every wish, and return what that means for the run."""
        outcomes = in_order(plan, ledger.outcomes(plan.run))
        write_outcomes(plan, folder, outcomes, ledger.mark_details(plan.run, Event.CLOCK))
        unsettled = left_unsettled(ledger.unsettled(), outcomes)
        status = status_of(plan, outcomes, unsettled, everybody=not self._options.accounts)
        ledger.end_run(plan.run, status)
        if status is not ExitStatus.DONE or self._settings.notify is Notify.ALWAYS:
            self._notifier.send(*summary(plan, outcomes, unsettled))
        report = folder / "report.html"
        self._terminal.show(plan, outcomes, report)
        if paid := ledger.paid_pence(plan.run):
            self._terminal.say(f"Paid in this run: {pounds(paid)}")
        if not report.exists():
            self._terminal.warn("there is no report: it could not be written; see pabot.log in its folder")
        for record in unsettled:
            self._terminal.warn(unsettled_text(record))
        if status is ExitStatus.PAYMENT_UNKNOWN:
            self._terminal.warn("the fate of a payment is unknown: a person must look before anything is paid again")
        return status

    @staticmethod
    def _end_workers(workers: Workers) -> None:
        """End the workers of a run that cannot be recorded any more, on a full disk for one."""
        workers.stop()
        while workers.running:
            time.sleep(_POLL)
        with suppress(OSError):  # There may be no room for a report; the workers have ended.
            workers.finish()

    def _break_off(self, plan: Plan, ledger: Ledger) -> ExitStatus:
        """Tell and record what still can be of a run that cannot go on, and return how it ended."""
        # Each for itself: a ledger that cannot be written may well be read, and what fails was the reason already.
        with suppress(*_TROUBLE):
            self._complete(plan, ledger, "the run was broken off")
        with suppress(*_TROUBLE):
            self._relay_events(plan, ledger, quiet=False)
        try:
            status = ExitStatus.PAYMENT_UNKNOWN if ledger.unsettled() else ExitStatus.COULD_NOT_START
        except _TROUBLE:
            status = ExitStatus.PAYMENT_UNKNOWN  # What cannot be read may hold a payment that is not settled.
        # Where it cannot be written either, the next run says of this one that it came to no end: that is true.
        with suppress(LedgerError):
            ledger.end_run(plan.run, status)
        return status

    def _sheet_log(self, ledger: Ledger) -> SheetLog:
        return SheetLog(ledger, self._open_sheet, self._settings.release.zone)

    def _ask_to_stop(self) -> None:
        self._stop_asked = True

    def _watch(self, workers: Workers, plan: Plan, folder: Path, ledger: Ledger, outbox_relay: OutboxRelay) -> None:
        """See the workers through: open a practice day, count down, pass calls and a stop on, miss who is lost."""
        opening = plan.opening if plan.wait else None
        ready: set[str] = set()
        ready_since = time.monotonic()
        while workers.running:
            if self._stop_asked:
                workers.stop()
            elif plan.opening is None and opening is None:
                before, ready = ready, ledger.marks(plan.run, Event.READY)
                if ready != before:
                    ready_since = time.monotonic()
                everybody = ready | ledger.marks(plan.run, Event.LEFT) >= {account.key for account in plan.accounts}
                waited = time.monotonic() - ready_since > _LONGEST_READY
                if ready and (everybody or waited):
                    opening = datetime.now(self._settings.release.zone) + _READY_TO_OPENING
                    self._open_practice_day(plan.slot_day, opening, folder)
            outbox_relay.quiet = opening is not None and abs(opening - datetime.now(UTC)) < _QUIET
            if not outbox_relay.quiet:
                self._look_for_lost_workers(workers, plan, ledger)
            self._relay_events(plan, ledger, quiet=outbox_relay.quiet)
            if opening is not None:
                self._terminal.count_down(opening, datetime.now(UTC))
            time.sleep(_POLL)

    def _relay_events(self, plan: Plan, ledger: Ledger, *, quiet: bool) -> None:
        """Pass on what the workers have to say; around the opening only what cannot wait."""
        cannot_wait = (Event.NOTICE, Event.BANK)
        for key, name, text in ledger.details(plan.run, *cannot_wait, *(() if quiet else (Event.CALL, Event.SETTLED))):
            if (key, name, text) in self._told:
                continue
            self._told.add((key, name, text))
            what, told = Event(name), f"{plan.account(key).name}: {text}"
            tell = self._terminal.say if what is Event.SETTLED else self._terminal.warn
            tell(told)
            if what in _TITLES:
                self._notifier.send(f"{_TITLES[what]}, {plan.slot_day:%a %d %b}", told)

    def _open_practice_day(self, slot_day: date, opening: datetime, folder: Path) -> None:
        if self._announcer is None:
            raise BookingError("only a practice day is opened by the run")
        self._announcer.set_opening(slot_day, opening)
        announce(folder, opening)

    def _look_for_lost_workers(self, workers: Workers, plan: Plan, ledger: Ledger) -> None:
        """Close, every few seconds, the books of accounts whose workers are gone without having done so themselves.

        What such a worker held is told while it can still be paid for, however long the others go on.
        """
        if time.monotonic() < self._next_look:
            return
        self._next_look = time.monotonic() + _LOOK_EVERY
        gone = workers.gone()  # Before the marks are read: whoever is gone has made its own by now.
        for key in sorted(gone - ledger.marks(plan.run, Event.LEFT) - self._lost):
            self._lost.add(key)
            # What one account's books refuse must not break off what the others do; at the end it is tried again.
            with suppress(LedgerError):
                self._close_books(plan, ledger, [key])

    def _complete(self, plan: Plan, ledger: Ledger, why: str = "") -> bool:
        """Give the wishes of a worker that was lost the outcome that the ledger allows; tell whether there were any."""
        told = len(ledger.outcomes(plan.run))
        self._close_books(plan, ledger, [account.key for account in plan.accounts], why)
        return len(ledger.outcomes(plan.run)) > told

    def _close_books(self, plan: Plan, ledger: Ledger, keys: Sequence[str], why: str = "") -> None:
        """Close the books of workers that are no more, from what the ledger holds; what was told already stands.

        Args:
            plan: what the run is going to do.
            ledger: the ledger.
            keys: keys of the accounts.
            why: what became of the workers, where that is known better than here.
        """
        why = why or ("the run was stopped" if self._stop_asked else "the worker of this account was killed or lost")
        if shutil.disk_usage(self._settings.results_dir).free < _ROOM:
            why += f"; the disk of RESULTS_DIR ({self._settings.results_dir}) is full: make room, then run again"
        clean = Redaction(self._settings.secret_values()).clean
        for key in keys:
            AccountRun(plan, key, ledger, clean=clean).record_abandoned(why)


def status_of(
    plan: Plan, outcomes: Sequence[OutcomeRecord], unsettled: Sequence[SlotRecord], *, everybody: bool
) -> ExitStatus:
    """Return how a run has ended.

    Args:
        plan: what it was going to do.
        outcomes: what became of that.
        unsettled: payments that are not settled, but for those of which an outcome tells it.
        everybody: whether the run was for all accounts of the sheet.
    """
    status = exit_status(record.outcome for record in outcomes)
    if unsettled:
        return ExitStatus.PAYMENT_UNKNOWN
    if status is ExitStatus.DONE and everybody and any(_is_account_left_out(remark) for remark in plan.remarks):
        return ExitStatus.MISSED  # Nobody knows what that account would have been booked.
    return status


def summary(plan: Plan, outcomes: Sequence[OutcomeRecord], unsettled: Sequence[SlotRecord] = ()) -> tuple[str, str]:
    """Return title and text of the message that tells how a run ended.

    Args:
        plan: what it was going to do.
        outcomes: what became of that.
        unsettled: payments that are not settled, but for those of which an outcome tells it.
    """
    names = {account.key: account.name for account in plan.accounts}
    got = sum(record.outcome.satisfied for record in outcomes)
    lines = [
        f"{names[record.account]}, court {record.slot.court}, {record.slot.time}: {record.outcome}"
        + (f" ({record.why})" if record.why and not record.outcome.satisfied else "")
        for record in outcomes
    ]
    lines += [unsettled_text(record) for record in unsettled]
    told = (remark for remark in plan.remarks if remark.kind is RemarkKind.LEDGER or _is_account_left_out(remark))
    lines += [str(remark) for remark in told]
    return f"{got} of {len(outcomes)} slots, {plan.slot_day:%a %d %b %Y}", "\n".join(lines) or "Nothing is wanted."


def _is_account_left_out(remark: Remark) -> bool:
    return remark.kind is RemarkKind.WRONG and remark.where.startswith(ACCOUNTS_SHEET)


def _longest_task(plan: Plan, settings: Settings) -> timedelta:
    """Return how long a task may take: the longest wait or watch, then a hold and its payment."""
    watch = plan.watch_until - datetime.now(UTC) if plan.watch_until else timedelta()
    return max(settings.max_wait, watch, timedelta()) + HOLD_LASTS + settings.person_wait + settings.proof_wait


def _name(results: Path, started: datetime) -> str:
    """Return the name of a run that starts now: its time, and a number if there is such a run already."""
    name = f"{started:%Y-%m-%d_%H-%M-%S}"
    number = 2
    while (results / name).exists():
        name = f"{started:%Y-%m-%d_%H-%M-%S}_{number}"
        number += 1
    return name


def _point_latest_to(folder: Path) -> None:
    """Let ``latest`` beside the run's folder lead to it, at no moment to nothing."""
    draft = folder.parent / f".latest-{os.getpid()}"
    draft.unlink(missing_ok=True)
    draft.symlink_to(folder.name)
    draft.replace(folder.parent / "latest")


@contextmanager
def _signals(stop: Callable[[], None]) -> Iterator[None]:
    """Turn SIGTERM and SIGINT into a call."""

    def handle(_number: int, _frame: FrameType | None) -> None:
        stop()

    before = {number: signal.signal(number, handle) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
