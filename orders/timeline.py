"""What happened to orders, in words: for the customer's timeline and for the order's own page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import F, Q
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from core.money import format_money
from customers.timeline import Entry
from events.timeline import Line, Told, timeline_words
from orders.importing.timeline import entries_of_order
from orders.models import Order, Parcel, Refund

if TYPE_CHECKING:
    from datetime import datetime

    from django.db import models
    from django.db.models import QuerySet

    from customers.models import Customer

Part = Order | Parcel | Refund
Say = Callable[[str, Part], Line]


def order_link(pk: int | None, name: str) -> str:
    """The order's name, leading to its page."""
    if pk is None:
        return format_html("<b>{}</b>", name)
    return format_html('<a href="{}">{}</a>', reverse("order_detail", args=[pk]), name)


def _placed(link: str, part: Part) -> Line:
    total = format_money(part.total, part.currency) if isinstance(part, Order) else ""
    return Line(format_html(_("Order {order} placed"), order=link), detail=total)


def _paid(link: str, _part: Part) -> Line:
    return Line(format_html(_("Order {order} paid"), order=link))


def _cancelled(link: str, part: Part) -> Line:
    reason = part.get_cancel_reason_display() if isinstance(part, Order) else ""
    return Line(format_html(_("Order {order} cancelled"), order=link), detail=reason, state="bad")


def _shipped(link: str, part: Part) -> Line:
    detail = str(part) if isinstance(part, Parcel) else ""
    return Line(format_html(_("Parcel of order {order} shipped"), order=link), detail=detail)


def _delivered(link: str, part: Part) -> Line:
    detail = part.company if isinstance(part, Parcel) else ""
    return Line(format_html(_("Parcel of order {order} delivered"), order=link), detail=detail)


def _refunded(link: str, part: Part) -> Line:
    if not isinstance(part, Refund):
        return Line(format_html(_("Order {order} refunded"), order=link))
    return _gave_back(link, format_money(part.amount, part.order.currency), part.reason)


def _gave_back(link: str, amount: str, reason: str = "") -> Line:
    text = format_html(_("{amount} of order {order} refunded"), amount=amount, order=link)
    return Line(text, detail=reason)


@dataclass(frozen=True)
class Fact:
    """A column that says when something happened, and how it is told."""

    event_name: str
    model: type[Part]
    column: str
    say: Say
    when: Q = field(default_factory=Q)

    @property
    def path(self) -> str:
        """From the row to its order, as a lookup's beginning."""
        return "" if self.model is Order else "order__"


LATER_PAID = ~Q(paid_at=F("placed_at"))
FACTS = [
    Fact("order.placed", Order, "placed_at", _placed),
    Fact("order.paid", Order, "paid_at", _paid, LATER_PAID),
    Fact("order.cancelled", Order, "cancelled_at", _cancelled),
    Fact("parcel.shipped", Parcel, "shipped_at", _shipped),
    Fact("parcel.delivered", Parcel, "delivered_at", _delivered),
    Fact("order.refunded", Refund, "refunded_at", _refunded),
]


def register_words() -> None:
    """Give every event of this app its words."""
    for fact in FACTS:
        timeline_words.register(fact.event_name, _words(fact))


def _words(fact: Fact) -> Callable[[Told], Line]:
    def words(told: Told) -> Line:
        part, plain = told.subject, told.event.plain
        pk = part.order_id if isinstance(part, Parcel) else told.event.subject_id
        link = order_link(pk if part else None, str(plain.get("order", "")))
        if fact.event_name == "order.refunded" and "amount" in plain:
            return _gave_back(link, format_money(plain["amount"], plain["currency"]))
        return fact.say(link, part)  # type: ignore[arg-type]  # each say looks at what it is given

    return words


def past_of_customer(customer: Customer, until: datetime | None, size: int) -> Iterator[Entry]:
    """A source of the customer's timeline: orders that came with their past have no events."""
    for fact in FACTS:
        rows = _rows(fact).filter(
            **{f"{fact.path}customer": customer, f"{fact.path}brought_in_at__isnull": False}
        )
        if until is not None:
            rows = rows.filter(**{f"{fact.column}__lte": until})
        for row in rows.order_by(f"-{fact.column}", "-pk")[:size]:
            yield _entry(fact, row)


def timeline_of_order(order: Order) -> list[Entry]:
    """Everything that is known to have happened to an order, newest first."""
    parts: list[models.Model] = [order, *order.parcels.all(), *order.refunds.all()]
    entries = [
        _entry(fact, part, linked=False)
        for fact in FACTS
        for part in parts
        if isinstance(part, fact.model) and getattr(part, fact.column) is not None
        if fact.column != "paid_at" or order.paid_at != order.placed_at
    ]
    entries += entries_of_order(order)
    return sorted(entries, key=lambda entry: (entry.at, entry.key), reverse=True)


def _rows(fact: Fact) -> QuerySet[Any]:
    rows: QuerySet[Any] = fact.model._default_manager.filter(
        fact.when, **{f"{fact.column}__isnull": False}
    )
    return rows.select_related("order") if fact.path else rows


def _entry(fact: Fact, part: Part, *, linked: bool = True) -> Entry:
    order = part if isinstance(part, Order) else part.order
    line = fact.say(order_link(order.pk if linked else None, order.name), part)
    return Entry(getattr(part, fact.column), f"{fact.event_name}-{part.pk:020}", line)
