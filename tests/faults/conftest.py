from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from shopdesk.launcher.embedded import throw_away_directory
from tests.faults import migrated
from tests.faults.installation import Installation


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for one in items:
        if "faults" in one.path.parts:
            one.add_marker(pytest.mark.faults)


@pytest.fixture(scope="session", autouse=True)
def _one_migration_for_all(tmp_path_factory: pytest.TempPathFactory) -> None:
    own = tmp_path_factory.getbasetemp()
    migrated.shared = own.parent if os.environ.get("PYTEST_XDIST_WORKER") else own


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


@pytest.fixture(scope="module")
def strangers(installation: Installation) -> Iterator[str]:
    """Brought in together: to start an import costs more than the import."""
    made = [f"person{number}@customers.example" for number in range(60)]
    installation.bring_in(*made)
    return iter(made)


@pytest.fixture
def addresses(strangers: Iterator[str]) -> list[str]:
    """Three customers nobody has written to."""
    return [next(strangers) for _ in range(3)]
