"""Orders, as a shop's export holds them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import BigIntegerField, F, Func
from django.utils.translation import gettext_lazy, ngettext

from core.words import number
from customers.importing.ahead import TooSoon
from customers.importing.chunks import make_table
from customers.importing.kinds import ImportKind, Undone
from customers.importing.owing import owe, paid_by
from orders.figures import count_anew
from orders.importing import (
    buyers,
    changes,
    layouts,
    newcomers,
    noting,
    planning,
    staging,
    undoing,
    writing,
)
from orders.importing.grouping import orders_in
from orders.importing.models import OrderImportRow, StagedOrder
from orders.importing.reading import OrderReader
from orders.importing.rows import COLUMNS, OrderRow
from shop.models import Shop

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from customers.importing.columns import Layout
    from customers.importing.files import Record
    from customers.importing.models import Import

FIGURES = "orders.figures"
# Somebody who placed a hundred orders is added up once.
paid_by(FIGURES, count_anew, waits=True)


class OrdersKind(ImportKind):
    name = "orders"
    label = gettext_lazy("Orders")
    staged = StagedOrder
    rows = OrderImportRow
    copied = COLUMNS
    written = writing.WRITTEN
    fields = changes.FIELDS
    page = "order_detail"
    overview = "order_list"
    subject = gettext_lazy("Order")
    why_new = gettext_lazy("No order here has this ID or name.")
    replaced = frozenset({"order_repeated", "order_same"})
    can_undo = True
    goes_ahead = True
    goes_along = gettext_lazy("Customers who came with its orders and have nothing else go too.")
    forgotten = MappingProxyType({"before": {}})
    first_rows = "orders/_first_orders.html"

    def counted(self, count: int) -> str:
        words = ngettext("%(count)s order", "%(count)s orders", count)
        return words % {"count": number(count)}

    def asked(self, count: int) -> str:
        words = ngettext("Import %(count)s order", "Import %(count)s orders", count)
        return words % {"count": number(count)}

    def is_known(self, name: str) -> bool:
        return name in layouts.NAMES

    def recognises(self, names: frozenset[str]) -> bool:
        return layouts.names_orders(names)

    def is_left_out(self, name: str) -> bool:
        return name in layouts.LEFT_OUT

    def layout_of(self, header: Sequence[str]) -> Layout:
        return layouts.layout_of(header)

    def reader(self, layout: Layout, *, country: str) -> Callable[[list[Record]], OrderRow]:
        shop = Shop.current()
        zone, currency = shop.zone, shop.currency
        return OrderReader(layout, zone=zone, currency=currency, country=country).read

    def groups(self, layout: Layout, records: Iterable[Record]) -> Iterator[list[Record]]:
        return orders_in(records, layout)

    def values(self, row: OrderRow) -> Sequence[Any]:
        return row.values()

    def mark_repeated(self, import_id: int) -> None:
        staging.mark_repeated(import_id)

    def match(self, one: Import) -> None:
        """The dry run counts people from none; the import needs nobody of them."""
        if one.started_at:
            newcomers.forget(one)
        else:
            newcomers.begin(one)

    def forget_matches(self, one: Import) -> None:
        newcomers.forget(one)

    def plan(self, one: Import, *, is_ahead: bool = False) -> None:
        """Customers are held before orders, as by every verb of an order.

        Who goes ahead holds no order, and knows of none: so it may lock customers later.
        """
        with connection.cursor() as cursor:
            cursor.execute(_BESIDE, {"source": one.source})
        planning.match()
        if is_ahead:
            if planning.is_any_known():
                raise TooSoon
            buyers.find_and_hold()
        elif one.started_at:
            buyers.find_and_lock()
            planning.lock_matched()
        planning.plan(updates=not one.only_fills_gaps, writes=one.started_at is not None)
        zone = Shop.current().time_zone
        make_table("order_differences", changes.COMPARED, {"zone": zone}, measured="line")
        make_table(
            "planned", "SELECT of_import_id, line, outcome FROM order_plan", {}, measured="line"
        )

    def write(self, one: Import) -> None:
        buyers.take_in(one)
        writing.write()
        owe(one.pk, FIGURES, writing.buyers())

    def still_holds(self, one: Import) -> bool:  # noqa: ARG002 -- of the step at hand
        """The rows before may have brought one of these orders, or whom they belong to."""
        return not planning.is_any_known_by_now() and buyers.are_the_same()

    def conclude(self, one: Import) -> None:
        """A "yes" counts only where no later order is known, of whichever step."""
        buyers.subscribe(one)
        noting.note_rows(one, dry=False)

    def note_rows(self, one: Import, *, dry: bool) -> None:
        noting.note_rows(one, dry=dry)
        if dry:
            newcomers.count(one)

    def brings_along(self, one: Import) -> str:
        return " ".join(newcomers.in_words(one))

    def undo(self, one: Import) -> Undone:
        return undoing.undo(one)

    def say(self, field: str, text: str) -> str:
        return changes.said(field, text)

    def places(self, rows: QuerySet[OrderImportRow]) -> QuerySet[Any, tuple[int, int]]:
        piece = Func(F("pieces"), function="unnest", output_field=BigIntegerField())
        apart = rows.exclude(pieces=None).annotate(piece=piece).order_by()
        whole = rows.order_by().values_list("line", "pk")
        return whole.union(apart.values_list("piece", "pk"), all=True).order_by("line")

    def with_subjects(self, rows: QuerySet[OrderImportRow]) -> QuerySet[OrderImportRow]:
        return rows.select_related("order")


# What rows of other ways in say themselves. Rewrites nothing.
_BESIDE = """
ALTER TABLE chunk ADD COLUMN source text NOT NULL DEFAULT %(source)s, ADD COLUMN customer_id bigint
"""
