from __future__ import annotations

import random
from datetime import UTC, datetime
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.opening.clock import Offset, Sample, corrected, estimate, machine_clock, next_sample_at

OPENING = datetime(2026, 11, 24, tzinfo=UTC)


def ask(now: float, offset: float, *, way: float = 0.01, back: float = 0.01) -> Sample:
    """Return what a site whose clock is `offset` ahead answers; it reads its clock after `way` seconds."""
    return Sample(now, now + way + back, float(int(now + way + offset)))


def measure(offset: float, chance: random.Random, samples: int = 12) -> Offset:
    now = 1_800_000_000 + chance.random()
    seen: list[Sample] = []
    for _ in range(samples):
        now = next_sample_at(seen, now) + chance.uniform(0, 0.003)
        seen.append(ask(now, offset, way=chance.uniform(0.002, 0.03), back=chance.uniform(0.002, 0.03)))
        now = seen[-1].answered
    found = estimate(seen)
    assert found is not None
    return found


def test_nothing_is_known_without_samples() -> None:
    assert estimate([]) is None


def test_one_sample_knows_the_second() -> None:
    found = estimate([ask(100.4, 0.0)])
    assert found is not None
    assert found.seconds - found.uncertainty <= 0 <= found.seconds + found.uncertainty
    assert found.uncertainty == pytest.approx(0.51)


@given(st.floats(-3600, 3600), st.randoms(use_true_random=False))
def test_the_true_offset_lies_within_the_uncertainty(offset: float, chance: random.Random) -> None:
    found = measure(offset, chance)
    assert abs(found.seconds - offset) <= found.uncertainty + 1e-6


@given(st.floats(-5, 5), st.randoms(use_true_random=False))
def test_a_dozen_samples_are_enough_for_some_dozens_of_milliseconds(offset: float, chance: random.Random) -> None:
    assert measure(offset, chance).uncertainty < 0.09


def test_servers_that_contradict_each_other_leave_an_honest_uncertainty() -> None:
    found = estimate([ask(100.2, 0.0), ask(100.9, 3.0), ask(101.5, 0.0)])
    assert found is not None
    assert found.uncertainty > 0.5


def test_the_next_sample_is_never_before_now_nor_more_than_a_second_later() -> None:
    seen = [ask(100.3, 0.2)]
    for now in (100.32, 100.9, 107.0):
        assert now <= next_sample_at(seen, now) <= now + 1


@pytest.mark.parametrize(
    ("seconds", "uncertainty", "notable"), [(0.2, 0.0, False), (0.3, 0.02, True), (-0.3, 0.1, False)]
)
def test_only_a_proven_difference_is_notable(seconds: float, uncertainty: float, notable: bool) -> None:
    assert Offset(seconds, uncertainty, 0.02, 9).notable is notable


@pytest.mark.parametrize(
    ("seconds", "uncertainty", "shift"),
    [(0.01, 0.02, 0.0), (-0.01, 0.02, 0.0), (0.5, 0.02, -0.48), (-0.5, 0.02, 0.52)],
)
def test_the_opening_is_corrected_by_what_is_proven_and_never_early(
    seconds: float, uncertainty: float, shift: float
) -> None:
    local = corrected(OPENING, Offset(seconds, uncertainty, 0.02, 9))
    assert local - OPENING.timestamp() == pytest.approx(shift)
    # By any clock that the samples allow, the site's day is open then.
    assert local + seconds + uncertainty >= OPENING.timestamp()


def test_without_a_measurement_the_machine_is_believed() -> None:
    assert corrected(OPENING, None) == OPENING.timestamp()


def test_a_date_header_is_read() -> None:
    sample = Sample.from_header(1.0, 2.0, format_datetime(OPENING, usegmt=True))
    assert sample.date == OPENING.timestamp()
    assert sample.round_trip == 1.0


def test_a_header_that_is_no_date_is_an_error() -> None:
    with pytest.raises(ValueError, match="date"):
        Sample.from_header(1.0, 2.0, "yesterday")


def test_the_offset_reads_as_a_sentence() -> None:
    assert str(Offset(-0.3, 0.012, 0.02, 9)) == (
        "the site's clock is 300 ms ± 12 ms behind this machine's (9 samples, round trip 20 ms)"
    )


def test_the_kernel_tells_of_its_time_service() -> None:
    clock = machine_clock()
    assert clock is not None
    assert clock.error >= 0
    assert ("kept by a time service, to" in str(clock)) is clock.synchronised
