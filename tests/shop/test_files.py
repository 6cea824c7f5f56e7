"""Files in the database."""

from __future__ import annotations

import io
import tracemalloc

import pytest

from shop.models import StoredChunk, StoredFile
from shop.models.files import CHUNK_SIZE, FileTooLarge

pytestmark = pytest.mark.django_db


class Zeros(io.RawIOBase):
    """A stream of many bytes that needs no memory itself."""

    def __init__(self, size: int) -> None:
        self.left = size

    def read(self, size: int = -1) -> bytes:
        size = min(size, self.left)
        self.left -= size
        return b"\0" * size


@pytest.mark.parametrize("size", [0, 1, CHUNK_SIZE, CHUNK_SIZE + 1])
def test_what_is_stored_is_what_is_read(size: int) -> None:
    content = bytes(number % 251 for number in range(size))
    file = StoredFile.store(io.BytesIO(content), name="a.csv", content_type="text/csv")
    assert (file.read(), file.size) == (content, size)


def test_ids_have_128_random_bits() -> None:
    ids = {StoredFile.store(io.BytesIO(), name="", content_type="").pk.int for _ in range(40)}
    assert len(ids) == 40
    # A UUID of version 4 would have the same four bits in each of them.
    assert len({number >> 76 & 0xF for number in ids}) > 1


def test_a_file_beyond_the_limit_leaves_nothing() -> None:
    with pytest.raises(FileTooLarge):
        StoredFile.store(Zeros(3 * CHUNK_SIZE), name="", content_type="", limit=2 * CHUNK_SIZE)
    assert (StoredFile.objects.count(), StoredChunk.objects.count()) == (0, 0)


def test_a_large_file_passes_through_in_small_pieces() -> None:
    size = 32 * CHUNK_SIZE
    tracemalloc.start()
    file = StoredFile.store(Zeros(size), name="", content_type="")
    stream = file.open()
    read = sum(map(len, iter(lambda: stream.read(1 << 16), b"")))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert read == size
    assert peak < size / 2


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("kunden.csv", "kunden.csv"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\anna\\kunden.csv", "kunden.csv"),
        ("a\r\nSet-Cookie: x\0.csv", "aSet-Cookie: x.csv"),
        ("ü" * 4000, "ü" * 200),
    ],
)
def test_only_the_plain_end_of_a_name_is_kept(typed: str, kept: str) -> None:
    assert StoredFile.store(io.BytesIO(), name=typed, content_type="").name == kept


def test_a_forgotten_file_takes_its_chunks_with_it() -> None:
    StoredFile.store(Zeros(2 * CHUNK_SIZE), name="", content_type="").delete()
    assert StoredChunk.objects.count() == 0


def test_a_stored_file_is_read_from_anywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shop.models.files.CHUNK_SIZE", 10)
    content = bytes(range(95))
    file = StoredFile.store(io.BytesIO(content), name="", content_type="")
    stream = file.open()
    assert (stream.seek(-7, io.SEEK_END), stream.read()) == (88, content[88:])
    assert (stream.seek(18), stream.read(4), stream.tell()) == (18, content[18:22], 22)
    assert (stream.seek(200), stream.read(1)) == (200, b"")
    assert (stream.seek(0), stream.read()) == (0, content)
    assert stream.fetched == 95


def test_only_what_is_read_of_a_stored_file_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shop.models.files.CHUNK_SIZE", 1 << 17)
    file = StoredFile.store(Zeros(10 << 17), name="", content_type="")
    stream = file.open()
    assert len(stream.read(10)) == 10
    assert stream.fetched == 1 << 17
