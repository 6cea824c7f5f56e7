"""Workbooks from their upload to customers and orders, beside the same rows as CSV."""

from __future__ import annotations

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client

from accounts.models import User
from customers.importing.models import Import
from customers.importing.rejects import problem_rows, reason
from customers.importing.working import steps, work
from customers.models import Customer
from customers.timeline import timeline_of
from orders.models import Order
from tests.customers.import_files import CURRENT, checked, counts, imported, many, problems, table
from tests.customers.test_import_mapping import WOOCOMMERCE
from tests.customers.workbook_files import Book, Cell, Raw, Sheet, styled, workbook, worksheet
from tests.factories.accounts import sign_in
from tests.orders import import_files as orders

pytestmark = pytest.mark.django_db

LIST = "/admin/customers/imports/"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def saved_from_excel(text: bytes) -> list[list[Cell]]:
    """A CSV as a spreadsheet program takes it over: what looks like a number becomes one."""
    return [[_number(cell) for cell in line] for line in csv.reader(io.StringIO(text.decode()))]


def _number(cell: str) -> Cell:
    if cell.startswith(("+", "0")) and cell != "0":
        return cell
    try:
        return float(cell) if "." in cell else int(cell)
    except ValueError:
        return cell


def upload(client: Client, content: bytes, name: str = "people.xlsx") -> Import:
    file = SimpleUploadedFile(name, content, XLSX)
    answer = client.post(LIST, {"file": file, "existing": "overwrite"})
    assert answer.status_code == 302, answer.text
    return Import.objects.latest("pk")


@pytest.fixture
def desk(lead: User) -> Client:
    client = sign_in(lead)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def test_an_export_saved_from_a_spreadsheet_program_says_what_the_csv_says() -> None:
    content = table(*many(60))
    assert counts(imported(content)) == (60, 0, 0, 0)
    again = imported(workbook(*saved_from_excel(content)), name="customers.xlsx")
    assert (counts(again), again.kind, again.sheet) == ((0, 0, 60, 0), "customers", "Sheet1")


def test_orders_are_known_by_the_columns_of_a_workbook() -> None:
    content = orders.table(orders.order(), orders.order(Name="#1002", Id="5002"))
    first = imported(content, name="orders.csv")
    again = imported(workbook(*saved_from_excel(content)), name="orders.xlsx")
    assert (first.kind, again.kind) == ("orders", "orders")
    assert (counts(first), counts(again)) == ((2, 0, 0, 0), (0, 0, 2, 0))
    assert Order.objects.count() == 2


def test_a_shops_own_table_is_known_with_its_dates() -> None:
    row = {"Name": "Jana Müller", "Email": "jana@example.de", "Country / Region": "DE"}
    day = Raw('<c {at} s="1"><v>45788</v></c>')
    cells = [day if name == "Last Active" else row.get(name) for name in WOOCOMMERCE]
    one = imported(Book([Sheet([WOOCOMMERCE, cells])], styles=styled(14)).content())
    assert (counts(one), one.source) == ((1, 0, 0, 0), "woocommerce")


def test_from_upload_over_columns_to_customers_and_rejects(desk: Client) -> None:
    rows: list[list[Cell]] = [
        ["Kunde", "Mail", "Tel.", "PLZ", "Farbe"],
        ["Jana Müller", "jana@example.de", 4915112345678, "01067", "rot"],
        [None, None, None, None, None],
        ["Emil Ng", "broken", None, 1067, True],
    ]
    one = upload(desk, Book([Sheet(rows, name="Kunden"), Sheet(rows, name="Alt")]).content())
    page = f"{LIST}{one.pk}/"
    assert (one.stage, one.sheet, one.other_sheets) == ("mapping", "Kunden", ["Alt"])
    shown = desk.get(page).text
    assert "Only “Kunden” is read. These have rows as well: Alt." in shown
    assert ("4915112345678" in shown, "01067 · 1067" in shown) == (True, True)
    said = {"column_0": "full_name", "column_1": "email", "column_2": "phone"}
    desk.post(f"{page}mapping/", {**said, "column_3": "postal_code", "column_4": ""})
    work(one.pk)
    shown = desk.get(page).text
    assert ("Row 4" in shown, "Line 4" in shown) == (True, False)
    assert "Only “Kunden” is read. These have rows as well: Alt." in shown
    desk.post(f"{page}start/")
    work(one.pk)
    one.refresh_from_db()
    assert counts(one) == (1, 0, 0, 1)
    jana = Customer.objects.get()
    assert (jana.primary_phone, jana.addresses.get().postal_code) == ("4915112345678", "01067")
    rejected = desk.post(f"{page}problems/")
    assert rejected.headers["Content-Type"].startswith("text/csv")
    text = rejected.getvalue().decode("utf-8-sig")
    header, row = csv.reader(io.StringIO(text))
    assert header[:4] == ["Row", "Outcome", "Reason", "Kunde"]
    assert (row[0], row[3:]) == ("4", ["Emil Ng", "broken", "", "1067", "TRUE"])


def test_in_german_it_is_said_as_well(lead: User) -> None:
    client = sign_in(lead)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "de"
    rows = [CURRENT, ["", "Jana"]]
    one = upload(client, Book([Sheet(rows, name="Kunden"), Sheet(rows, name="Alt")]).content())
    work(one.pk)
    assert (
        "Gelesen wird nur „Kunden“. Auch diese haben Zeilen: Alt."
        in client.get(f"{LIST}{one.pk}/").text
    )
    assert "CSV-Datei oder Excel-Arbeitsmappe" in client.get(LIST).text


