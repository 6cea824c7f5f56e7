"""What can be wrong with a product of a file, or with the file, beside what is wrong with any."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

# A product with one of these is left out; with any other it is taken without the cell in question.
REFUSALS: dict[str, _StrPromise] = {
    "product_nameless": _("It has neither a handle nor an ID nor a SKU to know it by."),
    "product_title": _("It has no title."),
    "product_id": _("“%(detail)s” is not a product ID. Did a spreadsheet program round it?"),
    "product_kind": _("It does not say of which type it is, such as simple or variation."),
    "product_status": _("The status “%(detail)s” is not known."),
    "product_price": _("“%(detail)s” is not a price, or may mean two."),
    "product_stock": _("“%(detail)s” is not a number of pieces in stock."),
    "product_variants": _("It has more than %(detail)s variants."),
    "product_rows": _("It takes more than %(detail)s rows of the file."),
    "product_orphan": _("It is a variation, and names no product to belong to."),
    "product_parent": _(
        "Its product “%(detail)s” is not known: it is neither here nor among the rows of the file"
        " that can be taken in."
    ),
    "product_repeated": _("%(place)s is about the same product and counts instead."),
    "product_same": _("Another row of the file is about the same product and counts instead."),
    "product_handle_taken": _("Another product here has the handle “%(detail)s”."),
}
REMARKS: dict[str, _StrPromise] = {
    "product_picture": _(
        "The picture “%(detail)s” was left out: only addresses that begin with https:// are taken."
    ),
    "product_cut": _("“%(detail)s” is too long and was cut."),
    "product_weight": _("“%(detail)s” is not a weight and was left out."),
    "product_unclear": _("“%(detail)s” is neither yes nor no and was left out."),
    "product_day": _("“%(detail)s” is not a date: the sale price was left out."),
    "product_variant_twice": _("The variant “%(detail)s” is there twice; the last one counts."),
    "product_variants_alike": _(
        "Some of its variants have neither a value of an option nor a SKU to tell them apart; the"
        " last one counts."
    ),
    "product_choice": _(
        "Some of its variants have no value for “%(detail)s”. Fill it in, or they are known by"
        " their SKUs alone."
    ),
    "product_sku_twice": _(
        "Several variants of the file have the SKU “%(detail)s”: orders cannot tell them apart."
    ),
}
FILE_REFUSALS: dict[str, _StrPromise] = {
    "product_columns": _("This is not an export of products: the column “%(detail)s” is missing."),
    "customers_not_products": _("This is an export of customers. Choose the export of products."),
    "orders_not_products": _("This is an export of orders. Choose the export of products."),
}
WORDS = {**REFUSALS, **REMARKS, **FILE_REFUSALS}
# Of the problems that any row may have, those that refuse a product.
REFUSED = {*REFUSALS, "width", "cells", "nul", "cell_error", "cell_uncalculated"}
