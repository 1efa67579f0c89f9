"""The second chance: slots lost at the opening come back when foreign holds run out, about 45 minutes later."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta

LOOK_EVERY = timedelta(minutes=5)
"""A real site is looked at no more often than this."""
HOLDS_RUN_OUT = timedelta(minutes=46)
"""So long after the opening, what was held and not paid is free again; one look falls on that minute."""


def next_look(*, opened: float, last: float, until: float, every: float) -> float | None:
    """Return when to look next, in seconds since the epoch; None when the watch is over.

    Args:
        opened: when the day opened.
        last: the last look, or the end of the holding.
        until: when the watch ends.
        every: seconds between two looks.
    """
    special = opened + HOLDS_RUN_OUT.total_seconds()
    due = last + every
    if last < special:
        due = min(due, special)
    return due if due <= until else None


def parse_until(text: str, after: datetime) -> datetime:
    """Return the end of a watch: an instant, or a time of day as the first such time after the opening.

    Args:
        text: ``00:50``, or an ISO instant with its zone.
        after: the opening, in the zone of the site.

    Raises:
        ValueError: it is neither; the message says what would be right.
    """
    match = re.fullmatch(r"([01]?[0-9]|2[0-3]):([0-5][0-9])", text.strip())
    if match:
        at = datetime.combine(after.date(), time(int(match[1]), int(match[2])), after.tzinfo)
        return at if at > after else at + timedelta(days=1)
    try:
        instant = datetime.fromisoformat(text.strip())
    except ValueError:
        instant = None
    if instant is None or instant.utcoffset() is None:
        raise ValueError(
            f"{text.strip()[:60]!r} is not a valid time: write one such as 00:50, or an instant with its zone"
        )
    return instant.astimezone(after.tzinfo)
