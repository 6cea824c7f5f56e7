"""Parts of a workbook as events of expat, piece by piece. Nothing in them is trusted."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Protocol
from xml.parsers import expat
from zipfile import BadZipFile

from customers.importing.patience import refuse_endless
from customers.importing.problems import FileRefused

if TYPE_CHECKING:
    from collections.abc import Mapping
    from xml.parsers.expat import XMLParserType

PIECE = 1 << 16
# Of one tag with all its attributes; expat reads an unfinished one from its start again and again.
LONGEST_TAG = 1 << 20
DEEPEST = 64
Attributes = dict[str, str]


class Damaged(Exception):
    """The workbook is not written as workbooks are."""


class Handler(Protocol):
    """Takes the elements of a part, by their names without a namespace's prefix."""

    def begin(self, parser: XMLParserType, prefix: str) -> None:
        """The part's own element has begun: from now on the parser calls what is set here."""


@contextmanager
def damage_told() -> Iterator[None]:
    """Whatever trips over a workbook that was not written well, says so in a sentence."""
    try:
        yield
    except (Damaged, BadZipFile, zlib.error, EOFError, expat.ExpatError) as error:
        raise FileRefused("workbook_damaged") from error
    except (ValueError, LookupError, NotImplementedError, RuntimeError) as error:
        raise FileRefused("workbook_damaged") from error


def parse(stream: IO[bytes], handler: Handler, *, at_most: int | None = None) -> Iterator[None]:
    """Stops after each piece for the caller to take what was found, and after `at_most` bytes.

    Raises Damaged or expat's error. No entity is ever resolved: a workbook has no document type.
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.buffer_size = PIECE
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.StartElementHandler = lambda name, _: handler.begin(parser, _prefix(name))
    fed = 0
    while piece := stream.read(PIECE):
        parser.Parse(piece, False)  # noqa: FBT003 -- expat's own "is this the last piece?"
        fed += len(piece)
        if fed - parser.CurrentByteIndex > LONGEST_TAG:
            raise Damaged
        refuse_endless()
        yield
        if at_most is not None and fed >= at_most:
            return
    parser.Parse(b"", True)  # noqa: FBT003 -- as above
    yield


def elements(stream: IO[bytes]) -> Iterator[tuple[str, Attributes]]:
    """The elements of a small part as they begin, by their bare names."""
    found = _Elements()
    for _ in parse(stream, found):
        yield from found.begun
        found.begun.clear()


class _Elements:
    def __init__(self) -> None:
        self.begun: list[tuple[str, Attributes]] = []
        self._depth = 0

    def begin(self, parser: XMLParserType, prefix: str) -> None:  # noqa: ARG002 -- as promised
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end

    def _start(self, name: str, attributes: Attributes) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise Damaged
        self.begun.append((bare(name), attributes))

    def _end(self, _name: str) -> None:
        self._depth -= 1


def bare(name: str) -> str:
    """Without the prefix of a namespace."""
    return name.rpartition(":")[2]


def referred(attributes: Mapping[str, str]) -> str:
    """The id of a relationship; its namespace goes by any prefix."""
    return next((value for name, value in attributes.items() if name.endswith(":id")), "")


def _prefix(name: str) -> str:
    return name[: len(name) - len(bare(name))]


def _refuse_doctype(*_: object) -> None:
    raise Damaged
