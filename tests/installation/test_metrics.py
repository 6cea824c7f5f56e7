"""/metrics: for machines that know the token; counts pages by name and never a person."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from events.models import Delivery
from notifications.models import Mail, MailServer
from shopdesk.metrics import REQUESTS, paces
from shopdesk.pulses import CLOCK, beat_once
from tests.factories.accounts import sign_in

if TYPE_CHECKING:
    from accounts.models import User
    from customers.models import Customer

pytestmark = pytest.mark.django_db
TOKEN = "a-token-that-only-the-monitor-knows"


@pytest.fixture(autouse=True)
def a_token(settings) -> None:
    settings.METRICS_TOKEN = TOKEN


def scraped() -> dict[str, float]:
    """Each sample, by its name and labels as Prometheus writes them."""
    answer = Client().get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert (answer.status_code, answer["Content-Type"][:25]) == (200, "text/plain; version=0.0.4")
    samples = re.findall(r"^([a-z_]+(?:{.*})?) (\S+)$", answer.text, re.MULTILINE)
    return {name: float(value) for name, value in samples}


@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer wrong", f"Basic {TOKEN}", f"Bearer {TOKEN}x", "Bearer ü"]
)
def test_without_the_token_nothing_is_told(header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header}
    answer = Client().get("/metrics", headers=headers)
    assert (answer.status_code, answer["WWW-Authenticate"], answer.content) == (401, "Bearer", b"")


def test_without_a_token_set_there_is_no_such_page(settings) -> None:
    settings.METRICS_TOKEN = ""
    for header in ("Bearer ", "Bearer", ""):
        assert Client().get("/metrics", headers={"Authorization": header}).status_code == 404


def test_signing_in_opens_it_to_nobody(owner: User) -> None:
    assert sign_in(owner).get("/metrics").status_code == 401


def test_requests_are_counted_by_view_and_status(owner: User, customer: Customer) -> None:
    def counted() -> list[float]:
        return [
            scraped().get(f'shopdesk_requests_total{{status="{status}",view="{view}"}}', 0)
            for status, view in (
                ("2xx", "customer_detail"),
                ("4xx", "customer_detail"),
                ("4xx", "none"),
            )
        ]

    before = counted()
    desk = sign_in(owner)
    desk.get(f"/admin/customers/{customer.pk}/")
    desk.get("/admin/customers/999999/")
    desk.get("/no/such/page/")
    assert [now - then for now, then in zip(counted(), before, strict=True)] == [1, 1, 1]


def test_time_and_queries_are_counted(owner: User) -> None:
    before = scraped()
    sign_in(owner).get("/admin/")
    after = scraped()
    grown = {
        name: after[key] - before.get(key, 0)
        for name in (
            "shopdesk_request_seconds_count",
            "shopdesk_queries_total",
            "shopdesk_query_seconds_total",
        )
        if (key := f'{name}{{view="home"}}') in after
    }
    assert grown["shopdesk_request_seconds_count"] == 1
    assert grown["shopdesk_queries_total"] > 3
    assert 0 < grown["shopdesk_query_seconds_total"] < 5


def test_no_path_and_no_person_is_told(owner: User, customer: Customer) -> None:
    desk = sign_in(owner)
    desk.get(f"/admin/customers/{customer.pk}/")
    desk.get("/admin/customers/?q=jana.mueller@example.de")
    desk.get("/account/reset/17.AbCdEfGhIjKlMnOpQrStUvWxYz0123456789abcdefghi/")
    desk.get("/anything/somebody/makes/up/")
    views = {sample["view"] for sample in _labels()}
    assert not views & {"jana", "anything"}
    text = Client().get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).text
    assert not re.search(r"@|jana|AbCdEf|/admin|makes", text, re.IGNORECASE)


def _labels() -> list[dict[str, str]]:
    return [sample.labels for family in REQUESTS.collect() for sample in family.samples]


def test_what_waits_and_for_how_long(customer: Customer) -> None:
    with transaction.atomic():
        mail = Mail.queue("message_from_staff", to="j@example.de", language="de", about=customer)
    Mail.objects.update(queue_name="mail-now", due_at=timezone.now() - timedelta(seconds=90))
    before = Delivery.objects.open().count()
    found = scraped()
    assert found['shopdesk_waiting{queue="mail-now"}'] == 1
    assert 90 <= found['shopdesk_oldest_waiting_seconds{queue="mail-now"}'] < 120
    assert found['shopdesk_mails{state="waiting"}'] == 1
    assert found['shopdesk_deliveries{state="waiting"}'] == before
    assert mail.take()
    # A worker has it: it waits no longer.
    assert scraped()['shopdesk_waiting{queue="mail-now"}'] == 0


def test_what_is_put_off_is_not_late(customer: Customer) -> None:
    with transaction.atomic():
        Mail.queue("message_from_staff", to="j@example.de", language="de", about=customer)
    Mail.objects.update(queue_name="bulk", due_at=timezone.now() + timedelta(hours=1))
    found = scraped()
    told = (
        found['shopdesk_waiting{queue="bulk"}'],
        found['shopdesk_oldest_waiting_seconds{queue="bulk"}'],
    )
    assert told == (1, 0)


def test_workers_and_the_clock_are_felt() -> None:
    beat_once("mail-now@one", ["mail-now"])
    beat_once("mail-now@two", ["mail-now"])
    found = scraped()
    alive = [found[f'shopdesk_workers{{queue="{name}"}}'] for name in ("mail-now", "default")]
    assert (alive, found["shopdesk_clock"], found["shopdesk_broker"]) == ([2, 0], 0, 1)
    beat_once(CLOCK)
    assert scraped()["shopdesk_clock"] == 1


def test_a_worker_that_was_not_felt_for_long_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as earlier:
        earlier.setattr("shopdesk.pulses.time.time", lambda: timezone.now().timestamp() - 31)
        beat_once("bulk@one", ["bulk"])
    assert scraped()['shopdesk_workers{queue="bulk"}'] == 0


def test_without_redis_the_rest_is_told(settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    found = scraped()
    assert found["shopdesk_broker"] == 0
    assert 'shopdesk_workers{queue="bulk"}' not in found
    assert 'shopdesk_waiting{queue="bulk"}' in found


def test_a_mail_server_out_of_reach_is_told() -> None:
    assert scraped()["shopdesk_mail_server_away_seconds"] == 0
    MailServer.failed_to_answer()
    MailServer.objects.update(away_since=timezone.now() - timedelta(seconds=70))
    assert 70 <= scraped()["shopdesk_mail_server_away_seconds"] < 100


def test_the_pace_of_a_page_is_the_step_that_holds_95_of_100(owner: User) -> None:
    desk = sign_in(owner)
    for _ in range(3):
        desk.get("/admin/settings/")
    pace = next(pace for pace in paces() if pace.view == "settings_index")
    assert pace.count >= 3
    assert 0 < pace.mean <= pace.p95
