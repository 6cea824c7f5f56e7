"""Tags: the shop's own words for kinds of customers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Self

from django.db import models, transaction
from django.db.models import Case, Value, When

from customers.models.rows import CustomerRow
from customers.search_rows import refresh_search

if TYPE_CHECKING:
    from accounts.models import User
    from customers.models.customers import Customer

TAGS_PER_CUSTOMER = 250
LONGEST_TAG = 255


class TooManyTags(Exception):
    """A customer carries at most 250 tags."""


class TagQuerySet(models.QuerySet["Tag"]):
    def suggested(self, text: str) -> Self:
        """Tags with this in their name, those that begin with it first; scans all names."""
        key = _key(text)
        is_later = Case(When(key__startswith=key, then=Value(0)), default=Value(1))
        return self.filter(key__contains=key).order_by(is_later, "key")

    def named(self, name: str) -> Self:
        """The tag of this name, whatever its capitals."""
        return self.filter(key=_key(name))


def names_in(text: str) -> list[str]:
    """Commas separate tags, wherever people type them and in every file."""
    return [name.strip() for name in text.split(",") if name.strip()]


def _key(name: str) -> str:
    return " ".join(name.split()).lower()[:255]


class Tag(models.Model):
    name = models.CharField(max_length=255)
    key = models.CharField(max_length=255, unique=True)  # lower-case: "VIP" and "vip" are one tag

    objects = TagQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name

    @classmethod
    def named_all(cls, names: Iterable[str]) -> list[Tag]:
        """The tags of these names, whatever their capitals; made when nobody used them before.

        In order of their keys, as imports make them: who makes the same two new tags waits for the
        other, and never in a circle.
        """
        wanted = {_key(name): " ".join(name.split())[:255] for name in names}
        return [
            cls.objects.get_or_create(key=key, defaults={"name": wanted[key]})[0]
            for key in sorted(wanted)
        ]


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
        return bool(self.tag_all([name], by=by))

    def tag_all(self, names: Iterable[str], *, by: User | None) -> list[Tag]:
        """Put several on, or none: raises TooManyTags. Returns those they did not carry yet."""
        with transaction.atomic():
            self.lock()
            fresh = self._carry(names)
            if fresh:
                refresh_search([self.pk])
            self._tell_tagged(fresh, by=by)
        return fresh

    def _carry(self, names: Iterable[str]) -> list[Tag]:
        tags = Tag.named_all(names)
        carried = set(self._taggings().values_list("tag_id", flat=True))
        fresh = [tag for tag in tags if tag.pk not in carried]
        if fresh and len(carried) + len(fresh) > TAGS_PER_CUSTOMER:
            raise TooManyTags
        Tagging.objects.bulk_create(Tagging(customer_id=self.pk, tag=tag) for tag in fresh)
        return fresh

    def _tell_tagged(self, tags: Iterable[Tag], *, by: User | Customer | None) -> None:
        for tag in tags:
            self.tell("tagged", by=by, tag=tag.name)

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
