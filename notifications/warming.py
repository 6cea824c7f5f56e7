"""What a worker does before its first mail, so that the first is as quick as the tenth."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import get_resolver
from django.utils import translation

from notifications import frame
from notifications.liquid import header_liquid, markdown_liquid
from notifications.markdown import to_blocks
from shop.models import Shop


def warm_up(**_signal: Any) -> None:
    """Load what writing a mail needs: addresses, translations, the frame. Touches no database."""
    _ = get_resolver().url_patterns
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            header_liquid().from_string("{{ shop.name }}").render(shop=frame.shop_values(Shop()))
            markdown = markdown_liquid().from_string("[button https://example.com]Go[/button]")
            blocks = to_blocks(markdown.render())
            frame.render(Shop(), title="", preheader="", blocks=blocks, language=language)
