"""Whether a seed left the world as it should be: every objection in words, none if all is well.

The judge goes by the records of the venue and the sheet, the ledger's file, and the system; what the program says is
compared with them, never believed. Money is counted by slot, over all runs of the seed and whatever account: where it
was taken and nothing is booked, the program must not know better than that nobody knows.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

from booking.outcomes import Outcome, exit_status
from tests.chaos.facts import Facts, Place, Row, RunFacts, WantedSlots

_ZONE = ZoneInfo("Europe/London")
_SATISFIED = {Outcome.BOOKED, Outcome.ALREADY_BOOKED}
_IN_DOUBT = {Outcome.UNKNOWN, Outcome.NOT_LISTED}
_COULD_NOT_START = 2
_UNSETTLED = 3
_STATUSES = {0, 1, _COULD_NOT_START, _UNSETTLED}
_BROKEN_OFF = {_COULD_NOT_START, _UNSETTLED}
_LEDGER_MAY_SAY = {
    "sold": {"paid"},
    "held, money taken": {"unknown"},
    "money taken": {"unknown"},
    "held": {"held", "unknown"},
    "": {"released", "unknown"},
}
"""What the ledger may say of a slot in the end, by what the venue has of it."""
_CLICKS = re.compile(r"/(confirmation|3ds|save-card)$|^/bank/[^/]+$")
"""Where a click leads that moves money unseen, until My Bookings shows it. What credit pays for leaves the basket."""
_LAST_BUTTON = re.compile(r"/confirmation$")
_MAY_HAVE_BEEN_TAKEN = {"failed", "pending"}
"""What became of a payment by the bank's books where the portal has told nobody that no money was taken."""
_SLACK_MS = 1000.0
"""What happens within this time is not said to have happened before."""


def judge(facts: Facts) -> list[str]:
    """Return everything that is not as it should be."""
    checks = (
        *(_quiet, _sold, _paid, _sent_once, _ledger, _sheet, _end_state),
        *(_while_in_doubt, _first_run, _declined, _called, _bystanders, _every_run, _secrets),
    )
    return [objection for check in checks for objection in check(facts)]


def _quiet(facts: Facts) -> Iterator[str]:
    if not facts.quiet:
        told = ", ".join(f"{run.status}{' with changes' if run.changed else ''}" for run in facts.runs)
        yield f"it never became quiet: the runs ended with {told}"


# What was sold, and for what money


def _sold(facts: Facts) -> Iterator[str]:
    wanted = {(wish.email, place) for wish in facts.wishes for place in wish.places}
    ours = {wish.email for wish in facts.wishes}
    for place, times in Counter(map(_place, facts.bookings)).items():
        if times > 1:
            yield f"{_told(place)} was sold {times} times"
    for hold in facts.holds:
        if hold["email"] in ours and (hold["email"], _place(hold)) not in wanted:
            yield f"{hold['email']} has held {_told(_place(hold))}, which nobody asked for"
    for booking in facts.bookings:
        if (booking["email"], _place(booking)) not in wanted:
            yield f"{booking['email']} has booked {_told(_place(booking))}, which nobody asked for"
    for wish in facts.wishes:
        taken = [_place(hold) for hold in _living(facts, wish)]
        if len(taken) > 1:
            yield f"{wish.account} has {' and '.join(map(_told, taken))} for one wish"


def _paid(facts: Facts) -> Iterator[str]:
    paid = {payment["id"]: payment for payment in facts.payments if payment["status"] == "paid"}
    for number, payment in paid.items():
        bought = [booking for booking in facts.bookings if booking["payment_id"] == number]
        places, booked = _places(payment), {_place(booking) for booking in bought}
        if bought and booked != places:
            yield f"payment {number} is for {len(places)} slots, and {len(booked)} of them were booked with it"
        if any(booking["email"] != payment["email"] for booking in bought):
            yield f"payment {number} of {payment['email']} has paid for somebody else"
        if payment["card_saved"]:
            yield f"the card of payment {number} was saved"
        yield from _charged(facts, payment)
    for booking in facts.bookings:
        if booking["payment_id"] not in paid:
            yield f"{_told(_place(booking))} is booked and was not paid"
    for place, payments in _money(facts).items():
        if len(payments) > 1:
            yield f"{_told(place)} was paid {len(payments)} times: {' and '.join(each['id'] for each in payments)}"
    for email in {wish.email for wish in facts.wishes}:
        spent = sum(payment["amount_pence"] for payment in paid.values() if payment["email"] == email)
        if spent > facts.ceiling:
            yield f"{email} has spent {spent} pence, where {facts.ceiling} are allowed"


