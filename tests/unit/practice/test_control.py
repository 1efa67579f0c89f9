"""The control address: who may use it, and what it sets and tells."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

import pytest
import requests

from practice import conduct
from practice.client import ControlError, VenueClient
from practice.conduct import Conduct
from tests.unit.practice.conftest import SECONDS, RunningVenue


def refusal(venue: RunningVenue, method: str, path: str, body: object = None, token: str = "") -> ControlError:
    """Return the error of a call that must be refused."""
    client = VenueClient(venue.welcome.control_url, token) if token else venue.client
    with pytest.raises(ControlError) as refused:
        client.control(method, path, body)
    return refused.value


def test_only_the_token_opens_it(venue: RunningVenue) -> None:
    assert venue.client.control("GET", "/health") == {"ok": True}
    for method, path in (("GET", "/health"), ("GET", "/records"), ("POST", "/settings"), ("GET", "/nowhere")):
        assert refusal(venue, method, path, token="wrong").status == 403
    assert requests.get(venue.welcome.control_url + "/records", timeout=SECONDS).status_code == 403


def test_the_client_says_which_call_was_refused_and_why(venue: RunningVenue) -> None:
    said = "Only the control token opens this address."
    assert str(refusal(venue, "GET", "/records", token="wrong")) == f"the practice venue refused GET /records: {said}"


def test_the_client_says_which_call_got_no_answer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(ControlError, match="the practice venue gave no answer to DELETE /faults: ") as failed:
        VenueClient(f"http://127.0.0.1:{port}", "token").clear_faults()
    assert failed.value.status is None


def test_settings_change_all_or_none_and_say_what_is_wrong(venue: RunningVenue) -> None:
    told = venue.client.change_settings(price_pence=1000, read_quota=None, save_card=True)
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
        refused = refusal(venue, "POST", "/settings", {"session_minutes": 7, **bad})
        assert refused.status == 400
        assert next(iter(bad)) in refused.said
    assert venue.client.settings() == told


def test_accounts_are_added_and_changed(venue: RunningVenue) -> None:
    account = {"name": "Aunt", "email": "Aunt@example.test", "password": "one two three"}
    venue.client.add_account(**account)
    assert venue.browser().log_in(account).has("#ctl00_btnLogout")
    told = venue.client.change_account("aunt@example.test", credit_pence=5, card="3ds")
    assert (told["credit_pence"], told["card"], told["mfa"]) == (5, "3ds", None)
    assert "password" not in told
    changed = {"late_seconds": 0, "card_amount_pence": 5, "learns": "never", "billing": "old"}
    told = venue.client.change_account("aunt@example.test", **changed)
    assert told | changed == told
    assert (told["card"], told["credit_pence"]) == ("3ds", 5)
    told = venue.client.change_account("aunt@example.test", card_amount_pence=None)
    assert (told["card_amount_pence"], told["late_seconds"]) == (None, 0)
    assert refusal(venue, "POST", "/accounts", {"email": "nobody@example.test", "mfa": True}).status == 404


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
    venue: RunningVenue, path: str, body: dict[str, Any], named: str
) -> None:
    refused = refusal(venue, "POST", path, body)
    assert refused.status == 400
    assert named in refused.said


def test_worksheets_are_read_replaced_and_removed(venue: RunningVenue) -> None:
    rows = venue.client.sheet("Account & Court Configuration")
    assert rows[1][4] == f"{venue.welcome.site_url}/courses/detail/171/practice-fields-tennis-court-1/"
    rows = [["Day", "Time", "Notes"], ["tue", "8am", "All year"]]
    venue.client.write_sheet("Booking Schedule", rows)
    assert venue.client.sheet("Booking Schedule") == rows
    venue.client.remove_sheet("Booking Schedule")
    assert refusal(venue, "GET", "/sheet/Booking Schedule").status == 404
    assert venue.client.control("POST", "/sheet-access", {"mode": "forbidden"}) == {"mode": "forbidden"}


def test_the_readme_names_all_that_can_be_set_of_paying() -> None:
    text = Path(conduct.__file__).with_name("README.md").read_text(encoding="utf-8")
    kinds = get_type_hints(Conduct)
    choices = [each for kind in kinds.values() if get_origin(kind) is Literal for each in get_args(kind)]
    assert [name for name in (*kinds, *choices) if f"`{name}`" not in text] == []
