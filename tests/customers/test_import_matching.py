"""Whose row is it, when all it shares with somebody is a phone or a further address?"""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.importing.working import work
from customers.models import Customer, Tag
from customers.timeline import timeline_of
from tests.customers.import_files import checked, counts, imported, problems, table
from tests.factories.customers import CustomerFactory

pytestmark = pytest.mark.django_db

JANA = {"First Name": "Jana", "Last Name": "Müller", "Email": "jana@example.de"}
ANNA = {"first_name": "Anna", "last_name": "Berg", "email": "anna@example.de"}
BERND = {"First Name": "Bernd", "Last Name": "Berg", "Phone": "040 66969 100"}


@pytest.mark.parametrize("row_id", ["", "7001"])
def test_two_who_share_a_phone_and_have_addresses_of_their_own_stay_two(row_id):
    anna = CustomerFactory(**ANNA)
    anna.add_phone("+494066969100", by=None)
    one = imported(table({**BERND, "Email": "bernd@example.de", "Customer ID": row_id}))
    assert (counts(one), problems(one)) == ((1, 0, 0, 0), [(2, "phone_shared")])
    assert one.rows.get().problems == [["phone_shared", "Anna Berg"]]
    anna.refresh_from_db()
    assert (anna.first_name, anna.primary_email) == ("Anna", "anna@example.de")
    assert Customer.objects.exclude(pk=anna.pk).get().primary_email == "bernd@example.de"


@pytest.mark.parametrize("email_here", ["anna@example.de", ""])
def test_a_phone_joins_where_the_row_brings_no_address(email_here):
    anna = CustomerFactory(**{**ANNA, "email": email_here})
    anna.add_phone("+494066969100", by=None)
    row = {"Last Name": "Berg", "Phone": "040 66969 100", "Note": "new"}
    assert counts(imported(table(row))) == (0, 1, 0, 0)
    anna.refresh_from_db()
    assert (anna.note, anna.primary_email) == ("new", email_here)


@pytest.mark.parametrize(
    ("row", "here"),
    [
        pytest.param({"First Name": "Bernd", "Last Name": "Berg"}, ANNA, id="first name"),
        pytest.param({"Last Name": "Weiß"}, ANNA, id="last name"),
        pytest.param({"First Name": "Bernd"}, ANNA | {"last_name": ""}, id="half a name"),
        pytest.param(
            {"Default Address Company": "Praxis Süd"},
            {"company": "Praxis Nord", "email": ""},
            id="company",
        ),
    ],
)
@pytest.mark.parametrize("row_id", ["", "7001"])
def test_a_phone_joins_nobody_who_is_called_otherwise(
    row: dict[str, str], here: dict[str, str], row_id: str
) -> None:
    """Families and offices share a phone: the dry run says so, and nobody is renamed."""
    known = CustomerFactory(**{"first_name": "", "last_name": "", **here})
    known.add_phone("+494066969100", by=None)
    before = known.name
    content = table({**row, "Phone": "040 66969 100", "Note": "new", "Customer ID": row_id})
    said = checked(content)
    assert (counts(said), problems(said)) == ((1, 0, 0, 0), [(2, "phone_shared")])
    assert said.rows.get().problems == [["phone_shared", before]]
    assert counts(imported(content)) == (1, 0, 0, 0)
    known.refresh_from_db()
    assert (known.name, known.note) == (before, "")
    assert counts(imported(content)) == (0, 0, 1, 0)


@pytest.mark.parametrize(
    ("row", "name"),
    [
        ({"First Name": "anna", "Last Name": "BERG"}, "anna BERG"),
        ({"First Name": "Anna"}, "Anna Berg"),
        ({"Default Address Company": "Praxis"}, "Anna Berg"),
        ({}, "Anna Berg"),
    ],
)
def test_a_phone_joins_who_may_be_called_so(row: dict[str, str], name: str) -> None:
    anna = CustomerFactory(**ANNA)
    anna.add_phone("+494066969100", by=None)
    one = imported(table({**row, "Phone": "040 66969 100", "Note": "new"}))
    assert (counts(one), problems(one)) == ((0, 1, 0, 0), [])
    anna.refresh_from_db()
    assert (anna.name, anna.note) == (name, "new")


def test_who_has_no_name_yet_is_given_one() -> None:
    nobody = CustomerFactory(first_name="", last_name="", email="")
    nobody.add_phone("+494066969100", by=None)
    assert counts(imported(table(BERND))) == (0, 1, 0, 0)
    nobody.refresh_from_db()
    assert nobody.name == "Bernd Berg"


@pytest.mark.parametrize("here", [{"first_name": "Karl"}, {"last_name": "Karl"}])
@pytest.mark.parametrize("column", ["First Name", "Last Name"])
def test_who_has_one_name_does_not_get_it_twice(here: dict[str, str], column: str) -> None:
    karl = CustomerFactory(**{"first_name": "", "last_name": "", "email": "k@example.de", **here})
    one = imported(table({column: "Karl", "Email": "k@example.de", "Note": "new"}))
    karl.refresh_from_db()
    assert (counts(one), karl.name, karl.note) == ((0, 1, 0, 0), "Karl", "new")


