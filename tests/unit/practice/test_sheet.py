"""The practice sheet, driven by gspread as it comes."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import gspread
import pytest
import requests
from aiohttp import web
from google.auth import exceptions, jwt
from google.auth.crypt import RSASigner
from google.oauth2.service_account import Credentials
from gspread.exceptions import APIError, SpreadsheetNotFound, WorksheetNotFound
from gspread.utils import ValueInputOption, ValueRenderOption

from practice.faults import Faults
from practice.sheet.a1 import Area, letters, name_range, parse_area
from practice.sheet.app import create_sheet_app
from practice.sheet.auth import GRANT_TYPE
from practice.sheet.cells import Entry, Render, enter
from practice.sheet.quota import Quota
from practice.sheet.seed import ACCOUNTS, LOG, LOG_COLUMNS, SCHEDULE, WISHES, wished_hours
from practice.sheet.store import SheetStore
from practice.venue.courts import COURTS, VenueSlot

GOOGLE = "https://sheets.googleapis.com"
SITE = "http://127.0.0.1:8001"
MEMBERS = [{"name": name, "email": f"{name.lower()}@example.test"} for name in ("Mother", "Father", "Bruce")]
ROW = ["2026-11-23 00:00:01", "mother@example.test", "1", "28/12/2026", "08:00", "booked", ""]


class LoopbackClient(gspread.HTTPClient):
    """gspread's own client; only the host is another one."""

    base = ""

    def request(self, method: str, endpoint: str, *args: Any, **options: Any) -> requests.Response:  # noqa: ANN401
        # It passes on whatever gspread gives: spelling out the other six parameters would add nothing.
        return super().request(method, endpoint.replace(GOOGLE, self.base), *args, **options)


@dataclass
class ServedSheet:
    """A sheet being served."""

    store: SheetStore
    faults: Faults
    url: str
    key: dict[str, str]

    def client(self, *scopes: str) -> gspread.Client:
        client_class = type("Client", (LoopbackClient,), {"base": self.url})
        options = {"scopes": scopes} if scopes else {}
        client = gspread.service_account_from_dict(self.key, http_client=client_class, **options)
        client.set_timeout((5, 30))
        return client

    def sheet(self) -> gspread.Spreadsheet:
        return self.client().open_by_key(self.store.sheet_id)

    def get(self, path: str, token: str | None = None) -> requests.Response:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return requests.get(f"{self.url}/v4/spreadsheets/{self.store.sheet_id}{path}", headers=headers, timeout=30)

    def grant(self, **changes: str | int) -> requests.Response:
        """Ask for a token with an assertion in which some claims are changed."""
        now = int(time.time())
        claims = {
            "iss": self.key["client_email"],
            "aud": self.key["token_uri"],
            "scope": "https://www.googleapis.com/auth/spreadsheets",
            "iat": now,
            "exp": now + 3600,
            **changes,
        }
        signer = RSASigner.from_service_account_info(self.key)  # type: ignore[no-untyped-call]  # google-auth is untyped
        assertion = jwt.encode(signer, claims).decode()  # type: ignore[no-untyped-call]  # as above
        return requests.post(self.key["token_uri"], data={"grant_type": GRANT_TYPE, "assertion": assertion}, timeout=30)


def serve(store: SheetStore, faults: Faults) -> tuple[str, Callable[[], None]]:
    """Serve the sheet from a thread of its own; return its address and what ends it."""
    loop = asyncio.new_event_loop()
    runner = web.AppRunner(create_sheet_app(store, faults=faults), shutdown_timeout=1)

    async def start() -> str:
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        return f"http://{host}:{port}"

    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    def stop() -> None:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(30)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(30)
        loop.close()

    return asyncio.run_coroutine_threadsafe(start(), loop).result(30), stop


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ServedSheet]:
    # google-auth asks iamcredentials.googleapis.com, in a thread, where the account may be used: not from here.
    monkeypatch.setattr(Credentials, "_is_regional_access_boundary_lookup_required", lambda _: False)
    store = SheetStore(tmp_path / "sheet.sqlite3")
    store.seed(SITE, MEMBERS)
    faults = Faults()
    url, stop = serve(store, faults)
    yield ServedSheet(store, faults, url, store.new_service_account(f"{url}/token"))
    stop()
    store.close()


