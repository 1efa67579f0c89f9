"""The command line of `./run.sh chaos`."""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import datetime
from pathlib import Path

from dotenv import dotenv_values
from rich.console import Console

from booking.errors import BookingError
from runner.browser import find_browser
from tests.chaos.grid import PERIOD
from tests.chaos.output import empty_cells, grid_table, line, machine, replay, summary, write_json, write_page
from tests.chaos.scenario import scenario_of
from tests.chaos.trial import SeedVerdict, carry_out
from tests.support.venue import PROJECT

_WIDTH = 200
_EPILOG = f"""
Each seed is one booking, started as cron would start it, at a practice venue of its own. One fault strikes it at one
exact moment; then the same command is run again until nothing changes any more, and what the venue, the sheet, the
ledger and the system have is judged. A seed stands for the same fault, moment and booking at all times; {PERIOD} in a
row meet every fault in every phase. About a quarter of the seeds watches for a slot that somebody gives back.

exit status: 0 all seeds are clean; 1 some seed is not, or its fault did not strike; 2 could not start
"""


def _count(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a valid number: write one from 1 up")
    return int(text)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="./run.sh chaos",
        description="Books under one fault a seed and judges what really happened.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--runs", type=_count, default=25, metavar="N", help="so many seeds (25)")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="the first of them (0)")
    parser.add_argument(
        "--only", type=int, action="append", metavar="SEED", help="this seed and no others (repeatable)"
    )
    parser.add_argument(
        "--jobs", type=_count, default=os.cpu_count() or 1, metavar="J", help="so many side by side (one a core)"
    )
    parser.add_argument("--output", type=Path, metavar="FOLDER", help="where everything goes (results/chaos/TIME)")
    parser.add_argument("--keep", action="store_true", help="keep the folders of clean seeds too")
    parser.add_argument("--publish", action="store_true", help="write docs/chaos.md as well")
    return parser


def main() -> int:
    """Carry out the seeds that the command line asks for and return the exit status."""
    os.umask(0o077)
    arguments = _parser().parse_args()
    seeds = arguments.only or range(arguments.seed, arguments.seed + arguments.runs)
    console = Console(highlight=False, soft_wrap=True)
    if not console.is_terminal:
        console = Console(highlight=False, soft_wrap=True, width=_WIDTH)
    default = PROJECT / "results/chaos" / f"{datetime.now().astimezone():%Y-%m-%d_%H-%M-%S}"
    folder = (arguments.output or default).resolve()
    try:
        _check_settings_file()
        find_browser(None, os.environ, console.print)
        folder.mkdir(parents=True, exist_ok=True)
    except (BookingError, OSError) as error:
        print(f"Could not start.\n{error}", file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    began = time.monotonic()
    verdicts = _carry_out(seeds, folder, arguments, console)
    seconds = time.monotonic() - began

    verdicts.sort(key=lambda verdict: verdict.scenario.seed)
    _show(verdicts, seconds, console)
    command = f"./run.sh chaos {' '.join(sys.argv[1:])}".strip()
    about = {"command": command, "machine": machine(), "jobs": arguments.jobs}
    write_json(folder / "chaos.json", verdicts, seconds, about)
    console.print(f"Written: {folder / 'chaos.json'}", markup=False)
    if arguments.publish:
        write_page(PROJECT / "docs/chaos.md", verdicts, seconds, command)
    failed = sum(not verdict.clean for verdict in verdicts)
    passed = sum(verdict.clean and not verdict.not_possible for verdict in verdicts)
    console.print(f"chaos: {passed} passed, {failed} failed", markup=False)
    return 1 if failed else 0


def _check_settings_file() -> None:
    """Check that a developer's own settings do not shine through where it matters.

    Raises:
        BookingError: they do.
    """
    if dotenv_values(PROJECT / ".env").get("OPENING"):
        raise BookingError(".env sets OPENING, which would move the openings of the seeds: empty it meanwhile")


def _carry_out(
    seeds: Sequence[int], folder: Path, arguments: argparse.Namespace, console: Console
) -> list[SeedVerdict]:
    verdicts = []
    pool = ThreadPoolExecutor(arguments.jobs)
    try:
        waiting = [pool.submit(_one, seed, folder / f"seed-{seed}", keep=arguments.keep) for seed in seeds]
        for done in as_completed(waiting):
            verdict = done.result()
            verdicts.append(verdict)
            console.print(line(verdict), markup=False, style=None if verdict.clean else "red")
            if not verdict.clean:
                kept = folder / f"seed-{verdict.scenario.seed}"
                console.print(f"    again: {replay(verdict)}   kept: {kept}", markup=False)
    finally:
        # Broken off, the seeds that are under way are seen to their end: they have processes and disks to clear away.
        pool.shutdown(cancel_futures=True)
    return verdicts


def _one(seed: int, folder: Path, *, keep: bool) -> SeedVerdict:
    shutil.rmtree(folder, ignore_errors=True)
    verdict = carry_out(scenario_of(seed), folder)
    if verdict.clean and not keep:
        shutil.rmtree(folder, ignore_errors=True)
    return verdict


def _show(verdicts: Sequence[SeedVerdict], seconds: float, console: Console) -> None:
    console.print()
    console.print(grid_table(verdicts), soft_wrap=False)
    console.print()
    empty = empty_cells(verdicts)
    if empty and len(verdicts) >= PERIOD:
        console.print(f"Cells that were not met: {'; '.join(map(str, empty))}", markup=False)
    impossible = sorted({verdict.not_possible for verdict in verdicts if verdict.not_possible})
    for reason in impossible:
        console.print(f"Not possible here: {reason}", markup=False)
    console.print(summary(verdicts, seconds), markup=False)


if __name__ == "__main__":
    sys.exit(main())
