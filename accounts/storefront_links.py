"""Links from mails at the customers' door: reset, activate, confirm.

The token leaves the address bar at once: the first GET puts the request into the session and
leads on to a page without it. Following a link uses up nothing; only the button does.
"""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.asking import ask_for_link
from accounts.carried_links import (
    ADDRESS_KEY,
    LEAST_SECONDS,
    UNKNOWN,
    carried,
    carry,
    drop,
    guarded,
    refused_page,
)
from accounts.forms import ConfirmForm, NewPasswordForm, nobody_yet
from accounts.hints import email_hint
from accounts.limits import throttled
from accounts.models import (
    AskPurpose,
    LinkRefused,
    Purpose,
    Registration,
    ResetRequest,
    SecretLink,
    User,
)
from accounts.throttling import hit_from_outside
from accounts.tokens import find_link
from core.htmx import form_page
from core.views import public


@public
@require_safe
@throttled
def follow_reset(request: HttpRequest, token: str) -> HttpResponse:
    link = find_link(ResetRequest, token, purpose=Purpose.RESET)
    return follow(request, link, "reset")


@public
@require_safe
@throttled
def follow_invite(request: HttpRequest, token: str) -> HttpResponse:
    link = find_link(ResetRequest, token, purpose=Purpose.INVITE)
    return follow(request, link, "activate")


@public
@require_safe
@throttled
def follow_registration(request: HttpRequest, token: str) -> HttpResponse:
    return follow(request, find_link(Registration, token), "registration")


def follow(request: HttpRequest, link: SecretLink | None, kind: str) -> HttpResponse:
    """Carry a genuine link to its page; a HEAD, as scanners send it, notes nothing."""
    hit_from_outside("link", request, genuine=link)
    if link is None:
        return not_a_link(request, kind)
    if request.method == "GET":
        link.open_link()
        carry(request, link)
    return guarded(redirect(f"account_{kind}_form"))


@public
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@throttled
def reset(request: HttpRequest) -> HttpResponse:
    link = carried(request, ResetRequest, purpose=Purpose.RESET)
    return _redeeming(request, link, "reset")


@public
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@throttled
def activate(request: HttpRequest) -> HttpResponse:
    link = carried(request, ResetRequest, purpose=Purpose.INVITE)
    return _redeeming(request, link, "activate")


@public
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@throttled
def confirm(request: HttpRequest) -> HttpResponse:
    return _redeeming(request, carried(request, Registration), "registration")


def _redeeming(
    request: HttpRequest, link: ResetRequest | Registration | None, kind: str
) -> HttpResponse:
    if link is None:
        return not_a_link(request, kind)
    if not link.is_open:
        return closed(request, link, kind)
    form = _form(request, link)
    if form.is_valid():
        hit_from_outside("redeem", request)
        return _redeem(request, link, form, kind)
    page, address, title = f"accounts/{kind}.html", email_hint(link.to), TITLES[kind]()
    return guarded(form_page(request, page, form, address=address, link=link, page_title=title))


TITLES = {
    "reset": lambda: gettext("Choose a new password"),
    "activate": lambda: gettext("Open your account"),
    "registration": lambda: gettext("Almost done"),
}


def _form(request: HttpRequest, link: ResetRequest | Registration) -> NewPasswordForm:
    posted = request.POST or None
    if isinstance(link, Registration):
        typed = {"first_name": link.first_name, "last_name": link.last_name}
        return ConfirmForm(posted, user=nobody_yet(link.to), initial=typed)
    form = NewPasswordForm(posted, user=who_chooses(link))
    if link.purpose == Purpose.INVITE:
        form.fields["password"].label = gettext("Password")
    return form


def who_chooses(link: ResetRequest) -> User:
    """Whose name and address the password must not be."""
    user = User.objects.filter(customer=link.customer).first()
    return user or nobody_yet(link.to, link.customer.name)


def _redeem(
    request: HttpRequest, link: ResetRequest | Registration, form: NewPasswordForm, kind: str
) -> HttpResponse:
    """Sign-in stays a step of its own: whoever has the link need not have the second factor."""
    fields = form.cleaned_data
    try:
        user = link.redeem(**fields)
    except LinkRefused as refused:
        return closed(request, link, kind, refused)
    return to_sign_in(request, user, gettext("Your password is saved. Please sign in with it."))


def to_sign_in(request: HttpRequest, user: User, done: str) -> HttpResponse:
    """The door, which knows the address that was just proved."""
    request.session.flush()
    request.session[ADDRESS_KEY] = user.email
    request.session.set_expiry(LEAST_SECONDS)
    messages.success(request, done)
    return guarded(redirect("account_login"))


@public
@require_http_methods(["GET", "HEAD", "POST"])
def decline(request: HttpRequest) -> HttpResponse:
    """The button's own address; whoever only looks there gets what any other token gets."""
    if request.method != "POST":
        return follow_invite(request, "refusal")
    link = carried(request, ResetRequest, purpose=Purpose.INVITE)
    if link is None:
        return not_a_link(request, "activate")
    try:
        link.decline()
    except LinkRefused as refused:
        return closed(request, link, "activate", refused)
    drop(request)
    context = {"page_title": gettext("Invitation declined")}
    return guarded(render(request, "accounts/declined.html", context))


@public
@require_POST
@throttled
def another_link(request: HttpRequest) -> HttpResponse:
    """A new link in place of one that is used up, to the same address."""
    link = carried(request, ResetRequest) or carried(request, Registration)
    if link is None or not link.to:
        return not_a_link(request, "reset")
    is_new = isinstance(link, Registration)
    ask_for_link(request, AskPurpose.REGISTER if is_new else AskPurpose.RECOVER, link.to)
    drop(request)
    context = {"page_title": gettext("Look into your mailbox")}
    return guarded(render(request, "accounts/look_in_mailbox.html", context))


def closed(
    request: HttpRequest, link: SecretLink, kind: str, refused: LinkRefused | None = None
) -> HttpResponse:
    """Genuine, but no longer open: says why, and offers another."""
    state = (refused.state if refused else link.state).value
    title = gettext("This link is no longer valid")
    return refused_page(
        request, "accounts/link_closed.html", kind=kind, state=state, page_title=title
    )


def not_a_link(request: HttpRequest, kind: str) -> HttpResponse:
    """One page of each kind for every token that never was one: what to do instead."""
    title = gettext("This link does not work")
    return refused_page(
        request, "accounts/not_a_link.html", kind=kind, state=UNKNOWN, page_title=title
    )
