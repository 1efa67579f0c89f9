"""What a person at the terminal, or cron's mail, gets to read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, tzinfo
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from booking.ledger.ledger import OutcomeRecord, SlotRecord
from booking.model import Plan
from booking.money import pounds

_MAIL_WIDTH = 160
_STYLES = {True: "green", False: "red"}


def _shown(text: str, style: str = "") -> Text:
    """Return text without what would steer the terminal: sites and sheets may have written it."""
    return Text(re.sub(r"[^\S\n ]|[\x00-\x09\x0b-\x1f\x7f-\x9f]", " ", text), style=style)


class Terminal:
    """Says things in order; draws a countdown only where somebody may be watching."""

    def __init__(self) -> None:
        self._console = Console(highlight=False, soft_wrap=True)
        if not self._console.is_terminal:
            self._console = Console(highlight=False, soft_wrap=True, width=_MAIL_WIDTH)
        self._counting = False

    def say(self, text: str) -> None:
        """Print a line, whatever it holds."""
        self._end_countdown()
        self._console.print(_shown(text))

    def warn(self, text: str) -> None:
        """Print a warning; lines after its first are set in, so that each belongs to its warning."""
        self._end_countdown()
        self._console.print(_shown(f"Warning: {text}".replace("\n", "\n  "), "yellow"))

    def count_down(self, opening: datetime, now: datetime) -> None:
        """Show how long it is to the opening; quiet where nobody watches."""
        left = (opening - now).total_seconds()
        if not self._console.is_terminal or left < 0:
            return
        minutes, seconds = divmod(int(left) + 1, 60)
        self._console.print(Text(f"\rThe day opens in {minutes:02d}:{seconds:02d} "), end="")
        self._counting = True

    def show(self, plan: Plan, outcomes: Sequence[OutcomeRecord], report: Path) -> None:
        """Print what became of every wanted slot, and where the report is."""
        self._end_countdown()
        names = {account.key: account.name for account in plan.accounts}
        if outcomes:
            table = Table(*("Account", "Court", "Date", "Hour", "Outcome", "Why"), show_edge=False, pad_edge=False)
            for record in outcomes:
                hour = record.slot.time
                if record.slot != record.wanted:
                    hour += f" (wanted {record.wanted.time})"
                table.add_row(
                    _shown(names.get(record.account, record.account)),
                    str(record.slot.court),
                    f"{record.slot.date:%a %d %b %Y}",
                    hour,
                    Text(record.outcome, style=_STYLES[record.outcome.satisfied]),
                    _shown(record.why or "-"),
                )
            self._console.print()
            self._console.print(table, soft_wrap=False)
            self._console.print()
        else:
            self.say(f"Nothing is wanted on {plan.slot_day:%A %d %B %Y}.")
        self.say(f"Report: {report}")

    def show_slots(self, records: Sequence[SlotRecord], zone: tzinfo) -> None:
        """Print what the ledger says of slots, times in this zone."""
        columns = ("Account", "Court", "Date", "Hour", "State", "Price", "Since", "Why", "Run")
        table = Table(*columns, show_edge=False, pad_edge=False)
        for record in records:
            table.add_row(
                Text(record.account),
                str(record.slot.court),
                f"{record.slot.date:%a %d %b %Y}",
                record.slot.time,
                Text(record.state),
                "-" if record.pence is None else pounds(record.pence),
                f"{record.at.astimezone(zone):%d %b %H:%M:%S}",
                Text(record.why or "-"),
                Text(record.run),
            )
        self._console.print(table, soft_wrap=False)

    def print_json(self, text: str) -> None:
        """Print text for machines: as it is, in no width and no colour."""
        self._console.out(text, highlight=False)

    def _end_countdown(self) -> None:
        if self._counting:
            self._console.print()
            self._counting = False
