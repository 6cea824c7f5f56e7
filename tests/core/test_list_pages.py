"""A list's page: its addresses, what htmx gets, and what the browser's address bar shows then."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from customers.listing import CustomerList
from tests.factories.accounts import sign_in
from tests.factories.customers import CustomerFactory
from tests.factories.orders import place

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db
CUSTOMERS, ORDERS = "/admin/customers/", "/admin/orders/"
LISTS = pytest.mark.parametrize(("address", "name"), [(CUSTOMERS, "customer"), (ORDERS, "order")])


@pytest.fixture
def desk(agent: User) -> Client:
    place(CustomerFactory(first_name="Ann", country="AT", city="Graz"), number=1)
    return sign_in(agent, headers={"accept-language": "en"})


def page_of(client: Client, address: str, **headers: str) -> str:
    return unescape(client.get(address, headers=headers).content.decode())


def links(html: str) -> dict[str, str]:
    """Where each link leads, by its words."""
    found = re.findall(r'<a[^>]*?href="(\?[^"]*)"[^>]*>(.*?)</a>', html, re.DOTALL)
    return {" ".join(re.sub(r"<[^>]+>", " ", words).split()): url for url, words in found}


class TestAddresses:
    def test_tabs_keep_what_was_asked_and_start_from_the_first_page(self, desk: Client) -> None:
        html = page_of(desk, f"{CUSTOMERS}?q=ann&country=AT&sort=-name&cursor=x&view=invited")
        assert links(html)["With account"] == "?q=ann&country=AT&sort=-name&view=account"
        assert links(html)["All"] == "?q=ann&country=AT&sort=-name"

    def test_a_view_with_an_order_of_its_own_is_opened_in_it(self, desk: Client) -> None:
        html = page_of(desk, f"{CUSTOMERS}?sort=-name")
        assert links(html)["Newest"] == "?view=newest"

    def test_a_heading_sorts_and_then_turns_round(self, desk: Client) -> None:
        for query, following, aria in [
            ("", "sort=name", None),
            ("?sort=name", "sort=-name", "ascending"),
            ("?sort=-name", "sort=name", "descending"),
        ]:
            html = page_of(desk, CUSTOMERS + query)
            [heading] = re.findall(r"<th[^>]*><a id=\"customer_by_name\"[^>]*>", html)
            assert f'href="?{following}"' in heading
            assert re.findall('aria-sort="([^"]+)"', heading) == ([aria] if aria else [])

    def test_what_goes_without_saying_is_marked_as_sorted_too(self, desk: Client) -> None:
        html = page_of(desk, ORDERS)
        assert re.findall(r'aria-sort="(\w+)"><a id="(\w+)"', html) == [
            ("descending", "order_by_newest")
        ]

    def test_the_select_offers_both_ways_and_shows_the_present_one(self, desk: Client) -> None:
        html = page_of(desk, f"{ORDERS}?sort=-total")
        assert re.findall(r'<option value="([^"]+)" selected>([^<]+)', html) == [
            ("-total", "Lowest total")
        ]
        assert re.findall(r'<option value="(-?(?:newest|total|number))"', html) == [
            *("newest", "-newest", "total", "-total", "number", "-number")
        ]

    def test_each_filter_has_a_chip_that_takes_it_off(self, desk: Client) -> None:
        html = page_of(desk, f"{CUSTOMERS}?country=AT&orders_min=1&q=ann&sort=name")
        assert links(html)["Country: Austria Remove"] == "?orders_min=1&q=ann&sort=name"
        assert links(html)["Orders from: 1 Remove"] == "?country=AT&q=ann&sort=name"

    def test_all_filters_are_cleared_at_once_and_the_rest_stays(self, desk: Client) -> None:
        query = "?country=AT&orders_min=1&tag=vip&q=ann&sort=name&view=account&cursor=x"
        html = page_of(desk, CUSTOMERS + query)
        assert links(html)["Clear all filters"] == "?q=ann&sort=name&view=account"
        assert "Clear all filters" not in page_of(desk, f"{CUSTOMERS}?q=ann")

    def test_the_filters_travel_with_the_form(self, desk: Client) -> None:
        html = page_of(desk, f"{ORDERS}?customer=7&view=unpaid")
        form = html.split('id="order_filter"')[1].split("</form>")[0]
        assert re.search(r'type="hidden" name="customer" value="7"', form)
        assert re.search(r'type="hidden" name="view" value="unpaid"', form)

    def test_what_cannot_be_read_is_left_out_and_named(self, desk: Client) -> None:
        html = page_of(desk, f"{CUSTOMERS}?orders_min=many&country=AT")
        assert "could not be read" in html
        assert "Country: Austria" in html
        assert "could not be read" not in page_of(desk, CUSTOMERS)


class TestHtmx:
    @LISTS
    def test_a_link_brings_rows_tabs_and_form(self, desk: Client, address: str, name: str) -> None:
        html = page_of(desk, f"{address}?sort=-newest", **{"HX-Request": "true"})
        assert re.findall(r'id="(\w+_(?:tabs|filter|tools|rows|list))"', html) == [
            *(f"{name}_tabs", f"{name}_tools", f"{name}_filter", f"{name}_rows")
        ]
        assert html.count('hx-swap-oob="true"') == 3
        assert '<option value="-newest" selected>' in html

    @LISTS
    def test_whoever_types_keeps_the_form(self, desk: Client, address: str, name: str) -> None:
        headers = {"HX-Request": "true", "HX-Trigger": f"{name}_filter"}
        html = page_of(desk, f"{address}?q=a", **headers)
        assert re.findall(r'id="(\w+_(?:tabs|filter|tools|rows|list))"', html) == [
            *(f"{name}_tabs", f"{name}_tools", f"{name}_rows")
        ]

    @LISTS
    def test_a_page_that_is_gone_back_to_is_whole(
        self, desk: Client, address: str, name: str
    ) -> None:
        headers = {"HX-Request": "true", "HX-History-Restore-Request": "true"}
        html = page_of(desk, address, **headers)
        assert "<html" in html
        assert "hx-swap-oob" not in html

    @pytest.mark.parametrize(
        ("before", "now", "header"),
        [
            ("", "?q=a&account=&orders_min=", "HX-Push-Url"),
            ("?q=a", "?q=an&account=", "HX-Replace-Url"),
            ("?q=a", "?q=&account=", "HX-Replace-Url"),
            ("?q=a", "?q=a&account=enabled", "HX-Push-Url"),
            ("?q=a&sort=name", "?q=an&sort=newest", "HX-Push-Url"),
        ],
    )
    def test_typing_on_leaves_one_entry_in_the_history(
        self, desk: Client, before: str, now: str, header: str
    ) -> None:
        asked = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{CUSTOMERS}{before}"}
        answer = desk.get(CUSTOMERS + now, headers=asked)
        found = {name: answer[name] for name in ("HX-Push-Url", "HX-Replace-Url") if name in answer}
        said = "&".join(part for part in now.strip("?").split("&") if not part.endswith("="))
        said = said.replace("&sort=newest", "")
        assert found == {header: f"{CUSTOMERS}?{said}"}

    def test_paging_keeps_its_place_in_the_address(
        self, desk: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(CustomerList, "page_size", 1)
        CustomerFactory()
        html = page_of(desk, CUSTOMERS)
        [following] = re.findall(r'href="([^"]+)" id="page_next"', html)
        answer = desk.get(CUSTOMERS + following, headers={"HX-Request": "true"})
        assert answer["HX-Push-Url"] == CUSTOMERS + following
