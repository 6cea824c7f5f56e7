from __future__ import annotations

from django.urls import path

from customers.bulk.urls import bulk_urlpatterns
from customers.desk import contact, details, exports, pages, timeline
from customers.duplicates.urls import duplicate_urlpatterns
from customers.importing.urls import import_urlpatterns

CUSTOMER = "customers/<int:pk>"

desk_urlpatterns = [
    *import_urlpatterns,
    *bulk_urlpatterns,
    *duplicate_urlpatterns,
    path("customers/", pages.customer_list, name="customer_list"),
    path("customers/exports/", exports.exports, name="customer_exports"),
    path("customers/tags/", details.tag_list, name="tag_list"),
    path("customers/new/", pages.customer_create, name="customer_create"),
    path(f"{CUSTOMER}/", pages.customer_detail, name="customer_detail"),
    path(f"{CUSTOMER}/menu/", pages.customer_menu, name="customer_menu"),
    path(f"{CUSTOMER}/edit/", contact.customer_edit, name="customer_edit"),
    path(f"{CUSTOMER}/identities/", contact.identity_add, name="customer_identity_add"),
    path(
        f"{CUSTOMER}/identities/<int:identity_id>/removal/",
        contact.identity_removal,
        name="customer_identity_removal",
    ),
    path(
        f"{CUSTOMER}/identities/<int:identity_id>/primary/",
        contact.identity_primary,
        name="customer_identity_primary",
    ),
    path(f"{CUSTOMER}/addresses/", details.address_add, name="customer_address_add"),
    path(
        f"{CUSTOMER}/addresses/<int:address_id>/",
        details.address_edit,
        name="customer_address_edit",
    ),
    path(
        f"{CUSTOMER}/addresses/<int:address_id>/removal/",
        details.address_removal,
        name="customer_address_removal",
    ),
    path(
        f"{CUSTOMER}/addresses/<int:address_id>/default/",
        details.address_default,
        name="customer_address_default",
    ),
    path(f"{CUSTOMER}/consents/", details.consents, name="customer_consents"),
    path(f"{CUSTOMER}/tags/", details.tag_add, name="customer_tag_add"),
    path(
        f"{CUSTOMER}/tags/<int:tag_id>/removal/", details.tag_removal, name="customer_tag_removal"
    ),
    path(f"{CUSTOMER}/disabling/", details.disabling, name="customer_disabling"),
    path(f"{CUSTOMER}/enabling/", details.enabling, name="customer_enabling"),
    path(f"{CUSTOMER}/timeline/", timeline.older, name="customer_timeline"),
    path(f"{CUSTOMER}/notes/", timeline.note_add, name="customer_note_add"),
    path(f"{CUSTOMER}/notes/<int:note_id>/", timeline.note_edit, name="customer_note_edit"),
    path(
        f"{CUSTOMER}/notes/<int:note_id>/removal/",
        timeline.note_removal,
        name="customer_note_removal",
    ),
    path(f"{CUSTOMER}/letters/", timeline.letter, name="customer_letter"),
    path(
        f"{CUSTOMER}/letters/<int:letter_id>/",
        timeline.letter_state,
        name="customer_letter_state",
    ),
    path("mentions/<int:pk>/seen/", timeline.mention_seen, name="mention_seen"),
]
