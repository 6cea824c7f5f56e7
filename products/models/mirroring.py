"""Making a product's variants what its shop says they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from products.models.variants import Variant

if TYPE_CHECKING:
    from products.models.products import Product
    from products.new import NewVariant

PRICES = {"price", "compare_at_price"}


def mirror_variants(product: Product, new: Sequence[NewVariant]) -> set[str]:
    """Add, change and remove until they are these, in this order; says what changed.

    Names of it are "price", "stock" and "variants". The caller holds the product.
    """
    known = {variant.external_id: variant for variant in product.variants.all()}
    changes: set[str] = set()
    fresh = []
    for position, one in enumerate(new, start=1):
        columns = {**one.columns(), "position": position}
        variant = known.pop(one.key, None)
        if variant is None:
            fresh.append(Variant(product=product, external_id=one.key, **columns))
        else:
            changes |= _take(variant, columns)
    gone = Variant.objects.filter(pk__in=[variant.pk for variant in known.values()])
    if known:
        gone.delete()
    Variant.objects.bulk_create(fresh)
    return changes | ({"variants"} if known or fresh else set())


def _take(variant: Variant, columns: dict[str, Any]) -> set[str]:
    changed = {name: value for name, value in columns.items() if getattr(variant, name) != value}
    if changed:
        Variant.objects.filter(pk=variant.pk).update(**changed)
    return {_told(name) for name in changed}


def _told(name: str) -> str:
    if name in PRICES:
        return "price"
    return name if name == "stock" else "variants"
