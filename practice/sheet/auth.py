"""Service accounts and access tokens: the OAuth side of the practice sheet."""

from __future__ import annotations

import base64
import binascii
import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urljoin

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

GRANT_TYPE = "urn:ietf:params:oauth:grant-type:jwt-bearer"
GOOGLE_AUDIENCE = "https://oauth2.googleapis.com/token"
"""What google-auth writes into every assertion, whatever the key's ``token_uri`` says."""

_SCOPES = "https://www.googleapis.com/auth/"
WRITE_SCOPES = frozenset({f"{_SCOPES}spreadsheets", f"{_SCOPES}drive"})
READ_SCOPES = WRITE_SCOPES | {f"{_SCOPES}spreadsheets.readonly", f"{_SCOPES}drive.readonly"}

_SKEW_SECONDS = 300
_LONGEST_SECONDS = 3600


class GrantError(Exception):
    """An assertion that earns no token, with the words of OAuth."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(description)
        self.error = error
        self.description = description


@dataclass(frozen=True, slots=True)
class Token:
    """An access token that was handed out."""

    email: str
    scopes: frozenset[str]
    ends: float
    """Seconds since the epoch."""


@dataclass(frozen=True, slots=True)
class _Account:
    email: str
    key_id: str
    public_key: rsa.RSAPublicKey
    token_uri: str


class Authority:
    """Makes the one service account that is valid at a time, and trades its assertions for tokens."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self.token_seconds = 3600
        self._clock = clock
        self._account: _Account | None = None
        self._tokens: dict[str, Token] = {}

    def new_account(self, token_uri: str) -> dict[str, str]:
        """Return the JSON of a fresh key, as Google hands it out; the key before it is worth nothing any more."""
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        email = "booking-runner@practice-sheet.example.test"
        self._account = _Account(email, secrets.token_hex(20), key.public_key(), token_uri)
        self._tokens.clear()
        pem = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return {
            "type": "service_account",
            "project_id": "practice-sheet",
            "private_key_id": self._account.key_id,
            "private_key": pem.decode(),
            "client_email": email,
            "client_id": "100000000000000000001",
            "auth_uri": urljoin(token_uri, "/o/oauth2/auth"),
            "token_uri": token_uri,
            "auth_provider_x509_cert_url": urljoin(token_uri, "/oauth2/v1/certs"),
            "client_x509_cert_url": urljoin(token_uri, f"/robot/v1/metadata/x509/{quote(email, safe='')}"),
            "universe_domain": "googleapis.com",
        }

    def grant(self, grant_type: str, assertion: str) -> tuple[str, int]:
        """Return a new token and the seconds it is good for.

        Raises:
            GrantError: the assertion is not one of the valid account, or not of this time.
        """
        if grant_type != GRANT_TYPE:
            raise GrantError("unsupported_grant_type", f"Invalid grant_type: {grant_type}")
        claims = self._claims(assertion)
        now = self._clock()
        issued, ends = claims.get("iat"), claims.get("exp")
        if (
            not isinstance(issued, int | float)
            or not isinstance(ends, int | float)
            or issued > now + _SKEW_SECONDS
            or ends <= now
            or ends - issued > _LONGEST_SECONDS
        ):
            raise GrantError(
                "invalid_grant",
                "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. "
                "Check your iat and exp values in the JWT claim.",
            )
        scopes = frozenset(str(claims.get("scope", "")).split())
        if not scopes:
            raise GrantError("invalid_scope", "Invalid OAuth scope or ID token audience provided.")
        token = f"ya29.{secrets.token_urlsafe(48)}"
        self._tokens = {name: each for name, each in self._tokens.items() if each.ends > now}
        self._tokens[token] = Token(str(claims["iss"]), scopes, now + self.token_seconds)
        return token, self.token_seconds

    def token(self, header: str | None) -> Token | None:
        """Return the valid token that an Authorization header carries, if any."""
        kind, _, text = (header or "").partition(" ")
        token = self._tokens.get(text.strip()) if kind.lower() == "bearer" else None
        return token if token is not None and token.ends > self._clock() else None

    def _claims(self, assertion: str) -> dict[str, Any]:
        """Return the claims of an assertion that the valid account has signed for us."""
        account = self._account
        try:
            head, body, signature = assertion.split(".")
            header, claims = json.loads(_decode(head)), json.loads(_decode(body))
            signed = _decode(signature)
        except (ValueError, binascii.Error) as error:
            raise GrantError("invalid_grant", "Bad Request: the assertion is no JWT.") from error
        if not isinstance(header, dict) or not isinstance(claims, dict) or header.get("alg") != "RS256":
            raise GrantError("invalid_grant", "Invalid JWT: RS256 is expected.")
        if account is None or claims.get("iss") != account.email:
            raise GrantError("invalid_grant", "Invalid grant: account not found")
        if header.get("kid") not in {None, account.key_id}:
            raise GrantError("invalid_grant", "Invalid JWT Signature.")
        try:
            account.public_key.verify(signed, f"{head}.{body}".encode(), padding.PKCS1v15(), hashes.SHA256())
        except InvalidSignature as error:
            raise GrantError("invalid_grant", "Invalid JWT Signature.") from error
        if claims.get("aud") not in {account.token_uri, GOOGLE_AUDIENCE}:
            raise GrantError("invalid_grant", f"Failed audience check. The right audience is {account.token_uri}")
        return claims


def _decode(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
