"""Days and hours as people type them."""

from __future__ import annotations

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.schedule.times import DAY_NAMES, parse_day, parse_days, parse_hours, parse_time
from booking.text import plain, shown


def wide(text: str) -> str:
    """Return text in the full-width letters and digits that some keyboards type."""
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Tuesday", 1), ("tue", 1), ("tues", 1), ("THURSDAY", 3), ("Thurs", 3), ("sat", 5), ("thu", 3), ("thur", 3),
        ("weds", 2), ("Wed.", 2), ("  Friday ", 4), ("Tuesdays", 1), ("Sundays.", 6), (wide("Tue"), 1), ("m", 0),
        ("Su", 6),
        ("Sat\u200b", 5), ("Mon\u00a0", 0), ("Tuesday's", 1),
    ],
)  # fmt: skip
def test_a_day_is_read_as_typed(text: str, day: int) -> None:
    assert parse_day(text) == day


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("t", ["Tuesday or Thursday", "Tu or Th"]),
        ("S", ["Saturday or Sunday", "Sa or Su"]),
        ("Wensday", ["did you mean Wednesday"]),
        ("", ["not a valid day of the week"]),
        ("7", ["not a valid day of the week", "Tuesday"]),
        (None, ["not a valid day of the week"]),
        ("tomorrow", ["not a valid day of the week"]),
    ],
)
def test_a_wrong_day_says_what_would_be_right(text: object, words: list[str]) -> None:
    with pytest.raises(ValueError, match="day") as caught:
        parse_day(text)
    assert all(word in str(caught.value) for word in words)


@given(st.sampled_from(DAY_NAMES), st.integers(2, 9), st.booleans())
def test_two_letters_of_a_day_are_enough(name: str, letters: int, upper: bool) -> None:
    typed = name[:letters].upper() if upper else name[:letters]
    assert parse_day(typed) == DAY_NAMES.index(name)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("Sat & Sun", (5, 6)), ("Mon-Fri", (0, 1, 2, 3, 4)), ("Mon \u2013 Fri", (0, 1, 2, 3, 4)),
        ("weekdays", (0, 1, 2, 3, 4)),
        ("Weekend", (5, 6)), ("every day", (0, 1, 2, 3, 4, 5, 6)), ("Tue, Thu", (1, 3)), ("Thu, Tue, thurs", (1, 3)),
        ("Sat to Mon", (0, 5, 6)), ("every Tuesday", (1,)), ("on Saturdays and Sundays", (5, 6)), ("tue thu", (1, 3)),
        ("Tue", (1,)), ("weekends and Fri", (4, 5, 6)), ("Mon/Wed/Fri", (0, 2, 4)), ("Sat\nSun", (5, 6)),
    ],
)  # fmt: skip
def test_several_days(text: str, days: tuple[int, ...]) -> None:
    assert parse_days(text) == days


@pytest.mark.parametrize("text", ["", " , ", "Mon-Wed-Fri", "Tue, S", "sometimes", "Tue or Thu", None])
def test_wrong_days(text: object) -> None:
    with pytest.raises(ValueError, match="day"):
        parse_days(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("18:00", "18:00"), ("8am", "08:00"), ("800", "08:00"), ("8", "08:00"), ("20", "20:00"), ("4pm", "16:00"),
        ("12:30pm", "12:30"), ("1400", "14:00"), ("18.00", "18:00"), ("6 pm", "18:00"), ("6:30PM", "18:30"),
        ("noon", "12:00"), ("Midday", "12:00"), ("midnight", "00:00"), ("19:00-20:00", "19:00"),
        ("19:00\u201320:00", "19:00"), ("19:00 to 20:00", "19:00"), ("7-8pm", "19:00"), ("11-1pm", "11:00"),
        ("11-12am", "23:00"), ("7pm-8", "19:00"), ("11-noon", "11:00"), ("11pm - midnight", "23:00"),
        (" 18 : 00 ", "18:00"), (wide("18:00"), "18:00"), (wide("6pm"), "18:00"), ("18h", "18:00"), ("18h30", "18:30"),
        ("6 p.m.", "18:00"), ("6 a.m", "06:00"), ("18:00:00", "18:00"), ("6:00:00 PM", "18:00"), ("12am", "00:00"),
        ("12pm", "12:00"), ("0800", "08:00"), ("08", "08:00"), ("630pm", "18:30"), ("1800 hrs", "18:00"),
        ("0", "00:00"),
        ("at 6pm", "18:00"), ("12 noon", "12:00"), ("23:00-24:00", "23:00"), ("7.30 - 8.30 pm", "19:30"),
        ("18 00", "18:00"),
        (18, "18:00"), (18.0, "18:00"), (800, "08:00"), (1400, "14:00"), (0.75, "18:00"), (1 / 3, "08:00"),
        (0.0, "00:00"),
        (time(17), "17:00"),
    ],
)  # fmt: skip
def test_a_time_is_read_as_typed(text: object, expected: str) -> None:
    assert f"{parse_time(text):%H:%M}" == expected


