"""The project's own pages."""

from __future__ import annotations

from django.urls import path

from shopdesk import health
from shopdesk.home import home
from shopdesk.search import desk_search
from shopdesk.settings_pages import settings_index

desk_urlpatterns = [
    path("", home, name="home"),
    path("search/", desk_search, name="desk_search"),
    path("settings/", settings_index, name="settings_index"),
]
storefront_urlpatterns = [
    path("healthz/", health.alive, name="healthz"),
    path("readyz/", health.ready, name="readyz"),
]
