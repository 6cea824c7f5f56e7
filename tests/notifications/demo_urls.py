"""The addresses of a demo installation, whatever this one is."""

from __future__ import annotations

from django.urls import include, path

from notifications.urls import demo_urlpatterns
from shopdesk import urls

urlpatterns = [*urls.urlpatterns, path("demo/", include(demo_urlpatterns))]
