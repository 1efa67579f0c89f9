"""The nouns of the booking: accounts, slots, wishes, and the plan that a run follows."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from booking.text import slugify


class Payment(StrEnum):
    """Whether a run may spend money."""

    PAY = "pay"
    REHEARSE = "rehearse"


class RemarkKind(StrEnum):
    """Why the plan says something about a row of the sheet."""

    WRONG = "wrong"
    """The row cannot be understood and was left out."""
    OUT_OF_SEASON = "out of season"
    DUPLICATE = "duplicate"
    NOTE = "note"
    LEDGER = "ledger"
    """Not the sheet's: what happened to the memory between runs."""


def account_key(name: str) -> str:
    """Return the key of an account from its name however it is typed: ``Anne-Marie`` is ``anne_marie``."""
    return slugify(name).replace("-", "_")


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """One bookable hour: a court, a day, and the full hour (0-23, local time of the site) at which it starts."""

    court: int
    date: date
    hour: int

    @property
    def time(self) -> str:
        """The start as people write it, e.g. ``18:00``."""
        return f"{self.hour:02d}:00"

    def __str__(self) -> str:
        return f"court {self.court}, {self.date:%a %d %b %Y}, {self.time}"


@dataclass(frozen=True, slots=True)
class Account:
    """One member's account, as the sheet describes it. The password is never here."""

    name: str
    """As typed in the sheet, e.g. ``Mother``."""
    email: str
    """From the sheet; where a setting gives another one, that one logs in."""
    court: int
    court_url: str

    @property
    def key(self) -> str:
        """Lower-case name with underscores: the name of the suite, and upper-cased that of the settings."""
        return account_key(self.name)

    @property
    def facility(self) -> str:
        """Slug of the court, last part of its address, e.g. ``lincoln-s-inn-fields-tennis-court-1``."""
        return urlsplit(self.court_url).path.rstrip("/").rsplit("/", 1)[-1]


@dataclass(frozen=True, slots=True)
class Wish:
    """One wish of one account: the first of these slots that can be had."""

    account: str
    """`Account.key` of who wants it."""
    slots: tuple[Slot, ...]
    """In order of preference; all of one court and day. Never empty."""
    source: str
    """Where it was asked for, e.g. ``Booking Schedule, row 3``."""

    @property
    def first(self) -> Slot:
        """The slot that was wanted most: it names the wish in the ledger, the sheet and the report."""
        return self.slots[0]


@dataclass(frozen=True, slots=True)
class Remark:
    """What the plan has to say about a cell of the sheet."""

    kind: RemarkKind
    where: str
    message: str

    def __str__(self) -> str:
        return f"{self.where}: {self.message}"


@dataclass(frozen=True, slots=True)
class Ceiling:
    """The most that may be spent on one slot day, over all runs."""

    setting: str
    """The setting that says so."""
    pence: int
    account: str | None = None
    """`Account.key` of whose spending counts; None: that of all accounts together."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything a run is going to do, worked out once before the workers start; they read this, not the sheet."""

    run: str
    """Start time of the run, which also names its folder."""
    site: str
    """Name of the site: bookings of one site are nothing to another."""
    site_url: str
    slot_day: date
    zone: str
    """Time zone of the site, e.g. ``Europe/London``."""
    opening: datetime | None
    """The instant the slot day opens, in `zone`; None when it is announced once the workers are ready."""
    wait: bool
    """Whether the workers wait for the opening."""
    payment: Payment
    max_spend_pence: int
    """The most that all accounts together may spend on the slot day, in this run and those before it."""
    max_spend_per_account_pence: int
    """The same for each account."""
    accounts: tuple[Account, ...]
    wishes: tuple[Wish, ...]
    remarks: tuple[Remark, ...] = ()
    watch_until: datetime | None = None
    """Until when slots that were lost at the opening are watched; None: they are not."""
    watch_every: float = 300.0
    """Seconds between two looks of a watch."""
    payment_hosts: tuple[str, ...] = ()
    """Hosts on which card data may be typed."""
    basket_url: str = ""
    """Where a person finds what is held; empty where the site's file does not say."""
    family: tuple[str, ...] = ()
    """`Account.key` of every account of the sheet that can be used, also of those that this run is not for."""

    @property
    def keys(self) -> frozenset[str]:
        """Keys of all accounts that there are: another one in the ledger is that of an account which was renamed."""
        return frozenset(self.family) | {account.key for account in self.accounts}

    def account(self, key: str) -> Account:
        """Return the account of this key.

        Raises:
            KeyError: the plan has no such account.
        """
        for account in self.accounts:
            if account.key == key:
                return account
        raise KeyError(key)

    def ceilings(self, key: str) -> tuple[Ceiling, ...]:
        """Return what bounds the spending of the account of this key."""
        return (
            Ceiling("MAX_SPEND", self.max_spend_pence),
            Ceiling("MAX_SPEND_PER_ACCOUNT", self.max_spend_per_account_pence, key),
        )

    def wishes_of(self, key: str) -> tuple[Wish, ...]:
        """Return what the account of this key wants, in the order of the sheet."""
        return tuple(wish for wish in self.wishes if wish.account == key)

    def to_json(self) -> dict[str, Any]:
        """Return the plan as plain JSON values; `from_json` reads it back."""
        plain = asdict(self)
        plain["slot_day"] = self.slot_day.isoformat()
        plain["opening"] = self.opening.isoformat() if self.opening else None
        plain["watch_until"] = self.watch_until.isoformat() if self.watch_until else None
        for wish in plain["wishes"]:
            for slot in wish["slots"]:
                slot["date"] = slot["date"].isoformat()
        return plain

    @classmethod
    def from_json(cls, plain: dict[str, Any]) -> Plan:
        """Return the plan that `to_json` wrote."""
        zone = ZoneInfo(plain["zone"])

        def instant(text: str | None) -> datetime | None:
            return datetime.fromisoformat(text).astimezone(zone) if text else None

        return cls(
            **{
                **plain,
                "slot_day": date.fromisoformat(plain["slot_day"]),
                "opening": instant(plain["opening"]),
                "watch_until": instant(plain["watch_until"]),
                "payment": Payment(plain["payment"]),
                "accounts": tuple(Account(**account) for account in plain["accounts"]),
                "wishes": tuple(
                    Wish(
                        account=wish["account"],
                        source=wish["source"],
                        slots=tuple(
                            Slot(slot["court"], date.fromisoformat(slot["date"]), slot["hour"])
                            for slot in wish["slots"]
                        ),
                    )
                    for wish in plain["wishes"]
                ),
                "family": tuple(plain.get("family", ())),
                "payment_hosts": tuple(plain.get("payment_hosts", ())),
                "remarks": tuple(
                    Remark(RemarkKind(remark["kind"]), remark["where"], remark["message"])
                    for remark in plain["remarks"]
                ),
            }
        )
