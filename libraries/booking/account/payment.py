"""The payment of one account: what it may be, what is told before and after the click, and what proves what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import NoReturn
from zoneinfo import ZoneInfo

from booking.account.account_state import AccountState
from booking.account.advice import CONFIRMED, LISTED, NO_ANSWER, advice, too_dear, why_unread
from booking.errors import LedgerError
from booking.ledger.ledger import CeilingError
from booking.ledger.states import PRICED, Click, Event, Proof, SlotState
from booking.model import Ceiling, Slot
from booking.money import pounds
from booking.outcomes import Outcome
from booking.site.pages import Basket, BookingRow

_LEAST_FOR_THE_BANK = timedelta(minutes=3)


class AccountPayment:
    """The payment for what one account holds."""

    def __init__(self, state: AccountState) -> None:
        """Begin with nothing paid for."""
        self.state = state
        self._fee = 0
        """What the card portal takes beside the basket's total, in pence."""
        self._bank_asked: datetime | None = None
        """When the bank first asked to confirm the payment."""

    def check_basket(self, basket: Basket) -> int:
        """Compare the basket with the plan before anything is clicked or typed; return its total in pence.

        Raises:
            StopError: the basket holds something else, names no total or another one, or costs more than is allowed.
        """
        self.state.worth = {}  # Whatever ends this check: nothing is paid by an earlier one.
        self.state.pays_next = True
        if basket.unread:
            self.state.stop_here(Outcome.NEEDS_PERSON, why_unread(basket.unread[0]))
        held = self.state.held
        prices: dict[Slot, int | None] = {}
        foreign: list[BookingRow] = []
        for line in basket.lines:
            slot = next((slot for slot in held if self.state.shows(line, slot) and slot not in prices), None)
            if slot is None:
                foreign.append(line)
            else:
                prices[slot] = line.pence
        # First, so that a call for what is held names what it costs.
        self._record_prices({slot: price for slot, price in prices.items() if price is not None})
        if foreign:
            self.state.stop_here(Outcome.NEEDS_PERSON, self.state.why_foreign(foreign[0]))
        if not prices:
            why = f"the basket shows none of the held slots: look at it, {self.state.until()}"
            self.state.stop_here(Outcome.NEEDS_PERSON, why)
        for attempt in self.state.open_attempts():
            if attempt.slot in held and attempt.slot not in prices:
                self.state.record(attempt.slot, SlotState.RELEASED, "gone from the basket before it was paid")
                self.state.finish(attempt, attempt.slot, Outcome.SITE_ERROR, "the basket lost it before it was paid")
        if basket.total is None:
            self.state.stop_here(Outcome.NEEDS_PERSON, "the basket names no total, so nothing is paid")
        known = [price for price in prices.values() if price is not None]
        if len(known) == len(prices) and sum(known) != basket.total:
            why = f"the basket's lines come to {pounds(sum(known))} and its total is {pounds(basket.total)}"
            self.state.stop_here(Outcome.NEEDS_PERSON, f"{why}: nothing is paid")
        share, rest = divmod(basket.total, len(prices))
        worth = {
            slot: price if price is not None else share + (rest if number == 0 else 0)
            for number, (slot, price) in enumerate(prices.items())
        }
        self._record_prices(worth)
        with self._spending("the basket costs"):
            ceilings = self.state.plan.ceilings(self.state.key)
            self.state.ledger.check_ceilings(ceilings, self.state.plan.slot_day, list(worth.values()))
        self.state.worth, self._fee = worth, 0
        return basket.total

    def _record_prices(self, prices: Mapping[Slot, int]) -> None:
        for slot, pence in prices.items():
            latest = self.state.latest(slot)
            if latest is None or latest.pence != pence:
                self.state.record(slot, SlotState.HELD, PRICED, pence)

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
        basket = sum(self.state.worth.values())
        if pence is None:
            if last:
                why = "the card portal names no amount that can be read, so nothing is paid"
                self.state.stop_here(Outcome.NEEDS_PERSON, why)
            return
        more = pence - basket
        if (last and fee and more != fee) or (more and more != fee):
            named = f" and names a fee of {pounds(fee)}" if fee else ""
            why = f"the card portal is about to charge {pounds(pence)}{named} for a basket of {pounds(basket)}"
            self.state.stop_here(Outcome.NEEDS_PERSON, f"{why}: nothing was paid; look at it by hand")
        if more == self._fee:
            return
        first, *others = self.state.worth.items()
        slot, price = first
        with self._spending(f"with a fee of {pounds(more)} the basket costs"):
            ceilings = self.state.plan.ceilings(self.state.key)
            prices = [price + more, *(pence for _, pence in others)]
            self.state.ledger.check_ceilings(ceilings, self.state.plan.slot_day, prices)
        self._fee = more
        told = f"the card portal charges a fee of {pounds(more)}"
        self.state.record(slot, SlotState.HELD, told, price + more)
        self.state.record_event(Event.NOTICE, told)

    @contextmanager
    def _spending(self, what: str) -> Iterator[None]:
        """Stop the account where the ledger says that a payment exceeds a ceiling."""
        try:
            yield
        except CeilingError as error:
            self.state.stop_here(Outcome.NEEDS_PERSON, too_dear(error, what))

    @property
    def _total(self) -> int:
        """What is paid for what the basket holds that was checked, in pence."""
        return sum(self.state.worth.values()) + self._fee

    @property
    def declined_for(self) -> str:
        """Names of the accounts for which the card was declined in this run; empty when it was not."""
        keys = self.state.ledger.accounts_with(self.state.plan.run, Event.CARD_DECLINED)
        return " and ".join(account.name for account in self.state.plan.accounts if account.key in keys)

    def stop_after_declined_card(self, why: str) -> NoReturn:
        """Tell the ledger that the card was declined: the accounts share it, and none tries it again in this run.

        Raises:
            StopError: always.
        """
        self.state.record_event(Event.CARD_DECLINED, self.state.clean(why))
        self.record_payment_not_sent(Proof.DECLINED)
        self.state.stop_here(Outcome.DECLINED, why)

    def check_card(self) -> None:
        """Check that the card may still be tried in this run.

        Raises:
            StopError: it was declined, for this account or another.
        """
        if self.declined_for:
            why = f"the card was declined for {self.declined_for}, and no account tries it again in this run"
            self.state.stop_here(Outcome.DECLINED, f"{why}: see to the card and run again")

    def record_form_as_payment(self) -> None:
        """Tell the ledger that the next form of the card portal may be what pays.

        Raises:
            StopError: others have spent meanwhile what this payment needs.
        """
        self._begin_payment(Click.BY_GOING_ON, self.state.plan.ceilings(self.state.key))

    def record_payment_intent(self, *, by_card: bool = True, anyhow: bool = False) -> None:
        """Tell the ledger that the next click may move money; what may be spent is set aside in the same step.

        Args:
            by_card: whether a card has been typed; without one the click can move credit and nothing else.
            anyhow: whether it has been made already: what is told then is not held against what may be spent.

        Raises:
            StopError: others have spent meanwhile what this payment needed.
            LedgerError: the basket was not checked, or a slot of it is not payable.
        """
        ceilings = () if anyhow else self.state.plan.ceilings(self.state.key)
        self._begin_payment(Click.BY_CARD if by_card else Click.BY_CREDIT, ceilings)

    def _begin_payment(self, click: Click, ceilings: Sequence[Ceiling]) -> None:
        if not self.state.worth:
            raise LedgerError(
                f"{self.state.account.name}: nothing is paid for before the basket was checked: its price first."
            )
        self._bank_asked = None
        with self._spending("the basket costs"):
            self.state.ledger.begin_payment(
                run=self.state.plan.run,
                account=self.state.key,
                slots=tuple(self.state.worth),
                click=click,
                ceilings=ceilings,
            )

    @property
    def hold_left(self) -> timedelta:
        """How long the site keeps what lies in our basket, from now on; nothing where the hold is over."""
        return max(timedelta(), self.state.hold_ends() - self.state.now())

    def time_for_the_bank(self, patience: timedelta) -> timedelta:
        """Return how long the bank is still waited for: no longer than the hold lasts.

        A hold that should have been over by then, and yet lay in the basket, is taken to last a few minutes more.

        Args:
            patience: how long the bank waits for its customer, counted from when it first asked.
        """
        self._bank_asked = self._bank_asked or self.state.now()
        ends = self.state.hold_ends()
        if ends <= self._bank_asked:
            ends = self._bank_asked + _LEAST_FOR_THE_BANK
        return max(timedelta(), min(self._bank_asked + patience, ends) - self.state.now())

    def bank_asks(self, patience: timedelta) -> str:
        """Call for the person whom the bank asks to confirm the payment, and return what they are told.

        Args:
            patience: how long they are waited for.
        """
        until = (self.state.now() + patience).astimezone(ZoneInfo(self.state.plan.zone))
        text = (
            f"the bank asks to confirm the payment of {pounds(self._total)}: confirm it now, as the bank has told you, "
            f"before {until:%H:%M:%S}"
        )
        self.state.record_event(Event.BANK, text)
        return text

    def record_payment_not_sent(self, proof: Proof) -> None:
        """Tell the ledger that no money has moved and the slots are still held.

        Args:
            proof: what shows that.

        Raises:
            LedgerError: it shows nothing, since a card was typed.
        """
        for slot in self.state.sent:
            if self.state.state_of(slot) is SlotState.PAYING:
                self.state.record(slot, SlotState.HELD, proof, proof=proof)

    def record_confirmation(self) -> None:
        """Remember that the site has confirmed the payment that was sent, whatever becomes of My Bookings."""
        for attempt in self.state.open_attempts():
            if attempt.slot in self.state.sent:
                attempt.confirmed = True

    def record_doubt(self, why: str) -> None:
        """Tell the ledger that nobody knows what became of the payment that was sent.

        The outcome is told when the account leaves: My Bookings may settle it before.
        """
        for slot in self.state.sent:
            if self.state.state_of(slot) is SlotState.PAYING:
                self.state.record(slot, SlotState.UNKNOWN, self.state.clean(why))

    def call_for_unsettled(self) -> None:
        """Call a person for the payment of this run that nobody knows the fate of."""
        slots = self.state.unanswered
        if slots and (record := self.state.latest(slots[0])):
            why = record.why if record.state is SlotState.UNKNOWN else NO_ANSWER
            self.state.call(Outcome.UNKNOWN, f"{why}: {advice(self.state.key, *slots)}", doubtful=slots)

    def record_late_decline(self, why: str) -> None:
        """Take in a decline that came after the payment was in doubt: no account tries the card again in this run.

        The slot stays unsettled: a person has been told to look, and may have acted.
        """
        if self.state.key not in self.state.ledger.accounts_with(self.state.plan.run, Event.CARD_DECLINED):
            self.state.record_event(Event.CARD_DECLINED, self.state.clean(why))
            self.state.call(
                Outcome.DECLINED, f"{why}; no money should have moved: {advice(self.state.key, *self.state.sent)}"
            )

    def record_bookings(self, bookings: Sequence[BookingRow], *, confirmed: bool) -> None:
        """Take in what My Bookings lists after a payment was sent; may be told as often as it is looked at.

        Args:
            bookings: all rows of My Bookings.
            confirmed: whether the confirmation was seen.
        """
        for attempt in self.state.open_attempts():
            slot = attempt.slot
            if slot is None or slot not in self.state.unsettled:
                continue
            attempt.confirmed = attempt.confirmed or (confirmed and slot in self.state.worth)
            if any(self.state.shows(row, slot) for row in bookings):
                self.state.record(slot, SlotState.PAID, LISTED)
                self.state.finish_paid(attempt, slot)
            elif attempt.confirmed and self._known_as(slot) != CONFIRMED:
                self.state.record(slot, SlotState.UNKNOWN, CONFIRMED)
        self.record_doubt("the payment was sent and no answer was seen, nor does My Bookings list the slot")
        self.call_for_unsettled()

    def _known_as(self, slot: Slot) -> str:
        record = self.state.latest(slot)
        return record.why if record and record.state is SlotState.UNKNOWN else ""

    def has_held(self, line: BookingRow) -> bool:
        """Tell whether a basket line is a slot that may be given back: this run has made its hold."""
        return any(self.state.shows(line, slot) for slot in self.state.held if slot in self.state.held_here)

    def record_rehearsal(self, basket: Basket) -> None:
        """Take in the basket after the rehearsal has emptied it of what this run had held.

        Raises:
            StopError: something of that is still in it.
        """
        left = [line for line in basket.lines if self.has_held(line)]
        if left:
            why = f"the rehearsal could not take {left[0]} out of the basket: remove it, {self.state.until()}"
            self.state.stop_here(Outcome.SITE_ERROR, why)
        for attempt in self.state.open_attempts():
            slot = attempt.slot
            if slot is None or slot not in self.state.held:
                continue
            if slot in self.state.held_here:
                self.state.record(slot, SlotState.RELEASED, "rehearsal: taken out of the basket")
                self.state.finish(attempt, slot, Outcome.REHEARSED, "held and given back; nothing was paid")
            else:
                why = f"it lay in the basket before this run and was left there, {self.state.until()}; nothing was paid"
                self.state.finish(attempt, slot, Outcome.REHEARSED, why)
