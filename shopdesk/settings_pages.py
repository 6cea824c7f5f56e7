"""Settings: what each app has to set, as one list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.htmx import render_page
from core.permissions import can_read, require
from core.slots import settings_pages

if TYPE_CHECKING:
    from django.http import HttpResponse

    from core.views import DeskRequest


@require_safe
def settings_index(request: DeskRequest) -> HttpResponse:
    """All staff; each sees the pages that their role opens."""
    require(can_read(request.user))
    pages = [page for page in settings_pages.entries() if page.allowed(request.user)]
    context = {"page_title": _("Settings"), "pages": pages}
    return render_page(request, "shopdesk/settings.html", context)
