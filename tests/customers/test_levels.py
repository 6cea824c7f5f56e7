"""How far an address is known to be the customer's: claimed, confirmed, signed in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.enabling import prove
from customers.levels import level_mark, marks_of, reached_at, since
from customers.models import Identity, IdentityKind, Level, Proof
from tests.customers.import_files import checked, imported, table
from tests.factories.accounts import sign_in
from tests.factories.customers import CustomerFactory
from tests.happened import happened_to
from tests.threads import THREADS, all_at_once

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

    from accounts.models import User
    from customers.models import Customer

JANA = "jana.mueller@example.de"
pytestmark = pytest.mark.django_db


@pytest.fixture
def address(customer: Customer) -> Identity:
    return customer.identities.get()


@pytest.fixture
def reachable(db: None) -> Customer:
    """Without an account, so that staff may move addresses that nobody has proved."""
    return CustomerFactory(email=JANA)


def level(address: Identity) -> Level:
    return Identity.objects.get(pk=address.pk).level


def proved(customer: Customer, address: str = JANA) -> Identity:
    """By a link that was mailed there, and used to sign in since."""
    prove(customer, address)
    Identity.note_sign_in(customer.pk, address)
    known: Identity = customer.identities.get(key=address)
    return known


@pytest.mark.parametrize("proof", [Proof.TYPED, Proof.IMPORTED, Proof.STAFF])
def test_what_somebody_says_is_claimed(proof: Proof) -> None:
    customer = CustomerFactory(email=JANA, phone="040 5550123", proof=proof)
    assert {one.level for one in customer.identities.all()} == {Level.CLAIMED}


def test_a_link_confirms_it_and_a_sign_in_says_so(customer: Customer, address: Identity) -> None:
    levels = [level(address)]
    prove(customer, JANA)
    levels.append(level(address))
    assert Identity.note_sign_in(customer.pk, JANA)
    assert [*levels, level(address)] == [Level.CLAIMED, Level.CONFIRMED, Level.SIGNED_IN]


def test_a_sign_in_is_noted_once_a_day(customer: Customer, address: Identity) -> None:
    address.prove()
    assert Identity.note_sign_in(customer.pk, JANA)
    assert not Identity.note_sign_in(customer.pk, JANA)
    yesterday = timezone.now() - timedelta(hours=25)
    Identity.objects.update(signed_in_at=yesterday)
    assert Identity.note_sign_in(customer.pk, JANA)
    address.refresh_from_db()
    assert address.signed_in_at is not None
    assert address.signed_in_at > yesterday


def test_a_password_alone_confirms_no_mailbox(customer: Customer, address: Identity) -> None:
    assert not Identity.note_sign_in(customer.pk, JANA)
    address.prove()
    assert level(address) == Level.CONFIRMED


def test_the_database_keeps_sign_ins_to_what_is_proved(address: Identity) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Identity.objects.filter(pk=address.pk).update(signed_in_at=timezone.now())


def test_only_the_address_that_was_used_rises(customer: Customer, agent: User) -> None:
    other = customer.add_email("jana@work.example", by=agent)
    other.prove()
    customer.identities.get(key=JANA).prove()
    Identity.note_sign_in(customer.pk, JANA)
    assert level(other) == Level.CONFIRMED


class TestFallingBack:
    """A level belongs to a value of one customer: another value or customer begins anew."""

    def test_a_replaced_address_is_claimed(self, customer: Customer, agent: User) -> None:
        proved(customer)
        fresh = customer.replace_email("jana@new.example", by=agent, proof=Proof.STAFF)
        assert level(fresh) == Level.CLAIMED

    def test_one_that_was_removed_and_comes_back_is_claimed(
        self, reachable: Customer, agent: User
    ) -> None:
        before = proved(reachable)
        reachable.add_email("jana@work.example", by=agent)
        reachable.remove_identity(before, by=agent)
        assert level(reachable.add_email(JANA, by=agent)) == Level.CLAIMED

    def test_whoever_shares_it_has_shown_nothing(self, customer: Customer, agent: User) -> None:
        proved(customer)
        other = CustomerFactory()
        assert level(other.add_email(JANA, by=agent)) == Level.CLAIMED
        assert not Identity.note_sign_in(other.pk, JANA)

    def test_an_import_brings_claims(self, customer: Customer) -> None:
        proved(customer)
        imported(table({"Customer ID": "7", "Email": "neu@example.de"}))
        assert Identity.objects.get(key="neu@example.de").level == Level.CLAIMED

    def test_a_dry_run_says_what_is_known_of_what_would_give_way(self, lead: User) -> None:
        known = CustomerFactory(email=JANA)
        imported(table({"Customer ID": "7000000000001", "Email": JANA}))
        prove(known, JANA)
        one = checked(table({"Customer ID": "7000000000001", "Email": "neu@example.de"}))
        page = sign_in(lead).get(f"/admin/customers/imports/{one.pk}/").text
        told = [piece.partition(" → neu@example.de")[0] for piece in page.split("E-mail: ")[1:]]
        assert len(told) == 2  # among the first rows, and with all that would be changed
        for before in told:
            assert 'class="level confirmed"' in before
            assert before.endswith(JANA)


class TestStaying:
    """The very same address of the very same customer keeps what it has."""

    def test_while_another_one_is_the_primary(self, reachable: Customer, agent: User) -> None:
        first = proved(reachable)
        second = reachable.add_email("jana@work.example", by=agent)
        reachable.make_primary(second, by=agent)
        reachable.make_primary(first, by=agent)
        assert (level(first), level(second)) == (Level.SIGNED_IN, Level.CLAIMED)

    def test_when_staff_or_an_import_say_it_once_more(
        self, customer: Customer, agent: User
    ) -> None:
        known = proved(customer)
        customer.add_email(JANA.upper(), by=agent)
        imported(table({"Email": JANA, "First Name": "Johanna"}))
        assert level(known) == Level.SIGNED_IN

    def test_when_a_lost_mailbox_is_found_again(self, reachable: Customer, agent: User) -> None:
        known = proved(reachable)
        second = reachable.add_email("jana@work.example", by=agent)
        reachable.make_primary(second, by=agent)
        reachable.replace_email(JANA, by=agent, proof=Proof.STAFF)
        assert level(known) == Level.SIGNED_IN


class TestPhones:
    def test_a_call_back_confirms_a_number(self, customer: Customer, agent: User) -> None:
        phone = customer.add_phone("040 5550123", by=agent)
        assert phone.prove()
        assert level(phone) == Level.CONFIRMED
        assert happened_to(customer).filter(name="customer.phone_proved").count() == 1

    def test_a_second_call_changes_nothing(self, customer: Customer, agent: User) -> None:
        phone = customer.add_phone("040 5550123", by=agent)
        phone.prove()
        at = phone.proved_at
        assert not phone.prove()
        phone.refresh_from_db()
        assert phone.proved_at == at

    def test_nobody_signs_in_by_phone(self, customer: Customer, agent: User) -> None:
        phone = customer.add_phone("040 5550123", by=agent)
        phone.prove()
        assert not Identity.note_sign_in(customer.pk, phone.key)


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_of_eight_proofs_one_counts(self) -> None:
        customer = CustomerFactory(email=JANA)
        identity = customer.identities.get()
        told = all_at_once(lambda _number: Identity.objects.get(pk=identity.pk).prove())
        assert sorted(told) == [False] * (THREADS - 1) + [True]
        assert happened_to(customer).filter(name="customer.email_proved").count() == 1

    def test_of_eight_sign_ins_one_writes(self) -> None:
        customer = CustomerFactory(email=JANA)
        customer.identities.get().prove()
        told = all_at_once(lambda _number: Identity.note_sign_in(customer.pk, JANA))
        assert sorted(told) == [False] * (THREADS - 1) + [True]


class TestWords:
    def test_each_level_has_an_outline_a_word_and_a_reason(self) -> None:
        at = datetime(2026, 11, 3, 12, 0, tzinfo=UTC)
        said = Identity(proof=Proof.IMPORTED)
        shown = Identity(proof=Proof.PROVED, proved_at=at)
        used = Identity(proof=Proof.PROVED, proved_at=at, signed_in_at=at + timedelta(days=2))
        assert [since(one) for one in (said, shown, used)] == [
            "Imported, not confirmed",
            "Confirmed on 3 Nov 2026",
            "Confirmed on 3 Nov 2026, last used to sign in on 5 Nov 2026",
        ]
        marks = [level_mark(one) for one in (said, shown, used)]
        assert len({mark[mark.index("<svg") : mark.index("</svg>")] for mark in marks}) == 3
        for mark, word in zip(marks, ["Claimed", "Confirmed", "Signed in"], strict=True):
            assert f"</svg>{word}</span>" in mark

    def test_where_room_is_scarce_the_word_is_spoken(self) -> None:
        mark = level_mark(Identity(proof=Proof.STAFF), short=True)
        assert '<span class="visually-hidden">Claimed</span>' in mark

    def test_what_was_typed_stays_text(self) -> None:
        assert "&lt;b&gt;" in str(reached_at(Identity(value="<b>", proof=Proof.TYPED)))
        assert reached_at(None) == ""


class TestElsewhere:
    """An address on an order or a mail, beside what is known of its customer."""

    @pytest.mark.parametrize("text", [JANA, JANA.upper()])
    def test_the_customers_own_is_known(self, customer: Customer, text: str) -> None:
        proved(customer)
        assert customer.identity_of(IdentityKind.EMAIL, text).level == Level.SIGNED_IN

    @pytest.mark.parametrize("text", ["+49 40 5550123", "040/5550123", "040 5550123"])
    def test_a_number_in_any_notation_is_known(
        self, customer: Customer, text: str, agent: User
    ) -> None:
        customer.add_phone("040 5550123", by=agent).prove()
        found = customer.identity_of(IdentityKind.PHONE, text, country="DE")
        assert found.level == Level.CONFIRMED

    @pytest.mark.parametrize("text", ["else@example.de", "no address", ""])
    def test_any_other_is_claimed(self, customer: Customer, text: str) -> None:
        proved(customer)
        assert customer.identity_of(IdentityKind.EMAIL, text).level == Level.CLAIMED

    def test_of_an_address_that_two_have_its_owners_level_counts(
        self, customer: Customer, agent: User, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        proved(customer)
        CustomerFactory().add_email(JANA, by=agent)
        with django_assert_num_queries(1):
            marks = marks_of([JANA, "nobody@example.de"])
        assert list(marks) == [JANA]
        assert "Signed in" in marks[JANA]
        with django_assert_num_queries(0):
            assert marks_of([]) == {}
