"""What tests of runs begin with: settings as of a real site, and workers that are watched over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from booking.ledger.database import LEDGER
from booking.ledger.ledger import Ledger
from booking.ledger.states import SlotState
from booking.model import Account, Slot, Wish
from booking.opening.release import Release
from booking.settings.loader import load_settings
from booking.settings.settings import Settings
from practice.clock import LONDON
from runner import supervision as module
from tests.unit.runner.fakes import FakeNotifier, Watched, plan_of

PROJECT = Path(__file__).parents[3]
RELEASE = Release(35, 24 * 60, LONDON)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings as of a real site that opens 35 days ahead at 24:00."""
    found = load_settings({"RESULTS_DIR": str(tmp_path)}, None, PROJECT / "variables")
    return replace(
        found, site="camden-active", site_url="https://site.example.test", is_practice=False, release=RELEASE,
        max_wait=timedelta(minutes=60),
    )  # fmt: skip


def hold(ledger: Ledger, account: str, slot: Slot) -> None:
    for state in (SlotState.INTENT, SlotState.HELD):
        ledger.record(run="now", account=account, slot=slot, state=state, why="in the basket", pence=1390)


@pytest.fixture
def watched(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watched]:
    """Mother and father are watched over, each of whom wants a slot and holds it."""
    slots = (Slot(1, date(2026, 12, 28), 8), Slot(2, date(2026, 12, 28), 8))
    father = Account("Father", "father@example.test", 2, settings.site_url)
    plan = plan_of(settings)
    plan = replace(
        plan, opening=datetime.now(UTC) - timedelta(minutes=5), accounts=(*plan.accounts, father),
        wishes=(Wish("mother", (slots[0],), "row 2"), Wish("father", (slots[1],), "row 3")),
    )  # fmt: skip
    monkeypatch.setattr(module, "_LOOK_EVERY", 0.0)
    with Ledger(tmp_path / LEDGER, "practice") as ledger:
        ledger.start_run(plan.run, plan.slot_day, ["mother", "father"])
        for account, slot in zip(("mother", "father"), slots, strict=True):
            hold(ledger, account, slot)
        yield Watched(plan, ledger, settings, FakeNotifier(), tmp_path)
