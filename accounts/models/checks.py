"""Identity checks: whether somebody has shown lately that they are the customer.

What was typed is compared and forgotten; what stands here is which proof was tried, by whom, and
whether it matched.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models import Case, F, Q, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.rules import AccountRules
from accounts.permissions import can_vouch
from customers.models import Customer
from events.log import Happened, record, record_many

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models.users import User
    from accounts.proofs import ProofKind

# What matched counts towards this one conversation: points are not saved up over days.
CALL_LASTS = timedelta(hours=1)
# So many answers that do not match, in whatever checks, and somebody should look.
FAILS_AFTER = 5
UNFINISHED = Q(passed_at=None, ended_at=None)


class CheckOver(Exception):
    """Nothing more is tried: the check has passed, failed or ended, or its hour is over."""


class AlreadyMatched(Exception):
    """Each proof counts once in a check."""


class ProofMissing(Exception):
    """Nothing is known of this customer that this proof could be compared with."""


class Ending(models.TextChoices):
    """Why a check counts no more before its time."""

    FAILED = "failed", _("Too many answers did not match")
    STAFF = "staff", _("Ended by staff")
    MOVED = "moved", _("The e-mail address changed")
    BARRED = "barred", _("The account was put on hold or disabled")


class IdentityCheckQuerySet(models.QuerySet["IdentityCheck"]):
    def running(self) -> Self:
        return self.filter(UNFINISHED, started_at__gt=timezone.now() - CALL_LASTS)

    def passed(self) -> Self:
        """Those that count now."""
        return self.filter(passed_at__isnull=False, valid_until__gt=timezone.now())

    def of_customers(self, customer_ids: Sequence[int]) -> Self:
        return self.filter(customer__in=customer_ids)

    def end(self, ending: Ending) -> list[IdentityCheck]:
        """End what runs, and cut short what has passed; which checks those were.

        Runs inside a transaction that holds the customers.
        """
        standing = list((self.running() | self.passed()).select_related("customer"))
        mine = IdentityCheck.objects.filter(pk__in=[one.pk for one in standing])
        if standing:
            now = Value(timezone.now())
            cut = Case(When(passed_at__isnull=False, then=now))
            mine.update(ended_at=now, valid_until=cut, ending=ending)
        return standing


class IdentityCheck(models.Model):
    """One conversation in which a member of staff finds out who is asking."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="identity_checks")
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    started_at = models.DateTimeField(default=timezone.now)
    points = models.PositiveSmallIntegerField(default=0)
    passed_at = models.DateTimeField(null=True)
    valid_until = models.DateTimeField(null=True)
    # Nothing more is tried, and what has passed counts no more.
    ended_at = models.DateTimeField(null=True)
    ending = models.CharField(
        max_length=8, choices=Ending.choices, blank=True, default="", db_default=""
    )
    # An owner's own word, where that was the proof.
    vouched_because = models.CharField(max_length=500, blank=True, default="", db_default="")

    objects = IdentityCheckQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(passed_at=None, valid_until=None)
                | Q(passed_at__isnull=False, valid_until__isnull=False),
                name="passed_check_has_an_end",
            ),
            # Two windows of one colleague begin one check.
            models.UniqueConstraint(
                fields=["customer", "started_by"], condition=UNFINISHED, name="one_open_check_each"
            ),
        ]

    def __str__(self) -> str:
        return f"Identity check {self.pk}"

    @classmethod
    def valid(cls, customer: Customer, *, since: datetime | None = None) -> IdentityCheck | None:
        """The newest one that has passed, `since` then, and whose time is not over."""
        passed = cls.objects.passed().filter(customer=customer)
        if since is not None:
            passed = passed.filter(passed_at__gte=since)
        return passed.order_by("-passed_at", "-pk").first()

    @classmethod
    def running_of(cls, customer: Customer, user: User) -> IdentityCheck | None:
        """The one that this colleague is in the middle of."""
        return cls.objects.running().filter(customer=customer, started_by=user).first()

    @classmethod
    def begin(cls, customer: Customer, *, by: User) -> IdentityCheck:
        """The check that `by` is in the middle of, or a new one. Raises LookFirst."""
        from accounts.models.flags import Flag

        with transaction.atomic():
            customer.lock()
            if not can_vouch(by):
                Flag.refuse_unseen_guesses(customer)
            mine = cls.running_of(customer, by)
            if mine is not None:
                return mine
            # What was left unfinished over an hour ago is no longer anybody's call.
            stale = cls.objects.filter(UNFINISHED, customer=customer, started_by=by)
            stale.update(ended_at=F("started_at") + CALL_LASTS)
            check = cls.objects.create(customer=customer, started_by=by)
            record("identity_check.started", check, by=by, about=[customer])
        return check

    @property
    def state(self) -> str:
        """One of running, stale, passed, over, failed, ended."""
        now = timezone.now()
        if self.ending:
            return "failed" if self.ending == Ending.FAILED else "ended"
        if self.passed_at is not None and self.valid_until is not None:
            return "passed" if self.valid_until > now else "over"
        is_running = self.ended_at is None and self.started_at > now - CALL_LASTS
        return "running" if is_running else "stale"

    @property
    def call_ends_at(self) -> datetime:
        """Until when answers count towards this check."""
        return self.started_at + CALL_LASTS

    def try_proof(self, kind: ProofKind, typed: dict[str, Any], *, by: User) -> bool:
        """Compare what a caller says, and write down whether it matched: nothing of what was said.

        Every try is counted before anything is looked at, and none is ever given back. Raises
        Throttled, what hold_for does, and for a code CodeOver or CodeWaits.
        """
        from accounts.proof_limits import count_try

        if not kind.allowed(by):
            raise PermissionDenied
        count_try(self, kind, by=by)
        with transaction.atomic():
            self.hold_for(kind)
            matched = kind.compare(self, typed)
            self.tries.create(kind=kind.name, matched=matched, by=by)
            if matched:
                self._add(kind, by=by)
            else:
                self._fail_if_guessed(by=by)
        self.refresh_from_db()
        return matched

    def hold_for(self, kind: ProofKind) -> None:
        """Hold customer and check, as they are now, inside the verb's transaction.

        Raises CheckOver, LookFirst, AlreadyMatched, ProofMissing.
        """
        from accounts.models.flags import Flag

        self.customer.lock()
        self.refresh_from_db()
        if self.state != "running":
            raise CheckOver
        if not kind.is_enough:
            Flag.refuse_unseen_guesses(self.customer)
        if self.tries.filter(kind=kind.name, matched=True).exists():
            raise AlreadyMatched
        if not kind.applies(self.customer):
            raise ProofMissing

    def end(self, *, by: User) -> bool:
        """Nothing more is tried, and what has passed counts no more. False when that is so."""
        with transaction.atomic():
            self.customer.lock()
            if not end_checks(IdentityCheck.objects.filter(pk=self.pk), Ending.STAFF, by=by):
                return False
        self.refresh_from_db()
        return True

    def _add(self, kind: ProofKind, *, by: User) -> None:
        rules, mine = AccountRules.current(), IdentityCheck.objects.filter(pk=self.pk)
        self.points += kind.points_by(rules)
        mine.update(points=self.points)
        if self.points < rules.check_points:
            return
        now = timezone.now()
        until = now + timedelta(minutes=rules.check_minutes)
        mine.update(passed_at=now, valid_until=until)
        close_codes([self])
        kinds = list(self.tries.filter(matched=True).order_by("pk").values_list("kind", flat=True))
        record("identity_check.passed", self, by=by, about=[self.customer], kinds=kinds)

    def _fail_if_guessed(self, *, by: User) -> None:
        """Somebody who knows too little has asked often enough, of whichever colleague.

        What was tried before a colleague had a look is settled.
        """
        from accounts.models.flags import Flag, FlagKind, unseen_guesses

        if unseen_guesses(self.customer, timezone.now()).count() < FAILS_AFTER:
            return
        IdentityCheck.objects.filter(pk=self.pk).end(Ending.FAILED)
        close_codes([self])
        Flag.raise_for(self.customer, FlagKind.CHECK_FAILED)
        kinds = sorted(set(self.tries.filter(matched=False).values_list("kind", flat=True)))
        record("identity_check.failed", self, by=by, about=[self.customer], kinds=kinds)


