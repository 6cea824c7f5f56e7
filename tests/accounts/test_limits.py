"""What somebody who tries too often gets to see, and what a flood does not use up."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from accounts.models import ResetRequest, Throttle, User
from accounts.throttling import FROM_OUTSIDE, LIMITS, Throttled, hit_all
from accounts.tokens import token_for
from tests.factories.accounts import PASSWORD, sign_in
from tests.factories.customers import CustomerFactory

if TYPE_CHECKING:
    from customers.models import Customer

pytestmark = pytest.mark.django_db
RECOVER = "/account/recover/"


def use_up(name: str) -> None:
    Throttle.objects.filter(name=name).update(count=LIMITS[name].tries)


def test_everybody_together_is_limited_and_told_so() -> None:
    Client(REMOTE_ADDR="192.0.2.1").post(RECOVER, {"email": "a@example.de"})
    use_up("asks of everybody")
    english = {"Accept-Language": "en"}
    page = Client(REMOTE_ADDR="192.0.2.2", headers=english).post(RECOVER, {"email": "b@example.de"})
    assert (page.status_code, 1 <= int(page["Retry-After"]) <= 60) == (429, True)
    assert "Please wait a moment" in page.text


def test_a_flood_from_one_place_uses_up_its_own_limit_and_nobody_elses() -> None:
    flood = Client(REMOTE_ADDR="192.0.2.1")
    answers = [flood.post(RECOVER, {"email": "a@example.de"}).status_code for _ in range(30)]
    assert (answers.count(200), answers.count(429)) == (LIMITS["ask from ip"].tries, 10)
    assert Throttle.objects.get(name="asks of everybody").count == LIMITS["ask from ip"].tries


DOORS = [
    ("login", "/account/login/"),
    ("login", "/admin/login/"),
    ("ask", RECOVER),
    ("link", "/account/reset/1.x/"),
    ("link", "/admin/link/1.x/"),
    ("link", "/account/feedback/1.x/"),
    ("code", "/account/verify/"),
]


def act_at(path: str, *, network: int = 1, site: int = 1) -> int:
    browser = Client(REMOTE_ADDR=f"2001:db8:{site:x}:{network:x}::1")
    typed = {"email": "a@example.de", "password": "guess", "code": "1"}
    by_get = path.endswith(".x/")
    return (browser.get(path) if by_get else browser.post(path, typed)).status_code


@pytest.mark.parametrize(("door", "path"), DOORS)
def test_whoever_has_a_whole_site_gets_no_further_by_going_round_in_it(
    door: str, path: str
) -> None:
    _of_network, of_site, of_everybody = FROM_OUTSIDE[door]
    assert act_at(path, network=1) != 429
    use_up(of_site)
    assert (act_at(path, network=2), act_at(path, network=2, site=2) != 429) == (429, True)
    # What was refused to the site is not counted for everybody.
    assert Throttle.objects.get(name=of_everybody).count == 2


def test_an_ipv4_address_stands_for_itself() -> None:
    Client(REMOTE_ADDR="192.0.2.1").post(RECOVER, {"email": "a@example.de"})
    assert not Throttle.objects.filter(name="ask from site").exists()


def choose_by_a_link(customer: Customer) -> int:
    browser = Client(REMOTE_ADDR="2001:db8::1")
    browser.get(f"/account/reset/{token_for(ResetRequest.start(customer, by=None))}/")
    return browser.post("/account/reset/", {"password": "Espresso-am-Morgen-3"}).status_code


@pytest.mark.parametrize("name", FROM_OUTSIDE["redeem"])
def test_a_password_by_a_link_is_counted_for_its_site_and_for_everybody(
    customer: Customer, name: str
) -> None:
    assert choose_by_a_link(customer) == 302
    redeems = Throttle.objects.filter(name__in=FROM_OUTSIDE["redeem"])
    assert list(redeems.values_list("count", flat=True)) == [1, 1, 1]
    use_up(name)
    other = CustomerFactory(email="other@example.de", account=True)
    assert choose_by_a_link(other) == 429
    assert ResetRequest.objects.get(customer=other).is_open


def test_a_flood_at_the_shop_keeps_nobody_from_the_desk() -> None:
    act_at("/account/login/", site=1)
    use_up("sign-ins of everybody")
    assert act_at("/account/login/", site=2) == 429
    assert act_at("/admin/login/", site=2) != 429


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/account/login/", "sign-ins of everybody"),
        ("/admin/login/", "sign-ins of everybody"),
        ("/account/reset/1.x/", "links of everybody"),
        ("/admin/link/1.x/", "links of everybody"),
    ],
)
def test_each_door_is_counted_for_everybody(path: str, name: str) -> None:
    typed = {"email": "nobody@example.de", "password": "guess"}
    for _ in range(2):
        Client().post(path, typed) if path.endswith("login/") else Client().get(path)
        assert Throttle.objects.filter(name=name).count() == 1
    assert Throttle.objects.get(name=name).count == 2


def test_with_htmx_it_is_a_message_and_what_was_typed_stays(customer: Customer) -> None:
    browser = Client(headers={"Accept-Language": "en"})
    browser.post(RECOVER, {"email": "a@example.de"})
    use_up("ask from ip")
    answer = browser.post(RECOVER, {"email": "b@example.de"}, headers={"HX-Request": "true"})
    assert (answer.status_code, answer.text, "Retry-After" in answer) == (429, "", True)
    said = json.loads(answer["HX-Trigger"])["toast"]
    assert (said["level"], said["text"].startswith("There were too many tries.")) == (
        "warning",
        True,
    )


@pytest.mark.parametrize("door", ["shop", "desk"])
def test_a_password_is_changed_five_times_an_hour(
    customer: Customer, agent: User, door: str
) -> None:
    page = "/account/password/" if door == "shop" else "/admin/profile/password/"
    browser, present, statuses = sign_in(customer.user if door == "shop" else agent), PASSWORD, []
    for number in range(6):
        new = f"Espresso-am-Morgen-{number}"
        answer = browser.post(page, {"current": present, "password": new})
        statuses.append(answer.status_code)
        present = new if answer.status_code == 302 else present
    assert statuses == [302] * 5 + [429]


def test_the_first_limit_that_is_reached_ends_the_counting() -> None:
    def act() -> None:
        hit_all(("redeem from ip", "192.0.2.1"), ("links of everybody",))

    act()
    use_up("redeem from ip")
    with pytest.raises(Throttled):
        act()
    counts = dict(Throttle.objects.values_list("name", "count"))
    assert counts == {"redeem from ip": LIMITS["redeem from ip"].tries + 1, "links of everybody": 1}


def test_a_count_is_there_for_all_at_once_though_nobody_waits_for_the_disk(
    transactional_db: None, django_assert_num_queries: Any
) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = on")
    with django_assert_num_queries(1):
        hit_all(("links of everybody",))
    with connection.cursor() as cursor:
        cursor.execute("SHOW synchronous_commit")
        assert cursor.fetchone() == ("on",)
        cursor.execute("RESET synchronous_commit")
    assert Throttle.objects.get().count == 1
