"""The judge objects to every kind of wrong: one that cannot object is worth nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.chaos.facts import Facts, Row, RunFacts, WantedSlots
from tests.chaos.judge import judge

DAY = "2026-12-29"
MOTHER = "mother@example.test"
FATHER = "father@example.test"
BOOKED, AGAIN = "run-1", "run-2"
IN_DOUBT = {"unknown", "paid, not listed yet"}
BEGAN = datetime(2026, 11, 24, 12, 1, tzinfo=UTC).timestamp() * 1000
"""When money is taken where nothing else is said: in the first minute of the first run, before it tells anything."""


def hold(hour: int, state: str = "sold", **values: Any) -> Row:  # noqa: ANN401 - JSON
    return {"email": MOTHER, "court": 1, "date": DAY, "hour": hour, "state": state, "price_pence": 1390, **values}


def booking(hour: int, payment: str = "PC-1", **values: Any) -> Row:  # noqa: ANN401 - JSON
    return {"email": MOTHER, "court": 1, "date": DAY, "hour": hour, "payment_id": payment, **values}


def payment(number: str = "PC-1", hours: tuple[int, ...] = (10, 14), **values: Any) -> Row:  # noqa: ANN401 - JSON
    slots = [{"court": 1, "date": DAY, "hour": hour} for hour in hours]
    paid = {"id": number, "email": MOTHER, "status": "paid", "amount_pence": 1390 * len(hours), "surcharge_pence": 0}
    return {**paid, "slots": slots, "card_saved": False, "at": BEGAN, **values}


def outcome(run: str, hour: int, told: str, got: int | None = None) -> Row:
    at = f"2026-11-24T12:0{run[-1]}:{hour}.123+00:00"
    slot = {"account": "mother", "email": MOTHER, "court": 1, "day": DAY, "hour": hour}
    got_slot = {"got_court": 1, "got_day": DAY, "got_hour": hour if got is None else got}
    return {"run": run, "at": at, "outcome": told, "why": "", **slot, **got_slot}


def logged(row: Row) -> list[str]:
    stamp = f"{row['at'][:10]} {row['at'][11:23]} +0000"
    return [stamp, row["email"], "1", DAY, f"{row['got_hour']:02d}:00", row["outcome"], ""]


def shown(row: Row) -> list[str]:
    got = "" if row["got_hour"] == row["hour"] else f", got {row['got_hour']:02d}:00"
    return ["Mother", "1", f"Tue 29 Dec {row['hour']:02d}:00{got}", row["outcome"], "-", "1", "5 ms", "9 ms"]


def settle(row: Row) -> str:
    return f"./run.sh settle {row['account']} {row['got_day']} {row['got_hour']:02d}:00 paid (or not-paid)"


def tell(facts: Facts, number: int, rows: list[Row], status: int) -> None:
    """Let a run tell these outcomes, in the ledger, the sheet, the report and at the terminal alike."""
    run = facts.runs[number]
    facts.outcomes = [row for row in facts.outcomes if row["run"] != run.name] + rows
    facts.log = [logged(row) for row in facts.outcomes]
    run.report = [shown(row) for row in rows]
    told = [f"{row['outcome']}: {settle(row)}" for row in rows if row["outcome"] in IN_DOUBT]
    run.calls = [("mother", text) for text in told]
    run.said = "\n".join([*(row["outcome"] for row in rows), *told])
    run.status = facts.ended[run.name] = status


@pytest.fixture
def facts() -> Facts:
    """A booking that nothing has disturbed, and a run after it."""
    wishes = [
        WantedSlots("mother", MOTHER, ((1, DAY, 10), (1, DAY, 11))),
        WantedSlots("mother", MOTHER, ((1, DAY, 14),)),
    ]
    runs = [RunFacts(0, "", 12.0, interrupted=False, name=name) for name in (BOOKED, AGAIN)]
    runs[0].changed = True
    fair = Facts(
        wishes=wishes,
        struck="mother",
        bystanders=(),
        runs=runs,
        quiet=True,
        holds=[hold(10), hold(14)],
        bookings=[booking(10), booking(14)],
        payments=[payment()],
        requests=[],
        log=[],
        states=[
            {"account": "mother", "court": 1, "day": DAY, "hour": 10, "state": "paid"},
            {"account": "mother", "court": 1, "day": DAY, "hour": 14, "state": "paid"},
        ],
        outcomes=[],
        ended={},
    )
    tell(fair, 0, [outcome(BOOKED, 10, "booked"), outcome(BOOKED, 14, "booked")], 0)
    tell(fair, 1, [outcome(AGAIN, 10, "already booked"), outcome(AGAIN, 14, "already booked")], 0)
    return fair


def end_with(facts: Facts, told: str, status: int, state: str) -> None:
    """Let the first want end unbooked, and its slot lie in the basket."""
    facts.holds[0]["state"] = "held"
    facts.states[0]["state"] = state
    del facts.bookings[0]
    facts.payments = [payment(hours=(14,))]
    tell(facts, 0, [outcome(BOOKED, 10, told), outcome(BOOKED, 14, "booked")], status)
    tell(facts, 1, [outcome(AGAIN, 10, told), outcome(AGAIN, 14, "already booked")], status)


def lose_click(facts: Facts) -> None:
    asked = {"email": MOTHER, "method": "POST", "path": "/scp/x/confirmation", "fault": "drop", "status": None}
    facts.requests = [asked]


def charge_and_forget(facts: Facts, told: str = "unknown", status: int = 3) -> None:
    """Let the money for the first want be taken, and the venue never learn of it."""
    end_with(facts, told, status, "unknown")
    facts.payments.append(payment("PC-2", (10,)))


def decline(facts: Facts, told: str = "payment declined") -> None:
    """Let the bank decline everything, for good."""
    end_with(facts, told, 1, "held")
    facts.bookings, facts.holds[1]["state"], facts.states[1]["state"] = [], "held", "held"
    facts.payments = [payment(status="declined")]
    for number, run in enumerate((BOOKED, AGAIN)):
        tell(facts, number, [outcome(run, 10, told), outcome(run, 14, told)], 1)
        facts.runs[number].calls = [("mother", f"{told}: held until 12:45")]
    facts.told, facts.refused = (told,), told


def give_to_rival(facts: Facts) -> None:
    """Let somebody else have mother's first hour, and mother the next one."""
    facts.holds = [hold(10, "rival", email="rival@example.test", price_pence=0), hold(11), hold(14)]
    facts.bookings = [booking(11), booking(14)]
    facts.payments = [payment(hours=(11, 14))]
    facts.states[0]["state"] = "released"
    facts.states.append({"account": "mother", "court": 1, "day": DAY, "hour": 11, "state": "paid"})
    tell(facts, 0, [outcome(BOOKED, 10, "booked", 11), outcome(BOOKED, 14, "booked")], 0)
    tell(facts, 1, [outcome(AGAIN, 10, "already booked", 11), outcome(AGAIN, 14, "already booked")], 0)


