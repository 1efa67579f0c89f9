"""Sees the workers of a run through, from their start to their closed books, whatever becomes of them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from booking.account.account_run import AccountRun
from booking.account.account_state import HOLD_LASTS
from booking.errors import BookingError, LedgerError
from booking.ledger.ledger import Ledger
from booking.ledger.states import Event
from booking.model import Plan
from booking.opening.waiting import announce
from booking.settings.redaction import Redaction
from booking.settings.settings import Settings
from runner.machine import is_full
from runner.notifications import Notifier
from runner.outbox_relay import OutboxRelay
from runner.practice import Announcer
from runner.terminal import Terminal
from runner.workers import Workers

_POLL = 0.05
_LOOK_EVERY = 3.0
"""Seconds between two looks at whether a worker is gone."""
_READY_TO_OPENING = timedelta(seconds=3)
"""A practice day opens so long after the last worker is ready."""
_LONGEST_READY = 60.0
"""Seconds without another worker becoming ready after which a practice day opens all the same."""
_QUIET = timedelta(seconds=15)
"""Nothing is sent to the sheet so shortly before and after the opening: the machine is for the holds then."""
_TITLES = {Event.BANK: "A person is needed", Event.CALL: "A person is needed", Event.SETTLED: "Settled"}
"""What a message is called that passes one of these on."""


def longest_task(plan: Plan, settings: Settings) -> timedelta:
    """Return how long a task may take: the longest wait or watch, then a hold and its payment."""
    watch = plan.watch_until - datetime.now(UTC) if plan.watch_until else timedelta()
    return max(settings.max_wait, watch, timedelta()) + HOLD_LASTS + settings.person_wait + settings.proof_wait


class Supervision:
    """Watches over the workers of one run, and does for them what they cannot do themselves any more."""

    def __init__(
        self,
        plan: Plan,
        folder: Path,
        ledger: Ledger,
        settings: Settings,
        terminal: Terminal,
        notifier: Notifier,
        announcer: Announcer | None,
    ) -> None:
        """Prepare to watch.

        Args:
            plan: what the run is going to do.
            folder: the run's folder.
            ledger: the ledger.
            settings: the settings.
            terminal: where the workers' events are shown.
            notifier: sends those for which a person is needed.
            announcer: opens the day of a practice venue; None at a real site.
        """
        self._plan = plan
        self._folder = folder
        self._ledger = ledger
        self._settings = settings
        self._terminal = terminal
        self._notifier = notifier
        self._announcer = announcer
        self._relayed: set[tuple[str, str, str]] = set()
        self._lost: set[str] = set()
        """Keys of the accounts whose workers were lost, and their books closed from here."""
        self._next_look = 0.0
        self.stop_asked = False

    def ask_to_stop(self) -> None:
        """Let the workers end, at the next look at them."""
        self.stop_asked = True

    def see_through(self, workers: Workers, outbox_relay: OutboxRelay) -> None:
        """Accompany the workers to their end, and leave a report of all that they and the ledger have."""
        self.watch(workers, outbox_relay)
        workers.finish()
        # Of what was recorded when pabot was at its report already, the report does not know either.
        if self.close_books() or self._lost:
            workers.renew_report()
        self.relay_events(quiet=False)

    def end(self, workers: Workers) -> None:
        """End the workers of a run that cannot be recorded any more, on a full disk for one."""
        workers.stop()
        while workers.running:
            time.sleep(_POLL)
        with suppress(OSError):  # There may be no room for a report; the workers have ended.
            workers.finish()

    def watch(self, workers: Workers, outbox_relay: OutboxRelay) -> None:
        """See the workers through: open a practice day, count down, pass calls and a stop on, notice who is lost."""
        plan, ledger = self._plan, self._ledger
        opening = plan.opening if plan.wait else None
        ready: set[str] = set()
        ready_since = time.monotonic()
        while workers.running:
            if self.stop_asked:
                workers.stop()
            elif plan.opening is None and opening is None:
                before, ready = ready, ledger.accounts_with(plan.run, Event.READY)
                if ready != before:
                    ready_since = time.monotonic()
                everybody = ready | ledger.accounts_with(plan.run, Event.LEFT) >= {
                    account.key for account in plan.accounts
                }
                waited = time.monotonic() - ready_since > _LONGEST_READY
                if ready and (everybody or waited):
                    opening = datetime.now(self._settings.release.zone) + _READY_TO_OPENING
                    self._open_practice_day(opening)
            outbox_relay.quiet = opening is not None and abs(opening - datetime.now(UTC)) < _QUIET
            if not outbox_relay.quiet:
                self.look_for_lost(workers)
            self.relay_events(quiet=outbox_relay.quiet)
            if opening is not None:
                self._terminal.count_down(opening, datetime.now(UTC))
            time.sleep(_POLL)

    def relay_events(self, *, quiet: bool) -> None:
        """Pass on what the workers have to say; around the opening only what cannot wait."""
        plan = self._plan
        kinds = (Event.NOTICE, Event.BANK, *(() if quiet else (Event.CALL, Event.SETTLED)))
        for key, name, text in self._ledger.events(plan.run, *kinds):
            if (key, name, text) in self._relayed:
                continue
            self._relayed.add((key, name, text))
            event, line = Event(name), f"{plan.account(key).name}: {text}"
            show = self._terminal.say if event is Event.SETTLED else self._terminal.warn
            show(line)
            if event in _TITLES:
                self._notifier.send(f"{_TITLES[event]}, {plan.slot_day:%a %d %b}", line)

    def _open_practice_day(self, opening: datetime) -> None:
        if self._announcer is None:
            raise BookingError("only a practice day is opened by the run")
        self._announcer.set_opening(self._plan.slot_day, opening)
        announce(self._folder, opening)

    def look_for_lost(self, workers: Workers) -> None:
        """Close, every few seconds, the books of accounts whose workers are gone without having done so themselves.

        What such a worker held is reported while it can still be paid for, however long the others go on.
        """
        if time.monotonic() < self._next_look:
            return
        self._next_look = time.monotonic() + _LOOK_EVERY
        gone = workers.gone()  # Before the events are read: a worker that is gone has recorded its own by now.
        for key in sorted(gone - self._ledger.accounts_with(self._plan.run, Event.LEFT) - self._lost):
            self._lost.add(key)
            # What one account's books refuse must not break off what the others do; at the end it is tried again.
            with suppress(LedgerError):
                self._close_books_of([key])

    def close_books(self, why: str = "") -> bool:
        """Give each wish without an outcome the one that the ledger allows; return whether there were any.

        Args:
            why: what became of the workers, where that is known better than here.
        """
        before = len(self._ledger.outcomes(self._plan.run))
        self._close_books_of([account.key for account in self._plan.accounts], why)
        return len(self._ledger.outcomes(self._plan.run)) > before

    def _close_books_of(self, keys: Sequence[str], why: str = "") -> None:
        """Close the books of workers that are gone, from what the ledger holds; what was recorded already stands."""
        why = why or ("the run was stopped" if self.stop_asked else "the worker of this account was killed or lost")
        if is_full(self._settings.results_dir):
            why += f"; the disk of RESULTS_DIR ({self._settings.results_dir}) is full: make room, then run again"
        clean = Redaction(self._settings.secret_values()).clean
        for key in keys:
            AccountRun(self._plan, key, self._ledger, clean=clean).record_abandoned(why)
