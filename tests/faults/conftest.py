from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest

from shopdesk.launcher.embedded import throw_away_directory
from tests.faults.installation import Installation

_numbers = count(1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for one in items:
        if "faults" in one.path.parts:
            one.add_marker(pytest.mark.faults)


@pytest.fixture(scope="module")
def installation() -> Iterator[Installation]:
    """One for all tests of a module; each test leaves it whole."""
    with throw_away_directory(in_memory=True) as directory:
        made = Installation(directory)
        try:
            made.start()
            yield made
        finally:
            made.stop()


@pytest.fixture
def addresses(installation: Installation) -> list[str]:
    """Three customers nobody has written to."""
    made = [f"person{next(_numbers)}@customers.example" for _ in range(3)]
    installation.bring_in(*made)
    return made
