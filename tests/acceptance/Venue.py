"""The practice venue and the practice sheet as keywords: set the weather, and read what really happened."""

from __future__ import annotations

import secrets
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, cast

from robot.api.deco import keyword, library
from robot.libraries.BuiltIn import BuiltIn

from practice.client import VenueClient
from practice.clock import DAYS_AHEAD, LONDON
from practice.sheet.seed import ACCOUNTS, LOG, LOG_COLUMNS, SCHEDULE, SCHEDULE_COLUMNS, WISHES
from tests.support.venue import PracticeVenue

COURTS = {"mother": 1, "father": 2, "bruce": 3}
SEASONS = {"Summer only (Jun-Aug)": range(6, 9), "Feb-Aug only": range(2, 9)}
PATIENCE = 90.0
"""Seconds that a wait lasts at most; on an idle machine all of them are over in a few."""


@library(scope="SUITE")
class Venue:
    """One practice venue for a suite, with records of its own.

    Checks look at what there is now or, where they are given the number of a call, at what there was when it had ended.
    """

    def __init__(self) -> None:
        self._venue: PracticeVenue | None = None
        self._day = date.min
        self._before: dict[int, dict[str, Any]] = {}
        self._after: dict[int, dict[str, Any]] = {}
        self._logs: dict[int, list[list[str]]] = {}
        self._openings: dict[int, datetime | None] = {}

    @keyword
    def start_venue(self, state: Path) -> dict[str, str]:
        """Starts a new venue that keeps its state in a folder; returns the settings that lead a run to it."""
        self._venue = PracticeVenue(state)
        self._day = datetime.now(LONDON).date() + timedelta(days=DAYS_AHEAD)
        return self._venue.settings

    @keyword
    def stop_venue(self) -> None:
        """Ends the venue, if it was started."""
        if self._venue is not None:
            self._venue.stop()

    @keyword
    def get_slot_day(self, weeks_before: int = 0) -> date:
        """Returns the day that opens at the coming midnight, the one that runs book, or the same weekday before it."""
        return self._day - timedelta(weeks=weeks_before)

    # What is wanted

    @keyword
    def get_seeded_hours(self) -> list[int]:
        """Returns the hours that the schedule asks for on the slot day as people have typed it, in order."""
        wishes = [wish for wish in WISHES if wish.weekday == self._day.weekday()]
        return sorted(wish.hour for wish in wishes if self._day.month in SEASONS.get(wish.note, range(1, 13)))

    @keyword
    def get_seeded_rows(self, outcome: str) -> list[str]:
        """Returns how a table tells that all slots of the seeded schedule have this outcome, e.g. ``10:00 booked``."""
        return [f"{hour:02d}:00 {outcome}" for hour in self.get_seeded_hours()]

    @keyword
    def schedule(self, *times: str) -> None:
        """Replaces the schedule: these times, as typed, on the slot day's weekday and on no other day."""
        rows = [[f"{self._day:%A}", typed, ""] for typed in times]
        self.client.write_sheet(SCHEDULE, [list(SCHEDULE_COLUMNS), *rows])

    @keyword
    def set_court_address(self, account: str, address: str) -> None:
        """Writes another court address for an account into the sheet."""
        header, *rows = self.client.sheet(ACCOUNTS)
        changed = [[*row[:4], address] if row[0].lower() == account else row for row in rows]
        self.client.write_sheet(ACCOUNTS, [header, *changed])

    @keyword
    def remove_worksheet(self, title: str) -> None:
        """Takes a worksheet out of the sheet."""
        self.client.remove_sheet(title)

    # The weather

    @keyword
    def let_sheet_be(self, mode: str) -> None:
        """Sets what callers of the sheet meet: ``ok``, ``forbidden``, ``missing`` or ``down``."""
        self.client.set_sheet_access(mode)

    @keyword
    def let_account_be(self, account: str, **values: bool | float | str | None) -> None:
        """Sets what an account is like at the checkout: its credit, its card and its bank, the portal it meets.

        Names and values are those of ``practice/README.md``; numbers and truth values are given as such.
        """
        self.client.change_account(self.practice.emails[account], **values)

    @keyword
    def let_rival_take(self, account: str, hour: int) -> None:
        """Lets somebody else take a slot of the account's court just before our first request that could have it."""
        self.client.send_rival(COURTS[account], self._day, hour, at="worst")

    @keyword
    def add_fault(self, app: str, path: str, do: str, account: str = "", **more: Any) -> None:  # noqa: ANN401 - see practice
        """Adds a fault, as ``practice/README.md`` describes them; with an account, for its requests only."""
        whose = {"email": self.practice.emails[account]} if account else {}
        self.client.add_faults({"app": app, "path": path, "do": do, **whose, **more})

    @keyword
    def confirm_with_the_bank(self, account: str) -> None:
        """Confirms the payment of an account as its holder would, on their phone."""
        self.client.confirm_with_bank(self.practice.emails[account])

    @keyword
    def clear_faults(self) -> None:
        """Ends all faults."""
        self.client.clear_faults()

    @keyword
    def open_slot_day_in(self, seconds: float) -> str:
        """Announces that the slot day opens in so many seconds (negative: has opened); returns the instant."""
        instant = datetime.now(LONDON) + timedelta(seconds=seconds)
        self.client.set_opening(self._day, instant)
        return instant.isoformat()

    # What really happened

    @keyword
    def get_records(self, after_call: int | None = None) -> dict[str, Any]:
        """Returns the venue's own records: holds, bookings, payments, submissions, logins, requests."""
        return self.client.records() if after_call is None else self._after[after_call]

    @keyword
    def get_log_of_sheet(self, after_call: int | None = None) -> list[list[str]]:
        """Returns the rows of the sheet's log, without its header."""
        header, *rows = self.client.sheet(LOG) if after_call is None else self._logs[after_call]
        if tuple(header) != LOG_COLUMNS:
            raise AssertionError(f"the header of the log has changed: {header}")
        return rows

    @keyword
    def slots_should_be_sold_to(
        self, account: str, *hours: int, on: date | None = None, after_call: int | None = None
    ) -> None:
        """Checks that the account has booked exactly these hours of a day, at its own court, once each."""
        day = (on or self._day).isoformat()
        found = [slot for slot in self._slots("bookings", account, after_call) if slot[1] == day]
        self._should_equal(f"bookings of {account}", found, [(COURTS[account], day, hour) for hour in hours])

    @keyword
    def slots_should_be_held_by(self, account: str, *hours: int, after_call: int | None = None) -> None:
        """Checks that the account's basket holds exactly these hours of the slot day."""
        wanted = [(COURTS[account], self._day.isoformat(), hour) for hour in hours]
        self._should_equal(f"basket of {account}", self._slots("holds", account, after_call, state="held"), wanted)

    @keyword
    def call_should_change_nothing(self, number: int) -> None:
        """Checks that nothing was held, paid or booked, nor any payment tried, during a call; the first is number 1."""
        before, after = self._before[number], self._after[number]
        for kind in ("holds", "bookings", "payments", "submissions"):
            self._should_equal(kind, after[kind], before[kind])

    @keyword
    def payments_should_be(self, account: str, *payments: str, after_call: int | None = None) -> None:
        """Checks all payments of an account, each as its method and fate, e.g. ``card paid``."""
        found = [f"{each['method']} {each['status']}" for each in self._of("payments", account, after_call)]
        self._should_equal(f"payments of {account}", found, list(payments))

    @keyword
    def slots_should_be_paid_for(
        self, account: str, *hours: int, on: date | None = None, after_call: int | None = None
    ) -> None:
        """Checks that money of an account was taken for exactly these hours of a day, once for each, in all runs."""
        day = (on or self._day).isoformat()
        found = sorted(slot for slot in self._paid_for(account, after_call) if slot[1] == day)
        self._should_equal(f"paid for by {account}", found, [(COURTS[account], day, hour) for hour in hours])

    @keyword
    def no_slot_should_be_paid_twice(self) -> None:
        """Checks that money was taken for each slot once at most, by whichever account and in whichever run."""
        paid = Counter(slot for account in self.practice.emails for slot in self._paid_for(account))
        self._should_equal("paid for more than once", [slot for slot, times in paid.items() if times > 1], [])

    @keyword
    def amounts_should_be(self, account: str, *amounts: str) -> None:
        """Checks what was charged in each payment of an account that took money, e.g. ``£27.80``."""
        taken = [each for each in self._of("payments", account) if each["status"] == "paid"]
        self._should_equal(
            f"charged to {account}", [f"£{each['amount_pence'] / 100:.2f}" for each in taken], list(amounts)
        )

    @keyword
    def cardholder_should_be_ours(self, *accounts: str) -> None:
        """Checks that every payment of these accounts was made in the name of the settings, and none saved the card."""
        for account in accounts:
            found = {(each["billing_name"], each["card_saved"]) for each in self._of("payments", account)}
            self._should_equal(
                f"cardholder of {account}, card saved", found, {(self.practice.settings["LB_CARDHOLDER_NAME"], False)}
            )

    @keyword
    def no_card_should_be_saved(self) -> None:
        """Checks that nobody has let the portal keep the card."""
        self._should_equal(
            "payments with the card saved",
            [each["id"] for each in self.get_records()["payments"] if each["card_saved"]],
            [],
        )

    @keyword
    def get_sum_of_payments(self) -> str:
        """Returns what all accounts together have paid so far, as people write it, e.g. ``£27.80``."""
        paid = [each["amount_pence"] for each in self.get_records()["payments"] if each["status"] == "paid"]
        return f"£{sum(paid) / 100:.2f}"

    @keyword
    def payment_button_should_be_pressed(self, account: str, times: int, after_call: int | None = None) -> None:
        """Checks how often the portal was told to pay for an account, whatever came of it."""
        pressed = len(self._of("submissions", account, after_call))
        self._should_equal(f"presses of the payment button by {account}", pressed, times)

    @keyword
    def logins_should_be(self, account: str, *fates: str) -> None:
        """Checks every try of an account to log in: ``accepted`` or ``refused``."""
        found = ["accepted" if each["ok"] else "refused" for each in self._of("logins", account)]
        self._should_equal(f"logins of {account}", found, list(fates))

    @keyword
    def sheet_should_log(self, account: str, *rows: str, after_call: int | None = None) -> None:
        """Checks the log's rows of an account on the slot day, in the order of the hours, e.g. ``10:00 booked``."""
        email = self.practice.emails[account]
        found = [f"{row[4]} {row[5]}" for row in self.get_log_of_sheet(after_call) if row[1] == email]
        self._should_equal(f"log of {account}", sorted(found), sorted(rows))

    @keyword
    def sheet_should_explain(self, outcome: str, *texts: str, after_call: int | None = None) -> None:
        """Checks that the log gives one reason for this outcome, of all accounts, and that it holds each text."""
        self._should_be_one_reason({row[6] for row in self.get_log_of_sheet(after_call) if row[5] == outcome}, texts)

    @keyword
    def sheet_should_explain_to(self, account: str, *texts: str, after_call: int | None = None) -> None:
        """Checks that the log gives one reason for all that became of an account, and that it holds each text."""
        email = self.practice.emails[account]
        self._should_be_one_reason({row[6] for row in self.get_log_of_sheet(after_call) if row[1] == email}, texts)

    @keyword
    def each_row_should_explain(self, account: str, outcome: str, *texts: str) -> None:
        """Checks that the log has rows with this outcome of an account, and that each reason there holds each text."""
        rows = [row for row in self.get_log_of_sheet() if (row[1], row[5]) == (self.practice.emails[account], outcome)]
        if not rows or not all(text in row[6] for row in rows for text in texts):
            raise AssertionError(f"reasons: found {[row[6] for row in rows]}, wanted each with {list(texts)}")

    @keyword
    def account_should_type_no_card(self, account: str, after_call: int | None = None) -> None:
        """Checks that an account has come to the portal's first page, which asks for it, and has sent nothing there."""
        asked = {
            (each["method"], each["path"].split("?")[0])
            for each in self._requests("portal", "", self.practice.emails[account], after_call)
        }
        pages = {(method, path) for method, path in asked if not path.startswith("/static/")}
        if not pages or any(method != "GET" for method, _ in pages):
            raise AssertionError(
                f"{account} at the portal: {sorted(pages) or 'nothing'}, wanted a look at its first page"
            )

    @keyword
    def nothing_should_be_asked_of(self, app: str, path: str) -> None:
        """Checks that no request with this text in its path has reached the site, the portal or the sheet."""
        found = [each["path"] for each in self._requests(app, path, None)]
        self._should_equal(f"requests of {app}", found, [])

    @keyword
    def something_should_be_asked_of(self, app: str, path: str) -> None:
        """Checks that some request with this text in its path has reached the site, the portal or the sheet."""
        if not self._requests(app, path, None):
            raise AssertionError(f"nobody has asked {app} for {path}")

    @keyword
    def wait_for_request(self, app: str, path: str, account: str) -> None:
        """Waits until a request of an account, with this text in its path, has reached the site or the portal."""
        email = self.practice.emails[account]
        self._wait(lambda: bool(self._requests(app, path, email)), f"{account} asks {app} for {path}")

    @keyword
    def wait_for_fault(self) -> None:
        """Waits until a request has met one of the faults."""
        self._wait(lambda: any(rule["hits"] for rule in self.client.faults()), "a fault strikes")

    @keyword
    def let_basket_run_out(self, account: str) -> None:
        """Lets what an account holds be free again at once, as after three quarters of an hour."""
        self.client.expire_holds(self.practice.emails[account])

    @keyword
    def wait_for_payment(self, account: str) -> None:
        """Waits until money of an account was taken."""
        self._wait(lambda: bool(self._paid_for(account)), f"{account} pays")

    @property
    def practice(self) -> PracticeVenue:
        """The venue."""
        if self._venue is None:
            raise AssertionError("no venue has been started")
        return self._venue

    @property
    def client(self) -> VenueClient:
        """What sets the venue, and reads what happened there."""
        return self.practice.client

    def note_start(self, call: int) -> None:
        """Takes down what there is when a call begins."""
        self._before[call] = self.client.records()

    def note_end(self, call: int) -> None:
        """Takes down what there is when it has ended."""
        self._after[call], self._logs[call] = self.client.records(), self.client.sheet(LOG)
        self._openings[call] = self.client.opening(self._day)

    def _of(self, records: str, account: str, after_call: int | None = None) -> list[dict[str, Any]]:
        email = self.practice.emails[account]
        return [each for each in self.get_records(after_call)[records] if each["email"] == email]

    def _paid_for(self, account: str, after_call: int | None = None) -> list[tuple[int, str, int]]:
        """Return every slot for which money of an account was taken, as often as it was."""
        paid = [each for each in self._of("payments", account, after_call) if each["status"] == "paid"]
        return [(slot["court"], slot["date"], slot["hour"]) for each in paid for slot in each["slots"]]

    def _slots(self, records: str, account: str, after_call: int | None, **having: str) -> list[tuple[int, str, int]]:
        found = [each for each in self._of(records, account, after_call) if having.items() <= each.items()]
        return sorted((each["court"], each["date"], each["hour"]) for each in found)

    def _requests(self, app: str, path: str, email: str | None, after_call: int | None = None) -> list[dict[str, Any]]:
        requests = self.get_records(after_call)["requests"]
        found = [each for each in requests if each["app"] == app and path in each["path"]]
        return [each for each in found if email in (None, each["email"])]

    @staticmethod
    def _wait(condition: Callable[[], bool], what: str) -> None:
        until = time.monotonic() + PATIENCE
        while not condition():
            if time.monotonic() > until:
                raise AssertionError(f"{PATIENCE:.0f} s are over before {what}")
            time.sleep(0.05)

    @staticmethod
    def _should_equal(what: str, found: object, wanted: object) -> None:
        if found != wanted:
            raise AssertionError(f"{what}: found {found}, wanted {wanted}")

    @staticmethod
    def _should_be_one_reason(reasons: set[str], texts: Sequence[str]) -> None:
        if len(reasons) != 1 or not all(text in reason for reason in reasons for text in texts):
            raise AssertionError(f"reasons: found {sorted(reasons)}, wanted one with {list(texts)}")

    # More accounts than the seed has, and other openings

    @keyword
    def add_account(self, account: str, court: int) -> dict[str, str]:
        """Adds an account to the venue and to the sheet, at a court that others may have too; returns its settings."""
        email, password = f"{account}@example.test", f"Canary-{secrets.token_urlsafe(12)}"
        self.client.add_account(account, email, password)
        self.practice.emails[account] = email
        COURTS[account] = court
        header, *rows = self.client.sheet(ACCOUNTS)
        address = next(row[4] for row in rows if row[3] == str(court))
        row = [account.capitalize(), email, "[from secrets]", str(court), address]
        self.client.write_sheet(ACCOUNTS, [header, *rows, row])
        return {f"{account.upper()}_CAM_EMAIL_ADDRESS": email, f"{account.upper()}_CAM_PASSWORD": password}

    @keyword
    def rename_account(self, account: str, name: str) -> dict[str, str]:
        """Gives an account another name in the sheet, with the same login and court; returns what to set then."""
        email = self.practice.emails.pop(account)
        self.practice.emails[name], COURTS[name] = email, COURTS[account]
        header, *rows = self.client.sheet(ACCOUNTS)
        renamed = [[name.capitalize(), *row[1:]] if row[0].lower() == account else row for row in rows]
        self.client.write_sheet(ACCOUNTS, [header, *renamed])
        kinds = ("_CAM_EMAIL_ADDRESS", "_CAM_PASSWORD")
        told = {kind: self.practice.settings[account.upper() + kind] for kind in kinds}
        return {account.upper() + kind: "" for kind in kinds} | {name.upper() + kind: told[kind] for kind in kinds}

    @keyword
    def set_email_address(self, account: str, address: str) -> None:
        """Writes another address for an account into the sheet."""
        header, *rows = self.client.sheet(ACCOUNTS)
        changed = [[row[0], address, *row[2:]] if row[0].lower() == account else row for row in rows]
        self.client.write_sheet(ACCOUNTS, [header, *changed])

    @keyword
    def schedule_for_accounts(self, *wishes: str) -> None:
        """Replaces the schedule: a row each, for one account, e.g. ``mother 10:00, else 11:00``."""
        rows = [[f"{self._day:%A}", typed, "", who] for who, _, typed in (wish.partition(" ") for wish in wishes)]
        self.client.write_sheet(SCHEDULE, [[*SCHEDULE_COLUMNS, "Account"], *rows])

    @keyword
    def let_site_be(self, **settings: float | str) -> None:
        """Sets how the site behaves, by the names in ``practice/settings.py``."""
        self.client.change_settings(**settings)

    @keyword
    def let_rival_give_back(self, account: str, hour: int, after: float) -> None:
        """Lets somebody else take a slot at the worst moment, and leave it unpaid so many seconds later."""
        self.client.send_rival(COURTS[account], self._day, hour, at="worst", release_after=after)

    @keyword
    def get_opening(self, after_call: int | None = None) -> datetime:
        """Returns when the slot day opens or has opened, as announced; each run may have another opening."""
        instant = self.client.opening(self._day) if after_call is None else self._openings[after_call]
        if instant is None:
            raise AssertionError(f"the opening of {self._day} is not announced")
        return instant

    @keyword
    def get_real_opening(self) -> datetime:
        """Returns when the slot day opens or has opened in fact."""
        late = self.client.settings()["opening_delay_seconds"]
        return self.get_opening() + timedelta(seconds=late)


def venue_of_suite() -> Venue:
    """Return the library as the suite that runs has it."""
    return cast("Venue", BuiltIn().get_library_instance("Venue"))
