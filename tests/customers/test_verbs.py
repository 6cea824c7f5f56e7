"""What staff and the customer themselves can change on a customer, and what is then on record."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from core.conflicts import ChangedMeanwhile
from customers import followers
from customers.models import (
    AddressTaken,
    BadIdentity,
    Customer,
    LastWayIn,
    Proof,
)
from events.models import Event
from tests.factories.customers import CustomerFactory
from tests.threads import all_at_once

if TYPE_CHECKING:
    from accounts.models import User


at_once = partial(all_at_once, threads=4)


def events_about(customer: Customer) -> list[str]:
    return list(Event.objects.about(customer).order_by("id").values_list("name", flat=True))


class TestCreating:
    def test_a_customer_is_created_with_their_address_and_one_event(self, agent: User) -> None:
        jana = Customer.create(
            by=agent, first_name="Jana", last_name="Müller", email="Jana@Example.DE"
        )
        identity = jana.identities.get()
        assert (identity.value, identity.key) == ("Jana@Example.DE", "jana@example.de")
        assert identity.is_primary
        assert jana.sort_name == "muller jana"
        assert events_about(jana) == ["customer.created"]

    def test_an_address_that_is_anothers_leaves_nothing_behind(self, customer: Customer) -> None:
        with pytest.raises(AddressTaken):
            Customer.create(by=None, email="JANA.MUELLER@example.de")
        assert Customer.objects.count() == 1

    @pytest.mark.parametrize(
        "address", ["", "jana", "jana@", "a b@c.de", "x" * 250 + "@example.de"]
    )
    def test_what_is_no_address_is_refused(self, db: None, address: str) -> None:
        with pytest.raises(BadIdentity):
            Customer.create(by=None).add_email(address, by=None)

    @pytest.mark.parametrize(
        ("typed", "key"),
        [
            ("040 5550-1234", "+494055501234"),
            ("+49 (0)40 55501234", "+494055501234"),
            ("0049 40 55501234", "+494055501234"),
            ("+43 1 5550123", "+4315550123"),
        ],
    )
    def test_a_phone_is_known_by_its_international_form(
        self, db: None, typed: str, key: str
    ) -> None:
        assert CustomerFactory(phone=typed).identities.phones().get().key == key

    def test_of_two_who_take_one_address_at_once_one_gets_it(self, transactional_db: None) -> None:
        outcomes = at_once(lambda _number: Customer.create(by=None, email="jana@example.de"))
        assert sorted(type(outcome).__name__ for outcome in outcomes) == [
            "AddressTaken",
            "AddressTaken",
            "AddressTaken",
            "Customer",
        ]


class TestChanging:
    def test_a_change_is_saved_and_named_without_its_values(
        self, agent: User, customer: Customer
    ) -> None:
        assert customer.change(by=agent, expected_version=1, last_name="Schmidt", note="Kind.")
        assert (customer.last_name, customer.version) == ("Schmidt", 2)
        event = Event.objects.about(customer).latest("id")
        assert (event.name, event.plain) == ("customer.changed", {"fields": ["last_name", "note"]})

    def test_the_same_again_changes_nothing(self, agent: User, customer: Customer) -> None:
        assert customer.change(by=agent, expected_version=1, last_name="Müller") is False
        assert customer.version == 1
        assert events_about(customer) == ["customer.created"]

    def test_who_read_an_older_version_is_refused(self, agent: User, customer: Customer) -> None:
        customer.change(by=agent, expected_version=1, company="Kaffee Nord")
        with pytest.raises(ChangedMeanwhile):
            customer.change(by=agent, expected_version=1, company="Kaffee Süd")
        customer.refresh_from_db()
        assert customer.company == "Kaffee Nord"

    def test_fields_of_other_verbs_are_refused(self, agent: User, customer: Customer) -> None:
        with pytest.raises(TypeError):
            customer.change(by=agent, expected_version=1, account_state="enabled")

    def test_of_two_who_save_at_once_one_is_told(self, transactional_db: None) -> None:
        jana = CustomerFactory()
        outcomes = at_once(
            lambda number: Customer.objects.get(pk=jana.pk).change(
                by=None, expected_version=1, company=f"Company {number}"
            )
        )
        assert sorted(str(type(outcome).__name__) for outcome in outcomes) == [
            "ChangedMeanwhile",
            "ChangedMeanwhile",
            "ChangedMeanwhile",
            "bool",
        ]


class TestAddressesToWriteTo:
    def test_a_second_address_is_kept_beside_the_first(
        self, agent: User, customer: Customer
    ) -> None:
        second = customer.add_email("jana@work.example", by=agent)
        assert (second.is_primary, second.proof) == (False, Proof.STAFF)
        assert customer.primary_email == "jana.mueller@example.de"
        assert events_about(customer) == ["customer.created", "customer.email_added"]

    def test_an_address_is_added_once(self, agent: User, customer: Customer) -> None:
        first = customer.add_email("jana@work.example", by=agent)
        assert customer.add_email(" JANA@work.example ", by=agent) == first
        assert events_about(customer) == ["customer.created", "customer.email_added"]

    def test_another_primary_address_is_told_to_followers(
        self, agent: User, customer: Customer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        told: list[object] = []
        monkeypatch.setattr(followers, "_after_primary_email", [told.append])
        work = customer.add_email("jana@work.example", by=agent, proof=Proof.PROVED)
        assert told == []
        assert customer.make_primary(work, by=agent)
        assert told == [[customer.pk]]
        assert customer.primary_email == "jana@work.example"
        assert customer.make_primary(work, by=agent) is False

    def test_anothers_primary_address_cannot_become_mine(
        self, agent: User, customer: Customer
    ) -> None:
        other = CustomerFactory(email="karl@example.de")
        shared = customer.add_email("karl@example.de", by=agent, proof=Proof.PROVED)
        with pytest.raises(AddressTaken):
            customer.make_primary(shared, by=agent)
        assert Customer.objects.get(pk=customer.pk).primary_email == "jana.mueller@example.de"
        assert Customer.objects.get(pk=other.pk).primary_email == "karl@example.de"

    def test_the_next_address_follows_the_one_that_goes(
        self, agent: User, customer: Customer
    ) -> None:
        customer.add_email("jana@work.example", by=agent, proof=Proof.PROVED)
        first = customer.identities.get(is_primary=True)
        assert customer.remove_identity(first, by=agent)
        assert customer.remove_identity(first, by=agent) is False
        assert customer.primary_email == "jana@work.example"

    def test_the_last_address_of_an_account_stays(self, agent: User, customer: Customer) -> None:
        with pytest.raises(LastWayIn):
            customer.remove_identity(customer.identities.get(), by=agent)
        assert customer.identities.count() == 1

    def test_somebody_elses_address_is_not_removed(self, agent: User, customer: Customer) -> None:
        foreign = CustomerFactory().identities.get()
        assert customer.remove_identity(foreign, by=agent) is False


class TestProof:
    def test_an_address_is_proved_once(self, customer: Customer) -> None:
        address = customer.identities.get()
        assert address.prove()
        first = address.proved_at
        address.prove()
        assert (address.proof, address.proved_at) == (Proof.PROVED, first)
        assert first is not None

    def test_who_comes_with_a_proved_address_has_proved_it(self, db: None) -> None:
        karla = Customer.create(by=None, email="karla@example.de", proof=Proof.PROVED)
        assert karla.identities.get().proved_at is not None
