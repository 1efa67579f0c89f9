"""How a run ended: its exit status, and the message that says so."""

from __future__ import annotations

from collections.abc import Sequence

from booking.ledger.ledger import OutcomeRecord, SlotRecord
from booking.model import Plan, Remark, RemarkKind
from booking.outcomes import ExitStatus, exit_status
from booking.sheet.sheet import ACCOUNTS_SHEET
from runner.unsettled import unsettled_text


def status_of(
    plan: Plan, outcomes: Sequence[OutcomeRecord], unsettled: Sequence[SlotRecord], *, everybody: bool
) -> ExitStatus:
    """Return how a run has ended.

    Args:
        plan: what it was going to do.
        outcomes: what became of that.
        unsettled: payments that are not settled, but for those whose outcome says so.
        everybody: whether the run was for all accounts of the sheet.
    """
    status = exit_status(record.outcome for record in outcomes)
    if unsettled:
        return ExitStatus.PAYMENT_UNKNOWN
    if status is ExitStatus.DONE and everybody and any(_is_account_left_out(remark) for remark in plan.remarks):
        return ExitStatus.MISSED  # Nobody knows what that account would have been booked.
    return status


def summary(plan: Plan, outcomes: Sequence[OutcomeRecord], unsettled: Sequence[SlotRecord] = ()) -> tuple[str, str]:
    """Return title and text of the message that says how a run ended.

    Args:
        plan: what it was going to do.
        outcomes: what became of that.
        unsettled: payments that are not settled, but for those whose outcome says so.
    """
    names = {account.key: account.name for account in plan.accounts}
    got = sum(record.outcome.satisfied for record in outcomes)
    lines = [
        f"{names[record.account]}, court {record.slot.court}, {record.slot.time}: {record.outcome}"
        + (f" ({record.why})" if record.why and not record.outcome.satisfied else "")
        for record in outcomes
    ]
    lines += [unsettled_text(record) for record in unsettled]
    shown = (remark for remark in plan.remarks if remark.kind is RemarkKind.LEDGER or _is_account_left_out(remark))
    lines += [str(remark) for remark in shown]
    return f"{got} of {len(outcomes)} slots, {plan.slot_day:%a %d %b %Y}", "\n".join(lines) or "Nothing is wanted."


def _is_account_left_out(remark: Remark) -> bool:
    return remark.kind is RemarkKind.WRONG and remark.where.startswith(ACCOUNTS_SHEET)
