"""Settings › Shop."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from events.models import Event
from shop.models import Shop, StoredFile
from tests.factories.accounts import sign_in
from tests.shop.pictures import SVG, pixel_bomb, png

if TYPE_CHECKING:
    from django.test import Client

    from accounts.models import User

pytestmark = pytest.mark.django_db
PAGE = "/admin/settings/shop/"
LOGO = "/admin/settings/shop/logo/"
REMOVAL = "/admin/settings/shop/logo/removal/"


def typed(**changes: Any) -> dict[str, Any]:
    """The form as the browser sends it."""
    shop = Shop.current()
    names = (
        "name language form_of_address time_zone currency company street postal_code city country"
        " email phone website colour version"
    )
    return {name: getattr(shop, name) for name in names.split()} | changes


def upload(content: bytes, name: str = "logo.png") -> dict[str, SimpleUploadedFile]:
    return {"logo": SimpleUploadedFile(name, content, "image/png")}


@pytest.mark.parametrize(
    ("who", "may_save"),
    [("owner", True), ("lead", True), ("agent", False), ("other_agent", False), ("reader", False)],
)
def test_all_staff_read_owners_and_leads_save(
    cast: dict[str, User], who: str, may_save: bool
) -> None:
    desk = sign_in(cast[who])
    page = desk.get(PAGE)
    assert (page.status_code, "data-savebar" in page.text) == (200, may_save)
    response = desk.post(PAGE, typed(name="Kaffeehaus Nord"))
    assert response.status_code == (302 if may_save else 403)
    assert Shop.current().name == ("Kaffeehaus Nord" if may_save else "My shop")


@pytest.mark.parametrize("who", ["agent", "reader"])
@pytest.mark.parametrize("path", [LOGO, REMOVAL])
def test_logos_are_for_owners_and_leads(cast: dict[str, User], who: str, path: str) -> None:
    assert sign_in(cast[who]).post(path, upload(png().getvalue())).status_code == 403
    assert StoredFile.objects.count() == 0


@pytest.mark.parametrize("path", [PAGE, LOGO, REMOVAL])
def test_strangers_are_led_to_the_desks_sign_in(stranger: Client, path: str) -> None:
    for response in (stranger.get(path), stranger.post(path, typed())):
        assert response.status_code == 302
        assert response["Location"].startswith("/admin/login/")


def test_what_is_typed_is_saved_and_confirmed(owner: User) -> None:
    desk = sign_in(owner)
    changes = {
        "name": "  Kaffeehaus \t Nord ",
        "language": "en",
        "form_of_address": "informal",
        "time_zone": "Europe/Vienna",
        "currency": "CHF",
        "country": "AT",
        "colour": "#A3212A",
        "website": "kaffee.example",
    }
    response = desk.post(PAGE, typed(**changes), follow=True)
    shop = Shop.current()
    assert [getattr(shop, name) for name in changes] == [
        "Kaffeehaus Nord",
        "en",
        "informal",
        "Europe/Vienna",
        "CHF",
        "AT",
        "#a3212a",
        "https://kaffee.example",
    ]
    assert [str(message) for message in response.context["messages"]] != []
    assert Event.objects.get(name="shop.changed").plain == {"fields": sorted(changes)}


def test_saving_twice_changes_nothing_twice(owner: User) -> None:
    desk = sign_in(owner)
    desk.post(PAGE, typed(name="Kaffeehaus Nord"))
    desk.post(PAGE, typed(name="Kaffeehaus Nord"))
    assert (Shop.current().version, Event.objects.filter(name="shop.changed").count()) == (2, 1)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 101),
        ("language", "fr"),
        ("form_of_address", "royal"),
        ("time_zone", "Moon/Crater"),
        ("time_zone", "../../etc/passwd"),
        ("currency", "XTS"),
        ("country", "ZZ"),
        ("colour", "red"),
        ("colour", "#12664"),
        ("colour", "#12664f\n"),
        ("colour", "#12664f;} body{display:none"),
        ("email", "anna@kaffee.example\nBcc: x@example.com"),
        ("website", "javascript:alert(1)"),
        ("version", "one"),
        ("version", ""),
        ("phone", "x" * 10_000),
        ("name", "Kaffee\0haus"),
        ("colour", "#12664f\0"),
    ],
)
def test_what_cannot_be_is_shown_again_and_not_saved(owner: User, field: str, value: str) -> None:
    response = sign_in(owner).post(PAGE, typed(**{field: value}, city="Kiel"))
    shop = Shop.current()
    if response.status_code == 302:  # a line break at the end is white space, no more
        assert (value.strip(), getattr(shop, field)) == ("#12664f", "#12664f")
    else:
        assert (response.status_code, shop.version) == (422, 1)
        assert response.context["form"]["city"].value() == "Kiel"


def test_fields_that_are_not_on_the_page_cannot_be_set(owner: User) -> None:
    sign_in(owner).post(PAGE, typed(city="Kiel", logo="1", id="7", pk="7"))
    shop = Shop.current()
    assert (shop.city, shop.pk, shop.logo_id) == ("Kiel", 1, None)


def test_who_saves_second_sees_both_versions_and_then_decides(owner: User, lead: User) -> None:
    mine = typed(name="Kaffeehaus Süd", currency="CHF")
    sign_in(lead).post(PAGE, typed(name="Kaffeehaus Nord"))
    desk = sign_in(owner)
    refused = desk.post(PAGE, mine)
    shown = [
        (str(label), theirs, yours[:3])
        for label, theirs, yours in refused.context["changed_meanwhile"]
    ]
    assert refused.status_code == 409
    assert [(theirs[:15], yours) for _, theirs, yours in shown] == [
        ("Kaffeehaus Nord", "Kaf"),
        ("EUR · Euro", "CHF"),
    ]
    assert Shop.current().name == "Kaffeehaus Nord"
    again = mine | {"version": refused.context["form"]["version"].value()}
    assert desk.post(PAGE, again).status_code == 302
    assert (Shop.current().name, Shop.current().currency) == ("Kaffeehaus Süd", "CHF")


def test_a_logo_is_stored_as_our_own_png(owner: User) -> None:
    assert sign_in(owner).post(LOGO, upload(png((900, 900), "JPEG").getvalue())).status_code == 302
    file = Shop.current().logo
    assert file is not None
    assert (file.content_type, file.name, file.stored_by_id) == ("image/png", "logo.png", owner.pk)
    assert file.read()[:8] == b"\x89PNG\r\n\x1a\n"


@pytest.mark.parametrize(
    "content",
    [b"", SVG, pixel_bomb().getvalue(), b"<html>", b"\0" * 64],
    ids=["empty", "svg", "bomb", "html", "zeros"],
)
def test_what_is_no_logo_is_refused_with_the_reason(owner: User, content: bytes) -> None:
    response = sign_in(owner).post(LOGO, upload(content))
    assert response.status_code == 422
    assert len(response.context["logo_form"].errors["logo"]) == 1
    assert StoredFile.objects.count() == 0


def test_a_logo_can_be_taken_away(owner: User) -> None:
    desk = sign_in(owner)
    desk.post(LOGO, upload(png().getvalue()))
    assert desk.post(REMOVAL).status_code == 302
    assert desk.post(REMOVAL).status_code == 302
    assert (Shop.current().logo_id, StoredFile.objects.count()) == (None, 0)


def test_names_with_markup_stay_text(owner: User) -> None:
    desk = sign_in(owner)
    desk.post(PAGE, typed(name="<img src=x onerror=alert(1)>{{7*7}}"))
    page = desk.get(PAGE).text
    assert ("<img src=x" in page, "{{7*7}}" in page) == (False, True)


def test_an_upload_is_never_read_whole_into_memory(
    owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    large = io.BytesIO(b"\0" * (6 * 1024 * 1024))
    response = sign_in(owner).post(LOGO, {"logo": SimpleUploadedFile("a.png", large.read())})
    assert response.status_code == 422
