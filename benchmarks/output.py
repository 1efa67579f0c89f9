"""What a session leaves behind: raw figures, tables, a picture."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psutil

from benchmarks.bars import Bar
from benchmarks.errors import BenchmarkError
from benchmarks.picture import draw
from benchmarks.records import Findings
from benchmarks.session import Scope
from benchmarks.tables import describe, tables, to_markdown
from benchmarks.venue import WEATHERS

_NAME = "benchmarks"
_LOAD = "load before"


def machine(browser: Path) -> dict[str, str | int | float]:
    """Return what the figures depend on; nothing that tells whose machine it is."""
    told = subprocess.run([browser, "--version"], capture_output=True, text=True, timeout=30, check=True).stdout
    return {
        "cores": os.cpu_count() or 0,
        "memory (GB)": round(psutil.virtual_memory().total / 1e9),
        "system": f"{platform.system()} {platform.machine()}",
        "Python": platform.python_version(),
        "browser": " ".join(told.split()[:2]),
        "Robot Framework": version("robotframework"),
        "Browser library": version("robotframework-browser"),
        "Playwright (Python)": version("playwright"),
        _LOAD: round(os.getloadavg()[0], 1),
    }


def read(folder: Path, machine_told: dict[str, Any]) -> Findings:
    """Return what a session that was broken off has written into a folder.

    Raises:
        BenchmarkError: there is no such session, or it ran on another machine.
    """
    path = folder / f"{_NAME}.json"
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        findings, there = Findings.from_json(raw), raw["machine"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BenchmarkError(
            f"{path} cannot be gone on with ({type(error).__name__}): name a session's folder"
        ) from error
    if differing := [name for name, value in machine_told.items() if name != _LOAD and there.get(name) != value]:
        raise BenchmarkError(f"{path} was measured on another machine: {', '.join(differing)} differ")
    return findings


def write_figures(
    folder: Path, scope: Scope, findings: Findings, bars: Sequence[Bar], machine_told: dict[str, Any]
) -> Path:
    """Write the figures alone, a record a line; a session that is broken off has them."""
    folder.mkdir(parents=True, exist_ok=True)
    raw = {
        "measured": _today(),
        "machine": machine_told,
        "scope": asdict(scope),
        "bars": [asdict(bar) for bar in bars],
        **asdict(findings),
    }
    path = folder / f"{_NAME}.json"
    draft = path.with_suffix(".draft")
    entries = ",\n".join(f"{json.dumps(key)}: {_lines(value)}" for key, value in raw.items())
    draft.write_text(f"{{\n{entries}\n}}\n", encoding="utf-8")
    draft.replace(path)
    return path


def write(
    folder: Path, scope: Scope, findings: Findings, bars: Sequence[Bar], machine_told: dict[str, Any]
) -> list[Path]:
    """Write figures, tables and picture into a folder; return the files."""
    return [
        write_figures(folder, scope, findings, bars, machine_told),
        *write_page(folder, scope, findings, bars, machine_told),
    ]


def write_page(
    folder: Path, scope: Scope, findings: Findings, bars: Sequence[Bar], machine_told: dict[str, Any]
) -> list[Path]:
    """Write what people read into a folder, tables and picture; return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    page = folder / f"{_NAME}.md"
    head = f"# Benchmarks\n\nMeasured {_today()}: {describe(machine_told)}. How: `benchmarks/README.md`.\n"
    broken = "".join(f"- {line}\n" for text in findings.broken for line in text.splitlines()[:1])
    parts = [head, *map(to_markdown, tables(findings, bars))]
    if broken:
        parts.append(f"## Measurements that did not come about\n\n{broken}")
    page.write_text("\n".join(parts), encoding="utf-8")
    written = [page]
    if findings.slots:
        drawing = folder / f"{_NAME}.svg"
        weather = next((each.name for each in WEATHERS if each in scope.weathers), WEATHERS[0].name)
        drawing.write_text(draw(findings.slots, weather), encoding="utf-8")
        written.append(drawing)
    return written


def _today() -> str:
    return datetime.now().astimezone().date().isoformat()


def _lines(value: object) -> str:
    """Return a value as JSON, where it is a list with an item a line."""
    if not isinstance(value, list) or not value:
        return json.dumps(value)
    items = ",\n".join(json.dumps(item) for item in value)
    return f"[\n{items}\n]"