def _charged(facts: Facts, payment: Row) -> Iterator[str]:
    """Yield where a payment took more, or less, than the basket and a stated fee."""
    prices = {(hold["email"], _place(hold)): hold["price_pence"] for hold in facts.holds}
    due = sum(prices.get((payment["email"], place), 0) for place in _places(payment))
    fee = payment["surcharge_pence"]
    if payment["amount_pence"] != due + fee:
        yield f"payment {payment['id']} took {payment['amount_pence']} pence for slots that cost {due}"
    if fee and fee not in facts.fees.get(payment["email"], ()):
        yield f"payment {payment['id']} took a fee of {fee} pence that was not stated"


def _sent_once(facts: Facts) -> Iterator[str]:
    """Yield where a slot was sent for payment after a payment that no bank has declined."""
    sent: dict[Place, Row] = {}
    for payment in facts.payments:
        for place in sorted(_places(payment)):
            if place in sent:
                before = f"{sent[place]['id']} was {sent[place]['status']}"
                yield f"{_told(place)} was sent for payment again ({payment['id']}), though {before}"
            elif payment["status"] != "declined":
                sent[place] = payment


def _money(facts: Facts) -> dict[Place, list[Row]]:
    """Return the payments that have taken money for each slot."""
    taken: dict[Place, list[Row]] = {}
    for payment in facts.payments:
        if payment["status"] == "paid":
            for place in _places(payment):
                taken.setdefault(place, []).append(payment)
    return taken


# What the ledger and the sheet remember


def _ledger(facts: Facts) -> Iterator[str]:
    emails = {wish.account: wish.email for wish in facts.wishes}
    fates = _fates(facts)
    states = {(emails.get(row["account"], row["account"]), _place(row)): row["state"] for row in facts.states}
    for email, place in sorted(states.keys() | {key for key in fates if key[0] in emails.values()}):
        state, fate = states.get((email, place), "nothing"), fates.get((email, place), "")
        if state not in _LEDGER_MAY_SAY[fate]:
            yield f"{email}, {_told(place)}: {state} in the ledger, {fate or 'nothing'} at the venue"
        if state == "unknown" and "money" not in fate and not _nobody_can_know(facts, email, place):
            yield f"{email}, {_told(place)}: unknown in the ledger, though no click that pays went unanswered"


def _fates(facts: Facts) -> dict[tuple[str | None, Place], str]:
    """Return what the venue has of every slot that an account holds, has bought, or was charged for."""
    fates = {(hold["email"], _place(hold)): hold["state"] for hold in facts.holds if hold["state"] in {"held", "sold"}}
    for place, payments in _money(facts).items():
        for payment in payments:
            key = (payment["email"], place)
            if fates.get(key) != "sold":
                fates[key] = "held, money taken" if key in fates else "money taken"
    return fates


def _nobody_can_know(facts: Facts, email: str | None, place: Place) -> bool:
    """Tell whether money may have been taken for a slot, and only the bank knows that it was not.

    A request that may move money, or its answer, was lost; the bank has not answered, or the portal has not said what
    it has; the run was ended where the last button was before it.
    """
    mine = [request for request in facts.requests if request["email"] == email]
    clicks = [each for each in mine if each["method"] == "POST" and _CLICKS.search(each["path"])]
    lost = any(each["fault"] or each["status"] is None for each in clicks)
    untold = any(
        payment["email"] == email and payment["status"] in _MAY_HAVE_BEEN_TAKEN and place in _places(payment)
        for payment in facts.payments
    )
    cut = facts.cut and any(_LAST_BUTTON.search(request["path"]) for request in mine)
    return lost or untold or cut


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
        for wish in facts.wishes:
            mine = [row for row in _outcomes(facts, run) if _is_of(row, wish)]
            if len(mine) != 1:
                yield f"run {run.name} has told {len(mine)} outcomes of {_wanted(wish)}"


def _as_logged(row: Row) -> tuple[str, ...]:
    at = datetime.fromisoformat(row["at"]).astimezone(_ZONE)
    stamp = f"{at:%Y-%m-%d %H:%M:%S}.{at.microsecond // 1000:03d} {at:%z}"
    return (stamp, row["email"], str(row["got_court"]), row["got_day"], f"{row['got_hour']:02d}:00", row["outcome"])


# Where it ended


def _end_state(facts: Facts) -> Iterator[str]:
    last = facts.runs[-1]
    for wish in facts.wishes:
        found = [row for row in _outcomes(facts, last) if _is_of(row, wish)]
        if len(found) == 1:
            yield from _end_of(facts, wish, found[0])
        else:
            yield f"the last run has told {len(found)} outcomes of {_wanted(wish)}"
    fitting = _fitting(_outcomes(facts, last))
    if last.status not in fitting:
        yield f"the last run ended with {last.status}, where its outcomes ask for {_either(fitting)}"


