"""The practice venue of one seed, set as its scenario wants it."""

from __future__ import annotations

import time
from datetime import date, datetime, timedelta
from pathlib import Path

from practice.clock import DAYS_AHEAD, LONDON
from practice.conduct import Conduct
from practice.sheet.seed import ACCOUNTS, LOG, SCHEDULE, SCHEDULE_COLUMNS
from tests.chaos.facts import Place, Row, WantedSlots
from tests.chaos.grid import Fault, Phase
from tests.chaos.scenario import COURTS, PRICE_PENCE, Route, Scenario
from tests.support.venue import PracticeVenue

_CREDIT = 10 * PRICE_PENCE
_LONGEST_SEED = timedelta(minutes=10)


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
        self._venue = PracticeVenue(folder)
        self._client = self._venue.client
        self.settings = self._venue.settings
        self._set_sheet()
        for account, route in scenario.routes.items():
            credit = _CREDIT if route is Route.CREDIT else 0
            self._set_account(account, {**scenario.conducts[account], "credit_pence": credit})

    def close(self) -> None:
        """End the venue."""
        self.calm()
        self._venue.stop()

    # Before the first run

    def make_weather(self) -> None:
        """Let the venue do what it does by itself in the first run."""
        scenario = self._scenario
        self.add_rules(*({**rule, **self._whose(rule)} for rule in scenario.rules))
        if scenario.trouble:
            self._set_account(scenario.struck, scenario.trouble)
        if self.contested is not None:
            court, _, hour = self.contested
            self._client.send_rival(court, self.day, hour, at="worst", release_after=scenario.returned_after)
        if scenario.sheet_access:
            self._client.set_sheet_access(scenario.sheet_access)
        if scenario.cell.fault is Fault.RIVAL and scenario.cell.phase is Phase.HOLDING:
            self._client.send_rival(*self._first_slot, at="worst")

    def _whose(self, rule: Row) -> Row:
        """Return what keeps a rule to the struck account, where the venue can tell whose a request is."""
        own = rule["app"] != "sheet" and self._scenario.cell.phase is not Phase.LOGIN
        return {"email": self.email(self._scenario.struck)} if own else {}

    # Between the runs

    def mend(self) -> None:
        """End the fault: from now on the weather is fine, but for trouble that lasts.

        What was agreed of the first run's payments, how late a bank or the venue is, stays.
        """
        scenario = self._scenario
        self.calm()
        self._client.set_sheet_access("ok")
        if scenario.trouble and not scenario.lasting:
            usual = {**Conduct().to_json(), **scenario.conducts[scenario.struck]}
            names = [name for name in scenario.trouble if not name.endswith("_seconds")]
            self._set_account(scenario.struck, {name: usual[name] for name in names})
        if scenario.confirmed_late:
            self.confirm_payments(scenario.struck)

    def calm(self) -> None:
        """Drop all rules; what they hold up goes on."""
        self._client.clear_faults()

    # During a run

    def add_rules(self, *rules: Row) -> None:
        """Add fault rules."""
        self._client.add_faults(*rules)

    def rules(self) -> list[Row]:
        """Return the rules in force, with how often each has bitten."""
        return self._client.faults()

    def confirm_payments(self, *accounts: str) -> None:
        """Confirm what waits for 3-D Secure, as a person would on their phone."""
        for account in accounts:
            self._client.confirm_with_bank(self.email(account))

    def end_session(self) -> bool:
        """Log the struck account out; tell whether it was logged in."""
        return bool(self._client.expire_sessions(self.email(self._scenario.struck)))

    def lose_slot(self) -> bool:
        """Give the struck account's first slot to somebody else; tell whether that came about."""
        self._client.expire_holds(self.email(self._scenario.struck))
        return bool(self._client.send_rival(*self._first_slot))

    # What happened

    def records(self) -> Row:
        """Return the venue's own records."""
        return self._client.records()

    def log(self) -> list[list[str]]:
        """Return the rows of the sheet's log, under its header."""
        return self._client.sheet(LOG)[1:]

    def wishes(self) -> list[WantedSlots]:
        """Return what the sheet asks for."""
        wishes = []
        for wish in self._scenario.wishes:
            places = tuple(self._place(wish.account, hour) for hour in wish.hours)
            wishes.append(WantedSlots(wish.account, self.email(wish.account), places))
        return wishes

    def email(self, account: str) -> str:
        """Return the address of an account."""
        return self._venue.emails[account]

    @property
    def contested(self) -> Place | None:
        """The slot that a rival has at the opening and gives back."""
        scenario = self._scenario
        return None if scenario.contested is None else self._place(scenario.struck, scenario.contested)

    @property
    def fees(self) -> dict[str, tuple[int, ...]]:
        """Which fees the portal states to which address, in pence."""
        scenario = self._scenario
        stated: dict[str, tuple[int, ...]] = {}
        for account, conduct in scenario.conducts.items():
            conducts = [conduct, scenario.trouble] if account == scenario.struck else [conduct]
            fees = [each.get("surcharge_pence", 0) for each in conducts if each.get("surcharge_stated", True)]
            stated[self.email(account)] = tuple(filter(None, fees))
        return stated

    @property
    def _first_slot(self) -> tuple[int, date, int]:
        wish = self._scenario.wishes_of(self._scenario.struck)[0]
        return COURTS[wish.account], self.day, wish.hours[0]

    def _place(self, account: str, hour: int) -> Place:
        return COURTS[account], self.day.isoformat(), hour

    def _set_sheet(self) -> None:
        header, *rows = self._client.sheet(ACCOUNTS)
        booking = [row for row in rows if row[0].lower() in self._scenario.accounts]
        wishes = [[f"{self.day:%A}", wish.typed, "", wish.account] for wish in self._scenario.wishes]
        for title, values in ((ACCOUNTS, [header, *booking]), (SCHEDULE, [[*SCHEDULE_COLUMNS, "Account"], *wishes])):
            self._client.write_sheet(title, values)

    def _set_account(self, account: str, values: Row) -> None:
        self._client.change_account(self.email(account), **values)


def _slot_day() -> date:
    """Return the day that runs book; shortly before midnight, wait until all runs of a seed will book the same."""
    while True:
        now = datetime.now(LONDON)
        if (now + _LONGEST_SEED).date() == now.date():
            return now.date() + timedelta(days=DAYS_AHEAD)
        time.sleep(1)
