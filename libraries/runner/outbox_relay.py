"""Feeds the sheet's log beside the run: a sheet that hangs delays neither a stop nor an opening."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from booking.errors import BookingError
from booking.ledger.ledger import Ledger
from booking.sheet.log import SheetLog

_EVERY = 3.0
"""Seconds between two looks at the outbox."""
PATIENCE = 120.0
"""Seconds that the end of a run waits for the sheet; what it has not taken then, the next run sends."""
HASTE = 10.0
"""The same for a run that was asked to stop."""


class OutboxRelay:
    """A thread that sends what is in the ledger's outbox, every few seconds and once more at the end."""

    def __init__(
        self, site: str, path: Path, sheet_log: Callable[[Ledger], SheetLog], warn: Callable[[str], None]
    ) -> None:
        """Prepare to send.

        Args:
            site: name of the site.
            path: the ledger; the thread opens it for itself.
            sheet_log: makes the log of the sheet for a ledger.
            warn: shows a person that the sheet is behind.
        """
        self._site = site
        self._path = path
        self._sheet_log = sheet_log
        self._warn = warn
        self._failed = ""
        self._over = threading.Event()
        # A daemon: a sheet that hangs must not keep the program from ending.
        self._thread = threading.Thread(target=self._run, name="outbox-relay", daemon=True)
        self.quiet = False
        """While this is set nothing is sent: the machine is for the holds then."""
        self.patience = PATIENCE

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join(self.patience)
        if self._thread.is_alive():
            self._warn("the sheet does not answer: its log is behind, the next run will send it")

    def _run(self) -> None:
        try:
            with Ledger(self._path, self._site) as ledger:
                log = self._sheet_log(ledger)
                while not self._over.wait(_EVERY):
                    if not self.quiet:
                        self._send(log)
                self._send(log, always_warn=True)
        except BookingError as error:
            self._warn(f"the log of the sheet is not fed while the run goes on: {error}")

    def _send(self, log: SheetLog, *, always_warn: bool = False) -> None:
        try:
            log.flush()
            self._failed = ""
        except BookingError as error:
            if always_warn or str(error) != self._failed:
                self._warn(f"the log of the sheet is behind, the next run will send it: {error}")
            self._failed = str(error)
