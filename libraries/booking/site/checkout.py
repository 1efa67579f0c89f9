"""What a page of the checkout means, judged from the facts that ``resources/js/checkout.js`` sees of it.

Pages are told apart by what they show: the portal's ids first, then names, then meaning. An address says nothing beyond
its host. What is hidden is not there, and what is not understood is not known: nothing is concluded from it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any
from urllib.parse import SplitResult, urlsplit

from booking.addresses import same_site

MESSAGE_LENGTH = 200
LABEL_LENGTH = 80


class CheckoutKind(StrEnum):
    """What a page of the checkout is."""

    PAID = "paid"
    """A page of the site itself whose heading says that the payment succeeded."""
    BASKET = "basket"
    """The site's basket, come in answer to a click."""
    CARD = "card"
    """Asks for the card; a card that was declined leads back here."""
    BILLING = "billing"
    """Asks for holder and address."""
    CONFIRMATION = "confirmation"
    """Has the button that pays."""
    SAVE_CARD = "save card"
    """Offers to keep the card; it is passed without."""
    RETURN_LINK = "return link"
    """A last page of the portal, with the link that leads back to the site."""
    BANK = "bank"
    """3-D Secure: the bank may ask its customer to confirm."""
    DECLINED = "declined"
    """Says in known words that the card was declined, and does not ask for a card."""
    ERROR = "error"
    """Says that something else went wrong."""
    BROKEN = "broken"
    """No page at all, or a fault of the server."""
    LOGIN = "login"
    """The site asks for a login: the session has ended meanwhile, and the way goes on from there."""
    UNKNOWN_HOST = "unknown host"
    """Neither the site nor a payment host."""
    TEST_SYSTEM = "test system"
    """A portal that says it is there for tests: what is typed there pays for nothing."""
    NOTHING = "nothing known"
    """None of these, or not yet."""


@dataclass(frozen=True, slots=True)
class CheckoutPage:
    """One page of the checkout. Money is in pence; texts come from the page and are data."""

    kind: CheckoutKind
    host: str
    """Where it comes from, for messages."""
    amount_pence: int | None
    """What the page says is charged in all; None where it does not say so, or not in a way that can be read."""
    fee_pence: int | None
    """A fee that the page states in so many words."""
    message: str
    """What the page says is wrong, in one line; empty if nothing is."""
    declined: bool
    """Whether the message is known to mean that the card was declined and no money has moved."""
    unfilled: tuple[str, ...]
    """Labels of fields that must be filled in and are not known: a person has to look."""
    fingerprint: str
    """Tells this page from the next one, also from one that looks the same: the document, a dash, what it shows."""
    on_site: bool = False
    """Whether it is a page of the site itself."""
    known_portal: bool = False
    """Whether it asks for the card as the known portal does, which charges nothing before it was confirmed."""
    has_way_back: bool = False
    """Whether there is a link or button that leads back to the site, whatever else the page says."""
    doubtful: bool = False
    """Whether it says in known words that money has moved, or leaves that open in words."""

    @property
    def asks_for_card(self) -> bool:
        """Whether this page, as the answer to "Make Booking", shows that nothing was paid by credit.

        The site itself may ask for an address, or have a button that reads "Pay", for other reasons.
        """
        asking = self.kind in {CheckoutKind.BILLING, CheckoutKind.CONFIRMATION}
        return self.kind is CheckoutKind.CARD or (asking and not self.on_site)

    @property
    def asks_on(self) -> bool:
        """Whether this page shows that nothing is paid although a card was typed: it asks for more before that."""
        asking = {CheckoutKind.CARD, CheckoutKind.BILLING, CheckoutKind.CONFIRMATION}
        return self.kind in asking and not self.on_site and not self.doubtful

    @property
    def is_on_the_way(self) -> bool:
        """Whether this page, after the click that pays, has to be passed or waited for: the bank may be any host.

        A page that is not understood is left by its way back, once it has been waited for in vain.
        """
        return (self.kind is CheckoutKind.NOTHING and self.has_way_back) or self.kind in {
            CheckoutKind.SAVE_CARD,
            CheckoutKind.RETURN_LINK,
            CheckoutKind.LOGIN,
            CheckoutKind.BANK,
            CheckoutKind.UNKNOWN_HOST,
        }

    @property
    def is_silent(self) -> bool:
        """Whether, after the click that pays, something may still come; for a bank there is a patience of its own."""
        return not self.declined and self.kind not in {
            CheckoutKind.PAID,
            CheckoutKind.DECLINED,
            CheckoutKind.ERROR,
            CheckoutKind.BROKEN,
            CheckoutKind.BASKET,
            CheckoutKind.LOGIN,
            CheckoutKind.BANK,
            CheckoutKind.UNKNOWN_HOST,
        }

    def is_news_after(self, other: CheckoutPage | None) -> bool:
        """Tell whether this page is of a known kind, and not the other one still.

        What a page changes of itself, such as a notice or a button that is gone, is no answer yet: except a decline.
        """
        if self.kind is CheckoutKind.NOTHING:
            return False
        if other is None:
            return True
        if self.kind is other.kind and self.is_document_of(other):
            return self.declined and self.fingerprint != other.fingerprint
        return True

    def is_document_of(self, other: CheckoutPage) -> bool:
        """Tell whether this is the very page that the other one was seen of, whatever it shows now."""
        return self.fingerprint.partition("-")[0] == other.fingerprint.partition("-")[0]


