"""The command: one line of JSON, private files, state that lasts, and an end in time."""

from __future__ import annotations

import json
import re
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from practice.serve import Welcome
from tests.unit.practice.conftest import Browser, RunningVenue, ServedPractice, VenueClock, book_path

ROOT = Path(__file__).parents[3]


@contextmanager
def process(state: Path, *options: str) -> Iterator[tuple[subprocess.Popen[str], RunningVenue]]:
    command = [sys.executable, "-m", "practice", "serve", "--state", str(state), *options]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as started:
        try:
            assert started.stdout is not None
            yield started, RunningVenue(Welcome(**json.loads(started.stdout.readline())), VenueClock())
        finally:
            if started.poll() is None:
                started.kill()


def test_it_tells_one_line_serves_on_loopback_and_keeps_its_files_private(tmp_path: Path) -> None:
    state = tmp_path / "state"
    with process(state) as (started, venue):
        assert venue.welcome.pid == started.pid
        assert venue.client.control("GET", "/health") == {"ok": True}
        assert venue.member().get("/dashboards/").has("#ctl00_btnLogout")
        assert {urlsplit(value).hostname for name, value in venue.welcome.to_json().items() if name[-4:] == "_url"} == {
            "127.0.0.1"
        }
        assert state.stat().st_mode & 0o777 == 0o700
        assert {path.stat().st_mode & 0o777 for path in state.iterdir()} == {0o600}
        started.send_signal(signal.SIGTERM)
        output, _ = started.communicate(timeout=20)
        assert (started.returncode, output) == (0, "")


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, None])
def test_it_ends_with_a_signal_or_with_its_parent(tmp_path: Path, how: signal.Signals | None) -> None:
    with process(tmp_path / "state", "--with-parent") as (started, venue):
        venue.client.add_faults({"app": "site", "path": "/", "do": "hang"})
        address = urlsplit(venue.welcome.site_url)
        with socket.create_connection((address.hostname or "", address.port or 0)) as hanging:
            hanging.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            if how is None:
                assert started.stdin is not None
                started.stdin.close()
            else:
                started.send_signal(how)
            assert started.wait(timeout=20) == 0


def test_what_happened_outlives_a_restart_and_even_a_kill(tmp_path: Path) -> None:
    state = tmp_path / "state"
    with process(state) as (started, venue):
        browser = venue.member()
        day = venue.open_day()
        browser.get(book_path(192, day, 10))
        browser.pay(venue.welcome.card)
        browser.get(book_path(192, day, 11))
        before = venue.client.records()
        started.kill()
        started.wait(timeout=20)
    served = ServedPractice(state, VenueClock())
    try:
        again = served.venue
        after = again.client.records()
        for kind in ("holds", "bookings", "payments", "submissions", "logins"):
            assert after[kind] == before[kind]
        assert [hold["state"] for hold in after["holds"]] == ["sold", "held"]
        assert again.welcome.sheet_id == venue.welcome.sheet_id
        old, new = venue.welcome, again.welcome
        assert old.control_token != new.control_token
        assert old.accounts[0]["password"] != new.accounts[0]["password"]
        assert not again.browser().log_in(old.accounts[0]).has("#ctl00_btnLogout")
        page = again.member().get("/basket/")
        assert page.text("#ctl00_PageContent_lblTotal") == "£13.90"
        url = again.client.sheet("Account & Court Configuration")[1][4]
        assert url.startswith(new.site_url)
    finally:
        served.stop()


def test_a_file_of_an_older_schema_is_set_aside(tmp_path: Path) -> None:
    state = tmp_path / "state"
    state.mkdir()
    with closing(sqlite3.connect(state / "venue.sqlite3")) as old, old:
        old.execute("PRAGMA journal_mode = WAL")
        old.execute("CREATE TABLE accounts (email TEXT PRIMARY KEY, card TEXT) STRICT")
        old.execute("INSERT INTO accounts VALUES ('old@example.test', 'approve')")
    served = ServedPractice(state, VenueClock())
    try:
        assert served.venue.member().get("/dashboards/").has("#ctl00_btnLogout")
    finally:
        served.stop()
    with closing(sqlite3.connect(state / "venue.sqlite3.version-0")) as old:
        assert old.execute("SELECT email FROM accounts").fetchall() == [("old@example.test",)]


def test_a_port_can_be_chosen(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with process(tmp_path / "state", "--site-port", str(port), "--host-name", "localhost") as (_, venue):
        assert venue.welcome.site_url == f"http://localhost:{port}"
        assert venue.member().get("/dashboards/").has("#ctl00_btnLogout")


@contextmanager
def shown(state: Path, *options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Yield the command for people, and what it has told them."""
    command = [sys.executable, "-m", "practice", "show", "--state", str(state), *options]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as started:
        try:
            assert started.stdout is not None
            told = ""
            while "see practice/README.md" not in told:
                line = started.stdout.readline()
                assert line, told
                told += line
            yield started, told
        finally:
            if started.poll() is None:
                started.kill()


def test_people_are_told_where_it_is_how_to_get_in_and_how_to_move_the_opening(tmp_path: Path) -> None:
    with shown(tmp_path / "state", "--skin", "cards") as (started, told):
        site, sheet = re.findall(r"(?:Site|Sheet) +(http://\S+)/", told)
        email, password = re.findall(r"(mother@\S+) +(\S+)", told)[0]
        browser = Browser(site)
        assert browser.log_in({"email": email, "password": password}).has("#ctl00_btnLogout")
        assert browser.get("/basket/").has("body.skin-cards")

        page = requests.get(sheet, timeout=20)
        assert page.headers["Content-Type"].startswith("text/html")
        assert all(title in page.text for title in ("Account &amp; Court Configuration", "Booking Schedule", email))

        day = re.findall(r"date\W+(\d{4}-\d\d-\d\d)", told)[0]
        path = book_path(192, date.fromisoformat(day), 14)
        assert browser.redirect(path).startswith("/courses/detail/")
        opening = re.findall(r"(curl .*/opening \\\n.*)", told)[0].replace("+2 minutes", "-1 second")
        subprocess.run(["bash", "-c", opening], check=True, capture_output=True, timeout=30)
        assert browser.redirect(path) == "/basket/"
        dress = re.findall(r"curl .*/settings .*", told)[0]
        subprocess.run(["bash", "-c", dress], check=True, capture_output=True, timeout=30)
        assert browser.get("/basket/").has("body.skin-table")

        started.send_signal(signal.SIGINT)
        assert started.wait(timeout=20) == 0


def test_a_skin_that_is_none_is_refused_in_words(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "practice", "show", "--state", str(tmp_path / "state"), "--skin", "velvet"]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30, check=False)
    assert ended.returncode == 2
    assert "'velvet' is neither a number nor one of plain" in ended.stderr
