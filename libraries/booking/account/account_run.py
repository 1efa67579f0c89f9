"""One account's way through one run: what is still wanted, what is held, what may be paid, what became of it.

The browser side reports what it saw; this side decides, and tells the ledger before and after every act that matters.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import cached_property

from booking.account.account_state import AccountState, StopError
from booking.account.advice import CONFIRMED
from booking.account.hold_strategy import Attempt, HoldStrategy, Step, StepKind
from booking.account.payment import AccountPayment
from booking.account.stock import Stock
from booking.errors import BookingError
from booking.ledger.states import AT_STAKE, SlotState
from booking.model import Slot, Wish
from booking.outcomes import Outcome
from booking.site.pages import Basket, HourState, PageError
from booking.site.responses import HoldResponse

_OURS = {SlotState.HELD, *AT_STAKE}


class AccountRun(AccountState):
    """One account in one run, from what is ours already to the last outcome."""

    _strategy: HoldStrategy | None = None
    _intended: frozenset[Slot] = frozenset()
    """Slots whose request was recorded beforehand."""
    _unavailable: frozenset[Slot] = frozenset()
    """Slots that are not requested at the opening."""
    _opened: float | None = None

    @cached_property
    def stock(self) -> Stock:
        """What the account has already."""
        return Stock(self)

    @cached_property
    def payment(self) -> AccountPayment:
        """The payment for what it holds."""
        return AccountPayment(self)

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
                self._intended |= {slot}
                self.record(slot, SlotState.INTENT, "about to be requested")

    def begin_holding(self, opened: float | None = None) -> Step:
        """Begin to hold what is wanted, and return the first step.

        Args:
            opened: when the day opens by this machine's clock, in seconds since the epoch; times are told from it.
        """
        wanted = [attempt for attempt in self.open_attempts() if attempt.slot is None]
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
        self._strategy = HoldStrategy(attempts, unavailable=unavailable, now=lambda: self.now().timestamp())
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
        held = any(self.shows(line, slot) for line in basket.lines)
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
                self.record(attempt.slot, SlotState.HELD, "in the basket")
                self.held_here.add(attempt.slot)
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
                if slot != attempt.slot and self.state_of(slot) is SlotState.INTENT:
                    self.record(slot, SlotState.RELEASED, self.clean(attempt.why) or "not needed")
                    self._intended -= {slot}
            if attempt.outcome is not None and self._may_come_back(attempt.outcome):
                attempt.lost = (attempt.outcome, attempt.why)
            elif attempt.outcome is not None:
                self.finish(attempt, attempt.wish.first, attempt.outcome, attempt.why)
        return any(attempt.slot for attempt in attempts)

    @property
    def lost(self) -> tuple[Attempt, ...]:
        """What could not be held when it was last tried."""
        return tuple(attempt for attempt in self.attempts if attempt.slot is None and attempt.outcome is not None)

    def _may_come_back(self, outcome: Outcome) -> bool:
        return self.plan.watch_until is not None and outcome in {Outcome.TAKEN, Outcome.NOT_OPEN}

    @property
    def watched(self) -> tuple[Wish, ...]:
        """What was lost at the opening and may come back."""
        return tuple(attempt.wish for attempt in self._watched())

    def _watched(self) -> list[Attempt]:
        return [attempt for attempt in self.open_attempts() if attempt.lost and attempt.slot is None]

    # The end

    def record_failure(self, why: str) -> None:
        """Remember a failure that nobody foresaw: the reason for what is left open, if there is no better one."""
        self.failure = self.failure or self.clean(why)
        self.gives_up = self.gives_up or self.pays_next
        self.payment.call_for_unsettled()
        if self.pays_next and self.held:
            stop = self.stop or StopError(Outcome.SITE_ERROR, self.failure)
            self.call(stop.outcome, stop.why)

    def close(self) -> None:
        """Give every wish that has no outcome yet the one that fits how far it came."""
        if self._strategy is not None:
            self.end_holding()
        self.gives_up = True
        why = self.failure or "the run ended before this slot was dealt with"
        stop = self.stop or StopError(Outcome.SITE_ERROR, why)
        lost_for = self.lost_for or stop
        for attempt in self.open_attempts():
            slot = attempt.slot
            if slot is None and attempt.lost is not None:
                self.finish(attempt, attempt.wish.first, *attempt.lost)
            elif slot is None:
                # What was intended stays so: a request may be on its way, and the next run looks into the basket.
                self.finish(attempt, attempt.wish.first, lost_for.outcome, lost_for.why)
            else:
                self._close_held(attempt, slot, stop)
        self.stock.call_for_earlier_payments()

    def _close_held(self, attempt: Attempt, slot: Slot, stop: StopError) -> None:
        """Give a wish whose slot was got the outcome that the slot's state asks for."""
        record = self.latest(slot)
        match record.state if record else None:
            case SlotState.PAYING:
                why = f"the payment was sent and no answer was seen ({stop.why})"
                if attempt.confirmed:
                    why = CONFIRMED
                self.record(slot, SlotState.UNKNOWN, why)
                self.finish_unsettled(attempt, slot, why)
            case SlotState.UNKNOWN:
                self.finish_unsettled(attempt, slot, record.why if record else "")
            case SlotState.PAID if record and record.run == self.plan.run:
                # The end came between the ledger's word and the outcome.
                self.finish_paid(attempt, slot)
            case SlotState.PAID:
                since = f"the ledger has it as paid since run {record.run if record else ''}"
                self.finish(attempt, slot, stop.outcome, f"{stop.why}; {since}, and My Bookings was not asked for it")
            case _:
                self.finish(attempt, slot, stop.outcome, f"{stop.why}; {self.until()}")

    def record_abandoned(self, why: str) -> None:
        """Close the books of a worker that could not do so itself, from what the ledger holds of this run."""
        told = [record for record in self.ledger.outcomes(self.plan.run) if record.account == self.key]
        here = self.ledger.states(account=self.key, slot_day=self.plan.slot_day)
        ours = {record.slot for record in here if record.state in _OURS} - {record.slot for record in told}
        for attempt in self.attempts:
            attempt.done = any(record.wanted == attempt.wish.first for record in told)
        for attempt in self.open_attempts():
            attempt.slot = next((slot for slot in attempt.wish.slots if slot in ours), None)
            ours -= {attempt.slot}  # A slot is one wish's, even if two wishes name it.
        self.record_failure(why)
        self.close()
