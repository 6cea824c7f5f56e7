"""What somebody at the desk should look at, on a customer's account."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models import Max, Min, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.checks import ProofTry
from accounts.models.holds import Hold, HoldReason
from accounts.models.newcomers import came_in_since
from accounts.models.rules import FEWEST_FLAGS, AccountRules
from core.permissions import is_owner
from customers.models import Customer
from events.log import record

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models.users import User

OPEN = Q(settled_at=None)
GUESSES_COUNT_FOR = timedelta(hours=24)


class LookFirst(Exception):
    """A check of this customer has failed, and nobody else has looked yet."""


class ForOthers(models.TextChoices):
    """Why somebody may not say themselves that somebody has looked."""

    OWN = "own", _("Some of the answers that did not match are ones that you typed.")
    NEW = (
        "new",
        _(
            "You joined, came back, got another role, chose a password by a link, or your two-step "
            "sign-in was switched off after the first answer that did not match."
        ),
    )


class LookForOthers(PermissionDenied):
    """A failed check is settled by somebody else; `why` says the reason."""

    def __init__(self, why: ForOthers) -> None:
        super().__init__(why.value)
        self.why = why


class FlagKind(models.TextChoices):
    FREQUENT_RESETS = "frequent_resets", _("Frequent resets")
    NOT_ME = "not_me", _("“That wasn’t me”")
    CHECK_FAILED = "check_failed", _("Identity check failed")
    UNDONE = "undone", _("Change of address undone")


# What nobody can bring about who neither reads the customer's mailbox nor speaks with a colleague.
# Frequent resets are not among them: by asking, a stranger would lock the customer out.
COUNTING = [FlagKind.NOT_ME, FlagKind.UNDONE, FlagKind.CHECK_FAILED]


class FlagQuerySet(models.QuerySet["Flag"]):
    def open(self) -> Self:
        return self.filter(OPEN)

    def of(self, customer: Customer) -> Self:
        return self.filter(customer=customer)


class Flag(models.Model):
    """Something that waits to be looked at; of a kind it stands once, however often it happens.

    So many of them in so many days put the account on hold, where the shop says so.
    """

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="flags")
    kind = models.CharField(max_length=20, choices=FlagKind.choices)
    raised_at = models.DateTimeField(default=timezone.now)
    # Null: it was the customer, a stranger or a rule.
    raised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    objects = FlagQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "kind"], condition=OPEN, name="one_open_flag_of_a_kind"
            ),
            models.CheckConstraint(
                condition=Q(settled_at=None, settled_by=None)
                | Q(settled_at__isnull=False, settled_by__isnull=False),
                name="flag_settled_by_somebody",
            ),
        ]
        indexes = [
            # Read by Home and by the list's tab.
            models.Index(fields=["raised_at"], name="flag_open", condition=OPEN),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @classmethod
    def raise_for(cls, customer: Customer, kind: FlagKind, *, by: User | None = None) -> bool:
        """Ask for a look. False where it is asked for already.

        Runs inside the verb's transaction, which holds the customer.
        """
        if cls.objects.open().of(customer).filter(kind=kind).exists():
            return False
        cls.objects.create(customer=customer, kind=kind, raised_by=by)
        record("customer.flagged", customer, by=by, about=[customer], kind=kind.value)
        if kind in COUNTING:
            _hold_by_rule(customer)
        return True

    @classmethod
    def of_failed_check(cls, customer: Customer) -> Flag | None:
        """That guessing has to stop, until somebody has looked."""
        return cls.objects.open().of(customer).filter(kind=FlagKind.CHECK_FAILED).first()

    @classmethod
    def refuse_unseen_guesses(cls, customer: Customer) -> None:
        """Raises LookFirst. Runs inside the verb's transaction, which holds the customer."""
        if cls.of_failed_check(customer) is not None:
            raise LookFirst

    def settle(self, *, by: User) -> bool:
        """Somebody has looked. False where a colleague was first. Raises LookForOthers."""
        with transaction.atomic():
            self.customer.lock()
            why = self.for_others(by)
            if why is not None:
                raise LookForOthers(why)
            mine = Flag.objects.open().filter(pk=self.pk)
            if not mine.update(settled_at=timezone.now(), settled_by=by):
                return False
            about = [self.customer]
            record("customer.flag_settled", self.customer, by=by, about=about, kind=self.kind)
        self.refresh_from_db()
        return True

    def for_others(self, user: User) -> ForOthers | None:
        """Some of the answers that did not match are theirs, or they came in after the first one.

        An owner settles it all the same: in a small shop there is nobody else.
        """
        if self.kind != FlagKind.CHECK_FAILED or is_owner(user):
            return None
        misses = unseen_guesses(self.customer, self.raised_at)
        if misses.filter(by=user).exists():
            return ForOthers.OWN
        first = misses.aggregate(at=Min("at"))["at"] or self.raised_at
        return ForOthers.NEW if came_in_since(user, first) else None


def unseen_guesses(customer: Customer, at: datetime) -> models.QuerySet[ProofTry]:
    """Answers that did not match in the day before `at` and since, and since the last look."""
    since = at - GUESSES_COUNT_FOR
    looks = Flag.objects.of(customer).filter(kind=FlagKind.CHECK_FAILED, settled_at__gte=since)
    since = looks.aggregate(at=Max("settled_at"))["at"] or since
    tries = ProofTry.objects.filter(identity_check__customer=customer, at__gt=since)
    return tries.filter(matched=False)


def _hold_by_rule(customer: Customer) -> None:
    """Looked at or not. Those before the end of an earlier hold are answered by it."""
    rules = AccountRules.current()
    if not rules.hold_flags:
        return
    since = timezone.now() - timedelta(days=rules.hold_days)
    lifted = Hold.objects.lifted().filter(customer=customer).aggregate(at=Max("lifted_at"))["at"]
    counted = Flag.objects.of(customer).filter(kind__in=COUNTING)
    lately = counted.filter(raised_at__gt=max(since, lifted or since)).count()
    if lately >= max(rules.hold_flags, FEWEST_FLAGS):
        Hold.put_on(customer, by=None, reason=HoldReason.RULE)
