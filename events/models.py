"""The event log and its deliveries."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from events.leases import Leased, LeasedQuerySet, lately, spread
from events.task_words import task_in_words

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


class DeliveryQuerySet(LeasedQuerySet["Delivery"]):
    def open(self) -> Self:
        return self.filter(done_at=None, given_up_at=None)

    def given_up(self) -> Self:
        return self.exclude(given_up_at=None)

    def needing_a_look(self) -> Self:
        """Given up lately, and nobody has said that it may rest."""
        return self.given_up().filter(dismissed_at=None, given_up_at__gt=lately())


class Delivery(Leased):
    """One handler's duty to act on one event. Survives brokers, workers and restarts."""

    MAX_ATTEMPTS = 12
    TASK = "events.tasks.deliver"

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="deliveries")
    handler = models.CharField(max_length=120)
    done_at = models.DateTimeField(null=True)
    given_up_at = models.DateTimeField(null=True)
    # When a person said that it may rest.
    dismissed_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=300, blank=True, default="")

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "handler"], name="delivery_once")]
        indexes = [
            # Read by whoever tells workers of a queue's next rows, and by Home: what waits.
            models.Index(
                fields=["queue_name", "told_at", "due_at"],
                name="delivery_waiting",
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

    @property
    def in_words(self) -> str:
        return task_in_words(self.handler)

    @classmethod
    def rows(cls) -> DeliveryQuerySet:
        return cls.objects.all()

    def take(self) -> bool:
        """Take the delivery for this worker. One that killed three workers is given up instead."""
        if not self._lease(settings.DELIVERY_LEASE_SECONDS):
            return False
        if self.has_lost_workers:
            self._give_back(given_up_at=timezone.now(), last_error="WorkerLost")
            return False
        return True

    def finish(self) -> bool:
        """Close the delivery. False when the lease ran out and a successor holds it by now."""
        return self._give_back(done_at=timezone.now(), last_error="")

    def fail(self, error: BaseException) -> timedelta | None:
        """Try again later: 10 s doubling to 1 h, spread. After twelve tries a person has to look.

        Answers how long to wait; None when given up.
        """
        now, pause = timezone.now(), self._pause()
        # The class only: messages of exceptions carry addresses and tokens.
        name = type(error).__name__
        if self.attempts >= self.MAX_ATTEMPTS:
            self._give_back(given_up_at=now, last_error=name)
            return None
        self._give_back(due_at=now + pause, last_error=name)
        return pause

    def give_up_unknown(self) -> bool:
        """No release of these days knows the handler: after a day a person has to look."""
        since = timezone.now() - timedelta(seconds=settings.UNKNOWN_HANDLER_SECONDS)
        unknown = Delivery.objects.due().filter(pk=self.pk, event__at__lt=since)
        return bool(unknown.update(given_up_at=timezone.now(), last_error="UnknownHandler"))

    def _pause(self) -> timedelta:
        seconds = settings.DELIVERY_FIRST_RETRY_SECONDS * 2 ** max(self.attempts - 1, 0)
        return spread(min(seconds, settings.DELIVERY_RETRY_CEILING_SECONDS))
