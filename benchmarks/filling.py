"""Filling the benchmark's database with customers, set-based, and with the naive table beside."""

from __future__ import annotations

from collections.abc import Callable

from django.db import connection

from benchmarks.people import Person, people

CUSTOMER_COLUMNS = (
    "id, first_name, last_name, company, sort_name, language, form_of_address, note, version, "
    "created_at, updated_at, account_state, city, country, email_consent, email_consent_level, "
    "sms_consent, sms_consent_level, orders_count, amount_spent, last_order_at, figures_from_export"
)
IDENTITY_COLUMNS = "customer_id, kind, value, key, is_primary, proof"
NAIVE_COLUMNS = "id, first_name, last_name, email, phone, city, created_at"
SEARCH_STEP = 50_000


def fill(rows: int, *, say: Callable[[str], None]) -> None:
    """Make exactly `rows` customers, unless they are there already."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS benchmark_rows (rows bigint)")
        cursor.execute("SELECT max(rows) FROM benchmark_rows")
        if cursor.fetchone()[0] == rows:
            return
    say(f"Filling the benchmark's database with {rows:,} customers …")
    _empty()
    _copy_people(rows)
    for start in range(1, rows + 1, SEARCH_STEP):
        _refresh_search(start, min(start + SEARCH_STEP, rows + 1))
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO benchmark_rows VALUES (%s)", [rows])
        cursor.execute("VACUUM ANALYZE")


def _empty() -> None:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE benchmark_rows, customers_customer, customers_nameword CASCADE")
        cursor.execute("DROP TABLE IF EXISTS benchmark_naive")
        cursor.execute(
            "CREATE TABLE benchmark_naive (id bigint PRIMARY KEY, first_name text, last_name text,"
            " email text, phone text, city text, created_at timestamptz)"
        )
        cursor.execute("CREATE INDEX ON benchmark_naive (created_at DESC, id DESC)")
        cursor.execute("CREATE INDEX ON benchmark_naive (lower(email) text_pattern_ops)")


def _copy_people(rows: int) -> None:
    _copy(f"customers_customer ({CUSTOMER_COLUMNS})", rows, _customer)
    _copy(f"customers_identity ({IDENTITY_COLUMNS})", rows, _email)
    _copy(f"customers_identity ({IDENTITY_COLUMNS})", rows, _phone)
    _copy(f"benchmark_naive ({NAIVE_COLUMNS})", rows, _naive)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT setval(pg_get_serial_sequence('customers_customer', 'id'), %s)", [rows]
        )


def _copy(target: str, rows: int, shape: Callable[[Person], tuple[object, ...] | None]) -> None:
    with connection.cursor() as cursor, cursor.copy(f"COPY {target} FROM STDIN") as copy:
        for person in people(rows):
            row = shape(person)
            if row is not None:
                copy.write_row(row)


def _customer(one: Person) -> tuple[object, ...]:
    name = (one.first_name, one.last_name, "", "", "", "", "", 1)
    account = "enabled" if one.has_account else "none"
    consent = "SUBSCRIBED" if one.subscribed else "NOT_SUBSCRIBED"
    ordered_at = one.created_at if one.orders_count else None
    where = (one.created_at, one.created_at, account, one.city, one.country)
    figures = (one.orders_count, one.amount_spent, ordered_at, False)
    return (one.number, *name, *where, consent, "", "NOT_SUBSCRIBED", "", *figures)


def _email(one: Person) -> tuple[object, ...]:
    return (one.number, "email", one.email, one.email, True, "imported")


def _phone(one: Person) -> tuple[object, ...] | None:
    return (one.number, "phone", one.phone, one.phone, True, "imported") if one.phone else None


def _naive(one: Person) -> tuple[object, ...]:
    name = (one.number, one.first_name, one.last_name)
    return (*name, one.email, one.phone, one.city, one.created_at)


def _refresh_search(start: int, end: int) -> None:
    from customers.search_rows import refresh_search

    refresh_search(range(start, end))