def _end_of(facts: Facts, wish: WantedSlots, told: Row) -> Iterator[str]:
    """Yield what is wrong with how one wish ended."""
    outcome, got = Outcome(told["outcome"]), (told["got_court"], told["got_day"], told["got_hour"])
    taken = {_place(hold) for hold in facts.holds if hold["state"] == "rival"}
    booked = [_place(row) for row in facts.bookings if row["email"] == wish.email and _place(row) in wish.places]
    free = [place for place in wish.places if place not in taken]
    if booked:
        if outcome not in _SATISFIED or got != booked[0]:
            yield f"{_wanted(wish)}: booked as {_told(booked[0])}, but told as {outcome} ({_told(got)})"
        if booked[0] != free[0]:
            yield f"{_wanted(wish)}: {_told(booked[0])} was booked, though {_told(free[0])} could be had"
        return
    charged = [place for place in wish.places if place in _money(facts)]
    if charged:
        if outcome not in _IN_DOUBT or got != charged[0]:
            told_as = f"{outcome} ({_told(got)})"
            yield f"{_wanted(wish)}: {_told(charged[0])} was charged and not booked, and told as {told_as}"
        return
    if outcome is Outcome.UNKNOWN:
        if not _nobody_can_know(facts, wish.email, got):
            yield f"{_wanted(wish)}: told as unknown, though no click that pays went unanswered"
        return
    due = _due(facts, wish) if free else {Outcome.TAKEN}
    if outcome not in due or Outcome.BOOKED in due:
        yield f"{_wanted(wish)}: not booked and told as {outcome} ({told['why']}), where {_either(due)} was due"


def _due(facts: Facts, wish: WantedSlots) -> set[Outcome]:
    """Return what may become in the end of a wish whose slots can be had and were not charged for."""
    if facts.refused and wish.account == facts.struck:
        return {Outcome(facts.refused)}
    if _basket_is_stuck(facts, wish):
        return {Outcome.NEEDS_PERSON}
    return {Outcome.BOOKED}


def _basket_is_stuck(facts: Facts, wish: WantedSlots) -> bool:
    """Tell whether the basket holds another slot whose payment is not settled: the site sells baskets whole."""
    unknown = {_place(row) for row in facts.states if row["account"] == wish.account and row["state"] == "unknown"}
    held = {_place(hold) for hold in facts.holds if (hold["email"], hold["state"]) == (wish.email, "held")}
    return bool((unknown & held) - set(wish.places))


# What a run may say of money, whatever became of it later


def _while_in_doubt(facts: Facts) -> Iterator[str]:
    """Yield where a run has told anything but doubt, or the booking, of a slot that money was taken for before."""
    money = _money(facts)
    for row in facts.outcomes:
        told, got = Outcome(row["outcome"]), (row["got_court"], row["got_day"], row["got_hour"])
        wish = next((wish for wish in facts.wishes if _is_of(row, wish)), None)
        for place in wish.places if wish else ():
            taken = min((payment["at"] for payment in money.get(place, [])), default=None)
            if taken is None or taken + _SLACK_MS > _at_ms(row):
                continue
            if told not in _SATISFIED | _IN_DOUBT or got != place:
                told_as = f"{told} ({_told(got)}; {row['why']})"
                yield f"run {row['run']}: {_told(place)} was charged before, and told as {told_as}"


def _first_run(facts: Facts) -> Iterator[str]:
    """Yield where the first run has not told the struck account's trouble by its right name."""
    for row in _outcomes(facts, facts.runs[0]):
        if not facts.told or row["account"] != facts.struck or _place(row) == facts.contested:
            continue
        if row["outcome"] not in facts.told:
            yield f"{_told(_place(row))}: told as {row['outcome']}, where the trouble makes it {_either(facts.told)}"


def _declined(facts: Facts) -> Iterator[str]:
    """Yield where a run has told of a decline that no bank has spoken."""
    declined = [payment["at"] for payment in facts.payments if payment["status"] == "declined"]
    for row in facts.outcomes:
        if row["outcome"] == Outcome.DECLINED and not any(at <= _at_ms(row) for at in declined):
            yield f"run {row['run']}: {_told(_place(row))} was told as {row['outcome']}, and no bank had declined it"


