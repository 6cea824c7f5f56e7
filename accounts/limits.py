"""The page for whoever tries too often: what happened, when to go on, what to do instead."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import ngettext
from django_htmx.http import trigger_client_event

from accounts.sessions import door_of
from accounts.throttling import LIMITS, Throttled
from core import words

View = TypeVar("View", bound=Callable[..., HttpResponse])


def throttled(view: View) -> View:
    """Answer 429 with Retry-After when the view raises Throttled."""

    @wraps(view)
    def limited(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except Throttled as refusal:
            return too_often(request, refusal)

    return limited  # type: ignore[return-value]  # same signature


def too_often(request: HttpRequest, refusal: Throttled) -> HttpResponse:
    """A page; for htmx a message, and what was typed stays where it stands."""
    wait = _in_words(refusal.seconds)
    if request.headers.get("HX-Request"):
        response = HttpResponse(status=429)
        trigger_client_event(response, "toast", {"text": wait, "level": "warning"})
    else:
        template = f"accounts/too_often_{door_of(request)}.html"
        context = {"wait": wait, "tried": LIMITS[refusal.limit].tried}
        response = render(request, template, context, status=429)
    response["Retry-After"] = str(refusal.seconds)
    return response


def _in_words(seconds: int) -> str:
    minutes = math.ceil(seconds / 60)
    sentence = ngettext(
        "There were too many tries. You can go on in a minute (%(time)s).",
        "There were too many tries. You can go on in %(minutes)s minutes (%(time)s).",
        minutes,
    )
    again_at = timezone.now() + timedelta(minutes=minutes)
    return sentence % {"minutes": minutes, "time": words.moment(again_at)}
