"""docs/security.md names every limit on asking and guessing, with its figures, and none besides."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from accounts.throttling import FROM_OUTSIDE, LIMITS

ROOT = Path(__file__).resolve().parents[2]
ROW = re.compile(r"^\| `([^`]+)` \| (\d+) \| (\d+) s \| \S.*\|$", re.MULTILINE)


def test_the_table_says_what_the_code_counts() -> None:
    rows = ROW.findall((ROOT / "docs" / "security.md").read_text())
    assert sorted((name, int(tries), int(within)) for name, tries, within in rows) == sorted(
        (name, limit.tries, limit.seconds) for name, limit in LIMITS.items()
    )


def test_every_limit_is_counted_somewhere() -> None:
    """By a literal name, or that of a door: no limit is written down and forgotten."""
    doors = said_to({"hit_from_outside"})
    assert doors == set(FROM_OUTSIDE)
    of_doors = {name for names in FROM_OUTSIDE.values() for name in names}
    assert set(LIMITS) - said_to({"hit", "hit_all"}) == of_doors


def said_to(functions: set[str]) -> set[str]:
    """The literals that these are called with, wherever in accounts."""
    texts = [path.read_text() for path in (ROOT / "accounts").glob("*.py")]
    return {
        node.value
        for text in texts
        for call in ast.walk(ast.parse(text))
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") in functions
        for node in ast.walk(call)
        if isinstance(node, ast.Constant)
    }


@pytest.mark.parametrize("door", FROM_OUTSIDE)
def test_a_site_has_several_times_what_a_network_has_and_less_than_everybody(door: str) -> None:
    network, site, everybody = (LIMITS[name] for name in FROM_OUTSIDE[door])
    assert 3 * network.tries <= site.tries < everybody.tries * site.seconds / everybody.seconds
    assert network.seconds == site.seconds
