"""The event log and its deliveries."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

if TYPE_CHECKING:
    from django.db.models import Model


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
    """Something that happened, in the past tense. Never changed, never a secret or personal data in it."""

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
            # Read by statistics and by "what happened to this very thing".
            models.Index(fields=["subject_type", "subject_id", "id"], name="event_subject"),
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
            # Read by timelines: newest events about one subject.
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

    def given_up(self) -> Self:
        return self.exclude(given_up_at=None)


class Delivery(models.Model):
    """One handler's duty to act on one event. Survives brokers, workers and restarts."""

    MAX_ATTEMPTS = 12

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="deliveries")
    handler = models.CharField(max_length=120)
    queue = models.CharField(max_length=40, default="default")
    due_at = models.DateTimeField(default=timezone.now)
    leased_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    done_at = models.DateTimeField(null=True)
    given_up_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=300, blank=True, default="")

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "handler"], name="delivery_once")]
        indexes = [
            # Read by the sweep each minute.
            models.Index(
                fields=["due_at"],
                name="delivery_open",
                condition=Q(done_at=None, given_up_at=None),
            ),
            # Read by Home: what was given up and waits for a person.
            models.Index(
                fields=["given_up_at"],
                name="delivery_given_up",
                condition=Q(given_up_at__isnull=False),
            ),
        ]

    def lease(self) -> bool:
        """Take the delivery for this worker; of two workers with the same id, one is refused."""
        until = timezone.now() + timedelta(seconds=settings.DELIVERY_LEASE_SECONDS)
        taken = Delivery.objects.due().filter(pk=self.pk)
        return bool(taken.update(leased_until=until, attempts=F("attempts") + 1))

    def finish(self) -> None:
        Delivery.objects.open().filter(pk=self.pk).update(
            done_at=timezone.now(), leased_until=None, last_error=""
        )

    def fail(self, error: BaseException) -> None:
        """Try again later: 10 s doubling to 1 h; after twelve tries a person has to look."""
        self.refresh_from_db()
        given_up = timezone.now() if self.attempts >= self.MAX_ATTEMPTS else None
        Delivery.objects.open().filter(pk=self.pk).update(
            due_at=timezone.now() + self._pause(),
            leased_until=None,
            given_up_at=given_up,
            # The class only: messages of exceptions carry addresses and tokens.
            last_error=type(error).__name__,
        )

    def try_again(self) -> None:
        """A person asks for another round of tries."""
        Delivery.objects.given_up().filter(pk=self.pk).update(
            given_up_at=None, attempts=0, due_at=timezone.now()
        )

    def _pause(self) -> timedelta:
        seconds = settings.DELIVERY_FIRST_RETRY_SECONDS * 2 ** max(self.attempts - 1, 0)
        return timedelta(seconds=min(seconds, settings.DELIVERY_RETRY_CEILING_SECONDS))
