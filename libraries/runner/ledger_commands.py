"""`./run.sh ledger` and `./run.sh settle`: what the ledger holds, and a person's word on what it cannot know."""

from __future__ import annotations

import argparse
import json
import os
import shlex
from collections.abc import Sequence
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path

from booking.account.advice import settle_command
from booking.errors import BookingError
from booking.ledger.database import LEDGER
from booking.ledger.ledger import Ledger, SlotRecord
from booking.ledger.states import AT_STAKE, UNSETTLED, Proof, SlotState
from booking.model import account_key
from booking.outcomes import ExitStatus
from booking.schedule.times import parse_time
from booking.settings.loader import load_settings
from booking.settings.settings import Settings
from runner.lock import only_run
from runner.machine import PROJECT
from runner.terminal import Terminal


class Verdict(StrEnum):
    """What a person has found out about a payment, or done about it."""

    PAID = "paid"
    NOT_PAID = "not-paid"
    CANCELLED = "cancelled"

    @property
    def becomes(self) -> SlotState:
        """The state that the slot comes into."""
        return SlotState.PAID if self is Verdict.PAID else SlotState.RELEASED

    @property
    def settles(self) -> frozenset[SlotState]:
        """The states of which this can be said: what is known to be paid can still be cancelled."""
        return AT_STAKE if self is Verdict.CANCELLED else UNSETTLED

    @property
    def why(self) -> str:
        """The reason, for the ledger."""
        if self is Verdict.CANCELLED:
            return "cancelled by hand: it may be booked again"
        return Proof.PERSON


def show_ledger(words: list[str], terminal: Terminal) -> ExitStatus:
    """Print where every slot stands, or every step that led there, as a table or as JSON.

    Raises:
        BookingError: there is no ledger, or it cannot be read.
    """
    parser = argparse.ArgumentParser(prog="./run.sh ledger", description="Shows what was tried, held and paid.")
    parser.add_argument("--history", action="store_true", help="every step, oldest first, instead of the present state")
    parser.add_argument("--account", metavar="NAME", help="only this account")
    parser.add_argument("--json", action="store_true", help="for machines: money in pence, times in UTC")
    arguments = parser.parse_args(words)
    settings = _settings()
    account = account_key(arguments.account) if arguments.account else None
    with Ledger(_existing(settings), settings.site) as ledger:
        records = ledger.history(account=account) if arguments.history else ledger.states(account=account)
    if arguments.json:
        terminal.print_json(json.dumps([_plain(record) for record in records], ensure_ascii=False, indent=2))
    else:
        terminal.show_slots(records, settings.release.zone)
    return ExitStatus.DONE


def settle(words: list[str], terminal: Terminal) -> ExitStatus:
    """Record what a person has found out about a payment whose fate was unknown, or that they have cancelled a booking.

    The account is looked up in the ledger, so that one which the sheet has no more can be settled.

    Raises:
        BookingError: the ledger knows of no such slot, there is nothing to settle, or several courts could be meant.
        BusyError: a run is going on, and works with the ledger.
    """
    parser = argparse.ArgumentParser(
        prog="./run.sh settle",
        description="Records what you found out, from the card's statement and My Bookings, about a payment "
        "whose fate was unknown, or that you have cancelled a booking. The slot is not touched again before that.",
    )
    parser.add_argument("account", help="name of the account, as in the sheet or in the ledger")
    parser.add_argument("date", type=_day, help="day of the slot, YYYY-MM-DD")
    parser.add_argument("hour", type=_hour, help="hour of the slot, e.g. 18:00")
    parser.add_argument(
        "verdict",
        choices=tuple(verdict.value for verdict in Verdict),
        help="paid: it is yours; not-paid: no money was taken, it may be booked again; cancelled: you have cancelled "
        "or refused it, it may be booked again",
    )
    parser.add_argument("--court", type=int, metavar="N", help="court, where the account has several at that hour")
    arguments = parser.parse_args(words)
    settings = _settings()
    key, verdict = account_key(arguments.account), Verdict(arguments.verdict)
    busy = (
        "it still works with the ledger, so nothing was recorded. Wait for its end, then paste the command again:\n  "
        + shlex.join(["./run.sh", "settle", *words])
    )
    with only_run(settings.results_dir, busy), Ledger(_existing(settings), settings.site) as ledger:
        there = [
            record
            for record in ledger.states(account=key, slot_day=arguments.date)
            if record.slot.hour == arguments.hour and arguments.court in {None, record.slot.court}
        ]
        if not there:
            court = "" if arguments.court is None else f", court {arguments.court}"
            place = f"{key}{court}, {arguments.date} {arguments.hour:02d}:00"
            raise BookingError(f"{place}: the ledger knows of no such slot; see ./run.sh ledger")
        found = _meant(there, verdict)
        _settle(ledger, found, verdict)
    terminal.say(f"{arguments.account}, {found.slot}: recorded as {verdict}.")
    return ExitStatus.DONE


def _meant(there: Sequence[SlotRecord], verdict: Verdict) -> SlotRecord:
    """Return the one slot of these of which this can be said."""
    possible = [record for record in there if record.state in verdict.settles]
    if len(possible) > 1:
        commands = "".join(f"\n  {_command(record, verdict)}" for record in possible)
        courts = " and ".join(f"{record.slot} ({record.state})" for record in possible)
        raise BookingError(f"{possible[0].account}: {courts} could be meant; say which court:{commands}")
    if not possible:
        known = "\n".join(_nothing_to_settle(record) for record in there)
        raise BookingError(known)
    return possible[0]


def _nothing_to_settle(record: SlotRecord) -> str:
    text = f"{record.account}, {record.slot}: the ledger has it as {record.state}; there is nothing to settle."
    if record.state is SlotState.PAID:
        text += f" If you have cancelled it: {_command(record, Verdict.CANCELLED)}"
    return text


def _command(record: SlotRecord, verdict: Verdict) -> str:
    return f"{settle_command(record.account, record.slot, verdict)} --court {record.slot.court}"


def _settle(ledger: Ledger, record: SlotRecord, verdict: Verdict) -> None:
    run = f"settled by hand, {datetime.now(UTC):%Y-%m-%d %H:%M:%S}"
    account, slot = record.account, record.slot
    if record.state is SlotState.PAYING:
        # Its worker was killed at that very moment and no run has been since.
        why = "the run was killed while paying"
        ledger.record(run=run, account=account, slot=slot, state=SlotState.UNKNOWN, why=why)
    ledger.record(run=run, account=account, slot=slot, state=verdict.becomes, why=verdict.why, proof=Proof.PERSON)


def _settings() -> Settings:
    return load_settings(os.environ, PROJECT / ".env", PROJECT / "variables")


def _existing(settings: Settings) -> Path:
    path = settings.results_dir / LEDGER
    if not path.exists():
        raise BookingError(f"{path}: there is no ledger yet; the first run makes it.")
    return path


def _plain(record: SlotRecord) -> dict[str, object]:
    return {
        "account": record.account,
        "court": record.slot.court,
        "date": record.slot.date.isoformat(),
        "hour": record.slot.hour,
        "state": record.state.value,
        "pence": record.pence,
        "why": record.why,
        "at": record.at.isoformat(),
        "run": record.run,
    }


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a valid day: write YYYY-MM-DD") from None


def _hour(text: str) -> int:
    try:
        return parse_time(text).hour
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
