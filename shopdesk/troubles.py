"""What does not work just now, in words of whoever runs the shop: what it means, what helps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from shopdesk.figures import Figures, Queue


@dataclass(frozen=True)
class Trouble:
    """`technical` names what an administrator has to look for."""

    title: str
    meaning: str
    help: str
    technical: str


# By the queue's name: what stands still, and what people notice.
STILL: dict[str, tuple[_StrPromise, _StrPromise]] = {
    "mail-now": (
        gettext_lazy("Urgent mails do not leave."),
        gettext_lazy("Who asks for a link or a code waits for it in vain."),
    ),
    "default": (
        gettext_lazy("Everyday work does not go on."),
        gettext_lazy("Other mails do not leave, and small changes of many customers wait."),
    ),
    "bulk": (
        gettext_lazy("Long work does not go on."),
        gettext_lazy("Imports and large changes of many customers wait."),
    ),
}
START_AGAIN = gettext_lazy(
    "Start ShopDesk again, or ask whoever looks after your server to. What waits is done then."
)


def troubles(figures: Figures) -> list[Trouble]:
    """What a person has to do something about, most pressing first."""
    if not figures.broker_answers:
        return [_without_broker()]
    idle = [queue for queue in figures.queues if not queue.workers]
    if idle and len(idle) == len(figures.queues):
        found = [_nobody_works(idle)]
    else:
        found = [_nobody_works_on(queue) for queue in idle]
    return found if figures.clock_ticks else [*found, _without_clock()]


def _without_broker() -> Trouble:
    return Trouble(
        _("Work in the background stands still."),
        _("Mails do not leave and imports wait. Nothing is lost: all of it is done later."),
        _("Ask whoever looks after your server to start Redis, which hands out the work."),
        _("Redis does not answer."),
    )


def _nobody_works(queues: list[Queue]) -> Trouble:
    names = ", ".join(queue.name for queue in queues)
    return Trouble(
        _("Work in the background stands still."),
        _("Mails do not leave and imports wait. Nothing is lost: all of it is done later."),
        str(START_AGAIN),
        _("No worker for: %(queues)s") % {"queues": names},
    )


def _nobody_works_on(queue: Queue) -> Trouble:
    some = _("Some of the work in the background does not go on."), ""
    title, meaning = STILL.get(queue.name, some)
    technical = _("No worker for: %(queues)s") % {"queues": queue.name}
    return Trouble(str(title), str(meaning), str(START_AGAIN), technical)


def _without_clock() -> Trouble:
    return Trouble(
        _("Nothing happens by the clock."),
        _("What failed is not tried again by itself, and nothing is tidied up."),
        str(START_AGAIN),
        _("The clock (beat) does not run."),
    )
