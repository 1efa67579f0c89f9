"""The pages of the documentation, read as Markdown: tables, words in backticks, links, anchors, commands."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]

_FENCE = re.compile(r"^( *)```[^\n]*\n(.*?)^\1```", re.MULTILINE | re.DOTALL)
_CELL = re.compile(r"(?<!\\)\|")
_COMMAND = re.compile(r"\./run\.sh((?:\s+(?:[\w./:-]+|\S*\|\S*))*)")


@dataclass(frozen=True)
class Page:
    """One page."""

    path: Path

    @cached_property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def prose(self) -> str:
        """The text without what stands between fences."""
        return _FENCE.sub("", self.text)

    @property
    def name(self) -> str:
        return self.path.relative_to(ROOT).as_posix()

    def table(self, heading: str) -> list[list[str]]:
        """Return the rows of the table under a heading, without its head.

        Raises:
            ValueError: there is no such heading, or no table under it.
        """
        _, found, section = f"\n{self.text}".partition(f"\n{heading}\n")
        section = re.split(r"^#+ ", section, maxsplit=1, flags=re.MULTILINE)[0]
        lines = [line for line in section.splitlines() if line.startswith("|")]
        if not found or len(lines) < 3:
            raise ValueError(f"{self.name} has no table under {heading!r}")
        return [[cell.strip() for cell in _CELL.split(line)[1:-1]] for line in lines[2:]]

    def in_backticks(self) -> list[str]:
        """Return what stands between backticks in the prose, in tables too."""
        return re.findall(r"`([^`\n]+)`", self.prose)

    def links(self) -> list[str]:
        """Return where links and pictures lead that are not addresses elsewhere."""
        found = re.findall(r"\]\(([^)\s]+)\)", self.prose)
        return [each for each in found if not re.match(r"[a-z]+:", each)]

    def anchors(self) -> set[str]:
        """Return the anchors of the headings, as GitHub makes them."""
        headings = re.findall(r"^#+ (.+)$", self.prose, re.MULTILINE)
        return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}

    def commands(self) -> list[list[str]]:
        """Return the words after each `./run.sh` that stands between backticks or fences."""
        code = [*self.in_backticks(), *(line for _, block in _FENCE.findall(self.text) for line in block.splitlines())]
        found = [match[1] for line in code for match in _COMMAND.finditer(line.partition("#")[0])]
        return [words.split() for words in found]


def all_pages() -> list[Page]:
    """Return every page that people read, those that a program writes too."""
    folders = ("practice", "tests", "benchmarks")
    paths = [*sorted(ROOT.glob("*.md")), *sorted(ROOT.glob("docs/**/*.md"))]
    return [Page(path) for path in [*paths, *(ROOT / folder / "README.md" for folder in folders)]]
