"""Secrets that must be read again (TOTP) are stored sealed; the key is never in the database."""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


def derived_key(purpose: str) -> bytes:
    """32 bytes for one purpose, from LINK_KEY by HKDF (RFC 5869): no key serves two ends."""
    return HKDF(SHA256(), 32, salt=None, info=purpose.encode()).derive(settings.LINK_KEY.encode())


def seal(text: str) -> str:
    return _fernet().encrypt(text.encode()).decode()


class SealBroken(Exception):
    """Sealed under another key, or never by us."""


def unseal(sealed: str) -> str:
    """What was sealed. Raises SealBroken."""
    try:
        return _fernet().decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise SealBroken from error


def _fernet() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(derived_key("second factor")))
