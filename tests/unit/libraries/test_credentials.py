"""The secrets: handed out as Secrets, and gone from what a browser inherits."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from robot.api import SkipExecution
from robot.api.types import Secret

from booking.errors import SettingsError
from booking.model import Account
from Credentials import Credentials

LIBRARIES = Path(__file__).parents[3] / "libraries"
URL = "http://127.0.0.1:8001/courses/detail/171/practice-fields-tennis-court-1/"
MOTHER = Account("Mother", "sheet@example.test", 1, URL)
FATHER = Account("Father", "father@example.test", 2, URL)
CARD = {
    "LB_CARD_NUMBER": "4111 1111 1111 1111",
    "LB_CARD_EXPIRY_MONTH": "3",
    "LB_CARD_EXPIRY_YEAR": "2099",
    "LB_CARD_SECURITY_CODE": "737",
    "LB_CARDHOLDER_NAME": "Holder Canary",
    "LB_ADDRESS": "1 Canary Wharf",
    "LB_CITY": "Sampleton",
    "LB_POSTCODE": "ZZ9 9ZZ",
}
KEY = "-----BEGIN PRIVATE KEY-----\nCANARYKEYCANARYKEY\n-----END PRIVATE KEY-----\n"
SECRETS = {"MOTHER_CAM_PASSWORD": "canary-password", "MOTHER_CAM_EMAIL_ADDRESS": "set@example.test", **CARD}


def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, **environ: str) -> Credentials:
    site = {
        "BOOKING_SITE": "practice",
        "BOOKING_SITE_URL": "http://127.0.0.1:8001",
        "GSHEET_MAIN_ID": "sheet",
        "GSHEET_API_URL": "http://127.0.0.1:8002",
        "GOOGLE_SERVICE_ACCOUNT_JSON": json.dumps(
            {
                "type": "service_account",
                "client_email": "a@example.test",
                "private_key": KEY,
                "token_uri": "http://127.0.0.1:8002/token",
            }
        ),
    }
    # No file of this machine's user plays a part.
    (tmp_path / "variables").mkdir()
    for name in ("practice.py", "camden_active.py"):
        (tmp_path / "variables" / name).write_text((LIBRARIES.parent / "variables" / name).read_text())
    monkeypatch.setattr("Credentials.PROJECT", tmp_path)
    monkeypatch.setattr(Credentials, "_environment", {**site, **environ})
    return Credentials()


def test_email_and_password(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = library(tmp_path, monkeypatch, **SECRETS)
    assert found.get_email(MOTHER) == "set@example.test"
    password = found.get_password(MOTHER)
    assert isinstance(password, Secret)
    assert password.value == "canary-password"
    assert "canary" not in f"{password} {password!r}"


def test_an_account_without_a_password_is_told_by_its_setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = library(tmp_path, monkeypatch, **SECRETS)
    with pytest.raises(SettingsError, match="FATHER_CAM_PASSWORD") as caught:
        found.get_password(FATHER)
    assert "canary" not in str(caught.value)


def test_every_field_of_the_card_is_a_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    card = library(tmp_path, monkeypatch, **SECRETS).get_card()
    assert all(isinstance(field, Secret) for field in card.values())
    assert {name: field.value for name, field in card.items()} == {
        "number": "4111111111111111",
        "month": "03",
        "year": "99",
        "code": "737",
        "holder": "Holder Canary",
        "address": "1 Canary Wharf",
        "city": "Sampleton",
        "postcode": "ZZ9 9ZZ",
    }
    assert "4111" not in str(card)


def test_without_a_card_nothing_is_paid_with_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SkipExecution, match="LB_CARD_NUMBER"):
        library(tmp_path, monkeypatch, MOTHER_CAM_PASSWORD="canary", PAYMENT="rehearse").get_card()


def test_what_a_page_says_is_cleaned_of_every_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = library(tmp_path, monkeypatch, **SECRETS)
    said = found.clean("4111 1111 1111 1111 of Holder Canary (canary-password) was declined; ask your bank")
    assert said.endswith("was declined; ask your bank")
    for secret in ("4111", "Canary", "canary"):
        assert secret not in said


def test_what_is_started_after_the_import_inherits_no_secret() -> None:
    program = (
        "import Credentials, json, os, subprocess, sys\n"
        "print(subprocess.run([sys.executable, '-c', 'import json, os; print(json.dumps(dict(os.environ)))'],"
        " capture_output=True, text=True, check=True).stdout)"
    )
    others = {"GOOGLE_SERVICE_ACCOUNT_JSON": "canary-key", "NOTIFY_URLS": "ntfys://canary"}
    environ = {**os.environ, **SECRETS, **others, "PYTHONPATH": str(LIBRARIES)}
    done = subprocess.run(
        [sys.executable, "-c", program], env=environ, capture_output=True, text=True, check=True, timeout=60
    )
    inherited: dict[str, Any] = json.loads(done.stdout)
    assert not [name for name in inherited if name in {*SECRETS, *others}]
    assert "canary" not in done.stdout
    assert inherited["PYTHONPATH"] == str(LIBRARIES)
