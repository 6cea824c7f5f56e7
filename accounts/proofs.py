"""Proofs of identity: what staff may ask a caller for, and what each counts.

Accounts bring their own (own_proofs.py); upper apps add theirs in `AppConfig.ready`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms

from accounts.permissions import can_check_identity
from core.slots import Slot

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

    from accounts.models import AccountRules, IdentityCheck, User
    from customers.models import Customer

Compare = Callable[["IdentityCheck", dict[str, Any]], bool]
MOST_POINTS = 500


@dataclass(frozen=True)
class ProofKind:
    """One way for a customer to show who they are.

    `ask` tells staff what to do, in their language; `say` is read out, in the customer's. `points`
    is what it counts where the shop has said nothing of it. `compare` is called with the check,
    whose customer is held, and what the form made of what was typed; it keeps nothing of that.
    """

    name: str
    label: _StrOrPromise
    ask: _StrOrPromise
    say: _StrOrPromise
    points: int
    form: type[forms.Form]
    applies: Callable[[Customer], bool]
    compare: Compare
    # Whoever reads the customer's mailbox knows it: all of these together must not be enough.
    stands_in_mailbox: bool = False
    allowed: Callable[[User], bool] = can_check_identity
    # Enough by itself, whatever the shop asks for.
    is_enough: bool = False
    # A code is made first, and told on another way than the one on which the caller asks.
    is_spoken: bool = False

    def points_by(self, rules: AccountRules) -> int:
        """What a match counts in this shop."""
        return rules.check_points if self.is_enough else rules.points_of(self.name, self.points)


proof_kinds: Slot[ProofKind] = Slot("proofs of identity")


def proof_named(name: str) -> ProofKind | None:
    return next((kind for kind in proof_kinds.entries() if kind.name == name), None)


def labels() -> dict[str, str]:
    """What proofs are called, for lists of what was tried."""
    return {kind.name: str(kind.label) for kind in proof_kinds.entries()}


def counting_kinds() -> list[ProofKind]:
    """Those whose points a shop may change."""
    return [kind for kind in proof_kinds.entries() if not kind.is_enough]


def points_of_mailbox(points: dict[str, int]) -> int:
    """What somebody can show who reads the customer's mailbox and knows nothing else."""
    return sum(points[kind.name] for kind in counting_kinds() if kind.stands_in_mailbox)
