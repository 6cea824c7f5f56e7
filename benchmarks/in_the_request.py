"""Django's own PasswordResetView: all of it inside the request.

The same middleware, the same database and the same mail as ours; the view finds the person, makes
Django's own token, writes the mail and hands it to the mail server, and only then answers. Served
by the same web server: `uvicorn benchmarks.in_the_request:application`.
"""

from __future__ import annotations

import shopdesk.asgi  # sets Django up

# isort: split
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.forms import PasswordResetForm
from django.contrib.auth.views import PasswordResetView
from django.core.mail import EmailMultiAlternatives
from django.http import HttpResponse, HttpResponseBase
from django.middleware.csrf import get_token
from django.urls import path
from django.utils import timezone
from django.views.generic.edit import FormView

from accounts.mails import calling_name
from accounts.models import User
from core.views import public
from notifications.kinds import registered_kind
from notifications.writing import render
from shop.models import Shop


class AskForm(PasswordResetForm):
    """Where our people and our words for them are found; what is done with them is Django's."""

    def get_users(self, email: str) -> Iterable[User]:
        return User.objects.customers().active().with_email(email)

    def send_mail(
        self,
        _subject_template: str,
        _text_template: str,
        context: dict[str, Any],
        _from_email: str | None,
        to_email: str,
        **_html: Any,
    ) -> None:
        shop = Shop.objects.select_related("logo").get(pk=1)
        kind = registered_kind("reset_asked_by_customer")
        letter = render(kind, "de", _words(context), shop)
        mail = EmailMultiAlternatives(letter.subject, letter.text, settings.MAIL_SENDER, [to_email])
        mail.attach_alternative(letter.html, "text/html")
        mail.send()


def _words(context: dict[str, Any]) -> dict[str, object]:
    user = context["user"]
    return {
        "name": calling_name(user.customer, "de"),
        "asked_by": "",
        "link": f"{settings.PUBLIC_URL}/account/reset/{context['uid']}-{context['token']}/",
        "expires_at": timezone.now() + timedelta(hours=1),
        "address": user.email,
    }


class Ask(PasswordResetView):
    form_class = AskForm
    success_url = "/"

    def dispatch(self, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The door's middleware has looked at the token, whose cookie Django knows not by name."""
        return FormView.dispatch(self, *args, **kwargs)

    def render_to_response(self, _context: dict[str, Any], **_kwargs: Any) -> HttpResponse:
        """The page with the form, which nobody measures."""
        token = get_token(self.request)
        return HttpResponse(f'<input name="csrfmiddlewaretoken" value="{token}">')


settings.ROOT_URLCONF = __name__
urlpatterns = [path("reset/", public(Ask.as_view()))]
application = shopdesk.asgi.application
