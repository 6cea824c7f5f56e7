"""What others wrote, made harmless before it is kept: descriptions and addresses."""

from __future__ import annotations

import re

import nh3

LONGEST = 200_000
LONGEST_ADDRESS = 2000
# HTML's rules let a parser nest, and open again, by the square of what was written: minutes for a
# page, and megabytes of it. What people write stays far below both.
MOST_TAGS = 5000
MOST_REOPENED = 200_000
OPENED = re.compile(r"<([a-z][a-z0-9]*)", re.IGNORECASE)
# A parser opens these again in each block behind the one where they were left open.
LASTING = {
    *("a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt"),
    "u",
}
TAG = re.compile(r"<[^<>]*>")
WEB_ADDRESS = re.compile(r"https?://[^\s\\\"'<>]+", re.IGNORECASE)
# A browser takes "https:next" for a page beside the one that it shows.
ABSOLUTE = re.compile(r"\s*(https?://|mailto:)", re.IGNORECASE)
# Text, lists, tables, links. No pictures: the browser would fetch them from strangers.
TAGS = {
    *("p", "br", "hr", "div", "span", "blockquote", "pre", "code"),
    *("strong", "b", "em", "i", "u", "s", "sub", "sup", "small"),
    *("ul", "ol", "li", "dl", "dt", "dd"),
    *("h2", "h3", "h4", "h5", "h6"),
    *("table", "thead", "tbody", "tfoot", "tr", "th", "td", "caption"),
    "a",
}
ATTRIBUTES = {"a": {"href", "title"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}}


def clean_description(html: str) -> str:
    """The HTML without scripts, styles, pictures and whatever else could act. Bears a repeat.

    Of what is tangled beyond measure the text alone is left.
    """
    html = html[:LONGEST].replace("\0", "")
    if _is_tangled(html):
        html = TAG.sub(" ", html).replace("<", "&lt;")
    return nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        attribute_filter=_without_relative,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    ).strip()


def _without_relative(_tag: str, name: str, value: str) -> str | None:
    """What would lead into the desk, from whose page it is read, leads nowhere."""
    return None if name == "href" and not ABSOLUTE.match(value) else value


def _is_tangled(html: str) -> bool:
    opened = OPENED.findall(html)
    lasting = sum(name.lower() in LASTING for name in opened)
    return len(opened) > MOST_TAGS or lasting * len(opened) > MOST_REOPENED


def web_address(text: str) -> str:
    """The address where it is one that a browser may follow, else ""."""
    text = text.strip()
    return text if len(text) <= LONGEST_ADDRESS and WEB_ADDRESS.fullmatch(text) else ""
