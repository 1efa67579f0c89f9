"""The HTTP side of the practice sheet: the routes of Sheets v4 that gspread calls, and the token endpoint.

Not kept, as nothing here needs it: formats, notes, filters, named ranges; formulas are stored and never run;
``dateTimeRenderOption`` and ``fields`` are not looked at.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypeVar

from aiohttp import web
from aiohttp.typedefs import Handler

from practice.faults import Faults
from practice.sheet import batch, errors
from practice.sheet.a1 import Area, name_range
from practice.sheet.auth import READ_SCOPES, WRITE_SCOPES, GrantError
from practice.sheet.book import Book, Rows, Worksheet, by_rows
from practice.sheet.cells import Entry, Render
from practice.sheet.errors import ApiError
from practice.sheet.page import sheet_page
from practice.sheet.quota import Quota
from practice.sheet.store import Change, SheetStore

Json = dict[str, Any]
Word = TypeVar("Word", bound=StrEnum)


class Dimension(StrEnum):
    """Which way round values lie."""

    ROWS = "ROWS"
    COLUMNS = "COLUMNS"


class Insert(StrEnum):
    """What an append does to what stands below the table."""

    OVERWRITE = "OVERWRITE"
    INSERT_ROWS = "INSERT_ROWS"


_STORE = web.AppKey("store", SheetStore)
_READS = web.AppKey("reads", Quota)
_WRITES = web.AppKey("writes", Quota)
_LARGEST_BODY = 10 * 2**20


def create_sheet_app(store: SheetStore, *, faults: Faults) -> web.Application:
    """Return the server of the sheet that a store keeps, with the weather that is set for it."""

    def email_of(request: web.Request) -> str | None:
        token = store.authority.token(request.headers.get("Authorization"))
        return None if token is None else token.email

    weather = faults.middleware("sheet", email_of=email_of)
    app = web.Application(middlewares=[weather, _refusals], client_max_size=_LARGEST_BODY)
    app[_STORE] = store
    app[_READS], app[_WRITES] = Quota(), Quota()
    book = "/v4/spreadsheets/{id:[^/:]+}"
    app.add_routes(
        [
            web.get("/", _page),
            web.post("/token", _token),
            web.get(book, _metadata),
            web.post(f"{book}:batchUpdate", _batch_update),
            web.get(f"{book}/values:batchGet", _batch_get),
            web.post(f"{book}/values:batchUpdate", _values_batch_update),
            web.post(f"{book}/values:batchClear", _batch_clear),
            web.post(f"{book}/values/{{range}}:append", _append),
            web.post(f"{book}/values/{{range}}:clear", _clear),
            web.get(f"{book}/values/{{range}}", _get),
            web.put(f"{book}/values/{{range}}", _update),
        ]
    )
    return app


@web.middleware
async def _refusals(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except ApiError as error:
        return error.answer()


async def _page(request: web.Request) -> web.Response:
    """Show the sheet to a person, who has a browser and no key."""
    return web.Response(text=sheet_page(request.app[_STORE]), content_type="text/html")


async def _token(request: web.Request) -> web.Response:
    """Trade a signed assertion for an access token."""
    form = await request.post()
    authority = request.app[_STORE].authority
    try:
        token, seconds = authority.grant(str(form.get("grant_type", "")), str(form.get("assertion", "")))
    except GrantError as error:
        return web.json_response({"error": error.error, "error_description": error.description}, status=400)
    return web.json_response({"access_token": token, "expires_in": seconds, "token_type": "Bearer"})


def _admit(request: web.Request, *, write: bool) -> SheetStore:
    """Return the store, if this caller may do this to this sheet now; the order of refusals is Google's."""
    store = request.app[_STORE]
    if store.access == "down":
        raise errors.unavailable()
    header = request.headers.get("Authorization")
    if header is None:
        raise errors.no_credential()
    token = store.authority.token(header)
    if token is None:
        raise errors.bad_credential()
    if token.scopes.isdisjoint(WRITE_SCOPES if write else READ_SCOPES):
        raise errors.narrow_scope()
    quota, limit = (request.app[_WRITES], store.write_quota) if write else (request.app[_READS], store.read_quota)
    if not quota.grant(limit):
        raise errors.over_quota("Write" if write else "Read", limit or 0)
    if store.access == "missing" or request.match_info["id"] != store.sheet_id:
        raise errors.not_found()
    if store.access == "forbidden":
        raise errors.not_shared()
    return store


