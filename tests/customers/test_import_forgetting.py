"""A file of people is not kept for ever; who came from it stays known."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from customers.importing.forgetting import UNDECIDED_DAYS, UNWRITTEN_DAYS
from customers.importing.problems import BROKEN, FileRefused
from customers.importing.tasks import forget_old_imports
from customers.importing.working import steps, work
from customers.models import Customer, Import, ImportRow, StagedRow
from customers.timeline import timeline_of
from orders.importing.models import OrderImportRow
from shop.models.files import StoredChunk
from tests.customers.import_files import checked, counts, imported, many, table
from tests.factories.accounts import sign_in
from tests.orders import import_files as order_files

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db

JANA = {"First Name": "Jana", "Last Name": "Müller", "Email": "jana@example.de"}


def aged(one: Import, days: float) -> Import:
    then = timezone.now() - timedelta(days=days)
    Import.objects.filter(pk=one.pk).update(uploaded_at=then)
    if one.checked_at:
        Import.objects.filter(pk=one.pk).update(checked_at=then)
    return one


def test_what_nobody_decided_on_is_cancelled_after_a_week() -> None:
    younger = aged(checked(table(JANA)), UNDECIDED_DAYS - 0.1)
    older = aged(checked(table(JANA)), UNDECIDED_DAYS + 0.1)
    assert (forget_old_imports(), forget_old_imports()) == (1, 0)
    for one in (younger, older):
        work(one.pk)
        one.refresh_from_db()
    assert (younger.stage, older.stage) == ("checked", "cancelled")
    assert set(StagedRow.objects.values_list("of_import", flat=True)) == {younger.pk}


def test_so_is_what_waits_for_its_columns_or_rests_unwritten() -> None:
    """Or else the people in such a file would be kept for ever."""
    content = io.BytesIO(b"Kunde;Mail\nJana;jana@example.de\n")
    one = Import.upload(content, name="x.csv", by=None, may_ask=True, in_worker=False)
    resting = Import.upload(io.BytesIO(table(JANA)), name="y.csv", by=None, in_worker=False)
    assert (one.stage, resting.pause(by=None)) == ("mapping", True)
    aged(one, UNDECIDED_DAYS - 0.1)
    assert forget_old_imports() == 0
    aged(one, UNDECIDED_DAYS + 0.1)
    then = timezone.now() - timedelta(days=UNDECIDED_DAYS + 0.1)
    Import.objects.filter(pk=resting.pk).update(paused_at=then)
    assert (forget_old_imports(), forget_old_imports()) == (2, 0)
    for each in (one, resting):
        each.refresh_from_db()
        assert each.stage == "cancelled"


def test_what_rests_half_written_waits_for_somebody() -> None:
    one = checked(table(JANA))
    one.start(by=None, in_worker=False)
    assert one.pause(by=None)
    aged(one, UNDECIDED_DAYS + 9)
    Import.objects.filter(pk=one.pk).update(paused_at=one.checked_at)
    assert forget_old_imports() == 0


def test_what_rests_half_written_is_cancelled_only_after_as_long_as_files_are_kept(
    settings: Any,
) -> None:
    settings.IMPORT_KEPT_DAYS, settings.IMPORT_CHUNK_ROWS = 30, 2
    one = checked(table(*many(4)))
    one.start(by=None, in_worker=False)
    next(steps(one.pk))
    assert one.pause(by=None)
    for days, stage in ((29.9, "paused"), (30.1, "cancelled")):
        Import.objects.filter(pk=one.pk).update(paused_at=timezone.now() - timedelta(days=days))
        forget_old_imports()
        one.refresh_from_db()
        assert (one.stage, StoredChunk.objects.exists()) == (stage, True)
    aged(one, 30.1)
    assert (forget_old_imports(), Customer.objects.count()) == (1, 2)
    assert not StoredChunk.objects.exists()


def test_file_and_cells_of_an_old_import_go_and_the_customers_stay_known(
    lead: User, settings: object
) -> None:
    settings.IMPORT_KEPT_DAYS = 30  # type: ignore[attr-defined]
    imported(table({**JANA, "Phone": "ring me"}, {"Email": "broken"}))
    one = aged(imported(table({**JANA, "Note": "new"}, {"Email": "broken"})), 30.1)
    jana = Customer.objects.get()
    assert forget_old_imports() == 1
    assert forget_old_imports() == 0
    row = one.rows.get()
    assert (row.customer, row.problems, row.changes) == (jana, [], {})
    assert not StoredChunk.objects.filter(file=one.file_id).exists()
    assert "Changed by the import of customers.csv" in timeline_of(jana).entries[0].line.text
    client, page = (
        sign_in(lead, headers={"Accept-Language": "en"}),
        f"/admin/customers/imports/{one.pk}/",
    )
    assert "were deleted on" in client.get(page).text
    for part in ("problems", "changes"):
        assert client.post(f"{page}{part}/").status_code == 404
    assert counts(imported(table({**JANA, "Note": "new"}))) == (0, 0, 1, 0)


def test_what_orders_were_before_goes_whatever_was_changed_of_them() -> None:
    order_files.imported(order_files.table(order_files.order()))
    later = order_files.order(Fulfilled_at="2025-05-13 08:00:00 -0400")
    yes = order_files.order(Name="#1002", Email="neu@example.de", Accepts_Marketing="yes")
    one = aged(order_files.imported(order_files.table(later, yes)), 999)
    rows = OrderImportRow.objects.filter(of_import=one)
    assert [set(row.before) for row in rows.order_by("line")][1] == {"subscribed"}
    rows.update(changes={})  # as it is of a row whose change nobody could name
    assert forget_old_imports() == 1
    assert list(rows.values_list("before", flat=True)) == [{}, {}]


def test_a_younger_import_and_one_that_is_under_way_are_left_alone(settings: object) -> None:
    settings.IMPORT_KEPT_DAYS = 30  # type: ignore[attr-defined]
    aged(imported(table({**JANA, "Phone": "ring me"})), 29)
    working = checked(table({"First Name": "Neu"}, {"Email": "broken"}))
    working.start(by=None, in_worker=False)
    aged(working, 99)
    before = list(ImportRow.objects.values())
    assert forget_old_imports() == 0
    assert list(ImportRow.objects.values()) == before
    assert StoredChunk.objects.count() == 2


def ended(*rows: dict[str, str], refusal: str = "") -> Import:
    """Checked, then cancelled or refused before anything was written, and cleared up."""
    one = checked(table(*rows))
    one.fail(FileRefused(refusal)) if refusal else one.cancel(by=None)
    work(one.pk)
    return one


def cleared(one: Import, days: float) -> None:
    Import.objects.filter(pk=one.pk).update(cleared_at=timezone.now() - timedelta(days=days))


@pytest.mark.parametrize("refusal", ["", "rows_lost"])
def test_what_wrote_nothing_gives_up_its_file_at_once_and_its_rows_after_a_week(
    lead: User, refusal: str
) -> None:
    one = ended({**JANA, "Phone": "ring me"}, {"Email": "broken"}, refusal=refusal)
    assert not StoredChunk.objects.exists()
    client = sign_in(lead, headers={"Accept-Language": "en"})
    page = f"/admin/customers/imports/{one.pk}/"
    assert "“broken” is not an e-mail address." in client.get(page).text
    lines = "".join(part.decode() for part in client.post(f"{page}problems/")).splitlines()
    assert (lines[0].lstrip("\ufeff"), len(lines)) == ("Line,Outcome,Reason", 3)
    assert lines[2] == "3,Skipped,“broken” is not an e-mail address."
    cleared(one, UNWRITTEN_DAYS - 0.1)
    assert forget_old_imports() == 0
    cleared(one, UNWRITTEN_DAYS + 0.1)
    assert (forget_old_imports(), forget_old_imports()) == (1, 0)
    assert not ImportRow.objects.exists()
    assert "were deleted on" in client.get(page).text


def test_a_broken_one_that_wrote_nothing_can_be_tried_again_for_a_week() -> None:
    content = table(JANA)
    one, late = (
        Import.upload(io.BytesIO(content), name="x.csv", by=None, in_worker=False) for _ in "12"
    )
    for each in (one, late):
        each.fail(FileRefused(BROKEN))
        work(each.pk)
    cleared(one, UNWRITTEN_DAYS - 0.1)
    cleared(late, UNWRITTEN_DAYS + 0.1)
    assert forget_old_imports() == 1
    assert (one.try_again(by=None), late.try_again(by=None)) == (True, False)
    work(one.pk)
    one.refresh_from_db()
    assert (one.stage, one.created_count) == ("checked", 1)
    assert set(StoredChunk.objects.values_list("file", flat=True)) == {one.file_id}


def test_what_wrote_something_keeps_its_file(settings: Any) -> None:
    settings.IMPORT_CHUNK_ROWS = 2
    one = checked(table(*many(4)))
    one.start(by=None, in_worker=False)
    next(steps(one.pk))
    assert one.cancel(by=None)
    work(one.pk)
    cleared(one, UNWRITTEN_DAYS + 0.1)
    assert forget_old_imports() == 0
    assert StoredChunk.objects.filter(file=one.file_id).exists()
