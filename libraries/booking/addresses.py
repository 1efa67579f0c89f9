"""Addresses: what is this machine, what is on the site, and where a card may be typed."""

from __future__ import annotations

from collections.abc import Collection
from ipaddress import IPv4Network, IPv6Address, ip_address
from urllib.parse import SplitResult, urlencode, urljoin, urlsplit

from booking.model import Slot

_LOOPBACK = IPv4Network("127.0.0.0/8")


def is_loopback(host: str) -> bool:
    """Return whether a host name can only be this machine."""
    if host == "localhost":
        return True
    try:
        address = ip_address(host)
    except ValueError:
        return False
    return address == IPv6Address("::1") if isinstance(address, IPv6Address) else address in _LOOPBACK


def slot_address(site_url: str, book_path: str, event_id: str, slot: Slot) -> str:
    """Return the address that takes a slot: known beforehand from the court's event id, the day and the hour."""
    query = urlencode(
        {"fdCourseEventId": event_id, "fdDate": f"{slot.date:%d/%m/%Y}", "fdTime": str(slot.hour)}, safe="/"
    )
    return f"{urljoin(site_url, book_path)}?{query}"


def same_site(address: str, site_url: str) -> bool:
    """Tell whether an address is on the site: same scheme, host and port."""
    one, other = _parts(address), _parts(site_url)
    return (one.scheme, one.netloc) == (other.scheme, other.netloc)


def refusal_to_type_card(address: str, hosts: Collection[str]) -> str:
    """Return why card data must not be typed at an address; empty when it may.

    Args:
        address: the page that asks for it.
        hosts: host names on which it is expected.
    """
    parts = _parts(address)
    host = (parts.hostname or "").lower()
    if host not in {name.lower() for name in hosts}:
        return f"the card is asked for on {host[:80] or 'no host'}, which PAYMENT_HOSTS does not name"
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(host)):
        return f"the card is asked for on {host[:80]} over an open line ({parts.scheme})"
    return ""


def _parts(address: str) -> SplitResult:
    try:
        return urlsplit(address)
    except ValueError:  # An address that cannot be taken apart leads nowhere that is known.
        return urlsplit("")
