"""Two-step sign-in: time-based codes (RFC 6238) and recovery codes, kept by allauth, checked here.

allauth would mark used codes and count tries in a cache; ours are rows, so that no other process
takes a code again.
"""

from __future__ import annotations

import structlog
from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.db import transaction
from django.utils.http import urlencode

from accounts.models import UsedCode, User
from accounts.sealing import SealBroken
from events.log import record

__all__ = ["generate_totp_secret"]
log = structlog.get_logger(__name__)


def is_on(user: User) -> bool:
    return bool(Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists())


def accepts(user: User, code: str) -> bool:
    """Whether the code is right, now, and was not used before. Takes a recovery code as well.

    After a change of LINK_KEY no code is right any more: somebody has to switch the factor off.
    """
    try:
        return _accepts_totp(user, code) or _accepts_recovery_code(user, code)
    except SealBroken:
        log.exception("second_factor.unreadable", user=user.pk)
        return False


def _accepts_recovery_code(user: User, code: str) -> bool:
    codes = Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).first()
    return bool(codes and codes.wrap().validate_code(code))


def _accepts_totp(user: User, code: str) -> bool:
    found = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).first()
    if found is None:
        return False
    return uses_up(user, get_adapter().decrypt(found.data["secret"]), code)


def uses_up(user: User, secret: str, code: str) -> bool:
    """Whether it is a code of that secret, of now, and the user's first of its time step.

    Also for a secret on trial: the code that sets it up signs nobody in.
    """
    step = _matching_step(secret, code)
    return step is not None and _use(user, step)


def _matching_step(secret: str, code: str) -> int | None:
    """The time step that the code belongs to: the present one or one beside it; else None."""
    for step in yield_hotp_counters_from_time():
        if compare_user_code(actual=code, expected=format_hotp_value(hotp_value(secret, step))):
            return int(step)
    return None


def _use(user: User, step: int) -> bool:
    """Of two sign-ins with one code, one is let in."""
    _row, is_first = UsedCode.objects.get_or_create(user=user, step=step)
    return bool(is_first)


def switch_on(user: User, secret: str) -> list[str]:
    """Ask for codes from now on; returns fresh recovery codes. Replaces what was on before."""
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=user.pk)
        Authenticator.objects.filter(user=user).delete()
        TOTP.activate(user, secret)
        codes = RecoveryCodes.activate(user).generate_codes()
        record("user.second_factor_added", user, by=user, about=[user])
    return list(codes)


def switch_off(user: User, *, by: User) -> bool:
    """Ask for no codes any more, e.g. for a lost phone. False when it is off."""
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=user.pk)
        if not Authenticator.objects.filter(user=user).delete()[0]:
            return False
        record("user.second_factor_removed", user, by=by, about=[user])
    return True


def new_recovery_codes(user: User) -> list[str]:
    """Fresh ones; those before are worthless."""
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=user.pk)
        kind = Authenticator.Type.RECOVERY_CODES
        Authenticator.objects.filter(user=user, type=kind).delete()
        codes = RecoveryCodes.activate(user).generate_codes()
        record("user.recovery_codes_renewed", user, by=user, about=[user])
    return list(codes)


def codes_left(user: User) -> int:
    kind = Authenticator.Type.RECOVERY_CODES
    found = Authenticator.objects.filter(user=user, type=kind).first()
    try:
        return len(found.wrap().get_unused_codes()) if found else 0
    except SealBroken:
        return 0


def setup_address(user: User, secret: str, issuer: str) -> str:
    """What the QR code says to an authenticator app."""
    query = urlencode({"secret": secret, "issuer": issuer})
    label = urlencode({"": f"{issuer}:{user.email}"})[1:].replace("+", "%20")
    return f"otpauth://totp/{label}?{query.replace('+', '%20')}"
