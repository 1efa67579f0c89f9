"""One run: which day and opening it takes, how it names things, and what a signal or a busy lock does to it."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from booking.errors import BookingError, BrokenOffError, LedgerError
from booking.ledger import LEDGER, Ledger, OutcomeRecord, SlotState
from booking.model import Account, Payment, Plan, Remark, RemarkKind, Slot
from booking.opening import Release
from booking.outcomes import Outcome
from booking.settings import Settings, load_settings
from booking.sheet import ACCOUNTS_SHEET
from practice.clock import LONDON
from runner import run as module
from runner.lock import BusyError, only_run
from runner.messages import Messages
from runner.run import Options, run, summary
from runner.terminal import Terminal

PROJECT = Path(__file__).parents[3]
RELEASE = Release(35, 24 * 60, LONDON)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings as of a real site that opens 35 days ahead at 24:00."""
    found = load_settings({"RESULTS_DIR": str(tmp_path)}, None, PROJECT / "variables")
    return replace(
        found, site="camden-active", site_url="https://site.example.test", is_practice=False, release=RELEASE,
        max_wait=timedelta(minutes=60),
    )  # fmt: skip


def opening(settings: Settings, now: datetime, options: Options | None = None) -> tuple[date, datetime | None, bool]:
    return module._Run(options or Options(), settings, {}, Terminal(), Messages([], str, print))._opening(now)


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


def test_runs_that_start_in_one_second_have_names_of_their_own(tmp_path: Path) -> None:
    started = datetime(2026, 11, 23, 23, 40, 0, tzinfo=UTC)
    names = []
    for _ in range(3):
        names.append(module._name(tmp_path, started))
        (tmp_path / names[-1]).mkdir()
    assert names == ["2026-11-23_23-40-00", "2026-11-23_23-40-00_2", "2026-11-23_23-40-00_3"]


def test_latest_leads_to_the_last_run(tmp_path: Path) -> None:
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        module._point_latest_to(tmp_path / name)
        assert (tmp_path / "latest").resolve() == tmp_path / name
    assert sorted(path.name for path in tmp_path.iterdir()) == ["first", "latest", "second"]
    assert os.readlink(tmp_path / "latest") == "second"  # noqa: PTH115 - what is written, not where it leads


def test_the_summary_tells_what_was_got_and_why_the_rest_was_not() -> None:
    day = date(2026, 12, 28)
    mother = Account("Mother", "mother@example.test", 1, "https://site.example.test/courses/detail/171/court-1/")
    wrong = Remark(RemarkKind.WRONG, f"{ACCOUNTS_SHEET}, row 4", "Court URL: no address is given")
    plan = Plan(
        run="first", site="practice", site_url="", slot_day=day, zone="Europe/London", opening=None, wait=True,
        payment=Payment.PAY, max_spend_pence=0, max_spend_per_account_pence=0, accounts=(mother,), wants=(),
        remarks=(wrong, Remark(RemarkKind.NOTE, "Booking Schedule, row 2", "fun")),
    )  # fmt: skip
    outcomes = [
        OutcomeRecord("first", "mother", "", Slot(1, day, hour), Slot(1, day, hour), outcome, why, datetime.now(UTC))
        for hour, outcome, why in [(8, Outcome.BOOKED, ""), (9, Outcome.TAKEN, "by somebody else")]
    ]
    title, text = summary(plan, outcomes)
    assert title == "1 of 2 slots, Mon 28 Dec 2026"
    assert text.splitlines() == [
        "Mother, court 1, 08:00: booked",
        "Mother, court 1, 09:00: taken by somebody else (by somebody else)",
        "Account & Court Configuration, row 4: Court URL: no address is given",
    ]
    assert summary(replace(plan, remarks=()), [])[1] == "Nothing is wanted."


def test_a_clock_that_was_set_back_uses_no_folder_again_and_latest_leads_to_the_run_that_came_last(
    tmp_path: Path,
) -> None:
    started = datetime(2026, 11, 23, 23, 40, 0, tzinfo=UTC)
    names = []
    for now in (started, started - timedelta(hours=1), started):
        names.append(module._name(tmp_path, now))
        (tmp_path / names[-1]).mkdir()
        module._point_latest_to(tmp_path / names[-1])
        assert (tmp_path / "latest").resolve().name == names[-1]
    assert len(set(names)) == 3


@pytest.fixture
def handlers() -> dict[int, object]:
    numbers = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    return {number: signal.getsignal(number) for number in numbers}


def test_signals_become_a_call_and_are_given_back(handlers: dict[int, object]) -> None:
    asked: list[int] = []
    with module._signals(lambda: asked.append(1)):
        for number in handlers:
            os.kill(os.getpid(), number)
    assert len(asked) == len(handlers)
    assert {number: signal.getsignal(number) for number in handlers} == handlers


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


class LastingWorkers:
    """Workers that end a moment after they were asked to, and remember what was done with them."""

    done: list[str]

    def __init__(self, *_: object) -> None:
        type(self).done = []
        self._looks = 0

    @property
    def running(self) -> bool:
        self._looks += 1
        return self._looks < 3

    def stop(self) -> None:
        self.done.append("stopped")

    def finish(self) -> None:
        self.done.append("finished" if not self.running else "left alone")


def plan_of(settings: Settings) -> Plan:
    return Plan(
        run="now", site="practice", site_url=settings.site_url, slot_day=date(2026, 12, 28), zone="Europe/London",
        opening=None, wait=True, payment=Payment.PAY, max_spend_pence=10_000, max_spend_per_account_pence=10_000,
        accounts=(Account("Mother", "mother@example.test", 1, settings.site_url),), wants=(), remarks=(),
    )  # fmt: skip


def test_a_report_that_could_not_be_written_is_missed(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = plan_of(settings)
    with Ledger(tmp_path / LEDGER, "practice") as ledger:
        ledger.start_run(plan.run, plan.slot_day, ["mother"])
        module._Run(Options(), settings, {}, Terminal(), Messages([], str, print))._conclude(plan, tmp_path, ledger)
    assert "there is no report" in capsys.readouterr().out


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
    monkeypatch.setattr(module._Run, "_see_through", fail)
    plan = plan_of(settings)
    with Ledger(tmp_path / LEDGER, "practice") as ledger:
        for state in states:
            ledger.record(run="now", account="mother", slot=Slot(1, plan.slot_day, 8), state=state, pence=1390)
        going = module._Run(Options(), settings, {}, Terminal(), Messages([], str, print))
        with pytest.raises(BrokenOffError, match="the next run goes on") as broken:
            going._work(plan, tmp_path, None, ledger)
    assert broken.value.payment_unknown is payment_unknown
    assert LastingWorkers.done == ["stopped", "finished"]
    assert str(error) in str(broken.value)
