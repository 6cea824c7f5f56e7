"""Whether the mail server is in reach."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from events.broker import tell_workers_on_commit


class MailServer(models.Model):
    """One row: since when the mail server is out of reach, and when the next mail may try it.

    While it is away, mails that failed for it do not all knock at once: one of them tries, the
    rest waits. The first that gets through releases them.
    """

    # Those behind them are due as well: the next sweep tells workers of them.
    RELEASED_AT_ONCE = 500

    away_since = models.DateTimeField(null=True)
    next_try_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"away since {self.away_since}" if self.away_since else "in reach"

    @classmethod
    def out_of_reach_since(cls) -> datetime | None:
        return cls.objects.filter(pk=1).values_list("away_since", flat=True).first()

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
    def answered(cls) -> None:
        """It answers: if it was away, every mail that waited for it is due, and workers know."""
        from notifications.models.mails import Mail

        if not cls.objects.filter(pk=1).exclude(away_since=None).update(away_since=None):
            return
        now = timezone.now()
        waiting = Mail.objects.waiting_for_server()
        released = list(waiting.only("pk", "queue_name").order_by("due_at")[: cls.RELEASED_AT_ONCE])
        waiting.update(due_at=now, told_at=None)
        Mail.objects.filter(pk__in=[mail.pk for mail in released]).update(told_at=now)
        tell_workers_on_commit("notifications.tasks.send_mail", released)

    @staticmethod
    def _pause() -> timedelta:
        return timedelta(seconds=settings.MAIL_PROBE_SECONDS)
