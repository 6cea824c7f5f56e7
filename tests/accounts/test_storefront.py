"""The customers' door, page by page. None of it needs JavaScript."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from accounts.models import RecoveryAsk, Registration, Session, Throttle, User
from customers.models import AccountState, Customer, Identity, Proof
from tests.accounts.conftest import link_in, same_for_all
from tests.factories.accounts import PASSWORD, StaffFactory, sign_in
from tests.factories.customers import CustomerFactory

if TYPE_CHECKING:
    from accounts.models import User as Staff

NEW = "Espresso-am-Morgen-3"
JANA = "jana.mueller@example.de"


def log_in(browser: Client, email: str, password: str = PASSWORD, **more: str) -> Any:
    return browser.post("/account/login/", {"email": email, "password": password, **more})


def test_a_customer_signs_in_and_out(customer: Customer, stranger: Client) -> None:
    response = log_in(stranger, " Jana.Mueller@Example.de ")
    assert (response.status_code, response.url) == (302, "/account/")
    assert stranger.get("/account/").context["customer"] == customer
    assert stranger.post("/account/logout/").url == "/account/login/"
    assert stranger.get("/account/").url == "/account/login/?next=/account/"
    assert not Session.objects.of(customer.user).exists()


@pytest.mark.parametrize(
    ("language", "form", "name"),
    [("en", "formal", "Jana"), ("de", "formal", "Jana Müller"), ("de", "informal", "Jana")],
)
def test_the_account_greets_by_the_whole_name_with_sie(
    customer: Customer, stranger: Client, language: str, form: str, name: str
) -> None:
    Customer.objects.filter(pk=customer.pk).update(language=language, form_of_address=form)
    log_in(stranger, JANA)
    assert stranger.get("/account/").context["calling_name"] == name


@pytest.mark.parametrize(
    ("email", "password"),
    [(JANA, "wrong"), ("nobody@example.de", PASSWORD), ("anna@desk.example", PASSWORD)],
)
def test_wrong_unknown_and_staff_are_refused_alike(
    customer: Customer, agent: Staff, stranger: Client, email: str, password: str
) -> None:
    response = log_in(stranger, email, password)
    assert response.status_code == 422
    assert response.context["form"].errors == {
        "password": ["This address and password do not go together."]
    }


def test_a_disabled_customer_cannot_sign_in(customer: Customer, stranger: Client) -> None:
    customer.disable(by=None)
    assert log_in(stranger, JANA).status_code == 422


def test_signing_in_changes_the_session_key(customer: Customer, stranger: Client) -> None:
    stranger.get("/account/reset/none/")
    before = stranger.cookies.get("shop_8000")
    log_in(stranger, JANA)
    assert stranger.cookies["shop_8000"].value != (before.value if before else None)


@pytest.mark.parametrize(
    ("target", "leads_to"),
    [
        ("/account/profile/", "/account/profile/"),
        ("//evil.example/account/", "/account/"),
        ("/\\evil.example", "/account/"),
        ("https://evil.example/account/", "/account/"),
        ("/admin/", "/account/"),
        ("javascript:alert(1)", "/account/"),
    ],
)
def test_after_signing_in_only_our_own_pages_follow(
    customer: Customer, stranger: Client, target: str, leads_to: str
) -> None:
    assert log_in(stranger, JANA, next=target).url == leads_to


def test_an_owner_is_signed_in_at_both_doors_at_once(db: None) -> None:
    owner = StaffFactory(email=JANA, role="owner")
    customer = CustomerFactory(email=JANA, account=True)
    browser = Client()
    log_in(browser, JANA)
    browser.post("/admin/login/", {"email": JANA, "password": PASSWORD})
    assert browser.get("/account/").context["customer"] == customer
    assert browser.get("/admin/profile/").context["request"].user == owner
    browser.post("/account/logout/")
    assert browser.get("/admin/profile/").status_code == 200


def test_the_key_of_one_door_opens_nothing_at_the_other(
    customer: Customer, owner: Staff, stranger: Client
) -> None:
    key = sign_in(customer.user).cookies["shop_8000"].value
    stranger.cookies["desk_8000"] = key
    assert stranger.get("/admin/profile/").status_code == 302
    stranger.cookies.clear()
    stranger.cookies["shop_8000"] = sign_in(owner).cookies["desk_8000"].value
    assert stranger.get("/account/").status_code == 302


def test_known_and_unknown_addresses_get_the_same_answer_and_the_same_work(
    customer: Customer, stranger: Client, django_assert_num_queries: Any
) -> None:
    pages = []
    for email in (JANA, "nobody@example.de"):
        with django_assert_num_queries(ASK_QUERIES):
            pages.append(stranger.post("/account/recover/", {"email": email}))
    assert [page.status_code for page in pages] == [200, 200]
    assert same_for_all(pages[0]) == same_for_all(pages[1])
    assert RecoveryAsk.objects.count() == 2


# Two counters, and in one transaction the ask, its event and its delivery; the shop.
ASK_QUERIES = 8


def test_asking_sends_a_link_and_forgets_who_asked(
    customer: Customer, stranger: Client, worker: Any
) -> None:
    stranger.post("/account/recover/", {"email": JANA.upper()})
    stranger.post("/account/recover/", {"email": "nobody@example.de"})
    [mail] = worker()
    assert mail.to == [JANA]
    assert link_in(mail).startswith("/account/reset/")
    assert set(RecoveryAsk.objects.values_list("address", flat=True)) == {""}


def test_a_customer_without_account_who_asks_is_invited(stranger: Client, worker: Any) -> None:
    CustomerFactory(email="neu@example.de")
    stranger.post("/account/recover/", {"email": "neu@example.de"})
    [mail] = worker()
    assert link_in(mail).startswith("/account/activate/")


def test_an_unknown_person_registers(stranger: Client, worker: Any) -> None:
    typed = {"first_name": "Buy pills", "last_name": "Now", "email": "fremd@example.de"}
    assert stranger.post("/account/register/", typed).status_code == 200
    assert not Customer.objects.exists()
    [mail] = worker()
    assert "Buy pills" not in str(mail.message())
    page = stranger.get(link_in(mail), follow=True)
    assert page.redirect_chain == [("/account/confirm/", 302)]
    saved = stranger.post(
        "/account/confirm/", {"first_name": "Frida", "last_name": "Fremd", "password": NEW}
    )
    assert saved.url == "/account/login/"
    newcomer = Customer.objects.get()
    assert (newcomer.name, newcomer.account_state) == ("Frida Fremd", AccountState.ENABLED)
    assert Identity.objects.get(customer=newcomer).proof == Proof.PROVED
    assert log_in(stranger, "fremd@example.de", NEW).url == "/account/"


def test_a_known_customer_who_registers_gets_the_ordinary_link(
    customer: Customer, stranger: Client, worker: Any
) -> None:
    stranger.post("/account/register/", {"email": JANA})
    [mail] = worker()
    assert link_in(mail).startswith("/account/reset/")
    assert not Registration.objects.exists()


def test_one_address_is_not_flooded_and_the_answer_stays_the_same(
    customer: Customer, stranger: Client, worker: Any
) -> None:
    pages = [stranger.post("/account/recover/", {"email": JANA}) for _ in range(6)]
    assert [page.status_code for page in pages] == [200] * 6
    assert (len(set(map(same_for_all, pages))), len(worker())) == (1, 1)


def test_too_many_tries_get_a_page_that_says_how_long(customer: Customer, stranger: Client) -> None:
    pages = [log_in(stranger, JANA, "wrong") for _ in range(11)]
    assert [page.status_code for page in pages] == [422] * 10 + [429]
    assert 1 <= int(pages[-1]["Retry-After"]) <= 300
    assert log_in(stranger, JANA).status_code == 429
    assert log_in(Client(REMOTE_ADDR="192.0.2.7"), JANA).status_code == 302


def test_forwarded_addresses_of_the_client_itself_count_for_nothing(
    customer: Customer, stranger: Client
) -> None:
    for number in range(11):
        response = stranger.post(
            "/account/login/",
            {"email": JANA, "password": "wrong"},
            headers={"X-Forwarded-For": f"198.51.100.{number}"},
        )
    assert response.status_code == 429


def test_the_story_after_five_failures_the_reset_lets_them_in_again(
    customer: Customer, agent: Staff, stranger: Client, worker: Any
) -> None:
    from accounts.models import ResetRequest

    for _ in range(11):
        log_in(stranger, JANA, "wrong")
    ResetRequest.start(customer, by=agent)
    [mail] = worker()
    stranger.get(link_in(mail), follow=True)
    stranger.post("/account/reset/", {"password": NEW})
    page = stranger.get("/account/login/")
    assert page.context["form"].initial == {"email": JANA}
    assert log_in(stranger, JANA, NEW).url == "/account/"
    assert not Throttle.objects.exclude(account="").exists()


def test_a_customer_changes_their_password(customer: Customer, worker: Any) -> None:
    here, elsewhere = sign_in(customer.user), sign_in(customer.user)
    response = here.post("/account/password/", {"current": PASSWORD, "password": NEW})
    assert response.url == "/account/"
    assert User.objects.get(pk=customer.user.pk).check_password(NEW)
    assert here.get("/account/").status_code == 200
    assert elsewhere.get("/account/").status_code == 302
    [mail] = worker()
    assert (mail.to, mail.subject) == ([JANA], "Ihr Passwort wurde geändert")


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"current": "wrong", "password": NEW}, "current"),
        ({"current": PASSWORD, "password": "short"}, "password"),
        ({"current": PASSWORD, "password": "password123"}, "password"),
        ({"current": PASSWORD, "password": "jana.mueller@example"}, "password"),
        ({"current": PASSWORD, "password": "1234567890"}, "password"),
        ({"current": PASSWORD, "password": "x" * 1025}, "password"),
        ({}, "current"),
    ],
)
def test_a_password_that_is_refused_changes_nothing(
    customer: Customer, typed: dict[str, str], wrong: str
) -> None:
    response = sign_in(customer.user).post("/account/password/", typed or {"x": ""})
    assert (response.status_code, wrong in response.context["form"].errors) == (422, True)
    assert User.objects.get(pk=customer.user.pk).check_password(PASSWORD)


def test_long_passphrases_with_spaces_are_welcome(customer: Customer, stranger: Client) -> None:
    phrase = "  mein Kaffee steht am Fenster und dampft " * 4
    sign_in(customer.user).post("/account/password/", {"current": PASSWORD, "password": phrase})
    assert log_in(stranger, JANA, phrase).status_code == 302


def test_a_customer_reads_which_language_the_shop_writes_in(customer: Customer) -> None:
    page = sign_in(customer.user).get("/account/profile/", headers={"accept-language": "de"})
    assert '<option value="" selected>Sprache des Shops (Deutsch)<' in page.content.decode()


def test_a_customer_changes_their_details_and_nothing_else(customer: Customer) -> None:
    browser = sign_in(customer.user)
    version = browser.get("/account/profile/").context["form"].initial["version"]
    typed = {"first_name": "Johanna", "last_name": "Müller", "language": "en", "version": version}
    mass = {"account_state": "none", "note": "hacked", "email": "evil@example.de"}
    assert browser.post("/account/profile/", {**typed, **mass}).url == "/account/"
    customer.refresh_from_db()
    assert (customer.first_name, customer.language, customer.note) == ("Johanna", "en", "")
    assert customer.primary_email == JANA
    again = browser.post("/account/profile/", {**typed, "first_name": "Jo"})
    assert again.status_code == 422


PAGES = ["/account/", "/account/profile/", "/account/password/"]
PUBLIC_PAGES = ["/account/login/", "/account/register/", "/account/recover/"]


@pytest.mark.parametrize("page", PAGES)
def test_pages_of_the_account_need_its_customer(
    page: str, customer: Customer, owner: Staff, stranger: Client
) -> None:
    assert sign_in(customer.user).get(page).status_code == 200
    for browser in (stranger, sign_in(owner)):
        assert browser.get(page).url == f"/account/login/?next={page}"
    answer = stranger.get(page, headers={"HX-Request": "true"})
    assert answer["HX-Redirect"] == "/account/login/?ended=1&next="


@pytest.mark.parametrize("page", PUBLIC_PAGES)
@pytest.mark.parametrize("language", ["de", "en"])
def test_public_pages_answer_and_bear_bad_input(
    db: None, stranger: Client, page: str, language: str
) -> None:
    headers = {"Accept-Language": language}
    assert stranger.get(page, headers=headers)["Content-Language"] == language
    for bad in ("x" * 10_000, "a@b", "ü@ü.ü", "' OR 1=1 --", "\x07@example.de"):
        assert stranger.post(page, {"email": bad, "password": bad}).status_code == 422
    assert stranger.post(page, {"email": "a\0@example.de"}).status_code == 422
    assert stranger.put(page).status_code == 405
