"""The ledger: its state machine, its outbox, and what writers and kills may do to it."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from booking.errors import LedgerError
from booking.ledger.database import SCHEMA_VERSION
from booking.ledger.ledger import CeilingError, Ledger
from booking.ledger.states import AT_STAKE, PRICED, Click, Event, Proof, SlotState, may_follow
from booking.model import Ceiling, Slot, Wish
from booking.outcomes import Outcome
from tests.support.clocks import TickingClock

LIBRARIES = Path(__file__).parents[3] / "libraries"
BEGAN = datetime(2026, 11, 23, 23, 59, 59, 123456, tzinfo=UTC)
DAY = date(2026, 12, 28)
SLOT = Slot(1, DAY, 8)
OTHER = Slot(1, DAY, 9)
WANT = Wish("mother", (SLOT, OTHER), "Booking Schedule, row 2")
WAIT_SECONDS = 60

ALLOWED = {
    (None, "intent"), (None, "held"), (None, "paid"), (None, "unknown"),
    ("intent", "intent"), ("intent", "held"), ("intent", "released"), ("intent", "paid"),
    ("held", "held"), ("held", "paying"), ("held", "released"), ("held", "paid"), ("held", "unknown"),
    ("paying", "paid"), ("paying", "unknown"),
    ("unknown", "unknown"), ("unknown", "paid"),
    ("released", "intent"), ("released", "held"), ("released", "paid"),
    ("paid", "paid"),
}  # fmt: skip
PROVED: dict[tuple[str | None, str], set[Proof]] = {
    ("paying", "held"): {Proof.DECLINED, Proof.CARD_ASKED_FOR, Proof.IN_BASKET, Proof.STILL_ASKED},
    ("unknown", "held"): {Proof.IN_BASKET},
    ("unknown", "released"): {Proof.PERSON},
    ("paid", "released"): {Proof.PERSON},
}
"""Steps that need one of these proofs."""
PATH_TO: dict[SlotState | None, list[SlotState]] = {
    None: [],
    SlotState.INTENT: [SlotState.INTENT],
    SlotState.HELD: [SlotState.HELD],
    SlotState.PAYING: [SlotState.HELD, SlotState.PAYING],
    SlotState.PAID: [SlotState.PAID],
    SlotState.UNKNOWN: [SlotState.HELD, SlotState.PAYING, SlotState.UNKNOWN],
    SlotState.RELEASED: [SlotState.INTENT, SlotState.RELEASED],
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "results" / "ledger.sqlite3"


@pytest.fixture
def ledger(path: Path) -> Iterator[Ledger]:
    with Ledger(path, "practice", clock=TickingClock(BEGAN)) as opened:
        yield opened


def walk(
    ledger: Ledger,
    states: list[SlotState],
    slot: Slot = SLOT,
    account: str = "mother",
    run: str = "r1",
    proof: Proof | None = None,
) -> None:
    for state in states:
        ledger.record(run=run, account=account, slot=slot, state=state, pence=1390, proof=proof)


def click(ledger: Ledger, click: Click, slot: Slot = SLOT, account: str = "mother") -> None:
    ledger.begin_payment(run="r1", account=account, slots=[slot], click=click, ceilings=())


@pytest.mark.parametrize("after", SlotState)
@pytest.mark.parametrize("before", [None, *SlotState])
def test_only_the_stated_transitions_are_taken(ledger: Ledger, before: SlotState | None, after: SlotState) -> None:
    walk(ledger, PATH_TO[before])
    steps = len(ledger.history())
    if (before and before.value, after.value) in ALLOWED:
        walk(ledger, [after])
        assert ledger.state("mother", SLOT) is after
        assert len(ledger.history()) == steps + 1
    else:
        with pytest.raises(LedgerError) as refused:
            walk(ledger, [after])
        for said in (before.value if before else "never heard of", after.value, str(SLOT), "mother"):
            assert said in str(refused.value)
        assert ledger.state("mother", SLOT) is before
        assert len(ledger.history()) == steps


@pytest.mark.parametrize("proof", [None, *Proof])
@pytest.mark.parametrize("after", SlotState)
@pytest.mark.parametrize("before", [None, *SlotState])
def test_a_proof_allows_the_steps_that_it_proves_and_no_other(
    before: SlotState | None, after: SlotState, proof: Proof | None
) -> None:
    step = (before and before.value, after.value)
    assert may_follow(before, after, proof) is (step in ALLOWED or proof in PROVED.get(step, set()))


@pytest.mark.parametrize("proof", Proof)
@pytest.mark.parametrize("in_doubt", [False, True])
@pytest.mark.parametrize("last", Click)
def test_what_the_site_shows_proves_nothing_once_a_card_was_typed(
    ledger: Ledger, last: Click, in_doubt: bool, proof: Proof
) -> None:
    walk(ledger, [SlotState.HELD])
    click(ledger, last)
    if in_doubt:
        walk(ledger, [SlotState.UNKNOWN])
    allowed = proof in PROVED["unknown" if in_doubt else "paying", "held"]
    if proof in {Proof.CARD_ASKED_FOR, Proof.IN_BASKET}:
        allowed = allowed and last is Click.BY_CREDIT
    if proof is Proof.STILL_ASKED:
        allowed = allowed and last is Click.BY_GOING_ON
    if allowed:
        walk(ledger, [SlotState.HELD], proof=proof)
        assert ledger.payable("mother", [SLOT]) == (SLOT,)
        return
    with pytest.raises(LedgerError, match="Nothing was changed"):
        walk(ledger, [SlotState.HELD], proof=proof)
    assert ledger.payable("mother", [SLOT]) == ()


def test_a_click_after_which_a_card_was_typed_counts_although_one_before_it_could_move_credit_only(
    ledger: Ledger,
) -> None:
    walk(ledger, [SlotState.HELD])
    click(ledger, Click.BY_CREDIT)
    walk(ledger, [SlotState.HELD], proof=Proof.CARD_ASKED_FOR)
    click(ledger, Click.BY_CARD)
    with pytest.raises(LedgerError, match="a card was typed"):
        walk(ledger, [SlotState.HELD], proof=Proof.IN_BASKET)
    walk(ledger, [SlotState.HELD], proof=Proof.DECLINED)
    click(ledger, Click.BY_CREDIT)
    walk(ledger, [SlotState.HELD], proof=Proof.IN_BASKET)


def test_a_click_of_which_nothing_is_known_may_have_been_made_with_a_card_typed(ledger: Ledger) -> None:
    walk(ledger, [SlotState.HELD, SlotState.PAYING])
    with pytest.raises(LedgerError, match="a card was typed"):
        walk(ledger, [SlotState.HELD], proof=Proof.IN_BASKET)


@pytest.mark.parametrize("state", SlotState)
def test_only_what_is_held_is_payable(ledger: Ledger, state: SlotState) -> None:
    walk(ledger, PATH_TO[state])
    assert ledger.payable("mother", [SLOT, OTHER]) == ((SLOT,) if state is SlotState.HELD else ())
    if state is not SlotState.HELD:
        with pytest.raises(LedgerError):
            click(ledger, Click.BY_CREDIT)


@pytest.mark.parametrize("there", SlotState)
def test_a_slot_that_another_key_stands_for_is_not_payable(ledger: Ledger, path: Path, there: SlotState) -> None:
    """An account that was renamed in the sheet is the same account to the bank."""
    walk(ledger, PATH_TO[there], account="mother")
    walk(ledger, [SlotState.HELD], account="mum")
    walk(ledger, [SlotState.HELD], OTHER, account="mum")
    at_stake = there in {SlotState.PAYING, SlotState.UNKNOWN, SlotState.PAID}
    assert ledger.payable("mum", [SLOT, OTHER]) == ((OTHER,) if at_stake else (SLOT, OTHER))
    other = ledger.at_stake_elsewhere("mum", SLOT)
    assert (other and other.state) is (there if at_stake else None)
    with Ledger(path, "camden-active") as elsewhere:  # Another site: its courts have the same numbers.
        walk(elsewhere, [SlotState.HELD], account="mum")
        assert elsewhere.payable("mum", [SLOT]) == (SLOT,)
    if at_stake:
        with pytest.raises(LedgerError, match=f"{there} for mother"):
            click(ledger, Click.BY_CREDIT, account="mum")
        assert ledger.state("mum", SLOT) is SlotState.HELD
    else:
        click(ledger, Click.BY_CREDIT, account="mum")


def test_what_is_unsettled_is_told_of_any_account_and_day(ledger: Ledger) -> None:
    later = Slot(2, DAY + timedelta(days=1), 8)
    walk(ledger, [SlotState.HELD, SlotState.PAYING])
    walk(ledger, [SlotState.HELD, SlotState.PAYING, SlotState.UNKNOWN], later, "father")
    walk(ledger, [SlotState.HELD], OTHER)
    walk(ledger, [SlotState.PAID], Slot(3, DAY, 8), "bruce")
    assert [(record.account, record.slot) for record in ledger.unsettled()] == [("mother", SLOT), ("father", later)]


def test_the_price_that_was_seen_last_is_known(ledger: Ledger) -> None:
    first, second = Slot(1, DAY, 8), Slot(2, DAY, 8)
    assert ledger.last_price(1) is None
    ledger.record(run="r1", account="mother", slot=first, state=SlotState.HELD, why=PRICED, pence=1390)
    ledger.record(run="r2", account="father", slot=second, state=SlotState.HELD, why=PRICED, pence=1440)
    ledger.record(run="r2", account="father", slot=second, state=SlotState.HELD, why="with a fee", pence=1490)
    assert [ledger.last_price(court) for court in (1, 2, 3)] == [1390, 1440, 1440]


def test_a_run_without_an_end_is_told_once_and_not_where_the_ledger_was_damaged(ledger: Ledger) -> None:
    ledger.start_run("r0", DAY, ["mother"])
    ledger.record_event("", "", Event.DAMAGE, "torn")
    for run in ("r1", "r2"):
        ledger.start_run(run, DAY, ["mother"])
    ledger.end_run("r2", 0)
    assert [run.run for run in ledger.runs_without_end()] == ["r1"]
    ledger.record_event("r1", "", Event.NO_END)
    assert ledger.runs_without_end() == []


def test_the_price_stays_with_the_slot_and_paying_needs_one(ledger: Ledger) -> None:
    ledger.record(run="r1", account="mother", slot=SLOT, state=SlotState.HELD)
    with pytest.raises(LedgerError, match="price"):
        ledger.record(run="r1", account="mother", slot=SLOT, state=SlotState.PAYING)
    ledger.record(run="r1", account="mother", slot=SLOT, state=SlotState.PAYING, pence=1390)
    ledger.record(run="r1", account="mother", slot=SLOT, state=SlotState.UNKNOWN, why="no answer seen")
    (record,) = ledger.states()
    assert (record.state, record.pence, record.why, record.run) == (SlotState.UNKNOWN, 1390, "no answer seen", "r1")
    assert record.at.utcoffset() == timedelta(0)
    assert record.at.microsecond % 1000 == 0


def test_money_is_counted_once_and_kept_over_runs(ledger: Ledger) -> None:
    walk(ledger, [SlotState.HELD, SlotState.PAYING, SlotState.PAID])
    walk(ledger, [SlotState.HELD, SlotState.PAYING], OTHER)
    walk(ledger, [SlotState.HELD, SlotState.PAYING, SlotState.UNKNOWN], Slot(2, DAY, 8), "father")
    walk(ledger, [SlotState.HELD], Slot(3, DAY, 8), "bruce")
    walk(ledger, [SlotState.HELD, SlotState.PAYING, SlotState.PAID], Slot(1, DAY + timedelta(days=1), 8))
    walk(ledger, [SlotState.PAID], run="r2")  # found in My Bookings by the next run
    assert ledger.committed_pence(DAY) == 3 * 1390
    assert ledger.committed_pence(DAY, "mother") == 2 * 1390
    assert ledger.committed_pence(DAY, "bruce") == 0
    assert ledger.paid_pence("r1") == 2 * 1390
    assert ledger.paid_pence("r2") == 0


def test_what_an_earlier_run_has_sent_is_not_paid_by_the_one_that_finds_it(ledger: Ledger) -> None:
    walk(ledger, [SlotState.HELD, SlotState.PAYING, SlotState.UNKNOWN])
    walk(ledger, [SlotState.PAID], run="r2")
    walk(ledger, [SlotState.HELD, SlotState.PAYING, SlotState.PAID], OTHER, run="r2")
    assert ledger.committed_pence(DAY) == 2 * 1390
    assert ledger.paid_pence("r1") == 0
    assert ledger.paid_pence("r2") == 1390


def ceilings(total: int, each: int) -> list[Ceiling]:
    return [Ceiling("MAX_SPEND", total), Ceiling("MAX_SPEND_PER_ACCOUNT", each, "mother")]


@pytest.mark.parametrize(
    ("total", "each", "setting", "spent"),
    [
        (5 * 1390, 4 * 1390, "", 0),
        (5 * 1390 - 1, 4 * 1390, "MAX_SPEND", 3 * 1390),
        (5 * 1390, 4 * 1390 - 1, "MAX_SPEND_PER_ACCOUNT", 2 * 1390),
    ],
)
def test_a_payment_begins_within_the_ceilings_or_not_at_all(
    ledger: Ledger, total: int, each: int, setting: str, spent: int
) -> None:
    walk(ledger, [SlotState.HELD, SlotState.PAYING, SlotState.PAID], Slot(1, DAY, 10))
    ledger.record(run="r0", account="mother", slot=Slot(1, DAY, 11), state=SlotState.PAID)  # its price is not known
    walk(ledger, [SlotState.HELD, SlotState.PAYING, SlotState.UNKNOWN], Slot(2, DAY, 8), "father")
    walk(ledger, [SlotState.HELD, SlotState.PAYING, SlotState.PAID], Slot(2, DAY + timedelta(days=1), 8), "father")
    walk(ledger, [SlotState.HELD])
    walk(ledger, [SlotState.HELD], OTHER)
    steps = len(ledger.history())
    if not setting:
        ledger.begin_payment(
            run="r1", account="mother", slots=[SLOT, OTHER], click=Click.BY_CARD, ceilings=ceilings(total, each)
        )
        assert {ledger.state("mother", slot) for slot in (SLOT, OTHER)} == {SlotState.PAYING}
        return
    with pytest.raises(CeilingError) as refused:
        ledger.begin_payment(
            run="r1", account="mother", slots=[SLOT, OTHER], click=Click.BY_CARD, ceilings=ceilings(total, each)
        )
    assert (refused.value.ceiling.setting, refused.value.spent) == (setting, spent)
    assert len(ledger.history()) == steps


def test_a_payment_of_several_slots_begins_for_all_or_none(ledger: Ledger) -> None:
    walk(ledger, [SlotState.HELD])
    walk(ledger, [SlotState.INTENT], OTHER)
    with pytest.raises(LedgerError, match=str(OTHER)):
        ledger.begin_payment(run="r1", account="mother", slots=[SLOT, OTHER], click=Click.BY_CARD, ceilings=())
    assert ledger.state("mother", SLOT) is SlotState.HELD


PAYER = """
import sys
from datetime import date
from pathlib import Path
from booking.ledger.ledger import CeilingError, Ledger
from booking.ledger.states import Click, SlotState
from booking.model import Ceiling, Slot
path, account, court = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
slots = [Slot(court, date(2026, 12, 28), hour) for hour in range(24)]
with Ledger(path, "practice") as ledger:
    for slot in slots:
        ledger.record(run="r1", account=account, slot=slot, state=SlotState.HELD, pence=1390)
    print("ready", flush=True)
    sys.stdin.readline()
    for slot in slots:
        try:
            ceilings = [Ceiling("MAX_SPEND", 50 * 1390)]
            ledger.begin_payment(run="r1", account=account, slots=[slot], click=Click.BY_CARD, ceilings=ceilings)
        except CeilingError:
            continue
