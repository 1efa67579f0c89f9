"""What stands for the rest of a run: a plan, messages that go nowhere, workers without processes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import SimpleNamespace

from booking.ledger.ledger import Ledger
from booking.model import Account, Payment, Plan
from booking.settings.settings import Settings
from runner.notifications import Notifier
from runner.supervision import Supervision
from runner.terminal import Terminal


def plan_of(settings: Settings) -> Plan:
    return Plan(
        run="now", site="practice", site_url=settings.site_url, slot_day=date(2026, 12, 28), zone="Europe/London",
        opening=None, wait=True, payment=Payment.PAY, max_spend_pence=10_000, max_spend_per_account_pence=10_000,
        accounts=(Account("Mother", "mother@example.test", 1, settings.site_url),), wishes=(), remarks=(),
    )  # fmt: skip


class FakeNotifier(Notifier):
    """Messages that are kept, and go nowhere."""

    def __init__(self) -> None:
        super().__init__([], str, print)
        self.sent: list[tuple[str, str]] = []

    def send(self, title: str, text: str) -> None:
        self.sent.append((title, text))


class LastingWorkers:
    """Workers that end a moment after they were asked to, and remember what was done with them."""

    done: list[str]

    def __init__(self, *_: object) -> None:
        type(self).done = []
        self._looks = 0

    @property
    def running(self) -> bool:
        self._looks += 1
        return self._looks < 3

    def stop(self) -> None:
        self.done.append("stopped")

    def finish(self) -> None:
        self.done.append("finished" if not self.running else "still running")


class WatchedWorkers:
    """Workers that last for so many looks; each look finds these accounts gone."""

    def __init__(self, *gone: set[str]) -> None:
        self._gone = list(gone)
        self.looks = 0

    @property
    def running(self) -> bool:
        return self.looks < len(self._gone)

    def gone(self) -> frozenset[str]:
        self.looks += 1
        return frozenset(self._gone[self.looks - 1])


@dataclass
class Watched:
    """Workers that are watched over, and what this needs."""

    plan: Plan
    ledger: Ledger
    settings: Settings
    letters: FakeNotifier
    folder: Path

    def __post_init__(self) -> None:
        self.supervision = Supervision(
            self.plan, self.folder, self.ledger, self.settings, Terminal(), self.letters, None
        )

    def watch(self, *gone: set[str]) -> WatchedWorkers:
        workers = WatchedWorkers(*gone)
        self.supervision.watch(workers, SimpleNamespace(quiet=False))  # type: ignore[arg-type]
        return workers
