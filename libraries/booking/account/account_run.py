"""One account's way through one run: what is still wanted, what is held, what may be paid, what became of it.

The browser side reports what it saw; this side decides, and tells the ledger before and after every act that matters.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import NoReturn
from zoneinfo import ZoneInfo

from booking.account.hold_strategy import Attempt, HoldStrategy, Step, StepKind
from booking.errors import BookingError, LedgerError
from booking.ledger.ledger import (
    AT_STAKE,
    CARRIED,
    PRICED,
    UNSETTLED,
    CeilingError,
    Click,
    Event,
    Ledger,
    Proof,
    SlotRecord,
    SlotState,
)
from booking.model import Ceiling, Payment, Plan, Slot, Wish
from booking.money import pounds
from booking.outcomes import Outcome
from booking.site.pages import Basket, BookingRow, HourState, PageError
from booking.site.responses import HoldResponse

HOLD_LASTS = timedelta(minutes=45)
"""How long the site keeps a slot in a basket; inferred, so people are told "about"."""
_LEAST_FOR_THE_BANK = timedelta(minutes=3)
_LOST = "it lies in the basket, but the ledger was damaged since and may have forgotten that it was paid for"
_FOUND = "found in our basket"
_LISTED = "My Bookings lists it"
_FOUND_LISTED = "found in My Bookings"
_HELD_AND_NOT_PAID = "Held and not paid: "
_OURS = {SlotState.HELD, *AT_STAKE}
_CALLED_FOR = {Outcome.UNKNOWN, Outcome.NEEDS_PERSON, Outcome.NOT_LISTED}
"""Outcomes for which a person is called at once, whatever is held."""
_CONFIRMED = "the payment was confirmed, but My Bookings does not list the slot"
_HELD_ON = {SlotState.HELD, *UNSETTLED}
"""States in which a hold goes on that was made before."""


class StopError(BookingError):
    """The account cannot go on; the outcome says what that means for what is still open."""

    def __init__(self, outcome: Outcome, why: str) -> None:
        self.outcome = outcome
        self.why = why
        super().__init__(f"{outcome}: {why}")


def settle_command(account: str, slot: Slot, verdict: str) -> str:
    """Return what a person types, or pastes, to tell the ledger what became of a payment."""
    return f"./run.sh settle {account} {slot.date.isoformat()} {slot.time} {verdict}"


def advice(account: str, *slots: Slot) -> str:
    """Return what a person does about a payment of which nobody knows what became of it."""
    commands = "; ".join(settle_command(account, slot, "paid") for slot in slots)
    return (
        "do not pay for it by hand; look at the card's statement and at My Bookings, and when the run has ended say "
        f"paid or not-paid: {commands}"
    )


def _why_unread(words: str) -> str:
    return f'the basket also holds "{words}", which cannot be read: nothing is paid before it is removed'


def _paid_but_not_listed(account: str, slot: Slot) -> str:
    return (
        f"the ledger has it as paid by {account}, but My Bookings does not list it: look there; where it was "
        f"cancelled, say so: {settle_command(account, slot, 'cancelled')}"
    )


class AccountRun:
    """One account in one run."""

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
        self._email = email or self.account.email
        self._clean = clean
        self._now = now
        self._attempts = [Attempt(wish) for wish in plan.wishes_of(account)]
        self._paid_before: set[Slot] = set()
        self._intended: set[Slot] = set()
        self._strategy: HoldStrategy | None = None
        self._unavailable: frozenset[Slot] = frozenset()
        """Slots that are not requested at the opening."""
        self._opened: float | None = None
        self._held_here: set[Slot] = set()
        """Slots whose hold this run has made."""
        self._stop: StopError | None = None
        self._failure = ""
        self._about_to_pay = False
        self._looked_up = False
        """Whether My Bookings has been read."""
        self._lost_for: StopError | None = None
        """Why what is not held was lost, now that what is held is being paid for."""
        self._barred = False
        """Whether the account was stopped before it paid, e.g. by a challenge: it holds nothing more."""
        self._gives_up = False
        """Whether a person has been told to see to what is held: this run pays for it no more."""
        self._worth: dict[Slot, int] = {}
        """What the basket that was checked holds, at what price in pence."""
        self._fee = 0
        """What the card portal takes beside that, in pence."""
        self._bank_asked: datetime | None = None
        """When the bank first asked to confirm the payment."""

    def record_login(self, email: str) -> None:
        """Remember who is logged in: the log shows it."""
        self._email = email

    # What is ours already

    def compare_with_plan(self, bookings: Sequence[BookingRow], basket: Basket) -> None:
        """Compare what is wanted with My Bookings, the basket and the ledger, before anything is done.

        What is booked is not booked again; what lies in our own basket is taken up; a payment whose fate is not known
        is not repeated, and is looked up first, of whatever day it is. What is going to keep the basket from being paid
        is told while there is time.
        """
        if self.ledger.in_doubt(self.account.key):
            self._compare_after_damage(bookings, basket.lines)
        self._settle_earlier_payments(bookings)
        facility = self.account.facility
        at_stake = self.untouchable
        for attempt in self._open():
            wish = attempt.wish
            free = [slot for slot in wish.slots if slot not in self._paid_before and slot not in self._taken_up]
            booked = next((slot for slot in free if any(row.is_slot(slot, facility) for row in bookings)), None)
            if booked is not None:
                self._paid_before.add(booked)
                if self.ledger.state(self.account.key, booked) is not SlotState.PAID:
                    self._record(booked, SlotState.PAID, _FOUND_LISTED)
                self._finish(attempt, booked, Outcome.ALREADY_BOOKED, _LISTED)
                continue
            # What may be paid for comes first: nothing else is taken up in its place.
            for slot in sorted(free, key=lambda slot: slot not in at_stake):
                in_basket = any(row.is_slot(slot, facility) for row in basket.lines)
                if self._take_up(attempt, slot, in_basket=in_basket):
                    break
        self._looked_up = True
        self._tell_of_earlier_payments()
        self._call_for_what_will_stop_the_payment(basket)

    def _settle_earlier_payments(self, bookings: Sequence[BookingRow]) -> None:
        """Look up every payment that is not settled, of any day.

        A key that the plan does not have is that of an account which was renamed: its slot may be listed here.
        """
        facilities = {account.court: account.facility for account in self.plan.accounts}
        facilities[self.account.court] = self.account.facility
        for record in self._earlier_payments():
            slot = record.slot
            # A court that the sheet does not name any more is known by its number, in the park of this account's.
            here = re.sub(r"\d+$", str(slot.court), self.account.facility)
            facility = facilities.get(slot.court, here)
            if any(row.is_slot(slot, facility) for row in bookings):
                self.ledger.record(
                    run=self.plan.run,
                    account=record.account,
                    slot=slot,
                    state=SlotState.PAID,
                    why=_FOUND_LISTED,
                )

    def _earlier_payments(self) -> list[SlotRecord]:
        """Return every payment that is not settled and is this account's, or that of a name the plan does not have."""
        others = self.plan.keys - {self.account.key}
        return [record for record in self.ledger.unsettled() if record.account not in others]

    def _tell_of_earlier_payments(self) -> None:
        """Tell a person, once a run, of every payment that is not settled, of any day.

        Of what is wanted now its outcome tells.
        """
        told = "\n".join(text for _, _, text in self.ledger.details(self.plan.run, Event.CALL))
        for record in self._earlier_payments():
            slot = record.slot
            taken_up = record.account == self.account.key and slot in self._taken_up
            if taken_up or settle_command(record.account, slot, "") in told:
                continue
            looked = "does not list it" if self._looked_up else "could not be asked for it"
            seen = f"a payment of {slot} was sent in run {record.run}, and My Bookings {looked}"
            why = f"{slot}: {_LOST}" if record.why == _LOST else seen
            self._call(Outcome.UNKNOWN, f"{why}: {advice(record.account, slot)}")

    def _call_for_what_will_stop_the_payment(self, basket: Basket) -> None:
        """Tell a person, long before the payment, of what is going to stop it."""
        wanted = [attempt for attempt in self._open() if attempt.slot is None]
        if not wanted and not self.held:
            return
        held = self.held
        for line in basket.lines:
            if not any(self._is(line, slot) for slot in held):
                self._call(Outcome.NEEDS_PERSON, self._why_foreign(line))
        for words in basket.unread:
            self._call(Outcome.NEEDS_PERSON, _why_unread(words))
        ours = (line.pence for line in basket.lines if any(self._is(line, slot) for slot in held))
        price = next((pence for pence in ours if pence is not None), None) or self.ledger.last_price(self.account.court)
        if price is None or self.plan.payment is not Payment.PAY:
            return
        for ceiling in self.plan.ceilings(self.account.key):
            count = len(wanted) + len(held) + (0 if ceiling.account else self._wanted_by_others())
            try:
                self.ledger.check_ceilings([ceiling], self.plan.slot_day, [price] * count)
            except CeilingError as error:
                self._call(Outcome.NEEDS_PERSON, self._too_dear(error, "what is wanted may cost"))

    def _wanted_by_others(self) -> int:
        """Return how many slots the other accounts of the plan may still pay for."""
        paid = {(record.account, record.slot) for record in self.ledger.states(slot_day=self.plan.slot_day)
                if record.state in AT_STAKE}  # fmt: skip
        others = [wish for wish in self.plan.wishes if wish.account != self.account.key]
        return sum(not any((wish.account, slot) in paid for slot in wish.slots) for wish in others)

    def _compare_after_damage(self, bookings: Sequence[BookingRow], basket: Sequence[BookingRow]) -> None:
        """Rebuild what a damaged ledger has forgotten of this account.

        Whatever My Bookings lists is paid. What lies in the basket without being known here may have been paid for, and
        nobody knows: that is for a person. Things of other kinds in the basket leave the account in doubt.
        """
        courts = {(account.court, account.facility) for account in self.plan.accounts}

        def slot_of(row: BookingRow) -> Slot | None:
            slots = ((Slot(court, row.date, row.hour), facility) for court, facility in courts)
            return next((slot for slot, facility in slots if row.is_slot(slot, facility)), None)

        for booked in filter(None, map(slot_of, bookings)):
            if self.ledger.state(self.account.key, booked) is not SlotState.PAID:
                self._record(booked, SlotState.PAID, _FOUND_LISTED)
        lines = {line: slot_of(line) for line in basket}
        for line, slot in lines.items():
            latest = self.ledger.latest(self.account.key, slot) if slot else None
            if slot and (latest is None or (latest.run == CARRIED and latest.state is SlotState.HELD)):
                self._record(slot, SlotState.UNKNOWN, _LOST, line.pence)
        if all(lines.values()):
            self.ledger.mark(self.plan.run, self.account.key, Event.STOCK_TAKEN)

    def _take_up(self, attempt: Attempt, slot: Slot, *, in_basket: bool) -> bool:
        """Bring one slot that is not in My Bookings in line with the ledger; return whether it settles the wish."""
        latest = self.ledger.latest(self.account.key, slot)
        state = latest.state if latest else None
        if latest and state in UNSETTLED:
            # Where it stays so it may be listed later; until then nothing else is booked in its place.
            attempt.slot, attempt.confirmed = slot, latest.why == _CONFIRMED
            proved = in_basket and self._record_proof(slot, Proof.IN_BASKET)
            if state is SlotState.PAYING and not proved:
                why = "a payment was sent in an earlier run and My Bookings does not list the slot"
                self._record(slot, SlotState.UNKNOWN, why)
            return True
        if state is SlotState.PAID:
            self._paid_before.add(slot)  # One payment is one wish's, even if two wishes name its slot.
            self._finish(attempt, slot, Outcome.NEEDS_PERSON, _paid_but_not_listed(self.account.key, slot))
            return True
        if other := self.ledger.at_stake_elsewhere(self.account.key, slot):
            return self._leave_to_other(attempt, slot, other)
        if in_basket:
            if state is not SlotState.HELD:
                self._record(slot, SlotState.HELD, _FOUND)
            attempt.slot = slot
            return True
        if state is SlotState.HELD:
            self._record(slot, SlotState.RELEASED, "the hold of an earlier run has run out")
        return False

    def _leave_to_other(self, attempt: Attempt, slot: Slot, other: SlotRecord) -> bool:
        """Leave a slot alone that another name has paid for, or may have; return whether that settles the wish.

        A name that the plan does not have is that of an account which was renamed in the sheet: the booking is this
        account's, and nothing is booked beside it. Another account of the family leaves the wish its alternatives.
        """
        renamed = other.account not in self.plan.keys
        if not renamed and not self.untouchable.issuperset(attempt.wish.slots):
            return False
        self._paid_before.add(slot)
        if other.state is not SlotState.PAID:
            why = f"a payment for it was sent by {other.account} in run {other.run} and is not settled"
            self._finish(attempt, slot, Outcome.UNKNOWN, f"{why}: {advice(other.account, slot)}")
        elif renamed:
            self._finish(attempt, slot, Outcome.NEEDS_PERSON, _paid_but_not_listed(other.account, slot))
        else:
            whose = next((each.name for each in self.plan.accounts if each.key == other.account), other.account)
            self._finish(attempt, slot, Outcome.TAKEN, f"{whose} has booked it")
        return True

    def _record_proof(self, slot: Slot, proof: Proof) -> bool:
        """Record a slot as held again if this shows that no money has moved; return whether it does."""
        try:
            self._record(slot, SlotState.HELD, proof, proof=proof)
        except LedgerError:
            return False
        return True

    @property
    def wanted(self) -> tuple[Wish, ...]:
        """What is still to be held."""
        return tuple(attempt.wish for attempt in self._open() if attempt.slot is None)

    @property
    def held(self) -> tuple[Slot, ...]:
        """What lies in our basket and may be paid for."""
        return self.ledger.payable(self.account.key, self._taken_up)

    @property
    def unsettled(self) -> tuple[Slot, ...]:
        """What is being paid for, or may have been, and is not settled."""
        states = {slot: self.ledger.state(self.account.key, slot) for slot in self._taken_up}
        return tuple(slot for slot, state in states.items() if state in UNSETTLED)

    @property
    def sent(self) -> tuple[Slot, ...]:
        """What this run has sent a payment for that is not settled."""
        return tuple(slot for slot in self.unsettled if slot in self._worth)

    @property
    def unanswered(self) -> tuple[Slot, ...]:
        """What this run has sent a payment for that is not settled, and that the site has not confirmed."""
        confirmed = {attempt.slot for attempt in self._open() if attempt.confirmed}
        return tuple(slot for slot in self.sent if slot not in confirmed)

    @property
    def untouchable(self) -> frozenset[Slot]:
        """What must not be requested: booked by an account of ours, or paid for with an unknown fate."""
        records = self.ledger.states(slot_day=self.plan.slot_day)
        return frozenset(record.slot for record in records if record.state in AT_STAKE)

    @property
    def has_earlier_payments_to_settle(self) -> bool:
        """Whether a payment of an earlier run is not settled that this account's bookings may settle."""
        return bool(self._earlier_payments())

    @property
    def _taken_up(self) -> list[Slot]:
        return [attempt.slot for attempt in self._open() if attempt.slot is not None]

    # Holding

    def prepare_to_hold(self, gone: Collection[Slot]) -> None:
        """Record what is about to be requested, so that the opening need not wait for it.

        Args:
            gone: slots that the calendar shows as booked before the opening.
        """
        self._unavailable = frozenset({*gone, *self.held, *self.untouchable})
        self._intend(wish.first for wish in self.wanted if wish.first not in self._unavailable)

    def _intend(self, slots: Iterable[Slot]) -> None:
        """Record, once a run, that these slots are about to be requested."""
        for slot in slots:
            if slot not in self._intended:
                self._intended.add(slot)
                self._record(slot, SlotState.INTENT, "about to be requested")

    def begin_holding(self, opened: float | None = None) -> Step:
        """Begin to hold what is wanted, and return the first step.

        Args:
            opened: when the day opens by this machine's clock, in seconds since the epoch; times are told from it.
        """
        wanted = [attempt for attempt in self._open() if attempt.slot is None]
        return self._hold(wanted, self._unavailable, opened)

    def begin_holding_returned(self, free: Collection[Slot], opened: float | None = None) -> Step:
        """Begin to hold what was lost and is free again, and return the first step.

        Args:
            free: lost slots that the calendar shows as free.
            opened: as for `begin_holding`.
        """
        back = [attempt for attempt in self._watched() if not set(free).isdisjoint(attempt.wish.slots)]
        others = {slot for attempt in back for slot in attempt.wish.slots if slot not in free}
        return self._hold(back, others | {*self.held, *self.untouchable}, opened)

    def _hold(self, attempts: Sequence[Attempt], unavailable: Collection[Slot], opened: float | None) -> Step:
        self._opened = opened
        self._strategy = HoldStrategy(attempts, unavailable=unavailable, now=lambda: self._now().timestamp())
        return self.next_step()

    @property
    def strategy(self) -> HoldStrategy:
        """The decisions of the holding that is going on.

        Raises:
            BookingError: nothing is being held.
        """
        if self._strategy is None:
            raise BookingError("nothing is being held")
        return self._strategy

    def next_step(self) -> Step:
        """Return what to do now. What it requests is recorded before."""
        step = self.strategy.next_step()
        if step.kind is StepKind.REQUEST:
            self._intend(request.slot for request in step.requests)
        return step

    def take_responses(self, step: Step, responses: Sequence[HoldResponse]) -> Step:
        """Take in how the site responded to the requests of this step, and return the next one.

        Args:
            step: the step.
            responses: one for each of its requests, in their order; fewer where the requests were broken off.
        """
        self.strategy.take_responses(step, responses)
        return self._step_after(step)

    def take_calendar(self, step: Step, state: HourState | None) -> Step:
        """Take in what the calendar shows for the slot of this step (None: it cannot be read); return the next one."""
        self.strategy.take_calendar(step, state)
        return self.next_step()

    def take_basket(self, step: Step, basket: Basket) -> Step:
        """Take in the basket after a request without a response, and return the next step.

        Raises:
            PageError: the basket holds what cannot be read, and that may be the slot.
        """
        slot = step.request.slot
        held = any(self._is(line, slot) for line in basket.lines)
        if basket.unread and not held:
            raise PageError(f"the basket holds what cannot be read, and it may be {slot}: {basket.unread[0]}")
        self.strategy.take_basket(step, held=held)
        return self._step_after(step)

    def take_login(self) -> Step:
        """Take in that a new login succeeded, and return the next step."""
        self.strategy.take_login()
        return self.next_step()

    def _step_after(self, step: Step) -> Step:
        """Record what a step has brought into the basket, and return the next one."""
        requested = {(request.wish, request.slot) for request in step.requests}
        for attempt in self.strategy.attempts:
            if attempt.slot is not None and (attempt.wish, attempt.slot) in requested:
                self._record(attempt.slot, SlotState.HELD, "in the basket")
                self._held_here.add(attempt.slot)
        return self.next_step()

    def end_holding(self) -> bool:
        """Record what became of every attempt, now that no more requests are made; return whether a slot was got."""
        attempts, self._strategy = self.strategy.attempts, None
        for attempt in attempts:
            attempt.measures["tries"] = int(attempt.measures.get("tries", 0)) + attempt.tries
            for name, instant in (("request sent", attempt.sent), ("hold confirmed", attempt.answered)):
                if instant is not None and self._opened is not None:
                    attempt.measures[f"{name}, ms after the opening"] = round((instant - self._opened) * 1000)
            if attempt.open:
                continue  # Cut short: a request may have been granted, and the next run looks into the basket.
            for slot in attempt.wish.slots:
                if slot != attempt.slot and self.ledger.state(self.account.key, slot) is SlotState.INTENT:
                    self._record(slot, SlotState.RELEASED, self._clean(attempt.why) or "not needed")
                    self._intended.discard(slot)
            if attempt.outcome is not None and self._may_come_back(attempt.outcome):
                attempt.lost = (attempt.outcome, attempt.why)
            elif attempt.outcome is not None:
                self._finish(attempt, attempt.wish.first, attempt.outcome, attempt.why)
        return any(attempt.slot for attempt in attempts)

    @property
    def lost(self) -> tuple[Attempt, ...]:
        """What could not be held when it was last tried."""
        return tuple(attempt for attempt in self._attempts if attempt.slot is None and attempt.outcome is not None)

    def _may_come_back(self, outcome: Outcome) -> bool:
        return self.plan.watch_until is not None and outcome in {Outcome.TAKEN, Outcome.NOT_OPEN}

    @property
    def watched(self) -> tuple[Wish, ...]:
        """What was lost at the opening and may come back."""
        return tuple(attempt.wish for attempt in self._watched())

    def _watched(self) -> list[Attempt]:
        return [attempt for attempt in self._open() if attempt.lost and attempt.slot is None]

    # Paying

    def about_to_pay(self) -> None:
        """Remember that the payment is next: whatever ends it while something is held calls for a person."""
        self._about_to_pay = True
        # What ended the holding says nothing of what is held, and of more there will be no holding after it.
        self._lost_for = self._lost_for or self._why_it_ends()
        self._barred = self._barred or (self._stop is not None and self._stop.outcome is not Outcome.SITE_ERROR)
        self._stop, self._failure = None, ""

    def _why_it_ends(self) -> StopError | None:
        if self._stop is None and self._failure:
            return StopError(Outcome.SITE_ERROR, self._failure)
        return self._stop

    def check_basket(self, basket: Basket) -> int:
        """Compare the basket with the plan before anything is clicked or typed; return its total in pence.

        Raises:
            StopError: the basket holds something else, names no total or another one, or costs more than is allowed.
        """
        self._worth = {}  # Whatever ends this check: nothing is paid by an earlier one.
        self._about_to_pay = True
        if basket.unread:
            self.stop_here(Outcome.NEEDS_PERSON, _why_unread(basket.unread[0]))
        held = self.held
        prices: dict[Slot, int | None] = {}
        foreign: list[BookingRow] = []
        for line in basket.lines:
            slot = next((slot for slot in held if self._is(line, slot) and slot not in prices), None)
            if slot is None:
                foreign.append(line)
            else:
                prices[slot] = line.pence
        # First, so that whoever is called for what is held hears what it costs.
        self._record_prices({slot: price for slot, price in prices.items() if price is not None})
        if foreign:
            self.stop_here(Outcome.NEEDS_PERSON, self._why_foreign(foreign[0]))
        if not prices:
            why = f"the basket shows none of the held slots: look at it, {self._until()}"
            self.stop_here(Outcome.NEEDS_PERSON, why)
        for attempt in self._open():
            if attempt.slot in held and attempt.slot not in prices:
                self._record(attempt.slot, SlotState.RELEASED, "gone from the basket before it was paid")
                self._finish(attempt, attempt.slot, Outcome.SITE_ERROR, "the basket lost it before it was paid")
        if basket.total is None:
            self.stop_here(Outcome.NEEDS_PERSON, "the basket names no total, so nothing is paid")
        known = [price for price in prices.values() if price is not None]
        if len(known) == len(prices) and sum(known) != basket.total:
            why = f"the basket's lines come to {pounds(sum(known))} and its total is {pounds(basket.total)}"
            self.stop_here(Outcome.NEEDS_PERSON, f"{why}: nothing is paid")
        share, rest = divmod(basket.total, len(prices))
        worth = {
            slot: price if price is not None else share + (rest if number == 0 else 0)
            for number, (slot, price) in enumerate(prices.items())
        }
        self._record_prices(worth)
        with self._spending("the basket costs"):
            ceilings = self.plan.ceilings(self.account.key)
            self.ledger.check_ceilings(ceilings, self.plan.slot_day, list(worth.values()))
        self._worth, self._fee = worth, 0
        return basket.total

    def _record_prices(self, prices: Mapping[Slot, int]) -> None:
        for slot, pence in prices.items():
            latest = self.ledger.latest(self.account.key, slot)
            if latest is None or latest.pence != pence:
                self._record(slot, SlotState.HELD, PRICED, pence)

    def _why_foreign(self, line: BookingRow) -> str:
        """Return why a basket is not paid that holds a line which is not to be paid for."""
        if any(self._is(line, slot) for slot in self._in_doubt):
            return f"the basket still holds {line}, whose payment is not settled: nothing is paid before that"
        return f"the basket also holds {line}, which the plan did not ask for: nothing is paid before it is removed"

    def check_amount(self, pence: int | None, fee: int | None, *, last: bool) -> None:
        """Compare what the card portal is about to charge with the basket, before the click that pays.

        A fee that the portal states, and that is within what may be spent, may be paid: it is told and recorded.

        Args:
            pence: what a page of the portal is going to charge; None: it does not say, or not so that it can be read.
            fee: what the page calls a fee, in pence; None if it names none.
            last: whether the page has the button that pays: it has to name the amount.

        Raises:
            StopError: the portal names no amount or another one, or the fee exceeds what is allowed.
        """
        basket = sum(self._worth.values())
        if pence is None:
            if last:
                why = "the card portal names no amount that can be read, so nothing is paid"
                self.stop_here(Outcome.NEEDS_PERSON, why)
            return
        more = pence - basket
        if (last and fee and more != fee) or (more and more != fee):
            named = f" and names a fee of {pounds(fee)}" if fee else ""
            why = f"the card portal is about to charge {pounds(pence)}{named} for a basket of {pounds(basket)}"
            self.stop_here(Outcome.NEEDS_PERSON, f"{why}: nothing was paid; look at it by hand")
        if more == self._fee:
            return
        first, *others = self._worth.items()
        slot, price = first
        with self._spending(f"with a fee of {pounds(more)} the basket costs"):
            ceilings = self.plan.ceilings(self.account.key)
            prices = [price + more, *(pence for _, pence in others)]
            self.ledger.check_ceilings(ceilings, self.plan.slot_day, prices)
        self._fee = more
        told = f"the card portal charges a fee of {pounds(more)}"
        self._record(slot, SlotState.HELD, told, price + more)
        self.ledger.mark(self.plan.run, self.account.key, Event.NOTICE, told)

    @contextmanager
    def _spending(self, what: str) -> Iterator[None]:
        """Stop the account where the ledger says that a payment exceeds a ceiling."""
        try:
            yield
        except CeilingError as error:
            self.stop_here(Outcome.NEEDS_PERSON, self._too_dear(error, what))

    @staticmethod
    def _too_dear(error: CeilingError, what: str) -> str:
        ceiling = error.ceiling
        whose = "this account" if ceiling.account else "all accounts together"
        before = f" and {pounds(error.spent)} is spent on this day already" if error.spent else ""
        return (
            f"{what} {pounds(error.price)}{before}, but {ceiling.setting} allows {pounds(ceiling.pence)} for {whose}: "
            "raise it and run again"
        )

    @property
    def declined_for(self) -> str:
        """Names of the accounts for which the card was declined in this run; empty when it was not."""
        keys = self.ledger.marks(self.plan.run, Event.CARD_DECLINED)
        return " and ".join(account.name for account in self.plan.accounts if account.key in keys)

    def stop_after_declined_card(self, why: str) -> NoReturn:
        """Tell the ledger that the card was declined: the accounts share it, and none tries it again in this run.

        Raises:
            StopError: always.
        """
        self.ledger.mark(self.plan.run, self.account.key, Event.CARD_DECLINED, self._clean(why))
        self.record_payment_not_sent(Proof.DECLINED)
        self.stop_here(Outcome.DECLINED, why)

    def check_card(self) -> None:
        """Check that the card may still be tried in this run.

        Raises:
            StopError: it was declined, for this account or another.
        """
        if self.declined_for:
            why = f"the card was declined for {self.declined_for}, and no account tries it again in this run"
            self.stop_here(Outcome.DECLINED, f"{why}: see to the card and run again")

    def record_form_as_payment(self) -> None:
        """Tell the ledger that the next form of the card portal may be what pays.

        Raises:
            StopError: others have spent meanwhile what this payment needs.
        """
        self._begin_payment(Click.BY_GOING_ON, self.plan.ceilings(self.account.key))

    def record_payment_intent(self, *, by_card: bool = True, anyhow: bool = False) -> None:
        """Tell the ledger that the next click may move money; what may be spent is set aside in the same step.

        Args:
            by_card: whether a card has been typed; without one the click can move credit and nothing else.
            anyhow: whether it has been made already: what is told then is not held against what may be spent.

        Raises:
            StopError: others have spent meanwhile what this payment needed.
            LedgerError: the basket was not checked, or a slot of it is not payable.
        """
        ceilings = () if anyhow else self.plan.ceilings(self.account.key)
        self._begin_payment(Click.BY_CARD if by_card else Click.BY_CREDIT, ceilings)

    def _begin_payment(self, click: Click, ceilings: Sequence[Ceiling]) -> None:
        if not self._worth:
            raise LedgerError(
                f"{self.account.name}: nothing is paid for before the basket was checked: its price first."
            )
        self._bank_asked = None
        with self._spending("the basket costs"):
            self.ledger.begin_payment(
                run=self.plan.run,
                account=self.account.key,
                slots=tuple(self._worth),
                click=click,
                ceilings=ceilings,
            )

    @property
    def hold_left(self) -> timedelta:
        """How long the site keeps what lies in our basket, from now on; nothing where the hold is over."""
        return max(timedelta(), self._hold_ends() - self._now())

    def time_for_the_bank(self, patience: timedelta) -> timedelta:
        """Return how long the bank is still waited for: no longer than the hold lasts.

        A hold that should have been over by then, and yet lay in the basket, is taken to last a few minutes more.

        Args:
            patience: how long the bank waits for its customer, counted from when it first asked.
        """
        self._bank_asked = self._bank_asked or self._now()
        ends = self._hold_ends()
        if ends <= self._bank_asked:
            ends = self._bank_asked + _LEAST_FOR_THE_BANK
        return max(timedelta(), min(self._bank_asked + patience, ends) - self._now())

    def bank_asks(self, patience: timedelta) -> str:
        """Call for the person whom the bank asks to confirm the payment, and return what they are told.

        Args:
            patience: how long they are waited for.
        """
        until = (self._now() + patience).astimezone(ZoneInfo(self.plan.zone))
        text = (
            f"the bank asks to confirm the payment of {pounds(self._total)}: confirm it now, as the bank has told you, "
            f"before {until:%H:%M:%S}"
        )
        self.ledger.mark(self.plan.run, self.account.key, Event.BANK, text)
        return text

    def record_payment_not_sent(self, proof: Proof) -> None:
        """Tell the ledger that no money has moved and the slots are still held.

        Args:
            proof: what shows that.

        Raises:
            LedgerError: it shows nothing, since a card was typed.
        """
        for slot in self.sent:
            if self.ledger.state(self.account.key, slot) is SlotState.PAYING:
                self._record(slot, SlotState.HELD, proof, proof=proof)

    def record_confirmation(self) -> None:
        """Remember that the site has confirmed the payment that was sent, whatever becomes of My Bookings."""
        for attempt in self._open():
            if attempt.slot in self.sent:
                attempt.confirmed = True

    def record_doubt(self, why: str) -> None:
        """Tell the ledger that nobody knows what became of the payment that was sent.

        The outcome is told when the account leaves: My Bookings may settle it before.
        """
        for slot in self.sent:
            if self.ledger.state(self.account.key, slot) is SlotState.PAYING:
                self._record(slot, SlotState.UNKNOWN, self._clean(why))

    def call_for_unsettled(self) -> None:
        """Call a person for the payment of this run that nobody knows the fate of."""
        unsure = [attempt.slot for attempt in self._open() if attempt.slot in self.sent and not attempt.confirmed]
        slots = [slot for slot in unsure if slot]
        if slots and (record := self.ledger.latest(self.account.key, slots[0])):
            why = record.why if record.state is SlotState.UNKNOWN else "the payment was sent and no answer was seen"
            self._call(Outcome.UNKNOWN, f"{why}: {advice(self.account.key, *slots)}", doubtful=slots)

    def record_late_decline(self, why: str) -> None:
        """Take in a decline that came after the payment was in doubt: no account tries the card again in this run.

        The slot stays unsettled: a person has been told to look, and may have acted.
        """
        if self.account.key not in self.ledger.marks(self.plan.run, Event.CARD_DECLINED):
            self.ledger.mark(self.plan.run, self.account.key, Event.CARD_DECLINED, self._clean(why))
            self._call(Outcome.DECLINED, f"{why}; no money should have moved: {advice(self.account.key, *self.sent)}")

    def record_bookings(self, bookings: Sequence[BookingRow], *, confirmed: bool) -> None:
        """Take in what My Bookings lists after a payment was sent; may be told as often as it is looked at.

        Args:
            bookings: all rows of My Bookings.
            confirmed: whether the confirmation was seen.
        """
        for attempt in self._open():
            slot = attempt.slot
            if slot is None or slot not in self.unsettled:
                continue
            attempt.confirmed = attempt.confirmed or (confirmed and slot in self._worth)
            if any(self._is(row, slot) for row in bookings):
                self._record(slot, SlotState.PAID, _LISTED)
                self._finish_paid(attempt, slot)
            elif attempt.confirmed and self._known_as(slot) != _CONFIRMED:
                self._record(slot, SlotState.UNKNOWN, _CONFIRMED)
        self.record_doubt("the payment was sent and no answer was seen, nor does My Bookings list the slot")
        self.call_for_unsettled()

    def _known_as(self, slot: Slot) -> str:
        record = self.ledger.latest(self.account.key, slot)
        return record.why if record and record.state is SlotState.UNKNOWN else ""

    def has_held(self, line: BookingRow) -> bool:
        """Tell whether a basket line is a slot that may be given back: this run has made its hold."""
        return any(self._is(line, slot) for slot in self.held if slot in self._held_here)

    def record_rehearsal(self, basket: Basket) -> None:
        """Take in the basket after the rehearsal has emptied it of what this run had held.

        Raises:
            StopError: something of that is still in it.
        """
        left = [line for line in basket.lines if self.has_held(line)]
        if left:
            why = f"the rehearsal could not take {left[0]} out of the basket: remove it, {self._until()}"
            self.stop_here(Outcome.SITE_ERROR, why)
        for attempt in self._open():
            slot = attempt.slot
            if slot is None or slot not in self.held:
                continue
            if slot in self._held_here:
                self._record(slot, SlotState.RELEASED, "rehearsal: taken out of the basket")
                self._finish(attempt, slot, Outcome.REHEARSED, "held and given back; nothing was paid")
            else:
                why = f"it lay in the basket before this run and was left there, {self._until()}; nothing was paid"
                self._finish(attempt, slot, Outcome.REHEARSED, why)

    # The end

    def stop_here(self, outcome: Outcome, why: str) -> NoReturn:
        """End what the account can do; the first reason stands for everything that it leaves open.

        Raises:
            StopError: always.
        """
        stop = StopError(outcome, self._clean(why))
        self._gives_up = self._gives_up or self._about_to_pay
        if self._stop is None:
            self._stop = stop
            if outcome in _CALLED_FOR or self._about_to_pay:
                self._call(outcome, stop.why)
        raise stop

    @property
    def stopped(self) -> bool:
        """Whether the account was stopped: it holds and pays for nothing more."""
        return self._stop is not None or self._barred or self._gives_up

    @property
    def needs_person(self) -> bool:
        """Whether the account was stopped where only a person can go on, e.g. at a challenge: nothing more is asked."""
        return self._stop is not None and self._stop.outcome is Outcome.NEEDS_PERSON

    def record_failure(self, why: str) -> None:
        """Remember a failure that nobody foresaw: the reason for what is left open, if there is no better one."""
        self._failure = self._failure or self._clean(why)
        self._gives_up = self._gives_up or self._about_to_pay
        self.call_for_unsettled()
        if self._about_to_pay and self.held:
            stop = self._stop or StopError(Outcome.SITE_ERROR, self._failure)
            self._call(stop.outcome, stop.why)

    def clear_site_error(self) -> None:
        """Forget a fault of the site that is going to be tried again; anything else still ends the account.

        Raises:
            StopError: the account was stopped for a reason that trying again cannot mend.
        """
        if self._stop is not None and self._stop.outcome is not Outcome.SITE_ERROR:
            raise self._stop
        self._stop = None

    @property
    def reason(self) -> str:
        """Why the account could not go on; empty when nothing is known."""
        return self._stop.why if self._stop else self._failure

    def close(self) -> None:
        """Give every wish that has no outcome yet the one that fits how far it came."""
        if self._strategy is not None:
            self.end_holding()
        self._gives_up = True
        why = self._failure or "the run ended before this slot was dealt with"
        stop = self._stop or StopError(Outcome.SITE_ERROR, why)
        lost_for = self._lost_for or stop
        for attempt in self._open():
            slot = attempt.slot
            if slot is None and attempt.lost is not None:
                self._finish(attempt, attempt.wish.first, *attempt.lost)
            elif slot is None:
                # What was intended stays so: a request may be on its way, and the next run looks into the basket.
                self._finish(attempt, attempt.wish.first, lost_for.outcome, lost_for.why)
            else:
                self._close_held(attempt, slot, stop)
        self._tell_of_earlier_payments()

    def _close_held(self, attempt: Attempt, slot: Slot, stop: StopError) -> None:
        """Give a wish whose slot was got the outcome that the slot's state asks for."""
        record = self.ledger.latest(self.account.key, slot)
        match record.state if record else None:
            case SlotState.PAYING:
                why = f"the payment was sent and no answer was seen ({stop.why})"
                if attempt.confirmed:
                    why = _CONFIRMED
                self._record(slot, SlotState.UNKNOWN, why)
                self._finish_unsettled(attempt, slot, why)
            case SlotState.UNKNOWN:
                self._finish_unsettled(attempt, slot, record.why if record else "")
            case SlotState.PAID if record and record.run == self.plan.run:
                # The end came between the ledger's word and the outcome.
                self._finish_paid(attempt, slot)
            case SlotState.PAID:
                since = f"the ledger has it as paid since run {record.run if record else ''}"
                self._finish(attempt, slot, stop.outcome, f"{stop.why}; {since}, and My Bookings was not asked for it")
            case _:
                self._finish(attempt, slot, stop.outcome, f"{stop.why}; {self._until()}")

    def _finish_paid(self, attempt: Attempt, slot: Slot) -> None:
        steps = self.ledger.history(account=self.account.key, slot_day=slot.date, run=self.plan.run)
        paid_now = any(step.slot == slot and step.state is SlotState.PAYING for step in steps)
        outcome = Outcome.BOOKED if paid_now else Outcome.ALREADY_BOOKED
        self._finish(attempt, slot, outcome, "" if paid_now else _LISTED)
        command = settle_command(self.account.key, slot, "paid")
        if any(key == self.account.key and command in text for key, _, text in self._calls()):
            told = f"the payment of {slot} is settled: My Bookings lists it, and nobody is needed"
            self.ledger.mark(self.plan.run, self.account.key, Event.SETTLED, told)

    def _calls(self) -> list[tuple[str, str, str]]:
        return self.ledger.details(self.plan.run, Event.CALL)

    def _finish_unsettled(self, attempt: Attempt, slot: Slot, why: str) -> None:
        told = f"{why}: {advice(self.account.key, slot)}"
        if attempt.confirmed:
            outcome = Outcome.NOT_LISTED
            told = f"the site has confirmed the payment, and each run looks again: {advice(self.account.key, slot)}"
        else:
            outcome = Outcome.NEEDS_PERSON if why == _LOST else Outcome.UNKNOWN
        self._finish(attempt, slot, outcome, told)

    def record_abandoned(self, why: str) -> None:
        """Close the books of a worker that could not do so itself, from what the ledger holds of this run."""
        told = [record for record in self.ledger.outcomes(self.plan.run) if record.account == self.account.key]
        here = self.ledger.states(account=self.account.key, slot_day=self.plan.slot_day)
        ours = {record.slot for record in here if record.state in _OURS} - {record.slot for record in told}
        for attempt in self._attempts:
            attempt.done = any(record.wanted == attempt.wish.first for record in told)
        for attempt in self._open():
            attempt.slot = next((slot for slot in attempt.wish.slots if slot in ours), None)
            ours -= {attempt.slot}  # A slot is one wish's, even if two wishes name it.
        self.record_failure(why)
        self.close()

    @property
    def _total(self) -> int:
        """What is paid for what the basket holds that was checked, in pence."""
        return sum(self._worth.values()) + self._fee

    def _is(self, row: BookingRow, slot: Slot) -> bool:
        return row.is_slot(slot, self.account.facility)

    def _hold_ends(self) -> datetime:
        """Return when the site takes back what lies in our basket, as far as is known."""
        since = (step.at for slot in self._holding_on if (step := self._hold_began(slot)))
        return min(since, default=self._now()) + HOLD_LASTS

    @property
    def _holding_on(self) -> list[Slot]:
        """What is held, or was sent in this run; where there is nothing of the kind, what an earlier run has left."""
        return [*self.held, *self.sent] or self._taken_up

    def _hold_began(self, slot: Slot) -> SlotRecord | None:
        """Return the step with which the hold began that lasts: not one that was given back, or has run out."""
        began = None
        steps = self.ledger.history(account=self.account.key, slot_day=slot.date)
        for step in reversed([step for step in steps if step.slot == slot]):
            if step.state not in _HELD_ON:
                break
            began = step
        return began

    def _until(self) -> str:
        """Return until when the held slots are ours, in words."""
        found = any((step := self._hold_began(slot)) and step.why == _FOUND for slot in self._holding_on)
        ends = self._hold_ends().astimezone(ZoneInfo(self.plan.zone))
        return f"held until {'at most' if found else 'about'} {ends:%H:%M}"

    def _record(
        self,
        slot: Slot,
        state: SlotState,
        why: str,
        pence: int | None = None,
        *,
        proof: Proof | None = None,
    ) -> None:
        self.ledger.record(
            run=self.plan.run, account=self.account.key, slot=slot, state=state, why=why, pence=pence, proof=proof
        )  # fmt: skip

    def _finish(self, attempt: Attempt, slot: Slot, outcome: Outcome, why: str) -> None:
        held = self.held
        self.ledger.outcome(
            run=self.plan.run,
            wish=attempt.wish,
            slot=slot,
            outcome=outcome,
            why=self._clean(why),
            email=self._email,
            measures=attempt.measures,
        )
        if outcome in _CALLED_FOR or (slot in held and not outcome.satisfied):
            self._call(outcome, why, doubtful=(slot,) if outcome in {Outcome.UNKNOWN, Outcome.NOT_LISTED} else ())
        attempt.done = True

    def _call(self, outcome: Outcome, why: str, *, doubtful: Sequence[Slot] = ()) -> None:
        """Call for a person, once a run for each trouble of the account; the runner passes it on at once.

        What is held is named, with its price, until when, and where it is found; a trouble that was told before
        something was held is told again.
        """
        why = self._clean(why)
        told, held = f"{outcome}: {why.partition(';')[0]}", self.held
        for key, _, text in self.ledger.details(self.plan.run, Event.CALL):
            named = text.partition(_HELD_AND_NOT_PAID)[2]
            commands = all(settle_command(self.account.key, slot, "") in text for slot in doubtful)
            if (
                key == self.account.key
                and text.startswith(told)
                and all(str(slot) in named for slot in held)
                and commands
            ):
                return
        self.ledger.mark(self.plan.run, self.account.key, Event.CALL, f"{outcome}: {why}{self._what_is_held()}")

    def _what_is_held(self) -> str:
        """Return what is held, for how much, until when and where, and what to do with it; empty if nothing is."""
        held = self.held
        if not held:
            return ""
        latest = [record for slot in held if (record := self.ledger.latest(self.account.key, slot))]
        named = [f"{each.slot}" + (f" ({pounds(each.pence)})" if each.pence is not None else "") for each in latest]
        if not self._gives_up:
            return f"\nHeld, and this run is going to pay for it: {'; '.join(named)}; {self._until()}."
        where = f" at {self.plan.basket_url}" if self.plan.basket_url else ""
        doubt = "; ".join(str(slot) for slot in self._in_doubt)
        what = f"Pay for it by hand{where}, or let it go"
        if doubt:
            what += f"; but never pay for a basket that still shows what may be paid already: {doubt}"
        return f"\n{_HELD_AND_NOT_PAID}{'; '.join(named)}; {self._until()}. {what}."

    @property
    def _in_doubt(self) -> list[Slot]:
        """What may lie in this account's basket and be paid already, of any day."""
        return list(dict.fromkeys([*self.unsettled, *(record.slot for record in self._earlier_payments())]))

    def _open(self) -> list[Attempt]:
        return [attempt for attempt in self._attempts if not attempt.done]
