"""The container that a workbook is: a ZIP archive, looked at before anything in it is unpacked."""

from __future__ import annotations

import posixpath
from itertools import islice
from typing import IO, TYPE_CHECKING
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

from customers.importing.problems import FileRefused
from customers.importing.workbooks.xml import Damaged, elements

if TYPE_CHECKING:
    from zipfile import ZipInfo

# With parts in it, and without any.
ZIPS = {b"PK\x03\x04", b"PK\x05\x06"}
OLE = b"\xd0\xcf\x11\xe0"
# Unpacked. A sheet full to its last row with 79 columns comes to about three quarters of it.
MOST_UNPACKED = 4 * 10**9
MOST_TEXTS = 10**9
# Sheets of programs pack to a tenth or a hundredth, what is made to burst to a thousandth.
HIGHEST_RATIO = 250
SMALL = 32 * 10**6
# What describes the workbook: its parts, sheets and styles.
LARGEST_DESCRIPTION = 32 * 10**6
LARGEST_DIRECTORY = 2 * 10**6
MOST_RELATIONS = 10_000
ENCRYPTED = 1


class Relation:
    """A part that another one needs, and what for."""

    def __init__(self, attributes: dict[str, str], base: str) -> None:
        self.id = attributes.get("Id", "")
        self.use = attributes.get("Type", "").rpartition("/")[2]
        target = attributes.get("Target", "")
        self.part = posixpath.normpath(posixpath.join("/", base, target)).lstrip("/")


class Container:
    """Parts of a workbook by name. Raises FileRefused for what is no workbook or would burst."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._zip = ZipFile(_Cautious(stream))
        self._names = {name.lower(): name for name in self._zip.namelist()}
        self._refuse_others()
        for part in self._zip.infolist():
            _refuse_bomb(part)

    def open(self, part: str) -> IO[bytes]:
        """Unpacks while it is read, never more than the directory has announced."""
        return self._zip.open(self._known(part))

    def description(self, part: str) -> IO[bytes]:
        """A part that is read as a whole, of all sheets together."""
        if self._known(part).file_size > LARGEST_DESCRIPTION:
            raise Damaged
        return self.open(part)

    def has(self, part: str) -> bool:
        return part.lower() in self._names

    def size(self, part: str) -> int:
        return self._known(part).file_size

    def relations(self, part: str = "") -> list[Relation]:
        """What a part, or the whole container, needs."""
        base, name = posixpath.split(part)
        own = posixpath.join(base, "_rels", f"{name}.rels")
        if not self.has(own):
            return []
        found = elements(self.description(own))
        told = (attributes for name, attributes in found if name == "Relationship")
        relations = [Relation(attributes, base) for attributes in islice(told, MOST_RELATIONS + 1)]
        if len(relations) > MOST_RELATIONS:
            raise Damaged
        return relations

    def _known(self, part: str) -> ZipInfo:
        info = self._zip.getinfo(self._names.get(part.lower(), part))
        if info.flag_bits & ENCRYPTED:
            raise FileRefused("workbook_locked")
        if info.compress_type not in {ZIP_STORED, ZIP_DEFLATED}:
            raise Damaged
        return info

    def _refuse_others(self) -> None:
        if self.has("mimetype"):
            raise FileRefused("workbook_other", ".ods")
        if any(name.startswith("index/") or name == "index.zip" for name in self._names):
            raise FileRefused("workbook_other", ".numbers")
        if self.has("xl/workbook.bin"):
            raise FileRefused("workbook_other", ".xlsb")
        if not self.has("[Content_Types].xml"):
            raise FileRefused("packed")


class _Cautious:
    """A stream of which nobody reads much at once: a directory of millions of names is a trap."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.seek, self.tell = stream.seek, stream.tell

    def seekable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        most = LARGEST_DIRECTORY + 1
        read = self._stream.read(most if size < 0 else min(size, most))
        if len(read) == most:
            raise BadZipFile
        return read


def _refuse_bomb(part: ZipInfo) -> None:
    is_texts = part.filename.lower().endswith("sharedstrings.xml")
    limit = MOST_TEXTS if is_texts else MOST_UNPACKED
    if part.file_size > limit:
        raise FileRefused("workbook_too_large", str(limit // 10**6))
    if part.file_size > SMALL and part.file_size > HIGHEST_RATIO * part.compress_size:
        raise FileRefused("workbook_bomb")


def refuse_ole(stream: IO[bytes]) -> None:
    """A container of the old kind holds an old workbook, or one that is locked by a password."""
    header = stream.read(512)
    sector = 1 << min(int.from_bytes(header[30:32], "little"), 12)
    stream.seek((int.from_bytes(header[48:52], "little") + 1) * sector)
    names = stream.read(4096)
    is_locked = "EncryptedPackage".encode("utf-16-le") in names
    raise FileRefused("workbook_locked") if is_locked else FileRefused("workbook_other", ".xls")
