"""The resources: a step names a keyword that is there, and no keyword is there that nothing calls."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from robot.api import Token, get_tokens
from robot.running import ResourceFile

from Booker import Booker
from booking.account.hold_strategy import Step, StepKind
from booking.site.checkout import read_checkout
from booking.site.checkout_steps import CheckoutStep, CheckoutStepKind

PROJECT = Path(__file__).parents[3]
RESOURCES = sorted((PROJECT / "resources").rglob("*.resource"))
KEYWORDS = {keyword.name: keyword for path in RESOURCES for keyword in ResourceFile.from_file_system(path).keywords}


def called() -> Iterator[str]:
    """Yield whatever may be the name of a keyword in suites and resources, save the names in their definitions."""
    for path in [*RESOURCES, *(PROJECT / "suites").glob("*.robot")]:
        for token in get_tokens(path):
            if token.type in {Token.KEYWORD, Token.ARGUMENT, Token.NAME}:
                yield token.value.partition("  ")[0]


PAGE = read_checkout({}, site_url="https://courts.example.test", basket_path="/basket/", payment_hosts=())
STEPS: list[Step | CheckoutStep] = [*map(Step, StepKind), *(CheckoutStep(kind, PAGE) for kind in CheckoutStepKind)]


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.kind)
def test_a_step_names_a_keyword_that_takes_it(step: Step | CheckoutStep) -> None:
    if step.kind in {StepKind.DONE, CheckoutStepKind.ARRIVED, CheckoutStepKind.SENT}:
        assert step.keyword == ""
    else:
        assert KEYWORDS[step.keyword].args.positional_or_named == ("step",)


def test_every_keyword_is_called() -> None:
    used = {*called(), *(step.keyword for step in STEPS)}
    assert sorted(set(KEYWORDS) - used) == []
    ours = {name.replace("_", " ").title() for name in Booker().get_keyword_names()}
    assert sorted(ours - {name.title() for name in used}) == []
