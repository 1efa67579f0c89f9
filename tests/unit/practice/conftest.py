"""The practice venue running in a thread, with a clock that tests can turn, and a browser without a screen."""

from __future__ import annotations

import asyncio
import re
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
import requests
from selectolax.lexbor import LexborHTMLParser

from practice.client import VenueClient
from practice.clock import LONDON, Openings
from practice.serve import Practice, Welcome

SECONDS = 20


class VenueClock:
    """The venue's clock: real time plus what the test added, or stopped at an instant."""

    def __init__(self) -> None:
        self.ahead = 0.0
        self.stopped: float | None = None

    def __call__(self) -> float:
        return time.time() + self.ahead if self.stopped is None else self.stopped

    def today(self) -> date:
        return Openings(self).now().date()


@dataclass
class VenuePage:
    """A page as it arrived."""

    url: str
    status: int
    html: LexborHTMLParser

    def texts(self, selector: str) -> list[str]:
        return [node.text(strip=True) for node in self.html.css(selector)]

    def text(self, selector: str) -> str:
        return self.texts(selector)[0]

    def has(self, selector: str) -> bool:
        return self.html.css_first(selector) is not None

    def attribute(self, selector: str, name: str) -> str:
        node = self.html.css_first(selector)
        assert node is not None, f"no {selector} on {self.url}"
        return node.attributes[name] or ""

    def fields(self) -> dict[str, str]:
        """Return what a browser would send: a button only where it is pressed, a box only where it is ticked."""
        inputs = [node.attributes for node in self.html.css("form input[name]")]
        sent = [each for each in inputs if each["type"] not in {"submit", "image"}]
        return {
            each["name"] or "": each.get("value") or ""
            for each in sent
            if each["type"] != "checkbox" or "checked" in each
        }


@dataclass
class Browser:
    """Follows links, postbacks and forms as a browser does, with cookies."""

    home: str
    session: requests.Session = field(default_factory=requests.Session)

    def get(self, path: str) -> VenuePage:
        return self._page(self.session.get(urljoin(self.home, path), timeout=SECONDS))

    def redirect(self, path: str) -> str:
        """Return where a GET of the path leads, without going there."""
        answer = self.session.get(urljoin(self.home, path), timeout=SECONDS, allow_redirects=False)
        assert answer.status_code == 302, answer.text
        return answer.headers["Location"]

    def post_back(self, page: VenuePage, selector: str, **entered: str) -> VenuePage:
        """Click a link that posts back, after entering values in fields named by their last part."""
        target, argument = page.attribute(selector, "href").split("('")[1].removesuffix("')").split("','")
        fields = page.fields() | {"__EVENTTARGET": target, "__EVENTARGUMENT": argument}
        for name, value in entered.items():
            [full] = [each for each in fields if each.endswith(name)]
            fields[full] = value
        return self.send(page, fields)

    def press_control(self, page: VenuePage, selector: str, **entered: str) -> VenuePage:
        """Press the first link, button or picture of these, whichever way it works; boxes are ticked by `entered`."""
        node = page.html.css_first(selector)
        assert node is not None, f"no {selector} on {page.url}"
        href, click = node.attributes.get("href") or "", node.attributes.get("onclick") or ""
        if href and not href.startswith("javascript:"):
            return self.get(urljoin(page.url, href))
        boxes = {each.attributes["name"] or "": each.attributes.get("value") or "on" for each in page.html.css("input")}
        fields = page.fields()
        for name, value in entered.items():
            [full] = [each for each in boxes if each.endswith(name)]
            fields[full] = value or boxes[full]
        if called := re.search(r"__doPostBack\('([^']*)','([^']*)'\)", href or click):
            return self.send(page, fields | {"__EVENTTARGET": called[1], "__EVENTARGUMENT": called[2]})
        name = node.attributes["name"] or ""
        if node.attributes["type"] == "image":
            return self.send(page, fields | {f"{name}.x": "3", f"{name}.y": "4"})
        return self.send(page, fields | {name: node.attributes.get("value") or ""})

    def send(self, page: VenuePage, fields: dict[str, str]) -> VenuePage:
        form = page.html.css_first("form")
        action = (form.attributes.get("action") if form else None) or page.url
        return self._page(self.session.post(urljoin(page.url, action), data=fields, timeout=SECONDS))

    def log_in(self, account: dict[str, str], path: str = "/security/login.aspx") -> VenuePage:
        page = self.get(path)
        return self.post_back(page, "a.button-primary", fdEmail=account["email"], fdPassword=account["password"])

    def to_portal(self) -> VenuePage:
        return self.post_back(self.get("/basket/"), "#ctl00_PageContent_btnContinue")

    def enter_card(self, page: VenuePage, card: dict[str, str]) -> VenuePage:
        """Go from the card page to the page after the billing page, if there is one."""
        fields = {"cardNumber": card["number"], "expiryDate": card["month"], "expiryDate2": card["year"]}
        page = self.send(page, {**fields, "csc": card["code"], "_eventId_continue": "Continue"})
        return self.send(page, billing_of(card)) if page.url.endswith("/details") else page

    def press(self, page: VenuePage) -> VenuePage:
        """Press the button that pays."""
        return self.send(page, {"_eventId_payment": "Make Payment"})

    def pay(self, card: dict[str, str]) -> VenuePage:
        """Go from the basket to what comes after the button that pays."""
        return self.press(self.enter_card(self.to_portal(), card))

    @staticmethod
    def _page(answer: requests.Response) -> VenuePage:
        return VenuePage(answer.url, answer.status_code, LexborHTMLParser(answer.text))