def body_of(error: APIError) -> dict[str, Any]:
    found: dict[str, Any] = error.response.json()["error"]
    return found


# The seed


def test_a_member_reads_the_seeded_accounts(served: ServedSheet) -> None:
    records = served.sheet().worksheet(ACCOUNTS).get_all_records()

    assert [record["Account"] for record in records] == ["Mother", "Father", "Bruce"]
    assert records[1] == {
        "Account": "Father",
        "Email": "father@example.test",
        "Password": "[from secrets]",
        "Court Number": 2,
        "Court URL": f"{SITE}/courses/detail/176/practice-fields-tennis-court-2/",
    }


def test_all_three_worksheets_come_in_one_batch(served: ServedSheet) -> None:
    sheet = served.sheet()

    found = sheet.values_batch_get([f"'{title}'" for title in (ACCOUNTS, SCHEDULE, LOG)])

    ranges = [each["range"] for each in found["valueRanges"]]
    assert ranges == [f"'{title}'!A1:Z1000" for title in (ACCOUNTS, SCHEDULE, LOG)]
    assert [len(each["values"]) for each in found["valueRanges"]] == [4, 1 + len(WISHES), 1]
    assert found["valueRanges"][2]["values"] == [list(LOG_COLUMNS)]


def test_the_schedule_asks_for_two_winter_hours_every_day() -> None:
    for weekday in range(7):
        lasting = [wish for wish in WISHES if wish.weekday == weekday and "only" not in wish.note]
        assert len({wish.hour for wish in lasting}) == len(lasting) == 2
        assert all(8 <= wish.hour <= 15 for wish in lasting)


def test_no_coaching_takes_what_the_schedule_asks_for() -> None:
    days = [date(2026, 1, 1) + timedelta(days=day) for day in range(2 * 365)]

    wished = [VenueSlot(court, day, hour) for court in COURTS for day in days for hour in wished_hours(day.weekday())]

    assert not [slot for slot in wished if slot.coaching]


def test_seeding_again_leads_its_own_addresses_to_the_new_site_and_keeps_everything_else(served: ServedSheet) -> None:
    rows = served.store.values(ACCOUNTS)
    rows[2][4] = "https://elsewhere.example.test/courses/detail/1/x/"
    served.store.put(ACCOUNTS, rows)
    served.store.put(LOG, [list(LOG_COLUMNS), ROW])

    for _ in range(2):
        served.store.seed("http://127.0.0.1:9009/", MEMBERS)

    urls = [row[4] for row in served.store.values(ACCOUNTS)[1:]]
    assert urls == [
        "http://127.0.0.1:9009/courses/detail/171/practice-fields-tennis-court-1/",
        "https://elsewhere.example.test/courses/detail/1/x/",
        "http://127.0.0.1:9009/courses/detail/177/practice-fields-tennis-court-3/",
    ]
    assert served.store.values(LOG)[1] == ROW[:6]


def test_a_removed_worksheet_stays_away(served: ServedSheet) -> None:
    served.store.remove(SCHEDULE)
    served.store.seed("http://127.0.0.1:9009", MEMBERS)

    with pytest.raises(WorksheetNotFound):
        served.sheet().worksheet(SCHEDULE)
    for act in (served.store.values, served.store.remove, lambda title: served.store.put(title, [])):
        with pytest.raises(KeyError):
            act(SCHEDULE)


def test_the_sheet_is_the_same_after_a_restart(served: ServedSheet, tmp_path: Path) -> None:
    served.sheet().worksheet(LOG).append_row(ROW)

    again = SheetStore(tmp_path / "sheet.sqlite3")

    assert again.sheet_id == served.store.sheet_id
    assert again.values(LOG) == [list(LOG_COLUMNS), ROW[:6]]
    assert again.writes() == served.store.writes()
    assert (tmp_path / "sheet.sqlite3").stat().st_mode & 0o777 == 0o600
    again.close()


# Reading and writing


