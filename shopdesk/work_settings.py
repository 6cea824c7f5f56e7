"""Settings of what workers do: queues, retries, imports, mail. Part of `shopdesk.settings`."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

from celery.schedules import crontab, schedule

from shopdesk.environment import env, is_local, read_public_url, read_webhook_secret

# ── Workers ─────────────────────────────────────────────────────────────────────────────────────
REDIS_URL = env.str("REDIS_URL", "redis://127.0.0.1:6379/0")
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_POOL = "events.pool:AttentiveTaskPool"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_TASK_TIME_LIMIT = 300
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
BROKER_CONNECT_TIMEOUT = env.float("BROKER_CONNECT_TIMEOUT", 1.0)
# After a failed publish nobody waits for the broker again for so many seconds; the sweep heals.
BROKER_REST_SECONDS = env.float("BROKER_REST_SECONDS", 5.0)
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # What a worker has had in hand for longer goes to another one as well, which finds it held.
    "visibility_timeout": env.int("BROKER_VISIBILITY_SECONDS", 3600),
    "socket_connect_timeout": BROKER_CONNECT_TIMEOUT,
    # A command that gets no answer: the broker is paused, or the line is cut without a word.
    "socket_timeout": env.float("BROKER_SOCKET_TIMEOUT", 2.0),
    "socket_keepalive": True,
    "health_check_interval": 10,
    # A page must not wait until the broker is back. Workers and beat do, by themselves.
    "max_retries": 0,
    "queue_order_strategy": "priority",
}
SWEEP_SECONDS = env.float("SWEEP_SECONDS", 60.0)
# What a worker was told of longer ago than this, and is still due, it is told of again.
RETELL_SECONDS = env.float("RETELL_SECONDS", 30.0)
# Of how many waiting rows of a queue workers are told at a time; they ask for more by themselves.
# What is new waits behind so many at most, however many are still in the database.
TELL_BATCH = env.int("TELL_BATCH", 200)
DELIVERY_LEASE_SECONDS = env.float("DELIVERY_LEASE_SECONDS", 360.0)
DELIVERY_FIRST_RETRY_SECONDS = env.float("DELIVERY_FIRST_RETRY_SECONDS", 10.0)
DELIVERY_RETRY_CEILING_SECONDS = env.float("DELIVERY_RETRY_CEILING_SECONDS", 3600.0)
# What no release of these days knows how to do is shown to a person after so long.
UNKNOWN_HANDLER_SECONDS = 24 * 3600.0
# Home shows what failed or was given up within so many days, until somebody lets it rest.
FAILURES_SHOWN_DAYS = 30
# Beat itself, with a sign of life (shopdesk/pulses.py).
CELERY_BEAT_SCHEDULER = "shopdesk.pulses:Clock"
CELERY_BEAT_SCHEDULE = {
    "deliver what waits": {
        "task": "events.tasks.sweep",
        "schedule": schedule(timedelta(seconds=SWEEP_SECONDS)),
        "options": {"queue": "mail-now"},
    },
    "send what waits": {
        "task": "notifications.tasks.sweep",
        "schedule": schedule(timedelta(seconds=SWEEP_SECONDS)),
        "options": {"queue": "mail-now"},
    },
    "close what expired": {
        "task": "accounts.tasks.close_expired",
        "schedule": schedule(timedelta(seconds=SWEEP_SECONDS)),
    },
    "ask whether resets worked": {
        "task": "accounts.tasks.ask_whether_it_worked",
        "schedule": schedule(timedelta(minutes=5)),
        "options": {"queue": "bulk"},
    },
    "forget old mails": {
        "task": "notifications.tasks.forget_old",
        "schedule": schedule(timedelta(hours=1)),
    },
    "forget old imports": {
        "task": "customers.tasks.forget_old_imports",
        "schedule": schedule(timedelta(hours=1)),
    },
    "go on with imports and bulk changes": {
        "task": "customers.tasks.sweep",
        "schedule": schedule(timedelta(seconds=SWEEP_SECONDS)),
    },
    "go on with a recount": {
        "task": "orders.tasks.sweep",
        "schedule": schedule(timedelta(seconds=SWEEP_SECONDS)),
    },
    "forget words that nobody is called by": {
        "task": "customers.tasks.forget_name_words",
        "schedule": crontab(hour=3, minute=20),
    },
    "find customers who may be one person": {
        "task": "customers.tasks.find_likely_pairs",
        "schedule": crontab(hour=3, minute=40),
    },
}

# ── Imports ─────────────────────────────────────────────────────────────────────────────────────
IMPORT_SIZE_LIMIT = env.int("IMPORT_SIZE_LIMIT_MB", 500) * 1_000_000
# Rows per transaction: what a killed worker does again.
IMPORT_CHUNK_ROWS = env.int("IMPORT_CHUNK_ROWS", 5000)
# Whether a worker writes two steps of an import side by side, on two connections, and has a second
# process read large files.
IMPORT_AHEAD = env.bool("IMPORT_AHEAD", True)
# After so long a worker hands an import on to the next one; a file is read in one go.
IMPORT_SLICE_SECONDS = env.float("IMPORT_SLICE_SECONDS", 45.0)
# After so many days an old import's file and the cells that were noted from it are forgotten.
IMPORT_KEPT_DAYS = env.int("IMPORT_KEPT_DAYS", 180)

# ── Bulk changes ────────────────────────────────────────────────────────────────────────────────
# Customers per transaction: what a killed worker does again.
BULK_PIECE_ROWS = 1000
# After so long a worker hands a bulk change on to the next one.
BULK_SLICE_SECONDS = 45.0
# What was counted and never started is discarded after so many days.
BULK_UNDECIDED_DAYS = 7
# How long the minute is in which so many mails to many may leave (Settings › Customer accounts).
BULK_MINUTE_SECONDS = env.float("BULK_MINUTE_SECONDS", 60.0)

# ── Mail ────────────────────────────────────────────────────────────────────────────────────────
EMAIL_BACKEND = env.str(
    "EMAIL_BACKEND",
    "notifications.catcher.CatcherBackend"
    if env.bool("DEMO", False)
    else "notifications.smtp.SmtpBackend",
)
EMAIL_HOST = env.str("EMAIL_HOST", "localhost")
EMAIL_PORT = env.int("EMAIL_PORT", 25)
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.str("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = env.bool("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = env.int("EMAIL_TIMEOUT", 20)
ANYMAIL = env.json("ANYMAIL", {})
# With it, the mail service in use may tell what became of mails.
ANYMAIL_WEBHOOK_SECRET = read_webhook_secret(env)
MAIL_SENDER = env.str(
    "MAIL_SENDER", f"shop@{urlsplit(read_public_url(env, local=is_local(env))).hostname}"
)
DEFAULT_FROM_EMAIL = MAIL_SENDER
MAIL_LEASE_SECONDS = env.float("MAIL_LEASE_SECONDS", 120.0)
MAIL_FIRST_RETRY_SECONDS = env.float("MAIL_FIRST_RETRY_SECONDS", 10.0)
MAIL_RETRY_CEILING_SECONDS = env.float("MAIL_RETRY_CEILING_SECONDS", 900.0)
# Mails whose offer expires, e.g. a reset link, are tried at least this often.
MAIL_EXPIRING_RETRY_CEILING_SECONDS = env.float("MAIL_EXPIRING_RETRY_CEILING_SECONDS", 60.0)
MAIL_LIFETIME_SECONDS = env.float("MAIL_LIFETIME_SECONDS", 24 * 3600.0)
# After so many days an old mail no longer names whom it went to, nor keeps what it said.
MAIL_KEPT_DAYS = env.int("MAIL_KEPT_DAYS", 180)
# While the mail server is out of reach, one waiting mail tries it this often.
MAIL_PROBE_SECONDS = env.float("MAIL_PROBE_SECONDS", 15.0)
