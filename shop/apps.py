from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ShopConfig(AppConfig):
    name = "shop"

    def ready(self) -> None:
        # Django flushes tables between tests with real transactions; the shop comes back.
        post_migrate.connect(keep_the_shop, sender=self)


def keep_the_shop(*, using: str, **_signal: Any) -> None:
    """The one row of the shop exists whenever its table does."""
    from shop.models import Shop

    Shop.objects.using(using).get_or_create(pk=1)
