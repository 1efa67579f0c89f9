"""The money: what the portal is asked to take, what was taken, and every press of its payment button.

The portal knows nothing of holds. It takes money for whatever it was asked to, and the venue has to learn of it.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from practice.clock import Openings
from practice.conduct import Verdict
from practice.venue.courts import VenueSlot
from practice.venue.database import Database
from practice.venue.members import Members

State = Literal["open", "pending", "paid", "declined", "failed", "cancelled"]
Status = Literal["paid", "declined", "failed", "pending"]

FRICTIONLESS_MS = 1500.0
"""How long the bank needs to approve by itself."""
LEFT_MS = 2500.0
"""A 3-D Secure page that has not asked for so long was left."""

_AFTER_PRESS: dict[Verdict, tuple[Status, State]] = {
    "approve": ("paid", "paid"),
    "approve_lost": ("paid", "paid"),
    "slow": ("paid", "paid"),
    "error_taken": ("paid", "paid"),
    "error_untaken": ("failed", "failed"),
    "decline": ("declined", "open"),
    "decline_page": ("declined", "declined"),
    "3ds": ("pending", "pending"),
    "frictionless": ("pending", "pending"),
    "bank_page": ("pending", "pending"),
    "late": ("pending", "pending"),
}
"""What a press of the button makes of the payment and of the checkout."""


def pounds(pence: int) -> str:
    """Return an amount as the site writes it, e.g. ``£13.90``."""
    return f"£{pence // 100}.{pence % 100:02d}"


def day_and_time(slot: VenueSlot) -> str:
    """Return day and time as baskets and bookings write them: D/M/YYYY H:MM."""
    return f"{slot.day.day}/{slot.day.month}/{slot.day.year} {slot.hour}:00"


def payment_number(payment_id: int) -> str:
    """Return the number of a payment as people see it."""
    return f"PC-{payment_id:06d}"


@dataclass(frozen=True)
class Receipt:
    """The slots that a payment is for."""

    lines: list[str]
    """As people read them."""
    slots: list[dict[str, Any]]
    """Court, date and hour of each."""

    @classmethod
    def of(cls, slots: Sequence[VenueSlot]) -> Receipt:
        """Return the receipt of slots."""
        return cls(
            [f"{slot.court.name}, {day_and_time(slot)}" for slot in slots],
            [{"court": slot.court.number, "date": slot.day.isoformat(), "hour": slot.hour} for slot in slots],
        )

    @classmethod
    def read(cls, row: sqlite3.Row) -> Receipt:
        """Return the receipt that stands in a row."""
        return cls(json.loads(row["lines"]), json.loads(row["slots"]))

    def written(self) -> tuple[str, str]:
        """Return it as it stands in the columns `lines` and `slots`."""
        return json.dumps(self.lines), json.dumps(self.slots)


@dataclass(frozen=True)
class Checkout:
    """One way to the card portal, good for one payment."""

    reference: str
    email: str
    amount_pence: int
    """What the basket costs; the portal may take another sum."""
    state: State
    verdict: Verdict | None
    """What was made of the latest press of the payment button; None before the first."""
    payment_id: int | None
    receipt: Receipt


@dataclass(frozen=True)
class Charge:
    """What a press of the payment button asks of a card."""

    amount_pence: int
    """All of it, the surcharge too."""
    surcharge_pence: int
    last4: str | None
    """Of the card, if there is one; more of it is never kept."""
    billing_name: str | None
    card_saved: bool


@dataclass(frozen=True)
class Taken:
    """Money of a checkout that was taken, and when."""

    reference: str
    email: str
    at: float
    """Milliseconds since the epoch."""


class Payments:
    """The tables of checkouts and payments. Every look at them first lets happen what the bank owes by now."""

    def __init__(self, database: Database, openings: Openings, members: Members) -> None:
        self._db = database
        self._openings = openings
        self._members = members
        self._watched: dict[str, float] = {}
        """When the 3-D Secure page of a checkout asked last, milliseconds since the epoch."""

    def open_checkout(self, email: str, amount_pence: int, slots: Sequence[VenueSlot]) -> str:
        """Return a new reference under which the portal takes an amount."""
        reference = secrets.token_urlsafe(18)
        self._db.do(
            "INSERT INTO checkouts (reference, email, amount_pence, opened, lines, slots, state) "
            "VALUES (?, ?, ?, ?, ?, ?, 'open')",
            reference,
            email,
            amount_pence,
            self._openings.now_ms(),
            *Receipt.of(slots).written(),
        )
        return reference

    def checkout(self, reference: str) -> Checkout | None:
        """Return the checkout of a reference, as it stands."""
        self.settle()
        return self._find(reference)

    def submit(self, reference: str, charge: Charge | None, verdict: Verdict) -> Checkout:
        """Take a press of the payment button; it moves money once at most.

        Args:
            reference: the checkout.
            charge: what is asked of which card; None where the portal has forgotten the card.
            verdict: what the card's bank says.

        Returns:
            how the checkout stands now.
        """
        self.settle()
        with self._db.transaction():
            checkout = self._known(reference)
            if checkout.state != "open" or charge is None:
                self._record_submission(checkout, f"again after {checkout.state}")
                return checkout
            status, state = _AFTER_PRESS[verdict]
            self._record_submission(checkout, status)
            payment = self._insert(checkout.email, "card", status, charge, checkout.receipt)
            sql = "UPDATE checkouts SET state = ?, verdict = ?, payment_id = ? WHERE reference = ?"
            self._db.do(sql, state, verdict, payment, reference)
        return self._known(reference)

    def pay_by_credit(self, email: str, amount_pence: int, slots: Sequence[VenueSlot]) -> int:
        """Record a payment from an account's credit, in the transaction that takes it; return its number."""
        charge = Charge(amount_pence, surcharge_pence=0, last4=None, billing_name=None, card_saved=False)
        return self._insert(email, "credit", "paid", charge, Receipt.of(slots))

    def cancel(self, reference: str) -> None:
        """End a checkout that nothing was paid for yet; where a bank was asked already, it stays asked."""
        self._db.do("UPDATE checkouts SET state = 'cancelled' WHERE reference = ? AND state = 'open'", reference)

    def watch(self, reference: str) -> None:
        """Note that the 3-D Secure page of a checkout is open now."""
        self._watched[reference] = self._openings.now_ms()

    def answer_3ds(self, reference: str, *, confirmed: bool) -> Checkout:
        """Take a person's answer to 3-D Secure; refused, the portal asks for a card again."""
        self.settle()
        self._answer(reference, confirmed=confirmed, at=self._openings.now_ms())
        return self._known(reference)

    def confirm_3ds_of(self, email: str) -> int:
        """Confirm every payment of an account that waits for 3-D Secure; return how many were paid."""
        self.settle()
        rows = self._db.all("SELECT reference FROM checkouts WHERE email = ? AND state = 'pending'", email)
        for row in rows:
            self._answer(row["reference"], confirmed=True, at=self._openings.now_ms())
        return len(rows)

    def save_card(self, reference: str) -> None:
        """Record that the member let the portal save the card of a payment."""
        self._db.do(
            "UPDATE payments SET card_saved = 1 WHERE id = (SELECT payment_id FROM checkouts WHERE reference = ?)",
            reference,
        )

    def not_booked(self) -> list[Taken]:
        """Return the money of checkouts that nothing was booked for."""
        self.settle()
        rows = self._db.all(
            "SELECT reference, checkouts.email, at FROM checkouts JOIN payments ON payments.id = payment_id "
            "WHERE state = 'paid' AND NOT EXISTS (SELECT 1 FROM bookings WHERE bookings.payment_id = payments.id)"
        )
        return [Taken(**dict(row)) for row in rows]

    def settle(self) -> None:
        """Let the banks confirm, each at its instant, what they were to confirm by now."""
        rows = self._db.all(
            "SELECT reference, checkouts.email, verdict, at FROM checkouts JOIN payments ON payments.id = payment_id "
            "WHERE state = 'pending' AND verdict IN ('frictionless', 'late')"
        )
        for row in rows:
            due = row["at"] + FRICTIONLESS_MS
            if row["verdict"] == "late":
                seen = max(row["at"], self._watched.get(row["reference"], 0.0))
                due = seen + LEFT_MS + self._members.conduct(row["email"]).late_seconds * 1000
            if due <= self._openings.now_ms():
                self._answer(row["reference"], confirmed=True, at=due)

    def records(self) -> dict[str, list[dict[str, Any]]]:
        """Return all payments and presses of the payment button."""
        self.settle()
        payments = self._db.all("SELECT * FROM payments ORDER BY id")
        submissions = self._db.all("SELECT reference, email, at, result FROM submissions ORDER BY id")
        return {
            "payments": [
                {
                    **dict(row),
                    "id": payment_number(row["id"]),
                    **asdict(Receipt.read(row)),
                    "card_saved": bool(row["card_saved"]),
                }
                for row in payments
            ],
            "submissions": [dict(row) for row in submissions],
        }

    def _find(self, reference: str) -> Checkout | None:
        row = self._db.one("SELECT * FROM checkouts WHERE reference = ?", reference)
        if row is None:
            return None
        names = ("reference", "email", "amount_pence", "state", "verdict", "payment_id")
        return Checkout(**{name: row[name] for name in names}, receipt=Receipt.read(row))

    def _known(self, reference: str) -> Checkout:
        checkout = self._find(reference)
        if checkout is None:
            raise KeyError(reference)
        return checkout

    def _answer(self, reference: str, *, confirmed: bool, at: float) -> None:
        status, state = ("paid", "paid") if confirmed else ("declined", "open")
        with self._db.transaction():
            row = self._db.one("SELECT payment_id FROM checkouts WHERE reference = ? AND state = 'pending'", reference)
            if row is not None:
                self._db.do("UPDATE payments SET status = ?, at = ? WHERE id = ?", status, at, row["payment_id"])
                self._db.do("UPDATE checkouts SET state = ? WHERE reference = ?", state, reference)

    def _insert(self, email: str, method: str, status: Status, charge: Charge, receipt: Receipt) -> int:
        cursor = self._db.do(
            "INSERT INTO payments (email, amount_pence, surcharge_pence, method, last4, status, at, billing_name, "
            "card_saved, lines, slots) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            email,
            charge.amount_pence,
            charge.surcharge_pence,
            method,
            charge.last4,
            status,
            self._openings.now_ms(),
            charge.billing_name,
            int(charge.card_saved),
            *receipt.written(),
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
