"""The secrets of one account, as Robot Framework `Secret` objects."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from robot import result, running
from robot.api import SkipExecution
from robot.api.deco import keyword, library
from robot.api.types import Secret

from booking.model import Account
from booking.settings.loader import load_settings
from booking.settings.redaction import Redaction
from booking.settings.settings import Card, Settings, secret_names

PROJECT = Path(__file__).resolve().parent.parent


def _take_out_of_environment() -> dict[str, str]:
    """Return the environment, and leave nothing secret in it for Node and Chromium to inherit."""
    environment = dict(os.environ)
    for name in secret_names(environment):
        del os.environ[name]
    return environment


@library(scope="GLOBAL", listener="SELF")
class Credentials:
    """Hands out email address, password and card as the settings have them.

    Import it before Browser: secrets are taken out of the environment when this library is loaded, so that neither
    Node nor the browser inherits them. As a listener it also blackens secrets in every message of the log: the last
    line of defence, which should never have anything to do.
    """

    _environment: Mapping[str, str] = _take_out_of_environment()

    def __init__(self) -> None:
        self._settings: Settings | None = None
        self._redaction: Redaction | None = None

    @keyword
    def get_email(self, account: Account) -> str:
        """Returns the email address that logs in: the one of the settings, else the one of the sheet.

        Raises:
            SettingsError: the settings hold no password for the account.
        """
        return self._read().credentials(account).email

    @keyword
    def get_password(self, account: Account) -> Secret:
        """Returns the account's password, from the setting ``ACCOUNT_CAM_PASSWORD``.

        Raises:
            SettingsError: the settings hold none for the account.
        """
        return Secret(self._read().credentials(account).password)

    @keyword
    def get_card(self) -> dict[str, Secret]:
        """Returns the fields of the card, each a Secret, from the settings that begin with ``LB_``.

        The keys are ``number``, ``month`` and ``year`` (two digits each), ``code``, ``holder``, ``address``, ``city``
        and ``postcode``.

        Raises:
            SkipExecution: the settings hold no card, so nothing can be paid with one.
        """
        card: Card | None = self._read().card
        if card is None:
            raise SkipExecution("there is no card in the settings (LB_CARD_NUMBER and its fellows)")
        return {
            "number": Secret(card.number),
            "month": Secret(card.expiry_month),
            "year": Secret(card.expiry_year),
            "code": Secret(card.security_code),
            "holder": Secret(card.holder),
            "address": Secret(card.address),
            "city": Secret(card.city),
            "postcode": Secret(card.postcode),
        }

    def clean(self, text: str) -> str:
        """Return text that a page has shown with every secret blackened, before it is recorded or sent anywhere."""
        self._read()
        return self._redaction.clean(text) if self._redaction is not None else text

    def log_message(self, message: result.Message) -> None:
        """Blackens secrets in a message that is about to be written to the log."""
        if self._redaction is not None:
            message.message = self._redaction.clean(message.message)

    def end_test(self, data: running.TestCase, outcome: result.TestCase) -> None:  # noqa: ARG002 - a listener's signature
        """Blackens secrets in the message that a task ends with."""
        if self._redaction is not None:
            outcome.message = self._redaction.clean(outcome.message)

    def _read(self) -> Settings:
        if self._settings is None:
            self._settings = load_settings(self._environment, PROJECT / ".env", PROJECT / "variables")
            self._redaction = Redaction(self._settings.secret_values())
        return self._settings
