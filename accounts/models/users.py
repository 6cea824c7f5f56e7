"""People who sign in: staff at the desk, customers at the storefront."""

from __future__ import annotations

import unicodedata
from typing import Self

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.permissions import can_assign
from core.constraints import broke
from core.permissions import Role
from customers.querysets import not_barred
from events.log import record


class AddressInUse(Exception):
    """A colleague has this address already."""


class LastOwner(Exception):
    """A shop keeps at least one owner who can sign in."""


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
        """Who may sign in. A customer's account also rests while the customer is barred."""
        return self.filter(not_barred("customer__"), deactivated_at=None)

    def owners(self) -> Self:
        return self.staff().filter(role=Role.OWNER)

    def with_rules(self) -> Self:
        """The rules that each page asks for come along, without a query of their own."""
        from accounts.models.rules import AccountRules

        return self.annotate(masked_roles=AccountRules.objects.values("masked_roles")[:1])

    def with_email(self, email: str) -> Self:
        return self.filter(email=normal_email(email))


class User(AbstractBaseUser):
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
    # Since when they have to choose a new password before they are let in; any new one will do.
    password_due_at = models.DateTimeField(null=True)

    objects = UserQuerySet.as_manager()

    # For whom the shop masks what (accounts/masking.py), where it came along: `with_rules()`.
    masked_roles: list[str] | None = None

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
            # The desk's door knows no such step.
            models.CheckConstraint(
                condition=Q(password_due_at=None) | Q(customer__isnull=False),
                name="password_due_of_customers",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email or ""

    @property
    def known_as(self) -> str:
        """The person's name, wherever it stands: customers are named by their customer."""
        return self.name or (self.customer.name if self.customer else "")

    @property
    def is_active(self) -> bool:  # type: ignore[override]  # facts with times, not a flag
        """May sign in. Reads the customer: load them along (`select_related`)."""
        if self.deactivated_at is not None:
            return False
        return self.customer is None or not self.customer.is_barred

    @classmethod
    def invite(
        cls, email: str, *, name: str = "", role: Role, by: User | None, mailed: bool = True
    ) -> Self:
        """Take a colleague on and mail them a link to choose a password. Raises AddressInUse."""
        from accounts.models.staff_links import StaffLink

        new = cls(kind=UserKind.STAFF, email=normal_email(email), name=name, role=role)
        new.password = make_password(None)
        try:
            with transaction.atomic():
                new.save()
                record("user.invited", new, by=by, about=[new], role=role.value)
                StaffLink.start(new, by=by, mailed=mailed)
        except IntegrityError as error:
            if not broke(error, "user_email_once_per_kind"):
                raise
            raise AddressInUse from error
        return new

    def change_role(self, role: Role, *, by: User | None) -> bool:
        """Give the colleague other rights, at once. False when they have them; raises LastOwner."""
        with transaction.atomic():
            colleague = self._hold_owners_and_me(by=by)
            if colleague.role == role:
                return False
            if colleague.role == Role.OWNER:
                _keep_an_owner(colleague)
            before = colleague.role
            User.objects.filter(pk=self.pk).update(role=role)
            record("user.role_changed", self, by=by, about=[self], before=before, after=role.value)
        self.refresh_from_db()
        return True

    def deactivate(self, *, by: User | None) -> bool:
        """Sign the colleague out everywhere and let them in no more. False when done before."""
        with transaction.atomic():
            colleague = self._hold_owners_and_me(by=by)
            if colleague.deactivated_at is not None:
                return False
            if colleague.role == Role.OWNER:
                _keep_an_owner(colleague)
            User.objects.filter(pk=self.pk).update(deactivated_at=timezone.now())
            record("user.deactivated", self, by=by, about=[self])
            self._close_ways_in(by=by)
        self.refresh_from_db()
        return True

    def reactivate(self, *, by: User | None) -> bool:
        """Let the colleague in again; old sessions stay ended. False when they never left."""
        with transaction.atomic():
            if self._hold_owners_and_me(by=by).deactivated_at is None:
                return False
            User.objects.filter(pk=self.pk).update(deactivated_at=None)
            record("user.reactivated", self, by=by, about=[self])
        self.refresh_from_db()
        return True

    def change_profile(self, *, name: str, language: str) -> None:
        """What people say about themselves."""
        with transaction.atomic():
            User.objects.filter(pk=self.pk).update(name=name, language=language)
            record("user.profile_changed", self, by=self, about=[self])
        self.refresh_from_db()

    def _hold_owners_and_me(self, *, by: User | None) -> User:
        """Lock all owners and this colleague in pk order: no two owners remove each other.

        Raises PermissionDenied where the colleague's role, as it is now, is above whoever acts.
        """
        people = User.objects.staff().filter(Q(role=Role.OWNER) | Q(pk=self.pk))
        held: dict[int, User] = {
            user.pk: user for user in people.order_by("pk").select_for_update(no_key=True)
        }
        colleague = held[self.pk]
        if by is not None and not can_assign(by, colleague.role):
            raise PermissionDenied
        return colleague

    def _close_ways_in(self, *, by: User | None) -> None:
        from accounts.ending import end_sessions
        from accounts.models.links import LinkState
        from accounts.models.staff_links import StaffLink

        end_sessions([self], by=by)
        StaffLink.objects.filter(user=self).close(LinkState.WITHDRAWN)


def _keep_an_owner(leaving: User) -> None:
    others = type(leaving).objects.owners().filter(deactivated_at=None).exclude(pk=leaving.pk)
    # An owner who was invited and never came cannot let anybody in.
    if not any(owner.has_usable_password() for owner in others):
        raise LastOwner
