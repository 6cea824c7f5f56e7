"""When a customer was changed last: it moves with what is changed about the person, and no more."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from customers.figures import Figures, set_figures
from customers.models import (
    Address,
    Channel,
    Consent,
    Customer,
    Identity,
    Letter,
    Note,
    Proof,
    Tag,
)
from events.models import Event
from tests.customers.import_files import imported, table

if TYPE_CHECKING:
    from accounts.models import User

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
ROW = {"Email": "jana.mueller@example.de"}
Verb = Callable[[Customer, "User"], object]

MOVING: dict[str, Verb] = {
    "name": lambda one, by: one.change(by=by, expected_version=one.version, first_name="Ana"),
    "another address to write to": lambda one, by: one.add_email("j@example.de", by=by),
    "phone": lambda one, by: one.add_phone("+49 40 5550 1234", by=by),
    "number removed": lambda one, by: one.remove_identity(_phone(one, by), by=by),
    "proof": lambda one, by: Identity.objects.filter(customer=one).latest("pk").prove(),
    "postal address": lambda one, by: one.add_address(by=by, city="Graz"),
    "postal address changed": lambda one, by: _second(one, by).change(
        by=by, expected_version=1, city="Linz"
    ),
    "postal address removed": lambda one, by: _second(one, by).remove(by=by),
    "default address": lambda one, by: _second(one, by).make_default(by=by),
    "tag": lambda one, by: one.tag("VIP", by=by),
    "tag removed": lambda one, by: one.untag(_tag(one, by), by=by),
    "consent": lambda one, by: one.set_consent(Channel.SMS, Consent.SUBSCRIBED, by=one),
    "disabled": lambda one, by: one.disable(by=by),
    "held": lambda one, by: one.hold(by=by, reason="staff"),
    "replaced address": lambda one, by: one.replace_email("n@example.de", by=by, proof=Proof.STAFF),
    "account": lambda one, by: one.account_invited(by=by),
    "import": lambda one, by: imported(table({**ROW, "Tags": "VIP"})),
}
STAYING: dict[str, Verb] = {
    "the same name": lambda one, by: one.change(
        by=by, expected_version=one.version, first_name=one.first_name
    ),
    "note": lambda one, by: Note.write(one, by=by, text="Called."),
    "letter": lambda one, by: Letter.write(one, by=by, subject="x", text="x"),
    "an order": lambda one, by: set_figures(
        [Figures(one.pk, 1, Decimal(5), timezone.now(), timezone.now())]
    ),
    "an import of figures": lambda one, by: imported(table({**ROW, "Total Orders": "3"})),
    "an import of nothing new": lambda one, by: imported(table(ROW)),
}


def _phone(customer: Customer, by: User) -> Identity:
    phone = customer.add_phone("+49 40 5550 1234", by=by)
    _forget(customer)
    return phone


def _second(customer: Customer, by: User) -> Address:
    customer.add_address(by=by, city="Graz")
    second = customer.add_address(by=by, city="Wien")
    _forget(customer)
    return second


def _tag(customer: Customer, by: User) -> Tag:
    customer.tag("B", by=by)
    _forget(customer)
    return Tag.named_all(["B"])[0]


def _forget(customer: Customer) -> None:
    Customer.objects.filter(pk=customer.pk).update(updated_at=LONG_AGO)


@pytest.fixture
def jana(customer: Customer) -> Customer:
    Customer.objects.update(account_state="none")
    Identity.objects.update(proof="staff", proved_at=None)
    _forget(customer)
    customer.refresh_from_db()
    return customer


@pytest.mark.parametrize("what", MOVING)
def test_it_moves_with_what_is_changed_about_the_person(
    what: str, jana: Customer, agent: User
) -> None:
    MOVING[what](jana, agent)
    assert Customer.objects.get(pk=jana.pk).updated_at > LONG_AGO


@pytest.mark.parametrize("what", STAYING)
def test_it_stays_when_something_only_happens_to_them(
    what: str, jana: Customer, agent: User
) -> None:
    STAYING[what](jana, agent)
    assert Customer.objects.get(pk=jana.pk).updated_at == LONG_AGO


def test_a_proof_leaves_one_event_by_the_customer(jana: Customer) -> None:
    address = jana.identities.get()
    assert [address.prove(), address.prove()] == [True, False]
    event = Event.objects.about(jana).latest("pk")
    assert (event.name, event.actor_type, event.actor_id) == (
        "customer.email_proved",
        "customers.customer",
        jana.pk,
    )
    assert Event.objects.filter(name="customer.email_proved").count() == 1
