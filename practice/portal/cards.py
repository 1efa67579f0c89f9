"""What can be wrong with a card before a bank is asked, and what the bank says to the well-known test numbers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from practice.conduct import Verdict

GOOD = "4111111111111111"
BEHAVIOUR: dict[str, Verdict] = {"4000000000000002": "decline", "4000000000003220": "3ds"}
"""Cards that a bank treats in their own way, whoever pays with them."""


def digits(text: str) -> str:
    """Return a number without the spaces people type."""
    return text.replace(" ", "")


def passes_luhn(number: str) -> bool:
    """Tell whether the check digit of a card number is right."""
    doubled = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(number))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def _is_number(text: str, *lengths: int) -> bool:
    return text.isascii() and text.isdigit() and len(text) in lengths


def faults_of(fields: Mapping[str, str], today: date) -> dict[str, str]:
    """Return what is wrong with a card as it was typed, by field; never what was typed."""
    wrong = {}
    number = digits(fields.get("cardNumber", ""))
    if not _is_number(number, *range(13, 20)) or not passes_luhn(number):
        wrong["cardNumber"] = "Card number not correct"
    month, year = fields.get("expiryDate", "").strip(), fields.get("expiryDate2", "").strip()
    if not _is_number(month, 1, 2) or not 1 <= int(month) <= 12 or not _is_number(year, 2, 4):
        wrong["expiryDate"] = "Expiry date not correct"
    elif (int(year) % 100, int(month)) < (today.year % 100, today.month):
        wrong["expiryDate"] = "Card has expired"
    if not _is_number(fields.get("csc", "").strip(), 3, 4):
        wrong["csc"] = "Security code not correct"
    return wrong