def test_rows_are_appended_below_the_last_one_as_they_are(served: ServedSheet) -> None:
    log = served.sheet().worksheet(LOG)

    first = log.append_rows([ROW, ROW])
    second = log.append_rows([["=1+1", "0800", "08:00", 7, 1.5, True, ""]])

    assert first["tableRange"] == "'Booking Log'!A1:G1"
    assert first["updates"] == {
        "spreadsheetId": served.store.sheet_id,
        "updatedRange": "'Booking Log'!A2:G3",
        "updatedRows": 2,
        "updatedColumns": 7,
        "updatedCells": 14,
    }
    assert second["tableRange"] == "'Booking Log'!A1:G3"
    assert second["updates"]["updatedRange"] == "'Booking Log'!A4:G4"
    assert log.get_all_values()[1:] == [ROW, ROW, ["=1+1", "0800", "08:00", "7", "1.5", "TRUE", ""]]
    assert served.store.formulas(LOG) == []


def test_an_append_goes_below_the_table_and_over_the_end_of_the_grid(served: ServedSheet) -> None:
    sheet = served.sheet()
    page = sheet.add_worksheet("Rows", rows=2, cols=3)
    page.update([["", "name", "age"], ["", "ann", "7"]], "A1")

    answer = page.append_row(["bob", 8])

    assert answer["updates"]["updatedRange"] == "Rows!B3:C3"
    assert sheet.worksheet("Rows").row_count == 3
    assert served.store.values("Rows") == [["", "name", "age"], ["", "ann", "7"], ["", "bob", "8"]]


def test_an_append_in_an_empty_worksheet_begins_at_its_top(served: ServedSheet) -> None:
    page = served.sheet().add_worksheet("Upcoming", rows=10, cols=6)

    answer = page.append_row(["Email", "Made"])

    assert "tableRange" not in answer
    assert answer["updates"]["updatedRange"] == "Upcoming!A1:B1"


def test_an_update_is_echoed_and_changes_only_its_cells(served: ServedSheet) -> None:
    log = served.sheet().worksheet(LOG)
    log.append_rows([ROW, ROW])

    answer = log.update([["taken by somebody else", None]], "F2:G2", include_values_in_response=True)

    assert (answer["updatedRange"], answer["updatedCells"]) == ("'Booking Log'!F2:G2", 1)
    assert answer["updatedData"]["values"] == [["taken by somebody else"]]
    assert served.store.values(LOG)[1:] == [[*ROW[:5], "taken by somebody else"], ROW[:6]]


def test_what_is_typed_becomes_what_it_looks_like(served: ServedSheet) -> None:
    page = served.sheet().add_worksheet("Typed", rows=5, cols=9)
    typed = ["0900", "18:00", "28/12/2026", "£13.90", "8am", "TRUE", "'007", "=SUM(1)", "1,000"]

    page.update([typed], "A1", value_input_option=ValueInputOption.user_entered)

    assert page.row_values(1) == ["900", "18:00", "28/12/2026", "£13.90", "8am", "TRUE", "007", "#ERROR!", "1,000"]
    plain = page.row_values(1, value_render_option=ValueRenderOption.unformatted)
    assert plain == [900, 0.75, 46384, 13.9, "8am", True, "007", "#ERROR!", 1000]
    assert page.acell("H1", value_render_option=ValueRenderOption.formula).value == "=SUM(1)"
    assert served.store.formulas("Typed") == ["=SUM(1)"]


def test_update_cell_runs_formulas_and_append_does_not(served: ServedSheet) -> None:
    log = served.sheet().worksheet(LOG)

    log.append_row(['=IMPORTXML("x")'])
    log.update_cell(3, 1, '=IMPORTXML("x")')

    assert served.store.formulas(LOG) == ['=IMPORTXML("x")']
    assert [row[0] for row in served.store.values(LOG)[1:]] == ['=IMPORTXML("x")', "#ERROR!"]


def test_several_ranges_are_written_and_read_at_once(served: ServedSheet) -> None:
    log = served.sheet().worksheet(LOG)

    answer = log.batch_update([{"range": "A2:B2", "values": [["a", "b"]]}, {"range": "D4", "values": [["d"]]}])

    assert (answer["totalUpdatedCells"], answer["totalUpdatedSheets"]) == (3, 1)
    assert [list(part) for part in log.batch_get(["A2:B3", "B2:D4", "E5:E9"])] == [
        [["a", "b"]],
        [["b"], [], ["", "", "d"]],
        [],
    ]
    assert log.col_values(2) == ["Email", "b"]


