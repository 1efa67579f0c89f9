"""The control address: who may use it, and what it sets and tells."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from tests.unit.practice.conftest import SECONDS, World


def call(world: World, method: str, path: str, body: object = None, token: str | None = None) -> requests.Response:
    headers = {"Authorization": f"Bearer {world.welcome.control_token if token is None else token}"}
    return requests.request(method, world.welcome.control_url + path, json=body, headers=headers, timeout=SECONDS)


def test_only_the_token_opens_it(world: World) -> None:
    assert call(world, "GET", "/health").json() == {"ok": True}
    for method, path in (("GET", "/health"), ("GET", "/records"), ("POST", "/settings"), ("GET", "/nowhere")):
        assert call(world, method, path, token="wrong").status_code == 403
    assert requests.get(world.welcome.control_url + "/records", timeout=SECONDS).status_code == 403


def test_settings_change_all_or_none_and_say_what_is_wrong(world: World) -> None:
    told = world.control("POST", "/settings", {"price_pence": 1000, "read_quota": None, "save_card": True})
    assert (told["price_pence"], told["read_quota"], told["write_quota"]) == (1000, None, 60)
    for bad in (
        {"latency_ms": -1},
        {"latency_ms": True},
        {"price_pence": 10.5},
        {"save_card": 1},
        {"cookie_bar": "round"},
        {"portal_host": "example.test"},
        {"read_quota": "many"},
        {"hold_minutes": None},
        {"unknown": 1},
    ):
        answer = call(world, "POST", "/settings", {"session_minutes": 7, **bad})
        assert answer.status_code == 400
        assert next(iter(bad)) in answer.json()["error"]
    assert world.control("GET", "/settings") == told


def test_accounts_are_added_and_changed(world: World) -> None:
    account = {"name": "Aunt", "email": "Aunt@example.test", "password": "one two three"}
    world.control("POST", "/accounts/new", account)
    assert world.browser().log_in(account).has("#ctl00_btnLogout")
    told = world.control("POST", "/accounts", {"email": "aunt@example.test", "credit_pence": 5, "card": "3ds"})
    assert (told["credit_pence"], told["card"], told["mfa"]) == (5, "3ds", None)
    assert "password" not in told
    assert call(world, "POST", "/accounts", {"email": "nobody@example.test", "mfa": True}).status_code == 404


@pytest.mark.parametrize(
    ("path", "body", "named"),
    [
        ("/accounts", {"email": "mother@example.test", "card": "gold"}, "card"),
        ("/accounts", {"email": "mother@example.test", "credit_pence": -1}, "credit_pence"),
        ("/accounts", {"email": "mother@example.test", "colour": 1}, "colour"),
        ("/accounts", {}, "email"),
        ("/accounts/new", {"email": "x@example.test"}, "password"),
        ("/opening", {"date": "tomorrow", "instant": "pending"}, "date"),
        ("/opening", {"date": "2026-12-28", "instant": "2026-11-24T00:00:00"}, "instant"),
        ("/rival", {"court": 4, "date": "2026-12-28", "hour": 8}, "court"),
        ("/rival", {"court": 1, "date": "2026-12-28", "hour": 18}, "hour"),
        ("/rival", {"court": 1, "date": "2026-12-28", "hour": 8, "at": "soon"}, "at"),
        ("/block", {"court": 1, "date": "2026-12-28", "hour": "8"}, "hour"),
        ("/sheet-access", {"mode": "open"}, "open"),
        ("/settings", [1], "body"),
    ],
)
def test_a_call_that_makes_no_sense_is_refused_with_its_reason(
    world: World, path: str, body: dict[str, Any], named: str
) -> None:
    answer = call(world, "POST", path, body)
    assert answer.status_code == 400
    assert named in answer.json()["error"]


def test_worksheets_are_read_replaced_and_removed(world: World) -> None:
    rows = world.control("GET", "/sheet/Account & Court Configuration")["values"]
    assert rows[1][4] == f"{world.welcome.site_url}/courses/detail/171/practice-fields-tennis-court-1/"
    rows = [["Day", "Time", "Notes"], ["tue", "8am", "All year"]]
    assert world.control("PUT", "/sheet/Booking Schedule", {"values": rows})["values"] == rows
    world.control("DELETE", "/sheet/Booking Schedule")
    assert call(world, "GET", "/sheet/Booking Schedule").status_code == 404
    assert world.control("POST", "/sheet-access", {"mode": "forbidden"}) == {"mode": "forbidden"}
