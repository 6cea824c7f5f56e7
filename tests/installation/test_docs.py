"""docs/self-hosting.md: what it names exists."""

from __future__ import annotations

import re

import pytest
from django.core.management import get_commands

from shopdesk.figures import Figures
from shopdesk.metrics_page import _Now
from tests.installation.compose import ROOT, desk_services, documented, environment_of, services

TEXT = (ROOT / "docs" / "self-hosting.md").read_text()
# A database, a file and a volume.
NO_FIGURES = {"shopdesk_old", "shopdesk_token", "shopdesk_database"}
CODE = [
    path
    for app in (
        "core",
        "events",
        "lists",
        "shop",
        "notifications",
        "customers",
        "accounts",
        "products",
        "orders",
        "shopdesk",
    )
    for path in (ROOT / app).rglob("*.py")
]


def test_commands_exist() -> None:
    named = set(re.findall(r"manage\.py (\w+)", TEXT))
    assert named
    assert named - set(get_commands()) == set()


def test_what_is_run_in_a_container_finds_its_service_and_its_files() -> None:
    runs = re.findall(r"docker compose run --rm( -v \S+)? ([\w-]+)(.*)", TEXT)
    assert {name for _, name, _ in runs} - desk_services().keys() == set()
    imports = [run for run in runs if "manage.py import_" in run[2]]
    assert imports
    for mount, name, words in imports:
        # Laid aside is as much as a workbook is large: not in memory, which is what /tmp is.
        assert environment_of(name)["TMPDIR"] == "/uploads"
        place = re.findall(r":(/\w+):ro\"$", mount)[0]
        assert re.search(rf" import_\w+ {place}/\w+\.(csv|xlsx)\b", words)


def test_services_exist() -> None:
    stopped = re.search(r"docker compose stop (.+)", TEXT)
    assert stopped
    staying = {
        name
        for name, one in services().items()
        if one.get("build", {}).get("target") == "desk" and one["restart"] == "unless-stopped"
    }
    assert set(stopped[1].split()) == staying


def test_variables_are_documented() -> None:
    named = set(re.findall(r"\b([A-Z]+_[A-Z_]+[A-Z])\b(?!_FILE)", TEXT))
    known = documented().keys() | {f"{one}_FILE" for one in documented()}
    assert named - known == set()


def test_figures_that_somebody_is_woken_for_are_told() -> None:
    nothing = Figures([], True, True, {}, {}, None, {}, {})
    told = {family.name for family in _Now(nothing).collect()}
    told |= {"shopdesk_requests_total", "shopdesk_request_seconds"}
    assert set(re.findall(r"shopdesk_\w+", TEXT)) - told - NO_FIGURES == set()


@pytest.mark.parametrize(
    "forbidden", [r"pg_(try_)?advisory_lock\(", r"\bPREPARE\b", r"\bSET SESSION\b", r"\bLISTEN\b"]
)
def test_nothing_is_left_behind_on_a_connection_that_a_pooler_lends(forbidden: str) -> None:
    assert [path.name for path in CODE if re.search(forbidden, path.read_text())] == []
