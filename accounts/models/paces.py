"""At which pace the mails of bulk sends leave: one pace for all that are under way."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils import timezone

from accounts.models.rules import AccountRules

# So often a minute a step may queue mails: more often is work for nothing, more seldom a burst.
STEPS_A_MINUTE = 6


class MailPace(models.Model):
    """One row: when how many mails were queued within the last minute, oldest first.

    Workers that were away catch up with nothing: what was not queued in its time is queued later,
    at the same pace.
    """

    taken = models.JSONField(default=list)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="one_mail_pace")]

    def __str__(self) -> str:
        return f"{self.taken}"

    @classmethod
    def room(cls) -> int:
        """How many may be queued now; whoever else asks waits until the transaction ends."""
        held, _is_new = cls.objects.select_for_update(no_key=True).get_or_create(pk=1)
        return held._room(AccountRules.current().bulk_per_minute)

    @classmethod
    def take(cls, count: int) -> None:
        """So many were queued just now, in the transaction in which there was `room`."""
        if count:
            taken = cls.objects.get(pk=1)._lately()
            cls.objects.filter(pk=1).update(taken=[*taken, [_clock(), count]])

    @classmethod
    def pause(cls) -> float:
        """After how many seconds there is room again, as things are."""
        now = cls.objects.filter(pk=1).first() or cls()
        return now._pause(AccountRules.current().bulk_per_minute)

    def _room(self, per_minute: int) -> int:
        lately = sum(count for _at, count in self._lately())
        return 0 if self._pause(per_minute) else min(step_of(per_minute), per_minute - lately)

    def _pause(self, per_minute: int) -> float:
        """Each mail takes its share of the minute, and never are there more within any minute."""
        lately = self._lately()
        if not lately:
            return 0
        last_at, last = lately[-1]
        free_at = last_at + last * settings.BULK_MINUTE_SECONDS / per_minute
        too_many = sum(count for _at, count in lately) - per_minute + 1
        for at, count in lately:
            if too_many > 0:
                free_at = max(free_at, at + settings.BULK_MINUTE_SECONDS)
            too_many -= count
        return max(0.0, free_at - _clock())

    def _lately(self) -> list[tuple[float, int]]:
        """Oldest first by the clock, which may have been set back between two of them."""
        # What lies farther ahead was queued before the time was set back.
        now, minute = _clock(), settings.BULK_MINUTE_SECONDS
        return sorted((at, count) for at, count in self.taken if now - minute < at < now + minute)


def step_of(per_minute: int) -> int:
    """How many are queued at a time."""
    return max(1, per_minute // STEPS_A_MINUTE)


def _clock() -> float:
    now: datetime = timezone.now()
    return now.timestamp()
