"""How the site's answer to a request for a slot is understood."""

from __future__ import annotations

import runpy
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from booking.model import Slot
from booking.site.markup import Markup
from booking.site.responses import HoldResponse, ResponseKind, is_challenge, read_response
from practice.venue.courts import BY_NUMBER
from tests.unit.practice.conftest import Browser, RunningVenue, ServedPractice, VenueClock, book_path

SITE_FILE = runpy.run_path(str(Path(__file__).parents[3] / "variables" / "camden_active.py"))
SITE = "https://site.example.test"
DAY = date(2026, 12, 28)
SLOT = Slot(1, DAY, 8)
FACILITY = BY_NUMBER[1].slug
CHALLENGE = "<html><head><title>Just a moment...</title></head><body></body></html>"


def basket(*lines: str) -> str:
    rows = "".join(
        f'<div class="basket-row"><div class="basket-column">{facility}</div>'
        f'<div class="basket-column">{when}</div></div>'
        for facility, when in (line.split(" @ ") for line in lines)
    )
    return f"<title>Your basket</title>{rows}"


def seen(path: str = "/basket/", *, status: int = 200, html: str = "", site: str = SITE, **more: str) -> dict[str, Any]:
    told = {"status": status, "url": f"{site}{path}", "html": html, "mitigated": "", "error": ""}
    return {**told, "sent": 1_000_250.0, "answered": 1_001_500.0, **more}


def response(what: dict[str, Any], slot: Slot = SLOT, site: str = SITE) -> HoldResponse:
    return read_response(what, slot, FACILITY, Markup.of(SITE_FILE, site))


OURS = "Practice Fields Tennis Court 1 @ 28/12/2026 08:00"


@pytest.mark.parametrize(
    ("what", "kind"),
    [
        (seen(html=basket(OURS)), ResponseKind.HELD),
        (seen("/basket", html=basket(OURS)), ResponseKind.HELD),
        (seen("/Basket/Step.aspx?x=1", html=basket(OURS)), ResponseKind.HELD),
        (seen(html=basket("Quarry Green Tennis Court 1 @ 28/12/2026 08:00", OURS)), ResponseKind.HELD),
        (seen(html=basket("Practice Fields Tennis Court 1 @ soon after 8:00")), ResponseKind.HELD),
        (seen(html=""), ResponseKind.HELD),
        (seen(html="", status=302), ResponseKind.HELD),
        (seen("/courses/detail/171/practice-fields-tennis-court-1/", status=302), ResponseKind.REFUSED),
        (seen("/Security/Login.aspx", status=302), ResponseKind.LOGGED_OUT),
        (seen(url="", status=302), ResponseKind.ELSEWHERE),
        (seen(html=basket("Practice Fields Tennis Court 11 @ 28/12/2026 08:00")), ResponseKind.ELSEWHERE),
        (seen(html=basket("Quarry Green Tennis Court 1 @ 28/12/2026 08:00")), ResponseKind.ELSEWHERE),
        (seen(html=basket("Practice Fields Tennis Court 1 @ 28/12/2026 09:00")), ResponseKind.ELSEWHERE),
        (seen(html=basket("Practice Fields Tennis Court 1 @ 28/12/2027 08:00")), ResponseKind.ELSEWHERE),
        (seen("/basketball/", html=basket(OURS)), ResponseKind.ELSEWHERE),
        (seen("/courses/detail/171/practice-fields-tennis-court-1/"), ResponseKind.REFUSED),
        (seen("/security/login.aspx?fdReturnURL=%2fbasket%2f"), ResponseKind.LOGGED_OUT),
        (seen("/Security/Login.aspx"), ResponseKind.LOGGED_OUT),
        (seen("/courses/book.aspx"), ResponseKind.ELSEWHERE),
        (seen("/"), ResponseKind.ELSEWHERE),
        (seen(site="https://elsewhere.example.test"), ResponseKind.ELSEWHERE),
        (seen(site="http://site.example.test"), ResponseKind.ELSEWHERE),
        (seen(url="https://[broken"), ResponseKind.ELSEWHERE),
        (seen(url=""), ResponseKind.ELSEWHERE),
        (seen(status=0, url="", error="net::ERR_TIMED_OUT"), ResponseKind.SILENT),
        (seen(status=500), ResponseKind.FAULTY),
        (seen(status=520), ResponseKind.FAULTY),
        (seen(status=503, html=CHALLENGE), ResponseKind.BLOCKED),
        (seen(status=200, html=CHALLENGE), ResponseKind.BLOCKED),
        (seen(status=200, html='<form id="challenge-form"></form>'), ResponseKind.BLOCKED),
        (seen(status=403, mitigated="challenge"), ResponseKind.BLOCKED),
        (seen(status=403), ResponseKind.BLOCKED),
        (seen(status=429), ResponseKind.BLOCKED),
    ],
)
def test_kinds_of_answers(what: dict[str, Any], kind: ResponseKind) -> None:
    assert response(what).kind is kind


