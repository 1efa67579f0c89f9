"""The site's sessions: a cookie, who is logged in, and how long that lasts."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

COOKIE = "ASP.NET_SessionId"


@dataclass
class Session:
    """One browser as the site knows it."""

    seen: float
    id: str = field(default_factory=lambda: secrets.token_urlsafe(18))
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    """Echoed by every form of the session."""
    email: str | None = None
    half_in: str | None = None
    """Who gave the right password and still owes a code."""
    paid: int | None = None
    """The latest payment, for its confirmation page."""
    paid_from: str = ""
    """What it was paid from."""
    _once: set[str] = field(default_factory=set)

    def owns(self, token: str) -> bool:
        """Tell whether a token is the session's own, which any number of posts may make use of."""
        return hmac.compare_digest(token.encode(), self.token.encode())

    def token_for_one_post(self) -> str:
        """Return a token of which one post makes use."""
        token = secrets.token_urlsafe(24)
        self._once.add(token)
        return token

    def spend(self, token: str) -> bool:
        """Tell whether a token was given for one post and not used yet; it is used then."""
        if token not in self._once:
            return False
        self._once.remove(token)
        return True


class Sessions:
    """All sessions, in memory: a restart logs everybody out.

    Args:
        now: seconds since the epoch.
        minutes: after how long without a request a session is logged out.
    """

    def __init__(self, now: Callable[[], float], minutes: Callable[[], float]) -> None:
        self._now = now
        self._minutes = minutes
        self._sessions: dict[str, Session] = {}

    def peek(self, session_id: str | None) -> Session | None:
        """Return the session of a cookie without keeping it alive."""
        session = self._sessions.get(session_id or "")
        if session is not None and self._now() - session.seen > self._minutes() * 60:
            self.log_out(session)
        return session

    def use(self, session_id: str | None) -> Session | None:
        """Return the session of a cookie and keep it alive."""
        session = self.peek(session_id)
        if session is not None:
            session.seen = self._now()
        return session

    def start(self) -> Session:
        """Return a new session, of nobody yet."""
        session = Session(self._now())
        self._sessions[session.id] = session
        return session

    def log_in(self, old: Session, email: str) -> Session:
        """Return the session that takes the place of an anonymous one after the login."""
        self._sessions.pop(old.id, None)
        session = self.start()
        session.email = email
        return session

    def expire(self, email: str | None = None) -> int:
        """Log out an account everywhere, or everybody; return how many sessions that ended."""
        ended = [each for each in self._sessions.values() if each.email and (email is None or each.email == email)]
        for session in ended:
            self.log_out(session)
        return len(ended)

    @staticmethod
    def log_out(session: Session) -> None:
        """Leave a session to nobody; the browser keeps its cookie."""
        session.email = session.half_in = session.paid = None
