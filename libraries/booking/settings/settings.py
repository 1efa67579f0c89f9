"""What settings there are, as types: the result of reading them, and which of them are secret.

No secret is in the `repr` of anything here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from booking.errors import Problem, SettingsError
from booking.model import Account, Payment
from booking.opening.release import Release
from booking.settings.setting_list import ACCOUNT, CARD, GROUPS

HEADING = "The settings cannot be used as they are:"
NOTIFY_URLS = "NOTIFY_URLS"
SERVICE_ACCOUNT = "GOOGLE_SERVICE_ACCOUNT_JSON"
CARD_NAMES = tuple(setting.name for setting in CARD.settings)
NAMES = tuple(setting.name for group in GROUPS if group is not ACCOUNT for setting in group.settings)
"""All but those of the accounts, which begin with the account's name."""
EMAIL_SUFFIX = "_CAM_EMAIL_ADDRESS"
PASSWORD_SUFFIX = "_CAM_PASSWORD"  # noqa: S105 - the end of a setting's name, not a password


class Notify(StrEnum):
    """Of which runs messages are sent."""

    TROUBLE = "trouble"
    """Of those that missed something or need a person."""
    ALWAYS = "always"


@dataclass(frozen=True, slots=True)
class Card:
    """The card that pays. Nothing of it is shown by `repr`."""

    number: str = field(repr=False)
    expiry_month: str = field(repr=False)
    """Two digits."""
    expiry_year: str = field(repr=False)
    """Two digits."""
    security_code: str = field(repr=False)
    holder: str = field(repr=False)
    address: str = field(repr=False)
    city: str = field(repr=False)
    postcode: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class AccountCredentials:
    """What one account logs in with. Nothing of it is shown by `repr`."""

    email: str = field(repr=False)
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Settings:
    """All that a run is given, checked."""

    site: str
    """Name of the site, e.g. ``camden-active``."""
    site_url: str
    """Address of the site without a slash at its end; empty for a practice venue that is not started yet."""
    basket_url: str
    """Where a person finds what is held; empty where the site's file does not say, or its address is not known yet."""
    is_practice: bool
    payment_hosts: tuple[str, ...]
    """Hosts on which card data may be typed; the site's own is always the first."""
    sheet_id: str
    """Empty, as `service_account` is None, where a practice venue that is not started yet is going to bring its own."""
    service_account: Mapping[str, object] | None = field(repr=False)
    service_account_file: Path | None
    """Where the key was read from, if it was a file."""
    sheet_api_url: str
    payment: Payment
    max_spend_pence: int
    """The most that all accounts together may spend on one slot day."""
    max_spend_per_account_pence: int
    """The most that one account may spend on one slot day."""
    release: Release
    opening: datetime | None
    """An announced opening, in the zone of the release, that stands instead of the computed one."""
    max_wait: timedelta
    watch_until: str
    """As written: what it means depends on the opening. Empty: no watch."""
    watch_every: timedelta
    person_wait: timedelta
    """How long a person is waited for who has to confirm a payment with the bank."""
    proof_wait: timedelta
    """How long My Bookings is asked again for a payment that it does not list yet, before the account logs out."""
    notify: Notify
    notify_urls: tuple[str, ...] = field(repr=False)
    """Where messages go, as Apprise writes addresses. They may hold tokens."""
    browser_server: str
    """Address of a browser server (ws or wss) that all accounts share; empty: each starts a browser of its own."""
    browser: Path | None
    results_dir: Path
    card: Card | None
    """None unless this run may pay and the card is known."""
    secrets: Mapping[str, str] = field(repr=False)
    """Values of all settings that `secret_names` names."""

    def credentials(self, account: Account) -> AccountCredentials:
        """Return what this account logs in with: a setting's address before the sheet's.

        Raises:
            SettingsError: the password or the address is missing.
        """
        if problems := self.missing_credentials([account]):
            raise SettingsError(HEADING, problems)
        name = account.key.upper()
        return AccountCredentials(
            self.secrets.get(name + EMAIL_SUFFIX) or account.email, self.secrets[name + PASSWORD_SUFFIX]
        )

    def missing_credentials(self, accounts: Iterable[Account]) -> list[Problem]:
        """Return a problem for every password and address that these accounts lack."""
        problems = []
        for account in accounts:
            name = account.key.upper()
            if not (self.secrets.get(name + EMAIL_SUFFIX) or account.email):
                problems.append(
                    Problem(name + EMAIL_SUFFIX, f"{account.name} has no address here nor in the sheet: add it")
                )
            if not self.secrets.get(name + PASSWORD_SUFFIX):
                message = f"is missing: {account.name} of the sheet cannot log in without its password"
                problems.append(Problem(name + PASSWORD_SUFFIX, message))
        return problems

    def login_addresses(self) -> dict[str, str]:
        """Return the addresses that log in instead of the sheet's, by key of the account."""
        return {
            name.removesuffix(EMAIL_SUFFIX).lower(): address
            for name, address in self.secrets.items()
            if name.endswith(EMAIL_SUFFIX)
        }

    def secret_values(self) -> tuple[str, ...]:
        """Return the strings that nothing written by a run may hold, longest first.

        Expiry dates and the city are left out: a file with "12" or "London" in it gives nothing away. Addresses for the
        login are left out as well, because the sheet's log holds them on purpose.
        """
        harmless = {"LB_CARD_EXPIRY_MONTH", "LB_CARD_EXPIRY_YEAR", "LB_CITY"}
        values = {
            value for name, value in self.secrets.items() if name not in harmless and not name.endswith(EMAIL_SUFFIX)
        }
        # What stands after the scheme is the secret: a service is asked by https where the address has its own name.
        values |= {part for url in self.notify_urls for part in (url, url.partition("://")[2])}
        values.add(re.sub(r"[ -]", "", self.secrets.get("LB_CARD_NUMBER", "")))
        key = str((self.service_account or {}).get("private_key", ""))
        # A key is written in lines, and each of them is part of the secret; its last one may be too short to count.
        values |= {key, *(line for line in key.splitlines() if len(line) >= 16 and "-----" not in line)}
        return tuple(sorted((value for value in values if value), key=lambda value: (-len(value), value)))


def secret_names(values: Mapping[str, str]) -> set[str]:
    """Return the names among these whose values the browser and other programs must not inherit."""
    return {
        name
        for name in values
        if name in {SERVICE_ACCOUNT, NOTIFY_URLS}
        or name.startswith("LB_")
        or name.endswith((EMAIL_SUFFIX, PASSWORD_SUFFIX))
    }
