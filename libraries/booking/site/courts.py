"""Which court a text of the site names: one of those that are wanted, another one, or not clearly either."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from booking.text import slugify

_NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_NUMBER = rf"(?:\d{{1,2}}|{'|'.join(_NUMBERS)})"
_MENTION = re.compile(
    rf"\b(?:courts?|ct)\s*(?:no\b\.?|number|num\b\.?|#|:)?\s*#?(?P<first>{_NUMBER})\b(?!\s*[/:]\s*\d|\s?(?:am"
    rf"|pm)\b|\.\d)"
    rf"(?P<more>(?:\s*(?:,|&|\+|-|\u2013|and|to|/)\s*(?:court\s*)?{_NUMBER}\b(?!\s*[/:]))*)",
    re.IGNORECASE,
)
_BEHIND = re.compile(
    rf"\b(?P<first>\d{{1,2}})(?:st|nd|rd|th)\s+court\b|\bno\.?\s?(?P<second>{_NUMBER})\s+court\b", re.IGNORECASE
)
_NOT_A_NUMBER = re.compile(
    r"\s*(?:st|nd|rd|th)?[\s.-]*(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|of\b|[/:.]|am\b|pm\b|h\b|x\b|min"
    r"|hour|hr|session|adult|-\d)",
    re.IGNORECASE,
)
"""What shows that the figure before it is that of a date or a time, and not of a second court."""
_CODE = re.compile(r"\b(?!COURT)(?=[A-Z-]*\d)(?=[\d-]*[A-Z])[A-Z\d]+(?:-[A-Z\d]+)*\b")
"""A reference: capitals and digits."""
_ORDINARY_WORDS = (
    "tennis court courts ct outdoor indoor hard grass clay artificial floodlit floodlights facility facilities hire"
    " pay and play booking bookings booked book session sessions slot slots hour hours minute minutes min"
    " mins hr hrs"
    " adult adults member members resident non concession standard peak off casual single doubles a an the of"
    " at in on"
    " for to from with by x activity venue location site where when what date dates time times day price cost"
    " fee qty"
    " quantity item items no number start starts end ends finish duration amount subtotal total vat inc incl"
    " details"
    " view remove delete cancel edit change your you per each reserved confirmed held paid status ref"
    " reference order"
    " code until am pm noon midday gbp mon monday tue tues tuesday wed wednesday thu thur thurs thursday fri"
    " friday sat"
    " saturday sun sunday jan january feb february mar march apr april may jun june jul july aug august sep sept"
    " september oct october nov november dec december st nd rd th made created purchased s selected one two three"
)
_ORDINARY = frozenset(_ORDINARY_WORDS.split())


_PLACE_WORDS = (
    "park parks fields gardens garden square green common heath recreation ground grounds school leisure"
    " centre center"
    " road street hill lane farm academy college lido estate community pavilion"
)
_PLACES = frozenset(_PLACE_WORDS.split())
"""A word that only the name of a place has."""


class CourtKind(StrEnum):
    """Whose court a text names."""

    OURS = "ours"
    OTHER = "another court"
    UNCLEAR = "unclear"
    """It may be one of ours, and is not certain to be."""
    NONE = "no court"


@dataclass(frozen=True, slots=True)
class CourtMatch:
    """What a text says of a court."""

    kind: CourtKind
    facility: str | None = None
    """Slug of the court where it is ours, or may be."""


@dataclass(frozen=True, slots=True)
class _Known:
    facility: str
    number: int | None
    place: frozenset[str]
    """The words that no other park has."""
    initials: str


class Courts:
    """The courts that are looked for."""

    def __init__(self, facilities: Collection[str]) -> None:
        """Take the courts.

        Args:
            facilities: their names or slugs, e.g. ``lincoln-s-inn-fields-tennis-court-1``.
        """
        self._known = tuple(_known(each) for each in facilities)

    def mentioned(self, text: str) -> frozenset[str]:
        """Return which courts a text mentions, by their numbers or, where one has none, by its name."""
        numbers = {str(each) for each in _mentioned(text)}
        slug = f"-{slugify(text)}-"
        return frozenset(numbers | {k.facility for k in self._known if k.number is None and f"-{k.facility}-" in slug})

    def possible(self, text: str) -> tuple[str, ...]:
        """Return the slugs of all courts that a text may be about."""
        words, numbers = _words(text), _mentioned(text)
        return tuple(
            each.facility
            for each in self._known
            if (each.number is None and f"-{each.facility}-" in f"-{slugify(text)}-")
            or (each.number in numbers and _judge(each, words, frozenset()) is not CourtKind.OTHER)
            or (not numbers and each.place and each.place <= words)
        )

    def match(self, text: str, around: str = "") -> CourtMatch:
        """Tell which court a text names.

        Args:
            text: the line of a basket, or the row of a booking.
            around: what stands over it, which may name the place.
        """
        slug = f"-{slugify(text)}-"
        whole = [each for each in self._known if each.number is None and f"-{each.facility}-" in slug]
        if whole:
            return CourtMatch(CourtKind.OURS if len(whole) == 1 else CourtKind.UNCLEAR, whole[0].facility)
        numbers = _mentioned(text)
        if not numbers:
            words = _words(text)
            places = [each for each in self._known if each.place and each.place <= words]
            return CourtMatch(CourtKind.UNCLEAR, places[0].facility) if places else CourtMatch(CourtKind.NONE)
        found = [each for each in self._known if each.number in numbers]
        if not found:
            return CourtMatch(CourtKind.OTHER)
        words, over = _words(text), _words(around)
        kinds = {each: _judge(each, words, over) for each in found}
        likely = [each for each, kind in kinds.items() if kind is not CourtKind.OTHER]
        if not likely:
            return CourtMatch(CourtKind.OTHER)
        sure = [each for each in likely if kinds[each] is CourtKind.OURS]
        best = (sure or likely)[0]
        if len(numbers) > 1 or len(sure) != 1:
            return CourtMatch(CourtKind.UNCLEAR, best.facility)
        return CourtMatch(CourtKind.OURS, best.facility)


def _judge(known: _Known, words: frozenset[str], over: frozenset[str]) -> CourtKind:
    """Tell whether a text that has the number of a court means it."""
    if known.place <= words or (known.initials and known.initials in words):
        return CourtKind.OURS
    foreign = words - _ORDINARY - known.place
    named = known.place & words
    if foreign & _PLACES and not named:
        return CourtKind.OTHER
    if not foreign:
        # "Tennis Court 1" and nothing else is the court of whoever reads their own page.
        enough = not named or len(named) * 3 >= len(known.place) * 2
        return CourtKind.OURS if enough else CourtKind.UNCLEAR
    return CourtKind.OURS if known.place and known.place <= over and not named else CourtKind.UNCLEAR


def _known(name: str) -> _Known:
    slug = slugify(name)
    words = _words(slug.replace("-", " "))
    number = re.search(r"(?:court|ct)-0?(\d{1,2})(?:-|$)", slug)
    place = [each for each in _in_order(slug.replace("-", " ")) if each not in _ORDINARY and not each.isdecimal()]
    initials = "".join(each[0] for each in place) if len(place) > 2 else ""
    return _Known(slug, int(number[1]) if number else None, words & frozenset(place), initials)


def _mentioned(text: str) -> set[int]:
    numbers: set[int] = set()
    for match in _MENTION.finditer(text):
        numbers.add(_number(match["first"]))
        more = match["more"]
        # In "Court 1 - 29 Dec" a date follows, in "Court 1, 18:00" a time.
        if more and not _NOT_A_NUMBER.match(text, match.end()):
            numbers |= {_number(each) for each in re.findall(_NUMBER, more, re.IGNORECASE)}
    for match in _BEHIND.finditer(text):
        numbers.add(_number(match["first"] or match["second"]))
    return numbers


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else _NUMBERS.index(text.lower()) + 1


def _in_order(text: str) -> list[str]:
    plain = re.sub(r"['\u2019`\u00b4]", "", text.lower())
    # "Lincoln s Inn" is how addresses have it.
    plain = re.sub(r"(?<=[a-z])\ss\b", "s", plain)
    return re.findall(r"[a-z\u00e0-\u00ff]+(?![a-z0-9]*\d)", plain)


def _words(text: str) -> frozenset[str]:
    """Return the words of a text, without apostrophes and without codes."""
    return frozenset(_in_order(_CODE.sub(" ", text)))
