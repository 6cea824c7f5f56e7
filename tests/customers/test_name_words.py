"""Spellings are offered while somebody is called so; each night the others are forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection

from customers.models import Customer, NameWord
from customers.tasks import forget_name_words
from tests.factories.customers import CustomerFactory

if TYPE_CHECKING:
    from accounts.models import User


def known() -> set[str]:
    return set(NameWord.objects.values_list("spelling", flat=True))


@pytest.fixture
def everybody(db: None) -> list[Customer]:
    names = [("Jana", "Müller-Lüdenscheidt"), ("Seán", "O'Neil"), ("Łukasz", "Großmann")]
    names += [("Ann", "Meyer-O'Brien"), ("Zoë", "Saint-D'Arcy-Abel")]
    people = [CustomerFactory(first_name=first, last_name=last) for first, last in names]
    people.append(CustomerFactory(first_name="", last_name="", company="Kaffee & Söhne, GmbH"))
    return people


def test_the_words_of_all_who_are_here_stay(everybody: list[Customer]) -> None:
    before = known()
    assert {"Müller", "Lüdenscheidt", "O'Neil", "Großmann", "O'Brien", "D'Arcy"} <= before
    assert (forget_name_words(), known()) == (0, before)


def test_a_name_that_was_given_up_is_forgotten(everybody: list[Customer], agent: User) -> None:
    jana = everybody[0]
    jana.change(by=agent, expected_version=jana.version, last_name="Abt")
    assert "Lüdenscheidt" in known()
    assert forget_name_words() == 2
    assert known() & {"Lüdenscheidt", "Müller", "Jana", "Abt"} == {"Jana", "Abt"}
    assert forget_name_words() == 0


def test_a_person_who_is_gone_leaves_no_name_behind(everybody: list[Customer]) -> None:
    namesake = CustomerFactory(first_name="Jana", last_name="Abt")
    Customer.objects.exclude(pk=namesake.pk).delete()
    forget_name_words()
    assert known() == {"Jana", "Abt"}


def test_somebody_else_of_that_name_keeps_it(everybody: list[Customer], agent: User) -> None:
    CustomerFactory(last_name="Mueller")
    jana = everybody[0]
    jana.change(by=agent, expected_version=jana.version, last_name="Abt")
    forget_name_words()
    assert "Müller" in known()


def test_a_word_that_was_forgotten_while_somebody_came_by_it_is_back(
    everybody: list[Customer],
) -> None:
    before = known()
    NameWord.objects.filter(spelling__in=["O'Brien", "Großmann"]).delete()
    assert (forget_name_words(), known()) == (0, before)


@pytest.mark.django_db(transaction=True)
def test_neither_pass_over_all_names_is_compiled_first() -> None:
    CustomerFactory()
    compiled: list[str] = []

    def look(execute: Any, sql: str, *rest: Any) -> Any:
        if "customers_nameword" in sql:
            with connection.connection.cursor() as same:
                compiled.extend(same.execute("SHOW jit").fetchone())
        return execute(sql, *rest)

    with connection.execute_wrapper(look):
        forget_name_words()
    assert compiled == ["off", "off"]
