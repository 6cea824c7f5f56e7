"""What a shop decides for its customers' accounts: Settings › Customer accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models import F, Q

from accounts.permissions import can_change_rule
from core.conflicts import ChangedMeanwhile
from core.permissions import Role
from events.log import record

if TYPE_CHECKING:
    from accounts.models.users import User

# From and to; what stands outside no form and no verb can save.
RANGES = {
    "reset_minutes": (15, 24 * 60),
    "frequent_count": (2, 50),
    "frequent_days": (1, 90),
    "hold_flags": (0, 20),
    "hold_days": (1, 365),
    "check_points": (10, 500),
    "check_minutes": (5, 24 * 60),
    "follow_up_hours": (1, 7 * 24),
    "bulk_per_minute": (10, 6000),
}
# One alone never puts on hold: a single call by a stranger can make a check fail.
FEWEST_FLAGS = 2
# Owners see everything and always have override: nobody can take it from them.
MASKABLE = [Role.LEAD, Role.AGENT, Role.READ_ONLY]
OVERRIDING = [Role.LEAD, Role.AGENT]


def _within(name: str) -> models.CheckConstraint:
    least, most = RANGES[name]
    return models.CheckConstraint(
        condition=Q(**{f"{name}__gte": least, f"{name}__lte": most}), name=f"rules_{name}"
    )


def _only(name: str, roles: list[Role]) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(**{f"{name}__contained_by": [role.value for role in roles]}),
        name=f"rules_{name}",
    )


class AccountRules(models.Model):
    """One row, as of the shop itself."""

    reset_minutes = models.PositiveSmallIntegerField(default=60)
    # So many resets in so many days are worth a look.
    frequent_count = models.PositiveSmallIntegerField(default=5)
    frequent_days = models.PositiveSmallIntegerField(default=7)
    # So many flags in so many days put a customer on hold; 0 flags: never by itself.
    hold_flags = models.PositiveSmallIntegerField(default=0)
    hold_days = models.PositiveSmallIntegerField(default=30)
    # What an identity check takes, what each proof counts, and how long a passed check is good.
    check_points = models.PositiveSmallIntegerField(default=100)
    points = models.JSONField(default=dict)
    check_minutes = models.PositiveSmallIntegerField(default=60)
    masked_roles = ArrayField(models.CharField(max_length=10), default=list)
    override_roles = ArrayField(models.CharField(max_length=10), default=list)
    follow_up_hours = models.PositiveSmallIntegerField(default=24)
    asks_whether_it_worked = models.BooleanField(default=False)
    bulk_per_minute = models.PositiveSmallIntegerField(default=300)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="one_account_rules"),
            *map(_within, RANGES),
            _only("masked_roles", MASKABLE),
            _only("override_roles", OVERRIDING),
        ]

    @classmethod
    def current(cls) -> AccountRules:
        """The rules; the migration has made their row. One query."""
        return cls.objects.get(pk=1)

    def change(self, *, by: User, expected_version: int, **fields: Any) -> bool:
        """Save rules. False when all of them are so already.

        Raises ChangedMeanwhile where somebody else did so first, and PermissionDenied for a rule
        that is not theirs to change.
        """
        changed = {name: value for name, value in fields.items() if getattr(self, name) != value}
        if not changed:
            return False
        if not all(can_change_rule(by, name) for name in changed):
            raise PermissionDenied
        mine = AccountRules.objects.filter(pk=self.pk, version=expected_version)
        with transaction.atomic():
            if not mine.update(version=F("version") + 1, **changed):
                raise ChangedMeanwhile
            record("account_rules.changed", self, by=by, fields=sorted(changed))
        self.refresh_from_db()
        return True

    def points_of(self, name: str, default: int) -> int:
        """What a proof counts here; `default` where the shop has said nothing of it."""
        return int(self.points.get(name, default))
