"""Settings › Health: what waits, what failed, what is slow, and what to do about it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import get_object_or_404
from django.urls import get_resolver
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.htmx import redirect_page, render_page
from core.permissions import require
from customers.importing.models import Stage
from events.desk import queue_card
from notifications.desk import mail_card
from notifications.recipients import with_marks
from shopdesk.figures import ask
from shopdesk.metrics import NO_VIEW, Pace, paces
from shopdesk.models import HeldMail
from shopdesk.page_words import page_in_words
from shopdesk.permissions import can_see_health
from shopdesk.troubles import troubles

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from core.views import DeskRequest

# Of what is slow, and of what is held, as many as one looks at.
SLOWEST = 8
HELD_AT_ONCE = 50
FILLED_IN = re.compile(r"%\(\w+\)s")
# Nobody sits before these.
MACHINES = {NO_VIEW, "healthz", "readyz", "metrics"}
# Somebody who waits for longer begins to think of something else (a second is the rule of thumb).
SLOW_SECONDS = 1.0


@require_safe
def health(request: DeskRequest) -> HttpResponse:
    """Owners and leads."""
    require(can_see_health(request.user))
    figures = ask()
    context = {
        "page_title": _("Health"),
        "figures": figures,
        "troubles": troubles(figures),
        "imports": [(Stage(stage).label, count) for stage, count in figures.imports.items()],
        "slow": slow_pages(),
        "slow_seconds": SLOW_SECONDS,
        **held_card(request),
        "queue": queue_card(request),
        "mail": mail_card(request),
    }
    return render_page(request, "shopdesk/health.html", context)


def slow_pages() -> list[tuple[Pace, str, str]]:
    """How slow, what people call it, and its address."""
    addresses = ((pace, address_of(pace.view)) for pace in slowest())
    return [(pace, page_in_words(pace.view, address), address) for pace, address in addresses]


def slowest() -> list[Pace]:
    return [pace for pace in paces() if pace.view not in MACHINES][:SLOWEST]


def address_of(view: str) -> str:
    """The page as its reader sees it in the browser: "/admin/customers/…/"."""
    ways = get_resolver().reverse_dict.getlist(view)
    return f"/{FILLED_IN.sub('…', ways[0][0][0][0])}" if ways else view


def held_card(_request: HttpRequest) -> dict[str, Any]:
    """Mails that waited when a backup was made; oldest first."""
    held = HeldMail.objects.select_related("mail").order_by("pk")
    shown = list(held[:HELD_AT_ONCE])
    with_marks(one.mail for one in shown)
    return {"held": shown, "held_count": held.count()}


@require_POST
def held_mail_sending(request: DeskRequest, pk: int) -> HttpResponse:
    """Owners and leads: let a mail leave that waited when the backup was made."""
    require(can_see_health(request.user))
    if get_object_or_404(HeldMail, pk=pk).send(by=request.user):
        messages.success(request, _("The mail is being sent."))
    return _answer(request)


@require_POST
def held_mail_removal(request: DeskRequest, pk: int) -> HttpResponse:
    """Owners and leads: this mail has been sent before, or is of no use."""
    require(can_see_health(request.user))
    if get_object_or_404(HeldMail, pk=pk).drop(by=request.user):
        messages.success(request, _("The mail will not be sent."))
    return _answer(request)


def _answer(request: DeskRequest) -> HttpResponse:
    if request.htmx:
        page = "shopdesk/health.html"
        return render_page(request, page, held_card(request), partial="held_card")
    return redirect_page(request, "health")
