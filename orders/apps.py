from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrdersConfig(AppConfig):
    name = "orders"

    def ready(self) -> None:
        """Take the places on other pages that belong to orders."""
        take_a_place_in_the_frame()
        take_a_place_with_people()
        take_a_place_on_products()
        take_a_place_on_timelines()
        take_a_place_among_lists()
        take_a_place_among_imports()
        take_a_place_among_proofs()
        name_what_workers_do()


def name_what_workers_do() -> None:
    from events.task_words import name_tasks

    recount = _("Adding up in the new currency what customers have spent")
    name_tasks({"orders.recount_in_the_new_currency": recount})


def take_a_place_in_the_frame() -> None:
    from core import slots
    from orders.panels import find_orders
    from orders.permissions import can_see_orders

    slots.navigation.add(
        slots.NavEntry(_("Orders"), "order_list", "package", can_see_orders), order=40
    )
    slots.search_sources.add(
        slots.SearchSource(
            _("Orders"),
            find_orders,
            can_see_orders,
            list_url_name="order_list",
            is_plain=True,
        ),
        order=40,
    )


def take_a_place_with_people() -> None:
    from accounts.slots import account_panels
    from core.slots import Panel
    from customers.slots import customer_lookups, customer_panels
    from orders import panels
    from orders.permissions import can_see_orders

    template = "orders/_customer_orders.html"
    orders_of = Panel(template, panels.customer_orders, can_see_orders, "orders")
    customer_panels.add(orders_of, order=10)
    mine = Panel("orders/_account_orders.html", panels.account_orders, name="orders")
    account_panels.add(mine, order=10)
    customer_lookups.add(panels.customers_of_order)


def take_a_place_on_products() -> None:
    from core.slots import Panel
    from orders.panels import product_orders
    from orders.permissions import can_see_orders
    from products.slots import product_panels

    product_panels.add(
        Panel("orders/_product_orders.html", product_orders, can_see_orders, is_plain=True)
    )


def take_a_place_on_timelines() -> None:
    from customers.timeline import timeline_sources
    from orders import timeline

    timeline.register_words()
    timeline_sources.add(timeline.past_of_customer)


def take_a_place_among_lists() -> None:
    from lists.places import ListPlace, desk_lists
    from orders.listing import ORDERS
    from orders.permissions import can_see_orders

    desk_lists.add(ListPlace(ORDERS, "order_list", can_see_orders))


def take_a_place_among_imports() -> None:
    from customers.importing.kinds import import_kinds
    from customers.importing.problems import add_words
    from customers.timeline import timeline_sources
    from orders.importing.kind import OrdersKind
    from orders.importing.problems import WORDS
    from orders.importing.timeline import import_entries

    import_kinds.add(OrdersKind(), order=100)
    add_words(WORDS)
    timeline_sources.add(import_entries)


def take_a_place_among_proofs() -> None:
    from accounts.slots import number_doubts
    from orders.numbers import contradicted
    from orders.proofs import offer_proofs

    offer_proofs()
    number_doubts.add(contradicted)
