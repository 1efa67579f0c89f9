"""Waiting for the opening by a clock that only moves when somebody sleeps, or is set by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.model import Payment, Plan
from booking.opening.clock import Sample
from booking.opening.waiting import (
    ANNOUNCEMENT,
    HEAD_START,
    KEEP_ALIVE,
    LAST_LOOK,
    Duty,
    Waiting,
    announce,
    sleep_until,
)

START = datetime(2026, 11, 23, 23, 40, tzinfo=UTC).timestamp()


@dataclass
class WaitingClock:
    """A clock of which sleeps are exact but for what each oversleeps."""

    now: float = START
    steady: float = 0.0
    """What no one can set."""
    oversleep: float = 0.0
    sleeps: list[float] = field(default_factory=list)
    happens: list[tuple[float, Callable[[], None]]] = field(default_factory=list)
    """What happens by itself, at most so many sleeps of a test from now: an instant slept through, and what is done."""

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        assert seconds > 0
        assert len(self.sleeps) < 1_000_000
        self.sleeps.append(seconds)
        self.spend(seconds + self.oversleep)
        for instant, act in list(self.happens):
            if self.now >= instant:
                self.happens.remove((instant, act))
                act()

    def spend(self, seconds: float) -> None:
        self.now += seconds
        self.steady += seconds

    def set(self, by: float) -> Callable[[], None]:
        def act() -> None:
            self.now += by

        return act


def plan(opening: float | None, *, wait: bool = True) -> Plan:
    return Plan(
        run="first",
        site="practice",
        site_url="https://site.example.test",
        slot_day=date(2026, 12, 28),
        zone="Europe/London",
        opening=datetime.fromtimestamp(opening, UTC) if opening is not None else None,
        wait=wait,
        payment=Payment.PAY,
        max_spend_pence=0,
        max_spend_per_account_pence=0,
        accounts=(),
        wishes=(),
    )


def duties(waiting: Waiting, clock: WaitingClock, cost: float = 0.0) -> list[tuple[Duty, float]]:
    """Do every duty until the day opens; return them with their instants, seconds after the start."""
    done = []
    while True:
        duty = waiting.next_duty()
        done.append((duty, clock.now - START))
        assert len(done) < 1000
        if duty is Duty.OPEN:
            return done
        clock.spend(cost)
        if duty is Duty.MEASURE and waiting.sample_due():
            waiting.take_sample(None)  # a site that does not tell its time
            assert not waiting.sample_due()


def opens_after(last: tuple[Duty, float], seconds: float) -> None:
    assert last[0] is Duty.OPEN
    assert last[1] == pytest.approx(max(0.0, seconds - HEAD_START), abs=0.01)


def wait_for(tmp_path: Path, opening: float | None, clock: WaitingClock, *, wait: bool = True) -> Waiting:
    return Waiting(plan(opening, wait=wait), tmp_path, now=clock, sleep=clock.sleep, steady=lambda: clock.steady)


# Sleeping to an instant


def test_sleep_is_coarse_first_and_fine_at_the_end() -> None:
    clock = WaitingClock()
    sleep_until(START + 100, now=clock, sleep=clock.sleep)
    assert clock.now == pytest.approx(START + 100, abs=1e-3)
    assert max(clock.sleeps) <= 30.0
    assert clock.sleeps == pytest.approx(sorted(clock.sleeps, reverse=True), abs=1e-5)
    assert len(clock.sleeps) < 20


def test_an_instant_that_has_passed_is_not_waited_for() -> None:
    clock = WaitingClock()
    sleep_until(START - 1, now=clock, sleep=clock.sleep)
    sleep_until(START, now=clock, sleep=clock.sleep)
    assert clock.sleeps == []


@given(seconds=st.floats(0, 4000), oversleep=st.floats(0, 0.01))
def test_sleep_never_ends_early_and_only_late_by_one_oversleep(seconds: float, oversleep: float) -> None:
    clock = WaitingClock(oversleep=oversleep)
    sleep_until(START + seconds, now=clock, sleep=clock.sleep)
    late = clock.now - (START + seconds)
    assert -1e-6 <= late <= oversleep + 0.001


@given(at=st.floats(1, 590), by=st.floats(-1800, 1800))
def test_a_clock_that_is_set_is_followed(at: float, by: float) -> None:
    clock = WaitingClock()
    clock.happens.append((START + at, clock.set(by)))
    sleep_until(START + 600, now=clock, sleep=clock.sleep)
    assert clock.now >= START + 600
    # A clock that was set forward is noticed within half a minute of sleep.
    if by <= 0:
        assert clock.now == pytest.approx(START + 600, abs=1e-3)
    assert clock.now - (START + 600) <= max(0.0, by) + 1e-3


# Duties


def test_a_run_that_does_not_wait_opens_at_once(tmp_path: Path) -> None:
    clock = WaitingClock()
    assert wait_for(tmp_path, START + 600, clock, wait=False).next_duty() is Duty.OPEN
    assert clock.sleeps == []


def test_a_long_wait_keeps_the_session_alive_and_looks_once_more_before_the_end(tmp_path: Path) -> None:
    clock = WaitingClock()
    done = duties(wait_for(tmp_path, START + 1200, clock), clock)
    signs = [at for duty, at in done if duty is Duty.KEEP_ALIVE]
    assert signs == pytest.approx([240, 480, 720, 960, 1200 - LAST_LOOK], abs=0.01)
    opens_after(done[-1], 1200)


@given(seconds=st.floats(0, 4500), cost=st.floats(0, 10))
def test_no_gap_is_longer_than_a_session_bears_and_the_opening_is_met(seconds: float, cost: float) -> None:
    clock = WaitingClock()
    done = duties(wait_for(Path("/nonexistent"), START + seconds, clock), clock, cost)
    signs = [0.0, *(at for duty, at in done if duty is Duty.KEEP_ALIVE)]
    gaps = [later - sooner for sooner, later in zip(signs, [*signs[1:], seconds], strict=True)]
    assert all(gap <= KEEP_ALIVE + cost + 0.1 for gap in gaps)
    assert done[-1][0] is Duty.OPEN
    # Nothing but the measurement comes within the last minute, and only what a duty costs can make it late.
    assert seconds - HEAD_START - 0.001 <= done[-1][1] <= seconds + 2 * cost + 0.1
    assert all(at <= seconds - LAST_LOOK + 0.1 for at in signs[1:])


def test_an_opening_that_has_passed_is_no_wait(tmp_path: Path) -> None:
    clock = WaitingClock()
    opens_after(duties(wait_for(tmp_path, START - 5, clock), clock)[-1], 0)


def test_an_announced_opening_is_met(tmp_path: Path) -> None:
    clock = WaitingClock()
    opening = datetime.fromtimestamp(START + 503, UTC)
    clock.happens.append((START + 500, lambda: announce(tmp_path, opening)))
    waiting = wait_for(tmp_path, None, clock)
    done = duties(waiting, clock)
    signs = [at for duty, at in done if duty is Duty.KEEP_ALIVE]
    assert signs == pytest.approx([240, 480], abs=0.1)
    opens_after(done[-1], 503)
    assert waiting.opening == opening
    assert str(waiting.opening.tzinfo) == "Europe/London"


def test_an_announcement_appears_whole(tmp_path: Path) -> None:
    opening = datetime(2026, 12, 28, tzinfo=UTC)
    announce(tmp_path, opening)
    announce(tmp_path, opening + timedelta(seconds=1))
    assert [path.name for path in tmp_path.iterdir()] == [ANNOUNCEMENT]
    assert datetime.fromisoformat((tmp_path / ANNOUNCEMENT).read_text()) == opening + timedelta(seconds=1)


@pytest.mark.parametrize("by", [-3600.0, -100.0, -5.0, 5.0])
@pytest.mark.parametrize("at", [100.0, 700.0, 1150.0])
def test_the_opening_is_met_by_a_clock_that_was_set_meanwhile(tmp_path: Path, by: float, at: float) -> None:
    clock = WaitingClock()
    clock.happens.append((START + at, clock.set(by)))
    done = duties(wait_for(tmp_path, START + 1200, clock), clock)
    opens_after(done[-1], 1200)


def test_a_clock_set_past_the_opening_opens_at_once(tmp_path: Path) -> None:
    clock = WaitingClock()
    clock.happens.append((START + 100, clock.set(3600)))
    done = duties(wait_for(tmp_path, START + 1200, clock), clock)
    assert sum(clock.sleeps) <= 131
    assert done[-1][0] is Duty.OPEN


@pytest.mark.parametrize("by", [-3600.0, -5.0, -0.4, 0.4, 5.0, 3600.0])
@pytest.mark.parametrize("at", [100.0, 700.0, 1150.0, 1185.0, 1190.0, 1199.0])
def test_after_a_clock_was_set_the_opening_is_met_by_the_sites(tmp_path: Path, by: float, at: float) -> None:
    """The site's clock is right all the time; this machine's is, until it is set while the run waits."""
    clock = WaitingClock()
    clock.happens.append((START + at, clock.set(by)))
    waiting = wait_for(tmp_path, START + 1200, clock)
    signs = []
    while (duty := waiting.next_duty()) is not Duty.OPEN:
        if duty is Duty.KEEP_ALIVE:
            signs.append(clock.steady)
        else:
            while waiting.sample_due():
                sent = clock.now
                date = (START + clock.steady + 0.01) // 1
                clock.spend(0.02)
                waiting.take_sample(Sample(sent, clock.now, date))
    # Half a second before the opening there is time for one sample only, which leaves the rest of a second open.
    late = 0.1 if at < 1195 else HEAD_START + 0.6
    assert -0.1 <= clock.steady - (1200 - HEAD_START) <= late
    assert waiting.set_by == pytest.approx(by, abs=0.01)
    assert waiting.offset is not None
    assert waiting.offset.seconds == pytest.approx(-by, abs=waiting.offset.uncertainty)
    # The session is kept alive by time that has really passed.
    assert all(later - sooner < KEEP_ALIVE + 3 for sooner, later in zip([0.0, *signs], signs, strict=False))


def test_a_clock_that_is_corrected_little_by_little_was_not_set(tmp_path: Path) -> None:
    clock = WaitingClock()
    for second in range(1, 1200):
        clock.happens.append((START + second, clock.set(0.0005)))
    waiting = wait_for(tmp_path, START + 1200, clock)
    duties(waiting, clock)
    assert waiting.set_by == 0.0
