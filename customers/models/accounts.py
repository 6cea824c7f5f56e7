"""Whether a customer can sign in: how far their account got, and whether anything bars them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers import followers
from customers.models.rows import CustomerRow

if TYPE_CHECKING:
    from accounts.models import User
    from customers.models.customers import Customer


class AccountState(models.TextChoices):
    NONE = "none", _("No account")
    INVITED = "invited", _("Invited")
    ENABLED = "enabled", _("Enabled")
    DECLINED = "declined", _("Declined")


class AccountFacts(CustomerRow):
    """Three separate facts: "no account yet", "disabled by staff", and "on hold"."""

    account_state = models.CharField(
        max_length=10, choices=AccountState.choices, default=AccountState.NONE
    )
    disabled_at = models.DateTimeField(null=True, blank=True)
    disabled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_index=False,  # users are deactivated, never deleted
    )

    # Somebody may have got in: until it is known who asks, nobody is let in or moves addresses.
    held_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def is_disabled(self) -> bool:
        return self.disabled_at is not None

    @property
    def is_held(self) -> bool:
        return self.held_at is not None

    @property
    def is_barred(self) -> bool:
        """May neither sign in nor be sent a link, for whatever reason (`querysets.not_barred`)."""
        return self.is_disabled or self.is_held

    @property
    def has_account(self) -> bool:
        return self.account_state == AccountState.ENABLED

    def disable(self, *, by: User | None) -> bool:
        """Keep the customer from signing in, at once. False when somebody did so before."""
        with transaction.atomic():
            mine = self.lock().filter(disabled_at=None)
            if not mine.update(disabled_at=timezone.now(), disabled_by=by):
                return False
            followers.customers_barred([self.pk])
            self.tell("disabled", by=by)
        self.refresh_from_db()
        return True

    def enable_again(self, *, by: User | None) -> bool:
        """Let the customer sign in as before. False when nothing stood in the way."""
        with transaction.atomic():
            mine = self.lock().filter(disabled_at__isnull=False)
            if not mine.update(disabled_at=None, disabled_by=None):
                return False
            self.tell("enabled_again", by=by)
        self.refresh_from_db()
        return True

    def hold(self, *, by: User | Customer | None, reason: str) -> bool:
        """Let nobody in and keep all addresses as they are. False when the hold stands already."""
        with transaction.atomic():
            if not self.lock().filter(held_at=None).update(held_at=timezone.now()):
                return False
            followers.customers_barred([self.pk])
            self.tell("held", by=by, reason=reason)
        self.refresh_from_db()
        return True

    def release(self, *, by: User | None) -> bool:
        """End the hold; it leaves a disabled customer disabled. False when there is none."""
        with transaction.atomic():
            if not self.lock().filter(held_at__isnull=False).update(held_at=None):
                return False
            # Once more: a session that was made while the hold began would wake up now.
            followers.customers_barred([self.pk])
            self.tell("released", by=by)
        self.refresh_from_db()
        return True

    def account_invited(self, *, by: User | None = None) -> bool:
        """An invite is on its way. Says nothing to a customer who has an account already."""
        return self._account_moves(
            AccountState.INVITED, [AccountState.NONE, AccountState.DECLINED], by=by
        )

    def account_enabled(self, *, by: User | Customer | None = None) -> bool:
        """The customer has set a password."""
        before = [AccountState.NONE, AccountState.INVITED, AccountState.DECLINED]
        return self._account_moves(AccountState.ENABLED, before, by=by)

    def account_declined(self, *, by: User | Customer | None = None) -> bool:
        """The customer does not want an account."""
        return self._account_moves(AccountState.DECLINED, [AccountState.INVITED], by=by)

    def _account_moves(
        self, state: AccountState, before: list[AccountState], *, by: User | Customer | None
    ) -> bool:
        with transaction.atomic():
            mine = self.row().filter(account_state__in=before)
            if not mine.update(account_state=state):
                return False
            self.tell(f"account_{state.value}", by=by)
        self.account_state = state
        return True
