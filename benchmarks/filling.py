"""Filling the benchmark's database with customers, set-based, and with the naive table beside."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from django.db import DatabaseError, connection, transaction

from benchmarks.people import FIRST_ID, TAGS, Person, people

# A new shape of the rows gets a new number: then a database from before is filled anew.
SHAPE = 3
CUSTOMER_COLUMNS = (
    "id, first_name, last_name, company, sort_name, language, form_of_address, note, version, "
    "created_at, updated_at, account_state, city, country, email_consent, email_consent_level, "
    "sms_consent, sms_consent_level, orders_count, amount_spent, last_order_at, figures_from_export"
)
IDENTITY_COLUMNS = "customer_id, kind, value, key, is_primary, proof"
ADDRESS_COLUMNS = (
    "customer_id, first_name, last_name, company, street, extra, postal_code, city, region, "
    "country, phone, is_default, version"
)
NAIVE_COLUMNS = (
    "id, first_name, last_name, email, phone, street, postal_code, city, tags, created_at"
)
SEARCH_STEP = 50_000
# Filled in one go and read by nothing until all rows are there.
TABLES = ["customers_customer", "customers_customersearch", "orders_order", "orders_parcel"]


def fill(rows: int, *, orders: int = 0, say: Callable[[str], None]) -> None:
    """Make exactly so many customers and orders, unless they are there already."""
    wanted = (rows, orders, SHAPE)
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE IF NOT EXISTS benchmark_filled (rows bigint, orders bigint, shape int)"
        )
        cursor.execute("SELECT rows, orders, shape FROM benchmark_filled")
        if cursor.fetchone() == wanted:
            return
    say(f"Filling the benchmark's database with {rows:,} customers, {orders:,} orders …")
    _empty()
    with _without_indexes(say):
        _copy_people(rows)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        for start in range(1, rows + 1, SEARCH_STEP):
            _refresh_search(start, min(start + SEARCH_STEP, rows + 1))
        if orders:
            _make_orders(rows, orders)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO benchmark_filled VALUES (%s, %s, %s)", wanted)
        cursor.execute("VACUUM ANALYZE")


@contextmanager
def _without_indexes(say: Callable[[str], None]) -> Iterator[None]:
    """Indexes that no constraint needs are built once all rows are there; keys are not checked."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = ANY(%s) AND NOT EXISTS"
            " (SELECT 1 FROM pg_constraint WHERE conname = indexname)"
            " AND indexdef NOT LIKE 'CREATE UNIQUE%%'",
            [TABLES],
        )
        indexes = cursor.fetchall()
        for name, _ in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
        with suppress(DatabaseError), transaction.atomic():  # only superusers may
            cursor.execute("SET session_replication_role = replica")
        yield
        say("Building its indexes …")
        cursor.execute("RESET session_replication_role")
        cursor.execute("SET maintenance_work_mem = '512MB'")
        for _, definition in indexes:
            cursor.execute(definition)


def _empty() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "TRUNCATE benchmark_filled, customers_customer, customers_nameword, customers_tag"
            " CASCADE"
        )
        cursor.execute("DROP TABLE IF EXISTS benchmark_naive")
        cursor.execute(
            "CREATE TABLE benchmark_naive (id bigint PRIMARY KEY, first_name text, last_name text,"
            " email text, phone text, street text, postal_code text, city text, tags text,"
            " created_at timestamptz)"
        )
        cursor.execute("CREATE INDEX ON benchmark_naive (created_at DESC, id DESC)")
        cursor.execute("CREATE INDEX ON benchmark_naive (lower(email) text_pattern_ops)")


