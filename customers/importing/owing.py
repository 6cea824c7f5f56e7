"""What an import owes: work that may come a moment after the rows it is about, as search rows may.

It is written down with them, in their transaction, so that it is lost with no worker. While the
next rows are planned it is done beside them, on a connection of its own: the database works on
both at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

from django.contrib.postgres.fields import ArrayField
from django.db import connection, connections, models, transaction

from customers.turns import prepare_for_steps

Pay = Callable[[Sequence[int]], None]

_how: dict[str, Pay] = {}


def paid_by(what: str, pay: Pay) -> None:
    """Have `pay(ids)` called for what is owed under this name. It bears a repeat."""
    _how[what] = pay


class Debt(models.Model):
    """Of one step: what is to be done for which rows."""

    of_import = models.ForeignKey(
        "customers.Import", on_delete=models.CASCADE, related_name="debts"
    )
    # A name given to `paid_by`.
    what = models.CharField(max_length=40)
    ids = ArrayField(models.BigIntegerField())

    def __str__(self) -> str:
        return f"{self.of_import_id}: {self.what} of {len(self.ids)}"


def owe(import_id: int, what: str, ids: Sequence[int]) -> None:
    """To be called in the transaction that writes the rows."""
    if ids:
        Debt.objects.create(of_import_id=import_id, what=what, ids=list(ids))


def pay_all(import_id: int) -> None:
    """Until nothing is owed; of two who pay at once the second waits for the first."""
    debts = Debt.objects.filter(of_import=import_id).order_by("pk")
    while debts.exists():
        with transaction.atomic():
            # None: another has just paid it.
            debt = debts.select_for_update()[:1].first()
            if debt:
                prepare_for_steps()
                _how[debt.what](debt.ids)
                debt.delete()


@contextmanager
def paying_beside(import_id: int) -> Iterator[Callable[[], None]]:
    """What is given is called after each step: have its debts paid while the next one is taken.

    It waits for those of the step before, so that never more than one is behind, and the end waits
    for the last. Inside somebody's transaction, which no other connection sees into, all is paid
    at once.
    """
    if connection.in_atomic_block:
        yield lambda: pay_all(import_id)
        return
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="import") as beside:
        last: Future[None] | None = None

        def pay() -> None:
            nonlocal last
            if last is not None:
                last.result()
            last = beside.submit(pay_all, import_id)

        try:
            yield pay
            if last is not None:
                last.result()
        finally:
            beside.submit(connections.close_all)
