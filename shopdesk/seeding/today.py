"""What is going on at the desk today: notes, mentions, links on their way, orders just placed."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from accounts.handlers import send_reset_link
from accounts.models import ResetRequest
from customers.models import Customer, Letter, Note
from events.log import replaying
from events.models import Event
from notifications.models import Failure, Mail
from orders.models import Order
from orders.new import NewLine, NewOrder
from shopdesk.seeding import links
from shopdesk.seeding.buying import address_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from accounts.models import User
    from shopdesk.seeding.people import Person

BEANS = NewLine("Espresso Nordlicht", Decimal("34.60"), 1, "1 kg", "NORD-1000")
PAPER = NewLine("Papierfilter", Decimal("6.50"), 2, "100 Stück", "PAPIER")
MILL = NewLine("Handmühle Fein 48", Decimal("149.00"), 1, "Nussbaum", "MILL-H2")


class Told(NamedTuple):
    """Who wrote what about whom, how many hours ago, and which colleague is called."""

    hours: int
    author: str
    about: str
    text: str
    called: str = ""


NOTES = [
    Told(
        *(700, "tobias", "lena.schaefer@example.de"),
        "Rahmenvertrag für 2 kg pro Woche vereinbart, Rechnung monatlich.",
    ),
    Told(
        *(290, "yusuf", "t.gross@example.de"),
        "Asked whether we ship to Graz within two days. Told him three.",
    ),
    Told(
        *(171, "anna", "sabine.mueller@mail.example"),
        "Mühle klemmt nach dem Reinigen. Anleitung zum Zerlegen geschickt.",
    ),
    Told(
        *(76, "anna", "chiara.rossi@example.com"),
        "Paket hing in Bozen fest; ist wieder unterwegs.",
    ),
    Told(
        *(27, "yusuf", "jonas.mueller@example.de"),
        "@Anna Petersen He only speaks German, could you call him back?",
        "anna",
    ),
    Told(
        *(5, "anna", "akmh@example.net"),
        "@Marie Krüger Sie möchte 40 Geschenkpakete für ihre Praxis. Machen wir einen Preis?",
        "marie",
    ),
    Told(
        *(3, "yusuf", "noah@example.org"),
        "His old mailbox is gone. He will mail us from the new one.",
    ),
    Told(
        *(2, "anna", "jana.mueller@example.de"),
        "Hat angerufen: kommt nicht mehr ins Konto. Adresse stimmt.",
    ),
    Told(
        *(4, "yusuf", "henning.voss@gmail.con"),
        "@Marie Krüger He waits for his invite, and I think this address is wrong. Call him?",
        "marie",
    ),
    Told(
        *(1, "tobias", "oguz@example.com"),
        "@Marie Krüger Seine Mahlgut 54 klemmt, die zweite Reklamation in diesem Monat. Tauschen?",
        "marie",
    ),
]
LETTER_SUBJECT = "Ihre Handmühle ist wieder da"
LETTER = """Guten Tag,

die Wartung ist fertig, und die Mühle geht heute mit DHL an Sie zurück.

Herzliche Grüße aus Hamburg
Anna Petersen"""


def live(
    people: Mapping[str, Person], team: Mapping[str, User], *, now: datetime, number: int
) -> None:
    """The last hours. What is not replayed is acted on: these links leave once a worker runs."""
    links.follow(people, team, now=now)
    for told in NOTES:
        mentioned = [team[told.called]] if told.called else []
        with replaying(at=now - timedelta(hours=told.hours)):
            customer = _customer(people[told.about])
            note = Note.write(customer, by=team[told.author], text=told.text, mentioned=mentioned)
        # No verb moves the time of a note, and none should.
        Note.objects.filter(pk=note.pk).update(created_at=now - timedelta(hours=told.hours))
    with replaying(at=now - timedelta(hours=30)):
        customer = _customer(people["sabine.mueller@mail.example"])
        Letter.write(customer, by=team["anna"], subject=LETTER_SUBJECT, text=LETTER)
    _sell(people, team["tobias"], now, number)
    ResetRequest.start(_customer(people["sabine.mueller@mail.example"]), by=team["anna"])
    ResetRequest.start(_customer(people["t.gross@example.de"]), by=team["yusuf"])
    ResetRequest.start(_customer(people["karin.mueller@example.com"]), by=team["anna"])
    _fail_to_reach(people["noah@example.org"], by=team["yusuf"], now=now)


def _fail_to_reach(person: Person, *, by: User, now: datetime) -> None:
    """A link whose mail the customer's mail server refuses: somebody has to look."""
    with replaying(at=now):
        request = ResetRequest.start(_customer(person), by=by)
        send_reset_link(Event.objects.get(name="reset_request.started", subject_id=request.pk))
        mail = Mail.objects.about(request).get()
        mail.take()
        mail.put_back(Failure.REFUSED, "550")


def _sell(people: Mapping[str, Person], by: User, now: datetime, number: int) -> None:
    """Three orders of today: one just placed, one paid, one on its way."""
    baskets = [
        ("jana.mueller@example.de", [BEANS, PAPER], 150),
        ("emma.wright@example.org", [MILL], 75),
        ("jonas.mueller@example.de", [BEANS], 12),
    ]
    for place, (email, lines, minutes) in enumerate(baskets):
        at = now - timedelta(minutes=minutes)
        with replaying(at=at):
            order = Order.place(_new(people[email], lines, number + place, at), by=None)
        if place < 2:
            with replaying(at=at + timedelta(minutes=1)):
                order.pay(by=None, at=at + timedelta(minutes=1))
        if place == 0:
            shipped_at = at + timedelta(minutes=90)
            with replaying(at=shipped_at):
                order.ship(by=by, company="DHL", number="00340434512000418837", at=shipped_at)


def _new(person: Person, lines: list[NewLine], number: int, at: datetime) -> NewOrder:
    return NewOrder(
        source="shop",
        external_id=str(5_600_000_000_000 + number * 8191),
        number=number,
        placed_at=at,
        currency="EUR",
        lines=lines,
        customer_id=person.pk,
        shipping=Decimal(0) if sum(line.total for line in lines) >= 49 else Decimal("4.90"),
        email=person.email,
        phone=person.phone,
        shipping_address=address_of(person),
        billing_address=address_of(person),
    )


def _customer(person: Person) -> Customer:
    return Customer.objects.get(pk=person.pk)
