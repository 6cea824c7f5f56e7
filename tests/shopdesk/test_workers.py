"""What workers are told about queues, acknowledgements and time, and what the clock asks for."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from celery.schedules import schedule as timed

from events import handlers
from notifications import kinds
from shopdesk.celery import app
from shopdesk.launcher.programs import programs

OWN = ("accounts.", "customers.", "events.", "notifications.", "orders.")


@pytest.fixture(autouse=True)
def loaded() -> None:
    app.loader.import_default_modules()


def test_the_clock_asks_each_minute_for_whatever_waits() -> None:
    schedule = {entry["task"]: entry["schedule"] for entry in app.conf.beat_schedule.values()}
    each_minute = {task for task, when in schedule.items() if when == timed(timedelta(minutes=1))}
    assert {task for task in schedule if task.endswith(".sweep")} == each_minute - {
        "accounts.tasks.close_expired"
    }
    assert {"events.tasks.sweep", "notifications.tasks.sweep"} <= each_minute
    assert set(schedule) <= set(app.tasks)


def test_a_message_is_gone_only_when_its_work_is_done() -> None:
    """A worker that dies gives back what it had in hand, and had nothing in store."""
    conf = app.conf
    assert (conf.task_acks_late, conf.task_reject_on_worker_lost) == (True, True)
    assert conf.worker_prefetch_multiplier == 1
    assert (conf.accept_content, conf.task_serializer) == (["json"], "json")
    for name in own_tasks():
        assert app.tasks[name].acks_late is True, name


def test_tasks_end_long_before_the_broker_hands_them_to_somebody_else() -> None:
    visible_again = app.conf.broker_transport_options["visibility_timeout"]
    limits = {name: app.tasks[name].time_limit or app.conf.task_time_limit for name in own_tasks()}
    assert limits
    # A file is read in one go; all else is done within minutes.
    assert limits.pop("customers.tasks.work_on_import") < visible_again * 0.8
    assert max(limits.values()) * 10 <= visible_again


def test_every_queue_that_something_is_put_into_has_a_worker() -> None:
    used = {entry.get("options", {}).get("queue") for entry in app.conf.beat_schedule.values()}
    used |= {handler.queue for handler in handlers._by_name.values()}
    used |= {kind.queue for kind in kinds._by_name.values()}
    assert {queue or app.conf.task_default_queue for queue in used} <= worked_on()


def worked_on() -> set[str]:
    """The queues of all workers that the launcher starts."""
    started = programs({}, log_dir=Path("log"), port=8000, reload=False)
    commands = [one.command for one in started if "-Q" in one.command]
    return {queue for one in commands for queue in str(one[one.index("-Q") + 1]).split(",")}


def own_tasks() -> list[str]:
    return [name for name in app.tasks if name.startswith(OWN)]
