"""The opening to the millisecond, and one owner a slot at most."""

from __future__ import annotations

import threading
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from practice.clock import LONDON, Openings, rule
from tests.unit.practice.conftest import World, book_path

COURT_1 = "/courses/detail/171/practice-fields-tennis-court-1/"


def announce(world: World, day: date, instant: float | str | None) -> None:
    if isinstance(instant, float):
        instant = datetime.fromtimestamp(instant, LONDON).isoformat()
    world.control("POST", "/opening", {"date": day.isoformat(), "instant": instant})


def rival(world: World, day: date, hour: int, **values: Any) -> None:  # noqa: ANN401 - JSON
    world.control("POST", "/rival", {"court": 1, "date": day.isoformat(), "hour": hour, **values})


def states(world: World) -> list[tuple[str, str]]:
    return [(hold["email"].partition("@")[0], hold["state"]) for hold in world.records("holds")]


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


def test_the_site_opens_to_the_millisecond_by_rule_as_announced_and_late(world: World) -> None:
    browser = world.member()
    day = world.open_day(35)
    path = book_path(192, day, 10)
    midnight = rule(day).timestamp()
    world.control("POST", "/settings", {"session_minutes": 100_000})
    for opens, delay in ((midnight, 0.0), (midnight + 3600, 0.0), (midnight + 3600, 8.0)):
        if opens != midnight:
            announce(world, day, opens)
        world.control("POST", "/settings", {"opening_delay_seconds": delay})
        world.clock.stopped = opens + delay - 0.001
        assert browser.redirect(path) == COURT_1
        world.clock.stopped = opens + delay
        page = browser.get(path)
        assert page.url.endswith("/basket/")
        assert world.records("holds")[-1]["at"] == pytest.approx((opens + delay) * 1000, abs=0.01)
        browser.post_back(page, "a.basket-remove")


def test_a_pending_day_stays_closed_until_announced_and_goes_back_to_the_rule(world: World) -> None:
    browser = world.member()
    day = world.open_day()
    announce(world, day, "pending")
    assert world.control("GET", f"/opening?date={day}") == {"date": day.isoformat(), "instant": None, "rule": False}
    assert browser.redirect(book_path(192, day, 10)) == COURT_1
    announce(world, day, world.clock() - 1)
    assert browser.redirect(book_path(192, day, 10)) == "/basket/"
    announce(world, day, None)
    assert world.control("GET", f"/opening?date={day}")["rule"] is True


def test_many_clients_racing_for_one_slot_get_exactly_one_hold(world: World) -> None:
    day = world.open_day()
    browsers = [world.member(number % 3) for number in range(6)]
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
    [hold] = world.records("holds")
    winners = {number % 3 for number, where in led.items() if where == "/basket/"}
    assert [world.email(number) for number in winners] == [hold["email"]]
    assert hold["arrived"] <= hold["at"]


def test_holding_again_changes_nothing_and_another_account_is_refused(world: World) -> None:
    day = world.open_day()
    browser = world.member()
    for _ in range(2):
        assert browser.redirect(book_path(192, day, 10)) == "/basket/"
    assert world.member(1).redirect(book_path(192, day, 10)) == COURT_1
    assert states(world) == [("mother", "held")]
    column = f"#ctl00_PageContent_repWeek_ctl0{30 % 7}_FacilityDay1_ulHours"
    page = browser.get(COURT_1)
    for _ in range(4):
        page = browser.post_back(page, "#ctl00_PageContent_btnNextWeek")
    assert "10:00Booked" in page.texts(f"{column} li.facility-closed > div")


def test_the_same_number_of_another_parks_event_is_another_slot(world: World) -> None:
    day = world.open_day()
    assert world.member().redirect(book_path(192, day, 10)) == "/basket/"
    assert world.member(1).redirect(book_path(171, day, 10)) == "/basket/"
    assert [hold["facility"] for hold in world.records("holds")] == [
        "Practice Fields Tennis Court 1",
        "Quarry Green Tennis Court 1",
    ]


def test_a_hold_runs_out_and_the_slot_comes_back(world: World) -> None:
    day = world.open_day()
    path = book_path(192, day, 10)
    mother = world.member()
    basket = mother.get(path)
    world.control("POST", "/settings", {"session_minutes": 120})
    father = world.member(1)
    world.clock.ahead += 44 * 60
    assert father.redirect(path) == COURT_1
    world.clock.ahead += 2 * 60
    page = mother.post_back(basket, "#ctl00_PageContent_btnContinue")
    assert "released" in page.text("div.validation-summary-errors")
    assert "Your basket is empty." in page.text("div.content-main")
    assert not page.has("#ctl00_PageContent_btnContinue")
    assert father.redirect(path) == "/basket/"
    assert states(world) == [("mother", "expired"), ("father", "held")]