def test_the_picker_offers_workbooks_and_a_bad_one_is_told(desk: Client) -> None:
    shown = desk.get(LIST).text
    assert (".xlsx" in shown, XLSX in shown, "CSV file or Excel workbook" in shown) == (True,) * 3
    file = SimpleUploadedFile("people.xlsx", workbook(CURRENT, ["1", "Jana"])[:-30], XLSX)
    answer = desk.post(LIST, {"file": file, "existing": "overwrite"})
    assert (answer.status_code, "The workbook is damaged." in answer.text) == (422, True)
    assert not Import.objects.exists()


@pytest.mark.parametrize("killed_after", range(1, 8))
def test_a_killed_worker_is_followed_by_one_that_reads_the_sheet_again(
    settings: pytest.FixtureRequest, killed_after: int
) -> None:
    setattr(settings, "IMPORT_CHUNK_ROWS", 3)  # noqa: B010 -- settings of the test have no type
    rows = saved_from_excel(table(*many(10), {"Email": "broken"}))
    one = Import.upload(io.BytesIO(workbook(*rows)), name="a.xlsx", by=None, in_worker=False)
    done = 0
    for _turn in range(30):
        for _stage in steps(one.pk):
            done += 1
            if done % killed_after == 0:
                break
        one.refresh_from_db()
        if one.stage == "checked":
            one.start(by=None, in_worker=False)
    assert (one.stage, counts(one), problems(one)) == (
        *("finished", (10, 0, 0, 1)),
        [(12, "email_malformed")],
    )


def test_damage_further_down_ends_the_check_and_nothing_is_imported(desk: Client) -> None:
    row = '<row><c t="str"><v>{}</v></c><c t="str"><v>{}</v></c></row>'
    rows = row.format("First Name", "Email") + row.format("Jana", "jana@example.de") * 30
    broken = worksheet(rows + " " * 200_000 + '<row><c t="s"><v>7</v></c></row>')
    parts = {"xl/worksheets/sheet1.xml": broken}
    one = upload(desk, Book([Sheet([])], parts=parts).content())
    work(one.pk)
    one.refresh_from_db()
    assert (one.stage, one.failure[0]) == ("failed", "workbook_damaged")
    assert "The workbook is damaged." in desk.get(f"{LIST}{one.pk}/").text
    assert not Customer.objects.exists()


def test_what_formulas_failed_at_is_left_out_and_told() -> None:
    failed = Raw('<c {at} t="e"><f>1/0</f><v>#DIV/0!</v></c>')
    unsaid = Raw("<c {at}><f>A1</f></c>")
    rows: list[list[Cell]] = [
        ["First Name", "Email", "City", "Anything"],
        ["Jana", "jana@example.de", failed, failed],
        ["Emil", unsaid, "Köln", None],
    ]
    one = imported(workbook(*rows))
    assert (counts(one), problems(one)) == (
        (2, 0, 0, 0),
        [(2, "cell_error"), (3, "cell_uncalculated")],
    )
    assert list(Customer.objects.order_by("id").values_list("city", flat=True)) == ["", "Köln"]


def test_an_order_is_not_taken_with_an_error_for_a_price() -> None:
    rows = saved_from_excel(orders.table(orders.order()))
    rows[1][rows[0].index("Lineitem price")] = Raw('<c {at} t="e"><v>#N/A</v></c>')
    one = checked(workbook(*rows), name="orders.xlsx")
    [row] = one.rows.all()
    assert (counts(one)[3], row.problems[0]) == (1, ["cell_error", "Lineitem price: #N/A"])


def test_a_product_is_not_taken_with_an_error_for_a_price() -> None:
    rows: list[list[Cell]] = [
        ["Handle", "Title", "Option1 Value", "Variant Price"],
        ["mill", "Mill", "Small", 54.9],
        ["cup", "Cup", "Large", Raw("<c {at}><f>D2/2</f></c>")],
    ]
    one = checked(workbook(*rows), name="products.xlsx")
    row = one.rows.exclude(problems=[]).get()
    assert (counts(one), row.problems) == (
        *((1, 0, 0, 1), [["cell_uncalculated", "Variant Price"]]),
    )


def test_the_command_says_which_sheet_it_reads(
    tmp_path: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [["First Name", "Email"], ["Jana", "jana@example.de"], ["Emil", "broken"]]
    path = tmp_path / "people.xlsx"  # type: ignore[operator]  # a path, says pytest
    path.write_bytes(Book([Sheet(rows, name="One"), Sheet(rows, name="Two")]).content())
    call_command("import_customers", str(path))
    said = capsys.readouterr().out
    assert "Sheet that is read: One. Others with rows: Two" in said
    assert ("Done: created 1" in said, "Row 3: " in said) == (True, True)


@pytest.mark.parametrize(("name", "word"), [("people.xlsx", "row"), ("people.csv", "line")])
def test_a_workbook_has_rows_where_a_text_has_lines(name: str, word: str) -> None:
    jana = {"First Name": "Jana", "Last Name": "Müller", "Email": "jana@example.de"}
    content = table(jana, {**jana, "Note": "later"})
    is_text = word == "line"
    one = imported(content if is_text else workbook(*saved_from_excel(content)), name=name)
    said = [reason(row, one) for row in problem_rows(one)]
    assert said == [f"{word.title()} 3 is about the same customer and counts instead."]
    told = timeline_of(Customer.objects.get()).entries[0].line.text
    assert told == f"Imported from {name}, {word} 3"


@pytest.mark.parametrize(("sheet", "word"), [("Sheet1", "row"), ("", "line")])
def test_so_has_a_stretch_of_it(sheet: str, word: str) -> None:
    one = Import(sheet=sheet)
    assert (one.placed(2), one.placed(2, 9)) == (f"{word} 2", f"{word}s 2 to 9")
