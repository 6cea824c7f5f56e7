"""Home."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.template import engines

from core.slots import Panel, Slot
from shopdesk import home
from tests.factories.accounts import sign_in

if TYPE_CHECKING:
    from accounts.models import User
    from customers.models import Customer

pytestmark = pytest.mark.django_db


@pytest.fixture
def cards(monkeypatch: pytest.MonkeyPatch) -> Slot[Panel]:
    """Home as a fresh installation would have it, without any app's cards."""
    slot: Slot[Panel] = Slot("cards of this test")
    monkeypatch.setattr(home, "home_cards", slot)
    return slot


@pytest.mark.parametrize("who", ["owner", "lead", "agent", "other_agent", "reader"])
def test_all_staff_begin_here(cast: dict[str, User], who: str) -> None:
    response = sign_in(cast[who]).get("/admin/")
    assert response.status_code == 200
    assert f"Hello, {cast[who].name}" in response.text
    assert '<form class="filter" action="/admin/search/"' in response.text


def test_a_fresh_shop_is_shown_how_to_begin(owner: User, cards: Slot[Panel]) -> None:
    response = sign_in(owner).get("/admin/")
    assert (response.context["is_fresh"], 'href="/admin/settings/shop/"' in response.text) == (
        True,
        True,
    )


def test_a_shop_with_customers_is_not(owner: User, customer: Customer, cards: Slot[Panel]) -> None:
    assert sign_in(owner).get("/admin/").context["is_fresh"] is False


def test_cards_show_what_their_apps_tell_and_know_the_page(
    owner: User, cards: Slot[Panel], monkeypatch: pytest.MonkeyPatch
) -> None:
    template = engines["django"].from_string("<p>{{ count }} for {{ request.user.name }}</p>")
    monkeypatch.setattr(
        "django.template.engine.Engine.find_template",
        _also_finding("tests/card.html", template.template),
    )
    cards.add(Panel("tests/card.html", lambda request: {"count": "3 < 4"}))
    cards.add(Panel("tests/card.html", lambda request: None))
    cards.add(Panel("tests/card.html", allowed=lambda user: False))
    page = sign_in(owner).get("/admin/").text
    assert page.count("<p>3 &lt; 4 for Olivia Owner</p>") == 1
    assert page.count(" for Olivia Owner</p>") == 1


def _also_finding(name: str, template: object) -> object:
    from django.template.engine import Engine

    find = Engine.find_template
    return lambda self, wanted, *arguments, **options: (
        (template, None) if wanted == name else find(self, wanted, *arguments, **options)
    )


@pytest.mark.parametrize("who", ["owner", "reader"])
def test_a_post_is_no_way_to_read(cast: dict[str, User], who: str) -> None:
    assert sign_in(cast[who]).post("/admin/").status_code == 405
