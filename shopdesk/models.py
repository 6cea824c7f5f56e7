"""What the installation itself remembers."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from events.log import record
from notifications.models import Mail

if TYPE_CHECKING:
    from accounts.models import User


class HeldMail(models.Model):
    """A mail that waited when a backup was made. It leaves when a person says so, or never."""

    mail = models.OneToOneField(Mail, on_delete=models.CASCADE, related_name="+")
    held_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"held {self.mail_id}"

    def send(self, *, by: User) -> bool:
        """Let it leave after all. Of two clicks one sends; False for the other."""
        now = timezone.now()
        with transaction.atomic():
            if not self._let_go():
                return False
            Mail.objects.filter(pk=self.mail_id).exclude(withdrawn_at=None).update(
                withdrawn_at=None,
                failure="",
                attempts=0,
                lost_workers=0,
                interrupted_at=None,
                due_at=now,
                told_at=now,
                gives_up_at=now + timedelta(seconds=settings.MAIL_LIFETIME_SECONDS),
            )
            record("held_mail.sent", self.mail, by=by, kind=self.mail.kind)
            self.mail.tell()
        return True

    def drop(self, *, by: User) -> bool:
        """It has been sent before, or is of no use: it stays withdrawn."""
        with transaction.atomic():
            if not self._let_go():
                return False
            record("held_mail.dropped", self.mail, by=by, kind=self.mail.kind)
        return True

    def _let_go(self) -> bool:
        return bool(HeldMail.objects.filter(pk=self.pk).delete()[0])
