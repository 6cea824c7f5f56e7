from __future__ import annotations

from django.apps import AppConfig


class ShopDeskConfig(AppConfig):
    name = "shopdesk"

    def ready(self) -> None:
        # `shared_task`s find the broker through the current app, in the web process too.
        from shopdesk import celery  # noqa: F401 -- importing it makes it current
