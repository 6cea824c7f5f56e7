"""What the event log says of one thing: read by tests only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from events.models import Event, label_of

if TYPE_CHECKING:
    from django.db.models import Model, QuerySet


def happened_to(subject: Model) -> QuerySet[Event]:
    """Events that happened to the subject itself."""
    return Event.objects.filter(subject_type=label_of(subject), subject_id=subject.pk)
