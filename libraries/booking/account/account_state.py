"""How one account stands in one run: what is wanted, held, and paid for, and what the ledger and people hear of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import NoReturn
from zoneinfo import ZoneInfo

from booking.account.advice import FOUND, LISTED, LOST, advice, settle_command
from booking.account.hold_strategy import Attempt
from booking.errors import BookingError
from booking.ledger.ledger import EventRecord, Ledger, SlotRecord
from booking.ledger.states import AT_STAKE, UNSETTLED, Event, Proof, SlotState
from booking.model import Plan, Slot, Wish
from booking.money import pounds
from booking.outcomes import Outcome
from booking.site.pages import BookingRow

HOLD_LASTS = timedelta(minutes=45)
"""How long the site keeps a slot in a basket; inferred, so people are told "about"."""
_HELD_AND_NOT_PAID = "Held and not paid: "
_CALLED_FOR = {Outcome.UNKNOWN, Outcome.NEEDS_PERSON, Outcome.NOT_LISTED}
"""Outcomes for which a person is called at once, whatever is held."""
_HELD_ON = {SlotState.HELD, *UNSETTLED}
"""States in which a hold goes on that was made before."""


class StopError(BookingError):
    """The account cannot go on; the outcome says what that means for what is still open."""

    def __init__(self, outcome: Outcome, why: str) -> None:
        self.outcome = outcome
        self.why = why
        super().__init__(f"{outcome}: {why}")


class AccountState:
    """How one account stands in one run: one attempt for each wish, and why the account cannot go on, if so.

    What may be paid for is worked out from the ledger each time, so that nothing is that may have been paid already.
    """

    def __init__(
        self,
        plan: Plan,
        account: str,
        ledger: Ledger,
        *,
        email: str = "",
        clean: Callable[[str], str] = lambda text: text,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Take up the account.

        Args:
            plan: what the run is going to do.
            account: key of the account.
            ledger: the memory between runs.
            email: who logs in; the log shows it. The sheet's address when empty.
            clean: takes secrets out of what a page says, before anything is told of it.
            now: tells the instant, with its zone.
        """
        self.plan = plan
        self.account = plan.account(account)
        self.ledger = ledger
        self.clean = clean
        self.now = now
        self.attempts = [Attempt(wish) for wish in plan.wishes_of(account)]
        self.held_here: set[Slot] = set()
        """Slots whose hold this run has made."""
        self.worth: dict[Slot, int] = {}
        """What the basket that was checked holds, at what price in pence."""
        self.stop: StopError | None = None
        """Why the account cannot go on."""
        self.failure = ""
        """What failed that nobody foresaw."""
        self.lost_for: StopError | None = None
        """Why what is not held was lost, now that what is held is being paid for."""
        self.pays_next = False
        """Whether what ends the account now ends its payment."""
        self.gives_up = False
        """Whether a person has been told to see to what is held: this run pays for it no more."""
        self._barred = False
        """Whether the account was stopped before it paid, e.g. by a challenge: it holds nothing more."""
        self._email = email or self.account.email

    @property
    def key(self) -> str:
        """The account's key in the ledger."""
        return self.account.key

    def state_of(self, slot: Slot) -> SlotState | None:
        """Return the state in which the ledger has a slot of this account; None where it does not know it."""
        return self.ledger.state(self.account.key, slot)

    def latest(self, slot: Slot) -> SlotRecord | None:
        """Return the latest that the ledger knows of a slot of this account."""
        return self.ledger.latest(self.account.key, slot)

    def record_event(self, event: Event, text: str = "") -> None:
        """Record something of this account in this run that is not about one slot alone."""
        self.ledger.record_event(self.plan.run, self.account.key, event, text)

    def record_login(self, email: str) -> None:
        """Remember who is logged in: the log shows it."""
        self._email = email

    @property
    def wanted(self) -> tuple[Wish, ...]:
        """What is still to be held."""
        return tuple(attempt.wish for attempt in self.open_attempts() if attempt.slot is None)

    @property
    def held(self) -> tuple[Slot, ...]:
        """What lies in our basket and may be paid for."""
        return self.ledger.payable(self.key, self.taken_up)

    @property
    def unsettled(self) -> tuple[Slot, ...]:
        """What is being paid for, or may have been, and is not settled."""
        states = {slot: self.state_of(slot) for slot in self.taken_up}
        return tuple(slot for slot, state in states.items() if state in UNSETTLED)

    @property
    def sent(self) -> tuple[Slot, ...]:
        """What this run has sent a payment for that is not settled."""
        return tuple(slot for slot in self.unsettled if slot in self.worth)

    @property
    def unanswered(self) -> tuple[Slot, ...]:
        """What this run has sent a payment for that is not settled, and that the site has not confirmed."""
        confirmed = {attempt.slot for attempt in self.open_attempts() if attempt.confirmed}
        return tuple(slot for slot in self.sent if slot not in confirmed)

    @property
    def untouchable(self) -> frozenset[Slot]:
        """What must not be requested: booked by an account of ours, or paid for with an unknown fate."""
        records = self.ledger.states(slot_day=self.plan.slot_day)
        return frozenset(record.slot for record in records if record.state in AT_STAKE)

    @property
    def has_earlier_payments_to_settle(self) -> bool:
        """Whether a payment of an earlier run is not settled that this account's bookings may settle."""
        return bool(self.earlier_payments())

    def earlier_payments(self) -> list[SlotRecord]:
        """Return every payment that is not settled and is this account's, or that of a name the plan does not have."""
        others = self.plan.keys - {self.key}
        return [record for record in self.ledger.unsettled() if record.account not in others]

    @property
    def taken_up(self) -> list[Slot]:
        """What was got, and may be held, paid for, or neither any more, of every wish that is open."""
        return [attempt.slot for attempt in self.open_attempts() if attempt.slot is not None]

    # What ends the account

    def about_to_pay(self) -> None:
        """Remember that the payment is next: whatever ends it while something is held calls for a person."""
        self.pays_next = True
        # What ended the holding says nothing of what is held, and of more there will be no holding after it.
        self.lost_for = self.lost_for or self._why_it_ends()
        self._barred = self._barred or (self.stop is not None and self.stop.outcome is not Outcome.SITE_ERROR)
        self.stop, self.failure = None, ""

    def _why_it_ends(self) -> StopError | None:
        if self.stop is None and self.failure:
            return StopError(Outcome.SITE_ERROR, self.failure)
        return self.stop

    def stop_here(self, outcome: Outcome, why: str) -> NoReturn:
        """End what the account can do; the first reason stands for everything that it leaves open.

        Raises:
            StopError: always.
        """
        stop = StopError(outcome, self.clean(why))
        self.gives_up = self.gives_up or self.pays_next
        if self.stop is None:
            self.stop = stop
            if outcome in _CALLED_FOR or self.pays_next:
                self.call(outcome, stop.why)
        raise stop

    @property
    def stopped(self) -> bool:
        """Whether the account was stopped: it holds and pays for nothing more."""
        return self.stop is not None or self._barred or self.gives_up

    @property
    def needs_person(self) -> bool:
        """Whether the account was stopped where only a person can go on, e.g. at a challenge: nothing more is asked."""
        return self.stop is not None and self.stop.outcome is Outcome.NEEDS_PERSON

    def clear_site_error(self) -> None:
        """Forget a fault of the site that is going to be tried again; anything else still ends the account.

        Raises:
            StopError: the account was stopped for a reason that trying again does not cure.
        """
        if self.stop is not None and self.stop.outcome is not Outcome.SITE_ERROR:
            raise self.stop
        self.stop = None

    @property
    def reason(self) -> str:
        """Why the account could not go on; empty when nothing is known."""
        return self.stop.why if self.stop else self.failure

    # What the ledger, and people, hear

    def hold_ends(self) -> datetime:
        """Return when the site takes back what lies in our basket, as far as is known."""
        since = (step.at for slot in self._holding_on if (step := self.hold_began(slot)))
        return min(since, default=self.now()) + HOLD_LASTS

    @property
    def _holding_on(self) -> list[Slot]:
        """What is held, or was sent in this run; where there is nothing of the kind, what an earlier run has left."""
        return [*self.held, *self.sent] or self.taken_up

    def hold_began(self, slot: Slot) -> SlotRecord | None:
        """Return the step with which the hold began that lasts: not one that was given back, or has run out."""
        began = None
        steps = self.ledger.history(account=self.key, slot_day=slot.date)
        for step in reversed([step for step in steps if step.slot == slot]):
            if step.state not in _HELD_ON:
                break
            began = step
        return began

    def until(self) -> str:
        """Return until when the held slots are ours, in words."""
        found = any((step := self.hold_began(slot)) and step.why == FOUND for slot in self._holding_on)
        ends = self.hold_ends().astimezone(ZoneInfo(self.plan.zone))
        return f"held until {'at most' if found else 'about'} {ends:%H:%M}"

    def shows(self, row: BookingRow, slot: Slot) -> bool:
        """Tell whether a row of My Bookings, or a line of the basket, is that slot at this account's court."""
        return row.is_slot(slot, self.account.facility)

    def why_foreign(self, line: BookingRow) -> str:
        """Return why a basket is not paid that holds a line which is not to be paid for."""
        if any(self.shows(line, slot) for slot in self.in_doubt):
            return f"the basket still holds {line}, whose payment is not settled: nothing is paid before that"
        return f"the basket also holds {line}, which the plan did not ask for: nothing is paid before it is removed"

    @property
    def in_doubt(self) -> list[Slot]:
        """What may lie in this account's basket and be paid already, of any day."""
        return list(dict.fromkeys([*self.unsettled, *(record.slot for record in self.earlier_payments())]))

    def record(
        self,
        slot: Slot,
        state: SlotState,
        why: str,
        pence: int | None = None,
        *,
        proof: Proof | None = None,
    ) -> None:
        """Record what has become of a slot; for the arguments see `Ledger.record`."""
        self.ledger.record(
            run=self.plan.run, account=self.key, slot=slot, state=state, why=why, pence=pence, proof=proof
        )  # fmt: skip

    def finish(self, attempt: Attempt, slot: Slot, outcome: Outcome, why: str) -> None:
        """Give a wish its outcome, and call for a person where one is needed."""
        held = self.held
        self.ledger.record_outcome(
            run=self.plan.run,
            wish=attempt.wish,
            slot=slot,
            outcome=outcome,
            why=self.clean(why),
            email=self._email,
            measures=attempt.measures,
        )
        if outcome in _CALLED_FOR or (slot in held and not outcome.satisfied):
            self.call(outcome, why, doubtful=(slot,) if outcome in {Outcome.UNKNOWN, Outcome.NOT_LISTED} else ())
        attempt.done = True

    def finish_paid(self, attempt: Attempt, slot: Slot) -> None:
        """Give a wish whose slot My Bookings lists its outcome; who was called for it hears that it is settled."""
        steps = self.ledger.history(account=self.key, slot_day=slot.date, run=self.plan.run)
        paid_now = any(step.slot == slot and step.state is SlotState.PAYING for step in steps)
        outcome = Outcome.BOOKED if paid_now else Outcome.ALREADY_BOOKED
        self.finish(attempt, slot, outcome, "" if paid_now else LISTED)
        command = settle_command(self.key, slot, "paid")
        if any(key == self.key and command in text for key, _, text in self.calls()):
            told = f"the payment of {slot} is settled: My Bookings lists it, and nobody is needed"
            self.record_event(Event.SETTLED, told)

    def finish_unsettled(self, attempt: Attempt, slot: Slot, why: str) -> None:
        """Give a wish whose payment is not settled its outcome."""
        told = f"{why}: {advice(self.key, slot)}"
        if attempt.confirmed:
            outcome = Outcome.NOT_LISTED
            told = f"the site has confirmed the payment, and each run looks again: {advice(self.key, slot)}"
        else:
            outcome = Outcome.NEEDS_PERSON if why == LOST else Outcome.UNKNOWN
        self.finish(attempt, slot, outcome, told)

    def calls(self) -> list[EventRecord]:
        """Return every call for a person in this run, of all accounts."""
        return self.ledger.events(self.plan.run, Event.CALL)

    def call(self, outcome: Outcome, why: str, *, doubtful: Sequence[Slot] = ()) -> None:
        """Call for a person, once a run for each trouble of the account; the runner passes it on at once.

        What is held is named, with its price, until when, and where it is found; a trouble that was told before
        something was held is told again.
        """
        why = self.clean(why)
        told, held = f"{outcome}: {why.partition(';')[0]}", self.held
        for key, _, text in self.calls():
            named = text.partition(_HELD_AND_NOT_PAID)[2]
            commands = all(settle_command(self.key, slot, "") in text for slot in doubtful)
            if key == self.key and text.startswith(told) and all(str(slot) in named for slot in held) and commands:
                return
        self.record_event(Event.CALL, f"{outcome}: {why}{self._what_is_held()}")

    def _what_is_held(self) -> str:
        """Return what is held, for how much, until when and where, and what to do with it; empty if nothing is."""
        held = self.held
        if not held:
            return ""
        latest = [record for slot in held if (record := self.latest(slot))]
        named = [f"{each.slot}" + (f" ({pounds(each.pence)})" if each.pence is not None else "") for each in latest]
        if not self.gives_up:
            return f"\nHeld, and this run is going to pay for it: {'; '.join(named)}; {self.until()}."
        where = f" at {self.plan.basket_url}" if self.plan.basket_url else ""
        doubt = "; ".join(str(slot) for slot in self.in_doubt)
        what = f"Pay for it by hand{where}, or let it go"
        if doubt:
            what += f"; but never pay for a basket that still shows what may be paid already: {doubt}"
        return f"\n{_HELD_AND_NOT_PAID}{'; '.join(named)}; {self.until()}. {what}."

    def open_attempts(self) -> list[Attempt]:
        """Return the attempts whose wishes have no outcome yet."""
        return [attempt for attempt in self.attempts if not attempt.done]
