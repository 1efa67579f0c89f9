"""What the calendar says of an hour in words: only what says that it is taken is taken."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from booking.text import plain

_NOT = re.compile(
    r"\b(?:not|never|isn't|un)\b[ -]?(?:yet )?(?:\w+ )?(?=booked|taken|sold|reserved|full)|\bbook(?:ed)? by you\b"
    r"|\byour\b|\byou\b"
)
_TAKEN = re.compile(
    r"\b(?:fully |already |now )?booked\b|\btaken\b|\bsold[ -]?out\b|\bfull\b|\breserved\b|\boccupied\b"
    r"|\bno (?:spaces|places|availability left)\b"
    r"|\b0 (?:spaces|places|slots|available|left)\b|\bin (?:someone|somebody|another|a) (?:\w+ )?basket\b"
)


class HourSays(StrEnum):
    """What the calendar says of one hour."""

    FREE = "free"
    """There is a link to take it, which does not prove that the day is open."""
    TAKEN = "taken"
    OTHER = "something else"
    """Neither a link nor a word that it is taken: it is asked for once at the opening all the same."""


@dataclass(frozen=True, slots=True)
class HourWords:
    """What the calendar says of one hour, and the words themselves."""

    says: HourSays
    words: str


def read_hour_words(text: str, *, has_link: bool) -> HourWords:
    """Return what the calendar says of one hour.

    "Unavailable" and "Closed" may mean that the hour cannot be had yet: they are not taken for "taken".

    Args:
        text: all that stands at the hour, its time included.
        has_link: whether a link to take it stands there.
    """
    words = re.sub(
        r"^\W*\d{1,2}[:.]\d\d(?:\s?[ap]m\b)?(?:\s?[-\u2013]\s?\d{1,2}[:.]\d\d(?:\s?[ap]m\b)?)?\W*",
        "",
        " ".join(text.split()),
    )
    said = plain(words)
    if _TAKEN.search(said) and not _NOT.search(said):
        return HourWords(HourSays.TAKEN, words)
    return HourWords(HourSays.FREE if has_link else HourSays.OTHER, words)
