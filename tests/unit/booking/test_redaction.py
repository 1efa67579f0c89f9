from __future__ import annotations

import base64
import html
import json
import time
from collections.abc import Callable
from urllib.parse import quote, quote_plus, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.settings.redaction import BLACK, SHORTEST, Redaction, forms_of

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


NUMBER = "4111111111111111"
BETWEEN = (
    " ", "  ", "\u00a0", "\u2009", "\u202f", "\u2007", "\u3000", "\u200b", "\u00ad", "\t", "\n", "\r\n", " \u00a0 ",
    "-", "--", "\u2010", "\u2011", "\u2013", "\u2014", "\u2212", " - ", ".", "\u00b7", "/", " / ", "_", "+", ":", ",",
    "|", "%20", "%20%20", "%C2%A0", "%e2%80%89", "%2D", "%2F", "%09", "&nbsp;", "&nbsp;&nbsp;", "&#160;",
    "&#xA0;", "&thinsp;", r"\u00a0", r"\u2009", r"\n", r"\t", r"\/",
)  # fmt: skip
"""What pages, addresses, forms, HTML and JSON put between the groups of a card number."""


@pytest.mark.parametrize("between", BETWEEN)
@pytest.mark.parametrize("sizes", [(4, 4, 4, 4), (6, 10), (4, 6, 5, 1), (1,) * 16], ids=str)
def test_a_card_number_is_found_in_groups(between: str, sizes: tuple[int, ...]) -> None:
    digits = iter(NUMBER)
    text = between.join("".join(next(digits) for _ in range(size)) for size in sizes)
    redaction = Redaction([NUMBER])
    assert redaction.clean(f"card {text}.") == f"card {BLACK}."
    assert redaction.found_in(text)


@given(st.lists(st.sampled_from(["", *BETWEEN]), min_size=15, max_size=15))
def test_a_card_number_is_found_in_groups_of_any_kind_mixed(between: list[str]) -> None:
    text = NUMBER[0] + "".join(gap + digit for gap, digit in zip(between, NUMBER[1:], strict=True))
    assert Redaction([NUMBER]).clean(f"card {text}.") == f"card {BLACK}."


@pytest.mark.parametrize("quoted", [quote, quote_plus, json.dumps, html.escape])
def test_a_grouped_card_number_is_found_as_addresses_and_json_carry_it(quoted: Callable[[str], str]) -> None:
    text = quoted("4111\u00a01111  1111\u20091111")
    assert "1111" not in Redaction([NUMBER]).clean(text)


@pytest.mark.parametrize(
    "text",
    [
        "4111 1122 1111 1111", "4111119999999999", "4111x1111x1111x1111", "4111 111", "4111%301111 1111 1111",
        "1111 1111 1111 1111", "court 4, 11:11, court 1",
    ],
)  # fmt: skip
def test_other_digits_are_left_alone(text: str) -> None:
    assert Redaction([NUMBER]).clean(text) == text


CARD = "5105105105105100"
"""A number whose digits differ from each other, so that each has its place."""


@pytest.mark.parametrize("between", ["", *BETWEEN])
def test_a_card_number_that_was_cut_off_is_found_at_every_length(between: str) -> None:
    redaction = Redaction([CARD])
    for length in range(1, len(CARD)):
        text = between.join(CARD[:length])
        for end in ("", "...", "\u2026", " (cut off)", "x", "9999"):
            told = redaction.clean(f'the portal says "card {text}{end}')
            assert told == f'the portal says "card {BLACK if length >= 8 else text}{end}'
            assert redaction.found_in(text + end) is (length >= 8)


def test_a_cut_number_takes_no_digit_from_a_whole_one_after_it() -> None:
    repeats = "411141114111" + "9999"
    redaction = Redaction([repeats])
    assert redaction.clean(f"4111 {repeats}") == f"4111 {BLACK}"
    assert redaction.clean(f"4111 4111 4 {repeats}") == f"{BLACK} {BLACK}"


@pytest.mark.parametrize("others", [["4111111122222222"], ["411111112222"], ["4111111133333333", "378282246310005"]])
def test_of_numbers_that_begin_alike_the_one_that_is_there_is_found(others: list[str]) -> None:
    number = "4111111144445555"
    redaction = Redaction([number, *others])
    for each in (number, *others):
        for length in range(8, len(each) + 1):
            assert redaction.clean(f"card {each[:length]}...") == f"card {BLACK}..."
    assert redaction.clean("4111111194445555") == f"{BLACK}94445555"


def test_a_shorter_secret_is_no_number_that_is_searched_for_in_parts() -> None:
    assert Redaction(["12345678901"]).clean("1234567890") == "1234567890"


def test_short_numbers_are_searched_for_as_they_are() -> None:
    assert Redaction(["73041"]).clean("73041 7304 1") == f"{BLACK} 7304 1"


@pytest.mark.parametrize(
    "piece", ["4 ", "4", " ", "4 1 1 1 1 1 1 1 ", "4111111 ", "4%20", "4&nbsp;", "4" + " " * 40, r"4\u00a0"]
)
def test_a_long_text_costs_no_more_than_its_length(piece: str) -> None:
    redaction = Redaction(["4444444444444441", NUMBER])

    def seconds(length: int) -> float:
        text = piece * (length // len(piece))
        began = time.process_time()
        redaction.clean(text)
        return time.process_time() - began

    seconds(1000)  # Whatever the first time costs.
    assert seconds(400_000) < 40 * (min(seconds(40_000) for _ in range(3)) + 0.01)


def test_the_longer_of_two_secrets_goes_whole() -> None:
    assert Redaction(["hunter", "hunter-two"]).clean("hunter-two") == BLACK


def test_short_values_are_not_searched_for() -> None:
    assert Redaction(["12", "321", ""]).clean("12 of 321") == "12 of 321"


@given(secrets)
def test_every_form_is_blackened(secret: str) -> None:
    redaction = Redaction([secret])
    assert all(BLACK in redaction.clean(form) for form in forms_of(secret))
