"""Whose row is it, what does it change, and what does it leave alone?"""

from __future__ import annotations

from decimal import Decimal

import pytest

from customers.models import Customer, CustomerSearch, Identity, NameWord
from tests.customers.headers import LAYOUTS
from tests.customers.import_files import FILES, checked, counts, imported, problems, table
from tests.factories.customers import CustomerFactory

pytestmark = pytest.mark.django_db

JANA = {"First Name": "Jana", "Last Name": "Müller", "Email": "jana@example.de"}


def test_a_new_customer_has_all_that_the_row_says(lead):
    one = imported((FILES / "current.csv").read_bytes(), by=lead, name="export.csv")
    assert counts(one) == (3, 0, 0, 0)
    customer = Customer.objects.get(first_name="Jörg")
    assert (customer.primary_email, customer.primary_phone) == (
        "joerg.muehlbauer@example.de",
        "+491701234567",
    )
    assert {i.proof for i in customer.identities.all()} == {"imported"}
    assert (customer.orders_count, customer.amount_spent) == (12, Decimal("1234.50"))
    assert customer.figures_from_export
    assert (customer.email_consent, customer.email_consent_at) == ("SUBSCRIBED", one.uploaded_at)
    assert (customer.sms_consent, customer.sms_consent_at) == ("NOT_SUBSCRIBED", None)
    assert sorted(customer.tags.values_list("name", flat=True)) == ["Stammkunde", "VIP"]
    assert (customer.city, customer.country) == ("Köln", "DE")
    address = customer.addresses.get()
    assert (address.street, address.phone, address.is_default) == (
        "Hauptstraße 5",
        "+4922112345",
        True,
    )
    assert customer.external_ids.get().value == "7210448301122"
    assert customer.sort_name == "muhlbauer jorg"
    assert "muehlbauer" in CustomerSearch.objects.get(customer=customer).doc
    assert NameWord.objects.filter(spelling="Mühlbauer").exists()
    assert customer.version == 1


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
@pytest.mark.parametrize("rows", [1, 7])
def test_every_layout_creates_and_then_changes_nothing(layout, rows, settings):
    settings.IMPORT_CHUNK_ROWS = 3
    content = table(
        *(
            {**JANA, "Email": f"jana{n}@example.de", "Tags": "VIP", "Phone": f"0170 {1000000 + n}"}
            for n in range(rows)
        ),
        layout=layout,
    )
    assert counts(imported(content)) == (rows, 0, 0, 0)
    assert counts(imported(content)) == (0, 0, rows, 0)
    assert Customer.objects.count() == rows


def test_the_dry_run_counts_and_changes_nothing():
    CustomerFactory(email="jana@example.de", first_name="Jana")
    one = checked(table({**JANA, "Note": "new"}, {"First Name": "Neu"}, {"Email": "broken"}))
    assert counts(one) == (1, 1, 0, 1)
    assert (one.stage, Customer.objects.count()) == ("checked", 1)
    assert problems(one) == [(4, "email_malformed")]


@pytest.mark.parametrize(
    "row",
    [
        {"First Name": "Nur", "Last Name": "Name"},
        {"Phone": "0170 7654321"},
        {**JANA, "Phone": "0170 7654321"},
        {"Customer ID": "77", "First Name": "Jana"},
    ],
    ids=["name", "phone", "e-mail", "id"],
)
def test_the_same_file_again_writes_nothing_even_where_staff_mended_something(row, agent):
    content = table({**row, "Note": "from the shop", "Tags": "VIP"})
    imported(content)
    customer = Customer.objects.get()
    customer.change(by=agent, expected_version=customer.version, note="mended")
    before = Customer.objects.values().get()
    again = imported(content)
    assert counts(again) == (0, 0, 1, 0)
    assert Customer.objects.values().get() == before
    assert not again.rows.exists()


def test_a_changed_file_updates_what_differs_and_an_empty_cell_changes_nothing(agent):
    imported(table({**JANA, "Note": "old", "Default Address Company": "Café", "Tags": "VIP"}))
    customer = Customer.objects.get()
    customer.tag("own", by=agent)
    assert counts(imported(table({**JANA, "Note": "new", "Tags": "B2B"}))) == (0, 1, 0, 0)
    customer.refresh_from_db()
    assert (customer.note, customer.company, customer.version) == ("new", "Café", 2)
    assert sorted(customer.tags.values_list("key", flat=True)) == ["b2b", "own", "vip"]


