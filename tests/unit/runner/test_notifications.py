"""Messages: they arrive, they hold no secret, and nothing waits for a service that is dead or hangs."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from booking.errors import SettingsError
from booking.settings.redaction import Redaction
from runner import notifications as module
from runner.notifications import Notifier
from tests.support.notification_server import CANARY, NotificationServer

CLEAN = Redaction(["canary-password"]).clean
NOBODY = "json://127.0.0.1:9/canary-nobody"


def test_messages_arrive_in_order_and_without_secrets() -> None:
    warned: list[str] = []
    with NotificationServer() as one, NotificationServer() as other:
        with Notifier([one.url, other.url], CLEAN, warned.append) as notifier:
            notifier.send("first", "<b>&amp; canary-password")
            notifier.send("second canary-password", "line\nline")
        assert one.letters == other.letters == ["first\n<b>&amp; <redacted>", "second <redacted>\nline\nline"]
    assert warned == []


def test_a_service_that_is_dead_is_told_once_and_the_others_get_theirs(capfd: pytest.CaptureFixture[str]) -> None:
    warned: list[str] = []
    with NotificationServer() as server:
        with Notifier([NOBODY, server.url], CLEAN, warned.append) as notifier:
            notifier.send("one", "x")
            notifier.send("two", "x")
        assert server.letters == ["one\nx", "two\nx"]
    assert warned == ["a message could not be sent: check address 1 of NOTIFY_URLS and the network"]
    assert capfd.readouterr() == ("", "")


def test_a_service_that_hangs_delays_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0.5)
    warned: list[str] = []
    with NotificationServer(hangs=True) as server:
        started = time.monotonic()
        with Notifier([server.url], CLEAN, warned.append) as notifier:
            for _ in range(3):
                notifier.send("one", "x")
            assert time.monotonic() - started < 0.5
        assert time.monotonic() - started < 5
        # While the service still hangs: when it ends the messages fail after all, which is reported as well.
        assert ["hangs" in warning and CANARY not in warning for warning in warned] == [True]


def test_without_addresses_nothing_is_sent_and_nothing_is_loaded() -> None:
    program = (
        "import sys, runner.run; from runner.notifications import Notifier\n"
        "with Notifier([], str, print) as notifier: notifier.send('a', 'b')\n"
        "assert 'apprise' not in sys.modules"
    )
    environ = {"PYTHONPATH": str(Path(module.__file__).parents[1])}
    subprocess.run([sys.executable, "-c", program], env=environ, check=True, timeout=60)


@pytest.mark.parametrize("url", ["nothing://canary", "json://", "json://canary:port:port"])
def test_an_address_that_means_nothing_is_told_by_its_place(url: str, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SettingsError, match="NOTIFY_URLS: address 2") as caught:
        Notifier([NOBODY, url], CLEAN, print)
    assert "canary" not in str(caught.value)
    assert capfd.readouterr() == ("", "")
