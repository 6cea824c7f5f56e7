"""Who is chosen, as the list's form says it: ticked rows, or all that a list's address asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import QueryDict
from django.utils.functional import cached_property

from core.list_own import asked_by
from customers.listing import CUSTOMERS
from customers.models import Customer

if TYPE_CHECKING:
    from accounts.models import User
    from core.listing import Asked
    from customers.querysets import CustomerQuerySet

# More than a page of the list holds. Whoever wants more takes all that match.
MOST_PICKED = 250
LARGEST_ID = 2**63 - 1


class BadChoice(Exception):
    """Part of it cannot be read. Without a filter it would be others, and more."""


@dataclass(frozen=True)
class Choice:
    """`of_list` is the query of the list's address, and asked only for `all_matching`."""

    picked: tuple[int, ...]
    all_matching: bool
    of_list: str

    @classmethod
    def read(cls, query: QueryDict) -> Choice:
        """Raises BadChoice."""
        texts = query.getlist("customer")
        if len(texts) > MOST_PICKED or not all(_is_id(text) for text in texts):
            raise BadChoice
        is_all = bool(query.get("all_matching"))
        choice = cls(tuple(map(int, texts)), is_all, query.get("of_list", "").removeprefix("?"))
        if is_all and choice.is_unreadable:
            raise BadChoice
        return choice

    @property
    def is_unreadable(self) -> bool:
        """A NUL may stand in the list's address as no field of a form would let it through."""
        query = QueryDict(self.of_list)
        has_nul = any("\0" in text for _name, texts in query.lists() for text in texts)
        return has_nul or bool(CUSTOMERS.form(query).errors)

    def customers(self, user: User) -> CustomerQuerySet:
        if self.all_matching:
            matching: CustomerQuerySet = CUSTOMERS.matching(self._asked, user)
            return matching
        return Customer.objects.visible_to(user).filter(pk__in=self.picked)

    def size(self, user: User) -> str:
        """How many, in words; empty where counting takes too long."""
        if not self.all_matching:
            return CUSTOMERS.in_words(len(self.picked))
        return CUSTOMERS.counted(self._asked, user)

    @cached_property
    def _asked(self) -> Asked:
        query = QueryDict(self.of_list)
        return asked_by(query, CUSTOMERS.form(query))


NOBODY = Choice((), all_matching=False, of_list="")


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdecimal() and int(text[:20]) <= LARGEST_ID
