"""Random pages of a booking site, drawn from facts, to measure a reader that goes by what they say.

A strategy draws facts (`facts.py`) and a style, and renders one in the other; a style changes how a page says
something, never what it says. What comes out knows both::

    @given(basket_pages())
    def test_...(page: DrawnPage[BasketFacts, BasketStyle]) -> None:
        read = ...(page.html)          # compare with page.facts; page.style says how it was written

`basket_pages`
    baskets: our lines, foreign ones, fees, credit, empty ones. ``page.removals`` has for each line of
    ``page.facts.lines`` a text that stands in the mark-up of the control that removes it, and nowhere else.
`contradictory_basket_pages`
    the same with a total that the page's own lines do not explain: a reader has to say that it did not understand.
`bookings_pages`
    a page of My Bookings, also with what is past, cancelled, a course, a membership or several slots in one row.
`other_pages`
    pages that stand in the place of either: a login, an error, a queue, a dashboard. Neither lines nor empty.

All days lie around `TODAY`, a Wednesday: those without a year mean the nearest day that fits. Prices are pounds.
Hypothesis shrinks a failure to few facts in the plainest style. It shows both; ``render_basket(facts, style)`` and
``render_bookings(facts, style)`` make the same page of them again, for a test of its own.

Knobs, for the plan of a reader: `COURTS` are the courts that can be ours; `STRANGE_COURT` never is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from html import escape
from typing import Any, Generic, Literal, TypeVar, get_args, get_type_hints

from hypothesis import strategies as st

from practice.venue.skins.wording import DAYS, TIMES, written_day, written_time
from tests.unit.site_pages.facts import (
    BasketFacts,
    BookingFact,
    BookingsFacts,
    ForeignLine,
    Kind,
    LineFact,
    SlotFact,
)

TODAY = date(2026, 11, 25)
COURTS = tuple(f"Practice Fields Tennis Court {number}" for number in (1, 2, 3))
STRANGE_COURT = "Quarry Green Tennis Court 1"
EXPIRY = "00:45"

F = TypeVar("F", bound=BasketFacts | BookingsFacts | None)
S = TypeVar("S", bound="BasketStyle | BookingsStyle | str")


@dataclass(frozen=True)
class DrawnPage(Generic[F, S]):
    """A page, what it says and how."""

    facts: F
    style: S
    html: str = field(repr=False)
    removals: tuple[str, ...] = ()
    """What stands in the control that removes each line: a part of its link, or its name."""


# The page around the content

Shell = Literal["main", "content-main", "both"]
Decoy = Literal["recently viewed", "advertisement", "breadcrumb", "expiry", "menu count", "search", "steps"]


@dataclass(frozen=True)
class ShellStyle:
    """What stands around the content."""

    shell: Shell = "main"
    """What the content lies in."""
    decoys: frozenset[Decoy] = frozenset()
    heading: Literal["h1", "h1.content-title", "h2"] = "h1"
    doctype: bool = True


def _shell(style: ShellStyle, title: str, content: str, count: int) -> str:
    """Return a whole page with this content."""
    decoys = style.decoys
    basket = f"Basket ({count})" if "menu count" in decoys else "Basket"
    search = '<input type="text" name="ctl00$fdSearch" placeholder="Search">' if "search" in decoys else ""
    crumbs = '<p class="crumbs"><a href="/">Home</a> &gt; <a href="/basket/">Basket</a> &gt; My bookings</p>'
    seen = TODAY + timedelta(days=9)
    tag, _, name = style.heading.partition(".")
    inner = "\n".join(
        part
        for part in (
            crumbs if "breadcrumb" in decoys else "",
            "<ol><li>1. Basket</li><li>2. Payment</li><li>3. Confirmation</li></ol>" if "steps" in decoys else "",
            f'<{tag} class="{name}">{escape(title)}</{tag}>' if name else f"<{tag}>{escape(title)}</{tag}>",
            content,
        )
        if part
    )
    opened, closed = {
        "main": ("<main>", "</main>"),
        "content-main": ('<div class="content-main">', "</div>"),
        "both": ('<main><div class="content-main">', "</div></main>"),
    }[style.shell]
    aside = (
        f"<aside><h3>Recently viewed</h3><div><a href='/courses/detail/192/'>{STRANGE_COURT}</a> {seen:%a} {seen.day} "
        f"{seen:%b} 10:00 £13.90</div></aside>"
        if "recently viewed" in decoys
        else ""
    )
    advert = (
        "<div class='promo'>Swim all winter from £9.99! Offer ends 31/12/2026 at 18:00. <a href='/'>Book</a></div>"
        if "advertisement" in decoys
        else ""
    )
    return (
        f"{'<!DOCTYPE html>' if style.doctype else ''}<html lang='en-GB'><head><title>{escape(title)} - Courts</title>"
        f"<style>td {{ padding: 4px }}</style></head><body><form id='aspnetForm' method='post' action='./'>\n"
        f"<input type='hidden' name='__VIEWSTATE' value='dDwxMjM0NTY3ODk7Oz4='>\n"
        f"<header><nav><a href='/'>Courts</a> <a href='/dashboards/my-bookings/'>My bookings</a> "
        f"<a href='/basket/'>{basket}</a> <a id='ctl00_btnLogout' href=\"{_post_back('ctl00$btnLogout')}\">Logout</a>"
        f"{search}</nav></header>\n{opened}\n{inner}\n{closed}\n{aside}{advert}\n"
        f"<footer>Open daily 08:00 to 20:00. &copy; 2026. Courts from £13.90 an hour.</footer></form></body></html>"
    )


def _post_back(target: str, argument: str = "") -> str:
    return f"javascript:__doPostBack('{target}','{argument}')"


# How a slot and an amount are written

Join = Literal[" ", ", ", " at ", "<br>"]
CourtForm = Literal["name", "activity before", "in brackets", "activity after"]
Structure = Literal["table", "list", "cards", "divs", "definitions"]
MoneyForm = Literal["£{}", "£ {}", "GBP {}"]


@dataclass(frozen=True)
class SlotStyle:
    """How a slot is written."""

    day: str = "slashed"
    """A form of `DAYS`."""
    time: str = "start"
    """A form of `TIMES`."""
    join: Join = " "
    apart: bool = False
    """Whether day and time have cells of their own."""
    court: CourtForm = "name"

    def cells(self, slot: SlotFact) -> list[tuple[str, str]]:
        """Return what tells when a slot is, as labels and HTML."""
        day, time = escape(written_day(slot.day, self.day)), escape(written_time(slot.hour, self.time))
        return [("Date", day), ("Time", time)] if self.apart else [("Date and time", f"{day}{self.join}{time}")]

    def court_of(self, facility: str) -> str:
        """Return a court as HTML."""
        name = escape(facility)
        return {
            "name": name,
            "activity before": f"Tennis court hire - {name}",
            "in brackets": f"Tennis ({name})",
            "activity after": f"{name}: tennis, adult",
        }[self.court]


def written_money(pence: int, form: str = "£{}") -> str:
    """Return an amount in pounds, in one of the forms of `MoneyForm`."""
    amount = form.format(f"{abs(pence) // 100}.{abs(pence) % 100:02d}")
    return f"-{amount}" if pence < 0 else amount


Cell = tuple[str, str]
"""A label and HTML."""


def _block(structure: Structure, rows: list[list[Cell]], *, labelled: bool, wrapped: bool) -> str:
    """Return rows of cells in a structure; a label is shown where there is a place for it, or where it must be."""
    match structure:
        case "table":
            head = "".join(f"<th>{label}</th>" for label, _ in max(rows, key=len)) if labelled else ""
            body = "".join(f"<tr>{''.join(f'<td>{text}</td>' for _, text in row)}</tr>\n" for row in rows)
            return f"<table>{f'<thead><tr>{head}</tr></thead>' if head else ''}<tbody>\n{body}</tbody></table>"
        case "list":
            items = "".join(f"<li>{' &ndash; '.join(_labelled(row, shown=labelled))}</li>\n" for row in rows)
            return f"<ul>\n{items}</ul>"
        case "cards":
            cards = "".join(
                f"<article>{''.join(f'<p>{text}</p>' for text in _labelled(row, shown=labelled))}</article>\n"
                for row in rows
            )
            return f"<section>\n{cards}</section>"
        case "divs":
            lines = ["".join(f"<div class='c'>{text}</div>" for text in _labelled(row, shown=labelled)) for row in rows]
            if wrapped:
                lines = [f"<div class='r'>{line}</div>" for line in lines]
            return "<div>" + "\n".join(lines) + "</div>"
        case "definitions":
            return "\n".join(
                f"<dl>{''.join(f'<dt>{label}</dt><dd>{text}</dd>' for label, text in row)}</dl>" for row in rows
            )


def _labelled(row: list[Cell], *, shown: bool) -> list[str]:
    return [f"<span>{label}:</span> {text}" if shown and label else text for label, text in row]


# The basket

Removal = Literal[
    "link", "delete link", "cancel link", "button", "submit", "icon with label", "icon with title", "image", "tick box"
]
Sums = Literal["paragraphs", "definitions", "table", "bare boxes"]
TOTAL_WORDS = (
    "Total",
    "Total to pay",
    "Outstanding amount",
    "Amount to pay:",
    "Balance due",
    "Grand total",
    "Amount due",
)
CREDIT_WORDS = ("Account credit", "Credit available", "Credit balance:", "Your wallet credit")
EMPTY_WORDS = (
    "Your basket is empty.",
    "There are no items in your basket.",
    "Your shopping basket is currently empty",
    "You have nothing in your basket",
)
PAY_WORDS = ("Make Booking", "Book & Checkout", "Confirm and pay", "Pay {}", "Proceed to checkout")
FEE_WORDS = ("Booking fee", "Administration fee", "Transaction charge")


@dataclass(frozen=True)
class BasketStyle:
    """How a basket is written."""

    around: ShellStyle = ShellStyle()
    slot: SlotStyle = SlotStyle()
    structure: Structure = "table"
    labelled: bool = True
    """Whether cells say what they are, where the structure leaves it open."""
    money: MoneyForm = "£{}"
    price_first: bool = False
    removal: Removal = "link"
    remove_all: bool = False
    sums: Sums = "paragraphs"
    vat: bool = False
    """Whether a subtotal and the VAT stand above the total; a fee, which has none, comes after them."""
    total: str = TOTAL_WORDS[0]
    credit: str = CREDIT_WORDS[0]
    empty: str = EMPTY_WORDS[0]
    pay: str = PAY_WORDS[0]
    fee: str = FEE_WORDS[0]
    count: bool = False
    """Whether it says how many things are in it."""


def removal_target(number: int) -> str:
    """Return what stands in the control that removes a line (0 is the first), and nowhere else."""
    return f"ctl00$PageContent$repItems$ctl{number:02d}$rm"


def _removal(style: BasketStyle, number: int) -> str:
    target = removal_target(number)
    link = f'<a href="{_post_back(target)}"'
    return {
        "link": f"{link}>Remove</a>",
        "delete link": f"{link}>Delete</a>",
        "cancel link": f"{link}>Cancel this item</a>",
        "button": f"<button type='button' onclick=\"__doPostBack('{target}','')\">Remove</button>",
        "submit": f"<input type='submit' name='{target}' value='Delete'>",
        "icon with label": f"{link} role='button' aria-label='Remove this item'><i class='fa fa-trash'></i></a>",
        "icon with title": f"{link} title='Remove'><span aria-hidden='true'>&times;</span></a>",
        "image": f"<input type='image' name='{target}' src='/i/bin.png' alt='Remove'>",
        "tick box": f"<label><input type='checkbox' name='{target}'> Remove</label>",
    }[style.removal]


def render_basket(facts: BasketFacts, style: BasketStyle) -> str:
    """Return a basket page that says these facts."""
    if facts.empty:
        credit = f"<p>{style.credit} {written_money(facts.credit_pence)}</p>" if facts.credit_pence is not None else ""
        return _shell(style.around, "Your basket", f"<p>{escape(style.empty)}</p>{credit}", 0)
    rows: list[list[Cell]] = []
    for line in facts.lines:
        when = style.slot.cells(line.slot)
        rows.append(_basket_row(style, len(rows), style.slot.court_of(line.slot.facility), when, line.price_pence))
    for thing in facts.foreign:
        when = (
            [("Date", escape(thing.note)), ("Time", "")]
            if style.slot.apart
            else [("Date and time", escape(thing.note))]
        )
        rows.append(_basket_row(style, len(rows), escape(thing.text), when, thing.price_pence))
    plural = "s" if len(rows) > 1 else ""
    pay = escape(style.pay.format(written_money(facts.due_pence, style.money)))
    parts = (
        f"<p>You have {len(rows)} item{plural} in your basket.</p>" if style.count else "",
        f"<p>Reserved until {EXPIRY}</p>" if "expiry" in style.around.decoys else "",
        _block(style.structure, rows, labelled=style.labelled, wrapped=True),
        "<p><input type='submit' name='ctl00$PageContent$btnUpdate' value='Update basket'></p>"
        if style.removal == "tick box"
        else "",
        _sums(style, _sum_lines(facts, style)),
        f'<p><a href="{_post_back("ctl00$PageContent$btnClear")}">Remove all items</a></p>' if style.remove_all else "",
        f'<p><a class="button-primary" href="{_post_back("ctl00$PageContent$btnContinue")}">{pay}</a></p>',
    )
    return _shell(style.around, "Your basket", "\n".join(part for part in parts if part), len(rows))


def _basket_row(style: BasketStyle, number: int, what: str, when: list[Cell], pence: int) -> list[Cell]:
    price = ("Price", written_money(pence, style.money))
    row = [("Facility", what), *when]
    row = [price, *row] if style.price_first else [*row, price]
    return [*row, ("", _removal(style, number))]


def _sum_lines(facts: BasketFacts, style: BasketStyle) -> list[tuple[str, int]]:
    lines = [(style.credit, facts.credit_pence)] if facts.credit_pence is not None else []
    if style.vat:
        vat = round(facts.listed_pence / 6)
        lines += [("Subtotal", facts.listed_pence - vat), ("VAT (20%)", vat)]
    if facts.fee_pence:
        lines.append((style.fee, facts.fee_pence))
    if facts.credit_used:
        lines += [("Basket value", facts.total_pence), ("Credit used", -facts.total_pence)]
    return [*lines, (style.total, facts.due_pence)]


def _sums(style: BasketStyle, lines: list[tuple[str, int]]) -> str:
    shown = [(escape(words), written_money(pence, style.money)) for words, pence in lines]
    match style.sums:
        case "paragraphs":
            return "\n".join(f"<p>{words} <strong>{amount}</strong></p>" for words, amount in shown)
        case "definitions":
            return f"<dl>{''.join(f'<dt>{words}</dt><dd>{amount}</dd>' for words, amount in shown)}</dl>"
        case "table":
            return f"<table>{''.join(f'<tr><td>{words}</td><td>{amount}</td></tr>' for words, amount in shown)}</table>"
        case "bare boxes":
            return "\n".join(f"<div><div>{words}</div><div>{amount}</div></div>" for words, amount in shown)


# My Bookings

Around = Literal["each", "all", "none"]
Layout = Literal["cells", "table", "list", "cards", "divs", "definitions"]
StatusPlace = Literal["cell of its own", "with the facility", "with the date"]
NO_BOOKINGS_WORDS = (
    "You are not booked onto any courses or sessions.",
    "You have no upcoming bookings.",
    "There are no bookings to show",
)
NEXT_WORDS = ("Next", "Next »", "Next page", "next >")
MADE_FORMS = ("%d/%m/%Y %H:%M", "%d-%b-%Y %H:%M", "%Y-%m-%d %H:%M")
MULTIPLE_WORDS = ("Multiple Slots", "{day}", "{day} ({count} slots)")
_CANCELLED = ("Cancelled", "CANCELLED", "Cancelled by you")


@dataclass(frozen=True)
class BookingsStyle:
    """How a page of My Bookings is written."""

    around: ShellStyle = ShellStyle()
    slot: SlotStyle = SlotStyle()
    structure: Layout = "cells"
    """``cells``: ``div.booking-column`` in threes, as programs have seen them."""
    wrapper: Around = "each"
    """What stands around the cells of a booking."""
    order: tuple[int, ...] = (0, 1, 2)
    """Of made-on, facility and date. Another than this one is labelled, and for structures that can be."""
    made: str = MADE_FORMS[0]
    status: StatusPlace = "with the facility"
    cancelled: str = _CANCELLED[0]
    multiple: str = MULTIPLE_WORDS[0]
    details: bool = True
    sections: bool = False
    """Whether what is past has a section of its own, with a pager of its own."""
    page_of: bool = False
    """Whether it says "Page 1 of 2"."""
    next: str = NEXT_WORDS[0]
    empty: str = NO_BOOKINGS_WORDS[0]


def details_target(number: int) -> str:
    """Return what stands in the Details control of a row (0 is the first), and nowhere else."""
    return f"ctl00$PageContent$repBookings$ctl{number:02d}$btnDetails"


NEXT_TARGET = "ctl00$PageContent$repBookings$btnNext"
"""What stands in the link to the next page."""


def render_bookings(facts: BookingsFacts, style: BookingsStyle) -> str:
    """Return a page of My Bookings that says these facts."""
    rows = [_booking_row(style, number, booking) for number, booking in enumerate(facts.bookings)]
    past = [row for row, each in zip(rows, facts.bookings, strict=True) if each.kind == "past"]
    coming = [row for row, each in zip(rows, facts.bookings, strict=True) if each.kind != "past"]
    parts = []
    if style.sections:
        parts += ["<h2>Upcoming bookings</h2>", _booking_rows(style, coming), _pager(style, more=facts.more)]
        if past:
            parts += ["<h2>Past bookings</h2>", _booking_rows(style, past)]
            parts += ["<p>Page 1 of 1</p>"] if style.page_of else []
    else:
        parts = [_booking_rows(style, rows), _pager(style, more=facts.more)]
    return _shell(style.around, "My bookings", "\n".join(part for part in parts if part), 0)


def _booking_row(style: BookingsStyle, number: int, booking: BookingFact) -> list[Cell]:
    facility = style.slot.court_of(booking.facility) if booking.slots else escape(booking.facility)
    if booking.kind == "multiple":
        day = written_day(booking.slots[0].day, style.slot.day)
        when = escape(style.multiple.format(day=day, count=len(booking.slots)))
    elif booking.slots:
        when = " ".join(text for _, text in style.slot.cells(booking.slots[0]))
    else:
        when = escape(booking.note)
    status = escape(style.cancelled) if booking.kind == "cancelled" else ""
    if status and style.status == "with the facility":
        facility += f" <em>{status}</em>"
    if status and style.status == "with the date":
        when += f" <b>{status}</b>"
    cells = [("Booking Date", booking.made_at.strftime(style.made)), ("Course/Facility", facility), ("Date(s)", when)]
    row = [cells[place] for place in style.order]
    if style.status == "cell of its own" and (status or style.structure == "table"):
        row.append(("Status", status))
    if style.details:
        row.append(("", f'<a href="{_post_back(details_target(number))}">Details</a>'))
    return row


def _booking_rows(style: BookingsStyle, rows: list[list[Cell]]) -> str:
    if not rows:
        return f"<p>{escape(style.empty)}</p>"
    if style.structure != "cells":
        labelled = style.order != (0, 1, 2)
        return _block(style.structure, rows, labelled=labelled, wrapped=style.wrapper != "none")
    lines = []
    for row in rows:
        cells = "".join(
            f"<div class='booking-column'>{text}</div>" if label else f"<div>{text}</div>" for label, text in row
        )
        lines.append(f"<div class='wrapper row-group'>{cells}</div>" if style.wrapper == "each" else cells)
    block = "\n".join(lines)
    return f"<div class='wrapper row-group'>{block}</div>" if style.wrapper == "all" else block


def _pager(style: BookingsStyle, *, more: bool) -> str:
    said = f"<span>Page 1 of {2 if more else 1}</span>" if style.page_of else ""
    link = f'<a class="button-primary" href="{_post_back(NEXT_TARGET)}">{escape(style.next)}</a>' if more else ""
    return f"<div>{said} {link}</div>" if said or link else ""


# What stands in the place of either

OTHER_PAGES = {
    "login": "<h1>Log in</h1><p>Email Address <input type='email' name='e'></p><p>Password <input type='password' "
    "name='p'></p><p><a class='button-primary' href='#'>Log in</a></p>",
    "error": "<h1>Sorry, something went wrong</h1><p>Please try again later. Your basket has not been changed.</p>",
    "queue": "<h1>You are now in line</h1><p>Your estimated wait is 4 minutes. Keep this page open at 00:02.</p>",
    "challenge": "<h1>Verifying you are human</h1><p>This may take a few seconds.</p>",
    "maintenance": "<h1>We will be back soon</h1><p>The site is being updated until 25/11/2026 06:00.</p>",
    "dashboard": "<h1>Dashboard</h1><p>Welcome back.</p><ul><li><a href='/basket/'>Basket</a></li><li><a "
    "href='/dashboards/my-bookings/'>My bookings</a></li></ul>",
    "loading": "<h1>Basket</h1><div class='spinner' aria-busy='true'></div>",
}
"""Contents by name. Which they are is the style of the page that `other_pages` draws."""


def render_other(name: str, around: ShellStyle) -> str:
    """Return a page that is neither a basket nor My Bookings."""
    return _shell(around, "Practice Courts", OTHER_PAGES[name], 0)


# Strategies


def _choice(kind: Any) -> st.SearchStrategy[Any]:  # noqa: ANN401 - a Literal
    return st.sampled_from(get_args(kind))


_SHELL = st.builds(
    ShellStyle,
    shell=_choice(Shell),
    decoys=st.frozensets(_choice(Decoy)),
    heading=_choice(get_type_hints(ShellStyle)["heading"]),
    doctype=st.booleans(),
)
_SLOT_STYLE = st.builds(
    SlotStyle,
    day=st.sampled_from(list(DAYS)),
    time=st.sampled_from(list(TIMES)),
    join=_choice(Join),
    apart=st.booleans(),
    court=_choice(CourtForm),
)
_BASKET_STYLE = st.builds(
    BasketStyle,
    around=_SHELL,
    slot=_SLOT_STYLE,
    structure=_choice(Structure),
    labelled=st.booleans(),
    money=_choice(MoneyForm),
    price_first=st.booleans(),
    removal=_choice(Removal),
    remove_all=st.booleans(),
    sums=_choice(Sums),
    vat=st.booleans(),
    total=st.sampled_from(TOTAL_WORDS),
    credit=st.sampled_from(CREDIT_WORDS),
    empty=st.sampled_from(EMPTY_WORDS),
    pay=st.sampled_from(PAY_WORDS),
    fee=st.sampled_from(FEE_WORDS),
    count=st.booleans(),
)
_COMING_DAY = st.integers(0, 41).map(lambda ahead: TODAY + timedelta(days=ahead))
_HOUR = st.integers(8, 20)
_PRICE = st.sampled_from([1390, 1390, 1250, 0, 900, 10450])
_COURSE = ForeignLine("Swimming course (12 sessions)", "Starts 05/01/2027", 8400)
_FOREIGN = st.sampled_from(
    [_COURSE, ForeignLine("Tennis membership, adult", "Until 31/03/2027", 4500), ForeignLine("Gift voucher", "", 2000)]
)


def slots(courts: tuple[str, ...] = COURTS) -> st.SearchStrategy[SlotFact]:
    """Draw slots of these courts, from `TODAY` to six weeks on."""
    return st.builds(SlotFact, st.sampled_from(courts), _COMING_DAY, _HOUR)


@st.composite
def basket_facts(draw: st.DrawFn) -> BasketFacts:
    """Draw what a basket says: no more than five lines, no slot twice."""
    taken = draw(st.lists(slots((*COURTS, STRANGE_COURT)), max_size=4, unique=True))
    price = draw(_PRICE)
    same = draw(st.booleans())
    lines = tuple(LineFact(slot, price if same else draw(_PRICE)) for slot in taken)
    foreign = tuple(draw(st.lists(_FOREIGN, max_size=1)))
    fee = draw(st.sampled_from([0, 0, 50, 120])) if lines or foreign else 0
    facts = BasketFacts(lines, foreign, fee, draw(st.none() | st.sampled_from([0, 500, 2780])))
    used = draw(st.booleans()) and facts.total_pence > 0
    return BasketFacts(lines, foreign, fee, facts.total_pence + 500, credit_used=True) if used else facts


def _drawn_basket(facts: BasketFacts, style: BasketStyle) -> DrawnPage[BasketFacts, BasketStyle]:
    removals = tuple(removal_target(number) for number in range(len(facts.lines)))
    return DrawnPage(facts, style, render_basket(facts, style), removals)


def basket_pages() -> st.SearchStrategy[DrawnPage[BasketFacts, BasketStyle]]:
    """Draw basket pages."""
    return st.builds(_drawn_basket, basket_facts(), _BASKET_STYLE)


def contradictory_basket_pages() -> st.SearchStrategy[DrawnPage[BasketFacts, BasketStyle]]:
    """Draw basket pages whose total is higher or lower than what they list, by an amount that nothing explains."""

    @st.composite
    def wrong(draw: st.DrawFn) -> BasketFacts:
        facts = draw(basket_facts().filter(lambda each: each.lines and not each.credit_used))
        error = draw(st.sampled_from([1, 100, 390, 1390, -1]).filter(lambda pence: facts.total_pence + pence > 0))
        return BasketFacts(facts.lines, facts.foreign, facts.fee_pence, facts.credit_pence, error_pence=error)

    return st.builds(_drawn_basket, wrong(), _BASKET_STYLE)


@st.composite
def booking_facts(draw: st.DrawFn, kinds: tuple[Kind, ...] = get_args(Kind)) -> BookingFact:
    """Draw one row of My Bookings, of one of these kinds."""
    kind = draw(st.sampled_from(kinds))
    made = datetime.combine(TODAY - timedelta(days=draw(st.integers(1, 34))), datetime.min.time())
    made += timedelta(minutes=draw(st.sampled_from([0, 2, 46, 12 * 60 + 30, 23 * 60 + 59])))
    match kind:
        case "course":
            return BookingFact(
                kind, made, _COURSE.text, note=draw(st.sampled_from([_COURSE.note, "05/01/2027 - 23/03/2027"]))
            )
        case "membership":
            return BookingFact(kind, made, "Tennis membership, adult", note="Until 31/03/2027")
    slot = draw(slots((*COURTS, STRANGE_COURT)))
    if kind == "past":
        slot = SlotFact(slot.facility, TODAY - timedelta(days=draw(st.integers(1, 90))), slot.hour)
        made = datetime.combine(slot.day - timedelta(days=34), made.time())
    if kind == "multiple":
        hours = draw(st.lists(_HOUR, min_size=2, max_size=3, unique=True))
        several = tuple(SlotFact(slot.facility, slot.day, hour) for hour in sorted(hours))
        return BookingFact(kind, made, slot.facility, several)
    return BookingFact(kind, made, slot.facility, (slot,))


@st.composite
def bookings_styles(draw: st.DrawFn) -> BookingsStyle:
    """Draw how a page of My Bookings is written, such that a person could still tell what is what."""
    structure = draw(_choice(Layout))
    wrapper = draw(_choice(Around))
    # Cells in a row without anything around it, and more than three of them, nobody can take apart.
    bare = structure == "cells" and wrapper != "each"
    places = [each for each in get_args(StatusPlace) if not (bare and each == "cell of its own")]
    status = draw(st.sampled_from(places))
    return BookingsStyle(
        around=draw(_SHELL),
        slot=draw(_SLOT_STYLE),
        structure=structure,
        wrapper="each" if structure == "divs" else wrapper,
        order=(0, 1, 2) if structure == "cells" else tuple(draw(st.permutations((0, 1, 2)))),
        made=draw(st.sampled_from(MADE_FORMS)),
        status=status,
        cancelled=draw(st.sampled_from(_CANCELLED)),
        multiple=draw(st.sampled_from(MULTIPLE_WORDS)),
        details=draw(st.booleans()),
        sections=draw(st.booleans()),
        page_of=draw(st.booleans()),
        next=draw(st.sampled_from(NEXT_WORDS)),
        empty=draw(st.sampled_from(NO_BOOKINGS_WORDS)),
    )


def bookings_pages() -> st.SearchStrategy[DrawnPage[BookingsFacts, BookingsStyle]]:
    """Draw pages of My Bookings: no more than six rows, what is past last where it has a section of its own."""

    @st.composite
    def pages(draw: st.DrawFn) -> DrawnPage[BookingsFacts, BookingsStyle]:
        style = draw(bookings_styles())
        rows = draw(st.lists(booking_facts(), max_size=6, unique_by=lambda row: (row.facility, row.slots, row.kind)))
        if style.sections:
            rows.sort(key=lambda row: row.kind == "past")
        paged = any(row.kind != "past" or not style.sections for row in rows)
        facts = BookingsFacts(tuple(rows), more=paged and draw(st.booleans()))
        return DrawnPage(facts, style, render_bookings(facts, style))

    return pages()


def other_pages() -> st.SearchStrategy[DrawnPage[None, str]]:
    """Draw pages that stand in the place of a basket or My Bookings; their style is their name in `OTHER_PAGES`."""
    return st.builds(
        lambda name, around: DrawnPage(None, name, render_other(name, around)),
        st.sampled_from(list(OTHER_PAGES)),
        _SHELL,
    )
