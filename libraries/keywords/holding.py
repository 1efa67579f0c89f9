"""From the opening to the hold, and the second chance: what to do next, step by step."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from robot.api import logger
from robot.api.deco import keyword

from booking.account.hold_strategy import Step
from booking.addresses import slot_address
from booking.model import Slot
from booking.opening.second_chance import next_look
from booking.opening.waiting import sleep_until
from booking.site.pages import Basket, HourState
from booking.site.responses import HoldResponse, ResponseKind, read_response
from keywords.component import KeywordComponent, WorkerState, listed

TAGS = ("holding",)


class HoldingKeywords(KeywordComponent):
    """Keywords that take in what the site said, and return the next step."""

    def __init__(self, worker: WorkerState) -> None:
        """Share the worker's state with the other components."""
        super().__init__(worker)
        self._blocked = ""
        self._last_look = 0.0

    @keyword(tags=TAGS)
    def get_first_step(self) -> Step:
        """Returns the first step of the opening: to be taken at that instant by the site's clock."""
        step = self.account_run.begin_holding(self.waiting.opens)
        return replace(step, at=self.waiting.opens) if self.account_run.plan.wait and self.waiting.opens else step

    @keyword(tags=TAGS)
    def get_addresses(self, step: Step) -> list[str]:
        """Returns the addresses that request the slots of this step, in the order in which they are to be sent."""
        site, path = self.account_run.plan.site_url, self.markup.book_path
        return [slot_address(site, path, self.worker.event_id, request.slot) for request in step.requests]

    @keyword(tags=TAGS)
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
        response = read_response(seen, slot, self.account_run.account.facility, self.markup)
        logger.info(f"{slot}: {response.kind}{f' ({response.why})' if response.why else ''}")
        if response.kind is ResponseKind.BLOCKED:
            self._blocked = str(seen["html"])
        return response

    @keyword(tags=TAGS)
    def record_slot_day(self, step: Step, calendar: str) -> Step:
        """Takes in the week of the slot day, as HTML (empty if it could not be had), and returns the next step."""
        state = self.worker.read_slot_hour(calendar, step.request.slot)
        return self._after_pause(self.account_run.take_calendar(step, state))

    @keyword(tags=TAGS)
    def record_basket(self, step: Step, basket: Basket) -> Step:
        """Takes in the basket after a request that got no response, and returns the next step."""
        return self._after_pause(self.account_run.take_basket(step, basket))

    @keyword(tags=TAGS)
    def record_new_login(self) -> Step:
        """Takes in that a new login succeeded, and returns the next step."""
        return self._after_pause(self.account_run.take_login())

    @keyword(tags=TAGS)
    def get_blocking_page(self) -> str:
        """Returns the HTML of the page with which the site ended the requests; empty if it did not."""
        return self._blocked

    @keyword(tags=TAGS)
    def end_holding(self) -> None:
        """Records what became of every slot that was requested."""
        self.account_run.end_holding()

    @keyword(tags=TAGS)
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
            self.worker.explained = True
            raise AssertionError(told)

    @keyword(tags=TAGS)
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

    @keyword(tags=TAGS)
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
            if self.worker.read_slot_hour(calendar, slot) is HourState.FREE
        }
        logger.info(f"Free again: {listed(sorted(back))}")
        if back and self.account_run.unsettled:
            # It would lie in one basket with what may have been paid for, and could not be paid.
            logger.warn(f"Not requested, since the payment of {listed(self.account_run.unsettled)} is not settled")
            back = set()
        return self._after_pause(self.account_run.begin_holding_returned(back, self.waiting.opens))

    @keyword(tags=TAGS)
    def end_holding_returned_slots(self) -> bool:
        """Records what became of the slots that had come back; returns whether one of them is held now."""
        if not self.account_run.end_holding() or not self.account_run.held:
            return False
        self.account_run.about_to_pay()
        return True

    @keyword(tags=TAGS)
    def lost_slots_should_be_back(self) -> None:
        """Ends the watch.

        Raises:
            AssertionError: something that was wanted did not come back.
        """
        if self.account_run.watched:
            self.worker.explained = True
            raise AssertionError(f"{listed(wish.first for wish in self.account_run.watched)} did not come back")

    @staticmethod
    def _after_pause(step: Step) -> Step:
        if step.pause:
            time.sleep(step.pause)
        return step

    def _watch_is_vain(self) -> bool:
        if self.account_run.stopped:
            logger.warn(f"Not watched any longer: {self.worker.reason}")
            return True
        declined_for = self.account_run.payment.declined_for
        if declined_for:
            logger.warn(f"Not watched any longer: the card was declined for {declined_for}")
        return bool(declined_for)
