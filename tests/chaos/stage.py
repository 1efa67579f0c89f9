"""The practice venue of one seed, set as its scenario wants it."""

from __future__ import annotations

import time
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

from practice.clock import DAYS_AHEAD, LONDON
from practice.sheet.seed import ACCOUNTS, LOG, SCHEDULE, SCHEDULE_COLUMNS
from tests.acceptance.support.world import World
from tests.chaos.facts import Place, Row, Want
from tests.chaos.grid import Fault, Phase
from tests.chaos.scenario import COURTS, PRICE_PENCE, Route, Scenario

_CREDIT = 10 * PRICE_PENCE
_LONGEST_SEED = timedelta(minutes=8)


class Stage:
    """Site, portal and sheet, as a seed finds them, and what the harness does to them."""

    def __init__(self, scenario: Scenario, folder: Path) -> None:
        """Start the venue and set it.

        Args:
            scenario: the seed.
            folder: where the venue keeps its state.
        """
        self._scenario = scenario
        self.day = _slot_day()
        self._world = World(folder)
        self.settings = self._world.settings
        self._set_sheet()
        for account, route in scenario.routes.items():
            self._set_account(account, _card_of(route), _CREDIT if route is Route.CREDIT else 0)
        self._world.control("POST", "/settings", {"save_card": Route.SAVE in scenario.routes.values()})

    def close(self) -> None:
        """End the venue."""
        self.calm()
        self._world.stop()

    # Before the first run

    def make_weather(self) -> None:
        """Let the venue do what it does by itself in the first run."""
        scenario = self._scenario
        self.add_rules(*({**rule, **self._whose(rule)} for rule in scenario.rules))
        if scenario.card:
            self._set_account(scenario.struck, scenario.card, 0)
        if scenario.sheet_access:
            self._world.control("POST", "/sheet-access", {"mode": scenario.sheet_access})
        if scenario.cell.fault is Fault.RIVAL and scenario.cell.phase is Phase.HOLDING:
            self._world.control("POST", "/rival", {**self._first_slot, "at": "worst"})

    def _whose(self, rule: Row) -> Row:
        """Return what keeps a rule to the struck account, where the venue can tell whose a request is."""
        own = rule["app"] != "sheet" and self._scenario.cell.phase is not Phase.LOGIN
        return {"email": self.email(self._scenario.struck)} if own else {}

    # Between the runs

    def mend(self) -> None:
        """End the fault: from now on the weather is fine, but for a bank that refuses for good."""
        scenario = self._scenario
        self.calm()
        self._world.control("POST", "/sheet-access", {"mode": "ok"})
        if scenario.card and not scenario.lasting:
            self._set_account(scenario.struck, _card_of(scenario.routes[scenario.struck]), 0)

    def calm(self) -> None:
        """Drop all rules; what they hold up goes on."""
        self._world.control("DELETE", "/faults")

    # During a run

    def add_rules(self, *rules: Row) -> None:
        """Add fault rules."""
        self._world.control("POST", "/faults", {"rules": list(rules)})

    def rules(self) -> list[Row]:
        """Return the rules in force, with how often each has bitten."""
        found: list[Row] = self._world.control("GET", "/faults")["rules"]
        return found

    def confirm_payments(self, *accounts: str) -> None:
        """Confirm what waits for 3-D Secure, as a person would on their phone."""
        for account in accounts:
            self._world.control("POST", "/3ds/confirm", {"email": self.email(account)})

    def end_session(self) -> bool:
        """Log the struck account out; tell whether it was logged in."""
        email = self.email(self._scenario.struck)
        return bool(self._world.control("POST", "/sessions/expire", {"email": email})["ended"])

    def lose_slot(self) -> bool:
        """Give the struck account's first slot to somebody else; tell whether that came about."""
        self._world.control("POST", "/holds/expire", {"email": self.email(self._scenario.struck)})
        return bool(self._world.control("POST", "/rival", self._first_slot)["taken"])

    # What happened

    def records(self) -> Row:
        """Return the venue's own records."""
        return self._world.control("GET", "/records")

    def log(self) -> list[list[str]]:
        """Return the rows of the sheet's log, under its header."""
        values: list[list[str]] = self._world.control("GET", f"/sheet/{quote(LOG)}")["values"]
        return values[1:]

    def wants(self) -> list[Want]:
        """Return what the sheet asks for."""
        wants = []
        for wish in self._scenario.wishes:
            places = tuple(self._place(wish.account, hour) for hour in wish.hours)
            wants.append(Want(wish.account, self.email(wish.account), places))
        return wants

    def email(self, account: str) -> str:
        """Return the address of an account."""
        return self._world.emails[account]

    @property
    def _first_slot(self) -> Row:
        wish = self._scenario.wishes_of(self._scenario.struck)[0]
        court, day, hour = self._place(wish.account, wish.hours[0])
        return {"court": court, "date": day, "hour": hour}

    def _place(self, account: str, hour: int) -> Place:
        return COURTS[account], self.day.isoformat(), hour

    def _set_sheet(self) -> None:
        header, *rows = self._world.control("GET", f"/sheet/{quote(ACCOUNTS)}")["values"]
        booking = [row for row in rows if row[0].lower() in self._scenario.accounts]
        wishes = [[f"{self.day:%A}", wish.typed, "", wish.account] for wish in self._scenario.wishes]
        for title, values in ((ACCOUNTS, [header, *booking]), (SCHEDULE, [[*SCHEDULE_COLUMNS, "Account"], *wishes])):
            self._world.control("PUT", f"/sheet/{quote(title)}", {"values": values})

    def _set_account(self, account: str, card: str, credit: int) -> None:
        body: dict[str, Any] = {"email": self.email(account), "card": card, "credit_pence": credit}
        self._world.control("POST", "/accounts", body)


def _card_of(route: Route) -> str:
    return "3ds" if route is Route.SECURE else "approve"


def _slot_day() -> date:
    """Return the day that runs book; shortly before midnight, wait until all runs of a seed will book the same."""
    while True:
        now = datetime.now(LONDON)
        if (now + _LONGEST_SEED).date() == now.date():
            return now.date() + timedelta(days=DAYS_AHEAD)
        time.sleep(1)
