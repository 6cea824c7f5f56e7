"""Identity checks: whether somebody has shown lately that they are the customer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from customers.models import Customer

if TYPE_CHECKING:
    from datetime import datetime


class IdentityCheck(models.Model):
    """One conversation in which a member of staff finds out who is asking."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="identity_checks")
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    started_at = models.DateTimeField(default=timezone.now)
    points = models.PositiveSmallIntegerField(default=0)
    passed_at = models.DateTimeField(null=True)
    valid_until = models.DateTimeField(null=True)
    # Nothing more is tried; what has passed stays passed.
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(passed_at=None, valid_until=None)
                | Q(passed_at__isnull=False, valid_until__isnull=False),
                name="passed_check_has_an_end",
            )
        ]

    def __str__(self) -> str:
        return f"Identity check {self.pk}"

    @classmethod
    def valid(cls, customer: Customer, *, since: datetime | None = None) -> IdentityCheck | None:
        """The newest one that has passed, `since` then, and whose time is not over."""
        passed = cls.objects.filter(
            customer=customer, passed_at__isnull=False, valid_until__gt=timezone.now()
        )
        if since is not None:
            passed = passed.filter(passed_at__gte=since)
        return passed.order_by("-passed_at", "-pk").first()
