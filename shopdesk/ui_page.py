"""Every piece of the look on one page, in all its states. It exists only while DEBUG is on."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, URLResolver, path
from django.utils import timezone

from core.forms import LineField, TextField
from core.pagination import KeysetPage
from core.permissions import can_read, require
from core.slots import Found

if TYPE_CHECKING:
    from core.views import DeskRequest

LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbaugesellschaft mbH & Co. KG"


class SampleForm(forms.Form):
    """One field of each kind."""

    name = LineField(label="Name", help_text="As it stands on the parcel.")
    email = forms.EmailField(label="E-mail")
    phone = LineField(label="Telefonnummer für Rückfragen zur Zustellung", required=False)
    country = forms.ChoiceField(label="Country", choices=[("DE", "Germany"), ("AT", "Austria")])
    logo = forms.FileField(label="Logo", required=False)
    colour = forms.CharField(
        label="Colour", widget=forms.TextInput(attrs={"type": "color"}), initial="#12664f"
    )
    password = forms.CharField(
        label="New password",
        widget=forms.PasswordInput(
            attrs={
                "data-password": True,
                "data-show": "Show",
                "data-hide": "Hide",
                "data-meter": "Too short|Easy to guess|Fair|Good|Strong",
            }
        ),
    )
    note = TextField(label="Note", required=False)
    language = forms.ChoiceField(
        label="Language", widget=forms.RadioSelect, choices=[("de", "Deutsch"), ("en", "English")]
    )
    newsletter = forms.BooleanField(
        label="Receives the newsletter", help_text="With double opt-in.", required=False
    )


CUSTOMERS = """
Jana Müller|jana.mueller@example.de|ok|Enabled|ok|Hamburg, DE|14|1842.50
Oğuz Yıldırım|oguz@example.com|ok|Enabled|ok|Köln, DE|6|612.00
Åsa Lindqvist|asa.lindqvist@example.se||Invited|info|Malmö, SE|1|39.90
Tobias Groß|t.gross@example.de||Disabled||Graz, AT|3|208.70
Chiara Rossi|chiara.rossi@example.it|ok|On hold|bad|Bolzano, IT|9|977.10
Béla Kovács|bela@example.hu|warn|Enabled|ok|Győr, HU|2|88.00
"""
FIGURES = [
    ("Customers", "48,213", "100% of customer base"),
    ("Accounts enabled", "31,870", "66%"),
    ("Reset mails, 7 days", "412", "96.1% completed"),
    ("On security hold", "3", "needs identity check"),
]
TABS = {"All": 48213, "With account": 31870, "Invited": 412, "Reset pending": 3, "Newest": None}


def sample_customers() -> list[dict[str, Any]]:
    names = ("name", "email", "consent", "account", "state", "place", "orders", "spent")
    lines = [line.split("|") for line in CUSTOMERS.strip().splitlines()]
    long_email = f"{'lang.' * 12}adresse@example.de"
    place = "Neuburg an der Donau, DE"
    lines.append([LONG, long_email, "ok", "Reset pending", "warn", place, "1222", "1003120.40"])
    rows: list[dict[str, Any]] = [dict(zip(names, line, strict=True)) for line in lines]
    for row in rows:
        row |= {"orders": int(row["orders"]), "spent": Decimal(row["spent"])}
    return rows


def sample_found() -> list[tuple[str, list[Found]]]:
    jana = Found("Jana Müller", "#", "jana.mueller@example.de", "user")
    reset = Found("Send password reset to Jana Müller", "#", icon="key-round", posts=True)
    return [
        ("Customers", [jana, Found(LONG, "#", "oguz@example.com", "user")]),
        ("Actions", [reset]),
    ]


def sample_context() -> dict[str, Any]:
    now = timezone.now()
    broken = SampleForm({"name": "", "email": "jana@", "language": "fr"})
    broken.is_valid()
    return {
        "page_title": "Components",
        "form": SampleForm(),
        "broken": broken,
        "customers": sample_customers(),
        "page": KeysetPage[Any](rows=[], next="n", previous=""),
        "now": now,
        "yesterday": now - timedelta(days=1),
        "earlier": now - timedelta(days=40),
        "long": LONG,
        "tabs": [
            SimpleNamespace(label=label, url="#", is_current=label == "All", count=count)
            for label, count in TABS.items()
        ],
        "figures": [
            SimpleNamespace(label=label, value=value, detail=detail)
            for label, value, detail in FIGURES
        ],
        "changed_meanwhile": [("Company", "Kaffeehaus Nord GmbH", LONG)],
        "groups": sample_found(),
        "text": "jana",
    }


def show(request: DeskRequest) -> HttpResponse:
    """All staff."""
    require(can_read(request.user))
    if "toast" in request.GET:
        messages.success(request, "Saved.")
        messages.error(request, "The mail server refuses the address.")
    return render(request, "shopdesk/ui.html", sample_context())


def show_storefront(request: DeskRequest) -> HttpResponse:
    """All staff."""
    require(can_read(request.user))
    return render(request, "shopdesk/ui_storefront.html", sample_context())


if settings.DEBUG:
    desk_urlpatterns: list[URLPattern | URLResolver] = [
        path("ui/", show, name="ui_page"),
        path("ui/storefront/", show_storefront, name="ui_storefront"),
    ]
else:
    desk_urlpatterns = []
