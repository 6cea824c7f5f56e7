"""The shop's colour stays readable, whatever it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.colours import (
    DARK_GROUND,
    LIGHT_GROUND,
    SHAPE_CONTRAST,
    TEXT_CONTRAST,
    best_ink,
    contrast,
    dark_theme,
    light_theme,
    mix,
)

colours = st.integers(0, 0xFFFFFF).map("#{:06x}".format)


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#000000", "#ffffff", 21.0), ("#777777", "#ffffff", 4.48), ("#12664f", "#12664f", 1.0)],
)
def test_contrast_is_that_of_wcag(one: str, other: str, ratio: float) -> None:
    assert round(contrast(one, other), 2) == ratio


@pytest.mark.parametrize(
    ("colour", "ink"), [("#12664f", "#ffffff"), ("#ffe14d", "#000000"), ("#000000", "#ffffff")]
)
def test_the_ink_on_a_colour_is_the_one_that_reads_better(colour: str, ink: str) -> None:
    assert best_ink(colour) == ink


@given(colours)
def test_every_pair_that_carries_text_keeps_its_contrast(colour: str) -> None:
    for theme, ground in ((light_theme(colour), LIGHT_GROUND), (dark_theme(colour), DARK_GROUND)):
        assert contrast(theme.on_brand, theme.brand) >= TEXT_CONTRAST
        assert contrast(theme.on_brand, theme.hover) >= TEXT_CONTRAST
        assert contrast(theme.text, ground) >= TEXT_CONTRAST
        assert contrast(theme.text, theme.soft) >= TEXT_CONTRAST
        assert contrast(theme.ink, ground) >= SHAPE_CONTRAST


def test_a_readable_colour_is_left_as_it_is() -> None:
    assert light_theme("#12664f").text == "#12664f"


def test_mixing_goes_from_one_colour_to_the_other() -> None:
    assert [mix("#000000", "#ffffff", share) for share in (0, 0.5, 1)] == [
        "#000000",
        "#808080",
        "#ffffff",
    ]
