"""How the site responded to a request for a slot, read from where it led and what it shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser

from booking.addresses import same_site
from booking.model import Slot
from booking.site.markup import Markup
from booking.site.pages import PageError, read_rows, text_of

_BLOCKED_STATUSES = {403: "the site refuses the request", 429: "the site asks for fewer requests"}


def is_challenge(html: str, mitigated: str = "") -> bool:
    """Tell whether a page is a challenge or queue page: one that a person has to pass."""
    if mitigated:
        return True
    page = LexborHTMLParser(html)
    if page.css_first("#challenge-form, #cf-challenge-running") is not None:
        return True
    title = page.css_first("title")
    heading = text_of(title).lower() if title is not None else ""
    return any(words in heading for words in ("just a moment", "attention required", "waiting room", "queue"))


class ResponseKind(StrEnum):
    """How the site responded to a request for a slot."""

    HELD = "held"
    REFUSED = "sent back to the court page"
    LOGGED_OUT = "sent to the login page"
    BLOCKED = "blocked"
    FAULTY = "site fault"
    SILENT = "no answer"
    ELSEWHERE = "an unexpected page"


@dataclass(frozen=True, slots=True)
class HoldResponse:
    """The site's response to one request for a slot. Times are seconds since the epoch, by the browser's clock."""

    kind: ResponseKind
    why: str = ""
    sent: float | None = None
    answered: float | None = None


def read_response(seen: Mapping[str, Any], slot: Slot, facility: str, site: Markup) -> HoldResponse:  # noqa: PLR0911 - one line a kind of answer reads better than a chain of variables
    """Understand what came back for one request for a slot.

    Args:
        seen: what the browser saw: ``status`` (0: no answer), ``url`` that it led to, ``html`` (empty where the address
            alone was learned), ``mitigated`` (the edge's header), ``error``, and ``sent`` and ``answered`` in
            milliseconds since the epoch.
        slot: what was asked for.
        facility: slug of its court.
        site: by what its pages are told apart.
    """

    def response(kind: ResponseKind, why: str) -> HoldResponse:
        return HoldResponse(kind, why, sent=float(seen["sent"]) / 1000, answered=float(seen["answered"]) / 1000)

    status, html = int(seen["status"]), str(seen["html"])
    if not status:
        return response(ResponseKind.SILENT, f"no answer from the site ({seen['error']})")
    if is_challenge(html, str(seen.get("mitigated") or "")):
        return response(ResponseKind.BLOCKED, "the site shows a challenge page: open it in a browser and look")
    if status in _BLOCKED_STATUSES:
        return response(ResponseKind.BLOCKED, f"{_BLOCKED_STATUSES[status]} (HTTP {status}): try by hand, and later")
    if status >= 500:
        return response(ResponseKind.FAULTY, f"the site answered with HTTP {status}")
    if not same_site(str(seen["url"]), site.site_url):
        return response(ResponseKind.ELSEWHERE, f"the site led away to {_short_host(str(seen['url']))}")
    path = f"{urlsplit(str(seen['url'])).path.lower().rstrip('/')}/"
    if path == f"{site.login_path.lower().rstrip('/')}/":
        return response(ResponseKind.LOGGED_OUT, "the session had ended")
    if path.startswith(site.basket_path.lower()):
        try:
            rows = read_rows(html, row=site.basket_line, cell=site.basket_cell)
        except PageError:
            rows = ()
        if rows and not any(row.is_slot(slot, facility) for row in rows):
            return response(ResponseKind.ELSEWHERE, f"the basket does not show {slot.time}")
        # A basket whose lines cannot be read is believed here and looked at again before anything is paid.
        return response(ResponseKind.HELD, "in the basket")
    if path.startswith(site.court_path.lower()):
        return response(ResponseKind.REFUSED, f"the site sent the request for {slot.time} back to the court page")
    return response(ResponseKind.ELSEWHERE, f"the site showed {path[:80]} instead of the basket")


def _short_host(address: str) -> str:
    try:
        return urlsplit(address).netloc[:80] or "no host"
    except ValueError:
        return "an address that cannot be read"
