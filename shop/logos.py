"""Logos: whatever picture a shop hands in becomes one small PNG of our own making."""

from __future__ import annotations

import io
import warnings
from typing import IO

from PIL import Image, UnidentifiedImageError

LARGEST_UPLOAD = 5 * 1024 * 1024
LARGEST_PICTURE = 20_000_000  # pixels, before anything is unpacked
LARGEST_LOGO = (600, 200)
# Told by content, never by name. No SVG: it can carry script.
FORMATS = ("PNG", "JPEG", "WEBP", "GIF")


class NotALogo(Exception):
    """The bytes are no picture of the formats we take."""


class LogoTooLarge(Exception):
    """The file, or the picture in it, is larger than a logo can be."""


def as_logo(upload: IO[bytes], *, size: int) -> io.BytesIO:
    """Read a picture and write it anew as PNG: smaller, and without what else the file carried."""
    if size > LARGEST_UPLOAD:
        raise LogoTooLarge
    picture = _opened(upload)
    logo = io.BytesIO()
    picture.thumbnail(LARGEST_LOGO)
    picture.save(logo, "PNG", optimize=True)
    logo.seek(0)
    return logo


def _opened(upload: IO[bytes]) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(upload, formats=FORMATS)
            if picture.width * picture.height > LARGEST_PICTURE:
                raise LogoTooLarge
            return picture.convert("RGBA")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise LogoTooLarge from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise NotALogo from error
