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

from booking.errors import BookingError, BrokenOffError, LedgerError, SettingsError
from booking.ledger import LEDGER, Ledger, Mark, OutcomeRecord, SlotRecord, SlotState
from booking.model import Account, Payment, Plan, Remark, RemarkKind, Slot, Want
from booking.night import HOLD_LASTS
from booking.opening import Release
from booking.outcomes import ExitStatus, Outcome
from booking.plan import read_plan
from booking.settings import Settings, load_settings
from booking.sheet import ACCOUNTS_SHEET, Row, SheetContent
from practice.clock import LONDON
from runner import run as module
from runner.lock import BusyError, only_run
from runner.messages import Messages
from runner.run import Options, run, status_of, summary
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
    killed = Remark(RemarkKind.LEDGER, LEDGER, "run r1 came to no end")
    lines = summary(replace(plan, remarks=(killed,)), [], [unsettled_record()])[1].splitlines()
    assert lines[0].startswith("mother, court 1, Mon 21 Dec 2026, 18:00")
    assert "./run.sh settle mother 2026-12-21 18:00" in lines[0]
    assert lines[1:] == ["ledger.sqlite3: run r1 came to no end"]


def unsettled_record(account: str = "mother") -> SlotRecord:
    slot = Slot(1, date(2026, 12, 21), 18)
    return SlotRecord(account, slot, SlotState.UNKNOWN, "r1", "no answer was seen", 1390, datetime.now(UTC))


@pytest.mark.parametrize(
    ("outcomes", "unsettled", "left_out", "everybody", "status"),
    [
        ([], False, False, True, ExitStatus.DONE),
        ([Outcome.BOOKED], False, False, True, ExitStatus.DONE),
        ([Outcome.BOOKED], False, True, True, ExitStatus.MISSED),
        ([Outcome.BOOKED], False, True, False, ExitStatus.DONE),
        ([Outcome.TAKEN], False, False, True, ExitStatus.MISSED),
        ([Outcome.NOT_LISTED], False, False, True, ExitStatus.MISSED),
        ([Outcome.UNKNOWN], False, True, True, ExitStatus.PAYMENT_UNKNOWN),
        ([], True, False, True, ExitStatus.PAYMENT_UNKNOWN),
        ([Outcome.BOOKED], True, False, False, ExitStatus.PAYMENT_UNKNOWN),
        ([Outcome.NOT_LISTED, Outcome.TAKEN], True, True, True, ExitStatus.PAYMENT_UNKNOWN),
    ],
)
def test_the_status_of_a_run(
    settings: Settings,
    outcomes: list[Outcome],
    unsettled: bool,
    left_out: bool,
    everybody: bool,
    status: ExitStatus,
) -> None:
    wrong = Remark(RemarkKind.WRONG, f"{ACCOUNTS_SHEET}, row 4", "Court URL: no address is given")
    plan = replace(plan_of(settings), remarks=(wrong,) if left_out else ())
    slot = Slot(1, plan.slot_day, 8)
    records = [OutcomeRecord("now", "mother", "", slot, slot, each, "", datetime.now(UTC)) for each in outcomes]
    left = [unsettled_record()] if unsettled else []
    assert status_of(plan, records, left, everybody=everybody) is status


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


