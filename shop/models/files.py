"""Files in PostgreSQL: one backup holds all, and a transaction decides whether a file exists."""

from __future__ import annotations

import secrets
import uuid
from typing import IO, TYPE_CHECKING

from django.db import models, transaction
from django.utils import timezone

if TYPE_CHECKING:
    from accounts.models import User
    from shop.models.stored_bytes import StoredStream

CHUNK_SIZE = 1024 * 1024


class FileTooLarge(Exception):
    """The stream holds more bytes than its reader allowed."""


def random_id() -> uuid.UUID:
    """128 random bits, so that a file's address cannot be guessed."""
    return uuid.UUID(bytes=secrets.token_bytes(16))


class StoredFile(models.Model):
    """A file that somebody handed in. Its bytes never change; a new version is a new file."""

    id = models.UUIDField(primary_key=True, default=random_id, editable=False)
    name = models.CharField(max_length=200, blank=True)
    content_type = models.CharField(max_length=100)
    size = models.BigIntegerField(default=0)
    stored_at = models.DateTimeField(default=timezone.now)
    # A number only: staff live in an upper app, whose migrations come after this one's.
    stored_by_id = models.BigIntegerField(null=True)

    def __str__(self) -> str:
        return self.name or str(self.pk)

    @classmethod
    def store(
        cls,
        stream: IO[bytes],
        *,
        name: str,
        content_type: str,
        by: User | None = None,
        limit: int | None = None,
    ) -> StoredFile:
        """Read `stream` to its end, a chunk at a time. Raises FileTooLarge beyond `limit` bytes."""
        with transaction.atomic():
            file = cls.objects.create(
                name=_plain_name(name),
                content_type=content_type,
                stored_by_id=by.pk if by else None,
            )
            for position, content in enumerate(iter(lambda: stream.read(CHUNK_SIZE), b"")):
                file.size += len(content)
                if limit is not None and file.size > limit:
                    raise FileTooLarge
                StoredChunk.objects.create(file=file, position=position, content=content)
            file.save(update_fields=["size"])
        return file

    def open(self) -> StoredStream:
        """The bytes, from anywhere in the file: never more than a few chunks in memory."""
        from shop.models.stored_bytes import StoredStream

        return StoredStream(self.pk)

    def forget(self) -> None:
        """Its bytes go; that it was there, and how large it was, stays known."""
        self.chunks.all().delete()

    @property
    def is_forgotten(self) -> bool:
        return not self.chunks.exists()

    def read(self) -> bytes:
        """All bytes at once; for files that are known to be small."""
        return self.open().read()


class StoredChunk(models.Model):
    """A piece of a file, a megabyte but for the last."""

    file = models.ForeignKey(StoredFile, on_delete=models.CASCADE, related_name="chunks")
    position = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        constraints = [
            # Read by StoredFile.open, position by position.
            models.UniqueConstraint(fields=["file", "position"], name="stored_chunk_once")
        ]


def _plain_name(name: str) -> str:
    """The last part of a name, without what a path, a header or PostgreSQL would trip over."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(letter for letter in last if letter.isprintable())[-200:]
