"""A customer's way back in: one mailed link to choose a password, sent by staff or asked for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import models, transaction
from django.db.models import Exists, F, Max, OuterRef, Q, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.addressees import address_for_link, hold_customer
from accounts.models.checks import IdentityCheck
from accounts.models.flags import Flag, FlagKind
from accounts.models.follow_ups import AWAITED, REOPENED, UNASKED, FollowedUp, FollowedUpQuerySet
from accounts.models.holds import CheckNeeded
from accounts.models.late_addresses import lacks_check
from accounts.models.link_policy import Answer, answer_to, invite_lasts, reset_lasts
from accounts.models.links import ONE_OPEN, LinkState
from accounts.models.mail_budgets import MailBudget, NotYet, Share
from accounts.models.rules import AccountRules
from customers.models import AccountState, Customer, Identity, IdentityKind
from events.log import record
from notifications.models import Mail
from notifications.queueing import hurry

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models.users import User


class Purpose(models.TextChoices):
    RESET = "reset", _("Password reset")
    INVITE = "invite", _("Account invite")
    # To an address that becomes the sign-in address by it (accounts/moving.py).
    MOVE = "move", _("Change of the sign-in address")


class MoveStands(Exception):
    """A link to the customer's new address is open: one to the former would undo its sense."""


class ResetRequestQuerySet(FollowedUpQuerySet["ResetRequest"]):
    def of_customers(self, customer_ids: Sequence[int]) -> Self:
        return self.filter(customer__in=customer_ids)