# What is right


def test_a_booking_without_a_fault_is_clean(facts: Facts) -> None:
    assert judge(facts) == []


def test_the_next_hour_is_right_where_somebody_else_has_the_first(facts: Facts) -> None:
    give_to_rival(facts)
    assert judge(facts) == []


def test_unknown_is_right_where_nobody_can_know(facts: Facts) -> None:
    end_with(facts, "unknown", 3, "unknown")
    lose_click(facts)
    assert judge(facts) == []


@pytest.mark.parametrize("status", ["failed", "pending"])
def test_unknown_is_right_where_the_portal_has_not_told(facts: Facts, status: str) -> None:
    end_with(facts, "unknown", 3, "unknown")
    facts.payments.append(payment("PC-2", (10,), status=status))
    assert judge(facts) == []


def test_unknown_is_right_where_the_run_was_ended_at_the_last_button(facts: Facts) -> None:
    end_with(facts, "unknown", 3, "unknown")
    facts.requests = [
        {"email": MOTHER, "method": "GET", "path": "/scp/x/confirmation", "fault": "pause", "status": 200}
    ]
    assert judge(facts)
    facts.cut = True
    assert judge(facts) == []


@pytest.mark.parametrize(("told", "status"), [("unknown", 3), ("paid, not listed yet", 1), ("paid, not listed yet", 3)])
def test_doubt_is_right_where_money_was_taken_and_nothing_booked(facts: Facts, told: str, status: int) -> None:
    charge_and_forget(facts, told, status)
    assert judge(facts) == []
    facts.holds[0]["state"] = "expired"  # It ran out in the basket meanwhile.
    assert judge(facts) == []


