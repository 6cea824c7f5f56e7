"""The rows of one order in an export, read. Touches only the cells that are taken in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, tzinfo
from decimal import Decimal
from operator import itemgetter
from typing import TYPE_CHECKING, TypeVar

from customers.importing.cells import Unreadable, bare, external_id, line_of, tags_of, yes_or_no
from customers.importing.groups import is_cut
from customers.importing.of_customers.rows import quick_email_key
from customers.importing.problems import Problem, at_line
from customers.models.identities import BadIdentity
from orders.importing import cells
from orders.importing.addresses import ADDRESS_COLUMNS, LONGEST_PHONE, address_in
from orders.importing.layouts import ORDER_COLUMNS
from orders.importing.lines import LINE_COLUMNS, MOST_LINES, Goods, read_lines
from orders.importing.rows import EXPORT, NAMED, NOTHING, OrderRow, parcel, refund
from orders.models.statuses import CancelReason, FinancialStatus, FulfillmentStatus

if TYPE_CHECKING:
    from customers.importing.columns import Layout
    from customers.importing.files import Record

Value = TypeVar("Value")
Said = dict[str, str]
Cells = tuple[str, ...]

# Each order says one of these, in a row of its own.
OWN_COLUMNS = ("total", "financial_status")
LONGEST = {"discount_code": 255, "shipping_method": 255, "payment_method": 255}
MAY_LACK = (*LONGEST, "discount", "shipping", "taxes", "refunded", "note", "tags")
LONGEST_NAME = 58  # "name:" fits before it
LONGEST_NOTE = 5000
LONGEST_TAG, MOST_TAGS = 255, 250
PAID = {FinancialStatus.PAID, FinancialStatus.PARTIALLY_REFUNDED, FinancialStatus.REFUNDED}
PAYMENTS = {one.value: one.value for one in FinancialStatus} | {"": "pending"}
DELIVERIES = {one.value: one.value for one in FulfillmentStatus}
DELIVERIES |= dict.fromkeys(["", "unshipped", "pending"], "unfulfilled")


class OrderReader:
    """Reads orders of one layout.

    Times without an offset are in `zone`, amounts without a currency in `currency`, and national
    phone numbers are the address's country's, or `country`'s.
    """

    def __init__(self, layout: Layout, *, zone: tzinfo, currency: str, country: str) -> None:
        self._layout, self._width = layout, layout.width
        # A column that the file does not have is read from an empty cell behind the last.
        self._said = _cells_of(layout, ORDER_COLUMNS)
        self._own = _cells_of(layout, OWN_COLUMNS)
        self._line = _cells_of(layout, LINE_COLUMNS)
        self._sides = [
            _cells_of(layout, [f"{side}_{column}" for column in ADDRESS_COLUMNS])
            for side in ("billing", "shipping")
        ]
        self._unsaid = _unsaid_in(layout)
        self._zone, self._currency, self._country = zone, currency, country

    def read(self, group: list[Record]) -> OrderRow:
        """Never raises: what cannot be taken stands in `problems`."""
        row, has_too_many = OrderRow(line=group[0].line), is_cut(group)
        for record in group:
            if errors := self._layout.errors_in(record) or self._misfits(record):
                row.problems += at_line(errors, record.line, begun=row.line)
                return row
            record.cells.append("")
        group = self._own_first(group)
        said = dict(zip(ORDER_COLUMNS, self._said(group[0].cells), strict=True))
        first = group[0].cells
        addresses = [choose(first) for choose in self._sides]
        self._order(row, said, addresses, [self._line(record.cells) for record in group])
        if has_too_many and len(row.lines) <= MOST_LINES:
            row.problems.append(Problem("order_lines", str(MOST_LINES)))
        for column in self._unsaid:
            if column != "refunded" or not row.refunded:
                setattr(row, column, None)
        return row

    def _own_first(self, group: list[Record]) -> list[Record]:
        """The row with the order's own cells before its others: a sorted file may turn them."""
        if len(group) == 1:
            return group
        own = (place for place, record in enumerate(group) if self._tells(record))
        place = next(own, 0)
        return [group[place], *group[:place], *group[place + 1 :]] if place else group

    def _tells(self, record: Record) -> bool:
        return any(cell.strip() for cell in self._own(record.cells))

    def _misfits(self, record: Record) -> list[Problem]:
        if len(record.cells) != self._width and not self._trim(record):
            return [self._layout.misfit(record)]
        return [Problem("nul")] if "\0" in "".join(record.cells) else []

    def _trim(self, record: Record) -> bool:
        """Programs that write rows themselves may end them in surplus delimiters."""
        surplus = record.cells[self._width :]
        if not surplus or any(surplus):
            return False
        del record.cells[self._width :]
        return True

    def _order(self, row: OrderRow, said: Said, addresses: list[Cells], lines: list[Cells]) -> None:
        self._name(row, said)
        if not any(said[column].strip() for column in OWN_COLUMNS):
            _torn_off(row, lines)
            return
        self._moments(row, said)
        self._texts(row, said)
        if email := bare(said["email"]):
            row.email = self._take(row, "order_email", quick_email_key, email) or ""
        # A number that cannot be read stays on the order; nobody is known by it.
        row.phone = line_of(said["phone"])[:LONGEST_PHONE]
        goods = read_lines(row, lines)
        self._money(row, said)
        self._goods(row, said, goods)
        self._addresses(row, *addresses)

    def _name(self, row: OrderRow, said: Said) -> None:
        name = line_of(said["name"])
        row.name = name[:LONGEST_NAME]
        row.number = cells.number_in(row.name)
        own = self._take(row, "order_id", external_id, said["external_id"])
        row.external_id = own or f"{NAMED}{row.name}"
        if not name:
            row.problems.append(Problem("order_nameless"))
        elif row.name != name:
            row.problems.append(Problem.quoting("order_name", name))

    def _moments(self, row: OrderRow, said: Said) -> None:
        row.placed_at = self._moment(row, said["placed_at"])
        row.paid_at = self._moment(row, said["paid_at"])
        row.cancelled_at = self._moment(row, said["cancelled_at"])
        row.cancel_reason = CancelReason.OTHER.value if row.cancelled_at else ""
        if not bare(said["placed_at"]):
            row.problems.append(Problem("order_undated"))

    def _moment(self, row: OrderRow, cell: str) -> datetime | None:
        return self._take(row, "order_date", self._in_zone, cell)

    def _in_zone(self, cell: str) -> datetime | None:
        return cells.moment(cell, self._zone)

    def _texts(self, row: OrderRow, said: Said) -> None:
        for column, longest in LONGEST.items():
            setattr(row, column, self._cut(row, line_of(said[column]), longest))
        note = bare(said["note"]).replace("\r\n", "\n").replace("\r", "\n")
        row.note = self._cut(row, note, LONGEST_NOTE)
        if said["tags"]:
            tags = tags_of(said["tags"])[:MOST_TAGS]
            row.tags = [self._cut(row, tag, LONGEST_TAG) for tag in tags]
        row.accepts_marketing = self._take(
            row, "consent_unclear", yes_or_no, said["accepts_marketing"]
        )

    def _money(self, row: OrderRow, said: Said) -> None:
        row.total = self._amount(row, said["total"])
        if not said["total"].strip():
            row.problems.append(Problem("order_untotalled"))
        row.shipping = self._amount(row, said["shipping"])
        row.taxes = self._amount(row, said["taxes"])
        row.discount = self._amount(row, said["discount"])
        code = self._take(row, "order_currency", cells.currency, said["currency"])
        row.currency = code or self._currency
        status = said["financial_status"].strip().lower()
        row.financial_status = PAYMENTS.get(status, "")
        if not row.financial_status:
            row.problems.append(Problem.quoting("order_status", status))
        # The oldest files have no column for it.
        whole = said["total"] if row.financial_status == FinancialStatus.REFUNDED else ""
        refunded = self._amount(row, said["refunded"] or whole)
        row.refunded = min(refunded, row.total)
        if refunded > row.total:
            row.problems.append(Problem("order_overpaid", f"{refunded} {row.currency}"))
        row.paid = max(self._paid(row, said), row.refunded)

    def _paid(self, row: OrderRow, said: Said) -> Decimal:
        if row.financial_status in PAID:
            return row.total
        if row.financial_status == FinancialStatus.PARTIALLY_PAID and said["outstanding"].strip():
            return max(row.total - self._amount(row, said["outstanding"]), NOTHING)
        return NOTHING

    def _amount(self, row: OrderRow, cell: str) -> Decimal:
        return self._take(row, "order_money", cells.money, cell) or NOTHING

    def _goods(self, row: OrderRow, said: Said, goods: Goods) -> None:
        status = said["fulfillment_status"].strip().lower()
        row.fulfillment_status = DELIVERIES.get(status, "unfulfilled")
        if status not in DELIVERIES:
            row.problems.append(Problem.quoting("order_goods", status))
        is_whole = row.fulfillment_status == FulfillmentStatus.FULFILLED
        left = goods.ordered if is_whole else goods.left
        left_at = row.fulfilled_at = self._moment(row, said["fulfilled_at"])
        if left_at and left:
            row.parcels = [parcel(left_at, left, external_id=EXPORT)]
        if row.refunded and row.placed_at:
            # The export does not say when: not before the last thing that it knows of the order.
            known = [row.placed_at, row.paid_at, left_at, row.cancelled_at]
            at = max(filter(None, known))
            row.refunds = [refund(row.refunded, at, external_id=EXPORT)]

    def _addresses(self, row: OrderRow, billing: Cells, shipping: Cells) -> None:
        there = address_in(billing)
        goods = there if shipping == billing else address_in(shipping)
        row.billing_address, row.shipping_address = there.text, goods.text
        for unknown in dict.fromkeys((there.unknown_country, goods.unknown_country)):
            if unknown:
                row.problems.append(Problem.quoting("country_unknown", unknown))
        if not row.phone:
            row.phone = there.phone or goods.phone
        if row.phone:
            country = there.country or goods.country or self._country
            row.phone_key = cells.phone_in(row.phone, country)

    def _cut(self, row: OrderRow, text: str, longest: int) -> str:
        if len(text) > longest:
            row.problems.append(Problem.quoting("order_cut", text))
        return text[:longest]

    def _take(
        self, row: OrderRow, code: str, read: Callable[[str], Value], cell: str
    ) -> Value | None:
        """The cell's value; what cannot be read is noted on the order."""
        if not cell:
            return None
        try:
            return read(cell)
        except (Unreadable, BadIdentity):
            row.problems.append(Problem.quoting(code, bare(cell)))
            return None


def _torn_off(row: OrderRow, lines: list[Cells]) -> None:
    """Of a row without its order's cells: its lines, and which of them say that they have left.

    `orders.importing.apart` adds them to the order.
    """
    row.problems.append(Problem("order_torn_off"))
    goods = read_lines(row, lines)
    row.parcels = [{"quantities": goods.left}] if goods.left else []


def _cells_of(layout: Layout, columns: Sequence[str]) -> Callable[[list[str]], Cells]:
    """Picks these columns' cells out of a row; an empty one where the file has no such column."""
    return itemgetter(*(layout.places.get(name, layout.width) for name in columns))


def _unsaid_in(layout: Layout) -> list[str]:
    """Of what an order may hold, that for which the file has no column: it stays as it is."""
    return [
        *(name for name in MAY_LACK if name not in layout.places),
        *(
            f"{side}_address"
            for side in ("billing", "shipping")
            if not any(f"{side}_{column}" in layout.places for column in ADDRESS_COLUMNS)
        ),
    ]
