from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.opening.second_chance import next_look, parse_until

LONDON = ZoneInfo("Europe/London")
OPENING = datetime(2026, 11, 24, 0, 0, tzinfo=LONDON)


def looks(until: float, every: float = 300.0) -> list[float]:
    found, last = [], 20.0
    while (due := next_look(opened=0.0, last=last, until=until, every=every)) is not None:
        found.append(due)
        last = due
    return found


def test_one_look_falls_on_the_minute_after_foreign_holds_run_out() -> None:
    assert 46 * 60 in looks(until=3600)


@given(st.floats(0, 7200), st.floats(60, 1800))
def test_looks_keep_their_distance_but_for_the_special_one(until: float, every: float) -> None:
    found = looks(until, every)
    assert all(due <= until for due in found)
    assert found == sorted(found)
    ordinary = [b - a for a, b in pairwise(found) if b != 46 * 60]
    assert all(distance >= every - 1e-6 for distance in ordinary)


def test_a_watch_that_has_ended_looks_no_more() -> None:
    assert next_look(opened=0.0, last=0.0, until=299.0, every=300.0) is None


def test_a_run_that_starts_after_the_special_minute_looks_on_at_its_pace() -> None:
    assert next_look(opened=0.0, last=3000.0, until=9000.0, every=300.0) == 3300.0


@pytest.mark.parametrize(
    ("text", "until"),
    [
        ("00:50", datetime(2026, 11, 24, 0, 50, tzinfo=LONDON)),
        ("23:30", datetime(2026, 11, 24, 23, 30, tzinfo=LONDON)),
        ("2026-11-24T01:00:00+00:00", datetime(2026, 11, 24, 1, 0, tzinfo=LONDON)),
    ],
)
def test_the_end_is_a_time_of_day_after_the_opening_or_an_instant(text: str, until: datetime) -> None:
    assert parse_until(text, OPENING) == until


def test_a_time_of_day_before_the_start_is_the_next_day() -> None:
    assert parse_until("00:50", datetime(2026, 11, 24, 23, 45, tzinfo=LONDON)).day == 25


@pytest.mark.parametrize("text", ["", "soon", "25:00", "2026-11-24T01:00:00", "0:5"])
def test_anything_else_is_an_error_that_says_what_would_be_right(text: str) -> None:
    with pytest.raises(ValueError, match="write one such as 00:50"):
        parse_until(text, OPENING)
