"""The findings as tables: on the terminal and in Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

import rich.table
from rich.console import Console
from rich.text import Text

from benchmarks.bars import Bar
from benchmarks.contenders import FLOOR, PLAYWRIGHT, SUITE
from benchmarks.phases import ORDER
from benchmarks.records import Findings, SlotFigures, first_holds, last_holds, matching
from benchmarks.rounds import LATENESS, RIVAL_ACCOUNTS, RIVAL_SLOTS
from benchmarks.stats import fit_line, summarise
from benchmarks.venue import WEATHERS

CONTENDERS = (SUITE, *PLAYWRIGHT, FLOOR)
_NONE = "-"


@dataclass(frozen=True, slots=True)
class Table:
    """A table with what is to be known about it."""

    title: str
    note: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


def tables(findings: Findings, bars: Sequence[Bar]) -> list[Table]:
    """Return a table for everything that was measured."""
    every = [
        *_hold_tables(findings),
        *_rival_tables(findings),
        _way_table(findings),
        _run_table(findings),
        _cost_table(findings),
        _phase_table(findings),
        _bar_table(bars),
    ]
    return [table for table in every if table.rows]


def _hold_tables(findings: Findings) -> Iterator[Table]:
    for accounts in sorted({record.accounts for record in findings.slots}):
        rows = []
        for weather in WEATHERS:
            for contender in CONTENDERS:
                here = (contender, weather.name, accounts)
                own = _of(findings.slots, here)
                arrived = [each.arrived for each in own if each.place == 0 and each.arrived is not None]
                if own:
                    row = [weather.name, contender]
                    row += [_show(arrived), _show(first_holds(own)), _show(last_holds(own))]
                    rows.append([*row, str(len({each.run for each in own}))])
        yield Table(
            f"Opening to hold, {accounts} {'account' if accounts == 1 else 'accounts'} at once",
            "Milliseconds after the opening, from the venue's own record, per account: median (lowest to highest).",
            ("Weather", "Contender", "First request in", "First slot held", "All slots held", "Openings"),
            rows,
        )


def _rival_tables(findings: Findings) -> Iterator[Table]:
    for weather in WEATHERS:
        rows = []
        for contender in CONTENDERS:
            own = [each for each in findings.contested if (each.contender, each.weather) == (contender, weather.name)]
            if own:
                rows.append([contender, *[_share(own, lateness) for lateness in LATENESS]])
        yield Table(
            f"Against rivals, {weather.name}",
            "Slots won of slots contested, by how late after the opening the rival reaches. "
            f"{RIVAL_ACCOUNTS} accounts at once, {RIVAL_SLOTS} slots each; an opening is one slot that one "
            "account and one rival reach for.",
            ("Contender", *[f"rival at {lateness:g} s" for lateness in LATENESS]),
            rows,
        )


def _way_table(findings: Findings) -> Table:
    names = list(dict.fromkeys(record.way for record in findings.ways))
    rows = [[name, _show([each.late for each in findings.ways if each.way == name])] for name in names]
    return Table(
        "Ways to send a request from Robot Framework",
        f"Milliseconds by which the request came in after the instant it was aimed at, at {WEATHERS[0].name}, "
        "one account: median (lowest to highest).",
        ("Way", "Late"),
        rows,
    )


def _run_table(findings: Findings) -> Table:
    rows = []
    for weather, contender, accounts in sorted(
        {(run.weather, run.contender, run.accounts) for run in findings.runs},
        key=lambda each: ([weather.name for weather in WEATHERS].index(each[0]), each[2], each[1]),
    ):
        here = (weather, contender, accounts)
        runs = [run for run in findings.runs if (run.weather, run.contender, run.accounts) == here]
        rows.append(
            [
                weather,
                contender,
                str(accounts),
                _show([run.wall for run in runs], 1),
                _show([max(run.paid) / 1000 for run in runs], 1),
                _show([run.cpu for run in runs], 1),
                _show([run.peak for run in runs]),
                str(len(runs)),
            ]
        )
    return Table(
        "Whole runs, from start to report",
        "One slot each, paid by card. The opening comes 3 s after everybody is ready, for all alike. Median (lowest to "
        "highest); memory is the proportional set size of all processes at its peak.",
        ("Weather", "Contender", "Accounts", "Wall, s", "Opening to all paid, s", "CPU, s", "Memory, MB", "Runs"),
        rows,
    )


def _cost_table(findings: Findings) -> Table:
    runs = [run for run in findings.runs if run.contender == SUITE and run.weather == WEATHERS[0].name]
    counts = [run.accounts for run in runs]
    rows = []
    for name, values, digits in (
        ("Memory, MB", [run.peak for run in runs], 0),
        ("CPU, s", [run.cpu for run in runs], 1),
        ("Wall, s", [run.wall for run in runs], 1),
    ):
        line = fit_line(counts, values)
        if line is not None:
            fixed, each = f"{line.intercept:.{digits}f}", f"{line.slope:.{digits}f}"
            rows.append([name, fixed, each, f"{line.r_squared:.3f}"])
    return Table(
        "What an account costs",
        f"Least-squares line through all runs of this suite at {WEATHERS[0].name}.",
        ("What", "A run without accounts", "Each account", "R^2"),
        rows,
    )


def _phase_table(findings: Findings) -> Table:
    counts = sorted({record.accounts for record in findings.phases})
    rows = []
    for phase in ORDER:
        row = [phase]
        for accounts in counts:
            own = [
                record.seconds
                for record in findings.phases
                if (record.phase, record.accounts, record.weather) == (phase, accounts, WEATHERS[0].name)
            ]
            row.append(_show(own, 2))
        if any(cell != _NONE for cell in row[1:]):
            rows.append(row)
    return Table(
        "Where the time goes",
        f"Seconds of each phase of a whole run at {WEATHERS[0].name}, per account: median (lowest to highest). The "
        "phases of one account add up to its run.",
        ("Phase", *[f"{accounts} at once" for accounts in counts]),
        rows,
    )


def _bar_table(bars: Sequence[Bar]) -> Table:
    rows = [
        [bar.what, _number(bar.measured, bar.unit), _number(bar.limit, bar.unit), "PASS" if bar.passed else "FAIL"]
        for bar in bars
    ]
    return Table("Bars", "", ("What", "Measured", "Bar", "Result"), rows)


def _number(value: float, unit: str) -> str:
    return f"{value:.1f} {unit}" if unit else f"{value:.3f}"


def _of(records: Sequence[SlotFigures], here: tuple[str, str, int]) -> list[SlotFigures]:
    return matching(records, lambda each: (each.contender, each.weather, each.accounts) == here)


def _show(values: Sequence[float], digits: int | None = None) -> str:
    summary = summarise(values)
    if summary is None:
        return _NONE
    if digits is None:
        digits = 1 if median(values) < 100 else 0
    return summary.show(digits)


def _share(records: Sequence[SlotFigures], lateness: float) -> str:
    own = [each for each in records if each.rival == lateness]
    won = sum(each.held is not None for each in own)
    return f"{100 * won / len(own):.0f} % ({won} of {len(own)})" if own else _NONE


_STYLES = {"PASS": "green", "FAIL": "red"}


def show(console: Console, table: Table) -> None:
    """Print a table."""
    shown = rich.table.Table(*table.columns, title=table.title, caption=table.note or None, title_justify="left")
    for row in table.rows:
        shown.add_row(*[Text(cell, style=_STYLES.get(cell, "")) for cell in row])
    console.print()
    console.print(shown)


def to_markdown(table: Table) -> str:
    """Return a table in Markdown."""
    lines = [f"## {table.title}", ""]
    if table.note:
        lines += [table.note, ""]
    lines += [_row(table.columns), _row(["---"] * len(table.columns)), *map(_row, table.rows), ""]
    return "\n".join(lines)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"


def describe(machine: Mapping[str, str | int | float]) -> str:
    """Return the machine in one line."""
    return ", ".join(f"{name} {value}" for name, value in machine.items())
