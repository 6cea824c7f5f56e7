"""One rule for all links: when one is mailed again, who replaces whom, and what ends them."""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection, transaction

from accounts.models import (
    AskPurpose,
    LinkRefused,
    LinkState,
    NotYet,
    RecoveryAsk,
    Registration,
    ResetRequest,
    SecretLink,
    Session,
    StaffLink,
    User,
)
from accounts.sessions import cookie_name, stored_key
from customers.models import Customer, Identity, Note
from events.models import Delivery
from tests.accounts.conftest import link_in, minutes_later, work_in_vain
from tests.factories.accounts import PASSWORD, sign_in
from tests.factories.customers import CustomerFactory
from tests.waiting import wait_until, waiting_connections

if TYPE_CHECKING:
    from accounts.models import User as Staff

NEW = "Espresso-am-Morgen-3"
JANA = "jana.mueller@example.de"
STRANGER = "neu@example.de"

Ask = Callable[[], SecretLink]


def register(email: str = STRANGER) -> Registration:
    ask = RecoveryAsk(purpose=AskPurpose.REGISTER, address=email, language="en")
    return Registration.start(ask)


@pytest.fixture(params=["reset", "staff", "registration"])
def from_outside(request: pytest.FixtureRequest, customer: Customer, agent: Staff) -> Ask:
    asks: dict[str, Ask] = {
        "reset": lambda: ResetRequest.start(customer, by=None),
        "staff": lambda: StaffLink.start(agent, by=None),
        "registration": register,
    }
    return asks[request.param]


def state_of(link: SecretLink) -> LinkState:
    link.refresh_from_db()
    return link.state


def test_a_double_click_mails_one_link(from_outside: Ask, worker: Any) -> None:
    first = from_outside()
    assert (from_outside(), len(worker())) == (first, 1)
    with pytest.raises(NotYet):
        from_outside()
    assert (state_of(first), worker()) == (LinkState.OPEN, [])


def test_a_later_ask_mails_the_same_link_again(from_outside: Ask, worker: Any) -> None:
    first = from_outside()
    [mail] = worker()
    minutes_later(29)
    assert from_outside() == first
    [again] = worker()
    assert (again.to, link_in(again)) == (mail.to, link_in(mail))


def test_a_link_is_mailed_again_however_little_of_its_life_is_left(
    from_outside: Ask, worker: Any
) -> None:
    first = from_outside()
    [mail] = worker()
    minutes_later(59)
    assert (from_outside(), state_of(first)) == (first, LinkState.OPEN)
    [again] = worker()
    assert link_in(again) == link_in(mail)


def test_only_an_expired_link_gives_way_to_an_ask_from_outside(
    from_outside: Ask, worker: Any
) -> None:
    first = from_outside()
    worker()
    minutes_later(61)
    second = from_outside()
    assert (state_of(first), second.state) == (LinkState.REPLACED, LinkState.OPEN)
    assert len(worker()) == 1


def test_asks_that_waited_for_workers_are_answered_by_one_mail(
    from_outside: Ask, worker: Any
) -> None:
    """For half an hour nobody delivered anything; the events are as old, their mails are not."""
    from_outside()
    for _ in range(2):
        minutes_later(2)
        from_outside()
    assert Delivery.objects.open().count() == 3
    assert len(worker()) == 1


def test_an_address_that_refuses_mail_is_none_to_knock_at_without_end(from_outside: Ask) -> None:
    from_outside()
    work_in_vain()
    with pytest.raises(NotYet):
        from_outside()


def test_staff_replace_whatever_was_asked_outside(customer: Customer, agent: Staff) -> None:
    asked = ResetRequest.start(customer, by=None)
    minutes_later(1)
    sent = ResetRequest.start(customer, by=agent)
    assert (state_of(asked), sent.state, sent.asked_by) == (
        LinkState.REPLACED,
        LinkState.OPEN,
        agent,
    )


def test_a_changed_password_kills_the_link_that_was_asked_for(
    customer: Customer, agent: Staff
) -> None:
    asked = ResetRequest.start(customer, by=None)
    typed = {"current": PASSWORD, "password": NEW}
    assert sign_in(customer.user).post("/account/password/", typed).url == "/account/"
    with pytest.raises(LinkRefused) as refused:
        asked.redeem("Somebody-elses-password-1")
    assert refused.value.state == LinkState.WITHDRAWN
    assert User.objects.get(customer=customer).check_password(NEW)


def test_a_colleagues_changed_password_kills_their_link(agent: Staff) -> None:
    link = StaffLink.start(agent, by=None)
    typed = {"current": PASSWORD, "password": NEW}
    assert sign_in(agent).post("/admin/profile/password/", typed).url == "/admin/profile/"
    assert state_of(link) == LinkState.WITHDRAWN


