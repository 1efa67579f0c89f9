"""Bookings: of what is paid, the venue sells what is still held, once it has learnt of the money."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

from practice.clock import Openings
from practice.portal.payments import Payments, payment_number
from practice.venue.courts import VenueSlot
from practice.venue.database import Database
from practice.venue.holds import Due, Hold, Holds, court_of, slot_of
from practice.venue.members import Members

Learnt = Literal["unpaid", "booked", "processing", "too late"]
"""What a look at a checkout ends with; ``too late``: paid, but what it paid for is held no more."""


@dataclass(frozen=True)
class Booking:
    """A slot that is paid for."""

    slot: VenueSlot
    made_at: float
    payment_id: int


class VenueCheckout:
    """The table of bookings, and of the baskets that checkouts pay for."""

    def __init__(
        self, database: Database, openings: Openings, members: Members, holds: Holds, payments: Payments
    ) -> None:
        self._db = database
        self._openings = openings
        self._members = members
        self._holds = holds
        self._payments = payments
        holds.due = self._checks

    def pay_by_credit(self, email: str, basket: Sequence[Hold], fee_pence: int) -> int | None:
        """Book a basket from the account's credit; return the payment, or None where it does not reach."""
        total = sum(hold.price_pence for hold in basket) + fee_pence
        with self._db.transaction():
            sql = "UPDATE accounts SET credit_pence = credit_pence - ? WHERE email = ? AND credit_pence >= ?"
            if self._db.do(sql, total, email, total).rowcount != 1:
                return None
            payment = self._payments.pay_by_credit(email, total, [hold.slot for hold in basket])
            self._sell([hold.id for hold in basket], payment, self._openings.now_ms())
        return payment

    def open_checkout(self, email: str, basket: Sequence[Hold], fee_pence: int) -> str:
        """Return a new reference under which the portal takes the money for a basket and its fee."""
        total = sum(hold.price_pence for hold in basket) + fee_pence
        with self._db.transaction():
            reference = self._payments.open_checkout(email, total, [hold.slot for hold in basket])
            for hold in basket:
                self._db.do("INSERT INTO checkout_lines (reference, hold_id) VALUES (?, ?)", reference, hold.id)
        return reference

    def learn(self, reference: str, email: str) -> tuple[Learnt, int | None]:
        """Ask the portal what became of an account's checkout, and book what it paid for.

        Returns:
            what was learnt, and the payment if there is one.
        """
        self._holds.settle()
        checkout = self._payments.checkout(reference)
        if checkout is None or checkout.email != email or checkout.state != "paid":
            return "unpaid", None
        learnt: Learnt = "booked"
        if self._db.one("SELECT 1 FROM bookings WHERE payment_id = ?", checkout.payment_id) is None:
            if self._members.conduct(email).learns == "never":
                learnt = "processing"
            elif not self._book(reference, self._openings.now_ms()):
                learnt = "too late"
        return learnt, checkout.payment_id

    def bookings(self, email: str) -> list[Booking]:
        """Return what My Bookings lists of an account, the earliest slot first."""
        self._holds.settle()
        made_by = self._openings.now_ms() - self._members.conduct(email).listed_late_seconds * 1000
        rows = self._db.all(
            "SELECT holds.*, bookings.made_at, bookings.payment_id "
            "FROM bookings JOIN holds ON holds.id = bookings.hold_id "
            "WHERE email = ? AND bookings.made_at <= ? ORDER BY day, hour, bookings.id",
            email,
            made_by,
        )
        return [Booking(slot_of(row), row["made_at"], row["payment_id"]) for row in rows]

    def records(self) -> list[dict[str, Any]]:
        """Return all bookings."""
        self._holds.settle()
        rows = self._db.all(
            "SELECT email, event_id, day AS date, hour, made_at, payment_id "
            "FROM bookings JOIN holds ON holds.id = bookings.hold_id ORDER BY bookings.id"
        )
        return [{**dict(row), **court_of(row), "payment_id": payment_number(row["payment_id"])} for row in rows]

    def _checks(self, now: float) -> list[Due]:
        """Return the venue's own checks that are due: where it learns of money without the browser."""
        due = []
        for taken in self._payments.not_booked():
            conduct = self._members.conduct(taken.email)
            at = taken.at + conduct.learns_seconds * 1000
            if conduct.learns == "later" and at <= now:
                due.append(Due(at, partial(self._book, taken.reference)))
        return due

    def _book(self, reference: str, at: float) -> bool:
        """Book what a paid checkout was for if all of it is held; tell whether that was done."""
        with self._db.transaction():
            lines = self._db.all(
                "SELECT hold_id, payment_id, holds.state FROM checkouts JOIN checkout_lines USING (reference) "
                "JOIN holds ON holds.id = hold_id WHERE reference = ? ORDER BY hold_id",
                reference,
            )
            if any(line["state"] != "held" for line in lines):
                return False
            self._sell([line["hold_id"] for line in lines], lines[0]["payment_id"], at)
        return True

    def _sell(self, hold_ids: Sequence[int], payment: int, at: float) -> None:
        for hold_id in hold_ids:
            sql = "UPDATE holds SET state = 'sold', expires = NULL WHERE id = ? AND state = 'held'"
            if self._db.do(sql, hold_id).rowcount != 1:
                raise RuntimeError(f"hold {hold_id} was to be sold but is held no more")
            self._db.do("INSERT INTO bookings (hold_id, payment_id, made_at) VALUES (?, ?, ?)", hold_id, payment, at)
