"""The import's pages: who may, a file in, what it would do, how far it is, what was rejected."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.frame import navigation_for
from customers.importing.models import Import
from customers.importing.problems import BROKEN, FileRefused
from customers.importing.rejects import problem_lines
from customers.importing.working import work
from customers.models import Customer
from tests.customers.import_files import checked, counts, imported, many, table

pytestmark = pytest.mark.django_db

JANA = {"First Name": "Jana", "Last Name": "Müller", "Email": "jana@example.de"}
LIST = "/admin/customers/imports/"
FORMULA = "=cmd|'/c calc'!A0"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def desk(lead, desk_client):
    client = desk_client(lead)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def upload(client, content: bytes, name: str = "export.csv"):
    file = SimpleUploadedFile(name, content, "text/csv")
    return client.post(LIST, {"file": file, "existing": "overwrite"})


def page(one: Import) -> str:
    return f"{LIST}{one.pk}/"


@pytest.mark.parametrize(
    ("who", "may"),
    [("owner", True), ("lead", True), ("agent", False), ("other_agent", False), ("reader", False)],
)
def test_leads_and_owners_import_and_nobody_else(cast, desk_client, who, may, rf):
    client = desk_client(cast[who])
    one = checked(table(JANA, {"Email": "broken"}))
    for url in (LIST, page(one)):
        assert client.get(url).status_code == (200 if may else 403)
    for part in ("problems", "changes"):
        assert client.post(f"{page(one)}{part}/").status_code == (200 if may else 403)
    assert upload(client, table(JANA)).status_code == (302 if may else 403)
    assert client.post(f"{page(one)}start/").status_code == (302 if may else 403)
    assert client.post(f"{page(one)}cancellation/").status_code == (302 if may else 403)
    assert client.post(f"{page(one)}attempts/").status_code == (302 if may else 403)
    request = rf.get(LIST)
    request.user = cast[who]
    lines = [child.url for line in navigation_for(request)["lines"] for child in line.children]
    assert (LIST in lines) is may
    head = client.get("/admin/customers/").text.split('<header class="head" id="head">')[1]
    actions = head.split("</header>")[0]
    assert (f'href="{LIST}"' in actions) is may


def test_a_stranger_is_led_to_the_sign_in(stranger):
    one = checked(table(JANA))
    for url in (LIST, page(one), f"{page(one)}problems/", f"{page(one)}changes/"):
        assert stranger.get(url).headers["Location"].startswith("/admin/login/")
    assert Import.objects.get().stage == "checked"


def test_from_upload_to_customers(desk, lead):
    answer = upload(desk, table(JANA, {"First Name": "Zweite"}, {"Email": "broken"}))
    one = Import.objects.get()
    assert answer.headers["Location"] == page(one)
    assert 'hx-trigger="every 1s"' in desk.get(page(one)).content.decode()
    work(one.pk)
    shown = desk.get(page(one)).content.decode()
    assert "Import 2 customers" in shown
    assert "hx-trigger" not in desk.get(page(one), headers=HTMX).content.decode()
    assert desk.post(f"{page(one)}start/").headers["Location"] == page(one)
    work(one.pk)
    one.refresh_from_db()
    assert (counts(one), one.uploaded_by, one.started_by) == ((2, 0, 0, 1), lead, lead)
    assert "The import is finished." in desk.get(page(one)).content.decode()
    assert "export.csv" in desk.get(LIST).content.decode()


def _without_tokens(answer) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode().strip())


def test_htmx_gets_the_part_that_changes(desk):
    one = checked(table(JANA))
    whole, part = desk.get(page(one)), desk.get(page(one), headers=HTMX)
    assert part.content.decode().startswith('<div id="import_state"')
    assert _without_tokens(part) in _without_tokens(whole)
    assert "HX-Request" in part.headers["Vary"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"PK\x03\x04workbook", "The workbook is damaged."),
        (
            b"Name,Email,Financial Status\n#1,a@b.de,paid\n",
            "This is not an export of orders: the column “Created at” is missing.",
        ),
        (b'Email,First Name\na@b.de,"open', "Line 2: A quotation mark is opened and never closed."),
        (b"\0\0\0\0", "The file is empty."),
        (b"", "The file is empty."),
        (b"Email,First Name\na@b.de,A" + b"x" * 2000, "The file is larger than"),
    ],
)
def test_a_bad_file_is_answered_with_a_sentence(desk, content, sentence, settings):
    settings.IMPORT_SIZE_LIMIT = 1500
    answer = upload(desk, content)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert Import.objects.count() == 0


def test_a_post_without_a_file_and_one_with_a_strange_name(desk):
    assert desk.post(LIST).status_code == 422
    assert upload(desk, table(JANA), name="../../x\u202e<b>.csv").status_code == 302
    one = Import.objects.select_related("file").get()
    assert one.file.name == "x<b>.csv"
    assert "x&lt;b&gt;.csv" in desk.get(page(one)).content.decode()


def test_starting_twice_and_cancelling_what_ended_is_said(desk):
    one = checked(table(JANA))
    for expected in ("", "This import was started, cancelled or refused before."):
        desk.post(f"{page(one)}start/")
        assert expected in desk.get(page(one)).content.decode()
    work(one.pk)
    desk.post(f"{page(one)}cancellation/")
    assert "The import had ended before." in desk.get(page(one)).content.decode()


def test_an_import_that_stopped_is_tried_again_by_a_button(desk, lead):
    one = checked(table(JANA))
    one.start(by=lead, in_worker=False)
    one.fail(FileRefused(BROKEN))
    shown = desk.get(page(one)).text
    assert ("The import stopped." in shown, "What had been written by then was kept." in shown) == (
        True,
        True,
    )
    for said in ("It is being tried again.", "This import does not wait for another try."):
        assert f'action="{page(one)}attempts/"' in shown or said.startswith("This")
        desk.post(f"{page(one)}attempts/")
        assert said in desk.get(page(one)).text
    work(one.pk)
    one.refresh_from_db()
    assert (one.stage, counts(one)) == ("finished", (1, 0, 0, 0))


@pytest.mark.parametrize(("who", "told"), [("owner", True), ("lead", True), ("agent", False)])
def test_home_tells_who_may_import_of_one_that_stopped(cast, desk_client, who, told):
    client = desk_client(cast[who])
    refused, stopped, old = (checked(table(JANA), name=f"{name}.csv") for name in "abc")
    refused.fail(FileRefused("open_quote", line=2))
    stopped.fail(FileRefused(BROKEN))
    old.fail(FileRefused(BROKEN))
    Import.objects.filter(pk=old.pk).update(failed_at=timezone.now() - timedelta(days=31))
    home = client.get("/admin/").text
    assert [f'href="{page(one)}"' in home for one in (refused, stopped, old)] == [
        False,
        told,
        False,
    ]
    stopped.try_again(by=None)
    assert f'href="{page(stopped)}"' not in client.get("/admin/").text


def test_a_get_starts_nothing_and_strangers_ids_are_not_found(desk):
    one = checked(table(JANA))
    assert desk.get(f"{page(one)}start/").status_code == 405
    assert desk.get(f"{page(one)}attempts/").status_code == 405
    assert desk.get(f"{LIST}999999/").status_code == 404
    assert desk.post(f"{LIST}999999/start/").status_code == 404
    # A NUL is refused for every page, before any; what is no cursor shows the first one.
    assert desk.get(f"{LIST}?cursor=%00garbage").status_code == 400
    assert f'data-href="{page(one)}"' in desk.get(f"{LIST}?cursor=garbage").text


def test_an_undoing_is_told_and_a_second_one_is_late(desk):
    one = imported(table(JANA))
    answer = desk.post(f"{page(one)}undoing/", follow=True)
    assert answer.redirect_chain == [(page(one), 302)]
    assert "The import is being undone." in answer.text
    again = desk.post(f"{page(one)}undoing/", follow=True)
    assert "This import cannot be undone any more." in again.text


def test_rejected_rows_are_a_file_that_opens_safely_and_comes_back(desk):
    one = imported(
        table(
            {**JANA, "Phone": "+49 170 1234567"},
            {
                "First Name": FORMULA,
                "Last Name": "Böse",
                "Email": "broken",
                "Phone": "+491701111111",
            },
            {
                "First Name": "Jana",
                "Email": "jana@example.de",
                "Note": "one\ntwo",
                "Total Spent": "lots",
            },
        )
    )
    answer = desk.post(f"{page(one)}problems/")
    content = b"".join(answer.streaming_content)
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert content.startswith(b"\xef\xbb\xbf")
    assert [(row["Line"], row["Outcome"]) for row in rows] == [
        # Not line 2: line 4 is about the same customer and counts instead.
        ("3", "Skipped"),
        ("4", "Created"),
    ]
    assert (rows[0]["First Name"], rows[0]["Phone"]) == (f"'{FORMULA}", "'+491701111111")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    mended = content.replace(b"broken", b"boese@example.de").replace(b"lots", b"5.00")
    assert counts(imported(mended)) == (1, 1, 0, 0)
    assert Customer.objects.get(last_name="Böse").first_name == FORMULA


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_file_opens_in_the_readers_spreadsheet_and_comes_back(desk, language):
    """A German Excel splits at ";", and speaks German, however late the server asks for it."""
    sign = {"de": ";", "en": ","}[language]
    names = ["=1+1", "+1", "-1", "@x", "＝1", "Blau; grün, rot"]
    one = imported(
        table(*({"First Name": name, "Last Name": "Böse", "Email": f"no{number}"}
                for number, name in enumerate(names)))
    )  # fmt: skip
    answer = desk.post(f"{page(one)}problems/", headers={"Accept-Language": language})
    content = b"".join(answer.streaming_content)
    header, *rows = csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=sign)
    assert header[:2] == {"de": ["Zeile", "Ergebnis"], "en": ["Line", "Outcome"]}[language]
    place = header.index("First Name")
    assert [row[place] for row in rows] == [*(f"'{name}" for name in names[:5]), names[5]]
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)
    assert {row[1] for row in rows} == {{"de": "Übersprungen", "en": "Skipped"}[language]}
    assert {"de": "keine E-Mail-Adresse", "en": "is not an e-mail"}[language] in rows[0][2]
    mended = re.sub(rb"no(\d)", rb"ok\1@example.de", content)
    assert counts(imported(mended)) == (6, 0, 0, 0)
    assert set(Customer.objects.values_list("first_name", flat=True)) == set(names)


def test_a_long_search_for_the_next_rejected_row_says_that_it_goes_on(monkeypatch):
    monkeypatch.setattr("customers.importing.rejects.SILENCE", 2)
    one = imported(table(*many(5), {"Email": "broken"}))
    lines = list(problem_lines(one))
    assert [line and line[0] for line in lines] == ["Line", None, None, 7]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_pages_ask_as_often_for_many_as_for_one(desk, rows):
    for _ in range(rows):
        one = checked(table(*({**row, "Total Spent": "lots"} for row in many(rows))))
    for url, expected in ((LIST, 4), (page(one), 8)):
        desk.get(url)
        with CaptureQueriesContext(connection) as captured:
            desk.get(url)
        assert len(captured) == expected, [query["sql"] for query in captured]
