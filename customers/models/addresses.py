"""Postal addresses. The default one also stands on the customer as city and country."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models, transaction
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Lower

from core.conflicts import ChangedMeanwhile
from customers.models.identities import Identity, IdentityKind
from customers.models.rows import CustomerRow
from customers.search_rows import refresh_search

if TYPE_CHECKING:
    from accounts.models import User
    from customers.models.customers import Customer


def _without(pattern: str, text: Any, *, put: str = "") -> Func:
    return Func(text, Value(pattern), Value(put), Value("g"), function="regexp_replace")


class Address(models.Model):
    """Where a customer lives or has parcels sent."""

    customer = models.ForeignKey(
        "customers.Customer", on_delete=models.CASCADE, related_name="addresses"
    )
    first_name = models.CharField(max_length=100, blank=True)
    last_name = models.CharField(max_length=100, blank=True)
    company = models.CharField(max_length=150, blank=True)
    street = models.CharField(max_length=200, blank=True)
    extra = models.CharField(max_length=200, blank=True)
    postal_code = models.CharField(max_length=20, blank=True)
    city = models.CharField(max_length=100, blank=True)
    region = models.CharField(max_length=100, blank=True)
    country = models.CharField(max_length=2, blank=True)  # ISO 3166-1 alpha-2
    phone = models.CharField(max_length=40, blank=True)
    is_default = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer"], condition=Q(is_default=True), name="one_default_address"
            )
        ]
        indexes = [
            # Read by `duplicates.finding`: who else lives there, however the street is spelt?
            models.Index(
                F("postal_code"),
                _without("[^[:alnum:]]", _without("stra(ß|ss)e", Lower("street"), put="str")),
                name="address_place",
                condition=~Q(postal_code="") & ~Q(street=""),
            )
        ]

    def __str__(self) -> str:
        return ", ".join(
            part for part in (self.street, f"{self.postal_code} {self.city}".strip()) if part
        )

    @property
    def phone_identity(self) -> Identity:
        """The number of this address, with what is known of it: see `addresses_section`."""
        country = self.country or self.customer.country
        return self.customer.identity_of(IdentityKind.PHONE, self.phone, country=country)

    def change(self, *, by: User | Customer | None, expected_version: int, **fields: Any) -> None:
        """Save the address unless somebody else did so meanwhile (ChangedMeanwhile, OnHold)."""
        with transaction.atomic():
            # The customer first, as everywhere: two verbs never wait for each other in a circle.
            self.customer.lock_contact()
            mine = Address.objects.filter(pk=self.pk, version=expected_version)
            if not mine.update(version=F("version") + 1, **fields):
                raise ChangedMeanwhile
            self.refresh_from_db()
            if self.is_default:
                self.customer._stand_at(self)
            refresh_search([self.customer_id])
            self.customer.tell("address_changed", by=by)

    def remove(self, *, by: User | Customer | None) -> bool:
        """Forget the address; another one becomes the default. False when it is gone already.

        Raises OnHold.
        """
        customer = self.customer
        with transaction.atomic():
            customer.lock_contact()
            if not Address.objects.filter(pk=self.pk).delete()[0]:
                return False
            refresh_search([customer.pk])
            customer.tell("address_removed", by=by)
            if not customer.addresses.filter(is_default=True).exists():
                customer._next_default()
        return True

    def make_default(self, *, by: User | Customer | None) -> bool:
        """Take this as the customer's address. False when it is so already. Raises OnHold."""
        customer = self.customer
        with transaction.atomic():
            customer.lock_contact()
            if not Address.objects.filter(pk=self.pk, is_default=False).exists():
                return False
            customer._make_default(self)
            customer.tell("default_address_changed", by=by)
        return True


class Located(CustomerRow):
    # Copies of the default address, for the list's column and its filter.
    city = models.CharField(max_length=100, blank=True)
    country = models.CharField(max_length=2, blank=True)

    class Meta:
        abstract = True

    @property
    def place(self) -> str:
        """As lists show it: "Hamburg, DE"."""
        return ", ".join(part for part in (self.city, self.country) if part)

    def add_address(self, *, by: User | Customer | None, **fields: Any) -> Address:
        """Note an address; the first one becomes the default. Raises OnHold."""
        with transaction.atomic():
            self.lock_contact()
            first = not self._addresses().exists()
            address = Address.objects.create(customer_id=self.pk, **fields)
            if first:
                self._make_default(address)
            refresh_search([self.pk])
            self.tell("address_added", by=by)
        return address

    def _addresses(self) -> models.QuerySet[Address]:
        return Address.objects.filter(customer_id=self.pk)

    def _make_default(self, address: Address) -> None:
        self._addresses().filter(is_default=True).update(is_default=False)
        self._addresses().filter(pk=address.pk).update(is_default=True)
        address.refresh_from_db()  # a colleague may have changed it since it was read
        self._stand_at(address)

    def _next_default(self) -> None:
        following = self._addresses().order_by("pk").first()
        if following:
            self._make_default(following)
        else:
            self._stand_at(Address())

    def _stand_at(self, address: Address) -> None:
        self.city, self.country = address.city, address.country
        self.row().update(city=address.city, country=address.country)
