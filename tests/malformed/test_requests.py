"""Requests that no page of ours sends: broken bodies, other methods, numbers, and repeats."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from customers.importing.models import Import
from tests.customers.import_files import checked, imported, many, table
from tests.malformed.seen import IMPORTS, Desk, added, page_of, read, send_file, tables

if TYPE_CHECKING:
    from accounts.models import User

# A body that breaks off leaves Django's temporary file to the garbage collector.
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

OPTION = b'--B\r\nContent-Disposition: form-data; name="existing"\r\n\r\noverwrite\r\n'
FILE = (
    b'--B\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n'
    b"Content-Type: text/csv\r\n\r\nEmail,First Name\r\na@b.de,A\r\n"
)
WHOLE = OPTION + FILE + b"--B--\r\n"
PARTS = "multipart/form-data; boundary=B"
NO_FILE = "No file has arrived. Choose one, and send it once more."
SENSELESS = "This request makes no sense to us"
BODIES: dict[str, tuple[bytes, str, int, str]] = {
    "cut off within the file": (OPTION + FILE[:-5], PARTS, 422, NO_FILE),
    "cut off within a heading": (OPTION + FILE[:60], PARTS, 422, NO_FILE),
    "no part of a file": (OPTION + b"--B--\r\n", PARTS, 422, NO_FILE),
    "a file without a name": (WHOLE.replace(b'; filename="a.csv"', b""), PARTS, 422, NO_FILE),
    "a file of no name": (WHOLE.replace(b"a.csv", b""), PARTS, 422, NO_FILE),
    "a file called two points": (WHOLE.replace(b"a.csv", b".."), PARTS, 422, NO_FILE),
    "a file called in no letters": (WHOLE.replace(b"a.csv", b"\xff\xfe.csv"), PARTS, 422, NO_FILE),
    "two files": (
        OPTION + FILE + WHOLE.removeprefix(OPTION),
        PARTS,
        422,
        "These are several files. Send one after the other.",
    ),
    "another boundary": (WHOLE, f"{PARTS}C", 422, NO_FILE),
    "no boundary": (WHOLE, "multipart/form-data", 400, SENSELESS),
    "an empty boundary": (WHOLE, "multipart/form-data; boundary=", 400, SENSELESS),
    "a NUL in a field's name": (WHOLE.replace(b"existing", b"exis\0ting"), PARTS, 400, SENSELESS),
    "letters that are no base64": (
        WHOLE.replace(b"text/csv", b"text/csv\r\nContent-Transfer-Encoding: base64"),
        PARTS,
        400,
        SENSELESS,
    ),
    "a hundred and fifty files": (
        b"".join(FILE.replace(b'"file"', b'"file%d"' % number) for number in range(150))
        + b"--B--\r\n",
        PARTS,
        400,
        SENSELESS,
    ),
    "the file for a body": (WHOLE, "text/csv", 422, NO_FILE),
    "JSON": (b'{"file": "Email"}', "application/json", 422, NO_FILE),
    "no type": (WHOLE, "", 422, NO_FILE),
    "a form without files": (
        b"file=x&existing=overwrite",
        "application/x-www-form-urlencoded",
        422,
        NO_FILE,
    ),
}
LENGTHS = {"50": (422, NO_FILE), "0": (422, NO_FILE), "-1": (400, SENSELESS)}


def test_a_broken_upload_is_told_and_nothing_of_it_is_kept(owner: User) -> None:
    desk, before = Desk(owner), tables()
    wrong = {}
    for name, (body, content_type, status, says) in BODIES.items():

        def send(client: Client, body: bytes = body, content_type: str = content_type) -> Any:
            return client.generic("POST", IMPORTS, body, content_type=content_type)

        told = desk.told(send)
        if told.status != status or says not in told.sentences or added(before):
            wrong[name] = (told, added(before))
    assert wrong == {}


@pytest.mark.parametrize("length", LENGTHS)
def test_a_length_that_lies_is_told(owner: User, length: str) -> None:
    desk, before = Desk(owner), tables()
    status, says = LENGTHS[length]

    def send(client: Client) -> Any:
        return client.generic("POST", IMPORTS, WHOLE, PARTS, CONTENT_LENGTH=length)

    told = desk.told(send)
    assert (told.status, says in told.sentences, added(before)) == (status, True, {})


def test_a_form_that_this_site_did_not_give_out_is_sent_in_vain(owner: User) -> None:
    desk, before = Desk(owner), tables()

    def send(client: Client) -> Any:
        foreign = Client(enforce_csrf_checks=True, headers=client.defaults_as_headers)  # type: ignore[attr-defined]
        foreign.cookies.update(client.cookies)
        return send_file(b"Email,First Name\na@b.de,A\n")(foreign)

    for client in (desk.english, desk.german):
        client.defaults_as_headers = {"Accept-Language": client.defaults["HTTP_ACCEPT_LANGUAGE"]}  # type: ignore[attr-defined]
    told = desk.told(send)
    assert (told.status, told.sentences[0], added(before)) == (403, "Please send it again", {})


VERBS = {
    "start": "This import was started, cancelled or refused before.",
    "cancellation": "The import had ended before.",
    "pause": "There is nothing to pause just now.",
    "resumption": "This import was not paused.",
    "undoing": "This import cannot be undone any more.",
    "attempts": "This import does not wait for another try.",
    "mapping": "What the columns hold was said before.",
}


# Their address asks whether it is meant, where there is something to lose.
ASKS = {"cancellation", "undoing"}


@pytest.mark.parametrize("method", ["get", "put", "delete", "patch"])
def test_a_buttons_address_shows_a_page_that_says_so(owner: User, method: str) -> None:
    desk, one = Desk(owner), checked(table(*many(1)))
    before = tables()
    for verb in VERBS.keys() - (ASKS if method == "get" else set()):
        told = desk.told(
            lambda client, verb=verb: getattr(client, method)(f"{page_of(one)}{verb}/")
        )
        assert (told.status, told.sentences[0]) == (405, "There is nothing to see here")
    assert added(before) == {}
    answer = desk.english.get(f"{page_of(one)}start/", headers={"HX-Request": "true"})
    assert (answer.headers["Allow"], answer.headers["HX-Reswap"]) == ("POST", "none")


# What brings an import to where the verb fits; the verb once, and then again.
WAYS: dict[str, list[str]] = {
    "start": ["checked", "start"],
    "cancellation": ["checked", "cancellation"],
    "pause": ["checked", "start", "pause"],
    "resumption": ["checked", "start", "pause", "resumption"],
    "undoing": ["imported", "undoing"],
    "attempts": ["imported"],
    "mapping": ["imported"],
}


@pytest.mark.parametrize("verb", VERBS)
def test_what_is_sent_twice_happens_once(owner: User, verb: str) -> None:
    begin, *steps = WAYS[verb]
    one = {"checked": checked, "imported": imported}[begin](table(*many(3)))
    desk = Desk(owner)
    for step in steps:
        desk.english.post(f"{page_of(one)}{step}/", follow=True)
    stage, before = Import.objects.get().stage, tables()
    told = desk.told(lambda client: client.post(f"{page_of(one)}{verb}/"), beside=page_of(one))
    assert (told.status, told.sentences) == (302, [VERBS[verb]])
    assert (Import.objects.get().stage, added(before)) == (stage, {})


@pytest.mark.parametrize("pk", ["0", "-1", "99", str(2**63 - 1), str(2**63), "abc", "1%00"])
@pytest.mark.parametrize("verb", ["", "start/", "problems/"])
def test_a_number_of_no_import_is_not_found(owner: User, pk: str, verb: str) -> None:
    desk, before = Desk(owner), tables()
    method = "post" if verb else "get"
    told = desk.told(lambda client: getattr(client, method)(f"{IMPORTS}{pk}/{verb}"))
    lost = (400, SENSELESS) if "%00" in pk else (404, "This page does not exist")
    assert ((told.status, told.sentences[0]), added(before)) == (lost, {})


@pytest.mark.parametrize("cursor", ["x", "AAAA", "W10", "bnVsbA", "WzAsInkiLDFd", "9" * 5000])
def test_an_altered_place_in_the_list_is_its_first_page(owner: User, cursor: str) -> None:
    desk = Desk(owner)
    checked(table(*many(1)))
    answer = desk.english.get(f"{IMPORTS}?cursor={cursor}")
    assert (answer.status_code, "customers.csv" in read(answer)) == (200, True)
