"""After an outage of the mail server the first success sends all the others on their way."""

from __future__ import annotations

import time
from datetime import timedelta
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from events.broker import messages_in
from events.leases import Leased
from events.log import record
from events.models import Delivery
from events.telling import Quiet, fill
from notifications.models import Mail, MailServer, servers
from notifications.tasks import send_mail, sweep
from tests.brokers import lose_everything, take_one, told_of
from tests.factories.notifications import MailFactory, MailServerDouble
from tests.notifications.outbox import recipients
from tests.waiting import wait_until, waiting_connections

if TYPE_CHECKING:
    from pytest_django.fixtures import SettingsWrapper

    from shop.models import Shop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_broker", "small_batches")]
BATCH = 4
QUEUES = ("mail-now", "bulk")


@pytest.fixture
def small_batches(settings: SettingsWrapper) -> None:
    settings.TELL_BATCH = BATCH


def in_an_outage(count: int, *, failure: str = "connection", **values: Any) -> list[Mail]:
    """Mails that were tried in vain, and will be tried again in ten minutes."""
    MailServer.failed_to_answer()
    MailServer.objects.update(next_try_at=timezone.now())
    later = timezone.now() + timedelta(minutes=10)
    waits = {"failure": failure, "due_at": later, "told_at": None} | values
    return MailFactory.create_batch(count, **waits)


def work(*, at_most: int = 1000) -> int:
    """A worker at all queues, until they are empty: how many messages one held at most."""
    most = 0
    for _round in range(at_most):
        most = max(most, *(messages_in(queue) or 0 for queue in QUEUES))
        told = [one for queue in QUEUES if (one := take_one(queue))]
        if not told:
            break
        for mail in told:
            send_mail(mail)
    return most


@pytest.mark.parametrize("failure", ["connection", "temporary"])
def test_all_are_sent_without_waiting_for_the_sweep(
    failure: str, mail_server: MailServerDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(servers, "RELEASED_AT_ONCE", 7)
    bulk = in_an_outage(20, failure=failure, queue_name="bulk")
    resets = in_an_outage(5, failure=failure)
    first = MailFactory()

    send_mail(first.pk)
    assert 0 < work() <= 2 * BATCH
    assert recipients(mail_server) == sorted(mail.to for mail in (first, *bulk, *resets))


def test_a_reset_is_told_of_at_once_however_many_others_wait(
    mail_server: MailServerDouble,
) -> None:
    in_an_outage(20, queue_name="bulk")
    (reset,) = in_an_outage(1)
    send_mail(MailFactory(queue_name="bulk").pk)

    assert told_of("mail-now") == [reset.pk]
    assert len(told_of("bulk")) == BATCH


def test_a_broker_emptied_in_between_loses_none(
    mail_server: MailServerDouble, settings: SettingsWrapper
) -> None:
    settings.RETELL_SECONDS = 0
    mails = in_an_outage(20)
    first = MailFactory()
    send_mail(first.pk)
    work(at_most=5)
    lose_everything()

    sweep(everything=True)
    work()
    assert recipients(mail_server) == sorted(mail.to for mail in (first, *mails))


def test_while_the_server_is_away_nobody_is_told_of_the_next_ones(no_mail_server: None) -> None:
    mails = in_an_outage(20, due_at=timezone.now())
    for mail in mails[:3]:
        send_mail(mail.pk)

    # Of the one that knocked a worker is told for its next try.
    assert told_of("mail-now") == [mails[0].pk]
    assert MailServer.out_of_reach_since() is not None


def test_the_sweep_tells_of_some_all_the_same_so_that_one_knocks(no_mail_server: None) -> None:
    in_an_outage(20, due_at=timezone.now())

    assert sweep() == BATCH
    work()
    assert Mail.objects.filter(attempts=1).count() == 1


def test_a_server_that_goes_away_again_stops_the_rest(
    mail_server: MailServerDouble, settings: SettingsWrapper
) -> None:
    in_an_outage(20)
    send_mail(MailFactory().pk)
    settings.EMAIL_PORT = 9
    work()

    assert Mail.objects.filter(attempts=1, handed_over_at=None).count() == 1
    assert mail_server.asked == 1


def test_those_told_of_within_a_moment_of_quiet_still_tell_of_the_next(
    mail_server: MailServerDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    mails = in_an_outage(20)
    send_mail(MailFactory().pk)
    monkeypatch.setitem(Quiet.until, "mail-now", time.monotonic() + 3600)
    work()

    assert mail_server.asked == 1 + len(mails)


def test_one_that_finds_the_server_back_is_not_postponed(mail_server: MailServerDouble) -> None:
    (mail,) = in_an_outage(1, due_at=timezone.now())
    MailServer.took_a_mail()

    assert not mail.postpone()
    assert mail in Mail.objects.due()


def test_each_table_of_a_queue_has_its_share(shop: Shop) -> None:
    MailFactory.create_batch(20, told_at=None)
    with transaction.atomic():
        event = record("shop.tested", shop)
    names = [f"tests.{number}" for number in range(20)]
    Delivery.objects.bulk_create(
        Delivery(event=event, handler=name, queue_name="mail-now", told_at=None) for name in names
    )

    assert fill("mail-now") == 2 * BATCH
    untold = [model.rows().untold().count() for model in Leased.__subclasses__()]
    assert untold == [20 - BATCH, 20 - BATCH]


@pytest.mark.django_db(transaction=True)
def test_one_that_is_postponed_at_the_moment_of_release_is_released(
    mail_server: MailServerDouble,
) -> None:
    (mail,) = in_an_outage(1, due_at=timezone.now())

    def get_through() -> None:
        MailServer.took_a_mail()
        connection.close()

    other = Thread(target=get_through)
    with transaction.atomic():
        assert mail.postpone()
        other.start()
        wait_until(waiting_connections, what="the one that got through")
    other.join(timeout=20)

    assert mail in Mail.objects.due()
