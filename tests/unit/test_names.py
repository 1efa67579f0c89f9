"""One thing for one name: no two classes of the project share theirs, wherever they stand."""

from __future__ import annotations

import ast
import subprocess
from collections import defaultdict
from pathlib import Path

PROJECT = Path(__file__).parents[2]


def classes() -> dict[str, list[str]]:
    """Return where the classes of each name stand, nested ones too, in all files that git knows."""
    listed = subprocess.run(["git", "ls-files", "-z", "*.py"], cwd=PROJECT, capture_output=True, text=True, check=True)
    places = defaultdict(list)
    for name in sorted(filter(None, listed.stdout.split("\0"))):
        file = PROJECT / name
        if not file.exists():  # deleted, and git has not been told yet
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                places[node.name].append(f"{name}:{node.lineno}")
    return places


def test_no_two_classes_share_a_name() -> None:
    shared = [f"{name}: {' and '.join(places)}" for name, places in sorted(classes().items()) if len(places) > 1]
    assert not shared, "\n".join(shared)
