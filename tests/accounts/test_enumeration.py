"""Nobody learns from a page, its work or its time who has an account."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection, transaction
from django.test import Client

from accounts.models import MailBudget, Share, Throttle
from accounts.throttling import LIMITS
from benchmarks.enumeration import PAGES, bring_in, measure
from customers.models import Customer
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


@pytest.mark.django_db
@pytest.mark.usefixtures("_counted_hashes")
def test_whoever_tries_too_often_learns_nothing_of_the_address_either() -> None:
    """Guesses at one account are counted by what was typed, whether somebody has it or not."""
    people = bring_in()
    found = set()
    for email in (UNKNOWN, people["known"], people["held"], people["disabled"]):
        for _ in range(LIMITS["login of account from ip"].tries):
            work_for("/account/login/", email)
        status, html, _headers, asked, hashes = work_for("/account/login/", email)
        found.add((status, html, tuple(asked), hashes))
        Throttle.objects.filter(name="login from ip").delete()
    assert (len(found), {status for status, *_ in found}) == (1, {429})


@pytest.mark.django_db
def test_those_whom_the_benchmark_calls_so_are_so() -> None:
    people = bring_in()
    assert {kind for kinds in PAGES.values() for kind in kinds} == set(people)
    with transaction.atomic():
        refused = {kind for kind in people if MailBudget.spend(people[kind], Share.SHOP)}
        assert MailBudget.spend(people["throttled"], Share.DESK)
    held = Customer.objects.held().values_list("identities__key", flat=True)
    assert ("throttled" in refused, list(held)) == (True, [people["held"]])


@pytest.mark.usefixtures("transactional_db")
def test_the_benchmark_runs_and_sees_what_a_naive_sign_in_tells(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    found = {one.name: one for one in measure(1)}
    assert len(found) == 2 * sum(map(len, PAGES.values())) + 1
    assert found["naive sign-in, right guesses"].value == 100
    assert {one.goal for name, one in found.items() if "/ " in name and "guesses" in name} == {1.2}
