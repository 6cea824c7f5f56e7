"""What the machine of bulk changes asks of each kind of change: of tags, accounts, mails.

A kind has no state. Upper apps add theirs in `AppConfig.ready`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext_lazy

from core.slots import Slot
from customers.bulk.forms import BulkForm
from customers.bulk.stages import CHANGED
from customers.masking import sees_masked

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

    from accounts.models import User
    from customers.bulk.models import BulkChange
    from customers.bulk.rows import BulkRow
    from customers.slots import Figure


class Written(NamedTuple):
    """Of the customers a step was given: how many it dealt with, and what their rows say."""

    done: int
    outcomes: Counter[str]

    @property
    def changed(self) -> int:
        return self.outcomes[CHANGED]

    @property
    def skipped(self) -> int:
        return self.outcomes.total() - self.changed


class Counted(NamedTuple):
    """What a step would do, by outcome; and the ids of those whom it would perhaps not reach."""

    outcomes: Counter[str]
    doubtful: Sequence[int] = ()


class BulkKind(ABC):
    """One kind of change to many customers: its words, who may ask for it, and what a step does.

    A step is one transaction, in which the machine notes how far it got: a repeat after a worker's
    death changes nobody twice.
    """

    # Kept with each change.
    name: str
    # "Add tags": what was asked for, and the button that does it.
    label: _StrOrPromise
    # "Add tags…": the button in the list.
    button: _StrOrPromise
    # With an icon it stands in the menu of the list's bar, behind what is needed each day.
    icon = ""
    # Drawn as a warning.
    is_grave = False
    form: type[BulkForm] = BulkForm
    # What it means for them, said before anything is done.
    explained: _StrOrPromise = ""
    # What "Changed" is called here.
    changed_label: _StrOrPromise = gettext_lazy("Changed")
    # And before it has happened, where it is previewed.
    coming_label: _StrOrPromise = gettext_lazy("To be changed")
    # Why somebody is left out, by the outcome in their row; in the order in which pages show it.
    outcomes: Mapping[str, _StrOrPromise] = MappingProxyType({})
    can_undo = True
    # It is counted first who would be changed, and shown to whoever then says "go".
    is_previewed = False
    # What leaves the house is not taken back by a database that forgets its last second.
    waits_for_disk = False

    @abstractmethod
    def may(self, user: User) -> bool:
        """Whether they may ask for it, for customers they tick, and steer it."""

    @abstractmethod
    def write(self, one: BulkChange, ids: Sequence[int], *, most: int | None) -> Written:
        """Change these customers, up to `most` of them, and leave a row for each it came to.

        In the caller's transaction, in the order given. Finds only what is not done yet.
        """

    @abstractmethod
    def sentence(self, row: BulkRow, who: str) -> str:
        """What it did to a customer, for their timeline; `who` and the answer are safe HTML."""

    def title(self, one: BulkChange) -> str:  # noqa: ARG002 -- for kinds that say more
        """E.g. "Add tags: VIP"."""
        return str(self.label)

    def start_label(self, count: int) -> str:  # noqa: ARG002 -- as above
        """The button that starts it, once it is known for how many. "Send 12 mails"."""
        return str(self.label)

    def preview(self, one: BulkChange, ids: Sequence[int]) -> Counted:
        """What `write` would do now. Asked only of a kind that `is_previewed`."""
        raise NotImplementedError

    def doubts(self, ids: Sequence[int]) -> dict[int, str]:  # noqa: ARG002 -- for kinds that have some
        """What makes it doubtful to reach these customers, in sentences, by their ids."""
        return {}

    def take_back(self, one: BulkChange, ids: Sequence[int]) -> Written:
        """As `write`, of an undoing: where nobody has touched it since. Of one that `can_undo`."""
        raise NotImplementedError

    def taken_back(self, one: BulkChange) -> str:  # noqa: ARG002 -- for kinds that say more
        """What `take_back` will do to those whom it changed, as a sentence."""
        return ""

    def room(self) -> int | None:
        """How many may be changed at this moment, held until the transaction ends.

        None for any number, 0 for "later".
        """
        return None

    def pause(self) -> float:
        """After how many seconds there is room again; 0 where there is."""
        return 0

    def remarks(self, one: BulkChange) -> list[str]:  # noqa: ARG002 -- for kinds that have some
        """What somebody should know who starts it, or waits for it."""
        return []

    def figures(self, one: BulkChange) -> list[Figure]:  # noqa: ARG002 -- as above
        """What has come of it so far, beyond what the machine counts."""
        return []

    def results(self, one: BulkChange, ids: Sequence[int]) -> dict[int, str]:  # noqa: ARG002
        """What has come of it for these customers, in a word or two."""
        return {}


bulk_kinds: Slot[BulkKind] = Slot("kinds of bulk changes, in the order of the list's bar")


def names_of_kinds() -> list[str]:
    return [kind.name for kind in bulk_kinds.entries()]


def kind_named(name: str) -> BulkKind:
    return next(kind for kind in bulk_kinds.entries() if kind.name == name)


def kind_of(one: BulkChange) -> BulkKind:
    """What it does, or what it takes back."""
    return kind_named((one.undoes or one).kind)


def kinds_for(user: User) -> list[BulkKind]:
    """What the list offers them; nothing to whoever does not see the pages of bulk changes."""
    if sees_masked(user):
        return []
    return [kind for kind in bulk_kinds.entries() if kind.may(user)]
