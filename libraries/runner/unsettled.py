"""What earlier runs have left behind: payments that nobody knows the fate of, and runs that came to no end."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import tzinfo

from booking.account.advice import advice
from booking.ledger.ledger import OutcomeRecord, RunRecord, SlotRecord
from booking.ledger.states import SlotState
from booking.model import Plan
from booking.money import pounds
from booking.outcomes import Outcome

_SAYS_SO = {Outcome.UNKNOWN, Outcome.NOT_LISTED, Outcome.NEEDS_PERSON}
"""Outcomes that say of their slot that its payment is not settled, and what a person does."""


def unsettled_text(record: SlotRecord, looks: str = "") -> str:
    """Return what a person hears of a payment that is not settled, with the command that settles it.

    Args:
        record: where the slot stands.
        looks: who is going to look for it, see `who_looks`.
    """
    price = f" ({pounds(record.pence)})" if record.pence is not None else ""
    why = "it ended while paying" if record.state is SlotState.PAYING else record.why
    return (
        f"{record.account}, {record.slot}{price}: the payment of run {record.run} is not settled"
        f"{f' ({why})' if why else ''}{f'; {looks}' if looks else ''}: {advice(record.account, record.slot)}"
    )


def who_looks(record: SlotRecord, plan: Plan, lacking: Collection[str]) -> str:
    """Return whether My Bookings is going to be asked in this run for a payment that is not settled.

    Args:
        record: where the slot stands.
        plan: what the run is going to do.
        lacking: keys of the accounts that cannot log in for want of a password or an address.
    """
    if record.account not in plan.keys:
        # It was renamed in the sheet, or taken out of it; see `AccountRun.compare_with_plan`.
        return (
            f"{record.account} is not an account of the sheet (was it renamed?), so the bookings of all accounts of "
            "this run are searched for it"
        )
    if record.account not in {account.key for account in plan.accounts}:
        return f"{record.account} is not an account of this run, which looks only at the bookings of its own accounts"
    if record.account in lacking:
        return f"{record.account} has no password in the settings, so this run cannot look it up"
    return "this run looks it up in My Bookings"


def left_unsettled(unsettled: Iterable[SlotRecord], outcomes: Iterable[OutcomeRecord]) -> list[SlotRecord]:
    """Return the payments that are not settled, but for those whose outcome in the run says so already."""
    known = {(record.account, record.slot) for record in outcomes if record.outcome in _SAYS_SO}
    return [record for record in unsettled if (record.account, record.slot) not in known]


def no_end_text(run: RunRecord, slots: Sequence[SlotRecord], zone: tzinfo) -> str:
    """Return what a person hears of a run that came to no end.

    Args:
        run: the run.
        slots: where every slot stands now.
        zone: times are shown in this one.
    """
    left = [f"{each.account}, {each.slot}: {each.state}" for each in slots if _left_by(run, each)]
    return (
        f"run {run.run} for {run.slot_day:%a %d %b %Y} ({', '.join(run.accounts)}), begun on "
        f"{run.started.astimezone(zone):%d %b at %H:%M}, came to no end: it was killed, or the machine went down. "
        + (f"It left behind: {'; '.join(left)}. " if left else "It left nothing behind. ")
        + "Look at My Bookings before you book anything of it by hand."
    )


def _left_by(run: RunRecord, slot: SlotRecord) -> bool:
    return slot.run == run.run and slot.state is not SlotState.RELEASED
