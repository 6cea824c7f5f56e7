"""What a new password has to be: at every page where one is chosen, and without asking outside."""

from __future__ import annotations

import gzip
import hashlib
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.test import Client
from environs import Env

from accounts.breached import SHIPPED, is_listed
from accounts.forms import nobody_yet
from accounts.models import Registration, ResetRequest, StaffLink, User
from accounts.passwords import LONGEST
from accounts.tokens import token_for
from shop.models import Shop
from shopdesk.environment import read_breached_file
from tests import hashers
from tests.accounts.conftest import work
from tests.factories.accounts import PASSWORD, sign_in
from tests.factories.customers import CustomerFactory

if TYPE_CHECKING:
    from pytest_django.fixtures import SettingsWrapper

    from customers.models import Customer

GOOD = "Espresso-am-Morgen-3"
# "ü" as one character, and as Macs write it in names of files: "u" and two dots.
COMPOSED, TAKEN_APART = "M\u00fchlrad-am-Bach", "Mu\u0308hlrad-am-Bach"
KNOWN = [
    "1234567890", "0987654321", "qwertzuiop", "poiuztrewq", "asdfghjklö", "aaaaaaaaaaaa",
    "abcabcabcabc", "passwort123", "Passwort2026!", "P@ssw0rt2026", "p a s s w o r t",
    "Schalke1904!", "hallohallo", "HalloHallo1", "ichliebedich", "Ich-liebe-dich!", "Sonnenblume!",
    "Gänseblümchen1", "anna24121985", "Dortmund-09", "iloveyou12", "password123", "Weihnachten24",
    "Feuerwehr112", "Bundesliga!!", "1q2w3e4r5t",
]  # fmt: skip
LIKE_THE_PERSON = [
    "JanaMueller2026", "Müller-Jana-85", "jana24121985", "MULLERMULLER", "jana.mueller@",
    "reblleumanaj",
]  # fmt: skip
ALLOWED = [
    GOOD, "correct horse battery staple", "Jana-trinkt-gern-Kakao", "xkq7!vbn2pLm",
    "лодка под мостом", "🦊🐻 im Wald von Sylt", "x7" * 3 + "-" + "kr" * 29, "a b c d e f g h i j",
    "Tasse 12 Löffel 9",
]  # fmt: skip


def refusal(password: str, user: User | None = None) -> str:
    try:
        validate_password(password, user or nobody_yet("jana.mueller@example.de", "Jana Müller"))
    except ValidationError as error:
        return str(error.messages[0])
    return ""


@pytest.mark.parametrize("password", KNOWN)
def test_what_everybody_tries_is_refused(db: None, password: str) -> None:
    assert refusal(password).startswith("This password is among the first to be tried")


@pytest.mark.parametrize("password", LIKE_THE_PERSON)
def test_what_is_little_more_than_the_person_is_refused(db: None, password: str) -> None:
    assert refusal(password).startswith("This password is too much like the name")


@pytest.mark.parametrize(
    "password", ["Kaffeehaus-Lindner", "kaffeehaus26", "LINDNER-LINDNER", "desk.kaffeehaus"]
)
def test_the_name_of_the_shop_is_refused(
    db: None, settings: SettingsWrapper, password: str
) -> None:
    settings.PUBLIC_URL = "https://desk.kaffeehaus.example"
    Shop.objects.update(name="Kaffeehaus Lindner")
    assert refusal(password) == "This password is too much like the name of the shop."


@pytest.mark.parametrize("password", ALLOWED)
def test_words_spaces_and_all_scripts_are_welcome(db: None, password: str) -> None:
    """No rule asks for capitals, digits or signs."""
    assert refusal(password) == ""


@pytest.mark.parametrize(("length", "told"), [(9, False), (10, True), (64, True), (LONGEST, True)])
def test_ten_characters_are_enough_and_a_thousand_not_too_many(
    db: None, length: int, told: bool
) -> None:
    password = "".join(chr(0x4E00 + number) for number in range(length))
    assert (refusal(password) == "") is told


def test_a_customer_with_an_account_is_known_by_the_customers_name(customer: Customer) -> None:
    """Their user has no name of its own."""
    assert customer.user.name == ""
    assert refusal("JanaMueller2026", customer.user) != ""


def register() -> Registration:
    """Somebody new has asked for an account, and is mailed a link."""
    Client().post("/account/register/", {"email": "neu@example.de"})
    work()
    return Registration.objects.get()


def pages(customer: Customer, agent: User) -> list[tuple[Client, str, dict[str, str]]]:
    """Every page where somebody chooses a password, opened."""
    opened = []
    invited = CustomerFactory(email="nora@example.de")
    links: list[tuple[str, Any]] = [
        ("/account/reset/", ResetRequest.start(customer, by=agent)),
        ("/account/activate/", ResetRequest.start(invited, by=agent)),
        ("/account/confirm/", register()),
        ("/admin/link/", StaffLink.start(agent, by=None)),
    ]
    for page, link in links:
        browser = Client(headers={"Accept-Language": "en"})
        assert browser.get(f"{page}{token_for(link)}/").status_code == 302
        opened.append((browser, page, {"name": agent.name} if page == "/admin/link/" else {}))
    for page, user in (("/account/password/", customer.user), ("/admin/profile/password/", agent)):
        opened.append((sign_in(user), page, {"current": PASSWORD}))
    return opened


