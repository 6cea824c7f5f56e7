"""Pairs of customers who may be one person, and those whom staff have told apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from events.log import record

if TYPE_CHECKING:
    from accounts.models import User
    from customers.models.customers import Customer


class LikelyPairQuerySet(models.QuerySet["LikelyPair"]):
    def with_people(self) -> Self:
        """Both customers come along.

        Left out are pairs of which one is gone since last night, and those who were told apart at
        the moment when a search wrote down what it had found.
        """
        from customers.models import Identity

        told = ToldApart.objects.filter(first=OuterRef("first"), second=OuterRef("second"))
        primary = Identity.objects.primary()
        pairs = self.filter(~Exists(told)).select_related("first", "second")
        return pairs.prefetch_related(
            models.Prefetch("first__identities", primary),
            models.Prefetch("second__identities", primary),
        )


class LikelyPair(models.Model):
    """Found anew each night by `customers.duplicates.finding`, the likeliest first.

    A suggestion ties nothing to a customer: no key keeps one from being deleted.
    """

    first = models.ForeignKey(
        "customers.Customer",
        on_delete=models.DO_NOTHING,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    second = models.ForeignKey(
        "customers.Customer",
        on_delete=models.DO_NOTHING,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    same_phone = models.BooleanField()
    same_address = models.BooleanField()

    objects = LikelyPairQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["first", "second"], name="likely_pair_once")]

    def __str__(self) -> str:
        return f"{self.first_id} {self.second_id}"


class ToldApart(models.Model):
    """Staff said that these two are not the same person. For good."""

    first = models.ForeignKey(
        "customers.Customer", on_delete=models.CASCADE, related_name="told_apart", db_index=False
    )
    second = models.ForeignKey(
        "customers.Customer", on_delete=models.CASCADE, related_name="told_apart_from"
    )
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        constraints = [
            # Read wherever pairs are found: was this one told apart?
            models.UniqueConstraint(fields=["first", "second"], name="told_apart_once"),
            models.CheckConstraint(name="told_apart_in_order", condition=Q(first__lt=F("second"))),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} {self.second_id}"

    @classmethod
    def say(cls, one: Customer, other: Customer, *, by: User | None) -> bool:
        """Never suggest these two again. False when somebody said so before."""
        first, second = sorted([one, other], key=lambda customer: customer.pk)
        with transaction.atomic():
            _pair, is_new = cls.objects.get_or_create(
                first=first, second=second, defaults={"by": by}
            )
            if is_new:
                LikelyPair.objects.filter(first=first, second=second).delete()
                record("customer.told_apart", first, by=by, about=[first, second])
        return is_new
