"""A server behind the proxy that says what reached it, and speaks sockets back."""

from __future__ import annotations

import json
import socketserver
import threading
from dataclasses import dataclass, field
from http.client import parse_headers
from io import BufferedIOBase
from typing import Any


@dataclass
class Upstream:
    """Keeps each request's method, path, headers and length, in the order they were complete."""

    begun: list[str] = field(default_factory=list)
    seen: list[dict[str, Any]] = field(default_factory=list)
    # How long it thinks about a path that ends in /slow/.
    slow_seconds: float = 0
    _server: socketserver.ThreadingTCPServer | None = None

    @property
    def port(self) -> int:
        assert self._server is not None
        port: int = self._server.server_address[1]
        return port

    def open(self) -> None:
        upstream = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                while upstream.answer(self.rfile, self.wfile):
                    pass

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        assert self._server is not None
        self._server.shutdown()
        self._server.server_close()

    def answer(self, incoming: BufferedIOBase, outgoing: BufferedIOBase) -> bool:
        """One request; False when the line has ended."""
        line = incoming.readline().decode()
        if not line.strip():
            return False
        method, path, _ = line.split()
        headers = {name.lower(): text for name, text in parse_headers(incoming).items()}
        self.begun.append(path)
        if headers.get("upgrade", "").lower() == "websocket":
            self._speak(incoming, outgoing)
            return False
        body = incoming.read(int(headers.get("content-length", 0)))
        self.seen.append({"method": method, "path": path, "headers": headers, "length": len(body)})
        if path.endswith("/slow/"):
            threading.Event().wait(self.slow_seconds)
        text = json.dumps(self.seen[-1]).encode()
        lines = ["HTTP/1.1 200 OK", "Content-Type: application/json", "Server: secret/1.0"]
        head = "\r\n".join([*lines, f"Content-Length: {len(text)}", "", ""])
        outgoing.write(head.encode() + text)
        return True

    def _speak(self, incoming: BufferedIOBase, outgoing: BufferedIOBase) -> None:
        """101 (RFC 6455 §4.2.2), then every line back in capitals."""
        lines = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade"]
        head = "\r\n".join([*lines, "Sec-WebSocket-Accept: checked-by-browsers", "", ""])
        outgoing.write(head.encode())
        outgoing.flush()
        while line := incoming.readline():
            outgoing.write(line.upper())
            outgoing.flush()
