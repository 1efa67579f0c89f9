"""The booking itself, as keywords: what is wanted, when to act, what to do next, what became of it.

Clicks are not here: keywords of this library decide and remember, the resources carry out.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from robot import result, running
from robot.api import SkipExecution, logger
from robot.api.deco import keyword, library
from robot.libraries.BuiltIn import BuiltIn

from booking.account_run import AccountRun
from booking.checkout import CheckoutKind, CheckoutPage, read_checkout
from booking.clock import Sample
from booking.errors import BookingError, SettingsError
from booking.hold_strategy import HoldResponse, ResponseKind, Step
from booking.ledger import LEDGER, Event, Ledger, Proof
from booking.model import Account, Payment, Slot, account_key
from booking.outcomes import Outcome
from booking.pages import (
    Basket,
    BookingRow,
    HourState,
    days_shown,
    read_basket,
    read_hour,
    read_rows,
    refusal_to_type_card,
    slot_address,
    weeks_between,
)
from booking.plan import read_plan
from booking.responses import Markup, is_challenge, read_response
from booking.start_gate import StartGate
from booking.waiting import Duty, Waiting, sleep_until
from booking.watching import next_look
from Credentials import Credentials


@library(scope="GLOBAL", listener="SELF")
class Booker:
    """One account in one run: reads the plan, decides the next step, and keeps the ledger."""

    def __init__(self) -> None:
        self._account_run: AccountRun | None = None
        self._waiting: Waiting | None = None
        self._run_folder = Path()
        self._event_id = ""
        self._logged_in = False
        self._explained = False
        self._last_look = 0.0
        self._blocked = ""
        self._gate: StartGate | None = None
        self._proof_since: float | None = None
        self._proof_pause = 0.0
        self._payment_tab = ""
        self._credit: int | None = None
        self._may_pay_by_going_on = False
        self._logged_in_at_return = False
        self._portal_is_silent = False

    # The account

    @keyword
    def load_account(self, name: str, run_folder: Path) -> None:
        """Reads the plan of this run: what it asks of the account.

        Args:
            name: the account's name; case and spaces do not matter.
            run_folder: folder of the run, which holds the plan.
        """
        plan = read_plan(run_folder / "plan.json")
        key = account_key(name)
        self._run_folder = run_folder
        self._account_run = AccountRun(plan, key, Ledger(run_folder.parent / LEDGER, plan.site), clean=_clean)
        self._waiting = Waiting(plan, run_folder)

    @keyword
    def get_account(self) -> Account:
        """Returns the account: its name, email address of the sheet, court number and court address."""
        return self.account_run.account

    @keyword
    def wait_for_start_gate(self, run_folder: Path) -> None:
        """Waits until fewer accounts are starting than the machine has cores, at most two minutes.

        Browsers that start side by side slow each other down, and the opening should find an idle machine. The turn
        passes on when this account is ready for the opening, or ends.
        """
        self._gate = StartGate(run_folder)
        if not self._gate.take():
            logger.warn("Started without waiting any longer for the other accounts to be ready")

    @keyword
    def skip_unless_slots_are_wanted(self) -> None:
        """Skips the account's tasks when the plan asks nothing of it, and no payment of an earlier run is unsettled."""
        if not self.account_run.wanted and not self.account_run.has_earlier_payments_to_settle:
            raise SkipExecution(f"nothing is wanted for this account on {self.account_run.plan.slot_day:%A %d %B %Y}")

    @keyword
    def skip_unless_logged_in(self) -> None:
        """Skips a task that needs a login which did not come about, with the reason."""
        if not self._logged_in:
            raise SkipExecution(f"not logged in: {self._reason()}")

    @keyword
    def skip_unless_slots_are_held(self) -> None:
        """Skips a task that needs held slots when there are none, with the reason."""
        if not self.account_run.held:
            raise SkipExecution(f"nothing is held that could be paid: {self._reason()}")
        self.account_run.about_to_pay()

    @keyword
    def skip_unless_payments_are_unsettled(self) -> None:
        """Skips a task that looks again at a payment of this account, where none is unsettled."""
        if not self.account_run.unsettled:
            raise SkipExecution("every payment of this account is settled, or none was sent")

    @keyword
    def record_login(self, email: str) -> None:
        """Remembers that the site has let the account in under this address."""
        self._logged_in = True
        self.account_run.record_login(email)

    @keyword
    def stop_here(self, outcome: Outcome, why: str) -> None:
        """Ends what the account can do, and names the outcome for everything that is still open.

        Args:
            outcome: one of the outcomes' names, e.g. ``login refused``.
            why: the reason in words a person can act on.
        """
        self.account_run.stop_here(outcome, why)

    @keyword
    def page_should_not_be_challenge(self, html: str) -> None:
        """Stops at a challenge or queue page: a person has to look, nothing tries to get round it."""
        if is_challenge(html):
            why = "the site shows a challenge page: open it in a browser and look"
            self.account_run.stop_here(Outcome.NEEDS_PERSON, why)

    # What is ours already

    @keyword
    def read_bookings(self, html: str) -> tuple[BookingRow, ...]:
        """Returns the rows of one page of My Bookings.

        Raises:
            PageError: a row cannot be understood.
        """
        return read_rows(html, row=_site("BOOKING_ROW"), cell=_site("BOOKING_CELL"))

    @keyword
    def read_basket(self, html: str) -> Basket:
        """Returns what the basket page shows: lines, total and credit, in pence, and what cannot be understood."""
        return read_basket(
            html,
            line=_site("BASKET_LINE"),
            cell=_site("BASKET_CELL"),
            total=_site("BASKET_TOTAL"),
            credit=_site("BASKET_CREDIT"),
        )

    @keyword
    def compare_with_plan(self, bookings: Sequence[BookingRow], basket: Basket) -> None:
        """Compares what is wanted with My Bookings and the basket, so that nothing is booked twice."""
        self.account_run.compare_with_plan(bookings, basket)
        logger.info(f"Still wanted: {_listed(wish.first for wish in self.account_run.wanted)}")
        logger.info(f"Held already: {_listed(self.account_run.held)}")

    @keyword
    def get_wanted_slots(self) -> tuple[Slot, ...]:
        """Returns the slot wanted most of each wish for which nothing is held yet."""
        return tuple(wish.first for wish in self.account_run.wanted)

    # The opening

    @keyword
    def get_weeks_to_slot_day(self, html: str) -> int:
        """Returns how many steps to the next week lead from the week this court page shows to the slot day's.

        Raises:
            StopError: the page shows no week.
        """
        wanted = self.account_run.plan.slot_day
        shown = days_shown(html, day=_site("CALENDAR_DAY"), title=_site("CALENDAR_DAY_TITLE"), near=wanted)
        if not shown:
            self.account_run.stop_here(Outcome.SITE_ERROR, "the court page shows no days")
        return weeks_between(shown[0], wanted)

    @keyword
    def read_slot_hour(self, html: str, slot: Slot) -> HourState | None:
        """Returns what the calendar shows for a slot: free, closed or absent; None when the day is not shown."""
        return read_hour(
            html,
            slot,
            day=_site("CALENDAR_DAY"),
            title=_site("CALENDAR_DAY_TITLE"),
            hour=_site("CALENDAR_HOUR"),
            label=_site("CALENDAR_HOUR_LABEL"),
            free=_site("CALENDAR_FREE_HOUR"),
        )

    @keyword
    def prepare_to_hold(self, event_id: str, calendar: str) -> None:
        """Makes everything ready that the opening must not wait for: addresses, intentions in the ledger.

        Args:
            event_id: the court's own event id, read from its page.
            calendar: HTML of the week of the slot day; hours that it shows as taken are not requested.
        """
        self._event_id = event_id
        wanted = {slot for wish in self.account_run.wanted for slot in wish.slots}
        gone = {slot for slot in wanted if self.read_slot_hour(calendar, slot) is HourState.CLOSED}
        for slot in sorted(gone):
            logger.warn(f"{slot} is shown as booked before the opening")
        self.account_run.prepare_to_hold(gone)
        self._mark(Event.READY)
        self._leave_gate()

    @keyword
    def wait_for_next_duty(self) -> Duty:
        """Waits until something is due: ``keep alive``, ``measure the clock``, or ``open`` half a second ahead.

        The page that sends the first request waits for the rest, see `Fetch Page`. A signal ends this wait
        at once.
        """
        return self.waiting.next_duty()

    @keyword
    def wait_for_next_clock_sample(self) -> bool:
        """Waits until the site should be asked for its time once more; tells whether it should be asked at all.

        When no more is to be asked, what is known of the two clocks goes to the ledger, for the report.
        """
        if self.waiting.sample_due():
            return True
        if self.waiting.set_by:
            self._warn(f"this machine's clock was set by {self.waiting.set_by:+.1f} s during the wait, or it slept")
        offset = self.waiting.offset
        if offset is not None:
            logger.info(str(offset))
            self._mark(Event.CLOCK, f"warning: {offset}" if offset.notable else str(offset))
            if offset.notable:
                self._warn(f"{offset}, so one of them is wrong")
        return False

    @keyword
    def record_clock_sample(self, seen: Mapping[str, Any]) -> None:
        """Takes in what the site's answer says of its clock; an answer that says nothing ends the measurement."""
        try:
            sample = Sample.from_header(float(seen["sent"]) / 1000, float(seen["answered"]) / 1000, str(seen["date"]))
        except ValueError:
            logger.warn(f"The site told no time that can be read ({str(seen['date'])[:60]!r}); this machine's is used")
            sample = None
        self.waiting.take_sample(sample)

    @keyword
    def get_first_step(self) -> Step:
        """Returns the first step of the opening: to be taken at that instant by the site's clock."""
        step = self.account_run.begin_holding(self.waiting.opens)
        return replace(step, at=self.waiting.opens) if self.account_run.plan.wait and self.waiting.opens else step

    @keyword
    def get_addresses(self, step: Step) -> list[str]:
        """Returns the addresses that request the slots of this step, in the order in which they are to be sent."""
        site, path = self.account_run.plan.site_url, _site("BOOK_PATH")
        return [slot_address(site, path, self._event_id, request.slot) for request in step.requests]

    @keyword
    def record_responses(self, step: Step, seen: Sequence[Mapping[str, Any]]) -> Step:
        """Takes in the site's responses to the requests of a step, and returns the next step.

        Args:
            step: the step.
            seen: what the browser saw of the responses, see `Request Slots`.
        """
        pairs = zip(step.requests, seen, strict=False)
        responses = [self._read_response(request.slot, each) for request, each in pairs]
        return self._after_pause(self.account_run.take_responses(step, responses))

    def _read_response(self, slot: Slot, seen: Mapping[str, Any]) -> HoldResponse:
        markup = Markup(
            site_url=self.account_run.plan.site_url,
            court_path=_site("COURT_PATH"),
            login_path=_site("LOGIN_PATH"),
            basket_path=_site("BASKET_PATH"),
            line=_site("BASKET_LINE"),
            cell=_site("BASKET_CELL"),
        )
        response = read_response(seen, slot, self.account_run.account.facility, markup)
        logger.info(f"{slot}: {response.kind}{f' ({response.why})' if response.why else ''}")
        if response.kind is ResponseKind.BLOCKED:
            self._blocked = str(seen["html"])
        return response

    @keyword
    def record_slot_day(self, step: Step, calendar: str) -> Step:
        """Takes in the week of the slot day, as HTML (empty if it could not be had), and returns the next step."""
        state = self.read_slot_hour(calendar, step.request.slot)
        return self._after_pause(self.account_run.take_calendar(step, state))

    @keyword
    def record_basket(self, step: Step, basket: Basket) -> Step:
        """Takes in the basket after a request that got no response, and returns the next step."""
        return self._after_pause(self.account_run.take_basket(step, basket))

    @keyword
    def record_new_login(self) -> Step:
        """Takes in that a new login succeeded, and returns the next step."""
        return self._after_pause(self.account_run.take_login())

    @keyword
    def get_blocking_page(self) -> str:
        """Returns the HTML of the page with which the site ended the requests; empty if it did not."""
        return self._blocked

    @keyword
    def clear_site_error(self) -> None:
        """Lets the account go on after a fault of the site that is going to be tried again.

        Raises:
            StopError: the account was stopped for another reason, e.g. a challenge page or a refused login.
        """
        self.account_run.clear_site_error()

    @keyword
    def end_holding(self) -> None:
        """Records what became of every slot that was requested."""
        self.account_run.end_holding()

    @keyword
    def wanted_slots_should_be_held(self) -> None:
        """Fails where a wanted slot could not be held, unless it is watched: that is only logged.

        Raises:
            AssertionError: the message names each lost slot with its reason.
        """
        lost, watched = self.account_run.lost, self.account_run.watched
        told = "; ".join(f"{attempt.wish.first}: {attempt.outcome}, {attempt.why}" for attempt in lost)
        if lost and all(attempt.wish in watched for attempt in lost):
            logger.warn(f"{told}. Watched until {self.account_run.plan.watch_until:%H:%M}.")
        elif lost:
            self._explained = True
            raise AssertionError(told)

    # The second chance

    @keyword
    def wait_for_next_look(self) -> bool:
        """Waits until lost slots should be looked at again; False when the watch is over or nothing is lost.

        A card that was declined ends the watch: what it could still hold could not be paid, and would be kept from
        others.
        """
        plan = self.account_run.plan
        if plan.watch_until is None or not self.account_run.watched:
            return False
        now = time.time()
        self._last_look = self._last_look or now
        opened = self.waiting.opens or now
        due = next_look(opened=opened, last=self._last_look, until=plan.watch_until.timestamp(), every=plan.watch_every)
        if due is None or self._watch_is_vain():
            return False
        sleep_until(due)
        return not self._watch_is_vain()

    @keyword
    def get_first_step_for_returned_slots(self, calendar: str) -> Step:
        """Returns the first thing to do about lost slots that the calendar shows as free again.

        Args:
            calendar: HTML of the week of the slot day.
        """
        # Counted from when it was made: a payment may take longer than the pause, and looks are not caught up on.
        self._last_look = time.time()
        back = {
            slot
            for wish in self.account_run.watched
            for slot in wish.slots
            if self.read_slot_hour(calendar, slot) is HourState.FREE
        }
        logger.info(f"Free again: {_listed(sorted(back))}")
        if back and self.account_run.unsettled:
            # It would lie in one basket with what may have been paid for, and could not be paid.
            logger.warn(f"Left alone, since the payment of {_listed(self.account_run.unsettled)} is not settled")
            back = set()
        return self._after_pause(self.account_run.begin_holding_returned(back, self.waiting.opens))

    @keyword
    def end_holding_returned_slots(self) -> bool:
        """Records what became of the slots that had come back; returns whether one of them is held now."""
        if not self.account_run.end_holding() or not self.account_run.held:
            return False
        self.account_run.about_to_pay()
        return True

    @keyword
    def lost_slots_should_be_back(self) -> None:
        """Ends the watch.

        Raises:
            AssertionError: something that was wanted did not come back.
        """
        if self.account_run.watched:
            self._explained = True
            raise AssertionError(f"{_listed(wish.first for wish in self.account_run.watched)} did not come back")

    # Paying

    @keyword
    def get_payment_mode(self) -> Payment:
        """Returns whether this run is to pay, or to rehearse."""
        return self.account_run.plan.payment

    @keyword
    def check_basket_against_plan(self, basket: Basket) -> int:
        """Compares lines and total with the plan before anything is clicked, and returns the total in pence.

        Raises:
            StopError: the basket holds something the plan did not ask for, or costs more than is allowed.
        """
        self._credit = basket.credit
        return self.account_run.check_basket(basket)

    @keyword
    def get_whether_card_is_needed(self, basket: Basket) -> bool:
        """Tells whether the site is sure to ask for a card: only then may a rehearsal send the basket.

        With enough credit the site would book and charge at once. A basket that names no credit is not trusted.
        """
        return basket.credit is not None and basket.total is not None and basket.credit < basket.total

    @keyword
    def card_address_should_be_expected(self, address: str, hosts: Sequence[str]) -> None:
        """Stops unless card data may be typed at this address: an expected host, over https except on loopback.

        Args:
            address: the address of the page that asks for card data.
            hosts: the expected hosts, see the setting ``PAYMENT_HOSTS``.
        """
        why = refusal_to_type_card(address, hosts)
        if why:
            self.account_run.stop_here(Outcome.NEEDS_PERSON, why)

    @keyword
    def card_should_not_be_declined(self) -> None:
        """Stops if the card was declined in this run, for this account or another: they share it.

        Raises:
            StopError: it was.
        """
        self.account_run.check_card()

    @keyword
    def stop_after_declined_card(self, why: str) -> None:
        """Ends what the account can do, and keeps every account of this run from trying the card again.

        Args:
            why: what the portal said.
        """
        self.account_run.stop_after_declined_card(why)

    @keyword
    def read_checkout(self, seen: Mapping[str, Any]) -> CheckoutPage:
        """Returns what a page of the checkout is, told from what the browser sees of it; see `Get Checkout Page`."""
        return read_checkout(
            seen,
            site_url=self.account_run.plan.site_url,
            basket_path=_site("BASKET_PATH"),
            payment_hosts=_credentials().get_payment_hosts(),
        )

    @keyword
    def amount_should_be_as_expected(self, page: CheckoutPage) -> None:
        """Compares what a page of the card portal is about to charge with the basket, before the click that pays.

        Raises:
            StopError: it is another amount, a fee that exceeds what may be spent, or, on the page with the button that
                pays, none that can be read.
        """
        self.account_run.check_amount(page.amount_pence, page.fee_pence, last=page.kind is CheckoutKind.CONFIRMATION)

    @keyword
    def record_payment_intent(self, *, by_card: bool) -> None:
        """Tells the ledger, before the click that may move money, that it is about to be made.

        Args:
            by_card: whether a card has been typed; without one the click can move credit and nothing else.

        Raises:
            StopError: the accounts together, or this one, would spend more than is allowed.
        """
        self.account_run.record_payment_intent(by_card=by_card)
        # What was kept of an earlier payment of this run is nothing to this one.
        self._payment_tab, self._portal_is_silent, self._proof_since = "", False, None
        self._logged_in_at_return = False

    @keyword
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
            self.account_run.record_form_as_payment()

    @keyword
    def record_next_page(self, page: CheckoutPage, after: CheckoutPage) -> None:
        """Takes in where a form of the card portal has led to: where the portal asks on, nothing was paid.

        Args:
            page: what is shown now.
            after: the page with the form; while that is shown still, its answer may be on the way.
        """
        if page.asks_on and page.is_news_after(after) and self.account_run.sent:
            self.account_run.record_payment_not_sent(Proof.STILL_ASKED)

    @keyword
    def record_payment_perhaps_sent(self) -> None:
        """Tells the ledger that going on has paid, or may have, where it was not expected to."""
        if not self.account_run.sent:
            self.account_run.record_payment_intent(by_card=True, anyhow=True)

    @keyword
    def record_payment_not_sent(self, proof: Proof) -> None:
        """Tells the ledger that no money has moved and the slots are still held.

        Args:
            proof: what shows it, e.g. ``CARD_ASKED_FOR``; see the ledger.

        Raises:
            LedgerError: a card was typed, so that it shows nothing.
        """
        self.account_run.record_payment_not_sent(proof)

    @keyword
    def end_payment(self, page: CheckoutPage) -> bool:
        """Takes in what the checkout showed last; returns whether it has confirmed the payment.

        A decline in words that are known to mean one ends the account, with its slots still held. Whatever else is no
        confirmation leaves the payment in doubt: a person is told at once, and My Bookings is asked.

        Raises:
            StopError: the card was declined.
        """
        if page.declined and page.kind in {CheckoutKind.DECLINED, CheckoutKind.CARD}:
            self.account_run.stop_after_declined_card(f"the card portal says: {page.message}")
        if page.kind is CheckoutKind.PAID:
            self.account_run.record_confirmation()
            return True
        self._portal_is_silent = page.is_silent
        self.account_run.record_doubt(self._doubt(page))
        if page.kind in {CheckoutKind.BANK, CheckoutKind.UNKNOWN_HOST}:
            self.account_run.call_for_unsettled()  # What the person may still do cannot wait for My Bookings.
        return False

    @keyword
    def record_late_answer(self, page: CheckoutPage) -> bool:
        """Takes in what the tab of the payment shows after a while; returns whether the payment is confirmed now.

        A decline that comes so late keeps the other accounts from trying the card; the slot is left to a person.
        """
        self._portal_is_silent = page.is_silent
        if page.kind is CheckoutKind.PAID:
            if self.account_run.unanswered:
                self._proof_since = None  # My Bookings has as long from now on as after a quick answer.
            self.account_run.record_confirmation()
            return True
        if page.declined and page.kind in {CheckoutKind.DECLINED, CheckoutKind.CARD}:
            self.account_run.record_late_decline(f"the card portal says, late: {page.message}")
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

    @keyword
    def record_payment_result(self, bookings: Sequence[BookingRow], *, confirmed: bool) -> None:
        """Believes a payment only when My Bookings lists its slots; it may be asked as often as is needed.

        Args:
            bookings: all rows of My Bookings.
            confirmed: whether the site has confirmed the payment.
        """
        self.account_run.record_bookings(bookings, confirmed=confirmed)

    @keyword
    def payments_should_be_settled(self) -> None:
        """Ends the account's look at its payments.

        Raises:
            AssertionError: a slot is not in My Bookings, and a person must look.
        """
        if self.account_run.unsettled:
            self._explained = True
            raise AssertionError(f"My Bookings does not list {_listed(self.account_run.unsettled)}")

    @keyword
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
            left = max(left, self.account_run.hold_left.total_seconds())
        if left <= 0 or not self.account_run.unsettled or self.account_run.needs_person:
            return False
        sleep_until(time.time() + min(self._proof_pause, left))
        self._proof_pause = min(self._proof_pause * 1.5, 60.0)
        return True

    @keyword
    def get_unsettled_slots(self) -> tuple[Slot, ...]:
        """Returns the slots of which a payment of this account was sent and is not settled."""
        return self.account_run.unsettled

    @keyword
    def get_unanswered_slots(self) -> tuple[Slot, ...]:
        """Returns the slots for which this run has sent a payment whose page has not confirmed it."""
        return self.account_run.unanswered

    @keyword
    def login_should_be_first_at_return(self) -> None:
        """Lets the account log in once at the return of a payment.

        Raises:
            BookingError: it has done so, and the site asks again.
        """
        if self._logged_in_at_return:
            raise BookingError("the site asks for the login again, in place of the return of the payment")
        self._logged_in_at_return = True

    @keyword
    def keep_payment_tab(self, tab: str) -> None:
        """Remembers the browser's tab in which a payment was sent: it is not closed before the hold ends."""
        self._payment_tab = tab

    @keyword
    def get_payment_tab(self) -> str:
        """Returns the browser's tab in which a payment was sent and not confirmed; empty if there is none."""
        return self._payment_tab

    @keyword
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

    @keyword
    def get_unlisted_slots(self, bookings: Sequence[BookingRow]) -> tuple[Slot, ...]:
        """Returns the slots that were being paid for and that My Bookings does not list."""
        return tuple(slot for slot in self.account_run.sent if not self._is_among(slot, bookings))

    @keyword
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
        shown = all(self._is_among(slot, basket.lines) for slot in self.account_run.sent)
        return Proof.IN_BASKET if answered or shown else None

    def _is_among(self, slot: Slot, rows: Iterable[BookingRow]) -> bool:
        return any(row.is_slot(slot, self.account_run.account.facility) for row in rows)

    @keyword
    def get_time_for_bank(self, patience: timedelta) -> timedelta:
        """Returns how long the bank's page is stayed on: as long as the bank is patient, never past the hold.

        Args:
            patience: how long the bank waits for its customer, see the setting ``THREE_D_SECURE_WAIT``.
        """
        return self.account_run.time_for_the_bank(patience)

    @keyword
    def call_to_confirm_with_bank(self, patience: timedelta) -> None:
        """Tells the person, now and wherever they are, that the bank wants them to confirm the payment.

        Args:
            patience: how long they are waited for.
        """
        logger.warn(self.account_run.bank_asks(patience))

    @keyword
    def get_line_to_remove(self, basket: Basket) -> int | None:
        """Returns the place (0 is the first) of a basket line that this run has held; None when none is left."""
        return next((place for place, line in enumerate(basket.lines) if self.account_run.has_held(line)), None)

    @keyword
    def end_rehearsal(self, basket: Basket) -> None:
        """Proves by the emptied basket that nothing of ours is left in it, and notes the rehearsal.

        Raises:
            StopError: something of ours is still there.
        """
        self.account_run.record_rehearsal(basket)

    # The end

    @keyword
    def record_open_outcomes(self) -> None:
        """Gives every wanted slot that has no outcome yet the one that fits how far it came."""
        if self._account_run is None:
            return
        self._account_run.close()
        self._leave_gate()
        self._mark(Event.LEFT)
        self._account_run.ledger.close()

    def end_test(self, data: running.TestCase, outcome: result.TestCase) -> None:  # noqa: ARG002 - a listener's signature
        """Remembers why a task failed, where no keyword has said what that means for its slots."""
        if outcome.failed and self._account_run is not None and not self._explained:
            self._account_run.record_failure(outcome.message)
        self._explained = False

    @property
    def account_run(self) -> AccountRun:
        """What the account does in this run."""
        if self._account_run is None:
            raise BookingError("no account has been taken up")
        return self._account_run

    @property
    def waiting(self) -> Waiting:
        """The wait for the opening."""
        if self._waiting is None:
            raise BookingError("no account has been taken up")
        return self._waiting

    @staticmethod
    def _after_pause(step: Step) -> Step:
        if step.pause:
            time.sleep(step.pause)
        return step

    def _watch_is_vain(self) -> bool:
        if self.account_run.stopped:
            logger.warn(f"Not watched any longer: {self._reason()}")
            return True
        declined_for = self.account_run.declined_for
        if declined_for:
            logger.warn(f"Not watched any longer: the card was declined for {declined_for}")
        return bool(declined_for)

    def _leave_gate(self) -> None:
        if self._gate is not None:
            self._gate.pass_on()

    def _mark(self, what: Event, detail: str = "") -> None:
        self.account_run.ledger.mark(self.account_run.plan.run, self.account_run.account.key, what, detail)

    def _warn(self, text: str) -> None:
        """Tell a person of something that is wrong: in the log, and now, at the terminal."""
        logger.warn(text)
        self._mark(Event.NOTICE, text)

    def _reason(self) -> str:
        return self.account_run.reason or "see the tasks above"


def _site(name: str) -> str:
    """Return a variable of the site, e.g. a selector.

    Raises:
        BookingError: the site's variable file does not define it.
    """
    value = BuiltIn().get_variable_value(f"${{{name}}}")
    if value is None:
        raise BookingError(f"the site's file under variables/ does not define {name}")
    return str(value)


def _credentials() -> Credentials:
    """Return the library that has read the secrets of this worker."""
    library = BuiltIn().get_library_instance("Credentials")
    if not isinstance(library, Credentials):
        raise BookingError("the library Credentials is not imported")
    return library


def _clean(text: str) -> str:
    try:
        return _credentials().clean(text)
    except SettingsError:
        return text  # Whoever cannot read the secrets has typed none that a page could show.


def _listed(slots: Iterable[Slot]) -> str:
    return "; ".join(str(slot) for slot in slots) or "nothing"
