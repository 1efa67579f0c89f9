"""What of the documentation is made from the list of settings.

``python -m tests.unit.docs.render`` writes it, with the PYTHONPATH of `run.sh`; the tests beside it only compare.
"""

from __future__ import annotations

import textwrap
from pathlib import Path

from booking.settings.setting_list import ACCOUNT, GROUPS, Setting

ROOT = Path(__file__).resolve().parents[3]
EXAMPLE = ROOT / ".env.example"
REFERENCE = ROOT / "docs" / "reference.md"
TABLE_BEGINS = "<!-- The settings, from libraries/booking/settings/setting_list.py -->\n"
TABLE_ENDS = "<!-- End of the settings -->\n"

_ACCOUNTS = ("MOTHER", "FATHER", "BRUCE")
_WIDTH = 120
_HEAD = """\
# Copy this file to .env and fill in what you need; then run: chmod 600 .env
# Everything may stay as it is: the run then goes to the practice venue, which brings its own sheet, accounts and card.
# What is set in the environment wins over this file. Values are taken literally; put odd ones between single quotes.
"""


def example() -> str:
    """Return the text of `.env.example`."""
    parts = [_HEAD]
    for group in GROUPS:
        names = _ACCOUNTS if group is ACCOUNT else ("",)
        settings = [
            Setting(each.name.replace("ACCOUNT", name, 1) if name else each.name, each.meaning, each.default)
            for name in names
            for each in group.settings
        ]
        parts.append("\n".join([*_comment(f"--- {group.heading} ---"), *map(_line, settings), ""]))
    return "\n".join(parts)


def table() -> str:
    """Return the table of the settings, as the reference has it between its two marks."""
    rows = ["| setting | if not set | meaning |", "|---|---|---|"]
    for group in GROUPS:
        rows.append(f"| **{group.heading}** | | |")
        for each in group.settings:
            default = f"`{each.default}`" if each.default else ""
            rows.append(f"| `{each.name}` | {default} | {each.meaning} |")
    return "\n".join(rows) + "\n"


def with_table(page: str) -> str:
    """Return the text of the reference with the table as it should be.

    Raises:
        ValueError: the page lacks one of the two marks.
    """
    before, found, rest = page.partition(TABLE_BEGINS)
    _, ended, after = rest.partition(TABLE_ENDS)
    if not (found and ended):
        raise ValueError(f"{REFERENCE.name} lacks the mark {TABLE_BEGINS if not found else TABLE_ENDS!r}")
    return f"{before}{found}\n{table()}\n{ended}{after}"


def _line(setting: Setting) -> str:
    return "\n".join([*_comment(setting.meaning), f"{setting.name}={setting.default}"])


def _comment(text: str) -> list[str]:
    return [f"# {line}" for line in textwrap.wrap(text, _WIDTH - 2, break_on_hyphens=False, break_long_words=False)]


if __name__ == "__main__":
    EXAMPLE.write_text(example(), encoding="utf-8")
    REFERENCE.write_text(with_table(REFERENCE.read_text(encoding="utf-8")), encoding="utf-8")
