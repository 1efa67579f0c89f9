"""The last line against a secret in a log; the first is that secrets are `Secret`s and are put nowhere.

Whatever is about to be written is searched for every secret value, as it is and as addresses, forms, JSON, HTML and
base64 would carry it, and what is found is blackened. The digits of a card number are found whatever stands between
them: blanks of every kind, dots, dashes, slashes, encoded or not; and also where a text was cut off amid the number.
"""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

BLACK = "<redacted>"
SHORTEST = 4
"""Values shorter than this are not searched for: a "12" or a "321" is in every log and gives nothing away."""

_SHORTEST_NUMBER = 12
"""Digits; a card number has 12 to 19, and pages show them in groups."""
_SHORTEST_CUT = 8
"""Digits; so many of a number's first ones are blackened without the others. The first six only name the bank."""
_BETWEEN = (
    # Blanks that Unicode counts as such, those that it does not, and the marks that people and pages group digits with.
    r"[\s\u00ad\u180e\u200b-\u200f\u2060\ufeff.,:;_/|+*\u00b7\u2022\u2010-\u2015\u2212-]"
    r"|%(?!3[0-9])[0-9A-Fa-f]{2}"  # in an address or a form; not a digit
    r"|&(?:[A-Za-z]{1,10}|#[0-9]{1,6}|#[xX][0-9A-Fa-f]{1,6});"  # in HTML
    r"|\\(?:[bfnrt/]|u[0-9A-Fa-f]{4})"  # in JSON
)
"""One thing that may stand between two digits of a card number. No two of these begin alike."""
_MOST_BETWEEN = 16
"""So many of them stand between two groups at most; two wide blanks are six bytes in an address."""


def forms_of(value: str) -> set[str]:
    """Return how a value may be written: itself, URL-encoded, in JSON, in HTML, in base64.

    Digits in groups are not among them: they have too many forms to be listed, see `Redaction`.
    """
    forms = {
        value,
        quote(value, safe=""),
        quote(value),
        quote_plus(value),
        json.dumps(value)[1:-1],
        json.dumps(value, ensure_ascii=False)[1:-1],
        html.escape(value),
        html.escape(value, quote=False),
    }
    return forms | _base64_forms(value.encode())


def _base64_forms(value: bytes) -> set[str]:
    """Return the part that base64 of any text around the value must contain, for each of the three alignments."""
    forms = set()
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + value).decode()
        # The characters at both ends also carry bits of the neighbours.
        core = encoded[(0, 2, 3)[shift] :]
        whole = core.rstrip("=")
        kept = whole if (shift + len(value)) % 3 == 0 else whole[:-1]
        if len(kept) >= 2 * SHORTEST:
            forms |= {kept, kept.replace("+", "-").replace("/", "_")}
    return forms


_GAP = rf"(?:{_BETWEEN}){{0,{_MOST_BETWEEN}}}+"
"""It takes what stands between two digits and never gives it back: a long text costs no more than its length."""


def _grouped(number: str) -> str:
    """Return a pattern of these digits in groups of any size."""
    return _GAP.join(number)


def _cut_off(numbers: Iterable[str], given: int = 0) -> str:
    """Return a pattern of as many first digits of one of these numbers as are there, in groups of any size.

    Args:
        numbers: numbers that begin with the same digits.
        given: how many of these the pattern comes after.
    """
    by_digit: dict[str, set[str]] = {}
    for number in numbers:
        if len(number) > given:
            by_digit.setdefault(number[given], set()).add(number)
    if not by_digit:
        return ""
    ways = "|".join(digit + _cut_off(those, given + 1) for digit, those in sorted(by_digit.items()))
    return f"(?:{_GAP if given else ''}(?:{ways})){'?' if given >= _SHORTEST_CUT else ''}"


class Redaction:
    """Blackens secret values in text."""

    def __init__(self, values: Iterable[str]) -> None:
        """Search for these values from now on; short ones are left out, see `SHORTEST`."""
        long_enough = {value for value in values if len(value) >= SHORTEST}
        patterns = {form: re.escape(form) for value in long_enough for form in forms_of(value)}
        numbers = {value for value in long_enough if value.isdecimal() and len(value) >= _SHORTEST_NUMBER}
        patterns |= {number: _grouped(number) for number in numbers}
        # Longest first, so that a value is not left half visible by another one that it contains.
        ordered = sorted(patterns, key=lambda form: (-len(form), form))
        whole = ["|".join(patterns[form] for form in ordered)] if ordered else []
        # After what is whole: the beginning of a number must not take digits away from one that follows it.
        self._patterns = [re.compile(each) for each in (*whole, _cut_off(numbers)) if each]

    def clean(self, text: str) -> str:
        """Return the text with every secret blackened."""
        for pattern in self._patterns:
            text = pattern.sub(BLACK, text)
        return text

    def found_in(self, text: str) -> bool:
        """Return whether the text holds a secret."""
        return any(pattern.search(text) for pattern in self._patterns)
