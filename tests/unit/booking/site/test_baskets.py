"""Baskets in the manner of many sites: read, or said to be not understood, and never the one for the other."""

from __future__ import annotations

from datetime import date

import pytest
from selectolax.lexbor import LexborHTMLParser

from booking.site.basket_page import BasketPage, Understanding, read_basket_page
from booking.site.messages import Obstacle
from tests.unit.booking.site.by_hand import COURT, DAY, NAME, TODAY, page

TOTAL = "<p>Total: £27.80</p>"


def read(html: str, **hints: str) -> BasketPage:
    return read_basket_page(html, courts=[COURT], today=TODAY, **hints)


def both(line: str, between: str = "") -> str:
    """Return two lines, at eight and at nine; ``{n}`` stands for the court, ``{h}`` and ``{e}`` for start and end."""
    return between.join(line.format(n=NAME, h=f"{hour:02d}", e=f"{hour + 1:02d}") for hour in (8, 9))


UNDERSTOOD = {
    "table": "<table><tr><th>Activity<th>Date<th>Time<th>Price<th></tr>"
    + both("<tr><td>{n}<td>Tue 29 Dec<td>{h}:00 - {e}:00<td>£13.90<td><a href='#'>Remove</a></tr>")
    + "<tr><td colspan=3>Total<td>£27.80<td><a href='#'>Remove all items</a></tr></table><p>Reserved until 00:45</p>",
    "cards": both("<div class=k><h3>{n}</h3><p>Tue 29/12, {h}:00 (60 mins)</p><p>£13.90</p>"
                  "<button title=Delete></button></div>")
    + "<p>Total to pay: <b>£27.80</b></p>",
    "cells without rows": "<div>"
    + both("<div>{n}</div><div>29/12/2026</div><div>{h}:00</div><div>£13.90</div><div><a href='#'>Remove</a></div>")
    + "<div>Total</div><div>£27.80</div></div>",
    "cells without rows, date and time in one": "<div>"
    + both("<div>{n}</div><div>29/12/2026 {h}:00</div><div>£13.90</div><div><a href='#'>Remove</a></div>")
    + "<div>Total</div><div>£27.80</div></div>",
    "definition list": "<dl>"
    + both("<dt>Court</dt><dd>{n}</dd><dt>When</dt><dd>Tue 29 Dec 2026, {h}:00</dd><dt>Price</dt><dd>£13.90</dd>")
    + "</dl><p>Amount due £27.80</p>",
    "under the day": "<section><h2>Tue 29 Dec</h2><ul>"
    + both("<li><span>{h}:00</span> <span>{n}</span> <span>£13.90</span> <a href='#'>Delete</a></li>")
    + "</ul></section><p>Outstanding amount £27.80</p>",
    "under the court": f"<section><h2>{NAME}</h2><ul>"
    + both("<li><span>Tue 29 Dec {h}:00</span> <span>£13.90</span> <a href='#'>Delete</a></li>")
    + "</ul></section><p>Outstanding amount £27.80</p>",
    "unsigned prices and dots": "<table><tr><th>Facility<th>Date<th>Start<th>End<th>Price (£)</tr>"
    + both("<tr><td>{n}<td>29-Dec-2026<td>{h}.00<td>{e}.00<td>13.90</tr>")
    + "<tr><td colspan=4>Total (£)<td>27.80</tr></table>",
    "tick boxes": "<table>"
    + both("<tr><td><label><input type=checkbox>Remove</label><td>{n}<td>29/12/2026<td>{h}:00<td>£13.90</tr>")
    + "</table><input type=submit value='Update basket'><p>Total: £27.80</p>",
    "line breaks": both("<p>{n}<br>Tue 29 Dec 2026<br>{h}:00<br>£13.90 <a href='#'>Remove</a></p>") + TOTAL,
    "rules between": "<div>"
    + both("<h4>{n}</h4><span>Tue 29 Dec 2026</span><span>{h}:00</span><em>£13.90</em> <a href='#'>Remove</a>", "<hr>")
    + f"</div>{TOTAL}",
    "sentences": "<ul>" + both("<li>{n} on Tuesday 29 December 2026 at {h}:00 - £13.90 <a href='#'>[remove]</a></li>")
    + f"</ul>{TOTAL}",
    "court in brackets": "<ul>"
    + both("<li>Tennis, 29 Dec 2026 {h}:00-{e}:00 (Lincoln\u2019s Inn Fields Court 1) £13.90 "
           "<a href='#'>Delete</a></li>")
    + f"</ul>{TOTAL}",
    "quantities": "<table><tr><th>Item<th>Qty<th>Unit price<th>Total</tr>"
    + both("<tr><td>{n}<br>Tue 29/12/2026 {h}:00<td>1<td>£13.90<td>£13.90</tr>")
    + "<tr><td colspan=3>Total<td>£27.80</tr></table>",
    "references and ends": both(
        "<div><b>Ref: LB-100{h}</b><div>{n}</div><div>Starts: 29/12/2026 {h}:00</div><div>Ends: 29/12/2026 {e}:00</div>"
        "<div>£13.90</div><a href='#'>Remove</a></div>"
    )
    + TOTAL,
    "deadlines in lines": both(
        "<div><h3>{n}</h3><p>Tue 29 Dec {h}:00</p><p>Free cancellation until 28/12/2026 {h}:00</p>"
        "<p>Held until 00:45</p>"
        "<b>£13.90</b><a href='#'>Remove</a></div>"
    )
    + TOTAL,
    "one day beside several rows": f"<table><tr><td rowspan=2>Tue 29 Dec 2026<td>08:00<td>{NAME}<td>£13.90</tr>"
    f"<tr><td>09:00<td>{NAME}<td>£13.90</tr></table>{TOTAL}",
    "table in a table": "<table><tr><td><table>" + both("<tr><td>{n}<td>29/12/2026<td>{h}:00<td>£13.90</tr>")
    + "</table></tr><tr><td>Total £27.80</tr></table>",
    "wall calendar": both(
        "<div><div><div>Tue</div><div>29</div><div>Dec</div></div><div><div>{n}</div><div>{h}:00</div></div>"
        "<div>£13.90</div><a href='#'>\u00d7</a></div>"
    )
    + TOTAL,
    "date in an attribute": "<table>"
    + both("<tr data-start='29/12/2026 {h}:00:00'><td>{n}<td>{h}:00<td>£13.90</tr>") + f"</table>{TOTAL}",
    "date in a time element": both(
        "<div><p>{n}</p><time datetime='2026-12-29T{h}:00:00'>Tuesday, {h}:00</time><p>£13.90</p></div>"
    )
    + TOTAL,
    "total on the button": "<ul>" + both("<li>{n}, 29/12/2026 {h}:00, £13.90</li>")
    + "</ul><button>Pay £27.80</button>",
    "total beside": "<ul>" + both("<li>{n}, 29/12/2026 {h}:00, £13.90</li>")
    + "</ul><aside><h2>Order summary</h2><p>2 items</p><p>Total £27.80</p></aside>",
    "value added tax": "<ul>" + both("<li>{n}, 29/12/2026 {h}:00, £13.90</li>")
    + "</ul><p>Subtotal (ex VAT) £23.17</p><p>VAT @ 20% £4.63</p><p>Total (inc VAT) £27.80</p>",
    "offers beside": "<ul>" + both("<li>{n}, 29/12/2026 {h}:00, £13.90</li>") + f"</ul>{TOTAL}"
    "<div><h3>Recently viewed</h3><p>Waterlow Park Court 3, Sat 5/12 10:00 £9.90</p></div>"
    "<p>Site maintenance on 30/12/2026 from 02:00 to 04:00.</p><p>Camp on 30/12/2026 10:00 only £25.00</p>",
    "for wide and narrow screens": "<table>" + both("<tr><td>{n}<td>29/12/2026<td>{h}:00<td>£13.90</tr>")
    + "</table><div>" + both("<div>{n}<p>29/12/2026 {h}:00</p><p>£13.90</p></div>") + f"</div>{TOTAL}",
    "short names": "<ul>"
    + both("<li>Tennis Court 1 29/12/2026 {h}:00 £13.90 <a href='#'>Remove</a></li>") + f"</ul>{TOTAL}",
    "counted": "<p>You have 2 items in your basket.</p><ul>"
    + both("<li>{n}, 29/12/2026 {h}:00, £13.90</li>") + f"</ul>{TOTAL}",
}  # fmt: skip