def read_checkout(
    seen: Mapping[str, Any], *, site_url: str, basket_path: str, payment_hosts: Collection[str]
) -> CheckoutPage:
    """Judge what a page of the checkout is.

    Args:
        seen: the facts of the page, see ``resources/js/checkout.js``; empty for a page that is being left.
        site_url: address of the site.
        basket_path: path of its basket.
        payment_hosts: host names on which a card may be typed.
    """
    facts = _Facts(seen)
    own = same_site(facts.address, site_url)
    kind = _Judge(facts, own, basket_path, payment_hosts).kind()
    amount, fee = _amounts(facts)
    message = _message(facts, kind)
    return CheckoutPage(
        kind=kind,
        host=facts.host,
        amount_pence=amount,
        fee_pence=fee,
        message=message,
        declined=kind is CheckoutKind.DECLINED or (kind in _ASKING and _declines(" . ".join(facts.complaints))),
        unfilled=tuple(dict.fromkeys(_unfilled(facts))),
        fingerprint=facts.fingerprint,
        on_site=own,
        known_portal=kind is CheckoutKind.CARD and _is_known_portal(facts),
        has_way_back=not own and "return" in facts.roles(),
        doubtful=_leaves_open(facts, kind),
    )


# What is seen

_BILLING = ("holder", "address", "city", "postcode")
_FILLED_IN = frozenset({*_BILLING, "number", "month", "year", "code", "email", "email-again"})
_ASKING = frozenset(
    {CheckoutKind.CARD, CheckoutKind.BILLING, CheckoutKind.CONFIRMATION, CheckoutKind.SAVE_CARD, CheckoutKind.BASKET}
)


class _Facts:
    """The facts of a page, whatever the page made of them: what is not of the right type is not there."""

    def __init__(self, seen: Mapping[str, Any]) -> None:
        self._seen = seen
        self.address = self._text("address")
        self.status = self._number("status")
        self.ready = self._text("ready")
        self.clicked = bool(seen.get("clicked"))
        self.test = bool(seen.get("test"))
        self.text = _folded(self._text("text"))
        self.fingerprint = self._text("fingerprint")
        self.headings = self._list("headings")
        self.fields = self._list("fields")
        self.buttons = self._list("buttons")
        self.frames = self._list("frames")
        self.amounts = self._list("amounts")
        errors = seen.get("errors")
        self.alerts = [_folded(str(each)) for each in errors] if isinstance(errors, list | tuple) else []
        self.complaints = [each for each in self.alerts if each and not _succeeds(each) and not _waits(each)]
        parts = _parts(self.address)
        self.lost = parts.scheme == "chrome-error"
        self.host = "" if self.lost else (parts.hostname or "").lower()

    def roles(self) -> set[str]:
        return {str(each.get("role")) for each in (*self.fields, *self.buttons) if each.get("role")}

    def titles(self) -> list[str]:
        """Return the headings' words."""
        return [text for each in self.headings if (text := _folded(str(each.get("text", ""))))]

    def loud(self) -> str:
        """Return what the page does not say in passing."""
        return " . ".join([*self.complaints, *self.titles()])

    def is_made(self) -> bool:
        """Tell whether the page says, and not in passing, that a payment was made."""
        return any(_is_made(each) for each in (*self.titles(), *self.alerts))

    def is_done(self) -> bool:
        """Tell whether the page says, wherever it does, that a payment or a booking was made."""
        said = [*self.titles(), *self.alerts, *_sentences(self.text)]
        return any(_is_made(each) for each in said) and not any(_DENIES.search(title) for title in self.titles())

    def main_titles(self) -> list[str]:
        return [_folded(str(each.get("text", ""))) for each in self.headings if each.get("level") == 1]

    def has_id(self, pattern: str) -> bool:
        return any(re.search(pattern, str(each.get("id"))) for each in (*self.fields, *self.buttons, *self.headings))

    def _text(self, name: str) -> str:
        value = self._seen.get(name)
        return value if isinstance(value, str) else ""

    def _number(self, name: str) -> int:
        value = self._seen.get(name)
        return value if isinstance(value, int) else 0

    def _list(self, name: str) -> list[Mapping[str, Any]]:
        value = self._seen.get(name)
        return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list | tuple) else []


