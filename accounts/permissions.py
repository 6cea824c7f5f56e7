"""Who may do what with accounts and colleagues."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.permissions import Role, can_write, is_lead, is_owner, role_of
from customers.masking import sees_masked

if TYPE_CHECKING:
    from accounts.models import AccountRules, User


def can_send_reset(user: User) -> bool:
    """Send and withdraw reset links and invites."""
    return can_write(user)


def can_move_address(user: User) -> bool:
    """Have a customer's account move to another address, after a passed check."""
    return can_write(user)


def can_sign_customers_out(user: User) -> bool:
    """End a customer's sessions on all devices."""
    return can_write(user)


def can_require_password(user: User) -> bool:
    """Have many customers choose a new password at their next sign-in."""
    return is_lead(user)


def can_put_on_hold(user: User) -> bool:
    """Put a customer on hold, and ask for a hold to be lifted."""
    return can_write(user)


def can_lift_alone(user: User, rules: AccountRules) -> bool:
    """Lift a hold after a passed check, without a second colleague: owners, and whom they allow."""
    return is_owner(user) or role_of(user) in rules.override_roles


def can_lift_unchecked(user: User) -> bool:
    """Lift a hold on one's own word, so that nobody is locked out for ever."""
    return is_owner(user)


def can_check_identity(user: User) -> bool:
    return can_write(user)


def can_call_back(user: User) -> bool:
    """Whoever calls sees the number."""
    return can_check_identity(user) and not sees_masked(user)


def can_vouch(user: User) -> bool:
    """Pass an identity check on one's own word."""
    return is_owner(user)


def can_settle_flag(user: User) -> bool:
    """Say that somebody has looked."""
    return can_write(user)


def can_change_rules(user: User) -> bool:
    """Settings › Customer accounts; everybody else at the desk may read."""
    return is_lead(user)


# Who sees what, for how long, and who overrides: a lead must not give that to themselves.
OWNERS_RULES = frozenset(
    {"check_points", "points", "check_minutes", "masked_roles", "override_roles"}
)


def can_change_rule(user: User, name: str) -> bool:
    """This one of them."""
    return is_owner(user) if name in OWNERS_RULES else can_change_rules(user)


def can_manage_team(user: User) -> bool:
    return is_lead(user)


def can_assign(user: User, role: str) -> bool:
    """Only owners make owners."""
    return is_owner(user) if role == Role.OWNER else is_lead(user)


def can_manage(user: User, colleague: User) -> bool:
    """Change a colleague's role, deactivate or reactivate them. Nobody does so to themselves."""
    return user.pk != colleague.pk and can_assign(user, colleague.role)


def can_remove_second_factor(user: User, colleague: User) -> bool:
    """For a lost phone. One's own is switched off in the profile, with the password."""
    return is_owner(user) and user.pk != colleague.pk
