"""ASVS 5.0.0, V6 Authentication: what applies, by its number."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.contrib.auth import SESSION_KEY
from django.test import Client
from django.urls import reverse

from accounts import second_factor
from accounts.breached import SHIPPED, is_listed
from accounts.forms import nobody_yet
from accounts.models import ResetRequest, Session, User
from accounts.passwords import is_password_of
from accounts.tokens import token_for
from shop.models import Shop
from tests.accounts.test_limits_documented import ROOT
from tests.accounts.test_passwords import refusal
from tests.factories.accounts import PASSWORD, sign_in
from tests.factories.customers import CustomerFactory
from tests.requirements.conftest import JANA, NEW

if TYPE_CHECKING:
    from collections.abc import Callable

    from customers.models import Customer

SECURITY = (ROOT / "docs" / "security.md").read_text()


def guess(browser: Client, address: str = JANA, password: str = "wrong") -> Any:
    return browser.post("/account/login/", {"email": address, "password": password})


def code_now(secret: str, *, ahead: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + ahead))


class TestDocumentation:
    def test_asvs_6_1_1_limits_and_what_keeps_strangers_from_locking_out_are_written_down(
        self,
    ) -> None:
        assert "## Limits" in SECURITY
        assert "no site alone locks the owner of an account out" in SECURITY
        assert "a password chosen by a link lets the owner in again" in SECURITY

    def test_asvs_6_1_2_context_words_are_written_down(self) -> None:
        assert "the person's name or address or the shop's name" in SECURITY

    def test_asvs_6_1_3_both_doors_are_written_down(self) -> None:
        assert "Staff and customers have a door each" in SECURITY


class TestPasswords:
    def test_asvs_6_2_1_ten_characters_at_least(self) -> None:
        """Eight are required; why not fifteen stands in docs/security.md."""
        assert refusal("kurz-9-zw") != ""
        assert refusal("zehn-9-zwx") == ""

    def test_asvs_6_2_2_a_person_changes_their_own(self, jana: Callable[[], Client]) -> None:
        typed = {"current": PASSWORD, "password": NEW}
        assert jana().post("/account/password/", typed).status_code == 302
        assert User.objects.get(email=JANA).check_password(NEW)

    def test_asvs_6_2_3_with_the_present_one(self, jana: Callable[[], Client]) -> None:
        typed = {"current": "wrong", "password": NEW}
        assert jana().post("/account/password/", typed).status_code == 422
        assert User.objects.get(email=JANA).check_password(PASSWORD)

    @pytest.mark.parametrize("password", ["1234567890", "qwertzuiop", "Passwort2026!"])
    def test_asvs_6_2_4_common_ones_are_refused(self, password: str) -> None:
        assert refusal(password) != ""

    @pytest.mark.parametrize("password", ["lodka pod mostom", "лодка под мостом", "🦊🐻 im Wald!"])
    def test_asvs_6_2_5_any_composition_is_welcome(self, password: str) -> None:
        assert refusal(password) == ""

    def test_asvs_6_2_6_fields_mask_what_is_typed(self, at_the_form: Client) -> None:
        for page in ("/account/login/", "/account/reset/"):
            assert 'type="password" name="password"' in at_the_form.get(page).content.decode()

    def test_asvs_6_2_7_pasting_and_password_managers_are_let_be(self, at_the_form: Client) -> None:
        page = at_the_form.get("/account/reset/").content.decode()
        assert 'autocomplete="new-password"' in page
        assert "onpaste" not in page
        assert "paste" not in (ROOT / "static" / "js" / "password.js").read_text()

    @pytest.mark.parametrize("typed", [f" {NEW} ", NEW.upper(), NEW[:-1]])
    def test_asvs_6_2_8_it_is_verified_exactly_as_typed(
        self, link: ResetRequest, typed: str
    ) -> None:
        """But for the spelling of Unicode (NFC), which keyboards choose and people cannot see."""
        assert is_password_of(link.redeem(NEW), NEW)
        assert not is_password_of(User.objects.get(email=JANA), typed)

    def test_asvs_6_2_9_long_ones_are_welcome(self) -> None:
        assert refusal("Wörter und Zeichen 7 " * 20) == ""

    def test_asvs_6_2_10_none_expires(self) -> None:
        """A new one is asked for where staff say so, never because time has passed."""
        names = {field.name for field in User._meta.get_fields()}
        assert [name for name in names if "expire" in name or "rotat" in name] == []

    def test_asvs_6_2_11_the_context_words_are_refused(self) -> None:
        Shop.objects.update(name="Nordlicht Tee")
        for password in ("JanaMueller2026", "jana.mueller@", "Nordlicht-Tee-26"):
            assert refusal(password, nobody_yet(JANA, "Jana Müller")) != "", password

    def test_asvs_6_2_12_breached_ones_are_refused_offline(self) -> None:
        assert SHIPPED.exists()
        assert is_listed("iloveyou12") or is_listed("iloveyou")


class TestGeneral:
    def test_asvs_6_3_1_guessing_is_slowed_as_documented(self, customer: Customer) -> None:
        browser = Client()
        answers = [guess(browser).status_code for _ in range(11)]
        assert (set(answers[:10]), answers[10]) == ({422}, 429)

    def test_asvs_6_3_2_a_fresh_installation_has_no_accounts(self) -> None:
        """The first owner is made by `manage.py create_owner`, and chooses a password by a link."""
        assert not User.objects.exists()

    def test_asvs_6_3_4_no_other_page_signs_anybody_in(
        self, customer: Customer, link: ResetRequest
    ) -> None:
        """A link that was followed is a session, but nobody's."""
        browser = Client()
        browser.get(f"/account/reset/{token_for(link)}/")
        assert SESSION_KEY not in browser.session
        assert not Session.objects.filter(user__isnull=False).exists()

    def test_asvs_6_3_6_a_mail_alone_signs_nobody_in(self, at_the_form: Client) -> None:
        at_the_form.post("/account/reset/", {"password": NEW})
        assert at_the_form.get("/account/").status_code == 302

    def test_asvs_6_3_7_changes_of_password_and_address_are_told(
        self, customer: Customer, agent: User, jana: Callable[[], Client], worker: Any
    ) -> None:
        jana().post("/account/password/", {"current": PASSWORD, "password": NEW})
        customer.replace_email("jana@neu.example", by=agent, proof="proved")  # type: ignore[arg-type]  # its value
        subjects = {mail.subject for mail in worker()}
        assert subjects == {"Ihr Passwort wurde geändert", "Ihre Anmeldeadresse wurde geändert"}

    def test_asvs_6_3_8_known_and_unknown_addresses_look_alike(self, customer: Customer) -> None:
        known, unknown = guess(Client()), guess(Client(), "nobody@example.de")
        assert known.status_code == unknown.status_code == 422
        assert known.context["form"].errors == unknown.context["form"].errors


