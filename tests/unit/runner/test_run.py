"""One run: which day and opening it takes, how it names things, and what a signal or a busy lock does to it."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from booking.account.account_run import AccountRun
from booking.errors import BookingError, BrokenOffError, LedgerError, SettingsError
from booking.ledger.database import LEDGER
from booking.ledger.ledger import Ledger
from booking.ledger.states import Event, SlotState
from booking.model import Payment, RemarkKind, Slot, Wish
from booking.outcomes import ExitStatus, Outcome
from booking.plan import read_plan
from booking.settings.settings import Settings
from booking.sheet.sheet import Row, SheetContent
from practice.clock import LONDON
from runner import run as module
from runner.lock import BusyError, only_run
from runner.notifications import Notifier
from runner.outbox_relay import HASTE, PATIENCE
from runner.run import Options, run
from runner.supervision import Supervision
from runner.terminal import Terminal
from tests.unit.runner.fakes import FakeNotifier, LastingWorkers, Watched, plan_of

PROJECT = Path(__file__).parents[3]


def opening(settings: Settings, now: datetime, options: Options | None = None) -> tuple[date, datetime | None, bool]:
    return module._Run(options or Options(), settings, {}, Terminal(), Notifier([], str, print))._opening(now)


@pytest.mark.parametrize(
    ("now", "waits"),
    [("23:40:00", True), ("23:59:59", True), ("00:00:01", False), ("00:20:00", False)],
)
def test_runs_on_either_side_of_midnight_take_the_same_day(settings: Settings, now: str, waits: bool) -> None:
    day = "2026-11-23" if waits else "2026-11-24"
    started = datetime.fromisoformat(f"{day}T{now}").replace(tzinfo=LONDON)
    slot_day, instant, wait = opening(settings, started)
    assert slot_day == date(2026, 12, 28)
    assert instant == datetime(2026, 11, 24, tzinfo=LONDON)
    assert wait is waits


@pytest.mark.parametrize("spring", [date(2026, 3, 28), date(2026, 10, 24), date(2026, 12, 31), date(2028, 2, 28)])
def test_nights_of_clock_changes_years_end_and_leap_day(settings: Settings, spring: date) -> None:
    before = datetime(spring.year, spring.month, spring.day, 23, 40, tzinfo=LONDON)
    after = before + timedelta(minutes=40)
    assert opening(settings, before)[::2] == (spring + timedelta(days=35), True)
    assert opening(settings, after)[::2] == (spring + timedelta(days=35), False)


def test_now_does_not_wait(settings: Settings) -> None:
    now = datetime(2026, 11, 23, 23, 40, tzinfo=LONDON)
    assert opening(settings, now, Options(wait=False))[2] is False


def test_a_day_that_opens_too_late_is_told(settings: Settings) -> None:
    now = datetime(2026, 11, 23, 23, 40, tzinfo=LONDON)
    with pytest.raises(BookingError, match="MAX_WAIT"):
        opening(settings, now, Options(slot_day=date(2026, 12, 31)))
    assert opening(settings, now, Options(slot_day=date(2026, 12, 31), wait=False))[2] is False


def test_a_day_that_has_opened_is_not_waited_for(settings: Settings) -> None:
    now = datetime(2026, 11, 23, 23, 40, tzinfo=LONDON)
    assert opening(settings, now, Options(slot_day=date(2026, 12, 1)))[::2] == (date(2026, 12, 1), False)


def test_an_announced_opening_stands_instead_of_the_computed_one(settings: Settings) -> None:
    announced = datetime(2026, 11, 23, 20, 0, tzinfo=LONDON)
    told = opening(replace(settings, opening=announced), announced - timedelta(minutes=5))
    assert told == (date(2026, 12, 28), announced, True)


def test_the_first_line_tells_whether_money_moves(settings: Settings) -> None:
    assert "PAYS" in module._first_line(replace(settings, payment=Payment.PAY))
    assert "nothing is paid" in module._first_line(replace(settings, payment=Payment.REHEARSE))
    assert "no real site" in module._first_line(replace(settings, is_practice=True))


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project without a .env of this machine's user, that practises into its own results."""
    monkeypatch.setattr(module, "PROJECT", tmp_path)
    (tmp_path / "variables").symlink_to(PROJECT / "variables")
    monkeypatch.setenv("RESULTS_DIR", str(tmp_path / "results"))
    monkeypatch.setenv("BOOKING_SITE", "practice")
    monkeypatch.delenv("BOOKING_SITE_URL", raising=False)
    return tmp_path


