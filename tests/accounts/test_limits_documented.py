"""docs/security.md names every limit on asking and guessing, with its figures, and none besides."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from accounts.throttling import LIMITS

ROOT = Path(__file__).resolve().parents[2]
ROW = re.compile(r"^\| `([^`]+)` \| (\d+) \| (\d+) s \| \S.*\|$", re.MULTILINE)


def test_the_table_says_what_the_code_counts() -> None:
    rows = ROW.findall((ROOT / "docs" / "security.md").read_text())
    assert sorted((name, int(tries), int(within)) for name, tries, within in rows) == sorted(
        (name, limit.tries, limit.seconds) for name, limit in LIMITS.items()
    )


def test_every_limit_is_counted_somewhere() -> None:
    """By a literal name: no limit is written down and forgotten."""
    texts = [path.read_text() for path in (ROOT / "accounts").glob("*.py")]
    said = {
        node.value
        for text in texts
        for call in ast.walk(ast.parse(text))
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") in {"hit", "hit_all"}
        for node in ast.walk(call)
        if isinstance(node, ast.Constant)
    }
    assert set(LIMITS) - said == set()