def test_doubt_is_right_until_the_venue_has_learnt_of_it(facts: Facts) -> None:
    tell(facts, 0, [outcome(BOOKED, 10, "unknown"), outcome(BOOKED, 14, "booked")], 3)
    assert judge(facts) == []


@pytest.mark.parametrize("state", ["held", "released"])
def test_another_want_is_for_a_person_while_the_basket_holds_what_is_not_settled(facts: Facts, state: str) -> None:
    charge_and_forget(facts)
    facts.holds[1]["state"], facts.states[1]["state"] = state, state
    facts.bookings, facts.payments = [], [payment("PC-2", (10,))]
    told = "needs a person"
    for number, run in enumerate((BOOKED, AGAIN)):
        tell(facts, number, [outcome(run, 10, "unknown"), outcome(run, 14, told)], 3)
        facts.runs[number].calls.append(("mother", "needs a person: the basket still holds 10:00"))
    assert judge(facts) == []
    facts.holds[0]["state"] = "expired"
    assert [each for each in judge(facts) if "where booked was due" in each]


@pytest.mark.parametrize("told", ["payment declined", "needs a person"])
def test_a_lasting_refusal_is_right(facts: Facts, told: str) -> None:
    decline(facts, told)
    assert judge(facts) == []


def test_a_declined_payment_may_be_tried_again_by_a_later_run(facts: Facts) -> None:
    facts.payments.insert(0, payment("PC-0", status="declined"))
    tell(facts, 0, [outcome(BOOKED, 10, "payment declined"), outcome(BOOKED, 14, "payment declined")], 1)
    facts.payments[1]["at"] = BEGAN + 60_000
    assert judge(facts) == []


def test_a_stated_fee_is_paid(facts: Facts) -> None:
    facts.payments = [payment(amount_pence=2830, surcharge_pence=50)]
    facts.fees = {MOTHER: (50,)}
    assert judge(facts) == []


def test_a_killed_run_owes_nothing(facts: Facts) -> None:
    facts.runs[0].interrupted = True
    facts.runs[0].status, facts.runs[0].report, facts.ended[BOOKED] = -9, None, None
    tell(facts, 1, [outcome(AGAIN, 10, "already booked"), outcome(AGAIN, 14, "already booked")], 0)
    facts.outcomes = [row for row in facts.outcomes if row["run"] == AGAIN]
    facts.log = [logged(row) for row in facts.outcomes]
    assert judge(facts) == []


def test_a_run_that_could_not_start_owes_its_reason_only(facts: Facts) -> None:
    could_not = RunFacts(2, "Could not start.\nThe sheet is down.", 3.0, interrupted=False)
    facts.runs.insert(0, could_not)
    assert judge(facts) == []
    could_not.changed = True
    assert judge(facts) == ["run 1: it ended as one that could not start, and yet it had worked"]
    could_not.changed, could_not.said = False, "Bye."
    assert judge(facts) == ["run 1: it ended as one that could not start, and has not said so"]


def test_a_run_with_a_full_disk_owes_a_reason_and_no_report(facts: Facts) -> None:
    full = RunFacts(2, "The run was broken off; the disk is full", 9.0, interrupted=False, disk_full=True, changed=True)
    facts.runs.insert(0, full)
    assert judge(facts) == []
    full.said = "Bye."
    assert judge(facts) == ["run 1: it has not said that the disk is full"]
    full.said = "No space left on device"
    for status in (0, 1):
        full.status = status
        assert judge(facts) == [f"run 1: it was broken off, and ended with {status}"]


# What is wrong

Forgery = Callable[[Facts], object]


def _second_sale(facts: Facts) -> None:
    facts.bookings.append(booking(10, "PC-2"))
    facts.payments.append(payment("PC-2", (10,)))


def _second_payment(facts: Facts) -> None:
    facts.payments.append(payment("PC-2", (10,)))


def _second_payment_of_father(facts: Facts) -> None:
    facts.payments.append(payment("PC-2", (10,), email=FATHER))


def _half_booked(facts: Facts) -> None:
    facts.payments = [payment(), payment("PC-2", (10, 14), at=BEGAN + 1)]
    facts.bookings = [booking(10, "PC-2"), booking(14)]


def _fee_not_stated(facts: Facts) -> None:
    facts.payments = [payment(amount_pence=2830, surcharge_pence=50)]
    facts.fees = {MOTHER: (40,)}


