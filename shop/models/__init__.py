from __future__ import annotations

from shop.models.files import StoredChunk, StoredFile
from shop.models.settings import ChangedMeanwhile, FormOfAddress, Language, Shop

__all__ = [
    "ChangedMeanwhile",
    "FormOfAddress",
    "Language",
    "Shop",
    "StoredChunk",
    "StoredFile",
]
