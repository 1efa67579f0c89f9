"""Reads what runs leave in their results folder, without changing anything there."""

from __future__ import annotations

import base64
import fcntl
import os
import re
import zlib
from pathlib import Path

from selectolax.lexbor import LexborHTMLParser

from runner.lock import LOCK

_PACKED = re.compile(r'"(eN[A-Za-z0-9+/]{16,}={0,2})"')


def report_of(run: Path) -> list[list[str]] | None:
    """Return the rows of the table of outcomes in a run's report, each as its cells; None if there is no report."""
    path = run / "report.html"
    if not path.is_file():
        return None
    text = path.read_text(encoding="utf-8")
    # Robot Framework packs long texts; the table is one.
    parts = [zlib.decompress(base64.b64decode(found)).decode() for found in _PACKED.findall(text)]
    rows = [row for part in [text, *parts] if "<tr>" in part for row in LexborHTMLParser(part).css("tr")]
    return [[" ".join(cell.text().split()) for cell in row.css("td")] for row in rows]


def is_locked(results: Path) -> bool:
    """Tell whether some process holds the lock of a results folder."""
    path = results / LOCK
    if not path.exists():
        return False
    handle = os.open(path, os.O_RDWR)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False
