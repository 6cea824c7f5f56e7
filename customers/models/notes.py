"""Notes of staff about a customer, and the colleagues they mention."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from events.log import record

if TYPE_CHECKING:
    from accounts.models import User
    from customers.models.customers import Customer

EDITABLE_FOR = timedelta(minutes=5)


class TooLateToEdit(Exception):
    """Only its author edits a note, within five minutes."""


class Note(models.Model):
    """What a member of staff wrote on a customer's timeline."""

    customer = models.ForeignKey(
        "customers.Customer", on_delete=models.CASCADE, related_name="notes"
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="notes"
    )
    text = models.TextField(max_length=5000)
    created_at = models.DateTimeField(default=timezone.now)
    edited_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.text

    @classmethod
    def write(
        cls, customer: Customer, *, by: User, text: str, mentioned: Iterable[User] = ()
    ) -> Note:
        """Leave a note, and call the mentioned colleagues' attention to it."""
        with transaction.atomic():
            note = cls.objects.create(customer=customer, author=by, text=text)
            note._mention(mentioned)
            record("customer.noted", note, by=by, about=[customer])
        return note

    def edit(self, text: str, *, by: User, mentioned: Iterable[User] = ()) -> None:
        """Write the note anew. Raises TooLateToEdit for others, and after five minutes."""
        with transaction.atomic():
            mine = Note.objects.filter(
                pk=self.pk, author=by, deleted_at=None, created_at__gt=timezone.now() - EDITABLE_FOR
            )
            if not mine.update(text=text, edited_at=timezone.now()):
                raise TooLateToEdit
            self._mention(mentioned)
            record("note.edited", self, by=by)
        self.refresh_from_db()

    def delete_for_good(self, *, by: User) -> bool:
        """Forget the text; that there was a note stays. False when it was deleted before."""
        with transaction.atomic():
            mine = Note.objects.filter(pk=self.pk, deleted_at=None)
            if not mine.update(text="", deleted_at=timezone.now()):
                return False
            self.mentions.all().delete()
            record("note.deleted", self, by=by)
        self.refresh_from_db()
        return True

    def is_editable_by(self, user: User) -> bool:
        fresh = timezone.now() - self.created_at < EDITABLE_FOR
        return self.author_id == user.pk and self.deleted_at is None and fresh

    def _mention(self, mentioned: Iterable[User]) -> None:
        Mention.objects.bulk_create(
            (Mention(note=self, user=user) for user in mentioned), ignore_conflicts=True
        )


class MentionQuerySet(models.QuerySet["Mention"]):
    def unseen_by(self, user: User) -> Self:
        return self.filter(user=user, seen_at=None)

    def with_notes(self) -> Self:
        """What was written, by whom, about whom: three queries for all."""
        return self.select_related("note__author", "note__customer").prefetch_related(
            "note__customer__identities"
        )


class Mention(models.Model):
    """That a note calls a colleague's attention."""

    note = models.ForeignKey(Note, on_delete=models.CASCADE, related_name="mentions")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mentions", db_index=False
    )
    seen_at = models.DateTimeField(null=True, blank=True)

    objects = MentionQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["note", "user"], name="mention_once")]
        indexes = [
            # Read by Home's card: what waits for me?
            models.Index(
                fields=["user", "id"], name="mention_unseen", condition=models.Q(seen_at=None)
            )
        ]

    def __str__(self) -> str:
        return f"{self.note_id} {self.user_id}"

    def see(self, *, by: User) -> bool:
        """Take note of it. False for somebody else, and the second time."""
        mine = Mention.objects.unseen_by(by).filter(pk=self.pk)
        return bool(mine.update(seen_at=timezone.now()))
