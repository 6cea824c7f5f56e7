"""How a product reads and looks: its state, its prices, its stock."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe

from core.money import format_money
from products.models.statuses import TONES, ProductStatus

if TYPE_CHECKING:
    from products.models.products import Product


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
    def description_html(self) -> SafeString:
        """The verb that wrote it has cleaned it."""
        return mark_safe(cast("Product", self).description)  # noqa: S308 -- cleaned before it is kept

    @property
    def option_names(self) -> list[str]:
        """Those that there are."""
        product = cast("Product", self)
        names = [product.option1_name, product.option2_name, product.option3_name]
        return [name for name in names if name]
