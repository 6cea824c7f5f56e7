"""An order as our words have it, on its way into the database. Pure: no database, no settings."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from operator import attrgetter
from typing import Any

from customers.importing.problems import Problem
from orders.importing.problems import REFUSED

NOTHING = Decimal("0.00")
# Of parcels and refunds that an export speaks of: it knows no ids, and one of each per order.
EXPORT = "export"
# Begins the id of an order whose file has none; the name follows.
NAMED = "name:"


@dataclass(slots=True, kw_only=True)
class OrderRow:
    """What is said of an order. None: nothing is said about that.

    Addresses are JSON texts; lines, parcels and refunds are as their JSON columns hold them.
    """

    line: int
    name: str = ""
    external_id: str = ""
    number: int = 0
    placed_at: datetime | None = None
    paid_at: datetime | None = None
    cancelled_at: datetime | None = None
    cancel_reason: str = ""
    currency: str = ""
    subtotal: Decimal = NOTHING
    discount: Decimal | None = NOTHING
    shipping: Decimal | None = NOTHING
    taxes: Decimal | None = NOTHING
    total: Decimal = NOTHING
    paid: Decimal = NOTHING
    refunded: Decimal | None = NOTHING
    financial_status: str = "pending"
    fulfillment_status: str = "unfulfilled"
    email: str = ""
    phone: str = ""
    phone_key: str = ""
    billing_address: str | None = "{}"
    shipping_address: str | None = "{}"
    note: str | None = ""
    tags: list[str] | None = field(default_factory=list)
    discount_code: str | None = ""
    shipping_method: str | None = ""
    payment_method: str | None = ""
    accepts_marketing: bool | None = None
    is_test: bool = False
    lines: list[dict[str, Any]] = field(default_factory=list)
    parcels: list[dict[str, Any]] = field(default_factory=list)
    refunds: list[dict[str, Any]] = field(default_factory=list)
    # When it left, as far as the file tells: of lines that are found elsewhere in it, too.
    fulfilled_at: datetime | None = None
    problems: list[Problem] = field(default_factory=list)

    @property
    def is_usable(self) -> bool:
        return not any(problem.code in REFUSED for problem in self.problems)

    def values(self) -> list[Any]:
        """For COPY, in the order of COLUMNS."""
        said = list(_said(self))
        for place, turn in _TURNS:
            said[place] = turn(said[place])
        texts = "\0".join([one if one.__class__ is str else str(one) for one in said[1:]])
        digest = hashlib.blake2b(texts.encode(), digest_size=16).hexdigest()
        problems = json.dumps(self.problems) if self.problems else "[]"
        return [*said, _moment(self.fulfilled_at), problems, self.is_usable, digest]


# Parcels say what counts of `fulfilled_at`.
SAID = tuple(name for name in OrderRow.__slots__ if name not in {"fulfilled_at", "problems"})
COLUMNS = (*SAID, "fulfilled_at", "problems", "is_usable", "digest")


def parcel(
    shipped_at: datetime,
    quantities: Mapping[int, int],
    *,
    external_id: str = "",
    delivered_at: datetime | None = None,
    **texts: str,
) -> dict[str, Any]:
    """`quantities` by the line's position, counted from 1; texts are company, number and url."""
    moments = {"shipped_at": _moment(shipped_at), "delivered_at": _moment(delivered_at)}
    return {"external_id": external_id, "quantities": dict(quantities), **moments, **texts}


def refund(
    amount: Decimal, refunded_at: datetime, *, external_id: str = "", reason: str = ""
) -> dict[str, Any]:
    said = {"external_id": external_id, "reason": reason}
    return {"amount": str(amount), "refunded_at": _moment(refunded_at), **said}


def _moment(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=str).encode


def dump(value: dict[str, str] | list[dict[str, Any]]) -> str:
    return _encode(value) if value else _EMPTY[type(value)]


def _dump_lines(lines: list[dict[str, Any]]) -> str:
    return f"[{','.join([_dump_line(tuple(line.items())) for line in lines])}]"


# A shop sells the same things again and again.
@lru_cache(maxsize=1 << 13)
def _dump_line(said: tuple[tuple[str, Any], ...]) -> str:
    return _encode(dict(said))


_EMPTY: dict[type, str] = {dict: "{}", list: "[]"}
_TURNS: list[tuple[int, Callable[[Any], Any]]] = [
    *((SAID.index(name), _moment) for name in ("placed_at", "paid_at", "cancelled_at")),
    *((SAID.index(name), dump) for name in ("parcels", "refunds")),
    (SAID.index("lines"), _dump_lines),
]
_said = attrgetter(*SAID)
