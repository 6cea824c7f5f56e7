"""A file's rows in any order, and cut into chunks anywhere: the dry run's word is kept."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import permutations
from typing import Any, NamedTuple

import pytest
from django.db import transaction

from customers.importing.forgetting import forget_old
from customers.importing.models import Import
from customers.importing.of_customers.models import ImportRow, MatchedRow, StagedRow
from customers.importing.problems import BROKEN, FileRefused
from customers.importing.working import steps, work
from customers.models import Customer
from tests.customers.import_files import checked, counts, imported, problems, table
from tests.factories.customers import CustomerFactory

pytestmark = pytest.mark.django_db

PRACTICE, MOBILE = "+494066969100", "+491701111111"
ROWS = {
    "anna": {"Email": "anna@example.de", "First Name": "Anna", "Last Name": "Berg"},
    "anna's phone": {"Phone": PRACTICE, "Last Name": "Berg", "Note": "by phone"},
    "bernd with anna's phone": {"Phone": PRACTICE, "First Name": "Bernd"},
    "somebody new with anna's phone": {"Email": "new@example.de", "Phone": PRACTICE},
    "ben's phone": {"Phone": MOBILE, "Note": "by phone"},
    "ben's phone with an id": {"Phone": MOBILE, "Customer ID": "9", "Note": "by phone and id"},
    "ben's phone with an address": {"Phone": MOBILE, "Email": "ben@example.de"},
    "cleo moves": {"Customer ID": "7", "Email": "cleo@new.example", "Note": "moved"},
    "cleo's old address": {"Email": "cleo@example.de", "Note": "by e-mail"},
    "cleo's old address with an id": {"Email": "cleo@example.de", "Customer ID": "99"},
    "cleo by id alone": {"Customer ID": "7", "Phone": MOBILE},
    "dora takes cleo's address": {"Customer ID": "8", "Email": "cleo@example.de"},
    "dora": {"Email": "dora@example.de", "Phone": PRACTICE, "First Name": "Dora"},
    "dora's further address": {"Email": "dora@work.example", "Note": "further"},
}


# Each is told by its neighbours whether it comes first, or with them, or after they were written.
TOGETHER = [
    ("anna", "anna's phone", "somebody new with anna's phone"),
    ("anna's phone", "bernd with anna's phone", "somebody new with anna's phone"),
    ("ben's phone", "ben's phone with an id", "cleo by id alone"),
    ("ben's phone", "ben's phone with an address"),
    ("cleo moves", "cleo's old address"),
    ("cleo moves", "cleo's old address with an id"),
    ("cleo moves", "dora takes cleo's address"),
    ("dora", "dora's further address"),
]


class Fate(NamedTuple):
    """What is to become of a row, or became of it, and why."""

    outcome: str
    problems: list[list[str]]
    changes: dict[str, list[str]]


def some_customers() -> None:
    anna = CustomerFactory(first_name="Anna", last_name="Berg", email="anna@example.de")
    anna.add_phone(PRACTICE, by=None)
    ben = CustomerFactory(first_name="Ben", last_name="", email="")
    ben.add_phone(MOBILE, by=None)
    cleo, dora = (
        CustomerFactory(first_name=name, last_name="", email=f"{name.lower()}@example.de")
        for name in ("Cleo", "Dora")
    )
    cleo.external_ids.create(source="shopify", value="7")
    dora.external_ids.create(source="shopify", value="8")
    dora.add_email("dora@work.example", by=None)


@contextmanager
def undone() -> Iterator[None]:
    """Whatever is done within leaves nothing behind."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def promised(one: Import) -> dict[int, Fate]:
    noted = {row.line: row for row in ImportRow.objects.filter(of_import=one)}
    staged = StagedRow.objects.filter(of_import=one)
    return {
        row.line: Fate(
            row.verdict,
            noted[row.line].problems if row.line in noted else row.problems,
            noted[row.line].changes if row.line in noted else {},
        )
        for row in staged
    }


def kept(one: Import, lines: dict[int, Fate]) -> dict[int, Fate]:
    noted = {row.line: row for row in ImportRow.objects.filter(of_import=one)}
    unnoted = ImportRow(outcome="unchanged")
    found = {line: noted.get(line, unnoted) for line in lines}
    return {line: Fate(row.outcome, row.problems, row.changes) for line, row in found.items()}


def everybody() -> list[object]:
    people = Customer.objects.order_by("first_name", "note")
    return sorted(
        [
            c.first_name,
            c.last_name,
            c.note,
            sorted(c.identities.values_list("key", "is_primary")),
            sorted(c.external_ids.values_list("value", flat=True)),
        ]
        for c in people
    )


@pytest.mark.parametrize("names", TOGETHER, ids=" + ".join)
def test_the_dry_runs_word_is_kept_in_every_order_and_wherever_chunks_end(settings, names):
    assert_the_word_is_kept(settings, names)


