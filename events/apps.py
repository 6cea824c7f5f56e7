from __future__ import annotations

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules

from core.permissions import can_read
from core.slots import Panel, home_cards


class EventsConfig(AppConfig):
    name = "events"

    def ready(self) -> None:
        from events.desk import queue_card

        autodiscover_modules("handlers")
        home_cards.add(
            Panel("events/_queue_card.html", queue_card, can_read, name="queue", aside=True),
            order=800,
        )
