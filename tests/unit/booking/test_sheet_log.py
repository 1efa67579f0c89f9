"""The outbox: every outcome becomes one row of the log, whatever happens on the way."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from booking.errors import SheetError
from booking.ledger.ledger import Ledger
from booking.model import Slot, Wish
from booking.outcomes import Outcome
from booking.sheet.log import SheetLog
from booking.sheet.sheet import LOG_SHEET, Sheet
from practice.faults import Faults
from practice.sheet.store import SheetStore
from tests.support.clocks import TickingClock

Opens = Callable[[], Sheet]
LONDON = ZoneInfo("Europe/London")
BEGAN = datetime(2026, 6, 22, 22, 59, 59, 123456, tzinfo=UTC)
DAY = date(2026, 7, 28)
LIBRARIES = Path(__file__).parents[3] / "libraries"
WAIT_SECONDS = 60


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.sqlite3"


@pytest.fixture
def ledger(path: Path) -> Iterator[Ledger]:
    with Ledger(path, "practice", clock=TickingClock(BEGAN)) as opened:
        yield opened


def tell(ledger: Ledger, hour: int, outcome: Outcome = Outcome.BOOKED, why: str = "paid by card") -> None:
    slot = Slot(1, DAY, hour)
    wish = Wish("mother", (slot,), "Booking Schedule, row 2")
    ledger.record_outcome(run="r1", wish=wish, slot=slot, outcome=outcome, why=why, email="mother@example.test")


def logged(store: SheetStore) -> list[list[str]]:
    return [[*row, *[""] * 7][:7] for row in store.values(LOG_SHEET)[1:]]


def hours(store: SheetStore) -> list[str]:
    return [row[4] for row in logged(store)]


def counted(faults: Faults) -> dict[str, int]:
    paths = [request.path for request in faults.requests]
    return {name: sum(name in path for path in paths) for name in ("batchGet", ":append")}


def test_a_row_says_what_happened_in_the_time_of_the_site(ledger: Ledger, opens: Opens, store: SheetStore) -> None:
    tell(ledger, 8)
    tell(ledger, 9, Outcome.TAKEN, "held by somebody else at 00:00:00.150")
    assert SheetLog(ledger, opens, LONDON).flush() == 2
    booked, taken = logged(store)
    assert (booked[0], taken[0]) == ("2026-06-22 23:59:59.124 +0100", "2026-06-22 23:59:59.125 +0100")
    assert booked[1:] == ["mother@example.test", "1", "2026-07-28", "08:00", "booked", ""]
    assert taken[1:] == [
        "mother@example.test", "1", "2026-07-28", "09:00", "taken by somebody else",
        "held by somebody else at 00:00:00.150",
    ]  # fmt: skip
    assert ledger.unsent_log_rows() == []


def test_nothing_waiting_asks_nothing(ledger: Ledger, opens: Opens, faults: Faults) -> None:
    assert SheetLog(ledger, opens, LONDON).flush() == 0
    assert not faults.requests


def test_the_log_is_read_once_and_written_once_a_flush(
    ledger: Ledger, opens: Opens, store: SheetStore, faults: Faults
) -> None:
    log = SheetLog(ledger, opens, LONDON)
    for hour in (8, 9, 10):
        tell(ledger, hour)
        assert log.flush() == 1
    assert hours(store) == ["08:00", "09:00", "10:00"]
    assert counted(faults) == {"batchGet": 1, ":append": 3}


@pytest.mark.parametrize("text", ["=IMPORTXML(1)", "+1", "-1", "@x", "'x", '=HYPERLINK("http://x")'])
def test_what_looks_like_a_formula_stays_text(ledger: Ledger, opens: Opens, store: SheetStore, text: str) -> None:
    tell(ledger, 8, Outcome.SITE_ERROR, text)
    SheetLog(ledger, opens, LONDON).flush()
    assert logged(store)[0][6] == text
    assert store.formulas(LOG_SHEET) == []


def test_odd_text_is_cut_and_cleaned(ledger: Ledger, opens: Opens, store: SheetStore) -> None:
    tell(ledger, 8, Outcome.SITE_ERROR, "\x1b[2Jfirst\nsecond \u202e" + "x" * 2000)
    SheetLog(ledger, opens, LONDON).flush()
    why = logged(store)[0][6]
    assert why.startswith("[2Jfirst second x")
    assert len(why) == 500


DROP, BUSY, FULL = {"do": "drop"}, {"do": "status", "status": 503}, {"do": "status", "status": 429}


@pytest.mark.parametrize("skip", [0, 1])
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(
    ("where", "what"),
    [(path, rule) for path in (":append", "batchGet", "/v4/") for rule in (DROP, BUSY, FULL)] + [("/token", DROP)],
)
def test_whatever_goes_wrong_each_row_is_there_once(
    ledger: Ledger,
    opens: Opens,
    store: SheetStore,
    faults: Faults,
    where: str,
    what: dict[str, Any],
    when: str,
    skip: int,
) -> None:
    log = SheetLog(ledger, opens, LONDON)
    faults.add([{"app": "sheet", "path": where, "when": when, "skip": skip, "times": 6, **what}])
    told = []
    for hour in (8, 9, 10):
        tell(ledger, hour)
        told.append(_flushed(log))
    faults.clear()
    tell(ledger, 11)
    told.append(_flushed(log))
    assert hours(store) == ["08:00", "09:00", "10:00", "11:00"]
    assert sum(told) == 4
    assert ledger.unsent_log_rows() == []


def _flushed(log: SheetLog) -> int:
    try:
        return log.flush()
    except SheetError:
        return 0


def test_rows_that_google_would_not_take_wait_for_the_next_run(
    ledger: Ledger, opens: Opens, store: SheetStore, path: Path
) -> None:
    store.access = "forbidden"
    tell(ledger, 8)
    with pytest.raises(SheetError, match="share it"):
        SheetLog(ledger, opens, LONDON).flush()
    assert len(ledger.unsent_log_rows()) == 1
    store.access = "ok"
    with Ledger(path, "practice") as next_run:
        tell(next_run, 9)
        assert SheetLog(next_run, opens, LONDON).flush() == 2
    assert hours(store) == ["08:00", "09:00"]


def test_a_sheet_that_cannot_be_opened_leaves_the_rows_waiting(ledger: Ledger) -> None:
    def refuses() -> Sheet:
        raise SheetError("no key")

    tell(ledger, 8)
    with pytest.raises(SheetError, match="no key"):
        SheetLog(ledger, refuses, LONDON).flush()
    assert len(ledger.unsent_log_rows()) == 1


KILLED = """
import json, os, signal, sys
from pathlib import Path
from zoneinfo import ZoneInfo
from booking.ledger.ledger import Ledger
from booking.sheet.log import SheetLog
from booking.sheet.sheet import open_sheet
path, sheet_id, key, url = sys.argv[1:]
ledger = Ledger(Path(path), "practice")
ledger.record_sent = lambda ids: os.kill(os.getpid(), signal.SIGKILL)
SheetLog(ledger, lambda: open_sheet(sheet_id, json.loads(key), url), ZoneInfo("Europe/London")).flush()
"""


def test_a_kill_between_sheet_and_ledger_writes_nothing_twice(
    ledger: Ledger, opens: Opens, store: SheetStore, path: Path, key: dict[str, str], api_url: str
) -> None:
    tell(ledger, 8)
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(path), store.sheet_id, json.dumps(key), api_url],
        env={**os.environ, "PYTHONPATH": str(LIBRARIES)},
        timeout=WAIT_SECONDS,
        check=False,
    )
    assert killed.returncode == -9
    assert hours(store) == ["08:00"]
    assert len(ledger.unsent_log_rows()) == 1
    tell(ledger, 9)
    assert SheetLog(ledger, opens, LONDON).flush() == 2
    assert hours(store) == ["08:00", "09:00"]
