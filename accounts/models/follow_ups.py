"""What comes after a link was used: the sign-in, or somebody who asks why there was none."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self, TypeVar

from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models.links import LinkState, SecretLink, SecretLinkQuerySet
from accounts.models.users import User
from customers.querysets import not_barred
from events.log import record

if TYPE_CHECKING:
    from customers.models import Customer

# A customer who has not signed in for two weeks will not call about that link any more.
FOLLOWED_FOR = timedelta(days=14)
# Whether it worked is asked an hour after the sign-in; and of nobody whose turn was a day ago,
# e.g. before the shop chose to ask.
ASKED_AFTER = timedelta(hours=1)
ASKED_WITHIN = timedelta(days=1)
# Who opened an account by an invite and leaves it at that is asked nothing; of a link to many at
# once the page of that send tells.
OF_A_RESET = Q(purpose__in=["reset", "move"], sent_in=None)
UNSETTLED = Q(ending=LinkState.USED, settled_at=None)
AWAITED = UNSETTLED & Q(signed_in_at=None)
REOPENED = Q(settled_at=None, reopened_at__isnull=False)
UNASKED = Q(ending=LinkState.USED, asked_whether_at=None)

Row_co = TypeVar("Row_co", bound="FollowedUp", covariant=True)


class FollowedUpQuerySet(SecretLinkQuerySet[Row_co]):
    def reopened(self) -> Self:
        """The customer says that it does not work, and nobody has settled it."""
        return self.filter(REOPENED)

    def silent(self, hours: int) -> Self:
        """A password was chosen so long ago, and nobody has signed in with it since.

        Not where a newer link was sent, nor where the customer may not sign in at all.
        """
        now = timezone.now()
        awaited = AWAITED & OF_A_RESET
        due = self.filter(awaited, reopened_at=None, closed_at__lt=now - timedelta(hours=hours))
        recent = due.filter(closed_at__gt=now - FOLLOWED_FOR)
        return recent.of_whom_may_sign_in().exclude(self._has_newer()).exclude(_signed_in_since())

    def to_be_asked(self, hours: int) -> Self:
        """Whose sign-in was a while ago, or has not come for so long; and nobody has asked yet."""
        now = timezone.now()
        signed_in = _a_while_ago("signed_in_at", now - ASKED_AFTER)
        silent = Q(AWAITED) & _a_while_ago("closed_at", now - timedelta(hours=hours))
        asked = self.filter(
            UNASKED & OF_A_RESET, signed_in | silent, closed_at__gt=now - FOLLOWED_FOR
        )
        by_itself = asked.filter(settled_by=None, reopened_at=None)
        return by_itself.of_whom_may_sign_in().exclude(self._has_newer())

    def of_whom_may_sign_in(self) -> Self:
        return self.filter(not_barred("customer__"))

    def _has_newer(self) -> Exists:
        newer = self.model._base_manager.filter(customer=OuterRef("customer"))
        return Exists(newer.filter(pk__gt=OuterRef("pk")))


def _a_while_ago(name: str, moment: datetime) -> Q:
    return Q(**{f"{name}__lt": moment, f"{name}__gt": moment - ASKED_WITHIN})


def _signed_in_since() -> Exists:
    """Also where an older release has noted the sign-in, which knows of no request."""
    users = User.objects.filter(customer=OuterRef("customer"))
    return Exists(users.filter(last_login__gte=OuterRef("closed_at")))


class FollowedUp(SecretLink):
    """A link of a customer whose use is watched until they have signed in."""

    # The first sign-in after the password was chosen by this link.
    signed_in_at = models.DateTimeField(null=True)
    # There is nothing more to do; by nobody: the customer has signed in, or says that all is well.
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
    )
    # The customer says that it does not work.
    reopened_at = models.DateTimeField(null=True)
    # When a mail asked whether everything worked.
    asked_whether_at = models.DateTimeField(null=True)

    if TYPE_CHECKING:
        customer: models.ForeignKey[Customer, Customer]

    class Meta:
        abstract = True

    @property
    def is_reopened(self) -> bool:
        return self.reopened_at is not None and self.settled_at is None

    @property
    def is_watched(self) -> bool:
        """Somebody may still ask for what comes of it."""
        if self.state != LinkState.USED or self.settled_at is not None:
            return False
        long_ago = timezone.now() - FOLLOWED_FOR
        return self.is_reopened or (self.closed_at or long_ago) > long_ago

    @classmethod
    def note_sign_in(cls, customer: Customer, *, before: datetime | None) -> Self | None:
        """Whoever chose a password by a link has signed in with it; None but for the first time.

        `before` is when they had signed in last. Runs inside the verb's transaction, which holds
        the customer.
        """
        now = timezone.now()
        rows: FollowedUpQuerySet[Self] = FollowedUpQuerySet(cls).filter(customer=customer)
        waiting = rows.filter(ending=LinkState.USED, signed_in_at=None)
        if before is not None:
            waiting = waiting.filter(closed_at__gt=before)
        by_itself = models.Case(
            models.When(reopened_at=None, then=Coalesce(F("settled_at"), models.Value(now))),
            default=F("settled_at"),
        )
        if not waiting.update(signed_in_at=now, settled_at=by_itself):
            return None
        return rows.filter(signed_in_at=now, settled_at=now).order_by("-pk").first()

    def settle(self, *, by: User | Customer) -> bool:
        """There is nothing more to do. False where that is said already, or nothing was done."""
        with transaction.atomic():
            self.customer.lock()
            mine = self._row().filter(UNSETTLED)
            staff = by if isinstance(by, User) else None
            if not mine.update(settled_at=timezone.now(), settled_by=staff):
                return False
            about = [self.customer] if staff else []
            record("reset_request.settled", self, by=by, about=about)
        self.refresh_from_db()
        return True

    def reopen(self, *, by: Customer) -> None:
        """The customer says that it does not work, whatever was thought before.

        Runs inside the verb's transaction, which holds the customer.
        """
        fresh = {"reopened_at": timezone.now(), "settled_at": None, "settled_by": None}
        self._row().filter(ending=LinkState.USED).update(**fresh)
        record("reset_request.reopened", self, by=by)