class TestLifecycle:
    def test_asvs_6_4_1_invites_are_random_short_lived_and_no_password(self, agent: User) -> None:
        invite = ResetRequest.start(CustomerFactory(email="neu@example.de"), by=agent)
        assert len(invite.nonce) == 32
        assert (invite.expires_at - invite.started_at).days == 30
        assert not User.objects.filter(email="neu@example.de").exists()

    def test_asvs_6_4_2_there_are_no_hints_and_no_secret_questions(self, stranger: Client) -> None:
        page = stranger.get("/account/recover/").content.decode()
        assert page.count("<input") - page.count('type="hidden"') == 1

    def test_asvs_6_4_3_a_reset_leaves_the_second_step(
        self, agent: User, owner: User, careful: list[str], stranger: Client
    ) -> None:
        from accounts.models import StaffLink

        StaffLink.start(agent, by=owner).redeem(NEW)
        answer = stranger.post("/admin/login/", {"email": agent.email, "password": NEW})
        assert answer.url == "/admin/login/code/"
        assert stranger.get("/admin/").status_code == 302

    def test_asvs_6_4_4_a_lost_second_factor_is_removed_by_an_owner_alone(
        self, cast: dict[str, User], careful: list[str]
    ) -> None:
        address = reverse("team_second_factor_removal", args=[cast["agent"].pk])
        assert sign_in(cast["lead"]).post(address).status_code == 403
        assert second_factor.is_on(cast["agent"])
        assert sign_in(cast["owner"]).post(address).status_code == 302
        assert not second_factor.is_on(cast["agent"])

    def test_asvs_6_4_6_staff_start_a_reset_and_never_see_link_or_password(
        self, customer: Customer, agent: User, desk_client: Any, worker: Any
    ) -> None:
        desk = desk_client(agent)
        desk.post(reverse("reset_request_create", args=[customer.pk]))
        worker()
        token = token_for(ResetRequest.objects.get())
        for page in ("customer_detail", "customer_timeline"):
            shown = desk.get(reverse(page, args=[customer.pk])).content.decode()
            assert token.partition(".")[2] not in shown