class _Judge:
    """Tells what one page is, the strongest sign first."""

    def __init__(self, facts: _Facts, own: bool, basket_path: str, payment_hosts: Collection[str]) -> None:
        self._facts = facts
        self._own = own
        self._known = self._own or facts.host in {name.lower() for name in payment_hosts}
        self._basket_path = basket_path

    def kind(self) -> CheckoutKind:
        return self._kind_of_place() or self._shown_fields() or self._asked() or self._told()

    def _kind_of_place(self) -> CheckoutKind | None:
        """Return what a page is by where it comes from, and whether it is there at all."""
        facts = self._facts
        strange = {
            CheckoutKind.BROKEN: facts.lost or facts.status >= 500,
            CheckoutKind.NOTHING: facts.address in {"", "about:blank"},
            CheckoutKind.UNKNOWN_HOST: not self._known and facts.ready != "loading",
            CheckoutKind.TEST_SYSTEM: facts.test,
            CheckoutKind.PAID: self._own and _is_success(facts.main_titles()),
        }
        kind = next((kind for kind, so in strange.items() if so), None)
        return CheckoutKind.NOTHING if kind is None and facts.ready == "loading" else kind

    def _shown_fields(self) -> CheckoutKind | None:
        """Return what a page is by a frame or a field that no other page has."""
        facts = self._facts
        if any("threedsecure" in str(frame.get("id")).lower() for frame in facts.frames):
            return CheckoutKind.BANK
        roles = facts.roles()
        if "number" in roles:
            return CheckoutKind.CARD
        secret = any(field.get("type") == "password" for field in facts.fields)
        return CheckoutKind.LOGIN if self._own and secret and not facts.clicked else None

    def _asked(self) -> CheckoutKind | None:
        """Return what a page is that asks for something."""
        facts = self._facts
        form = self._form(facts.roles())
        if form in {CheckoutKind.BILLING, CheckoutKind.CONFIRMATION} and facts.is_made():
            form = None  # A last page may have a field for a receipt, and a button for the next payment.
        if form is None and self._own and facts.clicked:
            return CheckoutKind.NOTHING  # Still the page with the click, whatever it says.
        if form is None and self._is_waiting():
            return None
        loud = facts.loud()
        if _doubts(loud):
            return CheckoutKind.ERROR
        if _declines(loud):
            # Where there is nothing to act on, the small print may take it back.
            told = loud if form else f"{loud} . {facts.text}"
            return CheckoutKind.ERROR if _doubts(told) else CheckoutKind.DECLINED
        return form

    def _form(self, roles: set[str]) -> CheckoutKind | None:
        facts = self._facts
        if "no-save" in roles or facts.has_id(r"^scp_storeCardConfirmationPage_buttons"):
            return CheckoutKind.SAVE_CARD
        path = _parts(facts.address).path.lower().rstrip("/")
        if self._own and path == self._basket_path.lower().rstrip("/"):
            return CheckoutKind.BASKET if facts.ready == "complete" and not facts.clicked else None
        asked = sum(role in roles for role in _BILLING)
        if asked >= (2 if self._own else 1) or ("email" in roles and "continue" in roles and not self._own):
            return CheckoutKind.BILLING
        if "pay" in roles or facts.has_id(r"^scp_confirmationPage_header$"):
            return CheckoutKind.CONFIRMATION
        return None

    def _told(self) -> CheckoutKind:
        """Return what a page is that asks for nothing."""
        facts = self._facts
        done = facts.is_done()
        back = done and "return" in facts.roles() and not self._own
        frame = not self._own and not back and self._frame_of_bank()
        if frame or any(_BANK.search(title) for title in facts.titles()):
            return CheckoutKind.BANK
        if _says_declined(facts.text):
            return CheckoutKind.ERROR if _doubts(facts.text) else CheckoutKind.DECLINED
        if self._is_waiting():
            return CheckoutKind.NOTHING
        if facts.status >= 400 or (self._has_failed() if done else self._complains()):
            return CheckoutKind.ERROR
        return CheckoutKind.RETURN_LINK if back else CheckoutKind.NOTHING

    def _is_waiting(self) -> bool:
        """Tell whether a page only asks for patience, e.g. not to pay again meanwhile: it has nothing to act on."""
        facts = self._facts
        kinds = facts.roles() & {"pay", "continue", "no-save"}
        told = f"{facts.loud()} . {facts.text}"
        waits = _WAITING.search(told) is not None and facts.status < 400 and not facts.is_done()
        return waits and not facts.fields and not kinds and not self._has_failed() and not _says_declined(told)

    def _complains(self) -> bool:
        """Tell whether a page that does not say that all is done says that anything is wrong."""
        facts = self._facts
        told = f"{facts.loud()} . {facts.text}"
        wrong = any(_ERROR.search(title) for title in facts.titles()) or _WRONG.search(told) is not None
        return bool(facts.complaints) or wrong or self._has_failed()

    def _has_failed(self) -> bool:
        """Tell whether a page says that something has failed: what it says in passing has to be plain."""
        facts = self._facts
        loud = _plain(_FAILED, facts.loud()) or _plain(_FAULT, facts.text)
        return loud or _UNCLEAR.search(f"{facts.loud()} . {facts.text}") is not None

    def _frame_of_bank(self) -> bool:
        names = (f"{frame.get('id')} {frame.get('name')} {frame.get('host')}" for frame in self._facts.frames)
        return any(_BANK_FRAME.search(name) for name in names)


