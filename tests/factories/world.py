"""One of everything that a page can be about, so that each address in the URLconf exists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.db import transaction
from django.utils import timezone

from accounts import second_factor
from accounts.models import Flag, FlagKind, Hold, HoldReason, IdentityCheck, ResetRequest
from customers.bulk.models import BulkChange
from customers.bulk.stages import Kind
from customers.bulk.working import work
from customers.models import Customer, Letter, Note, Tag
from events.models import Delivery
from lists.models import SavedView
from shopdesk.models import HeldMail
from tests.customers.import_files import checked, table
from tests.factories.notifications import MailFactory
from tests.factories.orders import place
from tests.factories.products import LARGE, SMALL, mirrored

if TYPE_CHECKING:
    from accounts.models import User

Ids = dict[str, int]


def one_of_everything(customer: Customer, *, author: User, colleague: User) -> dict[str, Ids]:
    """The numbers in addresses, by the beginning of the route they belong to; longest first.

    `author` keeps a view, and wrote the note that mentions `colleague`, whose second factor is on.
    """
    second_factor.switch_on(colleague, generate_totp_secret())
    order = place(customer)
    note = Note.write(customer, by=author, text="Called.", mentioned=[colleague])
    request = ResetRequest.start(customer, by=author)
    delivery = Delivery.objects.filter(event__subject_id=request.pk).latest("pk")
    Delivery.objects.filter(pk=delivery.pk).update(given_up_at=timezone.now())
    customer.tag("VIP", by=author)
    of_customer = {
        "pk": customer.pk,
        "customer_pk": customer.pk,
        "identity_id": customer.identities.get().pk,
        "address_id": customer.add_address(by=author, city="Graz").pk,
        "tag_id": Tag.objects.get().pk,
        "note_id": note.pk,
        "hold_id": lifted_hold(customer, by=author).pk,
        "check_id": IdentityCheck.begin(customer, by=author).pk,
        "letter_id": Letter.write(customer, by=author, subject="Hello", text="Hello").pk,
    }
    return {
        "admin/customers/imports/": {"pk": checked(table({"Email": "neu@example.de"})).pk},
        "admin/customers/duplicates/": {"pk": customer.pk, "other_pk": customer.pk},
        "admin/customers/bulk-changes/": {"pk": bulk_change(customer, by=author).pk},
        "admin/customers/<int:customer_pk>/flags/": {**of_customer, "pk": flag(customer).pk},
        "admin/customers/<int:customer_pk>/reset-requests/": {**of_customer, "pk": request.pk},
        "admin/customers/": of_customer,
        "admin/lists/": {"pk": SavedView.keep("Mine", "customer", {}, [], by=author).pk},
        "admin/settings/health/": {"pk": HeldMail.objects.create(mail=MailFactory()).pk},
        "admin/settings/team/": {"pk": colleague.pk},
        "admin/mentions/": {"pk": note.mentions.get().pk},
        "admin/mails/": {"pk": MailFactory(failed_at=timezone.now(), failure="refused").pk},
        "admin/deliveries/": {"pk": delivery.pk},
        "admin/orders/": {"pk": order.pk},
        "admin/products/": {"pk": mirrored(variants=[SMALL, LARGE]).pk},
        "account/orders/": {"pk": order.pk},
        "": {},
    }


def lifted_hold(customer: Customer, *, by: User) -> Hold:
    """One that keeps nobody out any more."""
    return Hold.objects.create(
        customer=customer,
        reason=HoldReason.STAFF,
        put_on_by=by,
        lifted_at=timezone.now(),
        lifted_by=by,
        lifted_alone=True,
        lifted_because="We met.",
    )


def flag(customer: Customer) -> Flag:
    with transaction.atomic():
        customer.lock()
        Flag.raise_for(customer, FlagKind.FREQUENT_RESETS)
    return Flag.objects.get(customer=customer)


def bulk_change(customer: Customer, *, by: User) -> BulkChange:
    """One that gave the customer a tag, done."""
    chosen, tags = Customer.objects.filter(pk=customer.pk), Tag.named_all(["Winter"])
    one = BulkChange.ask(Kind.TAG, chosen, by=by, tags=tags)
    work(one.pk)
    return one
