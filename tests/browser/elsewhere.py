"""A browser at another address: limits are counted by place, and other tests stand at this one."""

from __future__ import annotations

import secrets
import socket
import socketserver
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Thread
from urllib.parse import urlsplit


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    desk: tuple[str, int]
    place: str


class _Line(socketserver.BaseRequestHandler):
    server: _Server

    def handle(self) -> None:
        place = (self.server.place, 0)
        with socket.create_connection(self.server.desk, source_address=place) as desk:
            back = Thread(target=_pass_on, args=(desk, self.request), daemon=True)
            back.start()
            _pass_on(self.request, desk)
            back.join()


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):  # either side may hang up at any time
        while said := source.recv(65536):
            target.sendall(said)
        target.shutdown(socket.SHUT_WR)


@contextmanager
def calling_from_elsewhere(url: str) -> Iterator[str]:
    """The address of a proxy whose visitors come to the desk from a place of their own."""
    with _Server(("127.0.0.1", 0), _Line) as server:
        parts = urlsplit(url)
        server.desk = (parts.hostname or "", parts.port or 80)
        server.place = f"127.{1 + secrets.randbelow(250)}.{secrets.randbelow(250)}.1"
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
