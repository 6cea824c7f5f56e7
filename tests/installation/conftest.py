from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest

from shopdesk.launcher.embedded import throw_away_directory
from tests.installation.running import Desk


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    """Servers, and a migrated database, for all tests of a module."""
    with throw_away_directory() as directory:
        made = Desk(directory)
        try:
            made.open()
            made.run("migrate", *made.command("migrate"))
            yield made
        finally:
            made.close()


@pytest.fixture(autouse=True)
def pulses_of_this_test_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Redis is shared by all tests that run at the same time."""
    monkeypatch.setattr("shopdesk.pulses.KEY", f"shopdesk:pulses:{uuid4()}")
