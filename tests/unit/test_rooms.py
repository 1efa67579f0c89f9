"""The rooms of the house: what each may know of the others, written here once; no import runs upward."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

LIBRARIES = Path(__file__).parents[2] / "libraries"
GROUND = ("text", "money", "errors", "outcomes", "model", "addresses", "plan")
"""Files of `booking/` that every room may know; each may know those before it."""
KNOWS = {
    "opening": (),
    "ledger": (),
    "settings": ("opening",),
    "sheet": ("ledger",),
    "schedule": ("settings", "sheet"),
    "site": (),
    "account": ("site", "ledger"),
}
"""The rooms of `booking/`, from the ground up."""
DOMAIN = tuple(KNOWS)
ABOVE = {
    "keywords": ("Credentials",),
    "runner": (),
    "Booker": ("keywords",),
    "Credentials": (),
    "Evidence": (),
}
"""What stands on the domain. Nothing in it knows `practice`, `tests` or `benchmarks`."""
OURS = {"booking", *ABOVE, "practice", "tests", "benchmarks"}


def imports_of(path: Path) -> Iterator[str]:
    """Yield the names of the modules that a file imports."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            yield node.module or ""
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


FILES = sorted(path for path in LIBRARIES.rglob("*.py") if path.name != "__init__.py")


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(LIBRARIES)))
def test_no_import_runs_upward(path: Path) -> None:
    place, *rest = path.relative_to(LIBRARIES).with_suffix("").parts
    room = rest[0] if rest else ""
    for name in imports_of(path):
        top, _, below = name.partition(".")
        there = below.partition(".")[0]
        if place == "booking":
            assert top not in OURS - {"booking"}, f"{name}: the domain knows itself only"
            assert top not in {"robot", "Browser", "pabot"}, f"{name}: the domain does not know Robot Framework"
            if top == "booking":
                ground = GROUND[: GROUND.index(room)] if room in GROUND else GROUND
                assert there in {*ground, room, *KNOWS.get(room, ())}, f"{name}: {room} does not know {there}"
        elif top in OURS:
            assert top in {"booking", place, *ABOVE[place]}, f"{name}: {place} does not know {top}"


def test_every_room_is_named_from_the_ground_up() -> None:
    found = {path.relative_to(LIBRARIES / "booking").parts[0].removesuffix(".py") for path in FILES
             if path.is_relative_to(LIBRARIES / "booking")}  # fmt: skip
    assert found == {*GROUND, *DOMAIN}
    for number, room in enumerate(DOMAIN):
        assert set(KNOWS[room]) <= set(DOMAIN[:number]), f"{room} knows a room above it"
