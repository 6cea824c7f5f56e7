"""Adding up everybody's orders anew, some customers at a time."""

from __future__ import annotations

from functools import partial

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from events.broker import tell_worker
from orders.figures import kept_figures
from orders.models.orders import Order

CHUNK = 1000
WORK = "orders.tasks.work_on_recount"


class Recount(models.Model):
    """How far the one recount has come. A worker may die anywhere: the next goes on behind it."""

    started_at = models.DateTimeField(default=timezone.now)
    done_customer_id = models.BigIntegerField(default=0)  # customers up to this one are done
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="one_recount")]

    def __str__(self) -> str:
        return f"{self.started_at:%F %T}"

    @classmethod
    def begin(cls) -> None:
        """Count everybody from the first on, also where a recount is under way. Bears a repeat."""
        afresh = {"started_at": timezone.now(), "done_customer_id": 0, "finished_at": None}
        with transaction.atomic():
            cls.objects.update_or_create(pk=1, defaults=afresh)
            cls.tell_worker_on_commit()

    @classmethod
    def tell_worker_on_commit(cls) -> None:
        """Should the broker be away, the sweep does it within a minute."""
        transaction.on_commit(partial(cls.tell_worker))

    @classmethod
    def tell_worker(cls) -> bool:
        """Ask for the customers behind those that are done. False where none are left to count."""
        open_one = cls.objects.filter(finished_at=None)
        done = open_one.values_list("done_customer_id", flat=True).first()
        return done is not None and tell_worker(WORK, 1, done, queue="bulk")

    @classmethod
    def heed(cls, behind: int) -> bool:
        """Of all messages that ask for the same customers one is heeded: one goes round."""
        return cls.objects.filter(finished_at=None, done_customer_id=behind).exists()

    @classmethod
    def step(cls) -> bool:
        """Count the next customers. False when all are done, or while another worker counts."""
        with transaction.atomic():
            open_one = cls.objects.select_for_update(skip_locked=True).filter(finished_at=None)
            one = open_one.first()
            if one is None:
                return False
            ids = _next_customers(one.done_customer_id)
            if not ids:
                open_one.update(finished_at=timezone.now())
                return False
            # Set by set, in the order in which everybody locks customers.
            with kept_figures(ids):
                open_one.update(done_customer_id=ids[-1])
        return True


def _next_customers(last: int) -> list[int]:
    later = Order.objects.filter(customer__gt=last).order_by("customer_id")
    return list(later.values_list("customer_id", flat=True).distinct()[:CHUNK])