def test_a_batch_with_a_wrong_part_changes_nothing(served: ServedSheet) -> None:
    log = served.sheet().worksheet(LOG)
    before = served.store.writes()

    with pytest.raises(APIError, match="exceeds grid limits"):
        log.batch_update([{"range": "A2", "values": [["a"]]}, {"range": "A2000", "values": [["d"]]}])

    assert served.store.values(LOG) == [list(LOG_COLUMNS)]
    assert served.store.writes() == before


def test_worksheets_are_added_resized_renamed_cleared_and_deleted(served: ServedSheet) -> None:
    sheet = served.sheet()
    page = sheet.add_worksheet("A/b & c+d 100% 'x'", rows=20, cols=4)
    page.append_rows([["1", "2"], ["3", "4"], ["5", "6"]])
    page.insert_row(["new"], index=2)
    page.delete_rows(3)
    assert served.store.values(page.title) == [["1", "2"], ["new"], ["5", "6"]]

    page.resize(rows=2)
    page.freeze(rows=1)
    page.update_title("Plain")
    again = sheet.worksheet("Plain")
    assert (again.row_count, again.col_count, again.frozen_row_count) == (2, 4, 1)
    assert again.get_all_values() == [["1", "2"], ["new", ""]]

    again.batch_clear(["A2"])
    assert served.store.values("Plain") == [["1", "2"]]
    again.clear()
    assert again.get_all_values() == [[]]
    sheet.del_worksheet(again)
    assert served.store.titles() == [ACCOUNTS, SCHEDULE, LOG]


@pytest.mark.parametrize(
    ("area", "message"),
    [
        ("'Nowhere'!A1", "Unable to parse range: 'Nowhere'!A1"),
        ("Booking Log!!", "Unable to parse range: Booking Log!!"),
        ("'Booking Log'!A0", "Unable to parse range: 'Booking Log'!A0"),
        ("'Booking Log'!A1001", "Range ('Booking Log'!A1001) exceeds grid limits. Max rows: 1000, max columns: 26"),
    ],
)
def test_a_range_that_is_none_is_refused(served: ServedSheet, area: str, message: str) -> None:
    with pytest.raises(APIError) as refused:
        served.sheet().values_get(area)

    assert body_of(refused.value) == {"code": 400, "message": message, "status": "INVALID_ARGUMENT"}


def test_writes_that_do_not_fit_are_refused_and_change_nothing(served: ServedSheet) -> None:
    sheet = served.sheet()
    log = sheet.worksheet(LOG)
    before = served.store.writes()

    with pytest.raises(APIError, match=r"within range \['Booking Log'!A2:B2\], but tried writing to row \[3\]"):
        log.update([["a", "b"], ["c", "d"]], "A2:B2")
    with pytest.raises(APIError, match=r"tried writing to column \[C\]"):
        log.update([["a", "b", "c"]], "A2:B2")
    with pytest.raises(APIError, match="maximum of 50000 characters"):
        log.append_row(["x" * 50_001])
    with pytest.raises(APIError, match=r"Invalid values\[0\]\[1\]: list_value"):
        log.append_row(["a", ["b"]])  # type: ignore[list-item]  # what a careless caller sends
    with pytest.raises(APIError, match="'valueInputOption' is required"):
        sheet.values_append("'Booking Log'", {}, {"values": [ROW]})
    with pytest.raises(APIError, match='A sheet with the name "Booking Log" already exists'):
        sheet.add_worksheet(LOG, rows=1, cols=1)

    assert served.store.values(LOG) == [list(LOG_COLUMNS)]
    assert served.store.writes() == before


# Refusals


def test_a_sheet_that_was_not_shared(served: ServedSheet) -> None:
    served.store.access = "forbidden"

    with pytest.raises(PermissionError) as refused:
        served.sheet()

    assert isinstance(refused.value.__cause__, APIError)
    assert body_of(refused.value.__cause__) == {
        "code": 403,
        "message": "The caller does not have permission",
        "status": "PERMISSION_DENIED",
    }


def test_a_sheet_that_is_not_there(served: ServedSheet) -> None:
    with pytest.raises(SpreadsheetNotFound) as refused:
        served.client().open_by_key("1nothing")
    assert refused.value.args[0].json()["error"]["status"] == "NOT_FOUND"

    served.store.access = "missing"
    with pytest.raises(SpreadsheetNotFound):
        served.sheet()


