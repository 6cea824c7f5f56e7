"""Pages for requests that went wrong before a view could answer."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import requires_csrf_token


@requires_csrf_token
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 -- Django's signature
    """403 that says what to do: the form was open for long, or cookies are off."""
    return render(request, "403_csrf.html", status=403)
