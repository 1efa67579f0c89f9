"""What a run is told by its environment and by `.env`: read once, typed, checked whole, all faults told together.

No message of this module holds the value of a secret, and no secret is in the `repr` of anything it returns.
"""

from __future__ import annotations

import io
import json
import os
import re
import runpy
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import takewhile
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from dotenv.parser import parse_stream

from booking.addresses import is_loopback
from booking.errors import Problem, SettingsError
from booking.model import Account, Payment
from booking.opening.release import Release
from booking.opening.second_chance import LOOK_EVERY, parse_until
from booking.settings.setting_list import ACCOUNT, CARD, GROUPS
from booking.text import shown

HEADING = "The settings cannot be used as they are:"
NOTIFY_URLS = "NOTIFY_URLS"
CARD_NAMES = tuple(setting.name for setting in CARD.settings)
NAMES = tuple(setting.name for group in GROUPS if group is not ACCOUNT for setting in group.settings)
"""All but those of the accounts, which begin with the account's name."""
EMAIL_SUFFIX = "_CAM_EMAIL_ADDRESS"
PASSWORD_SUFFIX = "_CAM_PASSWORD"  # noqa: S105 - the end of a setting's name, not a password
GOOGLE_SHEETS = "https://sheets.googleapis.com"

_KEY_NAME = "GOOGLE_SERVICE_ACCOUNT_JSON"
_URL = re.compile(r"https?://(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?(?:/[A-Za-z0-9._~/-]*)?")
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?")

T = TypeVar("T")


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
    """All that a run is told, checked."""

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
        if faults := self.missing_credentials([account]):
            raise SettingsError(HEADING, faults)
        name = account.key.upper()
        return AccountCredentials(
            self.secrets.get(name + EMAIL_SUFFIX) or account.email, self.secrets[name + PASSWORD_SUFFIX]
        )

    def missing_credentials(self, accounts: Iterable[Account]) -> list[Problem]:
        """Return a fault for every password and address that these accounts lack."""
        faults = []
        for account in accounts:
            name = account.key.upper()
            if not (self.secrets.get(name + EMAIL_SUFFIX) or account.email):
                faults.append(
                    Problem(name + EMAIL_SUFFIX, f"{account.name} has no address here nor in the sheet: add it")
                )
            if not self.secrets.get(name + PASSWORD_SUFFIX):
                message = f"is missing: {account.name} of the sheet cannot log in without its password"
                faults.append(Problem(name + PASSWORD_SUFFIX, message))
        return faults

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
        # A key is written in lines, and each of them is part of the secret; its last one may be too short to tell.
        values |= {key, *(line for line in key.splitlines() if len(line) >= 16 and "-----" not in line)}
        return tuple(sorted((value for value in values if value), key=lambda value: (-len(value), value)))


def secret_names(values: Mapping[str, str]) -> set[str]:
    """Return the names among these whose values the browser and other programs must not inherit."""
    return {
        name
        for name in values
        if name in {_KEY_NAME, NOTIFY_URLS} or name.startswith("LB_") or name.endswith((EMAIL_SUFFIX, PASSWORD_SUFFIX))
    }


def warn_readable(path: Path) -> str | None:
    """Return a warning if a file with secrets can be read by anybody but its owner."""
    if path.exists() and path.stat().st_mode & 0o077:
        return f"{path} holds secrets and can be read by others on this machine: run  chmod 600 {path}"
    return None


def load_settings(environ: Mapping[str, str], env_file: Path | None, sites: Path) -> Settings:
    """Read and check all settings.

    Args:
        environ: The environment. What is set there wins; what is empty there counts as not set.
        env_file: `.env`; it need not exist.
        sites: Folder of the sites, one Robot variable file each, with SITE_URL and PAYMENT_HOSTS, and BASKET_PATH if
            people are to be told where the basket is. Relative paths start from the folder above it.

    Raises:
        SettingsError: with every fault that was found.
    """
    faults: list[Problem] = []
    written = _read_env_file(env_file, faults)
    given = written | {name: value for name, value in environ.items() if value.strip()}
    values = {name: value for name, value in given.items() if value.strip()}
    settings = _Loader(values, sites.resolve(), faults).load()
    if faults:
        raise SettingsError(HEADING, faults)
    return settings