def test_a_service_that_is_down(served: ServedSheet) -> None:
    log = served.sheet().worksheet(LOG)
    served.store.access = "down"

    with pytest.raises(APIError) as refused:
        log.append_row(ROW)
    assert (refused.value.code, body_of(refused.value)["status"]) == (503, "UNAVAILABLE")

    served.store.access = "ok"
    assert log.get_all_values() == [list(LOG_COLUMNS)]


def test_an_access_of_another_name_is_refused(served: ServedSheet) -> None:
    with pytest.raises(ValueError, match="'closed' is none of ok, forbidden, missing, down"):
        served.store.access = "closed"


def test_too_many_writes_in_a_minute(served: ServedSheet) -> None:
    log = served.sheet().worksheet(LOG)
    served.store.write_quota = 2
    log.append_row(ROW)
    log.append_row(ROW)

    with pytest.raises(APIError) as refused:
        log.append_row(ROW)

    error = body_of(refused.value)
    assert refused.value.response.status_code == 429
    assert (error["code"], error["status"]) == (429, "RESOURCE_EXHAUSTED")
    assert error["message"] == (
        "Quota exceeded for quota metric 'Write requests' and limit 'Write requests per minute per user' of service "
        "'sheets.googleapis.com' for consumer 'project_number:100000000001'."
    )
    assert error["details"][0]["reason"] == "RATE_LIMIT_EXCEEDED"
    assert error["details"][0]["metadata"]["quota_limit"] == "WriteRequestsPerMinutePerUser"
    assert error["details"][0]["metadata"]["quota_limit_value"] == "2"
    assert len(log.get_all_values()) == 3  # reading has a quota of its own

    served.store.write_quota = None
    log.append_row(ROW)
    assert len(served.store.values(LOG)) == 4


def test_too_many_reads_in_a_minute(served: ServedSheet) -> None:
    served.store.read_quota = 3
    log = served.sheet().worksheet(LOG)
    log.get_all_values()

    with pytest.raises(APIError) as refused:
        log.get_all_values()

    assert body_of(refused.value)["details"][0]["metadata"]["quota_metric"] == "sheets.googleapis.com/read_requests"
    log.append_row(ROW)


def test_a_quota_is_given_back_as_the_minute_slides() -> None:
    times = iter((0.0, 30.0, 59.9, 60.0, 60.1, 89.9, 90.0))
    quota = Quota(lambda: next(times))

    granted = [quota.grant(2) for _ in range(7)]

    assert granted == [True, True, False, True, False, False, True]


# Keys and tokens


def test_a_key_is_fresh_at_each_start_and_the_old_one_is_worth_nothing(served: ServedSheet) -> None:
    old = served.key
    old_client = served.client()
    old_client.open_by_key(served.store.sheet_id)
    served.key = served.store.new_service_account(old["token_uri"])

    assert old["private_key"] != served.key["private_key"]
    with pytest.raises(exceptions.RefreshError, match="Invalid JWT Signature"):
        old_client.open_by_key(served.store.sheet_id)
    assert served.sheet().title == "Practice courts"


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"iss": "somebody@example.test"}, "invalid_grant", "account not found"),
        ({"aud": "https://elsewhere.example.test/token"}, "invalid_grant", "Failed audience check"),
        ({"exp": 1_000_000_000, "iat": 999_999_000}, "invalid_grant", "short-lived token"),
        ({"exp": int(time.time()) + 90_000}, "invalid_grant", "short-lived token"),
        ({"scope": ""}, "invalid_scope", "Invalid OAuth scope"),
    ],
)
def test_an_assertion_with_wrong_claims_earns_no_token(
    served: ServedSheet, changes: dict[str, str | int], error: str, words: str
) -> None:
    answer = served.grant(**changes)

    assert answer.status_code == 400
    assert answer.json()["error"] == error
    assert words in answer.json()["error_description"]


def test_nonsense_earns_no_token(served: ServedSheet) -> None:
    url = served.key["token_uri"]
    nonsense = requests.post(url, data={"grant_type": GRANT_TYPE, "assertion": "a.b.c"}, timeout=30)
    password = requests.post(url, data={"grant_type": "password"}, timeout=30)

    assert (nonsense.status_code, nonsense.json()["error"]) == (400, "invalid_grant")
    assert (password.status_code, password.json()["error"]) == (400, "unsupported_grant_type")