@dataclass
class RunningVenue:
    """A practice venue that is running, with its clock."""

    welcome: Welcome
    clock: VenueClock

    @property
    def client(self) -> VenueClient:
        """What calls its control address."""
        return VenueClient(self.welcome.control_url, self.welcome.control_token)

    def browser(self) -> Browser:
        return Browser(self.welcome.site_url)

    def member(self, number: int = 0) -> Browser:
        """Return a browser that is logged in."""
        browser = self.browser()
        browser.log_in(self.welcome.accounts[number])
        return browser

    def email(self, number: int = 0) -> str:
        return self.welcome.accounts[number]["email"]

    def records(self, kind: str) -> list[dict[str, Any]]:
        told: list[dict[str, Any]] = self.client.records()[kind]
        return told

    def open_day(self, ahead: int = 30) -> date:
        """Return a day that is open by the rule."""
        return self.clock.today() + timedelta(days=ahead)

    def stand_at(self, hour: int, minute: int = 0, second: float = 0) -> date:
        """Turn the clock to this time of the day after tomorrow; return that day."""
        now = Openings(self.clock).now()
        then = (now + timedelta(days=2)).replace(hour=hour, minute=minute, second=0, microsecond=0, tzinfo=LONDON)
        self.clock.ahead += then.timestamp() + second - now.timestamp()
        return then.date()


def billing_of(card: dict[str, str]) -> dict[str, str]:
    """Return what the billing page is answered with."""
    details = {"cardholderName": card["holder"], "address_1": card["address"], "city": card["city"]}
    return {**details, "postcode": card["postcode"], "email": "someone@example.test", "_eventId_continue": "Continue"}


def book_path(event_id: int, day: date, hour: int) -> str:
    return f"/courses/book.aspx?fdCourseEventId={event_id}&fdDate={day:%d/%m/%Y}&fdTime={hour}"


def holding(venue: RunningVenue, *hours: int) -> Browser:
    """Return a browser of the first account that holds these hours of its court."""
    browser = venue.member()
    for hour in hours or (10,):
        assert browser.redirect(book_path(192, venue.open_day(), hour)) == "/basket/"
    return browser


def change(venue: RunningVenue, **values: Any) -> None:  # noqa: ANN401 - JSON
    """Set what paying is like for the first account."""
    venue.client.change_account(venue.email(), **values)


def payments(venue: RunningVenue) -> list[tuple[str, str, int]]:
    return [(each["method"], each["status"], each["amount_pence"]) for each in venue.records("payments")]


def results(venue: RunningVenue) -> list[str]:
    """Return what came of each press of the payment button."""
    return [each["result"] for each in venue.records("submissions")]


class ServedPractice:
    """Runs the servers in a thread."""

    def __init__(self, state: Path, clock: VenueClock) -> None:
        self._practice = Practice(state, now=clock)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        welcome = asyncio.run_coroutine_threadsafe(self._practice.start(), self._loop).result(SECONDS)
        self.venue = RunningVenue(welcome, clock)

    def stop(self) -> None:
        asyncio.run_coroutine_threadsafe(self._practice.stop(), self._loop).result(SECONDS)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(SECONDS)
        self._loop.close()


@pytest.fixture
def venue(tmp_path: Path) -> Iterator[RunningVenue]:
    served = ServedPractice(tmp_path / "state", VenueClock())
    yield served.venue
    served.stop()
