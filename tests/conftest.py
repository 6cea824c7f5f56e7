"""The cast: people every test knows by name, and browsers they sit at."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test import Client

from core.room import with_room
from shopdesk.translations import compile_outdated
from tests.brokers import forget_connections, lose_everything, use_empty_broker
from tests.factories.accounts import StaffFactory, sign_in
from tests.factories.customers import CustomerFactory

if TYPE_CHECKING:
    from pytest_django.fixtures import SettingsWrapper

    from accounts.models import User
    from customers.models import Customer


def pytest_configure() -> None:
    """A fresh checkout speaks English only until its translations are compiled, as at any start."""
    compile_outdated()


@pytest.hookimpl(tryfirst=True)
@with_room
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool:
    """Run the test, as pytest would: it stands deep in the stack (core/room.py)."""
    names = pyfuncitem._fixtureinfo.argnames
    pyfuncitem.obj(**{name: pyfuncitem.funcargs[name] for name in names})
    return True


def pytest_sessionfinish(session: pytest.Session) -> None:
    """In CI nothing may be left out: a skipped test counts as a failed one."""
    told = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and told is not None and told.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(scope="session", autouse=True)
def quick_emptying() -> None:
    """After a test that commits, rows are deleted: TRUNCATE makes new files for every table.

    Like it, this waits for whoever still writes.
    """

    def sql_flush(_style: object, tables: Iterable[str], **_options: object) -> list[str]:
        named = [f'"{table}"' for table in tables]
        deletes = "; ".join(f"DELETE FROM {name}" for name in named)
        return [f"LOCK TABLE {', '.join(named)} IN EXCLUSIVE MODE; {deletes}"]

    connection.ops.sql_flush = sql_flush


@pytest.fixture(autouse=True)
def quick_hashes(settings: SettingsWrapper) -> None:
    """A real hash takes its time on purpose; a thousand of them take all of ours."""
    settings.PASSWORD_HASHERS = ["tests.hashers.QuickArgon2"]


@pytest.fixture
def empty_broker(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What this process tells workers lies in a broker of the test's own (tests/brokers.py)."""
    use_empty_broker(monkeypatch)
    yield
    lose_everything()
    forget_connections()


@pytest.fixture
def owner(db: None) -> User:
    return StaffFactory(name="Olivia Owner", email="olivia@desk.example", role="owner")


@pytest.fixture
def lead(db: None) -> User:
    return StaffFactory(name="Lars Lead", email="lars@desk.example", role="lead")


@pytest.fixture
def agent(db: None) -> User:
    return StaffFactory(name="Anna Agent", email="anna@desk.example", role="agent")


@pytest.fixture
def other_agent(db: None) -> User:
    return StaffFactory(name="Otto Other", email="otto@desk.example", role="agent")


@pytest.fixture
def reader(db: None) -> User:
    return StaffFactory(name="Rita Reader", email="rita@desk.example", role="read_only")


@pytest.fixture
def customer(db: None) -> Customer:
    """Jana Müller, who has an account."""
    return CustomerFactory(
        first_name="Jana", last_name="Müller", email="jana.mueller@example.de", account=True
    )


@pytest.fixture
def stranger() -> Client:
    """Somebody who is not signed in anywhere."""
    return Client(headers={"Accept-Language": "en"})


@pytest.fixture
def cast(owner: User, lead: User, agent: User, other_agent: User, reader: User) -> dict[str, User]:
    return {
        "owner": owner,
        "lead": lead,
        "agent": agent,
        "other_agent": other_agent,
        "reader": reader,
    }


@pytest.fixture
def desk_client() -> Callable[[User], Client]:
    """A browser in which a member of staff has signed in at the desk."""
    return sign_in


@pytest.fixture
def shop_client() -> Callable[[User], Client]:
    """A browser in which a customer has signed in at the storefront."""
    return sign_in