def _read_env_file(path: Path | None, faults: list[Problem]) -> dict[str, str]:
    """Return what the file sets, taken literally: a password may hold ``$``."""
    if path is None or not path.exists():
        return {}
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        faults.append(Problem(path.name, "cannot be read: it must be a UTF-8 text file that this user may read"))
        return {}
    values = {}
    for binding in parse_stream(io.StringIO(text)):
        string = binding.original.string
        line = binding.original.line + string[: len(string) - len(string.lstrip())].count("\n")
        where = f"{path.name}, line {line}"
        if binding.error:
            faults.append(
                Problem(where, "is not a setting: write NAME=value, the value in single quotes if it is long or odd")
            )
        elif binding.key is not None and binding.value is None:
            faults.append(Problem(where, "has no value: write NAME=value, or NAME= for none"))
        elif binding.key is not None:
            values[binding.key] = binding.value or ""
            if meant := _meant(binding.key):
                faults.append(Problem(where, f"{binding.key} is not a setting: did you mean {meant}?"))
    return values


def _meant(name: str) -> str | None:
    """Return the known setting of which this name is a slip of one letter or of case, if it is one."""
    suffixes = (EMAIL_SUFFIX, PASSWORD_SUFFIX)
    if name in NAMES or name.endswith(suffixes):
        return None
    upper = name.upper()
    for known in NAMES:
        if upper == known or _one_edit(upper, known):
            return known
    for suffix in suffixes:
        for length in (len(suffix), len(suffix) - 1, len(suffix) + 1):
            account, tail = upper[:-length], upper[-length:]
            if account and (tail == suffix or _one_edit(tail, suffix)):
                return account + suffix
    return None


