from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from core.slots import (
    NavEntry,
    Panel,
    SearchSource,
    everyone,
    home_cards,
    navigation,
    search_sources,
)


class CustomersConfig(AppConfig):
    name = "customers"

    def ready(self) -> None:
        from customers.bulk.words import bulk_entries
        from customers.importing.kinds import import_kinds
        from customers.importing.of_customers.kind import CustomersKind
        from customers.importing.of_customers.timeline import import_entries
        from customers.levels import marks_of
        from customers.timeline import names_of, timeline_sources
        from customers.words import register_words
        from events import actors
        from notifications.recipients import recipient_marks

        register_words()
        name_what_workers_do()
        actors.register("customers.customer", names_of)
        timeline_sources.add(import_entries)
        import_kinds.add(CustomersKind(), order=900)
        timeline_sources.add(bulk_entries)
        recipient_marks.add(marks_of)
        offer_bulk_changes()
        take_places_in_the_navigation()
        take_places_on_home()
        take_places_in_search()
        take_places_on_their_own_pages()
        take_place_among_lists()


def offer_bulk_changes() -> None:
    from customers.bulk.kinds import bulk_kinds
    from customers.bulk.own_kinds import DisableKind, TagKind, UntagKind

    for order, kind in ((10, TagKind()), (20, UntagKind()), (900, DisableKind())):
        bulk_kinds.add(kind, order=order)


def name_what_workers_do() -> None:
    from events.task_words import name_tasks

    name_tasks({"customers.send_letter": _("Mail that a colleague has written to a customer")})


def take_places_in_the_navigation() -> None:
    from customers.bulk.permissions import can_see_bulk_changes
    from customers.importing.permissions import can_import
    from customers.permissions import can_see_customers, can_see_duplicates

    navigation.add(
        NavEntry(_("Customers"), "customer_list", icon="users", allowed=can_see_customers),
        order=20,
    )
    navigation.add(
        NavEntry(_("Imports"), "import_list", allowed=can_import, parent="customer_list"),
        order=21,
    )
    # Reached from the list, and shown below it where there is room.
    below_the_list = [
        (_("Bulk changes"), "bulk_change_list", can_see_bulk_changes),
        (_("Duplicates"), "duplicate_list", can_see_duplicates),
    ]
    for order, (label, url_name, allowed) in enumerate(below_the_list, start=22):
        navigation.add(
            NavEntry(label, url_name, allowed=allowed, parent="customer_list"), order=order
        )


def take_places_on_home() -> None:
    from customers import home
    from customers.importing.permissions import can_import
    from customers.permissions import can_edit_customers

    cards = {
        30: ("mentions", home.mentions, everyone),
        31: ("imports", home.stopped_imports, can_import),
        32: ("bulk_changes", home.stopped_bulk_changes, can_edit_customers),
        33: ("duplicates", home.stopped_comparison, can_edit_customers),
        60: ("newest", home.newest_customers, everyone),
    }
    for order, (name, context, allowed) in cards.items():
        panel = Panel(
            f"customers/_home_{name}.html",
            context,
            allowed=allowed,
            name=context.__name__,
            is_plain=name in {"mentions", "newest"},
        )
        home_cards.add(panel, order=order)


def take_places_in_search() -> None:
    from customers import palette
    from customers.permissions import can_edit_customers, can_see_customers

    search_sources.add(
        SearchSource(
            _("Customers"),
            palette.find_customers,
            can_see_customers,
            list_url_name="customer_list",
            is_plain=True,
        ),
        order=10,
    )
    actions = palette.find_actions
    search_sources.add(
        SearchSource(_("Actions"), actions, can_edit_customers, is_plain=True), order=50
    )
    search_sources.add(
        SearchSource(
            _("Did you mean"), palette.find_near_spellings, can_see_customers, is_last_resort=True
        ),
        order=90,
    )


def take_places_on_their_own_pages() -> None:
    from customers import slots
    from customers.duplicates.desk import likeness_card

    slots.customer_side_panels.add(
        Panel("customers/duplicates/_card.html", likeness_card, name="likeness"), order=20
    )


def take_place_among_lists() -> None:
    from customers.listing import CUSTOMERS
    from customers.permissions import can_see_customers
    from lists.places import ListPlace, desk_lists

    desk_lists.add(ListPlace(CUSTOMERS, "customer_list", can_see_customers))
