"""Leads who take the customers' list away, as slowly as they like; and a list that is worth it."""

from __future__ import annotations

import socket
import threading
from pathlib import Path

from tests.faults.installed.proxy import Proxy
from tests.faults.installed.running import Desk

EXPORTS = "/admin/customers/exports/"
LEADS = 5
# More than what lies in buffers between the desk and whoever reads: 20 MB.
CUSTOMERS = 26_000
TOKEN = "c" * 32
FORM = f"csrfmiddlewaretoken={TOKEN}&columns=all".encode()


def fill(place: str) -> None:
    """Run in the desk's own environment: leaves each lead's cookie there, one a line."""
    from customers.models import Customer
    from tests.factories.accounts import StaffFactory, sign_in

    person = {"first_name": "ä" * 100, "last_name": "ö" * 100, "company": "ü" * 150}
    Customer.objects.bulk_create([Customer(**person) for _ in range(CUSTOMERS)], batch_size=2000)
    cookies = [
        f"{name}={morsel.value}"
        for _ in range(LEADS)
        for name, morsel in sign_in(StaffFactory(role="lead")).cookies.items()
    ]
    Path(place).write_text("\n".join(cookies))


def cookies_of_leads(desk: Desk) -> list[str]:
    place = desk.directory / "cookies"
    words = f"from tests.faults.installed.crowd import fill; fill({str(place)!r})"
    desk.run("web", "python", "manage.py", "shell", "--command", words)
    return place.read_text().split()


def asked_by(cookie: str, proxy: Proxy) -> dict[str, str]:
    return {
        "Host": f"localhost:{proxy.https}",
        "Cookie": f"{cookie}; __Host-csrf_desk={TOKEN}",
        "Origin": proxy.environment["PUBLIC_URL"],
        "Content-Type": "application/x-www-form-urlencoded",
        "Accept-Language": "en",
    }


def export(proxy: Proxy, cookie: str) -> tuple[int, int]:
    """As fast as can be: the status, and how many lines the answer has."""
    answer = proxy.ask("POST", EXPORTS, FORM, **asked_by(cookie, proxy))
    return answer.status, answer.text.count("\n")  # type: ignore[attr-defined]  # see Proxy.ask


class SlowReader:
    """Asks for the list, and takes a byte a second of it."""

    def __init__(self, proxy: Proxy, cookie: str) -> None:
        line = socket.socket()
        # Little is on its way, so that slow reading is felt at the other end.
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        line.connect(("127.0.0.1", proxy.https))
        self._line = proxy.trust().wrap_socket(line, server_hostname="localhost")
        self._line.settimeout(60)
        self._stopping = threading.Event()
        self._reading = threading.Thread(target=self._take_a_byte_a_second, daemon=True)
        self._ask(asked_by(cookie, proxy) | {"Content-Length": str(len(FORM))})

    def _ask(self, headers: dict[str, str]) -> None:
        lines = [f"POST {EXPORTS} HTTP/1.1", *(f"{name}: {text}" for name, text in headers.items())]
        self._line.sendall("\r\n".join([*lines, "", ""]).encode() + FORM)
        head = b""
        while b"\r\n\r\n" not in head:
            head += self._line.recv(1)
        self.status = int(head.split()[1])
        self._reading.start()

    def _take_a_byte_a_second(self) -> None:
        while not self._stopping.wait(1):
            if not self._line.recv(1):
                return

    def take_the_rest(self) -> bytes:
        """What still comes, at full speed; its last bytes."""
        self._stop()
        end = b""
        try:
            while piece := self._line.recv(1 << 16):
                end = (end + piece)[-100:]
        except OSError:
            pass  # cut off, and not even a farewell
        self._line.close()
        return end

    def hang_up(self) -> None:
        self._stop()
        self._line.close()

    def _stop(self) -> None:
        self._stopping.set()
        self._reading.join(60)
