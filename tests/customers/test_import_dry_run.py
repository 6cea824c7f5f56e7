"""The page of a dry run: what would happen, and what would not be taken."""

from __future__ import annotations

import re

import pytest

from customers.importing.models import Import
from customers.importing.working import work
from tests.customers.import_files import checked, imported, table
from tests.customers.test_import_pages import JANA, LIST, desk, page, upload

__all__ = ["desk"]

pytestmark = pytest.mark.django_db


class TestTheDryRunsPage:
    def test_speaks_of_what_would_happen(self, desk):
        one = checked(table(JANA, {"Email": "broken"}))
        shown = desk.get(page(one)).text
        for word in ("New", "Will be changed", "Stays as it is", "Will be skipped"):
            assert f"<dt>{word}</dt>" in shown
        assert '<span class="badge warn">Will be skipped</span>' in shown
        work_through(one)
        after = desk.get(page(one)).text
        assert ("<dt>Created</dt>" in after, "Will be" in after) == (True, False)

    def test_stands_in_the_list_without_numbers_as_nothing_was_written(self, desk):
        one = checked(table(JANA, {"Email": "broken"}))
        for numbers in (["–", "–", "–"], ["1", "0", "1"]):
            row = desk.get(LIST).text.split("<tbody>")[1]
            assert re.findall(r'<td class="num only-desk">(.)</td>', row) == numbers
            if one.started_at is None:
                work_through(one)

    def test_a_file_with_nothing_new_is_discarded(self, desk):
        imported(table(JANA))
        shown = desk.get(page(checked(table(JANA)))).text
        assert ("It holds nothing new." in shown, "Discard" in shown) == (True, True)
        assert "Cancel import" not in shown

    def test_lines_are_numbered_as_in_an_editor(self, desk):
        one = checked(table(JANA, {"Email": "broken"}))
        one.rows.update(line=3771)
        assert "Line 3771" in desk.get(page(one)).text

    def test_names_the_columns_it_does_not_take(self, desk):
        layout = ["First Name", "Email", "Tax Exempt", "Accepts WhatsApp Marketing"]
        layout += ["Roast (customer.metafields.custom.roast)", "Shoe size", ""]
        content = table({"First Name": "Jana", "Email": "jana@example.de"}, layout=layout)
        one = checked(content)
        shown = desk.get(page(one)).text
        assert (
            "Left out on purpose, because ShopDesk has no place for it: Tax Exempt, "
            "Accepts WhatsApp Marketing, Roast (customer.metafields.custom.roast)<" in shown
        )
        assert "does not know and does not take in: Shoe size<" in shown

    def test_says_of_nothing_that_it_was_left_out_when_all_is_taken(self, desk):
        shown = desk.get(
            page(checked(table(JANA, layout=["First Name", "Email", "Last Name"])))
        ).text
        assert ("Left out" in shown, "does not know" in shown) == (False, False)

    def test_reading_is_told_in_percent(self, desk):
        upload(desk, table(JANA))
        assert "Reading the file (percent)" in desk.get(page(Import.objects.get())).text


def work_through(one: Import) -> None:
    one.start(by=None, in_worker=False)
    work(one.pk)