def _copy_people(rows: int) -> None:
    _copy(f"customers_customer ({CUSTOMER_COLUMNS})", rows, _customer)
    _copy(f"customers_identity ({IDENTITY_COLUMNS})", rows, _email)
    _copy(f"customers_identity ({IDENTITY_COLUMNS})", rows, _phone)
    _copy("customers_externalid (customer_id, source, value)", rows, _external_id)
    _copy(f"customers_address ({ADDRESS_COLUMNS})", rows, _address)
    with connection.cursor() as cursor:
        for number, (name, _) in enumerate(TAGS, start=1):
            cursor.execute(
                "INSERT INTO customers_tag (id, name, key) VALUES (%s, %s, lower(%s))",
                [number, name, name],
            )
    _copy("customers_tagging (customer_id, tag_id)", rows, _tagging)
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


def _external_id(one: Person) -> tuple[object, ...]:
    return (one.number, "shopify", str(FIRST_ID + one.number))


def _address(one: Person) -> tuple[object, ...]:
    place = (one.street, "", one.postal_code, one.city, "", one.country)
    return (one.number, one.first_name, one.last_name, "", *place, "", True, 1)


def _tagging(one: Person) -> tuple[object, ...] | None:
    numbers = {name: number for number, (name, _) in enumerate(TAGS, start=1)}
    return (one.number, numbers[one.tag]) if one.tag else None


def _naive(one: Person) -> tuple[object, ...]:
    name = (one.number, one.first_name, one.last_name)
    place = (one.street, one.postal_code, one.city)
    return (*name, one.email, one.phone, *place, one.tag, one.created_at)


def _refresh_search(start: int, end: int) -> None:
    from customers.search_rows import refresh_search

    refresh_search(range(start, end))


def _make_orders(rows: int, orders: int) -> None:
    """Orders of all ages, over as many customers: most are paid and gone, the newest wait."""
    with connection.cursor() as cursor:
        cursor.execute(_ORDERS, {"rows": rows, "orders": orders})
        cursor.execute(_PARCELS)


# Most are paid, shipped and delivered; the newest hundredth waits, the next one is on the way.
_ORDERS = """
INSERT INTO orders_order (
    id, customer_id, name, number, source, external_id, placed_at, paid_at, cancelled_at,
    delivered_at, cancel_reason, financial_status, fulfillment_status, email, phone,
    billing_address, shipping_address, note, tags, is_test, brought_in_at,
    currency, subtotal, discount, shipping, taxes, total, paid, refunded)
SELECT o.n, c.id, '#' || 1000 + o.n, 1000 + o.n, 'benchmark', o.n::text, o.at,
    CASE WHEN NOT o.unpaid THEN o.at END, CASE WHEN o.cancelled THEN o.at END,
    CASE WHEN o.n <= o.all * 0.98 AND NOT o.cancelled THEN o.at END,
    CASE WHEN o.cancelled THEN 'customer' ELSE '' END,
    CASE WHEN o.unpaid THEN 'pending' ELSE 'paid' END,
    CASE WHEN o.cancelled OR o.n > o.all * 0.99 THEN 'unfulfilled' ELSE 'fulfilled' END,
    c.email, '', '{}', '{}', '', '{}', false, NULL,
    'EUR', o.total, 0, 0, 0, o.total, CASE WHEN o.unpaid THEN 0 ELSE o.total END, 0
FROM (
    SELECT n, %(orders)s::bigint AS all, (n * 7919 %% 10000 + 490)::numeric / 100 AS total,
        n %% 50 = 0 AS cancelled, n %% 200 = 1 AS unpaid,
        1 + n * 104729 %% %(rows)s AS buyer,
        timestamptz '2026-11-01 00:00Z'
            - (%(orders)s - n) * (interval '3285 days' / %(orders)s) AS at
    FROM generate_series(1, %(orders)s::bigint) AS n
) o JOIN benchmark_naive c ON c.id = o.buyer ORDER BY o.n
"""
_PARCELS = """
INSERT INTO orders_parcel (order_id, company, number, url, shipped_at, delivered_at)
SELECT id, 'DHL', '00340434' || lpad(id::text, 12, '0'), '', placed_at, delivered_at
FROM orders_order WHERE fulfillment_status = 'fulfilled'
"""
