"""How often proofs are tried: counted before anything is compared, and never forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounts.throttling import hit_all, seconds_left

if TYPE_CHECKING:
    from collections.abc import Iterable

    from accounts.models import IdentityCheck, User
    from accounts.proofs import ProofKind


def count_try(check: IdentityCheck, kind: ProofKind, *, by: User) -> None:
    """One answer. Of a code its making was counted, and the code itself counts wrong answers.

    Raises Throttled.
    """
    if kind.is_spoken:
        hit_all(("answers to colleague", by.pk))
    else:
        count_code(check, kind, by=by)


def count_code(check: IdentityCheck, kind: ProofKind, *, by: User) -> None:
    """Raises Throttled."""
    hit_all(
        ("proof of customer", check.customer_id, kind.name),
        ("proofs of customer", check.customer_id),
        ("answers to colleague", by.pk),
    )


def waits(check: IdentityCheck, kinds: Iterable[ProofKind], *, by: User) -> dict[str, int]:
    """Of which proofs the next try is refused, and for how many seconds. One query."""
    names = [kind.name for kind in kinds]
    every = [("proofs of customer", check.customer_id), ("answers to colleague", by.pk)]
    each = [("proof of customer", check.customer_id, name) for name in names]
    of_all, of_colleague, *left = seconds_left(*every, *each)
    longest = max(of_all, of_colleague)
    found = {name: max(longest, seconds) for name, seconds in zip(names, left, strict=True)}
    return {name: seconds for name, seconds in found.items() if seconds}
