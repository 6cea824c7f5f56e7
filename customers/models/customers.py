"""The customer, and the verbs on the row itself."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.conflicts import ChangedMeanwhile
from customers.models.accounts import AccountFacts
from customers.models.consent import ConsentFacts
from customers.models.identities import Proof
from customers.models.reachable import Reachable
from customers.models.tags import Tagged
from customers.querysets import CustomerQuerySet
from customers.search_rows import NEVER, refresh_search
from shop.models import FormOfAddress, Language

if TYPE_CHECKING:
    from accounts.models import User


class Figures(models.Model):
    """What the orders add up to, in the shop's currency. Written by `customers.figures`."""

    orders_count = models.PositiveIntegerField(default=0)
    amount_spent = models.DecimalField(max_digits=14, decimal_places=2, default=Decimal(0))
    first_order_at = models.DateTimeField(null=True, blank=True)
    last_order_at = models.DateTimeField(null=True, blank=True)
    # True while they are the totals of an imported file, and no order of the customer is known.
    figures_from_export = models.BooleanField(default=False)
    # The shop's currency when that file was imported: the shop may have another one since.
    export_currency = models.CharField(max_length=3, blank=True, default="", db_default="")
    # Those totals while orders are known: they hold again once none of them is left.
    export_figures = models.JSONField(null=True)
    # Keyset paging needs a value in every row.
    last_order_key = models.GeneratedField(
        expression=Coalesce(F("last_order_at"), models.Value(NEVER)),
        output_field=models.DateTimeField(),
        db_persist=True,
    )

    class Meta:
        abstract = True


class Customer(Reachable, Tagged, ConsentFacts, AccountFacts, Figures):
    """Somebody who bought, wrote or signed up."""

    STAFF_FIELDS = ("first_name", "last_name", "company", "language", "form_of_address", "note")

    first_name = models.CharField(_("first name"), max_length=100, blank=True)
    last_name = models.CharField(_("last name"), max_length=100, blank=True)
    company = models.CharField(_("company"), max_length=150, blank=True)
    # Folded last name first; written by `refresh_search`. "C": servers sort umlauts differently.
    sort_name = models.CharField(max_length=360, blank=True, db_collation="C")
    # Empty ones follow the shop.
    language = models.CharField(_("language"), max_length=2, choices=Language.choices, blank=True)
    form_of_address = models.CharField(
        _("form of address"), max_length=8, choices=FormOfAddress.choices, blank=True
    )
    note = models.TextField(_("note"), max_length=5000, blank=True)
    # Moves only with fields that staff edit, so that an order leaves open forms valid.
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    objects = CustomerQuerySet.as_manager()

    class Meta:
        constraints = [
            # A number that cannot be reached is no fact of consent; an address's bounces are.
            models.CheckConstraint(
                name="consent_invalid_for_email_only", condition=~Q(sms_consent="INVALID")
            )
        ]
        indexes = [
            # Read by the list, one for each of its sorts.
            models.Index(fields=["created_at", "id"], name="customer_by_created"),
            models.Index(fields=["updated_at", "id"], name="customer_by_updated"),
            models.Index(fields=["sort_name", "id"], name="customer_by_name"),
            models.Index(fields=["amount_spent", "id"], name="customer_by_spent"),
            models.Index(fields=["orders_count", "id"], name="customer_by_orders"),
            models.Index(fields=["last_order_key", "id"], name="customer_by_last_order"),
            # Read by the list's tabs and filters, newest first.
            models.Index(fields=["account_state", "created_at", "id"], name="customer_by_account"),
            models.Index(fields=["email_consent", "created_at", "id"], name="customer_by_consent"),
            models.Index(fields=["country", "created_at", "id"], name="customer_by_country"),
            # Read by the list's filter "disabled".
            models.Index(
                fields=["created_at", "id"],
                name="customer_disabled",
                condition=Q(disabled_at__isnull=False),
            ),
            # Read by the list's tab and filter "on hold".
            models.Index(
                fields=["created_at", "id"],
                name="customer_held",
                condition=Q(held_at__isnull=False),
            ),
        ]

    # Written by a search: why it found them, where their row in a list does not show it; escaped.
    why = ""
    is_sure = True  # found by what they are called, or meant exactly

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """What we call them: their name, else company, e-mail, phone, or number."""
        full = f"{self.first_name} {self.last_name}".strip()
        known = full or self.company or self.primary_email or self.primary_phone
        return known or gettext("Customer %(number)s") % {"number": self.pk}

    @classmethod
    def create(
        cls,
        *,
        by: User | Customer | None,
        email: str = "",
        phone: str = "",
        proof: Proof = Proof.STAFF,
        tags: Iterable[str] = (),
        **fields: Any,
    ) -> Customer:
        """Note a new customer. Raises BadIdentity, TooManyTags, or AddressTaken.

        Everything that others may hold is taken in the order in which imports take it: addresses,
        tags, words of the name.
        """
        with transaction.atomic():
            customer = cls.objects.create(**fields)
            if email:
                customer._take(customer._email(email, proof))
            if phone:
                customer._take(customer._phone(phone, proof))
            fresh = customer._carry(tags)
            refresh_search([customer.pk])
            customer.tell("created", by=by)
            customer._tell_tagged(fresh, by=by)
        customer.refresh_from_db()
        return customer

    def change(self, *, by: User | Customer | None, expected_version: int, **fields: Any) -> bool:
        """Save staff's fields unless somebody else did so meanwhile (ChangedMeanwhile).

        False when nothing differs.
        """
        if unknown := set(fields) - set(self.STAFF_FIELDS):
            raise TypeError(sorted(unknown))
        with transaction.atomic():
            mine = self.lock().filter(version=expected_version)
            before = mine.values(*fields).first() if fields else {}
            if before is None:
                raise ChangedMeanwhile
            changed = sorted(name for name in fields if fields[name] != before[name])
            if not changed:
                return False
            mine.update(version=F("version") + 1, **fields)
            refresh_search([self.pk])
            self.tell("changed", by=by, fields=changed)
        self.refresh_from_db()
        return True
