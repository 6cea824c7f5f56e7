"""How a product reads and looks: its state, its prices, its stock."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from core.money import format_money
from core.words import number
from products.cleaning import clean_description
from products.models.statuses import TONES, ProductStatus

if TYPE_CHECKING:
    from products.models.products import Product
    from products.models.variants import Variant


def stock_in_words(stock: int | None) -> str:
    """None is what nobody counts; less than nothing was sold before it was there."""
    if stock is None:
        return _("Not tracked")
    if stock > 0:
        return _("%(count)s in stock") % {"count": number(stock)}
    return _("Sold out (%(count)s)") % {"count": number(stock)} if stock else _("Sold out")


class VariantLabels:
    """What pages say of a variant."""

    @property
    def title(self) -> str:
        """ "250 g / Ground"; empty where there is nothing to choose."""
        variant = cast("Variant", self)
        options = [variant.option1, variant.option2, variant.option3]
        return " / ".join(option for option in options if option)

    @property
    def stock_words(self) -> str:
        variant = cast("Variant", self)
        words = stock_in_words(variant.stock)
        if variant.is_sold_out and variant.continue_selling:
            return _("%(stock)s, sold all the same") % {"stock": words}
        return words

    @property
    def stock_in_short(self) -> str:
        """For a phone's row."""
        variant = cast("Variant", self)
        if variant.is_sold_out and variant.continue_selling:
            return _("Still sold (%(count)s)") % {"count": number(variant.stock)}
        return stock_in_words(variant.stock)

    @property
    def stock_tone(self) -> str:
        variant = cast("Variant", self)
        if not variant.is_sold_out:
            return ""
        return "warn" if variant.continue_selling else "bad"


class ProductLabels:
    """What pages say of a product."""

    @property
    def status_label(self) -> str | Promise:
        return ProductStatus(cast("Product", self).status).label

    @property
    def status_tone(self) -> str:
        return TONES.get(ProductStatus(cast("Product", self).status), "")

    @property
    def price_words(self) -> str:
        """ "€9.90", "€9.90 – €34.70"; empty where no variant has a price."""
        product = cast("Product", self)
        if product.price_from is None or product.price_to is None:
            return ""
        lowest = format_money(product.price_from, product.currency)
        if product.price_from == product.price_to:
            return lowest
        return f"{lowest} – {format_money(product.price_to, product.currency)}"

    @property
    def stock_words(self) -> str:
        """ "12 in stock for 3 variants, 2 oversold"; empty where there is nothing to sell."""
        product = cast("Product", self)
        words = self._stock
        if product.stock > 0 and product.variants_count > 1:
            said = {"stock": words, "count": number(product.variants_count)}
            words = _("%(stock)s for %(count)s variants") % said
        return self._with_oversold(words)

    @property
    def stock_in_short(self) -> str:
        """For a phone's row, which has the number of variants elsewhere."""
        return self._with_oversold(self._stock)

    @property
    def _stock(self) -> str:
        product = cast("Product", self)
        if not product.variants_count:
            return ""
        return stock_in_words(product.stock if product.tracked_count else None)

    def _with_oversold(self, words: str) -> str:
        oversold = cast("Product", self).oversold
        if not (words and oversold):
            return words
        said = {"stock": words, "count": number(oversold)}
        return _("%(stock)s, %(count)s oversold") % said

    @property
    def stock_tone(self) -> str:
        product = cast("Product", self)
        if product.tracked_count and product.stock <= 0:
            return "bad"
        return "warn" if product.oversold else ""

    @property
    def description_html(self) -> SafeString:
        """Cleaned once more: what older releases kept may hold what is not taken in today.

        So may what an undoing has put back.
        """
        cleaned = clean_description(cast("Product", self).description)
        return mark_safe(cleaned)  # noqa: S308 -- what is left cannot act

    @property
    def option_names(self) -> list[str]:
        """Those that there are."""
        product = cast("Product", self)
        names = [product.option1_name, product.option2_name, product.option3_name]
        return [name for name in names if name]
