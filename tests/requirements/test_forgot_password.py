"""OWASP Forgot Password Cheat Sheet, line by line."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from environs import Env

from accounts.models import LinkRefused, ResetRequest, Session, StaffLink, User
from accounts.tokens import token_for
from events.models import Event
from shopdesk.environment import read_public_url
from tests.accounts.conftest import link_in, minutes_later, same_for_all
from tests.accounts.test_storefront import ASK_QUERIES
from tests.factories.accounts import PASSWORD
from tests.requirements.conftest import JANA, NEW

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_django.fixtures import SettingsWrapper

    from customers.models import Customer


UNKNOWN = "nobody@example.de"


def english() -> Client:
    return Client(headers={"Accept-Language": "en"})


def ask(browser: Client, address: str, **headers: str) -> Any:
    return browser.post("/account/recover/", {"email": address}, headers=headers)


def test_fp_request_1_the_message_is_the_same_for_known_and_unknown(customer: Customer) -> None:
    pages = {same_for_all(ask(english(), who)).replace(who, "") for who in (JANA, UNKNOWN)}
    assert len(pages) == 1


def test_fp_request_2_the_work_is_the_same_for_known_and_unknown(
    customer: Customer, django_assert_num_queries: Any
) -> None:
    """Times themselves are compared by `python -m benchmarks.enumeration`."""
    for address in (JANA, UNKNOWN):
        with django_assert_num_queries(ASK_QUERIES):
            ask(english(), address)


def test_fp_request_3_the_way_back_is_a_side_channel(
    customer: Customer, stranger: Client, worker: Any
) -> None:
    page = ask(stranger, JANA)
    [mail] = worker()
    token = link_in(mail).strip("/").rpartition("/")[2]
    assert (mail.to, token in page.content.decode()) == ([JANA], False)


def test_fp_request_4_floods_are_limited_for_the_address_and_for_the_network(
    customer: Customer, stranger: Client, worker: Any
) -> None:
    answers = [ask(stranger, JANA).status_code for _ in range(21)]
    assert (answers.count(answers[0]), answers[-1]) == (20, 429)
    assert len(worker()) == 1


def test_fp_request_5_nothing_changes_before_a_valid_token_is_presented(
    customer: Customer, jana: Callable[[], Client], stranger: Client, worker: Any
) -> None:
    signed_in = jana()
    ask(stranger, JANA)
    worker()
    assert signed_in.get("/account/").status_code == 200
    assert jana().get("/account/").status_code == 200


def test_fp_request_6_input_is_validated(stranger: Client) -> None:
    for address in ("", "no address", "a@b.de\nBcc: c@d.de", "a@b.de, c@d.de", "x" * 300):
        assert ask(stranger, address).status_code == 422


def test_fp_token_1_is_random_long_bound_to_one_person_and_stored_nowhere(
    link: ResetRequest, customer: Customer
) -> None:
    token = token_for(link)
    signature = token.partition(".")[2]
    assert len(signature) * 6 >= 256  # base64url of an HMAC-SHA256
    assert token not in str(list(ResetRequest.objects.values()))
    link.nonce = "another"
    assert token_for(link) != token


def test_fp_token_2_works_once(link: ResetRequest) -> None:
    link.redeem(NEW)
    with pytest.raises(LinkRefused):
        ResetRequest.objects.get(pk=link.pk).redeem("Noch-ein-Kennwort-4")


def test_fp_token_3_expires_after_an_appropriate_period(link: ResetRequest) -> None:
    assert (link.expires_at - link.started_at).total_seconds() == 3600
    minutes_later(61)
    with pytest.raises(LinkRefused):
        ResetRequest.objects.get(pk=link.pk).redeem(NEW)


def test_fp_token_4_guessing_is_limited(stranger: Client, link: ResetRequest) -> None:
    right = token_for(link)
    wrong = [f"{right[:-2]}{letters}" for letters in ("aa", "bb")] * 31
    answers = [stranger.get(f"/account/reset/{token}/").status_code for token in wrong[:61]]
    assert (set(answers[:60]), answers[60]) == ({404}, 429)


def test_fp_url_1_the_host_header_moves_no_link(
    customer: Customer, worker: Any, settings: SettingsWrapper
) -> None:
    forged = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "http"}
    assert ask(Client(), JANA, **forged).status_code == 200
    [mail] = worker()
    assert settings.PUBLIC_URL + link_in(mail) in str(mail.body)
    assert ask(Client(), JANA, Host="evil.example").status_code == 400


@pytest.mark.parametrize(("address", "starts"), [("http", False), ("https", True)])
def test_fp_url_2_links_of_a_real_installation_are_https(
    monkeypatch: pytest.MonkeyPatch, address: str, starts: bool
) -> None:
    monkeypatch.setenv("PUBLIC_URL", f"{address}://desk.example.com")
    with nullcontext() if starts else pytest.raises(ImproperlyConfigured, match="https"):
        read_public_url(Env(), local=False)


def test_fp_url_3_the_page_sends_no_referrer(at_the_form: Client) -> None:
    page = at_the_form.get("/account/reset/")
    assert page["Referrer-Policy"] == "no-referrer"


def test_fp_reset_1_the_password_policy_is_the_one_of_everywhere(at_the_form: Client) -> None:
    assert at_the_form.post("/account/reset/", {"password": "short"}).status_code == 422
    assert at_the_form.post("/account/reset/", {"password": "Passwort2026!"}).status_code == 422
    assert at_the_form.post("/account/reset/", {"password": NEW}).status_code == 302


def test_fp_reset_2_the_password_is_stored_as_a_slow_hash(link: ResetRequest) -> None:
    user = link.redeem(NEW)
    assert user.password.startswith("argon2")


def test_fp_reset_3_the_person_is_told_and_never_sent_the_password(
    link: ResetRequest, worker: Any
) -> None:
    worker()
    link.redeem(NEW)
    [mail] = worker()
    assert (mail.to, NEW in str(mail.message())) == ([JANA], False)
    assert mail.subject == "Ihr Passwort wurde geändert"


def test_fp_reset_4_nobody_is_signed_in_by_it(at_the_form: Client) -> None:
    assert at_the_form.post("/account/reset/", {"password": NEW}).url == "/account/login/"
    assert at_the_form.get("/account/").url == "/account/login/?next=/account/"


def test_fp_reset_5_existing_sessions_are_ended(
    link: ResetRequest, jana: Callable[[], Client]
) -> None:
    signed_in = jana()
    link.redeem(NEW)
    assert not Session.objects.filter(user__email=JANA).exists()
    assert signed_in.get("/account/").status_code == 302


def test_fp_questions_1_there_are_none() -> None:
    """No secret questions: no field of a person asks for an answer they chose."""
    names = {field.name for field in User._meta.get_fields()}
    assert [name for name in names if "question" in name or "answer" in name] == []


def test_fp_log_1_asked_sent_opened_used_and_refused_are_events_without_the_token(
    customer: Customer, stranger: Client, owner: User, worker: Any
) -> None:
    ask(stranger, JANA)
    [mail] = worker()
    stranger.get(link_in(mail))
    stranger.post("/account/reset/", {"password": NEW})
    customer.disable(by=owner)
    minutes_later()
    ask(stranger, JANA)
    worker()
    names = set(Event.objects.values_list("name", flat=True))
    asked, sent, refused = "recovery.asked", "mail.handed_over", "recovery.refused"
    opened, used = "reset_request.opened", "reset_request.redeemed"
    assert names >= {asked, "reset_request.started", sent, opened, used, refused}
    assert token_for(ResetRequest.objects.get()) not in str(list(Event.objects.values()))


def test_fp_staff_1_links_of_colleagues_obey_the_same_rules(agent: User, owner: User) -> None:
    link = StaffLink.start(agent, by=owner)
    assert (link.expires_at - link.started_at).total_seconds() == 3600
    link.redeem(NEW)
    with pytest.raises(LinkRefused):
        StaffLink.objects.get(pk=link.pk).redeem(NEW)
    agent.refresh_from_db()
    assert not agent.check_password(PASSWORD)
