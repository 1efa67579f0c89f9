"""What the pages of the site say, and how it compares with the plan."""

from __future__ import annotations

from collections.abc import Sequence

from robot.api import logger
from robot.api.deco import keyword

from booking.model import Slot
from booking.outcomes import Outcome
from booking.site.pages import Basket, BookingRow, days_shown, read_basket, read_rows, weeks_between
from booking.site.responses import is_challenge
from keywords.component import KeywordComponent, listed

TAGS = ("pages",)


class PageKeywords(KeywordComponent):
    """Keywords that read pages."""

    @keyword(tags=TAGS)
    def page_should_not_be_challenge(self, html: str) -> None:
        """Stops at a challenge or queue page: a person has to look, nothing tries to get round it."""
        if is_challenge(html):
            why = "the site shows a challenge page: open it in a browser and look"
            self.account_run.stop_here(Outcome.NEEDS_PERSON, why)

    @keyword(tags=TAGS)
    def read_bookings(self, html: str) -> tuple[BookingRow, ...]:
        """Returns the rows of one page of My Bookings.

        Raises:
            PageError: a row cannot be understood.
        """
        return read_rows(html, row=self.markup.booking_row, cell=self.markup.booking_cell)

    @keyword(tags=TAGS)
    def read_basket(self, html: str) -> Basket:
        """Returns what the basket page shows: lines, total and credit, in pence, and what cannot be understood."""
        return read_basket(
            html,
            line=self.markup.basket_line,
            cell=self.markup.basket_cell,
            total=self.markup.basket_total,
            credit=self.markup.basket_credit,
        )

    @keyword(tags=TAGS)
    def compare_with_plan(self, bookings: Sequence[BookingRow], basket: Basket) -> None:
        """Compares what is wanted with My Bookings and the basket, so that nothing is booked twice."""
        self.account_run.stock.compare_with_plan(bookings, basket)
        logger.info(f"Still wanted: {listed(wish.first for wish in self.account_run.wanted)}")
        logger.info(f"Held already: {listed(self.account_run.held)}")

    @keyword(tags=TAGS)
    def get_wanted_slots(self) -> tuple[Slot, ...]:
        """Returns the slot wanted most of each wish for which nothing is held yet."""
        return tuple(wish.first for wish in self.account_run.wanted)

    @keyword(tags=TAGS)
    def get_weeks_to_slot_day(self, html: str) -> int:
        """Returns how many steps to the next week lead from the week this court page shows to the slot day's.

        Raises:
            StopError: the page shows no week.
        """
        wanted = self.account_run.plan.slot_day
        shown = days_shown(html, day=self.markup.calendar_day, title=self.markup.calendar_day_title, near=wanted)
        if not shown:
            self.account_run.stop_here(Outcome.SITE_ERROR, "the court page shows no days")
        return weeks_between(shown[0], wanted)
