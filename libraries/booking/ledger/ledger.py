"""The ledger: what was tried, held and paid, kept between runs in one SQLite file.

Every step of a slot is a row of an append-only history; the state of a slot is its latest row. A step that cannot
follow the one before it is refused. Each write is one transaction on the disk before the call returns, so that a killed
worker or a lost power supply forgets nothing that was said before an act.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from booking.errors import LedgerError
from booking.ledger.database import ledger_error, open_database, transaction
from booking.ledger.states import (
    AFTER_CLICK,
    AT_STAKE,
    FOLLOWS,
    PRICED,
    UNSETTLED,
    Click,
    Event,
    Proof,
    SlotState,
    may_follow,
)
from booking.model import Ceiling, Slot, Wish
from booking.outcomes import Outcome


class CeilingError(LedgerError):
    """A payment would spend more than is allowed."""

    def __init__(self, ceiling: Ceiling, spent: int, price: int) -> None:
        self.ceiling = ceiling
        self.spent = spent
        """Pence that are spent already, or may be."""
        self.price = price
        """Pence that are asked for beside that."""
        super().__init__(f"{ceiling.setting} allows {ceiling.pence} pence, {spent} are spent and {price} are asked for")


@dataclass(frozen=True, slots=True)
class SlotRecord:
    """One step of one slot: a row of the history, or where the slot stands now."""

    account: str
    slot: Slot
    state: SlotState
    run: str
    why: str
    pence: int | None
    """Price of the slot; None while nobody has seen it."""
    at: datetime
    """UTC."""


@dataclass(frozen=True, slots=True)
class OutcomeRecord:
    """What became of one wish in one run."""

    run: str
    account: str
    email: str
    wanted: Slot
    slot: Slot
    """What the outcome is about: the slot that was got, or the one that was wanted most."""
    outcome: Outcome
    why: str
    at: datetime
    """UTC."""
    measures: Mapping[str, float | int | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LogRow:
    """An outcome that is not in the sheet's log yet."""

    id: int
    at: datetime
    """UTC."""
    email: str
    slot: Slot
    outcome: Outcome
    why: str


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One run; one that was killed has no end."""

    run: str
    slot_day: date
    accounts: tuple[str, ...]
    started: datetime
    ended: datetime | None
    status: int | None


class EventRecord(NamedTuple):
    """Something that was recorded beside states and outcomes."""

    account: str
    """Empty where it is of no account."""
    event: Event
    text: str


class Ledger:
    """The ledger of one site. One object belongs to one thread; any number of processes may have one open."""

    def __init__(self, path: Path, site: str, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        """Open the ledger, and make it if there is none.

        Args:
            path: the file; its folder is made if need be.
            site: name of the site: bookings of one site are nothing to another.
            clock: returns the instant of each record, with its zone.

        Raises:
            LedgerError: the file cannot be opened, is damaged, or is of a newer version.
        """
        self.path = path
        self.site = site
        self._clock = clock
        self._db = open_database(path)

    def close(self) -> None:
        """Close the file; nothing is pending, as each write is complete when it returns."""
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # Slots

    def record(
        self,
        *,
        run: str,
        account: str,
        slot: Slot,
        state: SlotState,
        why: str = "",
        pence: int | None = None,
        proof: Proof | None = None,
    ) -> None:
        """Record that a slot comes into a state; it is on the disk when this returns.

        Args:
            run: name of the run.
            account: key of the account.
            slot: the slot.
            state: the state it comes into.
            why: what led to it, in words.
            pence: its price; a recorded price stays with the slot until another is recorded.
            proof: what shows that no money has moved, or that a person has settled it, where the step needs that.

        Raises:
            LedgerError: the state cannot follow the present one, or not without a proof, or money is about to be moved
                at an unknown price or for a slot that is at stake elsewhere.
        """
        with self._writing():
            self._step(run, account, slot, state, why, pence, proof)

    def begin_payment(
        self, *, run: str, account: str, slots: Sequence[Slot], click: Click, ceilings: Sequence[Ceiling]
    ) -> None:
        """Record that these slots are about to be paid for, all of them or none, and none beyond a ceiling.

        What is spent and what is about to be is looked up and recorded in one transaction: workers that come to pay at
        the same instant cannot together exceed what is allowed.

        Args:
            run: name of the run.
            account: key of the account.
            slots: what is paid for, all of one day, in one basket.
            click: what the next click may move.
            ceilings: what bounds the spending on that day.

        Raises:
            CeilingError: a ceiling would be exceeded.
            LedgerError: a slot is not payable, or its price is not known.
        """
        with self._writing():
            prices = [record.pence or 0 for slot in slots if (record := self._current(account, slot))]
            for day in {slot.date for slot in slots}:
                self.check_ceilings(ceilings, day, prices)
            for slot in slots:
                self._step(run, account, slot, SlotState.PAYING, click, None)

    def payable(self, account: str, slots: Iterable[Slot]) -> tuple[Slot, ...]:
        """Return those of these slots that may be paid for: the one place that decides it.

        A slot may be paid for if this account holds it, and if no other key stands for a payment of the same court, day
        and hour: an account that was renamed in the sheet is the same account to the bank.
        """
        with self._reading():
            return tuple(slot for slot in slots if self._is_payable(account, slot))

    def at_stake_elsewhere(self, account: str, slot: Slot) -> SlotRecord | None:
        """Return where the slot stands for another account that has paid for it, or may have; None if there is none."""
        with self._reading():
            return self._at_stake_elsewhere(account, slot)

    def unsettled(self) -> list[SlotRecord]:
        """Return the slots of any account and day whose payment was sent and is not settled."""
        return [record for record in self.states() if record.state in UNSETTLED]

    def last_price(self, court: int) -> int | None:
        """Return the price in pence that a basket has shown last for a slot of this court, else of another one.

        None if no basket ever has.
        """
        rows = self._rows(
            "SELECT pence FROM history WHERE site = ? AND why = ? AND pence IS NOT NULL"
            " ORDER BY court = ? DESC, id DESC LIMIT 1",
            (self.site, PRICED, court),
        )
        return int(rows[0]["pence"]) if rows else None

    def check_ceilings(self, ceilings: Sequence[Ceiling], slot_day: date, prices: Sequence[int]) -> None:
        """Check that a basket of these prices, in pence, may be paid for as things stand; see `begin_payment`.

        Raises:
            CeilingError: a ceiling would be exceeded.
        """
        for ceiling in ceilings:
            # What was found in My Bookings without its price counts as the dearest slot that is asked for now.
            spent = self.committed_pence(slot_day, ceiling.account, unpriced=max(prices, default=0))
            if spent + sum(prices) > ceiling.pence:
                raise CeilingError(ceiling, spent, sum(prices))

    def state(self, account: str, slot: Slot) -> SlotState | None:
        """Return where the slot stands for this account; None if it was never heard of."""
        now = self.latest(account, slot)
        return now.state if now else None

    def latest(self, account: str, slot: Slot) -> SlotRecord | None:
        """Return the last step of the slot for this account; None if it was never heard of."""
        with self._reading():
            return self._current(account, slot)

    def states(self, *, account: str | None = None, slot_day: date | None = None) -> list[SlotRecord]:
        """Return where every slot stands, of one account or day if given, in the order of day, hour and court."""
        return self._slot_records("slots", "day, hour, court, account", account=account, day=_day(slot_day))

    def history(
        self, *, account: str | None = None, slot_day: date | None = None, run: str | None = None
    ) -> list[SlotRecord]:
        """Return every step that was recorded, oldest first, of one account, day or run if given."""
        return self._slot_records("history", "id", account=account, day=_day(slot_day), run=run)

    def paid_pence(self, run: str) -> int:
        """Return what was paid in this run; what an earlier one had sent, and this one has only found, is not."""
        steps = self.history(run=run)
        sent = {(step.account, step.slot) for step in steps if step.state is SlotState.PAYING}
        paid = {(step.account, step.slot): step.pence or 0 for step in steps if step.state is SlotState.PAID}
        return sum(pence for key, pence in paid.items() if key in sent)

    def committed_pence(self, slot_day: date, account: str | None = None, *, unpriced: int = 0) -> int:
        """Return what was paid, or may have been, for slots of this day: the sum a spend ceiling is kept against.

        Args:
            slot_day: the day of the slots.
            account: whose slots count; None: those of all.
            unpriced: what a slot counts for whose price nobody has seen, e.g. one that was found in My Bookings.
        """
        records = self.states(account=account, slot_day=slot_day)
        pence = [record.pence for record in records if record.state in AT_STAKE]
        return sum(unpriced if price is None else price for price in pence)

    # Runs

    def start_run(self, run: str, slot_day: date, accounts: Sequence[str]) -> None:
        """Record that a run has begun.

        Raises:
            LedgerError: there was a run of this name already.
        """
        with self._writing() as db:
            if db.execute("SELECT 1 FROM runs WHERE site = ? AND run = ?", (self.site, run)).fetchone():
                raise LedgerError(f"run {run} has begun already; every run needs a name of its own.")
            db.execute(
                "INSERT INTO runs (site, run, slot_day, accounts, started) VALUES (?, ?, ?, ?, ?)",
                (self.site, run, slot_day.isoformat(), json.dumps(list(accounts)), self._now()),
            )

    def end_run(self, run: str, status: int) -> None:
        """Record how a run ended.

        Raises:
            LedgerError: no such run has begun, or it has ended already.
        """
        with self._writing() as db:
            done = db.execute(
                "UPDATE runs SET ended = ?, status = ? WHERE site = ? AND run = ? AND ended IS NULL",
                (self._now(), int(status), self.site, run),
            )
            if not done.rowcount:
                raise LedgerError(f"run {run} cannot end: it has not begun, or has ended already.")

    def runs(self) -> list[RunRecord]:
        """Return every run, oldest first."""
        rows = self._rows("SELECT * FROM runs WHERE site = ? ORDER BY started, run", (self.site,))
        return [
            RunRecord(
                run=row["run"],
                slot_day=date.fromisoformat(row["slot_day"]),
                accounts=tuple(json.loads(row["accounts"])),
                started=datetime.fromisoformat(row["started"]),
                ended=datetime.fromisoformat(row["ended"]) if row["ended"] else None,
                status=row["status"],
            )
            for row in rows
        ]

    def runs_without_end(self) -> list[RunRecord]:
        """Return the runs that came to no end and have not been reported yet, oldest first; see `Event.NO_END`.

        Of what was before a damage nobody knows how it ended.
        """
        rows = self._rows("SELECT max(at) AS at FROM marks WHERE what = ?", (Event.DAMAGE,))
        damaged = datetime.fromisoformat(rows[0]["at"]) if rows[0]["at"] else None
        return [
            each
            for each in self.runs()
            if each.ended is None
            and not (damaged and each.started <= damaged)
            and not self.accounts_with(each.run, Event.NO_END)
        ]

    def record_event(self, run: str, account: str, event: Event, text: str = "") -> None:
        """Record that the worker of an account has come to a point of the run, or has something to say."""
        with self._writing() as db:
            db.execute(
                "INSERT INTO marks (at, site, run, account, what, detail) VALUES (?, ?, ?, ?, ?, ?)",
                (self._now(), self.site, run, account, event, text),
            )

    def accounts_with(self, run: str, event: Event) -> set[str]:
        """Return the accounts of which this event was recorded in a run."""
        return set(self.latest_texts(run, event))

    def latest_texts(self, run: str, event: Event) -> dict[str, str]:
        """Return the latest text of this event for each account that has it."""
        return {each.account: each.text for each in self.events(run, event)}

    def events(self, run: str, *kinds: Event) -> list[EventRecord]:
        """Return every event of these kinds in a run, oldest first."""
        places = ", ".join("?" * len(kinds))
        rows = self._rows(
            f"SELECT account, what, detail FROM marks WHERE site = ? AND run = ? AND what IN ({places}) ORDER BY id",  # noqa: S608 - question marks only
            (self.site, run, *kinds),
        )
        return [EventRecord(row["account"], Event(row["what"]), row["detail"]) for row in rows]

    def in_doubt(self, account: str) -> bool:
        """Return whether a payment of this account may have been forgotten with a ledger that was damaged."""
        rows = self._rows(
            "SELECT what FROM marks WHERE what = ? OR (what = ? AND site = ? AND account = ?) ORDER BY id DESC LIMIT 1",
            (Event.DAMAGE, Event.STOCK_TAKEN, self.site, account),
        )
        return any(row["what"] == Event.DAMAGE for row in rows)

    # Outcomes, and the outbox to the sheet

    def record_outcome(
        self,
        *,
        run: str,
        wish: Wish,
        slot: Slot,
        outcome: Outcome,
        why: str,
        email: str,
        measures: Mapping[str, float | int | str] | None = None,
    ) -> None:
        """Record what became of a wish: once a run; recording the same again changes nothing.

        Args:
            run: name of the run.
            wish: what was wanted.
            slot: the slot that was got, or the one the outcome is about.
            outcome: what became of it.
            why: the reason in words a person can act on.
            email: who logged in; the sheet's log shows it.
            measures: what was measured on the way, e.g. milliseconds after the opening.

        Raises:
            LedgerError: this run has recorded another outcome of this wish.
        """
        key = (run, self.site, wish.account, *_slot_values(wish.first))
        values = (email, *_slot_values(slot), outcome.value, why)
        with self._writing() as db:
            row = db.execute(
                "SELECT email, got_court, got_day, got_hour, outcome, why FROM outcomes WHERE run = ? AND site = ?"
                " AND account = ? AND court = ? AND day = ? AND hour = ?",
                key,
            ).fetchone()
            if row and tuple(row) != values:
                raise LedgerError(
                    f"{wish.account}, {wish.first}: run {run} has recorded that this wish is "
                    f"{row['outcome']} ({row['why'] or 'no reason'}), so it cannot become {outcome} "
                    f"({why or 'no reason'}). A wish has one outcome; the first one stands."
                )
            if not row:
                db.execute(
                    "INSERT INTO outcomes (run, site, account, court, day, hour, email, got_court, got_day, got_hour,"
                    " outcome, why, at, measures) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (*key, *values, self._now(), json.dumps(dict(measures or {}))),
                )

    def outcomes(self, run: str) -> list[OutcomeRecord]:
        """Return the outcomes of a run in the order in which they were recorded."""
        rows = self._rows("SELECT * FROM outcomes WHERE site = ? AND run = ? ORDER BY id", (self.site, run))
        return [
            OutcomeRecord(
                run=row["run"],
                account=row["account"],
                email=row["email"],
                wanted=_slot(row),
                slot=_slot(row, "got_"),
                outcome=Outcome(row["outcome"]),
                why=row["why"],
                at=datetime.fromisoformat(row["at"]),
                measures=json.loads(row["measures"]),
            )
            for row in rows
        ]

    def unsent_log_rows(self) -> list[LogRow]:
        """Return the outcomes of all runs that are not in the sheet's log yet, oldest first."""
        rows = self._rows(
            "SELECT * FROM outcomes WHERE site = ? AND id NOT IN (SELECT outcome FROM sent) ORDER BY id", (self.site,)
        )
        return [
            LogRow(
                id=row["id"],
                at=datetime.fromisoformat(row["at"]),
                email=row["email"],
                slot=_slot(row, "got_"),
                outcome=Outcome(row["outcome"]),
                why=row["why"],
            )
            for row in rows
        ]

    def record_sent(self, ids: Iterable[int]) -> None:
        """Record that the sheet's log has these rows; recording it again changes nothing."""
        with self._writing() as db:
            now = self._now()
            db.executemany("INSERT OR IGNORE INTO sent (outcome, at) VALUES (?, ?)", [(id_, now) for id_ in ids])

    # Underneath

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        try:
            yield self._db
        except sqlite3.Error as error:
            raise ledger_error(self.path, error) from error

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._reading() as db, transaction(db):
            yield db

    def _rows(self, sql: str, values: Sequence[object]) -> list[sqlite3.Row]:
        with self._reading() as db:
            return db.execute(sql, values).fetchall()

    def _step(
        self,
        run: str,
        account: str,
        slot: Slot,
        state: SlotState,
        why: str,
        pence: int | None,
        proof: Proof | None = None,
    ) -> None:
        """Write one step of a slot within the transaction that is open."""
        now = self._current(account, slot)
        before = now.state if now else None
        if not may_follow(before, state, proof):
            possible = sorted(after for after in FOLLOWS[before] if may_follow(before, after))
            raise LedgerError(
                f"{account}, {slot}: the ledger has this slot as {before or 'never heard of'}, which cannot become "
                f"{state}{'' if state not in FOLLOWS[before] else f' by {proof}' if proof else ' without a proof'}; "
                f"from there it may become {', '.join(possible)}. Nothing was changed."
            )
        if proof in AFTER_CLICK and self._click_in_doubt(account, slot) is not AFTER_CLICK[proof]:
            raise LedgerError(
                f'{account}, {slot}: "{proof}" proves nothing of the last click, since a card was typed, or may have '
                "been. Nothing was changed."
            )
        if state is SlotState.PAYING and (other := self._at_stake_elsewhere(account, slot)):
            raise LedgerError(
                f"{account}, {slot}: the ledger has this slot as {other.state} for {other.account}, so it is not paid "
                "for again. Nothing was changed."
            )
        if pence is None and now:
            pence = now.pence
        if pence is None and state is SlotState.PAYING:
            # Without the price the spend ceiling could not be kept over a restart.
            raise LedgerError(f"{account}, {slot}: paying needs the price first. Nothing was changed.")
        self._db.execute(
            "INSERT INTO history (at, site, run, account, court, day, hour, state, why, pence)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (self._now(), self.site, run, account, *_slot_values(slot), state.value, why, pence),
        )

    def _current(self, account: str, slot: Slot) -> SlotRecord | None:
        row = self._db.execute(
            "SELECT * FROM history WHERE site = ? AND account = ? AND court = ? AND day = ? AND hour = ?"
            " ORDER BY id DESC LIMIT 1",
            (self.site, account, *_slot_values(slot)),
        ).fetchone()
        return _slot_record(row) if row else None

    def _is_payable(self, account: str, slot: Slot) -> bool:
        now = self._current(account, slot)
        return now is not None and now.state is SlotState.HELD and not self._at_stake_elsewhere(account, slot)

    def _at_stake_elsewhere(self, account: str, slot: Slot) -> SlotRecord | None:
        rows = self._db.execute(
            "SELECT * FROM slots WHERE site = ? AND account != ? AND court = ? AND day = ? AND hour = ?",
            (self.site, account, *_slot_values(slot)),
        ).fetchall()
        at_stake = [record for record in map(_slot_record, rows) if record.state in AT_STAKE]
        # What is not settled says more than what was paid.
        return max(at_stake, key=lambda record: record.state in UNSETTLED, default=None)

    def _click_in_doubt(self, account: str, slot: Slot) -> Click | None:
        """Return what the click could move of which nobody knows what it did; None if that is not known either."""
        row = self._db.execute(
            "SELECT state, why FROM history WHERE site = ? AND account = ? AND court = ? AND day = ? AND hour = ?"
            " AND state != 'unknown' ORDER BY id DESC LIMIT 1",
            (self.site, account, *_slot_values(slot)),
        ).fetchone()
        clicked = row is not None and row["state"] == SlotState.PAYING
        return next((click for click in Click if clicked and click == row["why"]), None)

    def _slot_records(self, table: str, order: str, **equal: str | None) -> list[SlotRecord]:
        where, values = _filters(site=self.site, **equal)
        sql = f"SELECT * FROM {table} WHERE {where} ORDER BY {order}"  # noqa: S608 - names from this module only
        return [_slot_record(row) for row in self._rows(sql, values)]

    def _now(self) -> str:
        return self._clock().astimezone(UTC).isoformat(timespec="milliseconds")


def _filters(**equal: str | None) -> tuple[str, list[str]]:
    given = {name: value for name, value in equal.items() if value is not None}
    return " AND ".join(f"{name} = ?" for name in given), list(given.values())


def _slot_values(slot: Slot) -> tuple[int, str, int]:
    return slot.court, slot.date.isoformat(), slot.hour


def _slot(row: sqlite3.Row, prefix: str = "") -> Slot:
    return Slot(row[f"{prefix}court"], date.fromisoformat(row[f"{prefix}day"]), row[f"{prefix}hour"])


def _slot_record(row: sqlite3.Row) -> SlotRecord:
    return SlotRecord(
        account=row["account"],
        slot=_slot(row),
        state=SlotState(row["state"]),
        run=row["run"],
        why=row["why"],
        pence=row["pence"],
        at=datetime.fromisoformat(row["at"]),
    )


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
