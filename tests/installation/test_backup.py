"""A backup holds everything but the keys; what is restored is that, and sends nothing by itself."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path
from threading import Event as Flag
from threading import Thread

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import InternalError, connection, transaction

from accounts.models import ResetRequest
from accounts.models.sessions import Session
from customers.models import Customer
from events.models import Delivery
from notifications.models import Mail
from orders.models import Order
from shop.models import StoredFile
from shopdesk.backup.refusal import Refused
from shopdesk.backup.restoring import restore
from shopdesk.backup.server import Server
from shopdesk.backup.taking import take
from shopdesk.models import HeldMail
from shopdesk.pulses import beat_once
from tests.factories.accounts import sign_in
from tests.factories.customers import CustomerFactory
from tests.factories.orders import new_order
from tests.installation.databases import another_database

pytestmark = pytest.mark.django_db(transaction=True)
BYTES = bytes(range(256)) * 5000


@pytest.fixture
def shop(customer: Customer, owner) -> dict[str, object]:
    """Rows of every kind, something under way, and somebody signed in."""
    with transaction.atomic():
        Order.place(new_order(customer), by=owner)
        StoredFile.store(io.BytesIO(BYTES), name="mill.png", content_type="image/png")
        letter = Mail.queue(
            "message_from_staff", to="jana@example.de", language="de", about=customer
        )
    request = ResetRequest.start(customer, by=owner)
    with transaction.atomic():
        reset = Mail.queue(
            "reset_sent_by_staff",
            to="jana@example.de",
            language="de",
            about=request,
            expires_at=request.expires_at,
        )
    sign_in(owner)
    return {"letter": letter, "reset": reset, "request": request}


def test_what_is_restored_is_what_was_backed_up(shop, tmp_path: Path) -> None:
    folder, manifest = take(tmp_path)
    rows = {name: int(table["rows"]) for name, table in manifest.tables.items()}
    counted = (rows["customers_customer"], rows["orders_order"], rows["shop_storedchunk"])
    assert counted == (1, 1, 2)
    with another_database():
        restored, _ = restore(folder)
        assert restored == manifest
        assert Customer.objects.get().sort_name == shop["request"].customer.sort_name
        assert Order.objects.count() == 1
        assert StoredFile.objects.get(name="mill.png").read() == BYTES
        # As whoever comes next: the desk writes again. New rows get numbers behind the old ones.
        connection.close()
        assert CustomerFactory().pk > shop["request"].customer_id


def test_nothing_leaves_a_restored_desk_by_itself(shop, tmp_path: Path) -> None:
    open_tasks = Delivery.objects.open().count()
    assert open_tasks > 0
    folder, _ = take(tmp_path)
    with another_database():
        _, calmed = restore(folder)
        assert (Mail.objects.open().count(), Delivery.objects.open().count()) == (0, 0)
        assert [held.mail_id for held in HeldMail.objects.all()] == [shop["letter"].pk]
        assert set(Delivery.objects.given_up().values_list("last_error", flat=True)) == {"Restored"}
        told = (calmed.held_mails, calmed.dropped_mails, calmed.tasks, calmed.links)
        assert told == (1, 1, open_tasks, 1)


def test_nobody_is_signed_in_and_no_link_opens_anything(shop, tmp_path: Path) -> None:
    assert Session.objects.count() == 1
    assert ResetRequest.objects.open().count() == 1
    folder, _ = take(tmp_path)
    with another_database():
        restore(folder)
        assert Session.objects.count() == 0
        assert ResetRequest.objects.open().count() == 0
        assert ResetRequest.objects.get().state == "withdrawn"


def test_a_backup_of_a_busy_desk_is_of_one_moment(tmp_path: Path) -> None:
    """Somebody writes all the time; the sums and the dump still see the same rows."""
    enough, writing = Flag(), Flag()

    def write() -> None:
        while not enough.is_set():
            CustomerFactory()
            writing.set()
        connection.close()

    writer = Thread(target=write)
    writer.start()
    assert writing.wait(20)
    try:
        folder, manifest = take(tmp_path)
        assert Customer.objects.count() > int(manifest.tables["customers_customer"]["rows"]) > 0
    finally:
        enough.set()
        writer.join()
    with another_database():
        restore(folder)


def test_a_role_that_owns_nothing_but_its_database_restores(shop, tmp_path: Path) -> None:
    folder, manifest = take(tmp_path)
    with another_database(owner="shopdesk_plain") as server:
        assert server.parameters["user"] == "shopdesk_plain"
        restored, _ = restore(folder)
        assert restored == manifest


def test_the_desks_own_database_is_not_overwritten(customer: Customer, tmp_path: Path) -> None:
    folder, _ = take(tmp_path)
    with pytest.raises(Refused, match=r"not empty: it has .* tables\. Nothing was changed"):
        restore(folder)
    assert list(Customer.objects.all()) == [customer]


def test_a_damaged_dump_is_found_before_anything_is_written(
    customer: Customer, tmp_path: Path
) -> None:
    folder, _ = take(tmp_path)
    dump = folder / "database.dump"
    content = bytearray(dump.read_bytes())
    content[len(content) // 2] ^= 1
    dump.write_bytes(content)
    with another_database():
        with pytest.raises(Refused, match="damaged or not whole"):
            restore(folder)
        assert connection.introspection.table_names() == []


@pytest.mark.parametrize(("field", "wrong"), [("rows", 2), ("checksum", "1")])
def test_a_difference_is_named_by_its_table(
    customer: Customer, tmp_path: Path, field: str, wrong: object
) -> None:
    folder, _ = take(tmp_path)
    place = folder / "manifest.json"
    told = json.loads(place.read_text())
    told["tables"]["customers_customer"][field] = wrong
    place.write_text(json.dumps(told))
    with (
        another_database(),
        pytest.raises(Refused, match="not what was backed up: customers_customer"),
    ):
        restore(folder)


def test_after_a_restore_that_failed_no_worker_takes_what_waits(shop, tmp_path: Path) -> None:
    folder, _ = take(tmp_path)
    place = folder / "manifest.json"
    told = json.loads(place.read_text())
    told["tables"]["shop_shop"]["checksum"] = "1"
    place.write_text(json.dumps(told))
    with another_database():
        with pytest.raises(Refused, match="not what was backed up"):
            restore(folder)
        connection.close()
        letter = Mail.objects.open().get(pk=shop["letter"].pk)
        with pytest.raises(InternalError, match="read-only transaction"):
            letter.take()
        with pytest.raises(InternalError, match="read-only transaction"):
            Delivery.objects.open()[0].take()
        assert Mail.objects.open().filter(lease=None).count() == Mail.objects.open().count()


def test_a_changed_value_changes_the_sum(customer: Customer, tmp_path: Path) -> None:
    _, before = take(tmp_path / "one")
    Customer.objects.update(note="another")
    _, after = take(tmp_path / "two")
    differ = [name for name in before.tables if before.tables[name] != after.tables[name]]
    assert differ == ["customers_customer"]


@pytest.fixture
def a_worker() -> None:
    beat_once("mail-now@desk", ["mail-now"])


def test_nothing_is_restored_while_a_worker_could_send_it(
    customer: Customer, a_worker: None, tmp_path: Path
) -> None:
    folder, _ = take(tmp_path)
    with another_database():
        with pytest.raises(Refused, match="Still at work: mail-now@desk"):
            restore(folder)
        assert connection.introspection.table_names() == []


def test_nothing_is_restored_while_nobody_knows_who_works(
    customer: Customer, settings, tmp_path: Path
) -> None:
    folder, _ = take(tmp_path)
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    with another_database():
        with pytest.raises(Refused, match="Redis does not answer"):
            restore(folder)
        assert connection.introspection.table_names() == []


def test_no_key_and_no_password_is_in_a_backup(
    shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EMAIL_HOST", "smtp.example.com")
    monkeypatch.setenv("EMAIL_HOST_PASSWORD", "the-mail-servers-password")
    folder, _ = take(tmp_path)
    assert "EMAIL_HOST=smtp.example.com\n" in (folder / "settings.env").read_text()
    everything = b"".join(file.read_bytes() for file in folder.iterdir())
    for secret in (settings.SECRET_KEY, settings.LINK_KEY, "the-mail-servers-password"):
        assert secret.encode() not in everything


def test_only_its_owner_reads_a_backup(customer: Customer, tmp_path: Path) -> None:
    folder, _ = take(tmp_path)
    modes = (folder.stat().st_mode & 0o777, (folder / "database.dump").stat().st_mode & 0o777)
    assert modes == (0o700, 0o600)


def test_a_backup_that_fails_leaves_nothing_that_looks_like_one(
    customer: Customer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "pg_dump"
    broken.write_text("#!/bin/sh\necho 'disk full' >&2\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setattr(Server, "program", lambda _self, _name: broken)
    with pytest.raises(Refused, match="pg_dump gave up: disk full"):
        take(tmp_path / "backups")
    assert list((tmp_path / "backups").iterdir()) == []


def test_a_missing_program_is_named_with_what_installs_it() -> None:
    server = replace(Server.of_the_desk(), major=99)
    with pytest.raises(
        Refused, match=r"pg_dump of PostgreSQL 99 .* apt install postgresql-client-99"
    ):
        server.program("pg_dump")


def test_the_commands_say_what_was_done_and_what_to_keep(
    shop, tmp_path: Path, settings, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("backup", str(tmp_path))
    said = capsys.readouterr().out
    assert "Not in it, to be kept apart:\n  SECRET_KEY: " in said
    folder = next(tmp_path.iterdir())
    settings.LINK_KEY = "another-link-key-of-a-new-installation"
    with another_database():
        call_command("restore", str(folder))
    said = capsys.readouterr().out
    assert "Counts and checksums are those of the backup." in said
    assert "LINK_KEY is another one than then: " in said
    assert "SECRET_KEY is another" not in said


def test_a_folder_that_is_no_backup_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="holds no whole backup"):
        call_command("restore", str(tmp_path))


def test_psycopg_is_the_only_way_in() -> None:
    """A pool's connection would be given back with a snapshot on it."""
    with Server.of_the_desk().connect() as own:
        assert isinstance(own, psycopg.Connection)
        assert own.info.dbname == connection.settings_dict["NAME"]
