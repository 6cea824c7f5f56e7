"""Between password and door: who has passed the first step, for ten minutes, in this browser.

At the desk a code is asked for next; of a customer, where the shop wants it, a new password. None
of them is signed in before.
"""

from __future__ import annotations

import time

from django.db import transaction
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from accounts.doors import KIND_OF_DOOR
from accounts.models import User
from accounts.sessions import door_of
from accounts.throttling import Throttled, hit_all
from events.log import record

CODE = "second step"
NEW_PASSWORD = "new password"  # noqa: S105 -- where the session keeps it, not a secret
SECONDS = 600


def begin(request: HttpRequest, user: User, step: str = CODE) -> None:
    request.session.cycle_key()
    request.session[step] = {
        "user": user.pk,
        # A password that is changed meanwhile ends this half-finished sign-in too.
        "hash": user.get_session_auth_hash(),
        "until": time.time() + SECONDS,
    }
    request.session.set_expiry(SECONDS)


def whose(request: HttpRequest, step: str = CODE) -> User | None:
    """Whose step this is; looked up afresh, so that the departed are not let in."""
    kept = request.session.get(step)
    if not isinstance(kept, dict) or kept["until"] < time.time():
        return None
    people = User.objects.active().filter(kind=KIND_OF_DOOR[door_of(request)])
    user: User | None = people.select_related("customer").filter(pk=kept["user"]).first()
    if user is None or not constant_time_compare(kept["hash"], user.get_session_auth_hash()):
        return None
    return user


def count_code(user: User) -> None:
    """Count one code typed for them. Raises Throttled.

    Whoever types codes all day has the password: at the first one too many it is written down.
    """
    try:
        hit_all(("code of user", user.pk), ("codes of user a day", user.pk))
    except Throttled as refusal:
        if refusal.limit == "codes of user a day" and refusal.is_first:
            with transaction.atomic():
                record("user.codes_tried_all_day", user, about=[user])
        raise


def end(request: HttpRequest, step: str = CODE) -> None:
    request.session.pop(step, None)
