"""The few statistics that the benchmarks need."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import linear_regression, mean, median


@dataclass(frozen=True, slots=True)
class Summary:
    """Median and extremes of some measurements."""

    count: int
    median: float
    lowest: float
    highest: float

    def show(self, digits: int = 0) -> str:
        """Return ``median (lowest to highest)``."""
        return f"{self.median:.{digits}f} ({self.lowest:.{digits}f} to {self.highest:.{digits}f})"


def summarise(values: Sequence[float]) -> Summary | None:
    """Return median and extremes; None where nothing was measured."""
    if not values:
        return None
    return Summary(len(values), median(values), min(values), max(values))


@dataclass(frozen=True, slots=True)
class Fit:
    """A straight line through measurements, and how much of their variation it explains."""

    slope: float
    intercept: float
    r_squared: float


def fit_line(xs: Sequence[float], ys: Sequence[float]) -> Fit | None:
    """Return the least-squares line; None where there are not two different x.

    Raises:
        ValueError: there are not as many x as y.
    """
    if len(xs) != len(ys):
        raise ValueError(f"{len(xs)} x and {len(ys)} y do not pair up")
    if len(set(xs)) < 2:
        return None
    slope, intercept = linear_regression(xs, ys)
    middle = mean(ys)
    total = sum((y - middle) ** 2 for y in ys)
    unexplained = sum((y - intercept - slope * x) ** 2 for x, y in zip(xs, ys, strict=True))
    return Fit(slope, intercept, 1 - unexplained / total if total else 1.0)
