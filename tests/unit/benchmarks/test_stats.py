from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.stats import fit_line, summarise

numbers = st.floats(-1e6, 1e6)


def test_summary_is_median_and_extremes() -> None:
    summary = summarise([30.0, 10.0, 20.0, 1000.0])
    assert summary is not None
    assert (summary.count, summary.median, summary.lowest, summary.highest) == (4, 25.0, 10.0, 1000.0)
    assert summary.show() == "25 (10 to 1000)"


def test_nothing_measured_has_no_summary() -> None:
    assert summarise([]) is None


@given(st.integers(-1000, 1000), st.integers(-1000, 1000))
def test_points_on_a_line_are_fitted_exactly(slope: int, intercept: int) -> None:
    fit = fit_line([1, 3, 6, 12], [slope * x + intercept for x in (1, 3, 6, 12)])
    assert fit is not None
    assert fit.slope == pytest.approx(slope, abs=1e-6)
    assert fit.intercept == pytest.approx(intercept, abs=1e-6)
    assert fit.r_squared == pytest.approx(1.0)


@given(st.lists(st.tuples(st.integers(1, 12), numbers), min_size=2))
def test_r_squared_never_exceeds_one(points: list[tuple[int, float]]) -> None:
    fit = fit_line([x for x, _ in points], [y for _, y in points])
    assert fit is None or fit.r_squared <= 1.0 + 1e-9


def test_a_curve_is_told_from_a_line() -> None:
    fit = fit_line([1, 3, 6, 12], [1, 9, 36, 144])
    assert fit is not None
    assert fit.r_squared < 0.98


def test_one_x_makes_no_line() -> None:
    assert fit_line([3, 3], [1, 2]) is None
    assert fit_line([], []) is None


def test_x_and_y_must_pair_up() -> None:
    with pytest.raises(ValueError, match="2 x and 1 y"):
        fit_line([1, 2], [1])
