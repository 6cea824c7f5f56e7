"""Counters of tries, and one-time codes that were used: rows, so that all processes agree."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Throttle(models.Model):
    """How often something was tried in the current window; `key` is a keyed hash of by whom."""

    name = models.CharField(max_length=40)
    key = models.CharField(max_length=64)
    # The account behind the key, hashed alike: who proves to own it has its counters cleared.
    account = models.CharField(max_length=64, blank=True, default="", db_index=True)
    count = models.PositiveIntegerField()
    ends_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "key"], name="throttle_once")]


class UsedCode(models.Model):
    """The time step of a TOTP code that was accepted: each step counts once (RFC 6238 §5.2)."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    step = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "step"], name="used_code_once")]
        indexes = [
            # Read each minute by the clean-up of codes that no clock can bring back.
            models.Index(fields=["step"], name="used_code_by_step"),
        ]
