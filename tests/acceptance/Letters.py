"""The messages that runs have sent, as the service that got them has kept them."""

from __future__ import annotations

import time

from robot.api.deco import keyword, library

from tests.acceptance.support.mailbox import Mailbox

PATIENCE = 90.0


@library(scope="SUITE")
class Letters:
    """One service that takes messages, for a suite."""

    def __init__(self) -> None:
        self._mailbox: Mailbox | None = None
        self._read = 0

    @keyword
    def open_the_mailbox(self) -> dict[str, str]:
        """Starts the service and returns the setting that leads messages to it."""
        self._mailbox = Mailbox()
        return {"NOTIFY_URLS": self._mailbox.url}

    @keyword
    def close_the_mailbox(self) -> None:
        """Ends the service, if it was started."""
        if self._mailbox is not None:
            self._mailbox.close()

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
    def no_more_letters_should_have_come(self) -> None:
        """Checks that every message that has come was waited for."""
        if self.letters[self._read :]:
            raise AssertionError(f"more messages have come: {self.letters[self._read :]}")

    @property
    def letters(self) -> list[str]:
        """All messages, in the order in which they came."""
        if self._mailbox is None:
            raise AssertionError("there is no service for messages")
        return self._mailbox.letters

    @keyword
    def get_letters(self) -> list[str]:
        """Returns all messages."""
        return list(self.letters)