def _is_known_portal(facts: _Facts) -> bool:
    return any(field.get("role") == "number" and str(field.get("id")).startswith("scp_") for field in facts.fields)


def _leaves_open(facts: _Facts, kind: CheckoutKind) -> bool:
    """Tell whether a page says that money has moved, or that it may have. Where it asks, small print says nothing."""
    if kind in _ASKING:
        return _doubts(facts.loud()) or facts.is_made()
    return _doubts(f"{facts.loud()} . {facts.text}") or facts.is_done()


def _unfilled(facts: _Facts) -> list[str]:
    labels = []
    for field in facts.fields:
        chosen = str(field.get("type", "")).startswith("select") and field.get("role") not in {"month", "year"}
        ours = field.get("role") in _FILLED_IN and not chosen
        if field.get("required") and not field.get("filled") and not ours:
            names = (str(field.get(name) or "") for name in ("label", "name", "id"))
            known = (shortened(_folded(name), LABEL_LENGTH) for name in names if _folded(name))
            labels.append(next(known, "a field without a name"))
    return labels


# Words


def _any(*phrases: str) -> re.Pattern[str]:
    return re.compile("|".join(phrases), re.IGNORECASE)


_BANK = _any(
    r"\b3[\s-]*d[\s-]*secure\b",
    r"\b(secure|strong customer|customer|card ?holder) authentication\b",
    r"\bsecure authori[sz]ation\b",
    r"\bverified by visa\b|\bsecurecode\b|\bidentity check\b",
    r"\bverify your (identity|payment)\b",
)
_BANK_FRAME = _any(
    r"3-?d-?s|three-?d",
    r"\bacs\b",
    "challenge",
    "verifiedbyvisa|vbv|securecode|identitycheck|securesuite|safekey",
    r"\bcardinal|cardinalcommerce|centinel|\barcot",
)
_FAILED = _any(
    r"\berrors?\b|\bproblems?\b|went wrong|\bunable\b|\bcould not\b|\bfail(ed|ure)?\b|\bunsuccessful|\bsorry\b",
    r"\bnot (been )?(successful|completed?|accepted|processed|authori[sz]ed)\b",
    r"\brejected\b|\bdenied\b|\bdeclin|\brefused\b",
)
_ERROR = _any(
    _FAILED.pattern,
    r"\bcan ?not\b|\bnot (been )?found\b|\bexpired\b|\btimed? ?out\b|\bunavailable\b|\bcancell?ed\b",
)
# The same in passing, where many of these words mean nothing.
_FAULT = _any(
    r"went wrong|\berror (has |have )?(occurred|happened)|^\W*sorry\W*$",
    r"\b(unexpected|internal|system|technical|server) (error|problem|fault)",
    r"\b(we are|we're|we were|was|is|been) (currently )?unable to\b",
    r"\bcould not be (\w+ )?(processed|completed|taken|found)\b|\bfailed to (process|take|complete|authori[sz]e)",
    r"\b(payment|transaction|authori[sz]ation|processing|request|booking)( has| have| was| is)?( been)? "
    r"(failed|unsuccessful|rejected|denied|cancell?ed|expired|timed out)\b",
    r"\b(payment|transaction|request)( has| was| is)? not( been)? (successful|completed?|processed)\b",
    r"\bsession( has| is)?( been)? (expired|timed out|ended)\b",
)
_YET = _any(r"\byet\b")
# It is still going on. A text that says nothing else says nothing.
_DOING = (
    r"(processing|authori[sz]ing|verifying|validating|checking|confirming|connecting|contacting|submitting|sending|"
    r"redirecting|loading|transferring|taking you)\b"
)
_DONE_TO = r"(processed|authori[sz]ed|verified|validated|checked|confirmed|submitted|sent|redirected|transferred)\b"
_WAITING = _any(
    rf"^\W*((we are|we're|now|currently|please wait),? )*{_DOING}|\b(is|are|we're) (now |currently |still )?{_DOING}",
    rf"\b(is|are) (now |currently |still )?being (\w+ )?{_DONE_TO}|\bpayment processing\W*$",
    r"\bplease (wait|be patient)\b|^\W*wait\b|\b(one|a) moment\b",
    r"\b(may|can|could|will|should) take (a|an|some|several|up to|about|around|longer|\d+)\b",
    r"\b(do not|don't|without) (\w+ ){0,4}?(clos(e|ing)|refresh\w*|reload\w*|leav(e|ing)|navigat\w+)\b",
    r"\b(do not|don't) (go back|click|press)\b",
    r"\byou will (now |shortly |then )?be (redirected|returned|transferred)\b",
)
# What a card's bank, or the portal, is known to say when it does not take a card.
_DECLINE = _any(
    r"\b(card|card details|payment|transaction|authori[sz]ation|bank|issuer)( has| have| was| were| is)?( been)? "
    r"(declined|refused)\b",
    r"\b(declined|refused) (the |your |this )?(card|payment|transaction|authori[sz]ation)\b",
    r"\b(declined|refused) by (the |your )?(issuing )?(bank|card issuer|issuer|card provider)\b",
    r"\b(card|payment|transaction)( has| was| is)? not( been)? authori[sz]ed\b",
    r"^\W*(declined|refused|not authori[sz]ed)\W*$",
    r"\bcard type( is)? not (accepted|supported)\b",
    r"\bcard number( is)? (not correct|incorrect|invalid|not valid)\b",
    r"\bcard( has| is)? expired\b",
    r"\binsufficient funds\b",
)
# A sentence with one of these does not say that it has happened: the first ones wherever they stand, the others before.
_IF = _any(r"\b(if|when|whenever|whether|unless|in case|never|previous(ly)?)\b")
_NOT = _any(r"\b(may|might|could|can|should|would|will)\b", r"\b(no|neither|nor|not a|not the|not your)\b", r"n't\b")
# Something went wrong in a way that leaves open whether money has moved.
_UNCLEAR = _any(
    r"\bproblem was encountered\b|\bencountered a problem\b",
    r"\b(may|might|could|can) (already )?have (already )?(been )?(taken|charged|debited|made|processed|paid|gone)\b",
    r"\b(status|outcome|result) (of [\w ]{0,40})?(is |was )?(not known|unknown|unclear)\b",
    r"\b(unable to|can ?not|could not) (confirm|determine)\b",
)
_WRONG = _any(
    _UNCLEAR.pattern,
    r"\b(do not|don't|avoid|without|not to) (attempt|try|make|making|repeat|repeating|retry|re-?submit|pay)",
)
# Money has moved, or may yet, or a person is wanted.
_DOUBTS = _any(
    _WRONG.pattern,
    r"\b(has|have|was|were|is|been) (already )?(been )?(taken|charged|debited|processed|reserved)\b",
    r"\balready (been )?(paid|made|taken|charged)\b|\bduplicate\b|\byet\b|\bpending\b|\bprocessing\b|\bin progress\b",
    r"\bawaiting\b|\bsuccess|\bcontact|\b(call|phone|telephone|speak to|ring) (us|your|the)\b",
    r"\bcheck (with )?your (bank|statement|account)\b|\bnot (been )?(declined|refused)\b|\bstatement\b",
    r"\b(received|accepted|submitted|sent|authori[sz]ed|approved|credited|paid)\b|\btime[ds]?[\s-]?out\b",
    r"(\bnot|n't) (yet )?(been )?received\b|\b(no|without( an?| any)?) (response|reply|answer)\b",
    r"\bcould(n't| not) be (completed|confirmed)\b|\b(may|might|could|will) (still |also )?(appear|show)\b",
    # One of two things, of which the other one is no decline.
    r"\b(declined|refused|authori[sz]ed|expired|invalid)( by [\w ]{1,30}?)?,?( or |\s*/\s*)"
    r"(?!by\b|(\w+ ){0,2}(invalid|incorrect|declined|refused|expired|not (authori|accepted|supported|valid|correct)))",
    r"( or (\w+ ){0,3}|/\s*)(declined|refused|expired|not authori[sz]ed)\b|\beither\b",
)
# Takes back what one of the doubts would say: "not authorised", "type not accepted".
_NOT_DONE = _any(
    r"(\bnot|n't|\bnever|\bcan ?not be)( yet)?( been| be)? "
    r"(accepted|submitted|sent|authori[sz]ed|approved|credited|paid)\b|\baccepted (card|payment)( type)?s\b",
)
# Says in so many words that no money has moved.
_NOTHING_MOVED = _any(
    r"\b(no|not any) (money|payment|funds|charge|amount)s?( has| have| was| were)?( been)? "
    r"(taken|made|charged|debited|processed)\b",
    r"\bnothing (has been|was) (taken|charged|paid|debited)\b",
    r"\b(has|have|was|were) not (been )?(charged|taken|debited|processed)\b",
    r"\bun ?successful\w*|\bnot (been )?(a )?success\w*",
)
_SUCCESS = _any(
    r"payment(was|is|has|hasbeen|hasnowbeen)?(success|complete|received|confirmed|accepted|processed|taken)",
    r"(booking|order|checkout|transaction)(was|is|has|hasbeen|hasnowbeen)?(success|complete|confirmed)",
    r"(completed|successful|confirmed)(payment|booking|order|checkout)",
    r"thankyouforyour(booking|payment|order|purchase)",
)
# A last page of the portal may also say it in these words; the site itself is not believed in them.
_MADE = _any(
    _SUCCESS.pattern,
    r"(payment|transaction|card)(was|is|has|hasbeen|hasnowbeen)?(authori[sz]ed|approved)",
    r"payment(was|hasbeen|hasnowbeen)made|successfullypaid|thankyouforpaying",
)
_TELLING = _any(_DECLINE.pattern, _WRONG.pattern, _FAULT.pattern)
_NO_SUCCESS = _any(
    r"un ?success|\bno\b|\bnot\b|n't\b|\bnever\b|fail|declin|refus|error|problem|pending|await|cancel|\breject",
    r"\b(expired|if|when|once|until|before|will|may|must|almost|nearly|request|incomplete|cannot|unable|invalid)\b|\?",
    r"\bto (be|complete|confirm)\b",
)
_DENIES = _any(r"un ?success|\bnot success|\bfail|declin|refus|\berror")


