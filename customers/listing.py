"""The customers' list: which view, what is searched and filtered, in which order, which page."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from core.pagination import BadCursor, KeysetPage, keyset_page
from customers.models import Customer, CustomerSearch
from customers.near_spellings import near_spellings
from customers.search import (
    TooSlow,
    Total,
    about,
    among_newest,
    analysed_rows,
    bounded,
    exact,
    fold,
    is_common,
    newest_page,
    patterns,
    words_of,
)
from customers.slots import CustomerView, customer_views

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

    from accounts.models import User
    from customers.querysets import CustomerQuerySet

PAGE_SIZE = 50
COUNTED_TO = 10_000
# For a semi-join's subquery: larger than any table, and a fence to the planner all the same.
ALL_ROWS = 2_000_000_000


@dataclass(frozen=True)
class Sort:
    """An order of the list. `column` is never null and has an index together with the id."""

    name: str
    label: _StrOrPromise
    column: str
    falls: bool = True

    def ordering(self, *, turned: bool) -> tuple[str, str]:
        sign = "-" if self.falls != turned else ""
        return f"{sign}{self.column}", f"{sign}id"


SORTS = {
    sort.name: sort
    for sort in (
        Sort("newest", _("Newest"), "created_at"),
        Sort("updated", _("Last change"), "updated_at"),
        Sort("name", _("Name"), "sort_name", falls=False),
        Sort("spent", _("Amount spent"), "amount_spent"),
        Sort("orders", _("Orders"), "orders_count"),
        Sort("last_order", _("Last order"), "last_order_key"),
    )
}

for order, view in enumerate(
    (
        CustomerView("all", _("All"), lambda rows: rows),
        CustomerView("account", _("With account"), lambda rows: rows.with_account()),
        CustomerView("invited", _("Invited"), lambda rows: rows.invited()),
        CustomerView("no-account", _("No account"), lambda rows: rows.without_account()),
    )
):
    customer_views.add(view, order=order)
# Last, after the tabs of other apps.
customer_views.add(CustomerView("newest", _("Newest"), lambda rows: rows), order=1000)


@dataclass(frozen=True)
class Asked:
    """What somebody asked the list for; every part is optional."""

    text: str = ""
    view: str = "all"
    sort: str = ""
    cursor: str = ""
    filters: dict[str, Any] = field(default_factory=dict)

    @property
    def is_narrowed(self) -> bool:
        """A view or a filter leaves customers out."""
        return bool(self.filters) or self.view not in {"all", "newest"}

    @property
    def is_plain(self) -> bool:
        """The whole list, in whatever order."""
        return not self.text and not self.is_narrowed

    @property
    def is_newest_of_all(self) -> bool:
        """Not narrowed down but for the text, newest first: what the probe can answer."""
        return not self.is_narrowed and self.ordering == SORTS["newest"].ordering(turned=False)

    @property
    def order(self) -> Sort:
        if self.view == "newest":
            return SORTS["newest"]
        return SORTS.get(self.sort.lstrip("-"), SORTS["newest"])

    @property
    def ordering(self) -> tuple[str, str]:
        return self.order.ordering(turned=self.sort.startswith("-") and self.view != "newest")


@dataclass(frozen=True)
class Listing:
    """One page of the list, and what to say about it."""

    page: KeysetPage[Customer]
    total: Total
    offers: list[str] = field(default_factory=list)
    is_partial: bool = False  # the search took too long: hits among the newest only
    is_bad_cursor: bool = False


def list_customers(asked: Asked, *, user: User) -> Listing:
    """Read one page. Two seconds at most, then what the newest rows have; never an error."""
    try:
        with bounded():
            return _read(asked, user)
    except BadCursor:
        listing = list_customers(_from_start(asked), user=user)
        return Listing(listing.page, listing.total, listing.offers, is_bad_cursor=True)
    except TooSlow:
        return _what_is_quick(asked, user)


def _from_start(asked: Asked) -> Asked:
    return Asked(asked.text, asked.view, asked.sort, "", asked.filters)


def _read(asked: Asked, user: User) -> Listing:
    rows = _narrowed(asked, user)
    if not asked.text:
        return Listing(_page(rows, asked), _count(rows, asked))
    ids = exact(asked.text)
    if ids:
        rows = rows.filter(pk__in=ids)
        return Listing(_page(rows, asked), _count(rows, asked))
    likes = patterns(fold(words_of(asked.text)))
    if not likes:
        return Listing(KeysetPage(), Total(0))
    listing = _search(rows, likes, asked)
    if listing.total.number == 0 and not asked.is_narrowed:
        return Listing(listing.page, listing.total, near_spellings(asked.text))
    return listing


def _narrowed(asked: Asked, user: User) -> CustomerQuerySet:
    rows: CustomerQuerySet = Customer.objects.visible_to(user)
    for view in customer_views.entries():
        if view.name == asked.view and view.allowed(user):
            rows = view.rows(rows)
    return _filtered(rows, asked.filters)


def _filtered(rows: CustomerQuerySet, filters: dict[str, Any]) -> CustomerQuerySet:
    """Narrow down by the list's filters; keys without a column are handled by name."""
    filters = dict(filters)
    tag = filters.pop("tag", "")
    account = filters.pop("account_state", "")
    if tag:
        rows = rows.tagged(tag)
    if account == "disabled":
        rows = rows.disabled()
    elif account:
        rows = rows.filter(account_state=account)
    return rows.filter(**filters)


