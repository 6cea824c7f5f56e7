"""What a customer's orders add up to, kept on the customer's row in the same transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from decimal import Decimal

from django.db import transaction
from django.db.models import Count, DecimalField, F, Max, Min, Q, Sum, Value
from django.db.models.functions import Coalesce

from customers import figures
from shop.models import Shop

MONEY: DecimalField[Decimal, Decimal] = DecimalField(max_digits=14, decimal_places=2)


@contextmanager
def kept_figures(customer_ids: Iterable[int | None]) -> Iterator[None]:
    """Run a change of orders in one transaction that leaves these customers' figures right.

    The customers are locked first, so that of two orders at once the later counts the earlier.
    """
    ids = sorted({pk for pk in customer_ids if pk is not None})
    with transaction.atomic():
        figures.lock(ids)
        yield
        recount(ids)


def recount(ids: list[int]) -> None:
    """Add up the orders of locked customers, set-based: two statements for any number of them.

    Who has lost the last order has bought nothing; totals from an export are left to those of whom
    no order was ever known.
    """
    from orders.models import Order

    earned = Q(is_test=False, cancelled_at=None, currency=Shop.current().currency)
    totals = (
        Order.objects.filter(customer__in=ids, is_test=False)
        .order_by()
        .values("customer_id")
        .annotate(
            orders_count=Count("pk"),
            amount_spent=Coalesce(
                Sum(F("total") - F("refunded"), filter=earned & ~Q(financial_status="voided")),
                Value(Decimal(0)),
                output_field=MONEY,
            ),
            first_order_at=Min("placed_at"),
            last_order_at=Max("placed_at"),
        )
    )
    found = {row["customer_id"]: figures.Figures(**row) for row in totals}
    figures.set_figures(found.values())
    figures.clear_figures([pk for pk in ids if pk not in found])
