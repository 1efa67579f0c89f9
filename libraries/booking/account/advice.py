"""What a person is told to do about a slot, in the words of every message."""

from __future__ import annotations

from booking.ledger.ledger import CeilingError
from booking.model import Slot
from booking.money import pounds

LOST = "it lies in the basket, but the ledger was damaged since and may have forgotten that it was paid for"
FOUND = "found in our basket"
LISTED = "My Bookings lists it"
FOUND_LISTED = "found in My Bookings"
NO_ANSWER = "the payment was sent and no answer was seen"
CONFIRMED = "the payment was confirmed, but My Bookings does not list the slot"


def settle_command(account: str, slot: Slot, verdict: str) -> str:
    """Return what a person types, or pastes, to tell the ledger what became of a payment."""
    return f"./run.sh settle {account} {slot.date.isoformat()} {slot.time} {verdict}"


def advice(account: str, *slots: Slot) -> str:
    """Return what a person does about a payment of which nobody knows what became of it."""
    commands = "; ".join(settle_command(account, slot, "paid") for slot in slots)
    return (
        "do not pay for it by hand; look at the card's statement and at My Bookings, and when the run has ended say "
        f"paid or not-paid: {commands}"
    )


def why_unread(words: str) -> str:
    """Return why a basket is not paid that holds what cannot be read."""
    return f'the basket also holds "{words}", which cannot be read: nothing is paid before it is removed'


def paid_but_not_listed(account: str, slot: Slot) -> str:
    """Return what a person does about a slot that the ledger has as paid and My Bookings does not list."""
    return (
        f"the ledger has it as paid by {account}, but My Bookings does not list it: look there; where it was "
        f"cancelled, say so: {settle_command(account, slot, 'cancelled')}"
    )


def too_dear(error: CeilingError, what: str) -> str:
    """Return why something is not paid that exceeds a ceiling.

    Args:
        error: what the ledger says of it.
        what: what it is that costs too much, e.g. "the basket costs".
    """
    ceiling = error.ceiling
    whose = "this account" if ceiling.account else "all accounts together"
    before = f" and {pounds(error.spent)} is spent on this day already" if error.spent else ""
    return (
        f"{what} {pounds(error.price)}{before}, but {ceiling.setting} allows {pounds(ceiling.pence)} for {whose}: "
        "raise it and run again"
    )
