"""The customers' list as a file: who may, what it holds, in which order, and what the log says."""

from __future__ import annotations

import csv
import io
import tracemalloc
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from accounts.lately import lately
from core import list_keys
from core.downloads import signs_of_life
from core.list_keys import keys_of
from core.listing import Asked
from customers.exporting import ALL_COLUMNS, export
from customers.listing import CUSTOMERS, CustomerList
from customers.models import Customer
from events.models import Event
from lists.models import ColumnChoice, SavedView
from tests.factories.accounts import sign_in
from tests.factories.customers import CustomerFactory

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db
EXPORTS = "/admin/customers/exports/"


def english(user: User) -> Client:
    return sign_in(user, headers={"accept-language": "en"})


def table_of(answer: Any, delimiter: str = ",") -> list[list[str]]:
    text = b"".join(answer.streaming_content).decode()
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text[1:]), delimiter=delimiter))


def names_in(answer: Any) -> list[str]:
    return [row[1] for row in table_of(answer)[1:]]


@pytest.fixture
def three(db: None) -> None:
    """Ann, Bea and Cleo, newest last."""
    for number, (first, last) in enumerate([("Ann", "Zorn"), ("Bea", "Ann"), ("Cleo", "Adam")]):
        CustomerFactory(
            first_name=first,
            last_name=last,
            created_at=datetime(2026, 1, 1 + number, 23, 30, tzinfo=UTC),
            amount_spent=Decimal(10 * (number % 2)),
        )


class TestWhoMay:
    @pytest.mark.parametrize(
        ("who", "status"), [("owner", 200), ("lead", 200), ("agent", 403), ("reader", 403)]
    )
    def test_leads_and_owners(
        self, who: str, status: int, cast: dict[str, User], three: None
    ) -> None:
        browser = english(cast[who])
        assert browser.get(EXPORTS).status_code == status
        answer = browser.post(EXPORTS)
        assert answer.status_code == status
        assert Event.objects.filter(name="user.exported_customers").count() == (status == 200)
        offered = (
            'data-opens="export-customers"' in browser.get("/admin/customers/").content.decode()
        )
        assert offered == (status == 200)

    def test_looking_at_the_page_exports_nothing(self, lead: User, three: None) -> None:
        html = english(lead).get(f"{EXPORTS}?q=cleo").content.decode()
        assert "1 customer" in html
        assert not Event.objects.filter(name="user.exported_customers").exists()


class TestWhatItHolds:
    def test_the_columns_of_the_list(self, lead: User, three: None) -> None:
        ColumnChoice.choose("customer", ["name", "email"], by=lead)
        answer = english(lead).post(f"{EXPORTS}?sort=name")
        assert answer["Content-Type"] == "text/csv; charset=utf-8"
        assert answer["Content-Disposition"].startswith('attachment; filename="customers-')
        head, *rows = table_of(answer)
        assert head == ["Customer number", "First name", "Last name", "E-mail"]
        assert [row[1:3] for row in rows] == [["Cleo", "Adam"], ["Bea", "Ann"], ["Ann", "Zorn"]]

    def test_all_columns_of_one_customer(self, lead: User) -> None:
        customer = CustomerFactory(
            first_name="Jana",
            last_name="Müller",
            email="jana@example.de",
            company="Müller; Söhne",
            language="de",
            created_at=datetime(2026, 1, 1, 23, 30, tzinfo=UTC),
            account_state="enabled",
            amount_spent=Decimal("1842.50"),
            orders_count=14,
            last_order_at=datetime(2026, 7, 1, 12, 0, tzinfo=UTC),
            email_consent="SUBSCRIBED",
        )
        customer.add_address(by=None, city="Hamburg", country="DE")
        customer.tag_all(["wholesale", "VIP"], by=None)
        Customer.objects.update(updated_at=datetime(2026, 8, 1, 12, 0, tzinfo=UTC))
        head, row = table_of(english(lead).post(EXPORTS, {"columns": "all"}))
        assert dict(zip(head, row, strict=True)) == {
            "Customer number": str(customer.pk),
            "First name": "Jana",
            "Last name": "Müller",
            "E-mail": "jana@example.de",
            "Phone": "",
            "Company": "Müller; Söhne",
            "E-mail subscription": "Subscribed",
            "Account": "Enabled",
            "City": "Hamburg",
            "Country": "DE",
            "Language": "German",
            "Tags": "VIP, wholesale",
            "Customer since": "2026-01-02 00:30",
            "Changed": "2026-08-01 14:00",
            "Last order": "2026-07-01 14:00",
            "Orders": "14",
            "Amount spent": "1842.50",
            "Currency": "EUR",
        }

    def test_a_german_spreadsheet_reads_it(self, lead: User) -> None:
        CustomerFactory(last_name="Schmidt; Söhne", amount_spent=Decimal("1842.50"))
        german = sign_in(lead, headers={"accept-language": "de"})
        head, row = table_of(german.post(EXPORTS, {"columns": "all"}), delimiter=";")
        found = dict(zip(head, row, strict=True))
        assert (found["Umsatz"], found["Nachname"]) == ("1842,50", "Schmidt; Söhne")

    def test_what_a_spreadsheet_would_run_is_guarded(self, lead: User) -> None:
        CustomerFactory(first_name="=HYPERLINK(1)", last_name="@x").tag("+1", by=None)
        text = b"".join(english(lead).post(EXPORTS, {"columns": "all"}).streaming_content).decode()
        assert ",'=HYPERLINK(1),'@x," in text
        assert ",'+1," in text

    def test_every_column_has_its_cells(self, lead: User, three: None) -> None:
        for column in CUSTOMERS.columns[1:]:
            asked = Asked(columns=("name", column.name))
            assert len(next(iter(export(asked, by=lead)))) in {4, 5}, column.name


