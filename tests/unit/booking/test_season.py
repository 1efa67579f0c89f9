"""Seasons in notes, and remarks that only look like one."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.schedule.season import MONTH_NAMES, Season, parse_season


@pytest.mark.parametrize(
    ("note", "season"),
    [
        ("All year", "all year"),
        ("all year round", "all year"),
        ("Feb-Aug only", "February to August"),
        ("FEBRUARY to AUGUST", "February to August"),
        ("Feb \u2013 Aug  only", "February to August"),
        ("Sept. - Oct.", "September to October"),
        ("\uff26eb\uff0dAug", "February to August"),
        ("Summer only (Jun-Aug)", "June to August"),
        ("Summer only (May-Sep)", "May to September"),
        ("May-Jul (summer)", "May to July"),
        ("summer only", "June to August"),
        ("in the summer months", "June to August"),
        ("winter", "December to February"),
        ("Spring & Autumn", "March to May and September to November"),
        ("Oct-Mar", "October to March"),
        ("not August", "September to July"),
        ("except Aug", "September to July"),
        ("closed in August", "September to July"),
        ("Apr-Sep except August", "April to July and September"),
        ("Apr-Sep, not July or August", "April to June and September"),
        ("Apr-Sep (not Aug)", "April to July and September"),
        ("All year - not August", "September to July"),
        ("from 1 April to 15 May", "1 April to 15 May"),
        ("1st of April \u2013 15th May", "1 April to 15 May"),
        ("April 1 to May 15", "1 April to 15 May"),
        ("1/4-15/5", "1 April to 15 May"),
        ("1-15 May", "1 May to 15 May"),
        ("15 Nov - 10 Feb", "15 November to 10 February"),
        ("between May and July", "May to July"),
        ("until end of June", "January to June"),
        ("until June", "January to June"),
        ("before May", "January to April"),
        ("after May", "June to December"),
        ("from September", "September to December"),
        ("September onwards", "September to December"),
        ("not before May", "May to December"),
        ("not until May", "May to December"),
        ("Jun, Jul and Aug", "June to August"),
        ("Jan & Dec", "December to January"),
        ("May", "May"),
        ("May only", "May"),
        ("29 Feb only", "29 February"),
        ("(Feb-Aug only)", "February to August"),
        ("Feb-Aug inclusive", "February to August"),
    ],
)
def test_a_season_is_read(note: str, season: str) -> None:
    assert str(parse_season(note)) == season


@pytest.mark.parametrize(
    "note",
    [
        "Feb-Aug only; bring balls",
        "Feb-Aug only, bring balls",
        "Feb-Aug only - with Tom",
        "Feb-Aug only (bring balls)",
        "Feb-Aug only. Bring balls",
        "Feb-Aug, may be late",
        "Feb-Aug\nbring balls",
        "bring balls; Feb-Aug only",
        "With Tom (Feb-Aug only)",
        "Season: Feb-Aug",
    ],
)
def test_a_remark_set_off_from_a_season_leaves_it_one(note: str) -> None:
    assert str(parse_season(note)) == "February to August"


@pytest.mark.parametrize(
    "note",
    [
        "", " ", "bring new balls", "Marching band", "May be late", "maybe", "ask Augustus", "Augustus",
        "Mother's sept party",
        "March on!", "May day", "summer holidays", "Term time only", "weekends only", "match only", "doubles only",
        "Jan-Willem plays too", "bring balls, June", "bring balls; June", "Tom, Dick, not June", "not if raining",
        "1/2",
        "paid; 5 May", "18:00 please", "from Monday", "after Easter", "no balls in June left", "court 2",
        "=IMPORTXML(1)",
        "only", "not", "(", "-",
    ],
)  # fmt: skip
def test_a_remark_is_no_season(note: str) -> None:
    assert parse_season(note) is None


@pytest.mark.parametrize(
    ("note", "words"),
    [
        ("from 31 April to 15 May", "April has 30 days"),
        ("until 30 Feb", "February has 29 days"),
        ("1/13-2/14", "day/month"),
        ("Fooo-Aug only", "not a valid month"),
        ("from Fooo to Aug", "not a valid month"),
        ("Feb-Agust", "did you mean August"),
        ("Feburary to May", "did you mean February"),
        ("mid-April to June", "write a day"),
        ("Apr-Sep 2026", "leave the year out"),
        ("1/4/26-15/5/26", "leave the year out"),
        ("May except May", "no day of the year"),
        ("Apr-Sep (1 May-3 Jun)", "two different things"),
        ("until winter", "write both ends"),
    ],
)
def test_a_season_that_cannot_be_says_why(note: str, words: str) -> None:
    with pytest.raises(ValueError, match="is not a valid season") as caught:
        parse_season(note)
    assert words in str(caught.value)


def test_the_ends_belong_to_the_season() -> None:
    season = parse_season("Oct-Mar")
    assert season
    inside = [date(2026, 10, 1), date(2026, 12, 31), date(2027, 1, 1), date(2027, 3, 31), date(2028, 2, 29)]
    assert [season.contains(day) for day in inside] == [True] * 5
    assert not season.contains(date(2026, 9, 30))
    assert not season.contains(date(2027, 4, 1))


def test_29_february_belongs_to_february_and_not_to_its_28th() -> None:
    leap_day = date(2028, 2, 29)
    for note, inside in [("Feb", True), ("until end of Feb", True), ("until 28 Feb", False), ("from 1 March", False)]:
        season = parse_season(note)
        assert season
        assert season.contains(leap_day) is inside


DAYS = st.dates(date(2024, 1, 1), date(2044, 12, 31))


@given(st.integers(1, 12), st.integers(1, 12), DAYS, st.sampled_from(["{}-{} only", "{} to {}", "from {} until {}"]))
def test_months_from_to(first: int, last: int, day: date, form: str) -> None:
    season = parse_season(form.format(MONTH_NAMES[first - 1][:3], MONTH_NAMES[last - 1]))
    assert season
    inside = first <= day.month <= last if first <= last else (day.month >= first or day.month <= last)
    assert season.contains(day) is inside


@given(DAYS, DAYS, DAYS)
def test_days_from_to(first: date, last: date, day: date) -> None:
    season = parse_season(f"from {first.day} {first:%B} to {last.day} {last:%b}")
    assert season
    start, end, here = ((d.month, d.day) for d in (first, last, day))
    assert season.contains(day) is (start <= here <= end if start <= end else here >= start or here <= end)


@given(st.sets(st.integers(0, 365), min_size=1))
def test_what_a_season_says_of_itself_reads_as_the_same_season(numbers: set[int]) -> None:
    season = Season(frozenset(numbers))
    assert parse_season(str(season)) == season


@given(st.integers(1, 12), DAYS)
def test_not_a_month_is_all_but_that_month(month: int, day: date) -> None:
    season = parse_season(f"not {MONTH_NAMES[month - 1]}")
    assert season
    assert season.contains(day) is (day.month != month)


PIECES = ["feb", "may", "aug", "summer", "-", " ", " - ", ",", ";", "(", ")", "not", "from", "to", "until", "only",
          "31", "1/4",
          "all year", "and", "tom", "mid", "end of", "2026", "between", "."]  # fmt: skip


@given(st.one_of(st.text(max_size=80), st.lists(st.sampled_from(PIECES), max_size=14).map(" ".join)))
def test_any_note_is_a_season_a_remark_or_told(note: str) -> None:
    season, told = None, "is not a valid season"
    try:
        season = parse_season(note)
    except ValueError as error:
        told = str(error)
    assert "is not a valid season" in told
    if season:
        assert any(season.contains(date(2028, 1, 1) + timedelta(days=number)) for number in range(366))
