from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProductsConfig(AppConfig):
    name = "products"

    def ready(self) -> None:
        """Take the places in the frame and among the lists that belong to products."""
        from core import slots
        from lists.places import ListPlace, desk_lists
        from products.listing import PRODUCTS
        from products.palette import find_products
        from products.permissions import can_see_products
        from products.timeline import register_words

        register_words()
        desk_lists.add(ListPlace(PRODUCTS, "product_list", can_see_products))
        slots.navigation.add(
            slots.NavEntry(_("Products"), "product_list", "tag", can_see_products), order=45
        )
        slots.search_sources.add(
            slots.SearchSource(
                _("Products"),
                find_products,
                can_see_products,
                list_url_name="product_list",
                is_plain=True,
            ),
            order=45,
        )
        take_a_place_among_imports()


def take_a_place_among_imports() -> None:
    from customers.importing.kinds import import_kinds
    from customers.importing.problems import add_words
    from products.importing.kind import ProductsKind
    from products.importing.problems import WORDS

    import_kinds.add(ProductsKind(), order=90)
    add_words(WORDS)
