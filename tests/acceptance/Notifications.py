"""The notifications that runs have sent, as the service that got them has kept them."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from typing import cast

from robot.api.deco import keyword, library
from robot.libraries.BuiltIn import BuiltIn

from tests.support.notification_server import NotificationServer

PATIENCE = 90.0
_SUMMARY = re.compile(r"\d+ of \d+ slots\b")


@library(scope="SUITE")
class Notifications:
    """One service that takes notifications, for a suite."""

    def __init__(self) -> None:
        self._server: NotificationServer | None = None
        self._before: dict[int, int] = {}
        self._after: dict[int, int] = {}

    @keyword
    def start_notification_service(self) -> dict[str, str]:
        """Starts the service and returns the setting that leads notifications to it."""
        self._server = NotificationServer()
        return {"NOTIFY_URLS": self._server.url}

    @keyword
    def stop_notification_service(self) -> None:
        """Ends the service, if it was started."""
        if self._server is not None:
            self._server.close()

    @keyword
    def wait_for_notification(self, *texts: str, run: int = 1) -> None:
        """Waits until a run, the first or a later one, has sent a notification with these texts, and not summed up."""
        until = time.monotonic() + PATIENCE
        while not self._has_come(texts, run):
            if time.monotonic() > until:
                raise AssertionError(f"no notification with {texts} has come in {PATIENCE:.0f} s but:\n{self._all()}")
            time.sleep(0.05)

    @keyword
    def notification_should_come_before_summary(self, *texts: str, run: int = 1) -> None:
        """Checks that a notification with these texts came at once: before the one that sums the run up."""
        if not self._has_come(texts, run):
            raise AssertionError(f"before the summary of run {run} no notification has {list(texts)}:\n{self._all()}")

    @keyword
    def notification_should_say(self, *texts: str, call: int, number: int = 1, of: int = 1) -> None:
        """Checks that a call has sent so many notifications, and that the one of this number holds each text."""
        found = self.sent[self._before[call] : self._after[call]]
        if len(found) != of:
            raise AssertionError(f"call {call} has sent {len(found)} notifications, wanted {of}: {found}")
        missing = [text for text in texts if text not in found[number - 1]]
        if missing:
            raise AssertionError(f"notification {number} of call {call} lacks {missing}:\n{found[number - 1]}")

    @keyword
    def get_notifications(self) -> list[str]:
        """Returns all notifications, in the order in which they came."""
        return list(self.sent)

    def note_start(self, call: int) -> None:
        """Takes down how many notifications there are when a call begins."""
        if self._server is not None:
            self._before[call] = len(self.sent)

    def note_end(self, call: int) -> None:
        """Takes down how many there are when it has ended."""
        if self._server is not None:
            self._after[call] = len(self.sent)

    @property
    def sent(self) -> list[str]:
        """All notifications, in the order in which they came."""
        if self._server is None:
            raise AssertionError("there is no service for notifications")
        return self._server.letters

    def _has_come(self, texts: Sequence[str], run: int) -> bool:
        """Return whether one with all of these texts has come before that run's summary, and after the last."""
        summaries = 0
        for notification in list(self.sent):
            if _SUMMARY.match(notification):
                summaries += 1
            elif summaries == run - 1 and all(text in notification for text in texts):
                return True
        return False

    def _all(self) -> str:
        return "\n---\n".join(self.sent)


def notifications_of_suite() -> Notifications:
    """Return the library as the suite that runs has it."""
    return cast("Notifications", BuiltIn().get_library_instance("Notifications"))
