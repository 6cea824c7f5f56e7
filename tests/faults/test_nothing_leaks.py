"""A reset from end to end; then everything that was written down meanwhile is searched for it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

import psycopg
import pytest
import redis

from tests.faults.installation import Installation
from tests.faults.sink import link_in
from tests.faults.visitor import Visitor
from tests.unpacking import readable
from tests.waiting import wait_until

ADDRESS = "kanarienvogel@customers.example"
PASSWORD = "eine-stille-Mühle-77"
TOO_SHORT = "Tasse-88"
BIRD = re.compile("kanarienvogel", re.IGNORECASE)
# Whose business it is how the customer is reached. Everything else knows people by number.
KNOW_THE_ADDRESS = {
    "account_emailaddress",
    "accounts_recoveryask",
    "accounts_resetrequest",
    "accounts_user",
    "customers_customer",
    "customers_customersearch",
    "customers_identity",
    "notifications_mail",
    "shop_storedfile",
}


@dataclass(frozen=True)
class Written:
    """Everything that outlives a request, by the place where it lies."""

    tables: dict[str, str]
    broker: str
    logs: dict[str, str]


@pytest.fixture(scope="module")
def secrets() -> set[str]:
    return {PASSWORD, TOO_SHORT}


@pytest.fixture(scope="module")
def written(installation: Installation, secrets: set[str]) -> Written:
    """What is there while workers are away (their messages wait), and when all is done."""
    installation.bring_in(ADDRESS)
    for name in ("The mail worker", "The worker"):
        installation.kill_part(name)
    Visitor(installation.url).send("/account/recover/", email=ADDRESS)
    broker = in_broker(installation)
    for name in ("The mail worker", "The worker"):
        installation.start_part(name)

    link = link_in(installation.sink.wait_for(ADDRESS, seconds=60)[0])
    secrets |= {link, link.rstrip("/").rsplit("/", 1)[1]}
    visitor = Visitor(installation.url)
    # Refused first: what was wrong is not kept either.
    visitor.send(link, password=TOO_SHORT)
    visitor.send(link, password=PASSWORD)
    visitor.send("/account/login/", email=ADDRESS, password=TOO_SHORT)
    visitor.send("/account/login/", email=ADDRESS, password=PASSWORD)
    secrets |= visitor.cookies()
    refuse_a_statement(installation)
    wait_until(lambda: in_tables(installation)["notifications_mail"], what="the mails")
    return Written(in_tables(installation), broker + in_broker(installation), in_logs(installation))


def refuse_a_statement(installation: Installation) -> None:
    """Errors by which PostgreSQL likes to repeat what it was given."""
    address = f"'{ADDRESS}'"
    for statement in (
        f"SELECT {address}::int",
        f"INSERT INTO accounts_user (kind, email) VALUES ('customer', {address})",
        "INSERT INTO customers_identity SELECT * FROM customers_identity",
    ):
        with pytest.raises(psycopg.DatabaseError):
            installation.query(statement)


def in_tables(installation: Installation) -> dict[str, str]:
    names = installation.query(
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    )
    return {
        name: "\n".join(
            readable(str(row).encode())
            for (row,) in installation.query(f'SELECT to_jsonb(t)::text FROM "{name}" t')
        )
        for (name,) in names
    }


def in_broker(installation: Installation) -> str:
    """Every value of every kind, and what is packed into it."""
    url = installation.redis.url
    found = b""
    with redis.Redis.from_url(url) as client:
        for key in client.keys("*"):
            read = {b"list": lambda k: client.lrange(k, 0, -1), b"hash": client.hgetall}
            read |= {b"set": client.smembers, b"string": client.get}
            # A worker has just taken the last message of a queue, and with it the queue.
            read |= {b"zset": lambda k: client.zrange(k, 0, -1), b"none": lambda _k: None}
            found += key + repr(read[client.type(key)](key)).encode() + b"\n"
    return readable(found)


def in_logs(installation: Installation) -> dict[str, str]:
    files = (installation.directory / "log").glob("*.log")
    return {file.name: file.read_text(errors="replace") for file in files}


def test_the_search_would_find_something(written: Written) -> None:
    """What is known to be there is found where it is, packed or not."""
    assert BIRD.search(written.tables["customers_identity"])
    assert "_auth_user_id" in written.tables["accounts_session"]
    assert "accounts.answer_ask" in written.tables["events_delivery"]
    assert "events.tasks.deliver" in written.broker
    assert "request.answered" in written.logs["web-server.log"]
    assert "FATAL" in written.logs["postgres.log"] or "LOG" in written.logs["postgres.log"]


def test_what_opens_an_account_is_written_down_nowhere(written: Written, secrets: set[str]) -> None:
    places = {**written.tables, "the broker": written.broker, **written.logs}
    found = {(place, one) for place, text in places.items() for one in secrets if one in text}
    assert found == set()


def test_who_somebody_is_stands_only_where_it_must(written: Written) -> None:
    places = {**written.tables, "the broker": written.broker, **written.logs}
    found = {place for place, text in places.items() if BIRD.search(text)}
    assert found <= KNOW_THE_ADDRESS


def test_each_line_of_a_log_is_an_entry(written: Written) -> None:
    """So that a collector of logs can read them; the servers' own logs have forms of their own."""
    for name in ("web-server.log", "mail-worker.log", "worker.log", "clock.log"):
        lines = written.logs[name].splitlines()
        assert lines, name
        for line in lines:
            assert json.loads(line)["event"], (name, line)


def test_each_request_is_logged_once_with_an_id_of_its_own(written: Written) -> None:
    lines = [json.loads(line) for line in written.logs["web-server.log"].splitlines()]
    answered = [line for line in lines if line["event"] == "request.answered"]
    ids = [line["request_id"] for line in answered]
    assert len(set(ids)) == len(ids)
    told = {(line["view"], line["method"], line["status"]) for line in answered}
    assert told >= {
        ("account_recover", "POST", 200),
        ("account_activate", "GET", 302),
        ("account_activate_form", "POST", 422),
        ("account_activate_form", "POST", 302),
        ("account_login", "POST", 302),
        ("readyz", "GET", 200),
    }
