"""The client of the control address: what tests and benchmarks set at a venue, and what they read of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Literal
from urllib.parse import quote

import requests

Json = dict[str, Any]

PATIENCE = 30.0
"""Seconds that an answer may take."""


class ControlError(Exception):
    """A call that the control address did not carry out; says which, and what the venue said.

    Args:
        method: of the call.
        path: of the call.
        said: what the venue said, or why it said nothing.
        status: HTTP status of the answer; None where none came.
    """

    def __init__(self, method: str, path: str, said: str, status: int | None = None) -> None:
        gave = "gave no answer to" if status is None else "refused"
        super().__init__(f"the practice venue {gave} {method} {path}: {said}")
        self.said = said
        self.status = status


class VenueClient:
    """Calls the control address of a running venue.

    Every call raises `ControlError` where the venue refuses it or does not answer.

    Args:
        url: the control address, as the venue tells it at its start.
        token: what opens it.
    """

    def __init__(self, url: str, token: str) -> None:
        self._url = url
        self._headers = {"Authorization": f"Bearer {token}"}

    def control(self, method: str, path: str, body: object = None) -> Json:
        """Make one call, with this body as JSON, and return what the venue tells."""
        try:
            answer = requests.request(method, f"{self._url}{path}", headers=self._headers, json=body, timeout=PATIENCE)
        except requests.RequestException as error:
            raise ControlError(method, path, str(error)) from error
        try:
            told: Json = answer.json()
        except requests.JSONDecodeError as error:
            raise ControlError(method, path, answer.text, answer.status_code) from error
        if not answer.ok:
            raise ControlError(method, path, str(told.get("error")), answer.status_code)
        return told

    # Openings and the weather

    def opening(self, day: date) -> datetime | None:
        """Return when a day opens, as announced; None while that is pending."""
        instant = self.control("GET", f"/opening?date={day.isoformat()}")["instant"]
        return None if instant is None else datetime.fromisoformat(instant)

    def set_opening(self, day: date, instant: datetime | Literal["pending"] | None) -> None:
        """Announce when a day opens, keep it pending, or (None) leave it to the rule again."""
        told = instant.isoformat() if isinstance(instant, datetime) else instant
        self.control("POST", "/opening", {"date": day.isoformat(), "instant": told})

    def settings(self) -> Json:
        """Return all settings of the venue."""
        return self.control("GET", "/settings")

    def change_settings(self, **values: float | str | None) -> Json:
        """Set some of the settings, by the names in ``practice/settings.py``; return all."""
        return self.control("POST", "/settings", values)

    def faults(self) -> list[Json]:
        """Return the fault rules in force, with how often each has met a request and has bitten."""
        rules: list[Json] = self.control("GET", "/faults")["rules"]
        return rules

    def add_faults(self, *rules: Mapping[str, Any]) -> None:
        """Add fault rules, as ``practice/README.md`` describes them."""
        self.control("POST", "/faults", {"rules": list(rules)})

    def clear_faults(self) -> None:
        """Drop all fault rules; what they hold up goes on."""
        self.control("DELETE", "/faults")

    # Accounts, and who else wants a slot

    def add_account(self, name: str, email: str, password: str) -> None:
        """Add an account, or renew one."""
        self.control("POST", "/accounts/new", {"name": name, "email": email, "password": password})

    def change_account(self, email: str, **values: Any) -> Json:  # noqa: ANN401 - JSON
        """Set what an account is like at the checkout, by the names in ``practice/README.md``; return all of it."""
        return self.control("POST", "/accounts", {"email": email, **values})

    def expire_sessions(self, email: str | None) -> int:
        """Log an account out everywhere, or (None) everybody; return how many sessions that ended."""
        return int(self.control("POST", "/sessions/expire", {"email": email})["ended"])

    def expire_holds(self, email: str) -> int:
        """Let the basket of an account run out; return how many slots that freed."""
        return int(self.control("POST", "/holds/expire", {"email": email})["expired"])

    def confirm_with_bank(self, email: str) -> int:
        """Confirm what waits for 3-D Secure, as a person would on their phone; return how many payments that were."""
        return int(self.control("POST", "/3ds/confirm", {"email": email})["paid"])

    def send_rival(
        self,
        court: int,
        day: date,
        hour: int,
        *,
        at: float | Literal["now", "worst"] = "now",
        release_after: float | None = None,
    ) -> bool | None:
        """Let somebody else reach for a slot.

        Args:
            court: number of the court.
            day: the slot's.
            hour: the slot's.
            at: seconds after the day's opening, or just before our first request that could have it.
            release_after: seconds after which the slot comes back unpaid; None is never.

        Returns:
            whether the rival has it now; None where that is still to come.
        """
        slot = {"court": court, "date": day.isoformat(), "hour": hour}
        taken: bool | None = self.control("POST", "/rival", {**slot, "at": at, "release_after": release_after})["taken"]
        return taken

    # The sheet

    def sheet(self, title: str) -> list[list[str]]:
        """Return all rows of a worksheet, its header first."""
        values: list[list[str]] = self.control("GET", _worksheet(title))["values"]
        return values

    def write_sheet(self, title: str, values: Sequence[Sequence[str]]) -> None:
        """Replace all rows of a worksheet."""
        self.control("PUT", _worksheet(title), {"values": values})

    def remove_sheet(self, title: str) -> None:
        """Take a worksheet out of the sheet."""
        self.control("DELETE", _worksheet(title))

    def set_sheet_access(self, mode: str) -> None:
        """Set what callers of the sheet meet: ``ok``, ``forbidden``, ``missing`` or ``down``."""
        self.control("POST", "/sheet-access", {"mode": mode})

    # What really happened

    def records(self) -> Json:
        """Return the venue's own records: holds, bookings, payments, submissions, logins, requests."""
        return self.control("GET", "/records")


def _worksheet(title: str) -> str:
    return f"/sheet/{quote(title)}"
