"""One account's way through one run: what is still wanted, what is held, what may be paid, what became of it.

The browser side reports what it saw; this side decides, and tells the ledger before and after every act that matters.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import NoReturn
from zoneinfo import ZoneInfo

from booking.errors import BookingError
from booking.holding import Holding, Reach
from booking.ledger import CARRIED, CeilingError, Ledger, Mark, SlotState
from booking.model import Plan, Slot, Want
from booking.outcomes import Outcome
from booking.pages import Basket, BookingRow

HOLD_LASTS = timedelta(minutes=45)
"""How long the site keeps a slot in a basket; inferred, so people are told "about"."""
_ADVICE = (
    "look at the card's statement and at My Bookings, then say what you found with ./run.sh settle; "
    "nothing is paid for it before that"
)
_BY_CARD = "the next click may move money"
_BY_CREDIT = "the next click pays with credit, or leads to where a card is typed"
_LOST = (
    "it lies in the basket, but the ledger was damaged since and may have forgotten that it was paid for: look at My "
    "Bookings and at the card's statement, then say what you found with ./run.sh settle, or remove it from the basket; "
    "it is not paid before that"
)
_OURS = {SlotState.HELD, SlotState.PAYING, SlotState.PAID, SlotState.UNKNOWN}


class StopError(BookingError):
    """The account cannot go on; the outcome says what that means for what is still open."""

    def __init__(self, outcome: Outcome, why: str) -> None:
        self.outcome = outcome
        self.why = why
        super().__init__(f"{outcome}: {why}")


def pounds(pence: int) -> str:
    """Return an amount as people write it, e.g. ``£27.80``."""
    return f"£{pence // 100}.{pence % 100:02d}"


@dataclass(slots=True)
class _Progress:
    """Where one want stands in this run."""

    want: Want
    slot: Slot | None = None
    """The slot that was got."""
    done: bool = False
    lost: tuple[Outcome, str] | None = None
    """Why it was lost at the opening, while there is a second chance."""
    measures: dict[str, float | int | str] = field(default_factory=dict)


class Night:
    """One account in one run."""

    def __init__(self, plan: Plan, account: str, ledger: Ledger, *, email: str = "") -> None:
        """Take up the account.

        Args:
            plan: what the run is going to do.
            account: key of the account.
            ledger: the memory between runs.
            email: who logs in; the log shows it. The sheet's address when empty.
        """
        self.plan = plan
        self.account = plan.account(account)
        self.ledger = ledger
        self._email = email or self.account.email
        self._progress = [_Progress(want) for want in plan.wants_of(account)]
        self._paid_before: set[Slot] = set()
        self._intended: set[Slot] = set()
        self._stop: StopError | None = None
        self._failure = ""
        self._total = 0
        """Of the basket that was checked, in pence."""

    def logged_in_as(self, email: str) -> None:
        """Remember who is logged in: the log shows it."""
        self._email = email

    # What is ours already

    def take_stock(self, bookings: Sequence[BookingRow], basket: Sequence[BookingRow]) -> None:
        """Compare what is wanted with My Bookings, the basket and the ledger, before anything is done.

        What is booked is not booked again; what lies in our own basket is taken up; a payment whose fate is not known
        is not repeated.
        """
        if self.ledger.in_doubt(self.account.key):
            self._take_stock_after_damage(bookings, basket)
        facility = self.account.facility
        for progress in self._open():
            want = progress.want
            free = [slot for slot in want.slots if slot not in self._paid_before and slot not in self.held]
            booked = next((slot for slot in free if any(row.is_slot(slot, facility) for row in bookings)), None)
            if booked is not None:
                self._paid_before.add(booked)
                if self.ledger.state(self.account.key, booked) is not SlotState.PAID:
                    self._record(booked, SlotState.PAID, "found in My Bookings")
                self._finish(progress, booked, Outcome.ALREADY_BOOKED, "My Bookings lists it")
                continue
            for slot in free:
                in_basket = any(row.is_slot(slot, facility) for row in basket)
                if self._take_up(progress, slot, in_basket=in_basket):
                    break

    def _take_stock_after_damage(self, bookings: Sequence[BookingRow], basket: Sequence[BookingRow]) -> None:
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
                self._record(booked, SlotState.PAID, "found in My Bookings")
        lines = {line: slot_of(line) for line in basket}
        for line, slot in lines.items():
            latest = self.ledger.latest(self.account.key, slot) if slot else None
            if slot and (latest is None or (latest.run == CARRIED and latest.state is SlotState.HELD)):
                self._record(slot, SlotState.UNKNOWN, _LOST, line.pence)
        if all(lines.values()):
            self.ledger.mark(self.plan.run, self.account.key, Mark.STOCK_TAKEN)

    def _take_up(self, progress: _Progress, slot: Slot, *, in_basket: bool) -> bool:
        """Bring one slot that is not in My Bookings in line with the ledger; return whether it settles the want."""
        latest = self.ledger.latest(self.account.key, slot)
        state = latest.state if latest else None
        if latest and state is SlotState.UNKNOWN and latest.why == _LOST:
            if in_basket:
                self._finish(progress, slot, Outcome.NEEDS_PERSON, _LOST)
            else:
                self._record(slot, SlotState.RELEASED, "no longer in the basket, and My Bookings does not list it")
            return in_basket
        if state in {SlotState.PAYING, SlotState.UNKNOWN} and in_basket and self._last_click_on(slot) == _BY_CREDIT:
            # What credit pays for leaves the basket, and no card was typed: nothing was paid.
            self._record(slot, SlotState.HELD, "still in our basket, and no card was typed: it was not paid")
            progress.slot = slot
            return True
        if state in {SlotState.PAYING, SlotState.UNKNOWN}:
            why = "a payment was sent in an earlier run and My Bookings does not list the slot"
            if state is SlotState.PAYING:
                self._record(slot, SlotState.UNKNOWN, why)
            self._finish(progress, slot, Outcome.UNKNOWN, f"{why}: {_ADVICE}")
            return True
        if state is SlotState.PAID:
            why = "the ledger has it as paid, but My Bookings does not list it: look there before booking it anew"
            self._finish(progress, slot, Outcome.NEEDS_PERSON, why)
            return True
        if in_basket:
            self._record(slot, SlotState.HELD, "found in our basket")
            progress.slot = slot
            return True
        if state is SlotState.HELD:
            self._record(slot, SlotState.RELEASED, "the hold of an earlier run has run out")
        return False

    def _last_click_on(self, slot: Slot) -> str:
        """Return what the ledger says of the last click that may have paid for a slot."""
        steps = self.ledger.history(account=self.account.key, slot_day=slot.date)
        clicks = (step.why for step in reversed(steps) if step.slot == slot and step.state is SlotState.PAYING)
        return next(clicks, "")

    @property
    def wanted(self) -> tuple[Want, ...]:
        """What is still to be held."""
        return tuple(progress.want for progress in self._open() if progress.slot is None)

    @property
    def held(self) -> tuple[Slot, ...]:
        """What lies in our basket and is not paid."""
        return tuple(progress.slot for progress in self._open() if progress.slot is not None)

    @property
    def untouchable(self) -> frozenset[Slot]:
        """What must not be reached for: booked by this account, or paid for with an unknown fate."""
        states = {SlotState.PAID, SlotState.PAYING, SlotState.UNKNOWN}
        records = self.ledger.states(account=self.account.key, slot_day=self.plan.slot_day)
        return frozenset(record.slot for record in records if record.state in states)

    # Holding

    def intend(self, slots: Iterable[Slot]) -> None:
        """Tell the ledger, once a run, that these slots are about to be reached for."""
        for slot in slots:
            if slot not in self._intended:
                self._intended.add(slot)
                self._record(slot, SlotState.INTENT, "about to be reached for")

    def hold(self, reach: Reach) -> None:
        """Tell the ledger that a slot is in our basket."""
        if reach.held is None:
            raise ValueError(f"{reach.want.first} is not held")
        self._record(reach.held, SlotState.HELD, "in the basket")
        self._of(reach.want).slot = reach.held

    def end_holding(self, holding: Holding, opened: float | None) -> None:
        """Take over what became of every reach, now that no more requests are made.

        Args:
            holding: what was decided and seen.
            opened: when the day opened by this machine's clock, in seconds since the epoch; times are told from it.
        """
        for reach in holding.reaches:
            progress = self._of(reach.want)
            progress.measures["tries"] = int(progress.measures.get("tries", 0)) + reach.tries
            for name, instant in (("request sent", reach.sent), ("hold confirmed", reach.answered)):
                if instant is not None and opened is not None:
                    progress.measures[f"{name}, ms after the opening"] = round((instant - opened) * 1000)
            if reach.open:
                continue  # Cut short: a request may have been granted, and the next run looks into the basket.
            for slot in reach.want.slots:
                if slot != reach.held and self.ledger.state(self.account.key, slot) is SlotState.INTENT:
                    self._record(slot, SlotState.RELEASED, reach.why or "not needed")
                    self._intended.discard(slot)
            if reach.outcome is not None and self._may_come_back(reach.outcome):
                progress.lost = (reach.outcome, reach.why)
            elif reach.outcome is not None:
                self._finish(progress, reach.want.first, reach.outcome, reach.why)

    def _may_come_back(self, outcome: Outcome) -> bool:
        return self.plan.watch_until is not None and outcome in {Outcome.TAKEN, Outcome.NOT_OPEN}

    @property
    def watched(self) -> tuple[Want, ...]:
        """What was lost at the opening and may come back."""
        return tuple(progress.want for progress in self._open() if progress.lost and progress.slot is None)

    # Paying

    def check_basket(self, basket: Basket) -> int:
        """Compare the basket with the plan before anything is clicked or typed; return its total in pence.

        Raises:
            StopError: the basket holds something else, names no total or another one, or costs more than is allowed.
        """
        facility = self.account.facility
        prices: dict[Slot, int | None] = {}
        for line in basket.lines:
            slot = next((slot for slot in self.held if line.is_slot(slot, facility) and slot not in prices), None)
            if slot is None:
                why = f"the basket also holds {line}, which the plan did not ask for: remove it, then run again"
                self.stop_here(Outcome.NEEDS_PERSON, why)
            prices[slot] = line.pence
        if not prices:
            why = f"the basket shows none of the held slots: look at it, {self._until()}"
            self.stop_here(Outcome.NEEDS_PERSON, why)
        for progress in self._open():
            if progress.slot is not None and progress.slot not in prices:
                self._record(progress.slot, SlotState.RELEASED, "gone from the basket before it was paid")
                self._finish(progress, progress.slot, Outcome.SITE_ERROR, "the basket lost it before it was paid")
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
        with self._spending(basket.total):
            ceilings = self.plan.ceilings(self.account.key)
            self.ledger.check_ceilings(ceilings, self.plan.slot_day, list(worth.values()))
        for slot, pence in worth.items():
            self._record(slot, SlotState.HELD, "in the basket at this price", pence)
        self._total = basket.total
        return basket.total

    @contextmanager
    def _spending(self, total: int) -> Iterator[None]:
        """Stop the account where the ledger says that this total exceeds a ceiling."""
        try:
            yield
        except CeilingError as error:
            ceiling = error.ceiling
            whose = "this account" if ceiling.account else "all accounts together"
            before = f" and {pounds(error.spent)} is spent on this day already" if error.spent else ""
            why = (
                f"the basket costs {pounds(total)}{before}, but {ceiling.setting} allows {pounds(ceiling.pence)} for "
                f"{whose}: raise it and run again"
            )
            self.stop_here(Outcome.NEEDS_PERSON, why)

    @property
    def declined_for(self) -> str:
        """Names of the accounts for which the card was declined in this run; empty when it was not."""
        keys = self.ledger.marks(self.plan.run, Mark.CARD_DECLINED)
        return " and ".join(account.name for account in self.plan.accounts if account.key in keys)

    def card_declined(self, why: str) -> NoReturn:
        """Tell the ledger that the card was declined: the accounts share it, and none tries it again in this run.

        Raises:
            StopError: always.
        """
        self.ledger.mark(self.plan.run, self.account.key, Mark.CARD_DECLINED, why)
        self.stop_here(Outcome.DECLINED, why)

    def check_card(self) -> None:
        """Check that the card may still be tried in this run.

        Raises:
            StopError: it was declined, for this account or another.
        """
        if self.declined_for:
            why = f"the card was declined for {self.declined_for}, and no account tries it again in this run"
            self.stop_here(Outcome.DECLINED, f"{why}: see to the card and run again")

    def payment_begins(self, *, by_card: bool = True) -> None:
        """Tell the ledger that the next click may move money; what may be spent is set aside in the same step.

        Args:
            by_card: whether a card has been typed; without one the click can move credit and nothing else.

        Raises:
            StopError: others have spent meanwhile what this payment needed.
        """
        with self._spending(self._total):
            self.ledger.begin_payment(
                run=self.plan.run,
                account=self.account.key,
                slots=self.held,
                why=_BY_CARD if by_card else _BY_CREDIT,
                ceilings=self.plan.ceilings(self.account.key),
            )

    def bank_asks(self, patience: timedelta) -> str:
        """Call for the person whom the bank asks to confirm the payment, and return what they are told.

        Args:
            patience: how long they are waited for.
        """
        until = (datetime.now(UTC) + patience).astimezone(ZoneInfo(self.plan.zone))
        text = (
            f"the bank asks to confirm the payment of {pounds(self._total)}: confirm it now, as the bank has told you, "
            f"before {until:%H:%M:%S}"
        )
        self.ledger.mark(self.plan.run, self.account.key, Mark.BANK, text)
        return text

    def payment_was_not_sent(self, why: str) -> None:
        """Tell the ledger that no money has moved and the slots are still held."""
        for slot in self.held:
            if self.ledger.state(self.account.key, slot) is SlotState.PAYING:
                self._record(slot, SlotState.HELD, why)

    def payment_settled(self, bookings: Sequence[BookingRow], *, confirmed: bool) -> None:
        """Take in what My Bookings lists after a payment was sent.

        Args:
            bookings: all rows of My Bookings.
            confirmed: whether the confirmation was seen.
        """
        for progress in self._open():
            slot = progress.slot
            if slot is None or self.ledger.state(self.account.key, slot) is not SlotState.PAYING:
                continue
            if any(row.is_slot(slot, self.account.facility) for row in bookings):
                self._record(slot, SlotState.PAID, "My Bookings lists it")
                self._finish(progress, slot, Outcome.BOOKED, "")
            else:
                seen = "was confirmed" if confirmed else "was sent and no answer was seen"
                self._unknown(progress, slot, f"the payment {seen}, but My Bookings does not list the slot")

    def rehearsed(self, basket: Basket) -> None:
        """Take in the basket after the rehearsal has emptied it.

        Raises:
            StopError: something of ours is still in it.
        """
        left = [line for line in basket.lines if any(line.is_slot(slot, self.account.facility) for slot in self.held)]
        if left:
            why = f"the rehearsal could not take {left[0]} out of the basket: remove it, {self._until()}"
            self.stop_here(Outcome.SITE_ERROR, why)
        for progress in self._open():
            if progress.slot is not None:
                self._record(progress.slot, SlotState.RELEASED, "rehearsal: taken out of the basket")
                self._finish(progress, progress.slot, Outcome.REHEARSED, "held and given back; nothing was paid")

    # The end

    def stop_here(self, outcome: Outcome, why: str) -> NoReturn:
        """End what the account can do; the first reason stands for everything that it leaves open.

        Raises:
            StopError: always.
        """
        stop = StopError(outcome, why)
        if self._stop is None:
            self._stop = stop
            self._call(outcome, f"{why}; {self._until()}" if self.held else why)
        raise stop

    def failed(self, why: str) -> None:
        """Remember a failure that nobody foresaw: the reason for what is left open, if there is no better one."""
        self._failure = self._failure or why

    def go_on_after_fault(self) -> None:
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
        """Give every want that has no outcome yet the one that fits how far it came."""
        why = self._failure or "the run ended before this slot was dealt with"
        stop = self._stop or StopError(Outcome.SITE_ERROR, why)
        for progress in self._open():
            slot = progress.slot
            if slot is None and progress.lost is not None:
                self._finish(progress, progress.want.first, *progress.lost)
            elif slot is None:
                # What was intended stays so: a request may be on its way, and the next run looks into the basket.
                self._finish(progress, progress.want.first, stop.outcome, stop.why)
            else:
                self._close_held(progress, slot, stop)

    def _close_held(self, progress: _Progress, slot: Slot, stop: StopError) -> None:
        """Give a want whose slot was got the outcome that the slot's state asks for."""
        match self.ledger.state(self.account.key, slot):
            case SlotState.PAYING:
                self._unknown(progress, slot, f"the payment was sent and no answer was seen ({stop.why})")
            case SlotState.UNKNOWN:
                self._finish(progress, slot, Outcome.UNKNOWN, f"{stop.why}: {_ADVICE}")
            case SlotState.PAID:
                # The end came between the ledger's word and the outcome.
                steps = self.ledger.history(account=self.account.key, slot_day=slot.date, run=self.plan.run)
                paid_now = any(step.slot == slot and step.state is SlotState.PAYING for step in steps)
                outcome = Outcome.BOOKED if paid_now else Outcome.ALREADY_BOOKED
                self._finish(progress, slot, outcome, "" if paid_now else "My Bookings lists it")
            case _:
                self._finish(progress, slot, stop.outcome, f"{stop.why}; {self._until()}")

    def abandoned(self, why: str) -> None:
        """Close the books of a worker that could not do so itself, from what the ledger holds of this run."""
        told = [record for record in self.ledger.outcomes(self.plan.run) if record.account == self.account.key]
        here = self.ledger.states(account=self.account.key, slot_day=self.plan.slot_day)
        ours = {record.slot for record in here if record.state in _OURS} - {record.slot for record in told}
        for progress in self._progress:
            progress.done = any(record.wanted == progress.want.first for record in told)
        for progress in self._open():
            progress.slot = next((slot for slot in progress.want.slots if slot in ours), None)
            ours -= {progress.slot}  # A slot is one want's, even if two wants name it.
        self.failed(why)
        self.close()

    def _unknown(self, progress: _Progress, slot: Slot, why: str) -> None:
        self._record(slot, SlotState.UNKNOWN, why)
        self._finish(progress, slot, Outcome.UNKNOWN, f"{why}: {_ADVICE}")

    def _until(self) -> str:
        """Return until when the held slots are ours, in words."""
        since = min(
            (record.at for record in self.ledger.history(account=self.account.key, slot_day=self.plan.slot_day)
             if record.state is SlotState.HELD and record.slot in self.held),
            default=datetime.now(UTC),
        )  # fmt: skip
        return f"held until about {(since + HOLD_LASTS).astimezone(ZoneInfo(self.plan.zone)):%H:%M}"

    def _record(self, slot: Slot, state: SlotState, why: str, pence: int | None = None) -> None:
        self.ledger.record(
            run=self.plan.run, account=self.account.key, slot=slot, state=state, why=why, pence=pence
        )  # fmt: skip

    def _finish(self, progress: _Progress, slot: Slot, outcome: Outcome, why: str) -> None:
        self.ledger.outcome(
            run=self.plan.run,
            want=progress.want,
            slot=slot,
            outcome=outcome,
            why=why,
            email=self._email,
            measures=progress.measures,
        )
        progress.done = True
        self._call(outcome, why)

    def _call(self, outcome: Outcome, why: str) -> None:
        """Call for a person where one is needed, once a run for each kind of trouble; the runner passes it on."""
        if outcome not in {Outcome.UNKNOWN, Outcome.NEEDS_PERSON}:
            return
        calls = self.ledger.details(self.plan.run, Mark.CALL)
        if not any(key == self.account.key and told.startswith(outcome) for key, _, told in calls):
            self.ledger.mark(self.plan.run, self.account.key, Mark.CALL, f"{outcome}: {why}")

    def _open(self) -> list[_Progress]:
        return [progress for progress in self._progress if not progress.done]

    def _of(self, want: Want) -> _Progress:
        return next(progress for progress in self._progress if progress.want == want)
