from __future__ import annotations

from celery.signals import worker_init
from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules

from core.permissions import can_read
from core.slots import Panel, home_cards


class NotificationsConfig(AppConfig):
    name = "notifications"

    def ready(self) -> None:
        from notifications.desk import mail_card
        from notifications.warming import warm_up
        from notifications.words import register_words

        autodiscover_modules("mails")
        register_words()
        home_cards.add(
            Panel("notifications/_mail_card.html", mail_card, can_read, name="mail", aside=True),
            order=810,
        )
        # Before the worker forks: its processes share what is loaded.
        worker_init.connect(warm_up)
