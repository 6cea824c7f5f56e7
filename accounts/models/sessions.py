"""Sessions as rows that can be found by person and that hold at one door only."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Self

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.sessions import stored_key

# So much of the digest names a session in an address: it finds a row and opens nothing.
HANDLE_LENGTH = 16


class Door(models.TextChoices):
    """The two ways in; each has a cookie of its own."""

    DESK = "desk"
    SHOP = "shop"


class SessionQuerySet(models.QuerySet["Session"]):
    def of(self, user: Any) -> Self:
        return self.filter(user=user)

    def alive(self) -> Self:
        """Their days are not over; and a colleague's has been used lately."""
        now = timezone.now()
        left_since = now - timedelta(hours=settings.STAFF_IDLE_HOURS)
        is_left = Q(door=Door.DESK, seen_at__lte=left_since)
        return self.filter(expire_date__gt=now).exclude(is_left)

    def with_handle(self, handle: str) -> Self:
        """The one of that name, if there is one."""
        if len(handle) != HANDLE_LENGTH:
            return self.none()
        return self.filter(session_key__startswith=handle)

    def but(self, cookie_key: str | None) -> Self:
        """All except the session of the browser with this key in its cookie."""
        return self.exclude(session_key=stored_key(cookie_key)) if cookie_key else self

    def end(self) -> int:
        """Sign out at once, everywhere."""
        ended, _ = self.delete()
        return ended


class Session(AbstractBaseSession):
    """One browser at one door. The key of the other door's cookie opens nothing here.

    `session_key` is a digest of the cookie's key: whoever reads the table cannot sign in by it.
    """

    door = models.CharField(max_length=4, choices=Door.choices)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="sessions"
    )

    # Written every few minutes at most (SessionStore.note_seen). Null: not since it was upgraded.
    seen_at = models.DateTimeField(null=True)

    objects = SessionQuerySet.as_manager()  # type: ignore[assignment,misc]  # the engine encodes by itself

    class Meta:
        pass

    @classmethod
    def get_session_store_class(cls) -> type[Any]:
        from accounts.sessions import SessionStore

        return SessionStore

    @property
    def handle(self) -> str:
        return self.session_key[:HANDLE_LENGTH]

    def is_of(self, cookie_key: str | None) -> bool:
        """Whether this is the session of the browser with that key in its cookie."""
        return bool(cookie_key) and self.session_key == stored_key(cookie_key or "")
