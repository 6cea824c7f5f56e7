"""Telling workers of the next mails while many wait: `python -m benchmarks.telling --rows 1000000`.

Ours reads a batch of a queue from the index, in its order, and marks it as told of. The baseline
takes as many rows by the plain rule: longest untold first, over all that are due. Both are undone
after each round, so that each sees the same rows.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import timedelta

from benchmarks.database import NAME, a_server, use_own_database
from benchmarks.harness import Measurement, alternate, compare, report

GOAL = 0.2
QUEUE = "bulk"
# A tenth are resets; of the rest a third was told of long ago, and a quarter is not due yet.
FILL = """
INSERT INTO notifications_mail (
    kind, "to", language, subject_type, subject_id, plain, queued_at, gives_up_at, queue_name,
    due_at, told_at, attempts, lost_workers, failure, answer, sent_subject, sent_text
)
SELECT
    'note', 'person' || n || '@customers.example', 'de', 'shop.shop', 1, '{}', now(),
    now() + interval '1 day', CASE WHEN n %% 10 = 0 THEN 'mail-now' ELSE 'bulk' END,
    now() + CASE WHEN n %% 4 = 0 THEN 1 ELSE -1 END * interval '1 hour' + n * interval '1 ms',
    CASE WHEN n %% 3 = 0 AND n %% 4 > 0 THEN now() - interval '1 hour' + n * interval '1 ms' END,
    1, 0, 'temporary', '451', '', ''
FROM generate_series(1, %s) n
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--database", default=f"{NAME}_telling")
    parser.add_argument("--json", default=None, help="a file, or - for standard output")
    asked = parser.parse_args()
    with a_server():
        use_own_database(asked.database)
        _fill(asked.rows)
        found = measure(asked.rounds)
    title = f"Telling workers of the next mails, {asked.rows:,} waiting"
    report(title, found, json_to=asked.json)


def _fill(rows: int) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE notifications_mail CASCADE")
        cursor.execute(FILL, [rows])
        cursor.execute("VACUUM ANALYZE notifications_mail")


def measure(rounds: int) -> list[Measurement]:
    from events.telling import _claim
    from notifications.models import Mail

    ours, plain = alternate(
        _undone(lambda: _claim(Mail, QUEUE)), _undone(_claim_plainly), rounds=rounds
    )
    names, counted = alternate(Mail.objects.queues, _count_queues, rounds=rounds)
    return [
        compare("next batch of a queue", ours.median * 1000, plain.median * 1000, goal=GOAL),
        compare("which queues wait", names.median * 1000, counted.median * 1000, goal=GOAL),
    ]


def _undone(act: Callable[[], object]) -> Callable[[], None]:
    from django.db import transaction

    def run() -> None:
        with transaction.atomic():
            act()
            transaction.set_rollback(True)

    return run


def _claim_plainly() -> None:
    from django.conf import settings
    from django.db.models import F, Q
    from django.utils import timezone

    from events.broker import stamp
    from notifications.models import Mail

    long_ago = timezone.now() - timedelta(seconds=settings.RETELL_SECONDS)
    due = Mail.objects.due().filter(Q(told_at=None) | Q(told_at__lt=long_ago), queue_name=QUEUE)
    turns = due.order_by(F("told_at").asc(nulls_first=True), "due_at").only("pk", "queue_name")
    stamp(list(turns[: 2 * settings.TELL_BATCH]), timezone.now())


def _count_queues() -> None:
    from django.db.models import Count

    from notifications.models import Mail

    list(Mail.objects.due().values("queue_name").annotate(length=Count("pk")).order_by("length"))


if __name__ == "__main__":
    main()