def test_who_brings_an_address_does_not_take_over_who_is_known_by_phone_only():
    """A stranger who says Anna's phone would be sent the links to her account."""
    anna = CustomerFactory(**{**ANNA, "email": ""})
    anna.add_phone("+494066969100", by=None)
    content = table({**BERND, "Email": "bernd@example.de"})
    one = imported(content)
    assert (counts(one), problems(one)) == ((1, 0, 0, 0), [(2, "phone_shared")])
    anna.refresh_from_db()
    assert (anna.first_name, anna.primary_email) == ("Anna", "")
    assert counts(imported(content)) == (0, 0, 1, 0)
    assert Customer.objects.count() == 2


@pytest.mark.parametrize("note", ["new", ""])
def test_the_dry_run_counts_what_the_import_will_do_with_a_phone_of_an_earlier_row(settings, note):
    """Also where the earlier row changes nothing of its customer, and stands in another chunk."""
    settings.IMPORT_CHUNK_ROWS = 1
    CustomerFactory(**ANNA).add_phone("+494066969100", by=None)
    anna = {"First Name": "Anna", "Last Name": "Berg", "Email": "anna@example.de", "Note": note}
    one = checked(table(anna, BERND))
    promised = counts(one)
    one.start(by=None, in_worker=False)
    work(one.pk)
    one.refresh_from_db()
    assert promised == counts(one) == (1, int(bool(note)), int(not note), 0)
    assert Customer.objects.filter(first_name="Anna").count() == 1


def test_new_tags_are_made_in_one_order_wherever_they_are_made():
    """As Tag.named_all makes them, however the database sorts words: else two wait in a circle."""
    with CaptureQueriesContext(connection) as asked:
        imported(table({**JANA, "Tags": "zeitung, ärzte, Brot"}))
    assert [tag.name for tag in Tag.objects.order_by("pk")] == ["Brot", "zeitung", "ärzte"]
    making = [q["sql"] for q in asked if q["sql"].strip().startswith("INSERT INTO customers_tag (")]
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {making[0]}")
        plan = "".join(line for (line,) in cursor.fetchall())
    assert 'COLLATE "C"' in plan


class TestAFurtherAddress:
    @pytest.fixture
    def jana(self) -> Customer:
        jana = CustomerFactory(email="jana@example.de", first_name="Jana", last_name="")
        jana.add_email("jana@work.example", by=None)
        return jana

    def test_joins_its_customer_who_keeps_what_is_there(self, jana):
        row = {"Email": "Jana@Work.example", "First Name": "J.", "Last Name": "Müller"}
        assert counts(imported(table({**row, "Tags": "VIP"}))) == (0, 1, 0, 0)
        jana.refresh_from_db()
        assert (jana.name, jana.primary_email) == ("Jana Müller", "jana@example.de")
        assert jana.tags.get().name == "VIP"
        assert counts(imported(table({**row, "Tags": "VIP"}))) == (0, 0, 1, 0)

    @pytest.mark.parametrize("said", ["yes", "no"])
    def test_says_nothing_of_consent_to_mail_at_the_primary_one(self, jana, said):
        before = "NOT_SUBSCRIBED" if said == "yes" else "SUBSCRIBED"
        Customer.objects.update(email_consent=before)
        row = {"Email": "jana@work.example", "Accepts Email Marketing": said, "Note": "new"}
        imported(table(row))
        jana.refresh_from_db()
        assert (jana.note, jana.email_consent) == ("new", before)

    def test_of_two_customers_is_nobodys(self, jana):
        CustomerFactory(email="karl@example.de").add_email("jana@work.example", by=None)
        assert counts(imported(table({"Email": "jana@work.example"}))) == (1, 0, 0, 0)

    def test_does_not_join_people_whom_the_shop_tells_apart(self, jana):
        jana.external_ids.create(source="shopify", value="7")
        row = {"Email": "jana@work.example", "Customer ID": "8"}
        assert counts(imported(table(row))) == (1, 0, 0, 0)

    def test_beside_the_primary_one_in_one_file_does_not_count(self, jana):
        emails = ("jana@example.de", "jana@work.example")
        rows = [{"Email": email, "Note": email} for email in emails]
        one = imported(table(*rows))
        jana.refresh_from_db()
        assert (problems(one), jana.note) == ([(3, "same_customer")], "jana@example.de")


def test_what_staff_mended_stays_also_where_the_file_had_nothing_to_change(agent):
    content = table({**JANA, "Last Name": "Mueler"})
    jana = CustomerFactory(email="jana@example.de", first_name="Jana", last_name="Mueler")
    first = imported(content)
    assert counts(first) == (0, 0, 1, 0)
    assert not any("import" in entry.line.text for entry in timeline_of(jana).entries)
    jana.change(by=agent, expected_version=jana.version, last_name="Müller")
    again = imported(content)
    jana.refresh_from_db()
    assert (counts(again), jana.last_name) == ((0, 0, 1, 0), "Müller")
    assert (first.rows.count(), again.rows.count()) == (1, 0)
