"""Workers' door of accounts: clearing away what has had its time."""

from __future__ import annotations

from datetime import timedelta

from allauth.mfa import app_settings
from celery import shared_task
from django.utils import timezone

from accounts.models import (
    Feedback,
    MailBudget,
    RecoveryAsk,
    Registration,
    Session,
    SpokenCode,
    Throttle,
    TypedCode,
    UsedCode,
)

# An ask that no worker has answered in this time is of no use to anybody.
ASKS_KEPT = timedelta(days=1)
# So long a link can still say that it was used or has expired; then the address is forgotten.
REGISTRATIONS_KEPT = timedelta(days=7)

# A page that shows where a code went is looked at on the same day; what was tried stays known.
CODES_KEPT = timedelta(days=1)
# Longer than any code is good.
TYPED_KEPT = timedelta(hours=1)


@shared_task(name="accounts.tasks.ask_whether_it_worked")
def ask_whether_it_worked() -> int:
    """Ask those whose turn it is, where the shop wants that. Bears a repeat."""
    return Feedback.ask_those_due()


@shared_task(name="accounts.tasks.close_expired")
def close_expired() -> int:
    """Delete expired sessions, counters, codes and strangers' addresses. Bears a repeat."""
    now = timezone.now()
    old_step = int(now.timestamp()) // app_settings.TOTP_PERIOD - 10
    gone = [
        Session.objects.filter(expire_date__lt=now).delete(),
        Throttle.objects.filter(ends_at__lt=now).delete(),
        UsedCode.objects.filter(step__lt=old_step).delete(),
        RecoveryAsk.objects.filter(asked_at__lt=now - ASKS_KEPT).delete(),
        Registration.objects.filter(expires_at__lt=now - REGISTRATIONS_KEPT).delete(),
        SpokenCode.objects.filter(expires_at__lt=now - CODES_KEPT).delete(),
        TypedCode.objects.filter(typed_at__lt=now - TYPED_KEPT).delete(),
    ]
    return sum(count for count, _models in gone) + MailBudget.forget_old()