@pytest.mark.parametrize(
    "text",
    [
        "25:00", "13pm", "0am", "", "soon", "8:75", "8pmm", "24:00", "24:30", "18:00:30", "18:0", "8:00 9:00", "-8",
        "1-2-3",
        "20:00-19:00", "18:00-", "18:00-soon", "99", "080", "18000", "half past six", "6 o'clock", None, True, 18.5,
        float("nan"), float("inf"), -0.5, "0.75", "\u0668",
    ],
)  # fmt: skip
def test_a_wrong_time_says_what_would_be_right(text: object) -> None:
    with pytest.raises(ValueError, match=r"write|such as|go from|goes from"):
        parse_time(text)


@given(st.times())
def test_every_minute_of_the_day_is_read_in_every_form(moment: time) -> None:
    moment = moment.replace(second=0, microsecond=0, tzinfo=None)
    half = f"{(moment.hour - 1) % 12 + 1}:{moment:%M}{'am' if moment.hour < 12 else 'pm'}"
    for typed in (
        f"{moment:%H:%M}",
        f"{moment:%H%M}",
        f"{moment:%H.%M}",
        f"{moment:%Hh%M}",
        f"{moment:%H:%M:%S}",
        half,
    ):
        assert parse_time(typed) == moment
    assert parse_time((moment.hour * 60 + moment.minute) / 1440) == moment


@given(st.one_of(st.text(), st.text("0123456789:.apmh -to,"), st.floats(), st.integers()))
def test_whatever_is_typed_gives_a_time_or_a_sentence(text: object) -> None:
    for parse in (parse_time, parse_hours, parse_day, parse_days):
        told = ""
        try:
            parse(text)
        except ValueError as error:
            told = str(error)
        assert len(told) < 300
        assert told.isprintable()


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("18:00, else 19:00 or 17:00", (18, 19, 17)), ("6pm or 7pm", (18, 19)), ("18:00/19:00", (18, 19)),
        ("18:00 then 17:00", (18, 17)), ("7pm; 8pm", (19, 20)), ("18:00", (18,)), ("18:00 or 6pm", (18,)),
        ("19:00-20:00", (19,)), ("7-8pm", (19,)), ("7-8pm or 8-9pm", (19, 20)), ("18:00\n19:00", (18, 19)),
        ("18:00,", (18,)), ("18, 19, 18", (18, 19)), ("noon or 1pm", (12, 13)), ("12 or 1pm", (12, 13)), ("8", (8,)),
        ("18:00 or else 19:00", (18, 19)), ("18:00 | 19:00", (18, 19)), (18, (18,)), (0.75, (18,)), (time(9), (9,)),
        ("06 or 7pm", (6, 19)),
    ],
)  # fmt: skip
def test_hours_in_order_of_preference(text: object, hours: tuple[int, ...]) -> None:
    assert parse_hours(text) == hours


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("18:30", "18:00 or 19:00"),
        ("12:30pm", "12:00 or 13:00"),
        ("23:30", "write 23:00"),
        ("18:00, 18:30", "18:00 or 19:00"),
        (time(18, 30), "18:00 or 19:00"),
        ("18:00 and 19:00", "one row for each"),
        ("18:00 & 19:00", "one row for each"),
        ("18:00-20:00", "one row for each"),
        ("6 or 7pm", "add am or pm"),
        ("7pm or 6", "add am or pm"),
        ("6-7 or 8pm", "add am or pm"),
        ("18:00 or soon", "soon"),
        ("", "18:00"),
        ("or", "18:00"),
        (None, "18:00"),
    ],
)
def test_wrong_hours_say_what_would_be_right(text: object, words: str) -> None:
    with pytest.raises(ValueError, match=r"write|add|joined") as caught:
        parse_hours(text)
    assert words in str(caught.value)


@given(
    st.lists(st.integers(0, 23), min_size=1, max_size=6),
    st.sampled_from([", ", " or ", "; ", "/", ", else ", " then "]),
)
def test_alternatives_keep_their_order_and_count_once(hours: list[int], separator: str) -> None:
    assert parse_hours(separator.join(f"{hour:02d}:00" for hour in hours)) == tuple(dict.fromkeys(hours))


def test_what_is_shown_of_a_value_is_short_and_on_one_line() -> None:
    assert shown("a\nb\x1b[31m\u202ec") == '"a b [31m c"'
    assert len(shown("x" * 500)) == 62
    assert plain(wide("  A ") + "\u2013 b\r\nC\x00d ") == "a - b ; c d"
