"""Signing in and out at a door, and where to go afterwards."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import authenticate, login
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.doors import BACKEND_OF_KIND, KIND_OF_DOOR
from accounts.enabling import hold_person
from accounts.models import ResetRequest, User, UserKind
from accounts.passwords import LONGEST
from accounts.sessions import door_of
from accounts.throttling import forget_sign_ins, hit_sign_in
from customers.models import Identity
from events.log import record

AGENT_KEY = "agent"
SINCE_KEY = "since"
HOME_OF_DOOR = {"desk": "home", "shop": "account_home"}


class PasswordDue(Exception):
    """They are who they are, and have to choose a new password before they are let in."""


def recognise(request: HttpRequest, email: str, password: str) -> User | None:
    """Who this is, at this door; None for wrong, unknown and deactivated alike.

    Each try is counted before it is looked at. Raises Throttled.
    """
    kind = KIND_OF_DOOR[door_of(request)]
    hit_sign_in(kind, email, request)
    if len(password) > LONGEST:
        make_password("")  # no one has it, and nobody need know by the time it takes
        return None
    user = authenticate(request, email=email, password=password)
    return user if isinstance(user, User) else None


def sign_in(request: HttpRequest, user: User) -> bool:
    """Begin a session with a new key, and note it.

    False for whoever was barred, or was given another password, since they were recognised. The
    session's row is written while the person is held: who ends all of theirs either comes first
    and is heard, or finds this one. Written later, it would outlive a hold and wake after it.
    Raises PasswordDue: whichever way somebody comes, none leads past it.
    """
    with transaction.atomic():
        hold_person(user)
        known = User.objects.active().filter(pk=user.pk, password=user.password).first()
        if known is None:
            return False
        if known.password_due_at is not None:
            raise PasswordDue
        reset = _note_for_resets(user)
        request.session.set_expiry(None)
        login(request, user, backend=BACKEND_OF_KIND[UserKind(user.kind)])
        request.session[AGENT_KEY] = request.headers.get("User-Agent", "")[:300]
        request.session[SINCE_KEY] = timezone.now().isoformat()
        request.session.save()
        if user.customer_id and user.email:
            Identity.note_sign_in(user.customer_id, user.email)
        about = [user, user.customer] if user.customer else [user]
        record("user.signed_in", user, by=user.customer or user, about=about)
        if reset is not None:
            record("reset_request.settled", reset, by=user.customer)
    if user.email:
        forget_sign_ins(user.kind, user.email)
    return True


def _note_for_resets(user: User) -> ResetRequest | None:
    """The reset that this sign-in brings to its end, if there is one."""
    if user.customer is None:
        return None
    return ResetRequest.note_sign_in(user.customer, before=user.last_login)


def next_page(request: HttpRequest) -> str:
    """Where the person wanted to go, if that is a page behind this door; else its home."""
    door = door_of(request)
    target = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(
        target, allowed_hosts=None, require_https=settings.SECURE
    )
    is_here = target.startswith("/admin/") if door == "desk" else target.startswith("/account/")
    return target if is_ours and is_here else resolve_url(HOME_OF_DOOR[door])
