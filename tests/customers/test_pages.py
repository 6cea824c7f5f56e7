"""Staff's pages about customers: who may, what they show, and what bad input does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from core.slots import Slot
from customers import slots
from customers.models import Customer, Letter, Note
from customers.timeline import timeline_sources
from tests.customers.page_addresses import HTMX, READING, WRITING, text_of, url
from tests.factories.customers import CustomerFactory

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from accounts.models import User

    SignIn = Callable[[User], Client]


class TestWhoMay:
    @pytest.mark.parametrize("who", ["owner", "lead", "agent", "other_agent", "reader"])
    @pytest.mark.parametrize("page", READING)
    def test_all_staff_read(
        self, who: str, page: str, cast: dict[str, User], customer: Customer, desk_client: SignIn
    ) -> None:
        response = desk_client(cast[who]).get(url(page, customer))
        assert response.status_code == 200
        assert "Jana Müller" in text_of(response)

    @pytest.mark.parametrize("page", [*READING, "customer_create"])
    def test_strangers_are_led_to_the_sign_in(
        self, page: str, stranger: Client, customer: Customer
    ) -> None:
        where = reverse(page) if page == "customer_create" else url(page, customer)
        response = stranger.get(where)
        assert (response.status_code, response.url) == (302, f"/admin/login/?next={where}")

    @pytest.mark.parametrize("page", READING)
    def test_customers_have_no_way_in(
        self, page: str, customer: Customer, shop_client: SignIn
    ) -> None:
        assert shop_client(customer.user).get(url(page, customer)).status_code == 302

    @pytest.mark.parametrize("page", sorted(WRITING))
    def test_readers_change_nothing(
        self, page: str, reader: User, customer: Customer, desk_client: SignIn
    ) -> None:
        response = desk_client(reader).post(url(page, customer), WRITING[page])
        assert response.status_code == 403
        untouched = Customer.objects.get(pk=customer.pk)
        assert (untouched.first_name, untouched.disabled_at) == ("Jana", None)
        assert (Note.objects.count(), Letter.objects.count()) == (0, 0)

    @pytest.mark.parametrize("page", sorted(WRITING))
    def test_agents_do_each_of_it(
        self, page: str, agent: User, customer: Customer, desk_client: SignIn
    ) -> None:
        response = desk_client(agent).post(url(page, customer), WRITING[page])
        back_to = response.url.partition("#")[0]
        # Addresses and numbers are added inside the form, which stays open.
        form = "customer_edit" if page == "customer_identity_add" else "customer_detail"
        assert (response.status_code, back_to) == (302, url(form, customer))

    @pytest.mark.parametrize("page", sorted(WRITING))
    def test_a_get_changes_nothing(
        self, page: str, agent: User, customer: Customer, desk_client: SignIn
    ) -> None:
        before = Customer.objects.values().get(pk=customer.pk)
        assert desk_client(agent).get(url(page, customer)).status_code in {200, 405}
        assert Customer.objects.values().get(pk=customer.pk) == before

    @pytest.mark.parametrize("page", ["customer_detail", *sorted(WRITING)])
    @pytest.mark.parametrize("number", [0, 99_999_999, 10**25])
    def test_nobody_is_404(self, page: str, number: int, agent: User, desk_client: SignIn) -> None:
        client = desk_client(agent)
        where = reverse(page, args=[number])
        ask = client.get if page == "customer_detail" else client.post
        assert ask(where, WRITING.get(page, {})).status_code == 404

    def test_what_readers_cannot_do_is_not_offered(
        self, reader: User, customer: Customer, desk_client: SignIn
    ) -> None:
        page = text_of(desk_client(reader).get(url("customer_detail", customer)))
        assert "Disable account" not in page
        assert 'name="text"' not in page


class TestList:
    def test_the_page_shows_names_states_and_the_total(
        self, agent: User, customer: Customer, desk_client: SignIn
    ) -> None:
        page = text_of(desk_client(agent).get("/admin/customers/"))
        assert "jana.mueller@example.de" in page
        assert "1 customer" in page
        assert "<html" in page

    def test_typing_answers_the_rows_alone(
        self, agent: User, customer: Customer, desk_client: SignIn
    ) -> None:
        response = desk_client(agent).get("/admin/customers/?q=jana&account=", headers=HTMX)
        page = text_of(response)
        assert "Jana Müller" in page
        assert "<html" not in page
        assert response["HX-Push-Url"] == "/admin/customers/?q=jana"
        assert "HX-Request" in response["Vary"]

    def test_an_empty_shop_says_how_to_begin(self, agent: User, desk_client: SignIn) -> None:
        page = text_of(desk_client(agent).get("/admin/customers/"))
        assert "No customers yet" in page

    def test_nobody_found_offers_near_spellings(
        self, agent: User, customer: Customer, desk_client: SignIn
    ) -> None:
        page = text_of(desk_client(agent).get("/admin/customers/?q=mulerr"))
        assert "Did you mean" in page
        assert "?q=M%C3%BCller" in page

    @pytest.mark.parametrize(
        "query",
        [
            "q=" + "x" * 10_000,
            "cursor=" + "x" * 10_000,
            "sort=drop&view=table&tag=%F0%9F%98%80",
            "orders_min=-1&orders_max=1e99&spent_min=NaN&spent_max=Infinity",
            "orders_min=99999999999999999999&country=XX&account=x&subscription=x",
            "q=%25%25%5C&spent_min=9999999999999999999999",
        ],
    )
    def test_bad_input_still_shows_a_page(
        self, query: str, agent: User, customer: Customer, desk_client: SignIn
    ) -> None:
        client = desk_client(agent)
        assert client.get(f"/admin/customers/?{query}").status_code == 200
        assert client.get(f"/admin/customers/?{query}", headers=HTMX).status_code == 200

    def test_a_nul_byte_is_refused(self, agent: User, desk_client: SignIn) -> None:
        assert desk_client(agent).get("/admin/customers/?q=a%00b").status_code == 400

    @pytest.mark.parametrize("rows", [1, 3])
    def test_the_queries_do_not_grow_with_the_rows(
        self,
        rows: int,
        agent: User,
        desk_client: SignIn,
        django_assert_num_queries: Any,
    ) -> None:
        for _number in range(rows):
            CustomerFactory(account=True)
        client = desk_client(agent)
        client.get("/admin/customers/")
        with django_assert_num_queries(LIST_QUERIES):
            assert client.get("/admin/customers/").status_code == 200


# Shop, session, user, two of what they keep of the list; the time-out's five; the page, its
# addresses, the total's two. The figures: the time-out's five; customers three, accounts one,
# resets two, subscribers one.
LIST_QUERIES = 26


class TestDetail:
    def test_it_shows_all_that_is_known(
        self, agent: User, customer: Customer, desk_client: SignIn
    ) -> None:
        customer.add_phone("+49 40 5550 1234", by=agent)
        customer.add_address(by=agent, street="Elbe 1", city="Hamburg", country="DE")
        customer.tag("VIP", by=agent)
        Note.write(customer, by=agent, text="Called at noon.")
        page = text_of(desk_client(agent).get(url("customer_detail", customer)))
        for part in (
            "mailto:jana.mueller@example.de",
            "tel:+494055501234",
            "Elbe 1",
            "Germany",
            "VIP",
            "Called at noon.",
            "Account enabled",
        ):
            assert part in page

    def test_what_staff_typed_is_escaped(
        self, agent: User, customer: Customer, desk_client: SignIn
    ) -> None:
        customer.change(by=agent, expected_version=1, note="<script>1</script>", company="<b>x")
        Note.write(customer, by=agent, text="<img src=x>")
        page = text_of(desk_client(agent).get(url("customer_detail", customer)))
        assert "<script>1" not in page
        assert "<img src=x>" not in page

    @pytest.mark.parametrize("rows", [1, 3])
    def test_the_queries_do_not_grow(
        self,
        rows: int,
        agent: User,
        customer: Customer,
        desk_client: SignIn,
        django_assert_num_queries: Any,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        for number in range(rows):
            customer.add_address(by=agent, city="Graz")
            customer.add_email(f"{number}@example.de", by=agent)
            customer.tag(f"tag {number}", by=agent)
            Note.write(customer, by=agent, text="x")
            Letter.write(customer, by=agent, subject="x", text="x")
        for slot in (timeline_sources, *vars(slots).values()):
            if isinstance(slot, Slot):
                monkeypatch.setattr(slot, "_entries", [])  # other apps count their own
        client = desk_client(agent)
        client.get(url("customer_detail", customer))
        with django_assert_num_queries(DETAIL_QUERIES):
            client.get(url("customer_detail", customer))


# Shop, session, user; the customer and their addresses to write to; postal addresses, tags; the
# timeline's events, staff, notes and letters; the letters' mails; colleagues.
DETAIL_QUERIES = 13
