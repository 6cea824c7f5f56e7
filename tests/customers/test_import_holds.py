"""An import leaves alone what reaches a customer on hold, says so, and makes up for it later."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from customers.importing.working import work
from customers.models import Customer
from tests.customers.import_files import checked, counts, imported, problems, table
from tests.factories.customers import CustomerFactory

if TYPE_CHECKING:
    from customers.importing.models import Import

pytestmark = pytest.mark.django_db
JANA = {"Customer ID": "7001", "Email": "jana@example.de", "First Name": "Jana"}
MOVES = {
    "email": {"Email": "new@example.de"},
    "phone": {"Phone": "+49 30 5550 77"},
    "address": {"Default Address Address1": "Neue Straße 1", "Default Address City": "Berlin"},
    "country": {"Default Address Country Code": "DE"},
}


def reach() -> list[object]:
    jana = Customer.objects.get()
    return [
        jana.city,
        jana.country,
        *jana.identities.order_by("pk").values_list("key", "is_primary"),
        *jana.addresses.order_by("pk").values_list("street", "is_default"),
    ]


@pytest.fixture
def jana(db: None) -> Customer:
    """Known by an id, as a file brought her."""
    imported(table(JANA))
    return Customer.objects.get()


@pytest.mark.parametrize("what", MOVES)
def test_what_reaches_them_stays_and_the_rest_is_written(what: str, jana: Customer) -> None:
    jana.hold(by=None, reason="staff")
    before = reach()
    row = {**JANA, **MOVES[what], "First Name": "Janina", "Tags": "VIP"}
    one = imported(table(row))
    assert (counts(one), problems(one)) == ((0, 1, 0, 0), [(2, "on_hold")])
    jana.refresh_from_db()
    assert (reach(), jana.first_name) == (before, "Janina")
    assert jana.tags.get().name == "VIP"
    # What was kept out comes once the hold is lifted, and is kept out as long as it is not.
    assert counts(imported(table(row))) == (0, 0, 1, 0)
    jana.release(by=None)
    again = imported(table(row))
    assert (counts(again), problems(again)) == ((0, 1, 0, 0), [])
    assert reach() != before
    assert counts(imported(table(row))) == (0, 0, 1, 0)


def test_a_row_that_moves_nothing_is_no_problem(jana: Customer) -> None:
    jana.hold(by=None, reason="staff")
    one = imported(table({**JANA, "First Name": "Janina"}))
    assert (counts(one), problems(one)) == ((0, 1, 0, 0), [])


def test_consent_to_an_address_that_was_left_out_is_none_to_the_other(jana: Customer) -> None:
    jana.hold(by=None, reason="staff")
    imported(table({**JANA, "Email": "new@example.de", "Accepts Email Marketing": "yes"}))
    jana.refresh_from_db()
    assert jana.email_consent == "NOT_SUBSCRIBED"
    imported(table({**JANA, "Accepts Email Marketing": "yes"}))
    jana.refresh_from_db()
    assert jana.email_consent == "SUBSCRIBED"


def test_others_of_the_file_are_moved_as_ever(jana: Customer) -> None:
    other = CustomerFactory(email="karla@example.de")
    jana.hold(by=None, reason="staff")
    rows = [{**JANA, "Phone": "+49 30 5550 1"}, {"Email": "karla@example.de", "Phone": "+4930111"}]
    one = imported(table(*rows))
    assert problems(one) == [(2, "on_hold")]
    assert (other.identities.count(), jana.identities.count()) == (2, 1)


def test_a_hold_after_the_dry_run_counts(jana: Customer) -> None:
    one = checked(table({**JANA, "Email": "new@example.de"}))
    assert problems(one) == []
    jana.hold(by=None, reason="staff")
    one.start(by=None, in_worker=False)
    work(one.pk)
    assert problems(one) == [(2, "on_hold")]
    assert jana.identities.get().key == "jana@example.de"


class TestTakingBack:
    def undone(self, one: Import) -> Import:
        assert one.undo(by=None, in_worker=False)
        work(one.pk)
        return one

    def test_an_import_from_before_the_hold_leaves_them_alone(self, jana: Customer) -> None:
        one = imported(table({**JANA, "Email": "new@example.de"}))
        jana.hold(by=None, reason="staff")
        before = reach()
        assert problems(self.undone(one)) == [(2, "touched")]
        assert reach() == before

    def test_one_during_the_hold_takes_back_what_it_wrote(self, jana: Customer) -> None:
        jana.hold(by=None, reason="staff")
        before = reach()
        row = {**JANA, "Email": "new@example.de", "First Name": "Janina"}
        self.undone(imported(table(row)))
        jana.refresh_from_db()
        assert (reach(), jana.first_name) == (before, "Jana")
