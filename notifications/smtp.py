"""SMTP through Django's own back end, keeping two things that it drops.

What the server accepts a mail with, and whether a line broke after the text had been sent:
then the server may have the mail, and trying again may make a second one of it.
"""

from __future__ import annotations

import smtplib
from typing import Any

from django.core.mail.backends.smtp import EmailBackend

SEND_THE_TEXT = 354  # RFC 5321 §4.2.3


class Interrupted(Exception):
    """Nobody knows whether the server has the mail."""


class _NotingSMTP:
    """What both kinds of connection note while a mail is handed over."""

    text_is_under_way = False
    answer = 0
    answer_words = b""

    def getreply(self) -> tuple[int, bytes]:
        code, words = super().getreply()  # type: ignore[misc]  # of the SMTP class beside it
        self.answer, self.answer_words = code, words
        self.text_is_under_way = code == SEND_THE_TEXT
        return code, words

    def data(self, message: Any) -> tuple[int, bytes]:
        try:
            code, words = super().data(message)  # type: ignore[misc]  # of the SMTP class beside it
        except smtplib.SMTPResponseException:
            raise
        except Exception as error:
            if self.text_is_under_way:
                raise Interrupted from error
            raise
        return code, words


class NotingSMTP(_NotingSMTP, smtplib.SMTP):
    """STARTTLS or none."""


class NotingSMTPOverTLS(_NotingSMTP, smtplib.SMTP_SSL):
    """TLS from the first byte."""


class SmtpBackend(EmailBackend):
    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return NotingSMTPOverTLS if self.use_ssl else NotingSMTP

    @property
    def answer(self) -> str:
        """The number of the server's last reply."""
        return str(getattr(self.connection, "answer", ""))

    @property
    def answer_words(self) -> bytes:
        """What it said with it."""
        return bytes(getattr(self.connection, "answer_words", b""))