@pytest.fixture
def mounted(project: Path) -> Iterator[Callable[[str], Path]]:
    """Makes the results a file system of its own, mounted with these options."""
    results = project / "results"
    results.mkdir()

    def mount(options: str) -> Path:
        command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(results)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"no file system can be mounted here: {done.stderr.strip()}")
        return results

    yield mount
    subprocess.run(["umount", str(results)], capture_output=True, check=False)


def test_a_full_disk_is_told_and_nothing_is_tried(mounted: Callable[[str], Path]) -> None:
    results = mounted("size=64k")
    (results / "filling").write_bytes(bytes(64 * 1024))
    with pytest.raises(BookingError, match=r"RESULTS_DIR.*No space left on device.*make room"):
        run(Options(), Terminal())


def test_a_read_only_folder_is_told_and_nothing_is_tried(mounted: Callable[[str], Path]) -> None:
    results = mounted("ro")
    with pytest.raises(BookingError, match=r"RESULTS_DIR.*Read-only file system"):
        run(Options(), Terminal())
    assert list(results.iterdir()) == []


def test_a_run_that_finds_another_going_on_touches_nothing(project: Path) -> None:
    tmp_path = project
    with only_run(tmp_path / "results"), pytest.raises(BusyError):
        run(Options(), Terminal())
    assert [path.name for path in (tmp_path / "results").iterdir()] == [".lock"]


