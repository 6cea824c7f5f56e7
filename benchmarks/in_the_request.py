"""The reset as one writes it on the first day: all of it inside the request.

The same middleware, the same database and the same mail as ours; the view finds the person, makes
Django's own token, writes the mail and hands it to the mail server, and only then answers. Served
by the same web server: `uvicorn benchmarks.in_the_request:application`.
"""

from __future__ import annotations

import shopdesk.asgi  # sets Django up

# isort: split
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import EmailMultiAlternatives
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path
from django.utils import timezone
from django.utils.http import urlsafe_base64_encode
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from accounts.mails import calling_name
from accounts.models import User
from core.views import public
from notifications.kinds import registered_kind
from notifications.writing import render
from shop.models import Shop


@public
@csrf_exempt
@require_POST
def reset(request: HttpRequest) -> HttpResponse:
    user = User.objects.customers().with_email(request.POST["email"]).get()
    shop = Shop.objects.select_related("logo").get(pk=1)
    letter = render(registered_kind("reset_sent_by_staff"), "de", _context(user), shop)
    mail = EmailMultiAlternatives(letter.subject, letter.text, settings.MAIL_SENDER, [user.email])
    mail.attach_alternative(letter.html, "text/html")
    mail.send()
    return HttpResponseRedirect(f"/admin/customers/{user.customer_id}/")


def _context(user: User) -> dict[str, object]:
    assert user.customer is not None
    token = default_token_generator.make_token(user)
    number = urlsafe_base64_encode(str(user.pk).encode())
    return {
        "name": calling_name(user.customer, "de"),
        "asked_by": "Olivia Owner",
        "link": f"{settings.PUBLIC_URL}/account/reset/{number}-{token}/",
        "expires_at": timezone.now() + timedelta(hours=1),
        "address": user.email,
    }


settings.ROOT_URLCONF = __name__
urlpatterns = [path("reset/", reset)]
application = shopdesk.asgi.application
