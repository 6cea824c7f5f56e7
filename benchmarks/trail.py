"""Home's figures, follow-ups and trails among many resets: `python -m benchmarks.trail`.

Two years of requests are made, set-based, with the mails that brought them; some customers have
dozens. Each reader is what a page or the clock calls, all of its queries included. The baseline is
one count of all requests: a reader that takes longer than that reads more than it needs.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from benchmarks.database import NAME, a_server, use_own_database
from benchmarks.filling import fill
from benchmarks.harness import Measurement, alternate, compare, report, say

STAFF = 10
# Of the answers: 65 % used, 5 % withdrawn, 30 % ran out of time and stayed so until the next one.
FILL = """
SELECT setseed(0.42);
TRUNCATE accounts_resetrequest, notifications_mail CASCADE;
DELETE FROM accounts_user;
INSERT INTO accounts_user (id, password, kind, email, name, role, language, created_at)
SELECT n, '', 'staff', 'colleague' || n || '@desk.example', 'Colleague ' || n, 'agent', '', now()
FROM generate_series(1, {staff}) n;
INSERT INTO accounts_user
    (id, password, kind, email, name, role, language, created_at, customer_id, last_login)
SELECT {staff} + c.id, '', 'customer', i.key, '', '', '', now(), c.id,
    now() - random() * interval '730 days'
FROM customers_customer c JOIN customers_identity i ON i.customer_id = c.id AND i.kind = 'email';
UPDATE customers_customer SET account_state = 'enabled';
INSERT INTO accounts_resetrequest (
    id, nonce, customer_id, purpose, "to", asked_by_id, sent_in_id, asked_count, throttled_count,
    started_at, expires_at, opened_at, closed_at, ending, signed_in_at, settled_at, asked_whether_at
)
SELECT
    n, md5(n::text), customer, CASE WHEN s < 0.9 THEN 'reset' WHEN s < 0.98 THEN 'invite'
        ELSE 'move' END, 'person' || customer || '@customers.example',
    CASE WHEN n % 2 = 0 THEN 1 + n % {staff} END, CASE WHEN n % 20 = 1 THEN n / 10000 END,
    1, CASE WHEN n % 50 = 0 THEN 1 ELSE 0 END, at, at + interval '1 hour',
    CASE WHEN r < 0.8 THEN at + s * interval '20 minutes' END,
    CASE WHEN r < 0.7 THEN at + interval '25 minutes' ELSE next_at END,
    CASE WHEN r < 0.65 THEN 'used' WHEN r < 0.7 THEN 'withdrawn'
        WHEN next_at IS NOT NULL THEN 'replaced' ELSE '' END,
    CASE WHEN r < 0.6 THEN at + interval '27 minutes' END,
    CASE WHEN r < 0.6 THEN at + interval '27 minutes' END,
    CASE WHEN r < 0.65 AND n % 3 > 0 THEN at + interval '1 day' END
FROM (
    SELECT *, lead(at) OVER (PARTITION BY customer ORDER BY n) AS next_at
    FROM (
        SELECT n, 1 + floor(random() ^ 2 * {customers})::bigint AS customer, random() AS r,
            random() AS s, now() - ({requests} - n) * (interval '730 days' / {requests}) AS at
        FROM generate_series(1, {requests}) n
    ) asked
) ordered
ORDER BY n;
INSERT INTO notifications_mail (
    kind, "to", language, subject_type, subject_id, plain, queued_at, due_at, gives_up_at,
    queue_name, attempts, lost_workers, failure, answer, sent_subject, sent_text,
    handed_over_at, failed_at, delivered_at, bounced_at
)
SELECT
    k.kind, q.to, 'de', k.subject, q.id, '{{}}', q.started_at, q.started_at, q.expires_at,
    'mail-now', 1, 0, CASE WHEN q.id % 70 = 0 THEN 'refused' ELSE '' END, '', '', '',
    CASE WHEN q.id % 70 > 0 THEN q.started_at + interval '1 second' END,
    CASE WHEN q.id % 70 = 0 THEN q.started_at + interval '1 second' END,
    CASE WHEN q.id % 70 > 28 THEN q.started_at + interval '1 minute' END,
    CASE WHEN q.id % 70 = 1 THEN q.started_at + interval '1 minute' END
FROM accounts_resetrequest q CROSS JOIN (VALUES
    ('reset_asked_by_customer', 'accounts.resetrequest'), ('message_from_staff', 'customers.letter')
) k (kind, subject) ORDER BY q.id;
VACUUM ANALYZE
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=500_000)
    parser.add_argument("--customers", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--database", default=f"{NAME}_trail")
    parser.add_argument("--json", default=None, help="a file, or - for standard output")
    asked = parser.parse_args()
    with a_server():
        use_own_database(asked.database)
        fill_resets(asked.requests, asked.customers)
        found = measure(asked.rounds)
    report(f"Trails and figures of {asked.requests:,} resets", found, json_to=asked.json)


def fill_resets(requests: int, customers: int) -> None:
    from django.db import connection

    fill(customers, say=say)
    say(f"Filling it with {requests:,} resets …")
    script = FILL.format(requests=requests, customers=customers, staff=STAFF)
    with connection.cursor() as cursor:
        for statement in script.split(";\n"):
            cursor.execute(statement)


def measure(rounds: int) -> list[Measurement]:
    from accounts.models import ResetRequest

    found = []
    for name, read in readers().items():
        say(name)
        ours, count = alternate(read, ResetRequest.objects.count, rounds=rounds)
        label = f"{name}, p95 (baseline: a count of all)"
        found.append(compare(label, ours.p95 * 1000, count.p95 * 1000, goal=1))
    return found


def readers() -> dict[str, Callable[[], Any]]:
    """What pages and the clock ask, with the names that people have for it."""
    from accounts import panels
    from accounts.follow_up_panels import follow_up_card
    from accounts.models import AccountRules, Feedback, ResetRequest, User
    from accounts.reset_figures import reset_figures
    from accounts.reset_trail import current_trail
    from accounts.tasks import close_expired
    from customers.models import Customer

    AccountRules.objects.update(asks_whether_it_worked=True)
    anything: Any = None
    request: Any = SimpleNamespace(user=User.objects.get(pk=2))
    customer = ResetRequest.objects.latest("pk").customer
    return {
        "Home: figures of 7 and 30 days": lambda: reset_figures(request),
        "Home: follow-ups": lambda: follow_up_card(request),
        "Home: pending links": lambda: panels.resets_pending(request),
        "Home: links whose mail failed": lambda: panels.resets_failed(request),
        "customers: resets of the week": lambda: panels.resets_of_the_week(anything),
        "customers: with a pending reset": lambda: list(
            panels.customers_with_pending_reset(Customer.objects.order_by("-pk"))[:50]
        ),
        "customer: trail of the newest link": lambda: current_trail(customer),
        "clock: ask whether it worked": Feedback.ask_those_due,
        "clock: clear away what has expired": close_expired,
    }


if __name__ == "__main__":
    main()
