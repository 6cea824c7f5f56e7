"""docs/security.md lists each requirement with its test, and what is left out with the reason."""

from __future__ import annotations

import re
from pathlib import Path

from tests.requirements.test_authentication import SECURITY

HERE = Path(__file__).parent
TEST = re.compile(r"def (test_(?:fp|asvs)_\w+)\(")
ROW = re.compile(r"^\| ((?:ASVS|FP) [^|]+) \| \S[^|]+ \| `(test_\w+)` \|$", re.MULTILINE)
LEFT_OUT = SECURITY.partition("Left out, and why:")[2].partition("## ")[0]
# What a row is about: before the comma that says which part of it.
NUMBERS = re.compile(r"^\| ASVS ((?:\d[.\d]*(?:, (?=\d)| and )?)+)", re.MULTILINE)
# ASVS 5.0.0, chapters 6 (authentication) and 7 (sessions): each requirement, by its section.
ALL = [
    "6.1.1", "6.1.2", "6.1.3",
    "6.2.1", "6.2.2", "6.2.3", "6.2.4", "6.2.5", "6.2.6", "6.2.7",
    "6.2.8", "6.2.9", "6.2.10", "6.2.11", "6.2.12",
    "6.3.1", "6.3.2", "6.3.3", "6.3.4", "6.3.5", "6.3.6", "6.3.7", "6.3.8",
    "6.4.1", "6.4.2", "6.4.3", "6.4.4", "6.4.5", "6.4.6",
    "6.5.1", "6.5.2", "6.5.3", "6.5.4", "6.5.5", "6.5.6", "6.5.7", "6.5.8",
    "6.6.1", "6.6.2", "6.6.3", "6.6.4",
    "6.7.1", "6.7.2",
    "6.8.1", "6.8.2", "6.8.3", "6.8.4",
    "7.1.1", "7.1.2", "7.1.3",
    "7.2.1", "7.2.2", "7.2.3", "7.2.4",
    "7.3.1", "7.3.2",
    "7.4.1", "7.4.2", "7.4.3", "7.4.4", "7.4.5",
    "7.5.1", "7.5.2", "7.5.3",
    "7.6.1", "7.6.2",
]  # fmt: skip


def numbers(rows: str) -> set[str]:
    """Of requirements of these chapters; a section that is named stands for all of its own."""
    named = {one for row in NUMBERS.findall(rows) for one in re.findall(r"[67][.\d]*\d", row)}
    sections = {one for one in ALL if one.rpartition(".")[0] in named}
    return {one for one in named if one.count(".") == 2} | sections


def test_each_number_of_both_chapters_is_held_by_a_test_or_left_out_with_a_reason() -> None:
    listed = "\n".join(f"| {requirement} |" for requirement, _name in ROW.findall(SECURITY))
    assert numbers(listed) | numbers(LEFT_OUT) == set(ALL)
    assert (len(ALL), len(set(ALL))) == (66, 66)


def test_each_test_is_listed_and_each_listed_one_is_there() -> None:
    tests = [name for path in HERE.glob("test_*.py") for name in TEST.findall(path.read_text())]
    assert sorted(name for _requirement, name in ROW.findall(SECURITY)) == sorted(tests)


def test_each_is_named_by_its_requirement() -> None:
    for requirement, name in ROW.findall(SECURITY):
        said = requirement.lower().replace(".", "_").replace(" ", "_").partition("_and_")[0]
        assert name.startswith(f"test_{said}_"), (requirement, name)


def test_what_is_left_out_says_why() -> None:
    rows = [row.split(" | ") for row in LEFT_OUT.splitlines() if row.startswith("| ")][1:]
    assert len(rows) >= 10
    assert [what for what, why in rows if not why.rstrip("| ").endswith(".")] == []
