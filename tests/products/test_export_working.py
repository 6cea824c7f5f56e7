"""Two at once, raced, huge: the work on an import of products."""

from __future__ import annotations

import io
import tracemalloc
from typing import Any

import pytest
from django.db import IntegrityError

from customers.importing.models import Import
from customers.importing.working import work
from products.importing import writing
from products.models import Product
from tests.products.import_files import checked, many, table, variation, woo
from tests.threads import all_at_once


def finished(one: Import) -> Import:
    work(one.pk)
    one.refresh_from_db()
    return one


@pytest.mark.django_db
@pytest.mark.parametrize("shop", ["shopify", "woocommerce"])
def test_six_times_as_many_rows_take_no_more_memory(
    settings: Any, monkeypatch: Any, shop: str
) -> None:
    settings.IMPORT_CHUNK_ROWS = 50
    # So that the smaller file, too, is longer than what is held of a file at once.
    monkeypatch.setattr("shop.models.files.CHUNK_SIZE", 1 << 13)

    def content(count: int, prefix: str) -> bytes:
        if shop == "shopify":
            return table(*many(count, prefix))
        whole = {"ID": prefix, "Type": "variable", "Name": "Kaffee", "Published": "1"}
        rows = (variation(n, f"{n} g", "9", parent=f"id:{prefix}") for n in range(1, count))
        return woo(whole, *rows)

    def peak(count: int, prefix: str) -> int:
        stream = io.BytesIO(content(count, prefix))
        one = Import.upload(stream, name="products.csv", by=None, in_worker=False)
        stream.close()
        tracemalloc.start()
        finished(one).start(by=None, in_worker=False)
        finished(one)
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert (one.stage, one.skipped_count) == ("finished", 0)
        return found

    peak(100, "1")
    assert peak(900, "2") < 1.5 * peak(150, "3")


@pytest.mark.django_db
def test_pages_of_text_take_no_more_memory_in_one_step(monkeypatch: Any) -> None:
    """A step has thousands of rows, but not where each is as long as a book's chapter."""
    monkeypatch.setattr("customers.importing.staging.MOST_BYTES", 250_000)
    monkeypatch.setattr("shop.models.files.CHUNK_SIZE", 1 << 15)
    page = "<p>" + "Kaffee und Kuchen. " * 500 + "</p>"

    def peak(count: int, prefix: str) -> int:
        rows = [[{**row, "Body (HTML)": page} for row in one] for one in many(count, prefix)]
        stream = io.BytesIO(table(*rows))
        one = Import.upload(stream, name="products.csv", by=None, in_worker=False)
        stream.close()
        tracemalloc.start()
        finished(one)
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert (one.stage, one.created_count) == ("checked", count)
        return found

    peak(30, "1")
    assert peak(360, "2") < 1.5 * peak(60, "3")


@pytest.mark.django_db(transaction=True)
def test_two_imports_at_once_make_each_product_once(settings: Any) -> None:
    settings.IMPORT_CHUNK_ROWS = 10
    ones = [checked(table(*many(40))), checked(table(*reversed(list(many(40)))))]
    for one in ones:
        one.start(by=None, in_worker=False)
    all_at_once(lambda number: work(ones[number].pk), threads=2)
    for one in ones:
        one.refresh_from_db()
    assert [one.stage for one in ones] == ["finished", "finished"]
    assert sum(one.created_count for one in ones) == Product.objects.count() == 40
    assert sum(one.unchanged_count for one in ones) == 40


@pytest.mark.django_db
def test_a_handle_that_somebody_takes_meanwhile_is_planned_anew(monkeypatch: Any) -> None:
    one = checked(table(*many(1)))
    one.start(by=None, in_worker=False)
    write, tries = writing.write, []

    def beaten_once(chunk: Import) -> None:
        tries.append(1)
        if len(tries) == 1:
            raise IntegrityError
        write(chunk)

    monkeypatch.setattr(writing, "write", beaten_once)
    assert (finished(one).stage, one.created_count, len(tries)) == ("finished", 1, 2)
