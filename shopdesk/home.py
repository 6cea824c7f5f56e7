"""Home: where a day at the desk begins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.htmx import render_page
from core.permissions import can_read, require
from core.slots import fill, home_cards
from customers.masking import sees_masked
from customers.models import Customer

if TYPE_CHECKING:
    from django.http import HttpResponse

    from core.views import DeskRequest


@require_safe
def home(request: DeskRequest) -> HttpResponse:
    """All staff: a search, and the cards that apps have put here."""
    require(can_read(request.user))
    cards = fill(home_cards.entries(), request, only_plain=sees_masked(request.user))
    context = {
        "page_title": _("Home"),
        "cards": [card for card in cards if not card.aside],
        "side_cards": [card for card in cards if card.aside],
        "is_fresh": not Customer.objects.exists(),
    }
    return render_page(request, "shopdesk/home.html", context)
