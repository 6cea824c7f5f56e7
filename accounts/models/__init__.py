from __future__ import annotations

from accounts.models.sessions import Door, Session
from accounts.models.users import User, UserKind, normal_email

__all__ = ["Door", "Session", "User", "UserKind", "normal_email"]
