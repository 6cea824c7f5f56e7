"""Workers' door: send mails, and sweep up what the broker lost."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import structlog
from celery import shared_task
from django.utils import timezone

from events.broker import tell_later
from events.failures import where
from events.leases import written_down
from events.telling import go_on, tell_again
from notifications.answers import Answer
from notifications.kinds import kind_named
from notifications.models import EarlyReport, Failure, Mail, MailServer
from notifications.sending import NotHandedOver, hand_over
from notifications.writing import Letter, write

log = structlog.get_logger(__name__)
FORGOTTEN_AT_ONCE = 10_000


# Below MAIL_LEASE_SECONDS, so that a server that stalls at every step cannot outlast the lease.
@shared_task(name=Mail.TASK, soft_time_limit=90, time_limit=110)
def send_mail(mail_id: int) -> None:
    """Hand one mail over. Bears any number of calls with the same id, also at the same time."""
    mail = Mail.objects.select_related("cause").filter(pk=mail_id).first()
    if mail is None:
        return
    is_late = timezone.now() >= mail.gives_up_at
    # A kind that this release does not know is left to the worker of the other, while it is good.
    if kind_named(mail.kind) is None and not is_late:
        return
    waited_for_server = mail.failure == Failure.CONNECTION and not is_late
    if waited_for_server and not MailServer.may_knock() and mail.postpone():
        pass
    elif mail.take():
        mail.expire() if is_late else _send(mail)
    go_on(mail.queue_name)


def _send(mail: Mail) -> None:
    try:
        letter = write(mail)
        if letter is None:
            mail.withdraw()
            return
        answer = hand_over(mail, letter)
    except NotHandedOver as refusal:
        _put_back(mail, refusal.failure, refusal.answer, refusal.words)
    except Exception as error:  # noqa: BLE001 -- whatever a text or its app raises, the mail is kept
        log.error(  # noqa: TRY400 -- a traceback's messages carry addresses and tokens
            "mail.unwritable",
            mail=mail.pk,
            kind=mail.kind,
            error=type(error).__name__,
            where=where(error),
        )
        _put_back(mail, Failure.UNWRITABLE)
    else:
        _close(mail, letter, answer)


def _close(mail: Mail, letter: Letter, answer: Answer) -> None:
    """Write down that the server has it: whatever is not written down is sent a second time."""
    kind = kind_named(mail.kind)
    text = letter.text if kind is not None and not kind.carries_secret else ""
    written_down(partial(mail.handed_over, answer, subject=letter.subject, text=text))
    MailServer.took_a_mail()


def _put_back(mail: Mail, failure: Failure, answer: str = "", words: str = "") -> None:
    pause = written_down(partial(_note, mail, failure, answer, words))
    log.warning("mail.not_sent", mail=mail.pk, kind=mail.kind, failure=str(failure), answer=answer)
    if pause is not None:
        tell_later(mail, pause)


def _note(mail: Mail, failure: Failure, answer: str, words: str) -> timedelta | None:
    """Of the mail, and of its server. Bears a repeat."""
    if failure is Failure.CONNECTION:
        MailServer.failed_to_answer()
    elif failure is Failure.TEMPORARY:
        MailServer.said_later()
    return mail.put_back(failure, answer, words)


@shared_task(name="notifications.tasks.forget_old")
def forget_old() -> int:
    """Blank whom old mails went to and what they said; that they were sent stays known."""
    EarlyReport.forget_old()
    found = Mail.objects.to_be_forgotten().order_by("pk").values("pk")[:FORGOTTEN_AT_ONCE]
    words = dict.fromkeys(("sent_subject", "sent_text", "answer_words", "bounce_words"), "")
    return Mail.objects.filter(pk__in=found).update(to="", plain={}, **words)


@shared_task(name="notifications.tasks.sweep")
def sweep(*, everything: bool = False) -> int:
    """Tell workers of mails that are due and that nobody was told of lately."""
    return tell_again(Mail, everything=everything)
