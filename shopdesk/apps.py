from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from core.slots import NavEntry, SettingsPage, navigation, settings_pages


class ShopDeskConfig(AppConfig):
    name = "shopdesk"

    def ready(self) -> None:
        # `shared_task`s find the broker through the current app, in the web process too.
        from shopdesk import celery  # noqa: F401 -- importing it makes it current
        from shopdesk.permissions import can_see_health

        navigation.add(NavEntry(_("Home"), "home", icon="house"), order=0)
        navigation.add(NavEntry(_("Settings"), "settings_index", icon="settings"), order=1000)
        settings_pages.add(
            SettingsPage(
                _("Health"),
                _("What waits, what failed and what is slow."),
                "health",
                icon="activity",
                allowed=can_see_health,
            ),
            order=900,
        )
