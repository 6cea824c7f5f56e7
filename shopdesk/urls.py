"""All addresses: the desk below /admin/, the storefront beside it. Each app brings its own."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

# In the order of the layers; the project's own pages come first.
APPS = [
    "shopdesk.pages",
    "shopdesk.ui_page",
    "orders.urls",
    "products.urls",
    "accounts.urls",
    "customers.urls",
    "notifications.urls",
    "events.urls",
    "shop.urls",
    "lists.urls",
]

Patterns = list[URLPattern | URLResolver]


def collected(name: str) -> Patterns:
    """The patterns of all apps under one name: `desk_urlpatterns` or `storefront_urlpatterns`."""
    modules = [import_module(app) for app in APPS if find_spec(app)]
    return [pattern for module in modules for pattern in getattr(module, name, [])]


urlpatterns: Patterns = [
    path("admin/", include(collected("desk_urlpatterns"))),
    path("", include(collected("storefront_urlpatterns"))),
]
if settings.DEMO:
    urlpatterns.append(path("demo/", include(collected("demo_urlpatterns"))))

handler400 = "core.failures.bad_request"
handler403 = "core.failures.forbidden"
handler404 = "core.failures.not_found"
handler500 = "core.failures.server_error"
