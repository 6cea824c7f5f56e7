"""Requests as the desk's and the storefront's views know them, and the mark of a public page."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse

if TYPE_CHECKING:
    from django_htmx.middleware import HtmxDetails

    from accounts.models import User

View = TypeVar("View", bound=Callable[..., HttpResponse])

# Every page that answers without a sign-in. A test names them one by one.
PUBLIC_VIEWS: set[str] = set()


class DeskRequest(HttpRequest):
    """A request behind the staff sign-in."""

    user: User
    htmx: HtmxDetails


class StorefrontRequest(HttpRequest):
    """A request of a customer who is signed in."""

    user: User
    htmx: HtmxDetails


def public(view: View) -> View:
    """Let a page answer without a sign-in."""
    PUBLIC_VIEWS.add(f"{view.__module__}.{view.__qualname__}")
    return login_not_required(view)
