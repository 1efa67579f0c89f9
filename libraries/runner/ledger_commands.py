"""`./run.sh ledger` and `./run.sh settle`: what the ledger holds, and a person's word on what it cannot know."""

from __future__ import annotations

import argparse
import json
import os
from datetime import UTC, date, datetime
from pathlib import Path

from booking.errors import BookingError
from booking.ledger import LEDGER, Ledger, SlotRecord, SlotState
from booking.model import Slot, account_key
from booking.outcomes import ExitStatus
from booking.settings import Settings, load_settings
from booking.times import parse_time
from runner.lock import only_run
from runner.run import PROJECT
from runner.terminal import Terminal

_VERDICTS = {"paid": SlotState.PAID, "not-paid": SlotState.RELEASED}


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
    """Record what a person has found out about a payment whose fate was unknown.

    Raises:
        BookingError: the ledger knows of no such slot, or its fate is not unknown.
    """
    parser = argparse.ArgumentParser(
        prog="./run.sh settle",
        description="Tells the ledger what you found out, from the card's statement and My Bookings, about a payment "
        "whose fate was unknown. The slot is not touched again before that.",
    )
    parser.add_argument("account", help="name of the account, as in the sheet")
    parser.add_argument("date", type=_day, help="day of the slot, YYYY-MM-DD")
    parser.add_argument("hour", type=_hour, help="hour of the slot, e.g. 18:00")
    parser.add_argument("verdict", choices=tuple(_VERDICTS), help="paid: it is yours; not-paid: it may be booked anew")
    arguments = parser.parse_args(words)
    settings = _settings()
    key = account_key(arguments.account)
    with only_run(settings.results_dir), Ledger(_existing(settings), settings.site) as ledger:
        slot = _unknown_slot(ledger, key, arguments.date, arguments.hour)
        run = f"settled by hand, {datetime.now(UTC):%Y-%m-%d %H:%M:%S}"
        if ledger.state(key, slot) is SlotState.PAYING:
            # Its worker was killed at that very moment and no run has been since.
            ledger.record(
                run=run, account=key, slot=slot, state=SlotState.UNKNOWN, why="the run was killed while paying"
            )
        ledger.record(run=run, account=key, slot=slot, state=_VERDICTS[arguments.verdict], why="a person looked")
    terminal.say(f"{arguments.account}, {slot}: recorded as {arguments.verdict}.")
    return ExitStatus.DONE


def _unknown_slot(ledger: Ledger, key: str, day: date, hour: int) -> Slot:
    open_states = {SlotState.UNKNOWN, SlotState.PAYING}
    there = [record for record in ledger.states(account=key, slot_day=day) if record.slot.hour == hour]
    unknown = [record.slot for record in there if record.state in open_states]
    if unknown:
        return unknown[0]
    if there:
        raise BookingError(
            f"{key}, {there[0].slot}: the ledger has it as {there[0].state}; there is nothing to settle."
        )
    raise BookingError(f"{key}, {day} {hour:02d}:00: the ledger knows of no such slot; see ./run.sh ledger")


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
        raise argparse.ArgumentTypeError(f"{text!r} is no day: write YYYY-MM-DD") from None


def _hour(text: str) -> int:
    try:
        return parse_time(text).hour
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