"""


def test_three_that_pay_at_the_same_instant_spend_what_is_allowed_and_no_more(path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(LIBRARIES)}
    payers = [
        subprocess.Popen(
            [sys.executable, "-c", PAYER, str(path), account, str(court)],
            env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for court, account in enumerate(("mother", "father", "bruce"), start=1)
    ]  # fmt: skip
    for payer in payers:
        assert payer.stdout
        assert payer.stdout.readline() == "ready\n"
    for payer in payers:
        assert payer.stdin
        payer.stdin.write("go\n")
        payer.stdin.flush()
    for payer in payers:
        payer.communicate(timeout=WAIT_SECONDS)
        assert payer.returncode == 0
    with Ledger(path, "practice") as ledger:
        assert ledger.committed_pence(DAY) == 50 * 1390  # of the 72 that were asked for


def test_states_and_history_are_filtered_and_belong_to_one_site(ledger: Ledger, path: Path) -> None:
    walk(ledger, [SlotState.INTENT, SlotState.HELD])
    walk(ledger, [SlotState.INTENT], Slot(2, DAY + timedelta(days=1), 9), "father", run="r2")
    assert [(record.account, record.state) for record in ledger.states()] == [
        ("mother", SlotState.HELD),
        ("father", SlotState.INTENT),
    ]
    assert [record.account for record in ledger.states(account="father")] == ["father"]
    assert [record.account for record in ledger.states(slot_day=DAY)] == ["mother"]
    assert [record.state for record in ledger.history(account="mother")] == [SlotState.INTENT, SlotState.HELD]
    assert [record.account for record in ledger.history(run="r2")] == ["father"]
    assert [record.account for record in ledger.history(slot_day=DAY)] == ["mother", "mother"]
    with Ledger(path, "camden-active") as other:
        assert other.states() == []
        assert other.state("mother", SLOT) is None


def test_history_and_outcomes_cannot_be_rewritten(ledger: Ledger, path: Path) -> None:
    walk(ledger, [SlotState.INTENT])
    tell(ledger)
    with closing(sqlite3.connect(path)) as db:
        for statement in (
            "UPDATE history SET state = 'paid'",
            "DELETE FROM history",
            "UPDATE outcomes SET outcome = 'booked'",
            "DELETE FROM outcomes",
        ):
            with pytest.raises(sqlite3.IntegrityError):
                db.execute(statement)
    assert ledger.state("mother", SLOT) is SlotState.INTENT


def tell(ledger: Ledger, run: str = "r1", outcome: Outcome = Outcome.BOOKED, **measures: float | str) -> None:
    ledger.record_outcome(
        run=run, wish=WANT, slot=OTHER, outcome=outcome, why="first was taken", email="mother@example.test",
        measures=measures,
    )  # fmt: skip


def test_one_outcome_a_want_and_run(ledger: Ledger) -> None:
    tell(ledger, hold_ms=12.5, tries=2, route="card")
    tell(ledger, hold_ms=99.0)
    with pytest.raises(LedgerError, match=r"booked.*taken by somebody else.*first one stands"):
        tell(ledger, outcome=Outcome.TAKEN)
    tell(ledger, run="r2", outcome=Outcome.ALREADY_BOOKED)
    (record,) = ledger.outcomes("r1")
    assert (record.account, record.email, record.wanted, record.slot) == ("mother", "mother@example.test", SLOT, OTHER)
    assert (record.outcome, record.why) == (Outcome.BOOKED, "first was taken")
    assert record.measures == {"hold_ms": 12.5, "tries": 2, "route": "card"}
    assert record.at == datetime(2026, 11, 23, 23, 59, 59, 124000, tzinfo=UTC)


def test_each_outcome_waits_in_the_outbox_until_it_is_sent(ledger: Ledger, path: Path) -> None:
    tell(ledger)
    tell(ledger, run="r2", outcome=Outcome.ALREADY_BOOKED)
    first, second = ledger.unsent_log_rows()
    assert (first.outcome, first.slot, first.email) == (Outcome.BOOKED, OTHER, "mother@example.test")
    ledger.record_sent([first.id])
    ledger.record_sent([first.id])
    assert ledger.unsent_log_rows() == [second]
    with Ledger(path, "practice") as again:
        assert again.unsent_log_rows() == [second]


def test_runs_and_marks(ledger: Ledger) -> None:
    ledger.start_run("r1", DAY, ["mother", "father"])
    with pytest.raises(LedgerError, match="r1 has begun already"):
        ledger.start_run("r1", DAY, [])
    ledger.record_event("r1", "mother", Event.READY)
    ledger.record_event("r1", "father", Event.READY, "waits")
    ledger.record_event("r1", "father", Event.READY, "logged in")
    ledger.record_event("r1", "father", Event.LEFT)
    ledger.record_event("r2", "bruce", Event.READY)
    assert ledger.accounts_with("r1", Event.READY) == {"mother", "father"}
    assert ledger.latest_texts("r1", Event.READY) == {"mother": "", "father": "logged in"}
    assert ledger.accounts_with("r1", Event.LEFT) == {"father"}
    (run,) = ledger.runs()
    assert (run.accounts, run.slot_day, run.ended, run.status) == (("mother", "father"), DAY, None, None)
    ledger.end_run("r1", 3)
    (run,) = ledger.runs()
    assert run.ended
    assert run.ended > run.started
    assert run.status == 3
    for name in ("r1", "r9"):
        with pytest.raises(LedgerError, match=f"{name} cannot end"):
            ledger.end_run(name, 0)


def test_the_files_are_private(ledger: Ledger, path: Path) -> None:
    walk(ledger, [SlotState.INTENT])
    files = list(path.parent.iterdir())
    assert len(files) == 3  # with its -wal and -shm
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}


def test_a_file_that_others_can_read_is_made_private(path: Path) -> None:
    path.parent.mkdir()
    path.touch(mode=0o644)
    path.chmod(0o644)
    Ledger(path, "practice").close()
    assert path.stat().st_mode & 0o777 == 0o600


def test_it_survives_the_loss_of_power(ledger: Ledger) -> None:
    with ledger._reading() as db:  # the settings of a connection show nowhere else
        assert db.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
        assert db.execute("PRAGMA synchronous").fetchone()[0] == 2  # FULL


@pytest.mark.parametrize("damage", ["noise", "torn"])
def test_a_damaged_ledger_is_told_and_left_alone(path: Path, damage: str) -> None:
    with Ledger(path, "practice") as ledger:
        for hour in range(24):
            walk(ledger, [SlotState.INTENT] * 20, Slot(1, DAY, hour))
    whole = path.read_bytes()
    broken = b"no ledger at all, " * 500 if damage == "noise" else whole[:8192] + b"\xa5" * (len(whole) - 8192)
    path.write_bytes(broken)
    with pytest.raises(LedgerError, match=r"damaged.*left as it is.*\./run\.sh sets it aside"):
        Ledger(path, "practice")
    assert path.read_bytes() == broken


def test_a_newer_ledger_is_told_and_left_alone(path: Path) -> None:
    Ledger(path, "practice").close()
    with closing(sqlite3.connect(path)) as db:
        db.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    with pytest.raises(LedgerError, match=f"version {SCHEMA_VERSION + 1}.*newer program"):
        Ledger(path, "practice")


def test_another_program_s_database_is_told(path: Path) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE things (id)")
    with pytest.raises(LedgerError, match="not a ledger"):
        Ledger(path, "practice")


def test_a_folder_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(LedgerError, match="RESULTS_DIR"):
        Ledger(tmp_path / "file" / "ledger.sqlite3", "practice")


WRITER = """
import sys
from datetime import date
from pathlib import Path
from booking.ledger.ledger import Ledger
from booking.ledger.states import SlotState
from booking.model import Slot
path, account, rounds, court = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
print("begun", flush=True)
with Ledger(path, "practice") as ledger:
    for number in range(rounds):
        slot = Slot(court, date(2026, 1, 1 + number // 24 % 28), number % 24)
        for state in (SlotState.INTENT, SlotState.HELD, SlotState.PAYING):
            ledger.record(run="r1", account=account, slot=slot, state=state, pence=1390)
            print(slot.date.isoformat(), slot.hour, state, flush=True)
"""


def writer(path: Path, account: str, rounds: int, court: int = 1) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(LIBRARIES)}
    arguments = [sys.executable, "-c", WRITER, str(path), account, str(rounds), str(court)]
    return subprocess.Popen(arguments, env=environment, stdout=subprocess.PIPE, text=True)


def test_three_writers_at_once_on_a_new_ledger(path: Path) -> None:
    accounts = ("mother", "father", "bruce")
    writers = [writer(path, account, 30, court) for court, account in enumerate(accounts, start=1)]
    for process in writers:
        process.communicate(timeout=WAIT_SECONDS)
        assert process.returncode == 0
    with Ledger(path, "practice") as ledger:
        for account in accounts:
            assert len(ledger.history(account=account)) == 90
            assert {record.state for record in ledger.states(account=account)} == {SlotState.PAYING}


def test_two_processes_cannot_both_take_the_same_step(path: Path) -> None:
    writers = [writer(path, "mother", 20) for _ in range(2)]
    for process in writers:
        process.communicate(timeout=WAIT_SECONDS)
    with Ledger(path, "practice") as ledger:
        history = ledger.history()
    paying = [record.slot for record in history if record.state is SlotState.PAYING]
    assert len(paying) == len(set(paying))
    assert any(process.returncode for process in writers) or len(paying) == 20


@pytest.mark.parametrize("lines", [1, 7, 40])
def test_what_was_recorded_before_a_kill_is_there(path: Path, lines: int) -> None:
    process = writer(path, "mother", 100_000)
    assert process.stdout
    said = [process.stdout.readline().split() for _ in range(lines + 1)][1:]
    process.send_signal(signal.SIGKILL)
    said += [line.split() for line in process.stdout.read().splitlines(keepends=True) if line.endswith("\n")]
    process.stdout.close()
    assert process.wait(WAIT_SECONDS) == -signal.SIGKILL
    with Ledger(path, "practice") as ledger:
        history = ledger.history()
        told = [[record.slot.date.isoformat(), str(record.slot.hour), record.state.value] for record in history]
        assert told[: len(said)] == said
        assert len(told) <= len(said) + 1  # at most the step that was written and not yet printed
        walk(ledger, [SlotState.PAID], Slot(3, DAY, 8))


class SlotLife(RuleBasedStateMachine):
    """Any two runs may say anything of any slot at any time: the ledger follows the stated steps and nothing else.

    What a proof is worth, and what another account's payment forbids, is for `test_ledger_paths`.
    """

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "ledger.sqlite3"
        self.ledgers = [Ledger(self.path, "practice") for _ in range(2)]
        self.expected: dict[tuple[str, Slot], SlotState] = {}
        self.steps = 0

    @rule(
        writer=st.integers(0, 1),
        account=st.sampled_from(["mother", "father"]),
        slot=st.sampled_from([SLOT, OTHER]),
        state=st.sampled_from(SlotState),
        proof=st.sampled_from([None, Proof.DECLINED, Proof.PERSON]),
    )
    def record(self, writer: int, account: str, slot: Slot, state: SlotState, proof: Proof | None) -> None:
        before = self.expected.get((account, slot))
        other = self.expected.get(("father" if account == "mother" else "mother", slot))
        allowed = may_follow(before, state, proof) and not (state is SlotState.PAYING and other in AT_STAKE)
        try:
            self.ledgers[writer].record(run="r1", account=account, slot=slot, state=state, pence=1390, proof=proof)
        except LedgerError:
            assert not allowed
        else:
            assert allowed
            self.expected[account, slot] = state
            self.steps += 1

    @rule(writer=st.integers(0, 1))
    def reopen(self, writer: int) -> None:
        self.ledgers[writer].close()
        self.ledgers[writer] = Ledger(self.path, "practice")

    @invariant()
    def all_say_the_same(self) -> None:
        for ledger in self.ledgers:
            assert {(record.account, record.slot): record.state for record in ledger.states()} == self.expected
            assert ledger.committed_pence(DAY) == 1390 * sum(state in AT_STAKE for state in self.expected.values())
            assert len(ledger.history()) == self.steps

    def teardown(self) -> None:
        for ledger in self.ledgers:
            ledger.close()
        self.folder.cleanup()


TestSlotLife = SlotLife.TestCase
TestSlotLife.settings = settings(max_examples=25, stateful_step_count=30, deadline=None)


def test_a_second_opening_in_one_process_hides_nothing_from_others(tmp_path: Path) -> None:
    """Locks of a process are lost when it closes any descriptor of a file: then others would not see its writes."""
    path = tmp_path / "ledger.sqlite3"
    read = (
        "import pathlib, sys, booking.ledger.ledger as b; print(len(b.Ledger(pathlib.Path(sys.argv[1]), 's').runs()))"
    )
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}

    def seen_by_another_process() -> int:
        return int(subprocess.check_output([sys.executable, "-c", read, str(path)], env=environ))

    with Ledger(path, "s") as first, Ledger(path, "s"):
        first.start_run("one", date(2026, 12, 28), [])
        assert seen_by_another_process() == 1
        first.start_run("two", date(2026, 12, 28), [])
        assert seen_by_another_process() == 2