def test_times_are_seconds() -> None:
    told = response(seen(html=basket(OURS)))
    assert (told.sent, told.answered) == (1000.25, 1001.5)


def test_every_answer_but_a_hold_says_why_in_a_line() -> None:
    far = "/" + "x" * 5000
    for what in (seen(far), seen(site=f"https://{'a' * 5000}.test"), seen(status=429), seen(status=0, error="gone")):
        why = response(what).why
        assert why
        assert "\n" not in why
        assert len(why) < 200
    assert "gone" in response(seen(status=0, error="gone")).why


@pytest.mark.parametrize(
    ("title", "challenge"),
    [
        ("Just a moment...", True),
        ("Attention Required! | Edge", True),
        ("You are in a virtual waiting room", True),
        ("Queue", True),
        ("Your basket - Practice Courts", False),
        ("", False),
    ],
)
def test_challenge_pages(title: str, challenge: bool) -> None:
    assert is_challenge(f"<title>{title}</title><p>Just a moment</p>") is challenge
    assert is_challenge(f"<title>{title}</title>", mitigated="challenge")


def test_page_without_a_title_is_no_challenge() -> None:
    assert not is_challenge("")
    assert not is_challenge("<p>queue</p>")


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(html=st.text(max_size=200), path=st.text(max_size=60), status=st.integers(0, 599), mitigated=st.text(max_size=5))
def test_any_answer_is_of_some_kind_and_only_the_basket_means_held(
    html: str, path: str, status: int, mitigated: str
) -> None:
    what = seen(status=status, html=html, url=SITE + path, mitigated=mitigated)
    told = response(what)
    assert isinstance(told.kind, ResponseKind)
    if told.kind is ResponseKind.HELD:
        assert path.lower().startswith("/basket")
        assert 0 < status < 500


# What the venue answers


@pytest.fixture
def venue(tmp_path: Path) -> Iterator[RunningVenue]:
    served = ServedPractice(tmp_path / "state", VenueClock())
    yield served.venue
    served.stop()


def ask(venue: RunningVenue, browser: Browser, slot: Slot) -> HoldResponse:
    page = browser.get(book_path(BY_NUMBER[1].event_id, slot.date, slot.hour))
    site = venue.welcome.site_url
    what = seen(status=page.status, url=page.url, html=page.html.html or "")
    return response(what, slot, site)


def test_answers_of_the_venue(venue: RunningVenue) -> None:
    day = venue.open_day()
    slot = Slot(1, day, 10)
    visitor = venue.browser()
    assert ask(venue, visitor, slot).kind is ResponseKind.ELSEWHERE  # the site wants its session cookie first
    assert ask(venue, visitor, slot).kind is ResponseKind.LOGGED_OUT
    member, other = venue.member(), venue.member(1)
    assert ask(venue, member, slot).kind is ResponseKind.HELD
    assert ask(venue, member, Slot(1, day, 11)).kind is ResponseKind.HELD  # beside the first one in the basket
    assert ask(venue, other, slot).kind is ResponseKind.REFUSED
    assert ask(venue, other, Slot(1, day, 23)).kind is ResponseKind.REFUSED
    assert ask(venue, other, Slot(1, venue.clock.today() + timedelta(days=38), 10)).kind is ResponseKind.REFUSED
