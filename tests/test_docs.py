"""README.md and docs/ promise nothing that is not there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"\]\(([^)#\s]+)")
ONE_SCREEN = 40


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    targets = [one for one in LINK.findall(page.read_text()) if "://" not in one]
    assert [one for one in targets if not (page.parent / one).exists()] == []


def test_each_document_is_one_click_from_the_readme() -> None:
    linked = set(LINK.findall((ROOT / "README.md").read_text()))
    documents = {f"docs/{page.name}" for page in (ROOT / "docs").glob("*.md")}
    assert documents - linked == set()


def test_the_readme_fits_one_screen() -> None:
    assert len((ROOT / "README.md").read_text().splitlines()) <= ONE_SCREEN
