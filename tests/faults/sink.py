"""A mail server on loopback that keeps what it accepts, and misbehaves when told to."""

from __future__ import annotations

import asyncio
import re
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller

from tests.waiting import wait_until

LINK = re.compile(r"https?://\S+/account/(?:reset|activate)/[^\s/)]+/")


@dataclass
class Sink:
    """Misbehaves as its fields say. `refusal`: the answer to each mail, or to every
    `refused_each`-th, counted in `refused`. `hangs_up_first`: closes the line instead of saying 250
    to the first copy of each mail, `hanging_up_each`: to every so-manieth mail that it takes in.
    `mails_a_line`: hangs up behind so many a 250. `slowness`: seconds before each. `once_accepted`
    is called once, when a 250 has left.
    """

    mails: list[EmailMessage] = field(default_factory=list)
    refusal: str = ""
    refused_each: int = 1
    refused: int = 0
    hangs_up_first: bool = False
    hanging_up_each: int = 0
    mails_a_line: int = 0
    slowness: float = 0.0
    once_accepted: Callable[[], None] | None = None
    _seen: int = 0
    _stalled_for: str = ""
    _is_frozen: bool = False
    _gate: threading.Event = field(default_factory=threading.Event)
    _controller: Controller | None = None
    port: int = 0

    def stall(self, address: str = "") -> None:
        """Take mails in, and say 250 after `go_on()`; with an address only mails to it."""
        self._stalled_for = address
        self._gate.clear()

    def freeze(self) -> None:
        """Say nothing more to whoever wants to hand over a mail, and take none in."""
        self._is_frozen = True
        self._gate.clear()

    def go_on(self) -> None:
        self._is_frozen = False
        self._gate.set()

    def open(self) -> None:
        """Listen, on the same port after a closing."""
        self.port = self.port or free_port()
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()
        self.go_on()

    def close(self) -> None:
        """Connections are refused from now on."""
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    async def handle_MAIL(  # noqa: N802 -- aiosmtpd's name
        self, _server: Any, _session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if self._is_frozen:
            await asyncio.to_thread(self._gate.wait)
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 -- aiosmtpd's name
        self._seen += 1
        if self.refusal and self._seen % self.refused_each == 0:
            self.refused += 1
            return self.refusal
        await asyncio.sleep(self.slowness)
        mail = _parsed(envelope.content)
        is_first = all(one["Message-ID"] != mail["Message-ID"] for one in self.mails)
        self.mails.append(mail)
        if self._hangs_up(is_first=is_first):
            server.transport.close()
        elif self._stalled_for in mail["To"]:
            await asyncio.to_thread(self._gate.wait)
        if self.once_accepted is not None:
            act, self.once_accepted = self.once_accepted, None
            asyncio.get_running_loop().call_soon(act)
        session.mail_count = getattr(session, "mail_count", 0) + 1
        if session.mail_count == self.mails_a_line:
            asyncio.get_running_loop().call_soon(server.transport.close)
        return "250 Accepted"

    def _hangs_up(self, *, is_first: bool) -> bool:
        if self.hangs_up_first and is_first:
            return True
        return bool(self.hanging_up_each) and self._seen % self.hanging_up_each == 0

    def to(self, address: str) -> list[EmailMessage]:
        return [mail for mail in list(self.mails) if address in mail["To"]]

    def wait_for(self, address: str, count: int = 1, *, seconds: float = 30) -> list[EmailMessage]:
        wait_until(
            lambda: len(self.to(address)) >= count, seconds=seconds, what=f"mail to {address}"
        )
        return self.to(address)


def _parsed(content: bytes) -> EmailMessage:
    parsed = message_from_bytes(content, policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(preferencelist=("plain",))
    assert body is not None
    return str(body.get_content())


def link_in(mail: EmailMessage) -> str:
    """The one link that opens the account."""
    found = LINK.search(text_of(mail))
    assert found, text_of(mail)
    return found.group()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
