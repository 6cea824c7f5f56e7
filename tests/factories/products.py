"""The smallest valid products, taken over by the product's own verb."""

from __future__ import annotations

from decimal import Decimal
from itertools import count
from typing import Any

from products.models import Product
from products.new import NewProduct, NewVariant

SMALL = NewVariant(options=["250 g"], sku="ESP-250", price=Decimal("9.90"), stock=12)
LARGE = NewVariant(options=["1 kg"], sku="ESP-1000", price=Decimal("34.70"), stock=0)
_numbers = count(7001)


def new_product(**known: Any) -> NewProduct:
    """Espresso Nordlicht in one size."""
    number = next(_numbers)
    return NewProduct(
        **{
            "source": "shop",
            "external_id": str(number),
            "handle": f"espresso-nordlicht-{number}",
            "title": "Espresso Nordlicht",
            "option_names": ["Size"],
            "variants": [SMALL],
            **known,
        }
    )


def mirrored(**known: Any) -> Product:
    return Product.mirror(new_product(**known), by=None)