def test_every_page_refuses_the_same(customer: Customer, agent: User) -> None:
    for browser, page, typed in pages(customer, agent):
        for refused in ("Sommer2026!", "kurz-26!"):
            answer = browser.post(page, {**typed, "password": refused})
            assert (page, answer.status_code) == (page, 422)
            assert answer.context["form"].errors["password"]
            assert refused not in answer.content.decode()


def test_every_page_hashes_one_spelling(customer: Customer, agent: User) -> None:
    for browser, page, typed in pages(customer, agent)[:1]:
        assert browser.post(page, {**typed, "password": TAKEN_APART}).status_code == 302
    customer.user.refresh_from_db()
    assert customer.user.check_password(COMPOSED)
    for spelling in (COMPOSED, TAKEN_APART):
        typed = {"email": customer.user.email, "password": spelling}
        assert Client().post("/account/login/", typed).url == "/account/"


def test_a_password_from_before_the_one_spelling_still_opens(customer: Customer) -> None:
    User.objects.filter(pk=customer.user.pk).update(password=make_password(TAKEN_APART))
    typed = {"email": customer.user.email, "password": TAKEN_APART}
    browser = Client()
    assert browser.post("/account/login/", typed).url == "/account/"
    answer = browser.post("/account/password/", {"current": TAKEN_APART, "password": GOOD})
    assert answer.url == "/account/"


@pytest.mark.parametrize("typed", [COMPOSED, TAKEN_APART])
def test_as_much_is_hashed_for_an_unknown_address_however_it_is_spelt(
    customer: Customer, settings: SettingsWrapper, typed: str
) -> None:
    settings.PASSWORD_HASHERS = ["tests.hashers.CountingArgon2"]
    counts = set()
    for email in (customer.user.email, "nobody@example.de"):
        hashers.CountingArgon2.count = 0
        Client().post("/account/login/", {"email": email, "password": typed})
        counts.add(hashers.CountingArgon2.count)
    assert counts == {1 if typed == COMPOSED else 2}


def test_who_confirms_an_address_may_not_take_the_name_they_type_beside(db: None) -> None:
    registration = register()
    browser = Client(headers={"Accept-Language": "en"})
    browser.get(f"/account/confirm/{token_for(registration)}/")
    typed = {"first_name": "Wilhelmine", "last_name": "Oberhuber"}
    refused = browser.post("/account/confirm/", {**typed, "password": "WilhelmineOberhuber1"})
    assert refused.status_code == 422
    assert browser.post("/account/confirm/", {**typed, "password": GOOD}).status_code == 302


def test_the_list_is_the_one_that_its_readme_describes() -> None:
    raw = gzip.decompress(SHIPPED.read_bytes())
    words = raw.decode().splitlines()
    readme = (SHIPPED.parent / "README.md").read_text()
    assert hashlib.sha256(raw).hexdigest() in readme
    assert f"{len(words):,} passwords" in readme
    assert words == sorted(set(words), key=lambda word: word.encode())
    assert all(unicodedata.normalize("NFC", word.casefold()) == word for word in words[::50])


def test_each_german_word_is_in_it() -> None:
    lines = (SHIPPED.parent / "german.txt").read_text().splitlines()
    words = {word for line in lines if not line.startswith("#") for word in line.split()}
    missing = {word for word in words if len(word) > 3 and not is_listed(word.casefold())}
    assert (missing, len(words) > 1000) == (set(), True)


def test_words_at_both_ends_are_found_and_parts_of_words_are_not() -> None:
    words = gzip.decompress(SHIPPED.read_bytes()).decode().splitlines()
    assert [is_listed(word) for word in (words[0], words[-1], words[1], words[-2])] == [True] * 4
    for word in ("", "schmetterlin", "zzzzzzzzzzzzz", "\n", "0\n"):
        assert not is_listed(word)


@pytest.fixture
def stolen(tmp_path: Path) -> Path:
    """A file as Have I Been Pwned gives it: ordered digests, how often, and lines of Windows."""
    passwords = [
        GOOD,
        "zwei Igel im Nebel",
        *(f"ein Igel im Nebel: {number}" for number in range(500)),
    ]
    digests = sorted(hashlib.sha1(word.encode()).hexdigest().upper() for word in passwords)
    place = tmp_path / "pwned.txt"
    place.write_bytes(b"".join(f"{digest}:{7}\r\n".encode() for digest in digests))
    return place


def test_what_was_stolen_elsewhere_is_refused_without_asking_anybody(
    db: None, settings: SettingsWrapper, stolen: Path
) -> None:
    assert refusal(GOOD) == ""
    settings.BREACHED_PASSWORDS_FILE = str(stolen)
    for password in (GOOD, "zwei Igel im Nebel", "ein Igel im Nebel: 0", "ein Igel im Nebel: 499"):
        assert "stolen" in refusal(password)
    assert refusal("drei Igel im Nebel") == ""


def test_a_file_that_is_not_there_is_named_at_the_start(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("BREACHED_PASSWORDS_FILE", str(tmp_path / "missing"))
    with pytest.raises(ImproperlyConfigured, match="BREACHED_PASSWORDS_FILE"):
        read_breached_file(Env())
