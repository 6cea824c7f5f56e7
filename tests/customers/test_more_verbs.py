"""Addresses, account states, consents and tags: each verb with its refusal, repeat and race."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from core.conflicts import ChangedMeanwhile
from customers import followers
from customers.models import (
    Address,
    Customer,
    TooManyTags,
)
from events.models import Event
from tests.factories.customers import CustomerFactory
from tests.threads import all_at_once

if TYPE_CHECKING:
    from accounts.models import User


at_once = partial(all_at_once, threads=4)


def events_about(customer: Customer) -> list[str]:
    return list(Event.objects.about(customer).order_by("id").values_list("name", flat=True))


class TestPostalAddresses:
    def test_the_first_one_is_the_default_and_stands_on_the_customer(
        self, customer: Customer
    ) -> None:
        home = customer.add_address(by=None, city="Hamburg", country="DE")
        work = customer.add_address(by=None, city="Graz", country="AT")
        assert (home.is_default, work.is_default) == (True, False)
        customer.refresh_from_db()
        assert (customer.city, customer.country) == ("Hamburg", "DE")

    def test_another_default_moves_the_customer(self, customer: Customer) -> None:
        customer.add_address(by=None, city="Hamburg", country="DE")
        work = customer.add_address(by=None, city="Graz", country="AT")
        assert work.make_default(by=None)
        assert work.make_default(by=None) is False
        customer.refresh_from_db()
        assert (customer.city, customer.country) == ("Graz", "AT")

    def test_the_next_one_follows_when_the_default_goes(self, customer: Customer) -> None:
        home = customer.add_address(by=None, city="Hamburg", country="DE")
        work = customer.add_address(by=None, city="Graz", country="AT")
        assert home.remove(by=None)
        assert home.remove(by=None) is False
        assert customer.addresses.get().pk == work.pk
        customer.refresh_from_db()
        assert customer.city == "Graz"
        work.remove(by=None)
        customer.refresh_from_db()
        assert (customer.city, customer.country) == ("", "")

    def test_who_read_an_older_version_is_refused(self, customer: Customer) -> None:
        home = customer.add_address(by=None, city="Hamburg", country="DE")
        home.change(by=None, expected_version=1, city="Bremen")
        with pytest.raises(ChangedMeanwhile):
            home.change(by=None, expected_version=1, city="Kiel")
        customer.refresh_from_db()
        assert customer.city == "Bremen"

    def test_a_default_that_changed_meanwhile_stands_as_it_is_now(self, customer: Customer) -> None:
        customer.add_address(by=None, city="Hamburg", country="DE")
        work = customer.add_address(by=None, city="Graz", country="AT")
        Address.objects.get(pk=work.pk).change(by=None, expected_version=1, city="Wien")
        work.make_default(by=None)
        customer.refresh_from_db()
        assert (work.city, work.is_default, customer.city) == ("Wien", True, "Wien")

    def test_changing_and_choosing_at_once_leave_the_customer_where_the_default_is(
        self, transactional_db: None
    ) -> None:
        jana = CustomerFactory()
        homes = [jana.add_address(by=None, city=f"{number}") for number in range(2)]

        def act(number: int) -> object:
            address = Address.objects.get(pk=homes[number % 2].pk)
            if number < 2:
                return address.make_default(by=None)
            return address.change(by=None, expected_version=1, city=f"New {number}")

        outcomes = at_once(act)
        assert [one for one in outcomes if isinstance(one, Exception)] == []
        jana.refresh_from_db()
        assert jana.city == jana.addresses.get(is_default=True).city

    def test_of_several_first_addresses_one_is_the_default(self, transactional_db: None) -> None:
        jana = CustomerFactory()
        at_once(
            lambda number: Customer.objects.get(pk=jana.pk).add_address(by=None, city=f"{number}")
        )
        assert jana.addresses.count() == 4
        assert jana.addresses.filter(is_default=True).count() == 1


class TestDisabling:
    def test_disabling_tells_followers_once(
        self, agent: User, customer: Customer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        told: list[object] = []
        monkeypatch.setattr(followers, "_after_barring", [told.append])
        assert customer.disable(by=agent)
        assert customer.disable(by=agent) is False
        assert told == [[customer.pk]]
        assert customer.disabled_by == agent
        assert events_about(customer) == ["customer.created", "customer.disabled"]

    def test_disabling_and_the_account_are_two_facts(self, agent: User, customer: Customer) -> None:
        customer.disable(by=agent)
        assert customer.account_state == "enabled"
        assert customer.enable_again(by=agent)
        assert customer.enable_again(by=agent) is False
        assert customer.disabled_at is None

    def test_of_several_who_disable_at_once_one_does(self, transactional_db: None) -> None:
        jana = CustomerFactory()
        outcomes = at_once(lambda _number: Customer.objects.get(pk=jana.pk).disable(by=None))
        assert sorted(map(str, outcomes)) == ["False", "False", "False", "True"]


class TestAccountStates:
    def test_an_invite_is_answered_once(self, db: None) -> None:
        karla = CustomerFactory()
        assert karla.account_declined() is False
        assert karla.account_invited()
        assert karla.account_invited() is False
        assert karla.account_declined()
        assert karla.account_enabled()
        assert karla.account_invited() is False
        assert karla.account_state == "enabled"


class TestTags:
    def test_a_tag_is_one_whatever_its_capitals(self, agent: User, customer: Customer) -> None:
        assert customer.tag("VIP", by=agent)
        assert customer.tag("vip", by=agent) is False
        assert [tag.name for tag in customer.tags.all()] == ["VIP"]
        assert events_about(customer) == ["customer.created", "customer.tagged"]

    def test_a_tag_comes_off_once(self, agent: User, customer: Customer) -> None:
        customer.tag("VIP", by=agent)
        vip = customer.tags.get()
        assert customer.untag(vip, by=agent)
        assert customer.untag(vip, by=agent) is False

    def test_nobody_carries_more_than_250(
        self, agent: User, customer: Customer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("customers.models.tags.TAGS_PER_CUSTOMER", 1)
        customer.tag("one", by=agent)
        with pytest.raises(TooManyTags):
            customer.tag("two", by=agent)

    def test_one_tag_at_once_is_carried_once(self, transactional_db: None) -> None:
        jana = CustomerFactory()
        outcomes = at_once(lambda _number: Customer.objects.get(pk=jana.pk).tag("VIP", by=None))
        assert sorted(map(str, outcomes)) == ["False", "False", "False", "True"]
