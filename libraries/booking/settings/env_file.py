"""Reads `.env`, and says by their lines what is wrong with it; the values are understood elsewhere."""

from __future__ import annotations

import io
from difflib import SequenceMatcher
from pathlib import Path

from dotenv.parser import parse_stream

from booking.errors import Problem
from booking.settings.settings import EMAIL_SUFFIX, NAMES, PASSWORD_SUFFIX

_ACCOUNT_SUFFIXES = (EMAIL_SUFFIX, PASSWORD_SUFFIX)
_LEAST_LIKENESS = 0.85
"""By `difflib`'s ratio. One letter wrong in a name of seven has 0.86; the `_APP_PASSWORD` of another program, 0.846."""


def read_env_file(path: Path | None) -> tuple[dict[str, str], list[Problem]]:
    """Return what the file sets, taken literally as a password may hold ``$``, and what is wrong with its lines.

    Args:
        path: the file; None, or one that does not exist, sets nothing.
    """
    if path is None or not path.exists():
        return {}, []
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return {}, [Problem(path.name, "cannot be read: it must be a UTF-8 text file that this user may read")]
    values: dict[str, str] = {}
    problems: list[Problem] = []
    for binding in parse_stream(io.StringIO(text)):
        string = binding.original.string
        line = binding.original.line + string[: len(string) - len(string.lstrip())].count("\n")
        where = f"{path.name}, line {line}"
        if binding.error:
            problems.append(
                Problem(where, "is not a setting: write NAME=value, the value in single quotes if it is long or odd")
            )
        elif binding.key is not None and binding.value is None:
            problems.append(Problem(where, "has no value: write NAME=value, or NAME= for none"))
        elif binding.key is not None:
            values[binding.key] = binding.value or ""
            if meant := _meant(binding.key):
                problems.append(Problem(where, f"{binding.key} is not a setting: did you mean {meant}?"))
    return values, problems


def warn_readable(path: Path) -> str | None:
    """Return a warning if a file with secrets can be read by anybody but its owner."""
    if path.exists() and path.stat().st_mode & 0o077:
        return f"{path} holds secrets and can be read by others on this machine: run  chmod 600 {path}"
    return None


def _meant(name: str) -> str | None:
    """Return the setting of which this name is likely a slip; None if it is a setting itself, or nothing like one."""
    if name in NAMES or name.endswith(_ACCOUNT_SUFFIXES):
        return None
    upper = name.upper()
    # An account may have any name: only what comes after it is compared, which a slip may have made longer or shorter.
    ways = [("", upper, known) for known in NAMES] + [
        (upper[:-length], upper[-length:], suffix)
        for suffix in _ACCOUNT_SUFFIXES
        for length in range(len(suffix) - 1, len(suffix) + 2)
        if length < len(upper)
    ]
    likeness, meant = max(
        (SequenceMatcher(None, written, known, autojunk=False).ratio(), account + known)
        for account, written, known in ways
    )
    return meant if likeness >= _LEAST_LIKENESS else None
