"""The shop's verbs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import IntegrityError, transaction

from core.conflicts import ChangedMeanwhile
from events.models import Event
from shop.models import Shop, StoredFile
from tests.shop.pictures import png

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db


def stored(**options: object) -> StoredFile:
    return StoredFile.store(png(), name="logo.png", content_type="image/png")


def test_the_shop_exists_from_the_first_migration_on(django_assert_num_queries) -> None:
    with django_assert_num_queries(1):
        shop = Shop.current()
    assert (shop.pk, shop.language, shop.currency, shop.zone.key) == (
        1,
        "de",
        "EUR",
        "Europe/Berlin",
    )


def test_there_is_never_a_second_shop() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Shop.objects.create(pk=2)


def test_a_change_is_saved_and_told_without_its_values(owner: User) -> None:
    shop = Shop.current()
    shop.change(by=owner, expected_version=1, name="Kaffeehaus Nord", city="Kiel")
    assert (shop.name, shop.city, shop.version) == ("Kaffeehaus Nord", "Kiel", 2)
    event = Event.objects.get(name="shop.changed")
    assert (event.plain, event.actor_id) == ({"fields": ["city", "name"]}, owner.pk)


def test_of_two_who_saw_the_same_version_the_second_is_refused(owner: User, lead: User) -> None:
    first, second = Shop.current(), Shop.current()
    first.change(by=owner, expected_version=first.version, name="Kaffeehaus Nord")
    with pytest.raises(ChangedMeanwhile):
        second.change(by=lead, expected_version=second.version, name="Kaffeehaus Süd")
    assert Shop.current().name == "Kaffeehaus Nord"
    assert Event.objects.filter(name="shop.changed").count() == 1


def test_a_change_of_nothing_leaves_no_event(owner: User) -> None:
    Shop.current().change(by=owner, expected_version=1)
    assert (Event.objects.count(), Shop.current().version) == (0, 1)


def test_the_seed_changes_without_a_version() -> None:
    Shop.current().change(by=None, name="Kaffeehaus Nord")
    assert Shop.current().name == "Kaffeehaus Nord"


def test_another_logo_replaces_the_one_before(owner: User) -> None:
    shop = Shop.current()
    shop.change_logo(before := stored(), by=owner)
    shop.change_logo(after := stored(), by=owner)
    assert shop.logo_id == after.pk
    assert not StoredFile.objects.filter(pk=before.pk).exists()
    assert Event.objects.filter(name="shop.logo_changed").count() == 2


def test_a_logo_removed_twice_is_told_once(owner: User) -> None:
    shop = Shop.current()
    shop.change_logo(stored(), by=owner)
    shop.change_logo(None, by=owner)
    shop.change_logo(None, by=owner)
    assert (shop.logo_id, shop.logo_url, StoredFile.objects.count()) == (None, "", 0)
    told = [event.plain["removed"] for event in Event.objects.filter(name="shop.logo_changed")]
    assert told == [False, True]
