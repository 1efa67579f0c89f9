"""Reading and writing the sheet: the real gspread against the practice sheet."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from booking.errors import SheetError
from booking.sheet import sheet as sheet_module
from booking.sheet.sheet import (
    ACCOUNTS_SHEET,
    LOG_HEADER,
    LOG_SHEET,
    SCHEDULE_SHEET,
    Row,
    Sheet,
    clean_text,
    open_sheet,
)
from practice.faults import Faults
from practice.sheet.store import SheetStore

Opens = Callable[[], Sheet]
LOG_ROW = ["2026-11-23 23:59:59.123 +0000", "mother@example.test", "1", "2026-12-28", "08:00", "booked", ""]
HEADERS = {
    ACCOUNTS_SHEET: ["Account", "Email", "Password", "Court Number", "Court URL"],
    SCHEDULE_SHEET: ["Day", "Time", "Notes"],
}
WIFI_PAGE = "<h1>Welcome to our Wi-Fi</h1>"


def asked(faults: Faults) -> list[tuple[str, str]]:
    """Return what was asked of the sheet, tokens apart."""
    paths = [(request.method, request.path.partition("?")[0].rpartition("/")[2]) for request in faults.requests]
    return [(method, path) for method, path in paths if path != "token"]


def told(opens: Opens, act: Callable[[Sheet], object] = Sheet.read) -> str:
    with pytest.raises(SheetError) as raised:
        act(opens())
    return str(raised.value)


def test_accounts_and_schedule_come_with_two_requests(opens: Opens, faults: Faults, store: SheetStore) -> None:
    content = opens().read()
    assert [row["Account"] for row in content.accounts] == ["Mother", "Father", "Bruce"]
    assert content.accounts[1]["Email"] == "father@example.test"
    assert content.accounts[1]["Court Number"] == "2"
    assert content.schedule[0].number == 2
    assert len(content.schedule) == len(store.values(SCHEDULE_SHEET)) - 1
    assert asked(faults) == [("GET", store.sheet_id), ("GET", "values:batchGet")]


def test_the_password_column_is_not_read(opens: Opens) -> None:
    assert "secrets" not in repr(opens().read())


def test_columns_are_found_by_name_in_any_order(opens: Opens, store: SheetStore) -> None:
    store.put(
        SCHEDULE_SHEET,
        [
            [],
            ["Colour", " NOTES ", "account", "t i m e", "day"],
            ["red", "All year", "Mother", "18:00", "Tue"],
            [],
            ["blue"],
            ["", "", "", "08:00"],
        ],
    )
    first, second = opens().read().schedule
    assert first == Row(3, {"Day": "Tue", "Time": "18:00", "Notes": "All year", "Account": "Mother"})
    assert (second.number, second["Time"], second["Day"], second["Account"]) == (6, "08:00", "", "")


def test_titles_are_found_whatever_their_case(opens: Opens, store: SheetStore) -> None:
    with store.change() as change:
        for worksheet in change.book.sheets:
            worksheet.title = f" {worksheet.title.upper()} "
    assert len(opens().read().accounts) == 3


def test_cells_are_text_on_one_line(opens: Opens, store: SheetStore) -> None:
    odd = "Tu\x00e\u202es\u200b\nday\r\n"
    store.put(SCHEDULE_SHEET, [HEADERS[SCHEDULE_SHEET], [odd, 8, "=1+1"]])
    (row,) = opens().read().schedule
    assert row.cells == {"Day": "Tues; day", "Time": "8", "Notes": "=1+1"}


@pytest.mark.parametrize(
    ("text", "clean"),
    [(" a\tb ", "a b"), ("\x1b[31mred\x07", "[31mred"), ("\ud800x", "x"), ("a\u2028b", "a b"), ("\ufeffDay", "Day")],
)
def test_text_is_cleaned(text: str, clean: str) -> None:
    assert clean_text(text) == clean


@pytest.mark.parametrize("title", [ACCOUNTS_SHEET, SCHEDULE_SHEET])
def test_a_missing_worksheet_is_told(opens: Opens, store: SheetStore, title: str) -> None:
    store.remove(title)
    text = told(opens)
    assert f'no worksheet "{title}"' in text
    assert f'"{LOG_SHEET}"' in text


@pytest.mark.parametrize(
    ("title", "column"),
    [(ACCOUNTS_SHEET, name) for name in ("Account", "Email", "Court Number", "Court URL")]
    + [(SCHEDULE_SHEET, name) for name in HEADERS[SCHEDULE_SHEET]],
)
def test_a_missing_column_is_told(opens: Opens, store: SheetStore, title: str, column: str) -> None:
    store.put(title, [[f"X {name}" if name == column else name for name in HEADERS[title]]])
    text = told(opens)
    assert f'"{title}" has no column "{column}"' in text
    assert f'"X {column}"' in text


def test_a_column_that_is_there_twice_is_told(opens: Opens, store: SheetStore) -> None:
    store.put(SCHEDULE_SHEET, [["Day", "Time", "Notes", "TIME"]])
    assert f'"{SCHEDULE_SHEET}" has the column "Time" twice' in told(opens)


def test_an_empty_worksheet_is_told(opens: Opens, store: SheetStore) -> None:
    store.put(ACCOUNTS_SHEET, [])
    assert f'"{ACCOUNTS_SHEET}" is empty' in told(opens)


def test_a_sheet_that_is_not_shared_is_told(opens: Opens, store: SheetStore, key: dict[str, str]) -> None:
    store.access = "forbidden"
    for act in (Sheet.read, Sheet.log_rows, lambda sheet: sheet.append_log([LOG_ROW])):
        assert f"share it with {key['client_email']} as editor" in told(opens, act)


def test_an_api_that_is_off_is_told(opens: Opens, faults: Faults) -> None:
    message = "Google Sheets API has not been used in project 1 before or it is disabled. Enable it by visiting ..."
    body = json.dumps({"error": {"code": 403, "message": message, "status": "PERMISSION_DENIED"}})
    faults.add([{"app": "sheet", "path": "/v4/", "do": "status", "status": 403, "body": body}])
    text = told(opens)
    assert "API is not enabled" in text
    assert "Enable it by visiting" in text
    assert len(asked(faults)) == 1


def test_a_wrong_id_is_told(api_url: str, key: dict[str, str]) -> None:
    assert "check GSHEET_MAIN_ID" in told(lambda: open_sheet("1abc", key, api_url))
    for wrong in ("", "https://docs.google.example.test/spreadsheets/d/1abc/edit", "1abc/../x"):
        with pytest.raises(SheetError, match="between /d/ and /edit"):
            open_sheet(wrong, key, api_url)


def test_an_old_key_is_told_without_showing_it(
    opens: Opens, store: SheetStore, api_url: str, key: dict[str, str]
) -> None:
    store.new_service_account(f"{api_url}/token")
    text = told(opens)
    assert "invalid_grant" in text
    assert "GOOGLE_SERVICE_ACCOUNT_JSON" in text
    assert not [line for line in key["private_key"].splitlines() if line in text]


@pytest.mark.parametrize("change", [{"private_key": "CANARY"}, {"token_uri": None}, {"client_email": None}])
def test_a_broken_key_is_told_without_showing_it(key: dict[str, Any], change: dict[str, Any]) -> None:
    broken = {name: value for name, value in {**key, **change}.items() if value is not None}
    with pytest.raises(SheetError, match="GOOGLE_SERVICE_ACCOUNT_JSON holds no usable key") as raised:
        open_sheet("1abc", broken)
    assert raised.value.__suppress_context__
    assert "CANARY" not in str(raised.value)


def test_a_busy_server_is_asked_again_with_growing_pauses(opens: Opens, faults: Faults, pauses: list[float]) -> None:
    faults.add([{"app": "sheet", "path": "batchGet", "do": "status", "status": 503, "times": 3}])
    assert len(opens().read().accounts) == 3
    assert [base / 2 <= pause <= base * 3 / 2 for base, pause in zip((1, 2, 4), pauses, strict=True)] == [True] * 3


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        ({"do": "status", "status": 503}, "trouble of its own (HTTP 503)"),
        ({"do": "status", "status": 429}, "too many requests"),
        ({"do": "status", "status": 502, "body": "<h1>no JSON</h1>"}, "trouble of its own (HTTP 502)"),
        ({"do": "drop"}, "cannot be reached"),
        ({"do": "truncate", "when": "after"}, "cannot be reached"),
    ],
)
def test_lasting_trouble_is_told_after_a_few_tries(
    opens: Opens, faults: Faults, pauses: list[float], rule: dict[str, Any], says: str
) -> None:
    faults.add([{"app": "sheet", "path": "/v4/", **rule}])
    assert says in told(opens)
    assert len(asked(faults)) == 4
    assert len(pauses) == 3


def test_the_quota_s_own_refusal_is_told(opens: Opens, store: SheetStore, pauses: list[float]) -> None:
    store.read_quota = 1
    assert "too many requests" in told(opens)
    assert len(pauses) == 3


def test_an_answer_that_is_no_json_is_told(opens: Opens, faults: Faults) -> None:
    faults.add([{"app": "sheet", "path": "/v4/", "do": "status", "status": 200, "body": WIFI_PAGE}])
    assert "no JSON" in told(opens)


@pytest.mark.parametrize("body", [WIFI_PAGE, "[]", "{}"])
def test_a_token_answer_that_is_none_is_told(opens: Opens, faults: Faults, body: str) -> None:
    faults.add([{"app": "sheet", "path": "/token", "do": "status", "status": 200, "body": body}])
    assert told(opens)


def test_a_silent_server_is_not_waited_for_without_end(
    opens: Opens, faults: Faults, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheet_module, "TIMEOUT_SECONDS", (5.0, 0.2))
    faults.add([{"app": "sheet", "path": "/v4/", "do": "hang", "seconds": 2}])
    assert "gave no answer" in told(opens)


@pytest.fixture
def closed_port() -> Iterator[int]:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]


def test_a_network_that_is_down_is_told(key: dict[str, str], closed_port: int, pauses: list[float]) -> None:
    url = f"http://127.0.0.1:{closed_port}"
    text = told(lambda: open_sheet("1abc", {**key, "token_uri": f"{url}/token"}, url, sleep=pauses.append))
    assert "cannot be reached" in text
    assert url in text
    assert len(pauses) == 3


@pytest.mark.parametrize(("asked_pause", "waits"), [("7", [7.0]), ("3600", []), ("soon", [0.0])])
def test_a_pause_that_the_server_asks_for_is_kept(
    opens: Opens, pauses: list[float], monkeypatch: pytest.MonkeyPatch, asked_pause: str, waits: list[float]
) -> None:
    sheet = opens()
    sheet.read()
    api = sheet._api
    answer = api.session.request
    left = [429]

    def busy(*args: Any, **options: Any) -> Any:  # noqa: ANN401 - stands in for requests
        response = answer(*args, **options)
        if left:
            response.status_code, response.headers["Retry-After"] = left.pop(), asked_pause
        return response

    monkeypatch.setattr(api.session, "request", busy)
    if waits:
        assert len(sheet.read().accounts) == 3
        assert len(pauses) == 1
        assert pauses[0] >= waits[0]
    else:
        with pytest.raises(SheetError, match="too many requests"):
            sheet.read()
        assert pauses == []


# The log


def test_log_rows_are_appended_as_plain_text(opens: Opens, store: SheetStore, faults: Faults) -> None:
    odd = [*LOG_ROW[:6], "=IMPORTXML(1)"]
    sheet = opens()
    sheet.append_log([LOG_ROW, odd])
    sheet.append_log([LOG_ROW])
    assert store.formulas(LOG_SHEET) == []
    assert opens().log_rows() == [LOG_ROW, odd, LOG_ROW]
    assert store.values(LOG_SHEET)[0] == list(LOG_HEADER)
    assert [method for method, _ in asked(faults)].count("POST") == 2


def test_what_stands_below_the_log_is_not_overwritten(opens: Opens, store: SheetStore) -> None:
    store.put(LOG_SHEET, [list(LOG_HEADER), LOG_ROW, [], ["a note of the family"]])
    opens().append_log([[*LOG_ROW[:5], "unknown", "why"]])
    shown = store.values(LOG_SHEET)
    assert [row[5:] for row in shown[:3]] == [["Status", "Error Details"], ["booked"], ["unknown", "why"]]
    assert ["a note of the family"] in [[cell for cell in row if cell] for row in shown]


def test_a_missing_log_is_made(opens: Opens, store: SheetStore) -> None:
    store.remove(LOG_SHEET)
    assert opens().log_rows() == []
    opens().append_log([LOG_ROW])
    assert store.values(LOG_SHEET) == [list(LOG_HEADER), LOG_ROW[:6]]
    assert opens().log_rows() == [LOG_ROW]


def test_a_log_whose_making_was_cut_short_gets_its_header(opens: Opens, store: SheetStore, faults: Faults) -> None:
    store.remove(LOG_SHEET)
    faults.add([{"app": "sheet", "path": "/values/", "method": "PUT", "do": "drop", "times": 1}])
    told(opens, lambda sheet: sheet.append_log([LOG_ROW]))
    opens().append_log([LOG_ROW])
    assert store.values(LOG_SHEET) == [list(LOG_HEADER), LOG_ROW[:6]]


def test_an_append_is_never_sent_twice(opens: Opens, store: SheetStore, faults: Faults, pauses: list[float]) -> None:
    faults.add([{"app": "sheet", "path": ":append", "do": "drop", "when": "after"}])
    told(opens, lambda sheet: sheet.append_log([LOG_ROW]))
    assert store.values(LOG_SHEET)[1:] == [LOG_ROW[:6]]
    assert [path for _, path in asked(faults)].count("%27Booking%20Log%27%21A1%3AG1:append") == 1
    assert pauses == []


def test_only_the_server_and_its_tokens_are_asked(opens: Opens, monkeypatch: pytest.MonkeyPatch) -> None:
    hosts: list[object] = []
    resolve = socket.getaddrinfo

    def noting(host: Any, *args: Any, **options: Any) -> Any:  # noqa: ANN401 - stands in for the resolver
        hosts.append(host)
        return resolve(host, *args, **options)

    monkeypatch.setattr(socket, "getaddrinfo", noting)
    threads = threading.active_count()
    opens().read()
    assert set(hosts) == {"127.0.0.1"}
    assert threading.active_count() == threads
