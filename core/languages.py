"""What a browser asks for, for pages that know nobody: failures, and before anybody signed in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation.trans_real import parse_accept_lang_header

if TYPE_CHECKING:
    from django.http import HttpRequest

SPOKEN = ("de", "en")


def browser_language(request: HttpRequest) -> str:
    """The first language of Accept-Language (RFC 9110 §12.5.4) that we speak; "" for none."""
    header = request.headers.get("Accept-Language", "").lower()
    # A quality of 0 means "anything but this".
    accepted = [code[:2] for code, quality in parse_accept_lang_header(header) if quality > 0]
    return next((code for code in accepted if code in SPOKEN), "")