# Reading


async def _metadata(request: web.Request) -> web.Response:
    store = _admit(request, write=False)
    return web.json_response(_spreadsheet(request, store, store.book()))


async def _get(request: web.Request) -> web.Response:
    book = _admit(request, write=False).book()
    return web.json_response(_read(book, request.match_info["range"], request.query))


async def _batch_get(request: web.Request) -> web.Response:
    store = _admit(request, write=False)
    book = store.book()
    found = [_read(book, name, request.query) for name in request.query.getall("ranges", [])]
    return web.json_response({"spreadsheetId": store.sheet_id, "valueRanges": found})


def _read(book: Book, name: str, options: Mapping[str, str]) -> Json:
    sheet, area = book.find(name)
    sheet.check_within_grid(area)
    how = _choice(options, "valueRenderOption", Render.FORMATTED)
    return _value_range(sheet, area, how, _dimension(options))


def _value_range(sheet: Worksheet, area: Area, how: Render, dimension: Dimension) -> Json:
    values = sheet.read(area, how, by_column=dimension is Dimension.COLUMNS)
    shown = name_range(sheet.title, area.within(sheet.rows, sheet.columns))
    found: Json = {"range": shown, "majorDimension": dimension}
    return {**found, "values": values} if values else found


def _spreadsheet(request: web.Request, store: SheetStore, book: Book) -> Json:
    return {
        "spreadsheetId": store.sheet_id,
        "properties": {
            "title": "Practice courts",
            "locale": "en_GB",
            "autoRecalc": "ON_CHANGE",
            "timeZone": "Europe/London",
        },
        "sheets": [{"properties": batch.properties(book, sheet)} for sheet in book.sheets],
        "spreadsheetUrl": str(request.url.with_path(f"/spreadsheets/d/{store.sheet_id}/edit").with_query(None)),
    }


# Writing. Between taking the worksheets and keeping them nothing is awaited, so requests cannot mix.


async def _update(request: web.Request) -> web.Response:
    store = _admit(request, write=True)
    body = await _body(request)
    with store.change() as change:
        answer = _write(change, "update", request.match_info["range"], body, request.query)
    return web.json_response({"spreadsheetId": store.sheet_id, **answer})


async def _values_batch_update(request: web.Request) -> web.Response:
    store = _admit(request, write=True)
    body = await _body(request)
    data = body.get("data") or []
    if not isinstance(data, list) or not all(isinstance(each, dict) for each in data):
        raise ApiError(400, 'Invalid value at "data": a list of value ranges is expected.')
    with store.change() as change:
        answers = [_write(change, "update", str(each.get("range", "")), each, body) for each in data]
    totals = {
        f"total{name[0].upper()}{name[1:]}": sum(answer[name] for answer in answers)
        for name in ("updatedRows", "updatedColumns", "updatedCells")
    }
    sheets = len({each.rpartition("!")[0] for each in (answer["updatedRange"] for answer in answers)})
    found = [{"spreadsheetId": store.sheet_id, **answer} for answer in answers]
    return web.json_response(
        {"spreadsheetId": store.sheet_id, **totals, "totalUpdatedSheets": sheets, "responses": found},
    )


async def _append(request: web.Request) -> web.Response:
    store = _admit(request, write=True)
    body = await _body(request)
    values = _values(body)
    how = _entry(request.query)
    insert = _choice(request.query, "insertDataOption", Insert.OVERWRITE)
    with store.change() as change:
        sheet, area = change.book.find(request.match_info["range"])
        table, written = sheet.append(area, values, how, insert=insert is Insert.INSERT_ROWS)
        change.note("append", name_range(sheet.title, written))
    updates = {"spreadsheetId": store.sheet_id, **_updated(sheet, written, values, request.query)}
    answer: Json = {"spreadsheetId": store.sheet_id, "updates": updates}
    if table is not None:
        answer["tableRange"] = name_range(sheet.title, table)
    return web.json_response(answer)


