"""My Bookings in the manner of many sites: what is ours, what may be, what is passed over, and what is not known."""

from __future__ import annotations

from datetime import date

import pytest
from selectolax.lexbor import LexborHTMLParser

from booking.site.bookings_page import BookingsPage, BookingsVerdict, read_bookings_page
from tests.unit.booking.site.by_hand import COURT, DAY, NAME, TODAY, page

MADE = "24/11/2026 00:02"


def read(content: str, *, hints: bool = True) -> BookingsPage:
    known = {"row_hint": "div.wrapper.row-group", "cell_hint": "div.booking-column"} if hints else {}
    return read_bookings_page(page(content, "My bookings"), courts=[COURT], days=[DAY], today=TODAY, **known)


def cells(*texts: str) -> str:
    return "".join(f'<div class="booking-column">{text}</div>' for text in texts)


def row(*texts: str) -> str:
    return f'<div class="wrapper row-group">{cells(*texts)}<a href="#" class="button">Details</a></div>'


def slots(found: BookingsPage) -> list[tuple[date, int]]:
    return [(each.date, each.hour) for each in found.rows]


ROWS = (
    (MADE, NAME, "29/12/2026 18:00"),
    (MADE, NAME, "29/12/2026"),  # several slots of one checkout
    ("01/09/2026", "Swimming course (12 sessions)", "Starts 05/01/2027"),
    ("08/09/2025 00:02", NAME, "27/09/2025 14:00"),
    (MADE, f"{NAME}2", "29/12/2026 18:00"),
    (MADE, NAME, "30/12/2026"),
)
TABLE = (
    "<table><tr><th>Facility<th>When<th>Booked on<th></tr>"
    + "".join(f"<tr><td>{name}<td>{when}<td>{made}<td><a href='#'>View details</a></tr>" for made, name, when in ROWS)
    + "</table>"
)
SHAPES = {
    "a wrapper each": "".join(row(*each) for each in ROWS),
    "no wrapper, heads": cells("Booking Date", "Course/Facility", "Date(s)") + "".join(cells(*each) for each in ROWS),
    "one wrapper": f'<div class="wrapper row-group">{"".join(cells(*each) for each in ROWS)}</div>',
    "table": TABLE,
    "cards": "".join(
        f"<article><header><h3>{name}</h3></header><p>{when}</p><p>Booked on {made}</p>"
        "<button>Manage</button></article>"
        for made, name, when in ROWS
    ),
    "bare cells": "<div>"
    + "".join(f"<div>{made}</div><div>{name}</div><div>{when}</div><div><a href='#'>Details</a></div>"
              for made, name, when in ROWS)
    + "</div>",
    "list": "<ul>"
    + "".join(f"<li>{name}, {when} (booked on {made}) <a href='#'>More</a></li>" for made, name, when in ROWS)
    + "</ul>",
}  # fmt: skip


@pytest.mark.parametrize("hints", [True, False])
@pytest.mark.parametrize("shape", SHAPES)
def test_rows_are_read_in_any_shape(shape: str, hints: bool) -> None:
    found = read(SHAPES[shape], hints=hints)
    assert found.verdict is BookingsVerdict.READ
    assert slots(found) == [(DAY, 18)]
    assert found.rows[0].court == COURT
    (maybe,) = found.maybe
    assert (maybe.court, maybe.date) == (COURT, DAY)
    assert len(found.passed) == 4


def test_the_details_of_a_row_are_addressed() -> None:
    html = page(SHAPES["a wrapper each"], "My bookings")
    (maybe,) = read(SHAPES["a wrapper each"]).maybe
    assert maybe.details is not None
    (node,) = LexborHTMLParser(html).css(maybe.details.path)
    assert node.text() == "Details"
    assert node.parent is not None
    assert "29/12/2026" in node.parent.text()
    assert "18:00" not in node.parent.text()


def test_what_ended_the_account_once_is_passed_over() -> None:
    found = read(row("01/09/2026", "Swimming course (12 sessions)", "Starts 05/01/2027") + row("Page 1 of 2"))
    assert found.verdict is BookingsVerdict.READ
    assert (found.rows, found.maybe) == ((), ())
    assert found.more_pages


@pytest.mark.parametrize(
    "status",
    ["Cancelled", "Status: Cancelled", "CANCELLED", "Refunded", "Booking cancelled on 24/11/2026", "Cancelled by you"],
)
@pytest.mark.parametrize("hints", [True, False])
def test_a_cancelled_booking_is_none(status: str, hints: bool) -> None:
    found = read(
        row(MADE, NAME, "29/12/2026 18:00", status) + row(MADE, NAME, "29/12/2026 19:00", "Confirmed"), hints=hints
    )
    assert slots(found) == [(DAY, 19)]
    assert found.maybe == ()
    assert len(found.passed) == 1


