"""The event log and its deliveries."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Self
from uuid import UUID, uuid4

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

if TYPE_CHECKING:
    from django.db.models import Model

    from accounts.models import User


def label_of(subject: Model) -> str:
    """How a subject is named in the log: "customers.customer"."""
    return subject._meta.label_lower


class EventQuerySet(models.QuerySet["Event"]):
    def about(self, subject: Model) -> Self:
        """Events on the subject's timeline."""
        return self.filter(
            pk__in=EventAbout.objects.filter(
                about_type=label_of(subject), about_id=subject.pk
            ).values("event_id")
        )

    def of(self, subject: Model) -> Self:
        """Events that happened to the subject itself."""
        return self.filter(subject_type=label_of(subject), subject_id=subject.pk)

    def newest_first(self) -> Self:
        return self.order_by("-id")


class Event(models.Model):
    """Something that happened, in the past tense. Never changed; no secret, no personal data."""

    name = models.CharField(max_length=80)
    at = models.DateTimeField(default=timezone.now)
    subject_type = models.CharField(max_length=80)
    subject_id = models.BigIntegerField()
    # Who acted: staff or a customer; both empty when ShopDesk acted by itself.
    actor_type = models.CharField(max_length=80, blank=True, default="")
    actor_id = models.BigIntegerField(null=True)
    plain = models.JSONField(default=dict)

    objects = EventQuerySet.as_manager()

    class Meta:
        indexes = [
            # Read by "what happened to this very thing".
            models.Index(fields=["subject_type", "subject_id", "id"], name="event_subject"),
            # Read by statistics.
            models.Index(fields=["name", "id"], name="event_name"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.subject_type} {self.subject_id}"


class EventAbout(models.Model):
    """Whose timeline an event belongs to."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="abouts")
    about_type = models.CharField(max_length=80)
    about_id = models.BigIntegerField()

    class Meta:
        constraints = [
            # Its index is read by timelines: newest events about one subject.
            models.UniqueConstraint(
                fields=["about_type", "about_id", "event"], name="event_about_once"
            )
        ]


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def open(self) -> Self:
        return self.filter(done_at=None, given_up_at=None)

    def due(self) -> Self:
        """Open, its time has come, and nobody holds it."""
        now = timezone.now()
        return self.open().filter(Q(leased_until=None) | Q(leased_until__lt=now), due_at__lte=now)

    def untold(self) -> Self:
        """Due, and no worker was told of it lately: a slow backlog is not told of every minute."""
        lately = timezone.now() - timedelta(seconds=settings.RETELL_SECONDS)
        return self.due().filter(Q(told_at=None) | Q(told_at__lt=lately))

    def given_up(self) -> Self:
        return self.exclude(given_up_at=None)

    def held_by(self, lease: UUID | None) -> Self:
        """Open and still in the hands of the worker with this lease, not of a successor."""
        return self.open().exclude(lease=None).filter(lease=lease)


class Delivery(models.Model):
    """One handler's duty to act on one event. Survives brokers, workers and restarts."""

    MAX_ATTEMPTS = 12
    # A delivery that takes its worker down with it is put aside before it has killed them all.
    MAX_LOST_WORKERS = 3

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="deliveries")
    handler = models.CharField(max_length=120)
    queue_name = models.CharField(max_length=40, default="default")
    due_at = models.DateTimeField(default=timezone.now)
    # When a worker was told of it, or will be; null when nobody could be told.
    told_at = models.DateTimeField(null=True, default=timezone.now)
    lease = models.UUIDField(null=True)
    leased_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    lost_workers = models.PositiveSmallIntegerField(default=0)
    done_at = models.DateTimeField(null=True)
    given_up_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=300, blank=True, default="")

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "handler"], name="delivery_once")]
        indexes = [
            # Read by the sweep each minute, and by Home: what waits, and since when.
            models.Index(
                fields=["due_at"],
                name="delivery_open",
                condition=Q(done_at=None, given_up_at=None),
            ),
            # Read by Home: what was given up and waits for a person.
            models.Index(
                fields=["-given_up_at"],
                name="delivery_given_up",
                condition=Q(given_up_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.handler} for event {self.event_id}"

    def take(self) -> bool:
        """Take the delivery for this worker; of two workers with the same id, one is refused.

        A lease that nobody gave back is a worker that died. After the third the delivery is given
        up instead, so that one poisonous event cannot go on killing workers.
        """
        lease, now = uuid4(), timezone.now()
        taken = (
            Delivery.objects.due()
            .filter(pk=self.pk)
            .update(
                lease=lease,
                leased_until=now + timedelta(seconds=settings.DELIVERY_LEASE_SECONDS),
                attempts=F("attempts") + 1,
                lost_workers=models.Case(
                    models.When(lease=None, then=F("lost_workers")), default=F("lost_workers") + 1
                ),
            )
        )
        if not taken:
            return False
        self.refresh_from_db(fields=["lease", "leased_until", "attempts", "lost_workers"])
        if self.lost_workers < self.MAX_LOST_WORKERS:
            return True
        self._end(given_up_at=now, last_error="WorkerLost")
        return False

    def finish(self) -> bool:
        """Close the delivery. False when the lease ran out and a successor holds it by now."""
        return self._end(done_at=timezone.now(), last_error="")

    def fail(self, error: BaseException) -> timedelta | None:
        """Try again later: 10 s doubling to 1 h. After twelve tries a person has to look.

        Answers how long to wait; None when given up.
        """
        now, pause = timezone.now(), self._pause()
        given_up = self.attempts >= self.MAX_ATTEMPTS
        # The class only: messages of exceptions carry addresses and tokens.
        name = type(error).__name__
        if given_up:
            self._end(given_up_at=now, last_error=name)
            return None
        self._end(due_at=now + pause, last_error=name)
        return pause

    def try_again(self, *, by: User) -> None:
        """A person asks for another round of tries. Asking twice is one round."""
        from events.log import record

        now = timezone.now()
        with transaction.atomic():
            reopened = (
                Delivery.objects.given_up()
                .filter(pk=self.pk)
                .update(given_up_at=None, attempts=0, lost_workers=0, due_at=now, told_at=now)
            )
            if reopened:
                record("delivery.tried_again", self, by=by, handler=self.handler)
                self.tell()

    def tell(self) -> None:
        """Let a worker know, once this transaction is committed."""
        from events.broker import tell_workers_on_commit

        tell_workers_on_commit("events.tasks.deliver", [self])

    def _end(self, **changes: object) -> bool:
        held = Delivery.objects.held_by(self.lease).filter(pk=self.pk)
        ended = held.update(lease=None, leased_until=None, told_at=None, **changes)
        if ended:
            self.refresh_from_db()
        return bool(ended)

    def _pause(self) -> timedelta:
        seconds = settings.DELIVERY_FIRST_RETRY_SECONDS * 2 ** max(self.attempts - 1, 0)
        return timedelta(seconds=min(seconds, settings.DELIVERY_RETRY_CEILING_SECONDS))
