"""Tokens of links in mails. Nobody stores one: they are derived where a mail is written."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import TypeVar

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.http import base36_to_int, int_to_base36

from accounts.models.links import SecretLink, SecretLinkQuerySet
from accounts.sealing import derived_key

Link = TypeVar("Link", bound=SecretLink)
LONGEST_TOKEN = 100
LARGEST_ID = 2**63 - 1


def token_for(link: SecretLink) -> str:
    """`<id>.<HMAC-SHA256>`: good for this row, purpose and address only."""
    return f"{int_to_base36(link.pk)}.{_signature(link)}"


def link_url(name: str, link: SecretLink) -> str:
    """The address in the mail. Its host is the configured one, whatever a request claims."""
    return settings.PUBLIC_URL + reverse(name, args=[token_for(link)])


def find_link(model: type[Link], token: str, **fields: object) -> Link | None:
    """The row a genuine token stands for, open or not; None for everything else."""
    rows: SecretLinkQuerySet[Link] = SecretLinkQuerySet(model)
    link = rows.filter(pk=_id_in(token), **fields).first()
    # The whole token is compared: other spellings of the same number are no tokens.
    if link is None or not constant_time_compare(token, token_for(link)):
        return None
    return link


def _id_in(token: str) -> int | None:
    """The number a token begins with; None for what no row can have."""
    if len(token) > LONGEST_TOKEN:
        return None
    try:
        pk = base36_to_int(token.partition(".")[0])
    except ValueError:
        return None
    return pk if 0 < pk <= LARGEST_ID else None


def signed_message(link: SecretLink) -> bytes:
    """What is signed. Each field with its length: no two lists of fields give one message."""
    fields = [link._meta.label_lower, str(link.pk), link.nonce, *link.signed_fields()]
    return b"".join(len(raw).to_bytes(4) + raw for raw in (text.encode() for text in fields))


def _signature(link: SecretLink) -> str:
    digest = hmac.new(derived_key("links"), signed_message(link), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
