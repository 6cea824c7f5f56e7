"""Whether the mail server is in reach, and whether it takes mails."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from events.telling import fill

if TYPE_CHECKING:
    from notifications.models.outbox import MailQuerySet

# Mails made due in one transaction, so that no worker waits long for one of them.
RELEASED_AT_ONCE = 5000


class MailServer(models.Model):
    """One row: since when the mail server is away or takes nothing, and when to try it next.

    While it is away, mails that failed for it do not all knock at once: one of them tries, the
    rest waits. The first that gets through releases them.
    """

    away_since = models.DateTimeField(null=True)
    # Since when it has only said "later": to nobody else has it said anything better.
    taking_nothing_since = models.DateTimeField(null=True)
    next_try_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"away since {self.away_since}" if self.away_since else "in reach"

    @classmethod
    def out_of_reach_since(cls) -> datetime | None:
        return cls.objects.filter(pk=1).values_list("away_since", flat=True).first()

    @classmethod
    def keeps_away(cls) -> bool:
        """Whether it is out of reach, and stays so until the caller's transaction ends."""
        server = cls.objects.select_for_update(no_key=True).filter(pk=1)
        return server.exclude(away_since=None).exists()

    @classmethod
    def may_knock(cls) -> bool:
        """Whether this mail may try an unreachable server: one at a time, every so often."""
        away = cls.objects.filter(pk=1).exclude(away_since=None)
        now = timezone.now()
        if away.filter(next_try_at__lte=now).update(next_try_at=now + cls._pause()):
            return True
        return not away.exists()

    @classmethod
    def failed_to_answer(cls) -> None:
        now = timezone.now()
        cls.objects.get_or_create(pk=1)
        cls.objects.filter(pk=1).update(
            away_since=Coalesce(F("away_since"), Value(now)), next_try_at=now + cls._pause()
        )

    @classmethod
    def said_later(cls) -> None:
        """To one mail: perhaps because of that mail, perhaps to everybody."""
        cls.objects.get_or_create(pk=1)
        cls.objects.filter(pk=1, taking_nothing_since=None).update(
            taking_nothing_since=timezone.now()
        )

    @classmethod
    def took_a_mail(cls) -> None:
        """After an outage every mail that waited for it is due, and workers go on until none is.

        A "later" that was not everybody's is no outage: a mail that the server puts off by itself
        is not tried again each time that another one gets through.
        """
        wanting = Q(away_since__isnull=False) | Q(taking_nothing_since__isnull=False)
        server = cls.objects.filter(wanting, pk=1).first()
        if server is None:
            return
        ended = cls.objects.filter(wanting, pk=1).update(away_since=None, taking_nothing_since=None)
        if ended and server._was_an_outage():
            cls._release()

    def _was_an_outage(self) -> bool:
        since = self.taking_nothing_since
        long = since is not None and since <= timezone.now() - self._pause()
        return self.away_since is not None or long

    @classmethod
    def _release(cls) -> None:
        """A worker that dies in the middle leaves the rest to their own pauses."""
        from notifications.models.mails import Mail

        now, queues = timezone.now(), Mail.objects.queues()
        for queue in queues:
            fill(queue)
        for queue in queues:
            later = Mail.objects.waiting_for_server().paused(queue, now)
            ids = list(later.values_list("pk", flat=True))
            for start in range(0, len(ids), RELEASED_AT_ONCE):
                cls._make_due(later.filter(pk__in=ids[start : start + RELEASED_AT_ONCE]))
                fill(queue)

    @staticmethod
    def _make_due(mails: MailQuerySet) -> None:
        free = mails.select_for_update(skip_locked=True).values("pk")
        with transaction.atomic():
            mails.model.objects.filter(pk__in=free).update(due_at=timezone.now(), told_at=None)

    @staticmethod
    def _pause() -> timedelta:
        return timedelta(seconds=settings.MAIL_PROBE_SECONDS)
