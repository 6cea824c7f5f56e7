"""docs/security.md lists each requirement with its test, and what is left out with the reason."""

from __future__ import annotations

import re
from pathlib import Path

from tests.requirements.test_authentication import SECURITY

HERE = Path(__file__).parent
TEST = re.compile(r"def (test_(?:fp|asvs)_\w+)\(")
ROW = re.compile(r"^\| ((?:ASVS|FP) [^|]+) \| \S[^|]+ \| `(test_\w+)` \|$", re.MULTILINE)


def test_each_test_is_listed_and_each_listed_one_is_there() -> None:
    tests = [name for path in HERE.glob("test_*.py") for name in TEST.findall(path.read_text())]
    assert sorted(name for _requirement, name in ROW.findall(SECURITY)) == sorted(tests)


def test_each_is_named_by_its_requirement() -> None:
    for requirement, name in ROW.findall(SECURITY):
        said = requirement.lower().replace(".", "_").replace(" ", "_").partition("_and_")[0]
        assert name.startswith(f"test_{said}_"), (requirement, name)


def test_what_is_left_out_says_why() -> None:
    left_out = SECURITY.partition("Left out, and why:")[2].partition("## ")[0]
    rows = [row.split(" | ") for row in left_out.splitlines() if row.startswith("| ")][1:]
    assert len(rows) >= 10
    assert [what for what, why in rows if not why.rstrip("| ").endswith(".")] == []
