"""Who can sign in at the demo, with passwords that are made for this installation alone."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from accounts.enabling import enable_account
from accounts.models import StaffLink, User
from accounts.models.addressees import primary_key_of
from customers.models import Customer
from events.log import replaying

WORDS = [
    "mokka",
    "tasse",
    "filter",
    "crema",
    "bohne",
    "mahlgut",
    "kanne",
    "becher",
    "siebtraeger",
    "karaffe",
    "roestung",
    "schaum",
    "hafen",
    "moewe",
    "elbe",
    "leuchtturm",
    "kutter",
    "anker",
    "deich",
    "ebbe",
    "flut",
    "nordwind",
    "segel",
    "strand",
]


@dataclass(frozen=True)
class SignIn:
    role: str
    email: str
    password: str


def place() -> Path:
    return Path(settings.VAR_DIR) / "demo-sign-ins.json"


def new_password() -> str:
    """Three words and a number: easy to type, and only good on this machine's loopback."""
    words = [secrets.choice(WORDS) for _ in range(3)]
    return "-".join([*words, str(secrets.randbelow(9000) + 1000)])


def let_in(team: Iterable[User], customers: Iterable[Customer]) -> list[SignIn]:
    """Give each of them a new password, as if they had followed the link in a mail."""
    return [*map(_let_staff_in, team), *map(_let_customer_in, customers)]


def _let_staff_in(user: User) -> SignIn:
    password = new_password()
    with replaying(at=timezone.now()):
        StaffLink.start(user, by=None, mailed=False).redeem(password)
    return SignIn(user.role, user.email or "", password)


def _let_customer_in(customer: Customer) -> SignIn:
    password = new_password()
    hashed = make_password(password)
    with transaction.atomic(), replaying(at=customer.created_at):
        customer.lock()
        user = enable_account(customer, primary_key_of(customer), hashed)
    return SignIn("customer", user.email or "", password)


def write(sign_ins: Iterable[SignIn]) -> None:
    """Readable by this user alone, whole or not at all."""
    target = place()
    target.parent.mkdir(parents=True, exist_ok=True)
    new = target.with_suffix(".new")
    new.unlink(missing_ok=True)
    handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump([vars(one) for one in sign_ins], file, indent=2, ensure_ascii=False)
        file.write("\n")
    new.replace(target)
