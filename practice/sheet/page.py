"""The sheet for people: a page that shows every worksheet as it is; written to is the sheet through its API only."""

from __future__ import annotations

from html import escape

from practice.sheet.store import SheetStore

_STYLE = """
body { font: 14px/1.4 Arial, sans-serif; margin: 0 0 40px; color: #202124; }
h1 { font-size: 18px; font-weight: 400; padding: 12px 18px; margin: 0; background: #f9fbfd; }
h2 { font-size: 14px; margin: 22px 18px 6px; color: #188038; }
table { border-collapse: collapse; margin: 0 18px; }
td { border: 1px solid #d5d5d5; padding: 4px 8px; min-width: 70px; }
tr:first-child td { font-weight: 700; background: #f1f3f4; }
p { margin: 6px 18px; color: #5f6368; }
"""


def sheet_page(store: SheetStore) -> str:
    """Return the page."""
    parts = []
    for title in store.titles():
        rows = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in store.values(title))
        parts.append(f"<h2>{escape(title)}</h2>\n<table>{rows}</table>")
    return (
        f"<!DOCTYPE html>\n<html lang='en-GB'><head><meta charset='utf-8'><title>Practice sheet</title>"
        f"<style>{_STYLE}</style></head><body><h1>Practice sheet</h1>\n{''.join(parts)}\n"
        f"<p>Load this page anew to see what has been written since.</p></body></html>"
    )
