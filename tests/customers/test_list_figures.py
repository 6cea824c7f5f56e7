"""The figures above the customers' list: true, cheap, honest where nobody counted to the end."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from accounts.models import LinkState, Purpose, ResetRequest
from core import totals
from customers import list_figures as figures
from customers.models import Customer
from tests.factories.accounts import sign_in
from tests.factories.customers import CustomerFactory

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db
LIST = "/admin/customers/"
NOW = timezone.now()


def shown() -> list[tuple[str, str, str]]:
    with translation.override("en"):
        return [(str(one.label), one.value, one.detail) for one in figures.list_figures()]


def reset(customer: Customer, *, days: float, ending: str = "", purpose: str = "reset") -> None:
    ResetRequest.objects.create(
        customer=customer,
        purpose=purpose,
        to="x@example.de",
        started_at=NOW - timedelta(days=days),
        expires_at=NOW,
        closed_at=NOW if ending else None,
        ending=ending,
    )


def test_an_empty_shop() -> None:
    assert shown() == [
        ("Customers", "0", "0 new in 30 days"),
        ("Accounts enabled", "0", ""),
        ("Reset mails, 7 days", "0", ""),
        ("Subscribed to e-mail", "0", ""),
    ]


def test_they_count_accounts_resets_and_subscribers() -> None:
    people = [CustomerFactory(account_state="enabled"), CustomerFactory(), CustomerFactory()]
    CustomerFactory(created_at=NOW - timedelta(days=31), email_consent="SUBSCRIBED")
    reset(people[0], days=8, ending=LinkState.USED)  # of the week before
    reset(people[0], days=6, ending=LinkState.USED)
    reset(people[1], days=5, ending=LinkState.REPLACED)
    reset(people[1], days=4, ending=LinkState.USED)
    reset(people[2], days=3, ending=LinkState.USED, purpose=Purpose.INVITE)
    reset(people[2], days=2)
    assert shown() == [
        ("Customers", "4", "3 new in 30 days"),
        ("Accounts enabled", "1", "25%"),
        ("Reset mails, 7 days", "4", "50% completed"),
        ("Subscribed to e-mail", "1", "25%"),
    ]


def test_large_numbers_are_about_and_nothing_is_counted_to_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(totals, "COUNTED_TO", 2)
    for _number in range(12):
        CustomerFactory(account_state="enabled")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE customers_customer")
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert [value for _label, value, _detail in shown()][:2] == ["about 12", "about 12"]
    counts = [query["sql"] for query in queries if "COUNT(" in query["sql"].upper()]
    unbounded = [sql for sql in counts if "LIMIT 3" not in sql and "resetrequest" not in sql]
    assert unbounded == []


def test_a_slow_database_shows_the_list_without_them(
    monkeypatch: pytest.MonkeyPatch, settings: object, agent: User, customer: Customer
) -> None:
    def slow(_everybody: totals.Total) -> object:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(5)")
        raise AssertionError

    monkeypatch.setattr(figures.customer_figures, "_entries", [(1, slow)])
    settings.SEARCH_TIMEOUT_MS = 200  # type: ignore[attr-defined]
    page = sign_in(agent).get(LIST).content.decode()
    assert ("Jana Müller" in page, 'class="stats"' in page) == (True, False)


def test_they_lead_to_the_rows_they_count(agent: User, customer: Customer) -> None:
    client = sign_in(agent, headers={"Accept-Language": "en"})
    page = client.get(LIST).content.decode()
    assert page.count('class="stats"') == 1
    for query in ("view=account", "subscription=SUBSCRIBED"):
        assert f'<dd><a href="{LIST}?{query}">' in page


def test_typing_does_not_count_them_again(agent: User, customer: Customer) -> None:
    page = sign_in(agent).get(f"{LIST}?q=jana", headers={"HX-Request": "true"}).content.decode()
    assert ("Jana Müller" in page, 'class="stats"' in page) == (True, False)