def test_a_token_opens_the_sheet_until_it_ends(served: ServedSheet) -> None:
    token = served.grant().json()["access_token"]
    assert served.get("", token).status_code == 200
    served.store.authority.token_seconds = -1
    late = served.grant().json()["access_token"]

    for answer in (served.get("", late), served.get("", "ya29.made-up"), served.get("")):
        assert answer.status_code == 401
        assert answer.json()["error"]["status"] == "UNAUTHENTICATED"


def test_a_read_only_scope_reads_only(served: ServedSheet) -> None:
    client = served.client("https://www.googleapis.com/auth/spreadsheets.readonly")
    log = client.open_by_key(served.store.sheet_id).worksheet(LOG)

    with pytest.raises(APIError, match="insufficient authentication scopes"):
        log.append_row(ROW)
    assert log.get_all_values() == [list(LOG_COLUMNS)]


def test_the_key_reads_like_googles_and_leads_nowhere_else(served: ServedSheet) -> None:
    Credentials.from_service_account_info(served.key)  # type: ignore[no-untyped-call]  # google-auth is untyped

    assert served.key["type"] == "service_account"
    addresses = [value for name, value in served.key.items() if name.endswith(("_uri", "_url"))]
    assert len(addresses) == 4
    assert all(address.startswith(f"{served.url}/") for address in addresses)
    assert "PRIVATE KEY" not in json.dumps({**served.key, "private_key": ""})


# Once, and on record


def test_the_records_tell_a_write_whose_answer_was_lost_from_one_that_never_happened(served: ServedSheet) -> None:
    log = served.sheet().worksheet(LOG)
    before = len(served.store.writes())
    append = {"app": "sheet", "path": ":append", "times": 1, "do": "drop"}

    served.faults.add([{**append, "when": "after"}])
    with pytest.raises(requests.ConnectionError):
        log.append_row(["kept"])
    served.faults.add([{**append, "when": "before"}])
    with pytest.raises(requests.ConnectionError):
        log.append_row(["lost"])

    assert [row[0] for row in served.store.values(LOG)[1:]] == ["kept"]
    assert [(write["act"], write["range"]) for write in served.store.writes()[before:]] == [
        ("append", "'Booking Log'!A2")
    ]


def test_writers_side_by_side_lose_nothing_and_write_nothing_twice(served: ServedSheet) -> None:
    served.store.write_quota = None
    names = [[f"{writer}-{number}" for number in range(15)] for writer in range(4)]

    def write(mine: list[str]) -> None:
        log = served.sheet().worksheet(LOG)
        for name in mine:
            log.append_row([name])

    threads = [threading.Thread(target=write, args=(mine,)) for mine in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    found = [row[0] for row in served.store.values(LOG)[1:]]
    assert sorted(found) == sorted(name for mine in names for name in mine)
    assert [name for name in found if name.startswith("0-")] == names[0]


# Notation


@pytest.mark.parametrize(
    ("text", "area"),
    [
        ("B2", Area(1, 1, 2, 2)),
        ("$A$1:C3", Area(0, 0, 3, 3)),
        ("C3:A1", Area(0, 0, 3, 3)),
        ("A:C", Area(0, 0, None, 3)),
        ("2:5", Area(1, 0, 5, None)),
        ("A2:C", Area(1, 0, None, 3)),
        ("AA10", Area(9, 26, 10, 27)),
        ("", None),
        ("A", None),
        ("A0", None),
        ("A1:", None),
        ("A2:5", Area(1, 0, 5, None)),
        ("A:5", None),
        ("5:A1", None),
        ("1A", None),
    ],
)
def test_a1_notation(text: str, area: Area | None) -> None:
    assert parse_area(text) == area


def test_names_of_ranges() -> None:
    assert [letters(column) for column in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]
    assert name_range("Log", Area(0, 0, 2, 3)) == "Log!A1:C2"
    assert name_range("Bruce's log", Area(4, 1, 5, 2)) == "'Bruce''s log'!B5"


@pytest.mark.parametrize("value", ["", "plain", "=1", "'x", 0, False, 2.5])
def test_raw_values_stay_what_they_are(value: str | float) -> None:
    cell = enter(value, Entry.RAW)

    assert value == "" if cell is None else cell.render(Render.UNFORMATTED) == value
