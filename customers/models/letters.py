"""Mails that a member of staff writes to one customer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from events.log import record

if TYPE_CHECKING:
    from accounts.models import User
    from customers.models.customers import Customer


class CannotWrite(Exception):
    """The customer has no e-mail address."""


class Letter(models.Model):
    """What staff wrote to a customer. Kept as it was sent; the mail and the timeline read it."""

    customer = models.ForeignKey(
        "customers.Customer", on_delete=models.CASCADE, related_name="letters"
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="letters"
    )
    to = models.EmailField(max_length=254)
    subject = models.CharField(max_length=200)
    text = models.TextField(max_length=10_000)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.subject

    @classmethod
    def write(cls, customer: Customer, *, by: User, subject: str, text: str) -> Letter:
        """Send a mail to the customer's primary address. Raises CannotWrite without one."""
        with transaction.atomic():
            address = customer.primary_email
            if not address:
                raise CannotWrite
            letter = cls.objects.create(
                customer=customer, author=by, to=address, subject=subject, text=text
            )
            record("customer.written_to", letter, by=by, about=[customer])
        return letter
