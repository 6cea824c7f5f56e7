"""Many mails that wait while the mail server is away, and how many have left since."""

from __future__ import annotations

from datetime import datetime

from tests.faults.installation import Installation
from tests.waiting import wait_until

STAFF, CUSTOMER = "olivia@desk.example", "jana@customers.example"
QUEUE = """
from accounts.models import User
from customers.models import Customer, Letter
from django.db import transaction
from notifications.models import Mail
customer, author = Customer.objects.first(), User.objects.get(email={staff!r})
letter = Letter.objects.create(
    customer=customer, author=author, to={customer!r}, subject="Hello", text="Thank you. " * 50
)
for number in range({count}):
    with transaction.atomic():
        address = f"person{{number}}@customers.example"
        Mail.queue("message_from_staff", to=address, language="en", about=letter)
"""
NEWEST = "(SELECT max(subject_id) FROM notifications_mail)"
LEFT = f"""
SELECT count(*), min(handed_over_at), max(handed_over_at) FROM notifications_mail
WHERE handed_over_at IS NOT NULL AND subject_id = {NEWEST}
"""
IN_VAIN = f"""
SELECT count(*) FROM notifications_mail WHERE failure = 'connection' AND subject_id = {NEWEST}
"""


def bring_in_people(installation: Installation) -> None:
    """Who writes, and to whom."""
    installation.manage("create_owner", STAFF)
    installation.bring_in(CUSTOMER)


def queue_mails(installation: Installation, count: int) -> None:
    script = QUEUE.format(staff=STAFF, customer=CUSTOMER, count=count)
    installation.manage("shell", "--no-imports", "-c", script)


def wait_in_an_outage(installation: Installation, count: int) -> None:
    """Queue mails, and return when each has been tried in vain; the mail server stays away."""
    installation.sink.close()
    queue_mails(installation, count)
    wait_until(
        lambda: installation.query(IN_VAIN) == [(count,)],
        seconds=30 + count,
        what="a try in vain for each mail",
    )


def left(installation: Installation) -> tuple[int, datetime, datetime]:
    """How many of the newest mails have left, the first and the last of them when."""
    (found,) = installation.query(LEFT)
    count, first, last = found
    return int(count), first, last