def _one_edit(one: str, other: str) -> bool:
    """Return whether one letter was added, left out or changed, or two neighbours swapped."""
    same = len(list(takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))))
    a, b = one[same:], other[same:]
    return a[1:] == b[1:] or a == b[1:] or a[1:] == b or (a[:2] == b[:2][::-1] and a[2:] == b[2:])


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

    def __init__(self, values: Mapping[str, str], sites: Path, faults: list[Problem]) -> None:
        self._values = values
        self._sites = sites
        self._root = sites.parent
        self._faults = faults

    def load(self) -> Settings:
        """Return the settings; they may be used only if there are no faults."""
        site = self._site()
        url = self._read("BOOKING_SITE_URL", _url, "")
        if site and site.is_practice and url and not is_loopback(_host_of(url)):
            self._fault("BOOKING_SITE_URL", "must be on this machine (127.0.0.1): BOOKING_SITE is practice")
        unstarted = bool(site and site.is_practice and "BOOKING_SITE_URL" not in self._values)
        url = url or (site.url if site else "")
        release = self._release()
        default = Payment.PAY if site and site.is_practice else Payment.REHEARSE
        payment = self._read("PAYMENT", _payment, default)
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
            sheet_api_url=GOOGLE_SHEETS if unstarted else self._read("GSHEET_API_URL", _url, GOOGLE_SHEETS),
            payment=payment,
            max_spend_pence=self._read("MAX_SPEND", _pence, 15_000),
            max_spend_per_account_pence=self._read("MAX_SPEND_PER_ACCOUNT", _pence, 5000),
            release=release,
            opening=self._read("OPENING", lambda text: _instant(text, release.zone), None),
            max_wait=self._read("MAX_WAIT", _minutes, timedelta(minutes=45)),
            watch_until=self._read("WATCH_UNTIL", _watch_until, ""),
            watch_every=self._watch_every(site),
            person_wait=self._read("THREE_D_SECURE_WAIT", _seconds, timedelta(minutes=10)),
            proof_wait=self._read("PAYMENT_PROOF_WAIT", _seconds, timedelta(minutes=1)),
            notify=self._read("NOTIFY", _notify, Notify.TROUBLE),
            notify_urls=self._read(NOTIFY_URLS, _notify_urls, ()),
            browser_server=self._read("BROWSER_SERVER", _browser_server, ""),
            browser=self._read("BROWSER_EXECUTABLE", self._program, None),
            results_dir=self._read("RESULTS_DIR", self._path, self._root / "results"),
            card=self._card(datetime.now(release.zone)) if payment is Payment.PAY and not unstarted else None,
            secrets={name: self._values[name] for name in secret_names(self._values)},
        )

    def _fault(self, name: str, message: str) -> None:
        self._faults.append(Problem(name, message))

    def _read(self, name: str, parse: Callable[[str], T], default: T) -> T:
        """Return the setting of this name as `parse` understands it, or its default; what is wrong becomes a fault."""
        if name not in self._values:
            return default
        try:
            return parse(self._values[name].strip())
        except ValueError as error:
            self._fault(name, str(error))
            return default

    def _site(self) -> _Site | None:
        known = {path.stem.replace("_", "-"): path for path in sorted(self._sites.glob("[!_]*.py"))}
        name = self._values.get("BOOKING_SITE", "practice").strip().lower().replace("_", "-")
        if name not in known:
            self._fault("BOOKING_SITE", f"{shown(name)} is not a known site: write {' or '.join(known)}")
            return None
        try:
            return _site(name, _variables_of(known[name]))
        except ValueError as error:
            self._fault("BOOKING_SITE", f"{self._sites.name}/{known[name].name} cannot be used: {error}")
            return None

    def _payment_hosts(self, site: _Site | None, url: str) -> tuple[str, ...]:
        nothing: tuple[str, ...] = ()
        hosts = self._read("PAYMENT_HOSTS", _hosts, nothing)
        if site and site.is_practice:
            # The portal of a real site, set for real runs, is nothing to the practice venue.
            hosts = tuple(host for host in hosts if is_loopback(host))
        hosts = hosts or (site.payment_hosts if site else ())
        own = (_host_of(url),) if url else ()
        return tuple(dict.fromkeys(own + hosts))

    def _sheet_id(self, *, required: bool) -> str:
        sheet_id = self._read("GSHEET_MAIN_ID", _sheet_id, "")
        if required and "GSHEET_MAIN_ID" not in self._values:
            self._fault("GSHEET_MAIN_ID", "is missing: it is the part of the sheet's address between /d/ and /edit")
        return sheet_id

    def _service_account(self, *, required: bool) -> tuple[dict[str, object] | None, Path | None]:
        if _KEY_NAME not in self._values:
            if required:
                self._fault(
                    _KEY_NAME, "is missing: write the path of the service account's JSON key, or the JSON itself"
                )
            return None, None
        text, file = self._values[_KEY_NAME].strip(), None
        try:
            if not text.startswith("{"):
                file = self._path(text)
                text = file.read_text(encoding="utf-8-sig")
        except (OSError, ValueError):
            # What was set may be a damaged key rather than a path, so it is not shown.
            self._fault(_KEY_NAME, "is neither JSON (which begins with {) nor the path of a file that can be read")
            return None, None
        return self._read(_KEY_NAME, lambda _: _key(text), None), file

    def _watch_every(self, site: _Site | None) -> timedelta:
        every = self._read("WATCH_EVERY", _minutes, LOOK_EVERY)
        if every < LOOK_EVERY and not (site and site.is_practice):
            self._fault(
                "WATCH_EVERY", f"must be {LOOK_EVERY.seconds // 60} minutes or more: a real site is left in peace"
            )
        return max(every, timedelta(seconds=1))

    def _release(self) -> Release:
        return Release(
            days_ahead=self._read("DAYS_AHEAD", _days, 35),
            minutes=self._read("RELEASE_TIME", _release_minutes, 24 * 60),
            zone=self._read("RELEASE_TIMEZONE", _zone, ZoneInfo("Europe/London")),
        )

    def _card(self, now: datetime) -> Card | None:
        """Return the card if it could pay at this time."""
        before = len(self._faults)
        for name in CARD_NAMES:
            if name not in self._values:
                self._fault(name, "is missing: PAYMENT is pay, which needs a card; PAYMENT=rehearse does not")
        card = Card(
            number=self._read("LB_CARD_NUMBER", _card_number, ""),
            expiry_month=self._read("LB_CARD_EXPIRY_MONTH", _expiry_month, ""),
            expiry_year=self._read("LB_CARD_EXPIRY_YEAR", _expiry_year, ""),
            security_code=self._read("LB_CARD_SECURITY_CODE", _security_code, ""),
            holder=self._read("LB_CARDHOLDER_NAME", _line, ""),
            address=self._read("LB_ADDRESS", _line, ""),
            city=self._read("LB_CITY", _line, ""),
            postcode=self._read("LB_POSTCODE", _line, ""),
        )
        if (
            card.expiry_month
            and card.expiry_year
            and (card.expiry_year, card.expiry_month) < (f"{now:%y}", f"{now:%m}")
        ):
            self._fault("LB_CARD_EXPIRY_YEAR", "the card has expired: write the month and year of the new one")
        return card if len(self._faults) == before else None

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
        raise ValueError("it must set SITE_URL to a text, PAYMENT_HOSTS to a tuple")  # noqa: TRY004 - told as a fault
    if not (isinstance(basket, str) and basket[:1] in {"", "/"}):
        raise ValueError(
            'it must set BASKET_PATH to a path from the root of the site, such as "/basket/", or leave it out'
        )
    return _Site(name, _url(url) if url else "", _hosts(",".join(map(str, hosts))), basket)


