"""By what the pages of a site are known: addresses and selectors, as the site's file under variables/ has them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

from booking.errors import BookingError


@dataclass(frozen=True, slots=True)
class Markup:
    """Addresses and selectors of one site, read once; each field is the variable of its name in upper case."""

    site_url: str
    court_path: str
    """How the paths of court pages begin."""
    login_path: str
    book_path: str
    """The path that requests a slot."""
    basket_path: str
    """How the paths of the only pages begin that mean "held"."""
    calendar_day: str
    calendar_day_title: str
    calendar_hour: str
    calendar_hour_label: str
    calendar_free_hour: str
    basket_line: str
    basket_cell: str
    basket_total: str
    basket_credit: str
    booking_row: str
    booking_cell: str

    @classmethod
    def of(cls, variables: Mapping[str, object], site_url: str) -> Markup:
        """Return the markup of a site.

        Args:
            variables: the variables of its file, by their names without decoration.
            site_url: its address, which for the practice venue the file does not know.

        Raises:
            BookingError: the file does not define all of them.
        """
        names = {field.name: field.name.upper() for field in fields(cls) if field.name != "site_url"}
        missing = [name for name in names.values() if variables.get(name) is None]
        if missing:
            raise BookingError(f"the site's file under variables/ does not define {', '.join(missing)}")
        return cls(site_url=site_url, **{field: str(variables[name]) for field, name in names.items()})
