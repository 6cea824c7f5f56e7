"""Views of one's own: a search, filters, an order and columns, kept under a name as a tab."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.test import Client

from lists.desk import get_view
from lists.models import ColumnChoice, NameTaken, SavedView, TooManyViews
from tests.core.test_list_pages import links
from tests.factories.accounts import sign_in
from tests.factories.customers import CustomerFactory
from tests.lists.test_columns import headings
from tests.threads import all_at_once

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db
LIST, VIEWS = "/admin/customers/", "/admin/lists/customer/views/"
IN_AUSTRIA = {"country": "AT", "sort": "spent"}


def english(user: User) -> Client:
    return sign_in(user, headers={"accept-language": "en"})


@pytest.fixture
def desk(agent: User) -> Client:
    CustomerFactory(first_name="Ann").add_address(by=None, city="Graz", country="AT")
    CustomerFactory(first_name="Bea").tag("VIP", by=None)
    return english(agent)


@pytest.fixture
def kept(agent: User) -> SavedView:
    return SavedView.keep("In Austria", "customer", IN_AUSTRIA, [], by=agent)


def page_of(client: Client, address: str = LIST) -> str:
    return unescape(client.get(address).content.decode())


def current(html: str) -> list[str]:
    tabs = html.split('class="tabs"')[1].split("</nav>", maxsplit=1)[0]
    found = re.findall(r'<a [^>]*aria-current="page"[^>]*>(.*?)</a>', tabs, re.DOTALL)
    return [words.strip() for words in found]


def asked(address: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(address).query))


def address_of(view: SavedView) -> str:
    return LIST + view.as_own().address


class TestKeeping:
    def test_what_is_asked_is_kept_and_opened_as_a_tab(self, desk: Client, agent: User) -> None:
        query = "?q=+ann+&country=AT&sort=-name&view=no-account&cursor=x&garbage=1&orders_min=many"
        answer = desk.post(VIEWS + query, {"name": " In  Austria "})
        view = SavedView.objects.get()
        assert (view.owner, view.list_name, view.name) == (agent, "customer", "In Austria")
        kept = {"q": "ann", "view": "no-account", "sort": "-name", "country": "AT"}
        assert view.query == kept
        assert (answer.status_code, asked(answer.url)) == (302, asked(address_of(view)))
        html = page_of(desk, answer.url)
        assert current(html) == ["In Austria"]
        assert "Save changes" not in html
        assert "The view is saved." in html

    def test_what_goes_without_saying_is_not_kept(self, desk: Client) -> None:
        desk.post(f"{VIEWS}?sort=newest&view=all&q=&country=", {"name": "Everybody"})
        assert SavedView.objects.get().query == {}

    def test_the_columns_of_the_moment_come_along(self, desk: Client, agent: User) -> None:
        ColumnChoice.choose("customer", ["name", "tags"], by=agent)
        desk.post(VIEWS, {"name": "Tags"})
        view = SavedView.objects.get()
        desk.post("/admin/lists/customer/columns/", {"columns": ["phone"]})
        assert headings(page_of(desk, address_of(view))) == ["Name", "Tags"]
        assert headings(page_of(desk)) == ["Name", "Phone"]

    @pytest.mark.parametrize("name", ["", "  ", "x" * 41, "a\0b"])
    def test_a_name_that_is_none_is_refused(self, desk: Client, name: str) -> None:
        assert desk.post(VIEWS, {"name": name}).status_code == 422
        assert SavedView.objects.count() == 0

    def test_a_name_twice_is_refused_whatever_its_capitals(
        self, desk: Client, kept: SavedView
    ) -> None:
        answer = desk.post(f"{VIEWS}?q=x", {"name": "IN AUSTRIA"})
        assert answer.status_code == 422
        html = unescape(answer.content.decode())
        assert "You have a view of this name already." in html
        assert 'value="IN AUSTRIA"' in html
        assert SavedView.objects.count() == 1

    def test_a_colleague_and_another_list_may_use_the_name(
        self, kept: SavedView, other_agent: User, agent: User
    ) -> None:
        SavedView.keep(kept.name, "customer", {}, [], by=other_agent)
        SavedView.keep(kept.name, "order", {}, [], by=agent)
        assert SavedView.objects.count() == 3

    def test_twenty_are_enough(self, desk: Client, agent: User) -> None:
        for number in range(20):
            SavedView.keep(f"View {number}", "customer", {}, [], by=agent)
        answer = desk.post(VIEWS, {"name": "One more"})
        assert answer.status_code == 422
        assert "You have 20 views here already." in answer.content.decode()
        with pytest.raises(TooManyViews):
            SavedView.keep("One more", "customer", {}, [], by=agent)
        SavedView.objects.get(name="View 3").delete()
        assert desk.post(VIEWS, {"name": "One more"}).status_code == 302

    def test_without_a_popover_there_is_a_page(self, desk: Client) -> None:
        html = page_of(desk, f"{VIEWS}?q=ann")
        assert 'name="name"' in html
        assert SavedView.objects.count() == 0


@pytest.mark.django_db(transaction=True)
class TestRaces:
    def test_of_many_at_once_one_gets_the_name(self, agent: User) -> None:
        told = all_at_once(lambda _number: SavedView.keep("VIP", "customer", {}, [], by=agent))
        refused = [one for one in told if isinstance(one, NameTaken)]
        assert (len(refused), SavedView.objects.count()) == (len(told) - 1, 1)

    def test_the_last_places_go_to_as_many_as_there_are(self, agent: User) -> None:
        for number in range(17):
            SavedView.keep(f"View {number}", "customer", {}, [], by=agent)
        told = all_at_once(
            lambda number: SavedView.keep(f"N{number}", "customer", {}, [], by=agent)
        )
        refused = [one for one in told if isinstance(one, TooManyViews)]
        assert (len(refused), SavedView.objects.count()) == (len(told) - 3, 20)


class TestShowing:
    def test_ones_own_stand_behind_the_built_in_tabs(self, desk: Client, kept: SavedView) -> None:
        found = links(page_of(desk))
        assert asked(found["In Austria"]) == {**IN_AUSTRIA, "saved": str(kept.pk)}
        assert list(found).index("In Austria") > list(found).index("Newest")

    def test_leaving_it_leaves_its_filters_too(self, desk: Client, kept: SavedView) -> None:
        found = links(page_of(desk, address_of(kept)))
        assert found["With account"] == "?view=account"
        assert found["Newest"] == "?view=newest"

    def test_what_is_changed_can_be_saved_or_dropped(self, desk: Client, kept: SavedView) -> None:
        html = page_of(desk, f"{address_of(kept)}&q=ann")
        assert current(html) == ["In Austria"]
        assert "Save changes" in html
        assert links(html)["Discard changes"] == links(html)["In Austria"]
        form = html.split('id="customer_filter"')[1].split("</form>")[0]
        assert f'name="saved" value="{kept.pk}"' in form

    def test_a_colleague_sees_none_of_it(self, kept: SavedView, other_agent: User) -> None:
        html = page_of(english(other_agent), address_of(kept))
        assert "In Austria" not in html
        assert current(html) == ["All"]
        assert "&saved=" not in html

    @pytest.mark.parametrize("saved", ["x", "0", "9" * 40])
    def test_a_view_that_is_none_shows_the_list(
        self, desk: Client, kept: SavedView, saved: str
    ) -> None:
        html = page_of(desk, f"{LIST}?saved={saved}")
        assert current(html) == ["All"]
        assert kept.name in html

    def test_a_nul_is_refused_as_everywhere(self, desk: Client) -> None:
        answer = desk.get(f"{LIST}?saved=%00")
        assert (answer.status_code, 'class="tabs"' in answer.content.decode()) == (400, False)

    def test_a_name_is_a_text(self, desk: Client, agent: User) -> None:
        view = SavedView.keep("<b>x</b>", "customer", {}, [], by=agent)
        html = desk.get(address_of(view)).content.decode()
        assert "<b>x</b>" not in html


class TestChanging:
    def test_it_takes_what_is_asked_now(self, desk: Client, kept: SavedView) -> None:
        answer = desk.post(f"{VIEWS}{kept.pk}/query/?q=ann&country=AT&cursor=x")
        kept.refresh_from_db()
        assert kept.query == {"q": "ann", "country": "AT"}
        assert asked(answer.url) == asked(address_of(kept))

    def test_another_name(self, desk: Client, kept: SavedView) -> None:
        answer = desk.post(f"{VIEWS}{kept.pk}/name/?q=ann", {"name": "Graz"})
        kept.refresh_from_db()
        assert (kept.name, kept.query) == ("Graz", IN_AUSTRIA)
        assert answer.url == f"{LIST}?q=ann&saved={kept.pk}"

    def test_its_own_name_in_other_capitals(self, desk: Client, kept: SavedView) -> None:
        assert desk.post(f"{VIEWS}{kept.pk}/name/", {"name": "IN AUSTRIA"}).status_code == 302
        kept.refresh_from_db()
        assert kept.name == "IN AUSTRIA"

    def test_not_the_name_of_another_one(self, desk: Client, kept: SavedView, agent: User) -> None:
        SavedView.keep("VIP", "customer", {}, [], by=agent)
        assert desk.post(f"{VIEWS}{kept.pk}/name/", {"name": "vip"}).status_code == 422
        kept.refresh_from_db()
        assert kept.name == "In Austria"

    def test_it_has_columns_of_its_own(self, desk: Client, kept: SavedView, agent: User) -> None:
        columns = f"/admin/lists/customer/columns/?country=AT&sort=spent&saved={kept.pk}"
        answer = desk.post(columns, {"columns": ["tags"]})
        assert answer.url == f"{LIST}?sort=spent&country=AT&saved={kept.pk}"
        assert headings(page_of(desk, answer.url)) == ["Name", "Tags"]
        assert len(headings(page_of(desk))) == 7
        desk.post(columns, {"usual": "1"})
        assert len(headings(page_of(desk, answer.url))) == 7

    def test_deleted_once_and_then_not_found(self, desk: Client, kept: SavedView) -> None:
        assert desk.post(f"{VIEWS}{kept.pk}/removal/").url == LIST
        assert SavedView.objects.count() == 0
        assert desk.post(f"{VIEWS}{kept.pk}/removal/").status_code == 404

    @pytest.mark.parametrize(
        "page", ["views/{pk}/name/", "views/{pk}/query/", "columns/?saved={pk}"]
    )
    def test_deleted_at_the_same_moment_it_is_not_found(
        self, page: str, desk: Client, kept: SavedView, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def deleted_in_another_tab(*place: Any) -> SavedView:
            found = get_view(*place)
            SavedView.objects.all().delete()
            return found

        monkeypatch.setattr("lists.desk.get_view", deleted_in_another_tab)
        address = f"/admin/lists/customer/{page.format(pk=kept.pk)}"
        assert desk.post(address, {"name": "Graz"}).status_code == 404
        assert (SavedView.objects.count(), ColumnChoice.objects.count()) == (0, 0)

    @pytest.mark.parametrize("page", ["name/", "query/", "removal/"])
    def test_a_colleagues_is_not_found(self, page: str, kept: SavedView, other_agent: User) -> None:
        before = SavedView.objects.values().get()
        sent: Any = {"name": "Mine now"}
        answer = english(other_agent).post(f"{VIEWS}{kept.pk}/{page}", sent)
        assert answer.status_code == 404
        assert SavedView.objects.values().get() == before

    @pytest.mark.parametrize("page", ["name/", "query/", "removal/"])
    def test_nor_is_one_of_another_list(self, page: str, kept: SavedView, desk: Client) -> None:
        address = f"/admin/lists/order/views/{kept.pk}/{page}"
        assert desk.post(address, {"name": "Other"}).status_code == 404
        assert SavedView.objects.get().name == "In Austria"