def _folded(text: str) -> str:
    return " ".join(text.replace("\u2019", "'").split())


def _sentences(text: str) -> list[str]:
    return [each for part in re.split(r"[.!;:|]+|(?<=\?)", text) if (each := part.strip())]


def _says_declined(text: str) -> bool:
    """Tell whether a text says in known words that the card was declined, and not only that it may be."""
    said = [(sentence, match) for sentence in _sentences(text) if (match := _DECLINE.search(sentence))]
    hedged = any(_hedged(sentence) or _NOT.search(sentence[: match.end()]) for sentence, match in said)
    return bool(said) and not hedged


def _hedged(sentence: str) -> bool:
    return "?" in sentence or _IF.search(sentence) is not None


def _declines(text: str) -> bool:
    """Tell whether a text says that the card was declined, and nothing that sheds doubt on it."""
    return _says_declined(text) and not _doubts(text)


def _doubts(text: str) -> bool:
    """Tell whether a text leaves open what has happened: of itself, or by what it adds to a decline."""
    plain = _NOTHING_MOVED.sub(" ", text)
    declined = any(_DECLINE.search(sentence) for sentence in _sentences(text))
    beside = _NOT_DONE.sub(r"\1", plain)
    return _WRONG.search(plain) is not None or (declined and _DOUBTS.search(beside) is not None)