def _host_of(url: str) -> str:
    return urlsplit(url).hostname or ""


def _url(text: str) -> str:
    """Return an address in one form. What is not plain is refused, because browsers may understand it otherwise."""
    if not _URL.fullmatch(text):
        raise ValueError(
            "is not a valid plain address: write https://host.example.test, without user name, password, ? or #"
        )
    parts = urlsplit(text)
    port = parts.port
    host = parts.hostname or ""
    if parts.scheme == "http" and not is_loopback(host):
        raise ValueError(f"must begin with https:// because {host} is not this machine (127.0.0.1, ::1 or localhost)")
    name = f"[{host}]" if ":" in host else host
    place = name if port in (None, {"http": 80, "https": 443}[parts.scheme]) else f"{name}:{port}"
    return f"{parts.scheme}://{place}{parts.path}".rstrip("/")


def _hosts(text: str) -> tuple[str, ...]:
    hosts = [host.strip().lower() for host in text.split(",") if host.strip()]
    for host in hosts:
        if not _HOST.fullmatch(host):
            raise ValueError(
                f"{shown(host)} is not a valid host name: write names with commas, such as pay.example.test"
            )
    return tuple(dict.fromkeys(hosts))


def _sheet_id(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_-]+", text):
        raise ValueError(f"{shown(text)} is not a valid sheet id: take the part of its address between /d/ and /edit")
    return text


def _key(text: str) -> dict[str, object]:
    try:
        # Not strict: a key pasted into .env may have real line breaks where JSON wants \n.
        key = json.loads(text, strict=False)
    except ValueError:
        raise ValueError("is no JSON: take the key file as Google gave it, in .env between single quotes") from None
    if not isinstance(key, dict) or key.get("type") != "service_account":
        raise ValueError('is no service account\'s key: its "type" must be "service_account"')
    for name in ("client_email", "private_key", "token_uri"):
        if not isinstance(key.get(name), str) or not key[name].strip():
            raise ValueError(f'has no "{name}": take the key file as Google gave it')
    if "PRIVATE KEY-----" not in key["private_key"]:
        raise ValueError('has a "private_key" that is none: take the key file as Google gave it')
    try:
        _url(key["token_uri"])
    except ValueError as error:
        raise ValueError(f'has a "token_uri" that cannot be used: it {error}') from None
    return key


def _payment(text: str) -> Payment:
    try:
        return Payment(text.lower())
    except ValueError:
        raise ValueError(f"{shown(text)} is neither pay nor rehearse") from None


