"""A bare Playwright script for one account: logs in, waits for the opening it is told, holds by one of three routes.

Started once an account, as the suite's workers are. Reads its errand from standard input, says "ready", reads the
opening's instant, and says what it took.
"""

from __future__ import annotations

import asyncio
import json
import sys

from playwright.async_api import async_playwright

from benchmarks.visitor import Errand, Visitor, wait_for

ROUTES = ("reload", "navigate", "request")


async def hold(errand: Errand, route: str) -> None:
    """Hold the slots of an errand by a route."""
    async with async_playwright() as playwright:
        visitor = await Visitor.arrive(playwright.chromium, errand)
        await visitor.log_in()
        if route == "reload":
            tabs = await visitor.prepare_to_reload()
            await _opening()
            taken = await visitor.reload(tabs)
        else:
            addresses = await visitor.open_week(visitor.page)
            await visitor.warm_up()
            await _opening()
            taken = await (visitor.navigate(addresses) if route == "navigate" else visitor.request(addresses))
        print(json.dumps({"taken": taken}), flush=True)
        await visitor.leave()


async def _opening() -> None:
    print(json.dumps({"ready": True}), flush=True)
    told = await asyncio.to_thread(sys.stdin.readline)
    await wait_for(json.loads(told)["opening"])


if __name__ == "__main__":
    asyncio.run(hold(Errand.from_json(json.loads(sys.stdin.readline())), sys.argv[1]))
