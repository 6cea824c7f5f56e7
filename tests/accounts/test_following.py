"""Sign-in addresses follow customers' addresses, in the same transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.models import EmailAddress
from django.test import Client

from accounts.models import Session, User
from customers.models import Customer, Identity, Proof
from tests.factories.accounts import PASSWORD, sign_in
from tests.factories.customers import CustomerFactory

if TYPE_CHECKING:
    from accounts.models import User as Staff

OLD = "jana.mueller@example.de"


def move(customer: Customer, address: str, by: Any) -> None:
    customer.make_primary(customer.add_email(address, by=by, proof=Proof.PROVED), by=by)


def test_a_new_primary_address_signs_in_and_the_old_one_is_told(
    customer: Customer, agent: Staff, worker: Any
) -> None:
    browser = sign_in(customer.user)
    move(customer, "Jana@Neu.example", agent)
    user = User.objects.get(customer=customer)
    assert (user.email, user.check_password(PASSWORD)) == ("jana@neu.example", True)
    assert not Session.objects.of(user).exists()
    assert browser.get("/account/").status_code == 302
    [told] = worker()
    assert (told.to, told.subject) == ([OLD], "Ihre Anmeldeadresse wurde geändert")
    typed = {"email": "jana@neu.example", "password": PASSWORD}
    assert Client().post("/account/login/", typed).status_code == 302


def test_allauth_knows_proved_primary_addresses_only(customer: Customer, agent: Staff) -> None:
    from accounts.following import follow_addresses

    Identity.objects.filter(customer=customer).update(proof=Proof.IMPORTED)
    follow_addresses([customer.pk])
    assert not EmailAddress.objects.exists()
    move(customer, "jana@neu.example", agent)
    row = EmailAddress.objects.get()
    assert (row.email, row.verified, row.primary) == ("jana@neu.example", True, True)


def test_an_address_may_go_from_one_customer_to_another(customer: Customer, agent: Staff) -> None:
    other = CustomerFactory(email="otto@example.de", account=True)
    move(customer, "jana@neu.example", agent)
    customer.remove_identity(Identity.objects.get(customer=customer, key=OLD), by=agent)
    move(other, OLD, agent)
    assert User.objects.get(customer=other).email == OLD


def test_without_an_account_nobody_signs_in_elsewhere_and_an_invite_asks_for_a_check_instead(
    agent: Staff, django_assert_num_queries: Any
) -> None:
    from accounts.following import follow_addresses

    newcomer = CustomerFactory()
    with django_assert_num_queries(3):
        follow_addresses([newcomer.pk])


def test_a_second_address_changes_nothing(customer: Customer, agent: Staff, worker: Any) -> None:
    browser = sign_in(customer.user)
    customer.add_email("jana@zweit.example", by=agent, proof=Proof.STAFF)
    assert browser.get("/account/").status_code == 200
    assert worker() == []
