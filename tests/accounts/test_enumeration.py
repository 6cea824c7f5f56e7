"""Nobody learns from a page, its work or its time who has an account."""

from __future__ import annotations

import re
from contextlib import contextmanager
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import MailBudget, Share, SpokenCode, Throttle
from accounts.spoken import digest_of
from accounts.throttling import LIMITS
from benchmarks.enumeration import (
    CODES,
    PAGES,
    VERIFY,
    auc,
    bring_in,
    make_codes,
    measure,
    told_of,
)
from benchmarks.harness import Spread
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
@pytest.mark.parametrize("page", ["/account/recover/", "/account/register/", "/admin/recover/"])
def test_a_stopwatch_does_not_tell_who_gets_a_link(page: str, settings: Any) -> None:
    """Noise alone leaves this band once in 80,000 runs; hashing or mailing for known ones, always.

    The benchmark looks closer, at each kind of person, where nothing else runs.
    """
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    kind = PAGES[page][0]
    known = {kind: bring_in()[kind]}
    strangers = (f"nobody{number}@example.de" for number in count())
    _median, found = told_of(page, known, strangers, 40)
    assert found.name.startswith(f"{page} {kind}, AUC")
    assert 0.2 < found.value < 0.8


@pytest.mark.django_db
@pytest.mark.usefixtures("_counted_hashes")
def test_whoever_tries_too_often_learns_nothing_of_the_address_either(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Guesses at one account are counted by what was typed, whether somebody has it or not."""
    people, now = bring_in(), timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now)  # the page says when to come back
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
    held = [one.primary_email for one in Customer.objects.held()]
    assert ("throttled" in refused, held) == (True, [people["held"]])


@pytest.mark.usefixtures("transactional_db")
def test_the_benchmark_runs_and_sees_what_a_naive_sign_in_tells(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    found = {one.name.partition(", ")[0]: one for one in measure(1)}
    asked = {
        f"{page} {kind}" for page, kinds in [*PAGES.items(), (VERIFY, CODES)] for kind in kinds
    }
    assert {*found} == {*asked, "naive sign-in"}
    assert (found["naive sign-in"].value, found["naive sign-in"].met) == (1, False)


def test_the_codes_of_the_benchmark_are_what_it_calls_them(db: None) -> None:
    people = bring_in()
    codes = make_codes(people)
    assert [*codes] == CODES
    by_digest = {code.digest: code for code in SpokenCode.objects.all()}
    found = [by_digest[digest_of(text)] for text in codes.values()]
    assert [one.state for one in found] == ["open", "withdrawn", "open"]
    assert [one.identity_check.customer.is_held for one in found] == [False, False, True]


@pytest.mark.parametrize(
    ("known", "unknown", "expected"),
    [([3, 4], [1, 2], 1.0), ([1, 2], [3, 4], 0.0), ([1, 4], [2, 3], 0.5), ([1, 1], [1, 1], 0.5)],
)
def test_auc_is_the_share_of_pairs_in_which_the_known_one_is_slower(
    known: list[float], unknown: list[float], expected: float
) -> None:
    assert auc(Spread(tuple(known)), Spread(tuple(unknown))) == expected
