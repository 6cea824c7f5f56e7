"""Bytes to records: encoding and delimiter are found out, lines are counted, memory stays flat."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from charset_normalizer import from_bytes

from customers.importing.problems import FileRefused

if TYPE_CHECKING:
    from typing_extensions import Buffer

Chunks = Callable[[], Iterable[bytes]]

DELIMITERS = ",;\t"
LONGEST_LINE = 1_000_000
BOMS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
FOREIGN = {
    b"PK\x03\x04": "workbook",
    b"\xd0\xcf\x11\xe0": "workbook",
    b"\x1f\x8b": "packed",
    b"7z\xbc\xaf": "packed",
    b"Rar!": "packed",
    b"%PDF": "not_text",
    b"\x89PNG": "not_text",
    b"\xff\xd8\xff": "not_text",
    b"\x7fELF": "not_text",
}
# What spreadsheet programs in Western Europe write when it is not Unicode, the likeliest first.
WESTERN = ["cp1252", "mac_roman", "cp850", "latin_1"]
FAMILIAR = {**dict.fromkeys("äöüÄÖÜßéè", 3), **dict.fromkeys("àáâãåæçêëíîïñóôøúùûÀÅÆÇÉÈÑØŁłśžš", 1)}
SAMPLE_SIZE = 32_768
NEAR_FOREIGN_LETTERS = re.compile(rb"[^\r\n]{0,60}[\x80-\xff][^\r\n]{0,60}")


class Record(NamedTuple):
    """The cells of one row, and the physical line on which the row begins."""

    line: int
    cells: list[str]


class ChunkStream(io.RawIOBase):
    """Chunks of bytes as a stream that can be read once."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Buffer) -> int:
        while not self._rest:
            chunk = next(self._chunks, None)
            if chunk is None:
                return 0
            self._rest = bytes(chunk)
        view = memoryview(buffer).cast("B")
        count = min(len(view), len(self._rest))
        view[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count


def find_encoding(chunks: Chunks) -> str:
    """The encoding of the whole file: its BOM, UTF-8 if every byte fits, else the likeliest.

    Reads the file once, and again to its first odd letters when it is not Unicode.
    Raises FileRefused for what is no text at all.
    """
    start = _beginning(chunks)
    if not start.strip(b"\0 \r\n\t"):
        raise FileRefused("empty")
    for magic, code in FOREIGN.items():
        if start.startswith(magic):
            raise FileRefused(code)
    for bom, encoding in BOMS.items():
        if start.startswith(bom):
            return encoding
    return _wide_encoding(start) or ("utf-8" if _is_utf8(chunks) else _legacy_encoding(chunks))


def _beginning(chunks: Chunks, size: int = 4096) -> bytes:
    return io.BufferedReader(ChunkStream(chunks())).read(size)


def _wide_encoding(start: bytes) -> str:
    """UTF-16 without a BOM: every other byte of a Western text is zero."""
    for offset, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        half = start[offset::2]
        if len(half) > 8 and half.count(0) > len(half) * 0.4:
            return encoding
    return ""


def _is_utf8(chunks: Chunks) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for chunk in chunks():
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _legacy_encoding(chunks: Chunks) -> str:
    sample = _foreign_letters(chunks)
    score, encoding = max(
        ((_familiarity(sample, name), name) for name in WESTERN), key=lambda scored: scored[0]
    )
    if score > 0:
        return encoding
    best = from_bytes(sample).best()
    return best.encoding if best else encoding


def _foreign_letters(chunks: Chunks) -> bytes:
    """Bytes around the letters that are not ASCII, from as far into the file as it takes."""
    sample = bytearray()
    for chunk in chunks():
        for match in NEAR_FOREIGN_LETTERS.finditer(chunk):
            sample += match.group() + b"\n"
            if len(sample) > SAMPLE_SIZE:
                return bytes(sample)
    return bytes(sample)


def _familiarity(sample: bytes, encoding: str) -> int:
    """How much the letters look like names and streets of Western Europe."""
    try:
        letters = [letter for letter in sample.decode(encoding) if not letter.isascii()]
    except UnicodeDecodeError:
        return -len(sample)
    return sum(FAMILIAR.get(letter, -1 if letter.isalpha() else 0) for letter in letters)


def find_delimiter(first_line: str, known: Callable[[str], bool]) -> str:
    """The delimiter under which the first line names the most known columns, or has most cells."""

    def score(delimiter: str) -> tuple[int, int]:
        cells = next(csv.reader([first_line], delimiter=delimiter), [])
        return sum(known(cell) for cell in cells), len(cells)

    return max(DELIMITERS, key=score)


def lines(chunks: Iterable[bytes], encoding: str) -> Iterator[str]:
    """Physical lines with their ends. Raises FileRefused for a line without an end in sight."""
    # A byte that a legacy encoding does not know appears late in a file, if ever: shown as �.
    errors = "strict" if encoding.startswith("utf") else "replace"
    text = io.TextIOWrapper(
        io.BufferedReader(ChunkStream(chunks), 1 << 16),
        encoding=encoding,
        errors=errors,
        newline="",
    )
    number = 0
    try:
        while line := text.readline(LONGEST_LINE):
            number += 1
            if len(line) >= LONGEST_LINE:
                raise FileRefused("long_line", line=number)
            yield line
    except UnicodeError as error:
        raise FileRefused("encoding") from error  # decoded in blocks: the line is not known


def records(chunks: Iterable[bytes], encoding: str, delimiter: str) -> Iterator[Record]:
    """Rows as cells, without blank lines. Raises FileRefused with the line where a row breaks."""
    reader = csv.reader(lines(chunks, encoding), delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            if any(cells) and not (line == 1 and cells[0][:4].lower() == "sep="):
                yield Record(line, cells)
            line = reader.line_num + 1
    except csv.Error as error:
        raise FileRefused(_broken(str(error)), line=line) from error


def _broken(message: str) -> str:
    if "unexpected end" in message:
        return "open_quote"
    return "long_cell" if "larger than field limit" in message else "stray_quote"
