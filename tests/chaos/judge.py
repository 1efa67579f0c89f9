"""Whether a seed left the world as it should be: every objection in words, none if all is well.

The judge goes by the records of the venue and the sheet, the ledger's file, and the system; what the program says is
compared with them, never believed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

from booking.outcomes import Outcome, exit_status
from tests.chaos.facts import Facts, Place, Row, RunFacts, Want

_ZONE = ZoneInfo("Europe/London")
_SATISFIED = {Outcome.BOOKED, Outcome.ALREADY_BOOKED}
_COULD_NOT_START = 2
_STATUSES = {0, 1, _COULD_NOT_START, 3}
_BROKEN_OFF = {_COULD_NOT_START, 3}
_LEDGER_MAY_SAY = {"sold": {"paid"}, "held": {"held", "unknown"}, "": {"released", "unknown"}}
_CLICKS = re.compile(r"/(confirmation|3ds|save-card)$")
"""Where a click leads that moves money unseen, until My Bookings shows it. What credit pays for leaves the basket."""


def judge(facts: Facts) -> list[str]:
    """Return everything that is not as it should be."""
    checks = (_quiet, _sold, _paid, _ledger, _sheet, _end_state, _refusal, _bystanders, _every_run, _secrets)
    return [objection for check in checks for objection in check(facts)]


def _quiet(facts: Facts) -> Iterator[str]:
    if not facts.quiet:
        told = ", ".join(f"{run.status}{' with changes' if run.changed else ''}" for run in facts.runs)
        yield f"it never became quiet: the runs ended with {told}"


# What was sold, and for what money


def _sold(facts: Facts) -> Iterator[str]:
    wanted = {(want.email, place) for want in facts.wants for place in want.places}
    ours = {want.email for want in facts.wants}
    for place, times in Counter(map(_place, facts.bookings)).items():
        if times > 1:
            yield f"{_told(place)} was sold {times} times"
    for hold in facts.holds:
        if hold["email"] in ours and (hold["email"], _place(hold)) not in wanted:
            yield f"{hold['email']} has held {_told(_place(hold))}, which nobody asked for"
    for booking in facts.bookings:
        if (booking["email"], _place(booking)) not in wanted:
            yield f"{booking['email']} has booked {_told(_place(booking))}, which nobody asked for"
    for want in facts.wants:
        taken = [_place(hold) for hold in _living(facts, want)]
        if len(taken) > 1:
            yield f"{want.account} has {' and '.join(map(_told, taken))} for one wish"


def _paid(facts: Facts) -> Iterator[str]:
    paid = {payment["id"]: payment for payment in facts.payments if payment["status"] == "paid"}
    prices = {(hold["email"], _place(hold)): hold["price_pence"] for hold in facts.holds}
    for number, payment in paid.items():
        bought = [booking for booking in facts.bookings if booking["payment_id"] == number]
        due = sum(prices.get((booking["email"], _place(booking)), 0) for booking in bought)
        if len(bought) != len(payment["lines"]):
            yield f"payment {number} is for {len(payment['lines'])} slots, and {len(bought)} were booked with it"
        if payment["amount_pence"] != due:
            yield f"payment {number} took {payment['amount_pence']} pence for slots that cost {due}"
        if any(booking["email"] != payment["email"] for booking in bought):
            yield f"payment {number} of {payment['email']} has paid for somebody else"
        if payment["card_saved"]:
            yield f"the card of payment {number} was saved"
    for booking in facts.bookings:
        if booking["payment_id"] not in paid:
            yield f"{_told(_place(booking))} is booked and was not paid"
    for line, times in Counter(line for payment in paid.values() for line in payment["lines"]).items():
        if times > 1:
            yield f"{line} was paid {times} times"


# What the ledger and the sheet remember


def _ledger(facts: Facts) -> Iterator[str]:
    emails = {want.account: want.email for want in facts.wants}
    fates = {(hold["email"], _place(hold)): hold["state"] for hold in facts.holds if hold["state"] in {"held", "sold"}}
    states = {(emails.get(row["account"], row["account"]), _place(row)): row["state"] for row in facts.states}
    for email, place in sorted(states.keys() | {key for key in fates if key[0] in emails.values()}):
        state, fate = states.get((email, place), "nothing"), fates.get((email, place), "")
        if state not in _LEDGER_MAY_SAY[fate]:
            yield f"{email}, {_told(place)}: {state} in the ledger, {fate or 'nothing'} at the venue"
        if state == "unknown" and not _nobody_can_know(facts, email):
            yield f"{email}, {_told(place)}: unknown in the ledger, though no click that pays went unanswered"


def _nobody_can_know(facts: Facts, email: str | None) -> bool:
    """Tell whether some request that may move money, or its answer, was lost."""
    return any(
        request["email"] == email
        and request["method"] == "POST"
        and _CLICKS.search(request["path"])
        and (request["fault"] or request["status"] is None)
        for request in facts.requests
    )


def _sheet(facts: Facts) -> Iterator[str]:
    logged = Counter(tuple(row[:6]) for row in facts.log)
    told = Counter(_as_logged(row) for row in facts.outcomes)
    for row, times in (told - logged).items():
        yield f"the sheet's log lacks {times} of {row}"
    for row, times in (logged - told).items():
        yield f"the sheet's log has {times} too many of {row}"
    for run in facts.runs:
        if run.interrupted or not run.name or facts.ended.get(run.name) is None:
            continue
        for want in facts.wants:
            mine = [row for row in _outcomes(facts, run) if _is_of(row, want)]
            if len(mine) != 1:
                yield f"run {run.name} has told {len(mine)} outcomes of {_wanted(want)}"


def _as_logged(row: Row) -> tuple[str, ...]:
    at = datetime.fromisoformat(row["at"]).astimezone(_ZONE)
    stamp = f"{at:%Y-%m-%d %H:%M:%S}.{at.microsecond // 1000:03d} {at:%z}"
    return (stamp, row["email"], str(row["got_court"]), row["got_day"], f"{row['got_hour']:02d}:00", row["outcome"])


# Where it ended


def _end_state(facts: Facts) -> Iterator[str]:
    last = facts.runs[-1]
    for want in facts.wants:
        found = [row for row in _outcomes(facts, last) if _is_of(row, want)]
        if len(found) == 1:
            yield from _end_of(facts, want, found[0])
        else:
            yield f"the last run has told {len(found)} outcomes of {_wanted(want)}"
    fitting = int(exit_status(Outcome(row["outcome"]) for row in _outcomes(facts, last)))
    if last.status != fitting:
        yield f"the last run ended with {last.status}, where its outcomes ask for {fitting}"


def _end_of(facts: Facts, want: Want, told: Row) -> Iterator[str]:
    """Yield what is wrong with how one want ended."""
    outcome, got = Outcome(told["outcome"]), (told["got_court"], told["got_day"], told["got_hour"])
    taken = {_place(hold) for hold in facts.holds if hold["state"] == "rival"}
    booked = [_place(row) for row in facts.bookings if row["email"] == want.email and _place(row) in want.places]
    free = [place for place in want.places if place not in taken]
    if booked:
        if outcome not in _SATISFIED or got != booked[0]:
            yield f"{_wanted(want)}: booked as {_told(booked[0])}, but told as {outcome} ({_told(got)})"
        if booked[0] != free[0]:
            yield f"{_wanted(want)}: {_told(booked[0])} was booked, though {_told(free[0])} could be had"
        return
    if outcome is Outcome.UNKNOWN:
        if not _nobody_can_know(facts, want.email):
            yield f"{_wanted(want)}: told as unknown, though no click that pays went unanswered"
        return
    refused = facts.refused if facts.lasting and want.account == facts.struck else ""
    due = refused or Outcome.BOOKED if free else Outcome.TAKEN
    if outcome != due or due is Outcome.BOOKED:
        yield f"{_wanted(want)}: not booked and told as {outcome} ({told['why']}), where {due} was due"


def _refusal(facts: Facts) -> Iterator[str]:
    """Yield where the first run has not told what the bank did, by its right name."""
    for row in _outcomes(facts, facts.runs[0]):
        if facts.refused and row["account"] == facts.struck and row["outcome"] != facts.refused:
            yield f"{_told(_place(row))}: told as {row['outcome']}, where the bank's answer makes it {facts.refused}"


def _bystanders(facts: Facts) -> Iterator[str]:
    first = facts.runs[0]
    for want in facts.wants:
        if want.account not in facts.bystanders:
            continue
        told = [row["outcome"] for row in _outcomes(facts, first) if _is_of(row, want)]
        if told != [Outcome.BOOKED]:
            yield f"{_wanted(want)}: it was not this account's fault, and the run told {told or 'nothing'}"


# What every run owes


def _every_run(facts: Facts) -> Iterator[str]:
    for number, run in enumerate(facts.runs, start=1):
        for objection in _run(facts, run):
            yield f"run {number}: {objection}"


def _run(facts: Facts, run: RunFacts) -> Iterator[str]:
    if "Traceback (most recent call last)" in run.said:
        yield f"it has shown a traceback: {run.said.strip().splitlines()[-1]}"
    if run.locked:
        yield "the lock of the results folder was still held"
    if run.left:
        yield f"still there afterwards: {', '.join(run.left)}"
    if run.interrupted:
        return
    if run.status not in _STATUSES:
        yield f"it ended with {run.status}"
    elif run.disk_full and facts.ended.get(run.name) is None:
        if not any(reason in run.said for reason in ("disk is full", "No space left")):
            yield "it has not said that the disk is full"
        if run.status not in _BROKEN_OFF:
            yield f"it was broken off, and ended with {run.status}"
    elif run.status == _COULD_NOT_START:
        if run.changed or _outcomes(facts, run):
            yield "it ended as one that could not start, and yet it had worked"
        if "Could not start." not in run.said:
            yield "it ended as one that could not start, and has not said so"
    else:
        yield from _finished(facts, run)


def _finished(facts: Facts, run: RunFacts) -> Iterator[str]:
    """Yield what is wrong with a run that came to its end."""
    outcomes = _outcomes(facts, run)
    fitting = int(exit_status(Outcome(row["outcome"]) for row in outcomes))
    if run.status != fitting:
        yield f"it ended with {run.status}, where its outcomes ask for {fitting}"
    if facts.ended.get(run.name) != run.status:
        yield f"it ended with {run.status}, and the ledger has {facts.ended.get(run.name)}"
    if run.report is None:
        if not run.disk_full:
            yield "there is no report"
        elif "there is no report" not in run.said:
            yield "there is no report, and it has not said so"
        return
    for want in facts.wants:
        for row in outcomes:
            if _is_of(row, want) and not _shows(run.report, want, row):
                yield f"the report does not show {_wanted(want)} as {row['outcome']}"
    said = " ".join(run.said.split())
    for row in outcomes:
        if row["outcome"] not in said:
            yield f"it has not said that {row['outcome']} came of {_told(_place(row))}"


def _shows(report: list[list[str]], want: Want, told: Row) -> bool:
    """Tell whether the report's table has a row for a want with its outcome."""
    court, day, hour = want.places[0]
    slot = f"{date.fromisoformat(day):%a %d %b} {hour:02d}:00"
    if told["got_hour"] != hour:
        slot += f", got {told['got_hour']:02d}:00"
    row = [want.account.capitalize(), str(court), slot, told["outcome"]]
    return any(cells[:4] == row for cells in report)


def _secrets(facts: Facts) -> Iterator[str]:
    for found in facts.secrets:
        yield f"secret: {found}"


# Small words


def _living(facts: Facts, want: Want) -> list[Row]:
    """Return what an account holds or has bought of the slots of a want."""
    mine = [hold for hold in facts.holds if hold["email"] == want.email and hold["state"] in {"held", "sold"}]
    return [hold for hold in mine if _place(hold) in want.places]


def _outcomes(facts: Facts, run: RunFacts) -> list[Row]:
    return [row for row in facts.outcomes if row["run"] == run.name] if run.name else []


def _is_of(row: Row, want: Want) -> bool:
    return row["account"] == want.account and _place(row) == want.places[0]


def _place(row: Row) -> Place:
    return int(row["court"]), str(row["date"] if "date" in row else row["day"]), int(row["hour"])


def _told(place: Place) -> str:
    court, day, hour = place
    return f"court {court}, {day} {hour:02d}:00"


def _wanted(want: Want) -> str:
    return f"{want.account}'s {_told(want.places[0])}"
