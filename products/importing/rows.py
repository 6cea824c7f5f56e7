"""A product as our words have it, on its way into the database. Pure: no database, no settings."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

from customers.importing.problems import Problem
from products.importing.problems import REFUSED


@dataclass(slots=True, kw_only=True)
class ProductRow:
    """What is said of a product. None: nothing is said about that.

    Rows of a file find one another by `ref`, or by `sku_ref`, where shops have that, too. One that
    names a `parent` says nothing but variants of that; `staging` adds them to it.

    Variants are as their JSON column holds them: `key` tells one from the product's others. What a
    variant does not name stays as it is.
    """

    line: int
    ref: str = ""
    sku_ref: str = ""
    parent: str = ""
    # Among what has the same parent.
    position: int = 0
    external_id: str = ""
    handle: str = ""
    # Where another product has the handle, and the file does not say any.
    other_handle: str = ""
    title: str | None = None
    description: str | None = None
    vendor: str | None = None
    product_type: str | None = None
    tags: list[str] | None = None
    status: str | None = None
    option1_name: str | None = None
    option2_name: str | None = None
    option3_name: str | None = None
    image_url: str | None = None
    variants: list[dict[str, Any]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def is_usable(self) -> bool:
        return not any(problem.code in REFUSED for problem in self.problems)

    def values(self) -> list[Any]:
        """For COPY, in the order of COLUMNS."""
        said = list(_said(self))
        said[_VARIANTS] = _encode(self.variants)
        digest = hashlib.blake2b(repr(said[1:]).encode(), digest_size=16).hexdigest()
        problems = json.dumps(self.problems) if self.problems else "[]"
        return [*said, problems, self.is_usable, digest]


SAID = tuple(name for name in ProductRow.__slots__ if name != "problems")
COLUMNS = (*SAID, "problems", "is_usable", "digest")
_VARIANTS = SAID.index("variants")
_encode: Callable[[Any], str] = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), default=str
).encode
_said = attrgetter(*SAID)
