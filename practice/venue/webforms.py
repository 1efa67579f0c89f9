"""ASP.NET WebForms as a browser sees it: signed state in hidden fields, and postbacks that must match the page."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

PREFIX = "ctl00$PageContent$"
_FILLER = secrets.token_bytes(14_800)
"""Makes a view state as large as the real one, about 20 kB in base64."""


class PostbackError(Exception):
    """A postback does not belong to the page it was sent to."""


class Signer:
    """Signs hidden fields; the key lives as long as the process."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)

    def sign(self, purpose: str, content: bytes) -> str:
        """Return the content and its signature in base64."""
        return base64.b64encode(self._mac(purpose, content) + content).decode()

    def read(self, purpose: str, text: str) -> bytes:
        """Return what `sign` was given.

        Raises:
            PostbackError: the text is not what `sign` returned for this purpose.
        """
        try:
            raw = base64.b64decode(text, validate=True)
        except ValueError as error:
            raise PostbackError(f"The {purpose} is not base64.") from error
        mac, content = raw[:32], raw[32:]
        if not hmac.compare_digest(mac, self._mac(purpose, content)):
            raise PostbackError(f"Validation of {purpose} MAC failed.")
        return content

    def _mac(self, purpose: str, content: bytes) -> bytes:
        return hmac.new(self._key, purpose.encode() + b"\0" + content, hashlib.sha256).digest()


@dataclass
class Form:
    """The one form of a page, while the page is being written: it remembers which controls it offered."""

    signer: Signer
    path: str
    """Of the page; the form posts to it and its state is good for it alone."""
    token: str
    """Of the session or of this page alone, echoed as ``__AT``."""
    targets: set[str] = field(default_factory=set)

    def link(self, name: str, argument: str = "") -> str:
        """Return the address of a link that posts back; `name` is the control's, below the page's content."""
        target = name if name.startswith("ctl00$") else PREFIX + name
        self.targets.add(target)
        return f"javascript:__doPostBack('{target}','{argument}')"

    def button(self, name: str) -> str:
        """Return the name of a button that submits the form by itself: the browser sends it among the fields."""
        self.targets.add(PREFIX + name)
        return PREFIX + name

    @property
    def view_state(self) -> str:
        """The page's state; nothing is read from it but that it is ours and of this page."""
        return self.signer.sign("viewstate", self.path.encode() + b"\0" + _FILLER)

    @property
    def event_validation(self) -> str:
        """The controls that the page offered until now: written at the end of the form."""
        return self.signer.sign("eventvalidation", json.dumps([self.path, sorted(self.targets)]).encode())


@dataclass(frozen=True)
class Postback:
    """A postback that belongs to its page."""

    target: str
    """The control's name, below the page's content where it stands there."""
    argument: str
    fields: Mapping[str, str]

    def field(self, name: str) -> str:
        """Return what was entered in a field of the page's content; empty where it was not sent."""
        return self.fields.get(PREFIX + name, "")


def read_postback(signer: Signer, path: str, accepts: Callable[[str], bool], fields: Mapping[str, str]) -> Postback:
    """Return the postback that a form of this page sent.

    Args:
        signer: what signed the page's state.
        path: of the page.
        accepts: tells whether the token is good; the last thing asked, and once.
        fields: what was sent.

    Raises:
        PostbackError: state, target or token are not those that the page was written with.
    """
    state = signer.read("viewstate", fields.get("__VIEWSTATE", ""))
    if state.split(b"\0", 1)[0] != path.encode():
        raise PostbackError("The viewstate is of another page.")
    offered_path, offered = json.loads(signer.read("eventvalidation", fields.get("__EVENTVALIDATION", "")))
    target = fields.get("__EVENTTARGET", "") or _button_in(fields, offered)
    if offered_path != path or target not in offered:
        raise PostbackError("Invalid postback or callback argument.")
    if not accepts(fields.get("__AT", "")):
        raise PostbackError("The anti-forgery token is of another session, or was used before.")
    return Postback(target.removeprefix(PREFIX), fields.get("__EVENTARGUMENT", ""), fields)


def _button_in(fields: Mapping[str, str], offered: Collection[str]) -> str:
    """Return the button whose name was sent, as a picture sends it too; empty where there is none."""
    sent = {name.removesuffix(".x") for name in fields}
    return next((name for name in offered if name in sent), "")
