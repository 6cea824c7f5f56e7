"""What is packed into a text: messages, sessions. For tests of what must not be there."""

from __future__ import annotations

import base64
import re
import zlib

BASE64 = re.compile(rb"[A-Za-z0-9+/=_-]{40,}")


def readable(raw: bytes) -> str:
    """The text, followed by all that is packed into it."""
    text = raw.decode(errors="replace")
    return text + "".join(f"\n{unpacked(found)}" for found in BASE64.findall(raw))


def unpacked(packed: bytes) -> str:
    try:
        plain = base64.b64decode(packed.translate(bytes.maketrans(b"-_", b"+/")) + b"==")
    except ValueError:
        return ""
    try:
        return zlib.decompress(plain).decode(errors="replace")
    except zlib.error:
        return plain.decode(errors="replace")
