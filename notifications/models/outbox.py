"""What can become of a mail, and the questions asked of the outbox."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from events.leases import LeasedQuerySet, lately, spread
from events.models import label_of
from notifications.models.servers import MailServer

if TYPE_CHECKING:
    from django.db.models import Model

    from notifications.models.mails import Mail  # noqa: F401 -- named by QuerySet["Mail"]


class Failure(models.TextChoices):
    """What the last try ended with. Only the class is kept: answers of servers carry addresses."""

    CONNECTION = "connection", _("The mail server could not be reached")
    TEMPORARY = "temporary", _("The mail server asked to try again later")
    REFUSED = "refused", _("The mail server refused the mail")
    INTERRUPTED = "interrupted", _("The connection broke while the mail was handed over")
    EXPIRED = "expired", _("The mail could not be sent in time")
    UNWRITABLE = "unwritable", _("The mail could not be written")
    WORKER_LOST = "worker_lost", _("Sending the mail ended a worker several times")


def lifetime() -> timedelta:
    """How long a mail is tried that offers nothing which ends earlier."""
    return timedelta(seconds=settings.MAIL_LIFETIME_SECONDS)


def pause_after(failure: Failure, attempts: int, *, expires: bool) -> timedelta:
    """10 s doubling to a quarter of an hour, or to a minute where an offer runs out meanwhile."""
    if failure is Failure.CONNECTION:
        return timedelta(seconds=settings.MAIL_PROBE_SECONDS)
    ceiling = settings.MAIL_RETRY_CEILING_SECONDS
    if expires:
        ceiling = min(ceiling, settings.MAIL_EXPIRING_RETRY_CEILING_SECONDS)
    return spread(
        min(settings.MAIL_FIRST_RETRY_SECONDS * 2 ** min(max(attempts - 1, 0), 30), ceiling)
    )


class MailQuerySet(LeasedQuerySet["Mail"]):
    def about(self, subject: Model) -> Self:
        """Mails about one thing, e.g. a reset request; newest first."""
        return self.filter(subject_type=label_of(subject), subject_id=subject.pk).order_by("-id")

    def open(self) -> Self:
        return self.filter(handed_over_at=None, failed_at=None, withdrawn_at=None)

    def failed(self) -> Self:
        return self.exclude(failed_at=None)

    def needing_a_look(self) -> Self:
        """Failed lately, and nobody has said that it may rest."""
        return self.failed().filter(dismissed_at=None, failed_at__gt=lately()).exclude(to="")

    def to_be_forgotten(self) -> Self:
        """Long closed, and still naming a person."""
        long_ago = timezone.now() - timedelta(days=settings.MAIL_KEPT_DAYS)
        closed = Q(handed_over_at__lt=long_ago) | Q(failed_at__lt=long_ago)
        return self.filter(closed | Q(withdrawn_at__lt=long_ago), queued_at__lt=long_ago).exclude(
            to=""
        )

    def can_get_on(self) -> bool:
        """While the mail server is out of reach, workers would only put mails back."""
        return MailServer.out_of_reach_since() is None

    def waiting_for_server(self) -> Self:
        """Put back because the mail server was away or took nothing, and in nobody's hands."""
        return self.free().filter(failure__in=[Failure.CONNECTION, Failure.TEMPORARY])
