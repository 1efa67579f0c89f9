"""Only what says that it is taken is taken."""

from __future__ import annotations

import pytest

from booking.site.hours import HourSays, read_hour_words


@pytest.mark.parametrize(
    "text",
    ["08:00 Booked", "08:00 Taken", "8:00 AM Sold out", "18:00 - 19:00 Fully booked", "Reserved", "No spaces",
     "BOOKED ",
     "0 spaces", "08:00 Already booked"],
)  # fmt: skip
def test_what_says_that_it_is_taken_is_taken(text: str) -> None:
    assert read_hour_words(text, has_link=False).says is HourSays.TAKEN


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("08:00 Not yet available", "Not yet available"),
        ("08:00 Maintenance", "Maintenance"),
        ("08:00 Unavailable", "Unavailable"),
        ("08:00 Closed", "Closed"),
        ("08:00 Not yet booked", "Not yet booked"),
        ("08:00 Your booking", "Your booking"),
        ("08:00 Booked by you", "Booked by you"),
        ("08:00", ""),
        ("08:00 - 09:00 Opens at midnight", "Opens at midnight"),
    ],
)
def test_other_words_are_told_and_conclude_nothing(text: str, words: str) -> None:
    found = read_hour_words(text, has_link=False)
    assert (found.says, found.words) == (HourSays.OTHER, words)


def test_a_link_is_free() -> None:
    assert read_hour_words("08:00 !Book!", has_link=True).says is HourSays.FREE
    assert read_hour_words("08:00 Booked", has_link=True).says is HourSays.TAKEN