@pytest.mark.parametrize("name", UNDERSTOOD)
def test_a_basket_is_understood(name: str) -> None:
    found = read(page(UNDERSTOOD[name]))
    assert found.verdict is Understanding.UNDERSTOOD, found.why
    assert [(line.court, line.date, line.hour, line.minute, line.pence) for line in found.lines] == [
        (COURT, DAY, 8, 0, 1390),
        (COURT, DAY, 9, 0, 1390),
    ]
    assert (found.total, found.most, found.extra) == (2780, 2780, 0)
    assert found.why == ("2 lines, £27.80",)


@pytest.mark.parametrize("name", UNDERSTOOD)
def test_the_way_to_remove_a_line_leads_there_and_nowhere_else(name: str) -> None:
    html = page(UNDERSTOOD[name])
    tree = LexborHTMLParser(html)
    removes = [line.remove for line in read(html).lines if line.remove]
    for each in removes:
        assert len(tree.css(each.path)) == 1
    assert len({each.path for each in removes}) == len(removes)
    has_way = any(word in UNDERSTOOD[name] for word in (">Remove<", "Delete", "[remove]", ">\u00d7<"))
    assert len(removes) == (2 if has_way else 0)


@pytest.mark.parametrize(
    ("rest", "total", "extra", "most", "credit"),
    [
        ("<p>Subtotal £13.90</p><p>Booking fee £0.50</p><p>Total £14.40</p>", 1440, 50, 1440, None),
        ("<p>Card surcharge £0.50</p><p>Total £13.90</p>", 1390, 50, 1440, None),
        ("<p>Total £13.90</p><p>VAT £2.78</p><p>Amount to pay £16.68</p>", 1668, 278, 1668, None),
    ],
)
def test_what_is_stated_as_an_extra_is_told(rest: str, total: int, extra: int, most: int, credit: int | None) -> None:
    found = read(page(f"<div><p>{NAME}</p><p>Tue 29/12/2026 18:00</p><p>£13.90</p></div>{rest}"))
    assert found.verdict is Understanding.UNDERSTOOD_WITH_EXTRA, found.why
    assert (found.total, found.extra, found.most, found.credit) == (total, extra, most, credit)


