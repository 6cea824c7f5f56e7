"""The shop's own settings, and the people who work there."""

from __future__ import annotations

from datetime import datetime, timedelta

from accounts.models import User
from core.permissions import Role
from events.log import replaying
from shop.models import Shop

SHOP = {
    "name": "Kaffeehaus Nord",
    "language": "de",
    "form_of_address": "formal",
    "time_zone": "Europe/Berlin",
    "currency": "EUR",
    "company": "Kaffeehaus Nord GmbH",
    "street": "Große Elbstraße 27",
    "postal_code": "22767",
    "city": "Hamburg",
    "country": "DE",
    "email": "moin@kaffeehaus-nord.example",
    "phone": "040 66969 100",
    "website": "https://kaffeehaus-nord.example",
}
# Those with a sign-in of their own in the demo. The last one was invited and never came.
STAFF = [
    ("Marie Krüger", "marie", Role.OWNER, "de"),
    ("Tobias Brandt", "tobias", Role.LEAD, "de"),
    ("Anna Petersen", "anna", Role.AGENT, "de"),
    ("Yusuf Demir", "yusuf", Role.AGENT, "en"),
    ("Ingrid Vogel", "ingrid", Role.READ_ONLY, "de"),
]
INVITED = ("Lukas Behrens", "lukas", Role.AGENT)


def open_shop(now: datetime) -> list[User]:
    """Name the shop and take the team on; returns those who can sign in, the owner first."""
    with replaying(at=now - timedelta(days=3 * 365 + 2)):
        shop = Shop.current()
        shop.change(by=None, expected_version=shop.version, **SHOP)
        team = [_hire(name, local, role, language) for name, local, role, language in STAFF]
    with replaying(at=now - timedelta(days=2)):
        name, local, role = INVITED
        User.invite(address(local), name=name, role=role, by=team[0], mailed=False)
    return team


def _hire(name: str, local: str, role: Role, language: str) -> User:
    colleague = User.invite(address(local), name=name, role=role, by=None, mailed=False)
    colleague.language = language
    colleague.save(update_fields=["language"])
    return colleague


def address(local: str) -> str:
    return f"{local}@kaffeehaus-nord.example"