async def _clear(request: web.Request) -> web.Response:
    store = _admit(request, write=True)
    with store.change() as change:
        cleared = _wipe(change, request.match_info["range"])
    return web.json_response({"spreadsheetId": store.sheet_id, "clearedRange": cleared})


async def _batch_clear(request: web.Request) -> web.Response:
    store = _admit(request, write=True)
    body = await _body(request)
    with store.change() as change:
        cleared = [_wipe(change, str(name)) for name in body.get("ranges") or []]
    return web.json_response({"spreadsheetId": store.sheet_id, "clearedRanges": cleared})


async def _batch_update(request: web.Request) -> web.Response:
    store = _admit(request, write=True)
    body = await _body(request)
    wanted = body.get("requests")
    if not isinstance(wanted, list) or not wanted:
        raise ApiError(400, "Must specify at least one request.")
    replies = []
    with store.change() as change:
        for number, each in enumerate(wanted):
            act, what, reply = batch.apply(change.book, number, each)
            change.note(act, what)
            replies.append(reply)
    answer: Json = {"spreadsheetId": store.sheet_id, "replies": replies}
    if body.get("includeSpreadsheetInResponse"):
        answer["updatedSpreadsheet"] = _spreadsheet(request, store, change.book)
    return web.json_response(answer)


def _write(change: Change, act: str, name: str, body: Json, options: Mapping[str, Any]) -> Json:
    values = _values(body)
    sheet, area = change.book.find(name)
    written = sheet.write(area, values, _entry(options))
    change.note(act, name_range(sheet.title, written))
    return _updated(sheet, written, values, options)


def _wipe(change: Change, name: str) -> str:
    sheet, area = change.book.find(name)
    sheet.check_within_grid(area)
    sheet.clear(area)
    cleared = name_range(sheet.title, area.within(sheet.rows, sheet.columns))
    change.note("clear", cleared)
    return cleared


def _updated(sheet: Worksheet, area: Area, values: Rows, options: Mapping[str, Any]) -> Json:
    """Return what the API says about a write."""
    answer: Json = {
        "updatedRange": name_range(sheet.title, area),
        "updatedRows": len(values),
        "updatedColumns": max((len(row) for row in values), default=0),
        "updatedCells": sum(value is not None for row in values for value in row),
    }
    if str(options.get("includeValuesInResponse", "")).lower() == "true":
        how = _choice(options, "responseValueRenderOption", Render.FORMATTED)
        answer["updatedData"] = _value_range(sheet, area, how, Dimension.ROWS)
    return answer


# What a request says


async def _body(request: web.Request) -> Json:
    try:
        body = json.loads(await request.read() or b"{}")
    except ValueError as error:
        raise ApiError(400, f"Invalid JSON payload received. {error}") from error
    if not isinstance(body, dict):
        raise ApiError(400, "Invalid JSON payload received. An object is expected.")
    return body


def _values(body: Json) -> Rows:
    """Return the written values as rows, whichever way round they came."""
    values = body.get("values") or []
    if not isinstance(values, list) or not all(isinstance(row, list) for row in values):
        raise ApiError(400, "Invalid value at 'data.values': a list of lists is expected.")
    for number, row in enumerate(values):
        for place, value in enumerate(row):
            if isinstance(value, list | dict):
                kind = "list_value" if isinstance(value, list) else "struct_value"
                raise ApiError(400, f"Invalid values[{number}][{place}]: {kind}")
    return by_rows(values) if _dimension(body) is Dimension.COLUMNS else values


def _entry(options: Mapping[str, Any]) -> Entry:
    if not options.get("valueInputOption"):
        raise ApiError(400, "'valueInputOption' is required but not specified")
    return _choice(options, "valueInputOption", Entry.RAW)


def _dimension(options: Mapping[str, Any]) -> Dimension:
    return _choice(options, "majorDimension", Dimension.ROWS)


def _choice(options: Mapping[str, Any], name: str, default: Word) -> Word:
    """Return the word that a request gives for an option, or the default where it gives none.

    Raises:
        ApiError: it is none of the option's words.
    """
    given = options.get(name) or default
    try:
        return type(default)(given)
    except ValueError as error:
        raise ApiError(400, f"Invalid value at '{name}' (TYPE_ENUM), \"{given}\"") from error
