"""The messages that runs have sent, as the service that got them has kept them."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence

from robot.api.deco import keyword, library

from tests.support.notification_server import NotificationServer

PATIENCE = 90.0
_SUMMARY = re.compile(r"\d+ of \d+ slots\b")


@library(scope="SUITE")
class Notifications:
    """One service that takes messages, for a suite."""

    def __init__(self) -> None:
        self._server: NotificationServer | None = None
        self._read = 0

    @keyword
    def open_the_mailbox(self) -> dict[str, str]:
        """Starts the service and returns the setting that leads messages to it."""
        self._server = NotificationServer()
        return {"NOTIFY_URLS": self._server.url}

    @keyword
    def close_the_mailbox(self) -> None:
        """Ends the service, if it was started."""
        if self._server is not None:
            self._server.close()

    @keyword
    def wait_for_letter(self, *texts: str) -> None:
        """Waits for the next message, and checks that it holds each of these texts."""
        until = time.monotonic() + PATIENCE
        while len(self.letters) <= self._read:
            if time.monotonic() > until:
                raise AssertionError(f"no message has come within {PATIENCE:.0f} s")
            time.sleep(0.05)
        letter = self.letters[self._read]
        self._read += 1
        missing = [text for text in texts if text not in letter]
        if missing:
            raise AssertionError(f"the message lacks {missing}:\n{letter}")

    @keyword
    def wait_for_letter_among_others(self, *texts: str, run: int = 1) -> None:
        """Waits until a run, the first or a later one, has sent a message with these texts, and not yet summed up."""
        until = time.monotonic() + PATIENCE
        while not self._has_come(texts, run):
            if time.monotonic() > until:
                raise AssertionError(f"no message with {texts} has come within {PATIENCE:.0f} s but:\n{self._all()}")
            time.sleep(0.05)

    @keyword
    def letter_should_come_before_the_summary(self, *texts: str, run: int = 1) -> None:
        """Checks that a message with these texts came at once: before the one that sums the run up."""
        if not self._has_come(texts, run):
            raise AssertionError(f"before the summary of run {run} no message has {list(texts)}:\n{self._all()}")

    def _has_come(self, texts: Sequence[str], run: int) -> bool:
        """Return whether a message with all of these texts has come before that run's summary, and after the last."""
        summaries = 0
        for letter in list(self.letters):
            if _SUMMARY.match(letter):
                summaries += 1
            elif summaries == run - 1 and all(text in letter for text in texts):
                return True
        return False

    @keyword
    def no_more_letters_should_have_come(self) -> None:
        """Checks that every message that has come was waited for."""
        if self.letters[self._read :]:
            raise AssertionError(f"more messages have come: {self.letters[self._read :]}")

    @property
    def letters(self) -> list[str]:
        """All messages, in the order in which they came."""
        if self._server is None:
            raise AssertionError("there is no service for messages")
        return self._server.letters

    def _all(self) -> str:
        return "\n---\n".join(self.letters)

    @keyword
    def get_letters(self) -> list[str]:
        """Returns all messages."""
        return list(self.letters)
