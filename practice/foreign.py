"""The other hosts whose style sheet and scripts the site's pages load, and do without where they do not come."""

from __future__ import annotations

import socket
from dataclasses import dataclass

from aiohttp import web

from practice.faults import Faults

_ADDRESSES = ("127.0.0.2", "127.0.0.3", "127.0.0.4")
_FILES = {
    "/fonts.css": ("text/css", ".site-name { letter-spacing: .01em; }\n"),
    "/widgets.js": ("text/javascript", "window.siteWidgets = { loaded: true };\n"),
    "/tags.js": ("text/javascript", "window.dataLayer = window.dataLayer || []; dataLayer.push({ event: 'page' });\n"),
}


@dataclass(frozen=True)
class ForeignHosts:
    """What the pages of the site load from elsewhere, each from a host of its own."""

    styles: str
    """A style sheet."""
    widgets: str
    """A script that the page waits for, where it stands."""
    tags: str
    """The tag manager's script, for which only the page's load event waits."""


def foreign_sockets() -> list[socket.socket]:
    """Return where the foreign hosts listen: loopback addresses of their own, or where a machine has but one, ports."""
    sockets = []
    for address in _ADDRESSES:
        try:
            sockets.append(socket.create_server((address, 0)))
        except OSError:
            sockets.append(socket.create_server(("127.0.0.1", 0)))
    return sockets


def foreign_hosts(sockets: list[socket.socket]) -> ForeignHosts:
    """Return what there is to load from the hosts that listen there."""
    urls = ["http://{}:{}".format(*each.getsockname()) for each in sockets]
    return ForeignHosts(*(f"{url}{path}" for url, path in zip(urls, _FILES, strict=True)))


def foreign_app(faults: Faults) -> web.Application:
    """Return the application of all foreign hosts, under the weather that is set for ``foreign``."""
    app = web.Application(middlewares=[faults.middleware("foreign")])
    app.router.add_get("/{name}", _file)
    return app


async def _file(request: web.Request) -> web.Response:
    if request.path not in _FILES:
        raise web.HTTPNotFound
    kind, text = _FILES[request.path]
    return web.Response(text=text, content_type=kind, headers={"Cache-Control": "no-cache"})
