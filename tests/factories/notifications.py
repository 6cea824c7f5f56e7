"""Mails of a kind that only tests know, and a mail server that does as it is told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import TYPE_CHECKING, Any

import factory
from aiosmtpd.controller import Controller
from django.utils import timezone

from notifications.kinds import MailKind
from notifications.models import Mail

if TYPE_CHECKING:
    from aiosmtpd.smtp import SMTP, Envelope, Session

LINK = "https://shop.example/read/a_b-c/?x=1&y=2"
WORLD: dict[str, Any] = {"customer": {"first_name": "Jana"}, "link": LINK, "words": "Bye."}


def note_context(mail: Mail) -> dict[str, Any] | None:
    """What the text knows; a plain value `moved_on` withdraws the mail."""
    if mail.plain.get("moved_on"):
        return None
    return WORLD | {"at": mail.queued_at} | mail.plain


NOTE = MailKind("note", group="tests", context=note_context, queue="mail-now")
SECRET = MailKind("english_only", group="tests", context=note_context, carries_secret=True)


class MailFactory(factory.django.DjangoModelFactory[Mail]):
    class Meta:
        model = Mail

    kind = "note"
    queue_name = "mail-now"
    to = factory.Sequence(lambda number: f"jana{number}@example.de")
    language = "en"
    subject_type = "shop.shop"
    subject_id = 1
    gives_up_at = factory.LazyFunction(lambda: timezone.now() + timedelta(hours=1))


Answer = str | None


class AnyPort(Controller):
    """Listens on a port that the system picks."""

    def _trigger_server(self) -> None:
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


class MailServerDouble:
    """An SMTP server on loopback. `accepted` holds every mail it has answered 250 for.

    `on_recipient` and `on_text` may answer in its stead; HANG_UP closes the line unanswered,
    STALL never answers.
    """

    HANG_UP, STALL = "hang up", "stall"

    def __init__(self) -> None:
        self.accepted: list[EmailMessage] = []
        self.asked = 0
        self.on_recipient: Callable[[str], Answer] = lambda _address: None
        self.on_text: Callable[[EmailMessage], Answer] = lambda _mail: None
        self._released = asyncio.Event()
        self._controller = AnyPort(self, hostname="127.0.0.1", port=0)

    @property
    def port(self) -> int:
        return int(self._controller.port)

    def start(self) -> None:
        self._controller.start()

    def stop(self) -> None:
        self._controller.loop.call_soon_threadsafe(self._released.set)
        self._controller.stop()

    async def handle_RCPT(  # noqa: N802 -- aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.asked += 1
        answer = self.on_recipient(address)
        if answer is None:
            envelope.rcpt_tos.append(address)
            return "250 OK"
        return await self._act(server, answer)

    async def handle_DATA(  # noqa: N802 -- aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        assert isinstance(envelope.content, bytes)
        mail = message_from_bytes(envelope.content, policy=policy.default)
        answer = self.on_text(mail)
        if answer is None:
            self.accepted.append(mail)
            return "250 2.0.0 OK"
        return await self._act(server, answer)

    async def _act(self, server: SMTP, answer: str) -> str:
        if answer == self.STALL:
            await self._released.wait()
        if answer in {self.HANG_UP, self.STALL}:
            assert server.transport is not None
            server.transport.close()
            return "421 closing"
        return answer
