"""Reads all settings once, from the environment and `.env`: typed, checked whole, all problems collected.

No message of this module holds the value of a secret.
"""

from __future__ import annotations

import os
import runpy
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from booking.addresses import is_loopback
from booking.errors import Problem, SettingsError
from booking.model import Payment
from booking.opening.release import Release
from booking.opening.second_chance import LOOK_EVERY
from booking.settings import values
from booking.settings.env_file import read_env_file
from booking.settings.settings import (
    CARD_NAMES,
    HEADING,
    NOTIFY_URLS,
    SERVICE_ACCOUNT,
    Card,
    Notify,
    Settings,
    secret_names,
)
from booking.text import shown

_GOOGLE_SHEETS = "https://sheets.googleapis.com"

T = TypeVar("T")


def load_settings(environ: Mapping[str, str], env_file: Path | None, sites: Path) -> Settings:
    """Read and check all settings.

    Args:
        environ: The environment. What is set there wins; what is empty there counts as not set.
        env_file: `.env`; it need not exist.
        sites: Folder of the sites, one Robot variable file each, with SITE_URL and PAYMENT_HOSTS, and BASKET_PATH if
            people are to learn where the basket is. Relative paths start from the folder above it.

    Raises:
        SettingsError: with every problem that was found.
    """
    written, problems = read_env_file(env_file)
    given = written | {name: value for name, value in environ.items() if value.strip()}
    loader = _Loader({name: value for name, value in given.items() if value.strip()}, sites.resolve())
    settings = loader.load()
    if problems := [*problems, *loader.problems]:
        raise SettingsError(HEADING, problems)
    return settings


@dataclass(frozen=True, slots=True)
class _Site:
    """What the variable file of a site says."""

    name: str
    url: str
    payment_hosts: tuple[str, ...]
    basket_path: str

    @property
    def is_practice(self) -> bool:
        return not self.url


