"""The documentation says what the code does: nothing is missing there, and nothing is there that is no more."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from functools import cache

import pytest

import benchmarks.__main__ as bench
import practice.__main__ as practice
import runner.__main__ as door
import tests.chaos.__main__ as chaos
from booking.ledger.states import SlotState
from booking.outcomes import ExitStatus, Outcome
from booking.settings.setting_list import ACCOUNT, CARD, GROUPS
from booking.settings.settings import CARD_NAMES, EMAIL_SUFFIX, NAMES, PASSWORD_SUFFIX, secret_names
from runner.ledger_commands import Verdict
from tests.unit.docs.pages import ROOT, Page, all_pages
from tests.unit.docs.render import example, with_table

REFERENCE = Page(ROOT / "docs/reference.md")
PAGES = all_pages()
PAGE = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
COMMANDS = ("", "ledger", "settle", "merge", "chaos", "bench", "practice")
"""Those that tell their options; the empty one is `./run.sh` itself."""
GATES = {"lint", "unit", "dryrun", "acceptance", "chaos"}

_NOT_OURS = {
    ".env",  # the user's own
    "results",  # made by a run
    ".venv/bin/rfbrowser",  # made by the set-up
}
_FAMILIES = (
    re.compile(r"results/.*"),  # what runs leave there, named by their times
    re.compile(r"/.*"),  # addresses on a site, such as /basket/return/
    re.compile(r".*(://|@|\$|\*|=).*"),  # addresses, patterns, assignments
    re.compile(r"[A-Z0-9]+/[A-Z0-9]+"),  # what stands for numbers, such as I/N
)
_ENDINGS = re.compile(r"\.(py|robot|resource|md|sh|js|sql|json|xml|html|txt|log|sqlite3|svg|png|yml|toml|example)$")
_UNSEEN = {".git", ".venv", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis", "results", "__pycache__"}


class Help:
    """Reads the help of each command as a person would get it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch = monkeypatch
        self._capsys = capsys

    def text(self, command: str) -> str:
        """Return the help of a command."""
        mains: dict[str, Callable[[], int]] = {"chaos": chaos.main, "bench": bench.main, "practice": practice.main}
        words = {"": [], "chaos": [], "bench": [], "practice": ["show"]}.get(command, [command])
        self._monkeypatch.setenv("COLUMNS", "200")
        self._monkeypatch.setenv("NO_COLOR", "1")
        self._monkeypatch.setattr(sys, "argv", ["./run.sh", *words, "--help"])
        with pytest.raises(SystemExit):
            mains.get(command, door.main)()
        return self._capsys.readouterr().out

    def options(self, command: str) -> set[str]:
        """Return the options of a command."""
        return set(re.findall(r"^  (?:-\w, )?(--[a-z-]+)", self.text(command), re.MULTILINE)) - {"--help"}


