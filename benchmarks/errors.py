"""What can go wrong while measuring."""

from __future__ import annotations


class BenchmarkError(Exception):
    """A measurement did not come about; says which and why."""
