"""Settings: a list of what this role may set."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.permissions import can_read, is_owner
from core.slots import SettingsPage, Slot
from shopdesk import settings_pages
from tests.factories.accounts import sign_in

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("who", "labels"),
    [("owner", ["Shop", "Keys"]), ("lead", ["Shop"]), ("agent", ["Shop"]), ("reader", ["Shop"])],
)
def test_each_role_sees_what_it_may_open(
    cast: dict[str, User], monkeypatch: pytest.MonkeyPatch, who: str, labels: list[str]
) -> None:
    slot: Slot[SettingsPage] = Slot("pages of this test")
    slot.add(SettingsPage("Shop", "Its name", "shop_settings", "store", can_read))
    slot.add(SettingsPage("Keys", "Of machines", "shop_settings", "key", is_owner))
    monkeypatch.setattr(settings_pages, "settings_pages", slot)
    response = sign_in(cast[who]).get("/admin/settings/")
    assert [page.label for page in response.context["pages"]] == labels
    assert response.text.count('<a href="/admin/settings/shop/">') == len(labels)


def test_the_shop_is_one_of_them(owner: User) -> None:
    assert '<a href="/admin/settings/shop/">Shop</a>' in sign_in(owner).get("/admin/settings/").text
