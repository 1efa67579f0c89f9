"""The resources: a step names a keyword that is there, and no keyword is there that nothing calls."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from robot.api import Token, get_tokens
from robot.running import ResourceFile

from Booker import Booker
from booking.account.hold_strategy import Step, StepKind

PROJECT = Path(__file__).parents[3]
RESOURCES = sorted((PROJECT / "resources").rglob("*.resource"))
KEYWORDS = {keyword.name: keyword for path in RESOURCES for keyword in ResourceFile.from_file_system(path).keywords}


def called() -> Iterator[str]:
    """Yield whatever may be the name of a keyword in suites and resources, save the names in their definitions."""
    for path in [*RESOURCES, *(PROJECT / "suites").glob("*.robot")]:
        for token in get_tokens(path):
            if token.type in {Token.KEYWORD, Token.ARGUMENT, Token.NAME}:
                yield token.value.partition("  ")[0]


@pytest.mark.parametrize("kind", StepKind)
def test_a_step_names_a_keyword_that_takes_it(kind: StepKind) -> None:
    name = Step(kind).keyword
    if kind is StepKind.DONE:
        assert name == ""
    else:
        assert len(KEYWORDS[name].args.positional_or_named) == 1


def test_every_keyword_is_called() -> None:
    used = {*called(), *(Step(kind).keyword for kind in StepKind)}
    assert sorted(set(KEYWORDS) - used) == []
    ours = {name.replace("_", " ").title() for name in Booker().get_keyword_names()}
    assert sorted(ours - {name.title() for name in used}) == []
