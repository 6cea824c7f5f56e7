"""Looking into the outbox, and passing its time."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from notifications.models import Mail, MailServer
from tests.factories.notifications import MailServerDouble
from tests.happened import happened_to

MINUTE = timedelta(minutes=1)


def recipients(server: MailServerDouble) -> list[str]:
    return sorted(str(mail["To"]) for mail in server.accepted)


def make_due(*mails: Mail) -> None:
    """As if the back-off had run out."""
    due = Mail.objects.filter(pk__in=[mail.pk for mail in mails])
    due.update(due_at=timezone.now() - MINUTE, told_at=None)
    MailServer.objects.update(next_try_at=timezone.now() - MINUTE)


def events_of(mail: Mail) -> list[str]:
    return list(happened_to(mail).order_by("id").values_list("name", flat=True))
