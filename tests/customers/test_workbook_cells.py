"""Cells of a workbook as text: what a person sees in the sheet, only never rounded."""

from __future__ import annotations

import io

import pytest

from customers.importing.files import Record
from customers.importing.workbooks.reading import find_sheet, records
from tests.customers.workbook_files import Book, Raw, Sheet, relations, shared, styled, worksheet

# By style: 1 to 9.
STYLES = styled(14, 22, "dd.mm.yyyy", "[h]:mm:ss", "0%", "00000", '"D-"00000', '0.00" day"', 21)


def rows(content: bytes) -> list[Record]:
    """Without how many letters they have."""
    found = records(io.BytesIO(content), find_sheet(io.BytesIO(content)).name)
    return [one._replace(letters=0) for one in found]


def cell(xml: str, *, is_1904: bool = False, texts: list[str] | None = None) -> str:
    """The second cell of a row, given as its XML without a place."""
    parts = {"xl/sharedStrings.xml": shared(texts)} if texts else {}
    sheet = Sheet([["Name", "Cell"], ["Jana", Raw(xml.replace("<c", "<c {at}", 1))]])
    [_, row] = rows(Book([sheet], styles=STYLES, is_1904=is_1904, parts=parts).content())
    return row.cells[1]


def number(value: str, style: int = 0, *, is_1904: bool = False) -> str:
    return cell(f'<c s="{style}"><v>{value}</v></c>', is_1904=is_1904)


@pytest.mark.parametrize(
    ("stored", "read"),
    [
        ("4915112345678", "4915112345678"),
        ("4.915112345678E12", "4915112345678"),
        ("4915112345678.0", "4915112345678"),
        ("7210448301122", "7210448301122"),
        ("9223372036854775807", "9223372036854775807"),
        ("1067", "1067"),
        ("39.950000000000003", "39.95"),
        ("0.30000000000000004", "0.3"),
        ("1234.5", "1234.5"),
        ("-5.1", "-5.1"),
        ("1E-5", "0.00001"),
        ("1E+300", "1e+300"),
        ("NaN", "NaN"),
        ("12 apples", "12 apples"),
    ],
)
def test_numbers_keep_their_digits(stored: str, read: str) -> None:
    assert number(stored) == read


@pytest.mark.parametrize(
    ("stored", "style", "read"),
    [
        ("45788", 1, "2025-05-11"),
        ("45788.4133796296", 2, "2025-05-11 09:55:16"),
        ("45788.4133796296", 3, "2025-05-11 09:55:16"),
        ("1", 1, "1900-01-01"),
        ("59", 1, "1900-02-28"),
        ("61", 1, "1900-03-01"),
        ("0.4133796296", 9, "09:55:16"),
        ("45788.999999999", 2, "2025-05-12"),
        ("2958465.99999999", 2, "2958465.99999999"),
        ("2958465", 1, "9999-12-31"),
        ("99999999", 1, "99999999"),
        ("-3", 1, "-3"),
        ("1.5", 4, "36:00:00"),
        ("0.19", 5, "19%"),
        ("0.035", 5, "3.5%"),
        ("1067", 6, "01067"),
        ("1067", 7, "01067"),
        ("12.5", 8, "12.5"),
        ("1067", 99, "1067"),
    ],
)
def test_a_format_says_what_a_number_means(stored: str, style: int, read: str) -> None:
    assert number(stored, style) == read


def test_days_are_counted_from_1904_where_the_workbook_says_so() -> None:
    assert number("44326", 1, is_1904=True) == "2025-05-11"
    assert number("0.5", 9, is_1904=True) == "12:00:00"
    assert number("2958465", 1, is_1904=True) == "2958465"


@pytest.mark.parametrize(
    ("xml", "read"),
    [
        ('<c t="b"><v>1</v></c>', "TRUE"),
        ('<c t="b"><v>0</v></c>', "FALSE"),
        ('<c t="d"><v>2025-05-11T00:00:00</v></c>', "2025-05-11"),
        ('<c t="d"><v>2025-05-11T09:55:16</v></c>', "2025-05-11T09:55:16"),
        ('<c t="str"><f>A1&amp;"x"</f><v>Namex</v></c>', "Namex"),
        ('<c t="str"><f>""</f><v></v></c>', ""),
        ("<c><f>1+1</f><v>2</v></c>", "2"),
        ('<c t="inlineStr"><is><t>two\nlines </t></is></c>', "two\nlines "),
        ('<c t="inlineStr"><is><r><t>Mü</t></r><r><rPr/><t>ller</t></r></is></c>', "Müller"),
        ('<c t="inlineStr"><is><t>a_x000D_b_x005F_c_xD83D_</t></is></c>', "a\rb_c_xD83D_"),
        ('<c t="inlineStr"><is><t><![CDATA[<b>]]>&#228;</t></is></c>', "<b>ä"),
        ('<c t="s"><v></v></c>', ""),
        ('<c s="3"/>', ""),
    ],
)  # fmt: skip
def test_cells_of_every_type(xml: str, read: str) -> None:
    assert cell(xml) == read