class TestWhom:
    @pytest.mark.parametrize(
        ("query", "names"),
        [
            ("", ["Cleo", "Bea", "Ann"]),
            ("sort=-newest", ["Ann", "Bea", "Cleo"]),
            ("sort=spent", ["Bea", "Cleo", "Ann"]),
            ("spent_min=5", ["Bea"]),
            ("view=account", []),
            ("q=ann", ["Bea", "Ann"]),
            ("q=ann&sort=name", ["Bea", "Ann"]),
            ("q=ann&spent_max=5", ["Ann"]),
            ("q=nobody", []),
            ("q=%2B%2B", []),
            ("cursor=garbage&sort=garbage", ["Cleo", "Bea", "Ann"]),
        ],
    )
    def test_those_whom_the_list_shows(
        self, query: str, names: list[str], lead: User, three: None
    ) -> None:
        assert names_in(english(lead).post(f"{EXPORTS}?{query}")) == names

    def test_the_best_hits_first_as_on_the_page(self, lead: User) -> None:
        """Who is called so comes before who only carries the word elsewhere."""
        CustomerFactory(first_name="Anna", last_name="Zorn", email="a@example.de")
        CustomerFactory(first_name="Bea", last_name="Adam", email="anna@example.de")
        shown = CUSTOMERS.read(Asked(text="anna"), user=lead).page.rows
        assert [one.first_name for one in shown] == ["Anna", "Bea"]
        assert names_in(english(lead).post(f"{EXPORTS}?q=anna")) == ["Anna", "Bea"]

    @pytest.mark.parametrize("sort", [sort.name for sort in CUSTOMERS.sorts])
    @pytest.mark.parametrize("text", ["", "example"])
    def test_all_pages_in_their_order(
        self, sort: str, text: str, lead: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(list_keys, "BATCH", 2)
        monkeypatch.setattr(list_keys, "AT_ONCE", 2)
        monkeypatch.setattr(CustomerList, "page_size", 3)
        for number in range(7):
            CustomerFactory(amount_spent=number % 3, orders_count=number % 2)
        asked, met = Asked(text=text, sort=sort), []
        while True:
            page = CUSTOMERS.read(asked, user=lead).page
            met += [row.pk for row in page.rows]
            if not page.next:
                break
            asked = Asked(text=text, sort=sort, cursor=page.next)
        lines = list(export(Asked(text=text, sort=sort), by=lead))
        assert [int(str(line[0])) for line in lines[1:]] == met
        assert len(met) == 7

    def test_an_own_view_brings_its_columns(self, lead: User, three: None) -> None:
        view = SavedView.keep("Mine", "customer", {}, ["name", "tags"], by=lead)
        head, *_rows = table_of(english(lead).post(f"{EXPORTS}?saved={view.pk}"))
        assert head[3:] == ["Tags"]

    def test_whose_row_moves_meanwhile_stands_there_once(
        self, lead: User, three: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(list_keys, "BATCH", 1)
        lines = export(Asked(sort="spent"), by=lead)
        next(lines)
        first = next(lines)
        Customer.objects.filter(first_name="Ann").update(amount_spent=1000)
        Customer.objects.filter(first_name="Cleo").delete()
        assert [line[1] for line in [first, *lines]] == ["Bea", "Ann"]


class TestTheLog:
    def test_it_says_who_took_how_many_and_names_nobody(self, lead: User, three: None) -> None:
        english(lead).post(
            f"{EXPORTS}?q=ann&spent_max=5&sort=name&tag=&country=", {"columns": "all"}
        )
        event = Event.objects.get(name="user.exported_customers")
        assert (event.actor_id, event.subject_id) == (lead.pk, lead.pk)
        assert event.plain == {
            "rows": 1,
            "columns": list(ALL_COLUMNS),
            "view": "all",
            "filters": ["spent_max"],
            "searched": True,
        }

    def test_each_export_is_noted_and_told_in_the_profile(self, lead: User, three: None) -> None:
        for _time in range(2):
            english(lead).post(EXPORTS)
        told = [one.text for one in lately(lead) if "export" in one.text]
        assert told == ["3 customers exported"] * 2


@pytest.mark.parametrize("rows", [3, 9])
def test_each_batch_takes_as_many_queries_as_the_first(
    rows: int, lead: User, django_assert_num_queries: Any
) -> None:
    for number in range(rows):
        CustomerFactory().tag_all(["a", f"b{number}"], by=None)
    with django_assert_num_queries(QUERIES):
        assert len(list(export(Asked(columns=ALL_COLUMNS), by=lead))) == rows + 1


# The keys' transaction four, the event's three; the shop; one batch with all that belongs to it.
QUERIES = 9


def test_ten_times_as_many_take_no_more_memory(lead: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(list_keys, "BATCH", 200)
    peaks = {}
    for rows in (600, 6000):
        Customer.objects.bulk_create(Customer(first_name="x" * 100) for _ in range(rows))
        lines = export(Asked(columns=ALL_COLUMNS), by=lead)
        list(zip(range(3), lines, strict=False))
        tracemalloc.start()
        assert sum(1 for _line in lines) >= rows - 3
        peaks[rows] = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peaks[6000] < 1.5 * peaks[600]


def test_a_million_keys_take_eight_bytes_each(three: None) -> None:
    assert keys_of(Customer.objects.order_by("pk")).itemsize == 8


def test_a_long_file_says_that_it_has_not_hung(
    lead: User, three: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    signs: list[str] = []
    monkeypatch.setattr("core.downloads.PIECE", 10)
    signs_of_life.append(lambda: signs.append("alive"))
    try:
        table_of(english(lead).post(EXPORTS))
    finally:
        signs_of_life.pop()
    assert len(signs) == 4
