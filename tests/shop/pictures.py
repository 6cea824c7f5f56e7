"""Pictures as shops hand them in, good and bad."""

from __future__ import annotations

import io
import struct
import zlib

from PIL import Image


def png(size: tuple[int, int] = (40, 20), form: str = "PNG") -> io.BytesIO:
    stream = io.BytesIO()
    Image.new("RGB", size, "#12664f").save(stream, form)
    stream.seek(0)
    return stream


def pixel_bomb(side: int = 60_000) -> io.BytesIO:
    """A valid PNG of a few bytes that claims `side` × `side` pixels."""
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return io.BytesIO(
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + _chunk(b"IDAT", zlib.compress(b"\0" * 100))
        + _chunk(b"IEND", b"")
    )


def _chunk(kind: bytes, content: bytes) -> bytes:
    check = struct.pack(">I", zlib.crc32(kind + content))
    return struct.pack(">I", len(content)) + kind + content + check


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
