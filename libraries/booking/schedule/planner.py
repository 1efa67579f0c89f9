"""The plan: what the sheet says, understood for one slot day.

A row that cannot be understood is told and left out, and the others go on. Wrong rows are told whatever their day, so
that they are put right before it comes; seasons, duplicates and notes are told for the slot day only.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import TypeVar
from urllib.parse import SplitResult, urlsplit

from booking.errors import BookingError
from booking.model import Account, Payment, Plan, Remark, RemarkKind, Slot, Wish, account_key
from booking.schedule.season import parse_season
from booking.schedule.times import parse_days, parse_hours
from booking.settings.settings import EMAIL_SUFFIX
from booking.sheet.sheet import ACCOUNTS_SHEET, SCHEDULE_SHEET, Row, SheetContent
from booking.text import shown

_EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>.]+")
_COURT = re.compile(r"(?:court)?\s*#?\s*(\d{1,3})(?:[.,]0+)?", re.ASCII | re.IGNORECASE)
_COURT_PATH = re.compile(r"/courses/detail/\d+/[A-Za-z0-9-]+/?", re.ASCII)
_NUMBER_IN_PATH = re.compile(r"-court-(\d+)/?$", re.ASCII)
_DEFAULT_PORTS = {"http": 80, "https": 443}

_T = TypeVar("_T")


def build_plan(  # noqa: PLR0913 - keyword-only: each is one field of the plan
    content: SheetContent,
    *,
    run: str,
    site: str,
    site_url: str,
    slot_day: date,
    zone: str,
    opening: datetime | None,
    wait: bool,
    payment: Payment,
    max_spend_pence: int,
    max_spend_per_account_pence: int,
    only_accounts: Sequence[str] = (),
    logins: Mapping[str, str] = MappingProxyType({}),
    watch_until: datetime | None = None,
    watch_every: float = 300.0,
    payment_hosts: Sequence[str] = (),
    basket_url: str = "",
) -> Plan:
    """Return what the run is going to do about this slot day; a plan without wishes is a plan.

    An account wants a slot once. A wish that repeats another one of the same account is dropped; one that only begins
    with the same slot goes on from its next alternative, so that every wish has a first slot of its own. Later
    alternatives may name what an earlier wish begins with: the holding must leave out what the account has already.
    What an account earlier in the sheet wants first of the same court is left to it. Of accounts that log in with the
    same address only the first is used: they would share one session and one basket.

    Args:
        content: accounts and schedule as typed.
        run: see `Plan`; so are site, slot_day, zone, opening, wait, payment, max_spend_pence.
        site: name of the site.
        site_url: the address that all courts must belong to.
        slot_day: the day to book.
        zone: time zone of the site.
        opening: when the slot day opens.
        wait: whether to wait for it.
        payment: whether money may be spent.
        max_spend_pence: how much by all accounts together.
        max_spend_per_account_pence: how much by each.
        only_accounts: the names of the accounts this run is for; none means all.
        logins: addresses that log in instead of the sheet's, by key of the account.
        watch_until: until when lost slots are watched.
        watch_every: seconds between two looks.
        payment_hosts: hosts on which card data may be typed.
        basket_url: where a person finds what is held.

    Raises:
        BookingError: `only_accounts` names one that the sheet has not, or whose row is wrong.
    """
    remarks: list[Remark] = []
    known = _accounts(content.accounts, site_url, logins, remarks)
    accounts = _chosen(known, only_accounts, remarks)
    requests = list(_requests(content.schedule, slot_day, known, remarks))
    return Plan(
        run=run,
        site=site,
        site_url=site_url,
        slot_day=slot_day,
        zone=zone,
        opening=opening,
        wait=wait,
        payment=payment,
        max_spend_pence=max_spend_pence,
        max_spend_per_account_pence=max_spend_per_account_pence,
        accounts=tuple(accounts),
        wishes=tuple(_wishes(accounts, requests, slot_day, remarks)),
        remarks=tuple(remarks),
        watch_until=watch_until,
        watch_every=watch_every,
        payment_hosts=tuple(payment_hosts),
        basket_url=basket_url,
        family=tuple(known),
    )


@dataclass
class _RowReader:
    """Reads one row and tells what is wrong with it; such a row is left out."""

    where: str
    remarks: list[Remark]
    wrong: bool = False

    def tell(self, message: str) -> None:
        self.wrong = True
        self.remarks.append(Remark(RemarkKind.WRONG, self.where, message))

    def parsed(self, column: str, parse: Callable[[str], _T], text: str) -> _T | None:
        """Return what `parse` makes of a cell; its ValueError is told, and the row will not be used."""
        try:
            return parse(text)
        except ValueError as error:
            message = f"{column}: {error}"
            self.tell(message if message.endswith("?") else f"{message}.")
            return None


@dataclass(frozen=True, slots=True)
class _Request:
    """One row of the schedule that asks for something on the slot day."""

    where: str
    hours: tuple[int, ...]
    accounts: frozenset[str]
    """Keys."""


def _accounts(
    rows: Sequence[Row], site_url: str, logins: Mapping[str, str], remarks: list[Remark]
) -> dict[str, Account]:
    """Return the accounts whose rows are right, by key, in the order of the sheet."""
    accounts: dict[str, Account] = {}
    owners: dict[str, tuple[Account, str]] = {}  # Whose each login is, and in which row that account stands.
    for row in rows:
        reader = _RowReader(f"{ACCOUNTS_SHEET}, row {row.number}", remarks)
        account = Account(
            name=reader.parsed("Account", _name, row["Account"]) or "",
            email=reader.parsed("Email", _email, row["Email"]) or "",
            court=reader.parsed("Court Number", _court, row["Court Number"]) or 0,
            court_url=reader.parsed("Court URL", lambda text: _court_url(text, site_url), row["Court URL"]) or "",
        )
        named = _NUMBER_IN_PATH.search(account.court_url)
        if account.court and named and int(named[1]) != account.court:
            reader.tell(
                f"Court Number {account.court}: the Court URL is that of court {named[1]}; correct one of them."
            )
        login = logins.get(account.key, account.email).strip().casefold()
        if account.key in accounts:
            reader.tell(f"Account: {shown(account.name)} is there already; give each account one row and its own name.")
        elif other := owners.get(login):
            reader.tell(_same_login(account, *other, logins))
        if not reader.wrong:
            accounts[account.key] = account
            owners[login] = account, reader.where
    return accounts


def _same_login(account: Account, other: Account, where: str, logins: Mapping[str, str]) -> str:
    """Return why an account is left out that logs in as another one does, which stands at this place."""

    def setting(whose: Account) -> str:
        return f"{whose.key.upper()}{EMAIL_SUFFIX}"

    by = " and ".join(setting(whose) for whose in (account, other) if whose.key in logins)
    return (
        f"Email: {shown(account.name)} logs in with the same address as {shown(other.name)} ({where})"
        f"{f', by {by}' if by else ''}. With one login each sees the other's basket, and may pay for it. Give each "
        f"account a login of its own, here or by {setting(account)}."
    )


def _chosen(known: dict[str, Account], names: Sequence[str], remarks: Sequence[Remark]) -> list[Account]:
    unknown = [name for name in names if account_key(name) not in known]
    if unknown:
        there = ", ".join(account.name for account in known.values()) or "none"
        wrong = "".join(f"\n  - {remark}" for remark in remarks)
        raise BookingError(f"There is no account {', '.join(map(shown, unknown))}; the sheet has: {there}.{wrong}")
    keys = {account_key(name) for name in names} or set(known)
    return [account for key, account in known.items() if key in keys]


def _requests(
    rows: Sequence[Row], slot_day: date, known: dict[str, Account], remarks: list[Remark]
) -> Iterator[_Request]:
    """Yield the rows that ask for something on the slot day."""
    for row in rows:
        reader = _RowReader(f"{SCHEDULE_SHEET}, row {row.number}", remarks)
        days = reader.parsed("Day", parse_days, row["Day"]) or ()
        hours = reader.parsed("Time", parse_hours, row["Time"]) or ()
        season = reader.parsed("Notes", parse_season, row["Notes"])
        asking = reader.parsed("Account", lambda text: _asking(text, known), row["Account"]) or frozenset()
        if reader.wrong or slot_day.weekday() not in days:
            continue
        if season and not season.contains(slot_day):
            message = f"{slot_day:%a %d %b %Y} is out of season: {shown(row['Notes'])} is {season}."
            remarks.append(Remark(RemarkKind.OUT_OF_SEASON, reader.where, message))
            continue
        if row["Notes"] and not season:
            remarks.append(Remark(RemarkKind.NOTE, reader.where, shown(row["Notes"])))
        yield _Request(reader.where, hours, asking)


def _wishes(
    accounts: Sequence[Account], requests: Sequence[_Request], slot_day: date, remarks: list[Remark]
) -> Iterator[Wish]:
    """Yield what each account wants; see `build_plan` for what happens where wishes meet."""
    first_of: dict[Slot, Account] = {}
    for account in accounts:
        asked: set[tuple[int, ...]] = set()
        for request in requests:
            if account.key not in request.accounts:
                continue
            wished = [Slot(account.court, slot_day, hour) for hour in request.hours]
            lost = [slot for slot in wished if first_of.get(slot, account) is not account]
            slots = [slot for slot in wished if slot not in lost]
            while slots and slots[0] in first_of:
                lost.append(slots.pop(0))
            if request.hours in asked:
                lost, slots = wished, []
            asked.add(request.hours)
            if lost:
                taken = ", ".join(f"{slot.time} (by {first_of[slot].name})" for slot in lost if slot in first_of)
                rest = f"; goes on with {', '.join(slot.time for slot in slots)}" if slots else "; counts once"
                message = f"{account.name}: court {account.court} is wanted already at {taken}{rest}."
                remarks.append(Remark(RemarkKind.DUPLICATE, request.where, message))
            if slots:
                first_of[slots[0]] = account
                yield Wish(account.key, tuple(slots), request.where)


def _name(text: str) -> str:
    if not text:
        raise ValueError("no name is given: write one such as Mother")
    if not account_key(text):
        raise ValueError(f"{shown(text)} has no letter or digit of the Latin alphabet: write a name such as Mother")
    return text


def _email(text: str) -> str:
    if not text:
        raise ValueError("no address is given: write the one that logs in to the site")
    if not _EMAIL.fullmatch(text):
        raise ValueError(f"{shown(text)} is not a valid e-mail address: write one such as mother@example.test")
    return text


def _court(text: str) -> int:
    found = _COURT.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if not found or int(found[1]) == 0:
        given = shown(text) if text else "nothing"
        raise ValueError(f"{given} is not a valid court number: write one such as 1")
    return int(found[1])


def _court_url(text: str, site_url: str) -> str:
    """Return the address of a court in one form; it is refused unless it belongs to the configured site."""
    right = f"write {site_url.rstrip('/')}/courses/detail/NUMBER/NAME-OF-THE-COURT/"
    if not text:
        raise ValueError(f"no address is given: {right}")
    try:
        url = urlsplit(text)
        same = _origin(url) == _origin(urlsplit(site_url))
    except ValueError:
        raise ValueError(f"{shown(text)} is not a valid address: {right}") from None
    if not same:
        raise ValueError(f"{shown(text)} is not on the configured site and is never visited: {right}")
    if not _COURT_PATH.fullmatch(url.path):
        raise ValueError(f"{shown(text)} is not the page of a court: {right}")
    return f"{site_url.rstrip('/')}{url.path.rstrip('/')}/"


def _origin(url: SplitResult) -> tuple[str, str | None, int | None, str | None, str | None]:
    return url.scheme, url.hostname, url.port or _DEFAULT_PORTS.get(url.scheme), url.username, url.password


def _asking(text: str, known: dict[str, Account]) -> frozenset[str]:
    names = [name for name in re.split(r"\s*[,;/&+]\s*", text) if name]
    unknown = [name for name in names if account_key(name) not in known]
    if unknown:
        there = ", ".join(account.name for account in known.values()) or "none"
        raise ValueError(f"no account {', '.join(map(shown, unknown))} can be used; those that can: {there}")
    return frozenset(map(account_key, names)) or frozenset(known)
