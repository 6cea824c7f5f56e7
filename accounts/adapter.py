"""How allauth keeps second factors for us. Its pages and mails are not mounted."""

from __future__ import annotations

from allauth.mfa.adapter import DefaultMFAAdapter

from accounts.sealing import seal, unseal


class MfaAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth is untyped
    """Time-based one-time passwords (RFC 6238) whose secrets are sealed before they are stored."""

    def encrypt(self, text: str) -> str:
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text)
