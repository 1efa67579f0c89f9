"""Who has which slot: holds in baskets, sales, rivals and block bookings, each slot with one owner at most."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import Enum
from functools import partial
from typing import Any

from practice.clock import Openings
from practice.venue.courts import BY_EVENT, VenueSlot
from practice.venue.database import Database

RIVAL = "rival@example.test"


class HoldResult(Enum):
    """What came of reaching for a slot."""

    HELD = "held"
    OWN = "own"
    """The account holds it already."""
    TAKEN = "taken"


@dataclass(frozen=True)
class Hold:
    """A slot in somebody's basket."""

    id: int
    slot: VenueSlot
    price_pence: int
    expires: float
    """Milliseconds since the epoch."""


@dataclass(frozen=True)
class Rival:
    """Somebody else who is going to take a slot."""

    slot: VenueSlot
    at: float | None
    """Seconds after the opening of the day; None is just before our first request that could have it."""
    release_after: float | None
    """Seconds after which the slot comes back unpaid; None is never."""


@dataclass(frozen=True)
class Due:
    """Something that happens to holds at an instant, whenever somebody looks after it."""

    at: float
    """Milliseconds since the epoch."""
    happen: Callable[[float], object]
    """Lets it happen, as of an instant."""


def slot_of(row: sqlite3.Row) -> VenueSlot:
    """Return the slot a row of `holds` is about."""
    return VenueSlot(BY_EVENT[row["event_id"]], date.fromisoformat(row["day"]), row["hour"])


class Holds:
    """The table of holds. Every look at it first lets happen what was due, in its turn."""

    def __init__(self, database: Database, openings: Openings) -> None:
        self._db = database
        self._openings = openings
        self._rivals: list[Rival] = []
        self.due: Callable[[float], list[Due]] = lambda _: []
        """Returns what else is due by an instant: what the checkout learns by itself."""

    def reach(self, slot: VenueSlot, email: str, *, arrived: float, minutes: float, price_pence: int) -> HoldResult:
        """Hold a slot for an account if nobody has it.

        Args:
            slot: what is wanted; that it exists and is open is the caller's to know.
            email: the account.
            arrived: when the request came in, milliseconds since the epoch.
            minutes: how long the hold lasts.
            price_pence: what it will cost.
        """
        self.settle()
        with self._db.transaction():
            row = self._db.one(
                "SELECT email, state FROM taken WHERE event_id = ? AND day = ? AND hour = ?", *_key(slot)
            )
            if row is not None:
                return HoldResult.OWN if (row["email"], row["state"]) == (email, "held") else HoldResult.TAKEN
            now = self._openings.now_ms()
            self._insert(
                slot, email, "held", at=now, arrived=arrived, expires=now + minutes * 60_000, price=price_pence
            )
        return HoldResult.HELD

    def is_free(self, slot: VenueSlot) -> bool:
        """Tell whether nobody has a slot."""
        self.settle()
        return self._db.one("SELECT 1 FROM taken WHERE event_id = ? AND day = ? AND hour = ?", *_key(slot)) is None

    def taken(self, event_id: int, first: date, last: date) -> set[tuple[date, int]]:
        """Return days and hours of an event that somebody has, from the first to the last day."""
        self.settle()
        rows = self._db.all(
            "SELECT day, hour FROM taken WHERE event_id = ? AND day BETWEEN ? AND ?",
            event_id,
            first.isoformat(),
            last.isoformat(),
        )
        return {(date.fromisoformat(row["day"]), row["hour"]) for row in rows}

    def basket(self, email: str) -> list[Hold]:
        """Return what an account holds and has not paid."""
        self.settle()
        rows = self._db.all("SELECT * FROM holds WHERE email = ? AND state = 'held' ORDER BY id", email)
        return [Hold(row["id"], slot_of(row), row["price_pence"], row["expires"]) for row in rows]

    def release(self, hold_id: int, email: str) -> bool:
        """Give back a slot of the account's own basket; tell whether it was there."""
        self.settle()
        sql = "UPDATE holds SET state = 'released' WHERE id = ? AND email = ? AND state = 'held'"
        return self._db.do(sql, hold_id, email).rowcount == 1

    def run_out(self, email: str) -> int:
        """Let everything in an account's basket run out now; return how many slots that were."""
        self.settle()
        return self._db.do("UPDATE holds SET state = 'expired' WHERE email = ? AND state = 'held'", email).rowcount

    def block(self, slot: VenueSlot) -> bool:
        """Give a free slot to coaching; tell whether it was free."""
        self.settle()
        now = self._openings.now_ms()
        return self._take(slot, "coaching@example.test", "blocked", at=now, expires=None)

    def expect_rival(self, rival: Rival) -> None:
        """Let a rival take a slot when the time comes."""
        self._rivals.append(rival)
        self.settle()

    def let_worst_rival_in(self, slot: VenueSlot) -> None:
        """Let the rival who waits for the worst moment have the slot: a request for it is about to be handled."""
        for rival in [each for each in self._rivals if each.slot == slot and each.at is None]:
            self._rivals.remove(rival)
            self.take_by_rival(slot, self._openings.now_ms(), rival.release_after)

    def take_by_rival(self, slot: VenueSlot, at: float, release_after: float | None) -> bool:
        """Give a slot to the rival at an instant; tell whether it was free."""
        expires = None if release_after is None else at + release_after * 1000
        return self._take(slot, RIVAL, "rival", at=at, expires=expires)

    def settle(self) -> None:
        """Let everything happen, in its order, that is due by now."""
        now = self._openings.now_ms()
        due = self.due(now)
        for rival in self._rivals:
            opens = self._openings.opens_ms(rival.slot.day)
            if rival.at is not None and opens is not None and opens + rival.at * 1000 <= now:
                due.append(Due(opens + rival.at * 1000, partial(self._let_in, rival)))
        for each in sorted(due, key=lambda due: due.at):
            self._expire(each.at)
            each.happen(each.at)
        self._expire(now)

    def _let_in(self, rival: Rival, at: float) -> None:
        self._rivals.remove(rival)
        self.take_by_rival(rival.slot, at, rival.release_after)

    def _expire(self, now: float) -> None:
        self._db.do("UPDATE holds SET state = 'expired' WHERE state IN ('held', 'rival') AND expires <= ?", now)

    def _take(self, slot: VenueSlot, email: str, state: str, *, at: float, expires: float | None) -> bool:
        try:
            self._insert(slot, email, state, at=at, arrived=at, expires=expires, price=0)
        except sqlite3.IntegrityError:  # the index says that somebody has it
            return False
        return True

    def _insert(
        self, slot: VenueSlot, email: str, state: str, *, at: float, arrived: float, expires: float | None, price: int
    ) -> None:
        self._db.do(
            "INSERT INTO holds (event_id, day, hour, email, price_pence, arrived, at, expires, state) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            *_key(slot),
            email,
            price,
            arrived,
            at,
            expires,
            state,
        )

    def records(self) -> list[dict[str, Any]]:
        """Return every hold there ever was, in the order of their instants; block bookings apart."""
        self.settle()
        rows = self._db.all("SELECT * FROM holds WHERE state != 'blocked' ORDER BY at, id")
        return [{**dict(row), "date": row["day"], **court_of(row)} for row in rows]


def _key(slot: VenueSlot) -> tuple[int, str, int]:
    return slot.court.event_id, slot.day.isoformat(), slot.hour


def court_of(row: sqlite3.Row) -> dict[str, Any]:
    """Return number and name of the court a row is about."""
    court = BY_EVENT[row["event_id"]]
    return {"court": court.number, "facility": court.name}
