"""Customers are found by whatever they say."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.listing import Asked
from customers import search
from customers.listing import CUSTOMERS, CustomerList
from customers.models import Customer, CustomerSearch, ExternalId, NameWord
from customers.near_spellings import near_spellings
from customers.search_rows import refresh_search
from customers.slots import customer_lookups
from tests.factories.customers import CustomerFactory

if TYPE_CHECKING:
    from accounts.models import User


def found(text: str, user: User, **asked: object) -> list[str]:
    rows = CUSTOMERS.read(Asked(text=text, **asked), user=user).page.rows  # type: ignore[arg-type]
    return [customer.name for customer in rows]


@pytest.fixture
def oguz(db: None) -> Customer:
    oguz = CustomerFactory(
        first_name="Oğuz",
        last_name="Yıldırım",
        email="oguz.y@example.com",
        phone="040 5550 1234",
        company="Straßenkaffee GmbH",
    )
    oguz.tag("Wholesale", by=None)
    return oguz


@pytest.fixture
def jana(db: None) -> Customer:
    return CustomerFactory(first_name="Jana", last_name="Müller", email="jana.m@example.de")


@pytest.mark.parametrize(
    "text",
    [
        "Oğuz Yıldırım",
        "yildirim oguz",
        "ldir",
        "YILDIRIM",
        "yi og",
        "oguz.y@example.com",
        "OGUZ.Y@EXAMPLE.COM",
        "oguz.y",
        "example.com",
        "strasse",
        "Straßenkaffee",
        "wholesale",
        "040 5550 1234",
        "040/55501234",
        "+49 40 5550-1234",
        "0049 40 5550 1234",
        "+49 (0)40 5550 1234",
        "5550 1234",
        "04055501",
        "Yıldırım, Oğuz",
        "yildirim 04055501234",
    ],
)
def test_a_customer_is_found_by_any_of_it(
    text: str, oguz: Customer, jana: Customer, agent: User
) -> None:
    assert found(text, agent) == ["Oğuz Yıldırım"]


@pytest.mark.parametrize(
    "text", ["Müller", "Mueller", "Muller", "müll", "muel", "ller", "jana mue"]
)
def test_ue_and_umlauts_are_one(text: str, jana: Customer, oguz: Customer, agent: User) -> None:
    assert found(text, agent) == ["Jana Müller"]


@pytest.mark.parametrize("text", ["Müller", "Mueller", "Muller", "eller", "uelle"])
def test_who_is_written_with_ue_is_found_too(text: str, oguz: Customer, agent: User) -> None:
    CustomerFactory(first_name="Karl", last_name="Mueller", email="k@example.org")
    assert found(text, agent) == ["Karl Mueller"]


@pytest.mark.parametrize("text", ["%", "_", "\\", "100%", "j_na", "ja%na", "' OR 1=1 --", "\\%"])
def test_signs_of_patterns_mean_themselves(text: str, jana: Customer, agent: User) -> None:
    assert found(text, agent) == []


@pytest.mark.parametrize(
    "text", ["x" * 10_000, "a " * 5000, "ſ" * 300, "½ ¾", "\u202e", "@", "+", "#"]
)
def test_strange_texts_find_nobody_and_break_nothing(
    text: str, jana: Customer, agent: User
) -> None:
    found(text, agent)


@given(text=st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_text_breaks_the_search(text: str, jana: Customer, agent: User) -> None:
    CUSTOMERS.read(Asked(text=text), user=agent)


def test_two_letters_are_the_start_of_a_word(jana: Customer, oguz: Customer, agent: User) -> None:
    assert found("ja", agent) == ["Jana Müller"]
    assert found("an", agent) == []


def test_a_full_address_names_one_customer(jana: Customer, agent: User) -> None:
    CustomerFactory(first_name="Other", email="not.jana.m@example.de")
    assert found("jana.m@example.de", agent) == ["Jana Müller"]


def test_an_id_of_another_shop_names_one_customer(jana: Customer, agent: User) -> None:
    ExternalId.objects.create(customer=jana, source="shopify", value="9007199254740993")
    assert found("9007199254740993", agent) == ["Jana Müller"]


def test_several_shops_may_use_one_id(jana: Customer, oguz: Customer, agent: User) -> None:
    for source, customer in (("a", oguz), ("shopify", jana), ("woocommerce", oguz)):
        ExternalId.objects.create(customer=customer, source=source, value="9007199254740993")
        ExternalId.objects.create(customer=jana, source=source, value="9007199254740994")
    assert set(found("9007199254740993", agent)) == {jana.name, oguz.name}
    assert found("9007199254740994", agent) == [jana.name]


def test_other_apps_look_up_their_own_numbers(
    jana: Customer, oguz: Customer, agent: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        customer_lookups,
        "_entries",
        [(0, lambda text: {jana.pk: "Order #1042"} if text == "#1042" else {})],
    )
    assert found("#1042", agent) == ["Jana Müller"]
    assert found("#1043", agent) == []


def test_who_is_not_staff_finds_nobody(customer: Customer, jana: Customer) -> None:
    assert found("jana", customer.user) == []


class TestAfterAChange:
    def test_the_new_name_finds_and_the_old_one_does_not(self, jana: Customer, agent: User) -> None:
        jana.change(by=agent, expected_version=1, last_name="Weiß", first_name="Ana")
        assert found("weiss", agent) == ["Ana Weiß"]
        assert found("müller", agent) == []

    def test_a_tag_finds_until_it_is_taken_off(self, jana: Customer, agent: User) -> None:
        jana.tag("Stammkundin", by=agent)
        assert found("stammk", agent) == ["Jana Müller"]
        jana.untag(jana.tags.get(), by=agent)
        assert found("stammk", agent) == []

    def test_a_removed_address_finds_no_longer(self, jana: Customer, agent: User) -> None:
        work = jana.add_email("chefin@kaffee.example", by=agent)
        assert found("chefin", agent) == ["Jana Müller"]
        jana.remove_identity(work, by=agent)
        assert found("chefin", agent) == []

    def test_writing_the_rows_again_changes_nothing(self, jana: Customer) -> None:
        before = CustomerSearch.objects.get(pk=jana.pk).doc
        refresh_search([jana.pk])
        refresh_search([])
        assert CustomerSearch.objects.get(pk=jana.pk).doc == before


class TestNearSpellings:
    def test_a_misspelt_name_is_offered_right(self, jana: Customer, oguz: Customer) -> None:
        assert near_spellings("mulerr") == ["Müller"]
        assert near_spellings("jana mulerr") == ["jana Müller"]

    def test_what_finds_nobody_is_not_offered(self, jana: Customer) -> None:
        NameWord.objects.create(word="mullner", spelling="Müllner")
        assert near_spellings("mulerr") == ["Müller"]

    def test_the_list_offers_them_only_when_nobody_is_found(
        self, jana: Customer, agent: User
    ) -> None:
        assert CUSTOMERS.read(Asked(text="mulerr"), user=agent).offers == ["Müller"]
        assert CUSTOMERS.read(Asked(text="müller"), user=agent).offers == []


class TestManyHits:
    """With a probe of four rows and pages of three, few customers show what many would."""

    @pytest.fixture(autouse=True)
    def small_steps(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(search, "WINDOW_ROWS", 4)
        monkeypatch.setattr(CustomerList, "page_size", 3)

    def _customers(self, names: str) -> None:
        start = timezone.now() - timedelta(days=10)
        for number, name in enumerate(names):
            CustomerFactory(
                first_name=name * 3,
                last_name=f"N{number}",
                created_at=start + timedelta(hours=number),
            )

    def _walk(self, agent: User, text: str, **asked: object) -> list[str]:
        names: list[str] = []
        cursor = ""
        while True:
            page = CUSTOMERS.read(Asked(text=text, cursor=cursor, **asked), user=agent).page  # type: ignore[arg-type]
            names += [customer.last_name for customer in page.rows]
            if not page.next:
                return names
            cursor = page.next

    @pytest.mark.parametrize(
        "names", ["a" * 11, "aaabbbbbbbb", "bbbbbbbaaaa", "abababababa", "bbbbb"]
    )
    def test_paging_meets_every_hit_once_newest_first(self, agent: User, names: str) -> None:
        self._customers(names)
        expected = [
            f"N{number}" for number, name in reversed(list(enumerate(names))) if name == "a"
        ]
        assert self._walk(agent, "aaa") == expected
        assert sorted(self._walk(agent, "aaa", sort="name")) == sorted(expected)

    def test_one_can_page_back(self, agent: User) -> None:
        self._customers("a" * 8)
        first = CUSTOMERS.read(Asked(text="aaa"), user=agent).page
        second = CUSTOMERS.read(Asked(text="aaa", cursor=first.next), user=agent).page
        back = CUSTOMERS.read(Asked(text="aaa", cursor=second.previous), user=agent).page
        assert [row.pk for row in back.rows] == [row.pk for row in first.rows]
        assert (back.previous, bool(back.next)) == ("", True)

    def test_few_hits_are_counted_exactly(self, agent: User) -> None:
        self._customers("aabbbbbbbb")
        total = CUSTOMERS.read(Asked(text="aaa"), user=agent).total
        assert (total.number, total.is_about) == (2, False)

    def test_many_hits_are_honestly_about(self, agent: User) -> None:
        self._customers("a" * 12)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE customers_customersearch")
        total = CUSTOMERS.read(Asked(text="aaa"), user=agent).total
        assert (total.number, total.is_about) == (12, True)


def test_a_search_that_takes_too_long_shows_the_newest_and_says_so(
    jana: Customer, agent: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = (
        "SELECT customer_id, created_at, pg_sleep(5), true AS is_best, 1 AS hits"
        " FROM customers_customersearch WHERE {hit}"
    )
    monkeypatch.setattr(search, "_ALL", slow)
    monkeypatch.setattr(search._Window, "is_last", False)
    monkeypatch.setattr("django.conf.settings.SEARCH_TIMEOUT_MS", 50)
    result = CUSTOMERS.read(Asked(text="jana"), user=agent)
    assert ([row.name for row in result.page.rows], result.is_too_slow) == (["Jana Müller"], True)
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("0",)