def test_removing_gives_back_one_slot_of_ones_own(world: World) -> None:
    day = world.open_day()
    mother, father = world.member(), world.member(1)
    page = mother.get(book_path(192, day, 10))
    father.get(book_path(192, day, 11))
    [foreign] = [hold["id"] for hold in world.records("holds") if hold["email"] == world.email(1)]
    target = "ctl00$PageContent$repBasket$ctl00$btnRemove"
    mother.send(page, page.fields() | {"__EVENTTARGET": target, "__EVENTARGUMENT": str(foreign)})
    assert states(world) == [("mother", "held"), ("father", "held")]
    page = mother.post_back(page, "a.basket-remove")
    assert "Your basket is empty." in page.text("div.content-main")
    assert states(world) == [("mother", "released"), ("father", "held")]


def test_a_rival_comes_now_in_time_or_at_the_worst_moment(world: World) -> None:
    browser = world.member()
    day = world.open_day()
    opens = world.clock() + 60
    announce(world, day, opens)
    rival(world, day, 10, at="now")
    rival(world, day, 11, at=2)
    rival(world, day, 12, at=2)
    rival(world, day, 14, at="worst")

    assert browser.redirect(book_path(192, day, 14)) == COURT_1, "not open yet: the worst moment has not come"
    world.clock.stopped = opens + 1.999
    assert browser.redirect(book_path(192, day, 10)) == COURT_1
    assert browser.redirect(book_path(192, day, 11)) == "/basket/", "faster than the rival"
    assert browser.redirect(book_path(192, day, 14)) == COURT_1
    world.clock.stopped = opens + 5
    assert browser.redirect(book_path(192, day, 12)) == COURT_1, "slower than the rival"
    owners = {hold["hour"]: (hold["state"], hold["at"]) for hold in world.records("holds")}
    assert {hour: state for hour, (state, _) in owners.items()} == {
        10: "rival",
        11: "held",
        12: "rival",
        14: "rival",
    }
    assert owners[12][1] == pytest.approx((opens + 2) * 1000, abs=1), "at its instant, not when somebody looked"


def test_a_rival_who_does_not_pay_lets_the_slot_come_back(world: World) -> None:
    browser = world.member()
    day = world.open_day()
    rival(world, day, 10, at="now", release_after=300)
    assert browser.redirect(book_path(192, day, 10)) == COURT_1
    world.clock.ahead += 301
    assert browser.redirect(book_path(192, day, 10)) == "/basket/"
    assert states(world) == [("rival", "expired"), ("mother", "held")]


def test_coaching_blocks_a_free_slot_only(world: World) -> None:
    browser = world.member()
    day = world.open_day()
    blocked = {"court": 1, "date": day.isoformat(), "hour": 10}
    assert world.control("POST", "/block", blocked) == {"blocked": True}
    assert browser.redirect(book_path(192, day, 10)) == COURT_1
    browser.get(book_path(192, day, 11))
    assert world.control("POST", "/block", blocked | {"hour": 11}) == {"blocked": False}
    assert states(world) == [("mother", "held")]


def test_a_past_hour_of_today_cannot_be_had(world: World) -> None:
    browser = world.member()
    world.control("POST", "/settings", {"session_minutes": 100_000})
    day = world.stand_at(11, 30)
    assert browser.redirect(book_path(192, day, 11)) == COURT_1
    assert browser.redirect(book_path(192, day, 14)) == "/basket/"
    assert browser.redirect(book_path(192, day - timedelta(days=1), 14)) == COURT_1


def test_a_basket_that_runs_out_frees_its_slots(world: World) -> None:
    day = world.open_day()
    mother = world.member(0)
    mother.get(book_path(192, day, 10))
    assert world.control("POST", "/holds/expire", {"email": world.email(1)}) == {"expired": 0}
    assert world.control("POST", "/holds/expire", {"email": world.email(0)}) == {"expired": 1}
    world.member(1).get(book_path(192, day, 10))
    assert states(world) == [("mother", "expired"), ("father", "held")]
