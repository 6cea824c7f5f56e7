"""One URL, one template: the page, or its named partial."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from django.contrib import messages
from django.contrib.messages.storage.cookie import CookieStorage
from django_htmx.middleware import HtmxDetails

from core.htmx import redirect_page, render_page, told

if TYPE_CHECKING:
    from django.test import RequestFactory

FOLDER = "shop/settings.html"


def asking(rf: RequestFactory, **headers: str) -> object:
    request = rf.get("/", headers=headers)
    request.htmx = HtmxDetails(request)
    request._messages = CookieStorage(request)
    return request


@pytest.fixture
def pages(tmp_path, settings) -> None:
    (tmp_path / "sample").mkdir()
    (tmp_path / "sample" / "page.html").write_text("the page of {{ name }}")
    (tmp_path / "sample" / "_rows.html").write_text("the rows of {{ name }}")
    templates = [{**settings.TEMPLATES[0], "DIRS": [tmp_path], "OPTIONS": {}}]
    settings.TEMPLATES = templates


def shown(rf: RequestFactory, **headers: str) -> str:
    request = asking(rf, **headers)
    return render_page(request, "sample/page.html", {"name": "Jana"}, partial="rows").text


def test_htmx_gets_the_partial_and_everybody_else_the_page(pages, rf: RequestFactory) -> None:
    page, rows = "the page of Jana", "the rows of Jana"
    assert shown(rf) == page
    assert shown(rf, **{"HX-Request": "true"}) == rows
    assert shown(rf, **{"HX-Request": "true", "HX-Boosted": "true"}) == page
    assert shown(rf, **{"HX-Request": "true", "HX-History-Restore-Request": "true"}) == page


def test_caches_keep_page_and_partial_apart(pages, rf: RequestFactory) -> None:
    response = render_page(asking(rf), "sample/page.html", partial="rows")
    assert response["Vary"] == "HX-Request"


def test_a_partial_hands_over_the_messages_as_toasts(pages, rf: RequestFactory) -> None:
    request = asking(rf, **{"HX-Request": "true"})
    messages.success(request, "Saved – für Sie")
    response = render_page(request, "sample/page.html", partial="rows")
    assert json.loads(response["HX-Trigger"]) == {
        "toast": {"toasts": [{"text": "Saved – für Sie", "level": "success"}]}
    }


def test_htmx_is_led_on_by_a_header(rf: RequestFactory) -> None:
    plain = redirect_page(asking(rf), "/admin/")
    htmx = redirect_page(asking(rf, **{"HX-Request": "true"}), "/admin/")
    assert (plain.status_code, plain["Location"]) == (302, "/admin/")
    assert (htmx.status_code, htmx["HX-Redirect"]) == (200, "/admin/")


@pytest.mark.parametrize(
    ("happened", "done", "heard"),
    [
        (True, "Undone.", [("success", "Undone.")]),
        (True, "", []),
        (False, "Undone.", [("warning", "Too late.")]),
        (None, "", [("warning", "Too late.")]),
    ],
)
def test_a_click_hears_whether_it_happened_and_is_led_on(
    rf: RequestFactory, happened: object, done: str, heard: list[tuple[str, str]]
) -> None:
    request = asking(rf)
    answer = told(request, happened, done=done, late="Too late.", to=("/admin/",))
    assert (answer.status_code, answer["Location"]) == (302, "/admin/")
    said = [(one.level_tag, str(one)) for one in messages.get_messages(request)]
    assert said == heard
