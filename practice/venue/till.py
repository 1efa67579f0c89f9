"""Checkouts, payments and bookings: money is taken once, and only for slots that are still held."""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from practice.clock import Openings
from practice.venue.courts import Slot
from practice.venue.database import Database
from practice.venue.holds import Hold, Holds, court_of, slot_of

State = Literal["open", "pending", "paid", "declined", "expired"]
Verdict = Literal["approve", "decline", "3ds"]


def pounds(pence: int) -> str:
    """Return an amount as the site writes it, e.g. ``£13.90``."""
    return f"£{pence // 100}.{pence % 100:02d}"


def day_and_time(slot: Slot) -> str:
    """Return day and time as baskets and bookings write them: D/M/YYYY H:MM."""
    return f"{slot.day.day}/{slot.day.month}/{slot.day.year} {slot.hour}:00"


@dataclass(frozen=True)
class Checkout:
    """One way to the card portal, good for one payment."""

    reference: str
    email: str
    amount_pence: int
    state: State
    payment_id: int | None
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Booking:
    """A slot that is paid for."""

    slot: Slot
    made_at: float


def payment_number(payment_id: int) -> str:
    """Return the number of a payment as people see it."""
    return f"PC-{payment_id:06d}"


class Till:
    """The tables of checkouts, payments, bookings, and of every press of the payment button."""

    def __init__(self, database: Database, openings: Openings, holds: Holds) -> None:
        self._db = database
        self._openings = openings
        self._holds = holds

    def pay_by_credit(self, email: str, basket: Sequence[Hold]) -> int | None:
        """Book a basket from the account's credit; return the payment, or None where it does not reach."""
        total = sum(hold.price_pence for hold in basket)
        with self._db.transaction():
            sql = "UPDATE accounts SET credit_pence = credit_pence - ? WHERE email = ? AND credit_pence >= ?"
            if self._db.do(sql, total, email, total).rowcount != 1:
                return None
            lines = [_line(hold.slot) for hold in basket]
            payment = self._record_payment(email, total, "credit", None, "paid", lines)
            self._book([hold.id for hold in basket], payment)
        return payment

    def open_checkout(self, email: str, basket: Sequence[Hold]) -> str:
        """Return a new reference under which the portal takes the money for a basket."""
        reference = secrets.token_urlsafe(18)
        with self._db.transaction():
            self._db.do(
                "INSERT INTO checkouts (reference, email, amount_pence, opened, state) VALUES (?, ?, ?, ?, 'open')",
                reference,
                email,
                sum(hold.price_pence for hold in basket),
                self._openings.now_ms(),
            )
            for hold in basket:
                self._db.do("INSERT INTO checkout_lines (reference, hold_id) VALUES (?, ?)", reference, hold.id)
        return reference

    def checkout(self, reference: str) -> Checkout | None:
        """Return the checkout of a reference, as it stands."""
        sql = "SELECT reference, email, amount_pence, state, payment_id FROM checkouts WHERE reference = ?"
        row = self._db.one(sql, reference)
        if row is None:
            return None
        return Checkout(**dict(row), lines=tuple(_line(slot_of(hold)) for hold in self._lines(reference)))

    def submit(self, reference: str, last4: str, verdict: Verdict) -> State:
        """Take a press of the payment button: pay once, say again what came of it every other time.

        Args:
            reference: the checkout.
            last4: the last digits of the card; more of it is never kept.
            verdict: what the card's bank says.

        Returns:
            how the checkout stands now.
        """
        self._holds.settle()
        with self._db.transaction():
            checkout = self._known(reference)
            if checkout.state != "open":
                self._record_submission(checkout, f"again after {checkout.state}")
                return checkout.state
            status = {"approve": "paid", "decline": "declined", "3ds": "pending"}[verdict]
            state: State
            match verdict:
                case _ if not self._still_held(reference):
                    state = "expired"
                case "approve":
                    state = "paid"
                case "decline":
                    state = "declined"
                case "3ds":
                    state = "pending"
            self._record_submission(checkout, state)
            payment = None
            if state != "expired":
                payment = self._record_payment(
                    checkout.email, checkout.amount_pence, "card", last4, status, checkout.lines
                )
            self._db.do("UPDATE checkouts SET state = ?, payment_id = ? WHERE reference = ?", state, payment, reference)
            if state == "paid" and payment is not None:
                self._book([row["id"] for row in self._lines(reference)], payment)
        return state

    def answer_3ds(self, reference: str, *, confirmed: bool) -> State:
        """Take a person's answer to 3-D Secure; money is taken if the slots are still held."""
        self._holds.settle()
        with self._db.transaction():
            checkout = self._known(reference)
            if checkout.state != "pending" or checkout.payment_id is None:
                return checkout.state
            state: State = "declined"
            if confirmed:
                state = "paid" if self._still_held(reference) else "expired"
            status = "paid" if state == "paid" else "declined"
            now = self._openings.now_ms()
            self._db.do("UPDATE payments SET status = ?, at = ? WHERE id = ?", status, now, checkout.payment_id)
            self._db.do("UPDATE checkouts SET state = ? WHERE reference = ?", state, reference)
            if state == "paid":
                self._book([row["id"] for row in self._lines(reference)], checkout.payment_id)
        return state

    def confirm_3ds_of(self, email: str) -> int:
        """Confirm every payment of an account that waits for 3-D Secure; return how many were paid."""
        rows = self._db.all("SELECT reference FROM checkouts WHERE email = ? AND state = 'pending'", email)
        return sum(self.answer_3ds(row["reference"], confirmed=True) == "paid" for row in rows)

    def save_card(self, reference: str) -> None:
        """Record that the member let the portal save the card of a payment."""
        self._db.do(
            "UPDATE payments SET card_saved = 1 WHERE id = (SELECT payment_id FROM checkouts WHERE reference = ?)",
            reference,
        )

    def bookings(self, email: str) -> list[Booking]:
        """Return what an account has booked, the earliest slot first."""
        rows = self._db.all(
            "SELECT holds.*, bookings.made_at FROM bookings JOIN holds ON holds.id = bookings.hold_id "
            "WHERE email = ? ORDER BY day, hour, bookings.id",
            email,
        )
        return [Booking(slot_of(row), row["made_at"]) for row in rows]

    def records(self) -> dict[str, list[dict[str, Any]]]:
        """Return all bookings, payments and presses of the payment button."""
        bookings = self._db.all(
            "SELECT email, event_id, day AS date, hour, made_at, payment_id "
            "FROM bookings JOIN holds ON holds.id = bookings.hold_id ORDER BY bookings.id"
        )
        payments = self._db.all("SELECT * FROM payments ORDER BY id")
        submissions = self._db.all("SELECT reference, email, at, result FROM submissions ORDER BY id")
        return {
            "bookings": [
                {**dict(row), **court_of(row), "payment_id": payment_number(row["payment_id"])} for row in bookings
            ],
            "payments": [
                {
                    **dict(row),
                    "id": payment_number(row["id"]),
                    "lines": json.loads(row["lines"]),
                    "card_saved": bool(row["card_saved"]),
                }
                for row in payments
            ],
            "submissions": [dict(row) for row in submissions],
        }

    def _known(self, reference: str) -> Checkout:
        checkout = self.checkout(reference)
        if checkout is None:
            raise KeyError(reference)
        return checkout

    def _lines(self, reference: str) -> list[sqlite3.Row]:
        return self._db.all(
            "SELECT holds.* FROM checkout_lines JOIN holds ON holds.id = checkout_lines.hold_id "
            "WHERE reference = ? ORDER BY holds.id",
            reference,
        )

    def _still_held(self, reference: str) -> bool:
        return all(row["state"] == "held" for row in self._lines(reference))

    def _record_payment(
        self, email: str, pence: int, method: str, last4: str | None, status: str, lines: Sequence[str]
    ) -> int:
        cursor = self._db.do(
            "INSERT INTO payments (email, amount_pence, method, last4, status, at, lines) VALUES (?, ?, ?, ?, ?, ?, ?)",
            email,
            pence,
            method,
            last4,
            status,
            self._openings.now_ms(),
            json.dumps(lines),
        )
        if cursor.lastrowid is None:
            raise RuntimeError("SQLite gave no row id for a payment just inserted")
        return cursor.lastrowid

    def _record_submission(self, checkout: Checkout, result: str) -> None:
        self._db.do(
            "INSERT INTO submissions (reference, email, at, result) VALUES (?, ?, ?, ?)",
            checkout.reference,
            checkout.email,
            self._openings.now_ms(),
            result,
        )

    def _book(self, hold_ids: Sequence[int], payment: int) -> None:
        for hold_id in hold_ids:
            sql = "UPDATE holds SET state = 'sold', expires = NULL WHERE id = ? AND state = 'held'"
            if self._db.do(sql, hold_id).rowcount != 1:
                raise RuntimeError(f"hold {hold_id} was to be sold but is held no more")
            self._db.do(
                "INSERT INTO bookings (hold_id, payment_id, made_at) VALUES (?, ?, ?)",
                hold_id,
                payment,
                self._openings.now_ms(),
            )


def _line(slot: Slot) -> str:
    return f"{slot.court.name}, {day_and_time(slot)}"
