"""Staff pages of the outbox: mails that failed, and another round for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core import words
from core.htmx import redirect_page, render_page
from core.pagination import asked_page
from core.permissions import can_read, is_lead, require
from events.waiting import queue_health
from notifications.kinds import TooSoon
from notifications.models import Mail, MailServer
from notifications.recipients import with_marks

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from core.views import DeskRequest

NEWEST_FIRST = ("-failed_at", "-id")
ON_HOME = 5


def mail_card(request: HttpRequest) -> dict[str, Any]:
    """Home's card: mails that wait, whether the mail server is in reach, and what failed lately."""
    failed = Mail.objects.needing_a_look()
    health = queue_health(Mail.objects.open(), "queued_at", failed)
    return {
        "health": health,
        "away_since": MailServer.out_of_reach_since(),
        "mails": with_marks(failed.order_by(*NEWEST_FIRST)[:ON_HOME]) if health.given_up else [],
        "can_try_again": is_lead(request.user),
    }


@require_safe
def mail_list(request: DeskRequest) -> HttpResponse:
    """All staff: every mail that failed and waits for a person."""
    require(can_read(request.user))
    page = asked_page(request, Mail.objects.needing_a_look(), NEWEST_FIRST)
    context = {
        "page_title": _("Mails that failed"),
        "page": page,
        "mails": with_marks(page.rows),
        "can_try_again": is_lead(request.user),
    }
    return render_page(request, "notifications/mails.html", context)


@require_POST
def mail_attempts(request: DeskRequest, pk: int) -> HttpResponse:
    """Leads and owners: another round of tries for a mail that failed."""
    require(is_lead(request.user))
    mail = get_object_or_404(Mail, pk=pk)
    try:
        is_tried = mail.try_again(by=request.user)
    except TooSoon as refusal:
        text = _(
            "Not yet: a mailbox gets at most one such mail a minute and five an hour. Try again in "
            "%(left)s."
        )
        messages.warning(request, text % {"left": words.span(refusal.seconds)})
        return _answer(request)
    if is_tried:
        messages.success(request, _("The mail is being tried again."))
    elif mail.is_expired:
        messages.error(request, _("What this mail offered has expired. Send a new one."))
    return _answer(request)


@require_POST
def mail_dismissal(request: DeskRequest, pk: int) -> HttpResponse:
    """Leads and owners: a failure that may rest."""
    require(is_lead(request.user))
    get_object_or_404(Mail, pk=pk).dismiss(by=request.user)
    return _answer(request)


def _answer(request: DeskRequest) -> HttpResponse:
    if request.htmx:
        return render_page(
            request, "notifications/mails.html", mail_card(request), partial="mail_card"
        )
    return redirect_page(request, "mail_list")
