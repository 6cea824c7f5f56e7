"""The page for whoever tries too often: what happened, how long to wait, what to do instead."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import ngettext
from django_htmx.http import trigger_client_event

from accounts.sessions import door_of
from accounts.throttling import Throttled

View = TypeVar("View", bound=Callable[..., HttpResponse])


def throttled(view: View) -> View:
    """Answer 429 with Retry-After when the view raises Throttled."""

    @wraps(view)
    def limited(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except Throttled as limit:
            return too_often(request, limit.seconds)

    return limited  # type: ignore[return-value]  # same signature


def too_often(request: HttpRequest, seconds: int) -> HttpResponse:
    """A page; for htmx a message, and what was typed stays where it stands."""
    minutes = math.ceil(seconds / 60)
    if request.headers.get("HX-Request"):
        response = HttpResponse(status=429)
        trigger_client_event(response, "toast", {"text": _in_words(minutes), "level": "warning"})
    else:
        template = f"accounts/too_often_{door_of(request)}.html"
        response = render(request, template, {"minutes": minutes}, status=429)
    response["Retry-After"] = str(seconds)
    return response


def _in_words(minutes: int) -> str:
    sentence = ngettext(
        "There were too many tries. You can go on in a minute.",
        "There were too many tries. You can go on in %(minutes)s minutes.",
        minutes,
    )
    return sentence % {"minutes": minutes}
