"""Bulk changes at the desk: choosing in the list, being asked, watching, and taking back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.frame import navigation_for
from customers.bulk.models import BulkChange
from customers.bulk.stages import Kind
from customers.bulk.working import work
from customers.models import Customer, Tag
from tests.customers.bulk_changes import asked, counts, done, five, tags_of
from tests.factories.customers import CustomerFactory

if TYPE_CHECKING:
    from django.http import HttpResponse
    from django.test import Client

    from accounts.models import User

pytestmark = pytest.mark.django_db

LIST, NEW = "/admin/customers/bulk-changes/", "/admin/customers/bulk-changes/new/"
HTMX = {"HX-Request": "true"}


def page(one: BulkChange) -> str:
    return f"{LIST}{one.pk}/"


@pytest.fixture
def desk(lead: User, desk_client: Any) -> Client:
    client: Client = desk_client(lead)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def ids(customers: list[Customer]) -> list[int]:
    return [customer.pk for customer in customers]


def send(client: Client, kind: str = "tag", **given: Any) -> HttpResponse:
    return client.post(NEW, {"kind": kind, "tag": "VIP", **given})  # type: ignore[return-value]


MAY = {
    # picked tags, picked accounts, all that match
    "owner": (302, 302, 302),
    "lead": (302, 302, 302),
    "agent": (302, 403, 403),
    "other_agent": (302, 403, 403),
    "reader": (403, 403, 403),
}


@pytest.mark.parametrize("who", sorted(MAY))
def test_agents_tag_whom_they_tick_and_leads_take_all_and_accounts(cast, desk_client, who) -> None:
    picked, client = ids(five()), desk_client(cast[who])
    told = (
        send(client, customer=picked).status_code,
        send(client, "disable", customer=picked).status_code,
        send(client, all_matching="1").status_code,
    )
    assert told == MAY[who]
    asked_for = [status for status in told if status == 302]
    assert BulkChange.objects.count() == len(asked_for)
    for address in (f"{NEW}?kind=disable&customer={picked[0]}", f"{NEW}?kind=tag&all_matching=1"):
        assert client.get(address).status_code == (200 if who in {"owner", "lead"} else 403)


@pytest.mark.parametrize(
    ("who", "boxes", "all_matching", "disable"),
    [("lead", True, True, True), ("agent", True, False, False), ("reader", False, False, False)],
)
def test_the_list_offers_what_one_may(
    cast, desk_client, monkeypatch, who, boxes, all_matching, disable
) -> None:
    monkeypatch.setattr("customers.listing.CustomerList.page_size", 2)
    five()
    shown = desk_client(cast[who]).get("/admin/customers/").text
    assert (shown.count('name="customer"') == 2) is boxes
    assert ('name="all_matching"' in shown) is all_matching
    assert ('value="disable"' in shown) is disable


def test_all_that_match_are_offered_only_beyond_one_page_that_could_be_read(
    desk, monkeypatch
) -> None:
    five()
    assert 'name="all_matching"' not in desk.get("/admin/customers/").text
    monkeypatch.setattr("customers.listing.CustomerList.page_size", 2)
    assert "All that match: 5 customers" in desk.get("/admin/customers/").text
    unreadable = desk.get("/admin/customers/?orders_min=many").text
    assert 'name="all_matching"' not in unreadable


@pytest.mark.parametrize(("who", "may"), [("lead", True), ("agent", False), ("other_agent", True)])
def test_who_asked_or_leads_steers(cast, desk_client, who, may) -> None:
    five()
    one = asked(Kind.TAG, "VIP", by=cast["other_agent"])
    client = desk_client(cast[who])
    assert ("cancellation/" in client.get(page(one)).text) is may
    for action in ("cancellation", "undoing", "attempts"):
        assert client.post(f"{page(one)}{action}/").status_code == (302 if may else 403)
    one.refresh_from_db()
    assert (one.stage == "cancelled") is may


def test_the_changes_are_reached_from_the_list(desk, rf, reader) -> None:
    request = rf.get(LIST)
    request.user = reader
    lines = [child.url for line in navigation_for(request)["lines"] for child in line.children]
    assert LIST in lines
    head = desk.get("/admin/customers/").text.split('<header class="head" id="head">')[1]
    assert f'href="{LIST}"' in head.split("</header>")[0]


class TestAsking:
    def test_the_list_leads_to_a_page_that_asks_and_to_a_dialog_with_htmx(self, desk) -> None:
        first, second, *_ = five()
        query = urlencode(
            {"kind": "tag", "customer": [first.pk, second.pk], "of_list": "?q=x"}, doseq=True
        )
        whole, part = desk.get(f"{NEW}?{query}"), desk.get(f"{NEW}?{query}", headers=HTMX)
        for answer in (whole, part):
            assert "<b>2 customers</b>" in answer.text
            assert f'name="customer" value="{second.pk}"' in answer.text
            assert "aria-invalid" not in answer.text
        assert part.text.startswith('<div id="bulk_ask"><dialog')
        assert "<h1>Add tags</h1>" in whole.text
        assert "HX-Request" in part.headers["Vary"]

    def test_ticked_customers_are_tagged(self, desk, lead) -> None:
        first, second, third, *_ = five()
        answer = send(desk, tag="VIP, Winter", customer=[first.pk, third.pk])
        one = BulkChange.objects.get()
        assert (answer.headers["Location"], one.asked_by) == (page(one), lead)
        assert counts(done(one)) == (2, 2, 0, 0)
        assert [tags_of(each) for each in (first, second, third)] == [
            ["VIP", "Winter"], [], ["VIP", "Winter"],
        ]  # fmt: skip

    def test_htmx_is_led_to_the_page_of_the_change(self, desk) -> None:
        answer = desk.post(
            NEW, {"kind": "tag", "tag": "VIP", "customer": ids(five())}, headers=HTMX
        )
        assert answer.headers["HX-Redirect"] == page(BulkChange.objects.get())

    def test_all_that_match_are_those_of_the_list(self, desk) -> None:
        customers = [CustomerFactory(first_name="Jana") for _ in range(3)]
        customers[0].tag("Stamm", by=None)
        customers[1].tag("Stamm", by=None)
        CustomerFactory(first_name="Anton").tag("Stamm", by=None)
        assert "3 customers" in desk.get(f"{NEW}?kind=tag&all_matching=1&of_list=%3Fq%3Djana").text
        send(desk, all_matching="1", of_list="?q=jana&tag=stamm", customer=customers[2].pk)
        assert done(BulkChange.objects.get()).chosen_count == 2
        assert [tags_of(each) for each in customers] == [["Stamm", "VIP"], ["Stamm", "VIP"], []]

    @pytest.mark.parametrize(
        ("text", "number"), [("", 3), ("?view=account", 1), ("?q=nobody", 0), ("?q=jana%40x.de", 1)]
    )
    def test_views_and_exact_hits_count_as_in_the_list(self, desk, text, number) -> None:
        CustomerFactory(account=True)
        CustomerFactory(email="jana@x.de")
        CustomerFactory(first_name="jana@x.de")
        status = send(desk, all_matching="1", of_list=text).status_code
        found = BulkChange.objects.first()
        assert (status, found.chosen_count if found else 0) == (302 if number else 422, number)

    def test_a_filter_that_cannot_be_read_is_refused(self, desk) -> None:
        """Left out, as the list does, it would be all customers."""
        five()
        answer = send(desk, all_matching="1", of_list="?orders_min=many")
        assert (answer.status_code, BulkChange.objects.count()) == (422, 0)
        assert "Part of the selection could not be read." in answer.text

    @pytest.mark.parametrize(
        "picked", [["x"], ["-1"], ["9" * 30], ["1"] * 251, ["²"], ["9223372036854775808"]]
    )
    def test_rows_that_nobody_ticked_are_refused(self, desk, picked) -> None:
        for answer in (
            send(desk, customer=picked),
            desk.get(NEW, {"kind": "tag", "customer": picked}),
        ):
            assert "Part of the selection could not be read." in answer.text
        assert not BulkChange.objects.exists()

    @pytest.mark.parametrize(
        ("given", "sentence"),
        [
            ({}, "Tick customers in the list first."),
            ({"customer": ["1"], "tag": ""}, "This field is required."),
            ({"customer": ["1"], "tag": " , "}, "A tag has between 1 and 255 letters."),
            ({"customer": ["1"], "tag": "x" * 256}, "A tag has between 1 and 255 letters."),
            ({"customer": ["1"], "kind": "untag", "tag": "No"}, "There is no tag “No”."),
        ],
    )
    def test_what_will_not_do_is_said_and_what_was_chosen_stays(
        self, desk, given, sentence
    ) -> None:
        answer = send(desk, **given)
        assert (answer.status_code, BulkChange.objects.count()) == (422, 0)
        assert sentence in answer.text.replace("&quot;", '"')
        if "customer" in given:
            assert 'name="customer" value="1"' in answer.text

    def test_tags_that_somebody_carries_come_off(self, desk) -> None:
        customer, *_ = five()
        customer.tag("Größe L", by=None)
        assert send(desk, "untag", tag="größe l", customer=customer.pk).status_code == 302
        assert counts(done(BulkChange.objects.get())) == (1, 1, 0, 0)


class TestWatching:
    def test_while_it_works_the_page_asks_how_far_it_is(self, desk, settings) -> None:
        settings.BULK_PIECE_ROWS = 2
        five()
        one = asked(Kind.TAG, "VIP", by=None)
        assert work(one.pk, seconds=0)
        part = desk.get(page(one), headers=HTMX)
        assert part.text.startswith('<div id="bulk_state"')
        assert 'hx-trigger="every 1s"' in part.text
        assert 'value="2" max="5"' in part.text
        done(one)
        assert "hx-trigger" not in desk.get(page(one), headers=HTMX).text

    def test_done_it_names_who_was_changed_and_who_was_skipped(self, desk) -> None:
        full, other = CustomerFactory(), CustomerFactory()
        full.tag_all([f"tag {number}" for number in range(250)], by=None)
        shown = desk.get(page(done(asked(Kind.TAG, "VIP", by=None)))).text
        skipped, changed = shown.split("<h2>Skipped</h2>")[1].split("<h2>Changed</h2>")
        assert f"/admin/customers/{full.pk}/" in skipped
        assert "A customer carries at most 250 tags." in skipped
        assert re.findall(r'data-href="/admin/customers/(\d+)/"', changed) == [str(other.pk)]

    def test_it_is_undone_with_a_button(self, desk) -> None:
        customers = five()
        one = done(asked(Kind.TAG, "VIP", by=None))
        assert "Undo for 5 customers" in desk.get(page(one)).text
        answer = desk.post(f"{page(one)}undoing/")
        undoing = BulkChange.objects.get(kind=Kind.UNDO)
        assert answer.headers["Location"] == page(undoing)
        assert "It is being undone." in desk.get(page(one)).text
        assert "Undo for" not in desk.get(page(one)).text
        done(undoing)
        assert "<h1>Undo: Add tags: VIP</h1>" in desk.get(page(undoing)).text
        assert [tags_of(each) for each in customers] == [[]] * 5
        again = desk.post(f"{page(one)}undoing/", follow=True)
        assert "This cannot be undone, or is undone already." in again.text

    def test_stopped_it_can_be_tried_again(self, desk) -> None:
        five()
        one = asked(Kind.TAG, "VIP", by=None)
        one.give_up()
        assert "This change stopped." in desk.get(page(one)).text
        assert "It is being tried again." in desk.post(f"{page(one)}attempts/", follow=True).text
        assert counts(done(one)) == (5, 5, 0, 0)

    @pytest.mark.parametrize(
        ("who", "told"),
        [("lead", True), ("other_agent", True), ("agent", False), ("reader", False)],
    )
    def test_home_tells_who_may_try_it_again(self, cast, desk_client, who, told) -> None:
        five()
        one = asked(Kind.TAG, "VIP", by=cast["other_agent"])
        client = desk_client(cast[who])
        assert "This change stopped." not in client.get("/admin/").text
        one.give_up()
        assert (f'href="{page(one)}">Add tags: VIP' in client.get("/admin/").text) is told

    def test_the_list_says_what_was_done(self, desk) -> None:
        assert "No bulk changes yet" in desk.get(LIST).text
        five()
        done(done(asked(Kind.TAG, "VIP", by=None)).undo(by=None))
        shown = desk.get(LIST).text
        assert re.findall(r'<td class="title wrap"><a [^>]+>([^<]+)</a>', shown) == [
            "Undo: Add tags: VIP",
            "Add tags: VIP",
        ]

    def test_pages_ask_as_often_for_many_rows_as_for_one(self, desk) -> None:
        def queries(url: str) -> int:
            with CaptureQueriesContext(connection) as sent:
                assert desk.get(url).status_code == 200
            return len(sent)

        CustomerFactory()
        few = done(asked(Kind.TAG, "VIP", by=None))
        before = queries(LIST), queries(page(few))
        five()
        Tag.objects.create(name="More", key="more")
        many = done(asked(Kind.TAG, "Winter", "More", by=None))
        assert (queries(LIST), queries(page(many))) == before