def test_texts_of_the_shared_table_come_whole_and_without_their_pronunciation() -> None:
    table = ["<t>Name</t>", "<t>Jana</t>", "<r><t>東</t></r><r><t>京</t></r><rPh><t>トウ</t></rPh>"]
    xml = '<c t="s"><v>2</v></c>'
    assert cell(xml, texts=["<t>Cell</t>", *table[:1], *table[2:]]) == "東京"


def test_a_sign_that_cannot_be_stored_moves_no_text_to_another_cell() -> None:
    sheet = Sheet([["Name", "Mail"], ["Ja_x0000_na", "jana@example.de"], ["_x0041_b", "b@c.de"]])
    assert [row.cells for row in rows(Book([sheet]).content())[1:]] == [
        ["Ja\0na", "jana@example.de"],
        ["Ab", "b@c.de"],
    ]


def test_a_text_keeps_its_zeros_and_its_white_space() -> None:
    [_, row] = rows(Book([Sheet([["Zip", "Note"], ["01067", " a\n b "]])]).content())
    assert row.cells == ["01067", " a\n b "]


def test_what_a_formula_failed_at_is_no_text() -> None:
    sheet = Sheet(
        [
            ["Name", "Mail", "Phone"],
            [
                "Jana",
                Raw('<c {at} t="e"><f>VLOOKUP(1)</f><v>#N/A</v></c>'),
                Raw("<c {at}><f>1+1</f></c>"),
            ],
        ]
    )
    [_, row] = rows(Book([sheet]).content())
    assert (row.cells, row.errors) == (["Jana", "", ""], ((1, "#N/A"), (2, "=")))


def test_rows_have_the_sheets_numbers_and_the_tables_width() -> None:
    sheet = Sheet(
        [["Name", "Mail"], [], ["A", None, "stray"], ["B"], ["C", "c@d.de", *[None] * 30, "far"]],
        lines=[3, 4, 5, 900, 1_048_576],
        after='<mergeCells><mergeCell ref="A5:A900"/></mergeCells>',
    )
    assert rows(Book([sheet]).content())[:3] == [
        (3, ["Name", "Mail", *[""] * 31], (), 0),
        (5, ["A", "", "stray", *[""] * 30], (), 0),
        (900, ["B", *[""] * 32], (), 0),
    ]


def test_places_may_be_left_out_and_names_may_have_a_prefix() -> None:
    text = '<x:c t="inlineStr"><x:is><x:t>{}</x:t></x:is></x:c>'
    cells = [text.format(word) for word in ("Name", "Mail", "Jana", "j@b.de")]
    sheet = (
        '<x:worksheet xmlns:x="urn:x" xmlns:o="urn:o"><x:sheetData><x:row>'
        f"{cells[0]}{cells[1]}</x:row><x:row>{cells[2]}<o:v>9</o:v>{cells[3]}</x:row></x:sheetData>"
        "<x:v>7</x:v></x:worksheet>"
    )
    book = Book([Sheet([])], parts={"xl/worksheets/sheet1.xml": sheet})
    assert rows(book.content()) == [(1, ["Name", "Mail"], (), 0), (2, ["Jana", "j@b.de"], (), 0)]


def test_parts_may_lie_anywhere_and_be_written_in_utf_16() -> None:
    xml = worksheet('<row r="1"><c t="inlineStr"><is><t>Käse</t></is></c></row>')
    parts: dict[str, str | bytes | None] = {
        "_rels/.rels": relations([("/odd/Book.xml", "officeDocument")]),
        "odd/_rels/Book.xml.rels": relations([("../Sheets/One.xml", "worksheet")]),
        "odd/book.xml": Book([Sheet([])])._workbook(),
        "sheets/one.xml": xml.replace("UTF-8", "UTF-16").encode("utf-16"),
        "xl/workbook.xml": None,
    }
    assert rows(Book([], parts=parts).content()) == [(1, ["Käse"], (), 0)]


def test_the_first_sheet_with_rows_that_is_to_be_seen_is_read() -> None:
    table = [["Name"], ["Jana"]]
    book = Book(
        [
            Sheet([], name="Cover", before="<sheetPr/>"),
            Sheet(table, name="Lists", state="hidden"),
            Sheet(table, name="Secret", state="veryHidden"),
            Sheet([[None], [Raw('<c {at} s="1"/>')]], name="Blank"),
            Sheet(table, name="Kunden & Co"),
            Sheet(table, name="2024"),
        ]
    )
    assert find_sheet(io.BytesIO(book.content())) == ("Kunden & Co", ["2024"])


def test_a_chart_has_a_sheet_without_cells() -> None:
    book = Book([Sheet([["Name"]], name="Chart"), Sheet([["Name"]], name="People")])
    targets = [("worksheets/sheet1.xml", "chartsheet"), ("worksheets/sheet2.xml", "worksheet")]
    targets.append(("sharedStrings.xml", "sharedStrings"))
    book.parts = {"xl/_rels/workbook.xml.rels": relations(targets)}
    assert find_sheet(io.BytesIO(book.content())) == ("People", [])
