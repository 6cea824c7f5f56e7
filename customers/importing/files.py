"""Text to records: encoding and delimiter are found out, lines are counted, memory stays flat."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Callable
from contextlib import suppress
from typing import IO, TYPE_CHECKING, NamedTuple

from charset_normalizer import from_bytes

from customers.importing.patience import refuse_endless
from customers.importing.problems import FileRefused

if TYPE_CHECKING:
    from collections.abc import Iterator

# Each call gives the file's bytes from the start.
Opener = Callable[[], IO[bytes]]

DELIMITERS = ",;\t|"
LONGEST_LINE = 1_000_000
# Of all lines of a row, whose quoted cells may go on over any number of them.
LONGEST_ROW = 4 * LONGEST_LINE
# A formula whose result nobody has stored.
UNCALCULATED = "="
BOMS = {
    codecs.BOM_UTF8: "utf-8-sig",
    # These begin like the ones of UTF-16.
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
FOREIGN = {
    b"\x1f\x8b": "packed",
    b"7z\xbc\xaf": "packed",
    b"Rar!": "packed",
    b"BZh": "packed",
    b"\xfd7zXZ": "packed",
    b"\x28\xb5\x2f\xfd": "packed",
    b"%PDF": "not_text",
    b"\x89PNG": "not_text",
    b"\xff\xd8\xff": "not_text",
    b"\x7fELF": "not_text",
    b"{\\rtf": "not_text",
}
# What shops answer instead of a file to whom they do not know any more, and what their APIs say.
OTHER_TEXTS = {b"<": "web_page", b"{": "no_table", b"[": "no_table"}
# What spreadsheet programs in Western Europe write when it is not Unicode, the likeliest first.
WESTERN = ["cp1252", "mac_roman", "cp850", "latin_1"]
FAMILIAR = {**dict.fromkeys("äöüÄÖÜßéè", 3), **dict.fromkeys("àáâãåæçêëíîïñóôøúùûÀÅÆÇÉÈÑØŁłśžš", 1)}
SAMPLE_SIZE = 32_768
PIECE = 1 << 16
# It is asked once for so many lines whether that goes on for too long.
LINES_AT_ONCE = 4096
# Begins with what is searched for: one that begins with what stands before it takes minutes for a
# large file that has none.
FROM_FOREIGN_LETTER = re.compile(rb"[\x80-\xff][^\r\n]{0,60}")
LINE_END = re.compile(rb"[\r\n]")
BEFORE = 60


class Record(NamedTuple):
    """The cells of one row, and the physical line, or the sheet's row, on which it begins."""

    line: int
    cells: list[str]
    # Places of formulas of a workbook that failed, and what they came to: their cells are empty.
    errors: tuple[tuple[int, str], ...] = ()
    # About as many as its cells have together.
    letters: int = 0


def find_encoding(open_file: Opener) -> str:
    """The encoding of the whole file: its BOM, UTF-8 if every byte fits, else the likeliest.

    Reads the file once, and again to its first odd letters when it is not Unicode.
    Raises FileRefused for what is no text at all.
    """
    start = _beginning(open_file)
    if not start.strip(b"\0 \r\n\t"):
        raise FileRefused("empty")
    for magic, code in FOREIGN.items():
        if start.startswith(magic):
            raise FileRefused(code)
    for sign, code in OTHER_TEXTS.items():
        if start.removeprefix(codecs.BOM_UTF8).lstrip().startswith(sign):
            raise FileRefused(code)
    for bom, encoding in BOMS.items():
        if start.startswith(bom):
            return encoding
    if wide := _wide_encoding(start):
        return wide
    return "utf-8" if _is_utf8(open_file) else _legacy_encoding(open_file)


def _beginning(open_file: Opener, size: int = 4096) -> bytes:
    return open_file().read(size)


def _pieces(stream: IO[bytes]) -> Iterator[bytes]:
    return iter(lambda: stream.read(PIECE), b"")


def _wide_encoding(start: bytes) -> str:
    """UTF-16 without a BOM: every other byte of a Western text is zero."""
    for offset, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        half = start[offset::2]
        if len(half) > 8 and half.count(0) > len(half) * 0.4:
            return encoding
    return ""


def _is_utf8(open_file: Opener) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for chunk in _pieces(open_file()):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _legacy_encoding(open_file: Opener) -> str:
    sample = _foreign_letters(open_file)
    score, encoding = max(
        ((_familiarity(sample, name), name) for name in WESTERN), key=lambda scored: scored[0]
    )
    if score > 0:
        return encoding
    best = from_bytes(sample).best()
    return best.encoding if best else encoding


def _foreign_letters(open_file: Opener) -> bytes:
    """Bytes around the letters that are not ASCII, from as far into the file as it takes."""
    sample = bytearray()
    for chunk in _pieces(open_file()):
        end = 0
        for match in FROM_FOREIGN_LETTER.finditer(chunk):
            before = chunk[max(end, match.start() - BEFORE) : match.start()]
            sample += LINE_END.split(before)[-1] + match.group() + b"\n"
            end = match.end()
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
        try:
            cells = next(csv.reader([first_line], delimiter=delimiter), [])
        except csv.Error:  # a cell too long: who reads the file's rows says so
            return 0, 0
        return sum(known(cell) for cell in cells), len(cells)

    return max(DELIMITERS, key=score)


def lines(stream: IO[bytes], encoding: str) -> Iterator[str]:
    """Physical lines with their ends. Raises FileRefused for a line without an end in sight."""
    # A byte that a legacy encoding does not know appears late in a file, if ever: shown as �.
    errors = "strict" if encoding.startswith("utf") else "replace"
    text = io.TextIOWrapper(stream, encoding=encoding, errors=errors, newline="")
    number = 0
    try:
        while line := text.readline(LONGEST_LINE):
            number += 1
            if len(line) >= LONGEST_LINE:
                raise FileRefused("long_line", line=number)
            if not number % LINES_AT_ONCE:
                refuse_endless()
            yield line
    except UnicodeError as error:
        raise FileRefused("encoding") from error  # decoded in blocks: the line is not known
    finally:
        # Else it closes a stream that is read again. One that is closed already is not at stake.
        with suppress(ValueError):
            text.detach()


def records(stream: IO[bytes], encoding: str, delimiter: str) -> Iterator[Record]:
    """Rows as cells, without blank lines. Raises FileRefused with the line where a row breaks."""
    line, length = 1, 0

    def measured() -> Iterator[str]:
        nonlocal length
        for text in lines(stream, encoding):
            length += len(text)
            if length > LONGEST_ROW:
                raise FileRefused("long_line", line=line)
            yield text

    reader = csv.reader(measured(), delimiter=delimiter, strict=True)
    try:
        for cells in reader:
            letters, length = length, 0
            if any(cells) and not (line == 1 and cells[0][:4].lower() == "sep="):
                yield Record(line, cells, (), letters)
            line = reader.line_num + 1
    except csv.Error as error:
        raise FileRefused(_broken(str(error)), line=line) from error


def _broken(message: str) -> str:
    if "unexpected end" in message:
        return "open_quote"
    return "long_cell" if "larger than field limit" in message else "stray_quote"
