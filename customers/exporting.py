"""The customers' list as a file: what it holds for each column, and the record of who took it."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db import transaction
from django.db.models import Case, F, OuterRef, Subquery, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.downloads import amount
from core.list_keys import keys_of, values_of
from customers.listing import CUSTOMERS
from customers.models import AccountState, Consent, Identity, IdentityKind, Tag
from events.log import record
from shop.models import Language, Shop

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

    from accounts.models import User
    from core.listing import Asked

ALL_COLUMNS = tuple(column.name for column in CUSTOMERS.columns)


def export(asked: Asked, *, by: User) -> Iterator[Sequence[object]]:
    """The lines of the list as it is asked for, with what each of its columns holds.

    Leaves an event that tells who took how many of what, and names nobody in it.
    """
    keys = keys_of(CUSTOMERS.everything(asked.from_start(), by))
    with transaction.atomic():
        record("user.exported_customers", by, by=by, rows=len(keys), **_asked_for(asked, by))
    return _lines(keys, asked, by)


def _asked_for(asked: Asked, by: User) -> dict[str, Any]:
    """What narrowed the list down, without what was looked for: that may be a name."""
    return {
        "columns": [column.name for column in CUSTOMERS.shown(asked)],
        "view": CUSTOMERS.view(asked, by).name,
        "filters": sorted(asked.filters),
        "searched": bool(asked.text),
    }


def _lines(keys: array[int], asked: Asked, user: User) -> Iterator[Sequence[object]]:
    known = _cells()
    cells = [cell for column in CUSTOMERS.shown(asked) for cell in known[column.name]]
    yield [cell.heading for cell in cells]
    ways = [cell.shown for cell in cells]
    rows = CUSTOMERS.rows(user).annotate(**{name: FACTS[name] for name in _facts(cells)})
    for values in values_of(keys, rows.values_list(*(cell.field for cell in cells))):
        yield [shown(value) for shown, value in zip(ways, values, strict=True)]


def with_all_columns(asked: Asked) -> Asked:
    return replace(asked, columns=ALL_COLUMNS)


class Cell(NamedTuple):
    """One column of the file: its heading, the field that it holds, and how that is written."""

    heading: _StrOrPromise
    field: str
    shown: Callable[[Any], object] = str


def _primary(kind: IdentityKind) -> Subquery:
    theirs = Identity.objects.primary().filter(customer=OuterRef("pk"), kind=kind)
    return Subquery(theirs.values("value")[:1])


# Fields that do not stand on the customer's own row, or not as the list shows them.
FACTS = {
    "email": _primary(IdentityKind.EMAIL),
    "phone": _primary(IdentityKind.PHONE),
    "tag_names": ArraySubquery(
        Tag.objects.filter(taggings__customer=OuterRef("pk")).order_by("key").values("name")
    ),
    "account": Case(
        When(disabled_at__isnull=False, then=Value("disabled")),
        When(held_at__isnull=False, then=Value("held")),
        default=F("account_state"),
    ),
}


# What keeps somebody out is told in the place of how far their account got.
BARRED = [("disabled", _("Disabled")), ("held", _("On hold"))]


def _facts(cells: Iterable[Cell]) -> set[str]:
    return {cell.field for cell in cells} & set(FACTS)


def _cells() -> dict[str, list[Cell]]:
    """What the file holds for each column of the list, by the column's name."""
    shop = Shop.current()
    accounts = _labels([*AccountState.choices, *BARRED])
    return {
        "name": [
            Cell(_("Customer number"), "pk"),
            Cell(_("First name"), "first_name"),
            Cell(_("Last name"), "last_name"),
        ],
        "email": [Cell(_("E-mail"), "email", _text)],
        "phone": [Cell(_("Phone"), "phone", _text)],
        "company": [Cell(_("Company"), "company")],
        "subscription": [Cell(_("E-mail subscription"), "email_consent", _labels(Consent.choices))],
        "account": [Cell(_("Account"), "account", accounts)],
        "location": [Cell(_("City"), "city"), Cell(_("Country"), "country")],
        "language": [Cell(_("Language"), "language", _labels(Language.choices))],
        "tags": [Cell(_("Tags"), "tag_names", ", ".join)],
        "created": [Cell(_("Customer since"), "created_at", _moment)],
        "updated": [Cell(_("Changed"), "updated_at", _moment)],
        "last_order": [Cell(_("Last order"), "last_order_at", _moment)],
        "orders": [Cell(_("Orders"), "orders_count")],
        "spent": [
            Cell(_("Amount spent"), "amount_spent", amount),
            Cell(_("Currency"), "export_currency", lambda code: code or shop.currency),
        ],
    }


def _labels(choices: Iterable[tuple[str, _StrOrPromise]]) -> Callable[[str], str]:
    """A choice in the reader's words; nothing where none was made."""
    labels = {value: str(label) for value, label in choices}
    return lambda value: labels.get(value, "")


def _text(value: str | None) -> str:
    return value or ""


def _moment(at: datetime | None) -> str:
    """As spreadsheets read it in every language, in the shop's time zone."""
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M") if at else ""
