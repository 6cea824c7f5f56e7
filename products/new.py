"""A product as a shop's system, a file or the demo seed tells of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from products.cleaning import clean_description, web_address
from products.models.statuses import ProductStatus

# Shopify's most, and enough for every other shop's export.
MOST_OPTIONS = 3


@dataclass(frozen=True, kw_only=True)
class NewVariant:
    """`external_id` tells it from the product's other variants; without one its options do."""

    options: Sequence[str] = ()
    sku: str = ""
    barcode: str = ""
    price: Decimal | None = None
    compare_at_price: Decimal | None = None
    stock: int | None = None  # None: nobody counts it
    continue_selling: bool = False
    weight_grams: int | None = None
    requires_shipping: bool = True
    image_url: str = ""
    external_id: str = ""

    def columns(self) -> dict[str, Any]:
        first, second, third = three(self.options)
        return {
            **{name: getattr(self, name) for name in VARIANT_COLUMNS},
            "option1": first,
            "option2": second,
            "option3": third,
            "image_url": web_address(self.image_url),
        }

    @property
    def key(self) -> str:
        return self.external_id or " / ".join(option for option in self.options if option)


@dataclass(frozen=True, kw_only=True)
class NewProduct:
    """What is known of a product now.

    `source` and `external_id` together stand for one product for ever. A file without ids has the
    handle for one. Without a currency it is the shop's.
    """

    source: str
    external_id: str
    handle: str
    title: str
    description: str = ""  # HTML of any kind; what could harm is taken out
    vendor: str = ""
    product_type: str = ""
    tags: Sequence[str] = ()
    status: str = ProductStatus.ACTIVE
    option_names: Sequence[str] = ()
    image_url: str = ""
    page_url: str = ""
    currency: str = ""
    variants: Sequence[NewVariant] = ()

    def columns(self) -> dict[str, Any]:
        """The values of the product's own row."""
        first, second, third = three(self.option_names)
        return {
            **{name: getattr(self, name) for name in PRODUCT_COLUMNS},
            "option1_name": first,
            "option2_name": second,
            "option3_name": third,
            "tags": list(self.tags),
            "description": clean_description(self.description),
            "image_url": web_address(self.image_url),
            "page_url": web_address(self.page_url),
        }


VARIANT_COLUMNS = (
    *("sku", "barcode", "price", "compare_at_price", "stock", "continue_selling"),
    *("weight_grams", "requires_shipping"),
)
PRODUCT_COLUMNS = ("handle", "title", "vendor", "product_type", "status", "currency")


def three(options: Sequence[str]) -> tuple[str, str, str]:
    first, second, third = [*options, "", "", ""][:MOST_OPTIONS]
    return first, second, third
