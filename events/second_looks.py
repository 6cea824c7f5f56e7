"""What a person decides of a delivery that was given up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from events.log import record
from events.models import Delivery

if TYPE_CHECKING:
    from accounts.models import User


def try_again(delivery: Delivery, *, by: User) -> None:
    """Another round of tries. Asking twice is one round."""
    now = timezone.now()
    fresh = {"given_up_at": None, "dismissed_at": None, "attempts": 0, "lost_workers": 0}
    with transaction.atomic():
        given_up = Delivery.objects.given_up().filter(pk=delivery.pk)
        if given_up.update(**fresh, due_at=now, told_at=now):
            record("delivery.tried_again", delivery, by=by, handler=delivery.handler)
            delivery.tell()


def dismiss(delivery: Delivery, *, by: User) -> None:
    """It may rest: nobody is asked to look at it any more. It stays in the database."""
    with transaction.atomic():
        waiting = Delivery.objects.needing_a_look().filter(pk=delivery.pk)
        if waiting.update(dismissed_at=timezone.now()):
            record("delivery.dismissed", delivery, by=by, handler=delivery.handler)
