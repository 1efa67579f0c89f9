"""Each kind of fault, where and when the rules let it bite; and the log of requests."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
import requests

from practice.client import ControlError
from tests.unit.practice.conftest import SECONDS, RunningVenue, book_path

BROKEN = (requests.ConnectionError, requests.exceptions.ChunkedEncodingError)


def rule(venue: RunningVenue, **values: Any) -> None:  # noqa: ANN401 - JSON
    venue.client.add_faults({"app": "site", "path": "^/$", **values})


def log(venue: RunningVenue, path: str = "/") -> list[tuple[int | None, str | None]]:
    return [(each["status"], each["fault"]) for each in venue.records("requests") if each["path"] == path]


def test_status_skip_and_times(venue: RunningVenue) -> None:
    rule(venue, do="status", status=520, body="<h1>Web server is returning an unknown error</h1>", skip=1, times=2)
    browser = venue.browser()
    assert [browser.get("/").status for _ in range(4)] == [200, 520, 520, 200]
    [told] = venue.client.faults()
    assert (told["seen"], told["hits"]) == (3, 2)
    assert log(venue) == [(200, None), (520, "status"), (520, "status"), (200, None)]
    venue.client.control("DELETE", "/records/requests")
    assert log(venue) == []


def test_rules_keep_to_app_path_method_and_account(venue: RunningVenue) -> None:
    rule(venue, do="status", path="^/basket/", email=venue.email(1), method="GET")
    rule(venue, app="portal", do="status", path="^/basket/")
    assert venue.member(0).get("/basket/").status == 200
    father = venue.member(1)
    assert father.get("/basket/").status == 503
    assert father.get("/dashboards/").status == 200
    venue.client.clear_faults()
    assert father.get("/basket/").status == 200


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("do", ["drop", "status"])
def test_a_hold_stands_or_not_as_the_fault_came_after_or_before(venue: RunningVenue, do: str, when: str) -> None:
    browser = venue.member()
    rule(venue, path="book.aspx", do=do, when=when, times=1)
    path = book_path(192, venue.open_day(), 10)
    if do == "status":
        assert browser.get(path).status == 503
    else:
        with pytest.raises(BROKEN):
            browser.get(path)
    assert len(venue.records("holds")) == (when == "after")
    assert log(venue, path)[0] == (503 if do == "status" else None, do)
    assert browser.get(path).url.endswith("/basket/")


def test_a_truncated_answer_breaks_off(venue: RunningVenue) -> None:
    rule(venue, do="truncate", times=1)
    browser = venue.browser()
    with pytest.raises(BROKEN):
        browser.get("/")
    assert browser.get("/").has("h1")
    assert [fault for _, fault in log(venue)] == ["truncate", None]


def test_a_hanging_connection_gives_no_answer_and_holds_up_nobody_else(venue: RunningVenue) -> None:
    rule(venue, do="hang")
    browser = venue.browser()
    with pytest.raises(requests.Timeout):
        browser.session.get(venue.welcome.site_url, timeout=0.3)
    assert browser.get("/security/login.aspx").status == 200


def test_a_hang_of_some_seconds_ends_without_an_answer(venue: RunningVenue) -> None:
    rule(venue, do="hang", seconds=0.1)
    with pytest.raises(BROKEN):
        venue.browser().get("/")


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("do", ["hang", "pause"])
def test_what_is_held_up_goes_on_when_the_rules_are_cleared(venue: RunningVenue, do: str, when: str) -> None:
    browser = venue.member()
    rule(venue, path="book.aspx", do=do, when=when, times=1)
    with ThreadPoolExecutor() as pool:
        asking = pool.submit(browser.get, book_path(192, venue.open_day(), 10))
        while not venue.client.faults()[0]["hits"]:
            time.sleep(0.01)
        assert len(venue.records("holds")) == (when == "after")
        assert not asking.done()
        venue.client.clear_faults()
        if do == "pause":
            assert asking.result().url.endswith("/basket/")
        else:
            with pytest.raises(BROKEN):
                asking.result()
    assert len(venue.records("holds")) == (do == "pause" or when == "after")


def test_a_delay_holds_up_and_then_answers(venue: RunningVenue) -> None:
    rule(venue, do="delay", seconds=0.3)
    assert venue.browser().get("/").status == 200
    [record] = [each for each in venue.records("requests") if each["path"] == "/"]
    assert record["ms"] >= 300


def test_a_challenge_page_looks_like_the_edge(venue: RunningVenue) -> None:
    rule(venue, do="challenge")
    answer = requests.get(venue.welcome.site_url, timeout=SECONDS)
    assert answer.status_code == 403
    assert answer.headers["cf-mitigated"] == "challenge"
    assert "<title>Just a moment...</title>" in answer.text


def test_a_session_expires_at_the_rule(venue: RunningVenue) -> None:
    browser = venue.member()
    rule(venue, path="book.aspx", do="expire_session", times=1)
    path = book_path(192, venue.open_day(), 10)
    assert browser.redirect(path).startswith("/security/login.aspx")
    assert browser.log_in(venue.welcome.accounts[0], f"/security/login.aspx?fdReturnURL={path}").status == 200


def test_windows_are_counted_from_the_latest_opening(venue: RunningVenue) -> None:
    rule(venue, do="status", from_opening=-5, to_opening=10)
    day = venue.open_day(35)
    browser = venue.browser()
    venue.client.set_opening(day, "pending")
    assert browser.get("/").status == 200
    opens = round(venue.clock()) + 60
    venue.client.set_opening(day, datetime.fromtimestamp(opens, UTC))
    for age, status in ((-6, 200), (-5, 503), (9, 503), (10, 200)):
        venue.clock.stopped = opens + age
        assert browser.get("/").status == status, age


def test_a_hold_tells_arrival_and_instant_apart(venue: RunningVenue) -> None:
    browser = venue.member()
    venue.client.change_settings(latency_ms=100)
    browser.redirect(book_path(192, venue.open_day(), 10))
    [hold] = venue.records("holds")
    assert hold["at"] - hold["arrived"] >= 100


def test_latency_and_the_slow_phase_delay_the_site_only(venue: RunningVenue) -> None:
    venue.client.change_settings(latency_ms=50, slow_seconds=0.3, slow_for_seconds=10)
    browser = venue.browser()
    day = venue.open_day(35)
    opens = round(venue.clock()) + 3600
    venue.client.set_opening(day, datetime.fromtimestamp(opens, UTC))
    for age in (-1, 1, 11):
        venue.clock.stopped = opens + age
        browser.get("/")
    before, slow, after = [each["ms"] for each in venue.records("requests") if each["path"] == "/"]
    assert before >= 50
    assert slow >= 350
    assert after >= 50


@pytest.mark.parametrize(
    ("bad", "named"),
    [
        ({"app": "moon"}, "app"),
        ({"do": "explode"}, "do"),
        ({"when": "never"}, "when"),
        ({"path": "("}, "path"),
        ({"colour": 1}, "colour"),
        ({"do": None}, "do"),
    ],
)
def test_a_rule_that_cannot_be_is_refused_with_its_reason(venue: RunningVenue, bad: dict[str, Any], named: str) -> None:
    with pytest.raises(ControlError, match=named) as refused:
        venue.client.add_faults({"app": "site", "path": "/", "do": "drop", **bad})
    assert refused.value.status == 400
    assert venue.client.faults() == []


def test_faults_reach_the_sheet_with_its_own_kind_of_body(venue: RunningVenue) -> None:
    rule(venue, app="sheet", path="/v4/", do="status", status=429)
    answer = requests.get(f"{venue.welcome.sheet_url}/v4/spreadsheets/x", timeout=SECONDS)
    assert answer.status_code == 429
    assert answer.json()["error"]["status"] == "RESOURCE_EXHAUSTED"
