"""A customer on hold: nobody is let in, and nothing that reaches them moves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse
from django.utils import timezone

from core.listing import Asked
from customers import followers
from customers.listing import CUSTOMERS
from customers.models import AddressTaken, Customer, Identity, OnHold, Proof
from tests.customers.page_addresses import HTMX, text_of
from tests.factories.accounts import sign_in
from tests.factories.customers import CustomerFactory
from tests.happened import happened_to
from tests.threads import THREADS, all_at_once

if TYPE_CHECKING:
    from collections.abc import Callable

    from accounts.models import User

pytestmark = pytest.mark.django_db


def names(customer: Customer) -> list[str]:
    return list(happened_to(customer).order_by("id").values_list("name", flat=True))


class TestHoldAndRelease:
    def test_both_tell_followers_and_happen_once(
        self, agent: User, customer: Customer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        told: list[object] = []
        monkeypatch.setattr(followers, "_after_barring", [told.append])
        assert customer.hold(by=agent, reason="staff")
        assert (customer.is_held, customer.is_barred) == (True, True)
        assert customer.hold(by=agent, reason="staff") is False
        assert customer.release(by=agent)
        assert (customer.is_held, customer.is_barred) == (False, False)
        assert customer.release(by=agent) is False
        assert told == [[customer.pk], [customer.pk]]
        assert names(customer)[-2:] == ["customer.held", "customer.released"]
        assert happened_to(customer).get(name="customer.held").plain == {"reason": "staff"}

    def test_disabled_and_held_are_two_facts(self, agent: User, customer: Customer) -> None:
        customer.hold(by=agent, reason="staff")
        customer.disable(by=agent)
        customer.enable_again(by=agent)
        assert (customer.is_held, customer.is_barred) == (True, True)
        customer.disable(by=agent)
        customer.release(by=agent)
        assert (customer.is_disabled, customer.is_held, customer.is_barred) == (True, False, True)

    def test_of_eight_at_once_one_holds_and_one_releases(self, transactional_db: None) -> None:
        jana = CustomerFactory()
        for act in ("hold", "release"):
            options: dict[str, Any] = {"by": None} | ({"reason": "r"} if act == "hold" else {})

            def race(_number: int, act: str = act, options: dict[str, Any] = options) -> Any:
                return getattr(Customer.objects.get(pk=jana.pk), act)(**options)

            assert sorted(all_at_once(race)) == [False] * (THREADS - 1) + [True]
        assert names(jana).count("customer.held") == names(jana).count("customer.released") == 1


# Everything that moves what reaches a customer: each happens first, and is then refused.
MOVES: dict[str, Callable[[Customer], object]] = {
    "add_email": lambda one: one.add_email("third@example.de", by=None),
    "add_phone": lambda one: one.add_phone("+49 30 5550 77", by=None),
    "remove_identity": lambda one: one.remove_identity(spare(one), by=None),
    "make_primary": lambda one: one.make_primary(spare(one), by=None),
    "replace_email": lambda one: one.replace_email("n@example.de", by=None, proof=Proof.STAFF),
    "add_address": lambda one: one.add_address(by=None, city="Wien"),
    "change": lambda one: work_of(one).change(by=None, expected_version=1, city="Kiel"),
    "remove": lambda one: work_of(one).remove(by=None),
    "make_default": lambda one: work_of(one).make_default(by=None),
}


def spare(customer: Customer) -> Identity:
    return Identity.objects.get(customer=customer, key="spare@example.de")


def work_of(customer: Customer) -> Any:
    return customer.addresses.get(city="Graz")


def reached() -> dict[str, Customer]:
    """Two alike, one of them on hold: each with a further address and a second home."""
    both = {}
    for name in ("free", "held"):
        one = CustomerFactory()
        # Of two with one further address, neither is in the other's way: it is nobody's primary.
        Identity.objects.create(
            customer=one, kind="email", key="spare@example.de", value="spare@example.de"
        )
        for city in ("Hamburg", "Graz"):
            one.add_address(by=None, city=city)
        both[name] = one
    both["held"].hold(by=None, reason="staff")
    return both


def all_of(customer: Customer) -> list[object]:
    return [
        *customer.identities.order_by("pk").values_list("key", "is_primary", "proof"),
        *customer.addresses.order_by("pk").values_list("city", "is_default"),
    ]


@pytest.mark.parametrize("move", MOVES)
def test_nothing_that_reaches_them_moves(move: str, db: None) -> None:
    both = reached()
    before = {name: all_of(one) for name, one in both.items()}
    MOVES[move](both["free"])
    with pytest.raises(OnHold):
        MOVES[move](both["held"])
    assert all_of(both["free"]) != before["free"]
    assert all_of(both["held"]) == before["held"]


def test_names_tags_and_notes_stay_possible(agent: User, customer: Customer) -> None:
    customer.hold(by=agent, reason="staff")
    customer.refresh_from_db()
    assert customer.change(by=agent, expected_version=customer.version, first_name="Janina")
    assert customer.tag("VIP", by=agent)


def test_a_hold_and_an_address_at_once_end_in_an_order(transactional_db: None) -> None:
    """Whoever comes after the hold is refused; nobody slips in between."""
    jana = CustomerFactory()

    def act(number: int) -> Any:
        mine = Customer.objects.get(pk=jana.pk)
        if number == 0:
            return mine.hold(by=None, reason="staff")
        return mine.add_email(f"more{number}@example.de", by=None)

    results = all_at_once(act)
    added = [one for one in results if isinstance(one, Identity)]
    refused = [one for one in results if isinstance(one, OnHold)]
    assert (results[0], len(added) + len(refused)) == (True, THREADS - 1)
    assert jana.identities.count() == 1 + len(added)
    assert names(jana)[len(added) + 1 :] == ["customer.held"]


class TestReplacing:
    def test_the_former_primary_address_is_gone(self, agent: User, customer: Customer) -> None:
        former = customer.identities.get().key
        customer.replace_email("New@Example.de", by=agent, proof=Proof.TYPED)
        identity = customer.identities.get()
        assert (identity.key, identity.value) == ("new@example.de", "New@Example.de")
        assert (identity.is_primary, identity.proof) == (True, Proof.TYPED)
        assert former != identity.key
        assert names(customer)[-1] == "customer.primary_email_replaced"
        customer.user.refresh_from_db()  # type: ignore[attr-defined]
        assert customer.user.email == "new@example.de"  # type: ignore[attr-defined]

    def test_a_further_address_moves_up_and_keeps_its_proof(self, customer: Customer) -> None:
        customer.add_email("more@example.de", by=None, proof=Proof.PROVED)
        customer.replace_email("more@example.de", by=None, proof=Proof.TYPED)
        identity = customer.identities.get()
        assert (identity.is_primary, identity.proof) == (True, Proof.PROVED)

    def test_the_primary_address_itself_changes_nothing(self, customer: Customer) -> None:
        before = names(customer)
        customer.replace_email("jana.mueller@example.de", by=None, proof=Proof.TYPED)
        assert names(customer) == before

    def test_another_customers_address_is_refused_and_nothing_is_lost(
        self, customer: Customer
    ) -> None:
        CustomerFactory(email="taken@example.de")
        with pytest.raises(AddressTaken):
            customer.replace_email("taken@example.de", by=None, proof=Proof.TYPED)
        assert customer.identities.get().key == "jana.mueller@example.de"

    def test_despite_a_hold_only_where_it_is_said(self, customer: Customer) -> None:
        customer.hold(by=None, reason="staff")
        customer.replace_email("n@example.de", by=None, proof=Proof.PROVED, despite_hold=True)
        identity = customer.identities.get()
        assert (identity.key, identity.proved_at is not None) == ("n@example.de", True)


class TestPages:
    @pytest.mark.parametrize("headers", [{}, HTMX])
    def test_forms_say_why_nothing_is_saved(
        self, headers: dict[str, str], agent: User, customer: Customer
    ) -> None:
        address = customer.add_address(by=agent, city="Graz")
        customer.hold(by=agent, reason="staff")
        browser, said = sign_in(agent), "on hold: addresses and phone numbers stay as they are"
        add = reverse("customer_address_add", args=[customer.pk])
        edit = reverse("customer_address_edit", args=[customer.pk, address.pk])
        for url in (add, edit):
            answer = browser.post(url, {"city": "Kiel", "version": 1}, headers=headers)
            assert (answer.status_code, said in text_of(answer)) == (409, True), url
        assert list(customer.addresses.values_list("city", flat=True)) == ["Graz"]

    def test_buttons_say_it_in_a_toast(self, agent: User, customer: Customer) -> None:
        address, browser = customer.add_address(by=agent, city="Graz"), sign_in(agent)
        identity = customer.add_email("more@example.de", by=agent)
        customer.hold(by=agent, reason="staff")
        before = all_of(customer)
        for page, *numbers in (
            ("customer_identity_add",),
            ("customer_identity_removal", identity.pk),
            ("customer_identity_primary", identity.pk),
            ("customer_address_removal", address.pk),
            ("customer_address_default", address.pk),
        ):
            typed = {"kind": "email", "value": "x@example.de"}
            url = reverse(page, args=[customer.pk, *numbers])
            refused = browser.post(url, typed, headers=HTMX)
            assert "on hold" in refused["HX-Trigger"], page
            plain = browser.post(url, typed, follow=True)
            assert plain.status_code == 200, page
        assert all_of(customer) == before

    def test_pages_and_lists_show_it(self, agent: User, reader: User, customer: Customer) -> None:
        page = reverse("customer_detail", args=[customer.pk])
        assert "Account on hold" not in text_of(sign_in(reader).get(page))
        customer.hold(by=agent, reason="staff")
        assert "Account on hold" in text_of(sign_in(reader).get(page))
        edit = reverse("customer_edit", args=[customer.pk])
        assert "stay as they are until the hold is lifted" in text_of(sign_in(agent).get(edit))

    @pytest.mark.parametrize("asked", [Asked(view="on-hold"), Asked(filters={"account": "held"})])
    def test_the_list_finds_them(self, asked: Asked, agent: User, customer: Customer) -> None:
        CustomerFactory(disabled_at=timezone.now())
        assert CUSTOMERS.read(asked, user=agent).page.rows == []
        customer.hold(by=agent, reason="staff")
        assert CUSTOMERS.read(asked, user=agent).page.rows == [customer]
