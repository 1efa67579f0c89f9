"""The requests of ``spreadsheets.batchUpdate`` that change worksheets as a whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from practice.sheet.book import Book, Worksheet
from practice.sheet.errors import ApiError

Json = dict[str, Any]


def properties(book: Book, sheet: Worksheet) -> Json:
    """Return a worksheet's properties as the API tells them; what is zero or false is left out, as there."""
    grid = {
        "rowCount": sheet.rows,
        "columnCount": sheet.columns,
        "frozenRowCount": sheet.frozen_rows,
        "frozenColumnCount": sheet.frozen_columns,
    }
    plain: Json = {
        "sheetId": sheet.id,
        "title": sheet.title,
        "index": book.sheets.index(sheet),
        "sheetType": "GRID",
        "gridProperties": {name: count for name, count in grid.items() if count},
    }
    return {**plain, "hidden": True} if sheet.hidden else plain


def apply(book: Book, number: int, request: object) -> tuple[str, str, Json]:
    """Carry out one request of a batch.

    Returns:
        Its name, what it changed, and its reply.

    Raises:
        ApiError: it cannot be done, or is none of those that the practice sheet knows.
    """
    where = f"Invalid requests[{number}]"
    if not isinstance(request, dict) or len(request) != 1:
        raise ApiError(400, f"{where}: exactly one kind of request is expected.")
    [(name, body)] = request.items()
    act = _ACTS.get(name)
    if act is None:
        raise ApiError(400, f"{where}: the practice sheet knows {', '.join(_ACTS)}, not {name}.")
    where = f"{where}.{name}"
    try:
        what, reply = act(book, body, where)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ApiError(400, f"{where}: cannot be understood ({type(error).__name__}: {error}).") from error
    return name, what, reply


def _add_sheet(book: Book, body: Json, where: str) -> tuple[str, Json]:
    wanted = body.get("properties", {})
    title = wanted.get("title") or f"Sheet{len(book.sheets) + 1}"
    _check_title(book, title, where)
    grid = wanted.get("gridProperties", {})
    rows, columns = int(grid.get("rowCount", 1000)), int(grid.get("columnCount", 26))
    _check_size(rows, columns, where)
    sheet = book.add(title, rows, columns, wanted.get("index"))
    return title, {"addSheet": {"properties": properties(book, sheet)}}


def _delete_sheet(book: Book, body: Json, where: str) -> tuple[str, Json]:
    sheet = book.by_id(body["sheetId"], where)
    if len(book.sheets) == 1:
        raise ApiError(400, f"{where}: You can't remove all the sheets in a document.")
    book.sheets.remove(sheet)
    return sheet.title, {}


def _update_properties(book: Book, body: Json, where: str) -> tuple[str, Json]:
    wanted: Mapping[str, Any] = body["properties"]
    sheet = book.by_id(wanted["sheetId"], where)
    grid = wanted.get("gridProperties", {})
    for field in str(body["fields"]).replace("/", ".").split(","):
        match field.strip():
            case "title":
                _check_title(book, wanted["title"], where)
                sheet.title = wanted["title"]
            case "index":
                book.sheets.remove(sheet)
                book.sheets.insert(int(wanted["index"]), sheet)
            case "hidden":
                sheet.hidden = bool(wanted.get("hidden"))
            case "gridProperties.rowCount":
                _check_size(int(grid["rowCount"]), sheet.columns, where)
                sheet.resize(int(grid["rowCount"]), sheet.columns)
            case "gridProperties.columnCount":
                _check_size(sheet.rows, int(grid["columnCount"]), where)
                sheet.resize(sheet.rows, int(grid["columnCount"]))
            case "gridProperties.frozenRowCount":
                sheet.frozen_rows = int(grid.get("frozenRowCount", 0))
            case "gridProperties.frozenColumnCount":
                sheet.frozen_columns = int(grid.get("frozenColumnCount", 0))
            case unknown:
                raise ApiError(400, f"{where}: the practice sheet keeps no {unknown}.")
    return sheet.title, {}


def _insert_dimension(book: Book, body: Json, where: str) -> tuple[str, Json]:
    sheet, rows, start, end = _span(book, body, where)
    (sheet.insert_rows if rows else sheet.insert_columns)(start, end - start)
    return sheet.title, {}


def _delete_dimension(book: Book, body: Json, where: str) -> tuple[str, Json]:
    sheet, rows, start, end = _span(book, body, where)
    size = sheet.rows if rows else sheet.columns
    if end > size:
        raise ApiError(400, f"{where}: Cannot delete {'rows' if rows else 'columns'} that do not exist.")
    if end - start == size:
        raise ApiError(400, f"{where}: You can't delete all the {'rows' if rows else 'columns'} on the sheet.")
    (sheet.delete_rows if rows else sheet.delete_columns)(start, end)
    return sheet.title, {}


def _span(book: Book, body: Json, where: str) -> tuple[Worksheet, bool, int, int]:
    wanted = body["range"]
    start, end = int(wanted["startIndex"]), int(wanted["endIndex"])
    if wanted["dimension"] not in {"ROWS", "COLUMNS"} or not 0 <= start < end:
        raise ApiError(400, f"{where}: no such range of rows or columns.")
    return book.by_id(wanted["sheetId"], where), wanted["dimension"] == "ROWS", start, end


def _check_title(book: Book, title: str, where: str) -> None:
    if title in book.titles():
        message = f'{where}: A sheet with the name "{title}" already exists. Please enter another name.'
        raise ApiError(400, message)


def _check_size(rows: int, columns: int, where: str) -> None:
    if rows < 1 or columns < 1:
        raise ApiError(400, f"{where}: A sheet needs at least one row and one column.")


_ACTS: dict[str, Callable[[Book, Json, str], tuple[str, Json]]] = {
    "addSheet": _add_sheet,
    "deleteSheet": _delete_sheet,
    "updateSheetProperties": _update_properties,
    "insertDimension": _insert_dimension,
    "deleteDimension": _delete_dimension,
}
