"""People who sign in: staff at the desk, customers at the storefront."""

from __future__ import annotations

import unicodedata
from typing import Self

from django.contrib.auth.models import AbstractBaseUser
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.team import TeamMember
from core.permissions import Role


class UserKind(models.TextChoices):
    """Which of the two doors somebody comes in by."""

    STAFF = "staff", _("Staff")
    CUSTOMER = "customer", _("Customer")


def normal_email(text: str) -> str:
    """The one spelling of an address that accounts compare by."""
    return unicodedata.normalize("NFC", text).strip().lower()


class UserQuerySet(models.QuerySet["User"]):
    def staff(self) -> Self:
        return self.filter(kind=UserKind.STAFF)

    def customers(self) -> Self:
        return self.filter(kind=UserKind.CUSTOMER)

    def active(self) -> Self:
        """Who may sign in. A customer's account also rests while the customer is disabled."""
        return self.filter(deactivated_at=None, customer__disabled_at=None)

    def owners(self) -> Self:
        return self.staff().filter(role=Role.OWNER)

    def with_email(self, email: str) -> Self:
        return self.filter(email=normal_email(email))


class UserManager(models.Manager.from_queryset(UserQuerySet)):  # type: ignore[misc]  # made at runtime
    def get_by_natural_key(self, email: str) -> User:
        """Staff only: an address alone names nobody else."""
        found: User = self.get(kind=UserKind.STAFF, email=normal_email(email))
        return found


class User(TeamMember, AbstractBaseUser):
    """Someone who can sign in at one of the two doors.

    One address may stand twice: once as staff, once as a customer. No query may look for a
    person by address without saying which kind is meant.
    """

    kind = models.CharField(max_length=10, choices=UserKind.choices)
    # Lower-case. Null for a customer who has lost their last address, and so cannot sign in.
    email = models.EmailField(max_length=254, null=True)
    name = models.CharField(max_length=150, blank=True)
    role = models.CharField(max_length=10, choices=Role.choices, blank=True)
    language = models.CharField(max_length=12, blank=True)  # "" follows the browser
    customer = models.OneToOneField(
        "customers.Customer", on_delete=models.PROTECT, null=True, related_name="user"
    )
    created_at = models.DateTimeField(default=timezone.now)
    deactivated_at = models.DateTimeField(null=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["kind"]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "email"], name="user_email_once_per_kind"),
            models.CheckConstraint(
                condition=Q(kind="staff", customer=None, role__in=Role.values, email__isnull=False)
                | Q(kind="customer", customer__isnull=False, role=""),
                name="user_is_staff_or_customer",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email or ""

    @property
    def is_active(self) -> bool:  # type: ignore[override]  # facts with times, not a flag
        """May sign in. Reads the customer: load them along (`select_related`)."""
        if self.deactivated_at is not None:
            return False
        return self.customer is None or self.customer.disabled_at is None
