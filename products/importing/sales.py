"""A price that counts on some days: chosen on the day when it is shown or written.

A staged variant has what it costs otherwise as its `price`, and a `sale`: `price`, and the days
when it `starts` and `ends`, each of which may be None. So a file says the same on whatever day it
is read.
"""

from __future__ import annotations

from datetime import date
from typing import Any


def price_on(day: date, variant: dict[str, Any]) -> str | None:
    sale = variant.get("sale")
    if sale and (sale["starts"] or "") <= day.isoformat() <= (sale["ends"] or "9999-12-31"):
        return str(sale["price"])
    return variant.get("price")


# The variant `v.said` as it is %(today)s; what it costs otherwise is told where that is more.
SAID_TODAY = """CASE WHEN v.said ? 'sale'
        AND %(today)s >= coalesce((v.said->'sale'->>'starts')::date, %(today)s)
        AND %(today)s <= coalesce((v.said->'sale'->>'ends')::date, %(today)s)
    THEN v.said || jsonb_build_object('price', v.said->'sale'->'price', 'compare_at_price',
        CASE WHEN (v.said->>'price')::numeric > (v.said->'sale'->>'price')::numeric
            THEN v.said->'price' END)
    ELSE v.said END"""
