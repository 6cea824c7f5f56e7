"""/account/verify/: whatever is typed, the answer and the work for it are the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from accounts.models import IdentityCheck, SpokenCode, Throttle, TypedCode
from accounts.spoken import code_for
from accounts.throttling import LIMITS
from tests.accounts.conftest import same_for_all
from tests.accounts.test_enumeration import statements
from tests.accounts.test_spoken_codes import CALL, count, make, minutes_pass
from tests.factories.accounts import sign_in
from tests.factories.checks import known_for_long

if TYPE_CHECKING:
    from accounts.models import User
    from customers.models import Customer

PAGE = "/account/verify/"
OF_THE_MOMENT = {"X-Request-ID", "Expires"}
pytestmark = pytest.mark.django_db


@pytest.fixture
def check(customer: Customer, agent: User) -> IdentityCheck:
    return IdentityCheck.begin(known_for_long(customer), by=agent)


def work_for(code: str) -> tuple[Any, ...]:
    browser = Client(headers={"Accept-Language": "en"})
    with statements() as asked:
        answer = browser.post(PAGE, {"code": code})
    headers = {name for name in answer.headers.items() if name[0] not in OF_THE_MOMENT}
    return answer.status_code, same_for_all(answer), headers, asked


def test_right_wrong_used_and_expired_codes_look_and_cost_alike(check: IdentityCheck) -> None:
    work_for("ABCD-EFGH")  # the first one finds no counters
    wrong = work_for("ABCD-EFGH")
    used = code_for(make(check, CALL))
    assert work_for(used) == wrong
    assert count(check)
    assert work_for(used) == wrong
    check.end(by=check.started_by)
    again = IdentityCheck.begin(check.customer, by=check.started_by)
    expired = code_for(make(again, CALL))
    minutes_pass(11)
    assert work_for(expired) == wrong
    assert work_for("not a code at all") == wrong
    assert "If the code was right" in wrong[1]


def test_the_page_needs_no_sign_in_and_leaks_no_address(stranger: Client) -> None:
    for page in (stranger.get(PAGE), stranger.post(PAGE, {"code": "ABCD-EFGH"})):
        assert page.status_code == 200
        assert page["Referrer-Policy"] == "no-referrer"
        assert page["Cache-Control"] == "no-store"
    form = stranger.get(PAGE).text.partition(f'action="{PAGE}"')[2].partition("</form>")[0]
    assert form.count("<input") == 2  # the code, and the form's own token


@pytest.mark.parametrize("typed", [{}, {"code": ""}, {"code": "9" * 41}, {"code": "1\0"}])
def test_what_can_be_no_code_is_shown_again(stranger: Client, typed: dict[str, str]) -> None:
    assert stranger.post(PAGE, typed).status_code == 422
    assert not TypedCode.objects.exists()


def test_a_browser_of_the_desk_types_no_code(check: IdentityCheck, agent: User) -> None:
    code = code_for(make(check, CALL))
    refused = sign_in(agent).post(PAGE, {"code": code})
    assert (refused.status_code, TypedCode.objects.count()) == (403, 0)
    assert "Somebody is signed in at the desk here." in refused.text


def test_a_customer_who_is_signed_in_types_it_as_well(
    check: IdentityCheck, customer: Customer
) -> None:
    code = code_for(make(check, CALL))
    assert sign_in(customer.user).post(PAGE, {"code": code}).status_code == 200
    assert count(check)


def test_one_network_types_ten_in_five_minutes(stranger: Client) -> None:
    answers = [stranger.post(PAGE, {"code": f"{number:08}"}) for number in range(11)]
    assert [one.status_code for one in answers] == [200] * 10 + [429]
    assert int(answers[-1]["Retry-After"]) > 290
    assert TypedCode.objects.count() == 10


def test_a_forwarded_address_is_no_other_network(stranger: Client) -> None:
    for number in range(11):
        forged = {"X-Forwarded-For": f"192.0.2.{number}"}
        answer = stranger.post(PAGE, {"code": f"{number:08}"}, headers=forged)
    assert answer.status_code == 429


def test_and_all_together_six_hundred_a_minute(stranger: Client) -> None:
    stranger.post(PAGE, {"code": "1"})
    of_all = Throttle.objects.filter(name="codes of everybody")
    of_all.update(count=LIMITS["codes of everybody"].tries)
    assert stranger.post(PAGE, {"code": "1"}).status_code == 429


def test_staff_see_it_come_in(check: IdentityCheck, agent: User, stranger: Client) -> None:
    base = f"/admin/customers/{check.customer_id}/identity-checks/{check.pk}/"
    browser, htmx = sign_in(agent), {"HX-Request": "true"}
    place = check.customer.identities.get(kind="phone").pk
    page = browser.post(f"{base}codes/{CALL}/", {"place": place}, headers=htmx)
    code = code_for(SpokenCode.objects.get())
    assert (code in page.text, "+49 40 555012" in page.text) == (True, True)
    waiting = browser.get(f"{base}codes/{CALL}/", headers=htmx)
    assert ("every 2s" in waiting.text, "load, submit" in waiting.text) == (True, False)
    stranger.post(PAGE, {"code": code})
    typed = browser.get(f"{base}codes/{CALL}/", headers=htmx)
    assert ("every 2s" in typed.text, "load, submit" in typed.text) == (False, True)
    check.refresh_from_db()
    assert check.points == 0  # looking changes nothing
    counted = browser.post(f"{base}proofs/{CALL}/", headers=htmx)
    assert "60 / 100" in counted.text
    assert browser.get(f"{base}codes/{CALL}/").status_code == 302


def test_the_code_that_is_mailed_is_not_shown_to_staff(check: IdentityCheck, agent: User) -> None:
    base = f"/admin/customers/{check.customer_id}/identity-checks/{check.pk}/"
    place = check.customer.identities.get(key="jana@zweit.example").pk
    browser = sign_in(agent)
    html = browser.post(f"{base}codes/mailed_code/", {"place": place}, follow=True).text
    assert code_for(SpokenCode.objects.get()) not in html
    assert ("j•••@zweit.example" in html, "jana@zweit.example" in html) == (True, False)


@pytest.mark.parametrize("place", ["", "0", "abc", "primary"])
def test_no_code_goes_to_an_address_of_ones_choice(
    check: IdentityCheck, agent: User, place: str
) -> None:
    primary = check.customer.identities.get(is_primary=True, kind="email").pk
    base = f"/admin/customers/{check.customer_id}/identity-checks/{check.pk}/"
    typed = {"place": str(primary) if place == "primary" else place}
    refused = sign_in(agent).post(f"{base}codes/mailed_code/", typed)
    assert (refused.status_code, SpokenCode.objects.count()) == (409, 0)


@pytest.mark.parametrize("proof", ["last_order", "nonsense"])
def test_only_some_proofs_have_codes(check: IdentityCheck, agent: User, proof: str) -> None:
    base = f"/admin/customers/{check.customer_id}/identity-checks/{check.pk}/"
    for method in ("get", "post"):
        assert getattr(sign_in(agent), method)(f"{base}codes/{proof}/").status_code == 404
