"""What a person reads in answer to something malformed, in both languages, and what it leaves."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any, NamedTuple

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from customers.importing.models import Import
from customers.importing.working import work
from tests.factories.accounts import sign_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from accounts.models import User

IMPORTS = "/admin/customers/imports/"
WITHIN_TEXT = {"a", "abbr", "b", "br", "code", "em", "i", "span", "strong"}
UNREAD = {"script", "style", "title", "svg"}


class Told(NamedTuple):
    """An answer: its status, and the sentences that stood on no page before."""

    status: int
    sentences: list[str]


class Sentences(HTMLParser):
    """The texts of a page, a block at a time, as they are read."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._words: list[str] = []
        self._unread = ""

    def handle_starttag(self, tag: str, given: list[tuple[str, str | None]]) -> None:
        self._unread = self._unread or (tag if tag in UNREAD else "")
        if tag not in WITHIN_TEXT:
            self._end()

    def handle_endtag(self, tag: str) -> None:
        self._unread = "" if tag == self._unread else self._unread
        if tag not in WITHIN_TEXT:
            self._end()

    def handle_data(self, text: str) -> None:
        if not self._unread:
            self._words.append(text)

    def _end(self) -> None:
        text = " ".join("".join(self._words).split())
        self.found += [text] if text else []
        self._words = []


def read(answer: Any) -> list[str]:
    """The blocks of text of a page, in its order."""
    sentences = Sentences()
    sentences.feed(answer.content.decode())
    sentences.close()
    return sentences.found


class Desk:
    """Somebody at two browsers: one reads English, the other German."""

    def __init__(self, user: User) -> None:
        # Pages without anything wrong, asked once.
        self._known: dict[tuple[Client, str], set[str]] = {}
        self.english = sign_in(user, raise_request_exception=False)
        self.german = sign_in(
            user, headers={"Accept-Language": "de"}, raise_request_exception=False
        )

    def told(self, send: Callable[[Client], Any], *, beside: str = IMPORTS) -> Told:
        """Send it in both languages: what is said that does not stand on the page `beside`.

        German says as much, in other words.
        """
        answer, words = self._asked(self.english, send, beside)
        same, other_words = self._asked(self.german, send, beside)
        assert (same.status_code, len(other_words)) == (answer.status_code, len(words))
        assert not set(other_words) & set(words)
        return Told(answer.status_code, words)

    def _asked(
        self, client: Client, send: Callable[[Client], Any], beside: str
    ) -> tuple[Any, list[str]]:
        known = self._known.get((client, beside)) or set(read(client.get(beside)))
        self._known[client, beside] = known
        answer = send(client)
        page = client.get(answer.url) if answer.status_code == 302 else answer
        return answer, [text for text in read(page) if text not in known]


def send_file(content: bytes, name: str = "export.csv") -> Callable[[Client], Any]:
    """Choose a file on the page of imports and send it."""

    def send(client: Client) -> Any:
        file = SimpleUploadedFile(name, content, "text/csv")
        return client.post(IMPORTS, {"file": file, "existing": "overwrite"})

    return send


def page_of(one: Import) -> str:
    return f"{IMPORTS}{one.pk}/"


def last_import() -> Import:
    """The newest, worked on until nothing is left to do."""
    one = Import.objects.newest_first()[0]
    work(one.pk)
    one.refresh_from_db()
    return one


def tables() -> dict[str, int]:
    """How many rows each table of the database holds."""
    names = sorted(connection.introspection.django_table_names())
    counts = (f"SELECT '{name}', count(*) FROM \"{name}\"" for name in names)
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(counts))
        return dict(cursor.fetchall())


def added(before: dict[str, int]) -> dict[str, int]:
    """What has come to each table since, and gone."""
    return {name: count - before[name] for name, count in tables().items() if count != before[name]}
