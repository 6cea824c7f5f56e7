"""Notes and letters are written on a customer's page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.urls import reverse
from django.utils import timezone

from customers.models import Customer, Letter, Mention, Note
from tests.customers.page_addresses import HTMX, text_of, url
from tests.factories.customers import CustomerFactory

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from accounts.models import User

    SignIn = Callable[[User], Client]


class TestNotesAndLetters:
    def test_a_note_calls_a_colleague_who_takes_it_off_their_home(
        self,
        agent: User,
        other_agent: User,
        customer: Customer,
        desk_client: SignIn,
    ) -> None:
        typed = {"text": "@Otto Other please call"}
        desk_client(agent).post(url("customer_note_add", customer), typed)
        mention = Mention.objects.get(user=other_agent)
        seen = reverse("mention_seen", args=[mention.pk])
        assert desk_client(agent).post(seen).status_code == 404
        assert desk_client(other_agent).post(seen).status_code == 302
        mention.refresh_from_db()
        assert mention.seen_at is not None

    @pytest.mark.parametrize("typed", ["", "   ", "x" * 5001])
    def test_a_note_that_is_none_is_refused(
        self, typed: str, agent: User, customer: Customer, desk_client: SignIn
    ) -> None:
        desk_client(agent).post(url("customer_note_add", customer), {"text": typed}, headers=HTMX)
        assert Note.objects.count() == 0

    def test_a_colleagues_note_is_not_edited(
        self, agent: User, other_agent: User, customer: Customer, desk_client: SignIn
    ) -> None:
        note = Note.write(customer, by=other_agent, text="Mine.")
        where = reverse("customer_note_edit", args=[customer.pk, note.pk])
        assert desk_client(agent).post(where, {"text": "Yours."}).status_code == 403
        note.refresh_from_db()
        assert note.text == "Mine."

    @pytest.mark.parametrize(
        ("who", "status"), [("lead", 302), ("agent", 302), ("other_agent", 403)]
    )
    def test_who_may_delete_an_agents_note(
        self, who: str, status: int, cast: dict[str, User], customer: Customer, desk_client: SignIn
    ) -> None:
        note = Note.write(customer, by=cast["agent"], text="Mine.")
        where = reverse("customer_note_removal", args=[customer.pk, note.pk])
        assert desk_client(cast[who]).post(where).status_code == status
        note.refresh_from_db()
        assert (note.deleted_at is None) == (status == 403)

    def test_nobody_without_an_address_is_written_to(
        self, agent: User, desk_client: SignIn
    ) -> None:
        karla = CustomerFactory(email="")
        typed = {"subject": "x", "text": "x"}
        desk_client(agent).post(url("customer_letter", karla), typed)
        assert Letter.objects.count() == 0

    def test_a_disabled_customer_signs_in_again_after_enabling(
        self, agent: User, customer: Customer, desk_client: SignIn
    ) -> None:
        client = desk_client(agent)
        client.post(url("customer_disabling", customer))
        assert Customer.objects.get().disabled_at is not None
        client.post(url("customer_enabling", customer))
        assert Customer.objects.get().disabled_at is None


class TestHomeAndPalette:
    def test_home_shows_the_newest_and_my_mentions(
        self, agent: User, other_agent: User, customer: Customer, desk_client: SignIn
    ) -> None:
        Note.write(customer, by=agent, text="@Otto: the grinder", mentioned=[other_agent])
        assert "the grinder" in text_of(desk_client(other_agent).get("/admin/"))
        page = text_of(desk_client(agent).get("/admin/"))
        assert "the grinder" not in page
        assert "Jana Müller" in page

    def test_ctrl_k_finds_customers_and_the_action(
        self, agent: User, reader: User, customer: Customer, desk_client: SignIn
    ) -> None:
        found = text_of(desk_client(agent).get("/admin/search/?q=jana mue", headers=HTMX))
        assert url("customer_detail", customer) in found
        assert "/admin/customers/new/" in text_of(desk_client(agent).get("/admin/search/?q=add"))
        assert "/admin/customers/new/" not in text_of(
            desk_client(reader).get("/admin/search/?q=add")
        )


def test_a_new_customers_day_is_named(agent: User, customer: Customer, desk_client: SignIn) -> None:
    page = text_of(desk_client(agent).get(url("customer_detail", customer)))
    assert f"Customer since {timezone.localtime():%-d %b %Y}" in page
