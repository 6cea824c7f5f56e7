"""The mail service's door: what became of mails that it has taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from core.views import public
from notifications import tracking

if TYPE_CHECKING:
    from django.http import HttpRequest


@public
@csrf_exempt
@require_http_methods(["HEAD", "POST"])
def mail_reports(request: HttpRequest, service: str) -> HttpResponse:
    """404 for any service but the one in use, 401 without the secret, else 200 for all that can be
    read: a service told otherwise would send the same again and again. HEAD is how some try it."""
    if not tracking.is_watched(service):
        raise Http404
    if request.method == "HEAD":
        return HttpResponse()
    if not tracking.is_from_service(request):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Basic"})
    try:
        reports = tracking.read_reports(request, service)
    except tracking.Unreadable:
        return HttpResponse(status=400)
    for report in reports:
        tracking.note(report)
    return HttpResponse()
