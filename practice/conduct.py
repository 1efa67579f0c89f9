"""How bank, portal and venue conduct themselves when a certain account pays."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

Verdict = Literal[
    "approve",
    "decline",
    "decline_page",
    "error_taken",
    "error_untaken",
    "3ds",
    "frictionless",
    "bank_page",
    "late",
    "approve_lost",
    "slow",
]
"""What bank and portal make of a press of the payment button:

- ``approve``: the money is taken.
- ``decline``: no money; the card page again, which says so.
- ``decline_page``: no money; a page without card fields says so.
- ``error_taken``, ``error_untaken``: a page that says not to pay again; the money was taken, or was not.
- ``3ds``: the bank asks the person in a frame.
- ``frictionless``: the frame is shown, and goes on by itself.
- ``bank_page``: the bank asks on a page of its own, on another host.
- ``late``: as ``3ds``, but the bank is told only after the page was left; the money is taken then.
- ``approve_lost``: the money is taken, and the answer to the press is lost.
- ``slow``: the money is taken at once, and the answer to the press comes late.
"""


@dataclass(frozen=True)
class Conduct:
    """What paying is like for one account; every value can be set by the control."""

    card: Verdict = "approve"
    late_seconds: float = 3.0
    """How late ``late`` and ``slow`` are."""
    surcharge_pence: int = 0
    """What the confirmation page adds to the amount."""
    surcharge_stated: bool = True
    """Whether it says so in a line of its own."""
    billing: Literal["new", "old", "none"] = "new"
    """The generation of the billing page."""
    prefilled: bool = False
    """Whether the billing page comes filled in with somebody else's details."""
    offer_save: Literal["none", "before", "after"] = "none"
    """Whether the portal offers to save the card, before or after the money."""
    last_page: bool = False
    """Whether a last page of the portal stands between the payment and the return to the site."""
    test_banner: bool = False
    """Whether the portal's pages say that they are a test installation's."""
    card_fields: Literal["text", "select"] = "text"
    """What month and year are entered in."""
    no_back: bool = False
    """Whether the card page has a Continue button without a Back button."""
    other_portal: bool = False
    """Whether the portal is one that nobody has seen: ids of its own, and no page with a last button."""
    card_amount_pence: int | None = None
    """What the portal is about to charge instead of the basket's total."""
    learns: Literal["return", "later", "never"] = "return"
    """How the venue learns of the money: from the returning browser; also by a check of its own; not at all."""
    learns_seconds: float = 5.0
    """How long after the money the venue's own check comes."""
    listed_late_seconds: float = 0.0
    """How long after a booking My Bookings lists it."""

    def changed(self, values: Mapping[str, object]) -> Conduct:
        """Return this conduct with other values.

        Raises:
            ValueError: a name or a value is not one of those that can be; says which.
        """
        kinds = get_type_hints(Conduct)
        for name, value in values.items():
            _check(name, value, kinds[name])
        return replace(self, **dict(values))  # type: ignore[arg-type] # checked just now

    def to_json(self) -> dict[str, Any]:
        """Return all values by name."""
        return asdict(self)


NAMES = tuple(each.name for each in fields(Conduct))


def _check(name: str, value: object, kind: object) -> None:
    if get_origin(kind) is Literal:
        choices = get_args(kind)
        if value not in choices:
            raise ValueError(f"{name}: {value!r} is none of {', '.join(choices)}")
    elif kind is bool:
        if not isinstance(value, bool):
            raise ValueError(f"{name}: {value!r} is neither true nor false")
    elif get_origin(kind) in {Union, types.UnionType}:
        if value is not None:
            _check(name, value, int)
    elif isinstance(value, bool) or not isinstance(value, int if kind is int else (int, float)) or value < 0:
        raise ValueError(f"{name}: {value!r} is no {'whole number of pence' if kind is int else 'number'} from 0 up")
