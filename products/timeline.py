"""What happened to products, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from customers.timeline import WORDLESS, Entry
from events.models import Event
from events.timeline import Line, Told, timeline_words, told
from products.importing.timeline import import_entries

if TYPE_CHECKING:
    from products.models import Product

SHOWN = 50
PARTS = {
    "currency": gettext_lazy("currency"),
    "description": gettext_lazy("description"),
    "handle": gettext_lazy("handle"),
    "image_url": gettext_lazy("picture"),
    "option1_name": gettext_lazy("options"),
    "option2_name": gettext_lazy("options"),
    "option3_name": gettext_lazy("options"),
    "page_url": gettext_lazy("page in the shop"),
    "price": gettext_lazy("price"),
    "product_type": gettext_lazy("product type"),
    "status": pgettext_lazy("of a product", "status"),
    "tags": gettext_lazy("tags"),
    "title": gettext_lazy("title"),
    "variants": gettext_lazy("variants"),
    "vendor": gettext_lazy("vendor"),
}


def register_words() -> None:
    """Give every event of this app its words."""
    timeline_words.register("product.added", _added)
    timeline_words.register("product.changed", _changed)


def _added(one: Told) -> Line:
    if one.event.actor_id is None:
        return Line(_("Taken over from the shop"))
    return Line(format_html(_("{who} took the product over from the shop"), who=one.who))


def _changed(one: Told) -> Line:
    named = dict.fromkeys(str(PARTS[part]) for part in one.event.plain["changes"] if part in PARTS)
    return Line(_("Changed in the shop"), detail=", ".join(named))


def timeline_of_product(product: Product) -> list[Entry]:
    """The newest of what is known to have happened to it."""
    events = Event.objects.about(product).filter(name__in=timeline_words.names())
    newest = list(events.order_by("-at", "-id")[:SHOWN])
    entries = [
        Entry(one.event.at, f"{one.event.pk:020}", timeline_words.of(one) or WORDLESS)
        for one in told(newest, on="products.product")
    ]
    entries += import_entries(product, SHOWN)
    return sorted(entries, key=lambda one: (one.at, one.key), reverse=True)[:SHOWN]
