"""Settling what a colleague has looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import Flag, LookForOthers
from accounts.permissions import can_settle_flag
from core.failures import failure
from core.htmx import told
from core.permissions import require
from customers.models import Customer

if TYPE_CHECKING:
    from django.http import HttpResponse

    from core.views import DeskRequest


@require_POST
def settlement(request: DeskRequest, customer_pk: int, pk: int) -> HttpResponse:
    customer = get_object_or_404(Customer.objects.visible_to(request.user), pk=customer_pk)
    require(can_settle_flag(request.user))
    flag = get_object_or_404(Flag, pk=pk, customer=customer)
    try:
        settled = flag.settle(by=request.user)
    except LookForOthers as refusal:
        said = _("Somebody else of the team has to look")
        page = "403_for_others.html"
        why = refusal.why.label
        return failure(request, 403, template=page, in_short=said, why=why, customer_pk=customer_pk)
    return told(
        request,
        settled,
        done=_("Settled. It is asked for again when it happens again."),
        late=_("A colleague has settled this already."),
        to=("customer_detail", customer_pk),
    )
