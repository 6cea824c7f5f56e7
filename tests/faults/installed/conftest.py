from __future__ import annotations

from collections.abc import Iterator

import pytest

from shopdesk.launcher.embedded import throw_away_directory
from tests.faults.installed.running import Desk


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    """Servers, and a migrated database, for all tests of a module."""
    with throw_away_directory(in_memory=True) as directory:
        made = Desk(directory)
        try:
            made.open()
            made.run("migrate", *made.command("migrate"))
            yield made
        finally:
            made.close()
