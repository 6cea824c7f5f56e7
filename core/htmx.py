"""One URL, one template: the whole page, or for htmx the named partial of the same page."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.utils.cache import patch_vary_headers

if TYPE_CHECKING:
    from django.forms import BaseForm


def render_page(
    request: HttpRequest,
    template: str,
    context: dict[str, Any] | None = None,
    *,
    partial: str | None = None,
    status: int = 200,
) -> HttpResponse:
    """Render `customers/detail.html`, or for htmx `customers/_<partial>.html`, context alike.

    The partial's file, the element's id and the htmx target share one name. A restored history
    entry and a boosted link get the whole page.
    """
    details = getattr(request, "htmx", None)
    is_for_htmx = bool(details and not details.boosted and not details.history_restore_request)
    if partial and is_for_htmx:
        folder = template.rpartition("/")[0]
        template = f"{folder}/_{partial}.html"
    response = render(request, template, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    if is_for_htmx:
        _hand_over_messages(request, response)
    return response


def form_page(request: HttpRequest, template: str, form: BaseForm, **context: Any) -> HttpResponse:
    """A page around one form; 422 when what was typed did not do, and stands there still."""
    status = 422 if form.is_bound else 200
    return render(request, template, {"form": form, **context}, status=status)


def redirect_page(request: HttpRequest, to: Any, *args: Any, **kwargs: Any) -> HttpResponse:
    """Lead on to another page: HX-Redirect for htmx, which would follow a 302 by itself."""
    url = resolve_url(to, *args, **kwargs)
    if getattr(request, "htmx", None):
        return HttpResponse(headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)


def told(
    request: HttpRequest, happened: object, *, done: str = "", late: str, to: tuple[Any, ...]
) -> HttpResponse:
    """Answer a click on a verb, which says itself whether it happened, and lead to a page.

    `late` tells whoever comes second; what the page itself shows needs no `done`.
    """
    if not happened:
        messages.warning(request, late)
    elif done:
        messages.success(request, done)
    return redirect_page(request, *to)


def _hand_over_messages(request: HttpRequest, response: HttpResponse) -> None:
    """A page's toast region stays where it is: it shows them on the `toast` event."""
    toasts = [
        {"text": str(message), "level": message.level_tag}
        for message in messages.get_messages(request)
    ]
    if toasts:
        response["HX-Trigger"] = json.dumps({"toast": {"toasts": toasts}})
