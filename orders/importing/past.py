"""Bringing in orders that have a past: one verb for files, shops' systems and the seed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING

from django.db import connection, transaction

from customers.importing.chunks import make_table
from events.log import record
from orders.figures import kept_figures
from orders.importing import rows as staged
from orders.importing.planning import match, plan
from orders.importing.rows import COLUMNS, OrderRow
from orders.importing.writing import tally, write
from orders.models import FulfillmentStatus, ImpossibleRefunds, Order
from orders.new import NewLine, NewOrder
from orders.tracking import clean_number
from shop.models import Shop

if TYPE_CHECKING:
    from accounts.models import User

CHUNK = 1000


@dataclass(frozen=True)
class PastParcel:
    """`quantities` by the line's position, counted from 1."""

    company: str
    number: str
    shipped_at: datetime
    quantities: dict[int, int]
    delivered_at: datetime | None = None
    url: str = ""


@dataclass(frozen=True)
class PastRefund:
    amount: Decimal
    refunded_at: datetime
    reason: str = ""
    external_id: str = ""


@dataclass(frozen=True, kw_only=True)
class PastOrder(NewOrder):
    """An order and what has become of it. Parcels decide how far it is fulfilled, unless given."""

    parcels: Sequence[PastParcel] = ()
    refunds: Sequence[PastRefund] = ()
    fulfillment_status: str = ""
    cancelled_at: datetime | None = None
    cancel_reason: str = ""
    paid_at: datetime | None = None

    @property
    def refunded(self) -> Decimal:
        return sum((one.amount for one in self.refunds), Decimal(0))


@dataclass
class BroughtIn:
    """What came of it."""

    created: int = 0
    known: int = 0


def bring_in(rows: Iterable[PastOrder], *, by: User | None, source: str = "") -> BroughtIn:
    """Write orders that are not known yet, keep figures right, and leave one event for all of them.

    A thousand orders are written whole or not at all, in a transaction and a handful of statements:
    nobody is kept waiting for longer, and two imports that share customers never wait in a circle.
    What a broken-off call has written stays; the same rows again complete it and change nothing.
    Raises ImpossibleRefunds, with the order's name, where more went back than was paid.
    """
    result = BroughtIn()
    for chunk in _chunks(rows):
        created = _bring_in(chunk)
        result.created += created
        result.known += len(chunk) - created
    if result.created:
        with transaction.atomic():
            record(
                "import.finished",
                Shop.current(),
                by=by,
                kind="orders",
                source=source,
                created=result.created,
                known=result.known,
            )
    return result


def _chunks(rows: Iterable[PastOrder]) -> Iterator[list[PastOrder]]:
    stream = iter(rows)
    while chunk := list(islice(stream, CHUNK)):
        yield chunk


def _bring_in(chunk: list[PastOrder]) -> int:
    """Write what is new of these rows, each order once: of equal ones the last wins."""
    by_key = {(row.source, row.external_id): row for row in chunk}
    rows = list(by_key.values())
    staged_rows = [_staged(line, row) for line, row in enumerate(rows, start=1)]
    with kept_figures(row.customer_id for row in chunk):
        make_table("chunk", _CHUNK, {})
        with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
            for row, one in zip(rows, staged_rows, strict=True):
                copy.write_row([row.source, row.customer_id, *one.values()])
        match()
        plan(updates=False)
        write()
        return tally().get("created", 0)


_CHUNK = """
SELECT ''::text AS source, NULL::bigint AS customer_id, s.* FROM orders_stagedorder s LIMIT 0
"""
_COPY = f"COPY chunk (source, customer_id, {', '.join(COLUMNS)}) FROM STDIN"


def _staged(line: int, row: PastOrder) -> OrderRow:
    known = row.columns()
    known.pop("source"), known.pop("customer_id")
    if row.refunded > known["paid"]:
        raise ImpossibleRefunds(row.source, Order(**row.columns(), refunded=row.refunded))
    return OrderRow(
        **known
        | {
            "line": line,
            "refunded": row.refunded,
            "billing_address": staged.dump(row.billing_address),
            "shipping_address": staged.dump(row.shipping_address),
            "paid_at": row.paid_at or known["paid_at"],
            "cancelled_at": row.cancelled_at,
            "cancel_reason": row.cancel_reason,
            "fulfillment_status": row.fulfillment_status or _fulfillment(row),
            "lines": [_line(one) for one in row.lines],
            "parcels": [_parcel(one) for one in row.parcels],
            "refunds": [_refund(one) for one in row.refunds],
        }
    )


def _fulfillment(row: PastOrder) -> str:
    if not row.parcels:
        return FulfillmentStatus.UNFULFILLED
    shipped = sum(sum(one.quantities.values()) for one in row.parcels)
    all_left = shipped == sum(line.quantity for line in row.lines)
    return FulfillmentStatus.FULFILLED if all_left else FulfillmentStatus.PARTIAL


def _line(one: NewLine) -> dict[str, object]:
    texts = {"title": one.title, "variant": one.variant, "sku": one.sku}
    return {**texts, "quantity": one.quantity, "price": one.price, "discount": one.discount}


def _parcel(one: PastParcel) -> dict[str, object]:
    return staged.parcel(
        one.shipped_at,
        one.quantities,
        delivered_at=one.delivered_at,
        company=one.company,
        number=clean_number(one.number),
        url=one.url,
    )


def _refund(one: PastRefund) -> dict[str, object]:
    return staged.refund(
        one.amount, one.refunded_at, external_id=one.external_id, reason=one.reason
    )