class ProofTry(models.Model):
    """One answer of a caller: which proof, and whether it matched."""

    identity_check = models.ForeignKey(
        IdentityCheck, on_delete=models.PROTECT, related_name="tries"
    )
    kind = models.CharField(max_length=40)
    matched = models.BooleanField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["identity_check", "kind"],
                condition=Q(matched=True),
                name="proof_counts_once_in_a_check",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


def end_checks(
    checks: IdentityCheckQuerySet, ending: Ending, *, by: User | None = None
) -> list[IdentityCheck]:
    """End checks that run or have passed, with an event for each; which ones those were.

    As many statements for thousands as for one; runs in a transaction that holds the customers.
    """
    from accounts.models.reset_requests import ResetRequest

    ended = checks.end(ending)
    if ended:
        close_codes(ended)
        ResetRequest.withdraw_checked([one for one in ended if one.passed_at])
        record_many(
            "identity_check.ended",
            [Happened(one, [one.customer], plain={"ending": ending.value}) for one in ended],
            by=by,
        )
    return ended


def close_codes(checks: Sequence[IdentityCheck]) -> None:
    """A code that was told for a check is of no use after it."""
    from accounts.models.links import LinkState
    from accounts.models.spoken_codes import SpokenCode

    SpokenCode.objects.filter(identity_check__in=checks).close(LinkState.WITHDRAWN)
