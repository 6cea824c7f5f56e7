"""An export of orders is read by its columns' names, and never stops at a bad cell."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from customers.importing import groups
from customers.importing.files import records
from customers.importing.problems import Problem, in_words
from orders.importing.grouping import orders_in
from orders.importing.layouts import layout_of
from orders.importing.problems import REFUSED, WORDS
from orders.importing.reading import OrderReader
from orders.importing.rows import OrderRow
from tests.orders.headers import CURRENT, LAYOUTS, OLDEST
from tests.orders.import_files import MILL, order, table


def read(content: bytes) -> list[OrderRow]:
    rows = records(io.BytesIO(content), "utf-8", ",")
    layout = layout_of(next(rows).cells)
    zone = ZoneInfo("Europe/Berlin")
    reader = OrderReader(layout, zone=zone, currency="EUR", country="DE")
    return [reader.read(group) for group in orders_in(rows, layout)]


def one(**cells: str) -> OrderRow:
    (row,) = read(table(order(**cells)))
    return row


@pytest.mark.parametrize("name", LAYOUTS)
def test_an_order_reads_the_same_in_every_layout(name: str) -> None:
    (row,) = read(table(order(MILL), layout=LAYOUTS[name]))
    assert row.problems == []
    assert (row.name, row.number, row.line) == ("#1001", 1001, 2)
    assert row.placed_at == datetime(2025, 5, 11, 13, 55, 16, tzinfo=UTC)
    assert (row.total, row.shipping, row.taxes) == (
        Decimal("54.90"),
        Decimal("4.90"),
        Decimal("3.59"),
    )
    assert (row.subtotal, row.paid) == (Decimal("139.00"), Decimal("54.90"))
    assert [(line["title"], line["variant"], line["quantity"]) for line in row.lines] == [
        ("Espresso Nordlicht", "1 kg", 2),
        ("Handmühle Feinschliff", "", 1),
    ]
    assert (row.email, row.phone_key) == ("jana@example.de", "+4940123456")
    assert row.billing_address == (
        '{"name":"Jana Müller","street":"Eppendorfer Weg 12","addition":"Hinterhaus",'
        '"company":"Rösterei Nord","city":"Hamburg","postal_code":"20259","country":"DE",'
        '"phone":"040 123456"}'
    )
    assert row.external_id == ("name:#1001" if name == "oldest" else "560000001001")


def test_columns_may_stand_in_any_order_and_any_case() -> None:
    turned = table(order(), layout=CURRENT[::-1]).replace(b"Lineitem name", b"LINEITEM  NAME")
    straight = read(table(order()))[0]
    assert read(turned)[0].values() == straight.values()


def test_what_a_file_has_no_column_for_is_not_said() -> None:
    (row,) = read(table(order(), layout=OLDEST))
    assert (row.tags, row.refunded, row.payment_method) == (None, None, None)
    assert (row.note, row.discount) == ("", Decimal(0))


def test_the_oldest_files_say_by_the_status_alone_that_all_was_given_back() -> None:
    (row,) = read(table(order(Financial_Status="refunded"), layout=OLDEST))
    assert row.refunded == Decimal("54.90")


def test_rows_that_follow_one_another_are_one_order() -> None:
    rows = read(table(order(MILL, MILL), order(Name="#1002"), order(MILL, Name="#1003")))
    assert [(row.name, row.line, len(row.lines)) for row in rows] == [
        ("#1001", 2, 3),
        ("#1002", 5, 1),
        ("#1003", 6, 2),
    ]


def test_an_id_of_its_own_is_an_order_of_its_own_under_the_same_name() -> None:
    assert len(read(table(order(Id="1"), order(Id="2")))) == 2


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("2025-05-11 09:55:16 -0400", "2025-05-11T13:55:16+00:00"),
        ("2025-05-11 09:55:16 +0200", "2025-05-11T07:55:16+00:00"),
        ("2025-05-11 09:55:16 UTC", "2025-05-11T09:55:16+00:00"),
        ("2025-05-11T09:55:16Z", "2025-05-11T09:55:16+00:00"),
        ("2025-05-11T09:55:16.123+02:00", "2025-05-11T07:55:16.123000+00:00"),
        ("2025-05-11 09:55", "2025-05-11T07:55:00+00:00"),
        ("'2025-05-11", "2025-05-10T22:00:00+00:00"),
    ],
)
def test_moments_are_read_with_their_offset_or_else_in_the_shops_zone(
    cell: str, expected: str
) -> None:
    placed_at = one(Created_at=cell).placed_at
    assert placed_at is not None
    assert placed_at.isoformat() == expected


@pytest.mark.parametrize(
    ("status", "outstanding", "paid"),
    [
        ("paid", "", "54.90"),
        ("PAID", "", "54.90"),
        ("partially_refunded", "", "54.90"),
        ("refunded", "", "54.90"),
        ("partially_paid", "30.00", "24.90"),
        ("partially_paid", "", "0"),
        ("pending", "54.90", "0"),
        ("authorized", "", "0"),
        ("voided", "", "0"),
        ("expired", "", "0"),
        ("", "", "0"),
    ],
)
def test_the_status_says_what_was_paid(status: str, outstanding: str, paid: str) -> None:
    row = one(Financial_Status=status, Outstanding_Balance=outstanding)
    assert (row.problems, row.paid) == ([], Decimal(paid))
    assert row.financial_status == (status.lower() or "pending")


@pytest.mark.parametrize("status", ["", "unfulfilled", "partial", "fulfilled", "restocked"])
def test_every_state_of_delivery_is_known(status: str) -> None:
    row = one(Fulfillment_Status=status)
    assert (row.problems, row.fulfillment_status) == ([], status or "unfulfilled")


def test_lines_that_have_left_are_one_parcel() -> None:
    (row,) = read(table(order(MILL, Fulfillment_Status="partial")))
    assert row.parcels == [
        {
            "external_id": "export",
            "quantities": {1: 2},
            "shipped_at": "2025-05-12T12:00:00+00:00",
            "delivered_at": None,
        }
    ]


def test_of_an_order_that_has_left_every_line_has() -> None:
    (row,) = read(table(order(MILL)))
    assert row.parcels[0]["quantities"] == {1: 2, 2: 1}


def test_a_day_is_not_invented_for_what_has_left_on_a_day_nobody_knows() -> None:
    row = one(Fulfilled_at="")
    assert (row.fulfillment_status, row.parcels) == ("fulfilled", [])


def test_what_was_given_back_is_one_refund_at_the_last_moment_known() -> None:
    row = one(Refunded_Amount="10.00", Cancelled_at="2025-06-01 10:00:00 +0000")
    assert row.refunds == [
        {
            "amount": "10.00",
            "refunded_at": "2025-06-01T10:00:00+00:00",
            "external_id": "export",
            "reason": "",
        }
    ]
    assert (row.refunded, row.cancel_reason) == (Decimal("10.00"), "other")


def test_more_than_the_total_counts_as_all_of_it() -> None:
    row = one(Refunded_Amount="60.00")
    assert (row.refunded, row.paid) == (Decimal("54.90"), Decimal("54.90"))
    assert row.problems == [Problem("order_overpaid", "60.00 EUR")]
    assert row.is_usable


def test_texts_come_without_the_spreadsheets_apostrophe() -> None:
    row = one(Id="'5600008207382", Notes="two\r\nlines", Tags="VIP, Abo, vip", Phone="'+4940999")
    assert (row.external_id, row.note, row.tags) == ("5600008207382", "two\nlines", ["VIP", "Abo"])
    assert (row.phone, row.phone_key) == ("+4940999", "+4940999")


@pytest.mark.parametrize(("name", "number"), [("#1001", 1001), ("KN-77-DE", 77), ("Gift", 0)])
def test_the_number_is_what_the_name_counts(name: str, number: int) -> None:
    assert one(Name=name).number == number


def test_older_files_name_only_the_whole_street() -> None:
    row = one(Billing_Address1="", Billing_Address2="", Billing_Country="Germany")
    assert row.billing_address is not None
    assert '"street":"Eppendorfer Weg 12, Hinterhaus"' in row.billing_address
    assert '"country":"DE"' in row.billing_address


@pytest.mark.parametrize(
    ("cells", "problem", "is_usable"),
    [
        ({"Name": ""}, ("order_nameless", ""), False),
        ({"Id": "5.6E+12"}, ("order_id", "5.6E+12"), False),
        ({"Created_at": "yesterday"}, ("order_date", "yesterday"), False),
        ({"Created_at": ""}, ("order_undated", ""), False),
        (
            {"Created_at": "0001-01-01 00:00:00 +1400"},
            ("order_date", "0001-01-01 00:00:00 +1400"),
            False,
        ),
        ({"Paid_at": "32.13.2025"}, ("order_date", "32.13.2025"), False),
        ({"Total": "a lot"}, ("order_money", "a lot"), False),
        ({"Total": "-5.00"}, ("order_money", "-5.00"), False),
        ({"Total": ""}, ("order_untotalled", ""), False),
        ({"Lineitem_price": "99999999999999.00"}, ("order_money", "99999999999999.00"), False),
        ({"Lineitem_quantity": "1.5"}, ("order_quantity", "1.5"), False),
        ({"Currency": "Euro"}, ("order_currency", "Euro"), False),
        ({"Financial_Status": "half"}, ("order_status", "half"), False),
        ({"Lineitem_name": " ", "Lineitem_sku": ""}, ("order_line", ""), False),
        ({"Fulfillment_Status": "lost"}, ("order_goods", "lost"), True),
        ({"Email": "jana@"}, ("order_email", "jana@"), True),
        ({"Accepts_Marketing": "maybe"}, ("consent_unclear", "maybe"), True),
        ({"Shipping_Country": "Atlantis"}, ("country_unknown", "Atlantis"), True),
        ({"Notes": "x" * 5001}, ("order_cut", "x" * 60 + "…"), True),
        ({"Lineitem_name": "x" * 256}, ("order_cut", "x" * 60 + "…"), True),
    ],
)
def test_what_cannot_be_taken_is_noted(
    cells: dict[str, str], problem: tuple[str, str], is_usable: bool
) -> None:
    row = one(**cells)
    assert row.problems == [Problem(*problem)]
    assert row.is_usable is is_usable
    assert len(row.values()) > 30


@pytest.mark.parametrize("spoilt", range(79))
@pytest.mark.parametrize("cell", ["", "\x00", "💥" * 300, "-1", "9" * 40, "'"])
def test_no_cell_whatever_it_holds_stops_the_file(spoilt: int, cell: str) -> None:
    rows = [{**order()[0], CURRENT[spoilt]: cell}, *order(Name="#1002")]
    assert read(table(rows))[-1].problems == []


def test_a_line_that_was_taken_off_the_order_is_left_out() -> None:
    (row,) = read(table(order({**MILL, "Lineitem quantity": "0"})))
    assert len(row.lines) == 1


def test_a_row_of_another_width_spoils_its_order_only() -> None:
    content = (
        table(order(MILL)).rstrip(b"\r\n")
        + b",surplus\r\n"
        + table(order(Name="#2")).split(b"\r\n", 1)[1]
    )
    bad, good = read(content)
    problems = [Problem("width", "79/80"), Problem("elsewhere", "3")]
    assert (bad.problems, good.problems) == (problems, [])
    assert in_words(bad.problems[1]) == "Line 3 is meant."


def test_surplus_delimiters_do_no_harm() -> None:
    content = table(order()).rstrip(b"\r\n") + b",,\r\n"
    assert read(content)[0].problems == []


def test_an_order_of_more_rows_than_anybody_orders_is_not_held() -> None:
    """Also where they say nothing but whose they are."""
    rows = [{"Name": "#1001"}] * (groups.MOST_ROWS + 500)
    found = read(table(order(*rows), order(Name="#1002")))
    assert [row.name for row in found] == ["#1001", "#1002"]
    assert [tuple(problem) for problem in found[0].problems] == [("order_lines", "1000")]
    assert not found[0].is_usable


def test_a_further_line_without_its_first_is_torn_off() -> None:
    (row,) = read(table(order(MILL)[1:]))
    assert row.problems == [Problem("order_torn_off")]


def test_the_same_says_the_same() -> None:
    digests = [
        read(table(order(Total=total)))[0].values()[-1] for total in ("54.90", "54.90", "1.00")
    ]
    assert digests[0] == digests[1] != digests[2]


def test_every_problem_has_words(settings: Any) -> None:
    assert set(WORDS) >= REFUSED - {"width", "cells", "nul", "cell_error", "cell_uncalculated"}
    assert in_words(Problem("order_torn", "7")).startswith("Line 7 belongs to the same order")
