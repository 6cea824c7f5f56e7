"""After a restore nothing leaves by itself.

What waited when the backup was made has been done since, most likely. So waiting mails are held for
staff, tasks are put where given-up tasks are, and links in mails open nothing any more.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.apps import apps
from django.db import transaction
from django.utils import timezone

from accounts.models.links import LinkState, SecretLink, SecretLinkQuerySet
from events.models import Delivery
from notifications.models import Mail
from shopdesk.models import HeldMail

# Stands where the name of an error stands otherwise.
REASON = "Restored"


@dataclass(frozen=True)
class Calmed:
    """How many of each; for the person who restored."""

    held_mails: int
    dropped_mails: int
    tasks: int
    links: int


def calm() -> Calmed:
    """All or nothing, in one transaction."""
    with transaction.atomic():
        links = sum(
            SecretLinkQuerySet(model).close(LinkState.WITHDRAWN)
            for model in apps.get_models()
            if issubclass(model, SecretLink)
        )
        held, dropped = _stop_mails()
        tasks = Delivery.objects.open().update(
            given_up_at=timezone.now(), last_error=REASON, lease=None, leased_until=None
        )
    return Calmed(held_mails=held, dropped_mails=dropped, tasks=tasks, links=links)


def _stop_mails() -> tuple[int, int]:
    """Held where they are good at any time. A mail with a link is dropped: the link is closed."""
    open_mails = Mail.objects.open()
    timeless = list(open_mails.filter(expires_at=None).values_list("pk", flat=True))
    HeldMail.objects.bulk_create([HeldMail(mail_id=pk) for pk in timeless], batch_size=1000)
    stopped = open_mails.update(
        withdrawn_at=timezone.now(), lease=None, leased_until=None, told_at=None
    )
    return len(timeless), stopped - len(timeless)
