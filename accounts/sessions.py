"""Two session cookies, so that an owner can be signed in at the desk and at their own shop.

A cookie's key stands in no table: rows are found by a digest of it under a key outside the
database, so that a copy of the database signs nobody in.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.middleware import SessionMiddleware
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.sealing import derived_key

DESK_PREFIX = "/admin/"
# A page that asks each second must not write each second that somebody looks at it.
SEEN_EVERY = timedelta(minutes=5)


def door_of(request: HttpRequest) -> str:
    """Which door a path lies behind: "desk" or "shop"."""
    return "desk" if request.path_info.startswith(DESK_PREFIX) else "shop"


def cookie_name(door: str) -> str:
    """`__Host-` (RFC 6265bis) wants Path=/, so the cookies differ by name and not by path.

    Browsers do not tell ports apart: two local installations side by side differ by name too.
    """
    if settings.SESSION_COOKIE_SECURE:
        return f"__Host-{door}"
    return f"{door}_{urlsplit(settings.PUBLIC_URL).port or 80}"


def stored_key(cookie_key: str) -> str:
    """What stands in the table for the key in a cookie; nobody can tell the one from the other."""
    digest = hmac.new(derived_key("sessions"), cookie_key.encode(), hashlib.sha256)
    return digest.hexdigest()[:40]


class SessionStore(DatabaseStore):
    """Django's sessions in the database, in rows that know their door and their user.

    `session_key` is the cookie's, as Django has it; whatever asks the database asks `stored_key`.
    """

    # Django's own twins would write the cookie's key; these go through the methods below.
    aload = SessionBase.aload
    asave = SessionBase.asave
    acreate = SessionBase.acreate
    aexists = SessionBase.aexists
    adelete = SessionBase.adelete

    def __init__(self, session_key: str | None = None, *, door: str = "shop") -> None:
        super().__init__(session_key)
        self.door = door
        self.seen_at: datetime | None = None

    @classmethod
    def get_model_class(cls) -> Any:
        from accounts.models import Session

        return Session

    def exists(self, session_key: str) -> bool:
        return bool(self._rows(session_key).exists())

    def delete(self, session_key: str | None = None) -> None:
        if key := session_key or self.session_key:
            self._rows(key).delete()

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        row: Any = super().create_model_instance(data)
        row.session_key = stored_key(row.session_key)
        row.door = self.door
        row.seen_at = self.seen_at = timezone.now()
        row.user_id = data.get(SESSION_KEY)
        return row

    def _get_session_from_db(self) -> Any:
        """The row, if it is of this door and alive."""
        found = self._rows(self.session_key or "").filter(door=self.door).alive().first()
        if found is None:
            self._session_key = None
        else:
            self.seen_at = found.seen_at
        return found

    def note_seen(self) -> None:
        """Somebody is here with this session. Writes now and then, and of several at once, one."""
        now = timezone.now()
        if self.seen_at is not None and self.seen_at > now - SEEN_EVERY:
            return
        unseen = Q(seen_at=None) | Q(seen_at__lte=now - SEEN_EVERY)
        self._rows(self.session_key or "").filter(unseen).update(seen_at=now)
        self.seen_at = now

    def _rows(self, cookie_key: str) -> Any:
        return self.get_model_class().objects.filter(session_key=stored_key(cookie_key))


class DoorSessionMiddleware(SessionMiddleware):
    """Django's, with the cookie's name chosen by the door."""

    def process_request(self, request: HttpRequest) -> None:
        door = door_of(request)
        standard = settings.SESSION_COOKIE_NAME
        request.COOKIES.pop(standard, None)
        if key := request.COOKIES.get(cookie_name(door)):
            request.COOKIES[standard] = key
        request.session = SessionStore(key, door=door)

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        response = super().process_response(request, response)
        morsel = response.cookies.pop(settings.SESSION_COOKIE_NAME, None)
        if morsel is not None:
            name = cookie_name(door_of(request))
            response.cookies[name] = morsel.value
            response.cookies[name].update(morsel)
            # Deleting a __Host- cookie needs Secure too; Django judges by the standard name.
            response.cookies[name]["secure"] = settings.SESSION_COOKIE_SECURE or ""
        return response
