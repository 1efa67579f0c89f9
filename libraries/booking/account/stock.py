"""What is ours already: what is wanted, compared with My Bookings, basket and ledger before anything is done."""

from __future__ import annotations

import re
from collections.abc import Sequence

from booking.account.account_state import AccountState
from booking.account.advice import (
    CONFIRMED,
    FOUND,
    FOUND_LISTED,
    LISTED,
    LOST,
    advice,
    paid_but_not_listed,
    settle_command,
    too_dear,
    why_unread,
)
from booking.account.hold_strategy import Attempt
from booking.errors import LedgerError
from booking.ledger.ledger import CeilingError, SlotRecord
from booking.ledger.states import AT_STAKE, CARRIED, UNSETTLED, Event, Proof, SlotState
from booking.model import Payment, Slot
from booking.outcomes import Outcome
from booking.site.pages import Basket, BookingRow


class Stock:
    """What one account has already, in the basket, in My Bookings and by the ledger."""

    def __init__(self, state: AccountState) -> None:
        """Begin with nothing looked up."""
        self.state = state
        self._paid_before: set[Slot] = set()
        self._looked_up = False
        """Whether My Bookings has been read."""

    def compare_with_plan(self, bookings: Sequence[BookingRow], basket: Basket) -> None:
        """Compare what is wanted with My Bookings, the basket and the ledger, before anything is done.

        What is booked is not booked again; what lies in our own basket is taken up; a payment whose fate is not known
        is not repeated, and is looked up first, of whatever day it is. What is going to keep the basket from being paid
        is told while there is time.
        """
        if self.state.ledger.in_doubt(self.state.key):
            self._compare_after_damage(bookings, basket.lines)
        self._settle_earlier_payments(bookings)
        facility = self.state.account.facility
        at_stake = self.state.untouchable
        for attempt in self.state.open_attempts():
            wish = attempt.wish
            free = [slot for slot in wish.slots if slot not in self._paid_before and slot not in self.state.taken_up]
            booked = next((slot for slot in free if any(row.is_slot(slot, facility) for row in bookings)), None)
            if booked is not None:
                self._paid_before.add(booked)
                if self.state.state_of(booked) is not SlotState.PAID:
                    self.state.record(booked, SlotState.PAID, FOUND_LISTED)
                self.state.finish(attempt, booked, Outcome.ALREADY_BOOKED, LISTED)
                continue
            # What may be paid for comes first: nothing else is taken up in its place.
            for slot in sorted(free, key=lambda slot: slot not in at_stake):
                in_basket = any(row.is_slot(slot, facility) for row in basket.lines)
                if self._take_up(attempt, slot, in_basket=in_basket):
                    break
        self._looked_up = True
        self.call_for_earlier_payments()
        self._call_for_what_will_stop_the_payment(basket)

    def _settle_earlier_payments(self, bookings: Sequence[BookingRow]) -> None:
        """Look up every payment that is not settled, of any day.

        A key that the plan does not have is that of an account which was renamed: its slot may be listed here.
        """
        facilities = {account.court: account.facility for account in self.state.plan.accounts}
        facilities[self.state.account.court] = self.state.account.facility
        for record in self.state.earlier_payments():
            slot = record.slot
            # A court that the sheet does not name any more is known by its number, in the park of this account's.
            here = re.sub(r"\d+$", str(slot.court), self.state.account.facility)
            facility = facilities.get(slot.court, here)
            if any(row.is_slot(slot, facility) for row in bookings):
                self.state.ledger.record(
                    run=self.state.plan.run,
                    account=record.account,
                    slot=slot,
                    state=SlotState.PAID,
                    why=FOUND_LISTED,
                )

    def call_for_earlier_payments(self) -> None:
        """Tell a person, once a run, of every payment that is not settled, of any day.

        Of what is wanted now its outcome tells.
        """
        told = "\n".join(text for _, _, text in self.state.ledger.events(self.state.plan.run, Event.CALL))
        for record in self.state.earlier_payments():
            slot = record.slot
            taken_up = record.account == self.state.key and slot in self.state.taken_up
            if taken_up or settle_command(record.account, slot, "") in told:
                continue
            looked = "does not list it" if self._looked_up else "could not be asked for it"
            seen = f"a payment of {slot} was sent in run {record.run}, and My Bookings {looked}"
            why = f"{slot}: {LOST}" if record.why == LOST else seen
            self.state.call(Outcome.UNKNOWN, f"{why}: {advice(record.account, slot)}")

    def _call_for_what_will_stop_the_payment(self, basket: Basket) -> None:
        """Tell a person, long before the payment, of what is going to stop it."""
        wanted = [attempt for attempt in self.state.open_attempts() if attempt.slot is None]
        if not wanted and not self.state.held:
            return
        held = self.state.held
        for line in basket.lines:
            if not any(self.state.shows(line, slot) for slot in held):
                self.state.call(Outcome.NEEDS_PERSON, self.state.why_foreign(line))
        for words in basket.unread:
            self.state.call(Outcome.NEEDS_PERSON, why_unread(words))
        ours = (line.pence for line in basket.lines if any(self.state.shows(line, slot) for slot in held))
        price = next((pence for pence in ours if pence is not None), None) or self.state.ledger.last_price(
            self.state.account.court
        )
        if price is None or self.state.plan.payment is not Payment.PAY:
            return
        for ceiling in self.state.plan.ceilings(self.state.key):
            count = len(wanted) + len(held) + (0 if ceiling.account else self._wanted_by_others())
            try:
                self.state.ledger.check_ceilings([ceiling], self.state.plan.slot_day, [price] * count)
            except CeilingError as error:
                self.state.call(Outcome.NEEDS_PERSON, too_dear(error, "what is wanted may cost"))

    def _wanted_by_others(self) -> int:
        """Return how many slots the other accounts of the plan may still pay for."""
        paid = {(record.account, record.slot) for record in self.state.ledger.states(slot_day=self.state.plan.slot_day)
                if record.state in AT_STAKE}  # fmt: skip
        others = [wish for wish in self.state.plan.wishes if wish.account != self.state.key]
        return sum(not any((wish.account, slot) in paid for slot in wish.slots) for wish in others)

    def _compare_after_damage(self, bookings: Sequence[BookingRow], basket: Sequence[BookingRow]) -> None:
        """Rebuild what a damaged ledger has forgotten of this account.

        Whatever My Bookings lists is paid. What lies in the basket without being known here may have been paid for, and
        nobody knows: that is for a person. Things of other kinds in the basket leave the account in doubt.
        """
        courts = {(account.court, account.facility) for account in self.state.plan.accounts}

        def slot_of(row: BookingRow) -> Slot | None:
            slots = ((Slot(court, row.date, row.hour), facility) for court, facility in courts)
            return next((slot for slot, facility in slots if row.is_slot(slot, facility)), None)

        for booked in filter(None, map(slot_of, bookings)):
            if self.state.state_of(booked) is not SlotState.PAID:
                self.state.record(booked, SlotState.PAID, FOUND_LISTED)
        lines = {line: slot_of(line) for line in basket}
        for line, slot in lines.items():
            latest = self.state.latest(slot) if slot else None
            if slot and (latest is None or (latest.run == CARRIED and latest.state is SlotState.HELD)):
                self.state.record(slot, SlotState.UNKNOWN, LOST, line.pence)
        if all(lines.values()):
            self.state.record_event(Event.STOCK_TAKEN)

    def _take_up(self, attempt: Attempt, slot: Slot, *, in_basket: bool) -> bool:
        """Bring one slot that is not in My Bookings in line with the ledger; return whether it settles the wish."""
        latest = self.state.latest(slot)
        state = latest.state if latest else None
        if latest and state in UNSETTLED:
            # Where it stays so it may be listed later; until then nothing else is booked in its place.
            attempt.slot, attempt.confirmed = slot, latest.why == CONFIRMED
            proved = in_basket and self._record_proof(slot, Proof.IN_BASKET)
            if state is SlotState.PAYING and not proved:
                why = "a payment was sent in an earlier run and My Bookings does not list the slot"
                self.state.record(slot, SlotState.UNKNOWN, why)
            return True
        if state is SlotState.PAID:
            self._paid_before.add(slot)  # One payment is one wish's, even if two wishes name its slot.
            self.state.finish(attempt, slot, Outcome.NEEDS_PERSON, paid_but_not_listed(self.state.key, slot))
            return True
        if other := self.state.ledger.at_stake_elsewhere(self.state.key, slot):
            return self._leave_to_other(attempt, slot, other)
        if in_basket:
            if state is not SlotState.HELD:
                self.state.record(slot, SlotState.HELD, FOUND)
            attempt.slot = slot
            return True
        if state is SlotState.HELD:
            self.state.record(slot, SlotState.RELEASED, "the hold of an earlier run has run out")
        return False

    def _leave_to_other(self, attempt: Attempt, slot: Slot, other: SlotRecord) -> bool:
        """Leave a slot alone that another name has paid for, or may have; return whether that settles the wish.

        A name that the plan does not have is that of an account which was renamed in the sheet: the booking is this
        account's, and nothing is booked beside it. Another account of the family leaves the wish its alternatives.
        """
        renamed = other.account not in self.state.plan.keys
        if not renamed and not self.state.untouchable.issuperset(attempt.wish.slots):
            return False
        self._paid_before.add(slot)
        if other.state is not SlotState.PAID:
            why = f"a payment for it was sent by {other.account} in run {other.run} and is not settled"
            self.state.finish(attempt, slot, Outcome.UNKNOWN, f"{why}: {advice(other.account, slot)}")
        elif renamed:
            self.state.finish(attempt, slot, Outcome.NEEDS_PERSON, paid_but_not_listed(other.account, slot))
        else:
            whose = next((each.name for each in self.state.plan.accounts if each.key == other.account), other.account)
            self.state.finish(attempt, slot, Outcome.TAKEN, f"{whose} has booked it")
        return True

    def _record_proof(self, slot: Slot, proof: Proof) -> bool:
        """Record a slot as held again if this shows that no money has moved; return whether it does."""
        try:
            self.state.record(slot, SlotState.HELD, proof, proof=proof)
        except LedgerError:
            return False
        return True