def test_a_status_beside_the_row_is_that_of_the_row() -> None:
    shape = "<div><div><span>{n}</span><span>29/12/2026 {h}:00</span></div><div>{s}</div></div>"
    found = read(shape.format(n=NAME, h=18, s="Cancelled") + shape.format(n=NAME, h=19, s="Confirmed"), hints=False)
    assert slots(found) == [(DAY, 19)]


def test_what_is_under_a_heading_of_cancelled_ones_is_none() -> None:
    found = read(f"<h2>Upcoming</h2>{row(*ROWS[0])}<h2>Cancelled bookings</h2>{row(MADE, NAME, '29/12/2026 20:00')}")
    assert slots(found) == [(DAY, 18)]
    assert found.maybe == ()


def test_words_on_cancelling_are_not_the_word_cancelled() -> None:
    found = read(
        "<p>Bookings cannot be cancelled within 24 hours.</p><ul>"
        f"<li>{NAME}, Tue 29 Dec 2026, 18:00 <a href='#'>Cancel booking</a>"
        " Can be cancelled until 28/12/2026</li></ul>",
        hints=False,
    )
    assert slots(found) == [(DAY, 18)]


@pytest.mark.parametrize(
    ("when", "hour"),
    [("29/12/2026 6:00 PM", 18), ("29/12/2026 06:00 AM", 6), ("29/12/2026 12:00 PM", 12), ("29/12/2026 6pm", 18)],
)
def test_halves_of_the_day_are_read(when: str, hour: int) -> None:
    assert slots(read(row("24/11/2026 12:02 AM", NAME, when))) == [(DAY, hour)]


def test_half_a_day_is_not_guessed() -> None:
    found = read(row(MADE.replace("00:02", "9:02 PM"), NAME, "29/12/2026 6:00"))
    assert found.rows == ()
    assert found.maybe[0].why.startswith("morning or afternoon")


@pytest.mark.parametrize(
    ("texts", "why"),
    [
        ((MADE, NAME, "29/12/2026", "Multiple slots"), "no time"),
        ((MADE, NAME, "Multiple slots"), "does not say when"),
        ((MADE, NAME, "29/12/2026 18:00", "Pending payment"), "not be paid"),
        ((MADE, NAME, "29/12/2026 18:00", "One of two was cancelled"), "no booking any more"),
        ((MADE, NAME, "29/12/2026", "18:00", "19:00"), "several times"),
        ((MADE, "Lincoln's Inn Fields", "29/12/2026 18:00"), "which court"),
        ((MADE, f"Tennis coaching, {NAME}", "29/12/2026 18:00"), "course"),
        ((MADE, NAME, "28/12/2026 - 30/12/2026"), "several days"),
        ((MADE, NAME, "Mon 29/12/2026 18:00"), "no such day"),
    ],
)
def test_what_may_be_ours_is_told_as_that(texts: tuple[str, ...], why: str) -> None:
    found = read(row(*texts))
    assert found.verdict is BookingsVerdict.READ
    assert found.rows == ()
    (maybe,) = found.maybe
    assert maybe.court == COURT
    assert why in maybe.why
    assert maybe.details is not None


@pytest.mark.parametrize(
    "texts",
    [
        (MADE, NAME, "30/12/2026", "Multiple slots"),
        (MADE, f"Tennis coaching, {NAME}", "Starts 05/01/2027"),
        (MADE, "Waterlow Park Tennis Court 1", "29/12/2026 18:00"),
        (MADE, "Lincoln's Inn Fields Tennis Court 10", "29/12/2026"),
        (MADE, "Gym induction", "29/12/2026 18:00"),
        ("01/09/2026", "Annual membership", "01/09/2026 - 31/08/2027"),
        ("08/09/2025 00:02", NAME, "27/09/2025"),
        ("Booking Date", "Course/Facility", "Date(s) 1"),
    ],
)
def test_what_cannot_be_ours_is_passed_over(texts: tuple[str, ...]) -> None:
    found = read(row(*texts) + row(*ROWS[0]))
    assert slots(found) == [(DAY, 18)]
    assert found.maybe == ()


def test_columns_in_another_order_are_told_by_their_heads() -> None:
    found = read(
        f"<table><tr><th>Date<th>Start<th>End<th>Court<th>Made<tr><td>29/12/2026<td>18:00<td>19:00<td>{NAME}<td>{MADE}</table>",
        hints=False,
    )
    assert slots(found) == [(DAY, 18)]


