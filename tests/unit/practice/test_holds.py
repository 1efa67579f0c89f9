"""The opening to the millisecond, and one owner a slot at most."""

from __future__ import annotations

import threading
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from practice.clock import LONDON, Openings, rule
from tests.unit.practice.conftest import RunningVenue, book_path

COURT_1 = "/courses/detail/171/practice-fields-tennis-court-1/"


def announce(venue: RunningVenue, day: date, instant: float) -> None:
    venue.client.set_opening(day, datetime.fromtimestamp(instant, LONDON))


def rival(venue: RunningVenue, day: date, hour: int, **values: Any) -> None:  # noqa: ANN401 - JSON
    venue.client.send_rival(1, day, hour, **values)


def states(venue: RunningVenue) -> list[tuple[str, str]]:
    return [(hold["email"].partition("@")[0], hold["state"]) for hold in venue.records("holds")]


@pytest.mark.parametrize(
    ("day", "opens"),
    [
        (date(2026, 12, 28), "2026-11-24T00:00:00+00:00"),
        (date(2027, 2, 4), "2027-01-01T00:00:00+00:00"),
        (date(2028, 4, 4), "2028-03-01T00:00:00+00:00"),
        (date(2027, 5, 2), "2027-03-29T00:00:00+01:00"),  # the clocks went forward the night before
        (date(2027, 5, 1), "2027-03-28T00:00:00+00:00"),
        (date(2026, 11, 29), "2026-10-26T00:00:00+00:00"),  # the clocks went back the night before
        (date(2026, 11, 28), "2026-10-25T00:00:00+01:00"),
    ],
)
def test_a_day_opens_at_midnight_in_london_after_the_day_35_before_it(day: date, opens: str) -> None:
    assert rule(day).isoformat() == opens
    instant = rule(day).timestamp() * 1000
    openings = Openings()
    assert not openings.is_open(day, instant - 1)
    assert openings.is_open(day, instant)


def test_the_site_opens_to_the_millisecond_by_rule_as_announced_and_late(venue: RunningVenue) -> None:
    browser = venue.member()
    day = venue.open_day(35)
    path = book_path(192, day, 10)
    midnight = rule(day).timestamp()
    venue.client.change_settings(session_minutes=100_000)
    for opens, delay in ((midnight, 0.0), (midnight + 3600, 0.0), (midnight + 3600, 8.0)):
        if opens != midnight:
            announce(venue, day, opens)
        venue.client.change_settings(opening_delay_seconds=delay)
        venue.clock.stopped = opens + delay - 0.001
        assert browser.redirect(path) == COURT_1
        venue.clock.stopped = opens + delay
        page = browser.get(path)
        assert page.url.endswith("/basket/")
        assert venue.records("holds")[-1]["at"] == pytest.approx((opens + delay) * 1000, abs=0.01)
        browser.post_back(page, "a.basket-remove")


def test_a_pending_day_stays_closed_until_announced_and_goes_back_to_the_rule(venue: RunningVenue) -> None:
    browser = venue.member()
    day = venue.open_day()
    venue.client.set_opening(day, "pending")
    assert venue.client.control("GET", f"/opening?date={day}") == {
        "date": day.isoformat(),
        "instant": None,
        "rule": False,
    }
    assert browser.redirect(book_path(192, day, 10)) == COURT_1
    announce(venue, day, venue.clock() - 1)
    assert browser.redirect(book_path(192, day, 10)) == "/basket/"
    venue.client.set_opening(day, None)
    assert venue.client.control("GET", f"/opening?date={day}")["rule"] is True


