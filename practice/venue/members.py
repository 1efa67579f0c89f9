"""The members' accounts: passwords as hashes, credit, and what login and paying are like for them."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass
from typing import Any

from practice.conduct import NAMES, Conduct
from practice.venue.database import Database

FAMILY = {"Mother": "mother@example.test", "Father": "father@example.test", "Bruce": "bruce@example.test"}


@dataclass(frozen=True)
class Member:
    """What the site knows of a member."""

    email: str
    name: str
    credit_pence: int
    mfa: str | None
    """The code that a second login step asks for; None where there is no such step."""
    conduct: Conduct
    """What paying is like for the account."""

    def to_json(self) -> dict[str, Any]:
        """Return all values by name."""
        known = {"email": self.email, "name": self.name, "credit_pence": self.credit_pence, "mfa": self.mfa}
        return known | self.conduct.to_json()


def _hash(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=2**12, r=8, p=1)


class Members:
    """The accounts table and the record of logins."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def renew_family(self) -> list[dict[str, str]]:
        """Give every seeded account a new random password; return names, addresses and passwords."""
        accounts = [
            {"name": name, "email": email, "password": secrets.token_urlsafe(15)} for name, email in FAMILY.items()
        ]
        for account in accounts:
            self.add(**account)
        return accounts

    def add(self, name: str, email: str, password: str) -> None:
        """Add an account, or give an old one this name and password."""
        salt = secrets.token_bytes(16)
        self._db.do(
            "INSERT INTO accounts (email, name, salt, password) VALUES (?, ?, ?, ?) ON CONFLICT (email) DO UPDATE "
            "SET name = excluded.name, salt = excluded.salt, password = excluded.password",
            email.strip().lower(),
            name,
            salt,
            _hash(password, salt),
        )

    def find(self, email: str) -> Member | None:
        """Return the member of this address, however it is capitalised."""
        sql = "SELECT email, name, credit_pence, mfa, conduct FROM accounts WHERE email = ?"
        row = self._db.one(sql, email.strip().lower())
        return Member(**dict(row) | {"conduct": Conduct(**json.loads(row["conduct"]))}) if row else None

    def conduct(self, email: str) -> Conduct:
        """Return what paying is like for an account."""
        member = self.find(email)
        return member.conduct if member else Conduct()

    def change(self, email: str, values: dict[str, Any]) -> Member:
        """Set credit, second login step or conduct of a member; all or none.

        Raises:
            KeyError: no such member.
            ValueError: a name or a value is not one of those that can be.
        """
        member = self.find(email)
        if member is None:
            raise KeyError(email)
        known = ("credit_pence", "mfa", *NAMES)
        if unknown := [name for name in values if name not in known]:
            raise ValueError(f"account: unknown {', '.join(unknown)}; known are {', '.join(known)}")
        credit = values.get("credit_pence", member.credit_pence)
        if isinstance(credit, bool) or not isinstance(credit, int) or credit < 0:
            raise ValueError(f"credit_pence: {credit!r} is not a valid number of pence: write a whole one from 0 up")
        mfa = values.get("mfa", member.mfa) or None
        if mfa is True:
            mfa = "246810"
        if mfa is not None and not isinstance(mfa, str):
            raise ValueError(f"mfa: {mfa!r} is neither a code, true, false nor null")
        conduct = member.conduct.changed({name: value for name, value in values.items() if name in NAMES})
        sql = "UPDATE accounts SET credit_pence = ?, mfa = ?, conduct = ? WHERE email = ?"
        self._db.do(sql, credit, mfa, json.dumps(conduct.to_json()), member.email)
        return Member(member.email, member.name, credit, mfa, conduct)

    def check(self, email: str, password: str, at: float) -> Member | None:
        """Return the member whose address and password these are, and record the try."""
        row = self._db.one("SELECT salt, password FROM accounts WHERE email = ?", email.strip().lower())
        salt, known = (row["salt"], row["password"]) if row else (b"nobody", b"")
        ok = hmac.compare_digest(_hash(password, salt), known)
        self._db.do("INSERT INTO logins (email, at, ok) VALUES (?, ?, ?)", email.strip().lower(), at, int(ok))
        return self.find(email) if ok else None

    def records(self) -> list[dict[str, Any]]:
        """Return every try to log in."""
        rows = self._db.all("SELECT email, at, ok FROM logins ORDER BY rowid")
        return [{**dict(row), "ok": bool(row["ok"])} for row in rows]
