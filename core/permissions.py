"""Roles of staff, and the predicates that every app's own rules are built from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User


class Role(models.TextChoices):
    OWNER = "owner", _("Owner")
    LEAD = "lead", _("Lead")
    AGENT = "agent", _("Agent")
    READ_ONLY = "read_only", _("Read only")


def require(allowed: bool) -> None:  # noqa: FBT001 -- reads as a sentence: require(can_edit(user))
    """Answer 403 unless the predicate holds."""
    if not allowed:
        raise PermissionDenied


def role_of(user: User | AnonymousUser) -> str:
    """The role of an active member of staff; empty for everybody else."""
    if user.is_anonymous or user.kind != "staff" or not user.is_active:
        return ""
    return user.role


def is_owner(user: User | AnonymousUser) -> bool:
    return role_of(user) == Role.OWNER


def is_lead(user: User | AnonymousUser) -> bool:
    return role_of(user) in {Role.OWNER, Role.LEAD}


def can_write(user: User | AnonymousUser) -> bool:
    return role_of(user) in {Role.OWNER, Role.LEAD, Role.AGENT}


def can_read(user: User | AnonymousUser) -> bool:
    return role_of(user) != ""
