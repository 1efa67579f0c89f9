"""The command line of `./run.sh`."""

from __future__ import annotations

import argparse
import os
import sys
from datetime import date

from booking.errors import BookingError, BrokenOffError
from booking.outcomes import ExitStatus
from runner.ledger_commands import settle, show_ledger
from runner.lock import BusyError
from runner.run import Options, run
from runner.shards import merge_command
from runner.terminal import Terminal

_STATUSES = """
exit status:
  0   every wanted slot is booked (with --rehearse: was held and given back), or nothing was wanted
  1   some wanted slot was not booked, or an account of the sheet had to be left out
  2   could not start, or not go on: settings, sheet, browser or disk; what was recorded is kept
  3   a payment's fate is unknown, of this run or an earlier one, and a person must look
  75  another run is going on
"""
_OTHER_COMMANDS = """
other commands:
  ./run.sh test                        everything that must hold, proved against the practice venue
  ./run.sh bench                       how fast, side by side with what could be (--help)
  ./run.sh chaos                       every fault at every moment of a booking, judged (--help)
  ./run.sh practice                    the practice venue, to click through until Ctrl-C (--help)
  ./run.sh ledger                      what was tried, held and paid (--history, --json)
  ./run.sh settle ACCOUNT DATE HOUR paid|not-paid|cancelled
                                       your word on a payment whose fate was unknown, or on a booking
  ./run.sh merge FOLDER... --into DIR  one report of the runs of several shards
"""


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a valid day: write YYYY-MM-DD, e.g. 2027-01-04") from None


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a valid number of accounts: write 1 or more")
    return int(text)


def _shard(text: str) -> tuple[int, int]:
    part, _, parts = text.partition("/")
    if not (part.isdecimal() and parts.isdecimal() and 1 <= int(part) <= int(parts)):
        raise argparse.ArgumentTypeError(f"{text!r} is not a part of the accounts: write e.g. 1/2 and 2/2")
    return int(part), int(parts)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="./run.sh",
        description="Reads the sheet, waits for the opening, books and pays for every account, and reports.",
        epilog=_OTHER_COMMANDS + _STATUSES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--account", action="append", default=[], metavar="NAME", help="only this account of the sheet (repeatable)"
    )
    parser.add_argument("--date", type=_day, metavar="YYYY-MM-DD", help="this slot day instead of the one at hand")
    parser.add_argument("--now", action="store_true", help="do not wait for the opening")
    parser.add_argument("--rehearse", action="store_true", help="everything but paying; the basket is emptied")
    parser.add_argument(
        "--watch", default="", metavar="UNTIL", help="watch for lost slots that come back, until e.g. 00:50"
    )
    parser.add_argument(
        "--processes", type=_count, default=0, metavar="N", help="so many accounts at a time (all, if not given)"
    )
    parser.add_argument(
        "--shard",
        type=_shard,
        metavar="I/N",
        help="only the Ith of N parts of the accounts; see docs/how-to/many-machines.md",
    )
    parser.add_argument("--headed", action="store_true", help="show the browsers")
    return parser


def main() -> int:
    """Run what the command line asks for and return the exit status."""
    os.umask(0o077)  # What a run leaves behind is the user's own.
    name, words = (sys.argv[1], sys.argv[2:]) if sys.argv[1:2] and sys.argv[1] in _COMMANDS else ("", sys.argv[1:])
    command = _COMMANDS[name] if name else _run
    try:
        return command(words, Terminal())
    except BusyError as error:
        print(error, file=sys.stderr)
        return ExitStatus.BUSY
    except KeyboardInterrupt:
        return 130  # Before anything was started; a run that is going on sees to its end itself.
    except BrokenOffError as error:
        print(error, file=sys.stderr)
        return ExitStatus.PAYMENT_UNKNOWN if error.payment_unknown else ExitStatus.COULD_NOT_START
    except BookingError as error:
        print(error if name else f"Could not start.\n{error}", file=sys.stderr)
        return ExitStatus.COULD_NOT_START


def _run(words: list[str], terminal: Terminal) -> ExitStatus:
    arguments = _parser().parse_args(words)
    options = Options(
        accounts=tuple(arguments.account),
        slot_day=arguments.date,
        wait=not arguments.now,
        rehearse=arguments.rehearse,
        headed=arguments.headed,
        watch_until=arguments.watch,
        processes=arguments.processes,
        shard=arguments.shard,
    )
    return run(options, terminal)


_COMMANDS = {"ledger": show_ledger, "settle": settle, "merge": merge_command}

if __name__ == "__main__":
    sys.exit(main())
