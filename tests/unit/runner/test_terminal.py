"""What the terminal shows: plain text, whoever wrote it, and a countdown for those who watch."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from booking.ledger.ledger import OutcomeRecord
from booking.model import Account, Payment, Plan, Slot
from booking.outcomes import Outcome
from runner.terminal import Terminal

DAY = date(2026, 12, 28)
NOW = datetime(2026, 11, 23, 23, 59, tzinfo=UTC)
PLAN = Plan(
    run="r",
    site="practice",
    site_url="https://site.example.test",
    slot_day=DAY,
    zone="Europe/London",
    opening=None,
    wait=True,
    payment=Payment.PAY,
    max_spend_pence=0,
    max_spend_per_account_pence=0,
    accounts=(Account("Mother", "mother@example.test", 1, "https://site.example.test/x/"),),
    wishes=(),
)


def record(why: str, hour: int = 8) -> OutcomeRecord:
    wanted, got = Slot(1, DAY, 8), Slot(1, DAY, hour)
    return OutcomeRecord("r", "mother", "m@example.test", wanted, got, Outcome.BOOKED, why, NOW, {})


def test_markup_is_printed_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    terminal = Terminal()
    terminal.say("[bold]not bold[/bold] [link=https://evil.test]x[/link] :smile:")
    terminal.warn("[/] broken")
    said = capsys.readouterr().out
    assert said == ("[bold]not bold[/bold] [link=https://evil.test]x[/link] :smile:\nWarning: [/] broken\n")


def test_a_warning_of_several_lines_stays_together(capsys: pytest.CaptureFixture[str]) -> None:
    Terminal().warn("one\ntwo\nthree")
    assert capsys.readouterr().out == "Warning: one\n  two\n  three\n"


def test_long_lines_stay_lines(capsys: pytest.CaptureFixture[str]) -> None:
    Terminal().say("word " * 200)
    assert len(capsys.readouterr().out.splitlines()) == 1


def test_nothing_that_is_printed_can_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    hostile = "a\x1b[2Jb\x1b]0;title\x07c\rd\x9b31me\x08f\tg"
    terminal = Terminal()
    terminal.say(hostile)
    terminal.warn(hostile)
    terminal.show(PLAN, [record(hostile)], Path("report.html"))
    said = capsys.readouterr().out
    assert all(char == "\n" or char.isprintable() for char in said)
    assert "title" in said


def test_outcomes_are_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    Terminal().show(PLAN, [record("[red]why[/red]", hour=9)], Path("/results/report.html"))
    said = capsys.readouterr().out
    for text in ("Mother", "09:00 (wanted 08:00)", "booked", "[red]why[/red]", "Report: /results/report.html"):
        assert text in said


def test_nothing_wanted(capsys: pytest.CaptureFixture[str]) -> None:
    Terminal().show(PLAN, [], Path("report.html"))
    assert "Nothing is wanted on Monday 28 December 2026." in capsys.readouterr().out


def test_no_countdown_where_nobody_watches(capsys: pytest.CaptureFixture[str]) -> None:
    Terminal().count_down(NOW + timedelta(seconds=30), NOW)
    assert capsys.readouterr().out == ""


def test_a_countdown_is_drawn_over_and_then_left_alone(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    terminal = Terminal()
    terminal.count_down(NOW + timedelta(seconds=61), NOW)
    terminal.count_down(NOW - timedelta(seconds=1), NOW)
    terminal.say("next")
    said = capsys.readouterr().out
    assert "opens in 01:02" in said
    assert said.endswith("\nnext\n")
