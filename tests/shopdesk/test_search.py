"""The search over everything."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection

from core.slots import Found, SearchSource, Slot
from shopdesk import search
from tests.factories.accounts import sign_in

if TYPE_CHECKING:
    from django.http import HttpRequest

    from accounts.models import User
    from customers.models import Customer

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def sources(monkeypatch: pytest.MonkeyPatch) -> Slot[SearchSource]:
    """Only what a test puts in."""
    slot: Slot[SearchSource] = Slot("sources of this test")
    monkeypatch.setattr(search, "search_sources", slot)
    return slot


def people(count: int) -> SearchSource:
    def find(request: HttpRequest, text: str) -> list[Found]:
        return [Found(f"{text} {number}", f"/admin/x/{number}/") for number in range(count)]

    return SearchSource("Customers", find)


def groups(response) -> list[tuple[str, list[str]]]:
    return [
        (label, [found.label for found in founds]) for label, founds in response.context["groups"]
    ]


@pytest.mark.parametrize("who", ["owner", "lead", "agent", "other_agent", "reader"])
def test_all_staff_may_search(cast: dict[str, User], who: str) -> None:
    assert sign_in(cast[who]).get("/admin/search/", {"q": "home"}).status_code == 200


def test_sources_come_first_and_pages_last(owner: User, sources: Slot[SearchSource]) -> None:
    sources.add(people(2))
    sources.add(SearchSource("Empty", lambda request, text: []))
    found = groups(sign_in(owner).get("/admin/search/", {"q": " shop "}))
    assert found == [("Customers", ["shop 0", "shop 1"]), ("Go to", ["Shop"])]


def test_a_group_shows_five_at_most(owner: User, sources: Slot[SearchSource]) -> None:
    sources.add(people(9))
    [(_, found)] = groups(sign_in(owner).get("/admin/search/", {"q": "nowhere else"}))
    assert len(found) == 5


@pytest.mark.parametrize(("count", "lines"), [(4, 0), (5, 1), (9, 1)])
def test_a_full_group_leads_on_to_the_searched_list(
    owner: User, sources: Slot[SearchSource], count: int, lines: int
) -> None:
    sources.add(replace(people(count), list_url_name="customer_list"))
    response = sign_in(owner).get("/admin/search/", {"q": "jana & co"})
    [(_, found)] = response.context["groups"]
    onwards = [one.label for one in found if one.url == "/admin/customers/?q=jana+%26+co"]
    assert onwards == ["View all results"] * lines


def test_before_a_word_is_typed_the_navigation_is_offered(
    owner: User, sources: Slot[SearchSource]
) -> None:
    sources.add(people(2))
    [(label, pages)] = groups(sign_in(owner).get("/admin/search/"))
    assert (label, pages[0], pages[-1]) == ("Go to", "Home", "Settings")


def test_a_source_is_asked_for_those_who_may_see_it(
    owner: User, reader: User, sources: Slot[SearchSource]
) -> None:
    from core.permissions import can_write

    sources.add(SearchSource("Actions", people(1).find, allowed=can_write))
    query = {"q": "send"}
    assert groups(sign_in(owner).get("/admin/search/", query)) == [("Actions", ["send 0"])]
    assert groups(sign_in(reader).get("/admin/search/", query)) == []


def test_htmx_gets_the_results_alone(owner: User, sources: Slot[SearchSource]) -> None:
    sources.add(people(1))
    response = sign_in(owner).get("/admin/search/", {"q": "jana"}, headers=HTMX)
    assert "<html" not in response.text
    assert '<a role="option" id="palette-1-1"' in response.text
    assert "HX-Request" in response["Vary"]


def test_an_action_is_a_post_in_both_forms(owner: User, sources: Slot[SearchSource]) -> None:
    action = Found("Send password reset", "/admin/customers/1/reset-requests/", posts=True)
    sources.add(SearchSource("Actions", lambda request, text: [action]))
    desk = sign_in(owner)
    page = desk.get("/admin/search/", {"q": "reset"}).text
    partial = desk.get("/admin/search/", {"q": "reset"}, headers=HTMX).text
    assert '<form method="post" action="/admin/customers/1/reset-requests/">' in page
    assert 'hx-post="/admin/customers/1/reset-requests/"' in partial


@pytest.mark.parametrize(
    "text",
    ["", " ", "%", "_", "\\", "'", '"', "<script>", "😀", "\u202e", "x" * 10_000, "ein " * 200],
)
def test_any_text_is_answered(owner: User, text: str) -> None:
    for headers in ({}, HTMX):
        response = sign_in(owner).get("/admin/search/", {"q": text}, headers=headers)
        assert response.status_code == 200
        assert "<script>" not in response.text.replace('<script type="module"', "")


def test_what_is_typed_is_cut_before_anybody_looks_for_it(
    owner: User, sources: Slot[SearchSource]
) -> None:
    asked = []
    sources.add(SearchSource("Longest", lambda request, text: asked.append(text) or []))
    sign_in(owner).get("/admin/search/", {"q": "x" * 10_000})
    assert [len(text) for text in asked] == [200]


def test_a_last_resort_is_asked_when_nothing_else_is_found(
    owner: User, sources: Slot[SearchSource]
) -> None:
    sources.add(SearchSource("Did you mean", people(1).find, is_last_resort=True), order=1)
    sources.add(SearchSource("Known", lambda request, text: [Found("x", "/")] * (text == "known")))
    desk = sign_in(owner)
    assert groups(desk.get("/admin/search/", {"q": "known"})) == [("Known", ["x"])]
    assert groups(desk.get("/admin/search/", {"q": "home"})) == [("Go to", ["Home"])]
    assert groups(desk.get("/admin/search/", {"q": "knwon"})) == [("Did you mean", ["knwon 0"])]


def test_near_spellings_are_offered(agent: User, customer: Customer) -> None:
    response = sign_in(agent).get("/admin/search/", {"q": "jana müllr"})
    [(label, [offer])] = response.context["groups"]
    assert (str(label), offer.label, offer.url) == (
        "Did you mean",
        "jana Müller",
        "/admin/customers/?q=jana+M%C3%BCller",
    )


@pytest.mark.parametrize(
    ("text", "label", "url"),
    [
        ("profile", "My profile", "/admin/profile/"),
        ("password", "Change password", "/admin/profile/password/"),
        ("two-step", "Two-step sign-in", "/admin/profile/second-factor/"),
        ("sign out", "Sign out", "/admin/logout/"),
        ("imports", "Imports", "/admin/customers/imports/"),
        ("team", "Team", "/admin/settings/team/"),
    ],
)
def test_every_page_is_known_by_its_name(owner: User, text: str, label: str, url: str) -> None:
    response = sign_in(owner).get("/admin/search/", {"q": text})
    found = [(one.label, one.url) for _, founds in response.context["groups"] for one in founds]
    assert (label, url) in found


def test_one_can_sign_out_from_there(agent: User) -> None:
    response = sign_in(agent).post("/admin/logout/", headers=HTMX)
    assert response["HX-Redirect"] == "/admin/login/"


def test_customers_are_searched_once_for_all_sources(agent: User, customer: Customer) -> None:
    statements: list[str] = []

    def note(run: Any, sql: str, *given: Any) -> Any:
        statements.append(sql)
        return run(sql, *given)

    desk = sign_in(agent)
    with connection.execute_wrapper(note):
        found = groups(desk.get("/admin/search/", {"q": "jana"}))
    assert [label for label, _ in found] == ["Customers", "Send a link"]
    assert sum("WITH newest" in sql for sql in statements) == 1
