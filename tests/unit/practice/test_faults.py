"""Each kind of fault, where and when the rules let it bite; and the log of requests."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from tests.unit.practice.conftest import SECONDS, World, book_path

BROKEN = (requests.ConnectionError, requests.exceptions.ChunkedEncodingError)


def rule(world: World, **values: Any) -> None:  # noqa: ANN401 - JSON
    world.control("POST", "/faults", {"rules": [{"app": "site", "path": "^/$", **values}]})


def log(world: World, path: str = "/") -> list[tuple[int | None, str | None]]:
    return [(each["status"], each["fault"]) for each in world.records("requests") if each["path"] == path]


def test_status_skip_and_times(world: World) -> None:
    rule(world, do="status", status=520, body="<h1>Web server is returning an unknown error</h1>", skip=1, times=2)
    browser = world.browser()
    assert [browser.get("/").status for _ in range(4)] == [200, 520, 520, 200]
    [told] = world.control("GET", "/faults")["rules"]
    assert (told["seen"], told["hits"]) == (3, 2)
    assert log(world) == [(200, None), (520, "status"), (520, "status"), (200, None)]
    world.control("DELETE", "/records/requests")
    assert log(world) == []


def test_rules_keep_to_app_path_method_and_account(world: World) -> None:
    rule(world, do="status", path="^/basket/", email=world.email(1), method="GET")
    rule(world, app="portal", do="status", path="^/basket/")
    assert world.member(0).get("/basket/").status == 200
    father = world.member(1)
    assert father.get("/basket/").status == 503
    assert father.get("/dashboards/").status == 200
    world.control("DELETE", "/faults")
    assert father.get("/basket/").status == 200


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("do", ["drop", "status"])
def test_a_hold_stands_or_not_as_the_fault_came_after_or_before(world: World, do: str, when: str) -> None:
    browser = world.member()
    rule(world, path="book.aspx", do=do, when=when, times=1)
    path = book_path(192, world.open_day(), 10)
    if do == "status":
        assert browser.get(path).status == 503
    else:
        with pytest.raises(BROKEN):
            browser.get(path)
    assert len(world.records("holds")) == (when == "after")
    assert log(world, path)[0] == (503 if do == "status" else None, do)
    assert browser.get(path).url.endswith("/basket/")


def test_a_truncated_answer_breaks_off(world: World) -> None:
    rule(world, do="truncate", times=1)
    browser = world.browser()
    with pytest.raises(BROKEN):
        browser.get("/")
    assert browser.get("/").has("h1")
    assert [fault for _, fault in log(world)] == ["truncate", None]


def test_a_hanging_connection_gives_no_answer_and_holds_up_nobody_else(world: World) -> None:
    rule(world, do="hang")
    browser = world.browser()
    with pytest.raises(requests.Timeout):
        browser.session.get(world.welcome.site_url, timeout=0.3)
    assert browser.get("/security/login.aspx").status == 200


def test_a_hang_of_some_seconds_ends_without_an_answer(world: World) -> None:
    rule(world, do="hang", seconds=0.1)
    with pytest.raises(BROKEN):
        world.browser().get("/")


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("do", ["hang", "pause"])
def test_what_is_held_up_goes_on_when_the_rules_are_cleared(world: World, do: str, when: str) -> None:
    browser = world.member()
    rule(world, path="book.aspx", do=do, when=when, times=1)
    with ThreadPoolExecutor() as pool:
        asking = pool.submit(browser.get, book_path(192, world.open_day(), 10))
        while not world.control("GET", "/faults")["rules"][0]["hits"]:
            time.sleep(0.01)
        assert len(world.records("holds")) == (when == "after")
        assert not asking.done()
        world.control("DELETE", "/faults")
        if do == "pause":
            assert asking.result().url.endswith("/basket/")
        else:
            with pytest.raises(BROKEN):
                asking.result()
    assert len(world.records("holds")) == (do == "pause" or when == "after")


def test_a_delay_holds_up_and_then_answers(world: World) -> None:
    rule(world, do="delay", seconds=0.3)
    assert world.browser().get("/").status == 200
    [record] = [each for each in world.records("requests") if each["path"] == "/"]
    assert record["ms"] >= 300


def test_a_challenge_page_looks_like_the_edge(world: World) -> None:
    rule(world, do="challenge")
    answer = requests.get(world.welcome.site_url, timeout=SECONDS)
    assert answer.status_code == 403
    assert answer.headers["cf-mitigated"] == "challenge"
    assert "<title>Just a moment...</title>" in answer.text


def test_a_session_expires_at_the_rule(world: World) -> None:
    browser = world.member()
    rule(world, path="book.aspx", do="expire_session", times=1)
    path = book_path(192, world.open_day(), 10)
    assert browser.redirect(path).startswith("/security/login.aspx")
    assert browser.log_in(world.welcome.accounts[0], f"/security/login.aspx?fdReturnURL={path}").status == 200


def test_windows_are_counted_from_the_latest_opening(world: World) -> None:
    rule(world, do="status", from_opening=-5, to_opening=10)
    day = world.open_day(35)
    browser = world.browser()
    world.control("POST", "/opening", {"date": day.isoformat(), "instant": "pending"})
    assert browser.get("/").status == 200
    opens = round(world.clock()) + 60
    world.control(
        "POST", "/opening", {"date": day.isoformat(), "instant": f"{time.strftime('%FT%TZ', time.gmtime(opens))}"}
    )
    for age, status in ((-6, 200), (-5, 503), (9, 503), (10, 200)):
        world.clock.stopped = opens + age
        assert browser.get("/").status == status, age


def test_a_hold_tells_arrival_and_instant_apart(world: World) -> None:
    browser = world.member()
    world.control("POST", "/settings", {"latency_ms": 100})
    browser.redirect(book_path(192, world.open_day(), 10))
    [hold] = world.records("holds")
    assert hold["at"] - hold["arrived"] >= 100


def test_latency_and_the_slow_phase_delay_the_site_only(world: World) -> None:
    settings = {"latency_ms": 50, "slow_seconds": 0.3, "slow_for_seconds": 10}
    world.control("POST", "/settings", settings)
    browser = world.browser()
    day = world.open_day(35)
    opens = round(world.clock()) + 3600
    instant = time.strftime("%FT%TZ", time.gmtime(opens))
    world.control("POST", "/opening", {"date": day.isoformat(), "instant": instant})
    for age in (-1, 1, 11):
        world.clock.stopped = opens + age
        browser.get("/")
    before, slow, after = [each["ms"] for each in world.records("requests") if each["path"] == "/"]
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
def test_a_rule_that_cannot_be_is_refused_with_its_reason(world: World, bad: dict[str, Any], named: str) -> None:
    answer = requests.post(
        world.welcome.control_url + "/faults",
        json={"rules": [{"app": "site", "path": "/", "do": "drop", **bad}]},
        headers={"Authorization": f"Bearer {world.welcome.control_token}"},
        timeout=SECONDS,
    )
    assert answer.status_code == 400
    assert named in answer.json()["error"]
    assert world.control("GET", "/faults") == {"rules": []}


def test_faults_reach_the_sheet_with_its_own_kind_of_body(world: World) -> None:
    rule(world, app="sheet", path="/v4/", do="status", status=429)
    answer = requests.get(f"{world.welcome.sheet_url}/v4/spreadsheets/x", timeout=SECONDS)
    assert answer.status_code == 429
    assert answer.json()["error"]["status"] == "RESOURCE_EXHAUSTED"
