"""Text as people type it, as messages show it, and as the site writes it in addresses."""

from __future__ import annotations

import re
import unicodedata

_DASHES = dict.fromkeys([*range(0x2010, 0x2016), 0x2212], "-")


def plain(text: object) -> str:
    """Return what was typed in one form: lower case, single spaces, ASCII digits and dashes, ``;`` for a line break."""
    wide = unicodedata.normalize("NFKC", str(text)).translate(_DASHES)
    visible = "".join(c for c in wide if unicodedata.category(c) != "Cf")
    lines = (" ".join(re.sub(r"[\x00-\x1f\x7f]", " ", line).split()) for line in visible.splitlines())
    return " ; ".join(line for line in lines if line).casefold()


def shown(value: object) -> str:
    """Return a value for an error message: quoted, on one line, at most 60 characters of it."""
    text = " ".join("".join(c if c.isprintable() else " " for c in str(value)).split())
    return f'"{text if len(text) <= 60 else text[:59] + "…"}"'


def slugify(text: str) -> str:
    """Return text as the site writes it in addresses: ``Lincoln's Inn`` becomes ``lincoln-s-inn``."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)).lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