def test_a_report_that_could_not_be_written_is_missed(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = plan_of(settings)
    with Ledger(tmp_path / LEDGER, "practice") as ledger:
        ledger.start_run(plan.run, plan.slot_day, ["mother"])
        module._Run(Options(), settings, {}, Terminal(), Notifier([], str, print))._conclude(plan, tmp_path, ledger)
    assert "there is no report" in capsys.readouterr().out


def leave_unsettled(ledger: Ledger, account: str, slot: Slot, run: str = "r1") -> None:
    """Let a payment of an earlier run be sent, and no answer be seen."""
    for state in (SlotState.HELD, SlotState.PAYING, SlotState.UNKNOWN):
        ledger.record(run=run, account=account, slot=slot, state=state, why="no answer was seen", pence=1390)


LAST_WEEK = Slot(1, date(2026, 12, 21), 18)


@pytest.mark.parametrize(
    ("account", "slot", "outcome", "status"),
    [
        ("mother", LAST_WEEK, None, ExitStatus.PAYMENT_UNKNOWN),
        ("grandma", LAST_WEEK, None, ExitStatus.PAYMENT_UNKNOWN),
        ("mother", Slot(1, date(2026, 12, 28), 8), Outcome.UNKNOWN, ExitStatus.PAYMENT_UNKNOWN),
        ("mother", Slot(1, date(2026, 12, 28), 8), Outcome.NOT_LISTED, ExitStatus.MISSED),
    ],
)
def test_what_is_still_unsettled_at_the_end_is_told_once_and_is_no_good_end(
    settings: Settings,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    account: str,
    slot: Slot,
    outcome: Outcome | None,
    status: ExitStatus,
) -> None:
    plan, letters = plan_of(settings), FakeNotifier()
    with Ledger(tmp_path / LEDGER, "practice") as ledger:
        ledger.start_run(plan.run, plan.slot_day, ["mother"])
        leave_unsettled(ledger, account, slot)
        if outcome is not None:
            wish = Wish("mother", (slot,), "row 2")
            ledger.record_outcome(run=plan.run, wish=wish, slot=slot, outcome=outcome, why="so", email="")
        going = module._Run(Options(), settings, {}, Terminal(), letters)
        assert going._conclude(plan, tmp_path, ledger) is status
        assert ledger.runs()[-1].status == status
    command = f"./run.sh settle {account} {slot.date} {slot.time}"
    ((_, text),) = letters.sent
    # An outcome brings the command in its reason.
    assert text.count(command) == capsys.readouterr().out.count(command) == (outcome is None)


def cells(name: str, court: int) -> dict[str, str]:
    return {
        "Account": name,
        "Email": f"{name.lower()}@example.test",
        "Court Number": str(court),
        "Court URL": f"https://site.example.test/courses/detail/17{court}/court-{court}/",
    }


class FixedSheet:
    """A sheet with mother, and grandma, for whom nothing is asked and of whom there is no password."""

    def read(self) -> SheetContent:
        accounts = [Row(2, cells("Mother", 1)), Row(3, cells("Grandma", 2))]
        asks = {"Day": "daily", "Time": "18:00", "Notes": "", "Account": "Mother"}
        return SheetContent(accounts, [Row(2, asks)])


@pytest.fixture
def going(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> tuple[module._Run, FakeNotifier]:
    """A run at a real site whose work is done by nobody: it ends as soon as it has begun."""
    secrets = {"MOTHER_CAM_PASSWORD": "canary"}
    monkeypatch.setattr(module, "find_browser", lambda *_: Path("/chromium"))
    monkeypatch.setattr(module, "machine_clock", lambda: "")
    monkeypatch.setattr(module._Run, "_open_sheet", lambda _: FixedSheet())
    monkeypatch.setattr(module._Run, "_work", lambda *_: ExitStatus.DONE)
    letters = FakeNotifier()
    return module._Run(
        Options(wait=False), replace(settings, secrets=secrets, basket_url="https://site.example.test/basket/"), {},
        Terminal(), letters,
    ), letters  # fmt: skip


def test_a_run_begins_with_what_is_unsettled_of_any_day_and_account(
    going: tuple[module._Run, FakeNotifier], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Ledger(tmp_path / LEDGER, "camden-active") as ledger:
        for court, account in enumerate(("mother", "grandma", "mum"), start=1):
            leave_unsettled(ledger, account, replace(LAST_WEEK, court=court))
    # Nothing is wanted for grandma, so that it does not stop the run that she cannot log in.
    assert going[0].book() is ExitStatus.DONE
    told = [line for line in capsys.readouterr().out.splitlines() if line.startswith("Warning: ")]
    assert [line.partition(",")[0] for line in told] == ["Warning: mother", "Warning: grandma", "Warning: mum"]
    assert all("./run.sh settle" in line for line in told)
    says = ("this run looks it up", "no password in the settings", "not an account of the sheet")
    assert [part in line for part, line in zip(says, told, strict=True)] == [True] * 3
    assert read_plan(next(tmp_path.glob("*/plan.json"))).basket_url == "https://site.example.test/basket/"


def test_what_is_unsettled_is_told_also_where_the_run_cannot_start(
    going: tuple[module._Run, FakeNotifier], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Ledger(tmp_path / LEDGER, "camden-active") as ledger:
        leave_unsettled(ledger, "mother", LAST_WEEK)
        ledger.start_run("killed", date(2026, 12, 21), ["mother"])
        going[0]._settings = replace(going[0]._settings, secrets={})
        with pytest.raises(SettingsError, match="MOTHER_CAM_PASSWORD"):
            going[0].book()
        assert [each.run for each in ledger.runs_without_end()] == ["killed"]
    assert "./run.sh settle mother 2026-12-21 18:00" in capsys.readouterr().out


def test_a_run_that_came_to_no_end_is_told_at_once_and_once(
    going: tuple[module._Run, FakeNotifier], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run, letters = going
    with Ledger(tmp_path / LEDGER, "camden-active") as ledger:
        for name in ("first", "second", "ended"):
            ledger.start_run(name, date(2026, 12, 21), ["mother"])
        ledger.end_run("ended", 0)
        run.book("it was repaired")
        ((title, text),) = letters.sent
        assert title == "An earlier run came to no end"
        assert [line.split()[:2] for line in text.splitlines()] == [["run", "first"], ["run", "second"]]
        (plan,) = map(read_plan, tmp_path.glob("*/plan.json"))
        assert [remark.message.split(" for ")[0] for remark in plan.remarks if remark.kind is RemarkKind.LEDGER] == [
            "it was repaired", "run first", "run second",
        ]  # fmt: skip
        assert "run first for Mon 21 Dec 2026 (mother)" in capsys.readouterr().out
        assert all(ledger.accounts_with(name, Event.NO_END) for name in ("first", "second"))
        ledger.end_run(plan.run, 0)
        run.book()
    assert len(letters.sent) == 1
    assert "no end" not in capsys.readouterr().out


@pytest.mark.parametrize("error", [LedgerError("the disk is full"), OSError(28, "No space left on device")])
@pytest.mark.parametrize(
    ("states", "payment_unknown"),
    [
        ((), False),
        ((SlotState.HELD,), False),
        ((SlotState.HELD, SlotState.PAYING), True),
        ((SlotState.HELD, SlotState.PAYING, SlotState.UNKNOWN), True),
        ((SlotState.PAID,), False),
    ],
)
def test_a_run_that_can_be_recorded_no_more_ends_its_workers_and_says_what_may_have_happened(
    settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    states: tuple[SlotState, ...],
    payment_unknown: bool,
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(module, "Workers", LastingWorkers)
    monkeypatch.setattr(module._Run, "_supervise", fail)
    plan = plan_of(settings)
    with Ledger(tmp_path / LEDGER, "practice") as ledger:
        ledger.start_run("now", plan.slot_day, ["mother"])
        for state in states:
            ledger.record(run="now", account="mother", slot=Slot(1, plan.slot_day, 8), state=state, pence=1390)
        going = module._Run(Options(), settings, {}, Terminal(), Notifier([], str, print))
        with pytest.raises(BrokenOffError, match="the next run goes on") as broken:
            going._work(plan, tmp_path, None, ledger)
        assert ledger.runs_without_end() == []
        assert ledger.runs()[0].status == (3 if payment_unknown else 2)
    assert broken.value.payment_unknown is payment_unknown
    assert LastingWorkers.done == ["stopped", "finished"]
    assert str(error) in str(broken.value)


def test_what_was_still_called_for_by_workers_that_end_is_passed_on(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Mother's worker still has its say while it is ended, father's is killed."""

    class ClosingWorkers(LastingWorkers):
        def stop(self) -> None:
            watched.ledger.record_event("now", "mother", Event.CALL, "payment declined: the card portal says so")
            AccountRun(watched.plan, "mother", watched.ledger).close()
            super().stop()

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module, "Workers", ClosingWorkers)
    monkeypatch.setattr(module._Run, "_supervise", fail)
    going = module._Run(Options(), watched.settings, {}, Terminal(), watched.letters)
    with pytest.raises(BrokenOffError):
        going._work(watched.plan, watched.folder, None, watched.ledger)
    texts = [text for _, text in watched.letters.sent]
    assert texts[0] == "Mother: payment declined: the card portal says so"
    assert texts[-1].startswith("Father: site error: the run was broken off")
    assert "Held and not paid: court 2" in texts[-1]


@pytest.mark.parametrize("trouble", [LedgerError("the ledger is damaged"), ValueError("'helx' is not a valid state")])
def test_a_ledger_that_can_be_used_no_more_may_hide_a_payment(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trouble: Exception
) -> None:
    class Broken:
        def __getattr__(self, _: str) -> Callable[..., None]:
            return fail

    def fail(*_: object, **__: object) -> None:
        raise trouble if isinstance(trouble, LedgerError) else LedgerError("the disk is full")

    def nonsense() -> None:
        raise trouble

    ledger = Broken()
    ledger.unsettled = nonsense  # type: ignore[attr-defined]
    monkeypatch.setattr(module, "Workers", LastingWorkers)
    monkeypatch.setattr(module._Run, "_supervise", fail)
    going = module._Run(Options(), settings, {}, Terminal(), FakeNotifier())
    with pytest.raises(BrokenOffError) as broken:
        going._work(plan_of(settings), tmp_path, None, ledger)  # type: ignore[arg-type]
    assert broken.value.payment_unknown
    assert LastingWorkers.done == ["stopped", "finished"]


@pytest.mark.parametrize(("stopped", "patience"), [(False, PATIENCE), (True, HASTE)])
def test_latest_leads_to_a_run_before_the_sheet_is_waited_for_which_a_stop_makes_short(
    watched: Watched, monkeypatch: pytest.MonkeyPatch, stopped: bool, patience: float
) -> None:
    class FakeRelay:
        def __init__(self, *_: object) -> None:
            self.quiet = False
            self.patience = 0.0

        def __enter__(self) -> FakeRelay:
            return self

        def __exit__(self, *_: object) -> None:
            waits.append((self.patience, (watched.folder / "latest").resolve()))

    waits: list[tuple[float, Path]] = []
    monkeypatch.setattr(module, "OutboxRelay", FakeRelay)
    monkeypatch.setattr(Supervision, "see_through", lambda *_: None)
    folder = watched.folder / "now"
    folder.mkdir()
    watched.supervision.stop_asked = stopped
    going = module._Run(Options(), watched.settings, {}, Terminal(), watched.letters)
    going._supervise(watched.supervision, LastingWorkers(), watched.plan, folder)  # type: ignore[arg-type]
    assert waits == [(patience, folder)]


def test_workers_whose_report_cannot_be_written_are_ended_all_the_same(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full(LastingWorkers):
        def finish(self) -> None:
            super().finish()
            raise OSError(28, "No space left on device")

    def fail(*_: object) -> None:
        raise LedgerError("the disk is full")

    monkeypatch.setattr(module, "Workers", Full)
    monkeypatch.setattr(module._Run, "_supervise", fail)
    plan = plan_of(settings)
    with Ledger(tmp_path / LEDGER, "practice") as ledger:
        ledger.start_run("now", plan.slot_day, ["mother"])
        leave_unsettled(ledger, "mother", Slot(1, plan.slot_day, 8))
        going = module._Run(Options(), settings, {}, Terminal(), FakeNotifier())
        with pytest.raises(BrokenOffError) as broken:
            going._work(plan, tmp_path, None, ledger)
        assert [each.status for each in ledger.runs()] == [ExitStatus.PAYMENT_UNKNOWN]
    assert broken.value.payment_unknown
    assert Full.done == ["stopped", "finished"]
