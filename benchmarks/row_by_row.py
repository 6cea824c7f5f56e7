"""The baseline of imports: the same rows, one after the other, by the ORM's own `save`.

`python -m benchmarks.row_by_row customers FILE` writes a file of the current layout into the
database that DATABASE_URL names. A row is one transaction: look for it, save it, save its parts.
It writes no events and checks nothing. Of every second one it writes besides what search reads, as
verbs do. Printed are milliseconds a row of either: `{"bare": …, "searched": …}`.
"""

from __future__ import annotations

import csv
import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from itertools import cycle, groupby
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from customers.models import Customer
    from orders.models import Line, Order

Row = dict[str, str]


def main(kind: str, file: str) -> None:
    import django

    django.setup()
    from django.db import connection

    connection.ensure_connection()
    with Path(file).open(encoding="utf-8", newline="") as stream:
        rows = csv.DictReader(stream)
        found = {
            "customers": lambda: save(rows, _save_customer),
            "orders": lambda: save(_grouped(rows, "Name"), _place),
            "products": lambda: save(_grouped(rows, "Handle"), _save_product),
        }[kind]()
    print(json.dumps(found))


def save(rows: Iterable[Any], save_one: Callable[[Any, bool], object]) -> dict[str, float]:
    from django.db import transaction

    took: dict[str, list[float]] = {"bare": [], "searched": []}
    for one, name in zip(rows, cycle(took), strict=False):
        begun = time.perf_counter()
        with transaction.atomic():
            save_one(one, name == "searched")
        took[name].append(time.perf_counter() - begun)
    return {name: 1000 * sum(each) / max(len(each), 1) for name, each in took.items()}


def _grouped(rows: Iterator[Row], column: str) -> Iterator[list[Row]]:
    for _name, of_one in groupby(rows, key=itemgetter(column)):
        yield list(of_one)


def _bare(cell: str) -> str:
    return cell.removeprefix("'")


def _save_customer(row: Row, is_searched: bool) -> None:  # noqa: FBT001 -- given by `save`
    from customers.models import Address, Customer, ExternalId, Identity, Tag, Tagging
    from customers.search_rows import refresh_search

    email = row["Email"] if "@" in row["Email"] else ""
    if email and Identity.objects.filter(kind="email", key=email).exists():
        return
    customer = Customer(
        first_name=row["First Name"],
        last_name=row["Last Name"],
        note=row["Note"],
        city=row["Default Address City"],
        country=row["Default Address Country Code"],
        orders_count=int(row["Total Orders"]),
        amount_spent=Decimal(row["Total Spent"]),
        figures_from_export=True,
    )
    customer.save()
    ExternalId(customer=customer, source="shopify", value=_bare(row["Customer ID"])).save()
    for kind, value in (("email", email), ("phone", _bare(row["Phone"]))):
        if value:
            Identity(customer=customer, kind=kind, value=value, key=value, is_primary=True).save()
    Address(
        customer=customer,
        first_name=customer.first_name,
        last_name=customer.last_name,
        street=row["Default Address Address1"],
        postal_code=_bare(row["Default Address Zip"]),
        city=customer.city,
        country=customer.country,
        is_default=True,
    ).save()
    if row["Tags"]:
        tag, _ = Tag.objects.get_or_create(key=row["Tags"].lower(), defaults={"name": row["Tags"]})
        Tagging(customer=customer, tag=tag).save()
    if is_searched:
        refresh_search([customer.pk])


def _place(rows: list[Row], is_searched: bool) -> None:  # noqa: FBT001 -- given by `save`
    from orders.models import Order, Refund

    first = rows[0]
    own = _bare(first["Id"])
    if Order.objects.filter(source="shopify", external_id=own).exists():
        return
    customer = _buyer(first, is_searched)
    order = Order(customer=customer, source="shopify", external_id=own, **_columns(first))
    order.save()
    lines = [_line(order, place, row) for place, row in enumerate(rows, start=1)]
    if first["Fulfilled at"]:
        _ship(order, lines, first["Fulfilled at"])
    if order.refunded:
        Refund(order=order, amount=order.refunded, external_id="export").save()
    if customer:
        _add_up(customer, order)


