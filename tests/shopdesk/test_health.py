"""What load balancers ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import OperationalError

from shopdesk import health
from tests.factories.accounts import sign_in

if TYPE_CHECKING:
    from django.test import Client

    from accounts.models import User

NOWHERE = "redis://127.0.0.1:1/0"


@pytest.fixture(autouse=True)
def nothing_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health.Migrations, "seen", False)


@pytest.fixture
def broker_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """A broker whose port nobody listens on."""
    monkeypatch.setattr(health.current_app.conf, "broker_write_url", NOWHERE)


def test_alive_needs_nothing(stranger: Client) -> None:
    # This test has not asked for the database, so a query would fail it.
    stranger.cookies["shop_8000"] = "a" * 32
    response = stranger.get("/healthz/")
    assert (response.status_code, response.text) == (200, "alive\n")
    assert response["Cache-Control"] == "no-store"


@pytest.mark.django_db
def test_ready_with_database_and_migrations(stranger: Client) -> None:
    response = stranger.get("/readyz/")
    found = response.json()
    assert found.pop("broker") in {"answers", "away"}
    assert (response.status_code, found) == (
        200,
        {"ready": True, "database": "answers", "migrations": "applied"},
    )


@pytest.mark.django_db
def test_ready_without_a_broker_because_nothing_is_lost(
    stranger: Client, broker_away: None
) -> None:
    response = stranger.get("/readyz/")
    assert (response.status_code, response.json()["broker"]) == (200, "away")


@pytest.mark.django_db
def test_not_ready_while_a_migration_waits(
    stranger: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health.MigrationExecutor, "migration_plan", lambda *_: ["0002_next"])
    response = stranger.get("/readyz/")
    assert (response.status_code, response.json()["migrations"]) == (503, "missing")
    monkeypatch.undo()
    assert stranger.get("/readyz/").status_code == 200


@pytest.mark.django_db
def test_later_questions_cost_one_small_query(stranger: Client, django_assert_num_queries) -> None:
    stranger.get("/readyz/")
    with django_assert_num_queries(1):
        stranger.get("/readyz/")


@pytest.mark.parametrize("seen", [False, True])
def test_not_ready_with_the_database_away(
    stranger: Client, monkeypatch: pytest.MonkeyPatch, seen: bool
) -> None:
    def refuse(*_arguments: object) -> None:
        raise OperationalError("connection to anna@10.0.0.7 refused")

    monkeypatch.setattr(health.Migrations, "seen", seen)
    monkeypatch.setattr(
        "django.db.backends.base.base.BaseDatabaseWrapper.ensure_connection", refuse
    )
    response = stranger.get("/readyz/")
    assert response.status_code == 503
    found = response.json()
    found.pop("broker")
    assert found == {"ready": False, "database": "away", "migrations": "unknown"}


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/healthz/", "/readyz/"])
def test_staff_get_the_same_answer_and_nothing_about_them(
    stranger: Client, owner: User, path: str
) -> None:
    assert sign_in(owner).get(path).text == stranger.get(path).text
    assert stranger.post(path).status_code == 405
