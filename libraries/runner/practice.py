"""The practice venue as a run sees it: an address, a sheet, accounts, and a day that opens when everybody is ready."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

import requests

from booking.errors import BookingError

CONTROL_URL = "PRACTICE_CONTROL_URL"
CONTROL_TOKEN = "PRACTICE_CONTROL_TOKEN"  # noqa: S105 - the name of a variable
_STOP_SECONDS = 5


class Announcer:
    """Tells a practice venue when a day opens; a real site decides that itself."""

    def __init__(self, url: str, token: str) -> None:
        """Use the control address of a practice venue, with its token."""
        self._url = f"{url}/opening"
        self._headers = {"Authorization": f"Bearer {token}"}

    def set_opening(self, slot_day: date, instant: datetime | None) -> None:
        """Let the venue open a day at this instant; with None, when it is announced.

        Raises:
            BookingError: the venue cannot be told.
        """
        told = {"date": slot_day.isoformat(), "instant": instant.isoformat() if instant else "pending"}
        try:
            requests.post(self._url, headers=self._headers, json=told, timeout=10).raise_for_status()
        except requests.RequestException as error:
            raise BookingError(f"The opening could not be announced to the practice venue: {error}") from error


def announcer_of(environ: Mapping[str, str]) -> Announcer | None:
    """Return the announcer of the practice venue that the environment names, if it names one."""
    if environ.get(CONTROL_URL) and environ.get(CONTROL_TOKEN):
        return Announcer(environ[CONTROL_URL], environ[CONTROL_TOKEN])
    return None


@contextmanager
def practice_venue(project: Path, state: Path, environ: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Run the practice venue and yield the settings that lead to it; it ends with the run.

    Raises:
        BookingError: it does not start.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", "practice", "serve", "--state", state, "--with-parent"],
        cwd=project,
        env=dict(environ),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # A Ctrl-C is for the run, which still needs the venue while it ends.
    )
    if process.stdin is None or process.stdout is None:
        raise BookingError("The practice venue could not be reached after its start")
    try:
        yield settings_of(_welcome(process.stdout.readline()))
    finally:
        process.stdin.close()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()


def _welcome(line: str) -> dict[str, object]:
    try:
        told = json.loads(line)
    except ValueError:
        raise BookingError("The practice venue did not start; its reason stands above.") from None
    if not isinstance(told, dict):
        raise BookingError("The practice venue did not start; its reason stands above.")
    return told


def settings_of(told: Mapping[str, object]) -> dict[str, str]:
    """Return the settings that lead to the practice venue whose welcome line this is."""
    card = told["card"]
    accounts = told["accounts"]
    if not isinstance(card, dict) or not isinstance(accounts, list):
        raise BookingError("The practice venue named neither its accounts nor its card.")
    settings = {
        "BOOKING_SITE": "practice",
        "BOOKING_SITE_URL": str(told["site_url"]),
        "GSHEET_MAIN_ID": str(told["sheet_id"]),
        "GSHEET_API_URL": str(told["sheet_url"]),
        "GOOGLE_SERVICE_ACCOUNT_JSON": json.dumps(told["service_account"]),
        "LB_CARD_NUMBER": card["number"],
        "LB_CARD_EXPIRY_MONTH": card["month"],
        "LB_CARD_EXPIRY_YEAR": card["year"],
        "LB_CARD_SECURITY_CODE": card["code"],
        "LB_CARDHOLDER_NAME": card["holder"],
        "LB_ADDRESS": card["address"],
        "LB_CITY": card["city"],
        "LB_POSTCODE": card["postcode"],
        CONTROL_URL: str(told["control_url"]),
        CONTROL_TOKEN: str(told["control_token"]),
    }
    for account in accounts:
        name = str(account["name"]).upper().replace(" ", "_")
        settings[f"{name}_CAM_EMAIL_ADDRESS"] = account["email"]
        settings[f"{name}_CAM_PASSWORD"] = account["password"]
    return settings
