"""Before a bulk change is taken back, somebody says that it is meant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from customers.bulk.models import BulkChange
from customers.bulk.stages import Kind
from tests.customers.bulk_changes import asked, done, five

if TYPE_CHECKING:
    from django.test import Client

    from accounts.models import User

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def desk(lead: User, desk_client: Any) -> Client:
    client: Client = desk_client(lead)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def page(one: BulkChange) -> str:
    return f"/admin/customers/bulk-changes/{one.pk}/"


@pytest.mark.parametrize(
    ("kind", "tags", "sentence"),
    [
        (Kind.TAG, ["VIP", "Winter"], "5 customers lose again: VIP, Winter"),
        (Kind.UNTAG, ["VIP"], "5 customers get back: VIP"),
        (Kind.DISABLE, [], "5 customers may sign in again and reset their passwords."),
    ],
)
def test_the_question_says_what_will_happen(
    desk: Client, kind: Kind, tags: list[str], sentence: str
) -> None:
    for customer in five():
        customer.tag_all(tags if kind == Kind.UNTAG else [], by=None)
    one = done(asked(kind, *tags))
    assert f'href="{page(one)}undoing/"' in desk.get(page(one)).text
    shown = desk.get(f"{page(one)}undoing/").text
    assert "<h1>Undo this change?</h1>" in shown
    assert f"<p>{sentence}</p>" in shown
    assert "What somebody has changed since stays." in shown
    assert f'href="{page(one)}" autofocus>Leave it as it is</a>' in shown
    assert ">Undo for 5 customers</button>" in shown
    assert not BulkChange.objects.filter(kind=Kind.UNDO).exists()


def test_with_htmx_it_is_a_dialog_with_the_focus_on_leaving_it(desk: Client) -> None:
    five()
    one = done(asked(Kind.TAG, "VIP"))
    part = desk.get(f"{page(one)}undoing/", headers=HTMX).text
    assert part.startswith('<div id="question"><dialog')
    assert "data-closes autofocus>Leave it as it is</button>" in part
    assert '<div id="question"></div>' in desk.get(page(one)).text


def test_where_there_is_nothing_to_undo_nothing_is_asked(desk: Client) -> None:
    five()
    one = asked(Kind.TAG, "VIP")
    assert desk.get(f"{page(one)}undoing/")["Location"] == page(one)
    done(one)
    desk.post(f"{page(one)}undoing/")
    assert desk.get(f"{page(one)}undoing/")["Location"] == page(one)


@pytest.mark.parametrize(("who", "status"), [("lead", 200), ("other_agent", 200), ("agent", 403)])
def test_who_asked_for_it_and_leads_are_asked(
    cast: dict[str, User], desk_client: Any, who: str, status: int
) -> None:
    five()
    one = done(asked(Kind.TAG, "VIP", by=cast["other_agent"]))
    assert desk_client(cast[who]).get(f"{page(one)}undoing/").status_code == status
