"""The command line: ``python -m practice serve --state DIR``."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import sys
import threading
from pathlib import Path

from practice.serve import LOOPBACK, Ports, Practice


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m practice", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    serve = commands.add_parser("serve", help="start site, portal, sheet and control; print one JSON line; serve")
    serve.add_argument("--state", type=Path, required=True, help="folder of what happened; made when missing")
    for name in ("site", "portal", "sheet", "control"):
        serve.add_argument(f"--{name}-port", type=int, default=0, help="0 is any free port")
    serve.add_argument("--host-name", default=LOOPBACK, help="name of the loopback in the addresses told")
    serve.add_argument("--with-parent", action="store_true", help="stop when standard input ends")
    return parser.parse_args()


async def _serve(arguments: argparse.Namespace) -> None:
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    ports = Ports(arguments.site_port, arguments.portal_port, arguments.sheet_port, arguments.control_port)
    practice = Practice(arguments.state, ports, arguments.host_name)
    welcome = await practice.start()
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