def _plain(words: re.Pattern[str], text: str) -> bool:
    """Tell whether a text has some words in a sentence that says that it is so, and not that it may be."""
    return any(words.search(each) and not _hedged(each) and not _YET.search(each) for each in _sentences(text))


def _waits(text: str) -> bool:
    """Tell whether a text says nothing but that it is still going on, and that it must not be disturbed."""
    sentences = _sentences(text)
    wrong = _ERROR.search(text) or _WRONG.search(text)
    return bool(sentences) and not wrong and all(_WAITING.search(each) for each in sentences)


def _succeeds(text: str) -> bool:
    """Tell whether a text says that a payment or a booking has succeeded."""
    return _SUCCESS.search(re.sub(r"[\W_]", "", text)) is not None and not _NO_SUCCESS.search(text)


def _is_made(text: str) -> bool:
    """Tell whether a text says that a payment was made, in one of the ways in which a portal does."""
    return _MADE.search(re.sub(r"[\W_]", "", text)) is not None and not _NO_SUCCESS.search(text)


def _is_success(titles: Collection[str]) -> bool:
    return any(_succeeds(title) for title in titles) and not any(_DENIES.search(title) for title in titles)


def _message(facts: _Facts, kind: CheckoutKind) -> str:
    said = facts.complaints
    if not said and kind in {CheckoutKind.DECLINED, CheckoutKind.ERROR}:
        telling = [each for each in facts.titles() if _ERROR.search(each) or _WRONG.search(each)]
        said = telling or [each for each in _sentences(facts.text) if _TELLING.search(each)][:2]
        said = said or facts.titles()[:1] or ([f"HTTP status {facts.status}"] if facts.status >= 400 else [])
    return shortened("; ".join(dict.fromkeys(said)), MESSAGE_LENGTH)


