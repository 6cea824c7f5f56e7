"""The one shop of this installation: its name, languages, money, address and look."""

from __future__ import annotations

import zoneinfo
from typing import TYPE_CHECKING, Any

from django.core.validators import RegexValidator
from django.db import models, transaction
from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.conflicts import ChangedMeanwhile
from events.log import record
from shop.models.files import StoredFile

if TYPE_CHECKING:
    from accounts.models import User


class FormOfAddress(models.TextChoices):
    FORMAL = "formal", _("Formal (Sie)")
    INFORMAL = "informal", _("Informal (du)")


class Language(models.TextChoices):
    GERMAN = "de", _("German")
    ENGLISH = "en", _("English")


class Shop(models.Model):
    """The one shop this installation serves."""

    name = models.CharField(max_length=100, default="My shop")
    language = models.CharField(max_length=2, choices=Language.choices, default=Language.GERMAN)
    form_of_address = models.CharField(
        max_length=8, choices=FormOfAddress.choices, default=FormOfAddress.FORMAL
    )
    time_zone = models.CharField(max_length=64, default="Europe/Berlin")
    currency = models.CharField(max_length=3, default="EUR")
    company = models.CharField(max_length=150, blank=True)
    street = models.CharField(max_length=150, blank=True)
    postal_code = models.CharField(max_length=20, blank=True)
    city = models.CharField(max_length=100, blank=True)
    country = models.CharField(max_length=2, default="DE")
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    website = models.URLField(blank=True)
    colour = models.CharField(
        max_length=7, default="#12664f", validators=[RegexValidator(r"^#[0-9a-f]{6}\Z")]
    )
    logo = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="one_shop")]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def current(cls) -> Shop:
        """The shop; the migration has made its row. One query."""
        return cls.objects.get(pk=1)

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)

    @property
    def theme_url(self) -> str:
        """The style sheet with the shop's colour; another address after each change."""
        return f"{reverse('theme_css')}?v={self.version}"

    @property
    def logo_url(self) -> str:
        """Empty without a logo; another address for each logo."""
        return f"{reverse('shop_logo')}?v={self.logo_id}" if self.logo_id else ""

    def change(
        self, *, by: User | None, expected_version: int | None = None, **fields: Any
    ) -> None:
        """Save settings unless somebody else did so meanwhile (ChangedMeanwhile).

        Without `expected_version` the last word wins: for the seed and for commands.
        """
        if not fields:
            return
        mine = Shop.objects.filter(pk=self.pk)
        if expected_version is not None:
            mine = mine.filter(version=expected_version)
        with transaction.atomic():
            if not mine.update(version=F("version") + 1, **fields):
                raise ChangedMeanwhile
            record("shop.changed", self, by=by, fields=sorted(fields))
        self.refresh_from_db()

    def change_logo(self, file: StoredFile | None, *, by: User | None) -> None:
        """Show another logo, or none; the one before is forgotten."""
        with transaction.atomic():
            before = Shop.objects.select_for_update().get(pk=self.pk).logo_id
            if before == (file.pk if file else None):
                return
            Shop.objects.filter(pk=self.pk).update(logo=file)
            if before:
                StoredFile.objects.filter(pk=before).delete()
            record("shop.logo_changed", self, by=by, removed=file is None)
        self.refresh_from_db()
