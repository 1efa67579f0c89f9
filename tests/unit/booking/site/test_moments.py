"""Dates and times are read back from every way in which people write them, or are said to be unclear."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.site.moments import (
    Moment,
    PageStyle,
    find_dates,
    find_length,
    find_moments,
    find_times,
    style_of,
)

TODAY = date(2026, 11, 25)
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def one(text: str, near: date = TODAY) -> Moment:
    """Return the only moment of a text."""
    (found,) = find_moments(text, near)
    return found


@pytest.mark.parametrize(
    ("text", "day", "hour", "minute", "length"),
    [
        ("29/12/2026", date(2026, 12, 29), None, None, None),
        ("29/12", date(2026, 12, 29), None, None, None),
        ("Sun 4/10", date(2026, 10, 4), None, None, None),
        ("Mon 5 Oct, 10:45 (45 mins)", date(2026, 10, 5), 10, 45, 45),
        ("Mon 5 Oct at 10:45", date(2026, 10, 5), 10, 45, None),
        ("05/10/2026 10:45:00", date(2026, 10, 5), 10, 45, None),
        ("2026-10-05", date(2026, 10, 5), None, None, None),
        ("2026-10-05T10:45:00", date(2026, 10, 5), 10, 45, None),
        ("29-Dec-2026", date(2026, 12, 29), None, None, None),
        ("20 apr. 15:30 - 16:30", date(2027, 4, 20), 15, 30, 60),
        ("10:00 - 11:00", None, 10, 0, 60),
        ("07:00-07:40", None, 7, 0, 40),
        ("10am", None, 10, 0, None),
        ("6:00 PM", None, 18, 0, None),
        ("6 p.m.", None, 18, 0, None),
        ("12:00 AM", None, 0, 0, None),
        ("noon", None, 12, 0, None),
        ("18.00", None, 18, 0, None),
        ("29/12/2026 18.00", date(2026, 12, 29), 18, 0, None),
        ("29/12/2026 6:00 PM", date(2026, 12, 29), 18, 0, None),
        ("Dec 29, 2026 6:00 - 7:00 PM", date(2026, 12, 29), 18, 0, 60),
        ("Tue 29 Dec 11 - 1pm", date(2026, 12, 29), 11, 0, 120),
        ("Mon 5 Oct 10 - 11am", date(2026, 10, 5), 10, 0, 60),
        ("10:45 on Monday the 5th of October", date(2026, 10, 5), 10, 45, None),
        ("29/12/2026 (Tue) from 18:00 for 1 hour", date(2026, 12, 29), 18, 0, 60),
        ("Tue | 29 | Dec | 18:00", date(2026, 12, 29), 18, 0, None),
        ("Tue 29 Dec 08:00 £13.90", date(2026, 12, 29), 8, 0, None),
        ("Tennis Court 1 Dec 29 18:00", date(2026, 12, 29), 18, 0, None),
        ("1800 hrs 29.12.2026", date(2026, 12, 29), 18, 0, None),
        ("29/12/26 18h30", date(2026, 12, 29), 18, 30, None),
    ],
)
def test_people_write_it_so(
    text: str, day: date | None, hour: int | None, minute: int | None, length: int | None
) -> None:
    assert one(text) == Moment(day, hour, minute, length, ambiguous=False)


@pytest.mark.parametrize(
    "text",
    [
        "Mon 29/12/2026 18:00",  # a Tuesday
        "31/02/2026 18:00",
        "Mon 10/05/2026",  # a Sunday, and 5 October is a Monday: month first, or a slip
        "29/12/2026 25:00",
        "29/12/2026 13:00 AM",
        "6:00 or 7:00 PM",
        "12/29/2026 and 05/10/2026",
    ],
)
def test_what_could_be_two_things_or_is_none_is_unclear(text: str) -> None:
    assert any(each.ambiguous for each in find_moments(text, TODAY))


@pytest.mark.parametrize(
    "text",
    ["Page 1/2", "24/7 support", "£18.00", "13.90", "Reserved until 00:45", "expires in 14:59", "Duration: 01:00",
     "call 020 7974 4444", "Court 1/2", "version 2.10", "3/40", "Subtotal 12.30 GBP", "50.00%"],
)  # fmt: skip
def test_what_only_looks_like_a_date_or_a_time_is_none(text: str) -> None:
    found = find_moments(text, TODAY)
    assert all(each.date is None and each.hour is None for each in found if not each.ambiguous) or not found


def test_times_that_hold_until_then_are_deadlines() -> None:
    (found,) = find_times("held until 00:45")
    assert found.deadline
    (found,) = find_times("Ends at 19:00")
    assert found.deadline


def test_a_page_of_afternoons_makes_a_bare_hour_unclear() -> None:
    style = style_of("open 8am to 6pm | 6:00", TODAY)
    assert style == PageStyle(month_first=False, halves=True)
    (found,) = find_times("6:00", style)
    assert found.candidates == (6 * 60, 18 * 60)
    assert found.minutes is None
    assert find_times("18:00", style)[0].minutes == 18 * 60


def test_a_page_that_writes_the_afternoon_without_a_half_means_the_morning_by_a_bare_hour() -> None:
    assert not style_of("open 8am to 6pm | 18:00 | 6:00", TODAY).halves


def test_the_nearest_year_is_meant_whose_weekday_is_written() -> None:
    assert find_dates("Fri 1/1", date(2026, 12, 30))[0].date == date(2027, 1, 1)
    assert find_dates("31/12", date(2027, 1, 2))[0].date == date(2026, 12, 31)
    assert find_dates("Thu 1/1", date(2026, 12, 30))[0].date == date(2026, 1, 1)
    assert find_dates("Mon 1/1", date(2026, 12, 30))[0].date is None


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("45 mins", 45), ("1 hour", 60), ("1.5 hours", 90), ("1 hr 30 min", 90), ("60-minute session", 60), ("", None),
     ("30 mins or 60 mins", None)],
)  # fmt: skip
def test_lengths(text: str, minutes: int | None) -> None:
    assert find_length(text) == minutes


# Any moment in any form

days = st.dates(date(2024, 1, 1), date(2031, 12, 31))
hours = st.integers(0, 23)
minutes = st.sampled_from([0, 5, 15, 30, 45, 59])


def ordinal(day: int) -> str:
    return f"{day}{'th' if 10 < day < 20 else {1: 'st', 2: 'nd', 3: 'rd'}.get(day % 10, 'th')}"


def dates_written(day: date) -> list[str]:
    """Return a date with its year in many forms."""
    month, name = MONTHS[day.month - 1], DAYS[day.weekday()]
    return [
        f"{day:%d/%m/%Y}", f"{day.day}/{day.month}/{day.year}", f"{day:%d-%m-%Y}", f"{day:%d.%m.%Y}", f"{day:%Y-%m-%d}",
        f"{day:%d/%m/%y}", f"{day.day} {month} {day.year}", f"{day.day} {month[:3]} {day.year}",
        f"{day.day}-{month[:3]}-{day.year}", f"{ordinal(day.day)} {month} {day.year}",
        f"{month} {day.day}, {day.year}", f"{name} {day.day} {month} {day.year}", f"{name[:3]}, {day:%d/%m/%Y}",
        f"{name} the {ordinal(day.day)} of {month}, {day.year}", f"{day:%d/%m/%Y} ({name[:3]})",
        f"{day.day} {month[:3].upper()} '{day:%y}", f"{name[:3].upper()} {day.day} {month[:3].lower()}. {day.year}",
    ]  # fmt: skip


def times_written(hour: int, minute: int) -> list[str]:
    """Return a time in many forms that leave nothing open."""
    half, twelve = ("am" if hour < 12 else "pm"), (hour % 12 or 12)
    full = [f"{twelve}{half}", f"{twelve} {half.upper()}"] if minute == 0 else []
    return [
        f"{hour:02d}:{minute:02d}", f"{hour}:{minute:02d}", f"{hour:02d}:{minute:02d}:00",
        f"{twelve}:{minute:02d} {half.upper()}", f"{twelve}:{minute:02d}{half}", f"{twelve}.{minute:02d}{half}",
        f"at {hour:02d}.{minute:02d}", f"{hour:02d}h{minute:02d}", *full,
    ]  # fmt: skip


def ends_written(hour: int, minute: int, length: int) -> list[str]:
    """Return a time with its end, or its length, where it ends on the same day."""
    end = hour * 60 + minute + length
    if end >= 24 * 60:
        return [f"{hour:02d}:{minute:02d} ({length} mins)"]
    to = f"{end // 60:02d}:{end % 60:02d}"
    start = f"{hour:02d}:{minute:02d}"
    return [f"{start} - {to}", f"{start}-{to}", f"{start} to {to}", f"{start}\u2013{to}", f"{start} ({length} mins)"]


@given(st.data(), days, hours, minutes, st.sampled_from([", ", " ", " at ", " | ", " - "]))
def test_a_moment_is_read_back_from_any_form(
    data: st.DataObject, day: date, hour: int, minute: int, joint: str
) -> None:
    written = (
        data.draw(st.sampled_from(dates_written(day))) + joint + data.draw(st.sampled_from(times_written(hour, minute)))
    )
    found = one(written, day + timedelta(days=data.draw(st.integers(-60, 60))))
    assert (found.date, found.hour, found.minute, found.ambiguous) == (day, hour, minute, False), written


@given(st.data(), days, hours, minutes, st.sampled_from([30, 40, 45, 60, 120]))
def test_a_moment_with_its_end_is_read_back(
    data: st.DataObject, day: date, hour: int, minute: int, length: int
) -> None:
    clock = data.draw(st.sampled_from(ends_written(hour, minute, length)))
    written = f"{data.draw(st.sampled_from(dates_written(day)))}, {clock}"
    found = one(written, day)
    assert found == Moment(day, hour, minute, length, ambiguous=False), written


@given(st.data(), days, st.integers(-150, 150))
def test_a_date_without_a_year_is_read_back_near_its_day(data: st.DataObject, day: date, away: int) -> None:
    month, name = MONTHS[day.month - 1], DAYS[day.weekday()]
    written = data.draw(
        st.sampled_from(
            [f"{name[:3]} {day.day}/{day.month}", f"{name} {day.day} {month}", f"{name[:3]} {month[:3]} {day.day}",
             f"{day.day} {month}", f"{day.day}/{day.month}"]
        )
    )  # fmt: skip
    (found,) = find_dates(written, day + timedelta(days=away))
    assert found.date in {day, None}, written
    assert found.date == day or (day.month, day.day) == (2, 29) or away not in range(-100, 100), written


@given(days, hours, minutes)
def test_american_dates_are_never_read_as_others(day: date, hour: int, minute: int) -> None:
    written = f"12/31/2026 and {day:%m/%d/%Y} {hour:02d}:{minute:02d}"
    found = find_moments(written, day)[-1]
    assert found.date in {day, None}, written


@given(days, st.integers(1, 12), minutes)
def test_half_a_day_is_never_guessed(day: date, hour: int, minute: int) -> None:
    style = style_of(f"Booked at 9:05 PM | {day:%d/%m/%Y} {hour}:{minute:02d}", day)
    found = find_moments(f"{day:%d/%m/%Y} {hour}:{minute:02d}", day, style)
    assert found[0].hour is None
    assert found[0].ambiguous


@given(st.text(alphabet="0123456789/:.-, apmAPMCourtDecMon|£()", max_size=60))
def test_no_text_is_too_odd(text: str) -> None:
    for found in find_moments(text, TODAY):
        assert found.hour is None or 0 <= found.hour <= 23
        assert found.minute is None or 0 <= found.minute <= 59
