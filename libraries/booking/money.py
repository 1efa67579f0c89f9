"""Pounds and pence."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

_MONEY = re.compile(r"(?<![-\u2212])£\s*(\d{1,6}(?:,\d{3})*(?:\.\d{2})?)(?![.,]?\d)")


def pounds(pence: int) -> str:
    """Return an amount as people write it, e.g. ``£27.80``."""
    return f"£{pence // 100}.{pence % 100:02d}"


def pence(text: str) -> int | None:
    """Return the first amount of pounds in a text, in pence; None when there is none."""
    found = _MONEY.search(text)
    if found is None:
        return None
    try:
        return int(Decimal(found[1].replace(",", "")) * 100)
    except InvalidOperation:  # pragma: no cover - the pattern admits only decimal numbers
        return None