class ResetRequest(FollowedUp):
    """One link for one customer. A customer with no account yet is invited by the same verb."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="reset_requests")
    purpose = models.CharField(max_length=6, choices=Purpose.choices)
    to = models.EmailField(max_length=254)
    # Null: the customer asked at the storefront.
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    # Asks that this link was the answer to, whether it was mailed again for them or not.
    asked_count = models.PositiveIntegerField(default=1, db_default=1)
    # Sent to many at once, and not to somebody who waits for it. Null: asked for alone.
    sent_in = models.ForeignKey(
        "customers.BulkChange",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    # Those of them that were sent nothing: the mailbox had had enough.
    throttled_count = models.PositiveIntegerField(default=0, db_default=0)

    objects = ResetRequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer"], condition=ONE_OPEN, name="one_unclosed_reset_request"
            ),
            models.CheckConstraint(
                condition=Q(settled_by=None) | Q(settled_at__isnull=False),
                name="reset_request_settled_when",
            ),
            models.CheckConstraint(
                condition=Q(signed_in_at=None, settled_at=None, reopened_at=None)
                | Q(ending=LinkState.USED),
                name="only_used_links_are_followed_up",
            ),
        ]
        indexes = [
            # Read by the customer's page: the newest request, and those of 30 days; and by each
            # sign-in: whether a used one waits for it.
            models.Index(fields=["customer", "-id"], name="reset_request_of_customer"),
            # Read by Home and by the list's tab: what is pending.
            models.Index(fields=["expires_at"], name="reset_request_unclosed", condition=ONE_OPEN),
            # Read by a bulk send's page: how many were opened and used.
            models.Index(
                fields=["sent_in"],
                name="reset_request_of_bulk_send",
                condition=models.Q(sent_in__isnull=False),
            ),
            # Read by Home: nobody has signed in since.
            models.Index(fields=["closed_at"], name="reset_request_awaited", condition=AWAITED),
            # Read by Home: it does not work, says the customer.
            models.Index(fields=["reopened_at"], name="reset_request_reopened", condition=REOPENED),
            # Read by the task that asks whether it worked.
            models.Index(fields=["closed_at"], name="reset_request_unasked", condition=UNASKED),
            # Read by Home's figures of 7 and 30 days.
            models.Index(fields=["started_at"], name="reset_request_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} {self.pk}"

    @classmethod
    def start(cls, customer: Customer, *, by: User | None) -> ResetRequest:
        """Have a link mailed, by the rule of link_policy; `by` is None for the customer's own ask.

        Decides between reset and invite. Raises CustomerBarred, NoAddress, CheckNeeded,
        MoveStands, or NotYet: then nothing has changed, and the link that stands is as good as
        before.
        """
        with transaction.atomic():
            customer.lock()
            customer = Customer.objects.get(pk=customer.pk)
            to = address_for_link(customer)
            if lacks_check(customer, at=cls._checked_at(customer, to, by=by)):
                raise CheckNeeded
            answer = cls._answer(customer, to, by=by)
        if isinstance(answer, NotYet):
            raise answer
        return answer

    @classmethod
    def _checked_at(cls, customer: Customer, to: str, *, by: User | None) -> datetime:
        """When a check had to count: the same invite once more rests on what it rested on."""
        invites = cls.objects.open().filter(customer=customer, to=to, purpose=Purpose.INVITE)
        standing = None if by else invites.first()
        return standing.started_at if standing else timezone.now()

    @classmethod
    def _answer(cls, customer: Customer, to: str, *, by: User | None) -> ResetRequest | NotYet:
        standing = cls.objects.unclosed().filter(customer=customer).first()
        if standing and standing.purpose == Purpose.MOVE and standing.is_open:
            return cls._beside_a_move(standing, by=by)
        answer = answer_to(standing, from_outside=by is None)
        refusal = None
        if answer is not Answer.NOTHING_MORE:
            refusal = MailBudget.spend(to, Share.DESK if by else Share.SHOP)
        if refusal is None and answer is Answer.NEW:
            is_reset = customer.account_state == AccountState.ENABLED
            return cls.begin(
                customer, to, by=by, purpose=Purpose.RESET if is_reset else Purpose.INVITE
            )
        if standing is not None and answer is Answer.NOTHING_MORE:
            hurry(Mail.objects.about(standing))  # it may wait among many, and now somebody waits
        if by is None:
            _count_ask(customer, throttled=refusal is not None)
        if refusal is not None:
            return refusal
        assert standing is not None  # without one the answer is a new link
        if answer is Answer.SAME_AGAIN:
            record("reset_request.asked_again", standing, by=customer, about=[customer])
        return standing

    @classmethod
    def _beside_a_move(cls, move: ResetRequest, *, by: User | None) -> ResetRequest:
        """Whoever reads the former mailbox gets nothing while the account is on its way."""
        if by is not None:
            raise MoveStands
        _count_ask(move.customer, throttled=False)
        return move

    @classmethod
    def begin(
        cls, customer: Customer, to: str, *, by: User | None, purpose: Purpose
    ) -> ResetRequest:
        """A new link in the place of any other. The caller holds the customer, and has spent."""
        cls.objects.filter(customer=customer).close(LinkState.REPLACED)
        now = timezone.now()
        request = cls.objects.create(
            customer=customer,
            purpose=purpose,
            to=to,
            asked_by=by,
            started_at=now,
            expires_at=now + (invite_lasts() if purpose == Purpose.INVITE else reset_lasts()),
        )
        plain: dict[str, Any] = {"purpose": purpose.value}
        if purpose == Purpose.INVITE:
            plain["again"] = not customer.account_invited(by=by)
        record("reset_request.started", request, by=by or customer, about=[customer], **plain)
        _flag_if_frequent(customer)
        return request

    @property
    def address(self) -> Identity:
        """Where it was mailed to, with what is known of it; asks nothing where the customer's
        addresses came along.
        """
        return self.customer.identity_of(IdentityKind.EMAIL, self.to)

    def signed_fields(self) -> list[str]:
        return [self.purpose, self.to]

    def open_link(self) -> None:
        """Note that the link was followed; the first time leaves an event."""
        with transaction.atomic():
            if self.mark_opened():
                record("reset_request.opened", self, about=[self.customer])

    def redeem(self, password: str) -> User:
        """Set the password, prove the address, end every other session. Raises LinkRefused.

        The password has been checked by the form: one that is refused there uses up nothing.
        """
        from accounts.enabling import enable_account

        hashed = make_password(password)  # slow on purpose, and so done before any lock
        with transaction.atomic():
            customer = hold_customer(self.customer, of=self)
            self.take(LinkState.USED)
            user = enable_account(customer, self.to, hashed)
            record(
                "reset_request.redeemed",
                self,
                by=customer,
                about=[customer],
                purpose=self.purpose,
            )
        return user

    def decline(self) -> None:
        """The customer does not want an account. Raises LinkRefused."""
        with transaction.atomic():
            customer = hold_customer(self.customer, of=self)
            self.take(LinkState.DECLINED)
            customer.account_declined(by=customer)
            record("reset_request.declined", self, by=customer, about=[customer])

    @classmethod
    def withdraw_checked(cls, checks: Sequence[IdentityCheck]) -> None:
        """The check is void that allowed them; what was sent before it did not rest on it."""
        mine = IdentityCheck.objects.filter(
            pk__in=[check.pk for check in checks],
            customer=OuterRef("customer"),
            passed_at__lte=OuterRef("started_at"),
        )
        allowed = cls.objects.filter(Exists(mine)).exclude(purpose=Purpose.RESET)
        allowed.close(LinkState.WITHDRAWN)

    def withdraw(self, *, by: User | None) -> None:
        """Make the link worthless. Raises LinkRefused when it is closed or expired already."""
        with transaction.atomic():
            self.customer.lock()
            self.take(LinkState.WITHDRAWN)
            record("reset_request.withdrawn", self, by=by, about=[self.customer])


def _count_ask(customer: Customer, *, throttled: bool) -> None:
    """One that made no new link: it is counted with the newest there is, and leaves no event."""
    newest = ResetRequest.objects.filter(customer=customer).order_by("-id").values("pk")[:1]
    counted = {"asked_count": F("asked_count") + 1}
    if throttled:
        counted["throttled_count"] = F("throttled_count") + 1
    ResetRequest.objects.filter(pk__in=newest).update(**counted)
    _flag_if_frequent(customer)


def _flag_if_frequent(customer: Customer) -> None:
    """Asked for more often than the shop finds usual: mails go astray, or somebody else asks.

    What was asked for before a colleague had a look is settled.
    """
    rules = AccountRules.current()
    since = timezone.now() - timedelta(days=rules.frequent_days)
    kind = FlagKind.FREQUENT_RESETS
    settled = Flag.objects.of(customer).filter(kind=kind, settled_at__gte=since)
    looked_at = settled.aggregate(at=Max("settled_at"))["at"] or since
    resets = ResetRequest.objects.filter(customer=customer, purpose=Purpose.RESET)
    asked = resets.filter(started_at__gt=looked_at).aggregate(times=Sum("asked_count"))["times"]
    if (asked or 0) >= rules.frequent_count:
        Flag.raise_for(customer, kind)