def _too_much_spent(facts: Facts) -> None:
    facts.payments = [payment(amount_pence=11_780, surcharge_pence=9000)]
    facts.fees = {MOTHER: (9000,)}


def _sent_again_after(status: str) -> Forgery:
    def forge(facts: Facts) -> None:
        facts.payments.insert(0, payment("PC-0", (10,), status=status))

    return forge


def _charged_and_told_as(told: str, state: str = "unknown") -> Forgery:
    def forge(facts: Facts) -> None:
        charge_and_forget(facts, told, 1)
        facts.states[0]["state"] = state
        for run in facts.runs:
            run.calls.append(("mother", "somebody, please"))

    return forge


def _charged_and_known_as(state: str) -> Forgery:
    def forge(facts: Facts) -> None:
        charge_and_forget(facts)
        facts.states[0]["state"] = state

    return forge


def _held_and_known_as(state: str) -> Forgery:
    def forge(facts: Facts) -> None:
        decline(facts)
        facts.states[0]["state"] = state

    return forge


def _charged_and_run_out(facts: Facts) -> None:
    charge_and_forget(facts)
    facts.holds[0]["state"], facts.states[0]["state"] = "expired", "released"


def _charged_and_the_other_hour_booked(facts: Facts) -> None:
    charge_and_forget(facts)
    facts.holds.append(hold(11))
    facts.bookings.append(booking(11, "PC-3"))
    facts.payments.append(payment("PC-3", (11,)))
    facts.states.append({"account": "mother", "court": 1, "day": DAY, "hour": 11, "state": "paid"})
    tell(facts, 1, [outcome(AGAIN, 10, "booked", 11), outcome(AGAIN, 14, "already booked")], 0)


def _said_for_certain_in_between(facts: Facts) -> None:
    tell(facts, 0, [outcome(BOOKED, 10, "site error"), outcome(BOOKED, 14, "booked")], 1)


def _told_as_the_other_hour_in_between(facts: Facts) -> None:
    tell(facts, 0, [outcome(BOOKED, 10, "unknown", 11), outcome(BOOKED, 14, "booked")], 3)


def _nobody_called(facts: Facts) -> None:
    charge_and_forget(facts)
    facts.runs[1].calls = []


def _father_called(facts: Facts) -> None:
    charge_and_forget(facts)
    facts.runs[1].calls = [("father", text) for _, text in facts.runs[1].calls]


def _called_without_command(facts: Facts) -> None:
    charge_and_forget(facts)
    facts.runs[0].calls = [("mother", "unknown: look at the statement")]


def _command_not_said(facts: Facts) -> None:
    charge_and_forget(facts)
    facts.runs[1].said = "unknown already booked"


def _held_and_nobody_called(facts: Facts) -> None:
    decline(facts)
    facts.history = [{"run": BOOKED, "account": "mother", "court": 1, "day": DAY, "hour": 10, "state": "held"}]
    facts.runs[0].calls = []


def _declined_by_nobody(facts: Facts) -> None:
    decline(facts)
    facts.payments[0]["status"] = "failed"


def _pending_of_another_slot(facts: Facts) -> None:
    end_with(facts, "unknown", 3, "unknown")
    facts.payments.append(payment("PC-2", (12,), status="pending"))


def _pending_of_father(facts: Facts) -> None:
    end_with(facts, "unknown", 3, "unknown")
    facts.payments.append(payment("PC-2", (10,), status="pending", email=FATHER))


def _declined_and_yet_unknown(facts: Facts) -> None:
    end_with(facts, "unknown", 3, "unknown")
    facts.payments.append(payment("PC-2", (10,), status="declined"))


def _other_slot(facts: Facts) -> None:
    facts.holds.append(hold(15, "released"))


def _other_sale(facts: Facts) -> None:
    facts.holds.append(hold(15))
    facts.bookings.append(booking(15, "PC-2"))
    facts.payments.append(payment("PC-2", (15,)))


def _both_hours(facts: Facts) -> None:
    facts.holds.append(hold(11, "held"))


def _second_choice(facts: Facts) -> None:
    give_to_rival(facts)
    facts.holds[0]["state"] = "expired"


def _row_of_sheet_twice(facts: Facts) -> None:
    facts.log.append(facts.log[0])


def _outcome_lost(facts: Facts) -> None:
    tell(facts, 0, [outcome(BOOKED, 10, "booked")], 0)


