"""What the keyword components of one worker share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from robot.api import logger

from booking.account.account_run import AccountRun
from booking.errors import BookingError
from booking.ledger.states import Event
from booking.model import Slot
from booking.opening.start_gate import StartGate
from booking.opening.waiting import Waiting
from booking.site.markup import Markup
from booking.site.pages import BookingRow, HourState, read_hour


class WorkerState:
    """One account in one run, as its worker has it; empty until the account is loaded."""

    def __init__(self) -> None:
        self._account_run: AccountRun | None = None
        self._waiting: Waiting | None = None
        self._markup: Markup | None = None
        self.gate: StartGate | None = None
        self.event_id = ""
        """The court's own event id."""
        self.logged_in = False
        self.explained = False
        """Whether a keyword has said what the failure of the task means for its slots."""

    @property
    def loaded(self) -> bool:
        """Whether an account was loaded."""
        return self._account_run is not None

    @property
    def account_run(self) -> AccountRun:
        """What the account does in this run.

        Raises:
            BookingError: no account was loaded.
        """
        return _loaded(self._account_run)

    @account_run.setter
    def account_run(self, account_run: AccountRun) -> None:
        self._account_run = account_run

    @property
    def waiting(self) -> Waiting:
        """The wait for the opening.

        Raises:
            BookingError: no account was loaded.
        """
        return _loaded(self._waiting)

    @waiting.setter
    def waiting(self, waiting: Waiting) -> None:
        self._waiting = waiting

    @property
    def markup(self) -> Markup:
        """By what the site's pages are known.

        Raises:
            BookingError: no account was loaded.
        """
        return _loaded(self._markup)

    @markup.setter
    def markup(self, markup: Markup) -> None:
        self._markup = markup

    @property
    def reason(self) -> str:
        """Why the account could not go on, in words."""
        return self.account_run.reason or "see the tasks above"

    def record_event(self, event: Event, text: str = "") -> None:
        """Record an event of this account."""
        self.account_run.record_event(event, text)

    def warn(self, text: str) -> None:
        """Tell a person of something that is wrong: in the log, and now, at the terminal."""
        logger.warn(text)
        self.record_event(Event.NOTICE, text)

    def leave_gate(self) -> None:
        """Let the next account start its browser."""
        if self.gate is not None:
            self.gate.pass_on()

    def read_slot_hour(self, html: str, slot: Slot) -> HourState | None:
        """Return what the calendar shows for a slot; None when the day is not shown."""
        return read_hour(
            html,
            slot,
            day=self.markup.calendar_day,
            title=self.markup.calendar_day_title,
            hour=self.markup.calendar_hour,
            label=self.markup.calendar_hour_label,
            free=self.markup.calendar_free_hour,
        )

    def is_among(self, slot: Slot, rows: Iterable[BookingRow]) -> bool:
        """Return whether a slot of this account's court is one of these rows."""
        return any(row.is_slot(slot, self.account_run.account.facility) for row in rows)


class KeywordComponent:
    """Some keywords of the library Booker."""

    def __init__(self, worker: WorkerState) -> None:
        """Share the worker's state with the other components."""
        self.worker = worker

    @property
    def account_run(self) -> AccountRun:
        """What the account does in this run."""
        return self.worker.account_run

    @property
    def waiting(self) -> Waiting:
        """The wait for the opening."""
        return self.worker.waiting

    @property
    def markup(self) -> Markup:
        """By what the site's pages are known."""
        return self.worker.markup


def listed(slots: Iterable[Slot]) -> str:
    """Return slots in words."""
    return "; ".join(str(slot) for slot in slots) or "nothing"


_Value = TypeVar("_Value")


def _loaded(value: _Value | None) -> _Value:
    if value is None:
        raise BookingError("no account was loaded")
    return value
