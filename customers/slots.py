"""Places on the customers' pages that upper apps fill in `AppConfig.ready`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.listing import View
from core.slots import Panel, Slot

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

    from core.totals import Total


@dataclass(frozen=True)
class Figure:
    """One of the figures above the customers' list; with an address, the rows it counts."""

    label: _StrOrPromise
    value: str
    detail: str = ""
    url: str = ""


# Panels' contexts are called with (request, customer).
customer_notices: Slot[Panel] = Slot("above the figures of a customer")
customer_actions: Slot[Panel] = Slot("buttons in a customer's header")
customer_more_actions: Slot[Panel] = Slot("lines of a customer's menu More actions")
customer_panels: Slot[Panel] = Slot("main column of a customer, above the timeline")
customer_side_panels: Slot[Panel] = Slot("side column of a customer, below the contact card")

# Called with (request, customer) when the menu of a row is opened.
customer_row_menu: Slot[Panel] = Slot("menu of a row in the customers' list")

# Called on each visit of the list, with how many customers there are. They count within an index,
# or say "about": no visit reads a table through.
customer_figures: Slot[Callable[[Total], Figure]] = Slot("figures above the customers' list")

# A view's `rows` takes and gives back a CustomerQuerySet.
customer_views: Slot[View] = Slot("tabs of the customers' list")

# Exact look-ups for search: a text such as "#1042" to ids of customers, and to each the words that
# say why they are found ("Order #1042"); in a moment, by an index.
customer_lookups: Slot[Callable[[str], dict[int, str]]] = Slot("exact look-ups of customers")