def _notify(text: str) -> Notify:
    try:
        return Notify(text.lower())
    except ValueError:
        raise ValueError(f"{shown(text)} is neither trouble nor always") from None


def _notify_urls(text: str) -> tuple[str, ...]:
    urls = tuple(text.split())
    for number, url in enumerate(urls, start=1):
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*://\S+", url):
            # Not shown: it may hold a token.
            raise ValueError(f"address {number} is none: write Apprise addresses with spaces, such as ntfys://topic")
    return urls


def _pence(text: str) -> int:
    match = re.fullmatch(r"£?\s?([0-9]{1,5}(?:\.[0-9]{2})?)", text)
    if not match:
        raise ValueError(f"{shown(text)} is no amount: write pounds, such as 50 or 50.00")
    return int(Decimal(match[1]) * 100)


def _days(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,3}", text) or int(text) > 366:
        raise ValueError(f"{shown(text)} is not a valid number of days from 0 to 366: write one such as 35")
    return int(text)


def _release_minutes(text: str) -> int:
    match = re.fullmatch(r"([0-9]{1,2}):([0-5][0-9])", text)
    minutes = int(match[1]) * 60 + int(match[2]) if match else -1
    if not 0 <= minutes <= 24 * 60:
        raise ValueError(
            f"{shown(text)} is not a valid time from 00:00 to 24:00: 24:00 is midnight at the end of the opening day"
        )
    return minutes


def _zone(text: str) -> ZoneInfo:
    try:
        return ZoneInfo(text)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"{shown(text)} is not a valid time zone: write one such as Europe/London") from None


def _instant(text: str, zone: ZoneInfo) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{shown(text)} is no instant: write one such as 2026-11-24T00:00:00+00:00") from None
    if instant.utcoffset() is None:
        raise ValueError(f"{shown(text)} has no zone: add it at the end, such as +00:00 or Z")
    return instant.astimezone(zone)


def _minutes(text: str) -> timedelta:
    if not re.fullmatch(r"[0-9]{1,4}(?:\.[0-9]{1,6})?", text) or float(text) > 24 * 60:
        raise ValueError(f"{shown(text)} is not a valid number of minutes from 0 to 1440: write one such as 45")
    return timedelta(minutes=float(text))


def _seconds(text: str) -> timedelta:
    if not re.fullmatch(r"[0-9]{1,4}", text) or int(text) > 2400:
        raise ValueError(f"{shown(text)} is not a valid number of seconds from 0 to 2400: write one such as 600")
    return timedelta(seconds=int(text))


def _watch_until(text: str) -> str:
    parse_until(text, datetime(2000, 1, 1, tzinfo=UTC))
    return text


def _browser_server(text: str) -> str:
    if not re.fullmatch(r"wss?://[^\s/@]+(/\S*)?", text):
        raise ValueError(f"{shown(text)} is not a valid address of a browser server: it begins with ws:// or wss://")
    return text


def _card_number(text: str) -> str:
    number = re.sub(r"[ -]", "", text)
    if not re.fullmatch(r"[0-9]{12,19}", number):
        raise ValueError("is not a valid card number: it has 12 to 19 digits")
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(number)))
    if sum(value - 9 if value > 9 else value for value in doubled) % 10:
        raise ValueError("is not a valid card number: its check digit does not fit, so one digit at least is mistyped")
    return number


def _expiry_month(text: str) -> str:
    if not re.fullmatch(r"0?[1-9]|1[0-2]", text):
        raise ValueError("is not a valid month: write 1 to 12")
    return text.zfill(2)


def _expiry_year(text: str) -> str:
    if not re.fullmatch(r"(?:20)?[0-9]{2}", text):
        raise ValueError("is not a valid year: write its two or four digits")
    return text[-2:]


def _security_code(text: str) -> str:
    if not re.fullmatch(r"[0-9]{3,4}", text):
        raise ValueError("is not a valid security code: it has three or four digits")
    return text


def _line(text: str) -> str:
    if not text.isprintable():
        raise ValueError("must be one line of plain text")
    return text
