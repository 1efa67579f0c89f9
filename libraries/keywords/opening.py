"""The wait for the opening: everything is ready, and the clocks are compared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from robot.api import logger
from robot.api.deco import keyword

from booking.ledger.states import Event
from booking.opening.clock import Sample
from booking.opening.waiting import Duty
from booking.site.pages import HourState
from keywords.component import KeywordComponent

TAGS = ("opening",)


class OpeningKeywords(KeywordComponent):
    """Keywords of the wait."""

    @keyword(tags=TAGS)
    def prepare_to_hold(self, event_id: str, calendar: str) -> None:
        """Makes everything ready that the opening must not wait for: addresses, intentions in the ledger.

        Args:
            event_id: the court's own event id, read from its page.
            calendar: HTML of the week of the slot day; hours that it shows as taken are not requested.
        """
        self.worker.event_id = event_id
        wanted = {slot for wish in self.account_run.wanted for slot in wish.slots}
        gone = {slot for slot in wanted if self.worker.read_slot_hour(calendar, slot) is HourState.CLOSED}
        for slot in sorted(gone):
            logger.warn(f"{slot} is shown as booked before the opening")
        self.account_run.prepare_to_hold(gone)
        self.worker.record_event(Event.READY)
        self.worker.leave_gate()

    @keyword(tags=TAGS)
    def wait_for_next_duty(self) -> Duty:
        """Waits until something is due: ``keep alive``, ``measure the clock``, or ``open`` half a second ahead.

        The page that sends the first request waits for the rest, see `Fetch Page`. A signal ends this wait
        at once.
        """
        return self.waiting.next_duty()

    @keyword(tags=TAGS)
    def wait_for_next_clock_sample(self) -> bool:
        """Waits until the site should be asked for its time once more; tells whether it should be asked at all.

        When no more is to be asked, what is known of the two clocks goes to the ledger, for the report.
        """
        if self.waiting.sample_due():
            return True
        if self.waiting.set_by:
            self.worker.warn(
                f"this machine's clock was set by {self.waiting.set_by:+.1f} s during the wait, or it slept"
            )
        offset = self.waiting.offset
        if offset is not None:
            logger.info(str(offset))
            self.worker.record_event(Event.CLOCK, f"warning: {offset}" if offset.notable else str(offset))
            if offset.notable:
                self.worker.warn(f"{offset}, so one of them is wrong")
        return False

    @keyword(tags=TAGS)
    def record_clock_sample(self, seen: Mapping[str, Any]) -> None:
        """Takes in what the site's answer says of its clock; an answer that says nothing ends the measurement."""
        try:
            sample = Sample.from_header(float(seen["sent"]) / 1000, float(seen["answered"]) / 1000, str(seen["date"]))
        except ValueError:
            logger.warn(f"The site gave no time that can be read ({str(seen['date'])[:60]!r}); this machine's is used")
            sample = None
        self.waiting.take_sample(sample)
