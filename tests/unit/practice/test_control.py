"""The control address: who may use it, and what it sets and tells."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

import pytest
import requests

from practice import conduct
from practice.conduct import Conduct
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
    changed = {"late_seconds": 0, "card_amount_pence": 5, "learns": "never", "billing": "old"}
    told = world.control("POST", "/accounts", {"email": "aunt@example.test", **changed})
    assert told | changed == told
    assert (told["card"], told["credit_pence"]) == ("3ds", 5)
    told = world.control("POST", "/accounts", {"email": "aunt@example.test", "card_amount_pence": None})
    assert (told["card_amount_pence"], told["late_seconds"]) == (None, 0)
    assert call(world, "POST", "/accounts", {"email": "nobody@example.test", "mfa": True}).status_code == 404


@pytest.mark.parametrize(
    ("path", "body", "named"),
    [
        *(
            ("/accounts", {"email": "mother@example.test", **bad}, next(iter(bad)))
            for bad in (
                {"late_seconds": -1},
                {"late_seconds": True},
                {"surcharge_pence": 1.5},
                {"surcharge_stated": 1},
                {"billing": "newer"},
                {"offer_save": True},
                {"card_fields": None},
                {"card_amount_pence": "5"},
                {"learns": "always"},
                {"learns_seconds": None},
                {"listed_late_seconds": "1"},
            )
        ),
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


def test_the_readme_names_all_that_can_be_set_of_paying() -> None:
    text = Path(conduct.__file__).with_name("README.md").read_text(encoding="utf-8")
    kinds = get_type_hints(Conduct)
    choices = [each for kind in kinds.values() if get_origin(kind) is Literal for each in get_args(kind)]
    assert [name for name in (*kinds, *choices) if f"`{name}`" not in text] == []
