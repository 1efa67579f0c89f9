"""The payment: what is recorded before and after the click that pays, and what proves it."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from robot.api import logger
from robot.api.deco import keyword

from booking.addresses import refusal_to_type_card
from booking.errors import BookingError
from booking.ledger.states import Proof
from booking.model import Payment, Slot
from booking.opening.waiting import sleep_until
from booking.outcomes import Outcome
from booking.site.checkout import CheckoutKind, CheckoutPage, read_checkout
from booking.site.checkout_steps import CheckoutStep, cannot_be_filled_in, next_step
from booking.site.pages import Basket, BookingRow
from keywords.component import KeywordComponent, WorkerState, listed

TAGS = ("payment",)


class PaymentKeywords(KeywordComponent):
    """Keywords about money."""

    def __init__(self, worker: WorkerState) -> None:
        """Share the worker's state with the other components."""
        super().__init__(worker)
        self._proof_since: float | None = None
        self._proof_pause = 0.0
        self._payment_tab = ""
        self._credit: int | None = None
        self._may_pay_by_going_on = False
        self._logged_in_at_return = False
        self._portal_is_silent = False

    @keyword(tags=TAGS)
    def get_payment_mode(self) -> Payment:
        """Returns whether this run is to pay, or to rehearse."""
        return self.account_run.plan.payment

    @keyword(tags=TAGS)
    def check_basket_against_plan(self, basket: Basket) -> int:
        """Compares lines and total with the plan before anything is clicked, and returns the total in pence.

        Raises:
            StopError: the basket holds something the plan did not ask for, or costs more than is allowed.
        """
        self._credit = basket.credit
        return self.account_run.payment.check_basket(basket)

    @keyword(tags=TAGS)
    def get_whether_card_is_needed(self, basket: Basket) -> bool:
        """Tells whether the site is sure to ask for a card: only then may a rehearsal send the basket.

        With enough credit the site would book and charge at once. A basket that names no credit is not trusted.
        """
        return basket.credit is not None and basket.total is not None and basket.credit < basket.total

    @keyword(tags=TAGS)
    def card_address_should_be_expected(self, address: str) -> None:
        """Stops unless card data may be typed at this address: an expected host, over https except on loopback.

        The site's own host is expected, and those of the setting ``PAYMENT_HOSTS``.

        Args:
            address: the address of the page that asks for card data.

        Raises:
            StopError: it may not.
        """
        why = refusal_to_type_card(address, self.account_run.plan.payment_hosts)
        if why:
            self.account_run.stop_here(Outcome.NEEDS_PERSON, why)

    @keyword(tags=TAGS)
    def card_should_not_be_declined(self) -> None:
        """Stops if the card was declined in this run, for this account or another: they share it.

        Raises:
            StopError: it was.
        """
        self.account_run.payment.check_card()

    @keyword(tags=TAGS)
    def stop_after_declined_card(self, why: str) -> None:
        """Ends what the account can do, and keeps every account of this run from trying the card again.

        Args:
            why: what the portal said.
        """
        self.account_run.payment.stop_after_declined_card(why)

    @keyword(tags=TAGS)
    def read_checkout(self, seen: Mapping[str, Any]) -> CheckoutPage:
        """Returns what a page of the checkout is, told from what the browser sees of it; see `Get Checkout Page`."""
        return read_checkout(
            seen,
            site_url=self.account_run.plan.site_url,
            basket_path=self.markup.basket_path,
            payment_hosts=self.account_run.plan.payment_hosts,
        )

    @keyword(tags=TAGS)
    def get_next_checkout_step(self, pages: list[CheckoutPage]) -> CheckoutStep:
        """Returns what to do on the last of the pages that the checkout has shown; the step names its keyword."""
        return next_step(pages)

    @keyword(tags=TAGS)
    def page_should_take(self, page: CheckoutPage, fields: Mapping[str, int], values: Mapping[str, Any]) -> None:
        """Stops where a page cannot be filled in: a field that cannot be told from others, a line too long.

        Args:
            page: the page.
            fields: what `Mark Fields` found on it: for each role the most characters it takes.
            values: what is to be typed, by role.

        Raises:
            StopError: it cannot; nothing was paid.
        """
        why = cannot_be_filled_in(page, fields, values)
        if why:
            self.account_run.stop_here(Outcome.NEEDS_PERSON, f"{why}; nothing was paid")

    @keyword(tags=TAGS)
    def amount_should_be_as_expected(self, page: CheckoutPage) -> None:
        """Compares what a page of the card portal is about to charge with the basket, before the click that pays.

        Raises:
            StopError: it is another amount, a fee that exceeds what may be spent, or, on the page with the button that
                pays, none that can be read.
        """
        last = page.kind is CheckoutKind.CONFIRMATION
        self.account_run.payment.check_amount(page.amount_pence, page.fee_pence, last=last)

    @keyword(tags=TAGS)
    def record_payment_intent(self, *, by_card: bool) -> None:
        """Tells the ledger, before the click that may move money, that it is about to be made.

        Args:
            by_card: whether a card has been typed; without one the click can move credit and nothing else.

        Raises:
            StopError: the accounts together, or this one, would spend more than is allowed.
        """
        self.account_run.payment.record_payment_intent(by_card=by_card)
        # What was kept of an earlier payment of this run is nothing to this one.
        self._payment_tab, self._portal_is_silent, self._proof_since = "", False, None
        self._logged_in_at_return = False

    @keyword(tags=TAGS)
    def record_form_as_payment(self, page: CheckoutPage) -> None:
        """Tells the ledger, before a form of the card portal is sent, that this may be what pays.

        Only the known portal is known to charge nothing before its last button.

        Args:
            page: the page that is about to be sent; with the card's, it shows whether the portal is the known one.

        Raises:
            StopError: the accounts together, or this one, would spend more than is allowed.
        """
        if page.kind is CheckoutKind.CARD:
            self._may_pay_by_going_on = not page.known_portal
        if self._may_pay_by_going_on and not self.account_run.sent:
            self.account_run.payment.record_form_as_payment()

    @keyword(tags=TAGS)
    def record_next_page(self, page: CheckoutPage, after: CheckoutPage) -> None:
        """Takes in where a form of the card portal has led to: where the portal asks on, nothing was paid.

        Args:
            page: what is shown now.
            after: the page with the form; while that is shown still, its answer may be on the way.
        """
        if page.asks_on and page.is_news_after(after) and self.account_run.sent:
            self.account_run.payment.record_payment_not_sent(Proof.STILL_ASKED)

    @keyword(tags=TAGS)
    def record_payment_perhaps_sent(self) -> None:
        """Tells the ledger that going on has paid, or may have, where it was not expected to."""
        if not self.account_run.sent:
            self.account_run.payment.record_payment_intent(by_card=True, anyhow=True)

    @keyword(tags=TAGS)
    def record_payment_not_sent(self, proof: Proof) -> None:
        """Tells the ledger that no money has moved and the slots are still held.

        Args:
            proof: what shows it, e.g. ``CARD_ASKED_FOR``; see the ledger.

        Raises:
            LedgerError: a card was typed, so that it shows nothing.
        """
        self.account_run.payment.record_payment_not_sent(proof)

    @keyword(tags=TAGS)
    def end_payment(self, page: CheckoutPage) -> bool:
        """Takes in what the checkout showed last; returns whether it has confirmed the payment.

        A decline in words that are known to mean one ends the account, with its slots still held. Whatever else is no
        confirmation leaves the payment in doubt: a person is told at once, and My Bookings is asked.

        Raises:
            StopError: the card was declined.
        """
        if page.declined and page.kind in {CheckoutKind.DECLINED, CheckoutKind.CARD}:
            self.account_run.payment.stop_after_declined_card(f"the card portal says: {page.message}")
        if page.kind is CheckoutKind.PAID:
            self.account_run.payment.record_confirmation()
            return True
        self._portal_is_silent = page.is_silent
        self.account_run.payment.record_doubt(self._doubt(page))
        if page.kind in {CheckoutKind.BANK, CheckoutKind.UNKNOWN_HOST}:
            self.account_run.payment.call_for_unsettled()  # What the person may still do cannot wait for My Bookings.
        return False

    @keyword(tags=TAGS)
    def record_late_answer(self, page: CheckoutPage) -> bool:
        """Takes in what the tab of the payment shows after a while; returns whether the payment is confirmed now.

        A decline that comes so late keeps the other accounts from trying the card; the slot is left to a person.
        """
        self._portal_is_silent = page.is_silent
        if page.kind is CheckoutKind.PAID:
            if self.account_run.unanswered:
                self._proof_since = None  # My Bookings has as long from now on as after a quick answer.
            self.account_run.payment.record_confirmation()
            return True
        if page.declined and page.kind in {CheckoutKind.DECLINED, CheckoutKind.CARD}:
            self.account_run.payment.record_late_decline(f"the card portal says, late: {page.message}")
        return False

    def _doubt(self, page: CheckoutPage) -> str:
        """Return why the fate of the payment is not known, from the page that the checkout showed last."""
        said = f': "{page.message}"' if page.message else ""
        match page.kind:
            case CheckoutKind.BANK | CheckoutKind.UNKNOWN_HOST:
                return (
                    "the bank asked to confirm the payment (3-D Secure) and nobody has answered in time: confirm or "
                    "refuse it with your bank"
                )
            case CheckoutKind.NOTHING | CheckoutKind.CONFIRMATION:
                return f"the payment was sent and {page.host or 'the card portal'} has not answered"
            case CheckoutKind.BROKEN:
                return "the payment was sent and no answer was seen"
            case _:
                where = page.host or "the site"
                return f"the payment was sent and {where} showed a page that says neither yes nor no{said}"

    @keyword(tags=TAGS)
    def record_payment_result(self, bookings: Sequence[BookingRow], *, confirmed: bool) -> None:
        """Believes a payment only when My Bookings lists its slots; it may be asked as often as is needed.

        Args:
            bookings: all rows of My Bookings.
            confirmed: whether the site has confirmed the payment.
        """
        self.account_run.payment.record_bookings(bookings, confirmed=confirmed)

    @keyword(tags=TAGS)
    def payments_should_be_settled(self) -> None:
        """Ends the account's look at its payments.

        Raises:
            AssertionError: a slot is not in My Bookings, and a person must look.
        """
        if self.account_run.unsettled:
            self.worker.explained = True
            raise AssertionError(f"My Bookings does not list {listed(self.account_run.unsettled)}")

    @keyword(tags=TAGS)
    def wait_for_next_look_at_payment(self, patience: timedelta) -> bool:
        """Waits until an unsettled payment should be looked at again; False when it is settled, or time is over.

        A portal that has not answered the click that pays is waited for until the hold ends. The pauses grow, from two
        seconds to a minute.

        Args:
            patience: how long it is looked at, counted from the first look.
        """
        now = time.monotonic()
        if self._proof_since is None:
            self._proof_since, self._proof_pause = now, 2.0
        left = self._proof_since + patience.total_seconds() - now
        if self._portal_is_silent:
            left = max(left, self.account_run.payment.hold_left.total_seconds())
        if left <= 0 or not self.account_run.unsettled or self.account_run.needs_person:
            return False
        sleep_until(time.time() + min(self._proof_pause, left))
        self._proof_pause = min(self._proof_pause * 1.5, 60.0)
        return True

    @keyword(tags=TAGS)
    def get_unsettled_slots(self) -> tuple[Slot, ...]:
        """Returns the slots of which a payment of this account was sent and is not settled."""
        return self.account_run.unsettled

    @keyword(tags=TAGS)
    def get_unanswered_slots(self) -> tuple[Slot, ...]:
        """Returns the slots for which this run has sent a payment whose page has not confirmed it."""
        return self.account_run.unanswered

    @keyword(tags=TAGS)
    def login_should_be_first_at_return(self) -> None:
        """Lets the account log in once at the return of a payment.

        Raises:
            BookingError: it has done so, and the site asks again.
        """
        if self._logged_in_at_return:
            raise BookingError("the site asks for the login again, in place of the return of the payment")
        self._logged_in_at_return = True

    @keyword(tags=TAGS)
    def keep_payment_tab(self, tab: str) -> None:
        """Remembers the browser's tab in which a payment was sent: it is not closed before the hold ends."""
        self._payment_tab = tab

    @keyword(tags=TAGS)
    def get_payment_tab(self) -> str:
        """Returns the browser's tab in which a payment was sent and not confirmed; empty if there is none."""
        return self._payment_tab

    @keyword(tags=TAGS)
    def stop_unpaid(self, page: CheckoutPage) -> None:
        """Ends the account before any card was typed, for the page that the checkout showed instead of what was due.

        Raises:
            StopError: always.
        """
        match page.kind:
            case CheckoutKind.UNKNOWN_HOST:
                why = f"the site led to {page.host} for the payment, which PAYMENT_HOSTS does not name"
                self.account_run.stop_here(Outcome.NEEDS_PERSON, f"{why}: nothing was paid")
            case CheckoutKind.TEST_SYSTEM:
                why = f"the card portal at {page.host} is a test installation"
                self.account_run.stop_here(Outcome.NEEDS_PERSON, f"{why}: nothing was typed or paid")
            case _:
                said = f' ("{page.message}")' if page.message else ""
                why = f'the site did not take "Make Booking"{said}: nothing was paid'
                self.account_run.stop_here(Outcome.SITE_ERROR, why)

    @keyword(tags=TAGS)
    def get_unlisted_slots(self, bookings: Sequence[BookingRow]) -> tuple[Slot, ...]:
        """Returns the slots that were being paid for and that My Bookings does not list."""
        return tuple(slot for slot in self.account_run.sent if not self.worker.is_among(slot, bookings))

    @keyword(tags=TAGS)
    def get_proof_from_basket(self, basket: Basket, page: CheckoutPage) -> Proof | None:
        """Returns the proof that "Make Booking" has moved no credit, where the basket is one; else None.

        It is where it still shows every slot that was sent; or where the site has answered with the basket, out of
        which a hold may have run, and the credit is what it was.

        Args:
            basket: as it is now.
            page: what the site answered to the click.
        """
        unchanged = basket.credit is not None and basket.credit == self._credit
        answered = page.kind is CheckoutKind.BASKET and unchanged
        shown = all(self.worker.is_among(slot, basket.lines) for slot in self.account_run.sent)
        return Proof.IN_BASKET if answered or shown else None

    @keyword(tags=TAGS)
    def get_time_for_bank(self, patience: timedelta) -> timedelta:
        """Returns how long the bank's page is stayed on: as long as the bank is patient, never past the hold.

        Args:
            patience: how long the bank waits for its customer, see the setting ``THREE_D_SECURE_WAIT``.
        """
        return self.account_run.payment.time_for_the_bank(patience)

    @keyword(tags=TAGS)
    def call_to_confirm_with_bank(self, patience: timedelta) -> None:
        """Tells the person, now and wherever they are, that the bank wants them to confirm the payment.

        Args:
            patience: how long they are waited for.
        """
        logger.warn(self.account_run.payment.bank_asks(patience))

    @keyword(tags=TAGS)
    def get_line_to_remove(self, basket: Basket) -> int | None:
        """Returns the place (0 is the first) of a basket line that this run has held; None when none is left."""
        return next((place for place, line in enumerate(basket.lines) if self.account_run.payment.has_held(line)), None)

    @keyword(tags=TAGS)
    def end_rehearsal(self, basket: Basket) -> None:
        """Proves by the emptied basket that nothing of ours is left in it, and notes the rehearsal.

        Raises:
            StopError: something of ours is still there.
        """
        self.account_run.payment.record_rehearsal(basket)
