"""One account in one browser, as a short Playwright script would drive it: no ledger, no pictures, no second try."""

from __future__ import annotations

import asyncio
import os
import time
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Self
from urllib.parse import urljoin, urlsplit

from playwright.async_api import Browser, BrowserType, Page

from benchmarks.errors import BenchmarkError
from booking.addresses import slot_address
from booking.model import Slot
from booking.opening.waiting import sleep_until
from booking.site.pages import days_shown, weeks_between
from variables import camden_active as site

_PATIENCE_MS = 60_000
_COARSE = 0.05
# The card portal's fields by their names, in the order in which they are filled in.
_CARD_FIELDS = (
    ("cardNumber", "LB_CARD_NUMBER"),
    ("expiryDate", "LB_CARD_EXPIRY_MONTH"),
    ("expiryDate2", "LB_CARD_EXPIRY_YEAR"),
    ("csc", "LB_CARD_SECURITY_CODE"),
)
_BILLING_FIELDS = (
    ("cardholderName", "LB_CARDHOLDER_NAME"),
    ("address_1", "LB_ADDRESS"),
    ("city", "LB_CITY"),
    ("postcode", "LB_POSTCODE"),
)
_CONTINUE = "[name=_eventId_continue]"


@dataclass(frozen=True, slots=True)
class Errand:
    """What a bare script is sent to do for one account."""

    site_url: str
    court: int
    court_url: str
    email: str
    password: str
    day: date
    hours: tuple[int, ...]
    browser: str

    def to_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        return asdict(self) | {"day": self.day.isoformat()}

    @classmethod
    def from_json(cls, plain: dict[str, Any]) -> Self:
        """Return what `to_json` made plain."""
        return cls(**plain | {"day": date.fromisoformat(plain["day"]), "hours": tuple(plain["hours"])})

    def addresses(self, event_id: str) -> list[str]:
        """Return the addresses that take the slots."""
        slots = [Slot(self.court, self.day, hour) for hour in self.hours]
        return [slot_address(self.site_url, site.BOOK_PATH, event_id, slot) for slot in slots]


async def wait_for(instant: float) -> None:
    """Wait until an instant, as precisely as the suite does, without deafening the browser's connection meanwhile."""
    await asyncio.sleep(max(0.0, instant - _COARSE - time.time()))
    sleep_until(instant)


class Visitor:
    """A browser with somebody logged in."""

    def __init__(self, browser: Browser, page: Page, errand: Errand) -> None:
        """Use `arrive` instead."""
        self.page = page
        self._browser = browser
        self._errand = errand

    @classmethod
    async def arrive(cls, chromium: BrowserType, errand: Errand) -> Visitor:
        """Open a browser as the suite does."""
        browser = await chromium.launch(executable_path=errand.browser, chromium_sandbox=os.geteuid() != 0)
        context = await browser.new_context(
            base_url=errand.site_url,
            locale=site.SITE_LOCALE,
            timezone_id=site.SITE_ZONE,
            viewport={"width": 1280, "height": 900},
        )
        context.set_default_timeout(_PATIENCE_MS)
        return cls(browser, await context.new_page(), errand)

    async def log_in(self) -> None:
        """Log in, and get the cookie bar out of the way."""
        page = self.page
        await page.goto(site.LOGIN_PATH)
        accept = page.locator(site.ACCEPT_COOKIES)
        if await accept.count():
            await accept.first.click()
        await page.fill(site.EMAIL_FIELD, self._errand.email)
        await page.fill(site.PASSWORD_FIELD, self._errand.password)
        await page.click(site.SUBMIT_LOGIN)
        await page.wait_for_selector(site.LOG_OUT_LINK)

    async def open_week(self, page: Page) -> list[str]:
        """Show the slot day in the calendar; return the addresses that take the slots."""
        await page.goto(self._errand.court_url)
        shown = days_shown(
            await page.content(), day=site.CALENDAR_DAY, title=site.CALENDAR_DAY_TITLE, near=self._errand.day
        )
        for _ in range(weeks_between(shown[0], self._errand.day)):
            async with page.expect_navigation():
                await page.click(site.NEXT_WEEK)
        event_id = await page.input_value(site.EVENT_ID_FIELD)
        return self._errand.addresses(event_id)

    async def pay(self, card: dict[str, str]) -> None:
        """Pay for the basket that is shown, by card, until the site says that it is paid."""
        page = self.page
        await page.goto(site.BASKET_PATH)
        await page.click(site.MAKE_BOOKING)
        for field, name in _CARD_FIELDS:
            await page.fill(f"[name={field}]", card[name])
        await page.click(_CONTINUE)
        for field, name in _BILLING_FIELDS:
            await page.fill(f"[name={field}]", card[name])
        await page.fill("[name=email]", self._errand.email)
        await page.click(_CONTINUE)
        await page.click("[name=_eventId_payment]")
        await page.wait_for_selector("h1:text-is('Payment Successful')")

    async def check_bookings(self) -> None:
        """See that My Bookings lists something."""
        await self.page.goto(site.BOOKINGS_PATH)
        if not await self.page.locator(site.BOOKING_ROW).count():
            raise BenchmarkError(f"My Bookings of {self._errand.email} is empty")

    async def log_out(self) -> None:
        """Log out."""
        await self.page.goto(site.HOME_PATH)
        await self.page.click(site.LOG_OUT_LINK)
        await self.page.wait_for_selector(site.LOG_IN_LINK)

    async def leave(self) -> None:
        """Close the browser."""
        await self._browser.close()

    # The three routes to a slot: what is done before the opening, and what at it.

    async def prepare_to_reload(self) -> list[tuple[Page, str]]:
        """Open a tab for each slot, with the calendar at its day."""
        context = self.page.context
        tabs = [self.page, *[await context.new_page() for _ in self._errand.hours[1:]]]
        addresses = [(await self.open_week(tab))[place] for place, tab in enumerate(tabs)]
        return list(zip(tabs, addresses, strict=True))

    async def reload(self, tabs: list[tuple[Page, str]]) -> list[bool]:
        """Reload the calendar and click on the hour."""
        taken = []
        for tab, address in tabs:
            await tab.reload(wait_until="domcontentloaded")
            link = tab.locator(f"{site.CALENDAR_FREE_HOUR}[href$='{urlsplit(address).query}']")
            if await link.count():
                async with tab.expect_navigation(wait_until="commit"):
                    await link.click()
            taken.append(_is_basket(tab.url))
        return taken

    async def navigate(self, addresses: list[str]) -> list[bool]:
        """Go to the address of the slot; where that leads is known before the page is built."""
        taken = []
        for address in addresses:
            await self.page.goto(address, wait_until="commit")
            taken.append(_is_basket(self.page.url))
        return taken

    async def request(self, addresses: list[str]) -> list[bool]:
        """Request the address of the slot in the logged-in context; the redirect alone tells what came of it."""
        taken = []
        for address in addresses:
            answer = await self.page.context.request.get(address, max_redirects=0)
            taken.append(_is_basket(urljoin(address, answer.headers.get("location", ""))))
        return taken

    async def warm_up(self) -> None:
        """Open the connection that requests in the context use: it is another one than the page's."""
        await self.page.context.request.get(site.HOME_PATH)


def _is_basket(address: str) -> bool:
    return urlsplit(address).path.startswith(site.BASKET_PATH)
