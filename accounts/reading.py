"""Which language a person with an account reads."""

from __future__ import annotations

from django.http import HttpRequest

from accounts.models import User
from customers.models import Customer
from shop.language import OwnLanguage, language_code
from shop.models import Shop


def language_of(user: User) -> str:
    """ "en", "de" or "de-informal" for mails to this user."""
    if user.customer:
        return language_of_customer(user.customer)
    return language_code(user.language, "", Shop.current())


def language_of_customer(customer: Customer) -> str:
    return language_code(customer.language, customer.form_of_address, Shop.current())


def names_of(ids: set[int]) -> dict[int, str]:
    """What colleagues and customers with an account are called where they acted; one query."""
    people = User.objects.filter(pk__in=ids).select_related("customer")
    names = {user.pk: user.name or user.email or "" for user in people}
    return names | {user.pk: user.customer.name for user in people if user.customer}


def own_language(request: HttpRequest) -> OwnLanguage:
    """What the user signed in at this door has chosen for themselves."""
    user = request.user
    if not isinstance(user, User):
        return OwnLanguage()
    if user.customer:
        return OwnLanguage(user.customer.language, user.customer.form_of_address)
    return OwnLanguage(user.language)
