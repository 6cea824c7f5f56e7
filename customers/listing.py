"""The customers' list: its views, sorts and filters, and search in three steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core import words
from core.listing import Asked, Column, DeskList, Listing, Sort, View
from core.pagination import KeysetPage, keyset_page
from core.totals import Total
from customers.exact_hits import exact, is_certain
from customers.forms import CustomerFilter
from customers.models import Customer, CustomerSearch
from customers.near_spellings import near_spellings
from customers.permissions import can_see_customers
from customers.reasons import give_reasons
from customers.search import among_newest, hits_in_order, is_common, page_of_hits
from customers.search_terms import Wanted
from customers.slots import customer_views

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.models import User
    from customers.querysets import CustomerQuerySet

# For a semi-join's subquery: larger than any table, and a fence to the planner all the same.
ALL_ROWS = 2_000_000_000
NEWEST = 4000

for order, view in enumerate(
    (
        View("all", _("All")),
        View("account", _("With account"), lambda rows: rows.with_account()),
        View("invited", _("Invited"), lambda rows: rows.invited()),
        View("no-account", _("No account"), lambda rows: rows.without_account()),
    )
):
    customer_views.add(view, order=order)
customer_views.add(View("on-hold", _("On hold"), lambda rows: rows.held()), order=505)
# Last, after the tabs of other apps.
customer_views.add(View("newest", _("Newest"), sort="newest"), order=1000)


class CustomerList(DeskList[Customer]):
    name = "customer"
    filters_template = "customers/_filter_fields.html"
    search_label = _("Name, e-mail, phone, place, tag or order")
    form = CustomerFilter
    sorts: ClassVar[tuple[Sort, ...]] = (
        Sort("newest", _("Newest first"), _("Oldest first"), "created_at"),
        Sort("updated", _("Changed last"), _("Unchanged for longest"), "updated_at"),
        Sort("name", _("Name A–Z"), _("Name Z–A"), "sort_name", falls=False),
        Sort("spent", _("Highest amount spent"), _("Lowest amount spent"), "amount_spent"),
        Sort("orders", _("Most orders"), _("Fewest orders"), "orders_count"),
        Sort("last_order", _("Ordered last"), _("Not ordered for longest"), "last_order_key"),
    )
    columns: ClassVar[tuple[Column, ...]] = (
        Column("name", _("Name"), sort="name"),
        Column("email", _("E-mail")),
        Column("phone", _("Phone"), is_usual=False),
        Column("company", _("Company"), is_usual=False),
        Column("subscription", _("E-mail subscription"), widths="only-wide"),
        Column("account", _("Account")),
        Column("location", _("Location"), widths="only-roomy"),
        Column("language", _("Language"), is_usual=False),
        Column("tags", _("Tags"), is_usual=False),
        Column("created", _("Customer since"), sort="newest", is_usual=False),
        Column("updated", _("Changed"), sort="updated", is_usual=False),
        Column("last_order", _("Last order"), sort="last_order", is_usual=False),
        Column("orders", _("Orders"), sort="orders", kind="num", widths="only-roomy"),
        Column("spent", _("Amount spent"), sort="spent", kind="num"),
    )

    def rows(self, user: User) -> CustomerQuerySet:
        return Customer.objects.visible_to(user)

    def sees_all_rows(self, user: User) -> bool:
        return can_see_customers(user)

    def views(self) -> list[View]:
        return customer_views.entries()

    def filtered(self, rows: CustomerQuerySet, filters: dict[str, Any]) -> CustomerQuerySet:
        columns = {FILTERED[name]: value for name, value in filters.items() if name in FILTERED}
        if tag := filters.get("tag"):
            rows = rows.tagged(tag.lower())
        if columns.get("account_state") == "disabled":
            del columns["account_state"]
            rows = rows.disabled()
        if columns.get("account_state") == "held":
            del columns["account_state"]
            rows = rows.held()
        return rows.filter(**columns)

    def with_what_is_shown(self, rows: CustomerQuerySet, asked: Asked) -> CustomerQuerySet:
        rows = rows.with_contact()
        return rows.with_tags() if "tags" in asked.columns else rows

    def in_words(self, count: int) -> str:
        sentence = ngettext("%(count)s customer", "%(count)s customers", count)
        return sentence % {"count": words.number(count)}

    def everything(self, asked: Asked, user: User) -> QuerySet[Any]:
        """All rows of all pages in their order; their keys are those of customers."""
        if asked.text and self._shows_best_first(asked):
            exactly = exact(asked.text)
            wanted = Wanted.of(asked.text, exactly=exactly)
            if wanted and not (exactly and is_certain(asked.text)):
                return hits_in_order(wanted)
        matching: CustomerQuerySet = self.matching(asked, user)
        return matching.order_by(*self.ordering(asked))

    def found(self, rows: CustomerQuerySet, asked: Asked) -> CustomerQuerySet:
        exactly = exact(asked.text)
        wanted = Wanted.of(asked.text, exactly=exactly)
        if exactly and is_certain(asked.text):
            return rows.filter(pk__in=exactly)
        return self._with_words(rows, wanted) if wanted else rows.none()

    def searched(self, rows: CustomerQuerySet, asked: Asked) -> Listing[Customer]:
        exactly = exact(asked.text)
        wanted = Wanted.of(asked.text, exactly=exactly)
        if exactly and is_certain(asked.text):
            listing = self.listing(rows.filter(pk__in=exactly), asked)
        else:
            listing = self._search(rows, wanted, asked) if wanted else Listing()
        give_reasons(listing.page.rows, wanted, known=exactly)
        if listing.total.number == 0 and not self.is_narrowed(asked):
            return Listing(offers=near_spellings(asked.text))
        return listing

    def _search(self, rows: CustomerQuerySet, wanted: Wanted, asked: Asked) -> Listing[Customer]:
        """In the list's own order and not narrowed down, the newest rows alone may answer."""
        if not self._shows_best_first(asked):
            return self.listing(self._with_words(rows, wanted), asked)
        page, total = page_of_hits(wanted, cursor=asked.cursor, size=self.page_size)
        return Listing(_with_customers(page, self.with_what_is_shown(rows, asked)), total)

    def _shows_best_first(self, asked: Asked) -> bool:
        usual = self.sorts[0].ordering(turned=False)
        return not self.is_narrowed(asked) and self.ordering(asked) == usual

    def _with_words(self, rows: CustomerQuerySet, wanted: Wanted) -> CustomerQuerySet:
        condition, values = wanted.where()
        hits = CustomerSearch.objects.extra(where=[condition], params=values)  # noqa: S610 -- placeholders
        found = hits.values("pk")
        # Rare words: all hits first. Common ones: walk the order's index, hits are met soon.
        return rows.filter(pk__in=found if is_common(wanted) else found[:ALL_ROWS])

    def what_is_quick(self, asked: Asked, user: User) -> Listing[Customer]:
        """Hits among the newest rows."""
        wanted = Wanted.of(asked.text)
        newest = among_newest(wanted) if wanted else _newest_ids()
        rows = self.with_what_is_shown(self.narrowed(asked, user).filter(pk__in=newest), asked)
        page = keyset_page(rows, self.ordering(asked), size=self.page_size)
        total = Total(len(page.rows), is_about=bool(page.next))
        return Listing(page, total, is_too_slow=True)


FILTERED = {
    "account": "account_state",
    "subscription": "email_consent",
    "country": "country",
    "orders_min": "orders_count__gte",
    "orders_max": "orders_count__lte",
    "spent_min": "amount_spent__gte",
    "spent_max": "amount_spent__lte",
}
CUSTOMERS = CustomerList()


def _with_customers(
    page: KeysetPage[CustomerSearch], rows: CustomerQuerySet
) -> KeysetPage[Customer]:
    ids = [row.pk for row in page.rows]
    known = rows.filter(pk__in=ids).in_bulk()
    shown = [known[pk] for pk in ids if pk in known]
    return KeysetPage(shown, next=page.next, previous=page.previous)


def _newest_ids() -> list[int]:
    newest = Customer.objects.order_by("-created_at", "-id")
    return list(newest.values_list("pk", flat=True)[:NEWEST])
