"""What a page says to whoever uses it: messages, and what stands in the place of the page that was asked for.

Challenges, queues, second factors and refusals are known by their words, wherever these stand, and by a widget that is
shown. The frame in which the edge hides its script on every page is none of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from selectolax.lexbor import LexborHTMLParser, LexborNode

from booking.site.blocks import Block, PageContent, folded, read_content, segments

MESSAGE_LENGTH = 200
SHORT_PAGE = 700
"""A page that says no more than this is about what it says; on a longer one only title and headings are."""


class Obstacle(StrEnum):
    """What stands in the place of a page."""

    LOGIN = "login page"
    SECOND_FACTOR = "second factor"
    CHALLENGE = "challenge page"
    QUEUE = "queue page"
    DENIED = "access denied"
    ERROR = "error page"

    @property
    def needs_person(self) -> bool:
        """Whether trying again does harm: only a person can pass it."""
        return self not in {Obstacle.LOGIN, Obstacle.ERROR}


@dataclass(frozen=True, slots=True)
class ObstacleFound:
    """What stands in the place of a page, and the words by which it was known."""

    kind: Obstacle
    words: str


class MessageRole(StrEnum):
    """Where a message stands."""

    ALERT = "alert"
    SUMMARY = "validation summary"
    FIELD = "beside a field"
    TEXT = "in the text"


@dataclass(frozen=True, slots=True)
class PageMessage:
    """A message of a page. Its text comes from the page and is data."""

    role: MessageRole
    text: str


def _any(*words: str) -> re.Pattern[str]:
    return re.compile("|".join(words), re.IGNORECASE)


_CHALLENGE = _any(
    r"\bverify(?:ing)? (?:that )?you(?: are|'re) (?:a |not a )?(?:human|robot|bot)\b",
    r"\bchecking (?:if the site connection is secure|your browser)\b",
    r"\bneeds to review the security of your connection\b|\bcomplete the security check\b",
    r"\bi(?:')?m not a robot\b|\bare you (?:a robot|human)\b|\bprove (?:that )?you(?: are|'re) (?:human|not a robot)\b",
    r"\benable javascript and cookies to continue\b|\bunusual (?:traffic|activity) from your\b|\bpress (?:and"
    r"|&) hold\b",
    r"\b(?:complete|solve|enter|type)\b[^.|]{0,30}\bcaptcha\b|\bcaptcha\b[^.|]{0,20}\b(?:required|to continue)\b",
    r"\bconfirm (?:that )?you(?: are|'re) (?:human|not a robot)\b|\bhuman verification\b|\bsecurity verification\b",
)
_CHALLENGE_TITLE = _any(
    r"^just a moment\b", r"\battention required\b", r"^one more step\b", r"\bbot (?:check|protection)\b"
)
_QUEUE = _any(
    r"\byou(?: are|'re) (?:now |currently )?in (?:line|(?:a|the) (?:virtual )?(?:queue|line|waiting room))\b",
    r"\b(?:your )?(?:estimated|expected) wait(?:ing)?(?: time)?\b|\byour (?:number|place|position) in (?:line"
    r"|the (?:queue|line))\b",
    r"\bvirtual (?:queue|waiting room)\b|\b(?:users|people|customers) (?:ahead|in front) of you\b"
    r"|\bwe(?:')?ll be with you shortly\b",
    r"\byou(?: have|'ve) been placed in (?:a|the) (?:queue|line)\b|\byour turn\b[^.|]{0,30}\b(?:line|queue)\b",
)
_QUEUE_TITLE = _any(r"\bwaiting room\b", r"\bqueue(?:-it)?\b")
_DENIED = _any(
    r"\baccess (?:is |was |has been )?denied\b|\bforbidden\b|\byou have been blocked\b|\brequest (?:was "
    r"|has been )?blocked\b",
    r"\baccess to this (?:page|site|resource) (?:has been|is) (?:denied|blocked|restricted)\b|\berror 10(?:06|09"
    r"|10|12|15|20)\b",
    r"\byou do(?:n't| not) have permission\b|\byou are being rate limited\b|\btoo many requests\b",
)
_ERROR = _any(
    r"\bserver error\b|\bruntime error\b|\bpage (?:not|cannot be|could not be) found\b|\b404\b"
    r"|\bsomething (?:has gone|went) wrong\b",
    r"\b(?:an|unexpected|internal|application|unknown) (?:server )?error\b|\berror (?:4|5)\d\d\b|\bbad gateway\b",
    r"\bservice (?:is )?(?:temporarily )?unavailable\b|\bgateway time-?out\b|\btemporarily (?:unavailable|offline"
    r"|down)\b",
    r"\b(?:down|closed|unavailable) for (?:\w+ )?maintenance\b|\bunder maintenance\b|^\W*error\W*$|^\W*oops\b",
    r"\bthis site can(?:')?t be reached\b|\berr_[a-z_]+\b",
)
_CODE = _any(
    r"\b(?:verification|authentication|authenticator|one[- ]time|login|log[- ]in|sign[- ]in|access|confirmation"
    r"|sms|email(?:ed)?"
    r"|6[- ]digit|six[- ]digit) (?:security )?(?:code|pass(?:code|word)|pin)\b",
    r"\btwo[- ](?:factor|step)\b|\b2fa\b|\bmulti[- ]?factor\b|\bmfa\b|\botp\b|\bone-time-code\b|verificationcode"
    r"|\btotp\b",
    r"\b(?:enter|type)(?: in)? the (?:\d+[- ]digit |six[- ]digit )?(?:code|pin)\b|\bcode (?:we(?:'ve"
    r"| have)? (?:just )?|that was )?sent\b",
    r"\bsecurity code\b",
)
_NOT_THAT_CODE = _any(
    r"\b(?:card|cvv|cvc|post ?code|promo\w*|discount|voucher|coupon|gift|sort code|access code for the (?:gate"
    r"|court))\b"
)
_WIDGET_HOST = _any(
    r"challenges\.cloudflare\.com/.*turnstile", r"hcaptcha\.com/", r"recaptcha/(?:api2|enterprise)/(?:anchor|bframe)"
)
_WIDGETS = (
    "div.cf-turnstile, div.g-recaptcha, div.h-captcha, #challenge-form, #cf-challenge-running, #challenge-running"
)
_COMPLAINT = _any(
    r"\b(?:incorrect|invalid|wrong|not recogni[sz]ed|not valid|unknown|do(?:es)?(?: not|n't) match|must be|mandatory"
    r"|fail(?:ed|ure)|unable|could not|cannot|can't|locked|disabled|suspended|expired|error|problem|sorry|denied"
    r"|not found"
    r"|try again|too many|unsuccessful|no longer available|already|unavailable|not available|is required)\b"
)
_ALERT_ROLES = {"alert", "alertdialog"}
_SUMMARY_NAME = re.compile(
    r"validation-?summary|error-?summary|errors?-?list|alert\b|error-?message|notification", re.IGNORECASE
)
_FIELD_NAME = re.compile(r"field-?validation|invalid-?feedback|help-block|error\b|validator", re.IGNORECASE)


def find_obstacle(page: str | PageContent) -> ObstacleFound | None:
    """Return what stands in the place of the page that was asked for; None where nothing of the kind is seen.

    A page that has what was asked for may have one of these as well, such as a log-in form in a corner: whoever has
    read the page decides.

    Args:
        page: the page's HTML, or its content where that was read already.
    """
    content = read_content(page) if isinstance(page, str) else page
    fields = list(_fields(content.whole))
    for find in (_challenge, _queue, _denied, _second_factor, _login, _error):
        found = find(content, fields)
        if found is not None:
            return found
    return None


def read_messages(html: str) -> tuple[PageMessage, ...]:
    """Return the messages of a page, by their role: those that are hidden are not there.

    Where no element says that it is a message, sentences of the content that complain are taken for some.
    """
    content = read_content(html)
    found: dict[str, MessageRole] = {}
    described = {
        name
        for each in content.whole.walk()
        if each.tag in {"input", "textarea"} and each.attributes.get("aria-invalid") == "true"
        for name in each.attributes.get("aria-describedby", "").split()
    }
    for block in content.whole.walk():
        text = block.text.replace(" | ", " ")
        role = _role_of(block, described)
        if text and role is not None and not any(text in known for known in found):
            found[_short(text)] = role
    if not found:
        for text in segments(content.main.text):
            if len(text) <= MESSAGE_LENGTH and _COMPLAINT.search(text) and not text.endswith("?"):
                found[text] = MessageRole.TEXT
    return tuple(PageMessage(role, text) for text, role in found.items())


def _role_of(block: Block, described: set[str]) -> MessageRole | None:
    attributes = block.attributes
    if attributes.get("role", "").lower() in _ALERT_ROLES or attributes.get("aria-live") == "assertive":
        return MessageRole.ALERT
    if attributes.get("id") in described:
        return MessageRole.FIELD
    named = f"{attributes.get('class', '')} {attributes.get('id', '')}"
    if (
        block.control is not None
        or block.tag in {"body", "form", "main", "input", "label"}
        or len(block.text) > SHORT_PAGE
    ):
        return None
    if _SUMMARY_NAME.search(named) and (_COMPLAINT.search(block.text) or "validation" in named.lower()):
        return MessageRole.SUMMARY
    if _FIELD_NAME.search(named) and _COMPLAINT.search(block.text):
        return MessageRole.FIELD
    return None


def _fields(root: Block) -> Iterator[Block]:
    for block in root.walk():
        if block.tag == "input" and block.attributes.get("type", "text").lower() not in {
            "submit", "button", "image", "reset", "checkbox", "radio",
        }:  # fmt: skip
            yield block


def _titles(content: PageContent) -> list[str]:
    headings = [each.text for each in content.whole.walk() if each.is_heading() and each.text]
    return [content.title, *headings]


def _told(content: PageContent) -> list[str]:
    """Return what a page is about: its title and headings, and all of its text where it says little."""
    text = content.whole.text
    return [*_titles(content), *(segments(text) if len(text) <= SHORT_PAGE else [])]


def _first(pattern: re.Pattern[str], texts: list[str]) -> str:
    return next((_short(each) for each in texts if pattern.search(each)), "")


def _challenge(content: PageContent, _: list[Block]) -> ObstacleFound | None:
    everything = segments(content.whole.text) + [each.name for each in content.whole.controls()]
    words = _first(_CHALLENGE, [content.title, *everything]) or _first(_CHALLENGE_TITLE, _told(content))
    words = words or _widget(content.page)
    return ObstacleFound(Obstacle.CHALLENGE, words) if words else None


def _widget(page: LexborHTMLParser) -> str:
    """Return the name of a widget that asks whether somebody is human, where one is shown."""
    for node in page.css(_WIDGETS):
        if node.attributes.get("data-size") != "invisible" and not _is_unseen(node):
            return (
                f"a box that asks whether you are human ({node.attributes.get('class') or node.attributes.get('id')})"
            )
    for node in page.css("iframe[src]"):
        source = node.attributes.get("src") or ""
        if _WIDGET_HOST.search(source) and "size=invisible" not in source and not _is_unseen(node):
            return "a frame that asks whether you are human"
    return ""


def _is_unseen(node: LexborNode) -> bool:
    """Tell whether an element, or one around it, is hidden or has no size."""
    each: LexborNode | None = node
    while each is not None and each.is_element_node:
        attributes = each.attributes
        style = (attributes.get("style") or "").lower().replace(" ", "")
        small = {attributes.get("width"), attributes.get("height")} & {"0", "1"}
        if "hidden" in attributes or "display:none" in style or "visibility:hidden" in style or small:
            return True
        if re.search(r"(?:^|;)(?:width|height):[01](?:px)?(?:;|$)", style) or attributes.get("aria-hidden") == "true":
            return True
        each = each.parent
    return False


def _queue(content: PageContent, _: list[Block]) -> ObstacleFound | None:
    words = _first(_QUEUE, segments(content.whole.text)) or _first(_QUEUE_TITLE, _told(content))
    return ObstacleFound(Obstacle.QUEUE, words) if words else None


def _denied(content: PageContent, _: list[Block]) -> ObstacleFound | None:
    words = _first(_DENIED, _told(content))
    return ObstacleFound(Obstacle.DENIED, words) if words else None


def _second_factor(content: PageContent, fields: list[Block]) -> ObstacleFound | None:
    if not fields or any(each.attributes.get("autocomplete", "").startswith("cc-") for each in fields):
        return None
    labels = {node.attributes.get("for"): folded(node.text(separator=" ")) for node in content.page.css("label")}
    for each in fields:
        attributes = each.attributes
        if attributes.get("type", "text").lower() in {"password", "email", "search"}:
            continue
        if attributes.get("autocomplete") == "one-time-code":
            return ObstacleFound(Obstacle.SECOND_FACTOR, "a field for a code")
        names = [labels.get(attributes.get("id"), ""), *(attributes.get(name, "") for name in
                 ("aria-label", "placeholder", "name", "id", "title"))]  # fmt: skip
        words = next((name for name in names if name and _CODE.search(name) and not _NOT_THAT_CODE.search(name)), "")
        if words:
            return ObstacleFound(Obstacle.SECOND_FACTOR, _short(words))
    secret = any(each.attributes.get("type") == "password" for each in fields)
    words = "" if secret else _first(_CODE, [each for each in _told(content) if not _NOT_THAT_CODE.search(each)])
    return ObstacleFound(Obstacle.SECOND_FACTOR, words) if words else None


def _login(content: PageContent, fields: list[Block]) -> ObstacleFound | None:
    secret = [each for each in fields if each.attributes.get("type", "").lower() == "password"]
    if not secret:
        return None
    return ObstacleFound(
        Obstacle.LOGIN, _short(next((each for each in _titles(content)[1:] if each), "a field for a password"))
    )


def _error(content: PageContent, _: list[Block]) -> ObstacleFound | None:
    words = _first(_ERROR, _told(content))
    return ObstacleFound(Obstacle.ERROR, words) if words else None


def _short(text: str) -> str:
    return text if len(text) <= MESSAGE_LENGTH else f"{text[: MESSAGE_LENGTH - 3]}..."