@pytest.fixture
def help_of(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Help:
    return Help(monkeypatch, capsys)


def first_words(heading: str) -> list[str]:
    """Return what the first column of a table of the reference names, without marks and what goes with an option."""
    return [re.sub(r"[`*]", "", row[0]) for row in REFERENCE.table(heading)]


@cache
def files() -> frozenset[str]:
    """Return every file and folder of the project, from its root."""
    seen = [path.relative_to(ROOT) for path in ROOT.iterdir() if path.name not in _UNSEEN]
    below = [each.relative_to(ROOT) for path in seen if (ROOT / path).is_dir() for each in (ROOT / path).rglob("*")]
    return frozenset(path.as_posix() for path in [*seen, *below] if not _UNSEEN & set(path.parts))


@cache
def code() -> str:
    """Return the text of all that runs: it names what it leaves behind."""
    roots = ("libraries", "practice", "resources", "tests/chaos", "tests/acceptance", "benchmarks")
    paths = [path for root in roots for path in sorted((ROOT / root).rglob("*")) if path.suffix in {".py", ".resource"}]
    return "\n".join(path.read_text(encoding="utf-8") for path in [*paths, ROOT / "tests/run.sh"])


def is_path(word: str) -> bool:
    """Return whether a word in backticks is meant as a path."""
    return " " not in word and not word.startswith("--") and ("/" in word or _ENDINGS.search(word) is not None)


def leads_somewhere(word: str, page: Page) -> bool:
    """Return whether a path is that of a file: from the root, from the page, or by the end that nothing else has."""
    path = word.removeprefix("./").rstrip("/")
    if path in files() or (page.path.parent / path).exists():
        return True
    if any(file.endswith(f"/{path}") for file in files()):
        return True
    return re.search(rf"[\"'/]{re.escape(path)}[\"'/]", code()) is not None  # what a run leaves behind


def test_every_outcome_is_explained() -> None:
    assert sorted(first_words("## Outcomes")) == sorted(Outcome)


def test_every_exit_status_is_explained(help_of: Help) -> None:
    statuses = sorted(int(status) for status in ExitStatus)
    assert sorted(map(int, first_words("## Exit statuses"))) == statuses
    told = re.findall(r"^  (\d+) ", help_of.text("").partition("exit status:")[2], re.MULTILINE)
    assert sorted(map(int, told)) == statuses


def test_every_state_of_the_ledger_is_explained() -> None:
    assert sorted(first_words("## Ledger states")) == sorted(SlotState)


def test_every_command_is_explained(help_of: Help) -> None:
    documented = [words[1] if len(words := name.split()) > 1 else "" for name in first_words("## Commands")]
    script = (ROOT / "run.sh").read_text(encoding="utf-8")
    started_by_script = set(re.findall(r"^(\w+)\)$", script, re.MULTILINE))
    assert started_by_script > {"test"}
    assert sorted(documented) == sorted({"", *started_by_script, *door._COMMANDS})
    told = set(re.findall(r"^  \./run\.sh (\w+)", help_of.text(""), re.MULTILINE))
    assert told == set(documented) - {""}
    assert {*COMMANDS, "test"} == set(documented)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_is_explained(command: str, help_of: Help) -> None:
    documented = [option.split()[0] for option in first_words(f"### `{f'./run.sh {command}'.strip()}`")]
    assert sorted(documented) == sorted(help_of.options(command))


def test_every_verdict_is_explained() -> None:
    rows = [name.replace("\\", "") for name in first_words("## Commands") if "settle" in name]
    assert [name.split()[-1].split("|") for name in rows] == [[verdict.value for verdict in Verdict]]


def test_every_gate_is_explained() -> None:
    script = (ROOT / "tests/run.sh").read_text(encoding="utf-8")
    listed = re.search(r"^    for each in ([\w ]+); do gate", script, re.MULTILINE)
    assert listed is not None
    assert set(listed[1].split()) == GATES
    documented = [row[0].strip("`").split()[-1] for row in Page(ROOT / "tests/README.md").table("# Tests")]
    assert documented == listed[1].split()


def test_settings_are_those_of_the_one_list() -> None:
    again = "make it again by  python -m tests.unit.docs.render  with the PYTHONPATH of run.sh"
    assert (ROOT / ".env.example").read_text(encoding="utf-8") == example(), again
    assert with_table(REFERENCE.text) == REFERENCE.text, again


def test_the_list_of_settings_names_each_once() -> None:
    names = [setting.name for group in GROUPS for setting in group.settings]
    assert len(names) == len(set(names))
    assert [name.removeprefix("ACCOUNT") for name in names if name not in NAMES] == [EMAIL_SUFFIX, PASSWORD_SUFFIX]
    assert secret_names(dict.fromkeys(names, "")) > {*CARD_NAMES, *(setting.name for setting in ACCOUNT.settings)}
    assert len(CARD.settings) == 8


def test_the_code_reads_every_setting_and_no_other() -> None:
    room = ROOT / "libraries/booking/settings"
    source = "".join((room / name).read_text(encoding="utf-8") for name in ("settings.py", "loader.py"))
    assert [name for name in NAMES if f'"{name}"' not in source] == []
    read = set(re.findall(r'(?:_read|_wrong|_given\.get)\(\s*"([A-Z_]+)"', source))
    assert len(read) > 25
    assert read - set(NAMES) == set()


def test_every_module_is_in_a_room() -> None:
    placed = set()
    for room, told in Page(ROOT / "docs/architecture.md").table("## Rooms"):
        place = ROOT / room.strip("`")
        names = [word for word in re.findall(r"`([^`]+)`", told) if _ENDINGS.search(word)]
        assert [name for name in names if not (place / name).exists()] == [], room
        if place.is_dir() and names:
            placed |= {place / name for name in names}
        else:
            placed |= {place, *place.rglob("*.py")}
    modules = {path for path in (ROOT / "libraries").rglob("*.py") if path.name != "__init__.py"}
    assert sorted(map(str, modules - placed)) == []


@PAGE
def test_every_path_in_backticks_exists(page: Page) -> None:
    lost = [
        word
        for word in page.in_backticks()
        if is_path(word)
        and word.rstrip("/") not in _NOT_OURS
        and not any(family.fullmatch(word) for family in _FAMILIES)
        and not leads_somewhere(word, page)
    ]
    assert lost == []


@PAGE
def test_every_link_leads_somewhere(page: Page) -> None:
    lost = []
    for link in page.links():
        path, _, anchor = link.partition("#")
        target = (page.path.parent / path).resolve() if path else page.path
        if not target.exists() or (anchor and anchor not in Page(target).anchors()):
            lost.append(link)
    assert lost == []


@PAGE
def test_every_command_can_be_typed(page: Page, help_of: Help) -> None:
    options = {command: help_of.options(command) | {"--help"} for command in COMMANDS}
    for words in page.commands():
        named = words and not words[0].startswith("-")
        command = words[0] if named else ""
        assert command in {*COMMANDS, "test"}, words
        if command == "test":
            assert set(words[1:2]) <= GATES, words
            continue  # The rest is for pytest, Robot Framework or chaos.
        assert {word for word in words if word.startswith("--")} <= options[command], words


@PAGE
def test_every_option_in_backticks_is_one(page: Page, help_of: Help) -> None:
    known = {option for command in COMMANDS for option in help_of.options(command)} | {"--help"}
    served = (ROOT / "practice/__main__.py").read_text(encoding="utf-8")
    known |= set(re.findall(r'"(--[a-z-]+)"', served))
    told = {word.split()[0] for word in page.in_backticks() if word.startswith("--")}
    assert told <= known


@PAGE
def test_every_setting_in_backticks_is_one(page: Page) -> None:
    told = {word.partition("=")[0] for word in page.in_backticks() if re.fullmatch(r"[A-Z]+(_[A-Z]+)+(=.*)?", word)}
    own = {name for name in told if name.endswith((EMAIL_SUFFIX, PASSWORD_SUFFIX))}
    sites = (ROOT / "variables/camden_active.py").read_text(encoding="utf-8")
    elsewhere = {name for name in told if re.search(rf"^{name}\b", sites, re.MULTILINE)}  # of a site's file
    elsewhere |= {name for name in told if f'"{name}"' in code() or f"{{{name}:" in code()}  # of the machinery
    assert told - own - elsewhere - set(NAMES) == set()
