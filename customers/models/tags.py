"""Tags: the shop's own words for kinds of customers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models, transaction

from customers.models.rows import CustomerRow
from customers.search_rows import refresh_search

if TYPE_CHECKING:
    from accounts.models import User

TAGS_PER_CUSTOMER = 250


class TooManyTags(Exception):
    """A customer carries at most 250 tags."""


class Tag(models.Model):
    name = models.CharField(max_length=255)
    key = models.CharField(max_length=255, unique=True)  # lower-case: "VIP" and "vip" are one tag

    def __str__(self) -> str:
        return self.name

    @classmethod
    def named(cls, name: str) -> Tag:
        """The tag of this name, whatever its capitals; made when nobody used it before."""
        name = " ".join(name.split())[:255]
        return cls.objects.get_or_create(key=name.lower()[:255], defaults={"name": name})[0]


class Tagging(models.Model):
    """That a customer carries a tag."""

    customer = models.ForeignKey(
        "customers.Customer", on_delete=models.CASCADE, related_name="taggings"
    )
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="taggings", db_index=False)

    class Meta:
        constraints = [
            # Read by the list's filter: who carries this tag?
            models.UniqueConstraint(fields=["tag", "customer"], name="tagging_once")
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.tag_id}"


class Tagged(CustomerRow):
    tags = models.ManyToManyField(Tag, through=Tagging, related_name="customers")

    class Meta:
        abstract = True

    def tag(self, name: str, *, by: User | None) -> bool:
        """Put a tag on the customer. False when they carry it already; raises TooManyTags."""
        with transaction.atomic():
            self.lock()
            tag = Tag.named(name)
            if self._taggings().filter(tag=tag).exists():
                return False
            if self._taggings().count() >= TAGS_PER_CUSTOMER:
                raise TooManyTags
            Tagging.objects.create(customer_id=self.pk, tag=tag)
            refresh_search([self.pk])
            self.tell("tagged", by=by, tag=tag.name)
        return True

    def untag(self, tag: Tag, *, by: User | None) -> bool:
        """Take a tag off. False when the customer does not carry it."""
        with transaction.atomic():
            self.lock()
            if not self._taggings().filter(tag=tag).delete()[0]:
                return False
            refresh_search([self.pk])
            self.tell("untagged", by=by, tag=tag.name)
        return True

    def _taggings(self) -> models.QuerySet[Tagging]:
        return Tagging.objects.filter(customer_id=self.pk)
