"""Codes that are told: eight letters a person can read out and type, derived as links are.

A code rests on the same fields as a link would, under a key of its own (docs/adr/0006). In the
table stands a digest under another key: whoever takes a copy away can neither read a code nor
try all of them against it.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING

from accounts.sealing import derived_key
from accounts.tokens import signed_message

if TYPE_CHECKING:
    from accounts.models import SpokenCode

# Crockford's base 32: no I, L, O and U, which are heard and read as others.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LETTERS, HALF = 8, 4
MISREAD = str.maketrans("OIL", "011")


def code_for(code: SpokenCode) -> str:
    """`K7QM-2X9D`: 40 bits, good for this row, proof and place only."""
    digest = hmac.new(derived_key("spoken codes"), signed_message(code), hashlib.sha256).digest()
    bits = int.from_bytes(digest[:5])
    letters = "".join(ALPHABET[bits >> shift & 31] for shift in range(35, -1, -5))
    return f"{letters[:HALF]}-{letters[HALF:]}"


def normal_code(text: str) -> str:
    """However it was heard and typed: small letters, spaces, O for 0, I and L for 1."""
    signs = (sign for sign in text.upper().translate(MISREAD) if sign in ALPHABET)
    return "".join(signs)


def digest_of(text: str) -> str:
    """What stands in the table for a code, typed in whatever way."""
    message = normal_code(text).encode()
    return hmac.new(derived_key("digests of spoken codes"), message, hashlib.sha256).hexdigest()


def digest_of_network(network: str) -> str:
    """Whether two browsers stand behind one address can be told, and which address cannot."""
    message = network.encode()
    return hmac.new(derived_key("networks of spoken codes"), message, hashlib.sha256).hexdigest()
