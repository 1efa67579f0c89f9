"""The sheet: accounts and schedule are read from it, the log is written to it.

One code path through gspread for Google and for any server that speaks enough of the Sheets API.
"""

from __future__ import annotations

import random
import re
import time
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Self

import gspread
import requests
from google.auth.credentials import Credentials
from google.auth.exceptions import GoogleAuthError, RefreshError, TransportError
from google.auth.transport import Request
from gspread.utils import absolute_range_name

from booking.errors import SheetError

ACCOUNTS_SHEET = "Account & Court Configuration"
SCHEDULE_SHEET = "Booking Schedule"
LOG_SHEET = "Booking Log"
LOG_HEADER = ("Timestamp", "Email", "Court", "Date", "Time", "Status", "Error Details")

GOOGLE = "https://sheets.googleapis.com"
SCOPES = ("https://www.googleapis.com/auth/spreadsheets",)
TIMEOUT_SECONDS = (5.0, 20.0)
"""To connect, and between two parts of the answer."""
LONGEST_PAUSE_SECONDS = 60.0
"""Google's quotas are counted by the minute: a longer pause gains nothing."""

_JITTER = random.SystemRandom()
_BROKEN = (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a worksheet: its number as the sheet shows it, and the text of the columns that matter."""

    number: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        """Return the text of a column; empty where the worksheet has no such (optional) column."""
        return self.cells.get(column, "")


@dataclass(frozen=True, slots=True)
class SheetContent:
    """What a run needs from the sheet, as typed there; rows without any text are left out."""

    accounts: list[Row]
    schedule: list[Row]


@dataclass(frozen=True, slots=True)
class _Worksheet:
    title: str
    columns: tuple[str, ...]
    optional: tuple[str, ...] = ()


# The password column is not among them: what somebody typed there by mistake is not read.
_ACCOUNTS = _Worksheet(ACCOUNTS_SHEET, ("Account", "Email", "Court Number", "Court URL"))
_SCHEDULE = _Worksheet(SCHEDULE_SHEET, ("Day", "Time", "Notes"), optional=("Account",))


def clean_text(text: str) -> str:
    """Return the text on one line, without outer spaces, control characters and invisible marks."""
    spaced = "".join(" " if c.isspace() else c for c in text)
    return "".join(c for c in spaced if unicodedata.category(c) not in {"Cc", "Cf", "Cs"}).strip()


class Sheet:
    """One spreadsheet. Nothing is sent before the first reading or writing."""

    def __init__(self, api: _Api, sheet_id: str) -> None:
        """Use `open_sheet` instead."""
        self._api = api
        self._id = sheet_id
        self._titles: dict[str, str] = {}
        self._log_has_header: bool | None = None

    def read(self) -> SheetContent:
        """Return accounts and schedule: one request for the titles of the worksheets, one for both contents.

        Raises:
            SheetError: the sheet cannot be read, or lacks a worksheet or a column; the text says what to do.
        """
        self._titles = self._fetch_titles()
        wanted = (_ACCOUNTS, _SCHEDULE)
        tables = self._values([self._title_of(worksheet.title) for worksheet in wanted])
        accounts, schedule = (_rows(worksheet, table) for worksheet, table in zip(wanted, tables, strict=True))
        return SheetContent(accounts, schedule)

    def log_rows(self) -> list[list[str]]:
        """Return the rows of the log under its header, each of seven cells; none if there is no log yet.

        Raises:
            SheetError: the sheet cannot be read; the text says what to do.
        """
        self._titles = self._titles or self._fetch_titles()
        if _key(LOG_SHEET) not in self._titles:
            self._log_has_header = False
            return []
        (table,) = self._values([self._title_of(LOG_SHEET)])
        self._log_has_header = any(any(cells) for cells in table)
        width = len(LOG_HEADER)
        return [[*cells, *[""] * width][:width] for cells in table[1:]]

    def append_log(self, rows: Sequence[Sequence[str]]) -> None:
        """Write rows under the log in one request, as plain text; the log is made if it is missing.

        It is sent once: whether a failed append was written is not known here, and another try could write it twice.

        Raises:
            SheetError: the log cannot be written; the text says what to do.
        """
        if self._log_has_header is None:
            self.log_rows()
        if _key(LOG_SHEET) not in self._titles:
            with self._api.telling() as api:
                api.batch_update(self._id, {"requests": [{"addSheet": {"properties": {"title": LOG_SHEET}}}]})
            self._titles[_key(LOG_SHEET)] = LOG_SHEET
        header = absolute_range_name(self._title_of(LOG_SHEET), "A1:G1")
        # RAW keeps what begins with "=" a text: nothing from a page or a cell becomes a formula.
        if not self._log_has_header:
            with self._api.telling() as api:
                api.values_update(self._id, header, {"valueInputOption": "RAW"}, {"values": [list(LOG_HEADER)]})
            self._log_has_header = True
        with self._api.telling() as api:
            api.values_append(
                self._id,
                header,
                {"valueInputOption": "RAW", "insertDataOption": "INSERT_ROWS"},
                {"values": [list(row) for row in rows]},
            )

    def _fetch_titles(self) -> dict[str, str]:
        with self._api.telling() as api:
            metadata = api.fetch_sheet_metadata(self._id)
        try:
            titles = [str(worksheet["properties"]["title"]) for worksheet in metadata["sheets"]]
        except (KeyError, TypeError) as error:
            raise SheetError(
                f"{self._api.where} did not say which worksheets there are; check GSHEET_API_URL."
            ) from error
        return {_key(title): title for title in titles}

    def _title_of(self, title: str) -> str:
        if _key(title) not in self._titles:
            there = ", ".join(f'"{clean_text(name)}"' for name in self._titles.values())
            raise SheetError(f'The sheet has no worksheet "{title}"; add it or rename one. It has: {there or "none"}.')
        return self._titles[_key(title)]

    def _values(self, titles: list[str]) -> list[list[list[str]]]:
        with self._api.telling() as api:
            answer = api.values_batch_get(
                self._id,
                [absolute_range_name(title) for title in titles],
                {"valueRenderOption": "FORMATTED_VALUE", "majorDimension": "ROWS"},
            )
        ranges = answer.get("valueRanges", []) if isinstance(answer, dict) else []
        if len(ranges) != len(titles):
            raise SheetError(f"{self._api.where} answered with {len(ranges)} worksheets instead of {len(titles)}.")
        return [[[str(cell) for cell in cells] for cells in values.get("values", [])] for values in ranges]


def open_sheet(
    sheet_id: str,
    service_account: Mapping[str, Any],
    api_url: str = GOOGLE,
    *,
    attempts: int = 4,
    sleep: Callable[[float], None] = time.sleep,
) -> Sheet:
    """Return the sheet of this id, to be reached with a service account.

    Args:
        sheet_id: the part of the sheet's address between ``/d/`` and ``/edit``.
        service_account: the key as Google gives it, read from JSON.
        api_url: Google, or a server that speaks its Sheets API.
        attempts: how often a reading is tried in all while the server is out of reach or busy.
        sleep: waits the seconds between two attempts.

    Raises:
        SheetError: the id or the key cannot be right.
    """
    if not re.fullmatch(r"[\w-]+", sheet_id, re.ASCII):
        raise SheetError(
            f'GSHEET_MAIN_ID "{clean_text(sheet_id)[:60]}" is not a valid sheet id: it is the part of '
            "the sheet's address between /d/ and /edit."
        )
    try:
        auth = _Tokens(gspread.service_account_from_dict(service_account, scopes=SCOPES).http_client.auth)
    except (GoogleAuthError, ValueError, KeyError, TypeError, AttributeError):
        # Without the cause: it may quote the key.
        raise SheetError(
            "GOOGLE_SERVICE_ACCOUNT_JSON holds no usable key: download the JSON key of the service account from Google "
            "Cloud again and give all of it, or the path to it."
        ) from None
    email = clean_text(str(service_account.get("client_email", "the service account")))
    return Sheet(_Api(auth, api_url=api_url, email=email, attempts=attempts, sleep=sleep), sheet_id)


class _Tokens(Credentials):
    """The tokens of a service account and nothing more.

    Its own credentials would also ask another host of Google, from a thread, in which regions the account may be used:
    no answer of it is needed here, and a practice run leaves the machine for nothing.
    """

    def __init__(self, key: Credentials) -> None:
        super().__init__()  # type: ignore[no-untyped-call] # google-auth is untyped
        self._key = key

    def refresh(self, request: Request) -> None:
        """Fetch the next token."""
        self._key.refresh(request)  # type: ignore[no-untyped-call] # as above
        self.token, self.expiry = self._key.token, self._key.expiry


class _Api(gspread.HTTPClient):
    """gspread's client with another endpoint, bounded waiting, and errors a person can act on."""

    def __init__(
        self, auth: Credentials, *, api_url: str, email: str, attempts: int, sleep: Callable[[float], None]
    ) -> None:
        super().__init__(auth)
        self.set_timeout(TIMEOUT_SECONDS)
        self.where = "Google Sheets" if api_url.rstrip("/") == GOOGLE else f"The sheet server {api_url}"
        self._url = api_url.rstrip("/")
        self._email = email
        self._attempts = attempts
        self._sleep = sleep

    def request(  # gspread passes everything but these two by name
        self,
        method: str,
        endpoint: str,
        *_: object,
        **parts: Any,  # noqa: ANN401 - what requests takes
    ) -> requests.Response:
        """Send a request; a reading is tried again while the server is out of reach or busy, a writing never."""
        url = self._url + endpoint.removeprefix(GOOGLE)
        left = self._attempts if method.lower() == "get" else 1
        backoff = 1.0
        while True:
            left -= 1
            pause = 0.0
            try:
                response = self.session.request(method=method, url=url, timeout=self.timeout, **parts)
            except (*_BROKEN, TransportError):
                if not left:
                    raise
            else:
                if response.ok:
                    return response
                pause = _asked_pause(response)
                busy = response.status_code == HTTPStatus.TOO_MANY_REQUESTS or response.status_code >= 500
                if not (left and busy and pause <= LONGEST_PAUSE_SECONDS):
                    raise _RefusedError(response)
            self._sleep(max(pause, backoff * _JITTER.uniform(0.5, 1.5)))
            backoff *= 2

    @contextmanager
    def telling(self) -> Iterator[Self]:
        """Hand out the client for a call; whatever goes wrong with it is told as a SheetError."""
        try:
            yield self
        except _RefusedError as error:
            raise SheetError(self._refusal(error)) from error
        except requests.JSONDecodeError as error:
            raise SheetError(f"{self.where} gave an answer that is no JSON; check GSHEET_API_URL.") from error
        except requests.Timeout as error:
            raise SheetError(f"{self.where} gave no answer for {TIMEOUT_SECONDS[1]:.0f} seconds; try again.") from error
        except RefreshError as error:
            raise SheetError(self._refused_key(error)) from error
        except (requests.RequestException, GoogleAuthError) as error:
            raise SheetError(
                f"{self.where} cannot be reached: check the network and GSHEET_API_URL, then try again "
                f"({type(error).__name__})."
            ) from error
        except (TypeError, AttributeError) as error:
            # google-auth trips over a token answer that is no JSON object, e.g. the page of a captive portal.
            raise SheetError(f"{self.where}: the token server gave an answer that cannot be understood.") from error

    def _refused_key(self, error: RefreshError) -> str:
        reason = clean_text(str(error.args[0] if error.args else ""))[:200]
        if error.retryable:
            return f"The token server of {self.where} is busy or down ({reason}); try again in a minute."
        return (
            f"The key of {self._email} is refused ({reason}): make a new JSON key for the service account, put it into "
            "GOOGLE_SERVICE_ACCOUNT_JSON, and check that this machine's clock is right."
        )

    def _refusal(self, error: _RefusedError) -> str:
        said = clean_text(error.message)[:300]
        match error.status:
            case 400 if "not supported for this document" in said:
                advice = "The file is no Google sheet (an Excel file?): open it and choose File, Save as Google Sheets"
            case 401:
                advice = f"{self.where} refuses the key of {self._email}: check GOOGLE_SERVICE_ACCOUNT_JSON"
            case 403 if error.api_is_off:
                advice = f"The Google Sheets API is not enabled in the project of {self._email}: enable it there"
            case 403:
                advice = f"The sheet may not be used: share it with {self._email} as editor"
            case 404:
                advice = "There is no sheet of this id: check GSHEET_MAIN_ID"
            case 429:
                advice = f"{self.where} says that there are too many requests: wait a minute, then try again"
            case status if status >= 500:
                advice = f"{self.where} is in trouble of its own (HTTP {status}): try again later"
            case status:
                advice = f"{self.where} refuses the request (HTTP {status})"
        return f"{advice}. It said: {said}"


class _RefusedError(Exception):
    """An answer other than 2xx. gspread's own error breaks on bodies that are not Google's."""

    def __init__(self, response: requests.Response) -> None:
        self.status = response.status_code
        self.api_is_off = "SERVICE_DISABLED" in response.text or "has not been used in project" in response.text
        try:
            self.message = str(response.json()["error"]["message"])
        except (ValueError, KeyError, TypeError):
            self.message = response.reason or f"HTTP {response.status_code}"
        super().__init__(self.message)


def _asked_pause(response: requests.Response) -> float:
    asked = response.headers.get("Retry-After", "")
    return float(asked) if asked.isascii() and asked.isdigit() else 0.0


def _key(text: str) -> str:
    return "".join(clean_text(text).casefold().split())


def _cell_text(cell: str) -> str:
    # A line break separates what people write below each other: "18:00" over "19:00".
    return "; ".join(filter(None, map(clean_text, cell.splitlines())))


def _rows(worksheet: _Worksheet, table: list[list[str]]) -> list[Row]:
    texts = [[_cell_text(cell) for cell in cells] for cells in table]
    header = next((index for index, cells in enumerate(texts) if any(cells)), None)
    if header is None:
        columns = ", ".join(worksheet.columns)
        raise SheetError(f'The worksheet "{worksheet.title}" is empty; its first row must name its columns: {columns}.')
    places = _places(worksheet, texts[header])
    rows = []
    for number, cells in enumerate(texts[header + 1 :], start=header + 2):
        row = Row(number, {column: cells[place] for column, place in places.items() if place < len(cells)})
        if any(row.cells.values()):
            rows.append(row)
    return rows


def _places(worksheet: _Worksheet, header: list[str]) -> dict[str, int]:
    names = [_key(cell) for cell in header]
    places = {}
    for column in (*worksheet.columns, *worksheet.optional):
        found = [place for place, name in enumerate(names) if name == _key(column)]
        if len(found) > 1:
            raise SheetError(f'The worksheet "{worksheet.title}" has the column "{column}" twice; rename one of them.')
        if found:
            places[column] = found[0]
        elif column in worksheet.columns:
            there = ", ".join(f'"{cell[:60]}"' for cell in header if cell)
            raise SheetError(
                f'The worksheet "{worksheet.title}" has no column "{column}" in its first row; add it. It has: {there}.'
            )
    return places
