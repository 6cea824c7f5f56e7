"""Pages for what went wrong, and the database away."""

from __future__ import annotations

import json

import psycopg
import pytest
from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path

from accounts.sessions import cookie_name
from core.views import public
from shop.models import Shop

REASONS = {
    "403": PermissionDenied(),
    "404": Http404(),
    "500": ZeroDivisionError(),
    "503": OperationalError("server closed the connection"),
    "503-interface": InterfaceError("connection already closed"),
}


@public
def fails(request: HttpRequest, reason: str) -> HttpResponse:
    raise REASONS[reason]


urlpatterns = [
    path("fails/<reason>/", fails),
    path("admin/fails/<reason>/", fails),
    path("", include("shopdesk.urls")),
]
handler400 = "core.failures.bad_request"
handler403 = "core.failures.forbidden"
handler404 = "core.failures.not_found"
handler500 = "core.failures.server_error"

pytestmark = pytest.mark.urls(__name__)
GERMAN = {"Accept-Language": "de"}


@pytest.fixture
def browser(stranger: Client) -> Client:
    stranger.raise_request_exception = False
    return stranger


@pytest.mark.django_db
@pytest.mark.parametrize("door", ["", "/admin"])
@pytest.mark.parametrize("reason", ["403", "404", "500", "503", "503-interface"])
def test_each_failure_has_a_page_that_names_the_request(
    browser: Client, door: str, reason: str
) -> None:
    response = browser.get(f"{door}/fails/{reason}/", headers={"X-Request-ID": "seen-by-support"})
    assert response.status_code == int(reason[:3])
    assert "seen-by-support" in response.text
    assert "default-src 'none'" in response["Content-Security-Policy"].split("; ")
    assert ("Traceback" in response.text, "closed" in response.text) == (False, False)


@pytest.mark.django_db
@pytest.mark.parametrize("status", [403, 404, 500, 503])
def test_htmx_gets_a_toast_and_leaves_the_page_alone(browser: Client, status: int) -> None:
    response = browser.get(f"/fails/{status}/", headers={"HX-Request": "true"})
    assert (response.status_code, response["HX-Reswap"], response.content) == (status, "none", b"")
    [toast] = json.loads(response["HX-Trigger"])["toast"]["toasts"]
    assert toast["level"] == "error"


@pytest.mark.django_db
def test_an_outage_says_when_to_come_back(browser: Client) -> None:
    assert browser.get("/fails/503/")["Retry-After"] == "10"


@pytest.fixture
def database_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every query of this test fails as it does while PostgreSQL restarts."""

    def refuse(*_arguments: object, **_options: object) -> None:
        error = psycopg.errors.AdminShutdown("terminating connection")
        raise OperationalError("terminating connection") from error

    monkeypatch.setattr(
        "django.db.backends.base.base.BaseDatabaseWrapper.ensure_connection", refuse
    )
    monkeypatch.setattr("django.db.backends.base.base.BaseDatabaseWrapper.cursor", refuse)


@pytest.mark.parametrize("page", ["/admin/", "/account/", "/theme.css", "/admin/login/", "/none/"])
@pytest.mark.parametrize("signed_in", [False, True])
def test_with_the_database_away_every_page_says_so(
    browser: Client, database_away: None, page: str, signed_in: bool
) -> None:
    if signed_in:
        browser.cookies[cookie_name("desk")] = browser.cookies[cookie_name("shop")] = "a" * 32
    for method in (browser.get, browser.head):
        response = method(page, headers=GERMAN)
        assert (response.status_code, response["Retry-After"]) == (503, "10")
    assert '<html lang="de">' in browser.get(page, headers=GERMAN).text


def test_with_the_database_away_the_process_still_says_it_lives(
    browser: Client, database_away: None
) -> None:
    browser.cookies[cookie_name("shop")] = "a" * 32
    assert browser.get("/healthz/").text == "alive\n"


@pytest.mark.django_db
def test_a_page_works_again_as_soon_as_the_database_does(browser: Client) -> None:
    with pytest.MonkeyPatch.context() as away:
        away.setattr(Shop, "current", _raise)
        assert browser.get("/theme.css").status_code == 503
    assert browser.get("/theme.css").status_code == 200


def _raise() -> None:
    raise OperationalError


@pytest.mark.django_db
def test_a_form_that_waited_too_long_says_what_to_do() -> None:
    response = Client(enforce_csrf_checks=True).post("/language/", {"language": "de"})
    assert response.status_code == 403
    assert [template.name for template in response.templates][:1] == ["403_csrf.html"]
