"""When a slot day opens, on every kind of night."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from booking.opening.release import Release

LONDON = ZoneInfo("Europe/London")
REAL = Release(35, 1440, LONDON)
AHEAD = timedelta(minutes=45)

# Instants of all years, and many near the nights that matter.
NIGHTS = [
    datetime.fromisoformat(f"{day}T00:00:00Z")
    for day in ("2026-03-29", "2026-10-25", "2027-03-28", "2027-10-31", "2028-02-29", "2028-03-01", "2027-01-01")
]
NEAR_NIGHTS = st.builds(
    lambda account_run, seconds: account_run + timedelta(seconds=seconds),
    st.sampled_from(NIGHTS),
    st.integers(-100_000, 100_000),
)
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
ANY_INSTANTS = st.timedeltas(timedelta(0), timedelta(days=90 * 365)).map(lambda since: EPOCH + since)
INSTANTS = st.one_of(ANY_INSTANTS, NEAR_NIGHTS)
RELEASES = st.builds(
    Release,
    st.integers(0, 366),
    st.one_of(st.integers(0, 1440), st.sampled_from([0, 59, 60, 90, 119, 120, 1439, 1440])),
    st.sampled_from([LONDON, ZoneInfo("UTC"), ZoneInfo("America/New_York"), ZoneInfo("Australia/Lord_Howe")]),
)
DAYS = st.dates(date(2000, 6, 1), date(2090, 1, 1))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize(
    ("opening_day", "opening"),
    [
        (date(2026, 11, 23), "2026-11-24T00:00:00+00:00"),
        (date(2026, 7, 1), "2026-07-02T00:00:00+01:00"),
        # The night of the change in spring: midnight comes before it, the next one after it.
        (date(2026, 3, 28), "2026-03-29T00:00:00+00:00"),
        (date(2026, 3, 29), "2026-03-30T00:00:00+01:00"),
        # And in autumn.
        (date(2026, 10, 24), "2026-10-25T00:00:00+01:00"),
        (date(2026, 10, 25), "2026-10-26T00:00:00+00:00"),
        (date(2026, 12, 31), "2027-01-01T00:00:00+00:00"),
        (date(2028, 2, 28), "2028-02-29T00:00:00+00:00"),
        (date(2028, 2, 29), "2028-03-01T00:00:00+00:00"),
    ],
)
def test_a_slot_day_opens_at_the_end_of_the_day_35_days_before(opening_day: date, opening: str) -> None:
    instant = REAL.opening_of(opening_day + timedelta(days=35))
    assert instant.isoformat() == opening
    assert instant.tzinfo is LONDON


@pytest.mark.parametrize(
    ("time", "opening"),
    [
        ("00:59", "2026-03-29T00:59:00+00:00"),
        # Clocks go from 01:00 to 02:00: this hour does not exist.
        ("01:00", "2026-03-29T02:00:00+01:00"),
        ("01:30", "2026-03-29T02:00:00+01:00"),
        ("01:59", "2026-03-29T02:00:00+01:00"),
        ("02:00", "2026-03-29T02:00:00+01:00"),
        ("08:00", "2026-03-29T08:00:00+01:00"),
    ],
)
def test_a_time_that_does_not_exist_is_the_first_instant_after_the_gap(time: str, opening: str) -> None:
    hour, minute = map(int, time.split(":"))
    release = Release(7, hour * 60 + minute, LONDON)
    assert release.opening_of(date(2026, 4, 5)).isoformat() == opening


def test_a_time_that_exists_twice_is_the_first() -> None:
    assert Release(7, 90, LONDON).opening_of(date(2026, 11, 1)).isoformat() == "2026-10-25T01:30:00+01:00"


@pytest.mark.parametrize(
    "evening",
    [
        date(2026, 11, 23), date(2026, 3, 28), date(2026, 3, 29), date(2026, 10, 24), date(2026, 10, 25),
        date(2026, 12, 31),
        date(2028, 2, 28), date(2028, 2, 29), date(2028, 1, 25),
    ],
)  # fmt: skip
def test_the_slot_day_is_the_same_before_and_after_midnight(evening: date) -> None:
    wanted = evening + timedelta(days=35)
    morning = evening + timedelta(days=1)
    for day, clock in [(evening, "23:40:00"), (evening, "23:59:59"), (morning, "00:00:00"), (morning, "00:00:01"),
                       (morning, "00:20:00"), (morning, "15:00:00")]:  # fmt: skip
        now = datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=LONDON)
        assert REAL.slot_day_at_hand(now, AHEAD) == wanted, f"{day} {clock}"
        assert REAL.slot_day_at_hand(now.astimezone(UTC), AHEAD) == wanted, f"{day} {clock} in UTC"


def test_long_before_an_opening_the_latest_passed_is_at_hand() -> None:
    afternoon = datetime(2026, 11, 23, 15, tzinfo=LONDON)
    assert REAL.slot_day_at_hand(afternoon, AHEAD) == date(2026, 11, 23) + timedelta(days=34)
    assert REAL.slot_day_at_hand(afternoon, timedelta(hours=9)) == date(2026, 11, 23) + timedelta(days=35)
    # However long a run would wait, it is the next opening that it waits for.
    assert REAL.slot_day_at_hand(afternoon, timedelta(days=5)) == date(2026, 11, 23) + timedelta(days=35)


def test_a_wait_is_measured_in_real_time_across_a_clock_change() -> None:
    release = Release(35, 150, LONDON)
    # From 00:45 GMT to 02:30 BST are 45 minutes, though clocks show 105.
    assert release.slot_day_at_hand(datetime(2026, 3, 29, 0, 45, tzinfo=LONDON), AHEAD) == date(2026, 5, 3)
    assert release.slot_day_at_hand(datetime(2026, 3, 29, 0, 44, tzinfo=LONDON), AHEAD) == date(2026, 5, 2)


@given(RELEASES, INSTANTS, st.timedeltas(timedelta(0), timedelta(days=3)))
@example(REAL, utc("2026-03-28T23:59:59.999999+00:00"), AHEAD)
@example(REAL, utc("2026-10-24T23:59:59.999999+01:00"), AHEAD)
@example(REAL, utc("2026-10-25T00:00:00+01:00"), timedelta(0))
def test_the_opening_at_hand_is_the_next_within_reach_or_the_latest_passed(
    release: Release, now: datetime, ahead: timedelta
) -> None:
    slot_day = release.slot_day_at_hand(now, ahead)
    opening = release.opening_of(slot_day).astimezone(UTC)
    following = release.opening_of(slot_day + timedelta(days=1)).astimezone(UTC)
    if opening > now:
        assert opening - now <= ahead
        assert release.opening_of(slot_day - timedelta(days=1)).astimezone(UTC) <= now
    else:
        assert following > now
        assert following - now > ahead


@given(RELEASES, DAYS)
@example(Release(41, 60, LONDON), date(2084, 5, 6))  # the very minute that the clocks jump over
def test_openings_come_one_after_the_other_on_their_own_day(release: Release, slot_day: date) -> None:
    opening = release.opening_of(slot_day)
    day = slot_day - timedelta(days=release.days_ahead)
    shown = opening.astimezone(UTC).astimezone(release.zone)
    assert (shown.replace(tzinfo=None), shown.utcoffset()) == (opening.replace(tzinfo=None), opening.utcoffset())
    assert shown.date() == (day + timedelta(days=1) if release.minutes == 1440 else day)
    # Clocks never show less than the time of the release, and more only where it does not exist: an hour at most.
    late = shown.replace(tzinfo=None) - (
        datetime.combine(day, datetime.min.time()) + timedelta(minutes=release.minutes)
    )
    assert timedelta(0) <= late <= timedelta(hours=1)
    assert opening.astimezone(UTC) < release.opening_of(slot_day + timedelta(days=1)).astimezone(UTC)


@given(st.integers(0, 366), st.integers(1, 1440), DAYS)
def test_an_opening_that_the_rule_gives_leads_back_to_its_slot_day(ahead: int, minutes: int, slot_day: date) -> None:
    release = Release(ahead, minutes, LONDON)
    assert release.slot_day_of_opening(release.opening_of(slot_day)) == slot_day


@pytest.mark.parametrize(
    ("opening", "slot_day"),
    [
        ("2026-11-24T00:00:00+00:00", date(2026, 12, 28)),
        ("2026-11-23T23:59:59+00:00", date(2026, 12, 28)),
        ("2026-11-24T00:00:01+00:00", date(2026, 12, 29)),
        ("2026-11-24T15:00:00+00:00", date(2026, 12, 29)),
        # Midnight in London is 23:00 in UTC in summer; and midnight in UTC is none.
        ("2026-07-01T23:00:00Z", date(2026, 8, 5)),
        ("2026-07-02T00:00:00Z", date(2026, 8, 6)),
    ],
)
def test_an_announced_opening_belongs_to_the_day_it_ends_or_falls_in(opening: str, slot_day: date) -> None:
    assert REAL.slot_day_of_opening(datetime.fromisoformat(opening)) == slot_day


def test_an_instant_without_zone_is_refused() -> None:
    naive = datetime(2026, 11, 23, 23, 40)  # noqa: DTZ001 - that is what is refused
    with pytest.raises(ValueError, match="has no zone"):
        REAL.slot_day_at_hand(naive, AHEAD)
    with pytest.raises(ValueError, match="has no zone"):
        REAL.slot_day_of_opening(naive)


@pytest.mark.parametrize(("days", "minutes"), [(-1, 0), (35, -1), (35, 1441)])
def test_an_impossible_rule_is_refused(days: int, minutes: int) -> None:
    with pytest.raises(ValueError, match=r"days_ahead|minutes"):
        Release(days, minutes, LONDON)