def _bystander_hit(facts: Facts) -> None:
    facts.struck, facts.bystanders = "father", ("mother",)
    tell(facts, 0, [outcome(BOOKED, 10, "site error"), outcome(BOOKED, 14, "booked")], 1)


def _refusal_misnamed(facts: Facts) -> None:
    facts.told = ("payment declined",)
    facts.payments.insert(0, payment("PC-0", status="declined"))
    facts.payments[1]["at"] = BEGAN + 60_000
    tell(facts, 0, [outcome(BOOKED, 10, "site error"), outcome(BOOKED, 14, "payment declined")], 1)


def _rival_misnamed(facts: Facts) -> None:
    end_with(facts, "site error", 1, "released")
    facts.holds = [hold(10, "rival", email="rival@example.test"), hold(11, "rival", email="rival@example.test")]
    facts.holds.append(hold(14))


def _click_of_father_lost(facts: Facts) -> None:
    end_with(facts, "unknown", 3, "unknown")
    lose_click(facts)
    facts.requests[0]["email"] = FATHER


def _only_a_look_lost(facts: Facts) -> None:
    end_with(facts, "unknown", 3, "unknown")
    lose_click(facts)
    facts.requests[0]["method"] = "GET"


def _told_as_the_other_hour(facts: Facts) -> None:
    tell(facts, 1, [outcome(AGAIN, 10, "already booked", 11), outcome(AGAIN, 14, "already booked")], 0)


def _set(run: int, **values: Any) -> Forgery:  # noqa: ANN401 - whatever the field holds
    def forge(facts: Facts) -> None:
        for name, value in values.items():
            setattr(facts.runs[run], name, value)

    return forge


