"""Writing a mail: a kind's text in somebody's language, in the shop's frame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils import timezone, translation

from notifications import frame
from notifications.kinds import MailKind, kind_named
from notifications.liquid import header_liquid, markdown_liquid, nil_for_blank
from notifications.markdown import to_blocks, to_text
from notifications.texts import text_of
from shop.models import Shop

if TYPE_CHECKING:
    from notifications.models import Mail

SUBJECT_LENGTH = 200


@dataclass(frozen=True)
class Letter:
    """A mail as it is handed over."""

    subject: str
    text: str
    html: str
    sender: str
    reply_to: str


def write(mail: Mail) -> Letter | None:
    """The mail in words; None when its kind says that the world moved on."""
    kind = kind_named(mail.kind)
    if kind is None:
        raise LookupError(mail.kind)
    shop = Shop.objects.select_related("logo").get(pk=1)
    with translation.override(mail.language), timezone.override(shop.zone):
        context = kind.context(mail)
        return None if context is None else render(kind, mail.language, context, shop)


def render(kind: MailKind, language: str, context: dict[str, Any], shop: Shop) -> Letter:
    """Fill a kind's text with `context` and `shop`. Values show literally, whatever they are."""
    text = text_of(kind, language)
    values = nil_for_blank({"shop": frame.shop_values(shop), **context})
    subject = header_liquid().from_string(text.subject).render(**values)
    preheader = header_liquid().from_string(text.preheader).render(**values)
    markdown = markdown_liquid().from_string(text.body).render(**values)
    with translation.override(text.language):
        html = frame.render(
            shop,
            title=subject,
            preheader=preheader,
            blocks=to_blocks(markdown),
            language=text.language,
        )
        return Letter(
            subject=subject[:SUBJECT_LENGTH],
            text=f"{to_text(markdown)}\n\n-- \n{frame.imprint_text(shop)}\n",
            html=html,
            sender=shop.name,
            reply_to=shop.email,
        )
