"""Searches everything that a run leaves behind for secrets, in every form in which they could lie there."""

from __future__ import annotations

import base64
import binascii
import html
import json
import re
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from urllib.parse import quote, quote_plus, urlsplit

# "12" or "29" stand in many a file and give nothing away.
_TOO_SHORT_TO_TELL = {"LB_CARD_EXPIRY_MONTH", "LB_CARD_EXPIRY_YEAR"}
_CODE = "LB_CARD_SECURITY_CODE"
_PACKED = re.compile(rb"[A-Za-z0-9+/]{24,}={0,2}")


def secrets_of(settings: Mapping[str, str]) -> dict[str, str]:
    """Return the settings that nothing written by a run may hold, each by the name to tell it with."""
    found = {
        name: value
        for name, value in settings.items()
        if value and (name.startswith("LB_") or name.endswith("_PASSWORD")) and name not in _TOO_SHORT_TO_TELL
    }
    for number, url in enumerate(settings.get("NOTIFY_URLS", "").split(), start=1):
        found[f"address {number} of NOTIFY_URLS"] = urlsplit(url).path.strip("/")
    found["LB_CARD_NUMBER in fours"] = " ".join(re.findall("....", settings["LB_CARD_NUMBER"]))
    key = str(json.loads(settings["GOOGLE_SERVICE_ACCOUNT_JSON"])["private_key"])
    lines = [line for line in key.splitlines() if "-----" not in line and len(line) >= 16]
    return found | {f"line {number} of the key": line for number, line in enumerate(lines, start=1)}


def find_secrets(data: bytes, secrets: Mapping[str, str]) -> list[str]:
    """Return the names of the secrets that data holds, plainly, escaped, encoded, or packed as Robot's log packs."""
    texts = [data, *_unpacked(data)]
    return [name for name, value in secrets.items() if any(_holds(text, name, value) for text in texts)]


def find_in_folder(folder: Path, secrets: Mapping[str, str]) -> list[str]:
    """Return, for every secret found in any file below a folder, which and where."""
    return [
        f"{name} in {path.relative_to(folder)}"
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink()
        for name in find_secrets(_content(path), secrets)
    ]


def find_in_texts(where: str, texts: Iterable[str], secrets: Mapping[str, str]) -> list[str]:
    """Return, for every secret found in any of these texts, which and where."""
    return [f"{name} in {where}" for text in texts for name in find_secrets(text.encode(), secrets)]


def _content(path: Path) -> bytes:
    data = path.read_bytes()
    if not data.startswith(b"SQLite format 3"):
        return data
    # A long value may lie in pieces on the pages of the file; the dump has it whole.
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        return data + "\n".join(database.iterdump()).encode()


def _unpacked(data: bytes) -> Iterator[bytes]:
    for match in _PACKED.finditer(data):
        text = match.group().rstrip(b"=")
        try:
            # A run of such characters need not have begun where the packing did; what is cut off decodes all the same.
            plain = base64.b64decode(text[: len(text) // 4 * 4])
        except binascii.Error:
            continue
        yield plain
        try:
            yield zlib.decompressobj().decompress(plain)
        except zlib.error:
            continue


def _holds(data: bytes, name: str, value: str) -> bool:
    if name == _CODE:
        # Four digits turn up by chance inside longer numbers and times: only as a whole value do they tell.
        whole = re.escape(value.encode())
        return re.search(rb"(?:>|\"\*?|'|=)" + whole + rb"(?:<|\"|'|&)", data) is not None
    return any(form in data for form in _forms(value))


def _forms(value: str) -> set[bytes]:
    raw = value.encode()
    forms = {value, html.escape(value), quote(value, safe=""), quote_plus(value), json.dumps(value)[1:-1]}
    # In base64 a text looks three ways, depending on where it begins; the ends depend on the neighbours.
    shifted = {base64.b64encode(b"\0" * shift + raw)[(4 if shift else 0) : -4] for shift in range(3)}
    return {form.encode() for form in forms} | {raw[::-1]} | {form for form in shifted if len(form) >= 8}
