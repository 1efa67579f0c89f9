"""The pump from the ledger's outbox to the log of the sheet: every outcome becomes one row there, exactly once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import tzinfo

from booking.ledger.ledger import Ledger, LogRow
from booking.outcomes import Outcome
from booking.sheet.sheet import Sheet, clean_text

LONGEST_CELL = 500
_IDENTITY = 6
"""So many cells, down to the status, tell one row from any other: the first is an instant to the millisecond."""


class SheetLog:
    """Sends what the sheet's log has not been told. One writer at a time: the ledger and this belong to one thread."""

    def __init__(self, ledger: Ledger, open_sheet: Callable[[], Sheet], zone: tzinfo) -> None:
        """Begin without touching the sheet.

        Args:
            ledger: its outcomes are the outbox.
            open_sheet: opens the sheet, again after each failure.
            zone: the log tells the time of the site.
        """
        self._ledger = ledger
        self._open_sheet = open_sheet
        self._zone = zone
        self._sheet: Sheet | None = None

    def flush(self) -> int:
        """Send all rows that are waiting, oldest first, in one append; return how many the log has now got.

        The first time, and after anything that went wrong, the log is read first: what an append without an answer, or
        one before a crash, has written after all is not written again.

        Raises:
            SheetError: the log cannot be read or written; the rows go on waiting.
        """
        waiting = self._ledger.unsent_log_rows()
        if not waiting:
            return 0
        rows = [self._cells(row) for row in waiting]
        sheet, self._sheet = self._sheet, None
        if sheet is None:
            sheet = self._open_sheet()
            rows = _missing(rows, sheet.log_rows())
        if rows:
            sheet.append_log(rows)
        self._ledger.record_sent(row.id for row in waiting)
        self._sheet = sheet
        return len(waiting)

    def _cells(self, row: LogRow) -> list[str]:
        at = row.at.astimezone(self._zone)
        cells = [
            f"{at:%Y-%m-%d %H:%M:%S}.{at.microsecond // 1000:03d} {at:%z}",
            row.email,
            str(row.slot.court),
            row.slot.date.isoformat(),
            row.slot.time,
            row.outcome.value,
            "" if row.outcome is Outcome.BOOKED else row.why,
        ]
        return [clean_text(cell)[:LONGEST_CELL] for cell in cells]


def _missing(rows: list[list[str]], there: list[list[str]]) -> list[list[str]]:
    seen = Counter(tuple(clean_text(cell) for cell in row[:_IDENTITY]) for row in there)
    missing = []
    for row in rows:
        identity = tuple(row[:_IDENTITY])
        if seen[identity]:
            seen[identity] -= 1
        else:
            missing.append(row)
    return missing
