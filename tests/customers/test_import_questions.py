"""Before an import that has written is stopped or taken back, somebody says that it is meant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from customers.importing.models import Import
from customers.importing.working import steps
from customers.models import Customer
from events.models import Event
from tests.customers.import_files import checked, imported, many, table

if TYPE_CHECKING:
    from django.test import Client

    from accounts.models import User

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
SURE = {"sure": "1"}


@pytest.fixture
def desk(lead: User, desk_client: Any) -> Client:
    client: Client = desk_client(lead)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


@pytest.fixture
def begun(settings: Any, lead: User) -> Import:
    """Of three customers one has come."""
    settings.IMPORT_CHUNK_ROWS = 1
    one = checked(table(*many(3)))
    one.start(by=lead, in_worker=False)
    next(steps(one.pk))
    one.refresh_from_db()
    return one


def page(one: Import) -> str:
    return f"/admin/customers/imports/{one.pk}/"


def stage(one: Import) -> str:
    return str(Import.objects.get(pk=one.pk).stage)


def test_the_question_says_what_stays_and_what_does_not_come(desk: Client, begun: Import) -> None:
    shown = desk.get(f"{page(begun)}cancellation/").text
    assert "<h1>Cancel this import?</h1>" in shown
    assert "So far it has created 1 and changed 0: that stays." in shown
    assert "Not imported any more: 2 customers." in shown
    assert "what it has done can be undone." in shown
    assert "To let it go on later, pause it instead." in shown
    assert f'href="{page(begun)}" autofocus>Keep importing</a>' in shown
    assert (stage(begun), Event.objects.filter(name="import.cancelled").count()) == (
        "importing",
        0,
    )


def test_with_htmx_it_is_a_dialog_with_the_focus_on_going_on(desk: Client, begun: Import) -> None:
    part = desk.get(f"{page(begun)}cancellation/", headers=HTMX).text
    assert part.startswith('<div id="question"><dialog')
    assert "data-shows" in part
    assert "data-closes autofocus>Keep importing</button>" in part
    whole = desk.get(page(begun)).text
    assert '<div id="question"></div>' in whole
    # What is asked for anew each second does not take the dialog with it.
    assert 'id="question"' not in desk.get(page(begun), headers=HTMX).text


def test_the_answer_cancels_and_a_click_from_before_it_began_is_asked(
    desk: Client, begun: Import
) -> None:
    answer = desk.post(f"{page(begun)}cancellation/")
    assert answer["Location"] == f"{page(begun)}cancellation/"
    assert stage(begun) == "importing"
    answer = desk.post(f"{page(begun)}cancellation/", SURE, follow=True)
    assert "The import was cancelled." in answer.text
    assert (stage(begun), Customer.objects.count()) == ("cancelled", 1)
    again = desk.post(f"{page(begun)}cancellation/", SURE, follow=True)
    assert "The import had ended before." in again.text


def test_a_paused_one_is_left_paused(desk: Client, begun: Import, lead: User) -> None:
    begun.pause(by=lead)
    assert f'href="{page(begun)}cancellation/"' in desk.get(page(begun)).text
    shown = desk.get(f"{page(begun)}cancellation/").text
    assert "Leave it paused" in shown
    assert "pause it instead" not in shown


def test_before_anything_is_written_nobody_is_asked(desk: Client) -> None:
    one = checked(table(*many(1)))
    assert desk.get(f"{page(one)}cancellation/")["Location"] == page(one)
    assert stage(one) == "checked"
    desk.post(f"{page(one)}cancellation/")
    assert stage(one) == "cancelled"


def test_before_an_undoing_it_is_said_what_goes(desk: Client) -> None:
    one = imported(table(*many(2)))
    assert f'href="{page(one)}undoing/"' in desk.get(page(one)).text
    shown = desk.get(f"{page(one)}undoing/").text
    assert "<h1>Undo this import?</h1>" in shown
    assert "Created and taken away again: 2. Changed and set back: 0." in shown
    assert "autofocus>Keep what it brought</a>" in shown
    assert stage(one) == "finished"
    desk.post(f"{page(one)}undoing/", SURE)
    assert stage(one) == "undoing"
    assert desk.get(f"{page(one)}undoing/")["Location"] == page(one)


@pytest.mark.parametrize("verb", ["cancellation", "undoing"])
@pytest.mark.parametrize(("who", "status"), [("owner", 200), ("agent", 403), ("reader", 403)])
def test_who_is_asked(
    cast: dict[str, User], desk_client: Any, begun: Import, verb: str, who: str, status: int
) -> None:
    one = begun if verb == "cancellation" else imported(table({"Email": "neu@example.de"}))
    assert desk_client(cast[who]).get(f"{page(one)}{verb}/").status_code == status
