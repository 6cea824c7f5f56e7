"""The proxy that is installed, on ports of its own and with an authority of its own."""

from __future__ import annotations

import json
import os
import socket
import ssl
import sys
from http.client import HTTPResponse, HTTPSConnection
from io import BufferedRWPair
from pathlib import Path

from shopdesk.launcher.processes import Child
from tests.faults.sink import free_port
from tests.installation.compose import ROOT
from tests.waiting import wait_until

CADDY = Path(sys.executable).parent / "caddy"
# Half a minute where it is installed.
STALL_SECONDS = 3


class Proxy:
    """Caddy with deploy/Caddyfile, on ports of its own, with an authority of its own."""

    def __init__(
        self, directory: Path, *, web: int, sockets: int, stall_seconds: int = STALL_SECONDS
    ) -> None:
        self.data = directory / "proxy"
        self.http, self.https = free_port(), free_port()
        self.environment = {
            "PATH": os.environ["PATH"],
            "PUBLIC_URL": f"https://localhost:{self.https}",
            "CADDY_TLS": "internal",
            "STALL_SECONDS": str(stall_seconds),
            "HTTP_PORT": str(self.http),
            "HTTPS_PORT": str(self.https),
            "WEB_ADDRESS": f"127.0.0.1:{web}",
            "SOCKETS_ADDRESS": f"127.0.0.1:{sockets}",
            "XDG_DATA_HOME": str(self.data),
            "XDG_CONFIG_HOME": str(self.data),
            "HOME": str(self.data),
        }

    def start(self, *, page: str = "/") -> None:
        """Until that page of a server behind it is answered."""
        config = ROOT / "deploy" / "Caddyfile"
        command = [CADDY, "run", "--config", config, "--adapter", "caddyfile"]
        self.child = Child.start(command, log=self.data.with_suffix(".log"), env=self.environment)
        wait_until(lambda: self._answers(page), seconds=30, what="the proxy")

    def _answers(self, page: str) -> bool:
        assert self.child.is_running(), self.child.last_words()
        try:
            return self.ask("GET", page).status == 200
        except (OSError, ssl.SSLError):
            return False

    def stop(self) -> int:
        self.child.process.terminate()
        assert self.child.wait(30)
        return self.child.process.returncode

    def trust(self) -> ssl.SSLContext:
        root = self.data / "caddy" / "pki" / "authorities" / "local" / "root.crt"
        return ssl.create_default_context(cafile=str(root))

    def connect(self, *, source: str = "127.0.0.1") -> HTTPSConnection:
        return HTTPSConnection(
            "localhost", self.https, context=self.trust(), source_address=(source, 0), timeout=20
        )

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        *,
        source: str = "127.0.0.1",
        **headers: str,
    ) -> HTTPResponse:
        connection = self.connect(source=source)
        connection.request(method, path, body, dict(headers))
        answer = connection.getresponse()
        answer.text = answer.read().decode()  # type: ignore[attr-defined]  # the connection ends here
        connection.close()
        return answer

    def reached(self, method: str, path: str, body: bytes | None = None, **options: str) -> dict:  # type: ignore[type-arg]  # as told
        return dict(json.loads(self.ask(method, path, body, **options).text))  # type: ignore[attr-defined]  # see ask

    def speak(self, path: str) -> BufferedRWPair:
        """A socket there, after its handshake; closing it ends the line."""
        line = self.trust().wrap_socket(
            socket.create_connection(("localhost", self.https)), server_hostname="localhost"
        )
        line.settimeout(20)
        head = [
            f"GET {path} HTTP/1.1",
            f"Host: localhost:{self.https}",
            "Connection: Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        ]
        line.sendall("\r\n".join([*head, "", ""]).encode())
        stream = line.makefile("rwb")
        line.close()  # with the stream
        assert stream.readline() == b"HTTP/1.1 101 Switching Protocols\r\n"
        while stream.readline().strip():
            pass
        return stream
