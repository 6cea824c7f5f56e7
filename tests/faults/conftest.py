from __future__ import annotations

from collections.abc import Iterator

import pytest

from shopdesk.launcher.embedded import throw_away_directory
from tests.faults.installation import Installation


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for one in items:
        if "faults" in one.path.parts:
            one.add_marker(pytest.mark.faults)


@pytest.fixture(scope="module")
def installation() -> Iterator[Installation]:
    """One for all tests of a module; each test leaves it whole."""
    with throw_away_directory() as directory:
        made = Installation(directory)
        try:
            made.start()
            yield made
        finally:
            made.stop()
