"""What a mail says, in which language, and that nothing in a name can change it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from liquid.exceptions import LiquidError

from notifications.liquid import markdown_liquid, one_line, paragraphs
from notifications.markdown import UnsafeAddress, to_blocks, to_text
from notifications.texts import NoText, text_of
from notifications.writing import Letter, render
from shop.colours import contrast
from shop.models import Shop
from tests.factories.notifications import LINK, NOTE, SECRET, WORLD

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 2, 13, 24, tzinfo=UTC)

NASTY = [
    "<b>bold</b>",
    "<script>alert(1)</script>",
    "{{7*7}}",
    "{% raw %}",
    "[x](javascript:alert(1))",
    "[button https://evil.example]x[/button]",
    "![i](https://evil.example/i.png)",
    "**strong** _em_ `code` ~~gone~~",
    "&amp; &lt;",
    "\\ \\* \\<",
    "# heading",
    "1. point",
    '" onmouseover="x',
    "]]></mj-text>",
    "https://evil.example",
]


def letter(language: str = "en", **values: Any) -> Letter:
    shop = Shop.current()
    shop.name, shop.email, shop.phone = "Kaffee & Mühlen", "hallo@shop.example", "+49 40 1234"
    shop.company = "Mühlen GmbH"
    shop.street, shop.postal_code, shop.city = "Eppendorfer Weg 12", "20259", "Hamburg"
    return render(NOTE, language, WORLD | {"at": AT} | values, shop)


def test_a_mail_says_the_same_in_text_and_html() -> None:
    assert letter().text == (
        "Hello Jana,\n\n"
        f"this is a note about your order ({LINK}).\n\n"
        "1. Open it.\n\n2. Read it.\n\n"
        f"Open it, Jana:\n{LINK}\n\n"
        "It is good until 2 Nov 2026, 14:24.\n\n"
        "Bye.\n\n"
        "-- \nKaffee & Mühlen\nMühlen GmbH\nEppendorfer Weg 12\n20259 Hamburg\nGermany\n"
        "hallo@shop.example\n+49 40 1234\n"
    )


def test_the_html_names_the_shop_links_and_language() -> None:
    html = letter().html
    escaped = LINK.replace("&", "&amp;")

    assert '<html lang="en"' in html
    assert "<title>A note for Jana</title>" in html
    assert html.count(f'href="{escaped}"') == 3  # in the text, the button, and below the button
    assert "Kaffee &amp; Mühlen" in html
    assert "prefers-color-scheme: dark" in html


def test_a_mail_loads_nothing_from_anybody_else() -> None:
    hosts = set(re.findall(r"https?://([^/\"')&<]+)", letter().html))

    # The second names a vocabulary for Outlook; nothing is loaded from there.
    assert hosts == {"shop.example", "www.w3.org"}


@pytest.mark.parametrize("name", NASTY)
def test_a_name_shows_literally_whatever_it_is(name: str) -> None:
    written = letter(customer={"first_name": name}, words=name)
    plain = letter(customer={"first_name": "Jana"}, words="Jana")

    assert written.subject == f"A note for {name}"
    assert written.text == plain.text.replace("Jana", name)
    # A browser reads both alike but for the words: no element came or went.
    assert elements(written.html) == elements(plain.html)
    assert words(written.html) == words(plain.html).replace("Jana", name)


def elements(html: str) -> list[str]:
    from html.parser import HTMLParser

    class Tags(HTMLParser):
        found: list[str]

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            self.found.append(f"{tag} {sorted(dict(attrs))}")

    reader = Tags()
    reader.found = []
    reader.feed(html)
    return reader.found


def words(html: str) -> str:
    from html.parser import HTMLParser

    class Words(HTMLParser):
        found: str = ""

        def handle_data(self, data: str) -> None:
            self.found += data

    reader = Words()
    reader.feed(html)
    return reader.found


@pytest.mark.parametrize(
    "name", ["Jana\r\nBcc: all@example.de",
             "Jana\nBcc: all@example.de", "Jana\x85Bcc: all@example.de",
             "Jana\u2028Bcc: all@example.de", "Jana\x00 \t\u202eBcc: all@example.de"],
)  # fmt: skip
def test_a_name_cannot_begin_a_line_of_its_own(name: str) -> None:
    assert letter(customer={"first_name": name}).subject == "A note for Jana Bcc: all@example.de"


def test_somebodys_own_words_keep_their_paragraphs_and_nothing_else() -> None:
    own = "Hello\r\n# you <b>\n\n\n    - one *two*\n\n"

    assert to_text(paragraphs(own)) == "Hello\n# you <b>\n\n- one *two*"
    assert [block.html for block in to_blocks(paragraphs(own))] == [
        "<p>Hello<br />\n# you &lt;b&gt;</p>\n<p>- one *two*</p>"
    ]


@pytest.mark.parametrize(
    ("language", "subject"),
    [
        ("en", "A note for Jana"),
        ("de", "Eine Nachricht für Jana"),
        ("de-informal", "Eine Nachricht für Jana"),
        ("fr", "A note for Jana"),
    ],
)
def test_a_missing_language_falls_back(language: str, subject: str) -> None:
    assert letter(language).subject == subject


def test_german_falls_back_to_english_as_a_last_resort() -> None:
    assert text_of(SECRET, "de-informal").language == "en"


def test_a_kind_without_texts_says_so() -> None:
    from notifications.kinds import MailKind

    with pytest.raises(NoText):
        text_of(MailKind("wordless", "tests", lambda _mail: {}), "en")


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html,x", "//evil.example", "x"]
)
def test_a_button_leads_to_web_pages_only(address: str) -> None:
    with pytest.raises(UnsafeAddress):
        to_blocks(f"[button {one_line(address)}]Press[/button]")


def test_a_link_to_a_script_stays_text() -> None:
    assert to_blocks("[x](javascript:alert(1))")[0].html == "<p>[x](javascript:alert(1))</p>"


@pytest.mark.parametrize(
    "source",
    [
        "{% for a in (1..100000000) %}x{% endfor %}",
        "{% for a in (1..900) %}{{ long }}{% endfor %}",
        "{% assign a = long %}{% for i in (1..900) %}{% assign a = a | append: a %}{% endfor %}",
        "{% include 'x' %}",
        "{% capture x %}{% endcapture %}",
        "{{ long | replace: '', long }}",
        "{{ unknown }}",
        "{{ customer.__class__ }}",
        "{% if %}",
    ],
)
def test_a_template_can_neither_run_for_long_nor_reach_far(source: str) -> None:
    with pytest.raises(LiquidError):
        markdown_liquid().from_string(source).render(long="x" * 600, customer={"first_name": "J"})


def test_a_mail_stays_below_what_mail_readers_cut_off() -> None:
    written = letter(words="ÄÖÜ <&> " * 1_200)

    assert len(written.html.encode()) < 100_000


@pytest.mark.parametrize("colour", ["#12664f", "#ffee00", "#000000", "#ffffff", "#808080"])
def test_a_button_can_be_read_on_any_colour(colour: str) -> None:
    shop = Shop.current()
    shop.colour = colour
    html = render(NOTE, "en", WORLD | {"at": AT}, shop).html
    inks = re.findall(rf'<a href="[^"]+" [^>]*background:{colour};color:(#[0-9a-f]{{6}});', html)

    assert len(inks) == 1
    assert contrast(inks[0], colour) >= 4.5


def test_an_empty_value_is_no_value() -> None:
    source = "{% if name %}Hello {{ name }}{% else %}Hello{% endif %}"
    from notifications.liquid import nil_for_blank

    assert markdown_liquid().from_string(source).render(**nil_for_blank({"name": " "})) == "Hello"