def shortened(text: str, most: int) -> str:
    """Return a text of at most so many characters, cut where a word ends and never within figures.

    What is secret in it is taken out later, and would not be found if half of it were missing.
    """
    if len(text) <= most:
        return text
    whole = re.sub(r"\S*$", "", text[: most - 2])
    return re.sub(r"[\W\d_]+$", "", whole) + "..."


# Money

# An amount that goes on in another way ("£13.905", "£1,39", "£27 .80"), or is taken off, is none that can be read.
_MONEY = re.compile(r"£\s?(\d{1,3}(?:,\d{3})+|\d{1,6})(\.\d{2})?(?!\s?[.,]?\s?\d|\s?-(?:\s|$)|\s?CR\b)")
_TAKEN_OFF = re.compile(r"[-\u2212\u2013]\s*£")
# Words of a total, the strongest first: a page that has several means the strongest of them.
_TOTALS = (
    _any(
        r"\b(total|amount)( now| amount| cost| price)?( to (pay|be paid|be charged)| payable| due| charged)",
        r"\bto (pay|be charged)( now)?\W*$|\bwill be charged\b|\bgrand total\b",
        r"\boutstanding (amount|balance)\b|\bbalance (to pay|due)\b",
    ),
    _any(r"\btotal\b"),
    _any(r"\bamount\b|\bbalance\b"),
)
_NO_TOTAL = _any(
    r"\bsub-?\s?total\b|\bvat\b|\bnet\b|\bdiscount|\btax\b|\bexcl|\bsaving",
    r"\bcredit\b(?!\W*(or |and |/ ?)?(debit )?cards?\b)",
)
_WITH_TAX = _any(r"\W*\binc(\.|l\.?|luding|lusive of)? (vat|tax)\b\W*$")
_FEE = _any(
    r"\bsurcharge|^\W*fees?\b",
    r"\b(card|booking|handling|transaction|processing|payment|convenience|service|admin\w*) (fees?|charges?)\b",
)


