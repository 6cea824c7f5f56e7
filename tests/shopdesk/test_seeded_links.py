"""What became of the demo's links: something to follow up, to read and to ask about."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import RequestFactory
from django.utils import timezone

from accounts.browsers import sessions_of
from accounts.models import Feedback, MailBudget, ResetRequest, User
from accounts.models.mail_budgets import Share
from accounts.phone_help import phone_help
from accounts.reset_figures import reset_figures
from accounts.reset_trail import ResetTrail
from customers.models import Customer
from events.models import Delivery
from notifications.models import Mail
from shopdesk.seeding.links import COMPLAINS, COMPLAINT, LINKS, RETURNED
from tests.factories.accounts import sign_in
from tests.happened import happened_to

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.usefixtures("said")


def at_the_desk(who: str) -> Client:
    return sign_in(User.objects.get(kind="staff", email=f"{who}@kaffeehaus-nord.example"))


def customer(email: str) -> Customer:
    return Customer.objects.prefetch_related("identities").get(identities__key=email)


def request_of(email: str) -> ResetRequest:
    return ResetRequest.objects.get(customer=customer(email))


def card(page: str, name: str) -> str:
    return page.partition(f'id="{name}"')[2].partition("</section>")[0]


def test_each_link_came_as_far_as_it_is_told() -> None:
    found = {told.email: ResetTrail(request_of(told.email)).situation for told in LINKS}
    assert found == {
        "j.mueller@post.example": "expired",
        "akmh@example.net": "expired",
        "chiara.rossi@example.com": "signed_in",
        "lena.schaefer@example.de": "signed_in",
        "wencke.jessen@example.org": "used",
        "ole.thomsen@example.net": "used",
    }
    assert ResetTrail(request_of(COMPLAINS.email)).complaint == COMPLAINT
    assert ResetTrail(request_of(RETURNED.email)).situation == "bounced"


def test_nobody_does_anything_before_there_is_a_reason_to() -> None:
    for told in [*LINKS, COMPLAINS, RETURNED]:
        one = request_of(told.email)
        steps = [step.at for step in ResetTrail(one).steps() if step.at]
        assert one.customer.created_at < steps[0]
        assert steps == sorted(steps)
        assert steps[-1] < timezone.now()
        written = list(happened_to(one).order_by("id").values_list("at", flat=True))
        assert written == sorted(written)
        assert written[0] == one.started_at


def test_home_tells_whom_to_call() -> None:
    marie, anna = at_the_desk("marie").get("/admin/").text, at_the_desk("anna").get("/admin/").text
    for page in (marie, anna):
        assert "Ingo Ahlers" in card(page, "follow_ups")
        assert COMPLAINT in card(page, "follow_ups")
        assert "Wencke Jessen" in card(page, "follow_ups")
        assert "Ruth Sommer" in card(page, "resets_failed")
        assert "Lena Schäfer" not in card(page, "follow_ups")
    assert "Ole Thomsen" in card(marie, "follow_ups")
    assert "Ole Thomsen" not in card(anna, "follow_ups")


def test_the_figures_have_something_in_almost_every_row() -> None:
    found = reset_figures(RequestFactory().get("/admin/"))
    assert found is not None
    assert {str(row.label): row.values for row in found["rows"]} == {
        "Sent": ["9", "11"],
        "Password changed": ["5", "5"],
        "Minutes from the link to the sign-in, median": ["3.5", "3.5"],
        "Refused by the mail server": ["1", "1"],
        "Mail could not be sent": ["0", "0"],
        "Came back": ["1", "1"],
        "Expired, never opened": ["0", "1"],
        "Opened, password not changed": ["0", "1"],
        "Changed, not signed in since": ["2", "2"],
        "It does not work, says the customer": ["1", "1"],
        "Asked too often, not sent": ["0", "0"],
    }


def test_an_address_is_doubted() -> None:
    steps = phone_help(customer("henning.voss@gmail.con"))["steps"]
    assert "gmail.com" in steps[1].text


def test_whoever_signed_in_is_signed_in_on_one_device() -> None:
    user = User.objects.get(customer=customer("chiara.rossi@example.com"))
    (device,) = sessions_of(user)
    signed_in_at = request_of("chiara.rossi@example.com").signed_in_at
    assert (device.name, device.since, user.last_login) == (
        "Safari, iPhone",
        signed_in_at,
        signed_in_at,
    )


def test_nothing_of_it_keeps_anybody_from_a_new_link() -> None:
    addresses = [told.email for told in [*LINKS, COMPLAINS, RETURNED]]
    assert MailBudget.free_many(addresses, Share.SHOP) == set(addresses)


def test_the_shop_asks_those_who_are_silent() -> None:
    """Two mails that can be answered lie in the demo's mailbox, once a worker runs."""
    answered, *silent = Feedback.objects.order_by("pk")
    assert (answered.to, answered.worked) == (COMPLAINS.email, False)
    assert Mail.objects.about(answered).get().state == "handed_over"
    assert [(one.to, one.is_open, one.mail_waits) for one in silent] == [
        ("wencke.jessen@example.org", True, True),
        ("ole.thomsen@example.net", True, True),
    ]
    asked = Delivery.objects.filter(event__name="feedback.asked")
    assert set(asked.values_list("event__subject_id", flat=True)) == {one.pk for one in silent}
    assert Feedback.ask_those_due() == 0
