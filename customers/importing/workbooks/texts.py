"""The table of a workbook's texts: cells name them by number.

It may be larger than memory. It is read only as far as somebody asks, and laid on disk in blocks.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from typing import IO, TYPE_CHECKING

from customers.importing.patience import refuse_endless
from customers.importing.problems import FileRefused
from customers.importing.workbooks.xml import DEEPEST, Attributes, Damaged, parse

if TYPE_CHECKING:
    from xml.parsers.expat import XMLParserType

BLOCK = 256
HELD_BYTES = 4 * 10**6
# Where only the beginning of a sheet is asked for, and somebody waits for it.
BEGINNING = 16 * 10**6
# Stands for a text behind that.
FAR = "…"
# As long as a cell of a CSV file may be. Excel's own limit is 32,767.
LONGEST_TEXT = 131_072
# No text of XML has it.
BETWEEN = "\0"
# How a text says a character that XML cannot carry. Halves of surrogate pairs stay as they are.
ESCAPED = re.compile(r"_x(?!D[89A-F])([0-9A-F]{4})_", re.IGNORECASE)


class Texts:
    """Texts by number. Raises LookupError for one that is not there."""

    def __init__(self, stream: IO[bytes] | None, *, at_most: int | None = None) -> None:
        self._file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 -- until `close`
        self._starts = [0]
        self._held: dict[int, list[str]] = {}
        self._held_bytes = 0
        self._blocks = _blocks(stream, at_most) if stream else iter(())

    def __getitem__(self, number: int) -> str:
        block, place = divmod(number, BLOCK)
        held = self._held.get(block)
        return (self._fetched(block) if held is None else held)[place]

    def close(self) -> None:
        self._file.close()

    def _fetched(self, block: int) -> list[str]:
        if block < 0:
            raise LookupError
        # The cells of a row may name texts of two large blocks by turns.
        refuse_endless()
        while len(self._starts) <= block + 1:
            content = next(self._blocks, None)
            if content is None:
                raise LookupError
            self._file.seek(self._starts[-1])
            self._file.write(content)
            self._starts.append(self._starts[-1] + len(content))
        start, end = self._starts[block : block + 2]
        self._file.seek(start)
        self._make_room(end - start)
        # Only then: the sign between them may be escaped within one.
        texts = self._file.read(end - start).decode().split(BETWEEN)
        self._held[block] = [unescaped(text) for text in texts]
        return self._held[block]

    def _make_room(self, size: int) -> None:
        """Of the blocks that are held the oldest go; most cells name a text of the same ones."""
        self._held_bytes += size
        while self._held and self._held_bytes > HELD_BYTES:
            oldest = next(iter(self._held))
            del self._held[oldest]
            self._held_bytes -= self._starts[oldest + 1] - self._starts[oldest]


class Beginning(Texts):
    """Of a table of `size` bytes no more is read than its beginning, and all of that is held.

    A sheet that was sorted names texts from anywhere in it.
    """

    def __init__(self, stream: IO[bytes] | None, size: int) -> None:
        super().__init__(stream, at_most=BEGINNING)
        self._is_cut = size > BEGINNING

    def __getitem__(self, number: int) -> str:
        try:
            return super().__getitem__(number)
        except LookupError:
            if self._is_cut:
                return FAR
            raise

    def _make_room(self, size: int) -> None:
        """There is room for as little as that."""


def _blocks(stream: IO[bytes], at_most: int | None) -> Iterator[bytes]:
    found = _Found()
    for _ in parse(stream, found, at_most=at_most):
        while len(found.texts) >= BLOCK:
            yield BETWEEN.join(found.texts[:BLOCK]).encode()
            del found.texts[:BLOCK]
    if found.texts:
        yield BETWEEN.join(found.texts).encode()


class _Found:
    """Texts in one piece, whatever their letters look like; how they are pronounced is left out."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._parts: list[str] = []
        self._length = self._depth = 0
        self._is_text = False
        self._names = ("si", "t", "rPh")

    def begin(self, parser: XMLParserType, prefix: str) -> None:
        self._names = (f"{prefix}si", f"{prefix}t", f"{prefix}rPh")
        self._hushed = 0
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters

    def _start(self, name: str, _attributes: Attributes) -> None:
        self._depth += 1
        one, text, hushed = self._names
        if name == text:
            self._is_text = not self._hushed
        elif name == one:
            self._parts, self._length = [], 0
        elif name == hushed:
            self._hushed += 1
        if self._depth > DEEPEST:
            raise Damaged

    def _characters(self, text: str) -> None:
        if self._is_text:
            self._parts.append(text)
            self._length += len(text)
            if self._length > LONGEST_TEXT:
                raise FileRefused("long_text")

    def _end(self, name: str) -> None:
        self._depth -= 1
        one, text, hushed = self._names
        if name == text:
            self._is_text = False
        elif name == one:
            self.texts.append("".join(self._parts))
        elif name == hushed:
            self._hushed -= 1


def unescaped(text: str) -> str:
    return ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text
