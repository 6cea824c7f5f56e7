"""How allauth meets our two kinds of people: it keeps addresses and second factors for us."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest

from accounts.doors import BACKEND_OF_KIND
from accounts.models import UserKind
from accounts.sealing import seal, unseal


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is untyped
    """allauth's pages and mails are not used; who signs in through it does so at their own door."""

    def login(self, request: HttpRequest, user: Any) -> None:
        user.backend = BACKEND_OF_KIND[UserKind(user.kind)]
        super().login(request, user)

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 -- allauth's signature
        return False


class MfaAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth is untyped
    """Time-based one-time passwords (RFC 6238) whose secrets are sealed before they are stored."""

    def encrypt(self, text: str) -> str:
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text)
