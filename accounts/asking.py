"""Asking for a link from outside: counted per place and per address, and answered by a worker."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import get_language

from accounts.models import AskPurpose, RecoveryAsk
from accounts.sessions import door_of
from accounts.throttling import Throttled, hit
from core.client_ip import client_network


def ask_for_link(request: HttpRequest, purpose: AskPurpose, email: str, **typed: str) -> None:
    """Write the ask down. Beyond the limit of one address nothing is sent, and nobody is told:
    the answer would say whether somebody else asked. Raises Throttled for one place's limit."""
    hit("ask from ip", client_network(request))
    try:
        # Per door: asks at the shop must not use up what a colleague may ask at the desk.
        hit("ask for address", door_of(request), email)
    except Throttled:
        return
    RecoveryAsk.ask(purpose, email, language=get_language() or "en", **typed)
