"""Workers watched over: what they call for is passed on, and a lost one is noticed while it still helps."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from booking.account.account_run import AccountRun
from booking.account.account_state import HOLD_LASTS
from booking.errors import LedgerError
from booking.ledger.database import LEDGER
from booking.ledger.ledger import Ledger
from booking.ledger.states import Event, SlotState
from booking.model import Slot, Wish
from booking.outcomes import Outcome
from booking.settings.settings import Settings
from runner import supervision as module
from runner.supervision import Supervision, longest_task
from runner.terminal import Terminal
from tests.unit.runner.fakes import FakeNotifier, Watched, WatchedWorkers, plan_of


def test_calls_of_several_lines_are_passed_on_whole_and_once(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan, letters = plan_of(settings), FakeNotifier()
    call = "payment declined: the card portal says so\nHeld and not paid: court 1"
    with Ledger(tmp_path / LEDGER, "practice") as ledger:
        supervision = Supervision(plan, tmp_path, ledger, settings, Terminal(), letters, None)
        ledger.record_event(plan.run, "mother", Event.CALL, call)
        supervision.relay_events(quiet=True)
        assert letters.sent == []
        for _ in range(2):
            supervision.relay_events(quiet=False)
    assert letters.sent == [("A person is needed, Mon 28 Dec", f"Mother: {call}")]
    assert capsys.readouterr().out == (
        "Warning: Mother: payment declined: the card portal says so\n  Held and not paid: court 1\n"
    )


def test_what_is_settled_is_passed_on_as_good_news(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan, letters = plan_of(settings), FakeNotifier()
    with Ledger(tmp_path / LEDGER, "practice") as ledger:
        supervision = Supervision(plan, tmp_path, ledger, settings, Terminal(), letters, None)
        ledger.record_event(plan.run, "mother", Event.BANK, "confirm it")
        ledger.record_event(plan.run, "mother", Event.SETTLED, "the payment is settled: My Bookings lists it")
        ledger.record_event(plan.run, "mother", Event.NOTICE, "for the terminal only")
        supervision.relay_events(quiet=True)
        assert [title for title, _ in letters.sent] == ["A person is needed, Mon 28 Dec"]
        for _ in range(2):
            supervision.relay_events(quiet=False)
    assert letters.sent[1:] == [("Settled, Mon 28 Dec", "Mother: the payment is settled: My Bookings lists it")]
    assert capsys.readouterr().out.splitlines() == [
        "Warning: Mother: confirm it",
        "Warning: Mother: for the terminal only",
        "Mother: the payment is settled: My Bookings lists it",
    ]


def test_what_a_lost_worker_was_told_is_cleaned_of_secrets(settings: Settings, tmp_path: Path) -> None:
    slot = Slot(1, date(2026, 12, 28), 8)
    wish = Wish("mother", (slot,), "row 2")
    plan = replace(plan_of(settings), wishes=(wish,))
    secrets = {"MOTHER_CAM_PASSWORD": "worker"}
    with_secrets = replace(settings, secrets=secrets)
    with Ledger(tmp_path / LEDGER, "practice") as ledger:
        ledger.start_run(plan.run, plan.slot_day, ["mother"])
        assert Supervision(plan, tmp_path, ledger, with_secrets, Terminal(), FakeNotifier(), None).close_books()
        (told,) = ledger.outcomes(plan.run)
    assert told.why.startswith("the <redacted> of this account was killed or lost")


def test_what_a_killed_worker_held_is_told_while_the_others_go_on(watched: Watched) -> None:
    watched.watch(set(), {"mother"}, {"mother"}, {"mother"})
    (told,) = watched.ledger.outcomes("now")
    assert (told.account, told.outcome) == ("mother", Outcome.SITE_ERROR)
    assert told.why.startswith("the worker of this account was killed or lost; held until about")
    ((title, text),) = watched.letters.sent
    assert title == "A person is needed, Mon 28 Dec"
    assert text.startswith("Mother: site error: the worker of this account was killed or lost")
    assert "Held and not paid: court 1, Mon 28 Dec 2026, 08:00" in text
    # At the end her books are looked at once more, and nothing is reported twice.
    assert watched.supervision.close_books()
    watched.supervision.relay_events(quiet=False)
    assert [record.account for record in watched.ledger.outcomes("now")] == ["mother", "father"]
    assert [text.partition(":")[0] for _, text in watched.letters.sent] == ["Mother", "Father"]
    assert not watched.supervision.close_books()


def test_a_payment_of_a_killed_worker_is_in_doubt_at_once(watched: Watched) -> None:
    slot = watched.plan.wishes[0].first
    watched.ledger.record(run="now", account="mother", slot=slot, state=SlotState.PAYING)
    watched.watch({"mother"})
    assert watched.ledger.state("mother", slot) is SlotState.UNKNOWN
    ((_, text),) = watched.letters.sent
    assert "./run.sh settle mother 2026-12-28 08:00" in text


def test_a_worker_that_has_closed_its_books_is_not_lost(watched: Watched) -> None:
    watched.ledger.record_event("now", "mother", Event.LEFT)
    watched.watch({"mother"}, {"mother"})
    assert watched.ledger.outcomes("now") == []
    assert watched.letters.sent == []


def test_a_worker_that_leaves_while_it_is_looked_at_is_not_lost(watched: Watched) -> None:
    workers = WatchedWorkers()

    def gone() -> frozenset[str]:
        watched.ledger.record_event(
            "now", "mother", Event.LEFT
        )  # Its last act, a moment before it was seen to be gone.
        return frozenset({"mother"})

    workers.gone = gone  # type: ignore[method-assign]
    watched.supervision.look_for_lost(workers)  # type: ignore[arg-type]
    assert watched.ledger.outcomes("now") == []


def test_lost_workers_are_not_looked_for_around_the_opening_nor_all_the_time(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_LOOK_EVERY", 3.0)
    workers = WatchedWorkers(set(), set())
    for _ in range(3):
        watched.supervision.look_for_lost(workers)  # type: ignore[arg-type]
    assert workers.looks == 1
    opening = datetime.now(UTC) + timedelta(seconds=5)
    turns = iter([True, True, False])
    monkeypatch.setattr(WatchedWorkers, "running", property(lambda _: next(turns)))
    opens = replace(watched, plan=replace(watched.plan, opening=opening))
    assert opens.watch({"mother"}).looks == 0


def test_books_that_cannot_be_closed_do_not_break_off_what_the_others_do(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise LedgerError("a wish has one outcome")

    with monkeypatch.context() as broken:
        broken.setattr(AccountRun, "record_abandoned", refuse)
        assert watched.watch({"mother"}, {"mother"}, {"mother"}).looks == 3
    assert watched.ledger.outcomes("now") == []
    watched.supervision.close_books()
    assert {record.account for record in watched.ledger.outcomes("now")} == {"mother", "father"}


@pytest.mark.parametrize("lost", [set(), {"mother"}])
def test_the_report_is_made_again_where_a_worker_was_lost(watched: Watched, lost: set[str]) -> None:
    done: list[str] = []
    for account in {"mother", "father"} - lost:
        AccountRun(watched.plan, account, watched.ledger).close()
        watched.ledger.record_event("now", account, Event.LEFT)
    workers = WatchedWorkers(lost)
    workers.finish = lambda: done.append("finished")  # type: ignore[attr-defined]
    workers.renew_report = lambda: done.append("report")  # type: ignore[attr-defined]
    watched.supervision.see_through(workers, SimpleNamespace(quiet=False))  # type: ignore[arg-type]
    assert done == ["finished", *(["report"] if lost else [])]


def test_a_task_has_time_for_the_wait_the_hold_the_bank_and_the_proof(settings: Settings) -> None:
    plan = plan_of(settings)
    waits = replace(settings, person_wait=timedelta(seconds=600), proof_wait=timedelta(seconds=300))
    assert longest_task(plan, waits) == timedelta(minutes=60) + HOLD_LASTS + timedelta(minutes=15)
    watched = replace(plan, watch_until=datetime.now(UTC) + timedelta(hours=3))
    assert longest_task(watched, waits) > timedelta(hours=3, minutes=59)