def test_longer_bookings_and_pairs_are_several_slots() -> None:
    found = read(
        f"<ul><li>{NAME}, 29/12/2026, 08:00 - 10:00</li><li>{NAME}, 29/12/2026, 18:00 and 19:00</li></ul>", hints=False
    )
    assert slots(found) == [(DAY, 8), (DAY, 9), (DAY, 18), (DAY, 19)]


def test_cells_of_uneven_rows_without_an_element_of_their_own_are_not_counted_off() -> None:
    uneven = cells(MADE, NAME, "29/12/2026 19:00", "Cancelled") + cells(MADE, NAME, "30/12/2026 18:00")
    uneven += cells(*ROWS[0])
    for hints in (True, False):
        found = read(uneven, hints=hints)
        assert found.rows == ()
        assert [each.court for each in found.maybe] == [COURT]


PAGERS = {
    "known": ('<div><a class="button-primary" href="#">Next</a></div>', ["Next"]),
    "arrow": ('<div><a href="#">Next \u00bb</a></div>', ["Next \u00bb"]),
    "only an arrow": ('<nav aria-label="Pagination"><a href="#">1</a> <a href="#" rel="next">\u203a</a></nav>',
                      ["\u203a"]),
    "words": ("<button>Next page</button>", ["Next page"]),
    "numbers": ('<div><span>1</span> <a href="#">2</a> <a href="#">3</a></div>', ["2"]),
    "at the end": ('<div><a href="#">1</a> <span>2</span></div>', []),
    "switched off": ('<a class="aspNetDisabled">Next</a><a href="#" aria-disabled="true">Next</a>'
                     "<button disabled>Next</button>", []),
    "other words": ('<a href="#">Next week</a><p>Next opening: Monday</p>', []),
    "load more": ("<button>Load more</button>", ["Load more"]),
}  # fmt: skip


@pytest.mark.parametrize("pager", PAGERS)
def test_the_next_page_is_found(pager: str) -> None:
    markup, names = PAGERS[pager]
    found = read(row(*ROWS[0]) + markup)
    assert [each.control.name for each in found.next_pages] == names
    html = LexborHTMLParser(page(row(*ROWS[0]) + markup, "My bookings"))
    assert all(len(html.css(each.control.path)) == 1 for each in found.next_pages)


def test_each_section_has_its_pager() -> None:
    found = read(
        f"<h2>Courts</h2>{row(*ROWS[0])}<a href='#'>Next</a><h2>Courses</h2>{row(*ROWS[2])}"
        "<a href='#'>Next</a><p>Page 1 of 2</p>"
    )
    assert [(each.control.name, each.section) for each in found.next_pages] == [("Next", "Courts"), ("Next", "Courses")]
    assert not found.more_pages


@pytest.mark.parametrize(
    ("content", "verdict"),
    [
        ("<p>You are not booked onto any courses or sessions.</p>", BookingsVerdict.EMPTY),
        ("<p>You have no upcoming bookings.</p>", BookingsVerdict.EMPTY),
        ("<p>No bookings found</p>", BookingsVerdict.EMPTY),
        ("<p>You don\u2019t have any bookings yet</p>", BookingsVerdict.EMPTY),
        ("<p>You have no past bookings.</p>", BookingsVerdict.NOT_KNOWN),
        ("<p>If you have no bookings, ask us.</p>", BookingsVerdict.NOT_KNOWN),
        ("<p hidden>You have no bookings.</p>", BookingsVerdict.NOT_KNOWN),
        ("<p>Hello</p>", BookingsVerdict.NOT_KNOWN),
        ("<p>Last login 24/11/2026 10:00</p>", BookingsVerdict.NOT_KNOWN),
        ("", BookingsVerdict.NOT_KNOWN),
        ("<p>Email</p><input type=email><input type=password>", BookingsVerdict.LOGIN),
        ("<h2>Verifying you are human</h2>", BookingsVerdict.OBSTACLE),
        (
            "<p>Enter the 6-digit code we sent you</p><input name=code autocomplete=one-time-code>",
            BookingsVerdict.OBSTACLE,
        ),
    ],
)
def test_what_is_known_without_rows(content: str, verdict: BookingsVerdict) -> None:
    found = read(content)
    assert found.verdict is verdict, found.why
    assert (found.rows, found.maybe) == ((), ())


def test_the_sentence_for_one_section_does_not_hide_the_rows_of_another() -> None:
    found = read(f"<h2>Courses</h2><p>You have no bookings.</p><h2>Courts</h2>{row(*ROWS[0])}")
    assert found.verdict is BookingsVerdict.READ
    assert slots(found) == [(DAY, 18)]
