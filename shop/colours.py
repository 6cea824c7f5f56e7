"""The shop's colour, made readable: every pair that carries text keeps WCAG 2.2's contrast."""

from __future__ import annotations

from dataclasses import dataclass

Channels = tuple[int, int, int]

TEXT_CONTRAST = 4.5  # WCAG 2.2, 1.4.3
SHAPE_CONTRAST = 3.0  # WCAG 2.2, 1.4.11
BLACK, WHITE = "#000000", "#ffffff"
# The grounds that text in the shop's colour stands on (static/desk.css).
LIGHT_GROUND, DARK_GROUND = "#f3f3f1", "#202624"
STEPS = 100


@dataclass(frozen=True)
class Theme:
    """The values of the style sheet's brand tokens, for light or for dark pages."""

    brand: str
    on_brand: str
    hover: str
    ink: str
    text: str
    soft: str


def light_theme(colour: str) -> Theme:
    """The colour itself on buttons, edges that are seen on white, and a tint of it."""
    on_brand = best_ink(colour)
    return Theme(
        brand=colour,
        on_brand=on_brand,
        hover=mix(colour, _away_from(on_brand), 0.12),
        ink=readable(mix(colour, BLACK, 0.25), (LIGHT_GROUND,), SHAPE_CONTRAST),
        text=readable(colour, (LIGHT_GROUND, mix(colour, LIGHT_GROUND, 0.88)), TEXT_CONTRAST),
        soft=mix(colour, WHITE, 0.88),
    )


def dark_theme(colour: str) -> Theme:
    """The same hue where the page is dark."""
    on_brand = best_ink(colour)
    return Theme(
        brand=colour,
        on_brand=on_brand,
        hover=mix(colour, _away_from(on_brand), 0.12),
        ink=readable(colour, (DARK_GROUND,), SHAPE_CONTRAST),
        text=readable(colour, (DARK_GROUND, mix(colour, DARK_GROUND, 0.8)), TEXT_CONTRAST),
        soft=mix(colour, DARK_GROUND, 0.8),
    )


def best_ink(ground: str) -> str:
    """Black or white, whichever reads better: one of them always reaches 4.5."""
    return max(WHITE, BLACK, key=lambda ink: contrast(ink, ground))


def readable(colour: str, grounds: tuple[str, ...], ratio: float) -> str:
    """The colour nearest to `colour` that keeps `ratio` against each of the grounds."""
    towards = best_ink(grounds[0])
    candidates = (mix(colour, towards, step / STEPS) for step in range(STEPS + 1))
    fitting = (
        one for one in candidates if all(contrast(one, ground) >= ratio for ground in grounds)
    )
    return next(fitting, towards)


def contrast(one: str, other: str) -> float:
    """WCAG's contrast ratio, from 1 to 21."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    """WCAG's relative luminance, from 0 to 1."""
    red, green, blue = (_linear(channel / 255) for channel in channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def mix(colour: str, other: str, share: float) -> str:
    """`share` of the other colour in this one."""
    pairs = zip(channels(colour), channels(other), strict=True)
    mixed = (round(mine + (theirs - mine) * share) for mine, theirs in pairs)
    return "#" + "".join(f"{channel:02x}" for channel in mixed)


def channels(colour: str) -> Channels:
    """Red, green and blue of "#12664f"."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def _away_from(ink: str) -> str:
    """A button under the pointer moves away from its ink, never towards it."""
    return BLACK if ink == WHITE else WHITE
