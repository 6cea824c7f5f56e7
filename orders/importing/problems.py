"""What can be wrong with an order of a file, or with the file, beside what is wrong with any."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

# An order with one of these is left out; with any other it is taken without the cell in question.
REFUSALS: dict[str, _StrPromise] = {
    "order_nameless": _("It has no name such as #1001."),
    "order_name": _("Its name “%(detail)s” is too long."),
    "order_undated": _("It does not say when it was placed."),
    "order_untotalled": _("It has no total."),
    "order_id": _("“%(detail)s” is not an order ID. Did a spreadsheet program round it?"),
    "order_date": _("“%(detail)s” is not a date with a time such as 2025-05-11 09:55:16 +0200."),
    "order_money": _("“%(detail)s” is not an amount of money."),
    "order_quantity": _("“%(detail)s” is not a quantity."),
    "order_currency": _("“%(detail)s” is not a currency."),
    "order_status": _("The payment status “%(detail)s” is not known."),
    "order_line": _("One of its lines has neither a name nor a SKU."),
    "order_lines": _("It has more than %(detail)s lines."),
    "order_torn_off": _("It is a further line of an order whose first line is not in the file."),
    "order_torn": _(
        "%(place)s belongs to the same order, and something is wrong there or here: an order is"
        " taken in whole or not at all."
    ),
    "order_apart": _(
        "%(place)s may belong to the same order, or to another one of its name, or repeat it: that"
        " cannot be told. Sort the file by the column “Name”, so that the rows of each order follow"
        " one another, and upload it again."
    ),
    "order_repeated": _("%(place)s is about the same order and counts instead."),
    "order_same": _("Another row of the file is about the same order and counts instead."),
    "order_refunds": _("More of it was given back here than the file says that it costs."),
    "order_ambiguous": _(
        "Several orders here have its name, and the file has no ID to tell them apart."
    ),
}
REMARKS: dict[str, _StrPromise] = {
    "order_email": _("“%(detail)s” is not an e-mail address and was left out."),
    "order_goods": _("The delivery status “%(detail)s” is not known and was left out."),
    "order_cut": _("“%(detail)s” is too long and was cut."),
    "order_overpaid": _("%(detail)s was refunded, more than the order's total; it counts as all."),
}
FILE_REFUSALS: dict[str, _StrPromise] = {
    "order_columns": _("This is not an export of orders: the column “%(detail)s” is missing."),
    "customers_not_orders": _("This is an export of customers. Choose the export of orders."),
    "products_not_orders": _("This is an export of products. Choose the export of orders."),
}
# Of an import that was undone.
AFTERWARDS: dict[str, _StrPromise] = {
    "buyer_stays": _(
        "The customer who came with it stays: somebody has changed them or tied something to them"
        " since."
    ),
}
WORDS = {**REFUSALS, **REMARKS, **FILE_REFUSALS, **AFTERWARDS}
# Of the problems that any row may have, those that refuse an order.
REFUSED = {*REFUSALS, "width", "cells", "nul", "cell_error", "cell_uncalculated"}
