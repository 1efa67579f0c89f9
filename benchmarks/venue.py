"""The practice venue as the benchmarks have it: weather, accounts, a sheet, openings, and what really happened."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from benchmarks.errors import BenchmarkError
from booking.sheet.sheet import ACCOUNTS_SHEET, SCHEDULE_SHEET
from practice.client import VenueClient
from runner.practice import CONTROL_TOKEN, CONTROL_URL, practice_venue

PROJECT = Path(__file__).resolve().parent.parent
ZONE = ZoneInfo("Europe/London")
READY_TO_OPENING = timedelta(seconds=3)
"""The suite's own practice runs announce the opening so long before it; every contender gets the same."""
HOURS = (10, 14, 8, 11, 12, 15)
"""Hours that courts have all the year round and that coaching never takes."""
_FAMILY = ("Mother", "Father", "Bruce")
_DAYS_AHEAD = 35


@dataclass(frozen=True, slots=True)
class Weather:
    """How fast the venue answers."""

    name: str
    latency_ms: float = 0.0
    slow_seconds: float = 0.0


SLOW_FOR = 12.0
WEATHERS = (
    Weather("0 ms"),
    Weather("40 ms", latency_ms=40.0),
    # The site takes 1.4 s a request before midnight and four to five times as long after. What counts is that an
    # answer takes longer than everything else; a second and a half shows that, and six would only take four times as
    # long to measure.
    Weather("slow phase", slow_seconds=1.5),
)


@dataclass(frozen=True, slots=True)
class BenchmarkAccount:
    """An account of the venue, and the court it plays on."""

    name: str
    email: str
    password: str
    court: int
    court_url: str


@dataclass(frozen=True, slots=True)
class Assignment:
    """What one account reaches for at an opening, in this order."""

    member: BenchmarkAccount
    day: date
    hours: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """A hold as the venue recorded it. Milliseconds after the opening."""

    account: str
    hour: int
    arrived: float
    """When the request came in."""
    held: float
    """When the slot was the account's."""


class BenchmarkVenue:
    """A practice venue that is running, new and empty."""

    def __init__(self, settings: dict[str, str], folder: Path) -> None:
        """Use `open_venue` instead."""
        self.settings = settings
        self.client = VenueClient(settings[CONTROL_URL], settings[CONTROL_TOKEN])
        self.results = folder / "results"
        self._courts: list[tuple[int, str]] = []

    def set_weather(self, weather: Weather) -> None:
        """Let the venue answer as fast as this."""
        self.client.change_settings(
            latency_ms=weather.latency_ms, slow_seconds=weather.slow_seconds, slow_for_seconds=SLOW_FOR
        )

    def members(self, count: int) -> list[BenchmarkAccount]:
        """Return so many accounts, spread over the courts; the family first, then guests that are new."""
        if not self._courts:
            rows = self.client.sheet(ACCOUNTS_SHEET)[1:]
            self._courts = [(int(row[3]), str(row[4])) for row in rows]
        members = []
        for index in range(count):
            court, url = self._courts[index % len(self._courts)]
            name = _FAMILY[index] if index < len(_FAMILY) else f"Guest{index + 1}"
            prefix = f"{name.upper()}_CAM_"
            if f"{prefix}PASSWORD" not in self.settings:
                email, password = f"{name.lower()}@example.test", f"guest {index + 1} of the venue"
                self.client.add_account(name, email, password)
                self.settings |= {f"{prefix}EMAIL_ADDRESS": email, f"{prefix}PASSWORD": password}
            email, password = self.settings[f"{prefix}EMAIL_ADDRESS"], self.settings[f"{prefix}PASSWORD"]
            members.append(BenchmarkAccount(name, email, password, court, url))
        return members

    def days(self) -> list[date]:
        """Return the days that are shown but not open yet, by the rule; all are in one week of the calendar."""
        today = datetime.now(ZONE).date()
        return [today + timedelta(days=_DAYS_AHEAD + each) for each in range(7)]

    def write_sheet(self, assignments: Sequence[Assignment]) -> None:
        """Put these accounts into the sheet, and what they want."""
        accounts = [["Account", "Email", "Password", "Court Number", "Court URL"]]
        schedule = [["Day", "Time", "Notes", "Account"]]
        for assignment in assignments:
            member = assignment.member
            accounts.append([member.name, member.email, "[from secrets]", str(member.court), member.court_url])
            schedule += [[f"{assignment.day:%A}", f"{hour}:00", "", member.name] for hour in assignment.hours]
        for title, values in ((ACCOUNTS_SHEET, accounts), (SCHEDULE_SHEET, schedule)):
            self.client.write_sheet(title, values)

    def keep_closed(self, day: date) -> None:
        """Keep a day closed until its opening is announced."""
        self.client.set_opening(day, "pending")

    def announce(self, day: date) -> datetime:
        """Let a day open in a few seconds; return when."""
        instant = datetime.now(ZONE) + READY_TO_OPENING
        self.client.set_opening(day, instant)
        return instant

    def opening(self, day: date) -> datetime:
        """Return when a day has opened."""
        instant = self.client.opening(day)
        if instant is None:
            raise BenchmarkError(f"{day} was never opened: the run did not come so far")
        return instant

    def send_rival(self, assignment: Assignment, hour: int, lateness: float) -> None:
        """Let somebody else reach for a slot so many seconds after the opening."""
        self.client.send_rival(assignment.member.court, assignment.day, hour, at=lateness)

    def holds(self, assignments: Sequence[Assignment]) -> list[Held]:
        """Return the holds of these wishes from the venue's own record, in the order of their instants."""
        day = assignments[0].day
        opened = self.opening(day).timestamp() * 1000
        names = {assignment.member.email: assignment.member.name for assignment in assignments}
        return [
            Held(names[row["email"]], row["hour"], row["arrived"] - opened, row["at"] - opened)
            for row in self.client.records()["holds"]
            if row["date"] == day.isoformat() and row["email"] in names
        ]

    def payments(self, day: date) -> list[float]:
        """Return when each account had paid, in milliseconds after a day's opening."""
        opened = self.opening(day).timestamp() * 1000
        paid = [row for row in self.client.records()["payments"] if row["status"] == "paid"]
        return [row["at"] - opened for row in paid]


@contextmanager
def open_venue(environ: dict[str, str], weather: Weather) -> Iterator[BenchmarkVenue]:
    """Run a new practice venue in this weather; nothing of it is kept."""
    with tempfile.TemporaryDirectory(prefix="court-bench-") as name:
        folder = Path(name)
        with practice_venue(PROJECT, folder / "venue", environ) as settings:
            venue = BenchmarkVenue(settings, folder)
            venue.set_weather(weather)
            yield venue
