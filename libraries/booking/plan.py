"""The plan of a run as a person reads it, and its file, which the workers read."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

from booking.errors import BookingError
from booking.model import Payment, Plan

PLAN_FILE = "plan.json"


def describe(plan: Plan) -> str:
    """Return the plan as a person reads it; it holds no secret."""
    if plan.opening is None:
        opening = "is announced once the workers are ready"
    else:
        opening = f"{plan.opening:%a %d %b %Y, %H:%M:%S %Z}" + ("" if plan.wait else " (not waited for)")
    money = "nothing is paid (rehearsal)"
    if plan.payment is Payment.PAY:
        each = f"{plan.max_spend_per_account_pence / 100:.2f}"
        money = f"up to £{plan.max_spend_pence / 100:.2f} is paid, £{each} by each account at most"
    lines = [
        f"Plan of run {plan.run} for {plan.site}",
        f"  slot day  {plan.slot_day:%A %d %B %Y}",
        f"  opening   {opening}",
        f"  payment   {money}",
    ]
    if plan.watch_until is not None:
        lines.append(f"  watch     what is lost is watched until {plan.watch_until:%H:%M:%S %Z}")
    for account in plan.accounts:
        lines.append(f"  {account.name} ({account.email}), court {account.court}")
        wishes = [f"    {', else '.join(slot.time for slot in wish.slots)}" for wish in plan.wishes_of(account.key)]
        lines += wishes or ["    nothing"]
    if plan.remarks:
        lines.append("Remarks")
        lines += [f"  {remark.kind}: {remark}" for remark in plan.remarks]
    return "\n".join(lines)


def write_plan(plan: Plan, folder: Path) -> Path:
    """Write the plan into the folder, readable by nobody else, whole or not at all; return its path."""
    path = folder / PLAN_FILE
    handle, name = tempfile.mkstemp(prefix=f".{PLAN_FILE}.", dir=folder)  # made with mode 0600
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(plan.to_json(), file, ensure_ascii=False, indent=2)
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return path


def read_plan(path: Path) -> Plan:
    """Return the plan that `write_plan` wrote.

    Raises:
        BookingError: there is no plan in the file.
    """
    try:
        return Plan.from_json(json.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise BookingError(f"{path}: the plan cannot be read ({error.strerror}).") from error
    except (ValueError, KeyError, TypeError) as error:
        raise BookingError(f"{path}: this is not a plan of this program ({type(error).__name__}).") from error
