from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from core.permissions import can_read
from core.slots import SettingsPage, settings_pages


class ShopConfig(AppConfig):
    name = "shop"

    def ready(self) -> None:
        # Django flushes tables between tests with real transactions; the shop comes back.
        post_migrate.connect(keep_the_shop, sender=self)
        settings_pages.add(
            SettingsPage(
                _("Shop"),
                _("Name, languages, currency, address, logo and colour."),
                "shop_settings",
                icon="store",
                allowed=can_read,
            ),
            order=10,
        )


def keep_the_shop(*, using: str, **_signal: Any) -> None:
    """The one row of the shop exists whenever its table does."""
    from shop.models import Shop

    Shop.objects.using(using).get_or_create(pk=1)
