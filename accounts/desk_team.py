"""Settings › Team: who works at the desk, and what they may do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.db.models import Exists, F, OuterRef
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts import second_factor
from accounts.desk_forms import InviteForm, RoleForm
from accounts.forms import refuse
from accounts.models import AddressInUse, LastOwner, LinkRefused, NotYet, StaffLink, User
from accounts.permissions import (
    can_assign,
    can_manage,
    can_manage_team,
    can_remove_second_factor,
)
from accounts.reset_words import not_yet
from core.htmx import form_page
from core.permissions import Role, require

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.views import DeskRequest


@require_http_methods(["GET", "HEAD", "POST"])
def team(request: DeskRequest) -> HttpResponse:
    require(can_manage_team(request.user))
    roles = [role for role in Role if can_assign(request.user, role)]
    form = InviteForm(request.POST or None, roles=roles)
    if form.is_valid() and _invite(request, form):
        return redirect("team")
    return form_page(
        request,
        "accounts/team.html",
        form,
        colleagues=[_row(request.user, one) for one in _colleagues()],
        roles=[(role.value, role.label) for role in roles],
        may_make_owners=Role.OWNER in roles,
        page_title=gettext("Team"),
    )


def _colleagues() -> Any:
    factors = Authenticator.objects.filter(user=OuterRef("pk"), type=Authenticator.Type.TOTP)
    staff = User.objects.staff().annotate(has_second_factor=Exists(factors))
    return staff.order_by(F("deactivated_at").asc(nulls_first=True), "name", "pk")


def _row(user: User, colleague: Any) -> dict[str, Any]:
    """A colleague, and what this user may do with them."""
    return {
        "colleague": colleague,
        "is_me": colleague.pk == user.pk,
        "is_waiting": not colleague.has_usable_password(),
        "manageable": can_manage(user, colleague),
        "factor_removable": colleague.has_second_factor
        and can_remove_second_factor(user, colleague),
    }


def _invite(request: DeskRequest, form: InviteForm) -> bool:
    email, name = form.cleaned_data["email"], form.cleaned_data["name"]
    role = Role(form.cleaned_data["role"])
    try:
        new = User.invite(email, name=name, role=role, by=request.user)
    except AddressInUse:
        refuse(form, "email", gettext("Somebody in your team has this address."))
        return False
    except NotYet as refusal:
        refuse(form, "email", not_yet(refusal))
        return False
    text = gettext("An invitation to %(email)s is on its way. It is valid for 7 days.")
    messages.success(request, text % {"email": new.email})
    return True


@require_POST
def role(request: DeskRequest, pk: int) -> HttpResponse:
    colleague = _managed(request, pk)
    form = RoleForm(request.POST)
    if form.is_valid():
        chosen = Role(form.cleaned_data["role"])
        require(can_assign(request.user, chosen))
        done = gettext("%(name)s now has the role: %(role)s.")
        words = {"name": str(colleague), "role": chosen.label}
        _say(request, lambda: colleague.change_role(chosen, by=request.user), done % words)
    else:
        messages.error(request, gettext("There is no such role."))
    return redirect("team")


@require_POST
def deactivation(request: DeskRequest, pk: int) -> HttpResponse:
    colleague = _managed(request, pk)
    done = gettext("%(name)s is signed out everywhere and cannot sign in any more.")
    _say(request, lambda: colleague.deactivate(by=request.user), done % {"name": str(colleague)})
    return redirect("team")


@require_POST
def reactivation(request: DeskRequest, pk: int) -> HttpResponse:
    colleague = _managed(request, pk)
    done = gettext("%(name)s can sign in again.") % {"name": str(colleague)}
    _say(request, lambda: colleague.reactivate(by=request.user), done)
    return redirect("team")


@require_POST
def send_link(request: DeskRequest, pk: int) -> HttpResponse:
    """Mail a colleague a new invite, or a link to choose a new password."""
    colleague = _managed(request, pk)
    try:
        StaffLink.start(colleague, by=request.user)
    except LinkRefused:
        messages.error(request, gettext("Reactivate this colleague first."))
    except NotYet as refusal:
        messages.warning(request, not_yet(refusal))
    else:
        text = gettext("A mail with a link is on its way to %(email)s.")
        messages.success(request, text % {"email": colleague.email})
    return redirect("team")


@require_POST
def second_factor_removal(request: DeskRequest, pk: int) -> HttpResponse:
    colleague = get_object_or_404(User.objects.staff(), pk=pk)
    require(can_remove_second_factor(request.user, colleague))
    done = gettext("Two-step sign-in of %(name)s is switched off; a mail tells them.")
    _say(
        request,
        lambda: second_factor.switch_off(colleague, by=request.user),
        done % {"name": str(colleague)},
    )
    return redirect("team")


def _managed(request: DeskRequest, pk: int) -> User:
    colleague: User = get_object_or_404(User.objects.staff(), pk=pk)
    require(can_manage(request.user, colleague))
    return colleague


def _say(request: DeskRequest, verb: Callable[[], bool], done: str) -> None:
    """Do it, and say that it is so; of a repeat too."""
    try:
        verb()
    except LastOwner:
        last = gettext("This is the last owner who can sign in. Make somebody else an owner first.")
        messages.error(request, last)
    else:
        messages.success(request, done)