def test_many_clients_racing_for_one_slot_get_exactly_one_hold(venue: RunningVenue) -> None:
    day = venue.open_day()
    browsers = [venue.member(number % 3) for number in range(6)]
    start = threading.Barrier(len(browsers))
    led: dict[int, str] = {}

    def reach(number: int) -> None:
        start.wait(20)
        led[number] = browsers[number].redirect(book_path(192, day, 10))

    threads = [threading.Thread(target=reach, args=(number,)) for number in range(len(browsers))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    [hold] = venue.records("holds")
    winners = {number % 3 for number, where in led.items() if where == "/basket/"}
    assert [venue.email(number) for number in winners] == [hold["email"]]
    assert hold["arrived"] <= hold["at"]


def test_holding_again_changes_nothing_and_another_account_is_refused(venue: RunningVenue) -> None:
    day = venue.open_day()
    browser = venue.member()
    for _ in range(2):
        assert browser.redirect(book_path(192, day, 10)) == "/basket/"
    assert venue.member(1).redirect(book_path(192, day, 10)) == COURT_1
    assert states(venue) == [("mother", "held")]
    column = f"#ctl00_PageContent_repWeek_ctl0{30 % 7}_FacilityDay1_ulHours"
    page = browser.get(COURT_1)
    for _ in range(4):
        page = browser.post_back(page, "#ctl00_PageContent_btnNextWeek")
    assert "10:00Booked" in page.texts(f"{column} li.facility-closed > div")


def test_the_same_number_of_another_parks_event_is_another_slot(venue: RunningVenue) -> None:
    day = venue.open_day()
    assert venue.member().redirect(book_path(192, day, 10)) == "/basket/"
    assert venue.member(1).redirect(book_path(171, day, 10)) == "/basket/"
    assert [hold["facility"] for hold in venue.records("holds")] == [
        "Practice Fields Tennis Court 1",
        "Quarry Green Tennis Court 1",
    ]


def test_a_hold_runs_out_and_the_slot_comes_back(venue: RunningVenue) -> None:
    day = venue.open_day()
    path = book_path(192, day, 10)
    mother = venue.member()
    basket = mother.get(path)
    venue.client.change_settings(session_minutes=120)
    father = venue.member(1)
    venue.clock.ahead += 44 * 60
    assert father.redirect(path) == COURT_1
    venue.clock.ahead += 2 * 60
    page = mother.post_back(basket, "#ctl00_PageContent_btnContinue")
    assert "released" in page.text("div.validation-summary-errors")
    assert "Your basket is empty." in page.text("div.content-main")
    assert not page.has("#ctl00_PageContent_btnContinue")
    assert father.redirect(path) == "/basket/"
    assert states(venue) == [("mother", "expired"), ("father", "held")]


def test_removing_gives_back_one_slot_of_ones_own(venue: RunningVenue) -> None:
    day = venue.open_day()
    mother, father = venue.member(), venue.member(1)
    page = mother.get(book_path(192, day, 10))
    father.get(book_path(192, day, 11))
    [foreign] = [hold["id"] for hold in venue.records("holds") if hold["email"] == venue.email(1)]
    target = "ctl00$PageContent$repBasket$ctl00$btnRemove"
    mother.send(page, page.fields() | {"__EVENTTARGET": target, "__EVENTARGUMENT": str(foreign)})
    assert states(venue) == [("mother", "held"), ("father", "held")]
    page = mother.post_back(page, "a.basket-remove")
    assert "Your basket is empty." in page.text("div.content-main")
    assert states(venue) == [("mother", "released"), ("father", "held")]


def test_a_rival_comes_now_in_time_or_at_the_worst_moment(venue: RunningVenue) -> None:
    browser = venue.member()
    day = venue.open_day()
    opens = venue.clock() + 60
    announce(venue, day, opens)
    rival(venue, day, 10, at="now")
    rival(venue, day, 11, at=2)
    rival(venue, day, 12, at=2)
    rival(venue, day, 14, at="worst")

    assert browser.redirect(book_path(192, day, 14)) == COURT_1, "not open yet: the worst moment has not come"
    venue.clock.stopped = opens + 1.999
    assert browser.redirect(book_path(192, day, 10)) == COURT_1
    assert browser.redirect(book_path(192, day, 11)) == "/basket/", "faster than the rival"
    assert browser.redirect(book_path(192, day, 14)) == COURT_1
    venue.clock.stopped = opens + 5
    assert browser.redirect(book_path(192, day, 12)) == COURT_1, "slower than the rival"
    owners = {hold["hour"]: (hold["state"], hold["at"]) for hold in venue.records("holds")}
    assert {hour: state for hour, (state, _) in owners.items()} == {
        10: "rival",
        11: "held",
        12: "rival",
        14: "rival",
    }
    assert owners[12][1] == pytest.approx((opens + 2) * 1000, abs=1), "at its instant, not when somebody looked"


def test_a_rival_who_does_not_pay_lets_the_slot_come_back(venue: RunningVenue) -> None:
    browser = venue.member()
    day = venue.open_day()
    rival(venue, day, 10, at="now", release_after=300)
    assert browser.redirect(book_path(192, day, 10)) == COURT_1
    venue.clock.ahead += 301
    assert browser.redirect(book_path(192, day, 10)) == "/basket/"
    assert states(venue) == [("rival", "expired"), ("mother", "held")]


def test_coaching_blocks_a_free_slot_only(venue: RunningVenue) -> None:
    browser = venue.member()
    day = venue.open_day()
    blocked = {"court": 1, "date": day.isoformat(), "hour": 10}
    assert venue.client.control("POST", "/block", blocked) == {"blocked": True}
    assert browser.redirect(book_path(192, day, 10)) == COURT_1
    browser.get(book_path(192, day, 11))
    assert venue.client.control("POST", "/block", blocked | {"hour": 11}) == {"blocked": False}
    assert states(venue) == [("mother", "held")]


def test_a_past_hour_of_today_cannot_be_had(venue: RunningVenue) -> None:
    browser = venue.member()
    venue.client.change_settings(session_minutes=100_000)
    day = venue.stand_at(11, 30)
    assert browser.redirect(book_path(192, day, 11)) == COURT_1
    assert browser.redirect(book_path(192, day, 14)) == "/basket/"
    assert browser.redirect(book_path(192, day - timedelta(days=1), 14)) == COURT_1


def test_a_basket_that_runs_out_frees_its_slots(venue: RunningVenue) -> None:
    day = venue.open_day()
    mother = venue.member(0)
    mother.get(book_path(192, day, 10))
    assert venue.client.expire_holds(venue.email(1)) == 0
    assert venue.client.expire_holds(venue.email(0)) == 1
    venue.member(1).get(book_path(192, day, 10))
    assert states(venue) == [("mother", "expired"), ("father", "held")]
