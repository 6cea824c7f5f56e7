from __future__ import annotations

from uuid import uuid4

import pytest


@pytest.fixture(autouse=True)
def pulses_of_this_test_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Redis is shared by all tests that run at the same time."""
    monkeypatch.setattr("shopdesk.pulses.KEY", f"shopdesk:pulses:{uuid4()}")
