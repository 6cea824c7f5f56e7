"""A customer whose every secret is known, and a shop that masks them for some roles."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils import timezone

from accounts.models import AccountRules, Hold, HoldReason
from customers.models import Address, Letter
from orders.importing.past import bring_in
from tests.factories.checks import OTHER_MAILBOX, known_for_long
from tests.factories.customers import CustomerFactory
from tests.factories.notifications import MailFactory
from tests.factories.orders import HOME, past_order, place
from tests.factories.world import Ids, one_of_everything

if TYPE_CHECKING:
    from accounts.models import User
    from customers.models import Customer
    from orders.models import Order

EMAIL, PHONE, NUMBER = "vera.geheim@verborgen.example", "040 7319264", "VG-86173"
STREET, POSTCODE, CITY = "Zaunkönigstieg 17", "27386", "Wintermoor"
PAST = "VG-55173"
PARCEL, LETTER = "JJD000390007263", "The grey parcel by the shed"
REMARK = "Second flat in Quarrendorf"
ON_HOLD = "on.hold@verborgen.example"
# Money and numbers as they are written on pages, in links, and in files. Where nobody has a name
# they are called by their address.
SECRETS = [
    EMAIL, OTHER_MAILBOX, PHONE, "+49407319264", "7319264", "+4940555012", "555012", STREET,
    POSTCODE, CITY, NUMBER, "86173", PAST, "4,321.09", PARCEL, LETTER, REMARK, ON_HOLD,
    "verborgen.example", "zweit.example",
]  # fmt: skip


def mask_for(*roles: str) -> None:
    AccountRules.objects.update(masked_roles=list(roles))


def secretive(*, author: User, colleague: User) -> tuple[Customer, dict[str, Ids]]:
    """Somebody without a name, about whom there is one of everything, and all of it secret."""
    customer = CustomerFactory(first_name="", last_name="", email=EMAIL, note=REMARK, account=True)
    ids = one_of_everything(customer, author=author, colleague=colleague)
    known_for_long(customer)
    customer.add_phone(PHONE, by=None)
    home = Address.objects.get(customer=customer)
    home.change(by=None, expected_version=home.version, street=STREET, postal_code=POSTCODE,
                city=CITY, country="DE", phone=PHONE)  # fmt: skip
    Letter.write(customer, by=author, subject=LETTER, text=LETTER)
    ids["admin/orders/"] = {"pk": ordered(customer).pk}
    # What came with its past has no events: another source of the timeline tells it.
    bring_in([past_order(customer, name=PAST, number=55173)], by=None)
    MailFactory(to=EMAIL, failed_at=timezone.now(), failure="refused")
    held = CustomerFactory(first_name="", last_name="", email=ON_HOLD)
    Hold.put_on(held, by=author, reason=HoldReason.STAFF, note="")
    return customer, ids


def ordered(customer: Customer) -> Order:
    there = {**HOME, "street": STREET, "postal_code": POSTCODE, "city": CITY}
    order = place(customer, name=NUMBER, number=86173, total=Decimal("4321.09"), email=EMAIL,
                  phone=PHONE, shipping_address=there, billing_address=there)  # fmt: skip
    order.ship(company="DHL", number=PARCEL, by=None)
    return order


def secrets_in(text: str) -> list[str]:
    return [secret for secret in SECRETS if secret in text]