@pytest.mark.parametrize(
    ("rest", "total", "credit"),
    [
        ("<p>Total £13.90</p><p>Account credit £20.00</p><p>Amount to pay £0.00</p>", 0, 2000),
        ("<p>Total £13.90</p><p>Your credit: £50.00</p>", 1390, 5000),
        ("<p>Total £13.90</p><p>Credit applied -£5.00</p><p>Balance to pay £8.90</p>", 890, None),
        ("<p>Discount -£2.00</p><p>Total £11.90</p>", 1190, None),
        ("<p>Cancellation fee £5.00 if you cancel late</p><p>Total £13.90</p>", 1390, None),
    ],
)
def test_credit_and_discounts_are_part_of_the_sum(rest: str, total: int, credit: int | None) -> None:
    found = read(page(f"<div><p>{NAME}</p><p>Tue 29/12/2026 18:00</p><p>£13.90</p></div>{rest}"))
    assert found.verdict is Understanding.UNDERSTOOD, found.why
    assert (found.total, found.credit) == (total, credit)


LINE = f"<li>{NAME}, 29/12/2026 18:00, £13.90 <a href='#'>Remove</a></li>"


@pytest.mark.parametrize(
    ("content", "word"),
    [
        ("<p>Hello</p>", "neither lines"),
        ("<p>Your basket has expired.</p>", "neither lines"),
        (f"<ul>{LINE}</ul>", "no total"),
        (f"<ul>{LINE}</ul><p>Total £27.80</p>", "do not make"),
        (f"<p>2 items</p><ul>{LINE}</ul><p>Total £13.90</p>", "counts 2"),
        (f"<ul>{LINE}<li>Membership £30.00 <a href='#'>Remove</a></li></ul><p>Total £43.90</p>", "else can be removed"),
        (f"<ul>{LINE}<li>Locker <a href='#'>Remove</a></li></ul><p>Total £13.90</p>", "else can be removed"),
        (f"<ul>{LINE}</ul><p>Total £13.90</p><p>Amount due £20.00</p>", "do not make"),
        (f"<ul>{LINE}</ul><p>Total £99.00</p><p>Amount due £13.90</p>", "£99.00"),
        (f"<ul>{LINE.replace('£13.90', '')}</ul><p>Total £13.90</p>", "not every line shows its price"),
        (f"<ul>{LINE.replace('18:00', '')}</ul><p>Total £13.90</p>", "no time"),
        (f"<ul>{LINE.replace('18:00', '6:00')}<li>Opened 9:05 PM</li></ul><p>Total £13.90</p>", "morning or afternoon"),
        (f"<ul>{LINE.replace('29/12', 'Mon 29/12')}</ul><p>Total £13.90</p>", "no such day"),
        (f"<ul>{LINE.replace('Court 1', 'Courts 1 & 2')}</ul><p>Total £13.90</p>", "which court"),
        (f"<ul>{LINE.replace('Fields Tennis', 'Superb')}</ul><p>Total £13.90</p>", "which court"),
        (f"<p>Your basket is empty</p><ul>{LINE}</ul><p>Total £13.90</p>", "also says"),
        ("<p>Your basket is empty</p><div>Something <a href='#'>Remove</a></div>", "and yet"),
        ("<p>Your basket is empty</p><p>2 items</p>", "counts 2"),
        (f"<table><tr><td>{NAME}<td>29/12/2026<td>18:00<td>19:00<td>£5</table><p>Total £5</p>", "several times"),
        (f"<ul>{LINE.replace('29/12/2026', '29/12/2026 - 31/12/2026')}</ul><p>Total £13.90</p>", "several days"),
    ],
)  # fmt: skip
def test_what_does_not_agree_is_not_understood(content: str, word: str) -> None:
    found = read(page(content))
    assert found.verdict is Understanding.NOT_UNDERSTOOD
    assert word in " ".join(found.why)
    assert not found.is_empty


