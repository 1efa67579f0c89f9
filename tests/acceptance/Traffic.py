"""What the site was asked for, and when, as keywords that judge from its own log of requests."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from typing import Any

from robot.api import logger
from robot.api.deco import keyword, library

from booking.account.hold_strategy import Limits
from tests.acceptance.Venue import COURTS, venue_of_suite

BOOK = "/courses/book.aspx"
CALENDAR = "/courses/detail/"
LIMITS = Limits()


@library(scope="SUITE")
class Traffic:
    """The requests of each account, as the venue of the suite has seen them."""

    @keyword
    def requests_should_follow_each_other(self, *accounts: str) -> None:
        """Checks that no account has asked for anything while an answer to it was still to come.

        Style sheets apart: a browser asks for them while it builds a page.
        """
        for account in accounts:
            asked = [each for each in self._asked_by(account) if not each["path"].startswith("/static/")]
            for one, other in pairwise(asked):
                if one["ms"] is None or other["at"] < _answered(one):
                    raise AssertionError(f"{account} has asked for {other['path']} before {one['path']} was answered")
            if not asked:
                raise AssertionError(f"{account} has asked for nothing at all")

    @keyword
    def slot_should_be_asked_for(self, account: str, hour: int, at_most: int = LIMITS.tries, at_least: int = 1) -> None:
        """Checks how often an account has asked for a slot; without a number, as often as a run may try."""
        times = len(self._asked_for(account, hour))
        if not at_least <= times <= at_most:
            raise AssertionError(f"{account} has asked {times} times for {hour}:00, not {at_least} to {at_most} times")

    @keyword
    def pauses_should_grow(self, account: str, hour: int) -> None:
        """Checks that an account has asked ever more rarely for a slot: the last three pauses outweigh all others."""
        pauses = [other["at"] - _answered(one) for one, other in pairwise(self._asked_for(account, hour))]
        logger.info(f"Pauses of {account} before {hour}:00, in ms: {[round(pause) for pause in pauses]}")
        if len(pauses) < 5 or sum(pauses[-3:]) <= sum(pauses[:-3]):
            raise AssertionError(f"the pauses do not grow: {[round(pause) for pause in pauses]} ms")

    @keyword
    def slot_should_be_asked_for_once(self, account: str, hour: int, since: datetime) -> None:
        """Checks that one request for a slot has reached the site from an instant on."""
        times = len([each for each in self._asked_for(account, hour) if each["at"] >= since.timestamp() * 1000])
        if times != 1:
            raise AssertionError(f"{account} has asked {times} times for {hour}:00 since {since:%H:%M:%S.%f}")

    @keyword
    def slots_should_be_asked_for_together(self, account: str, *hours: int) -> None:
        """Checks that an account's first requests were for these slots, in this order, with nothing in between."""
        asked = self._asked_by(account)
        first = next((place for place, each in enumerate(asked) if each["path"].startswith(BOOK)), len(asked))
        found = [each["path"] for each in asked[first : first + len(hours)]]
        if [path.rpartition("fdTime=")[2] for path in found] != [str(hour) for hour in hours]:
            raise AssertionError(f"{account} has not begun with {hours} in one go but with {found}")

    @keyword
    def one_slot_should_be_asked_for(self, account: str) -> None:
        """Checks that an account has sent one request for a slot, whichever, and then no more."""
        asked = [each["path"] for each in self._asked_by(account) if each["path"].startswith(BOOK)]
        if len(asked) != 1:
            raise AssertionError(f"{account} has asked for {asked}")

    @keyword
    def taken_slot_should_be_left_alone(self, account: str, hour: int) -> None:
        """Checks that a slot was not asked for again after the calendar, which shows it as taken, was looked at."""
        asked = self._asked_for(account, hour)
        looks = [each["at"] for each in self._looks(account) if each["at"] > asked[0]["at"]]
        if not looks:
            raise AssertionError(f"{account} has not looked at the calendar after the first request for {hour}:00")
        if asked[-1]["at"] > looks[0]:
            raise AssertionError(f"{account} has asked for {hour}:00 after a look at the calendar")

    @keyword
    def looks_should_be_apart(
        self, account: str, seconds: float, since: datetime, after_call: int | None = None
    ) -> None:
        """Checks that an account has come to look more than once since an instant, each time so far apart at least."""
        looks = [each["at"] for each in self._visits(account, after_call) if each["at"] >= since.timestamp() * 1000]
        apart = [(later - earlier) / 1000 for earlier, later in pairwise(looks)]
        logger.info(f"Seconds between looks of {account}: {[round(each, 2) for each in apart]}")
        if not apart or min(apart) < seconds:
            raise AssertionError(f"{account}: looks are {[round(each, 2) for each in apart]} s apart")

    @keyword
    def slot_should_be_seen_free_again(self, account: str, hour: int, at_least: int = 3) -> None:
        """Checks that an account has turned to the calendar so often since a rival gave a slot of its court back."""
        rivals = [each for each in venue_of_suite().get_records()["holds"] if each["email"].startswith("rival@")]
        given = [each["expires"] for each in rivals if (each["court"], each["hour"]) == (COURTS[account], hour)]
        looks = [each for each in self._looks(account) if given and each["at"] > given[0]]
        if len(looks) < at_least:
            raise AssertionError(f"{account} has turned to the calendar {len(looks)} times since {hour}:00 was free")

    def _asked_for(self, account: str, hour: int) -> list[dict[str, Any]]:
        slot = f"fdTime={hour}"
        return [
            each for each in self._asked_by(account) if each["path"].startswith(BOOK) and each["path"].endswith(slot)
        ]

    def _looks(self, account: str) -> list[dict[str, Any]]:
        posts = [each for each in self._asked_by(account) if each["method"] == "POST"]
        return [each for each in posts if each["path"].startswith(CALENDAR)]

    def _visits(self, account: str, after_call: int | None) -> list[dict[str, Any]]:
        """Return the first of the two requests of each quiet look: on to the slot day's week, and back."""
        asked = self._asked_by(account, after_call)
        last = max(place for place, each in enumerate(asked) if each["path"].startswith(BOOK))
        after = [each for each in asked[last + 1 :] if each["method"] == "POST" and each["path"].startswith(CALENDAR)]
        return after[::2]

    @staticmethod
    def _asked_by(account: str, after_call: int | None = None) -> list[dict[str, Any]]:
        venue = venue_of_suite()
        email = venue.practice.emails[account]
        return [
            each
            for each in venue.get_records(after_call)["requests"]
            if (each["app"], each["email"]) == ("site", email)
        ]


def _answered(request: dict[str, Any]) -> float:
    """Return when a request was answered, in milliseconds since the epoch."""
    return float(request["at"]) + float(request["ms"])
