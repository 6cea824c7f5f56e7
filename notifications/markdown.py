"""Markdown as mails speak it: no raw HTML, no pictures, and `[button address]Text[/button]`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.common.utils import unescapeAll
from markdown_it.rules_block import StateBlock
from markdown_it.token import Token

BUTTON = re.compile(r"\[button\s+((?:\\.|[^\\\]\s])+)\]\s*(.+?)\s*\[/button\]\s*\Z")
SAFE_ADDRESS = re.compile(r"(https?://|mailto:|tel:)", re.IGNORECASE)


class UnsafeAddress(Exception):
    """A button leads to something other than a web page, a mail or a phone."""


@dataclass(frozen=True)
class Block:
    """A piece of a mail: a button when `href` is set, else a stretch of HTML."""

    html: str = ""
    href: str = ""
    label: str = ""


def is_safe(address: str) -> bool:
    return bool(SAFE_ADDRESS.match(address.strip()))


def to_blocks(source: str) -> list[Block]:
    """What the frame sets one below the other. Raises UnsafeAddress."""
    blocks: list[Block] = []
    stretch: list[Token] = []
    for token in [*_reader.parse(source), None]:
        if token is not None and token.type != "button":
            stretch.append(token)
            continue
        if stretch:
            html = _reader.renderer.render(stretch, _reader.options, {})
            blocks.append(Block(html=str(html).strip()))
            stretch = []
        if token is not None:
            blocks.append(Block(href=token.meta["href"], label=token.content))
    return blocks


def to_text(source: str) -> str:
    """The same as plain text: what the mail says to readers without HTML."""
    paragraphs: list[str] = []
    markers: list[_Marker] = []
    for token in _reader.parse(source):
        if token.type in {"ordered_list_open", "bullet_list_open"}:
            markers.append(_Marker(int(token.attrs.get("start", 1)) if token.tag == "ol" else 0))
        elif token.type in {"ordered_list_close", "bullet_list_close"}:
            markers.pop()
        elif token.type == "list_item_open":
            markers[-1].begin()
        elif token.type == "inline":
            text = _inline_text(token.children or [])
            paragraphs.append(_indented(text, markers))
        elif token.type == "button":
            paragraphs.append(f"{token.content}:\n{token.meta['href']}")
        elif token.type == "hr":
            paragraphs.append("-" * 20)
    return "\n\n".join(paragraphs)


class _Marker:
    """The number or dash before a line of a list: shown once per point."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.pending = ""

    def begin(self) -> None:
        self.pending = f"{self.number}. " if self.number else "- "
        self.number += 1 if self.number else 0


def _indented(text: str, markers: list[_Marker]) -> str:
    if not markers:
        return text
    lead, markers[-1].pending = markers[-1].pending or "   ", ""
    indent = "   " * (len(markers) - 1)
    return indent + lead + text.replace("\n", "\n" + indent + " " * len(lead))


def _inline_text(tokens: Sequence[Token]) -> str:
    parts: list[str] = []
    href, label_from = "", 0
    for token in tokens:
        if token.type in {"text", "code_inline"}:
            parts.append(token.content)
        elif token.type in {"softbreak", "hardbreak"}:
            parts.append("\n")
        elif token.type == "link_open":
            href, label_from = str(token.attrs["href"]), len(parts)
        elif token.type == "link_close" and "".join(parts[label_from:]) not in href:
            parts.append(f" ({href})")
    return "".join(parts)


def _button(state: StateBlock, start: int, _end: int, silent: bool) -> bool:  # noqa: FBT001 -- markdown-it's signature
    line = state.src[state.bMarks[start] + state.tShift[start] : state.eMarks[start]]
    match = BUTTON.match(line)
    if match is None or state.level or state.is_code_block(start):
        return False
    if not silent:
        href = unescapeAll(match[1])
        if not is_safe(href):
            raise UnsafeAddress
        token = state.push("button", "", 0)
        token.meta = {"href": _reader.normalizeLink(href)}
        token.content = unescapeAll(match[2])
        state.line = start + 1
    return True


def _make_reader() -> MarkdownIt:
    reader = MarkdownIt("js-default", {"html": False, "linkify": False, "xhtmlOut": True})
    reader.disable(["image", "table", "code", "fence", "html_block", "html_inline", "linkify"])
    reader.validateLink = is_safe  # type: ignore[assignment]  # markdown-it-py's way to set it
    reader.block.ruler.before("reference", "button", _button, {"alt": ["paragraph"]})
    return reader


_reader = _make_reader()
