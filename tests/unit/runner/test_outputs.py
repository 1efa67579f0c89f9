"""Outputs of workers that were ended while they wrote: what is sound of them can be read by Robot Framework."""

from __future__ import annotations

from pathlib import Path

import pytest
from robot.api import ExecutionResult

from runner.outputs import make_whole

WHOLE = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<robot generator="Robot 7.5" generated="2026-11-25T04:50:00" rpa="true" schemaversion="5">\n'
    '<suite id="s1" name="Mother">\n<test id="s1-t1" name="Log In">\n'
    '<kw name="Log"><msg time="2026-11-25T04:50:01" level="INFO">a &gt; b</msg>'
    '<status status="PASS" start="2026-11-25T04:50:01" elapsed="0.1"/></kw>\n'
    '<status status="PASS" start="2026-11-25T04:50:01" elapsed="0.1"/></test>\n'
    '<status status="PASS" start="2026-11-25T04:50:00" elapsed="0.2"/></suite>\n'
    "<statistics/><errors/>\n</robot>\n"
)
"""A small output that Robot Framework would write."""


def tasks(path: Path) -> list[str]:
    return [test.name for test in ExecutionResult(path).suite.tests]


def test_a_whole_output_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "output.xml"
    path.write_text(WHOLE, encoding="utf-8")
    assert make_whole(path)
    assert path.read_text(encoding="utf-8") == WHOLE


@pytest.mark.parametrize("cut", ["</kw>", "<status", "</test>", "</suite>", "level=", "<statistics/>"])
def test_what_was_written_before_it_was_cut_off_can_be_read(tmp_path: Path, cut: str) -> None:
    path = tmp_path / "output.xml"
    path.write_text(WHOLE[: WHOLE.index(cut) + 3], encoding="utf-8")
    if "</msg>" not in WHOLE[: WHOLE.index(cut)]:
        assert not make_whole(path)
        return
    assert make_whole(path)
    assert tasks(path) == ["Log In"]


def test_elements_that_were_closed_in_the_wrong_order_do_not_lose_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "output.xml"
    path.write_text(WHOLE.replace("</kw>\n<status", "</iter>\n<status"), encoding="utf-8")
    assert make_whole(path)
    assert tasks(path) == ["Log In"]


@pytest.mark.parametrize("text", ["", "<robot", "no XML at all", "<robot>"])
def test_where_nothing_is_sound_there_is_no_output(tmp_path: Path, text: str) -> None:
    path = tmp_path / "output.xml"
    path.write_text(text, encoding="utf-8")
    assert not make_whole(path)