def _called(facts: Facts) -> Iterator[str]:
    """Yield where a run that could has not called for a person who can still help, or not said how."""
    for number, run in enumerate(facts.runs):
        if run.interrupted or run.disk_full or facts.ended.get(run.name) is None:
            continue
        held = _held_after(facts, number)
        said = " ".join(run.said.split())
        for row in _outcomes(facts, run):
            got = (row["got_court"], row["got_day"], row["got_hour"])
            calls = [text for account, text in run.calls if account == row["account"]]
            if row["outcome"] in _IN_DOUBT:
                command = f"settle {row['account']} {row['got_day']} {row['got_hour']:02d}:00"
                if not any(command in text for text in calls):
                    yield f"run {run.name} has not called a person for {_told(got)}, {row['outcome']}"
                if command not in said:
                    yield f"run {run.name} has not said how to settle {_told(got)}, {row['outcome']}"
            elif (row["account"], got) in held and Outcome(row["outcome"]) not in _SATISFIED and not calls:
                yield f"run {run.name} has not called a person for {_told(got)}, which is held and {row['outcome']}"


def _held_after(facts: Facts, number: int) -> set[tuple[str, Place]]:
    """Return what the ledger had as held when a run had ended."""
    known = {run.name for run in facts.runs[: number + 1]}
    states = {(row["account"], _place(row)): row["state"] for row in facts.history if row["run"] in known}
    return {key for key, state in states.items() if state == "held"}


def _bystanders(facts: Facts) -> Iterator[str]:
    first = facts.runs[0]
    for wish in facts.wishes:
        if wish.account not in facts.bystanders:
            continue
        told = [row["outcome"] for row in _outcomes(facts, first) if _is_of(row, wish)]
        if told != [Outcome.BOOKED]:
            yield f"{_wanted(wish)}: it was not this account's fault, and the run told {told or 'nothing'}"


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
    fitting = _fitting(outcomes)
    if run.status not in fitting:
        yield f"it ended with {run.status}, where its outcomes ask for {_either(fitting)}"
    if facts.ended.get(run.name) != run.status:
        yield f"it ended with {run.status}, and the ledger has {facts.ended.get(run.name)}"
    if run.report is None:
        if not run.disk_full:
            yield "there is no report"
        elif "there is no report" not in run.said:
            yield "there is no report, and it has not said so"
        return
    for wish in facts.wishes:
        for row in outcomes:
            if _is_of(row, wish) and not _shows(run.report, wish, row):
                yield f"the report does not show {_wanted(wish)} as {row['outcome']}"
    said = " ".join(run.said.split())
    for row in outcomes:
        if row["outcome"] not in said:
            yield f"it has not said that {row['outcome']} came of {_told(_place(row))}"


def _shows(report: list[list[str]], wish: WantedSlots, told: Row) -> bool:
    """Tell whether the report's table has a row for a wish with its outcome."""
    court, day, hour = wish.places[0]
    slot = f"{date.fromisoformat(day):%a %d %b} {hour:02d}:00"
    if told["got_hour"] != hour:
        slot += f", got {told['got_hour']:02d}:00"
    row = [wish.account.capitalize(), str(court), slot, told["outcome"]]
    return any(cells[:4] == row for cells in report)


def _secrets(facts: Facts) -> Iterator[str]:
    for found in facts.secrets:
        yield f"secret: {found}"


# Small words


def _fitting(outcomes: list[Row]) -> set[int]:
    """Return the statuses that fit these outcomes: what is confirmed and not listed is not settled either."""
    told = {Outcome(row["outcome"]) for row in outcomes}
    return {int(exit_status(told))} | ({_UNSETTLED} if Outcome.NOT_LISTED in told else set())


def _either(values: Iterable[object]) -> str:
    return " or ".join(sorted(map(str, values)))


def _living(facts: Facts, wish: WantedSlots) -> list[Row]:
    """Return what an account holds or has bought of the slots of a wish."""
    mine = [hold for hold in facts.holds if hold["email"] == wish.email and hold["state"] in {"held", "sold"}]
    return [hold for hold in mine if _place(hold) in wish.places]


def _outcomes(facts: Facts, run: RunFacts) -> list[Row]:
    return [row for row in facts.outcomes if row["run"] == run.name] if run.name else []


def _is_of(row: Row, wish: WantedSlots) -> bool:
    return row["account"] == wish.account and _place(row) == wish.places[0]


def _place(row: Row) -> Place:
    return int(row["court"]), str(row["date"] if "date" in row else row["day"]), int(row["hour"])


def _places(payment: Row) -> set[Place]:
    """Return the slots that a payment is for."""
    return {_place(slot) for slot in payment["slots"]}


def _at_ms(row: Row) -> float:
    return datetime.fromisoformat(row["at"]).timestamp() * 1000


def _told(place: Place) -> str:
    court, day, hour = place
    return f"court {court}, {day} {hour:02d}:00"


def _wanted(wish: WantedSlots) -> str:
    return f"{wish.account}'s {_told(wish.places[0])}"
