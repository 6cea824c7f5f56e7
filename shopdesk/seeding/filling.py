"""Filling the demo, in one transaction: it is there whole, or not at all."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from customers.models import Customer
from events.log import replaying
from orders.importing.past import bring_in
from shopdesk.seeding import arrivals, buying, opening, people, shelf, sign_ins, team, today

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models.users import UserQuerySet
    from shopdesk.seeding.people import Person
    from shopdesk.seeding.sign_ins import SignIn

SEED = 20_261_122
KNOWN_CUSTOMERS = [person.email for person in people.read_cast()[:3]]
TODAY = 3
Say = Callable[[str], None]


class NoDemo(Exception):
    """Only a demo is filled: elsewhere these would be made-up people among real ones."""


class Occupied(Exception):
    """There are people here, and they are not the demo's."""


@dataclass(frozen=True)
class Size:
    customers: int = 2000
    orders: int = 6000
    disabled: int = 6
    unsubscribed: int = 60


def fill(say: Say, size: Size | None = None) -> bool:
    """Fill an empty demo; False when it was filled before. Raises NoDemo or Occupied."""
    if not settings.DEMO:
        raise NoDemo
    with transaction.atomic():
        if is_filled():
            return False
        if Customer.objects.exists() or User.objects.exists():
            raise Occupied
        known = _fill(say, size or Size(), timezone.now())
    sign_ins.write(known)
    return True


def is_filled() -> bool:
    return _team().exists()


def renew_lost_sign_ins() -> bool:
    """New passwords where nobody has the old ones: the file is gone. False when it is there."""
    if sign_ins.place().exists():
        return False
    order = {local: number for number, (_name, local, *_rest) in enumerate(team.STAFF)}
    colleagues = sorted(_team().filter(deactivated_at=None), key=lambda one: order[_local(one)])
    with transaction.atomic():
        known = sign_ins.let_in(colleagues, _known_customers())
    sign_ins.write(known)
    return True


def _fill(say: Say, size: Size, now: datetime) -> list[SignIn]:
    chance = random.Random(SEED)  # noqa: S311 -- made-up people, the same each time
    say("Opening the shop and taking the team on")
    colleagues = team.open_shop(now)
    say("Putting the products on the shelf")
    shelf.put_on_shelf(random.Random(SEED), now=now)  # noqa: S311 -- a dice of its own: people stay
    cast = people.read_cast()
    crowd = people.crowd(chance, size.customers - len(cast), beside=cast)
    everybody = [*cast, *crowd]
    bought = buying.purchases(chance, everybody, count=size.orders - TODAY, now=now)
    arrivals.decide_when(chance, everybody, bought, now=now)
    say(f"Importing {len(crowd)} customers from the shop's export")
    arrivals.bring_in_export(crowd, by=colleagues[0], now=now)
    say(f"Adding {len(cast)} customers by hand")
    for person in cast:
        arrivals.take_on(person, by=chance.choice(colleagues[1:4]))
    say(f"Bringing in {len(bought)} orders with their parcels")
    with replaying(at=now):
        bring_in(buying.past_orders(bought, now=now), by=colleagues[0], source="shop")
    _settle(say, chance, size, cast, crowd, colleagues[1], now)
    say("Making sign-ins and today's work")
    known = sign_ins.let_in(colleagues, _known_customers())
    named = {_local(colleague): colleague for colleague in colleagues}
    by_email = {person.email: person for person in cast}
    today.live(by_email, named, now=now, number=buying.FIRST_NUMBER + len(bought))
    return known


def _settle(
    say: Say,
    chance: random.Random,
    size: Size,
    cast: list[Person],
    crowd: list[Person],
    lead: User,
    now: datetime,
) -> None:
    known = cast[: len(KNOWN_CUSTOMERS)]
    with_account = [one for one in [*cast, *crowd] if one.account and one not in known]
    say(f"Opening {len(with_account)} customers' accounts")
    opening.open_accounts(chance, with_account, by=lead, now=now)
    opening.disable_some(chance, crowd, by=lead, now=now, count=size.disabled)
    arrivals.change_minds(chance, crowd, now=now, count=size.unsubscribed)


def _team() -> UserQuerySet:
    members: UserQuerySet = User.objects.staff()
    return members.filter(email__in=[team.address(one[1]) for one in team.STAFF])


def _known_customers() -> list[Customer]:
    found = Customer.objects.filter(identities__key__in=KNOWN_CUSTOMERS, disabled_at=None)
    return sorted(found.distinct(), key=lambda one: KNOWN_CUSTOMERS.index(one.primary_email))


def _local(colleague: User) -> str:
    return (colleague.email or "").partition("@")[0]
