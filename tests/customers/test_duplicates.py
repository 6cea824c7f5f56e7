"""Customers who may be one person: found at night and on their page, and told apart for good."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.duplicates.finding import MOST_AT_A_PHONE, find_pairs, people_like
from customers.duplicates.models import LikelyPair, ToldApart
from customers.models import Customer
from events.models import Event
from tests.customers.bulk_changes import lines_of
from tests.factories.customers import CustomerFactory
from tests.threads import all_at_once

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db
LIST = "/admin/customers/duplicates/"
PHONE = "+4940555012"


def living(first: str, last: str, street: str, postal_code: str = "20259", **more: Any) -> Customer:
    customer: Customer = CustomerFactory(first_name=first, last_name=last, **more)
    customer.add_address(by=None, street=street, postal_code=postal_code, city="Hamburg")
    return customer


def found() -> list[tuple[int, int, bool, bool]]:
    find_pairs()
    columns = "first", "second", "same_phone", "same_address"
    return list(LikelyPair.objects.order_by("pk").values_list(*columns))


class TestFinding:
    def test_a_phone_that_two_have_makes_a_pair_whatever_they_are_called(self) -> None:
        jana, oguz = CustomerFactory(phone=PHONE), CustomerFactory()
        oguz.add_phone("040 555012", by=None)
        CustomerFactory(phone="+4940555013")
        assert found() == [(jana.pk, oguz.pk, True, False)]

    @pytest.mark.parametrize(
        ("first", "last", "street", "postal_code", "is_found"),
        [
            ("Jana", "Müller", "Hauptstraße 5", "20259", True),
            ("Jana", "Mueller", "Hauptstr. 5", "20259", True),
            ("J.", "Müller", "HAUPT-STRASSE 5", "20259", True),
            ("Müller", "Jana", "Hauptstraße 5", "20259", True),
            ("Jonas", "Müller", "Hauptstraße 5", "20259", False),  # the same family
            ("Oğuz", "Yıldırım", "Hauptstraße 5", "20259", False),
            ("Jana", "Müller", "Hauptstraße 55", "20259", False),
            ("Jana", "Müller", "Hauptstraße 5", "20257", False),
        ],
    )
    def test_one_address_and_similar_names_make_a_pair(
        self, first: str, last: str, street: str, postal_code: str, is_found: bool
    ) -> None:
        one = living("Jana", "Müller", "Hauptstraße 5")
        other = living(first, last, street, postal_code)
        assert found() == ([(one.pk, other.pk, False, True)] if is_found else [])
        assert [each.customer for each in people_like(other, most=5)] == [one] * is_found

    def test_an_address_without_a_street_is_none(self) -> None:
        living("Jana", "Müller", "")
        living("Jana", "Müller", "")
        assert found() == []

    def test_the_likeliest_come_first(self) -> None:
        by_phone = [CustomerFactory(phone="+4940555099") for _ in range(2)]
        both = [living("Jana", "Müller", "Weg 1", phone=PHONE) for _ in range(2)]
        assert found() == [
            (*[each.pk for each in both], True, True),
            (*[each.pk for each in by_phone], True, False),
        ]

    def test_a_phone_that_many_share_tells_nothing(self) -> None:
        customers = [CustomerFactory(phone=PHONE) for _ in range(MOST_AT_A_PHONE + 1)]
        assert (found(), people_like(customers[0], most=5)) == ([], [])

    def test_a_repeat_finds_the_same_and_what_is_no_more_is_gone(self) -> None:
        one, _other = CustomerFactory(phone=PHONE), CustomerFactory(phone=PHONE)
        assert found() == found() != []
        one.remove_identity(one.identities.phones().get(), by=None)
        assert found() == []

    def test_a_pair_keeps_nobody_from_being_deleted_and_is_then_left_out(
        self, lead: User, desk_client: Any
    ) -> None:
        one, _other = CustomerFactory(phone=PHONE), CustomerFactory(phone=PHONE)
        find_pairs()
        one.delete()
        assert "No possible duplicates" in shown(desk_client(lead))


class TestTellingApart:
    def test_a_pair_is_never_suggested_again(self, agent: User) -> None:
        one, other = CustomerFactory(phone=PHONE), CustomerFactory(phone=PHONE)
        find_pairs()
        assert ToldApart.say(other, one, by=agent)
        assert not ToldApart.say(one, other, by=agent)
        assert LikelyPair.objects.count() == 0
        assert (found(), people_like(one, most=5)) == ([], [])
        event = Event.objects.get(name="customer.told_apart")
        assert event.actor_id == agent.pk
        for each in (one, other):
            assert "not the same person as another customer" in lines_of(each)[0]

    def test_those_who_are_told_apart_are_not_shown_whatever_a_search_wrote_down(
        self, agent: User, desk_client: Any
    ) -> None:
        one, other = CustomerFactory(phone=PHONE), CustomerFactory(phone=PHONE)
        ToldApart.say(one, other, by=agent)
        LikelyPair.objects.create(first=one, second=other, same_phone=True, same_address=False)
        assert "No possible duplicates" in shown(desk_client(agent))

    def test_others_of_the_same_phone_stay_suggested(self, agent: User) -> None:
        one, other, third = (CustomerFactory(phone=PHONE) for _ in range(3))
        ToldApart.say(one, other, by=agent)
        assert [each.customer for each in people_like(one, most=5)] == [third]


@pytest.mark.django_db(transaction=True)
def test_of_many_clicks_one_counts(agent: User) -> None:
    one, other = CustomerFactory(phone=PHONE), CustomerFactory(phone=PHONE)
    told = all_at_once(lambda _number: ToldApart.say(one, other, by=agent))
    assert sorted(told) == [False] * 7 + [True]
    assert Event.objects.filter(name="customer.told_apart").count() == 1


def shown(client: Any, url: str = LIST) -> str:
    text: str = client.get(url, headers={"Accept-Language": "en"}).text
    return text


@pytest.mark.parametrize(("who", "may"), [("lead", True), ("agent", True), ("reader", False)])
def test_everybody_sees_them_and_whoever_edits_customers_tells_them_apart(
    cast: dict[str, User], desk_client: Any, who: str, may: bool
) -> None:
    one, other = CustomerFactory(phone=PHONE), CustomerFactory(phone=PHONE)
    find_pairs()
    client, url = (
        desk_client(cast[who]),
        f"{LIST}{one.pk}/{other.pk}/dismissal/",
    )
    for page in (LIST, f"/admin/customers/{one.pk}/"):
        text = shown(client, page)
        assert "Same phone" in text
        assert f"/admin/customers/{other.pk}/" in text
        assert (url in text) is may
    answer = client.post(url)
    assert answer.status_code == (302 if may else 403)
    assert (ToldApart.objects.count() == 1) is may
    if may:
        assert answer.headers["Location"] == f"/admin/customers/{one.pk}/"
        assert client.post(url, {"listed": "1"}).headers["Location"] == LIST
        assert "Perhaps the same person" not in shown(client, f"/admin/customers/{one.pk}/")


def test_the_page_asks_as_often_for_many_pairs_as_for_one(lead: User, desk_client: Any) -> None:
    def queries() -> int:
        find_pairs()
        with CaptureQueriesContext(connection) as sent:
            shown(client)
        return len(sent)

    client = desk_client(lead)
    for _ in range(2):
        CustomerFactory(phone=PHONE)
    few = queries()
    for _ in range(3):
        CustomerFactory(phone="+4940555099")
    assert (queries(), LikelyPair.objects.count()) == (few, 4)
