"""What a session tells: a line a seed, the grid, a page for the documentation, and everything as JSON."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import psutil
from rich.table import Table
from rich.text import Text

from tests.chaos.grid import CANNOT_BE, CELLS, PERIOD, Fault, GridCell, Phase
from tests.chaos.trial import SeedVerdict

_CANNOT_BE = "·"
_EMPTY = "-"


def line(verdict: SeedVerdict) -> str:
    """Return what came of a seed, in one line and one more for every objection."""
    scenario = verdict.scenario
    runs = ", ".join(f"{run.status}{'*' if run.changed else ''}" for run in verdict.runs)
    first = f"seed {scenario.seed:<5} {scenario.cell!s:<38} {_fate(verdict):<18} {verdict.seconds:4.0f} s  [{runs}]"
    more = [*verdict.objections, *filter(None, [verdict.did_not_strike, verdict.not_possible])]
    return "\n".join([first, *(f"    - {each}" for each in more)])


def replay(verdict: SeedVerdict) -> str:
    """Return the command that carries out a seed again, alone."""
    return f"./run.sh chaos --seed {verdict.scenario.seed} --runs 1"


def _fate(verdict: SeedVerdict) -> str:
    if verdict.objections:
        return "FAILED"
    if verdict.did_not_strike:
        return "DID NOT STRIKE"
    return "not possible here" if verdict.not_possible else "clean"


def empty_cells(verdicts: Sequence[SeedVerdict]) -> list[GridCell]:
    """Return the cells that could be filled and have not been."""
    filled = {verdict.scenario.cell for verdict in verdicts if not verdict.not_possible and not verdict.did_not_strike}
    return [cell for cell in CELLS if cell not in filled]


def grid_rows(verdicts: Sequence[SeedVerdict]) -> list[list[str]]:
    """Return the grid: a row a fault, a column a phase, in each cell how many seeds were clean, and how many not."""
    return [[fault.value, *(_cell(GridCell(fault, phase), verdicts) for phase in Phase)] for fault in Fault]


def _cell(cell: GridCell, verdicts: Sequence[SeedVerdict]) -> str:
    if cell.phase in CANNOT_BE[cell.fault]:
        return _CANNOT_BE
    here = [verdict for verdict in verdicts if verdict.scenario.cell == cell]
    clean = sum(verdict.clean and not verdict.not_possible for verdict in here)
    failed = sum(not verdict.clean for verdict in here)
    told = [str(clean)] if clean or not here else []
    told += [f"{failed} failed"] if failed else []
    told += ["n/a"] if any(verdict.not_possible for verdict in here) else []
    return ", ".join(told) if here else _EMPTY


def grid_table(verdicts: Sequence[SeedVerdict]) -> Table:
    """Return the grid for the terminal."""
    table = Table("", *Phase, show_edge=False, pad_edge=False)
    for name, *cells in grid_rows(verdicts):
        table.add_row(name, *(Text(cell, style="red" if "failed" in cell else "") for cell in cells))
    return table


def summary(verdicts: Sequence[SeedVerdict], seconds: float) -> str:
    """Return the figures of a session, in sentences."""
    runs = [run for verdict in verdicts for run in verdict.runs]
    filled = len(CELLS) - len(empty_cells(verdicts))
    fates = [_fate(verdict) for verdict in verdicts]
    told = ", ".join(f"{fates.count(fate)} {fate.lower()}" for fate in dict.fromkeys(fates))
    minutes = f"{seconds / 60:.1f} minutes"
    average = sum(verdict.seconds for verdict in verdicts) / max(1, len(verdicts))
    watches = sum(verdict.scenario.contested is not None for verdict in verdicts)
    return (
        f"{len(verdicts)} seeds ({told}), {watches} of them with a watch, in {len(runs)} runs, {minutes}, "
        f"{average:.0f} s a seed; {filled} of {len(CELLS)} cells filled."
    )


def write_json(path: Path, verdicts: Sequence[SeedVerdict], seconds: float, about: dict[str, Any]) -> None:
    """Write everything about every seed."""
    seeds = [{**asdict(verdict), "fate": _fate(verdict), "replay": replay(verdict)} for verdict in verdicts]
    told = {**about, "seconds": round(seconds, 1), "seeds": seeds}
    path.write_text(f"{json.dumps(told, indent=1, ensure_ascii=False)}\n", encoding="utf-8")


def machine() -> str:
    """Return what the figures depend on; nothing that tells whose machine it is."""
    memory = psutil.virtual_memory().total / 1e9
    return (
        f"{os.cpu_count()} cores, {memory:.0f} GB, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}"
    )


def write_page(path: Path, verdicts: Sequence[SeedVerdict], seconds: float, command: str) -> None:
    """Write the page of the documentation."""
    rows = [["", *(phase.value for phase in Phase)], ["---"] * (1 + len(Phase)), *grid_rows(verdicts)]
    grid = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    empty = empty_cells(verdicts)
    not_met = "; ".join(map(str, empty)) if len(verdicts) >= PERIOD or not empty else f"{len(empty)}, with so few seeds"
    failed = [line(verdict) for verdict in verdicts if not verdict.clean]
    reasons = "\n".join(_reasons(fault) for fault in Fault if CANNOT_BE[fault])
    told = "\n".join(f"```\n{each}\n```" for each in failed)
    path.write_text(
        f"""# Chaos

Whole bookings, each with one fault at one exact moment; afterwards the same command is run again until nothing changes
any more, and the records of the venue, the sheet and the ledger are judged. `./run.sh chaos --help` says how.

The accounts pay from credit, by card, and by every kind of 3-D Secure; the portal shows its pages in either generation,
filled in or not, with a card that could be saved, a last page, a stated fee; a venue that hears nothing from the
returning browser learns of the money by itself, or never. Where it says so, a rival has one of two wanted slots at the
opening and gives it back, so that the first run watches for it while the first payment may be in doubt.

Money is counted by slot, over all runs of a seed and all accounts: no slot is paid for twice, or sent for payment after
a payment that no bank has declined; nothing is charged beyond the basket and a fee that was stated. Where money was
taken and nothing is booked, the ledger has the slot as unknown, no run says otherwise, and each calls a person and says
what to type. Where none was taken, unknown is right only if nobody can know.

`{command}`, {datetime.now().astimezone():%d %B %Y}: {machine()}.

{summary(verdicts, seconds)}

Clean seeds in each cell; `{_CANNOT_BE}` cannot be, `{_EMPTY}` was not met, `n/a` is not possible on that machine.

{grid}

Cells that were not met: {not_met or "none"}.
{f"{chr(10)}Seeds with objections:{chr(10)}{chr(10)}{told}{chr(10)}" if failed else ""}
What cannot be, and why:

{reasons}
""",
        encoding="utf-8",
    )


def _reasons(fault: Fault) -> str:
    by_reason: dict[str, list[str]] = {}
    for phase, reason in CANNOT_BE[fault].items():
        by_reason.setdefault(reason, []).append(phase.value)
    told = "; ".join(f"{', '.join(phases)}: {reason}" for reason, phases in by_reason.items())
    return f"- **{fault}** at {told}."
