"""What a caller knows of their orders: which order is meant, and what counts as an answer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from accounts.models import IdentityCheck
from orders import proofs
from tests.factories.customers import CustomerFactory
from tests.factories.orders import HOME, place

if TYPE_CHECKING:
    from accounts.models import User
    from customers.models import Customer

WORK = {
    "street": "Am Sandtorkai 1",
    "addition": "3. Stock",
    "postal_code": "20457",
    "city": "Hamburg",
}


@pytest.fixture
def check(customer: Customer, agent: User) -> IdentityCheck:
    place(customer, number=1001, name="#1001", total=Decimal("49.90"), placed_at=day(1))
    place(
        customer,
        number=1002,
        name="KN-1002",
        total=Decimal("12.00"),
        placed_at=day(5),
        shipping_address=WORK,
        billing_address=HOME,
    )
    return IdentityCheck.begin(customer, by=agent)


def day(number: int, hour: int = 12) -> datetime:
    return datetime(2026, 11, number, hour, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("number", "postal_code", "matches"),
    [
        ("1001", "20259", True),
        ("KN-1002", "20457", True),
        ("1002", "D-20259", True),
        ("1001", "20457", False),
        ("1003", "20259", False),
        ("1001", "", False),
    ],
)
def test_number_and_postal_code_belong_to_one_order(
    check: IdentityCheck, number: str, postal_code: str, matches: bool
) -> None:
    typed = {"number": number, "postal_code": postal_code}
    assert proofs.says_number(check, typed) is matches


def last(amount: str = "", day: str = "") -> dict[str, Any]:
    return {"amount": amount, "day": day}


@pytest.mark.parametrize(
    ("typed", "matches"),
    [
        (last("12"), True),
        (last(day="5. November"), True),
        (last("12,01", "05.11.2026"), True),
        (last("12", "4.11."), False),
        (last("13", "5.11."), False),
        (last("49,90"), False),
        (last(day="1.11."), False),
        (last(), False),
    ],
)
def test_the_last_order_by_amount_or_day_and_by_both_where_both_are_said(
    check: IdentityCheck, typed: dict[str, Any], matches: bool
) -> None:
    assert proofs.says_last_order(check, typed) is matches


def test_a_day_is_one_in_the_shops_time_zone(check: IdentityCheck) -> None:
    place(check.customer, number=1003, total=Decimal(3), placed_at=day(6, hour=23))
    assert proofs.says_last_order(check, last(day="7.11.2026"))
    assert not proofs.says_last_order(check, last(day="6.11.2026"))


def test_of_a_cancelled_last_order_the_one_before_will_do(check: IdentityCheck) -> None:
    order = place(check.customer, number=1003, total=Decimal("99.00"), placed_at=day(7))
    order.cancel("customer", by=None)
    assert proofs.says_last_order(check, last("99"))
    assert proofs.says_last_order(check, last("12"))
    assert not proofs.says_last_order(check, last("49.90"))


@pytest.mark.parametrize(
    ("changes", "matches"),
    [
        ({}, True),
        ({"street": "am sandtorkai 1, 3. stock"}, True),
        ({"postal_code": "20259"}, False),
        ({"city": "Bremen"}, False),
        ({"street": "Am Sandtorkai"}, False),
        ({"street": "Eppendorfer Weg 12", "postal_code": "20259"}, False),
    ],
)
def test_the_full_address_of_the_last_order(
    check: IdentityCheck, changes: dict[str, str], matches: bool
) -> None:
    assert proofs.says_address(check, {**WORK, **changes}) is matches


def test_orders_of_others_and_of_tests_are_none_of_theirs(
    check: IdentityCheck, agent: User
) -> None:
    place(check.customer, number=1009, total=Decimal(9), placed_at=day(9), is_test=True)
    place(CustomerFactory(), number=1008, total=Decimal(8), placed_at=day(8))
    assert not proofs.says_last_order(check, last("9"))
    assert not proofs.says_number(check, {"number": "1008", "postal_code": "20259"})


def test_what_applies_to_whom(check: IdentityCheck) -> None:
    nobody, picked_up = CustomerFactory(), CustomerFactory()
    place(picked_up, shipping_address={})
    found = [
        (proofs.has_orders(one), proofs.has_shipped_somewhere(one))
        for one in (check.customer, picked_up, nobody)
    ]
    assert found == [(True, True), (True, False), (False, False)]


class TestOfTheLastWeek:
    """A guest order with the victim's address: whoever placed it knows all of it."""

    PLANTED = {"street": "Tatweg 1", "postal_code": "10115", "city": "Berlin"}

    @pytest.fixture
    def planted(self, check: IdentityCheck) -> IdentityCheck:
        self.order_days_ago(6, check.customer)
        return check

    def order_days_ago(self, days: int, customer: Customer) -> None:
        place(
            customer,
            number=6006,
            total=Decimal("6.66"),
            placed_at=timezone.now() - timedelta(days=days, minutes=1),
            shipping_address=self.PLANTED,
            billing_address=self.PLANTED,
        )

    def answers(self, check: IdentityCheck) -> list[bool]:
        return [
            proofs.says_number(check, {"number": "6006", "postal_code": "10115"}),
            proofs.says_last_order(check, last("6.66")),
            proofs.says_address(check, self.PLANTED),
        ]

    def test_an_order_counts_for_nothing_and_hides_none(self, planted: IdentityCheck) -> None:
        assert self.answers(planted) == [False, False, False]
        assert proofs.says_last_order(planted, last("12"))
        assert proofs.says_address(planted, WORK)

    def test_once_it_is_a_week_old_it_counts(self, check: IdentityCheck) -> None:
        self.order_days_ago(7, check.customer)
        assert self.answers(check) == [True, True, True]

    def test_whoever_has_no_other_is_not_asked(self, db: None) -> None:
        newcomer = CustomerFactory()
        self.order_days_ago(6, newcomer)
        assert not proofs.has_orders(newcomer)
        assert not proofs.has_shipped_somewhere(newcomer)
