"""The command line of `./run.sh bench`."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from datetime import datetime
from pathlib import Path

from rich.console import Console

from benchmarks.bars import judge
from benchmarks.contenders import check_settings_file
from benchmarks.errors import BenchmarkError
from benchmarks.output import machine, read, write, write_figures, write_page
from benchmarks.records import Findings
from benchmarks.session import BenchmarkSession, Scope
from benchmarks.tables import show, tables
from benchmarks.usage import adopt_orphans
from benchmarks.venue import HOURS, PROJECT, WEATHERS
from booking.errors import BookingError
from runner.browser import find_browser

_PARTS = ("hold", "whole", "rivals", "ways")
_QUICK_RUNS, _QUICK_OPENINGS = 3, 6
_COURTS = 3


def _count(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a valid number: write one from 1 up")
    return int(text)


def _accounts(text: str) -> tuple[int, ...]:
    counts = tuple(_count(part) for part in text.split(","))
    if max(counts) > _COURTS * len(HOURS):
        raise argparse.ArgumentTypeError(f"{text}: the practice courts have hours for {_COURTS * len(HOURS)} at most")
    return counts


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="./run.sh bench",
        description="Measures the suite beside bare scripts at the practice venue; see benchmarks/README.md.",
        epilog="exit status: 0 every bar holds; 1 some bar does not, or a measurement did not come about; 2 could not "
        "start",
    )
    names = [weather.name for weather in WEATHERS]
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"only these: {', '.join(_PARTS)}")
    parser.add_argument("--runs", type=_count, metavar="N", help="measurements of each kind (10)")
    parser.add_argument("--openings", type=_count, metavar="N", help="contested slots of each kind (50)")
    parser.add_argument(
        "--quick", action="store_true", help=f"{_QUICK_RUNS} runs and {_QUICK_OPENINGS} openings: to try, not to tell"
    )
    parser.add_argument(
        "--weather", action="append", choices=names, metavar="NAME", help=f"only this (repeatable): {', '.join(names)}"
    )
    parser.add_argument(
        "--accounts", type=_accounts, default=(1, 3, 6, 12), metavar="N,N", help="accounts of whole runs (1,3,6,12)"
    )
    parser.add_argument("--output", type=Path, metavar="FOLDER", help="where figures go (results/benchmarks/TIME)")
    parser.add_argument(
        "--resume", type=Path, metavar="FOLDER", help="go on with a session that was broken off: measure what it lacks"
    )
    parser.add_argument("--publish", action="store_true", help="write tables and picture into docs/ as well")
    return parser


def _scope(arguments: argparse.Namespace) -> Scope:
    return Scope(
        parts=arguments.parts or _PARTS,
        runs=arguments.runs or (_QUICK_RUNS if arguments.quick else 10),
        openings=arguments.openings or (_QUICK_OPENINGS if arguments.quick else 50),
        weathers=[each for each in WEATHERS if not arguments.weather or each.name in arguments.weather],
        accounts=arguments.accounts,
    )


def main() -> int:
    """Measure what the command line asks for and return the exit status."""
    os.umask(0o077)
    parser = _parser()
    arguments = parser.parse_args()
    if unknown := [part for part in arguments.parts if part not in _PARTS]:
        parser.error(f"{unknown[0]} is not a valid part: choose from {', '.join(_PARTS)}")
    scope = _scope(arguments)
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=160)
    folder = (
        arguments.resume
        or arguments.output
        or PROJECT / "results/benchmarks" / f"{datetime.now().astimezone():%Y-%m-%d_%H-%M-%S}"
    )
    try:
        check_settings_file()
        adopt_orphans()
        named = os.environ.get("BROWSER_EXECUTABLE")
        browser = find_browser(Path(named) if named else None, os.environ, console.print)
        told = machine(browser)
        findings = read(folder, told) if arguments.resume else Findings()
    except (BenchmarkError, BookingError) as error:
        print(f"Could not start.\n{error}", file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    session = BenchmarkSession(
        scope,
        browser,
        findings,
        say=lambda text: console.print(text, markup=False),
        keep=lambda: write_figures(folder, scope, findings, judge(findings), told),
    )
    try:
        session.measure()
    finally:
        # A session that is broken off keeps what it has measured.
        bars = judge(findings)
        for table in tables(findings, bars):
            show(console, table)
        written = write(folder, scope, findings, bars, told)
    if arguments.publish:
        written += write_page(PROJECT / "docs", scope, findings, bars, told)
    for path in written:
        console.print(f"Written: {path}", markup=False, soft_wrap=True)
    for text in findings.broken:
        console.print(f"Did not come about: {text}", style="red", markup=False)
    return 0 if all(bar.passed for bar in bars) and not findings.broken else 1


if __name__ == "__main__":
    sys.exit(main())
