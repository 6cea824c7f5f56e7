"""The project's own pages."""

from __future__ import annotations

from django.urls import path

from shopdesk import health, health_pages
from shopdesk.home import home
from shopdesk.metrics_page import metrics
from shopdesk.search import desk_search
from shopdesk.settings_pages import settings_index

desk_urlpatterns = [
    path("", home, name="home"),
    path("search/", desk_search, name="desk_search"),
    path("settings/", settings_index, name="settings_index"),
    path("settings/health/", health_pages.health, name="health"),
    path(
        "settings/health/held-mails/<int:pk>/sending/",
        health_pages.held_mail_sending,
        name="held_mail_sending",
    ),
    path(
        "settings/health/held-mails/<int:pk>/removal/",
        health_pages.held_mail_removal,
        name="held_mail_removal",
    ),
]
storefront_urlpatterns = [
    path("healthz/", health.alive, name="healthz"),
    path("readyz/", health.ready, name="readyz"),
    path("metrics", metrics, name="metrics"),
]
