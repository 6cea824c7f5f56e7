"""Asking for a link from outside: counted per place and over all, and answered by a worker."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import get_language

from accounts.models import AskPurpose, RecoveryAsk
from accounts.throttling import hit_from_outside


def ask_for_link(request: HttpRequest, purpose: AskPurpose, email: str, **typed: str) -> None:
    """Write the ask down, whoever asks for whomever and however often. Raises Throttled.

    How often one address is mailed is decided by the worker: were it decided here, the answer or
    its time would say whether somebody else asked for it a moment ago.
    """
    hit_from_outside("ask", request)
    RecoveryAsk.ask(purpose, email, language=get_language() or "en", **typed)