@pytest.mark.parametrize(
    ("forge", "objection"),
    [
        (lambda facts: setattr(facts, "quiet", False), "never became quiet"),
        (_second_sale, "was sold 2 times"),
        (_second_payment, "was paid 2 times"),
        (_second_payment_of_father, "was paid 2 times"),
        (_second_payment, "was sent for payment again (PC-2), though PC-1 was paid"),
        (_sent_again_after("failed"), "was sent for payment again (PC-1), though PC-0 was failed"),
        (_sent_again_after("pending"), "was sent for payment again (PC-1), though PC-0 was pending"),
        (_half_booked, "payment PC-1 is for 2 slots, and 1 of them were booked with it"),
        (_fee_not_stated, "took a fee of 50 pence that was not stated"),
        (_too_much_spent, "has spent 11780 pence, where 10000 are allowed"),
        (_charged_and_told_as("payment declined"), "10:00 was charged and not booked, and told as payment declined"),
        (_charged_and_told_as("needs a person"), "10:00 was charged and not booked, and told as needs a person"),
        (_charged_and_told_as("taken by somebody else"), "was charged before, and told as taken by somebody else"),
        (_charged_and_known_as("held"), "held in the ledger, held, money taken at the venue"),
        (_charged_and_known_as("paying"), "paying in the ledger, held, money taken at the venue"),
        (_charged_and_known_as("paid"), "paid in the ledger, held, money taken at the venue"),
        (_charged_and_run_out, "released in the ledger, money taken at the venue"),
        (_charged_and_the_other_hour_booked, "for one wish"),
        (_charged_and_the_other_hour_booked, "was charged before, and told as booked (court 1, 2026-12-29 11:00"),
        (_said_for_certain_in_between, "10:00 was charged before, and told as site error"),
        (_told_as_the_other_hour_in_between, "10:00 was charged before, and told as unknown (court 1, 2026-12-29 11"),
        (_nobody_called, "run run-2 has not called a person for court 1, 2026-12-29 10:00, unknown"),
        (_father_called, "run run-2 has not called a person for court 1, 2026-12-29 10:00, unknown"),
        (_called_without_command, "run run-1 has not called a person for court 1, 2026-12-29 10:00, unknown"),
        (_command_not_said, "run run-2 has not said how to settle court 1, 2026-12-29 10:00, unknown"),
        (_held_and_nobody_called, "run run-1 has not called a person for court 1, 2026-12-29 10:00, which is held"),
        (_declined_by_nobody, "was told as payment declined, and no bank had declined it"),
        (_pending_of_another_slot, "though no click that pays went unanswered"),
        (_pending_of_father, "though no click that pays went unanswered"),
        (_declined_and_yet_unknown, "though no click that pays went unanswered"),
        (_other_slot, "has held court 1, 2026-12-29 15:00, which nobody asked for"),
        (_other_sale, "has booked court 1, 2026-12-29 15:00, which nobody asked for"),
        (_both_hours, "for one wish"),
        (_second_choice, "11:00 was booked, though court 1, 2026-12-29 10:00 could be had"),
        (lambda facts: facts.payments[0].update(amount_pence=1390), "took 1390 pence for slots that cost 2780"),
        (lambda facts: facts.payments[0].update(email=FATHER), "has paid for somebody else"),
        (lambda facts: facts.payments[0].update(status="pending"), "is booked and was not paid"),
        (lambda facts: facts.payments[0].update(card_saved=True), "was saved"),
        (lambda facts: facts.states[0].update(state="paying"), "paying in the ledger, sold at the venue"),
        (lambda facts: facts.states[0].update(state="intent"), "intent in the ledger, sold at the venue"),
        (lambda facts: facts.states[0].update(state="held"), "held in the ledger, sold at the venue"),
        (lambda facts: facts.states[0].update(state="unknown"), "unknown in the ledger, sold at the venue"),
        (lambda facts: facts.states.pop(), "nothing in the ledger, sold at the venue"),
        (_held_and_known_as("paid"), "paid in the ledger, held at the venue"),
        (_held_and_known_as("paying"), "paying in the ledger, held at the venue"),
        (_held_and_known_as("released"), "released in the ledger, held at the venue"),
        (
            lambda facts: facts.states.append({**facts.states[0], "hour": 11}),
            "paid in the ledger, nothing at the venue",
        ),
        (lambda facts: facts.states.append({**facts.states[0], "hour": 11, "state": "intent"}), "intent in the ledger"),
        (lambda facts: end_with(facts, "unknown", 3, "unknown"), "though no click that pays went unanswered"),
        (_click_of_father_lost, "though no click that pays went unanswered"),
        (_only_a_look_lost, "though no click that pays went unanswered"),
        (_row_of_sheet_twice, "has 1 too many of"),
        (lambda facts: facts.log.pop(), "the sheet's log lacks 1 of"),
        (lambda facts: facts.log[0].__setitem__(5, "site error"), "the sheet's log lacks 1 of"),
        (_outcome_lost, "has told 0 outcomes of mother's court 1, 2026-12-29 14:00"),
        (lambda facts: end_with(facts, "site error", 1, "held"), "told as site error (), where booked was due"),
        (lambda facts: end_with(facts, "payment declined", 1, "held"), "where booked was due"),
        (lambda facts: end_with(facts, "booked", 0, "held"), "not booked and told as booked"),
        (_rival_misnamed, "where taken by somebody else was due"),
        (_told_as_the_other_hour, "but told as already booked (court 1, 2026-12-29 11:00)"),
        (_bystander_hit, "it was not this account's fault"),
        (_refusal_misnamed, "where the trouble makes it payment declined"),
        (_set(1, status=1), "the last run ended with 1, where its outcomes ask for 0"),
        (_set(0, status=3), "run 1: it ended with 3, where its outcomes ask for 0"),
        (_set(0, status=-15), "run 1: it ended with -15"),
        (lambda facts: facts.ended.update({BOOKED: None}), "it ended with 0, and the ledger has None"),
        (_set(0, report=None), "run 1: there is no report"),
        (_set(0, report=None, disk_full=True), "run 1: there is no report, and it has not said so"),
        (_set(0, report=[]), "the report does not show mother's court 1, 2026-12-29 10:00 as booked"),
        (
            _set(0, said="Traceback (most recent call last):\nOSError: no"),
            "run 1: it has shown a traceback: OSError: no",
        ),
        (_set(1, said="Bye."), "run 2: it has not said that already booked came of"),
        (_set(0, left=["chrome"]), "run 1: still there afterwards: chrome"),
        (_set(0, locked=True), "run 1: the lock of the results folder was still held"),
        (lambda facts: facts.secrets.append("LB_CITY in report.html"), "secret: LB_CITY in report.html"),
    ],
)
def test_it_objects(facts: Facts, forge: Forgery, objection: str) -> None:
    forge(facts)
    assert [each for each in judge(facts) if objection in each], judge(facts)
