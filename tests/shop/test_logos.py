"""What a logo may be."""

from __future__ import annotations

import contextlib
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from shop.logos import LARGEST_UPLOAD, LogoTooLarge, NotALogo, as_logo
from tests.shop.pictures import SVG, pixel_bomb, png


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "GIF"])
def test_every_format_becomes_a_small_png(form: str) -> None:
    logo = Image.open(as_logo(png((1200, 300), form), size=1000))
    assert (logo.format, logo.size) == ("PNG", (600, 150))


def test_a_small_picture_keeps_its_size() -> None:
    assert Image.open(as_logo(png((40, 20)), size=1000)).size == (40, 20)


def test_what_else_the_file_carried_is_gone() -> None:
    upload = io.BytesIO(png().getvalue() + b"<script>alert(1)</script>")
    assert b"<script>" not in as_logo(upload, size=1000).getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"%PDF-1.7",
        SVG,
        b"\x89PNG\r\n\x1a\n",
        png().getvalue()[:60],
        png(form="BMP").getvalue(),
    ],
    ids=["empty", "pdf", "svg", "half a header", "cut off", "bmp"],
)
def test_what_is_no_picture_of_ours_is_refused(content: bytes) -> None:
    with pytest.raises(NotALogo):
        as_logo(io.BytesIO(content), size=len(content))


@pytest.mark.parametrize("side", [5_000, 11_000, 60_000])
def test_a_pixel_bomb_is_refused_before_it_unfolds(side: int) -> None:
    with pytest.raises(LogoTooLarge):
        as_logo(pixel_bomb(side), size=200)


def test_a_file_beyond_the_limit_is_not_even_opened() -> None:
    with pytest.raises(LogoTooLarge):
        as_logo(io.BytesIO(), size=LARGEST_UPLOAD + 1)


@given(form=st.sampled_from(["PNG", "JPEG", "WEBP", "GIF"]), data=st.data())
def test_a_damaged_picture_is_shown_or_refused_and_never_an_error(
    form: str, data: st.DataObject
) -> None:
    damaged = bytearray(png(form=form).getvalue())
    for _ in range(4):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(NotALogo, LogoTooLarge):
        assert as_logo(io.BytesIO(bytes(damaged)), size=len(damaged)).getvalue()[:4] == b"\x89PNG"
