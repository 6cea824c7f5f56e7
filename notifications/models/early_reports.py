"""What a mail service tells of a mail before it is written down that the service has it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import connection, models
from django.utils import timezone

from notifications.models.outcomes import LONGEST_ID
from notifications.models.troubles import Trouble

if TYPE_CHECKING:
    from notifications.models.mails import Mail

# A mail is written down within moments of its hand-over; later on it was nobody's of ours.
KEPT_FOR = timedelta(days=1)


class EarlyReport(models.Model):
    """Waits for its mail: services are quick, and workers may have to wait for the database."""

    service_id = models.CharField(max_length=LONGEST_ID)
    at = models.DateTimeField()
    # "" for a mail that was delivered.
    trouble = models.CharField(max_length=20, choices=Trouble, blank=True, default="")
    words = models.CharField(max_length=100, blank=True, default="")
    came_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            # A report that comes twice is one; and found by its mail.
            models.UniqueConstraint(fields=["service_id", "trouble"], name="early_report_once")
        ]

    def __str__(self) -> str:
        return f"{self.trouble or 'delivered'} {self.pk}"

    def tell(self, mail: Mail) -> bool:
        """False where that is known."""
        if not self.trouble:
            return mail.note_delivery(at=self.at)
        return mail.note_bounce(Trouble(self.trouble), at=self.at, words=self.words)

    def keep(self) -> None:
        EarlyReport.objects.bulk_create([self], ignore_conflicts=True)

    @classmethod
    def tell_all(cls, mail: Mail) -> None:
        """In the transaction that writes the hand-over down and has held the service's name."""
        for report in cls.objects.filter(service_id=mail.service_id).order_by("pk"):
            report.tell(mail)
            report.delete()

    @classmethod
    def forget_old(cls) -> int:
        """Of mails that somebody else sends by the same service."""
        forgotten, _each = cls.objects.filter(came_at__lt=timezone.now() - KEPT_FOR).delete()
        return forgotten


def hold_name(service_id: str) -> None:
    """A report and the hand-over that it is about wait for each other: one of them sees both."""
    with connection.cursor() as cursor:
        name = f"mail service {service_id}"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