class TestSecondFactor:
    def test_asvs_6_5_1_a_code_works_once(self, agent: User) -> None:
        secret = second_factor.generate_totp_secret()
        recovery = second_factor.switch_on(agent, secret)
        for code in (code_now(secret), recovery[0]):
            assert (second_factor.accepts(agent, code), second_factor.accepts(agent, code)) == (
                True,
                False,
            )

    def test_asvs_6_5_2_secrets_at_rest_are_sealed(self, agent: User) -> None:
        """Recovery codes are derived from a seed that is encrypted under a key outside."""
        secret = second_factor.generate_totp_secret()
        codes = second_factor.switch_on(agent, secret)
        stored = str(list(Authenticator.objects.values("data")))
        assert [one for one in (secret, *codes) if one in stored] == []

    def test_asvs_6_5_3_and_4_recovery_codes_are_random_and_long_enough(
        self, careful: list[str], other_agent: User
    ) -> None:
        others = second_factor.switch_on(other_agent, second_factor.generate_totp_secret())
        assert len({*careful, *others}) == 20
        assert min(map(len, careful)) * 3 >= 20  # digits of more than three bits each

    def test_asvs_6_5_5_a_code_of_the_app_lives_for_three_times_its_half_minute(
        self, agent: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """One step either side, each once; docs/security.md says why."""
        now = time.time()
        monkeypatch.setattr(time, "time", lambda: now)
        secret = second_factor.generate_totp_secret()
        second_factor.switch_on(agent, secret)
        taken = [
            ahead
            for ahead in (-2, -1, 0, 1, 2)
            if second_factor.accepts(agent, code_now(secret, ahead=ahead))
        ]
        assert taken == [-1, 0, 1]
        for seconds in (0, 30, 60):  # as long as one of them could still be within reach
            monkeypatch.setattr(time, "time", lambda later=seconds: now + later)
            again = [format_hotp_value(hotp_value(secret, int(now) // 30 + one)) for one in taken]
            assert not any(second_factor.accepts(agent, code) for code in again)

    def test_asvs_6_5_6_a_factor_is_revoked(self, agent: User, careful: list[str]) -> None:
        assert second_factor.switch_off(agent, by=agent)
        assert not second_factor.accepts(agent, careful[0])

    def test_asvs_6_5_8_the_server_tells_the_time(self, stranger: Client, agent: User) -> None:
        secret = second_factor.generate_totp_secret()
        second_factor.switch_on(agent, secret)
        stranger.post("/admin/login/", {"email": agent.email, "password": PASSWORD})
        typed = {"code": code_now(secret, ahead=20), "time": str(int(time.time()) + 600)}
        assert stranger.post("/admin/login/code/", typed).status_code == 422
