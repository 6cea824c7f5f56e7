"""The mail outbox."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.apps import apps
from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import F, Q, Value
from django.db.models.functions import Least
from django.utils import timezone

from events.leases import Leased
from events.log import OutsideTransaction, record
from events.models import Event, label_of
from notifications.answers import Answer
from notifications.kinds import count_another, registered_kind, title_of
from notifications.models.early_reports import EarlyReport, hold_name
from notifications.models.outbox import Failure, MailQuerySet, lifetime, pause_after
from notifications.models.outcomes import VERDICT, Outcome
from notifications.models.servers import MailServer

if TYPE_CHECKING:
    from django.db.models import Model

    from accounts.models import User


class Mail(Outcome, Leased):
    """One mail to one address: kept until the mail server has it, or until it is pointless.

    Never lost, and at most one duplicate for each worker that dies, or line that breaks, between
    the mail server's "accepted" and our commit. Both copies then carry the same Message-ID.
    """

    TASK = "notifications.tasks.send_mail"

    kind = models.CharField(max_length=60)
    to = models.CharField(max_length=320)
    language = models.CharField(max_length=20)
    # What the mail is about, e.g. a reset request.
    subject_type = models.CharField(max_length=80)
    subject_id = models.BigIntegerField()
    cause = models.ForeignKey(Event, on_delete=models.PROTECT, null=True, related_name="+")
    # Plain values for the text; never a secret.
    plain = models.JSONField(default=dict)

    # When what the mail offers ends, e.g. its link; null for mails that are good at any time.
    expires_at = models.DateTimeField(null=True)
    # With its offer, and no later than a day after it was queued.
    gives_up_at = models.DateTimeField()

    # What was sent, where nothing of it is secret.
    sent_subject = models.CharField(max_length=300, blank=True, default="")
    sent_text = models.TextField(blank=True, default="")

    # Written by pages of mails: what is known of the address.
    mark = ""

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
            # Read by whoever tells workers of a queue's next mails, and by Home: what waits.
            models.Index(
                fields=["queue_name", "told_at", "due_at"],
                name="mail_waiting",
                condition=Q(handed_over_at=None, failed_at=None, withdrawn_at=None),
            ),
            # Read by the task that forgets old mails.
            models.Index(fields=["queued_at"], name="mail_remembered", condition=~Q(to="")),
            # Read by Home: what failed lately.
            models.Index(
                fields=["-failed_at"], name="mail_failed", condition=Q(failed_at__isnull=False)
            ),
            # Read by Home: what came back lately.
            models.Index(
                fields=["-bounced_at"], name="mail_bounced", condition=Q(bounced_at__isnull=False)
            ),
            # Read when a mail service tells what became of a mail.
            models.Index(
                fields=["service_id"], name="mail_of_service", condition=~Q(service_id="")
            ),
            # Read before a link is sent: what is known of the address.
            models.Index(fields=["to", "-id"], name="mail_verdict", condition=VERDICT),
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
        known = registered_kind(kind)
        if not connection.in_atomic_block:
            raise OutsideTransaction(kind)
        fields = {
            "queue_name": known.queue,
            "language": language,
            "subject_type": label_of(about),
            "subject_id": about.pk,
            "expires_at": expires_at,
            "gives_up_at": min(filter(None, (expires_at, timezone.now() + lifetime()))),
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
    def title(self) -> str:
        """What staff call this kind of mail."""
        return title_of(self.kind)

    @property
    def message_id(self) -> str:
        """The same at each try, so that a mail sent twice is known as one (RFC 5322 §3.6.4)."""
        return f"<mail-{self.pk}@{urlsplit(settings.PUBLIC_URL).hostname}>"

    def about(self) -> Model | None:
        """What the mail is about, as it is now; None when it is gone."""
        model = apps.get_model(self.subject_type)
        found: Model | None = model._base_manager.filter(pk=self.subject_id).first()
        return found

    @classmethod
    def rows(cls) -> MailQuerySet:
        return cls.objects.all()

    def take(self) -> bool:
        """Take the mail for this worker. One that killed three workers fails instead.

        A worker may have died after the mail server had the mail: that is the one window in which
        somebody may get a mail twice.
        """
        if not self._lease(settings.MAIL_LEASE_SECONDS):
            return False
        if self.has_lost_workers:
            self._fail(Failure.WORKER_LOST, "")
            return False
        return True

    def postpone(self) -> bool:
        """Leave the mail for later: another one is trying the mail server.

        False when that is in reach by now: what waited is released, and no later release follows.
        """
        later = Value(timezone.now() + timedelta(seconds=settings.RETELL_SECONDS))
        changes = {"due_at": Least(later, F("gives_up_at")), "told_at": None}
        with transaction.atomic():
            keeps_away = MailServer.keeps_away()
            if keeps_away:
                Mail.objects.due().filter(pk=self.pk).update(**changes)
        return keeps_away

    def handed_over(self, answer: Answer, *, subject: str, text: str) -> bool:
        """The mail server has it. False when the lease ran out and a successor holds the mail."""
        texts = {"sent_subject": subject, "sent_text": text, "service_id": answer.service_id}
        texts |= {"answer": answer.number, "answer_words": answer.words}
        with transaction.atomic():
            if answer.service_id:
                hold_name(answer.service_id)
            ended = self._give_back(handed_over_at=timezone.now(), failure="", **texts)
            if ended:
                seconds = round(self.took or 0, 3)
                self._record("mail.handed_over", took=seconds, perhaps_twice=self.perhaps_twice)
                if self.service_id:
                    EarlyReport.tell_all(self)
        return ended

    def withdraw(self) -> bool:
        """The world moved on: nobody is better off with this mail."""
        return self._give_back(withdrawn_at=timezone.now())

    def put_back(self, failure: Failure, answer: str = "", words: str = "") -> timedelta | None:
        """Try again later, or fail: refused, too late, or interrupted for the second time.

        Answers how long to wait; None when it failed for good.
        """
        now = timezone.now()
        again = failure is Failure.INTERRUPTED and self.interrupted_at is not None
        if failure is Failure.REFUSED or again or now >= self.gives_up_at:
            self._fail(failure, answer, words)
            return None
        pause = pause_after(failure, self.attempts, expires=self.is_in_a_hurry)
        due_at = min(now + pause, self.gives_up_at)
        changes: dict[str, Any] = {"due_at": due_at, "failure": failure}
        changes |= {"answer": answer, "answer_words": words}
        if failure is Failure.INTERRUPTED:
            changes["interrupted_at"] = now
        self._give_back(**changes)
        return due_at - now

    def expire(self) -> None:
        """Its time ran out while it waited."""
        self._fail(Failure.EXPIRED, self.answer, self.answer_words)

    @property
    def can_try_again(self) -> bool:
        """Whether another round may help: it failed, and what it offers is still good."""
        return self.failed_at is not None and not self.is_expired

    @property
    def is_in_a_hurry(self) -> bool:
        """Its offer ends before we would give up trying, as that of a reset link does."""
        return self.expires_at is not None and self.expires_at <= self.gives_up_at

    @property
    def is_expired(self) -> bool:
        return self.expires_at is not None and self.expires_at <= timezone.now()

    @property
    def perhaps_twice(self) -> bool:
        """Whether the mail server may have had the mail before it said so."""
        return self.interrupted_at is not None or self.lost_workers > 0

    def try_again(self, *, by: User) -> bool:
        """A person asks for another round. False when it is too late, or on already; or TooSoon."""
        now = timezone.now()
        with transaction.atomic():
            failed = Mail.objects.failed().filter(pk=self.pk)
            reopened = failed.filter(Q(expires_at=None) | Q(expires_at__gt=now)).update(
                failed_at=None,
                dismissed_at=None,
                failure="",
                attempts=0,
                lost_workers=0,
                interrupted_at=None,
                due_at=now,
                told_at=now,
                # Of nothing and a time, PostgreSQL calls the time the least.
                gives_up_at=Least(F("expires_at"), Value(now + lifetime())),
            )
            if reopened:
                count_another(self)
                self._record("mail.tried_again", by=by)
                self.tell()
        self.refresh_from_db()
        return bool(reopened)

    def dismiss(self, *, by: User) -> None:
        """The failure may rest: nobody is asked to look at it any more."""
        with transaction.atomic():
            waiting = Mail.objects.needing_a_look().filter(pk=self.pk)
            if waiting.update(dismissed_at=timezone.now()):
                record("mail.dismissed", self, by=by, kind=self.kind)

    def _fail(self, failure: Failure, answer: str, words: str = "") -> None:
        facts = {"failure": failure, "answer": answer, "answer_words": words}
        with transaction.atomic():
            if self._give_back(failed_at=timezone.now(), **facts):
                self._record("mail.failed", failure=str(failure), answer=answer)

    def _record(self, name: str, *, by: User | None = None, **plain: Any) -> None:
        subject = None if self.cause else self.about()
        record(
            name,
            self,
            by=by,
            about=[subject] if subject else [],
            following=self.cause,
            kind=self.kind,
            **plain,
        )
