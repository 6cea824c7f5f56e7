"""Holds: somebody may have got into the account, so nobody is let in until it is known who asks."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.checks import IdentityCheck
from accounts.models.newcomers import came_in_since
from accounts.models.rules import AccountRules
from accounts.models.users import User
from accounts.permissions import can_lift_alone, can_lift_unchecked
from customers import followers
from customers.models import Customer
from events.log import record


class HoldReason(models.TextChoices):
    STAFF = "staff", _("Put on hold by staff")
    NOT_ME = "not_me", _("“That wasn't me”, said by the customer")
    RULE = "rule", _("By rule: it was conspicuous too often")
    UNDONE = "undone", _("A change of address was undone")


SAID_BY_THE_CUSTOMER = {HoldReason.NOT_ME, HoldReason.UNDONE}


class CheckNeeded(Exception):
    """No identity check has passed since the hold was put on, or its time is over."""


class SecondColleagueNeeded(Exception):
    """One colleague asks for a hold to be lifted, and another one confirms."""


class HoldOver(Exception):
    """The hold has been lifted already."""


class HoldQuerySet(models.QuerySet["Hold"]):
    def open(self) -> Self:
        return self.filter(lifted_at=None)

    def lifted(self) -> Self:
        return self.filter(lifted_at__isnull=False)

    def confirmable_first(self, user: User) -> Self:
        """Those that wait for a colleague such as `user`, then the newest."""
        waits = Q(asked_to_lift_by__isnull=False) & ~Q(asked_to_lift_by=user)
        for_user = models.Case(models.When(waits, then=0), default=1)
        return self.order_by(for_user, "-put_on_at", "-pk")


class Hold(models.Model):
    """One hold of one customer; `customers_customer.held_at` says whether one is open."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="holds")
    reason = models.CharField(max_length=8, choices=HoldReason.choices)
    note = models.CharField(max_length=500, blank=True)  # why, in the colleague's own words
    put_on_at = models.DateTimeField(default=timezone.now)
    # Null: a rule, or the customer.
    put_on_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
    )
    asked_to_lift_at = models.DateTimeField(null=True)
    asked_to_lift_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
    )
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
    )
    lifted_alone = models.BooleanField(default=False)
    # What it was lifted on: a check, or the owner's own word.
    check_passed = models.ForeignKey(
        IdentityCheck, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    lifted_because = models.CharField(max_length=500, blank=True)

    objects = HoldQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer"], condition=Q(lifted_at=None), name="one_open_hold"
            ),
            models.CheckConstraint(
                condition=Q(lifted_at=None, lifted_by=None)
                | Q(lifted_at__isnull=False, lifted_by__isnull=False),
                name="lifted_hold_says_by_whom",
            ),
            models.CheckConstraint(
                condition=Q(asked_to_lift_at=None, asked_to_lift_by=None)
                | Q(asked_to_lift_at__isnull=False, asked_to_lift_by__isnull=False),
                name="asked_hold_says_by_whom",
            ),
            models.CheckConstraint(
                condition=Q(lifted_at=None)
                | Q(lifted_alone=True)
                | Q(asked_to_lift_by__isnull=False) & ~Q(asked_to_lift_by=F("lifted_by")),
                name="hold_lifted_by_two_or_alone",
            ),
            models.CheckConstraint(
                condition=Q(lifted_at=None) | Q(check_passed__isnull=False) | ~Q(lifted_because=""),
                name="hold_lifted_on_a_check_or_a_word",
            ),
        ]
        indexes = [
            # Read by Home: the open ones, newest first.
            models.Index(fields=["put_on_at"], name="hold_open", condition=Q(lifted_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.get_reason_display()} {self.pk}"

    @classmethod
    def of(cls, customer: Customer) -> Hold | None:
        """The open one."""
        people = ("put_on_by", "asked_to_lift_by")
        return cls.objects.open().filter(customer=customer).select_related(*people).first()

    @classmethod
    def put_on(
        cls, customer: Customer, *, by: User | Customer | None, reason: HoldReason, note: str = ""
    ) -> bool:
        """Sign the customer out, end their links, and let nobody in. False when it stands already.

        Holds the customer; `customer.held_at` decides who of several comes first.
        """
        with transaction.atomic():
            if not customer.hold(by=by, reason=reason.value):
                if reason in SAID_BY_THE_CUSTOMER:
                    # What a check has allowed since then ends all the same, and the check as well.
                    followers.customers_barred([customer.pk])
                return False
            staff = by if isinstance(by, User) else None
            cls.objects.create(customer=customer, reason=reason, note=note, put_on_by=staff)
        return True

    def ask_to_lift(self, *, by: User) -> bool:
        """Have a colleague look: they lift it. False when somebody has asked already.

        Raises CheckNeeded, SecondColleagueNeeded for who came in since then, HoldOver.
        """
        with transaction.atomic():
            mine = self._held()
            check = self._check()
            if came_in_since(by, self.put_on_at):
                raise SecondColleagueNeeded
            # Who asked on an earlier check asked about somebody else's answers.
            unasked = mine.filter(
                Q(asked_to_lift_at=None) | Q(asked_to_lift_at__lt=check.passed_at)
            )
            if not unasked.update(asked_to_lift_at=timezone.now(), asked_to_lift_by=by):
                return False
            record("hold.lift_asked", self, by=by, about=[self.customer])
        self.refresh_from_db()
        return True

    def lift(self, *, by: User, without_check: str = "") -> None:
        """Let the customer in again. `without_check` is why an owner needs no identity check.

        Raises CheckNeeded, SecondColleagueNeeded, HoldOver.
        """
        with transaction.atomic():
            mine = self._held()
            words = without_check if can_lift_unchecked(by) else ""
            found = None if words else self._check()
            is_second = self.was_asked_by_another(by, found)
            if not is_second and not can_lift_alone(by, AccountRules.current()):
                raise SecondColleagueNeeded
            mine.update(
                lifted_at=timezone.now(),
                lifted_by=by,
                lifted_alone=not is_second,
                check_passed=found,
                lifted_because=words,
            )
            self.customer.release(by=by)
        self.refresh_from_db()

    def _held(self) -> HoldQuerySet:
        """This one row while it is open, as it is now; the customer is held. Raises HoldOver."""
        self.customer.lock()
        self.refresh_from_db()
        if self.lifted_at is not None:
            raise HoldOver
        return Hold.objects.open().filter(pk=self.pk)

    def _check(self) -> IdentityCheck:
        found = IdentityCheck.valid(self.customer, since=self.put_on_at)
        if found is None:
            raise CheckNeeded
        return found

    def has_asked(self, user: User, check: IdentityCheck) -> bool:
        """Whether this person has, since then."""
        asked_at, passed_at = self.asked_to_lift_at, check.passed_at
        is_late = asked_at is None or (passed_at is not None and asked_at < passed_at)
        return self.asked_to_lift_by_id == user.pk and not is_late

    def was_asked_by_another(self, user: User, check: IdentityCheck | None) -> bool:
        """Whether a colleague has asked for it since the check passed that it would rest on.

        Nobody is another one who came in after the hold was put on.
        """
        if self.asked_to_lift_at is None or self.asked_to_lift_by_id == user.pk:
            return False
        if check and check.passed_at and self.asked_to_lift_at < check.passed_at:
            return False
        return not came_in_since(user, self.put_on_at)