def test_an_id_is_known_before_an_address_and_an_address_before_a_phone():
    by_id, by_email, by_phone = (
        CustomerFactory(first_name=name, email=f"{name}@example.de") for name in ("a", "b", "c")
    )
    by_id.external_ids.create(source="shopify", value="7")
    for one in (by_email, by_phone):
        one.add_phone("+491701111111" if one is by_phone else "+491702222222", by=None)
    imported(
        table(
            {"Customer ID": "7", "Note": "id", "Phone": "+491702222222"},
            {"Email": "B@example.de", "Note": "email", "Phone": "+491701111111"},
            {"Phone": "0170 1111111", "Note": "phone"},
        )
    )
    assert dict(Customer.objects.values_list("first_name", "note")) == {
        "a": "id",
        "b": "email",
        "c": "phone",
    }


def test_a_phone_that_two_customers_have_is_nobodys():
    for _ in range(2):
        CustomerFactory().add_phone("+491701111111", by=None)
    content = table({"Phone": "+491701111111", "First Name": "Third"})
    assert counts(imported(content)) == (1, 0, 0, 0)
    assert counts(imported(content)) == (0, 0, 1, 0)


def test_a_phone_does_not_join_people_whom_the_shop_tells_apart():
    imported(table({"Customer ID": "1", "First Name": "Wife", "Phone": "+491701111111"}))
    assert (
        counts(
            imported(table({"Customer ID": "2", "First Name": "Husband", "Phone": "+491701111111"}))
        )[0]
        == 1
    )


@pytest.mark.parametrize("chunk", [1, 100])
def test_two_people_of_one_file_with_one_phone_stay_two(settings, chunk):
    settings.IMPORT_CHUNK_ROWS = chunk
    rows = [
        {"Email": f"{name}@example.de", "First Name": name, "Phone": "+491701111111"}
        for name in ("a", "b")
    ]
    assert counts(imported(table(*rows)))[:1] == (2,)
    assert counts(imported(table(*rows))) == (0, 0, 2, 0)


def test_of_rows_about_one_customer_the_last_counts():
    one = imported(
        table(
            {"Customer ID": "1", "First Name": "by id"},
            {"Email": "A@example.de", "First Name": "first"},
            {"Phone": "0170 1234567", "First Name": "by phone", "Note": "first"},
            {"Customer ID": "1", "First Name": "by id, last"},
            {"Email": "a@example.de", "First Name": "last"},
            {"Phone": "+49 170 1234567", "First Name": "By Phone", "Note": "last"},
            {"Email": "a@example.de", "Customer ID": "broken"},
        )
    )
    assert problems(one) == [
        (2, "repeated"),
        (3, "repeated"),
        (4, "repeated"),
        (8, "id_malformed"),
    ]
    assert [row.problems[0][1] for row in one.rows.filter(outcome="skipped").order_by("line")][
        :3
    ] == ["5", "6", "7"]
    assert sorted(Customer.objects.values_list("first_name", flat=True)) == [
        "By Phone",
        "by id, last",
        "last",
    ]


@pytest.mark.parametrize("chunk", [1, 100])
def test_two_rows_that_turn_out_to_be_one_customer(settings, chunk):
    settings.IMPORT_CHUNK_ROWS = chunk
    jana = CustomerFactory(email="jana@example.de")
    jana.external_ids.create(source="shopify", value="7")
    one = imported(
        table(
            {"Customer ID": "7", "First Name": "Jana", "Note": "by id"},
            {"Email": "jana@example.de", "Note": "by e-mail"},
        )
    )
    jana.refresh_from_db()
    assert (problems(one), jana.note) == ([(3, "same_customer")], "by id")


def test_a_new_address_becomes_the_primary_one_and_the_old_one_stays():
    imported(table({**JANA, "Customer ID": "7"}))
    customer = Customer.objects.get()
    imported(
        table({**JANA, "Customer ID": "7", "Email": "neu@example.de", "Phone": "+491701234567"})
    )
    found = (
        Identity.objects.filter(customer=customer).order_by("pk").values_list("key", "is_primary")
    )
    assert list(found) == [
        ("jana@example.de", False),
        ("neu@example.de", True),
        ("+491701234567", True),
    ]
    assert "neu@example.de" in CustomerSearch.objects.get(customer=customer).doc


def test_a_customer_with_an_account_keeps_the_address_they_sign_in_with(customer):
    customer.external_ids.create(source="shopify", value="7")
    one = imported(table({"Customer ID": "7", "Email": "thief@example.de", "Note": "x"}))
    customer.refresh_from_db()
    assert (problems(one), counts(one)) == ([(2, "email_of_account")], (0, 0, 0, 1))
    assert (customer.primary_email, customer.note) == ("jana.mueller@example.de", "")


def test_an_address_of_somebody_else_is_refused():
    CustomerFactory(email="taken@example.de")
    jana = CustomerFactory(email="jana@example.de")
    jana.external_ids.create(source="shopify", value="7")
    one = imported(table({"Customer ID": "7", "Email": "taken@example.de"}))
    assert problems(one) == [(2, "email_taken")]
