"""Tags: several between commas, offered while one types, and made in one order."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.urls import reverse

from customers.models import Customer, Tag, TooManyTags
from tests.customers.page_addresses import HTMX, text_of, url

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from accounts.models import User


@pytest.fixture
def client(agent: User, desk_client: Callable[[User], Client]) -> Client:
    return desk_client(agent)


def tags_of(customer: Customer) -> list[str]:
    return list(customer.tags.order_by("key").values_list("name", flat=True))


def test_commas_separate_tags(client: Client, customer: Customer) -> None:
    client.post(url("customer_tag_add", customer), {"tag": "VIP, Hof ,, vip "})
    assert tags_of(customer) == ["Hof", "vip"]


@pytest.mark.parametrize("typed", ["", " , ", "x" * 256, f"VIP,{'x' * 256}"])
def test_what_is_no_tag_is_refused(typed: str, client: Client, customer: Customer) -> None:
    answer = client.post(url("customer_tag_add", customer), {"tag": typed}, headers=HTMX)
    assert '"level": "error"' in answer["HX-Trigger"]
    assert tags_of(customer) == []


def test_a_refused_tag_is_still_in_its_field(client: Client, customer: Customer) -> None:
    customer.tag_all((f"t{number}" for number in range(250)), by=None)
    for typed in ["x" * 256, "one more"]:
        answer = client.post(url("customer_tag_add", customer), {"tag": typed}, headers=HTMX)
        assert f'name="tag" value="{typed}"' in text_of(answer)


def test_several_are_put_on_or_none(customer: Customer) -> None:
    customer.tag_all((f"t{number}" for number in range(249)), by=None)
    with pytest.raises(TooManyTags):
        customer.tag_all(["a", "b"], by=None)
    assert len(tags_of(customer)) == 249
    assert [tag.name for tag in customer.tag_all(["T1", "a"], by=None)] == ["a"]


class TestOffers:
    @pytest.fixture(autouse=True)
    def tags(self, db: None) -> None:
        Tag.named_all(["VIP", "Vip-Kunde", "Großkunde", "Stammkunde", "a%b"])

    def offered(self, client: Client, typed: str) -> list[str]:
        page = text_of(client.get(reverse("tag_list"), {"tag": typed}, headers=HTMX))
        return [line.partition('"')[0] for line in page.split('value="')[1:]]

    def test_tags_that_begin_so_come_first(self, client: Client) -> None:
        Tag.named_all(["Kunde"])
        assert self.offered(client, "kun") == ["Kunde", "Großkunde", "Stammkunde", "Vip-Kunde"]
        assert self.offered(client, "vi") == ["VIP", "Vip-Kunde"]
        assert self.offered(client, "%") == ["a%b"]

    def test_after_a_comma_the_next_one_is_offered(self, client: Client) -> None:
        assert self.offered(client, "Hof, vi") == ["Hof, VIP", "Hof, Vip-Kunde"]

    def test_of_many_a_few_are_shown(self, client: Client) -> None:
        Tag.objects.bulk_create(Tag(name=f"n{one}", key=f"n{one}") for one in range(200))
        assert len(self.offered(client, "n")) == 12


@pytest.mark.django_db(transaction=True)
def test_two_who_make_the_same_tags_wait_for_each_other_and_never_in_a_circle() -> None:
    start = Barrier(2)

    def add(names: list[str]) -> int:
        try:
            start.wait(timeout=30)
            return Customer.create(by=None, first_name=f"{names[0]}", tags=names).pk
        finally:
            connection.close()

    words = [f"word{number}" for number in range(60)]
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(add, [words, words[::-1]]))
    assert Tag.objects.count() == 60
    assert [Customer.objects.get(pk=pk).tags.count() for pk in found] == [60, 60]
