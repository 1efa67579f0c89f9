"""Understands the value of one setting, as a person writes it.

Each function returns the value typed, or raises `ValueError`: what is wrong, and what would be right. The error shows
the value only where it cannot be a secret.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from booking.addresses import is_loopback
from booking.model import Payment
from booking.opening.second_chance import parse_until
from booking.settings.settings import Notify
from booking.text import shown

_URL = re.compile(r"https?://(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?(?:/[A-Za-z0-9._~/-]*)?")
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?")


def parse_url(text: str) -> str:
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


def parse_hosts(text: str) -> tuple[str, ...]:
    """Return the host names of a list with commas, each once, in small letters."""
    hosts = [host.strip().lower() for host in text.split(",") if host.strip()]
    for host in hosts:
        if not _HOST.fullmatch(host):
            raise ValueError(
                f"{shown(host)} is not a valid host name: write names with commas, such as pay.example.test"
            )
    return tuple(dict.fromkeys(hosts))


def parse_sheet_id(text: str) -> str:
    """Return the id of a sheet."""
    if not re.fullmatch(r"[A-Za-z0-9_-]+", text):
        raise ValueError(f"{shown(text)} is not a valid sheet id: take the part of its address between /d/ and /edit")
    return text


def parse_service_account(text: str) -> dict[str, object]:
    """Return the key of a service account, given as JSON."""
    try:
        # Not strict: a key pasted into .env may have real line breaks where JSON wants \n.
        key = json.loads(text, strict=False)
    except ValueError:
        raise ValueError("is not valid JSON: take the key file as Google gave it, in .env in single quotes") from None
    if not isinstance(key, dict) or key.get("type") != "service_account":
        raise ValueError('is not a valid key of a service account: its "type" must be "service_account"')
    for name in ("client_email", "private_key", "token_uri"):
        if not isinstance(key.get(name), str) or not key[name].strip():
            raise ValueError(f'has no "{name}": take the key file as Google gave it')
    if "PRIVATE KEY-----" not in key["private_key"]:
        raise ValueError('has a "private_key" that is not a valid one: take the key file as Google gave it')
    try:
        parse_url(key["token_uri"])
    except ValueError as error:
        raise ValueError(f'has a "token_uri" that cannot be used: it {error}') from None
    return key


def parse_payment(text: str) -> Payment:
    """Return whether a run pays or rehearses."""
    try:
        return Payment(text.lower())
    except ValueError:
        raise ValueError(f"{shown(text)} is not a valid choice: write pay or rehearse") from None


def parse_notify(text: str) -> Notify:
    """Return of which runs messages are sent."""
    try:
        return Notify(text.lower())
    except ValueError:
        raise ValueError(f"{shown(text)} is not a valid choice: write trouble or always") from None


def parse_notify_urls(text: str) -> tuple[str, ...]:
    """Return addresses of messages, given with spaces between."""
    urls = tuple(text.split())
    for number, url in enumerate(urls, start=1):
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*://\S+", url):
            # Not shown: it may hold a token.
            raise ValueError(
                f"address {number} is not a valid Apprise address: write addresses with spaces, such as ntfys://topic"
            )
    return urls


def parse_pence(text: str) -> int:
    """Return an amount in pence, given in pounds."""
    match = re.fullmatch(r"£?\s?([0-9]{1,5}(?:\.[0-9]{2})?)", text)
    if not match:
        raise ValueError(f"{shown(text)} is not a valid amount: write pounds, such as 50 or 50.00")
    return int(Decimal(match[1]) * 100)


def parse_days(text: str) -> int:
    """Return a number of days."""
    if not re.fullmatch(r"[0-9]{1,3}", text) or int(text) > 366:
        raise ValueError(f"{shown(text)} is not a valid number of days from 0 to 366: write one such as 35")
    return int(text)


def parse_release_time(text: str) -> int:
    """Return the minutes from the beginning of a day to a time of it."""
    match = re.fullmatch(r"([0-9]{1,2}):([0-5][0-9])", text)
    minutes = int(match[1]) * 60 + int(match[2]) if match else -1
    if not 0 <= minutes <= 24 * 60:
        raise ValueError(
            f"{shown(text)} is not a valid time from 00:00 to 24:00: 24:00 is midnight at the end of the opening day"
        )
    return minutes


def parse_zone(text: str) -> ZoneInfo:
    """Return a time zone."""
    try:
        return ZoneInfo(text)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"{shown(text)} is not a valid time zone: write one such as Europe/London") from None


def parse_instant(text: str, zone: ZoneInfo) -> datetime:
    """Return an instant in this zone, given with the zone of its own."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{shown(text)} is not a valid instant: write one such as 2026-11-24T00:00:00+00:00") from None
    if instant.utcoffset() is None:
        raise ValueError(f"{shown(text)} has no zone: add it at the end, such as +00:00 or Z")
    return instant.astimezone(zone)


def parse_minutes(text: str) -> timedelta:
    """Return a duration, given in minutes."""
    if not re.fullmatch(r"[0-9]{1,4}(?:\.[0-9]{1,6})?", text) or float(text) > 24 * 60:
        raise ValueError(f"{shown(text)} is not a valid number of minutes from 0 to 1440: write one such as 45")
    return timedelta(minutes=float(text))


def parse_seconds(text: str) -> timedelta:
    """Return a duration, given in whole seconds."""
    if not re.fullmatch(r"[0-9]{1,4}", text) or int(text) > 2400:
        raise ValueError(f"{shown(text)} is not a valid number of seconds from 0 to 2400: write one such as 600")
    return timedelta(seconds=int(text))


def parse_watch_until(text: str) -> str:
    """Return until when a watch lasts, as written: what it means depends on the opening."""
    parse_until(text, datetime(2000, 1, 1, tzinfo=UTC))
    return text


def parse_browser_server(text: str) -> str:
    """Return the address of a browser server."""
    if not re.fullmatch(r"wss?://[^\s/@]+(/\S*)?", text):
        raise ValueError(f"{shown(text)} is not a valid address of a browser server: it begins with ws:// or wss://")
    return text


def parse_card_number(text: str) -> str:
    """Return the digits of a card number; blanks and hyphens may stand between them."""
    number = re.sub(r"[ -]", "", text)
    if not re.fullmatch(r"[0-9]{12,19}", number):
        raise ValueError("is not a valid card number: it has 12 to 19 digits")
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(number)))
    if sum(value - 9 if value > 9 else value for value in doubled) % 10:
        raise ValueError("is not a valid card number: its check digit does not fit, so one digit at least is mistyped")
    return number


def parse_expiry_month(text: str) -> str:
    """Return a month in two digits."""
    if not re.fullmatch(r"0?[1-9]|1[0-2]", text):
        raise ValueError("is not a valid month: write 1 to 12")
    return text.zfill(2)


def parse_expiry_year(text: str) -> str:
    """Return a year in two digits."""
    if not re.fullmatch(r"(?:20)?[0-9]{2}", text):
        raise ValueError("is not a valid year: write its two or four digits")
    return text[-2:]


def parse_security_code(text: str) -> str:
    """Return the security code of a card."""
    if not re.fullmatch(r"[0-9]{3,4}", text):
        raise ValueError("is not a valid security code: it has three or four digits")
    return text


def parse_line(text: str) -> str:
    """Return one line of plain text."""
    if not text.isprintable():
        raise ValueError("must be one line of plain text")
    return text
