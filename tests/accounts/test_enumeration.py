"""Nobody learns from a page, its work or its time who has an account."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test import Client

from benchmarks.enumeration import PAGES, bring_in, measure
from tests.accounts.conftest import same_for_all
from tests.hashers import CountingArgon2

if TYPE_CHECKING:
    from collections.abc import Iterator

UNKNOWN = "nobody@example.de"
OF_THE_ANSWER = {"X-Request-ID", "Content-Length", "Content-Security-Policy"}
NAMES = re.compile(r'"s\d+_x\d+"')


@pytest.fixture
def _counted_hashes(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["tests.hashers.CountingArgon2"]


@contextmanager
def statements() -> Iterator[list[str]]:
    """What the database was asked, in shape: placeholders for values, no names of savepoints."""
    asked: list[str] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        asked.append(NAMES.sub("", sql))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield asked


def work_for(page: str, email: str) -> tuple[Any, ...]:
    """Answer, queries in shape and order, and how many passwords were hashed."""
    browser = Client(headers={"Accept-Language": "en"})
    before = CountingArgon2.count
    with statements() as asked:
        answer = browser.post(page, {"email": email, "password": "Milch-und-Zucker-1"})
    html = same_for_all(answer).replace(email, "")
    # The address stands on some pages, and has a length.
    headers = {name for name in answer.headers.items() if name[0] not in OF_THE_ANSWER}
    return answer.status_code, html, headers, asked, CountingArgon2.count - before


@pytest.mark.django_db
@pytest.mark.usefixtures("_counted_hashes")
@pytest.mark.parametrize("page", PAGES)
def test_known_and_unknown_addresses_cost_the_same_work(page: str) -> None:
    people = bring_in()
    stranger = work_for(page, UNKNOWN)
    assert stranger[-1] == (1 if page.endswith("/login/") else 0)
    assert len(stranger[3]) > 3
    for kind in [*PAGES[page], *people]:
        assert work_for(page, people[kind]) == stranger, kind


@pytest.mark.usefixtures("transactional_db")
def test_the_benchmark_runs_and_sees_what_a_naive_sign_in_tells(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    found = {one.name: one for one in measure(1)}
    assert len(found) == 2 * sum(map(len, PAGES.values())) + 1
    assert found["naive sign-in, right guesses"].value == 100
    assert {one.goal for name, one in found.items() if "/ " in name and "guesses" in name} == {1.2}
