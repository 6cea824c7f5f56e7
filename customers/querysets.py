"""Which customers: the adjectives that lists, pages and other apps chain."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Prefetch, Q

if TYPE_CHECKING:
    from accounts.models import User
    from customers.models import Customer


def not_barred(path: str = "") -> Q:
    """Who may sign in and be sent a link; `path` leads there from another table, e.g. "customer__".

    The one rule behind both, together with `Customer.is_barred`.
    """
    return Q(**{f"{path}disabled_at": None, f"{path}held_at": None})


class CustomerQuerySet(models.QuerySet["Customer"]):
    def bulk_update(self, objs: Iterable[Customer], *args: Any, **options: Any) -> int:
        """Refused to masked copies, as each way to save one is."""
        customers = list(objs)
        for one in customers:
            one.refuse_copy()
        return super().bulk_update(customers, *args, **options)

    def visible_to(self, user: User) -> Self:
        """Every active member of staff sees every customer; nobody else sees any."""
        from core.permissions import can_read

        return self if can_read(user) else self.none()

    def with_contact(self) -> Self:
        """Their primary e-mail address and phone come along, in one query for all."""
        from customers.models import Identity

        return self.prefetch_related(Prefetch("identities", Identity.objects.primary()))

    def with_tags(self) -> Self:
        """Their tags come along in the order of the alphabet, in one query for all."""
        from customers.models import Tag

        return self.prefetch_related(Prefetch("tags", Tag.objects.order_by("key")))

    def with_account(self) -> Self:
        return self.filter(account_state="enabled")

    def invited(self) -> Self:
        return self.filter(account_state="invited")

    def without_account(self) -> Self:
        return self.filter(account_state__in=["none", "declined"])

    def disabled(self) -> Self:
        return self.filter(disabled_at__isnull=False)

    def held(self) -> Self:
        return self.filter(held_at__isnull=False)

    def tagged(self, key: str) -> Self:
        """Who carries the tag. Asks for its id: only that tells the planner how rare it is."""
        from customers.models import Tag, Tagging

        tag_id = Tag.objects.filter(key=key).values_list("pk", flat=True).first()
        if tag_id is None:
            return self.none()
        carried = Tagging.objects.filter(tag_id=tag_id, customer_id=models.OuterRef("pk"))
        return self.filter(models.Exists(carried))