def test_a_line_of_another_court_or_activity_is_a_line_too() -> None:
    found = read(
        page(
            f"<ul>{LINE}<li>{NAME}2, 29/12/2026 18:00, £13.90 <a href='#'>Remove</a></li>"
            "<li>Yoga, Wed 30 Dec 08:00, £30.00 <a href='#'>Remove</a></li></ul><p>Total £57.80</p>"
        )
    )
    assert found.verdict is Understanding.UNDERSTOOD, found.why
    assert [(line.court, line.date, line.hour) for line in found.lines] == [
        (COURT, DAY, 18),
        (None, DAY, 18),
        (None, date(2026, 12, 30), 8),
    ]


@pytest.mark.parametrize(
    "words",
    [
        "Your basket is empty",
        "Your shopping basket is currently empty.",
        "There are no items in your basket.",
        "You have nothing in your basket",
        "You do not have any items in your basket.",
    ],
)
def test_a_basket_is_empty_where_it_says_so(words: str) -> None:
    found = read(
        page(f"<p>{words}</p><p>Total £0.00</p><div><h3>Recently viewed</h3><p>{NAME} 29/12/2026 18:00</p></div>")
    )
    assert found.is_empty
    assert found.verdict is Understanding.UNDERSTOOD
    assert not found.lines


def test_hidden_words_say_nothing() -> None:
    found = read(page("<p style='display: none'>Your basket is empty</p><p hidden>Your basket is empty</p>"))
    assert not found.is_empty


def test_asking_whether_to_empty_it_is_not_empty() -> None:
    assert not read(page("<p>Do you want to empty your basket?</p><p>If your basket is empty, go back.</p>")).is_empty


@pytest.mark.parametrize(
    ("html", "kind"),
    [
        ("<title>Log in</title><h1>Log in</h1><form><input type=email><input type=password></form>", Obstacle.LOGIN),
        ("<title>Just a moment...</title><h1>camden</h1>", Obstacle.CHALLENGE),
        ("<h1>Hello</h1><p>You are now in line</p>", Obstacle.QUEUE),
        ("<h1>Access denied</h1>", Obstacle.DENIED),
        ("<title>Runtime Error</title><h1>Server Error in '/' Application.</h1>", Obstacle.ERROR),
    ],
)
def test_another_page_in_its_place_is_named(html: str, kind: Obstacle) -> None:
    found = read(html)
    assert found.verdict is Understanding.NOT_UNDERSTOOD
    assert found.obstacle is not None
    assert found.obstacle.kind is kind


def test_hints_are_tried_first_and_not_believed_blindly() -> None:
    lines = "".join(
        f"<div class=basket-row><div>{NAME}</div><div>29/12/2026 {hour}:00</div><div>£13.90</div></div>"
        for hour in (17, 18)
    )
    html = page(f"{lines}<span id=t>£27.80</span> <span id=c>£3.00</span>")
    found = read(html, line_hint="div.basket-row", total_hint="#t", credit_hint="#c")
    assert (found.verdict, found.total, found.credit, len(found.lines)) == (Understanding.UNDERSTOOD, 2780, 300, 2)
    assert read(html).verdict is Understanding.NOT_UNDERSTOOD  # nothing says what the sums are
    table = page(UNDERSTOOD["table"])
    assert read(table, line_hint="h1", total_hint=".nothing").verdict is Understanding.UNDERSTOOD
