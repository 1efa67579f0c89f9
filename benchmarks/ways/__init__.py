"""What each way to send a request at an instant costs: how late it comes in, and how long until the answer is known."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from benchmarks.contenders import base_environ
from benchmarks.errors import BenchmarkError
from benchmarks.records import WayRecord
from benchmarks.usage import measure
from benchmarks.venue import WEATHERS, open_venue
from booking.addresses import slot_address
from booking.model import Slot
from variables import camden_active as site

_SUITE = Path(__file__).with_name("ways.robot")
_COURT_1 = "192"


def measure_ways(times: int, browser: Path) -> list[WayRecord]:
    """Send requests in every way, so many times each, and return how late each came in.

    Raises:
        BenchmarkError: a way does not work.
    """
    with open_venue(base_environ(), WEATHERS[0]) as venue, tempfile.TemporaryDirectory() as output:
        url = venue.settings["BOOKING_SITE_URL"]
        # A day that is not open yet: the venue answers as it does to somebody who comes too early.
        address = slot_address(url, site.BOOK_PATH, _COURT_1, Slot(1, venue.days()[-1], 10))
        variables = {
            "SITE_URL": url,
            "BOOK_ADDRESS": address,
            "BROWSER": browser,
            "SANDBOX": os.geteuid() != 0,
            "TIMES": times,
        }
        command = [sys.executable, "-m", "robot", "--outputdir", output, "--console", "dotted"]
        command += [part for name, value in variables.items() for part in ("--variable", f"{name}:{value}")]
        usage = measure([*command, str(_SUITE)], base_environ(), memory=False)
        if usage.status != 0:
            raise BenchmarkError(f"a way to send requests does not work:\n{usage.said}")
        records = []
        for request in venue.client.records()["requests"]:
            told = parse_qs(urlsplit(request["path"]).query)
            if "aimed" in told:
                late = request["at"] - float(told["aimed"][0])
                records.append(WayRecord(told["way"][0], int(told["number"][0]), late))
    return records
