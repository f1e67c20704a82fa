"""HTTP servers on loopback, of which the local engine has several."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self


class LoopbackServer(ThreadingHTTPServer):
    """One server of 127.0.0.1. Requests in flight do not keep the process from ending."""

    daemon_threads = True
    block_on_close = False

    @classmethod
    def at(cls, port: int, handler: type[BaseHTTPRequestHandler]) -> Self:
        """Listen on a port, if it is free; else on any. Connections wait until `start`."""
        try:
            return cls(("127.0.0.1", port), handler)
        except (OSError, OverflowError):
            return cls(("127.0.0.1", 0), handler)

    @property
    def url(self) -> str:
        """Its address, without a trailing slash."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def start(self, name: str) -> threading.Thread:
        """Serve in a thread of this name, which ends with `shutdown`."""
        thread = threading.Thread(target=self.serve_forever, args=(0.05,), name=name, daemon=True)
        thread.start()
        return thread

    def stop(self) -> None:
        """Stop listening, and give the port back."""
        self.shutdown()
        self.server_close()
