"""An uploaded file, kept as it came."""

from __future__ import annotations

import io
from typing import IO, TYPE_CHECKING

from django.conf import settings

from customers.importing.problems import FileRefused
from shop.models import StoredFile
from shop.models.files import FileTooLarge

if TYPE_CHECKING:
    from accounts.models import User

ANY_TYPE = "application/octet-stream"  # its bytes tell what it is


def stored(stream: IO[bytes], *, name: str, by: User | None) -> StoredFile:
    """Raises FileRefused for one that is larger than may be."""
    limit = settings.IMPORT_SIZE_LIMIT
    try:
        return StoredFile.store(stream, name=name, content_type=ANY_TYPE, by=by, limit=limit)
    except FileTooLarge as error:
        raise FileRefused("too_large", str(limit // 10**6)) from error


def from_start(stream: IO[bytes]) -> IO[bytes]:
    stream.seek(0, io.SEEK_SET)
    return stream
