"""What people are told who want to click through the venue: where it is, how to get in, how to move the opening."""

from __future__ import annotations

from datetime import datetime, timedelta

from practice.clock import DAYS_AHEAD, LONDON
from practice.serve import Welcome


def guide(welcome: Welcome, now: datetime, skin: str) -> str:
    """Return the text.

    Args:
        welcome: what the venue tells at its start.
        now: the venue's time.
        skin: the skin that its pages are dressed in.
    """
    card = welcome.card
    accounts = "\n            ".join(f"{each['email']}   {each['password']}" for each in welcome.accounts)
    day = now.astimezone(LONDON).date() + timedelta(days=DAYS_AHEAD)
    call = f"curl -H 'Authorization: Bearer {welcome.control_token}' {welcome.control_url}"
    soon = "$(date -Iseconds -d '+2 minutes')"
    return f"""\
The practice venue is open until Ctrl-C. Nothing and nobody in it is real.

  Site      {welcome.site_url}/
  Sheet     {welcome.sheet_url}/
  Log in    {accounts}
  Pay with  {card["number"]}, {card["month"]}/{card["year"]}, {card["code"]}
            {card["holder"]}, {card["address"]}, {card["city"]}, {card["postcode"]}
            4000 0000 0000 0002 is declined; 4000 0000 0000 3220 asks for 3-D Secure

Up to {day - timedelta(days=1):%A %d %B} everything is open. {day:%A %d %B} opens at midnight.
To open it in two minutes instead:

  {call}/opening \\
    -d "{{\\"date\\": \\"{day}\\", \\"instant\\": \\"{soon}\\"}}"

The pages are dressed as {skin}. In another skin, by name or by any number:

  {call}/settings -d '{{"skin": "table"}}'

What else can be set, and what happened, is told by the control address: see practice/README.md.
"""
