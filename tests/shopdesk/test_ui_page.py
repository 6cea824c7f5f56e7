"""The page of components: staff only, and not there at all outside of development."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client
from django.urls import include, path

from accounts.models import User
from shopdesk import ui_page

urlpatterns = [
    path("admin/ui/", ui_page.show),
    path("admin/ui/storefront/", ui_page.show_storefront),
    path("", include("shopdesk.urls")),
]

SignIn = Callable[[User], Client]


def test_it_does_not_exist_outside_of_development(owner: User, desk_client: SignIn) -> None:
    answer = desk_client(owner).get("/admin/ui/")
    assert answer.status_code == 404
    assert "This page does not exist" in answer.content.decode()


@pytest.mark.urls(__name__)
def test_every_piece_is_shown(reader: User, desk_client: SignIn) -> None:
    html = desk_client(reader).get("/admin/ui/").content.decode()
    pieces = ["stats", "tabs", "filter", "pager", "timeline", "notice ok", "empty", "progress"]
    missing = [piece for piece in pieces if f'class="{piece}' not in html]
    assert missing == []
    assert "style=" not in html
    assert "onclick" not in html


# A list's own frame, shown by its table and filter here; what Ctrl K finds, and failures' button.
SEEN_ELSEWHERE = {
    "list.html", "list_filter.html", "list_heading.html", "list_rows.html", "filter_field.html",
    "palette_results.html", "way_home.html", "ask_button.html", "question.html", "_question.html",
}  # fmt: skip


@pytest.mark.urls(__name__)
def test_no_shared_template_is_missing(owner: User, desk_client: SignIn) -> None:
    desk = desk_client(owner)
    pages = [desk.get(f"/admin/ui/{rest}") for rest in ("", "?toast", "storefront/")]
    shown = {str(used.name).rpartition("/")[2] for page in pages for used in page.templates}
    shared = {place.name for place in (settings.BASE_DIR / "templates" / "ui").glob("*.html")}
    assert shared - shown == SEEN_ELSEWHERE


@pytest.mark.urls(__name__)
def test_messages_become_toasts(owner: User, desk_client: SignIn) -> None:
    html = desk_client(owner).get("/admin/ui/?toast").content.decode()
    assert html.count('class="toast ok"') == 1
    assert html.count('class="toast bad"') == 1


@pytest.mark.urls(__name__)
def test_the_storefronts_panel_needs_no_script(owner: User, desk_client: SignIn) -> None:
    html = desk_client(owner).get("/admin/ui/storefront/").content.decode()
    assert html.count("<script") == 1  # password.js improves a form that works without it
    assert '<form class="form" method="post"' in html
