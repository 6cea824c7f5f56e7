"""What others wrote, made harmless before it is kept: descriptions and addresses."""

from __future__ import annotations

import re

import nh3

LONGEST = 200_000
LONGEST_ADDRESS = 2000
WEB_ADDRESS = re.compile(r"https?://[^\s\\\"'<>]+", re.IGNORECASE)
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
    """The HTML without scripts, styles, pictures and whatever else could act. Bears a repeat."""
    return nh3.clean(
        html[:LONGEST].replace("\0", ""),
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    ).strip()


def web_address(text: str) -> str:
    """The address where it is one that a browser may follow, else ""."""
    text = text.strip()
    return text if len(text) <= LONGEST_ADDRESS and WEB_ADDRESS.fullmatch(text) else ""
