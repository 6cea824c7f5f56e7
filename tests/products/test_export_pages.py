"""What people see of an import of products: upload, dry run, rejected rows, the product's page."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse

from customers.importing.models import Import
from customers.importing.working import work
from products.models import Product
from products.timeline import timeline_of_product
from tests.products.import_files import (
    checked,
    counts,
    imported,
    product,
    simple,
    table,
    variable,
    variant,
    variation,
    woo,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from accounts.models import User

pytestmark = pytest.mark.django_db

LIST = "/admin/customers/imports/"


@pytest.fixture
def desk(lead: User, desk_client: Callable[[User], Client]) -> Client:
    client = desk_client(lead)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def upload(client: Client, content: bytes) -> int:
    file = SimpleUploadedFile("products.csv", content, "text/csv")
    return client.post(LIST, {"file": file, "existing": "overwrite"}).status_code


@pytest.mark.parametrize(
    ("who", "may"),
    [("owner", True), ("lead", True), ("agent", False), ("other_agent", False), ("reader", False)],
)
def test_leads_and_owners_import_products_and_nobody_else(
    cast: dict[str, User], desk_client: Callable[[User], Client], who: str, *, may: bool
) -> None:
    client = desk_client(cast[who])
    one = checked(table(product(Variant_Price="x")))
    assert client.get(reverse("import_detail", args=[one.pk])).status_code == (200 if may else 403)
    for name in ("import_problems", "import_changes"):
        page = reverse(name, args=[one.pk])
        assert client.post(page).status_code == (200 if may else 403)
    assert upload(client, table(product())) == (302 if may else 403)
    start = reverse("import_start", args=[one.pk])
    assert client.post(start).status_code == (302 if may else 403)
    products = client.get(reverse("product_list")).content.decode()
    assert (f'href="{LIST}">' in products.split('<header class="head"')[1]) is may


def test_from_upload_to_products_and_back(desk: Client) -> None:
    upload(desk, table(product(variant()), product(Handle="b", Variant_Price="x")))
    one = Import.objects.get()
    page = reverse("import_detail", args=[one.pk])
    work(one.pk)
    shown = desk.get(page).content.decode()
    assert all(
        words in shown for words in ("Import 1 product", "250 g · ESP-250", "€9.90 – €34.70")
    )
    assert "No product here has this ID or handle." in shown
    assert "“x” is not a price, or may mean two." in shown
    desk.post(reverse("import_start", args=[one.pk]))
    work(one.pk)
    done = desk.get(page).content.decode()
    assert f'<a href="{reverse("product_list")}">Products</a>' in done
    desk.post(reverse("import_undoing", args=[one.pk]))
    work(one.pk)
    assert "The import was undone." in desk.get(page).content.decode()
    assert Product.objects.count() == 0


def test_a_dry_run_says_what_would_change(desk: Client) -> None:
    imported(table(product(variant(), Status="draft")))
    one = checked(table(product(variant(Variant_Price="35.00"))))
    page = desk.get(reverse("import_detail", args=[one.pk])).content.decode()
    assert "Status: Draft → Active" in page
    assert "Prices: 1 kg 34.70 → 1 kg 35.00" in page
    changes = b"".join(desk.post(reverse("import_changes", args=[one.pk])).streaming_content)
    assert "2,Espresso Nordlicht,Status,Draft,Active" in changes.decode()
    desk.defaults["HTTP_ACCEPT_LANGUAGE"] = "de"
    german = desk.get(reverse("import_detail", args=[one.pk])).content.decode()
    assert "Preise: 1 kg 34,70 → 1 kg 35,00" in german


@pytest.mark.parametrize("language", ["en", "de"])
def test_rejected_products_come_back_whole_and_can_be_mended(desk: Client, language: str) -> None:
    """With all rows that belong to one, each with its line and the reason in words."""
    desk.defaults["HTTP_ACCEPT_LANGUAGE"] = language
    one = imported(table(product(Handle="a"), product(variant(Variant_Price="x"), Handle="b")))
    answer = desk.post(reverse("import_problems", args=[one.pk]))
    rejected = b"".join(answer.streaming_content).decode("utf-8-sig")
    line, reason, comma = ("Line", "Reason", ",") if language == "en" else ("Zeile", "Grund", ";")
    rows = list(csv.DictReader(io.StringIO(rejected), delimiter=comma))
    found = [(row[line], row["Variant SKU"]) for row in rows if row["Handle"] == "b"]
    assert found == [("3", "'ESP-250"), ("4", "ESP-1000")]
    assert {"en": "“x” is not a price", "de": "„x“ ist kein Preis"}[language] in rows[-1][reason]
    mended = rejected.replace(f"{comma}x{comma}", f"{comma}34.70{comma}")
    again = imported(mended.encode())
    assert again.created_count == 1
    assert Product.objects.get(handle="b").variants.count() == 2


def test_a_mended_variation_finds_its_product(desk: Client) -> None:
    one = imported(woo(variable(), variation(21, "M", "9"), variation(22, "L", "free"), simple()))
    answer = desk.post(reverse("import_problems", args=[one.pk]))
    rejected = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert counts(imported(rejected.replace("free", "9.50").encode())) == (0, 1, 0, 0)
    assert Product.objects.get(external_id="20").variants.count() == 2


def told(one: Product) -> list[str]:
    return [str(entry.line.text) for entry in timeline_of_product(one)]


def test_a_products_page_tells_which_line_of_which_file_brought_it(desk: Client) -> None:
    imported(table(product(Handle="b", Title="B"), product()))
    imported(table(product(Vendor="Neu")))
    found = Product.objects.get(handle="espresso-nordlicht")
    assert told(found) == [
        "Changed by the import of products.csv, line 2",
        "Imported from products.csv, line 3",
    ]
    page = desk.get(reverse("product_detail", args=[found.pk])).content.decode()
    assert "Vendor: Rösterei Nord → Neu" in page


def test_the_command_imports_and_says_what_it_did(tmp_path: Path) -> None:
    file = tmp_path / "products.csv"
    file.write_bytes(table(product(), product(Handle="b", Variant_Price="x")))
    said = io.StringIO()
    call_command("import_products", str(file), "--dry-run", stdout=said)
    assert Product.objects.count() == 0
    call_command("import_products", str(file), stdout=said)
    assert said.getvalue().splitlines()[-2:] == [
        "Done: created 1, changed 0, unchanged 0, skipped 1",
        "Line 3: Skipped. “x” is not a price, or may mean two.",
    ]


def test_the_command_refuses_a_file_of_customers(tmp_path: Path) -> None:
    file = tmp_path / "customers.csv"
    file.write_text("First Name,Email\nJana,jana@example.de\n")
    with pytest.raises(CommandError) as refusal:
        call_command("import_products", str(file))
    assert str(refusal.value) == "This is an export of customers. Choose the export of products."
