"""The search for secrets finds them in every form: a search that finds nothing must mean that there is nothing."""

from __future__ import annotations

import base64
import json
import sqlite3
import zlib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from urllib.parse import quote_plus

import pytest

from tests.support.leaks import find_in_folder, find_secrets, secrets_of

SECRETS = {"LB_ADDRESS": "17 Canarylane & Zyx", "LB_CARD_SECURITY_CODE": "7304"}


def packed(text: str) -> bytes:
    return base64.b64encode(zlib.compress(text.encode()))


@pytest.mark.parametrize(
    "form",
    [
        str.encode,
        lambda text: text.replace("&", "&amp;").encode(),
        lambda text: quote_plus(text).encode(),
        lambda text: base64.b64encode(text.encode()),
        lambda text: base64.b64encode(b"x" + text.encode()),
        lambda text: base64.b64encode(b"xy" + text.encode()),
        lambda text: b'["*' + packed(f"a long line of a log with {text} in it") + b'"]',
    ],
)
def test_a_secret_is_found_in_every_form(form: Callable[[str], bytes]) -> None:
    assert find_secrets(b"before " + form(SECRETS["LB_ADDRESS"]) + b" after", SECRETS) == ["LB_ADDRESS"]


@pytest.mark.parametrize("text", ["<arg>7304</arg>", '["*","*7304"]', "code=7304&", "'7304'"])
def test_a_security_code_is_found_where_it_is_a_whole_value(text: str) -> None:
    assert find_secrets(text.encode(), SECRETS) == ["LB_CARD_SECURITY_CODE"]


def test_digits_of_a_time_are_no_security_code() -> None:
    assert find_secrets(b'elapsed="1.7304" 17304 pid 7304', SECRETS) == []


def test_files_and_ledgers_are_searched(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "ledger.sqlite3")) as database, database:
        database.execute("CREATE TABLE t (x)")
        database.execute("INSERT INTO t VALUES (?)", ["x" * 5000 + SECRETS["LB_ADDRESS"] + "x" * 5000])
    (tmp_path / "run").mkdir()
    (tmp_path / "run/log.html").write_bytes(packed("7304 is no leak, 17 Canarylane & Zyx is one"))
    assert find_in_folder(tmp_path, SECRETS) == ["LB_ADDRESS in ledger.sqlite3", "LB_ADDRESS in run/log.html"]


def test_passwords_card_and_key_are_secrets_and_dates_are_not() -> None:
    key = {"private_key": "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG\n-----END PRIVATE KEY-----\n"}
    settings = {
        "MOTHER_CAM_PASSWORD": "p",
        "MOTHER_CAM_EMAIL_ADDRESS": "mother@example.test",
        "LB_CARD_NUMBER": "4111111111111111",
        "LB_CARD_EXPIRY_YEAR": "29",
        "GOOGLE_SERVICE_ACCOUNT_JSON": json.dumps(key),
        "MAX_SPEND": "50",
        "NOTIFY_URLS": "json://127.0.0.1:9/canary-token",
    }
    assert secrets_of(settings) == {
        "MOTHER_CAM_PASSWORD": "p",
        "address 1 of NOTIFY_URLS": "canary-token",
        "LB_CARD_NUMBER": "4111111111111111",
        "LB_CARD_NUMBER in fours": "4111 1111 1111 1111",
        "line 1 of the key": "MIIEvQIBADANBgkqhkiG",
    }
