"""A picture of opening to hold for the README: a dot at each median, a line from lowest to highest, on a log scale."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from benchmarks.contenders import SUITE
from benchmarks.records import SlotFigures, first_holds
from benchmarks.stats import Summary, summarise
from benchmarks.tables import CONTENDERS

_WIDTH, _LEFT, _RIGHT = 760, 170, 90
_ROW, _HEAD, _FOOT = 26, 64, 34
_LOWEST, _HIGHEST = 0.1, 10_000.0
_OURS, _OTHERS, _INK, _FAINT = "#c2410c", "#475569", "#0f172a", "#e2e8f0"


@dataclass(frozen=True, slots=True)
class _Panel:
    title: str
    rows: list[tuple[str, Summary]]

    @property
    def height(self) -> int:
        """In pixels."""
        return _HEAD + _ROW * len(self.rows)


def draw(records: Sequence[SlotFigures], weather: str) -> str:
    """Return the picture as SVG: a panel for every number of accounts, in one weather."""
    panels = []
    for accounts in sorted({each.accounts for each in records if each.weather == weather}):
        rows = []
        for contender in CONTENDERS:
            own = [e for e in records if (e.contender, e.weather, e.accounts) == (contender, weather, accounts)]
            summary = summarise(first_holds(own))
            if summary is not None:
                rows.append((contender, summary))
        rows.sort(key=lambda row: row[1].median)
        panels.append(_Panel("1 account" if accounts == 1 else f"{accounts} accounts at once", rows))
    height = sum(panel.height for panel in panels) + _FOOT
    body = "\n".join(_drawn(panels, weather))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}" '
        f'font-family="system-ui, sans-serif" font-size="13" fill="{_INK}" role="img">\n'
        f"<title>Milliseconds from the opening to the hold, {escape(weather)}</title>\n"
        f'<rect width="{_WIDTH}" height="{height}" rx="8" fill="#ffffff"/>\n{body}\n</svg>\n'
    )


def _drawn(panels: Sequence[_Panel], weather: str) -> Iterator[str]:
    top = 0
    for panel in panels:
        title = f"Opening to hold, {escape(panel.title)}"
        yield f'<text x="20" y="{top + 30}" font-size="15" font-weight="600">{title}</text>'
        bottom = top + panel.height
        for power in range(int(math.log10(_LOWEST)), int(math.log10(_HIGHEST)) + 1):
            x = _x(10.0**power)
            yield f'<line x1="{x:.1f}" y1="{top + 52}" x2="{x:.1f}" y2="{bottom}" stroke="{_FAINT}"/>'
            yield f'<text x="{x:.1f}" y="{top + 48}" font-size="11" text-anchor="middle">{10.0**power:,g} ms</text>'
        for place, (name, summary) in enumerate(panel.rows):
            yield from _row(name, summary, top + _HEAD + _ROW * place + _ROW / 2 - 4)
        top = bottom
    note = f"From the venue's own record, {weather} latency; dot: median, line: lowest to highest, log scale."
    yield f'<text x="20" y="{top + 22}" font-size="11">{escape(note)}</text>'


def _row(name: str, summary: Summary, y: float) -> Iterator[str]:
    colour = _OURS if name == SUITE else _OTHERS
    weight = "600" if name == SUITE else "400"
    yield f'<text x="20" y="{y + 4:.1f}" font-weight="{weight}" fill="{colour}">{escape(name)}</text>'
    low, middle, high = map(_x, (summary.lowest, summary.median, summary.highest))
    yield f'<line x1="{low:.1f}" y1="{y:.1f}" x2="{high:.1f}" y2="{y:.1f}" stroke="{colour}" stroke-width="3"/>'
    yield f'<circle cx="{middle:.1f}" cy="{y:.1f}" r="6" fill="{colour}"/>'
    digits = 1 if summary.median < 10 else 0
    shown = f"{summary.median:,.{digits}f} ms"
    yield f'<text x="{_WIDTH - 20}" y="{y + 4:.1f}" text-anchor="end" font-weight="{weight}">{shown}</text>'


def _x(milliseconds: float) -> float:
    share = math.log10(min(max(milliseconds, _LOWEST), _HIGHEST) / _LOWEST) / math.log10(_HIGHEST / _LOWEST)
    return _LEFT + share * (_WIDTH - _LEFT - _RIGHT)
