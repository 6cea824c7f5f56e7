from __future__ import annotations

from shop.models.files import StoredChunk, StoredFile
from shop.models.settings import FormOfAddress, Language, Shop

__all__ = [
    "FormOfAddress",
    "Language",
    "Shop",
    "StoredChunk",
    "StoredFile",
]