def amount_of(text: str) -> int | None:
    """Return the one amount of pounds that a text states, in pence; None when there is none, or it is not clear."""
    text = re.sub(r"\bGBP\s?(?=\d)", "£", _folded(text))
    found = {int(Decimal(f"{match[1].replace(',', '')}{match[2] or ''}") * 100) for match in _MONEY.finditer(text)}
    readable = len(_MONEY.findall(text)) == text.count("£")
    return found.pop() if len(found) == 1 and readable and not _TAKEN_OFF.search(text) else None


@dataclass(frozen=True, slots=True)
class _Total:
    """An amount that a page calls a total. The strongest sign is nought."""

    strength: int
    label: str
    pence: int | None


_BY_ID, _BY_BUTTON = 0, len(_TOTALS) + 1


def _amounts(facts: _Facts) -> tuple[int | None, int | None]:
    """Return what a page says is charged in all, and the fees that it states."""
    totals: list[_Total] = []
    fees: list[int | None] = []
    for each in facts.amounts:
        ident, label, text = (str(each.get(name) or "") for name in ("id", "label", "text"))
        if ident in {"card", "total"}:
            plain = re.fullmatch(r"\s*\d{1,6}\.\d{2}\s*", text)
            totals.append(_Total(_BY_ID, ident, amount_of(f"£{text.strip()}" if plain else text)))
        elif ident == "pay":
            totals.append(_Total(_BY_BUTTON, ident, amount_of(text)))
        else:
            words = label if _meant(label) is not None else f"{label} {_MONEY.sub(' ', text)}"
            strength = _meant(words)
            if strength == _IS_FEE:
                fees.append(amount_of(text))
            elif strength is not None:
                totals.append(_Total(strength, _folded(label), amount_of(text)))
    fee = None if not fees or None in fees else sum(pence for pence in set(fees) if pence is not None)
    # Where it is not clear what comes on top, it is not clear what is charged in all.
    return (None if None in fees else _last_total(totals, fee)), fee


_IS_FEE = -1


def _meant(label: str) -> int | None:
    """Return how strongly an amount is meant to be a total by its label, or that it is a fee; None if it is neither."""
    label = _WITH_TAX.sub("", label)
    if _NO_TOTAL.search(label):
        return _IS_FEE if _FEE.search(label) else None
    strength = next((place for place, words in enumerate(_TOTALS, 1) if words.search(label)), None)
    # "Total including card surcharge" is a total; "surcharge amount" is none.
    return _IS_FEE if _FEE.search(label) and strength in {None, len(_TOTALS)} else strength


def _last_total(totals: Sequence[_Total], fee: int | None) -> int | None:
    """Return what is charged in all: whatever else is stated as a total must not say otherwise."""
    if not totals or any(each.pence is None for each in totals):
        return None
    strongest = min(each.strength for each in totals)
    best = [each.pence for each in totals if each.strength == strongest][-1]
    others = [each for each in totals if not _is_a_line(each, totals, best)]
    if all(each.pence == best for each in others):
        return best
    # "Total £27.80, fee £0.50, total £28.30" is one total after the other, as long as the sum is right.
    first, last = others[0].pence, others[-1].pence
    grown = fee is not None and first is not None and last == first + fee and strongest != _BY_ID
    return last if grown and {each.pence for each in others} == {first, last} else None


def _is_a_line(total: _Total, totals: Sequence[_Total], best: int | None) -> bool:
    """Tell whether an amount is one of several of the same name that make up the total: "Amount" of each line."""
    same = [each.pence or 0 for each in totals if (each.strength, each.label) == (total.strength, total.label)]
    return total.strength not in {_BY_ID, _BY_BUTTON} and len(same) > 1 and sum(same) == best


def _parts(address: str) -> SplitResult:
    try:
        return urlsplit(address)
    except ValueError:  # An address that cannot be taken apart leads nowhere that is known.
        return urlsplit("")
