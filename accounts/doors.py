"""Two doors: staff at /admin/, customers at the storefront. Nobody is let in at the other one."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.middleware import AuthenticationMiddleware, LoginRequiredMiddleware
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, parse_cookie
from django.http.response import HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware
from django.shortcuts import resolve_url
from django.utils.functional import SimpleLazyObject

from accounts.models import User, UserKind
from accounts.passwords import is_password_of, take_as_long
from accounts.sessions import DESK_PREFIX, SessionStore, cookie_name, door_of

KIND_OF_DOOR = {"desk": UserKind.STAFF, "shop": UserKind.CUSTOMER}
LOGIN_PAGE = {"desk": "desk_login", "shop": "account_login"}
# In the address of a sign-in page: somebody acted who was signed in no longer.
ENDED = "ended"
# What an open page asks for while nobody touches it says so (static/js/unattended.js).
UNATTENDED = "X-Unattended"


class DoorBackend(BaseBackend):
    """Checks address and password of one kind of person, in the same time for an unknown one."""

    kind: UserKind

    def authenticate(
        self,
        request: HttpRequest | None,
        *,
        email: str = "",
        password: str = "",
        **_other: Any,
    ) -> User | None:
        if request is None or KIND_OF_DOOR[door_of(request)] != self.kind:
            return None
        user = self._people().with_email(email).first()
        if user is None or not user.has_usable_password():
            take_as_long(password)
            return None
        return user if is_password_of(user, password) and user.is_active else None

    def get_user(self, user_id: int) -> User | None:
        user = self._people().with_rules().filter(pk=user_id).first()
        return user if user and user.is_active else None

    def _people(self) -> Any:
        return User.objects.filter(kind=self.kind).select_related("customer")


class StaffBackend(DoorBackend):
    kind = UserKind.STAFF


class CustomerBackend(DoorBackend):
    kind = UserKind.CUSTOMER


BACKEND_OF_KIND = {
    UserKind.STAFF: "accounts.doors.StaffBackend",
    UserKind.CUSTOMER: "accounts.doors.CustomerBackend",
}


class DoorCsrfMiddleware(CsrfViewMiddleware):
    """A CSRF cookie per door: signing in at the shop leaves the desk's open forms valid."""

    def _origin_verified(self, request: HttpRequest) -> bool:
        """A page that sends no referrer sends no origin either, but "null", as strangers' may.

        The browser's own word for where a form stood tells them apart; scripts cannot write it. A
        browser too old to say is believed, as the token in the form is asked for in any case.
        """
        if request.META["HTTP_ORIGIN"] == "null":
            return request.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin"
        return bool(super()._origin_verified(request))  # type: ignore[misc]  # private to Django

    def _get_secret(self, request: HttpRequest) -> str | None:
        standard = settings.CSRF_COOKIE_NAME
        request.COOKIES.pop(standard, None)
        if secret := request.COOKIES.get(f"{standard}_{door_of(request)}"):
            request.COOKIES[standard] = secret
        return super()._get_secret(request)  # type: ignore[misc,no-any-return]  # private to Django

    def _set_csrf_cookie(self, request: HttpRequest, response: HttpResponse) -> None:
        super()._set_csrf_cookie(request, response)  # type: ignore[misc]  # private to Django
        morsel = response.cookies.pop(settings.CSRF_COOKIE_NAME, None)
        if morsel is not None:
            name = f"{settings.CSRF_COOKIE_NAME}_{door_of(request)}"
            response.cookies[name] = morsel.value
            response.cookies[name].update(morsel)


class DoorAuthenticationMiddleware(AuthenticationMiddleware):
    """Who is signed in at this door, and nobody else."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        request.user = SimpleLazyObject(lambda: signed_in_at_door(request))  # type: ignore[assignment]


def signed_in_at_door(request: HttpRequest) -> User | AnonymousUser:
    user = get_user(request)
    if isinstance(user, User) and user.kind == KIND_OF_DOOR[door_of(request)]:
        if isinstance(request.session, SessionStore) and UNATTENDED not in request.headers:
            request.session.note_seen()
        return user
    return AnonymousUser()


def signed_in_at_desk(cookies: str) -> User | AnonymousUser:
    """Who a Cookie header signs in at the desk: for whoever has to know before the body is read."""
    request = HttpRequest()
    request.path_info = DESK_PREFIX
    request.COOKIES = parse_cookie(cookies)
    key = request.COOKIES.get(cookie_name("desk"))
    request.session = SessionStore(key, door="desk")
    return signed_in_at_door(request) if key else AnonymousUser()


class DoorLoginRequiredMiddleware(LoginRequiredMiddleware):
    """Every page needs a sign-in at its own door, unless it is marked public."""

    def process_view(
        self, request: HttpRequest, view: Any, *arguments: Any
    ) -> HttpResponseBase | None:
        # Django asks who it is first, and with that the database; a health check has to do without.
        if not getattr(view, "login_required", True):
            return None
        return super().process_view(request, view, *arguments)

    def handle_no_permission(self, request: HttpRequest, _view: Any) -> HttpResponse:  # type: ignore[override]
        """Whoever acts on a page after their session ended is told so, and led back there."""
        login = resolve_url(LOGIN_PAGE[door_of(request)])
        is_htmx = "HX-Request" in request.headers
        if request.method == "GET" and not is_htmx:
            return redirect_to_login(request.get_full_path(), login)
        answer = redirect_to_login(_page_behind(request), f"{login}?{ENDED}=1")
        return HttpResponse(headers={"HX-Redirect": answer.url}) if is_htmx else answer


def _page_behind(request: HttpRequest) -> str:
    """The page on which somebody pressed a button, as their browser tells; or ""."""
    told = request.headers.get("HX-Current-URL") or request.headers.get("Referer") or ""
    try:
        parts = urlsplit(told)
    except ValueError:
        return ""
    return urlunsplit(("", "", parts.path, parts.query, "")) if parts.path else ""
