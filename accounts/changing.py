"""Changing one's own password while signed in, or between the old one and the door."""

from __future__ import annotations

from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.http import HttpRequest

from accounts.enabling import hold_person, set_password
from accounts.models import User
from accounts.signing_in import sign_in
from accounts.throttling import forget, hit
from events.log import record


def change_password(request: HttpRequest, password: str) -> bool:
    """Set it, end all other sessions, tell by mail. This browser stays signed in, by a new key.

    False when another password was set since this request looked: what was typed is outdated; and
    for somebody who was barred meanwhile. Raises Throttled.
    """
    user = request.user
    assert isinstance(user, User)
    hit("own password of user", user.pk)
    hashed = make_password(password)
    with transaction.atomic():
        hold_person(user)
        if not User.objects.active().filter(pk=user.pk, password=user.password).exists():
            return False
        by = user.customer or user
        set_password(user, hashed, by=by, keep_session=request.session.session_key)
        if user.customer:
            record("account.password_changed", user, by=user.customer, about=[user.customer])
    forget("password of user", user.pk)
    update_session_auth_hash(request, user)
    return True


def choose_due_password(request: HttpRequest, user: User, password: str) -> bool:
    """Set the password that is due, and sign in with it. Everybody else of theirs is signed out.

    False for whoever was barred, or was given another password, since they were recognised.
    """
    hashed = make_password(password)
    with transaction.atomic():
        hold_person(user)
        if not User.objects.active().filter(pk=user.pk, password=user.password).exists():
            return False
        set_password(user, hashed, by=user.customer or user)
        if user.customer:
            record("account.password_changed", user, by=user.customer, about=[user.customer])
    return sign_in(request, user)
