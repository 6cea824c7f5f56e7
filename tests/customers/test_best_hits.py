"""Who is called by the words comes first, and rows say why they were found."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from core.listing import Asked
from customers import search
from customers.listing import CUSTOMERS, CustomerList
from customers.models import Customer
from customers.near_spellings import near_spellings
from customers.search_terms import pasted
from tests.factories.accounts import sign_in
from tests.factories.customers import CustomerFactory
from tests.holding import held

if TYPE_CHECKING:
    from accounts.models import User


def found(text: str, user: User) -> list[tuple[str, str]]:
    rows = CUSTOMERS.read(Asked(text=text), user=user).page.rows
    return [(customer.name, " ".join(strip_tags(customer.why).split())) for customer in rows]


def aged(days: int, **fields: Any) -> Customer:
    return CustomerFactory(created_at=timezone.now() - timedelta(days=days), **fields)


@pytest.fixture
def tobias(db: None) -> Customer:
    return aged(90, first_name="Tobias", last_name="Groß", email="tobias@example.de")


def test_mr_gross_comes_before_newer_bulk_buyers(tobias: Customer, agent: User) -> None:
    aged(1, first_name="Deniz", last_name="Martin").tag("Großkunde", by=None)
    aged(2, first_name="Ina", last_name="Blau", company="Großhandel Blau")
    assert found("groß", agent) == [
        ("Tobias Groß", ""),
        ("Deniz Martin", "Tag: Großkunde"),
        ("Ina Blau", "Company: Großhandel Blau"),
    ]


def test_the_page_shows_the_reason(tobias: Customer, agent: User) -> None:
    tobias.tag("Stammkunde", by=None)
    page = sign_in(agent).get(reverse("customer_list"), {"q": "stamm"}).text
    assert '<span class="why">Tag: Stammkunde</span>' in page


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("tobias@example", ""),
        ("chef@", "Claimed chef@kaffee.example"),
        ("555012", "Claimed +49405550123"),
        ("tobias hamburg", ""),
        ("groß eppendorfer", "Eppendorfer Weg 9, 20259 Hamburg"),
        ("20259", "Eppendorfer Weg 9, 20259 Hamburg"),
        ("vip eppendorfer", "Tag: VIP · Eppendorfer Weg 9, 20259 Hamburg"),
    ],
)
def test_each_word_that_the_row_does_not_show_is_explained(
    text: str, why: str, tobias: Customer, agent: User
) -> None:
    tobias.add_email("chef@kaffee.example", by=None)
    tobias.add_phone("040 5550123", by=None)
    tobias.add_address(
        by=None, street="Eppendorfer Weg 9", postal_code="20259", city="Hamburg", country="DE"
    )
    tobias.tag("VIP", by=None)
    [(name, said)] = found(text, agent)
    assert (name, set(said.split(" · "))) == ("Tobias Groß", set(why.split(" · ")))


def test_reasons_of_many_rows_cost_as_many_queries_as_those_of_one(agent: User) -> None:
    for name in ("Anton", "Berta", "Cäsar"):
        CustomerFactory(first_name=name).tag("Großkunde", by=None)
    counts = []
    for text in ("anton", "großkunde"):
        statements: list[str] = []

        def note(run: Any, sql: str, *given: Any, kept: list[str] = statements) -> Any:
            kept.append(sql)
            return run(sql, *given)

        with connection.execute_wrapper(note):
            found(text, agent)
        counts.append(len(statements))
    assert counts[0] == counts[1]


class TestAddressesAreSearched:
    def test_until_they_change_or_go(self, tobias: Customer, agent: User) -> None:
        home = tobias.add_address(by=agent, street="Elbchaussee 1", city="Hamburg")
        assert len(found("groß hamburg", agent)) == 1
        home.change(by=agent, expected_version=1, street="Ring 2", city="Köln")
        assert (len(found("elbchaussee", agent)), len(found("koeln", agent))) == (0, 1)
        home.remove(by=agent)
        assert found("köln", agent) == []


class TestNumbers:
    @pytest.mark.parametrize("text", ["0171", "(0171)", "0171 55", "+49171", "0049 171"])
    def test_the_beginning_of_a_phone_finds(self, text: str, agent: User) -> None:
        aged(1, first_name="Mia", last_name="Mobil", phone="0171 5550123")
        aged(2, first_name="Fred", last_name="Fest", phone="040 1715")
        assert next(name for name, _ in found(text, agent)) == "Mia Mobil"

    def test_an_area_code_is_the_beginning_and_no_piece(self, agent: User) -> None:
        aged(1, first_name="Nina", last_name="Nord", phone="040 5550123")
        aged(2, first_name="Vera", last_name="Voll", phone="089 5554055")
        assert [name for name, _ in found("040", agent)] == ["Nina Nord"]

    @pytest.mark.parametrize("text", ["{pk}", "Kunde {pk}", "Customer {pk}", "Kundennr. {pk}"])
    def test_ones_own_number_comes_first(self, text: str, tobias: Customer, agent: User) -> None:
        aged(1, first_name="Nina", phone=f"040 55{tobias.pk:05}55")
        names = [name for name, _ in found(text.format(pk=tobias.pk), agent)]
        assert names[0] == "Tobias Groß"

    def test_a_short_number_may_also_be_a_piece(self, agent: User) -> None:
        aged(9, id=20259, first_name="Number")
        neighbour = CustomerFactory(first_name="Post")
        neighbour.add_address(by=None, postal_code="20259", city="Hamburg")
        assert [name for name, _ in found("20259", agent)] == ["Number Muster", "Post Muster"]


class TestPasted:
    @pytest.mark.parametrize(
        ("text", "meant"),
        [
            ("Tel: 040 66969112", "040 66969112"),
            ("Tel.: +49 40 66969112", "+49 40 66969112"),
            ("Bestellung 10498", "10498"),
            ("Bestellung Nr. 10498", "10498"),
            ("Order #1001", "#1001"),
            ("E-Mail: jana@example.de", "jana@example.de"),
            ("mailto:jana@example.de?subject=Hallo", "jana@example.de"),
            ("mailto:jana%40example.de", "jana@example.de"),
            ("tel:+494066969112", "+494066969112"),
            ("<jana@example.de>", "jana@example.de"),
            ("Jana Müller <jana@example.de>", "jana@example.de"),
            ("Order", "Order"),
            ("Mail Müller", "Mail Müller"),
            ("Tell 5", "Tell 5"),
        ],
    )
    def test_only_what_is_meant_is_left(self, text: str, meant: str) -> None:
        assert pasted(text) == meant

    @pytest.mark.parametrize("label", ["mobil", "tel", "kunde", "no", "nr.", "e-mail"])
    def test_words_that_only_look_like_labels_are_read_once(self, label: str) -> None:
        """A pattern that tries each of them both ways would not be done with this today."""
        text = f"{f'{label} ' * 40}x"[:200].strip()
        assert pasted(text) == text
        assert pasted(f"{label} {label} 1001") == "1001"

    @pytest.mark.parametrize(
        "text", ["Tel: 040 5550123", "mailto:tobias@example.de", "<tobias@example.de>"]
    )
    def test_it_finds(self, text: str, tobias: Customer, agent: User) -> None:
        tobias.add_phone("040 5550123", by=None)
        CustomerFactory(email="not.tobias@example.de")
        assert [name for name, _ in found(text, agent)] == ["Tobias Groß"]


def test_a_misspelt_domain_is_offered_right(tobias: Customer, agent: User) -> None:
    CustomerFactory(email="tobias.b@example.de")
    assert near_spellings("tobias@exampel.de") == ["tobias@example.de"]
    assert near_spellings("nobody@exampel.de") == []


# How many rows are walked of a word that the planner takes for common; 0: it takes none for that.
WALKS = [0, 5, 8, 9, 100]


class TestManyHits:
    """With a window of four rows and pages of three, few customers show what many would."""

    @pytest.fixture(autouse=True, params=WALKS)
    def small_steps(self, request: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(search, "WINDOW_ROWS", 4)
        monkeypatch.setattr(CustomerList, "page_size", 3)
        if request.param:
            monkeypatch.setattr(search, "MANY_HITS", 0)
            monkeypatch.setattr(search, "WALKED_EACH", request.param)
            monkeypatch.setattr(search, "MOST_WALKED", request.param)

    def _customers(self, kinds: str) -> list[str]:
        """B: is called Grob, t: carries such a tag; newest first. Expected: the B, then the t."""
        start = timezone.now() - timedelta(days=10)
        for number, kind in enumerate(reversed(kinds)):
            one = CustomerFactory(
                first_name=f"N{number:02}",
                last_name="Grob" if kind == "B" else "Blau",
                email=f"n{number}@example.de",
                created_at=start + timedelta(hours=number),
            )
            if kind == "t":
                one.tag("Grobkunde", by=None)
        numbered = [(kind, f"N{at:02}") for at, kind in enumerate(reversed(kinds))][::-1]
        return [name for wanted in "Bt" for kind, name in numbered if kind == wanted]

    @pytest.mark.parametrize(
        "kinds",
        [
            "ttttttttttB",
            "tBtBtBtBtB",
            "BBBBBBtttt",
            "ttt...B..B",
            "....tttBBB",
            "ttttttttttt",
            "BB",
            "tttt....BBBBBt",
            ".....tttt",
            ".....ttttttttt",
            ".....BBBBtt",
            ".......tttt....",
        ],
    )
    def test_paging_forth_and_back_meets_each_hit_once(self, agent: User, kinds: str) -> None:
        expected = self._customers(kinds)
        pages, cursor = [], ""
        while True:
            page = CUSTOMERS.read(Asked(text="grob", cursor=cursor), user=agent).page
            pages.append(page)
            if not page.next:
                break
            cursor = page.next
        names = [[one.first_name for one in page.rows] for page in pages]
        assert [name for page in names for name in page] == expected
        back, cursor = [], pages[-1].previous
        while cursor:
            page = CUSTOMERS.read(Asked(text="grob", cursor=cursor), user=agent).page
            back.insert(0, [one.first_name for one in page.rows])
            cursor = page.previous
        assert [name for page in back for name in page] == [n for page in names[:-1] for n in page]

    @pytest.mark.parametrize("cursor", ["b.", "x.WzAs", "o.WzAsMV0", "WzAs"])
    def test_a_cursor_from_elsewhere_starts_anew(self, agent: User, cursor: str) -> None:
        expected = self._customers("tBtB")
        listing = CUSTOMERS.read(Asked(text="grob", cursor=cursor), user=agent)
        assert [one.first_name for one in listing.page.rows] == expected[:3]


@pytest.mark.django_db
def test_what_is_shown_instead_of_a_slow_search_is_given_up_in_time_as_well(
    agent: User, settings: Any
) -> None:
    settings.SEARCH_TIMEOUT_MS = 50
    with held("customers_customersearch"):
        listing = CUSTOMERS.read(Asked(text="jana"), user=agent)
    assert (listing.page.rows, listing.is_too_slow) == ([], True)


def test_of_many_beginnings_two_are_looked_for(tobias: Customer, agent: User) -> None:
    assert [name for name, _ in found("to gr qu xy", agent)] == ["Tobias Groß"]
    assert found("to qu gr", agent) == []
    assert found("groß to ex qu", agent) == [("Tobias Groß", "")]
