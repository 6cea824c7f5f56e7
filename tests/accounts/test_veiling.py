"""Contact details and orders that some roles see only after an identity check."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import AccountRules, ResetRequest
from core.listing import Asked
from customers.models import Customer, Identity, Proof
from customers.veils import all_as_seen_by, as_seen_by, is_masked, is_veiled, known_customers
from orders.listing import ORDERS
from orders.models import Order
from tests.accounts.test_rules import PAGE, typed
from tests.factories.accounts import StaffFactory, sign_in
from tests.factories.checks import LONG_AGO, OTHER_MAILBOX, known_for_long, passed_check
from tests.factories.customers import CustomerFactory
from tests.factories.orders import place
from tests.happened import happened_to
from tests.masked import hide_from

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db
EMAIL = "jana.mueller@example.de"


def test_nobody_is_masked_before_the_owner_says_so(cast: dict[str, User]) -> None:
    assert [name for name, user in cast.items() if is_masked(user)] == []


def test_the_owner_says_who_is(owner: User, cast: dict[str, User]) -> None:
    sign_in(owner).post(PAGE, typed(masked_roles=["agent", "read_only"]))
    masked = {name for name, user in cast.items() if is_masked(user)}
    assert masked == {"agent", "other_agent", "reader"}
    [event] = happened_to(AccountRules.current())
    assert (event.name, event.actor_id, event.plain) == (
        "account_rules.changed", owner.pk, {"fields": ["masked_roles"]},
    )  # fmt: skip


@pytest.mark.parametrize("role", ["owner", "garbage", ""])
def test_the_form_takes_no_other_role(owner: User, role: str) -> None:
    response = sign_in(owner).post(PAGE, typed(masked_roles=[role]))
    assert (response.status_code, AccountRules.current().masked_roles) == (422, [])


@pytest.mark.parametrize(
    ("masked", "status"),
    [(["lead"], 422), (["lead", "agent"], 422), (["lead", "agent", "read_only"], 302),
     (["agent"], 302), (["read_only"], 302)],
)  # fmt: skip
def test_leads_give_nobody_a_role_that_sees_more_than_theirs(
    owner: User, masked: list[str], status: int
) -> None:
    response = sign_in(owner).post(PAGE, typed(masked_roles=masked))
    assert response.status_code == status
    assert AccountRules.current().masked_roles == (masked if status == 302 else [])


def test_a_lead_does_not_take_the_veil_off_themselves(lead: User) -> None:
    everybody = ["lead", "agent", "read_only"]
    hide_from(*everybody)
    page = sign_in(lead)
    assert page.get(PAGE).text.count('name="masked_roles"') == 3
    page.post(PAGE, typed(masked_roles=[], reset_minutes=30))
    rules = AccountRules.current()
    assert (rules.masked_roles, rules.reset_minutes) == (everybody, 30)


def test_whoever_has_left_or_is_a_customer_is_no_member_of_staff(
    agent: User, owner: User, customer: Customer
) -> None:
    hide_from("agent")
    agent.deactivate(by=owner)
    agent.refresh_from_db()
    assert (is_masked(agent), is_masked(customer.user)) == (False, False)


def test_it_counts_from_the_next_request(agent: User, customer: Customer) -> None:
    desk, url = sign_in(agent), f"/admin/customers/{customer.pk}/"
    assert EMAIL in desk.get(url).text
    hide_from("agent")
    assert EMAIL not in desk.get(url).text
    hide_from()
    assert EMAIL in desk.get(url).text


@pytest.mark.parametrize(
    ("minutes_ago", "is_known"), [(0, True), (59, True), (60, False), (600, False)]
)
def test_a_passed_check_of_any_colleague_shows_them_while_it_is_valid(
    agent: User, other_agent: User, customer: Customer, minutes_ago: int, is_known: bool
) -> None:
    hide_from("agent")
    passed_check(customer, by=other_agent, minutes_ago=minutes_ago)
    assert is_veiled(customer.pk, agent) is not is_known
    assert known_customers().filter(pk=customer.pk).exists() is is_known


def test_an_ended_check_hides_them_again(agent: User, customer: Customer) -> None:
    hide_from("agent")
    check = passed_check(customer, by=agent)
    check.end(by=agent)
    assert is_veiled(customer.pk, agent)


def test_the_copy_holds_nothing_and_the_customer_everything(
    agent: User, customer: Customer
) -> None:
    hide_from("agent")
    place(customer)
    customer.add_phone("040 5550123", by=None)
    customer.add_address(by=None, street="Ring 1", city="Hamburg", country="DE")
    whole = Customer.objects.with_contact().get(pk=customer.pk)
    seen = as_seen_by(agent, whole)
    assert (seen.is_veiled, seen.name, seen.pk) == (True, "Jana Müller", customer.pk)
    assert (seen.primary_email, seen.primary_phone, seen.place) == ("", "", "")
    assert (seen.orders_count, seen.amount_spent, seen.last_order_at) == (None, None, None)
    assert list(seen.identities.all()) + list(seen.addresses.all()) == []
    assert list(seen.identities.filter(kind="email").order_by("pk")) == []
    assert (whole.is_veiled, whole.primary_email, whole.place) == (False, EMAIL, "Hamburg, DE")
    assert whole.orders_count == 1


def test_the_copy_is_never_saved_and_stays_one_after_a_verb(
    agent: User, customer: Customer
) -> None:
    hide_from("agent")
    customer.add_address(by=None, street="Ring 1", city="Hamburg", country="DE")
    seen = as_seen_by(agent, Customer.objects.get(pk=customer.pk))
    with pytest.raises(TypeError):
        seen.save(update_fields=["city"])
    assert seen.disable(by=agent)
    assert (seen.is_disabled, seen.primary_email, seen.place) == (True, "", "")
    customer.refresh_from_db()
    assert (customer.is_disabled, customer.place) == (True, "Hamburg, DE")


@pytest.mark.parametrize("rows", [1, 3])
def test_many_take_as_many_queries_as_one(
    agent: User, django_assert_num_queries: Any, rows: int
) -> None:
    hide_from("agent")
    people = [CustomerFactory() for _row in range(rows)]
    passed_check(people[0], by=agent)
    with django_assert_num_queries(2):  # the rules, and who has passed
        seen = all_as_seen_by(agent, people)
    assert [one.is_veiled for one in seen] == [False, *[True] * (rows - 1)]


def test_whoever_sees_everything_takes_none(
    owner: User, customer: Customer, django_assert_num_queries: Any
) -> None:
    hide_from("agent", "lead", "read_only")
    with django_assert_num_queries(0):
        assert as_seen_by(owner, customer) is customer


def test_orders_are_seen_of_whoever_has_shown_who_they_are(
    agent: User, owner: User, customer: Customer
) -> None:
    mine, nobodys, others = place(customer), place(None), place(CustomerFactory())
    hide_from("agent")
    passed_check(customer, by=owner)
    assert list(Order.objects.visible_to(agent)) == [mine]
    assert set(Order.objects.visible_to(owner)) == {mine, nobodys, others}
    assert list(Order.objects.visible_to(customer.user)) == [mine]
    desk = sign_in(agent)
    statuses = [desk.get(f"/admin/orders/{one.pk}/").status_code for one in (mine, others, nobodys)]
    assert statuses == [200, 404, 404]
    page = desk.get("/admin/orders/")
    assert [row.pk for row in page.context["list"].rows] == [mine.pk]
    assert page.context["list"].total_words == "1 order"


def test_the_size_of_the_table_is_not_taken_for_how_many_they_see(
    agent: User, owner: User, customer: Customer
) -> None:
    place(customer)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE pg_class SET reltuples = 50000 WHERE relname = 'orders_order'")
    hide_from("agent")
    counted = [ORDERS.read(Asked(), user=who).total.number for who in (agent, owner)]
    assert counted == [0, 50000]


@pytest.mark.parametrize(
    ("method", "page", "typed_in"),
    [
        ("get", "edit/", {}),
        ("post", "edit/", {"first_name": "Eve", "version": "1"}),
        ("post", "identities/", {"kind": "email", "value": "eve@evil.example"}),
        ("get", "addresses/", {}),
        ("post", "addresses/", {"street": "Ring 1", "city": "Graz", "country": "AT"}),
        ("get", "letters/", {}),
        ("post", "letters/", {"subject": "Hello", "text": "Hello"}),
        ("post", "address-move/", {"to": "eve@evil.example"}),
        ("get", "phone-help/", {}),
    ],
)
def test_contact_is_edited_only_after_a_check(
    agent: User, customer: Customer, method: str, page: str, typed_in: dict[str, str]
) -> None:
    hide_from("agent")
    desk, url = sign_in(agent), f"/admin/customers/{customer.pk}/{page}"
    before = list(Identity.objects.values_list("key"))
    refused = getattr(desk, method)(url, typed_in)
    assert refused.status_code == 403
    assert f'href="/admin/customers/{customer.pk}/identity-checks/"' in refused.text
    assert (
        "until"
        in getattr(desk, method)(url, typed_in, headers={"HX-Request": "true"}).headers[
            "HX-Trigger"
        ]
    )
    assert list(Identity.objects.values_list("key")) == before
    passed_check(customer, by=agent)
    assert getattr(desk, method)(url, typed_in).status_code != 403


def test_whoever_only_reads_is_offered_no_check(reader: User, customer: Customer) -> None:
    hide_from("read_only")
    desk = sign_in(reader)
    page = desk.get(f"/admin/customers/{customer.pk}/")
    assert "Contact details and orders are hidden" in page.text
    assert "identity-checks/" not in page.text
    refused = desk.get(f"/admin/customers/{customer.pk}/reset-requests/1/")
    assert (refused.status_code, "identity-checks/" in refused.text) == (403, False)


def test_a_link_is_sent_to_an_address_that_is_not_shown(agent: User, customer: Customer) -> None:
    hide_from("agent")
    desk = sign_in(agent)
    page = desk.post(f"/admin/customers/{customer.pk}/reset-requests/", follow=True)
    assert "The link is on its way to the customer&#x27;s address." in page.text
    assert ResetRequest.objects.get().to == EMAIL
    assert EMAIL not in page.text


def test_by_htmx_the_panel_stays_an_empty_place(agent: User, customer: Customer) -> None:
    hide_from("agent")
    headers = {"HX-Request": "true", "HX-Target": "reset_panel"}
    answer = sign_in(agent).post(f"/admin/customers/{customer.pk}/reset-requests/", headers=headers)
    assert 'id="reset_panel"' in answer.text
    assert "is on its way to the customer" in answer.headers["HX-Trigger"]
    assert EMAIL not in answer.text + str(answer.headers)


def test_notes_tags_and_consents_go_on_as_ever(agent: User, customer: Customer) -> None:
    hide_from("agent")
    desk, url = sign_in(agent), f"/admin/customers/{customer.pk}/"
    desk.post(f"{url}notes/", {"text": "Called, knew nothing."})
    desk.post(f"{url}tags/", {"tag": "VIP"})
    page = desk.get(url).text
    assert ("Called, knew nothing." in page, "VIP" in page) == (True, True)
    assert desk.post(f"{url}disabling/").status_code == 302
    customer.refresh_from_db()
    assert (customer.is_disabled, customer.primary_email) == (True, EMAIL)


def test_a_check_shows_nothing_of_where_a_code_goes(agent: User, customer: Customer) -> None:
    hide_from("agent")
    known_for_long(customer)
    third = customer.add_email("jana@dritt.example", by=None, proof=Proof.PROVED)
    Identity.objects.filter(pk=third.pk).update(proved_at=timezone.now() - LONG_AGO)
    desk, url = sign_in(agent), f"/admin/customers/{customer.pk}/identity-checks/"
    page = desk.post(url, follow=True)
    assert ("Confirmed address 1" in page.text, "Confirmed address 2" in page.text) == (True, True)
    assert ("zweit" in page.text, "dritt" in page.text) == (False, False)
    # Whoever calls back sees the number.
    assert "Call back" not in page.text
    check_url = page.request["PATH_INFO"]
    assert desk.post(f"{check_url}codes/call_back/").status_code == 403
    assert desk.post(f"{check_url}proofs/call_back/").status_code == 403
    place_id = Identity.objects.get(key=OTHER_MAILBOX).pk
    sent = desk.post(f"{check_url}codes/mailed_code/", {"place": place_id}, follow=True)
    assert "the other mailbox" in sent.text
    assert "zweit" not in sent.text


def test_the_rules_come_along_at_the_door(agent: User, django_assert_num_queries: Any) -> None:
    hide_from("agent")
    known = type(agent).objects.with_rules().get(pk=agent.pk)
    with django_assert_num_queries(0):
        assert is_masked(known)
    other = StaffFactory(role="lead")
    known = type(agent).objects.with_rules().get(pk=other.pk)
    with django_assert_num_queries(0):
        assert not is_masked(known)
