"""Every setting with its meaning and what it is if nothing is set: the one list behind `.env.example` and the docs.

A default stands here as a person would write it; `loader.py` has it typed, and a test compares the two.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting, as a person reads of it."""

    name: str
    meaning: str
    default: str = ""
    """As written in `.env`; empty: none, or what the meaning says."""


@dataclass(frozen=True, slots=True)
class SettingGroup:
    """Settings that are filled in together."""

    heading: str
    settings: tuple[Setting, ...]


SITE = SettingGroup(
    "The site",
    (
        Setting("BOOKING_SITE", "practice, or camden-active: one file each under variables/.", "practice"),
        Setting("BOOKING_SITE_URL", "Another address for that site: https, or plain http on this machine only."),
    ),
)
SHEET = SettingGroup(
    "The sheet",
    (
        Setting("GSHEET_MAIN_ID", "The part of the sheet's address between /d/ and /edit."),
        Setting(
            "GOOGLE_SERVICE_ACCOUNT_JSON",
            "The service account's key: the path of the JSON file, or the JSON itself between single quotes.",
        ),
        Setting("GSHEET_API_URL", "A server that speaks the Sheets API; Google's if empty."),
    ),
)
ACCOUNT = SettingGroup(
    "The accounts, by their names in the sheet: in capitals, other characters than letters and digits as _",
    (
        Setting("ACCOUNT_CAM_EMAIL_ADDRESS", "The login address; if empty, the one in the sheet."),
        Setting("ACCOUNT_CAM_PASSWORD", "The login password."),
    ),
)
CARD = SettingGroup(
    "The card, needed only where PAYMENT is pay",
    (
        Setting("LB_CARD_NUMBER", "Its number."),
        Setting("LB_CARD_EXPIRY_MONTH", "Month in which it ends, 1 to 12."),
        Setting("LB_CARD_EXPIRY_YEAR", "Year in which it ends, two or four digits."),
        Setting("LB_CARD_SECURITY_CODE", "The three or four digits on its back."),
        Setting("LB_CARDHOLDER_NAME", "Name on the card."),
        Setting("LB_ADDRESS", "Street and number of the card holder."),
        Setting("LB_CITY", "Town of the card holder."),
        Setting("LB_POSTCODE", "Postcode of the card holder."),
    ),
)
MONEY = SettingGroup(
    "Money",
    (
        Setting(
            "PAYMENT",
            "pay or rehearse (everything but paying). If empty: pay on the practice venue, rehearse on a real site.",
        ),
        Setting(
            "MAX_SPEND",
            "The most that all accounts together may spend on one slot day, in pounds, in however many runs.",
            "150.00",
        ),
        Setting("MAX_SPEND_PER_ACCOUNT", "The most that each account may spend on one slot day, in pounds.", "50.00"),
        Setting(
            "PAYMENT_HOSTS",
            "Hosts on which card data may be typed, with commas; the site's own is always one. If empty: those known "
            "for the site.",
        ),
    ),
)
OPENING = SettingGroup(
    "The opening",
    (
        Setting("DAYS_AHEAD", "How many days before a slot day the day lies on which it opens.", "35"),
        Setting("RELEASE_TIME", "When it opens on that day; 24:00 is midnight at its end.", "24:00"),
        Setting("RELEASE_TIMEZONE", "The time zone of the site.", "Europe/London"),
        Setting(
            "OPENING",
            "An instant with zone, such as 2026-11-24T00:00:00+00:00, that stands instead of the computed opening.",
        ),
        Setting("MAX_WAIT", "How many minutes a run is ready to wait for an opening.", "45"),
    ),
)
PATIENCE = SettingGroup(
    "A second chance, and patience",
    (
        Setting(
            "WATCH_UNTIL",
            "Watch for slots that come back after the opening until this time of day (00:50) or instant; empty: no "
            "watch.",
        ),
        Setting("WATCH_EVERY", "Minutes between two looks of a watch; five at least on a real site.", "5"),
        Setting(
            "THREE_D_SECURE_WAIT",
            "How many seconds to wait for a person who has to confirm a payment with the bank (3-D Secure), 2400 at "
            "most; never longer than the site keeps the slots.",
            "600",
        ),
        Setting(
            "PAYMENT_PROOF_WAIT",
            "How many seconds My Bookings is asked again for a payment that it does not list yet, 2400 at most.",
            "60",
        ),
    ),
)
MESSAGES = SettingGroup(
    "Messages",
    (
        Setting(
            "NOTIFY_URLS",
            "Where to send messages when a person is needed or something was missed: addresses as Apprise writes them, "
            "with spaces between (https://github.com/caronc/apprise/wiki), such as ntfys://topic or mailto://...; "
            "empty: nowhere. A secret.",
        ),
        Setting(
            "NOTIFY",
            "trouble (only then), or always (also after a night on which everything was booked).",
            "trouble",
        ),
    ),
)
MACHINE = SettingGroup(
    "This machine",
    (
        Setting(
            "BROWSER_SERVER",
            "Address of a browser server that all accounts share (ws:// or wss://); if empty, each starts a browser of "
            "its own.",
        ),
        Setting("BROWSER_EXECUTABLE", "Path of Chrome or Chromium; if empty, one is looked for."),
        Setting("RESULTS_DIR", "Where the results of the runs go; if empty, results beside .env."),
    ),
)
GROUPS = (SITE, SHEET, ACCOUNT, CARD, MONEY, OPENING, PATIENCE, MESSAGES, MACHINE)
"""In the order in which a person fills them in."""
