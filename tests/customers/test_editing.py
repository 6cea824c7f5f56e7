"""Customers are added and edited, on the page and in it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from customers.models import Channel, Consent, Customer, Identity
from tests.customers.page_addresses import HTMX, text_of, url
from tests.factories.customers import CustomerFactory

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from accounts.models import User

    SignIn = Callable[[User], Client]


class TestCreate:
    def test_a_customer_is_added_with_tags_and_consent(
        self, agent: User, desk_client: SignIn
    ) -> None:
        typed = {
            "first_name": "Karla",
            "email": "k@example.de",
            "tags": "VIP, Hof",
            "subscribed": 1,
        }
        response = desk_client(agent).post("/admin/customers/new/", typed)
        karla = Customer.objects.get()
        assert response.url == url("customer_detail", karla)
        assert sorted(tag.name for tag in karla.tags.all()) == ["Hof", "VIP"]
        assert karla.email_consent == "SUBSCRIBED"

    @pytest.mark.parametrize(
        "typed",
        [
            {},
            {"email": "no address"},
            {"phone": "12"},
            {"first_name": "x" * 101},
            {"first_name": "x", "language": "fr"},
            {"first_name": "x", "note": "x" * 5001},
        ],
    )
    def test_what_is_wrong_stays_in_the_form(
        self, typed: dict[str, str], agent: User, desk_client: SignIn
    ) -> None:
        response = desk_client(agent).post("/admin/customers/new/", typed)
        assert response.status_code == 422
        assert all(value in text_of(response) for value in typed.values() if value != "fr")
        assert Customer.objects.count() == 0

    def test_whose_address_it_is_already_is_named(
        self, agent: User, customer: Customer, desk_client: SignIn
    ) -> None:
        typed = {"first_name": "Twin", "email": "JANA.MUELLER@example.de"}
        response = desk_client(agent).post("/admin/customers/new/", typed)
        assert response.status_code == 422
        assert url("customer_detail", customer) in text_of(response)
        assert Customer.objects.count() == 1


class TestEdit:
    def test_the_form_opens_in_place(
        self, agent: User, customer: Customer, desk_client: SignIn
    ) -> None:
        page = text_of(desk_client(agent).get(url("customer_edit", customer), headers=HTMX))
        assert page.lstrip().startswith('<div id="contact"')

    def test_saved_in_place_the_page_comes_along_for_what_shows_the_name(
        self, agent: User, customer: Customer, desk_client: SignIn
    ) -> None:
        typed = {"first_name": "Ana", "last_name": "Müller", "version": 1}
        client = desk_client(agent)
        response = client.post(url("customer_edit", customer), typed, headers=HTMX, follow=True)
        assert response.redirect_chain == [(url("customer_detail", customer), 302)]
        page = text_of(response)
        assert [part in page for part in ('id="head"', 'id="contact"', 'id="timeline_lines"')] == [
            True
        ] * 3
        toasts = json.loads(response["HX-Trigger"])["toast"]["toasts"]
        assert [one["text"] for one in toasts] == ["The changes are saved."]
        assert Customer.objects.get().first_name == "Ana"

    def test_on_its_own_page_saving_leads_back(
        self, agent: User, customer: Customer, desk_client: SignIn
    ) -> None:
        typed = {"first_name": "Ana", "last_name": "Müller", "version": 1}
        edit = url("customer_edit", customer)
        headers = {**HTMX, "HX-Current-URL": f"http://testserver{edit}"}
        response = desk_client(agent).post(edit, typed, headers=headers)
        assert response["HX-Redirect"] == url("customer_detail", customer)

    @pytest.mark.parametrize("headers", [{}, HTMX])
    def test_who_saves_second_sees_theirs_and_mine(
        self, headers: dict[str, str], agent: User, customer: Customer, desk_client: SignIn
    ) -> None:
        customer.change(by=None, expected_version=1, company="Theirs AG", language="de")
        typed = {"first_name": "Jana", "last_name": "Müller", "company": "Mine GmbH", "version": 1}
        client = desk_client(agent)
        response = client.post(url("customer_edit", customer), typed, headers=headers)
        page = text_of(response)
        assert response.status_code == 409
        assert [part in page for part in ("Theirs AG", "Mine GmbH", "German", "As the shop")] == [
            True
        ] * 4
        customer.refresh_from_db()
        assert customer.company == "Theirs AG"
        # The form now carries their version: saved once more, mine takes its place.
        assert f'name="version" value="{customer.version}"' in page
        again = client.post(url("customer_edit", customer), {**typed, "version": customer.version})
        assert again.status_code == 302
        customer.refresh_from_db()
        assert customer.company == "Mine GmbH"

    @pytest.mark.parametrize("version", ["", "x", "-1", "0", "99999999999999999999"])
    def test_a_version_that_is_none_is_refused(
        self, version: str, agent: User, customer: Customer, desk_client: SignIn
    ) -> None:
        typed = {"first_name": "Ana", "version": version}
        assert desk_client(agent).post(url("customer_edit", customer), typed).status_code == 422

    def test_another_customers_address_is_not_reached_through_mine(
        self, agent: User, customer: Customer, desk_client: SignIn
    ) -> None:
        foreign = CustomerFactory()
        address = foreign.add_address(by=None, city="Graz")
        identity = foreign.identities.get()
        client = desk_client(agent)
        for name, pk in (
            ("customer_address_edit", address.pk),
            ("customer_address_removal", address.pk),
            ("customer_address_default", address.pk),
            ("customer_identity_removal", identity.pk),
            ("customer_identity_primary", identity.pk),
        ):
            assert client.post(reverse(name, args=[customer.pk, pk])).status_code == 404
        assert foreign.addresses.count() == 1
        assert foreign.identities.count() == 1


class TestSections:
    def test_a_tag_is_added_in_place(
        self, agent: User, customer: Customer, desk_client: SignIn
    ) -> None:
        response = desk_client(agent).post(
            url("customer_tag_add", customer), {"tag": "Espresso club"}, headers=HTMX
        )
        assert 'id="tags"' in text_of(response)
        assert "Espresso club" in text_of(response)

    def test_a_refusal_comes_as_a_toast(
        self, agent: User, customer: Customer, desk_client: SignIn
    ) -> None:
        only = Identity.objects.get(customer=customer)
        where = reverse("customer_identity_removal", args=[customer.pk, only.pk])
        response = desk_client(agent).post(where, headers=HTMX)
        toasts = json.loads(response["HX-Trigger"])["toast"]["toasts"]
        assert [toast["level"] for toast in toasts] == ["error"]
        assert customer.identities.count() == 1

    @pytest.mark.parametrize(
        ("page", "sections_place"),
        [("customer_detail", ""), ("customer_address_add", "#addresses")],
    )
    def test_a_new_address_is_shown_on_the_customers_page(
        self,
        page: str,
        sections_place: str,
        agent: User,
        customer: Customer,
        desk_client: SignIn,
    ) -> None:
        headers = {**HTMX, "HX-Current-URL": f"http://testserver{url(page, customer)}"}
        client, where = desk_client(agent), url("customer_address_add", customer)
        response = client.post(where, {"city": "Graz"}, headers=headers)
        if sections_place:  # the form stood on a page of its own
            assert response["HX-Redirect"] == url("customer_detail", customer) + sections_place
            response = client.get(url("customer_detail", customer))
        assert "Graz" in text_of(response)

    @pytest.mark.parametrize(("lives_in", "offered"), [("", "DE"), ("AT", "AT")])
    def test_a_new_address_starts_in_the_customers_country_or_the_shops(
        self, lives_in: str, offered: str, agent: User, customer: Customer, desk_client: SignIn
    ) -> None:
        if lives_in:
            customer.add_address(by=None, city="Graz", country=lives_in)
        page = desk_client(agent).get(url("customer_address_add", customer))
        assert re.findall(r'<option value="(\w+)" selected', text_of(page)) == [offered]

    def test_an_address_is_edited_and_the_older_version_refused(
        self, agent: User, customer: Customer, desk_client: SignIn
    ) -> None:
        address = customer.add_address(by=None, city="Hamburg", country="DE")
        where = reverse("customer_address_edit", args=[customer.pk, address.pk])
        client = desk_client(agent)
        saved = client.post(where, {"city": "Bremen", "version": 1}, headers=HTMX)
        assert "Bremen" in text_of(saved)
        refused = client.post(where, {"city": "Kiel", "version": 1}, headers=HTMX)
        assert refused.status_code == 409
        assert "Bremen" in text_of(refused)
        address.refresh_from_db()
        assert address.city == "Bremen"

    def test_a_consent_that_a_colleague_changed_is_not_undone(
        self, agent: User, customer: Customer, desk_client: SignIn
    ) -> None:
        seen = {"email_seen": "NOT_SUBSCRIBED", "sms_seen": "NOT_SUBSCRIBED"}
        customer.set_consent(Channel.EMAIL, Consent.SUBSCRIBED, by=None)
        client, where = desk_client(agent), url("customer_consents", customer)
        other = client.post(where, {"email": "NOT_SUBSCRIBED", "sms": "SUBSCRIBED", **seen})
        assert other.status_code == 302
        customer.refresh_from_db()
        assert (customer.email_consent, customer.sms_consent) == ("SUBSCRIBED", "SUBSCRIBED")
        same = client.post(where, {"email": "UNSUBSCRIBED", "sms": "NOT_SUBSCRIBED", **seen})
        assert same.status_code == 409
        assert 'name="email_seen" value="SUBSCRIBED"' in text_of(same)
        customer.refresh_from_db()
        assert customer.email_consent == "SUBSCRIBED"

    def test_an_empty_address_is_refused(
        self, agent: User, customer: Customer, desk_client: SignIn
    ) -> None:
        response = desk_client(agent).post(url("customer_address_add", customer), {"city": " "})
        assert response.status_code == 422
        assert customer.addresses.count() == 0
