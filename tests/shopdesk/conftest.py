"""A filled demo, for tests that only look at it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import transaction
from django.test import override_settings

from shopdesk.seeding import filling
from shopdesk.seeding.filling import Size

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytest_django import DjangoDbBlocker
    from pytest_django.fixtures import SettingsWrapper

SMALL = Size(customers=60, orders=150, disabled=2, unsubscribed=5)


@pytest.fixture(scope="module")
def place_of_it(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def filled(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, place_of_it: Path
) -> Iterator[list[str]]:
    """A filled demo for all tests of this file that only look, and what was said meanwhile."""
    lines: list[str] = []
    with (
        override_settings(DEMO=True, VAR_DIR=place_of_it),
        django_db_blocker.unblock(),
        transaction.atomic(),
    ):
        assert filling.fill(lines.append, SMALL) is True
        yield lines
        transaction.set_rollback(True)


@pytest.fixture
def said(filled: list[str], place_of_it: Path, db: None, settings: SettingsWrapper) -> list[str]:
    settings.DEMO, settings.VAR_DIR = True, place_of_it
    return filled
