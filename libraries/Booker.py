"""The booking itself, as keywords: what is wanted, when to act, what to do next, what became of it.

Clicks are not here: keywords of this library decide and remember, the resources carry out.
"""

from __future__ import annotations

from robot import result, running
from robotlibcore import DynamicCore

from keywords.account import AccountKeywords
from keywords.component import WorkerState
from keywords.holding import HoldingKeywords
from keywords.opening import OpeningKeywords
from keywords.pages import PageKeywords
from keywords.payment import PaymentKeywords


class Booker(DynamicCore):
    """One account in one run: reads the plan, decides the next step, and keeps the ledger.

    The keywords are tagged by stage: ``account``, ``pages``, ``opening``, ``holding`` and ``payment``.
    """

    ROBOT_LIBRARY_SCOPE = "GLOBAL"
    ROBOT_LISTENER_API_VERSION = 3

    def __init__(self) -> None:
        """Compose the keywords; they share what the worker knows."""
        self.worker = WorkerState()
        stages = (AccountKeywords, PageKeywords, OpeningKeywords, HoldingKeywords, PaymentKeywords)
        super().__init__([stage(self.worker) for stage in stages])

    def end_test(self, data: running.TestCase, outcome: result.TestCase) -> None:  # noqa: ARG002 - a listener's signature
        """Remember why a task failed, where no keyword has said what that means for its slots."""
        if outcome.failed and self.worker.loaded and not self.worker.explained:
            self.worker.account_run.record_failure(outcome.message)
        self.worker.explained = False
