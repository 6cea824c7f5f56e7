"""After an undoing the page speaks of what was taken away, and of nothing as new."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING, Any

import pytest

from customers.importing.models import Import
from customers.importing.verdicts import outcome_word
from customers.importing.working import steps, work
from customers.models import Customer
from tests.customers.import_files import checked, imported, table

if TYPE_CHECKING:
    from django.test import Client

    from accounts.models import User

pytestmark = pytest.mark.django_db
# Each is taken in, and needs a look.
NEW = {"Email": "neu@example.de", "Total Spent": "lots"}
KNOWN = {"Email": "jana@example.de", "First Name": "Jana", "Total Spent": "lots"}
BROKEN = {"Email": "broken"}


@pytest.fixture
def desk(lead: User, desk_client: Any) -> Client:
    client: Client = desk_client(lead)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


@pytest.fixture
def undone() -> Import:
    imported(table({"Email": "jana@example.de"}))
    one = imported(table(NEW, KNOWN, BROKEN))
    one.undo(by=None, in_worker=False)
    work(one.pk)
    one.refresh_from_db()
    return one


def page(one: Import) -> str:
    return f"/admin/customers/imports/{one.pk}/"


def words(one: Import) -> list[str]:
    return [outcome_word(row, one) for row in one.rows.exclude(problems=[]).order_by("line")]


def figures(shown: str) -> list[tuple[str, str]]:
    return re.findall(r"<dt>([^<]+)</dt><dd>([^<]+)</dd>", shown)


def test_the_page_counts_what_was_taken_away_and_what_was_set_back(
    desk: Client, undone: Import
) -> None:
    assert (undone.stage, undone.taken_away_count, undone.set_back_count) == ("undone", 1, 1)
    shown = desk.get(page(undone)).text
    assert figures(shown) == [
        ("Taken away again", "1"),
        ("Set back to what was before", "1"),
        ("Kept, changed since", "0"),
    ]
    assert words(undone) == ["Taken away", "Set back", "Skipped"]
    state = shown.split('id="import_state"')[1].split("</main>")[0]
    assert re.findall(r">\s*(New|Created|Changed|Will be changed)\s*<", state) == []


def test_so_does_the_download(desk: Client, undone: Import) -> None:
    answer: Any = desk.post(f"{page(undone)}problems/")
    content = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(content)))
    assert [row["Outcome"] for row in rows] == ["Taken away", "Set back", "Skipped"]


def test_the_list_shows_no_numbers_of_what_is_gone(desk: Client, undone: Import) -> None:
    shown = desk.get("/admin/customers/imports/").text
    row = shown.split(f'data-href="{page(undone)}"')[1].split("</tr>")[0]
    assert re.findall(r'<td class="num only-desk">([^<]+)</td>', row) == ["–", "–", "1"]


def test_an_undoing_of_a_release_that_counted_only_all_says_so(
    desk: Client, undone: Import
) -> None:
    Import.objects.filter(pk=undone.pk).update(taken_away_count=None)
    assert figures(desk.get(page(undone)).text)[0] == ("Taken back", "2")


def test_what_somebody_touched_is_still_called_created(desk: Client, lead: User) -> None:
    one = imported(table(NEW, BROKEN))
    Customer.objects.get().tag("VIP", by=lead)
    one.undo(by=None, in_worker=False)
    work(one.pk)
    one.refresh_from_db()
    assert (one.kept_count, one.taken_away_count) == (1, 0)
    assert words(one) == ["Created", "Skipped"]
    assert "Nothing could be taken back." in desk.get(page(one)).text


def test_rows_that_a_cancelled_import_did_not_come_to_were_not_imported(
    settings: Any, lead: User
) -> None:
    settings.IMPORT_CHUNK_ROWS = 1
    other = NEW | {"Email": "other@example.de"}
    one = checked(table(NEW, other, BROKEN))
    assert words(one) == ["New", "New", "Will be skipped"]
    one.start(by=lead, in_worker=False)
    next(steps(one.pk))
    one.refresh_from_db()
    assert words(one) == ["Created", "New", "Will be skipped"]
    one.cancel(by=lead)
    assert words(one) == ["Created", "Not imported", "Skipped"]
    one.undo(by=None, in_worker=False)
    work(one.pk)
    one.refresh_from_db()
    assert words(one) == ["Taken away", "Not imported", "Skipped"]
