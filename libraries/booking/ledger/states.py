"""What the ledger records: the states of a slot, which may follow which and by what proof, and events."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

CARRIED = "carried over"
"""Stands for the run of what was carried over from a damaged ledger."""
PRICED = "in the basket at this price"
"""Why a slot is recorded again whose price the basket shows: without what a card portal adds to it."""


class SlotState(StrEnum):
    """Where one slot of one account stands."""

    INTENT = "intent"
    """A hold request is about to be sent."""
    HELD = "held"
    """In our basket."""
    PAYING = "paying"
    """A click that may move money is about to be made; no answer seen yet."""
    PAID = "paid"
    UNKNOWN = "unknown"
    """The payment was sent, and neither My Bookings nor a person has said what became of it."""
    RELEASED = "released"
    """Not ours: taken by somebody else, given back, or the hold ran out."""


class Click(StrEnum):
    """What a click that may pay can move; the ledger keeps it as the reason of the step."""

    BY_CARD = "the next click may move money"
    BY_GOING_ON = "the next click sends a form of a card portal that may have no last button"
    BY_CREDIT = "the next click pays with credit, or leads to where a card is typed"


class Proof(StrEnum):
    """What shows that no money has moved, or that what was paid is settled; a few steps need one."""

    DECLINED = "the card was declined"
    """The portal says so, in words that are known to mean it."""
    CARD_ASKED_FOR = "no card was typed, and the card portal asks for one"
    IN_BASKET = "no card was typed, and the site shows the basket"
    STILL_ASKED = "the card portal asks on, before its last button"
    """Of a portal that nobody has seen, where each form may be the last one."""
    PERSON = "a person looked"


class Event(StrEnum):
    """A point of the run to which a worker has come, or what it has to say there."""

    READY = "ready"
    """It waits for the opening."""
    LEFT = "left"
    """Its books are closed."""
    CLOCK = "clock"
    """What it knows of the clocks."""
    NOTICE = "notice"
    """For the person at the terminal."""
    BANK = "bank"
    """The bank wants a person now."""
    CALL = "call"
    """A person is needed, and wherever that person is."""
    SETTLED = "settled"
    """What a person was called for needs nobody any more."""
    CARD_DECLINED = "card declined"
    NO_END = "told to have no end"
    """Of a run that was killed: a later run has reported it."""
    DAMAGE = "begun after damage"
    """Of the whole ledger: the one before it was damaged."""
    STOCK_TAKEN = "stock taken after damage"
    """Nothing in the account's basket could have been paid for without this ledger's knowledge."""


FOLLOWS: Mapping[SlotState | None, frozenset[SlotState]] = {
    None: frozenset({SlotState.INTENT, SlotState.HELD, SlotState.PAID, SlotState.UNKNOWN}),
    SlotState.INTENT: frozenset({SlotState.INTENT, SlotState.HELD, SlotState.RELEASED, SlotState.PAID}),
    SlotState.HELD: frozenset(
        {SlotState.HELD, SlotState.PAYING, SlotState.RELEASED, SlotState.PAID, SlotState.UNKNOWN}
    ),
    SlotState.PAYING: frozenset({SlotState.HELD, SlotState.PAID, SlotState.UNKNOWN}),
    SlotState.UNKNOWN: frozenset({SlotState.UNKNOWN, SlotState.PAID, SlotState.RELEASED, SlotState.HELD}),
    SlotState.RELEASED: frozenset({SlotState.INTENT, SlotState.HELD, SlotState.PAID}),
    SlotState.PAID: frozenset({SlotState.PAID, SlotState.RELEASED}),
}

_PROOFS: Mapping[tuple[SlotState | None, SlotState], frozenset[Proof]] = {
    (SlotState.PAYING, SlotState.HELD): frozenset(
        {Proof.DECLINED, Proof.CARD_ASKED_FOR, Proof.IN_BASKET, Proof.STILL_ASKED}
    ),
    (SlotState.UNKNOWN, SlotState.HELD): frozenset({Proof.IN_BASKET}),
    (SlotState.UNKNOWN, SlotState.RELEASED): frozenset({Proof.PERSON}),
    (SlotState.PAID, SlotState.RELEASED): frozenset({Proof.PERSON}),
}
"""What must be proved to leave a state in which money may have moved: what may have been paid is never payable."""
AFTER_CLICK = {
    Proof.CARD_ASKED_FOR: Click.BY_CREDIT,
    Proof.IN_BASKET: Click.BY_CREDIT,
    Proof.STILL_ASKED: Click.BY_GOING_ON,
}
"""These prove something only of such a click: what the site shows proves nothing once a card was typed, for one."""


def may_follow(before: SlotState | None, after: SlotState, proof: Proof | None = None) -> bool:
    """Return whether a slot in state `before` (None: never heard of) may come into state `after`, given this proof."""
    needed = _PROOFS.get((before, after))
    return after in FOLLOWS[before] and (needed is None or proof in needed)


UNSETTLED = frozenset({SlotState.PAYING, SlotState.UNKNOWN})
"""A payment of such a slot was sent, or is about to be, and nobody knows what became of it."""
AT_STAKE = UNSETTLED | {SlotState.PAID}
"""Money was paid for such a slot, or may have been."""