def test_an_opened_account_closes_invite_and_registration_alike(agent: Staff) -> None:
    registration = register()
    newcomer = CustomerFactory(email=STRANGER)
    minutes_later(1)
    invite = ResetRequest.start(newcomer, by=agent)
    registration.redeem(NEW)
    assert (state_of(registration), state_of(invite)) == (LinkState.USED, LinkState.WITHDRAWN)
    other = register("other@example.de")
    minutes_later(1)
    ResetRequest.start(CustomerFactory(email="other@example.de"), by=agent).redeem(NEW)
    assert state_of(other) == LinkState.WITHDRAWN


def test_a_registration_opens_nothing_for_somebody_disabled_since(agent: Staff) -> None:
    registration = register()
    entered = CustomerFactory(email=STRANGER)
    entered.disable(by=agent)
    with pytest.raises(LinkRefused) as refused:
        registration.redeem(NEW)
    assert (refused.value.state, state_of(registration)) == (LinkState.WITHDRAWN,) * 2
    assert not User.objects.filter(customer=entered).exists()


def test_a_link_opens_nothing_once_the_address_is_another_whoever_moved_it(
    customer: Customer, agent: Staff
) -> None:
    request = ResetRequest.start(customer, by=agent)
    # Past the verbs, as no code of ours does it: the link is still open.
    Identity.objects.filter(customer=customer).update(key="jana@neu.example")
    with pytest.raises(LinkRefused) as refused:
        request.redeem(NEW)
    assert (refused.value.state, state_of(request)) == (LinkState.WITHDRAWN, LinkState.OPEN)
    assert User.objects.get(customer=customer).check_password(PASSWORD)


def test_a_registration_waits_for_the_address_that_moves_and_is_refused(
    transactional_db: None,
) -> None:
    registration = register()
    entered = CustomerFactory(email=STRANGER)
    new = entered.add_email("other@example.de", by=None)
    told: list[object] = []

    def redeem() -> None:
        try:
            told.append(Registration.objects.get(pk=registration.pk).redeem(NEW))
        except LinkRefused as refused:
            told.append(refused.state)
        finally:
            connection.close()

    follower = Thread(target=redeem)
    with transaction.atomic():
        entered.make_primary(new, by=None)
        follower.start()
        wait_until(waiting_connections, what="the redemption's waiting")
    follower.join(timeout=20)
    assert told == [LinkState.WITHDRAWN]
    assert not User.objects.filter(customer=entered).exists()


def test_changing_a_password_while_a_link_is_redeemed_ends_in_one_of_them(
    transactional_db: None,
) -> None:
    customer = CustomerFactory(email=JANA, account=True)
    link = ResetRequest.start(customer, by=None)
    browser, elsewhere = sign_in(customer.user), sign_in(customer.user)
    told: dict[str, object] = {}

    def change() -> object:
        return browser.post("/account/password/", {"current": PASSWORD, "password": NEW}).url

    def redeem() -> object:
        return ResetRequest.objects.get(pk=link.pk).redeem("Somebody-elses-password-1")

    def run(act: Callable[[], object]) -> None:
        try:
            told[act.__name__] = act()
        except Exception as error:  # noqa: BLE001 -- the test looks at what each was told
            told[act.__name__] = error
        finally:
            connection.close()

    changing, redeeming = (Thread(target=run, args=[act]) for act in (change, redeem))
    with transaction.atomic():
        key = stored_key(elsewhere.cookies[cookie_name("shop")].value)
        assert Session.objects.select_for_update().get(session_key=key).user == customer.user
        changing.start()
        wait_until(waiting_connections, what="the change's waiting for a session that it ends")
        redeeming.start()
        wait_until(lambda: waiting_connections() == 2, what="the redemption's waiting")
    changing.join(timeout=20)
    redeeming.join(timeout=20)
    assert told["change"] == "/account/"
    assert isinstance(told["redeem"], LinkRefused)
    assert User.objects.get(customer=customer).check_password(NEW)


def test_a_password_that_is_no_longer_the_present_one_changes_nothing(
    transactional_db: None,
) -> None:
    customer = CustomerFactory(email=JANA, account=True)
    link = ResetRequest.start(customer, by=None)
    browser = sign_in(customer.user)
    statuses: list[int] = []

    def change() -> None:
        try:
            typed = {"current": PASSWORD, "password": "Somebody-elses-password-1"}
            statuses.append(browser.post("/account/password/", typed).status_code)
        finally:
            connection.close()

    changing = Thread(target=change)
    with transaction.atomic():
        link.redeem(NEW)
        changing.start()
        wait_until(waiting_connections, what="the change's waiting")
    changing.join(timeout=20)
    assert statuses == [422]
    assert User.objects.get(customer=customer).check_password(NEW)
    assert browser.get("/account/").status_code == 302


def test_a_note_need_not_wait_for_a_held_customer(transactional_db: None) -> None:
    from tests.factories.accounts import StaffFactory

    customer, agent = CustomerFactory(), StaffFactory()
    told: list[object] = []

    def write() -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '5s'")
            told.append(Note.write(customer, by=agent, text="Calls again tomorrow").text)
        finally:
            connection.close()

    writer = Thread(target=write)
    with transaction.atomic():
        customer.lock()
        writer.start()
        writer.join(timeout=20)
    assert told == ["Calls again tomorrow"]
