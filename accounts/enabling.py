"""A password was chosen by somebody who holds the mailbox: the account is theirs.

Whoever sets a password holds the customer first, then takes the link, then writes the user; of a
colleague, the user and then the link. Any other order is a deadlock for two browsers at once.
"""

from __future__ import annotations

from accounts.ending import end_sessions
from accounts.following import follow_addresses
from accounts.models import (
    Alarm,
    LinkState,
    Purpose,
    Registration,
    ResetRequest,
    StaffLink,
    User,
    UserKind,
)
from accounts.models.staff_links import lock_staff
from accounts.throttling import forget_sign_ins
from customers.models import Customer, Identity
from events.log import record


def enable_account(customer: Customer, address: str, hashed_password: str) -> User:
    """Let the customer sign in with this password and address, and end every session so far.

    Runs inside the redeeming verb's transaction, which holds the customer's row.
    """
    user: User
    user, _is_new = User.objects.get_or_create(
        customer=customer, defaults={"kind": UserKind.CUSTOMER, "email": address}
    )
    prove(customer, address)
    set_password(user, hashed_password, by=customer)
    follow_addresses([customer.pk])
    customer.account_enabled(by=customer)
    user.refresh_from_db()
    return user


def hold_person(user: User) -> None:
    """The first lock of whoever sets a password, until the transaction ends."""
    if user.customer:
        user.customer.lock()
    else:
        lock_staff(user)


def set_password(
    user: User, hashed_password: str, *, by: User | Customer, keep_session: str | None = None
) -> None:
    """Store a hash, end all (other) sessions and all open links, forget wrong guesses, and tell of
    a changed password: a customer with a link that says "that wasn't me".

    Runs inside the verb's transaction, which holds the person. A first password is nobody's
    surprise and told to nobody.
    """
    had_one = user.has_usable_password() and bool(user.password)
    user.password, user.password_due_at = hashed_password, None
    user.save(update_fields=["password", "password_due_at"])
    end_sessions([user], by=by, but=keep_session)
    close_links(user)
    if user.email:
        forget_sign_ins(user.kind, user.email)
    if had_one:
        changed = record("user.password_changed", user, by=by, about=[user])
        # Here, and not by the handler: by the time it runs the address may be another one.
        Alarm.offer(user, cause=changed)


def close_links(user: User) -> None:
    """A link that was mailed before sets no other password, whoever reads the mailbox by then."""
    if user.customer_id is None:
        StaffLink.objects.filter(user=user).close(LinkState.WITHDRAWN)
        return
    # A move rests on a check: an intruder who knows the password must not end it.
    resets = ResetRequest.objects.of_customers([user.customer_id])
    resets.exclude(purpose=Purpose.MOVE).close(LinkState.WITHDRAWN)
    Registration.objects.filter(to=user.email).close(LinkState.WITHDRAWN)


def prove(customer: Customer, address: str) -> None:
    """A link that was sent to the address and nowhere else has come back."""
    for identity in Identity.objects.emails().filter(customer=customer, key=address):
        identity.prove()
