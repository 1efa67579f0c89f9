"""Messages to a person who is not at the terminal, sent beside the run: a service that is dead delays nothing."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Self

from booking.errors import Problem, SettingsError
from booking.settings.settings import HEADING, NOTIFY_URLS

if TYPE_CHECKING:
    from apprise import Apprise

PATIENCE = 15.0
"""Seconds that the end of a run waits for messages that are still on their way."""


class Notifier:
    """A thread that sends what it is given, one message after the other, to every address."""

    def __init__(self, urls: Sequence[str], clean: Callable[[str], str], warn: Callable[[str], None]) -> None:
        """Prepare to send.

        Args:
            urls: addresses as Apprise writes them; none means that nothing is sent.
            clean: takes secrets out of a text; there should be none.
            warn: shows at the terminal which messages did not arrive; it is never given an address.

        Raises:
            SettingsError: Apprise does not know what an address means.
        """
        self._services = _services(urls) if urls else []
        self._clean = clean
        self._warn = warn
        self._failed: set[int] = set()
        self._waiting: queue.SimpleQueue[tuple[str, str] | None] = queue.SimpleQueue()
        # A daemon: a service that hangs must not keep the program from ending.
        self._thread = threading.Thread(target=self._run, name="messages", daemon=True)

    def __enter__(self) -> Self:
        if self._services:
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._services:
            return
        self._waiting.put(None)
        self._thread.join(PATIENCE)
        if self._thread.is_alive():
            self._warn(f"messages are still not sent after {PATIENCE:.0f} seconds: a service of NOTIFY_URLS hangs")

    def send(self, title: str, text: str) -> None:
        """Let a message be sent, and return at once."""
        self._waiting.put((self._clean(title), self._clean(text)))

    def _run(self) -> None:
        while (message := self._waiting.get()) is not None:
            title, text = message
            for number, service in enumerate(self._services, start=1):
                if not service.notify(title=title, body=text, body_format="text") and number not in self._failed:
                    self._failed.add(number)
                    self._warn(f"a message could not be sent: check address {number} of NOTIFY_URLS and the network")


def _services(urls: Sequence[str]) -> list[Apprise]:
    """Return what sends to each of these addresses."""
    # Here, and not above: it takes a sixth of a second, for nothing where nothing is to be sent.
    from apprise import Apprise, AppriseAsset  # noqa: PLC0415

    # It logs failures in its own words, with the address in them.
    log = logging.getLogger("apprise")
    log.addHandler(logging.NullHandler())
    log.propagate = False
    asset = AppriseAsset(app_id="Court booker", app_desc="Court booker")
    services, problems = [], []
    for number, url in enumerate(urls, start=1):
        service = Apprise.instantiate(url, asset=asset)
        if service is None:
            problems.append(
                Problem(NOTIFY_URLS, f"address {number} means nothing to Apprise: see its wiki for how each is written")
            )
        else:
            services.append(Apprise(service, asset=asset))
    if problems:
        raise SettingsError(HEADING, problems)
    return services
