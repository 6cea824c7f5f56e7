"""Settings › Customer accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import AccountRules
from accounts.permissions import can_change_rules
from accounts.points_forms import mailbox_warning
from accounts.rules_forms import RulesForm
from core.conflicts import ChangedMeanwhile, differences, once_more
from core.htmx import render_page
from core.permissions import can_read, require

if TYPE_CHECKING:
    from django.http import HttpResponse

    from core.views import DeskRequest


@require_http_methods(["GET", "HEAD", "POST"])
def account_rules(request: DeskRequest) -> HttpResponse:
    """Read by all staff, changed by owners and leads; some of it by owners alone."""
    require(can_read(request.user))
    rules = AccountRules.current()
    if request.method != "POST":
        return _page(request, RulesForm(instance=rules, user=request.user))
    require(can_change_rules(request.user))
    form = RulesForm(request.POST, instance=AccountRules.current(), user=request.user)
    if not form.is_valid():
        return _page(request, form, status=422)
    seen = form.cleaned_data["version"]
    try:
        rules.change(by=request.user, expected_version=seen, **form.changes())
    except ChangedMeanwhile:
        return _changed_meanwhile(request)
    messages.success(request, _("The rules for customer accounts are saved."))
    return redirect("account_rules")


def _changed_meanwhile(request: DeskRequest) -> HttpResponse:
    again = once_more(request.POST, version=AccountRules.current().version)
    mine = RulesForm(again, instance=AccountRules.current(), user=request.user)
    both = differences(RulesForm(instance=AccountRules.current(), user=request.user), mine)
    return _page(request, mine, changed_meanwhile=both, status=409)


def _page(request: DeskRequest, form: RulesForm, *, status: int = 200, **more: Any) -> HttpResponse:
    context = {
        "page_title": _("Customer accounts"),
        "form": form,
        "may_change": can_change_rules(request.user),
        "mailbox_warning": mailbox_warning(AccountRules.current()),
        **more,
    }
    return render_page(request, "accounts/rules.html", context, status=status)
