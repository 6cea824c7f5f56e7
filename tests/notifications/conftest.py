"""A kind of mail for tests, with texts of its own, and a mail server to talk to."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from notifications import kinds
from shop.models import Shop
from tests.factories.notifications import NOTE, SECRET, MailServerDouble


@pytest.fixture(autouse=True)
def known_kinds(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    for kind in (NOTE, SECRET):
        monkeypatch.setitem(kinds._by_name, kind.name, kind)
    templates = copy.deepcopy(settings.TEMPLATES)
    templates[0]["DIRS"].append(Path(__file__).parent / "texts")
    settings.TEMPLATES = templates


@pytest.fixture
def mail_server(settings: Any) -> Iterator[MailServerDouble]:
    """A mail server that takes everything until a test tells it otherwise."""
    server = MailServerDouble()
    server.start()
    settings.EMAIL_BACKEND = "notifications.smtp.SmtpBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    settings.EMAIL_TIMEOUT = 1
    yield server
    server.stop()


@pytest.fixture
def shop(db: None) -> Shop:
    return Shop.current()


@pytest.fixture
def no_mail_server(settings: Any) -> None:
    """A port that nobody listens on."""
    settings.EMAIL_BACKEND = "notifications.smtp.SmtpBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