class Letters(Messages):
    """Messages that are kept, and go nowhere."""

    def __init__(self) -> None:
        super().__init__([], str, print)
        self.sent: list[tuple[str, str]] = []

    def send(self, title: str, text: str) -> None:
        self.sent.append((title, text))


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
    plan, letters = plan_of(settings), Letters()
    with Ledger(tmp_path / LEDGER, "practice") as ledger:
        ledger.start_run(plan.run, plan.slot_day, ["mother"])
        leave_unsettled(ledger, account, slot)
        if outcome is not None:
            want = Want("mother", (slot,), "row 2")
            ledger.outcome(run=plan.run, want=want, slot=slot, outcome=outcome, why="so", email="")
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
def going(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> tuple[module._Run, Letters]:
    """A run at a real site whose work is done by nobody: it ends as soon as it has begun."""
    secrets = {"MOTHER_CAM_PASSWORD": "canary"}
    monkeypatch.setattr(module, "find_browser", lambda *_: Path("/chromium"))
    monkeypatch.setattr(module, "machine_clock", lambda: "")
    monkeypatch.setattr(module._Run, "_open_sheet", lambda _: FixedSheet())
    monkeypatch.setattr(module._Run, "_work", lambda *_: ExitStatus.DONE)
    letters = Letters()
    return module._Run(
        Options(wait=False), replace(settings, secrets=secrets, basket_url="https://site.example.test/basket/"), {},
        Terminal(), letters,
    ), letters  # fmt: skip


def test_a_run_begins_with_what_is_unsettled_of_any_day_and_account(
    going: tuple[module._Run, Letters], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Ledger(tmp_path / LEDGER, "camden-active") as ledger:
        for court, account in enumerate(("mother", "grandma", "mum"), start=1):
            leave_unsettled(ledger, account, replace(LAST_WEEK, court=court))
    # Nothing is wanted for grandma, so that it does not stop the run that she cannot log in.
    assert going[0].go() is ExitStatus.DONE
    told = [line for line in capsys.readouterr().out.splitlines() if line.startswith("Warning: ")]
    assert [line.partition(",")[0] for line in told] == ["Warning: mother", "Warning: grandma", "Warning: mum"]
    assert all("./run.sh settle" in line for line in told)
    says = ("this run looks it up", "no password in the settings", "no account of this run")
    assert [part in line for part, line in zip(says, told, strict=True)] == [True] * 3
    assert read_plan(next(tmp_path.glob("*/plan.json"))).basket_url == "https://site.example.test/basket/"


def test_what_is_unsettled_is_told_also_where_the_run_cannot_start(
    going: tuple[module._Run, Letters], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Ledger(tmp_path / LEDGER, "camden-active") as ledger:
        leave_unsettled(ledger, "mother", LAST_WEEK)
        ledger.start_run("killed", date(2026, 12, 21), ["mother"])
        going[0]._settings = replace(going[0]._settings, secrets={})
        with pytest.raises(SettingsError, match="MOTHER_CAM_PASSWORD"):
            going[0].go()
        assert [each.run for each in ledger.runs_without_end()] == ["killed"]
    assert "./run.sh settle mother 2026-12-21 18:00" in capsys.readouterr().out


def test_a_run_that_came_to_no_end_is_told_at_once_and_once(
    going: tuple[module._Run, Letters], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run, letters = going
    with Ledger(tmp_path / LEDGER, "camden-active") as ledger:
        for name in ("first", "second", "ended"):
            ledger.start_run(name, date(2026, 12, 21), ["mother"])
        ledger.end_run("ended", 0)
        run.go("it was mended")
        ((title, text),) = letters.sent
        assert title == "An earlier run came to no end"
        assert [line.split()[:2] for line in text.splitlines()] == [["run", "first"], ["run", "second"]]
        (plan,) = map(read_plan, tmp_path.glob("*/plan.json"))
        assert [remark.message.split(" for ")[0] for remark in plan.remarks if remark.kind is RemarkKind.LEDGER] == [
            "it was mended", "run first", "run second",
        ]  # fmt: skip
        assert "run first for Mon 21 Dec 2026 (mother)" in capsys.readouterr().out
        assert all(ledger.marks(name, Mark.NO_END) for name in ("first", "second"))
        ledger.end_run(plan.run, 0)
        run.go()
    assert len(letters.sent) == 1
    assert "no end" not in capsys.readouterr().out


def test_calls_of_several_lines_are_passed_on_whole_and_once(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan, letters = plan_of(settings), Letters()
    going = module._Run(Options(), settings, {}, Terminal(), letters)
    call = "payment declined: the card portal says so\nHeld and not paid: court 1"
    with Ledger(tmp_path / LEDGER, "practice") as ledger:
        ledger.mark(plan.run, "mother", Mark.CALL, call)
        going._pass_on(plan, ledger, quiet=True)
        assert letters.sent == []
        for _ in range(2):
            going._pass_on(plan, ledger, quiet=False)
    assert letters.sent == [("A person is needed, Mon 28 Dec", f"Mother: {call}")]
    assert capsys.readouterr().out == (
        "Warning: Mother: payment declined: the card portal says so\n  Held and not paid: court 1\n"
    )


def test_what_a_lost_worker_was_told_is_cleaned_of_secrets(settings: Settings, tmp_path: Path) -> None:
    slot = Slot(1, date(2026, 12, 28), 8)
    want = Want("mother", (slot,), "row 2")
    plan = replace(plan_of(settings), wants=(want,))
    secrets = {"MOTHER_CAM_PASSWORD": "worker"}
    going = module._Run(Options(), replace(settings, secrets=secrets), {}, Terminal(), Letters())
    with Ledger(tmp_path / LEDGER, "practice") as ledger:
        ledger.start_run(plan.run, plan.slot_day, ["mother"])
        assert going._complete(plan, ledger)
        (told,) = ledger.outcomes(plan.run)
    assert told.why.startswith("the <redacted> of this account was killed or lost")


def test_a_task_has_time_for_the_wait_the_hold_the_bank_and_the_proof(settings: Settings) -> None:
    plan = plan_of(settings)
    waits = replace(settings, person_wait=timedelta(seconds=600), proof_wait=timedelta(seconds=300))
    assert module._longest_task(plan, waits) == timedelta(minutes=60) + HOLD_LASTS + timedelta(minutes=15)
    watched = replace(plan, watch_until=datetime.now(UTC) + timedelta(hours=3))
    assert module._longest_task(watched, waits) > timedelta(hours=3, minutes=59)


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
