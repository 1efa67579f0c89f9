"""One run, from the settings to the exit status."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from booking.errors import BookingError, BrokenOffError, LedgerError, SettingsError, SheetError
from booking.ledger.database import LEDGER
from booking.ledger.ledger import Ledger
from booking.ledger.repair import repair
from booking.ledger.states import Event
from booking.model import Payment, Plan, Remark, RemarkKind
from booking.money import pounds
from booking.opening.clock import machine_clock
from booking.opening.second_chance import parse_until
from booking.outcomes import ExitStatus
from booking.plan import describe, write_plan
from booking.schedule.planner import build_plan
from booking.settings.env_file import warn_readable
from booking.settings.loader import load_settings
from booking.settings.redaction import Redaction
from booking.settings.settings import HEADING, Notify, Settings, secret_names
from booking.sheet.log import SheetLog
from booking.sheet.sheet import Sheet, open_sheet
from runner.browser import find_browser
from runner.conclusion import status_of, summary
from runner.lock import only_run
from runner.machine import PROJECT, new_name, point_latest_to, signals_as_call
from runner.notifications import Notifier
from runner.outbox_relay import HASTE, PATIENCE, OutboxRelay
from runner.outcomes_file import write_outcomes
from runner.practice import Announcer, announcer_of, practice_venue
from runner.report import in_order
from runner.shards import part_of
from runner.supervision import Supervision, longest_task
from runner.terminal import Terminal
from runner.unsettled import left_unsettled, no_end_text, unsettled_text, who_looks
from runner.watchdog import watchdog
from runner.workers import RESULTS_MARK, WorkerOptions, Workers, end_processes, processes_of

_TROUBLE = (BookingError, OSError, ValueError)
"""What may come of a ledger, a disk or a terminal that is broken; a damaged file may also read as nonsense."""


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
            reported = [Remark(RemarkKind.LEDGER, LEDGER, text) for text in (repaired, *without_end.values()) if text]
            plan = replace(plan, remarks=(*reported, *plan.remarks))
            self._check_accounts(plan)
            self._terminal.say(describe(plan))
            # First: a folder of a run that the ledger does not know of is a sign that it has forgotten something.
            ledger.start_run(plan.run, plan.slot_day, [account.key for account in plan.accounts])
            folder = settings.results_dir / plan.run
            folder.mkdir()
            write_plan(plan, folder)
            self._report_runs_without_end(without_end, ledger)
            if clock := machine_clock():
                ledger.record_event(plan.run, "", Event.CLOCK, str(clock))
            return self._work(plan, folder, browser, ledger)

    def _plan(self) -> Plan:
        """Read the sheet and return what this run is going to do, or its part of it."""
        settings = self._settings
        started = datetime.now(settings.release.zone)
        slot_day, opening, wait = self._opening(started)
        plan = build_plan(
            self._open_sheet().read(),
            run=new_name(settings.results_dir, started),
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
        """Check that there is somebody to book for, and that each account that wants something can log in.

        Raises:
            BookingError: the sheet has no account that can be used.
            SettingsError: a password or an address is missing.
        """
        if not plan.accounts:
            raise BookingError("\n".join(["The sheet has no account that can be used.", *map(str, plan.remarks)]))
        wanting = [account for account in plan.accounts if plan.wishes_of(account.key)]
        if problems := self._settings.missing_credentials(wanting):
            raise SettingsError(HEADING, problems)

    def _report_runs_without_end(self, texts: Mapping[str, str], ledger: Ledger) -> None:
        """Report earlier runs that came to no end to a person at once, each of them once.

        Args:
            texts: what there is to report, by name of the run.
            ledger: remembers that it was reported.
        """
        if texts:
            self._notifier.send("An earlier run came to no end", "\n".join(texts.values()))
        for run_name in texts:
            ledger.record_event(run_name, "", Event.NO_END)

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
        # In UTC: two times of one zone are compared by their wall clocks, wrongly in the night of a clock change.
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
            longest_task=longest_task(plan, settings),
        )
        supervision = Supervision(plan, folder, ledger, settings, self._terminal, self._notifier, self._announcer)
        with signals_as_call(supervision.ask_to_stop), watchdog(folder, settings.results_dir, self._environ):
            workers = Workers(place, [account.key for account in plan.accounts], self._environ)
            try:
                self._supervise(supervision, workers, plan, folder)
                return self._conclude(plan, folder, ledger)
            except (BookingError, OSError) as error:
                supervision.end(workers)
                raise BrokenOffError(
                    "The run was broken off; what was recorded before is kept, and the next run goes on from there."
                    f"\n{error}",
                    payment_unknown=self._break_off(supervision, plan, ledger) is ExitStatus.PAYMENT_UNKNOWN,
                ) from error

    def _supervise(self, supervision: Supervision, workers: Workers, plan: Plan, folder: Path) -> None:
        """See the workers through, and leave a report and a fed log."""
        database = self._settings.results_dir / LEDGER
        with OutboxRelay(plan.site, database, self._sheet_log, self._terminal.warn) as outbox_relay:
            supervision.see_through(workers, outbox_relay)
            point_latest_to(folder)
            outbox_relay.patience = HASTE if supervision.stop_asked else PATIENCE

    def _conclude(self, plan: Plan, folder: Path, ledger: Ledger) -> ExitStatus:
        """Report what became of every wish, and return what that means for the run."""
        outcomes = in_order(plan, ledger.outcomes(plan.run))
        write_outcomes(plan, folder, outcomes, ledger.latest_texts(plan.run, Event.CLOCK))
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
    def _break_off(supervision: Supervision, plan: Plan, ledger: Ledger) -> ExitStatus:
        """Report and record what still can be of a run that cannot go on, and return how it ended."""
        # Each for itself: a ledger that cannot be written may well be read, and what fails was the reason already.
        with suppress(*_TROUBLE):
            supervision.close_books("the run was broken off")
        with suppress(*_TROUBLE):
            supervision.relay_events(quiet=False)
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
