"""Contact details and orders that some roles see only after an identity check."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import AccountRules, ResetRequest, Throttle
from core.listing import Asked
from customers.masking import (
    is_masked_for,
    known_customers,
    sees_masked,
)
from customers.models import Customer, Identity, Proof
from orders.listing import ORDERS
from orders.models import Order
from tests.accounts.test_rules import PAGE, typed
from tests.factories.accounts import StaffFactory, sign_in
from tests.factories.checks import LONG_AGO, OTHER_MAILBOX, known_for_long, passed_check
from tests.factories.customers import CustomerFactory
from tests.factories.orders import place
from tests.happened import happened_to
from tests.masked import mask_for

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db
EMAIL = "jana.mueller@example.de"


def test_nobody_sees_masked_before_the_owner_says_so(cast: dict[str, User]) -> None:
    assert [name for name, user in cast.items() if sees_masked(user)] == []


def test_the_owner_says_who_is(owner: User, cast: dict[str, User]) -> None:
    sign_in(owner).post(PAGE, typed(masked_roles=["agent", "read_only"]))
    masked = {name for name, user in cast.items() if sees_masked(user)}
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


def test_a_lead_does_not_take_the_mask_off_themselves(lead: User) -> None:
    everybody = ["lead", "agent", "read_only"]
    mask_for(*everybody)
    page = sign_in(lead)
    assert page.get(PAGE).text.count('name="masked_roles"') == 3
    page.post(PAGE, typed(masked_roles=[], reset_minutes=30))
    rules = AccountRules.current()
    assert (rules.masked_roles, rules.reset_minutes) == (everybody, 30)


def test_whoever_has_left_or_is_a_customer_is_no_member_of_staff(
    agent: User, owner: User, customer: Customer
) -> None:
    mask_for("agent")
    agent.deactivate(by=owner)
    agent.refresh_from_db()
    assert (sees_masked(agent), sees_masked(customer.user)) == (False, False)


def test_it_counts_from_the_next_request(agent: User, customer: Customer) -> None:
    desk, url = sign_in(agent), f"/admin/customers/{customer.pk}/"
    assert EMAIL in desk.get(url).text
    mask_for("agent")
    assert EMAIL not in desk.get(url).text
    mask_for()
    assert EMAIL in desk.get(url).text


@pytest.mark.parametrize(
    ("minutes_ago", "is_known"), [(0, True), (59, True), (60, False), (600, False)]
)
def test_a_passed_check_of_any_colleague_shows_them_while_it_is_valid(
    agent: User, other_agent: User, customer: Customer, minutes_ago: int, is_known: bool
) -> None:
    mask_for("agent")
    passed_check(customer, by=other_agent, minutes_ago=minutes_ago)
    assert is_masked_for(agent, customer.pk) is not is_known
    assert known_customers().filter(pk=customer.pk).exists() is is_known


def test_an_ended_check_masks_them_again(agent: User, customer: Customer) -> None:
    mask_for("agent")
    check = passed_check(customer, by=agent)
    check.end(by=agent)
    assert is_masked_for(agent, customer.pk)


def test_orders_are_seen_of_whoever_has_shown_who_they_are(
    agent: User, owner: User, customer: Customer
) -> None:
    mine, nobodys, others = place(customer), place(None), place(CustomerFactory())
    mask_for("agent")
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
    mask_for("agent")
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
    mask_for("agent")
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
    mask_for("read_only")
    desk = sign_in(reader)
    page = desk.get(f"/admin/customers/{customer.pk}/")
    assert "Contact details and orders are masked" in page.text
    assert "identity-checks/" not in page.text
    refused = desk.get(f"/admin/customers/{customer.pk}/reset-requests/1/")
    assert (refused.status_code, "identity-checks/" in refused.text) == (403, False)


def test_a_link_is_sent_to_an_address_that_is_not_shown(agent: User, customer: Customer) -> None:
    mask_for("agent")
    desk = sign_in(agent)
    page = desk.post(f"/admin/customers/{customer.pk}/reset-requests/", follow=True)
    assert "The link is on its way to the customer&#x27;s address." in page.text
    assert ResetRequest.objects.get().to == EMAIL
    assert EMAIL not in page.text


def test_by_htmx_the_panel_stays_an_empty_place(agent: User, customer: Customer) -> None:
    mask_for("agent")
    headers = {"HX-Request": "true", "HX-Target": "reset_panel"}
    answer = sign_in(agent).post(f"/admin/customers/{customer.pk}/reset-requests/", headers=headers)
    assert 'id="reset_panel"' in answer.text
    assert "is on its way to the customer" in answer.headers["HX-Trigger"]
    assert EMAIL not in answer.text + str(answer.headers)


@pytest.mark.parametrize("target", ["", "reset_panel"])
def test_whoever_does_not_see_a_doubtful_address_is_asked_first(agent: User, target: str) -> None:
    mask_for("agent")
    mistyped = CustomerFactory(email="jana@gmial.com", account=True)
    desk, url = sign_in(agent), f"/admin/customers/{mistyped.pk}/reset-requests/"
    assert 'name="anyway"' not in desk.get(f"/admin/customers/{mistyped.pk}/").text
    asked = desk.post(url, headers={"HX-Request": "true", "HX-Target": target})
    assert asked["HX-Redirect"] == f"{url}confirmation/"
    page = desk.get(f"{url}confirmation/").text
    assert ("Something speaks against this address." in page, "mail.com" in page) == (True, False)
    assert ("gmial" in page, ResetRequest.objects.exists()) == (False, False)
    assert Throttle.objects.get(name="masked look-ups of colleague").count == 2
    desk.post(url, {"anyway": "1"})
    assert ResetRequest.objects.get().to == "jana@gmial.com"


def test_notes_tags_and_consents_go_on_as_ever(agent: User, customer: Customer) -> None:
    mask_for("agent")
    desk, url = sign_in(agent), f"/admin/customers/{customer.pk}/"
    desk.post(f"{url}notes/", {"text": "Called, knew nothing."})
    desk.post(f"{url}tags/", {"tag": "VIP"})
    page = desk.get(url).text
    assert ("Called, knew nothing." in page, "VIP" in page) == (True, True)
    assert desk.post(f"{url}disabling/").status_code == 302
    customer.refresh_from_db()
    assert (customer.is_disabled, customer.primary_email) == (True, EMAIL)


def test_a_check_shows_nothing_of_where_a_code_goes(agent: User, customer: Customer) -> None:
    mask_for("agent")
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


@pytest.mark.parametrize("page", ["", "identity-checks/", "reset-requests/"])
def test_a_page_asks_once_whether_they_have_shown_who_they_are(
    agent: User, customer: Customer, page: str
) -> None:
    mask_for("agent")
    known_for_long(customer)
    desk, url = sign_in(agent), f"/admin/customers/{customer.pk}/{page}"
    begun = desk.post(url).url if page == "identity-checks/" else url
    act = desk.post if page == "reset-requests/" else desk.get
    with CaptureQueriesContext(connection) as queries:
        assert act(begun).status_code in {200, 302}
    known = 'IN (SELECT U0."customer_id" AS "customer_id" FROM "accounts_identitycheck"'
    assert [known in query["sql"] for query in queries].count(True) == 1


def test_the_rules_come_along_at_the_door(agent: User, django_assert_num_queries: Any) -> None:
    mask_for("agent")
    known = type(agent).objects.with_rules().get(pk=agent.pk)
    with django_assert_num_queries(0):
        assert sees_masked(known)
    other = StaffFactory(role="lead")
    known = type(agent).objects.with_rules().get(pk=other.pk)
    with django_assert_num_queries(0):
        assert not sees_masked(known)
