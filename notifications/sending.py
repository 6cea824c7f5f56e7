"""Handing a mail to the mail server, and what its answer means."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.utils import formataddr, formatdate
from typing import TYPE_CHECKING, Any

from anymail.exceptions import AnymailError, AnymailRecipientsRefused
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection

from notifications.answers import Answer, said
from notifications.models.outbox import Failure
from notifications.models.outcomes import LONGEST_ID
from notifications.smtp import Interrupted

if TYPE_CHECKING:
    from django.core.mail.backends.base import BaseEmailBackend

    from notifications.models import Mail
    from notifications.writing import Letter

PERMANENT = 500  # RFC 5321 §4.2.1: from here on, no use in trying again
# HTTP answers of mail services that speak of one mail; any other 4xx speaks of our settings.
REFUSING_STATUS = {400, 422}


class NotHandedOver(Exception):
    """The mail server did not take the mail: the class of failure, and what it said to that."""

    def __init__(self, failure: Failure, answer: str = "", words: str | bytes = "") -> None:
        super().__init__(failure, answer)
        self.failure = failure
        self.answer = answer
        self.words = said(words)


def hand_over(mail: Mail, letter: Letter) -> Answer:
    """Give the mail to the server; what it was accepted with. Raises NotHandedOver."""
    message = build(mail, letter)
    with _connection() as connection:
        try:
            connection.send_messages([message])
        except Exception as error:  # noqa: BLE001 -- each back end has errors of its own
            raise _meaning(error) from None
        return _answer_of(connection, message)


def _answer_of(connection: Any, message: Any) -> Answer:
    """A mail server's last words, or a mail service's word and its own name for the mail."""
    status = getattr(message, "anymail_status", None)
    if status is None:
        words = getattr(connection, "answer_words", "")
        return Answer(str(getattr(connection, "answer", "")), said(words))
    service_id = status.message_id if isinstance(status.message_id, str) else ""
    return Answer(words=" ".join(sorted(status.status or ())), service_id=service_id[:LONGEST_ID])


def build(mail: Mail, letter: Letter) -> EmailMultiAlternatives:
    message = EmailMultiAlternatives(
        subject=letter.subject,
        body=letter.text,
        from_email=formataddr((letter.sender, settings.MAIL_SENDER)),
        to=[mail.to],
        reply_to=[letter.reply_to] if letter.reply_to else None,
        headers={
            "Message-ID": mail.message_id,
            "Date": formatdate(),
            # No out-of-office notes, please (RFC 3834 §5; the other is Exchange's).
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
        },
    )
    message.attach_alternative(letter.html, "text/html")
    return message


@contextmanager
def _connection() -> Iterator[BaseEmailBackend]:
    """An open line. Whatever goes wrong while it opens is no fault of the mail."""
    connection = get_connection()
    try:
        connection.open()
    except Exception as error:  # noqa: BLE001 -- each back end has errors of its own
        words = getattr(error, "smtp_error", "")
        raise NotHandedOver(Failure.CONNECTION, _number(error), words) from None
    try:
        yield connection
    finally:
        # The server has answered by now: a clumsy good-bye changes nothing.
        with suppress(Exception):
            connection.close()


def _meaning(error: Exception) -> NotHandedOver:
    if isinstance(error, Interrupted):
        return NotHandedOver(Failure.INTERRUPTED)
    if isinstance(error, (smtplib.SMTPRecipientsRefused, smtplib.SMTPResponseException)):
        return _answered(error)
    if isinstance(error, AnymailError):
        return _answered_over_http(error)
    unwritable = isinstance(error, ValueError)
    return NotHandedOver(Failure.UNWRITABLE if unwritable else Failure.CONNECTION)


def _answered_over_http(error: AnymailError) -> NotHandedOver:
    if isinstance(error, AnymailRecipientsRefused):
        return NotHandedOver(Failure.REFUSED)
    status = getattr(error, "status_code", None)
    if status is None:
        return NotHandedOver(Failure.CONNECTION)
    failure = Failure.REFUSED if status in REFUSING_STATUS else Failure.TEMPORARY
    return NotHandedOver(failure, str(status))


def _answered(
    error: smtplib.SMTPRecipientsRefused | smtplib.SMTPResponseException,
) -> NotHandedOver:
    words: str | bytes
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, words = min(error.recipients.values())
    else:
        code, words = error.smtp_code, error.smtp_error
    # What the server holds against us as a sender concerns every mail: that waits for a mend.
    is_about_us = isinstance(error, smtplib.SMTPSenderRefused)
    is_final = code >= PERMANENT and not is_about_us
    return NotHandedOver(Failure.REFUSED if is_final else Failure.TEMPORARY, str(code), words)


def _number(error: Any) -> str:
    return str(getattr(error, "smtp_code", ""))
