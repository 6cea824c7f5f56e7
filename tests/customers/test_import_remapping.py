"""Back from the check to what the columns hold: what was said stays, and the check runs anew."""

from __future__ import annotations

from contextlib import closing
from itertools import islice
from typing import TYPE_CHECKING, Any

import pytest

from customers.importing.models import Import
from customers.importing.of_customers.models import ImportRow, StagedRow
from customers.importing.tasks import sweep_imports
from customers.importing.verdicts import first_verdicts
from customers.importing.working import steps, work
from customers.models import Customer
from events.models import Event
from tests.customers.import_files import counts, imported, problems, table
from tests.customers.mapped_files import filled, said, waiting
from tests.factories.accounts import sign_in
from tests.threads import all_at_once

if TYPE_CHECKING:
    from django.test import Client

    from accounts.models import User

LIST = "/admin/customers/imports/"
BUTTON = "Change the columns"
TEXT = "Wer;Mail;Wo\nJana Müller;jana@example.de;Köln\nBen Ng;ben@example.de;Mannheim\nX;broken;Y\n"


def page(one: Import) -> str:
    return f"{LIST}{one.pk}/"


def ready(*, by: User | None = None) -> Import:
    """Checked, with the name taken for a note."""
    return said(waiting(TEXT, by=by), column_0="note", column_2="city")


@pytest.fixture
def desk(lead: User) -> Client:
    return sign_in(lead)


@pytest.mark.django_db
class TestTheWayBack:
    def test_leads_to_the_columns_as_they_were_said_and_to_a_new_check(
        self, desk: Client, lead: User
    ) -> None:
        one = ready()
        assert BUTTON in desk.get(page(one)).text
        answer = desk.post(f"{page(one)}remapping/", follow=True)
        assert answer.redirect_chain == [(page(one), 302)]
        one.refresh_from_db()
        assert (one.stage, filled(one)) == (
            "mapping",
            {"Wer": "note", "Mail": "email", "Wo": "city"},
        )
        assert "filled in as they were said before" in answer.text
        assert (work(one.pk), sweep_imports()) == (False, 0)
        one = said(one, column_0="full_name")
        assert (one.stage, counts(one), problems(one)) == (
            *("checked", (2, 0, 0, 1)),
            [(4, "email_malformed")],
        )
        first = first_verdicts(one)[0]
        assert (first.row.first_name, first.row.note, first.word) == ("Jana", "", "New")  # type: ignore[attr-defined]  # a customer's
        one.start(by=lead, in_worker=False)
        work(one.pk)
        known = Customer.objects.order_by("pk").values_list("first_name", "last_name", "note")
        assert list(known) == [("Jana", "Müller", ""), ("Ben", "Ng", "")]
        names = Event.objects.filter(name__startswith="import.").order_by("id")
        assert list(names.values_list("name", flat=True))[:5] == [
            *("import.uploaded", "import.mapped", "import.checked", "import.columns_changed"),
            "import.mapped",
        ]

    def test_is_gone_once_and_no_more_when_the_import_has_started(
        self, desk: Client, lead: User
    ) -> None:
        one = ready()
        assert one.change_columns(by=lead)
        assert not one.change_columns(by=lead)
        said(one).start(by=lead, in_worker=False)
        one.refresh_from_db()
        assert not one.change_columns(by=lead)
        assert BUTTON not in desk.get(page(one)).text
        late = desk.post(f"{page(one)}remapping/", follow=True)
        assert "The columns cannot be changed any more." in late.text
        work(one.pk)
        one.refresh_from_db()
        assert (one.stage, one.change_columns(by=lead)) == ("finished", False)

    def test_is_none_where_it_is_asked_already_or_over(self, desk: Client, lead: User) -> None:
        over = ready()
        over.cancel(by=lead)
        for one in (over, imported(table({"Email": "b@c.de"})), waiting(TEXT)):
            assert not one.change_columns(by=lead)
            assert BUTTON not in desk.get(page(one)).text

    def test_is_for_leads_by_a_post(self, cast: dict[str, User]) -> None:
        one = ready()
        assert sign_in(cast["lead"]).get(f"{page(one)}remapping/").status_code == 405
        assert sign_in(cast["agent"]).post(f"{page(one)}remapping/").status_code == 403
        one.refresh_from_db()
        assert one.stage == "checked"

    def test_with_htmx_leads_on_as_well(self, desk: Client) -> None:
        one = ready()
        answer = desk.post(f"{page(one)}remapping/", headers={"HX-Request": "true"})
        assert answer.headers["HX-Redirect"] == page(one)

    def test_leaves_nothing_of_the_check_before(self, lead: User) -> None:
        one = ready()
        assert one.change_columns(by=lead)
        assert (counts(one), one.rows_count, one.checked_at) == ((0, 0, 0, 0), 0, None)
        one = said(one, column_1="note", column_0="email")
        noted = ImportRow.objects.filter(of_import=one).order_by("line")
        assert [(row.line, row.problems[0][0]) for row in noted] == [
            (line, "email_malformed") for line in (2, 3, 4)
        ]

    def test_may_be_left_for_a_week_like_any_other_question(self, lead: User) -> None:
        one = ready()
        one.change_columns(by=lead)
        one.cancel(by=lead)
        work(one.pk)
        assert (one.stage, StagedRow.objects.exists()) == ("cancelled", False)


