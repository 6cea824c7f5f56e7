"""What every template knows about the shop."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from shop.models import Shop


def shop_of(request: HttpRequest) -> Shop:
    """The shop, read once per request."""
    found: Shop | None = getattr(request, "_shop", None)
    if found is None:
        found = Shop.current()
        request._shop = found  # type: ignore[attr-defined]  # kept for this request only
    return found


def shop(request: HttpRequest) -> dict[str, Any]:
    return {"shop": SimpleLazyObject(lambda: shop_of(request))}
