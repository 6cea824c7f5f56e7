"""Liquid as mails speak it: a small, bounded part of the language, and values that stay literal.

Texts may one day come from the shop's own people, so a template can neither run for long nor
write much: no tag that includes or captures, only filters that answer in proportion to what they
are given, and limits on loops, names and output.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any, ClassVar, TextIO

from django.utils.html import escape
from liquid import Environment, FalsyStrictUndefined, Mode
from liquid.builtin.output import Output, OutputNode
from liquid.context import RenderContext
from liquid.stringify import to_liquid_string

from core import words

TAGS = {
    "content", "output", "illegal", "if", "unless", "case", "for", "break", "continue", "assign",
    "comment", "#",
}  # fmt: skip
FILTERS = {"append", "prepend", "capitalize", "default", "downcase", "upcase", "size", "truncate"}
# Everything that begins a new line somewhere, every control character, and marks that turn the
# direction of writing: none of them belongs into a name.
BREAKS = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")

Spell = Callable[[str], str]


class Written(str):
    """Text that is already in the language of its output."""

    __slots__ = ()


def one_line(text: str) -> str:
    return BREAKS.sub(" ", text).strip()


def spell_markdown(text: str) -> str:
    """The text as Markdown that shows it literally, on one line."""
    return PUNCTUATION.sub(r"\\\1", one_line(text))


def nil_for_blank(value: Any) -> Any:
    """The same with nothing instead of empty text, which Liquid takes for true."""
    if isinstance(value, dict):
        return {key: nil_for_blank(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [nil_for_blank(inner) for inner in value]
    return None if isinstance(value, str) and not value.strip() else value


def paragraphs(text: object) -> Written:
    """Somebody's own text of several lines, literally: a blank line begins a new paragraph."""
    blocks = re.split(r"\n\s*\n", re.sub(r"\r\n?", "\n", str(text)).strip())
    lines = ([spell_markdown(line) for line in block.split("\n")] for block in blocks)
    return Written("\n\n".join("\\\n".join(line for line in block if line) for block in lines))


class SpellingOutput(OutputNode):
    """`{{ value }}`, spelled for where it stands."""

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        value = self.expression.evaluate(context)
        if isinstance(value, Written):
            return buffer.write(value)
        env = context.env
        assert isinstance(env, MailEnvironment)
        return buffer.write(env.spell(to_liquid_string(value, autoescape=False)))


class SpellingOutputTag(Output):
    node_class = SpellingOutput


class MailEnvironment(Environment):
    """One per output: Markdown, a header line, or HTML."""

    loop_iteration_limit: ClassVar[int | None] = 1_000
    local_namespace_limit: ClassVar[int | None] = 50_000
    # Mail readers cut a mail off at 102 kB of HTML.
    output_stream_limit: ClassVar[int | None] = 40_000

    def __init__(self, spell: Spell) -> None:
        super().__init__(tolerance=Mode.STRICT, undefined=FalsyStrictUndefined)
        self.spell = spell
        self.tags = {name: tag for name, tag in self.tags.items() if name in TAGS}
        self.filters = {name: self.filters[name] for name in FILTERS}
        self.filters |= {
            "paragraphs": paragraphs if spell is spell_markdown else one_line,
            "day": _day,
            "clock": _clock,
            "zone": _zone,
            "time_left": _time_left,
            "money": _money,
        }
        self.add_tag(SpellingOutputTag)


class FrameEnvironment(MailEnvironment):
    """For our own frame, around a text that has kept its own limit."""

    output_stream_limit: ClassVar[int | None] = None


@cache
def markdown_liquid() -> MailEnvironment:
    return MailEnvironment(spell_markdown)


@cache
def header_liquid() -> MailEnvironment:
    return MailEnvironment(one_line)


@cache
def frame_liquid() -> FrameEnvironment:
    return FrameEnvironment(escape)


def _day(value: Any) -> str:
    """`2 Nov 2026`, in the mail's language and the shop's time zone."""
    return words.day(_moment(value))


def _clock(value: Any) -> str:
    return words.clock(_moment(value))


def _zone(value: Any) -> str:
    return words.zone(_moment(value))


def _time_left(value: Any) -> str:
    return words.time_left(_moment(value))


def _money(amount: Any, currency: str) -> str:
    return words.money(Decimal(str(amount)), str(currency))


def _moment(value: Any) -> datetime | None:
    """Values that waited in the outbox come back from JSON as text."""
    if isinstance(value, datetime):
        return value
    return datetime.fromisoformat(str(value)) if value else None
