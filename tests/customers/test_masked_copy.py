"""What pages draw of a customer whose contact details and orders are masked for their reader."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from customers.masking import all_as_seen_by, as_seen_by
from customers.models import Channel, Consent, Customer
from customers.models.rows import MaskedCopy
from tests.factories.checks import passed_check
from tests.factories.customers import CustomerFactory
from tests.factories.orders import place
from tests.masked import mask_for

if TYPE_CHECKING:
    from collections.abc import Callable

    from accounts.models import User

pytestmark = pytest.mark.django_db
EMAIL = "jana.mueller@example.de"


def test_the_copy_holds_nothing_and_the_customer_everything(
    agent: User, customer: Customer
) -> None:
    mask_for("agent")
    place(customer)
    customer.add_phone("040 5550123", by=None)
    customer.add_address(by=None, street="Ring 1", city="Hamburg", country="DE")
    whole = Customer.objects.with_contact().get(pk=customer.pk)
    seen = as_seen_by(agent, whole)
    assert (seen.is_masked, seen.name, seen.pk) == (True, "Jana Müller", customer.pk)
    assert (seen.primary_email, seen.primary_phone, seen.place) == ("", "", "")
    assert (seen.orders_count, seen.amount_spent, seen.last_order_at) == (None, None, None)
    assert list(seen.identities.all()) + list(seen.addresses.all()) == []
    assert list(seen.identities.filter(kind="email").order_by("pk")) == []
    assert (whole.is_masked, whole.primary_email, whole.place) == (False, EMAIL, "Hamburg, DE")
    assert whole.orders_count == 1


@pytest.mark.parametrize(
    "write",
    [
        lambda seen, _by: seen.save(update_fields=["city"]),
        lambda seen, _by: Customer.objects.bulk_update([seen], ["city"]),
        lambda seen, _by: seen.refresh_from_db(),
        lambda seen, by: seen.disable(by=by),
        lambda seen, by: seen.change(by=by, expected_version=1, first_name="Eve"),
        lambda seen, by: seen.add_phone("040 5550123", by=by),
        lambda seen, by: seen.tag("VIP", by=by),
        lambda seen, by: seen.set_consent(Channel.EMAIL, Consent.SUBSCRIBED, by=by),
        lambda seen, by: seen.add_address(by=by, street="Ring 2", city="Graz", country="AT"),
    ],
)
def test_the_copy_is_never_written_nor_read_anew(
    agent: User, customer: Customer, write: Callable[[Customer, User], object]
) -> None:
    mask_for("agent")
    customer.add_address(by=None, street="Ring 1", city="Hamburg", country="DE")
    seen = as_seen_by(agent, Customer.objects.get(pk=customer.pk))
    before = Customer.objects.values().get(pk=customer.pk)
    with pytest.raises(MaskedCopy):
        write(seen, agent)
    assert Customer.objects.values().get(pk=customer.pk) == before


@pytest.mark.parametrize("rows", [1, 3])
def test_many_take_as_many_queries_as_one(
    agent: User, django_assert_num_queries: Any, rows: int
) -> None:
    mask_for("agent")
    people = [CustomerFactory() for _row in range(rows)]
    passed_check(people[0], by=agent)
    with django_assert_num_queries(2):  # the rules, and who has passed
        seen = all_as_seen_by(agent, people)
    assert [one.is_masked for one in seen] == [False, *[True] * (rows - 1)]


def test_whoever_sees_everything_takes_none(
    owner: User, customer: Customer, django_assert_num_queries: Any
) -> None:
    mask_for("agent", "lead", "read_only")
    with django_assert_num_queries(0):
        assert as_seen_by(owner, customer) is customer
