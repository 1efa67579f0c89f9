"""What stands at the top of the report: all of it true, and none of it markup that a site or a sheet wrote."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from robot.result import TestSuite as SuiteResult
from robot.utils import html_format
from selectolax.lexbor import LexborHTMLParser

from booking.ledger.database import LEDGER
from booking.ledger.ledger import Ledger, OutcomeRecord
from booking.model import Account, Payment, Plan, Remark, RemarkKind, Slot, Wish
from booking.outcomes import Outcome
from booking.plan import write_plan
from runner.report import OutcomeReport, document, plain
from runner.workers import RUN_MARK

DAY = date(2026, 12, 28)
EIGHT, NINE = Slot(1, DAY, 8), Slot(1, DAY, 9)
URL = "https://site.example.test/courses/detail/171/practice-fields-tennis-court-1/"
COLUMNS = 8
HOSTILE = [
    "a | b | c", "|", "| = | = |", "*bold*", "_italic_", "``code``", "[https://evil.test|click]", "[x|y]",
    "[https://evil.test/x.png|pic]", "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "&lt;b&gt;",
    "https://evil.test/", "http://evil.test/x.png", "javascript://evil.test/%0aalert(1)", "gopher://evil.test",
    'see (ftp://evil.test), or "x-y.z+1://evil.test"', "a\n| b |\n- c", "a\r\n= Heading =\r\n---", "\x00\x07\x1b[2J",
    "a\u2028= Heading =\u2029- item", "a\x85| b |", "a\x0b- b\x0c- c\x1c- d", "=head=", "= =", "=", "x" * 100_000,
    "| " * 5_000, "*robot:flatten*", "%{HOME} ${CURDIR}", "data:image/png;base64,AAAA", "\u202eevil",
]  # fmt: skip
_TEXT = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=60), st.lists(st.sampled_from(
    [*"|*_[]=`<>:/\n\r\u2028\x85 -.", "http", "://", "javascript:", ".png", "a"]), max_size=25).map("".join),
)  # fmt: skip


def account(name: str = "Mother") -> Account:
    return Account(name, "mother@example.test", 1, URL)


def plan(*accounts: Account, remarks: tuple[Remark, ...] = (), site: str = "practice") -> Plan:
    people = accounts or (account(),)
    return Plan(
        run="2026-11-23_23-40-00",
        site=site,
        site_url="https://site.example.test",
        slot_day=DAY,
        zone="Europe/London",
        opening=None,
        wait=True,
        payment=Payment.PAY,
        max_spend_pence=10_000,
        max_spend_per_account_pence=10_000,
        accounts=people,
        wishes=tuple(Wish(each.key, (EIGHT, NINE), "Booking Schedule, row 2") for each in people),
        remarks=remarks,
    )


def record(why: str = "", *, key: str = "mother", slot: Slot = EIGHT, **measures: float | str) -> OutcomeRecord:
    return OutcomeRecord(
        run="r",
        account=key,
        email="mother@example.test",
        wanted=EIGHT,
        slot=slot,
        outcome=Outcome.TAKEN,
        why=why,
        at=datetime(2026, 11, 24, tzinfo=UTC),
        measures=measures,
    )


def shown(
    what: Plan, outcomes: Iterable[OutcomeRecord], folder: Path, clocks: dict[str, str] | None = None
) -> LexborHTMLParser:
    """Return the document as Robot Framework shows it."""
    return LexborHTMLParser(html_format(document(what, list(outcomes), clocks or {}, folder)))


def rows(page: LexborHTMLParser) -> list[list[str]]:
    return [[unescape(cell.text() or "") for cell in row.css("td")] for row in page.css("table tr") if row.css("td")]


def tags(page: LexborHTMLParser) -> list[str]:
    """Return the elements of the page but for the frame that every document has."""
    return sorted(str(node.tag) for node in page.css("*") if node.tag not in {"html", "head", "body", "tbody"})


# What it says


def test_every_outcome_is_a_row_with_its_figures(tmp_path: Path) -> None:
    figures: dict[str, Any] = {
        "tries": 3,
        "request sent, ms after the opening": 12,
        "hold confirmed, ms after the opening": 345,
    }
    page = shown(plan(), [record("gone", **figures), record(slot=NINE)], tmp_path)
    assert rows(page) == [
        ["Mother", "1", "Mon 28 Dec 08:00", "taken by somebody else", "gone", "3", "12 ms", "345 ms"],
        ["Mother", "1", "Mon 28 Dec 08:00, got 09:00", "taken by somebody else", "-", "-", "-", "-"],
    ]
    assert len(page.css("th")) == COLUMNS


def test_a_day_without_wants_says_so(tmp_path: Path) -> None:
    page = shown(plan(), [], tmp_path)
    assert "Nothing is wanted" in page.text()
    assert "Monday 28 December 2026" in page.text()
    assert not page.css("table")


def test_pictures_are_links_under_the_account_they_belong_to(tmp_path: Path) -> None:
    bruce, junior = account("Bruce"), account("Bruce Junior")
    (tmp_path / "pictures").mkdir()
    for name in ("bruce-165744.215-logged-in", "bruce-junior-165745.000-slots-held"):
        (tmp_path / "pictures" / f"{name}.jpg").touch()
    page = shown(plan(bruce, junior), [], tmp_path)
    found = {paragraph.text().split(":")[0]: [(link.attributes["href"], link.text()) for link in paragraph.css("a")]
             for paragraph in page.css("p") if paragraph.css("a")}  # fmt: skip
    assert found == {
        "Pictures of Bruce": [("pictures/bruce-165744.215-logged-in.jpg#picture", "logged in")],
        "Pictures of Bruce Junior": [("pictures/bruce-junior-165745.000-slots-held.jpg#picture", "slots held")],
    }


def test_remarks_are_a_list(tmp_path: Path) -> None:
    remarks = (Remark(RemarkKind.WRONG, "Booking Schedule, row 4", "Day is Blursday"),)
    page = shown(plan(remarks=remarks), [], tmp_path)
    assert [item.text() for item in page.css("li")] == ["Booking Schedule, row 4: Day is Blursday"]


# What it must never become


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_shown_and_is_no_markup(tmp_path: Path, text: str) -> None:
    harmless = shown(plan(account("Someone")), [record("harmless", key="someone")], tmp_path)
    page = shown(plan(account("Someone")), [record(text, key="someone")], tmp_path)
    assert tags(page) == tags(harmless)
    assert [len(row) for row in rows(page)] == [COLUMNS]


def test_what_people_read_of_hostile_text_is_the_text() -> None:
    assert plain("08:00 is booked by somebody else") == "08:00 is booked by somebody else"
    assert html_format(plain("a < b & c")) == "<p>a &lt; b &amp; c</p>"
    assert plain("") == ""
    assert len(plain("x" * 100_000)) == 500
    assert plain("x" * 500) == "x" * 500
    assert plain("x" * 50, longest=10) == "x" * 9 + "…"


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(why=_TEXT, name=_TEXT, where=_TEXT, message=_TEXT, clock=_TEXT, tries=st.integers(0, 99))
def test_no_text_changes_the_form_of_the_document(
    tmp_path: Path, why: str, name: str, where: str, message: str, clock: str, tries: int
) -> None:
    def form(*texts: str) -> tuple[list[str], list[int]]:
        why, name, where, message, clock = texts
        person = account(name)
        what = plan(person, remarks=(Remark(RemarkKind.WRONG, where, message),))
        page = shown(what, [record(why, key=person.key, tries=tries)], tmp_path, {person.key: clock})
        assert not page.css("a, img, script, pre, hr, h2, h3, h4, i, code")
        return tags(page), [len(row) for row in rows(page)]

    assert form(why, name, where, message, clock) == form("why", "Name", "where", "message", "clock")


@given(_TEXT)
def test_plain_text_alone_is_no_markup(text: str) -> None:
    html = html_format(f"x {plain(text)}")
    assert set(re.findall(r"<\s*(/?\w+)", html)) <= {"p", "/p"}
    assert "\n" not in html


# The modifier


@pytest.fixture
def run_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "2026-11-23_23-40-00"
    folder.mkdir()
    write_plan(replace(plan(account("Mother"), account("Mother In Law"))), folder)
    with Ledger(tmp_path / LEDGER, "practice") as ledger:
        wish = Wish("mother", (EIGHT,), "Booking Schedule, row 2")
        ledger.record_outcome(
            run=folder.name, wish=wish, slot=EIGHT, outcome=Outcome.BOOKED, why="", email="mother@example.test"
        )
    monkeypatch.setenv(RUN_MARK, str(folder))
    return folder


@pytest.mark.usefixtures("run_folder")
def test_a_worker_that_left_no_suite_is_a_failure_of_the_report() -> None:
    suite = SuiteResult(name="Court booking")
    suite.suites.create(name="Mother").tests.create(name="Log In", status="PASS")
    suite.visit(OutcomeReport())
    assert {child.name: child.passed for child in suite.suites} == {"Mother": True, "Mother In Law": False}
    assert suite.failed
    assert "*booked*" in suite.doc


@pytest.mark.usefixtures("run_folder")
def test_a_complete_report_gets_no_suite_more() -> None:
    suite = SuiteResult(name="Court booking")
    for name in ("Mother In Law", "Mother"):
        suite.suites.create(name=name).tests.create(name="Log In", status="PASS")
    suite.visit(OutcomeReport())
    assert [child.name for child in suite.suites] == ["Mother In Law", "Mother"]
    assert suite.passed
    assert all(not child.doc for child in suite.suites)


@pytest.mark.usefixtures("run_folder")
def test_outputs_that_were_merged_without_pabot_are_told_account_by_account() -> None:
    suite = SuiteResult(name="Court booking")
    for name in ("Mother", "Mother In Law"):
        root = suite.suites.create(name="Court booking")
        root.suites.create(name=name).tests.create(name="Log In", status="PASS")
    suite.visit(OutcomeReport())
    assert [child.name for child in suite.suites] == ["Mother", "Mother In Law"]
    assert suite.passed
