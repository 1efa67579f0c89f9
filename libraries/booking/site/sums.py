"""Sums of money on a page, and what the words beside each say that it is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from booking.site.checkout import amount_of

_AMOUNT = re.compile(
    r"(?P<minus>[-\u2212\u2013]|\()?(?P<plain>(?:£|GBP)\s?\d[\d.,]*|(?<![\w.,£])\d[\d,]*\.\d\d\s?(?:GBP|pounds)\b)"
    r"(?P<after>\)|\s?-(?=\s|$)|\s?CR\b)?",
    re.IGNORECASE,
)
_BARE = re.compile(r"\s*\d{1,6}\.\d\d\s*")
_MONEY_LABEL = re.compile(r"£|\bGBP\b|\bprices?\b|\bcosts?\b|\bamount\b|\btotal\b|\bfees?\b", re.IGNORECASE)


class SumKind(StrEnum):
    """What a sum of money is, by its words."""

    PRICE = "price"
    """Of a line, or without a word that says something else."""
    SUBTOTAL = "subtotal"
    TOTAL = "total"
    PAYABLE = "to pay"
    TAX = "tax"
    DISCOUNT = "discount"
    CREDIT = "credit"
    FEE = "fee"
    OTHER = "other"
    """Not part of what is paid: what it was once, what a cancellation would cost."""


@dataclass(frozen=True, slots=True)
class FoundSum:
    """A sum of money with its words."""

    kind: SumKind
    pence: int | None
    """None where it cannot be read."""
    label: str
    negative: bool = False


def _any(*words: str) -> re.Pattern[str]:
    return re.compile("|".join(words), re.IGNORECASE)


_CARD = r"(?!\W*(?:or |and |/ ?)?(?:debit )?cards?\b)"
_KINDS: tuple[tuple[SumKind, re.Pattern[str]], ...] = (
    (
        SumKind.OTHER,
        _any(
            r"\bwas\b|\brrp\b|\bsav(?:e|ing|ed)|\bnormally\b|\binstead\b|\bcancellation (?:fee|charge)|\blate\b"
            r"|no.?show"
            r"|\brefund|\breplacement|\bdeposit\b|\bfrom\b$|\bup to\b|\bminimum\b|\bmaximum\b|\blimit\b|\bspend\b"
            r"|\btop.?up\b|\badd\b|\bper (?:hour|person|session)\b|\bunit price\b|\beach\b|\balready paid\b"
        ),
    ),
    (
        SumKind.TOTAL,
        _any(
            r"\btotal\b[^|]*\binc(?:\.|l\.?|luding|lusive)?\b|\binc(?:\.|l\.?|luding)?\b[^|]*\b(?:vat|tax)\b[^"
            r"|]*\btotal\b"
        ),
    ),
    (
        SumKind.FEE,
        _any(
            r"\bsurcharge|^\W*(?:fees?|charges?)\b|\bfees?\W*$|\blevy\b",
            r"\b(?:card|booking|handling|transaction|processing|payment|convenience|service|admin\w*|online|web)"
            r" (?:fees?|charges?)\b",
        ),
    ),
    (
        SumKind.SUBTOTAL,
        _any(r"\bsub\W{0,2}total\b|\bnet\b|\bexcl|\bitems? total\b|\bbasket (?:value|sum)\b|\bbefore\b"),
    ),
    (SumKind.TAX, _any(r"\bvat\b|\btax\b")),
    (SumKind.DISCOUNT, _any(r"\bdiscount|\bvoucher|\bpromo|\bconcession|\breduction|\bcoupon")),
    (
        SumKind.PAYABLE,
        _any(
            r"\b(?:to|now|you) (?:be )?(?:pay|paid|charged?)\b|\bpayable\b|\bdue\b|\boutstanding\b|\bpay now\b"
            r"|\bpay\W*$",
            r"\bwill be charged\b|\bremaining\b|\bleft to\b|\bpay\b[^|]{0,12}$",
        ),
    ),
    (
        SumKind.CREDIT,
        _any(rf"\bcredits?\b{_CARD}|\bwallet\b|\b(?:account|your|available) balance\b|\bgift\b|\bprepaid\b"),
    ),
    (SumKind.TOTAL, _any(r"\btotals?\b|\bamount\b|\bbalance\b|\bsum\b")),
)


def find_sums(parts: Sequence[tuple[str, str]]) -> tuple[FoundSum, ...]:
    """Return the sums of money in parts of a page, in their order.

    Args:
        parts: label (such as that of the column; may be empty) and text of each.
    """
    found: list[FoundSum] = []
    last = ""
    for label, text in parts:
        matches = list(_AMOUNT.finditer(text))
        if not matches and _BARE.fullmatch(text) and (_MONEY_LABEL.search(label) or _MONEY_LABEL.search(last)):
            found.append(_sum(amount_of(f"£{text.strip()}"), label or last, negative=False))
        start = 0
        for number, match in enumerate(matches):
            before = text[start : match.start()].strip(" ,;:")
            end = matches[number + 1].start() if number + 1 < len(matches) else len(text)
            words = before if re.search(r"[^\W\d]", before) else ""
            if not words and number == 0:
                words = text[match.end() : end].strip(" ,;:") if len(matches) == 1 else ""
            known = kind_of(words) is not SumKind.PRICE
            words = words if known or not (label or last) else f"{label or last} {words}".strip()
            found.append(_read(match, words))
            start = match.end()
        last = "" if matches else text
    return tuple(found)


def kind_of(words: str) -> SumKind:
    """Tell what a sum is by the words beside it."""
    return next((kind for kind, pattern in _KINDS if pattern.search(words)), SumKind.PRICE)


def _read(match: re.Match[str], words: str) -> FoundSum:
    plain = match["plain"].rstrip(".,")
    number = re.sub(r"(?i)gbp|pounds|£|\s", "", plain)
    negative = bool(match["minus"] and (match["minus"] != "(" or match["after"] == ")")) or bool(
        match["after"] and match["after"] != ")"
    )
    return _sum(amount_of(f"£{number}"), words, negative=negative)


def _sum(pence: int | None, words: str, *, negative: bool) -> FoundSum:
    return FoundSum(kind_of(words), pence, " ".join(words.split())[:80], negative)