def _search(rows: CustomerQuerySet, likes: list[str], asked: Asked) -> Listing:
    if asked.is_newest_of_all:
        page, total = newest_page(likes, cursor=asked.cursor, size=PAGE_SIZE)
        return Listing(_with_customers(page, rows), total)
    hits = CustomerSearch.objects.all()
    for like in likes:
        hits = hits.extra(where=["doc LIKE %s"], params=[like])
    found = hits.values("pk")
    # Rare words: all hits first. Common ones: walk the order's index, hits are met soon.
    rows = rows.filter(pk__in=found if is_common(likes) else found[:ALL_ROWS])
    return Listing(_page(rows, asked), _count(rows, asked))


def _with_customers(
    page: KeysetPage[CustomerSearch], rows: CustomerQuerySet
) -> KeysetPage[Customer]:
    ids = [row.pk for row in page.rows]
    known = rows.filter(pk__in=ids).with_contact().in_bulk()
    return KeysetPage(
        [known[pk] for pk in ids if pk in known], next=page.next, previous=page.previous
    )


def _page(rows: CustomerQuerySet, asked: Asked) -> KeysetPage[Customer]:
    page = keyset_page(rows.with_contact(), asked.ordering, cursor=asked.cursor, size=PAGE_SIZE)
    if asked.cursor and not page.rows:
        raise BadCursor  # the rows behind it are gone
    return page


def _count(rows: QuerySet[Customer], asked: Asked) -> Total:
    """Exact to ten thousand, else what the planner expects."""
    if asked.is_plain:
        known = analysed_rows(Customer._meta.db_table)
        if known is not None and known > COUNTED_TO:
            return about(known)
    plain = rows.order_by()
    counted = plain.values("pk")[: COUNTED_TO + 1].count()
    if counted <= COUNTED_TO:
        return Total(counted)
    plan = json.loads(plain.values("pk").explain(format="JSON"))
    return about(max(COUNTED_TO, int(plan[0]["Plan"]["Plan Rows"])))


def _what_is_quick(asked: Asked, user: User) -> Listing:
    """The full search was given up: hits among the newest rows, and that it was so."""
    likes = patterns(fold(words_of(asked.text)))
    rows = _narrowed(_from_start(asked), user)
    newest = among_newest(likes) if likes else _newest_ids()
    rows = rows.filter(pk__in=newest)
    page = keyset_page(rows.with_contact(), asked.ordering, size=PAGE_SIZE)
    return Listing(page, Total(len(page.rows), is_about=bool(page.next)), is_partial=True)


def _newest_ids() -> list[int]:
    newest = Customer.objects.order_by(F("created_at").desc(), F("id").desc())
    return list(newest.values_list("pk", flat=True)[:4000])
