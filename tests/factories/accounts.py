"""The smallest valid staff and customers' accounts, and browsers that are signed in."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import factory
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.hashers import make_password
from django.test import Client, RequestFactory

from accounts.doors import BACKEND_OF_KIND
from accounts.models import User, UserKind, normal_email
from accounts.sessions import SessionStore, cookie_name

if TYPE_CHECKING:
    from customers.models import Customer

PASSWORD = "Kaffee-mit-Milchschaum-7"


@cache
def hashed(password: str = PASSWORD) -> str:
    """Hashed once for the whole run: argon2 is meant to be slow."""
    return make_password(password)


class StaffFactory(factory.django.DjangoModelFactory[User]):
    class Meta:
        model = User

    kind = UserKind.STAFF
    email = factory.Sequence(lambda number: f"staff{number}@desk.example")
    name = factory.Sequence(lambda number: f"Staff {number}")
    role = "agent"
    password = factory.LazyFunction(hashed)


def give_account(customer: Customer, email: str, **fields: Any) -> User:
    """Let a customer sign in at the shop with PASSWORD."""
    user = User.objects.create(
        kind=UserKind.CUSTOMER,
        customer=customer,
        email=normal_email(email),
        **{"password": hashed(), **fields},
    )
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def sign_in(user: User, **client_options: Any) -> Client:
    """A browser in which this person has signed in at their own door."""
    door = "desk" if user.kind == UserKind.STAFF else "shop"
    session = SessionStore(door=door)
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = BACKEND_OF_KIND[UserKind(user.kind)]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    # Tests quote the source language, whatever the shop's is.
    client = Client(**{"headers": {"Accept-Language": "en"}, **client_options})
    client.cookies[cookie_name(door)] = session.session_key
    client.cookies[cookie_name(door)]["path"] = "/"
    client.cookies[cookie_name(door)]["httponly"] = settings.SESSION_COOKIE_HTTPONLY
    return client


def request_of(user: User) -> Any:
    """A request to the desk as its pages get it, with whoever has come in at the door."""
    request = RequestFactory().get("/admin/")
    request.user = User.objects.with_rules().get(pk=user.pk)
    return request
