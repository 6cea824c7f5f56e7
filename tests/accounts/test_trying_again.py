"""A mail with a link that failed and is tried again counts as any mail with a link does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from accounts.models import AskPurpose, RecoveryAsk
from notifications.kinds import TooSoon
from notifications.models import Mail
from tests.accounts.conftest import mailed_earlier, work_in_vain
from tests.accounts.test_alarm_mails import by_whoever_is_signed_in
from tests.accounts.test_mail_budget import HOUR, MINUTE
from tests.factories.accounts import StaffFactory, sign_in
from tests.factories.customers import CustomerFactory
from tests.happened import happened_to
from tests.threads import THREADS, all_at_once

if TYPE_CHECKING:
    from accounts.models import User
    from customers.models import Customer


def failed_mail(customer: Customer) -> Mail:
    """What a stranger asked for: its refusal gives nothing back."""
    RecoveryAsk.ask(AskPurpose.RECOVER, customer.primary_email).answer()
    work_in_vain()
    return Mail.objects.failed().latest("pk")


def tries(mail: Mail) -> int:
    return happened_to(mail).filter(name="mail.tried_again").count()


def test_within_a_minute_it_waits_and_nothing_has_changed(customer: Customer, lead: User) -> None:
    mail = failed_mail(customer)
    with pytest.raises(TooSoon) as refusal:
        mail.try_again(by=lead)
    mail.refresh_from_db()
    assert (refusal.value.seconds in range(50, 61), mail.state, tries(mail)) == (True, "failed", 0)


def test_later_it_leaves_and_is_counted(customer: Customer, lead: User, worker: Any) -> None:
    mail = failed_mail(customer)
    mailed_earlier(MINUTE)
    assert mail.try_again(by=lead)
    assert (mail.try_again(by=lead), tries(mail)) == (False, 1)
    assert len(worker()) == 1
    RecoveryAsk.ask(AskPurpose.RECOVER, customer.primary_email)
    assert worker() == []


def test_five_an_hour_and_no_more(customer: Customer, lead: User) -> None:
    mail = failed_mail(customer)
    for _ in range(4):
        mailed_earlier(MINUTE)
        assert mail.try_again(by=lead)
        work_in_vain()
        mail.refresh_from_db()
    mailed_earlier(MINUTE)
    with pytest.raises(TooSoon) as refusal:
        mail.try_again(by=lead)
    assert refusal.value.seconds > 60
    mailed_earlier(HOUR)
    assert mail.try_again(by=lead)


def test_the_news_of_a_new_password_is_not_held_back(customer: Customer, lead: User) -> None:
    failed_mail(customer)
    by_whoever_is_signed_in(customer)
    work_in_vain()
    notice = Mail.objects.get(kind="password_changed")
    for _ in range(2):
        assert notice.try_again(by=lead)
        work_in_vain()
        notice.refresh_from_db()


@pytest.mark.parametrize("htmx", [True, False])
def test_the_desk_says_how_long(customer: Customer, lead: User, htmx: bool) -> None:
    mail = failed_mail(customer)
    browser, url = sign_in(lead), reverse("mail_attempts", args=[mail.pk])
    headers = {"HX-Request": "true"} if htmx else {}
    answer = browser.post(url, headers=headers)
    said = answer["HX-Trigger"] if htmx else browser.get(answer.url).text
    assert "at most one such mail a minute and five an hour. Try again in" in said
    assert customer.primary_email in (answer.text if htmx else said)


def test_of_eight_who_try_again_at_once_one_mail_leaves(transactional_db: None) -> None:
    lead = StaffFactory(role="lead")
    customer = CustomerFactory(email="jana@example.de", account=True)
    first = failed_mail(customer)
    mailed_earlier(MINUTE)
    second = Mail.objects.create(
        kind=first.kind, to=first.to, language="en", subject_type=first.subject_type,
        subject_id=first.subject_id, failed_at=first.failed_at, gives_up_at=first.gives_up_at,
        queue_name=first.queue_name,
    )  # fmt: skip
    pks = [first.pk, second.pk] * (THREADS // 2)
    results = all_at_once(lambda n: Mail.objects.get(pk=pks[n]).try_again(by=lead))
    strange = [one for one in results if isinstance(one, Exception) and type(one) is not TooSoon]
    assert (strange, results.count(True)) == ([], 1)
    assert tries(first) + tries(second) == 1