def _buyer(row: Row, is_searched: bool) -> Customer | None:  # noqa: FBT001 -- given by `save`
    """Known by address or number, else new."""
    from customers.models import Customer, Identity
    from customers.search_rows import refresh_search

    for kind, key in (("email", row["Email"]), ("phone", _bare(row["Phone"]))):
        found = key and Identity.objects.filter(kind=kind, key=key).first()
        if found:
            return found.customer
    if "@" not in row["Email"]:
        return None
    first, _space, last = row["Billing Name"].rpartition(" ")
    customer = Customer(first_name=first, last_name=last)
    customer.save()
    Identity(
        customer=customer, kind="email", value=row["Email"], key=row["Email"], is_primary=True
    ).save()
    if is_searched:
        refresh_search([customer.pk])
    return customer


def _columns(row: Row) -> dict[str, object]:
    total, refunded = Decimal(row["Total"]), Decimal(row["Refunded Amount"])
    address = {"name": row["Billing Name"], "street": row["Billing Address1"]}
    address |= {"city": row["Billing City"], "country": row["Billing Country"]}
    return {
        "name": row["Name"],
        "number": int(row["Name"].removeprefix("#")),
        "placed_at": datetime.fromisoformat(row["Created at"]),
        "paid_at": datetime.fromisoformat(row["Paid at"]) if row["Paid at"] else None,
        "financial_status": row["Financial Status"],
        "fulfillment_status": row["Fulfillment Status"],
        "email": row["Email"],
        "billing_address": address,
        "shipping_address": address,
        "currency": row["Currency"],
        "subtotal": Decimal(row["Subtotal"]),
        "discount": Decimal(row["Discount Amount"]),
        "shipping": Decimal(row["Shipping"]),
        "taxes": Decimal(row["Taxes"]),
        "total": total,
        "paid": total if row["Paid at"] else Decimal(0),
        "refunded": refunded,
    }


def _line(order: Order, place: int, row: Row) -> Line:
    from orders.models import Line

    line = Line(
        order=order,
        position=place,
        title=row["Lineitem name"],
        sku=row["Lineitem sku"],
        quantity=int(row["Lineitem quantity"]),
        price=Decimal(row["Lineitem price"]),
    )
    line.save()
    return line


def _ship(order: Order, lines: list[Line], at: str) -> None:
    from orders.models import Parcel, ParcelLine

    parcel = Parcel(order=order, external_id="export", shipped_at=datetime.fromisoformat(at))
    parcel.save()
    for line in lines:
        ParcelLine(parcel=parcel, line=line, quantity=line.quantity).save()
        line.shipped_quantity = line.quantity
        line.save(update_fields=["shipped_quantity"])


def _add_up(customer: Customer, order: Order) -> None:
    customer.orders_count += 1
    customer.amount_spent += order.total
    customer.last_order_at = max(filter(None, [customer.last_order_at, order.placed_at]))
    customer.save(update_fields=["orders_count", "amount_spent", "last_order_at"])


def _save_product(rows: list[Row], is_searched: bool) -> None:  # noqa: FBT001 -- given by `save`
    from products.following import follow
    from products.models import Product, Variant

    first = rows[0]
    if Product.objects.filter(source="shopify", external_id=first["Handle"]).exists():
        return
    product = Product(
        source="shopify",
        external_id=first["Handle"],
        handle=first["Handle"],
        title=first["Title"],
        description=first["Body (HTML)"],
        vendor=first["Vendor"],
        product_type=first["Type"],
        tags=first["Tags"].split(", "),
        status=first["Status"],
        option1_name=first["Option1 Name"],
        option2_name=first["Option2 Name"],
        currency="EUR",
        image_url=first["Image Src"],
    )
    product.save()
    for place, row in enumerate(rows, start=1):
        Variant(
            product=product,
            position=place,
            external_id=f"{row['Option1 Value']} / {row['Option2 Value']}",
            option1=row["Option1 Value"],
            option2=row["Option2 Value"],
            sku=_bare(row["Variant SKU"]),
            barcode=row["Variant Barcode"],
            price=Decimal(row["Variant Price"]),
            stock=int(row["Variant Inventory Qty"]),
            weight_grams=int(row["Variant Grams"]),
        ).save()
    if is_searched:
        follow([product.pk])


if __name__ == "__main__":
    main(*sys.argv[1:])
