"""Bringing in orders that have a past: one verb for files, shops' systems and the seed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from events.log import record
from orders.figures import kept_figures
from orders.models import (
    FulfillmentStatus,
    ImpossibleRefunds,
    Line,
    Order,
    Parcel,
    ParcelLine,
    Refund,
)
from orders.models.parts import lines_of
from orders.new import NewOrder
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
        with kept_figures(row.customer_id for row in chunk):
            fresh = _unknown(chunk)
            _write(fresh)
        result.created += len(fresh)
        result.known += len(chunk) - len(fresh)
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


def _unknown(rows: list[PastOrder]) -> list[PastOrder]:
    """Rows of the chunk that no order stands for, each once: the last of equal ones wins."""
    by_key = {(row.source, row.external_id): row for row in rows}
    known = Order.objects.filter(
        source__in={row.source for row in rows}, external_id__in=[row.external_id for row in rows]
    )
    taken = set(known.values_list("source", "external_id"))
    return [row for key, row in by_key.items() if key not in taken]


def _write(rows: list[PastOrder]) -> None:
    now = timezone.now()
    orders = Order.objects.bulk_create([_order(row, now) for row in rows])
    pairs = list(zip(orders, rows, strict=True))
    lines = Line.objects.bulk_create([line for order, row in pairs for line in _lines(order, row)])
    Refund.objects.bulk_create(
        Refund(
            order=order,
            amount=one.amount,
            reason=one.reason,
            external_id=one.external_id,
            refunded_at=one.refunded_at,
        )
        for order, row in pairs
        for one in row.refunds
    )
    _write_parcels(pairs, {(line.order_id, line.position): line for line in lines})


def _write_parcels(
    pairs: list[tuple[Order, PastOrder]], lines: dict[tuple[int, int], Line]
) -> None:
    packed = [(_parcel(order, one), one) for order, row in pairs for one in row.parcels]
    parcels = Parcel.objects.bulk_create([parcel for parcel, _ in packed])
    ParcelLine.objects.bulk_create(
        ParcelLine(parcel=parcel, line=lines[parcel.order_id, position], quantity=quantity)
        for parcel, (_, one) in zip(parcels, packed, strict=True)
        for position, quantity in one.quantities.items()
    )


def _order(row: PastOrder, now: datetime) -> Order:
    order = Order(**row.columns(), brought_in_at=now)
    order.refunded = row.refunded
    if order.refunded > order.paid:
        raise ImpossibleRefunds(row.source, order)
    order.cancelled_at, order.cancel_reason = row.cancelled_at, row.cancel_reason
    order.paid_at = row.paid_at or order.paid_at
    order.fulfillment_status = row.fulfillment_status or _fulfillment(row)
    arrivals = [one.delivered_at for one in row.parcels]
    if (
        order.fulfillment_status == FulfillmentStatus.FULFILLED
        and arrivals
        and None not in arrivals
    ):
        order.delivered_at = max(at for at in arrivals if at)
    return order


def _fulfillment(row: PastOrder) -> str:
    if not row.parcels:
        return FulfillmentStatus.UNFULFILLED
    shipped = sum(sum(one.quantities.values()) for one in row.parcels)
    all_left = shipped == sum(line.quantity for line in row.lines)
    return FulfillmentStatus.FULFILLED if all_left else FulfillmentStatus.PARTIAL


def _lines(order: Order, row: PastOrder) -> list[Line]:
    lines = lines_of(order, row)
    for line in lines:
        line.shipped_quantity = sum(one.quantities.get(line.position, 0) for one in row.parcels)
    return lines


def _parcel(order: Order, one: PastParcel) -> Parcel:
    return Parcel(
        order=order,
        company=one.company,
        number=clean_number(one.number),
        url=one.url,
        shipped_at=one.shipped_at,
        delivered_at=one.delivered_at,
    )
