"""The last line against a secret in a log; the first is that secrets are `Secret`s and are put nowhere.

Whatever is about to be written is searched for every secret value, as it is and as addresses, forms, JSON, HTML and
base64 would carry it, and what is found is blackened.
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


def forms_of(value: str) -> set[str]:
    """Return how a value may be written: itself, URL-encoded, in JSON, in HTML, in base64, digits in groups of four."""
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
    if value.isdecimal() and len(value) >= 12:
        groups = [value[start : start + 4] for start in range(0, len(value), 4)]
        forms |= {" ".join(groups), "-".join(groups), "+".join(groups), "%20".join(groups)}
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


class Redaction:
    """Blackens secret values in text."""

    def __init__(self, values: Iterable[str]) -> None:
        """Search for these values from now on; short ones are left out, see `SHORTEST`."""
        forms = {form for value in values if len(value) >= SHORTEST for form in forms_of(value)}
        # Longest first, so that a value is not left half visible by another one that it contains.
        ordered = sorted(forms, key=lambda form: (-len(form), form))
        self._pattern = re.compile("|".join(map(re.escape, ordered))) if ordered else None

    def clean(self, text: str) -> str:
        """Return the text with every secret blackened."""
        return self._pattern.sub(BLACK, text) if self._pattern else text

    def found_in(self, text: str) -> bool:
        """Tell whether the text holds a secret."""
        return self._pattern is not None and self._pattern.search(text) is not None
