"""One run: which day and opening it takes, how it names things, and what a signal or a busy lock does to it."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from booking.account.account_run import AccountRun
from booking.account.account_state import HOLD_LASTS
from booking.errors import BookingError, BrokenOffError, LedgerError, SettingsError
from booking.ledger.database import LEDGER
from booking.ledger.ledger import Ledger, OutcomeRecord, SlotRecord
from booking.ledger.states import Event, SlotState
from booking.model import Account, Payment, Plan, Remark, RemarkKind, Slot, Wish
from booking.opening.release import Release
from booking.outcomes import ExitStatus, Outcome
from booking.plan import read_plan
from booking.settings.loader import load_settings
from booking.settings.settings import Settings
from booking.sheet.sheet import ACCOUNTS_SHEET, Row, SheetContent
from practice.clock import LONDON
from runner import run as module
from runner.lock import BusyError, only_run
from runner.notifications import Notifier
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
        payment=Payment.PAY, max_spend_pence=0, max_spend_per_account_pence=0, accounts=(mother,), wishes=(),
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
        accounts=(Account("Mother", "mother@example.test", 1, settings.site_url),), wishes=(), remarks=(),
    )  # fmt: skip


def test_a_report_that_could_not_be_written_is_missed(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = plan_of(settings)
    with Ledger(tmp_path / LEDGER, "practice") as ledger:
        ledger.start_run(plan.run, plan.slot_day, ["mother"])
        module._Run(Options(), settings, {}, Terminal(), Notifier([], str, print))._conclude(plan, tmp_path, ledger)
    assert "there is no report" in capsys.readouterr().out


class FakeNotifier(Notifier):
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
    plan, letters = plan_of(settings), FakeNotifier()
    with Ledger(tmp_path / LEDGER, "practice") as ledger:
        ledger.start_run(plan.run, plan.slot_day, ["mother"])
        leave_unsettled(ledger, account, slot)
        if outcome is not None:
            wish = Wish("mother", (slot,), "row 2")
            ledger.outcome(run=plan.run, wish=wish, slot=slot, outcome=outcome, why="so", email="")
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
    says = ("this run looks it up", "no password in the settings", "no account of the sheet")
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
        run.book("it was mended")
        ((title, text),) = letters.sent
        assert title == "An earlier run came to no end"
        assert [line.split()[:2] for line in text.splitlines()] == [["run", "first"], ["run", "second"]]
        (plan,) = map(read_plan, tmp_path.glob("*/plan.json"))
        assert [remark.message.split(" for ")[0] for remark in plan.remarks if remark.kind is RemarkKind.LEDGER] == [
            "it was mended", "run first", "run second",
        ]  # fmt: skip
        assert "run first for Mon 21 Dec 2026 (mother)" in capsys.readouterr().out
        assert all(ledger.marks(name, Event.NO_END) for name in ("first", "second"))
        ledger.end_run(plan.run, 0)
        run.book()
    assert len(letters.sent) == 1
    assert "no end" not in capsys.readouterr().out


def test_calls_of_several_lines_are_passed_on_whole_and_once(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan, letters = plan_of(settings), FakeNotifier()
    going = module._Run(Options(), settings, {}, Terminal(), letters)
    call = "payment declined: the card portal says so\nHeld and not paid: court 1"
    with Ledger(tmp_path / LEDGER, "practice") as ledger:
        ledger.mark(plan.run, "mother", Event.CALL, call)
        going._relay_events(plan, ledger, quiet=True)
        assert letters.sent == []
        for _ in range(2):
            going._relay_events(plan, ledger, quiet=False)
    assert letters.sent == [("A person is needed, Mon 28 Dec", f"Mother: {call}")]
    assert capsys.readouterr().out == (
        "Warning: Mother: payment declined: the card portal says so\n  Held and not paid: court 1\n"
    )


def test_what_is_settled_is_passed_on_as_good_news(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan, letters = plan_of(settings), FakeNotifier()
    going = module._Run(Options(), settings, {}, Terminal(), letters)
    with Ledger(tmp_path / LEDGER, "practice") as ledger:
        ledger.mark(plan.run, "mother", Event.BANK, "confirm it")
        ledger.mark(plan.run, "mother", Event.SETTLED, "the payment is settled: My Bookings lists it")
        ledger.mark(plan.run, "mother", Event.NOTICE, "for the terminal only")
        going._relay_events(plan, ledger, quiet=True)
        assert [title for title, _ in letters.sent] == ["A person is needed, Mon 28 Dec"]
        for _ in range(2):
            going._relay_events(plan, ledger, quiet=False)
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
    going = module._Run(Options(), replace(settings, secrets=secrets), {}, Terminal(), FakeNotifier())
    with Ledger(tmp_path / LEDGER, "practice") as ledger:
        ledger.start_run(plan.run, plan.slot_day, ["mother"])
        assert going._complete(plan, ledger)
        (told,) = ledger.outcomes(plan.run)
    assert told.why.startswith("the <redacted> of this account was killed or lost")


class WatchedWorkers:
    """Workers that last for so many looks; each look finds these accounts gone."""

    def __init__(self, *gone: set[str]) -> None:
        self._gone = list(gone)
        self.looks = 0

    @property
    def running(self) -> bool:
        return self.looks < len(self._gone)

    def gone(self) -> frozenset[str]:
        self.looks += 1
        return frozenset(self._gone[self.looks - 1])


def hold(ledger: Ledger, account: str, slot: Slot) -> None:
    for state in (SlotState.INTENT, SlotState.HELD):
        ledger.record(run="now", account=account, slot=slot, state=state, why="in the basket", pence=1390)


@pytest.fixture
def watched(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watched]:
    """A run that watches over mother and father, each of whom wants a slot and holds it."""
    slots = (Slot(1, date(2026, 12, 28), 8), Slot(2, date(2026, 12, 28), 8))
    father = Account("Father", "father@example.test", 2, settings.site_url)
    plan = plan_of(settings)
    plan = replace(
        plan, opening=datetime.now(UTC) - timedelta(minutes=5), accounts=(*plan.accounts, father),
        wishes=(Wish("mother", (slots[0],), "row 2"), Wish("father", (slots[1],), "row 3")),
    )  # fmt: skip
    monkeypatch.setattr(module, "_LOOK_EVERY", 0.0)
    letters = FakeNotifier()
    going = module._Run(Options(), settings, {}, Terminal(), letters)
    with Ledger(tmp_path / LEDGER, "practice") as ledger:
        ledger.start_run(plan.run, plan.slot_day, ["mother", "father"])
        for account, slot in zip(("mother", "father"), slots, strict=True):
            hold(ledger, account, slot)
        yield Watched(going, plan, ledger, letters, tmp_path)


@dataclass
class Watched:
    """A run that watches, and what it works with."""

    going: module._Run
    plan: Plan
    ledger: Ledger
    letters: FakeNotifier
    folder: Path

    def watch(self, *gone: set[str]) -> WatchedWorkers:
        workers, outbox_relay = WatchedWorkers(*gone), SimpleNamespace(quiet=False)
        self.going._watch(workers, self.plan, self.folder, self.ledger, outbox_relay)  # type: ignore[arg-type]
        return workers


def test_what_a_killed_worker_held_is_told_while_the_others_go_on(watched: Watched) -> None:
    watched.watch(set(), {"mother"}, {"mother"}, {"mother"})
    (told,) = watched.ledger.outcomes("now")
    assert (told.account, told.outcome) == ("mother", Outcome.SITE_ERROR)
    assert told.why.startswith("the worker of this account was killed or lost; held until about")
    ((title, text),) = watched.letters.sent
    assert title == "A person is needed, Mon 28 Dec"
    assert text.startswith("Mother: site error: the worker of this account was killed or lost")
    assert "Held and not paid: court 1, Mon 28 Dec 2026, 08:00" in text
    # At the end her books are looked at once more, and nothing is told twice.
    assert watched.going._complete(watched.plan, watched.ledger)
    watched.going._relay_events(watched.plan, watched.ledger, quiet=False)
    assert [record.account for record in watched.ledger.outcomes("now")] == ["mother", "father"]
    assert [text.partition(":")[0] for _, text in watched.letters.sent] == ["Mother", "Father"]
    assert not watched.going._complete(watched.plan, watched.ledger)


def test_a_payment_of_a_killed_worker_is_in_doubt_at_once(watched: Watched) -> None:
    slot = watched.plan.wishes[0].first
    watched.ledger.record(run="now", account="mother", slot=slot, state=SlotState.PAYING)
    watched.watch({"mother"})
    assert watched.ledger.state("mother", slot) is SlotState.UNKNOWN
    ((_, text),) = watched.letters.sent
    assert "./run.sh settle mother 2026-12-28 08:00" in text


def test_a_worker_that_has_closed_its_books_is_not_lost(watched: Watched) -> None:
    watched.ledger.mark("now", "mother", Event.LEFT)
    watched.watch({"mother"}, {"mother"})
    assert watched.ledger.outcomes("now") == []
    assert watched.letters.sent == []


def test_a_worker_that_leaves_while_it_is_looked_at_is_not_lost(watched: Watched) -> None:
    workers = WatchedWorkers()

    def gone() -> frozenset[str]:
        watched.ledger.mark("now", "mother", Event.LEFT)  # Its last act, a moment before it was seen to be gone.
        return frozenset({"mother"})

    workers.gone = gone  # type: ignore[method-assign]
    watched.going._look_for_lost_workers(workers, watched.plan, watched.ledger)  # type: ignore[arg-type]
    assert watched.ledger.outcomes("now") == []


def test_lost_workers_are_not_looked_for_around_the_opening_nor_all_the_time(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_LOOK_EVERY", 3.0)
    workers = WatchedWorkers(set(), set())
    for _ in range(3):
        watched.going._look_for_lost_workers(workers, watched.plan, watched.ledger)  # type: ignore[arg-type]
    assert workers.looks == 1
    opens = replace(watched, plan=replace(watched.plan, opening=datetime.now(UTC) + timedelta(seconds=5)))
    turns = iter([True, True, False])
    monkeypatch.setattr(WatchedWorkers, "running", property(lambda _: next(turns)))
    watched.going._next_look = 0.0
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
    watched.going._complete(watched.plan, watched.ledger)
    assert {record.account for record in watched.ledger.outcomes("now")} == {"mother", "father"}


@pytest.mark.parametrize("lost", [set(), {"mother"}])
def test_the_report_is_made_again_where_a_worker_was_lost(
    watched: Watched, monkeypatch: pytest.MonkeyPatch, lost: set[str]
) -> None:
    class FakeRelay(SimpleNamespace):
        def __init__(self, *_: object) -> None:
            super().__init__(quiet=False)

        def __enter__(self) -> FakeRelay:
            return self

        def __exit__(self, *_: object) -> None:
            pass

    done: list[str] = []
    monkeypatch.setattr(module, "OutboxRelay", FakeRelay)
    for account in {"mother", "father"} - lost:
        AccountRun(watched.plan, account, watched.ledger).close()
        watched.ledger.mark("now", account, Event.LEFT)
    workers = WatchedWorkers(lost)
    workers.finish = lambda: done.append("finished")  # type: ignore[attr-defined]
    workers.renew_report = lambda: done.append("report")  # type: ignore[attr-defined]
    folder = watched.folder / "now"
    folder.mkdir()
    watched.going._supervise(workers, watched.plan, folder, watched.ledger)  # type: ignore[arg-type]
    assert done == ["finished", *(["report"] if lost else [])]


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
            watched.ledger.mark("now", "mother", Event.CALL, "payment declined: the card portal says so")
            AccountRun(watched.plan, "mother", watched.ledger).close()
            super().stop()

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module, "Workers", ClosingWorkers)
    monkeypatch.setattr(module._Run, "_supervise", fail)
    with pytest.raises(BrokenOffError):
        watched.going._work(watched.plan, watched.folder, None, watched.ledger)
    texts = [text for _, text in watched.letters.sent]
    assert texts[0] == "Mother: payment declined: the card portal says so"
    assert texts[-1].startswith("Father: site error: the run was broken off")
    assert "Held and not paid: court 2" in texts[-1]


@pytest.mark.parametrize("trouble", [LedgerError("the ledger is damaged"), ValueError("'helx' is no state")])
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