def test_so_it_is_where_only_gaps_are_filled(settings):
    assert_the_word_is_kept(settings, TOGETHER[0], only_fills_gaps=True)


def assert_the_word_is_kept(settings: Any, names: tuple[str, ...], **options: bool) -> None:
    some_customers()
    for order in permutations(names):
        found = []
        for settings.IMPORT_CHUNK_ROWS in range(1, len(names) + 1):
            with undone():
                one = checked(file_of(*order), **options)
                word = promised(one)
                done = finished(one)
                assert (done.stage, kept(done, word)) == ("finished", word), order
                found.append((word, everybody()))
        assert found[1:] == found[:-1], order


@pytest.mark.parametrize("names", TOGETHER, ids=" + ".join)
def test_what_was_taken_from_a_file_is_known_when_it_comes_again(settings, names):
    settings.IMPORT_CHUNK_ROWS = 1
    some_customers()
    first = imported(file_of(*names))
    taken = first.rows.exclude(outcome="skipped").values_list("line", flat=True)
    again = promised(checked(file_of(*names)))
    assert {again[line].outcome for line in taken} == {"unchanged"}


class TestBetweenChunks:
    """The first row brings somebody new with Anna's phone number; it is Anna's at the second."""

    ORDER = ("somebody new with anna's phone", "anna's phone")

    @pytest.fixture
    def half(self, settings: Any) -> Import:
        settings.IMPORT_CHUNK_ROWS = 1
        some_customers()
        one = checked(file_of(*self.ORDER))
        one.start(by=None, in_worker=False)
        assert next(steps(one.pk)) == "importing"
        return one

    def test_a_worker_that_is_killed_is_followed_by_one_that_knows_whose_rows_they_are(self, half):
        assert_the_second_row_was_annas(finished(half))

    def test_so_does_whoever_reads_the_file_again_after_a_crash_of_the_database(self, half):
        StagedRow.objects.all().delete()
        assert_the_second_row_was_annas(finished(half))

    def test_and_whoever_tries_again_what_had_failed_for_no_fault_of_the_file(self, half):
        Import.objects.filter(pk=half.pk).update(attempts=Import.MAX_ATTEMPTS)
        work(half.pk)
        half.refresh_from_db()
        assert half.try_again(by=None)
        assert_the_second_row_was_annas(finished(half))


def test_whose_rows_they_were_is_kept_no_longer_than_somebody_may_go_on_with_them(lead):
    some_customers()
    rows = file_of("somebody new with anna's phone", "anna's phone")
    waiting, over, refused, broken = (checked(rows) for _ in range(4))
    over.cancel(by=lead)
    refused.fail(FileRefused("open_quote", line=3))
    broken.fail(FileRefused(BROKEN))
    for ended in (over, refused, broken):
        work(ended.pk)
    assert set(MatchedRow.objects.values_list("of_import", flat=True)) == {waiting.pk, broken.pk}
    finished(waiting)
    Import.objects.filter(pk=broken.pk).update(uploaded_at="2020-01-01T00:00Z")
    forget_old()
    assert not MatchedRow.objects.exists()


def test_who_comes_while_a_file_is_written_is_met_by_one_of_its_rows(settings):
    settings.IMPORT_CHUNK_ROWS = 2
    rows = [
        {"First Name": "Nur"},
        {"Last Name": "Name"},
        {"Customer ID": "5", "First Name": "E.", "Note": "by id"},
        {"Email": "emil@example.de", "Note": "by e-mail"},
    ]
    one = checked(table(*rows))
    one.start(by=None, in_worker=False)
    next(steps(one.pk))
    emil = CustomerFactory(first_name="Emil", email="emil@example.de")
    emil.external_ids.create(source="shopify", value="5")
    assert (finished(one).stage, problems(one)) == ("finished", [(5, "same_customer")])
    emil.refresh_from_db()
    assert (emil.note, Customer.objects.count()) == ("by id", 3)


def test_who_goes_while_a_file_is_written_comes_anew_with_the_row(settings):
    settings.IMPORT_CHUNK_ROWS = 1
    some_customers()
    one = checked(file_of("anna", "ben's phone"))
    one.start(by=None, in_worker=False)
    next(steps(one.pk))
    Customer.objects.filter(identities__key=MOBILE).delete()
    assert (finished(one).stage, counts(one)) == ("finished", (1, 0, 1, 0))
    assert Customer.objects.get(identities__key=MOBILE).note == "by phone"


def assert_the_second_row_was_annas(one: Import) -> None:
    assert (one.stage, counts(one)) == ("finished", (1, 1, 0, 0))
    anna = Customer.objects.get(identities__key="anna@example.de")
    assert (anna.first_name, anna.note) == ("Anna", "by phone")


def file_of(*names: str) -> bytes:
    return table(*(ROWS[name] for name in names))


def finished(one: Import) -> Import:
    if one.started_at is None:
        one.start(by=None, in_worker=False)
    work(one.pk)
    one.refresh_from_db()
    return one
