"""Lists say "about" of large numbers; who does something to all is told how many they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
from django.db import connection

from core import totals
from customers import search
from customers.bulk.choices import Choice
from customers.listing import CustomerList
from tests.customers.test_exporting import EXPORTS, english
from tests.factories.customers import CustomerFactory

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db

LIST, NEW = "/admin/customers/", "/admin/customers/bulk-changes/new/"
HTMX = {"HX-Request": "true"}
# All, found by a word, found in another order, and narrowed down.
QUERIES = ["", "?q=example", "?q=example&sort=name", "?orders_min=0"]


@pytest.fixture(autouse=True)
def seven(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seven customers, of whom nobody counts more than two."""
    monkeypatch.setattr(totals, "COUNTED_TO", 1)
    monkeypatch.setattr(search, "WINDOW_ROWS", 2)
    monkeypatch.setattr(CustomerList, "page_size", 1)
    for number in range(7):
        CustomerFactory(email=f"nr{number}@example.de")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE customers_customer, customers_customersearch")


@pytest.mark.parametrize("query", QUERIES)
class TestWhatIsAboutToHappenToAll:
    def test_is_told_to_the_last_where_the_list_says_about(self, lead: User, query: str) -> None:
        shown = english(lead).get(f"{LIST}{query}").text
        assert "about" in shown.split('class="pager"')[1].split("</nav>")[0]
        bar = shown.split('name="all_matching"')[1].split("</label>")[0]
        assert bar.endswith("<span>All that match</span>")

    def test_for_a_bulk_change(self, lead: User, query: str) -> None:
        asked = urlencode({"kind": "tag", "all_matching": "1", "of_list": query})
        for headers in ({}, HTMX):
            shown = english(lead).get(f"{NEW}?{asked}", headers=headers).text
            assert "Chosen: <b>all that match now</b>, 7 customers" in shown

    def test_for_an_export(self, lead: User, query: str) -> None:
        shown = english(lead).get(f"{EXPORTS}{query}").text
        assert "<b>7 customers</b>, as the list is searched" in shown

    def test_for_an_export_in_the_lists_dialog_when_it_is_opened(
        self, lead: User, query: str
    ) -> None:
        dialog = english(lead).get(f"{LIST}{query}").text.split('id="export-customers"')[1]
        size = dialog.split('<p id="export_size"')[1].split("</p>")[0]
        address = (query or "?").replace("&", "&amp;")
        assert f'hx-get="{EXPORTS}{address}"' in size
        assert ("about" in size, "All that match, as the list is searched" in size) == (False, True)
        part = english(lead).get(f"{EXPORTS}{query}", headers=HTMX).text.strip()
        assert part.startswith('<p id="export_size"><b>7 customers</b>')


def test_where_the_list_has_counted_them_nobody_counts_them_again(
    lead: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(totals, "COUNTED_TO", 10_000)
    shown = english(lead).get(f"{LIST}?orders_min=0").text
    assert "All that match: 7 customers" in shown
    size = shown.split('<p id="export_size"')[1].split("</p>")[0]
    assert size.startswith("><b>7 customers</b>")


def test_what_takes_too_long_to_count_is_not_guessed(
    lead: User, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CustomerList, "matching", lambda *_asked: Slow())
    monkeypatch.setattr(settings, "SEARCH_TIMEOUT_MS", 50)
    choice = Choice((), all_matching=True, of_list="")
    assert choice.size(lead) == ""
    part = english(lead).get(EXPORTS, headers=HTMX).text
    assert '<p id="export_size">All that match, as' in part


class Slow:
    """A query that takes a second."""

    def order_by(self) -> Slow:
        return self

    def count(self) -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(1)")
        return 0
