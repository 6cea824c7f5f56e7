"""What an import owes: work that may come a moment after the rows it is about, as search rows may.

It is written down with them, in their transaction, so that it is lost with no worker. While the
next rows are planned it is done beside them, on a connection of its own: the database works on
both at once. What is done for many rows of one customer as quickly as for one waits until all rows
are written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import connection, connections, models, transaction

from customers.turns import prepare_for_steps

Pay = Callable[[Sequence[int]], None]
# Of what waited, so many times a step's rows are paid in one transaction.
STEPS_AT_ONCE = 4

_how: dict[str, Pay] = {}
_waiting: set[str] = set()


def paid_by(what: str, pay: Pay, *, waits: bool = False) -> None:
    """Have `pay(ids)` called for what is owed under this name. It bears a repeat.

    What `waits` is paid once for all rows, when the last one is written.
    """
    _how[what] = pay
    if waits:
        _waiting.add(what)


class Debt(models.Model):
    """Of one step: what is to be done for which rows."""

    of_import = models.ForeignKey(
        "customers.Import", on_delete=models.CASCADE, related_name="debts"
    )
    # A name given to `paid_by`.
    what = models.CharField(max_length=40)
    ids = ArrayField(models.BigIntegerField())
    # Until all rows are written, or no more of them will be.
    waits = models.BooleanField(db_default=False)

    def __str__(self) -> str:
        return f"{self.of_import_id}: {self.what} of {len(self.ids)}"


def owe(import_id: int, what: str, ids: Sequence[int]) -> None:
    """To be called in the transaction that writes the rows."""
    if ids:
        waits = what in _waiting
        Debt.objects.create(of_import_id=import_id, what=what, ids=list(ids), waits=waits)


def owes(import_id: int) -> bool:
    return Debt.objects.filter(of_import=import_id).exists()


def settle_up(import_id: int) -> None:
    """Pay one debt in the caller's transaction, or first make few of many that waited."""
    with connection.cursor() as cursor:
        size = STEPS_AT_ONCE * settings.IMPORT_CHUNK_ROWS
        cursor.execute(_CALL_IN, {"import": import_id, "size": size})
        if not cursor.rowcount:
            _pay_one(import_id)


def pay_what_is_due(import_id: int) -> None:
    """Until nothing is; what waits goes on waiting."""
    while Debt.objects.filter(of_import=import_id, waits=False).exists():
        with transaction.atomic():
            _pay_one(import_id)


def _pay_one(import_id: int) -> None:
    """One that nobody else is paying; if there is none, await what is being paid."""
    due = Debt.objects.filter(of_import=import_id, waits=False).order_by("pk")
    free = due.select_for_update(skip_locked=True).first()
    if debt := free or due.select_for_update().first():
        prepare_for_steps()
        _how[debt.what](debt.ids)
        debt.delete()


@contextmanager
def paying_beside(import_id: int) -> Iterator[Callable[[], None]]:
    """What is given is called after each step: have what is due paid while the next one is taken.

    It waits for that of the step before, so that never more than one is behind, and the end waits
    for the last. Inside somebody's transaction, which no other connection sees into, it is paid
    at once.
    """
    if connection.in_atomic_block:
        yield lambda: pay_what_is_due(import_id)
        return
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="import") as beside:
        last: Future[None] | None = None

        def pay() -> None:
            nonlocal last
            if last is not None:
                last.result()
            last = beside.submit(pay_what_is_due, import_id)

        try:
            yield pay
            if last is not None:
                last.result()
        finally:
            beside.submit(connections.close_all)


# Each id once, in the order of ids: who pays at the same moment holds others.
_CALL_IN = """
WITH waited AS (
    DELETE FROM customers_debt WHERE of_import_id = %(import)s AND waits RETURNING what, ids
), numbered AS (
    SELECT what, id, (row_number() OVER (PARTITION BY what ORDER BY id) - 1) / %(size)s AS part
    FROM (SELECT DISTINCT what, id FROM waited, unnest(ids) AS id) once
)
INSERT INTO customers_debt (of_import_id, what, ids, waits)
SELECT %(import)s, what, array_agg(id ORDER BY id), false FROM numbered GROUP BY what, part
"""
