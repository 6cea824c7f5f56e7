"""What happens after a customer's events, in a worker."""

from __future__ import annotations

from typing import TYPE_CHECKING

from customers.models import Letter
from events.handlers import on
from notifications.models import Mail
from shop.language import language_code
from shop.models import Shop

if TYPE_CHECKING:
    from events.models import Event


@on("customer.written_to", name="customers.send_letter")
def send_letter(event: Event) -> None:
    """Queue the mail of a letter, once for each event."""
    letter = Letter.objects.select_related("customer").filter(pk=event.subject_id).first()
    if letter is None:
        return
    customer = letter.customer
    language = language_code(customer.language, customer.form_of_address, Shop.current())
    Mail.queue("message_from_staff", to=letter.to, language=language, about=letter, cause=event)
