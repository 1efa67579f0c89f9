"""What the control can set about the venue while it runs."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from practice.venue.skins.skin import PLAIN, skin_named

CHOICES: dict[str, tuple[str, ...]] = {
    "cookie_bar": ("policy", "banner", "both", "none"),
    "js_dialog": ("none", "alert", "confirm"),
    "portal_host": ("127.0.0.1", "localhost"),
    "foreign_script": ("end", "head", "none"),
}


@dataclass
class VenueSettings:
    """How the venue behaves; every value is one the real site has been seen with, or worse."""

    latency_ms: float = 0.0
    """Added to every request to the site."""
    slow_seconds: float = 0.0
    """Added to every request to the site in the slow phase after an opening."""
    slow_for_seconds: float = 240.0
    """How long the slow phase lasts."""
    hold_minutes: float = 45.0
    opening_delay_seconds: float = 0.0
    """By how much days open later than announced."""
    clock_ahead_seconds: float = 0.0
    """By how much the venue's clock, which its answers tell and its openings go by, is ahead of the machine's."""
    cookie_bar: str = "policy"
    session_minutes: float = 20.0
    """A session nobody used for so long is logged out."""
    session_dialog_seconds: float = 900.0
    """A page open for so long asks whether the session shall go on."""
    lock_ms: float = 0.0
    """How long a page stays locked after it has loaded."""
    js_dialog: str = "none"
    """A JavaScript dialog that greets on every page."""
    save_card: bool = False
    """Whether the portal offers to save the card."""
    portal_host: str = "127.0.0.1"
    price_pence: int = 1390
    foreign_script: str = "end"
    """Where pages wait for a script of another host; ``none``: they load nothing from elsewhere."""
    skin: str = PLAIN.name
    """How the pages look that nobody has seen on the real site; set by name, or by a number that draws one."""
    multi_slot_rows: bool = False
    """Whether My Bookings lists what was paid together as one row, without times."""
    untidy_bookings: bool = False
    """Whether My Bookings also lists what is past, a course, a membership, and what was cancelled."""
    one_post_tokens: bool = False
    """Whether the ``__AT`` of a page is good for one post only."""

    def change(self, values: dict[str, Any]) -> None:
        """Set some of the values; all or none.

        Raises:
            ValueError: a name is unknown or a value is of the wrong kind; says which.
        """
        for name, value in values.items():
            if name not in self.to_json():
                raise ValueError(f"{name}: unknown setting; known are {', '.join(self.to_json())}")
            self._check(name, value)
        if "skin" in values:
            values = {**values, "skin": skin_named(values["skin"])}
        for name, value in values.items():
            setattr(self, name, value)

    def _check(self, name: str, value: object) -> None:
        if name == "skin":
            skin_named(value)
        elif name in CHOICES:
            if value not in CHOICES[name]:
                raise ValueError(f"{name}: {value!r} is none of {', '.join(CHOICES[name])}")
        elif isinstance(getattr(self, name), bool):
            if not isinstance(value, bool):
                raise ValueError(f"{name}: {value!r} is neither true nor false")
        elif isinstance(value, bool) or not isinstance(value, (int, float)) or value < 0:
            raise ValueError(f"{name}: {value!r} is not a valid number: write one from 0 up")
        elif name == "price_pence" and not isinstance(value, int):
            raise ValueError(f"{name}: {value!r} is not a valid number of pence: write a whole one")

    def to_json(self) -> dict[str, Any]:
        """Return all values by name."""
        return asdict(self)
