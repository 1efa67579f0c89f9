"""The ledger's file, read beside the program and never written."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from booking.ledger.database import LEDGER


def ask_ledger(results: Path, question: str, *values: str) -> list[dict[str, Any]]:
    """Return the rows that answer a question to the ledger; none while there is no ledger."""
    path = results / LEDGER
    if not path.exists():
        return []
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)) as database:
        database.row_factory = sqlite3.Row
        if not database.execute("SELECT 1 FROM sqlite_master WHERE name = 'sent'").fetchone():
            return []  # It is just being made.
        return [dict(row) for row in database.execute(question, values)]
