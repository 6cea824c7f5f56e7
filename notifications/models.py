"""The mail outbox."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.db import connection, models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from events.log import OutsideTransaction
from events.models import Event, label_of
from notifications.kinds import kind_named

if TYPE_CHECKING:
    from django.db.models import Model


class UnknownKind(Exception):
    """No app has declared a mail of this name."""


class Failure(models.TextChoices):
    """What the last try ended with. Only the class is kept: answers of servers carry addresses."""

    CONNECTION = "connection", _("The mail server could not be reached")
    TEMPORARY = "temporary", _("The mail server asked to try again later")
    REFUSED = "refused", _("The mail server refused the mail")
    INTERRUPTED = "interrupted", _("The connection broke while the mail was handed over")
    EXPIRED = "expired", _("The mail could not be sent in time")
    UNWRITABLE = "unwritable", _("The mail could not be written")
    WORKER_LOST = "worker_lost", _("Sending the mail ended a worker several times")


class MailQuerySet(models.QuerySet["Mail"]):
    def about(self, subject: Model) -> Self:
        """Mails about one thing, e.g. a reset request; newest first."""
        return self.filter(subject_type=label_of(subject), subject_id=subject.pk).order_by("-id")

    def open(self) -> Self:
        return self.filter(handed_over_at=None, failed_at=None, withdrawn_at=None)

    def due(self) -> Self:
        """Open, its time has come, and nobody holds it."""
        now = timezone.now()
        return self.open().filter(Q(leased_until=None) | Q(leased_until__lt=now), due_at__lte=now)

    def untold(self) -> Self:
        """Due, and no worker was told of it lately."""
        lately = timezone.now() - timedelta(seconds=settings.RETELL_SECONDS)
        return self.due().filter(Q(told_at=None) | Q(told_at__lt=lately))

    def failed(self) -> Self:
        return self.exclude(failed_at=None)

    def held_by(self, lease: UUID | None) -> Self:
        """Open and still in the hands of the worker with this lease, not of a successor."""
        return self.open().exclude(lease=None).filter(lease=lease)


class Mail(models.Model):
    """One mail to one address: kept until the mail server has it, or until it is pointless."""

    kind = models.CharField(max_length=60)
    queue_name = models.CharField(max_length=40, default="default")
    to = models.CharField(max_length=320)
    language = models.CharField(max_length=20)
    # What the mail is about, e.g. a reset request.
    subject_type = models.CharField(max_length=80)
    subject_id = models.BigIntegerField()
    cause = models.ForeignKey(Event, on_delete=models.PROTECT, null=True, related_name="+")
    # Plain values for the text; never a secret.
    plain = models.JSONField(default=dict)

    queued_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(default=timezone.now)
    # When what the mail offers ends, e.g. its link; null for mails that are good for a day.
    expires_at = models.DateTimeField(null=True)
    # When a worker was told of it, or will be; null when nobody could be told.
    told_at = models.DateTimeField(null=True, default=timezone.now)
    lease = models.UUIDField(null=True)
    leased_until = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    lost_workers = models.PositiveSmallIntegerField(default=0)

    handed_over_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=20, choices=Failure, blank=True, default="")
    # The mail server's number, e.g. "550"; "" when it never answered.
    answer = models.CharField(max_length=20, blank=True, default="")
    # The connection broke after the text had left: the server may have the mail already.
    interrupted_at = models.DateTimeField(null=True)
    # What was sent, where nothing of it is secret.
    sent_subject = models.CharField(max_length=300, blank=True, default="")
    sent_text = models.TextField(blank=True, default="")

    objects = MailQuerySet.as_manager()

    class Meta:
        constraints = [
            # A handler that runs twice queues one mail.
            models.UniqueConstraint(
                fields=["cause", "kind", "to"], name="mail_once_per_cause", condition=~Q(to="")
            )
        ]
        indexes = [
            # Read by pages that show what became of a mail.
            models.Index(fields=["subject_type", "subject_id", "-id"], name="mail_about"),
            # Read by the sweep each minute, and by Home: what waits, and since when.
            models.Index(
                fields=["due_at"],
                name="mail_open",
                condition=Q(handed_over_at=None, failed_at=None, withdrawn_at=None),
            ),
            # Read by Home: what failed lately.
            models.Index(
                fields=["-failed_at"], name="mail_failed", condition=Q(failed_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @classmethod
    def queue(
        cls,
        kind: str,
        *,
        to: str,
        language: str,
        about: Model,
        cause: Event | None = None,
        expires_at: datetime | None = None,
        **plain: Any,
    ) -> Mail:
        """Have a mail sent once the caller's transaction is committed.

        Of two calls with one cause, kind and address the second answers with the mail of the
        first. `language` is "en", "de" or "de-informal". `plain` takes JSON values for the text,
        never a secret. Raises UnknownKind.
        """
        known = kind_named(kind)
        if known is None:
            raise UnknownKind(kind)
        if not connection.in_atomic_block:
            raise OutsideTransaction(kind)
        fields = {
            "queue_name": known.queue,
            "language": language,
            "subject_type": label_of(about),
            "subject_id": about.pk,
            "expires_at": expires_at,
            "plain": plain,
        }
        if cause is None:
            mail, is_new = cls.objects.create(kind=kind, to=to, **fields), True
        else:
            mail, is_new = cls.objects.get_or_create(fields, cause=cause, kind=kind, to=to)
        if is_new:
            mail.tell()
        return mail

    @property
    def message_id(self) -> str:
        """The same at each try, so that a mail sent twice is known as one (RFC 5322 §3.6.4)."""
        return f"<mail-{self.pk}@{urlsplit(settings.PUBLIC_URL).hostname}>"

    @property
    def gives_up_at(self) -> datetime:
        return self.expires_at or self.queued_at + timedelta(seconds=settings.MAIL_LIFETIME_SECONDS)

    @property
    def took(self) -> float | None:
        """Seconds from the request to the mail server's "accepted"; None while it waits."""
        if self.handed_over_at is None:
            return None
        return (self.handed_over_at - self.queued_at).total_seconds()

    @property
    def state(self) -> str:
        """One of waiting, handed_over, failed, withdrawn."""
        if self.handed_over_at:
            return "handed_over"
        if self.failed_at:
            return "failed"
        return "withdrawn" if self.withdrawn_at else "waiting"

    def about(self) -> Model | None:
        """What the mail is about, as it is now; None when it is gone."""
        model = apps.get_model(self.subject_type)
        return model._base_manager.filter(pk=self.subject_id).first()

    def tell(self) -> None:
        """Let a worker know, once this transaction is committed."""
        from events.broker import tell_workers_on_commit

        tell_workers_on_commit("notifications.tasks.send_mail", [self])


class MailServer(models.Model):
    """One row: since when the mail server is out of reach, and when the next mail may try it."""

    away_since = models.DateTimeField(null=True)
    next_try_at = models.DateTimeField(default=timezone.now)
