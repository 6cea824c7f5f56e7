"""Behind a large import, search reads as little as before it."""

from __future__ import annotations

import pytest
from django.db import connection

from tests.customers.import_files import imported, many, table

# Read by search, by its "did you mean", and by nobody else.
INDEXES = ["customer_search_doc", "customer_search_names", "name_word_similar"]


@pytest.mark.django_db
@pytest.mark.parametrize(("rows", "pages"), [(9, 0), (4, 1)])
def test_what_gin_indexes_hold_back_is_put_in_its_place(
    rows: int, pages: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Behind a small one it may wait for the next vacuum."""
    monkeypatch.setattr("customers.importing.working.MANY", 5)
    _held_back(INDEXES[0])
    imported(table(*many(rows)))
    assert [min(_held_back(index), 1) for index in INDEXES] == [pages] * len(INDEXES)


def _held_back(index: str) -> int:
    """Pages of its pending list, which is gone with that."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT gin_clean_pending_list(%s::regclass)", [index])
        found: int = cursor.fetchone()[0]
        return found
