"""A bare Playwright script for the whole evening: one program, a browser for each account, all at once.

Reads what to do from standard input. Does what the suite does and leaves out everything that makes it safe: no plan,
no ledger, no pictures, no report.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from playwright.async_api import async_playwright

from benchmarks.visitor import Errand, Visitor, wait_for
from runner.practice import Announcer


async def book(errands: list[Errand], card: dict[str, str], announcer: Announcer, seconds: float) -> None:
    """Book everything: the opening is announced when all are ready, and comes so many seconds later."""
    async with async_playwright() as playwright:
        visitors = await asyncio.gather(*[Visitor.arrive(playwright.chromium, errand) for errand in errands])
        slots = await asyncio.gather(*map(_get_ready, visitors))
        opening = datetime.now().astimezone() + timedelta(seconds=seconds)
        announcer.set_opening(errands[0].day, opening)
        await wait_for(opening.timestamp())
        pairs = zip(visitors, slots, strict=True)
        await asyncio.gather(*[_see_through(visitor, addresses, card) for visitor, addresses in pairs])


async def _get_ready(visitor: Visitor) -> list[str]:
    await visitor.log_in()
    return await visitor.open_week(visitor.page)


async def _see_through(visitor: Visitor, addresses: list[str], card: dict[str, str]) -> None:
    if not all(await visitor.navigate(addresses)):
        raise SystemExit("a slot was not held")
    await visitor.pay(card)
    await visitor.check_bookings()
    await visitor.log_out()
    await visitor.leave()


def _main(told: Mapping[str, Any]) -> None:
    errands = [Errand.from_json(each) for each in told["errands"]]
    announcer = Announcer(told["control_url"], told["control_token"])
    asyncio.run(book(errands, told["card"], announcer, told["seconds"]))


if __name__ == "__main__":
    _main(json.load(sys.stdin))
