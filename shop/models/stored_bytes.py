"""A stored file as a stream: read from anywhere, fetched chunk by chunk as it is asked for."""

from __future__ import annotations

import io
from bisect import bisect_right
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING

from django.db.models import Func, IntegerField

from shop.models.files import StoredChunk

if TYPE_CHECKING:
    import uuid

    from typing_extensions import Buffer

# Workbooks are read at two places at once.
HELD_CHUNKS = 3
READ_AT_ONCE = 1 << 16


class StoredStream(io.BufferedReader):
    """A stored file, opened for reading."""

    def __init__(self, file_id: uuid.UUID) -> None:
        self._chunks = StoredChunks(file_id)
        super().__init__(self._chunks, READ_AT_ONCE)

    @property
    def fetched(self) -> int:
        """How many of the file's bytes have been looked at, each counted once."""
        return self._chunks.fetched


class StoredChunks(io.RawIOBase):
    """Holds the chunks that were asked for last."""

    def __init__(self, file_id: uuid.UUID) -> None:
        self._chunks = StoredChunk.objects.filter(file_id=file_id)
        self._at = 0
        self._held: dict[int, bytes] = {}
        self._fetched: set[int] = set()

    @property
    def fetched(self) -> int:
        return sum(self._lengths[place] for place in self._fetched)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(start + offset, 0)
        return self._at

    def readinto(self, buffer: Buffer, /) -> int:
        if self._at >= self._size:
            return 0
        place = bisect_right(self._ends, self._at)
        chunk = self._chunk(place)
        start = self._at - (self._ends[place] - len(chunk))
        view = memoryview(buffer).cast("B")
        count = min(len(view), len(chunk) - start)
        view[:count] = chunk[start : start + count]
        self._at += count
        return count

    def _chunk(self, place: int) -> bytes:
        if place not in self._held:
            while len(self._held) >= HELD_CHUNKS:
                del self._held[next(iter(self._held))]
            position = self._layout[place][0]
            contents = self._chunks.filter(position=position).values_list("content", flat=True)
            self._held[place] = bytes(contents.get())
            self._fetched.add(place)
        return self._held[place]

    @cached_property
    def _layout(self) -> list[tuple[int, int]]:
        """Each chunk's position and length; the lengths are known without reading the chunks."""
        length = Func("content", function="octet_length", output_field=IntegerField())
        chunks = self._chunks.annotate(length=length).order_by("position")
        return list(chunks.values_list("position", "length").exclude(length=0))

    @cached_property
    def _lengths(self) -> list[int]:
        return [length for _position, length in self._layout]

    @cached_property
    def _ends(self) -> list[int]:
        """Where in the file each chunk ends."""
        return list(accumulate(self._lengths))

    @property
    def _size(self) -> int:
        return self._ends[-1] if self._ends else 0
