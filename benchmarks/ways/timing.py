"""Instants to aim at, as keywords."""

from __future__ import annotations

import time
from urllib.parse import quote

from robot.api.deco import keyword, library

from booking.opening.waiting import sleep_until

_AHEAD = 0.4


@library
class timing:  # noqa: N801 - Robot Framework wants the name of the file
    """Names the next instant and waits for it as the suite waits for an opening."""

    @keyword
    def next_target(self, address: str, way: str, number: int) -> tuple[str, float]:
        """Returns the address with a mark that tells the instant it is aimed at, and that instant.

        Args:
            address: what is requested.
            way: how it is going to be sent.
            number: how many have been sent so.
        """
        at = time.time() + _AHEAD
        return f"{address}&way={quote(way)}&number={number}&aimed={at * 1000:.3f}", at

    @keyword
    def wait_until_instant(self, at: float) -> None:
        """Waits until an instant, in seconds since the epoch."""
        sleep_until(at)
