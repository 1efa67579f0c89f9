from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pabot.pabot import solve_shard_suites

from booking.errors import BookingError
from booking.model import Account, Payment, Plan, Slot, Wish
from runner.shards import merge, part_of
from runner.terminal import Terminal

DAY = date(2026, 12, 28)


def plan(names: list[str]) -> Plan:
    accounts = tuple(
        Account(name, f"{name}@example.test", number, f"http://127.0.0.1:1/courses/detail/1/court-{number}/")
        for number, name in enumerate(names, start=1)
    )
    return Plan(
        run="r",
        site="practice",
        site_url="http://127.0.0.1:1",
        slot_day=DAY,
        zone="Europe/London",
        opening=None,
        wait=True,
        payment=Payment.PAY,
        max_spend_pence=5000,
        max_spend_per_account_pence=5000,
        accounts=accounts,
        wishes=tuple(Wish(each.key, (Slot(each.court, DAY, 8),), "Booking Schedule, row 2") for each in accounts),
    )


@given(st.lists(st.text("abcdefgh", min_size=1, max_size=6), min_size=1, max_size=12, unique=True), st.integers(1, 12))
def test_the_parts_are_those_of_pabot_and_together_the_whole(names: list[str], parts: int) -> None:
    whole = plan(names)
    if parts > len(names):
        with pytest.raises(BookingError, match="cannot be cut into"):
            part_of(whole, 1, parts)
        return
    seen: list[str] = []
    for part in range(1, parts + 1):
        mine = part_of(whole, part, parts)
        keys = sorted(account.key for account in mine.accounts)
        assert keys == solve_shard_suites(sorted(names), {"shardindex": part, "shardcount": parts})
        assert {wish.account for wish in mine.wishes} == set(keys)
        seen += keys
    assert seen == sorted(names)


def test_a_folder_without_a_run_is_told(tmp_path: Path) -> None:
    with pytest.raises(BookingError, match=r"plan\.json"):
        merge([tmp_path], tmp_path / "merged", Terminal())
    assert not (tmp_path / "merged").exists()
