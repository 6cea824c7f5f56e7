"""Demo only: the mails that would have been sent. Outside demo mode no URL leads here."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core.views import public
from notifications.catcher import caught, caught_mail

SHOWN = 100
FIELDS = ("to", "subject", "text", "html", "sent_at")
# A mail is somebody else's HTML: no script, no form, nothing of this site within its reach.
MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src http: https: data:; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'self'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox"
)


@public
@never_cache
@require_safe
def demo_mail_list(request: HttpRequest) -> HttpResponse:
    """Everybody: the newest mails, newest first."""
    context = {
        "page_title": _("Caught mails"),
        "mails": [_shown(mail) for mail in caught(limit=SHOWN)],
    }
    return render(request, "notifications/demo_mails.html", context)


@public
@never_cache
@require_safe
def demo_mail_json(_request: HttpRequest) -> HttpResponse:
    """Everybody: the newest mails for a program, newest first."""
    mails = [{field: mail[field] for field in FIELDS} for mail in caught(limit=SHOWN)]
    return JsonResponse(mails, safe=False)


@public
@never_cache
@require_safe
def demo_mail(request: HttpRequest, name: str) -> HttpResponse:
    """Everybody: one mail, as text and as HTML."""
    mail = _found(name)
    context = {"page_title": mail["subject"], "mail": _shown(mail)}
    response = render(request, "notifications/demo_mail.html", context)
    response._csp_update = {"frame-src": ["'self'"]}  # type: ignore[attr-defined]  # django-csp's
    return response


@public
@never_cache
@require_safe
def demo_mail_html(_request: HttpRequest, name: str) -> HttpResponse:
    """Everybody: a mail's HTML by itself, for the frame. Its links open beside it."""
    html = _found(name)["html"].replace("<head>", '<head><base target="_blank">', 1)
    return HttpResponse(
        html, headers={"Content-Security-Policy": MAIL_POLICY, "X-Frame-Options": "SAMEORIGIN"}
    )


def _found(name: str) -> dict[str, Any]:
    mail = caught_mail(name)
    if mail is None:
        raise Http404
    return mail


def _shown(mail: dict[str, Any]) -> dict[str, Any]:
    return mail | {"sent_at": parse_datetime(mail["sent_at"])}
