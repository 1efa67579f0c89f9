"""How far the site's clock is from this machine's, and whether this machine keeps time at all.

A site tells its time to the second, in the `Date` of every answer. Around the turn of a second a few cheap requests
say much more: each answer bounds the offset from both sides, and the bounds of all of them together are narrow.
"""

from __future__ import annotations

import ctypes
import ctypes.util
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from statistics import median

WARN_ABOVE = 0.25
"""Seconds between the two clocks that a person should hear of."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One answer of the site. Times are seconds since the epoch by this machine's clock."""

    sent: float
    answered: float
    date: float
    """What the site's `Date` said: its time, cut to the second."""

    @classmethod
    def from_header(cls, sent: float, answered: float, header: str) -> Sample:
        """Return the sample of an answer with this `Date` header.

        Raises:
            ValueError: the header is no date.
        """
        told = parsedate_to_datetime(header)
        return cls(sent, answered, (told if told.tzinfo else told.replace(tzinfo=UTC)).timestamp())

    @property
    def round_trip(self) -> float:
        """Seconds from request to answer."""
        return self.answered - self.sent


@dataclass(frozen=True, slots=True)
class Offset:
    """How many seconds the site's clock is ahead of this machine's, and how sure that is."""

    seconds: float
    uncertainty: float
    """Half the width of the interval in which the true offset lies."""
    round_trip: float
    """Median seconds of a request and its answer."""
    samples: int

    @property
    def notable(self) -> bool:
        """Whether the clocks differ so much that a person should hear of it."""
        return abs(self.seconds) - self.uncertainty > WARN_ABOVE

    def __str__(self) -> str:
        side = "ahead of" if self.seconds >= 0 else "behind"
        return (
            f"the site's clock is {abs(self.seconds) * 1000:.0f} ms ± {self.uncertainty * 1000:.0f} ms {side} this "
            f"machine's ({self.samples} samples, round trip {self.round_trip * 1000:.0f} ms)"
        )


def estimate(samples: Sequence[Sample]) -> Offset | None:
    """Return the offset that the samples allow; None without samples.

    The site wrote its time somewhere between request and answer, so each sample says: at least `date - answered`, less
    than `date + 1 - sent`. Samples that contradict each other (several servers with clocks of their own) leave no
    common interval; the medians of the bounds are used then, and the uncertainty covers their disagreement.
    """
    if not samples:
        return None
    lowest = [sample.date - sample.answered for sample in samples]
    highest = [sample.date + 1 - sample.sent for sample in samples]
    low, high = max(lowest), min(highest)
    if low > high:
        apart = (low - high) / 2
        low, high = median(lowest), median(highest)
        middle = (low + high) / 2
        return Offset(middle, max((high - low) / 2, apart), median(s.round_trip for s in samples), len(samples))
    return Offset((low + high) / 2, (high - low) / 2, median(s.round_trip for s in samples), len(samples))


def next_sample_at(samples: Sequence[Sample], now: float, *, spread: float = 0.12) -> float:
    """Return when the next request should be sent so that its answer tells the most.

    Until a turn of the second has been seen, requests follow each other at a distance; then each aims at the middle of
    what is still open about the next turn.

    Args:
        samples: what is known already.
        now: the time by this machine's clock.
        spread: seconds between requests while nothing is known of the turn.
    """
    known = estimate(samples)
    if known is None:
        return now
    if known.uncertainty > spread:
        return max(now, samples[-1].sent + spread)
    # The site's second turns when local time plus offset is whole; half a round trip earlier the request is sent.
    target = -known.seconds % 1 - known.round_trip / 2
    wait = (target - now) % 1
    return now + wait


@dataclass(frozen=True, slots=True)
class MachineClock:
    """What the system's time service says of this machine's clock."""

    synchronised: bool
    error: float
    """Seconds by which the kernel thinks the clock may be wrong at most."""

    def __str__(self) -> str:
        if not self.synchronised:
            return "this machine's clock is not kept by a time service: switch NTP on"
        return f"this machine's clock is kept by a time service, to {self.error * 1000:.0f} ms at worst"


class _Timex(ctypes.Structure):
    """Linux' struct timex, as far as it is read; see adjtimex(2)."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_byte * 256),
    )


_UNSYNCHRONISED = 0x40


def machine_clock() -> MachineClock | None:
    """Ask the kernel how well a time service keeps this machine's clock; None where it cannot be asked."""
    name = ctypes.util.find_library("c")
    if name is None:
        return None
    libc = ctypes.CDLL(name, use_errno=True)
    if not hasattr(libc, "adjtimex"):
        return None
    told = _Timex()  # With no modes set nothing is changed.
    if libc.adjtimex(ctypes.byref(told)) < 0:
        return None
    return MachineClock(not told.status & _UNSYNCHRONISED, told.maxerror / 1_000_000)


def corrected(opening: datetime, offset: Offset | None) -> float:
    """Return the local time, in seconds since the epoch, at which the site's clock shows the opening.

    Corrected only by what the samples prove: while no difference at all is possible, none is assumed, and otherwise
    the late end of what is possible is taken. A request that comes a moment early is refused and costs a whole try.
    """
    if offset is None or abs(offset.seconds) <= offset.uncertainty:
        return opening.timestamp()
    return opening.timestamp() - (offset.seconds - offset.uncertainty)
