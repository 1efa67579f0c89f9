"""A service on this machine that takes messages as Apprise's ``json://`` sends them, and keeps them."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

CANARY = "canary-token-7f3kq"
"""Part of the address that nothing may say."""


class NotificationServer:
    """Serves until it is closed.

    Args:
        hangs: takes each message and never answers.
    """

    def __init__(self, *, hangs: bool = False) -> None:
        self.letters: list[str] = []
        """Each message: its title and its text."""
        self._closing = threading.Event()
        server = self

        class NotificationHandler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                server.letters.append(f"{told['title']}\n{told['message']}")
                if hangs:
                    server._closing.wait()
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                return  # Standard error is for what goes wrong.

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), NotificationHandler)
        self._server.daemon_threads = True
        self.url = f"json://127.0.0.1:{self._server.server_port}/{CANARY}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the service."""
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
