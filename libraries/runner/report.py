"""The first thing the report shows: what became of every wanted slot, with the pictures one click away."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from robot.api import SuiteVisitor
from robot.result import TestSuite

from booking.ledger.database import LEDGER
from booking.ledger.ledger import Ledger, OutcomeRecord
from booking.ledger.states import Event
from booking.model import Account, Plan, account_key
from booking.opening.waiting import ANNOUNCEMENT
from booking.plan import read_plan
from booking.text import slugify
from runner.workers import RUN_MARK

# Cells end at a bar, and stars, underscores and brackets are markup: their look-alikes are not.
# So are doubled backticks, and an equals sign at both ends of a cell.
_MARKUP = str.maketrans({"|": "\u00a6", "*": "\u2217", "_": "\u2017", "[": "(", "]": ")", "`": "\u2018", "=": "\ua78a"})
_COLUMNS = ("Account", "Court", "Wanted", "Outcome", "Why", "Tries", "Request sent", "Hold confirmed")


def plain(text: str, longest: int = 500) -> str:
    """Return text that the report shows as it is: whatever a site or a sheet wrote, none of it is markup."""
    # U+2028 and U+2029 end a line, and with it a row, as control characters do.
    visible = re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+", " ", text).translate(_MARKUP)
    visible = visible.replace("://", " ://")  # Robot Framework makes links of addresses, whatever their scheme.
    return visible if len(visible) <= longest else f"{visible[: longest - 1]}…"


class OutcomeReport(SuiteVisitor):
    """Puts the table of outcomes at the top, and a failed suite where a worker left none."""

    def __init__(self) -> None:
        self._folder = Path(os.environ[RUN_MARK])
        self._plan = read_plan(self._folder / "plan.json")
        with Ledger(self._folder.parent / LEDGER, self._plan.site) as ledger:
            self._outcomes = in_order(self._plan, ledger.outcomes(self._plan.run))
            self._clocks = ledger.latest_texts(self._plan.run, Event.CLOCK)

    def end_suite(self, suite: TestSuite) -> None:
        """Complete the topmost suite, after all others have been seen."""
        if suite.parent is not None:
            return
        if suite.suites and all(child.name == suite.name for child in suite.suites):
            # Merged without pabot, every worker's account stands under a root of its own.
            suite.suites = [account for root in suite.suites for account in root.suites]
        present = {account_key(child.name) for child in suite.suites}
        for account in self._plan.accounts:
            if account.key not in present:
                lost = suite.suites.create(name=account.name)
                lost.tests.create(
                    name="The worker did not finish",
                    status="FAIL",
                    message="It was killed or lost: the ledger, and the table above, say how far it came.",
                )
        suite.doc = document(self._plan, self._outcomes, self._clocks, self._folder)


def in_order(plan: Plan, outcomes: Iterable[OutcomeRecord]) -> list[OutcomeRecord]:
    """Return outcomes in the order of the plan: account by account as in the sheet, then by hour."""
    places = {account.key: place for place, account in enumerate(plan.accounts)}
    return sorted(outcomes, key=lambda record: (places.get(record.account, len(places)), record.wanted))


def document(plan: Plan, outcomes: Sequence[OutcomeRecord], clocks: Mapping[str, str], folder: Path) -> str:
    """Return what stands at the top of the report, in Robot Framework's markup.

    Args:
        plan: what the run was going to do.
        outcomes: what became of it.
        clocks: what each account, and the machine itself, said of the clocks.
        folder: folder of the run, with the pictures.
    """
    names = {account.key: account for account in plan.accounts}
    lines = [f"*{plan.slot_day:%A %d %B %Y}* at {plain(plan.site)}", ""]
    if outcomes:
        lines.append(f"| {' | '.join(f'={column}=' for column in _COLUMNS)} |")
        lines += [_row(record, names.get(record.account)) for record in outcomes]
        lines += ["", f"Times are milliseconds after the opening{_opening(plan, folder)}."]
    else:
        lines.append("Nothing is wanted on this day.")
    if clocks:
        who = {key: plain(names[key].name) if key in names else "Machine" for key in clocks}
        lines += ["", *(f"- {who[key]}: {plain(text)}" for key, text in clocks.items())]
    pictures = sorted(folder.glob("pictures/*.jpg"))
    if pictures:
        lines.append("")
    for account in plan.accounts:
        # With the time: the name of one account may begin with that of another.
        named = re.compile(rf"{re.escape(slugify(account.name))}-\d{{6}}\.")
        own = [path for path in pictures if named.match(path.name)]
        if own:
            # Without the fragment Robot Framework would show the picture itself.
            links = [f"[pictures/{path.name}#picture|{_caption(path, account)}]" for path in own]
            lines.append(f"Pictures of {plain(account.name)}: {', '.join(links)}.\n")
    if plan.remarks:
        lines += ["", "*Remarks*", ""]
        lines += [f"- {plain(remark.where)}: {plain(remark.message)}" for remark in plan.remarks]
    return "\n".join(lines)


def _row(record: OutcomeRecord, account: Account | None) -> str:
    got = record.slot.time if record.slot == record.wanted else f"{record.wanted.time}, got {record.slot.time}"
    measures = record.measures
    cells = [
        plain(account.name if account else record.account),
        str(record.slot.court),
        f"{record.slot.date:%a %d %b} {got}",
        f"*{record.outcome}*",
        plain(record.why) or "-",
        str(measures.get("tries", "-")),
        _milliseconds(measures.get("request sent, ms after the opening")),
        _milliseconds(measures.get("hold confirmed, ms after the opening")),
    ]
    return f"| {' | '.join(cells)} |"


def opening_of(plan: Plan, folder: Path) -> datetime | None:
    """Return when the day opened: as planned, or as announced during the run; None if it never was."""
    announced = folder / ANNOUNCEMENT
    if plan.opening is None and announced.exists():
        return datetime.fromisoformat(announced.read_text(encoding="utf-8"))
    return plan.opening


def _opening(plan: Plan, folder: Path) -> str:
    opening = opening_of(plan, folder)
    return f", {opening:%d %B %Y %H:%M:%S}.{opening.microsecond // 1000:03d} {opening:%Z}" if opening else ""


def _milliseconds(value: float | str | None) -> str:
    return "-" if value is None else f"{value} ms"


def _caption(path: Path, account: Account) -> str:
    name = path.stem.removeprefix(f"{slugify(account.name)}-")
    return re.sub(r"^\d{6}\.\d{3}-", "", name).replace("-", " ")
