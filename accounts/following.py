"""What follows at once when a customer's address moves, or when they are barred.

Called by customers' verbs inside their own transaction (customers/followers.py).
"""

from __future__ import annotations

from collections.abc import Sequence

from allauth.account.models import EmailAddress

from accounts.ending import end_sessions
from accounts.models import AddressUndo, LinkState, Registration, ResetRequest, User
from accounts.reading import language_of
from customers.models import Identity, Proof
from customers.querysets import not_barred
from events.log import AT_ONCE
from notifications.models import Mail


def follow_addresses(customer_ids: Sequence[int]) -> None:
    """Sign-in addresses, and allauth's rows of them, become the customers' primary addresses."""
    primary = {
        identity.customer_id: identity
        for identity in Identity.objects.emails().primary().filter(customer__in=customer_ids)
    }
    _close_links_elsewhere(customer_ids, {pk: identity.key for pk, identity in primary.items()})
    users = list(User.objects.filter(customer__in=customer_ids).select_related("customer"))
    if not users:
        return
    followed = {user: primary.get(user.customer_id or 0) for user in users}
    keys = {user: identity.key if identity else None for user, identity in followed.items()}
    _move([user for user in users if user.email != keys[user]], keys)
    _follow_in_allauth(users, [identity for identity in followed.values() if identity])


def follow_barring(customer_ids: Sequence[int]) -> None:
    """Sessions end and links die in the very transaction that bars the customer, for whatever
    reason: those to their addresses as well that were asked for before they were known.

    Also called when a hold ends: a link to a new address, sent after the check, outlives that.
    """
    end_sessions(User.objects.filter(customer__in=customer_ids).select_related("customer"))
    links = ResetRequest.objects.of_customers(customer_ids)
    links.exclude(not_barred("customer__")).close(LinkState.WITHDRAWN)
    theirs = Identity.objects.emails().primary().filter(customer__in=customer_ids)
    Registration.objects.filter(to__in=theirs.values("key")).close(LinkState.WITHDRAWN)


def _close_links_elsewhere(customer_ids: Sequence[int], keys: dict[int, str]) -> None:
    """A link that went to a former address opens nothing any more."""
    unclosed = ResetRequest.objects.unclosed().of_customers(customer_ids)
    elsewhere = [one.pk for one in unclosed if one.to != keys.get(one.customer_id)]
    if elsewhere:
        ResetRequest.objects.filter(pk__in=elsewhere).close(LinkState.WITHDRAWN)


def _move(moved: list[User], keys: dict[User, str | None]) -> None:
    """Change sign-in addresses: whoever is signed in has to come in by the new one, and whoever
    reads the former mailbox can undo it.
    """
    if not moved:
        return
    pks = [user.pk for user in moved]
    EmailAddress.objects.filter(user__in=pks).delete()
    # First release, then take: an address may go from one of them to the other.
    User.objects.filter(pk__in=pks).update(email=None)
    for user in moved:
        if user.email and user.customer:
            undo = AddressUndo.offer(user.customer, user.email)
            Mail.queue("address_changed", to=user.email, language=language_of(user), about=undo)
        user.email = keys[user]
    User.objects.bulk_update(moved, ["email"], batch_size=AT_ONCE)
    end_sessions(moved)


def _follow_in_allauth(users: list[User], primary: list[Identity]) -> None:
    """allauth knows proved primary addresses of customers, and no others."""
    proved = {one.customer_id: one.key for one in primary if one.proof == Proof.PROVED}
    known = {row.user_id: row.email for row in EmailAddress.objects.filter(user__in=users)}
    wrong = [user.pk for user in users if known.get(user.pk) != proved.get(user.customer_id or 0)]
    EmailAddress.objects.filter(user__in=wrong).delete()
    EmailAddress.objects.bulk_create(
        EmailAddress(user=user, email=user.email, verified=True, primary=True)
        for user in users
        if user.pk in wrong and user.customer_id in proved
    )
