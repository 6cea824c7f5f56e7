"""What to do and to say while a customer who cannot sign in is on the phone."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.utils import timezone, translation

from accounts.check_words import outcome_of
from accounts.models import IdentityCheck, ResetRequest, User
from accounts.phone_help import phone_help
from accounts.phone_texts import SAID
from core import words
from customers.models import Customer
from notifications.models import Mail, Trouble
from shop.models import Shop
from tests.factories.accounts import sign_in
from tests.factories.checks import passed_check
from tests.factories.customers import CustomerFactory

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

JANA = "jana.mueller@example.de"
NEW = "Espresso-am-Morgen-3"
HTMX = {"HX-Request": "true", "HX-Target": "phone_help"}


def url_of(customer: Customer) -> str:
    return f"/admin/customers/{customer.pk}/phone-help/"


def fresh(customer: Customer) -> Customer:
    return Customer.objects.prefetch_related("identities").get(pk=customer.pk)


def texts(customer: Customer) -> list[str]:
    return list(phone_help(fresh(customer))["said"].texts)


def states(customer: Customer) -> list[str]:
    return [step.state for step in phone_help(fresh(customer))["steps"]]


def in_english(customer: Customer) -> None:
    Customer.objects.filter(pk=customer.pk).update(language="en")


def test_the_script_goes_along_with_the_call(customer: Customer, agent: User, worker: Any) -> None:
    found = [states(customer)]
    passed_check(customer, by=agent)
    found.append(states(customer))
    request = ResetRequest.start(customer, by=agent)
    found.append(states(customer))
    worker()
    request.open_link()
    found.append(states(customer))
    request.redeem(NEW)
    Client().post("/account/login/", {"email": JANA, "password": NEW})
    found.append(states(customer))
    assert found == [
        ["now", "", "", "", ""],
        ["done", "now", "", "", ""],
        ["done", "done", "done", "now", ""],
        ["done", "done", "done", "done", "now"],
        ["done", "done", "done", "done", "done"],
    ]


def test_whoever_sends_without_asking_is_not_sent_back(customer: Customer, agent: User) -> None:
    ResetRequest.start(customer, by=agent)
    assert states(customer) == ["", "done", "done", "now", ""]


def test_a_check_begins_in_the_script_unless_one_still_counts(
    customer: Customer, agent: User
) -> None:
    browser, begin = sign_in(agent), f"/admin/customers/{customer.pk}/identity-checks/"
    form = f'action="{begin}"'
    assert browser.get(url_of(customer)).text.count(form) == 1
    assert browser.post(begin).status_code == 302
    mine = IdentityCheck.objects.get(customer=customer)
    # Whoever comes back to the script goes on with theirs.
    assert browser.get(url_of(customer), headers=HTMX).text.count(form) == 1
    assert browser.post(begin)["Location"].endswith(f"/identity-checks/{mine.pk}/")
    mine.end(by=agent)
    passed_check(customer, by=agent)
    page = browser.get(url_of(customer)).text
    assert (form in page, "Identity check passed, valid until" in page) == (False, True)
    IdentityCheck.objects.passed().update(valid_until=timezone.now())
    assert form in browser.get(url_of(customer)).text


def test_a_check_that_counts_beyond_today_names_the_day(customer: Customer, agent: User) -> None:
    check = passed_check(customer, by=agent, lasts=48 * 60)
    until = check.valid_until
    said = f"Identity check passed, valid until {words.day(until)}, {words.clock(until)}"
    assert phone_help(fresh(customer))["steps"][0].text == f"{said}."
    assert outcome_of(check).title == said
    with translation.override("de"):
        text = phone_help(fresh(customer))["steps"][0].text
        assert text.endswith(f"gültig bis {words.day(until)}, {words.clock(until)} Uhr.")


def test_the_address_is_compared_and_not_given_away(customer: Customer) -> None:
    address = phone_help(fresh(customer))["steps"][1].text
    assert address == "Have them say it, and do not say it first. It should be j•••@example.de."
    mistyped = CustomerFactory(email="jana@gmial.com")
    assert "Did they mean gmail.com?" in phone_help(fresh(mistyped))["steps"][1].text
    without = CustomerFactory(email="", phone="+4940123456")
    assert phone_help(fresh(without))["steps"][1].text.startswith("There is no e-mail address")


@pytest.mark.parametrize(
    ("language", "form", "code", "beginning"),
    [
        ("en", "", "en", "I will gladly help you."),
        ("de", "formal", "de", "Ich helfe Ihnen gern."),
        ("de", "informal", "de", "Ich helfe dir gern."),
    ],
)
@pytest.mark.parametrize("desk", ["en", "de", "de-informal"])
def test_texts_are_in_the_customers_language_whatever_staff_read(
    customer: Customer, desk: str, language: str, form: str, code: str, beginning: str
) -> None:
    Customer.objects.filter(pk=customer.pk).update(language=language, form_of_address=form)
    with translation.override(desk):
        said = phone_help(fresh(customer))["said"]
        assert translation.get_language() == desk
    assert (said.language, said.texts[0].startswith(beginning)) == (code, True)


def test_without_a_choice_of_their_own_it_is_the_shops(customer: Customer) -> None:
    Shop.objects.update(language="de", form_of_address="informal")
    Customer.objects.filter(pk=customer.pk).update(language="", form_of_address="")
    assert texts(customer)[0].startswith("Ich helfe dir gern.")


def test_texts_follow_how_far_the_link_has_come(
    customer: Customer, agent: User, worker: Any
) -> None:
    in_english(customer)
    request = ResetRequest.start(customer, by=agent)
    assert texts(customer)[0].startswith("The mail is on its way.")
    worker()
    subject = Mail.objects.get().sent_subject
    assert texts(customer)[0].endswith(f"its subject is: {subject}")
    assert "spam folder" in texts(customer)[1]
    request.open_link()
    assert "press “Save password”." in texts(customer)[0]
    request.redeem(NEW)
    assert texts(customer)[0].endswith("http://127.0.0.1:8000/account/login/")
    Client().post("/account/login/", {"email": JANA, "password": NEW})
    assert texts(customer) == ["You are signed in. Is there anything else that I can do for you?"]


def test_texts_name_the_button_that_the_customer_sees(agent: User, worker: Any) -> None:
    newcomer = CustomerFactory(language="de", form_of_address="formal")
    request = ResetRequest.start(newcomer, by=agent)
    worker()
    request.open_link()
    with translation.override("de"):
        button = translation.gettext("Open my account")
    assert f"„{button}“" in texts(newcomer)[0]


@pytest.mark.parametrize(
    ("trouble", "beginning"),
    [(Trouble.FULL, "Your mailbox is full"), (Trouble.GONE, "Our mail came back. Please say")],
)
def test_texts_for_a_mail_that_came_back(
    customer: Customer, agent: User, worker: Any, trouble: Trouble, beginning: str
) -> None:
    in_english(customer)
    ResetRequest.start(customer, by=agent)
    worker()
    Mail.objects.update(service_id="a")
    Mail.objects.get().note_bounce(trouble, at=timezone.now(), words="")
    assert texts(customer)[0].startswith(beginning)
    assert states(customer) == ["now", "", "", "", ""]


def test_texts_for_a_link_that_has_expired_and_a_server_that_is_away(
    customer: Customer, agent: User, worker: Any, settings: Any
) -> None:
    in_english(customer)
    backend = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    ResetRequest.start(customer, by=agent)
    worker()
    assert texts(customer)[0].startswith("Our mail server needs a moment.")
    settings.EMAIL_BACKEND = backend
    Mail.objects.update(handed_over_at=timezone.now())
    ResetRequest.objects.update(expires_at=timezone.now())
    assert texts(customer)[0].startswith("That link is no longer good.")
    ResetRequest.objects.update(expires_at=timezone.now() - timedelta(days=2))
    assert texts(customer)[0].startswith("I will gladly help you.")


def test_every_situation_has_its_texts() -> None:
    from accounts.reset_trail import ResetTrail

    named = (ResetTrail.situation.__doc__ or "").removeprefix("One of ").rstrip(".")
    situations = {word.strip() for word in named.replace("\n", " ").split(",")}
    assert situations - set(SAID) == {"declined", "undone"}


@pytest.mark.parametrize(
    ("who", "status"), [("owner", 200), ("lead", 200), ("agent", 200), ("reader", 403)]
)
def test_who_may_open_it(cast: dict[str, User], customer: Customer, who: str, status: int) -> None:
    browser = sign_in(cast[who])
    assert browser.get(url_of(customer)).status_code == status
    page = browser.get(f"/admin/customers/{customer.pk}/").text
    assert (f'href="{url_of(customer)}"' in page) == (status == 200)


def test_a_customer_who_is_barred_has_no_such_button(customer: Customer, agent: User) -> None:
    customer.disable(by=agent)
    page = sign_in(agent).get(f"/admin/customers/{customer.pk}/").text
    assert url_of(customer) not in page
    assert 'name="anyway"' not in sign_in(agent).get(url_of(customer)).text


def test_it_opens_in_the_page_and_closes_again(customer: Customer, agent: User) -> None:
    browser = sign_in(agent)
    opened = browser.get(url_of(customer), headers=HTMX).text
    assert opened.lstrip().startswith('<section class="card call" id="phone_help"')
    assert ("customer-changed from:body" in opened, "<html" in opened) == (True, False)
    closed = browser.get(f"{url_of(customer)}?closed=1", headers=HTMX).text
    assert closed.strip() == '<div id="phone_help"></div>'
    assert "<html" in browser.get(f"{url_of(customer)}?closed=1").text


def test_a_strange_number_is_not_found(agent: User) -> None:
    browser = sign_in(agent)
    assert [
        browser.get(f"/admin/customers/{pk}/phone-help/").status_code for pk in (0, 10**30)
    ] == [
        404,
        404,
    ]


def test_it_costs_few_queries(
    customer: Customer, agent: User, worker: Any, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    ResetRequest.start(customer, by=agent)
    worker()
    known = fresh(customer)
    with django_assert_num_queries(HELP_QUERIES):
        phone_help(known)


# Request, mails, what is known of the address, check; the shop, three times.
HELP_QUERIES = 7
