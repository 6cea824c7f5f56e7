"""Asking somebody who is signed in for their password once more: a screen may stand unlocked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from django.utils.translation import gettext

from accounts.forms import refuse
from accounts.passwords import is_password_of
from accounts.throttling import forget, hit

if TYPE_CHECKING:
    from django import forms

    from accounts.models import User

log = structlog.get_logger(__name__)


def knows_password(user: User, form: forms.Form) -> bool:
    """Whether the form's `current` is it; else the form says so.

    Counted before it is looked at. Raises Throttled.
    """
    hit("password of user", user.pk)
    if is_password_of(user, form.cleaned_data["current"]):
        forget("password of user", user.pk)
        return True
    log.warning("present_password.wrong", user=user.pk)
    refuse(form, "current", gettext("This is not your present password."))
    return False
