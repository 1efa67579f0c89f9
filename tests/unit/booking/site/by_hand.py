"""What pages written by hand have in common."""

from __future__ import annotations

from datetime import date

TODAY = date(2026, 11, 25)
DAY = date(2026, 12, 29)
COURT = "lincoln-s-inn-fields-tennis-court-1"
NAME = "Lincoln's Inn Fields Tennis Court 1"


def page(content: str, title: str = "Your basket") -> str:
    """Return a page of the site around some content: its header, menus and footer have decoys."""
    return f"""<html><head><title>{title}</title><base href="/courses/"></head><body><form id="aspnetForm">
        <header><a href="/basket/">Basket (9)</a> £99.00 <ul><li><a href="/basket/">Basket</a></li>
        <li><a href="/dashboards/my-bookings/">My bookings</a></li><li><a href="#">Logout</a></li></ul></header>
        <ol class="breadcrumb"><li><a href="/">Home</a></li><li>Basket</li></ol>
        <div class="content-main"><h1 class="content-title">{title}</h1>{content}</div>
        <footer>Tel 020 7974 4444. Updated 24/11/2026 10:00. Your basket is empty? £5.00</footer></form>
        <iframe height="1" width="1" style="visibility:hidden" src="/cdn-cgi/challenge-platform/x"></iframe></body>"""