class _Loader:
    """Turns text into settings and collects what is wrong."""

    def __init__(self, given: Mapping[str, str], sites: Path) -> None:
        self.problems: list[Problem] = []
        self._given = given
        self._sites = sites
        self._root = sites.parent

    def load(self) -> Settings:
        """Return the settings; they may be used only if there are no problems."""
        site = self._site()
        url = self._read("BOOKING_SITE_URL", values.parse_url, "")
        if site and site.is_practice and url and not is_loopback(_host_of(url)):
            self._wrong("BOOKING_SITE_URL", "must be on this machine (127.0.0.1): BOOKING_SITE is practice")
        unstarted = bool(site and site.is_practice and "BOOKING_SITE_URL" not in self._given)
        url = url or (site.url if site else "")
        release = self._release()
        default = Payment.PAY if site and site.is_practice else Payment.REHEARSE
        payment = self._read("PAYMENT", values.parse_payment, default)
        account, account_file = (None, None) if unstarted else self._service_account(required=site is not None)
        return Settings(
            site=site.name if site else "",
            site_url=url,
            basket_url=url + site.basket_path if site and url and site.basket_path else "",
            is_practice=bool(site and site.is_practice),
            payment_hosts=self._payment_hosts(site, url),
            sheet_id="" if unstarted else self._sheet_id(required=site is not None),
            service_account=account,
            service_account_file=account_file,
            sheet_api_url=_GOOGLE_SHEETS
            if unstarted
            else self._read("GSHEET_API_URL", values.parse_url, _GOOGLE_SHEETS),
            payment=payment,
            max_spend_pence=self._read("MAX_SPEND", values.parse_pence, 15_000),
            max_spend_per_account_pence=self._read("MAX_SPEND_PER_ACCOUNT", values.parse_pence, 5000),
            release=release,
            opening=self._read("OPENING", lambda text: values.parse_instant(text, release.zone), None),
            max_wait=self._read("MAX_WAIT", values.parse_minutes, timedelta(minutes=45)),
            watch_until=self._read("WATCH_UNTIL", values.parse_watch_until, ""),
            watch_every=self._watch_every(site),
            person_wait=self._read("THREE_D_SECURE_WAIT", values.parse_seconds, timedelta(minutes=10)),
            proof_wait=self._read("PAYMENT_PROOF_WAIT", values.parse_seconds, timedelta(minutes=1)),
            notify=self._read("NOTIFY", values.parse_notify, Notify.TROUBLE),
            notify_urls=self._read(NOTIFY_URLS, values.parse_notify_urls, ()),
            browser_server=self._read("BROWSER_SERVER", values.parse_browser_server, ""),
            browser=self._read("BROWSER_EXECUTABLE", self._program, None),
            results_dir=self._read("RESULTS_DIR", self._path, self._root / "results"),
            card=self._card(datetime.now(release.zone)) if payment is Payment.PAY and not unstarted else None,
            secrets={name: self._given[name] for name in secret_names(self._given)},
        )

    def _wrong(self, name: str, message: str) -> None:
        self.problems.append(Problem(name, message))

    def _read(self, name: str, parse: Callable[[str], T], default: T) -> T:
        """Return the setting of this name as `parse` understands it, or its default and a problem."""
        if name not in self._given:
            return default
        try:
            return parse(self._given[name].strip())
        except ValueError as error:
            self._wrong(name, str(error))
            return default

    def _site(self) -> _Site | None:
        known = {path.stem.replace("_", "-"): path for path in sorted(self._sites.glob("[!_]*.py"))}
        name = self._given.get("BOOKING_SITE", "practice").strip().lower().replace("_", "-")
        if name not in known:
            self._wrong("BOOKING_SITE", f"{shown(name)} is not a known site: write {' or '.join(known)}")
            return None
        try:
            return _site(name, _variables_of(known[name]))
        except ValueError as error:
            self._wrong("BOOKING_SITE", f"{self._sites.name}/{known[name].name} cannot be used: {error}")
            return None

    def _payment_hosts(self, site: _Site | None, url: str) -> tuple[str, ...]:
        nothing: tuple[str, ...] = ()
        hosts = self._read("PAYMENT_HOSTS", values.parse_hosts, nothing)
        if site and site.is_practice:
            # The portal of a real site, set for real runs, is nothing to the practice venue.
            hosts = tuple(host for host in hosts if is_loopback(host))
        hosts = hosts or (site.payment_hosts if site else ())
        own = (_host_of(url),) if url else ()
        return tuple(dict.fromkeys(own + hosts))

    def _sheet_id(self, *, required: bool) -> str:
        sheet_id = self._read("GSHEET_MAIN_ID", values.parse_sheet_id, "")
        if required and "GSHEET_MAIN_ID" not in self._given:
            self._wrong("GSHEET_MAIN_ID", "is missing: it is the part of the sheet's address between /d/ and /edit")
        return sheet_id

    def _service_account(self, *, required: bool) -> tuple[dict[str, object] | None, Path | None]:
        if SERVICE_ACCOUNT not in self._given:
            if required:
                self._wrong(
                    SERVICE_ACCOUNT, "is missing: write the path of the service account's JSON key, or the JSON itself"
                )
            return None, None
        text, file = self._given[SERVICE_ACCOUNT].strip(), None
        try:
            if not text.startswith("{"):
                file = self._path(text)
                text = file.read_text(encoding="utf-8-sig")
        except (OSError, ValueError):
            # What was set may be a damaged key rather than a path, so it is not shown.
            self._wrong(
                SERVICE_ACCOUNT, "is neither JSON (which begins with {) nor the path of a file that can be read"
            )
            return None, None
        return self._read(SERVICE_ACCOUNT, lambda _: values.parse_service_account(text), None), file

    def _watch_every(self, site: _Site | None) -> timedelta:
        every = self._read("WATCH_EVERY", values.parse_minutes, LOOK_EVERY)
        if every < LOOK_EVERY and not (site and site.is_practice):
            self._wrong(
                "WATCH_EVERY", f"must be {LOOK_EVERY.seconds // 60} minutes or more: a real site is left in peace"
            )
        return max(every, timedelta(seconds=1))

    def _release(self) -> Release:
        return Release(
            days_ahead=self._read("DAYS_AHEAD", values.parse_days, 35),
            minutes=self._read("RELEASE_TIME", values.parse_release_time, 24 * 60),
            zone=self._read("RELEASE_TIMEZONE", values.parse_zone, ZoneInfo("Europe/London")),
        )

    def _card(self, now: datetime) -> Card | None:
        """Return the card if it could pay at this time."""
        before = len(self.problems)
        for name in CARD_NAMES:
            if name not in self._given:
                self._wrong(name, "is missing: PAYMENT is pay, which needs a card; PAYMENT=rehearse does not")
        card = Card(
            number=self._read("LB_CARD_NUMBER", values.parse_card_number, ""),
            expiry_month=self._read("LB_CARD_EXPIRY_MONTH", values.parse_expiry_month, ""),
            expiry_year=self._read("LB_CARD_EXPIRY_YEAR", values.parse_expiry_year, ""),
            security_code=self._read("LB_CARD_SECURITY_CODE", values.parse_security_code, ""),
            holder=self._read("LB_CARDHOLDER_NAME", values.parse_line, ""),
            address=self._read("LB_ADDRESS", values.parse_line, ""),
            city=self._read("LB_CITY", values.parse_line, ""),
            postcode=self._read("LB_POSTCODE", values.parse_line, ""),
        )
        if (
            card.expiry_month
            and card.expiry_year
            and (card.expiry_year, card.expiry_month) < (f"{now:%y}", f"{now:%m}")
        ):
            self._wrong("LB_CARD_EXPIRY_YEAR", "the card has expired: write the month and year of the new one")
        return card if len(self.problems) == before else None

    def _path(self, text: str) -> Path:
        """Return a path, relative ones taken from the project's folder wherever the program was started."""
        try:
            return self._root / Path(text).expanduser()
        except RuntimeError:
            raise ValueError(f"{shown(text)} cannot be found: write the path without ~") from None

    def _program(self, text: str) -> Path:
        path = self._path(text)
        if not path.is_file() or not os.access(path, os.X_OK):
            raise ValueError(f"{shown(text)} is not a program that can be run: write the path of Chrome or Chromium")
        return path


def _variables_of(path: Path) -> dict[str, Any]:
    """Run a variable file as Robot Framework does: its neighbours can be imported."""
    sys.path.insert(0, str(path.parent))
    try:
        return runpy.run_path(str(path))
    finally:
        sys.path.remove(str(path.parent))


def _site(name: str, variables: Mapping[str, object]) -> _Site:
    url, hosts, basket = variables.get("SITE_URL"), variables.get("PAYMENT_HOSTS"), variables.get("BASKET_PATH", "")
    if not (isinstance(url, str) and isinstance(hosts, tuple)):
        raise ValueError("it must set SITE_URL to a text, PAYMENT_HOSTS to a tuple")  # noqa: TRY004 - reported as a problem
    if not (isinstance(basket, str) and basket[:1] in {"", "/"}):
        raise ValueError(
            'it must set BASKET_PATH to a path from the root of the site, such as "/basket/", or leave it out'
        )
    return _Site(name, values.parse_url(url) if url else "", values.parse_hosts(",".join(map(str, hosts))), basket)


def _host_of(url: str) -> str:
    return urlsplit(url).hostname or ""
