from __future__ import annotations

from products.importing.models import ProductImportRow, StagedProduct
from products.models.products import Product
from products.models.querysets import ProductQuerySet
from products.models.refusals import HandleTaken
from products.models.search import ProductSearch
from products.models.statuses import ProductStatus
from products.models.variants import Variant

__all__ = [
    "HandleTaken",
    "Product",
    "ProductImportRow",
    "ProductQuerySet",
    "ProductSearch",
    "ProductStatus",
    "StagedProduct",
    "Variant",
]