@pytest.mark.django_db
@pytest.mark.parametrize("steps_before", [0, 1, 2, 3, 4, 5])
@pytest.mark.parametrize("is_paused", [False, True])
def test_a_worker_that_is_still_at_it_begins_anew(
    settings: Any, lead: User, steps_before: int, *, is_paused: bool
) -> None:
    settings.IMPORT_CHUNK_ROWS = 1
    one = waiting(TEXT)
    assert one.map_columns({"wer": "note", "mail": "email", "wo": "city"}, by=lead)
    working = steps(one.pk)
    list(islice(working, steps_before))
    one.refresh_from_db()
    if is_paused:
        assert one.pause(by=lead)
    assert one.change_columns(by=lead)
    if steps_before % 2:
        assert list(working) == []
    assert one.map_columns({"wer": "full_name", "mail": "email", "wo": ""}, by=lead)
    list(working)
    work(one.pk)
    one.refresh_from_db()
    assert (one.stage, counts(one), one.rows_count) == ("checked", (2, 0, 0, 1), 3)
    rows = StagedRow.objects.order_by("line").values_list("first_name", "note", "city", "verdict")
    assert list(rows) == [
        ("Jana", "", "", "created"),
        ("Ben", "", "", "created"),
        ("", "", "", "skipped"),
    ]


@pytest.mark.django_db
def test_a_worker_that_comes_back_goes_on_by_the_new_columns(settings: Any, lead: User) -> None:
    """Another one stands at the very line where it was."""
    settings.IMPORT_CHUNK_ROWS = 1
    one = waiting(TEXT)
    assert one.map_columns({"wer": "note", "mail": "email", "wo": ""}, by=lead)
    first, second = steps(one.pk), steps(one.pk)
    next(first)
    assert one.change_columns(by=lead)
    assert one.map_columns({"wer": "full_name", "mail": "email", "wo": ""}, by=lead)
    next(second)
    list(first)
    names = StagedRow.objects.order_by("line").values_list("first_name", flat=True)
    assert list(names) == ["Jana", "Ben", ""]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("steps_before", [0, 1, 3, 4, 5])
@pytest.mark.parametrize("new", [{"wer": "full_name"}, {"wer": "note"}])
def test_what_a_worker_had_found_by_the_old_columns_never_counts(
    settings: Any, monkeypatch: pytest.MonkeyPatch, steps_before: int, new: dict[str, str]
) -> None:
    """It is changed, and said anew, while a step is under way: the step's word comes too late."""
    settings.IMPORT_CHUNK_ROWS = 1
    one = waiting(TEXT)
    others = {"mail": "email", "wo": ""}
    assert one.map_columns({"wer": "note", **others}, by=None)
    with closing(steps(one.pk)) as working:
        list(islice(working, steps_before))
    turned: list[Any] = []

    def turn(_number: int) -> None:
        mine = Import.objects.get(pk=one.pk)
        turned.append(mine.change_columns(by=None) and mine.map_columns({**new, **others}, by=None))

    take_turn = Import.take_turn.__func__  # type: ignore[attr-defined]  # of a class method

    def take_and_turn(cls: type[Import], pk: int) -> Import | None:
        """The step has read what it goes by; only then the columns are changed."""
        found: Import | None = take_turn(cls, pk)
        if found and found.attempts and not turned:
            all_at_once(turn, threads=1)
        return found

    monkeypatch.setattr(Import, "take_turn", classmethod(take_and_turn))
    work(one.pk)
    assert turned == [True]
    work(one.pk)
    one.refresh_from_db()
    assert (one.stage, counts(one), one.rows_count) == ("checked", (2, 0, 0, 1), 3)
    names = ["Jana", "Ben", ""] if new["wer"] == "full_name" else ["", "", ""]
    rows = StagedRow.objects.order_by("line").values_list("first_name", "verdict")
    assert list(rows) == list(zip(names, ["created", "created", "skipped"], strict=True))


@pytest.mark.django_db(transaction=True)
def test_of_a_start_and_a_change_at_the_same_moment_one_wins() -> None:
    for _round in range(3):
        one = ready()
        started, changed = all_at_once(
            lambda number, pk=one.pk: (
                Import.objects.get(pk=pk).start(by=None, in_worker=False)
                if number == 0
                else Import.objects.get(pk=pk).change_columns(by=None)
            ),
            threads=2,
        )
        one.refresh_from_db()
        assert {started, changed} == {True, False}
        assert one.stage == ("importing" if started else "mapping")
        one.cancel(by=None)
