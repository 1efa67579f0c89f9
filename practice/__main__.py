"""The command line: ``python -m practice serve --state DIR`` for programs, ``python -m practice show`` for people."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import sys
import threading
from datetime import datetime
from pathlib import Path

from practice.clock import LONDON
from practice.serve import LOOPBACK, Ports, Practice
from practice.show import guide
from practice.venue.skins.skin import PLAIN, SKINS, skin_named

SHOWN_STATE = Path("results/practice-by-hand")


def _skin(text: str) -> str:
    try:
        return skin_named(int(text) if text.isdigit() else text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m practice", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    serve = commands.add_parser("serve", help="start site, portal, sheet and control; print one JSON line; serve")
    serve.add_argument("--state", type=Path, required=True, help="folder of what happened; made when missing")
    show = commands.add_parser("show", help="start the same for people, and tell them where it is and how to get in")
    show.add_argument(
        "--state", type=Path, default=SHOWN_STATE, help="folder of what happened, kept for the next time: %(default)s"
    )
    for command in (serve, show):
        for name in ("site", "portal", "sheet", "control"):
            command.add_argument(f"--{name}-port", type=int, default=0, help="0 is any free port")
        command.add_argument("--host-name", default=LOOPBACK, help="name of the loopback in the addresses told")
        command.add_argument(
            "--skin", type=_skin, default=PLAIN.name, help=f"how its pages look: a number, or {', '.join(SKINS)}"
        )
    serve.add_argument("--with-parent", action="store_true", help="stop when standard input ends")
    show.set_defaults(with_parent=False)
    return parser.parse_args()


async def _serve(arguments: argparse.Namespace) -> None:
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    ports = Ports(arguments.site_port, arguments.portal_port, arguments.sheet_port, arguments.control_port)
    practice = Practice(arguments.state, ports, arguments.host_name, skin=arguments.skin)
    welcome = await practice.start()
    if arguments.command == "show":
        print(guide(welcome, datetime.now(LONDON), arguments.skin), flush=True)
    else:
        print(json.dumps(welcome.to_json()), flush=True)
    if arguments.with_parent:

        def outlive_nobody() -> None:
            while os.read(sys.stdin.fileno(), 4096):  # unbuffered: a buffer's lock would outlive the loop
                pass
            loop.call_soon_threadsafe(stop.set)

        threading.Thread(target=outlive_nobody, daemon=True).start()
    await stop.wait()
    await practice.stop()


def main() -> int:
    """Run the command; return the exit status."""
    os.umask(0o077)
    asyncio.run(_serve(_arguments()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
