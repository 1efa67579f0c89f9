"""The practice sheet, served from a thread, for whoever reads or writes it through the real gspread."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from aiohttp import web

from booking.sheet.sheet import Sheet, open_sheet
from practice.faults import Faults
from practice.sheet.app import create_sheet_app
from practice.sheet.store import SheetStore

WAIT_SECONDS = 30


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SheetStore]:
    """What the sheet holds."""
    kept = SheetStore(tmp_path / "sheet.sqlite3")
    names = ("Mother", "Father", "Bruce")
    kept.seed("http://127.0.0.1:8001", [{"name": name, "email": f"{name.lower()}@example.test"} for name in names])
    yield kept
    kept.close()


@pytest.fixture
def faults() -> Faults:
    """The weather, and the log of what was asked of the sheet."""
    return Faults()


@pytest.fixture
def api_url(store: SheetStore, faults: Faults) -> Iterator[str]:
    """Where the sheet is served."""
    loop = asyncio.new_event_loop()
    runner = web.AppRunner(create_sheet_app(store, faults=faults), shutdown_timeout=1)

    async def start() -> str:
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        return f"http://{host}:{port}"

    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    yield asyncio.run_coroutine_threadsafe(start(), loop).result(WAIT_SECONDS)
    asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(WAIT_SECONDS)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(WAIT_SECONDS)
    loop.close()


@pytest.fixture
def key(store: SheetStore, api_url: str) -> dict[str, str]:
    """The key of the service account that the sheet is shared with."""
    return store.new_service_account(f"{api_url}/token")


@pytest.fixture
def pauses() -> list[float]:
    """The seconds that were waited between attempts; nobody waits them here."""
    return []


@pytest.fixture
def opens(store: SheetStore, api_url: str, key: dict[str, str], pauses: list[float]) -> Callable[[], Sheet]:
    """Opens the sheet, as a run does."""
    return lambda: open_sheet(store.sheet_id, key, api_url, sleep=pauses.append)
