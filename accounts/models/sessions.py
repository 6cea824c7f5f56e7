"""Sessions as rows that can be found by person and that hold at one door only."""

from __future__ import annotations

from typing import Any, Self

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models


class Door(models.TextChoices):
    """The two ways in; each has a cookie of its own."""

    DESK = "desk"
    SHOP = "shop"


class SessionQuerySet(models.QuerySet["Session"]):
    def of(self, user: Any) -> Self:
        return self.filter(user=user)

    def end(self, *, but: str | None = None) -> int:
        """Sign out at once, everywhere; `but` is the key of a session to keep."""
        ended, _ = (self.exclude(session_key=but) if but else self).delete()
        return ended


class Session(AbstractBaseSession):
    """One browser at one door. The key of the other door's cookie opens nothing here."""

    door = models.CharField(max_length=4, choices=Door.choices)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="sessions"
    )

    objects = SessionQuerySet.as_manager()  # type: ignore[assignment,misc]  # the engine encodes by itself

    class Meta:
        pass

    @classmethod
    def get_session_store_class(cls) -> type[Any]:
        from accounts.sessions import SessionStore

        return SessionStore
