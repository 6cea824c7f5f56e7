"""Where a product is in the shop, under the names that shops' own systems give it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ProductStatus(models.TextChoices):
    """Values as Shopify exports them."""

    ACTIVE = "active", pgettext_lazy("product", "Active")
    DRAFT = "draft", _("Draft")
    ARCHIVED = "archived", _("Archived")


TONES = {ProductStatus.ACTIVE: "ok", ProductStatus.DRAFT: "info"}
