"""Files of orders in the shop's layouts, made for tests, and imports run to their end."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from customers.importing.models import Import
from customers.importing.working import work
from orders.importing.models import OrderImportRow
from orders.models import Order
from tests.orders.headers import CURRENT

if TYPE_CHECKING:
    from collections.abc import Iterable

HOME = {
    "Name": "Jana Müller",
    "Street": "Eppendorfer Weg 12, Hinterhaus",
    "Address1": "Eppendorfer Weg 12",
    "Address2": "Hinterhaus",
    "Company": "Rösterei Nord",
    "City": "Hamburg",
    "Zip": "'20259",
    "Country": "DE",
    "Phone": "040 123456",
}
BEANS = {
    "Lineitem quantity": "2",
    "Lineitem name": "Espresso Nordlicht - 1 kg",
    "Lineitem price": "25.00",
    "Lineitem sku": "ESP-1000",
    "Lineitem fulfillment status": "fulfilled",
}
MILL = {
    "Lineitem quantity": "1",
    "Lineitem name": "Handmühle Feinschliff",
    "Lineitem price": "89.00",
    "Lineitem sku": "MILL-1",
    "Lineitem fulfillment status": "pending",
}


def order(*further: dict[str, str], **cells: str) -> list[dict[str, str]]:
    """One order as rows: 2 bags of beans, paid and sent. `cells` by the column, "_" for a blank."""
    said = {column.replace("_", " "): cell for column, cell in cells.items()}
    name = said.get("Name", "#1001")
    first = {
        "Name": name,
        "Email": "jana@example.de",
        "Financial Status": "paid",
        "Paid at": "2025-05-11 09:56:00 -0400",
        "Fulfillment Status": "fulfilled",
        "Fulfilled at": "2025-05-12 08:00:00 -0400",
        "Accepts Marketing": "no",
        "Currency": "EUR",
        "Subtotal": "50.00",
        "Shipping": "4.90",
        "Taxes": "3.59",
        "Total": "54.90",
        "Discount Amount": "0.00",
        "Created at": "2025-05-11 09:55:16 -0400",
        **{f"Billing {key}": cell for key, cell in HOME.items()},
        **{f"Shipping {key}": cell for key, cell in HOME.items()},
        "Refunded Amount": "0.00",
        "Id": f"56{''.join(filter(str.isdigit, name)) or 0:0>10}",
        **BEANS,
        **said,
    }
    repeated = ("Name", "Email", "Created at")
    return [first, *({**{key: first[key] for key in repeated}, **line} for line in further)]


def table(*orders: Iterable[dict[str, str]], layout: list[str] = CURRENT) -> bytes:
    """A file of these orders; what its layout has no column for is left out."""
    text = io.StringIO()
    writer = csv.DictWriter(text, layout, restval="", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(row for rows in orders for row in rows)
    return text.getvalue().encode()


def checked(content: bytes, **options: Any) -> Import:
    """An import after its dry run."""
    one = Import.upload(io.BytesIO(content), name="orders.csv", by=None, in_worker=False, **options)
    work(one.pk)
    one.refresh_from_db()
    return one


def imported(content: bytes, **options: Any) -> Import:
    """An import run to its end."""
    one = checked(content, **options)
    one.start(by=None, in_worker=False)
    work(one.pk)
    one.refresh_from_db()
    return one


def counts(one: Import) -> tuple[int, int, int, int]:
    """Created, changed, unchanged, skipped."""
    return one.created_count, one.changed_count, one.unchanged_count, one.skipped_count


def problems(one: Import) -> list[tuple[int, str, str]]:
    """Each line that needs a look, why, and what about."""
    rows = OrderImportRow.objects.filter(of_import=one).exclude(problems=[]).order_by("line")
    return [(row.line, *problem) for row in rows for problem in row.problems]


def told(one: Order) -> dict[str, Any]:
    """All that is known of an order, without the ids of its parts."""
    one = Order.objects.with_parts().get(pk=one.pk)
    hidden = {"_state", "_prefetched_objects_cache", "brought_in_at"}
    return {
        **{name: value for name, value in vars(one).items() if name not in hidden},
        "lines": [
            (line.position, line.title, line.quantity, line.shipped_quantity, line.price)
            for line in one.lines.all()
        ],
        "parcels": [
            (parcel.number, parcel.shipped_at, [str(packed) for packed in parcel.lines.all()])
            for parcel in one.parcels.all()
        ],
        "refunds": [(refund.amount, refund.external_id) for refund in one.refunds.all()],
    }
