"""The scripts behind menus, dialogs, the save bar, tables, toasts and the palette, each on its own.

Pages are rendered from the same templates and answered inside the browser: no desk is started.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from django.http import HttpResponse
from django.template import Context, Template
from django.urls import path
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.answers import ADDRESS, fulfill_static
from tests.browser.looking import is_complaint

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " connect-src 'self'"
)
FRAME = """<!doctype html>
<html lang="en">
<head><title>Piece</title>{% include "ui/head.html" %}</head>
<body>
  <main class="main">BODY</main>
  {% include "ui/palette.html" %}{% include "ui/toasts.html" %}
</body>
</html>"""
FOUND = """{% include "ui/palette_results.html" %}"""
# What the search offers before anything is typed, for "o", and for "send".
OFFERS = {
    "": [{"label": "settings", "url": "/admin/settings/"}],
    "o": [{"label": name, "url": f"/admin/{name}/"} for name in ("jana", "oguz")],
    "send": [{"label": "Send reset", "url": "/admin/reset/", "posts": True}],
}

Show = Callable[[str], Page]

pytestmark = pytest.mark.urls(__name__)
urlpatterns = [path("admin/search/", lambda request: HttpResponse(), name="desk_search")]


class Someone:
    is_authenticated = True


def rendered(source: str, **context: object) -> str:
    request = {"user": Someone(), "path": "/admin/"}
    return Template(source).render(Context({"request": request, **context}))


@pytest.fixture
def show(browser: Browser) -> Iterator[Show]:
    """Open a page with this body; whatever the console complains about fails the test."""
    page = browser.new_page(viewport={"width": 1360, "height": 900})
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: complaints.append(line.text) if is_complaint(line) else None)

    def show_page(body: str) -> Page:
        html = rendered(FRAME.replace("BODY", body))
        page.route(f"{ADDRESS}/**", lambda route: answer(route, html))
        page.goto(f"{ADDRESS}/admin/")
        return page

    yield show_page
    page.close()
    assert complaints == []


def answer(route: Route, html: str) -> None:
    asked, query = urlsplit(route.request.url)[2:4]
    if asked.startswith("/static/"):
        fulfill_static(route, asked)
    elif asked == "/admin/search/":
        found = OFFERS.get(query.removeprefix("q="), [])
        route.fulfill(body=rendered(FOUND, groups=[("Found", found)]), content_type="text/html")
    else:
        route.fulfill(body=html, content_type="text/html", headers={"Content-Security-Policy": CSP})


MENU = """{% menu "More" %}<a href="/one/">One</a><a href="/two/">Two</a>{% endmenu %}
<button>Elsewhere</button>"""


def test_a_menu_is_walked_with_arrows_and_left_with_escape(show: Show) -> None:
    page = show(MENU)
    page.get_by_text("More").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("link", name="Two")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Two")).to_be_hidden()
    expect(page.locator("summary")).to_be_focused()


def test_a_menu_closes_when_something_else_is_clicked(show: Show) -> None:
    page = show(MENU)
    page.get_by_text("More").click()
    expect(page.get_by_role("link", name="One")).to_be_visible()
    page.get_by_role("button", name="Elsewhere").click()
    expect(page.get_by_role("link", name="One")).to_be_hidden()


def test_a_dialog_opens_and_closes_beside_itself(show: Show) -> None:
    page = show(
        '{% dialog_button "ask" "Delete" %}{% dialog "ask" "Really?" %}<p>Gone.</p>{% enddialog %}'
    )
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("dialog", name="Really?")).to_be_visible()
    page.mouse.click(20, 800)
    expect(page.get_by_role("dialog", name="Really?")).to_be_hidden()


def test_the_save_bar_comes_with_a_change_and_goes_with_discard(show: Show) -> None:
    field = '<input name="name" value="Jana" aria-label="Name">'
    page = show(f"<form>{field}{{% save_bar %}}</form>")
    expect(page.get_by_role("button", name="Save")).to_be_hidden()
    page.get_by_label("Name").fill("Johanna")
    expect(page.get_by_role("button", name="Save")).to_be_visible()
    page.get_by_role("button", name="Discard").click()
    expect(page.get_by_label("Name")).to_have_value("Jana")
    expect(page.get_by_role("button", name="Save")).to_be_hidden()


ROWS = """<div class="card"><form class="bulk"><span data-count="{number} selected"></span></form>
<table class="index"><tbody>{% for name in "abc" %}<tr data-href="/{{ name }}/">
<td class="pick"><input type="checkbox" class="check" aria-label="Select {{ name }}"></td>
<td class="title"><a href="/{{ name }}/">{{ name }}</a></td>
<td class="place">Hamburg {{ name }}</td>
</tr>{% endfor %}</tbody></table></div>"""


def test_a_click_in_a_row_follows_its_link(show: Show) -> None:
    page = show(ROWS)
    page.get_by_text("Hamburg b").click()
    expect(page).to_have_url(f"{ADDRESS}/b/")


def test_ticking_with_shift_takes_the_rows_between(show: Show) -> None:
    page = show(ROWS)
    page.get_by_label("Select a").click()
    page.get_by_label("Select c").click(modifiers=["Shift"])
    expect(page.locator(".bulk")).to_have_text("3 selected")
    expect(page.locator(".bulk")).to_be_visible()
    expect(page).to_have_url(f"{ADDRESS}/admin/")


def test_bad_news_stays_until_it_is_closed(show: Show) -> None:
    page = show("")
    page.clock.install()
    page.evaluate(
        """toasts => document.dispatchEvent(new CustomEvent("toast", {detail: {toasts}}))""",
        [{"text": "Saved.", "level": "success"}, {"text": "Refused.", "level": "error"}],
    )
    expect(page.locator(".toast")).to_have_count(2)
    page.clock.run_for(10_000)
    expect(page.locator(".toast.bad > span")).to_have_text("Refused.")
    expect(page.locator(".toast")).to_have_count(1)
    page.locator(".toast").get_by_role("button", name="Close").click()
    expect(page.locator(".toast")).to_have_count(0)


def test_the_palette_opens_by_key_and_leads_to_what_was_chosen(show: Show) -> None:
    page = show("")
    page.keyboard.press("Control+k")
    page.keyboard.type("o")
    expect(page.get_by_role("option", name="jana")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option", name="oguz")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{ADDRESS}/admin/oguz/")


def test_enter_before_the_answer_opens_what_was_typed(show: Show) -> None:
    """And never what stood there for an earlier text."""
    page = show("")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("option", name="settings")).to_have_attribute("aria-selected", "true")
    page.keyboard.type("o")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{ADDRESS}/admin/jana/")


def test_no_action_starts_before_it_was_seen(show: Show) -> None:
    page = show("")
    page.keyboard.press("Control+k")
    page.keyboard.type("send")
    page.keyboard.press("Enter")
    action = page.get_by_role("option", name="Send reset")
    expect(action).to_have_attribute("aria-selected", "true")
    expect(page.get_by_role("dialog", name="Search")).to_be_visible()
    with page.expect_request(lambda told: told.method == "POST") as told:
        page.keyboard.press("Enter")
    assert told.value.url == f"{ADDRESS}/admin/reset/"
    expect(page.get_by_role("dialog", name="Search")).to_be_hidden()


def test_what_comes_into_the_page_works_at_once(show: Show) -> None:
    """A quick hand, or a scanner, is there before a delay of htmx's is over."""
    page = show("")
    page.evaluate(
        """document.addEventListener("htmx:afterSwap", () => setTimeout(() =>
            document.querySelector("#palette-found button")?.click()), {once: true})"""
    )
    with page.expect_request(lambda told: told.method == "POST"):
        page.evaluate(
            "where => htmx.ajax('GET', '/admin/search/?q=send', where)",
            {"target": "#palette-found", "swap": "innerHTML"},
        )


def test_a_slash_in_a_field_is_a_slash(show: Show) -> None:
    page = show('<input aria-label="Place">')
    page.get_by_label("Place").press_sequentially("1/2")
    expect(page.get_by_label("Place")).to_have_value("1/2")
    expect(page.get_by_role("dialog", name="Search")).to_be_hidden()


def test_a_password_can_be_shown_and_leaves_hidden(show: Show) -> None:
    page = show(
        """<form><label for="p">Password</label><input id="p" type="password" data-password
        data-show="Show" data-hide="Hide" data-meter="Too short|Easy|Fair|Good|Strong"></form>"""
    )
    page.get_by_label("Password").fill("kurz")
    expect(page.get_by_text("Too short")).to_be_visible()
    page.get_by_label("Password").fill("Kaffee-mit-Milchschaum-7")
    expect(page.get_by_text("Strong")).to_be_visible()
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_label("Password")).to_have_attribute("type", "text")
    page.get_by_role("button", name="Hide").click()
    expect(page.get_by_label("Password")).to_have_attribute("type", "password")
