from __future__ import annotations

import base64
import html
import json
from urllib.parse import quote, quote_plus, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.redaction import BLACK, SHORTEST, Redaction, forms_of

secrets = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=SHORTEST, max_size=40)
around = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=30)


@given(secrets, around, around)
def test_a_secret_is_found_however_it_is_written(secret: str, before: str, after: str) -> None:
    redaction = Redaction([secret])
    written = [
        before + secret + after,
        f"https://example.test/?a={quote(secret)}&b={quote_plus(secret)}",
        urlencode({"password": secret}),
        json.dumps({"password": secret}),
        html.escape(secret),
    ]
    for text in written:
        assert redaction.found_in(text)
        cleaned = redaction.clean(text)
        assert BLACK in cleaned


@given(st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), min_size=9, max_size=40), around, around)
def test_a_secret_is_found_inside_base64_at_any_place(secret: str, before: str, after: str) -> None:
    text = base64.b64encode((before + secret + after).encode()).decode()
    assert Redaction([secret]).found_in(text)
    assert Redaction([secret]).found_in(text.replace("+", "-").replace("/", "_"))


@given(around)
def test_text_without_a_secret_is_left_as_it_is(text: str) -> None:
    secret = "Zq7!canary#unmistakable"
    if secret not in text:
        assert Redaction([secret]).clean(text) == text


@pytest.mark.parametrize("text", ["4111 1111 1111 1111", "4111-1111-1111-1111", "4111+1111+1111+1111"])
def test_a_card_number_is_found_in_groups(text: str) -> None:
    assert Redaction(["4111111111111111"]).clean(f"card {text}.") == f"card {BLACK}."


def test_the_longer_of_two_secrets_goes_whole() -> None:
    assert Redaction(["hunter", "hunter-two"]).clean("hunter-two") == BLACK


def test_short_values_are_not_searched_for() -> None:
    assert Redaction(["12", "321", ""]).clean("12 of 321") == "12 of 321"


@given(secrets)
def test_every_form_is_blackened(secret: str) -> None:
    redaction = Redaction([secret])
    assert all(BLACK in redaction.clean(form) for form in forms_of(secret))
