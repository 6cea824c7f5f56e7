"""How the demo's customers came in: most by the shop's export, some by hand."""

from __future__ import annotations

import io
import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import OuterRef, Subquery

from customers.importing.models import Import
from customers.importing.working import work
from customers.models import Channel, Consent, Customer, Identity
from customers.search_rows import refresh_search
from events.log import replaying
from shopdesk.seeding.buying import YEARS
from shopdesk.seeding.people import Person, as_export

if TYPE_CHECKING:
    from accounts.models import User
    from shopdesk.seeding.buying import Purchase


def decide_when(
    chance: random.Random, people: Sequence[Person], bought: list[Purchase], *, now: datetime
) -> None:
    """Everybody joins shortly before their first purchase; the others some day."""
    for purchase in reversed(bought):
        purchase.person.joined_at = purchase.at - timedelta(minutes=chance.randrange(3, 18))
    for person in people:
        if person.joined_at is None:
            days = chance.random() * YEARS * 365
            person.joined_at = now - timedelta(days=days, hours=1)


def bring_in_export(people: list[Person], *, by: User, now: datetime) -> None:
    """Import the shop's customers as any shop would: upload, dry run, start."""
    people.sort(key=_joined)
    with replaying(at=now - timedelta(hours=3)):
        upload = io.BytesIO(as_export(people))
        started = Import.upload(upload, name="customers_export.csv", by=by, in_worker=False)
        work(started.pk)
        started.refresh_from_db()
        started.start(by=by, in_worker=False)
        work(started.pk)
    keys = Identity.objects.emails().primary().filter(key__in=[one.email for one in people])
    ids = dict(keys.values_list("key", "customer_id"))
    for person in people:
        person.pk = ids[person.email]
    _backdate(people)


def _home_of(person: Person) -> dict[str, str]:
    return {
        "first_name": person.first_name,
        "last_name": person.last_name,
        "company": person.company,
        "street": person.street,
        "postal_code": person.postal_code,
        "city": person.city,
        "country": person.country,
    }


def take_on(person: Person, *, by: User) -> None:
    """Note one customer by hand, with everything that is known."""
    with replaying(at=_joined(person)):
        customer = Customer.create(
            by=by,
            email=person.email,
            first_name=person.first_name,
            last_name=person.last_name,
            company=person.company,
            language=person.language,
            note=person.note,
            created_at=_joined(person),
        )
        customer.add_address(by=by, **_home_of(person))
        if person.phone:
            customer.add_phone(person.phone, by=by)
        for tag in person.tags:
            customer.tag(tag, by=by)
        if person.has_newsletter:
            customer.set_consent(Channel.EMAIL, Consent.SUBSCRIBED, by=customer, at=_joined(person))
    _known_since_then([customer])
    person.pk = customer.pk


def change_minds(
    chance: random.Random, people: Sequence[Person], *, now: datetime, count: int
) -> None:
    """Some leave the newsletter, some have not confirmed it yet."""
    readers = [one for one in people if one.has_newsletter]
    others = [one for one in people if not one.has_newsletter]
    leaving = chance.sample(readers, count - count // 3)
    for person in [*leaving, *chance.sample(others, count // 3)]:
        state = Consent.UNSUBSCRIBED if person.has_newsletter else Consent.PENDING
        at = now - timedelta(hours=chance.randrange(2, 900))
        customer = Customer.objects.get(pk=person.pk)
        # The export said yes when it was imported; the newest word counts.
        Customer.objects.filter(pk=person.pk).update(email_consent_at=_joined(person))
        with replaying(at=at):
            customer.set_consent(Channel.EMAIL, state, by=customer, at=at)


def _backdate(people: list[Person]) -> None:
    """Customers of a shop did not all come today. No verb moves that day, and none should."""
    rows = [Customer(pk=one.pk, created_at=_joined(one), updated_at=_joined(one)) for one in people]
    Customer.objects.bulk_update(rows, ["created_at", "updated_at"], batch_size=500)
    refresh_search([row.pk for row in rows])
    _known_since_then(rows)


def _known_since_then(rows: list[Customer]) -> None:
    """Their addresses and numbers did not come today either."""
    joined = Customer.objects.filter(pk=OuterRef("customer")).values("created_at")
    Identity.objects.filter(customer__in=rows).update(added_at=Subquery(joined))


def _joined(person: Person) -> datetime:
    if person.joined_at is None:
        raise LookupError(person.email)
    return person.joined_at
