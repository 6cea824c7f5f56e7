"""Between password and code: who has passed the first step, for ten minutes, in this browser."""

from __future__ import annotations

import time

from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from accounts.models import User

KEY = "second step"
SECONDS = 600


def begin(request: HttpRequest, user: User) -> None:
    request.session.cycle_key()
    request.session[KEY] = {
        "user": user.pk,
        # A password that is changed meanwhile ends this half-finished sign-in too.
        "hash": user.get_session_auth_hash(),
        "until": time.time() + SECONDS,
    }
    request.session.set_expiry(SECONDS)


def whose(request: HttpRequest) -> User | None:
    """Who is to type a code here; looked up afresh, so that the departed are not let in."""
    kept = request.session.get(KEY)
    if not isinstance(kept, dict) or kept["until"] < time.time():
        return None
    user: User | None = User.objects.staff().active().filter(pk=kept["user"]).first()
    if user is None or not constant_time_compare(kept["hash"], user.get_session_auth_hash()):
        return None
    return user


def end(request: HttpRequest) -> None:
    request.session.pop(KEY, None)
