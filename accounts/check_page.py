"""What the page of an identity check shows: a card for each proof, and how far each has come.

Nothing here depends on what is true of the customer, but whether there is anything to ask for,
and whether an answer matched.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import translation
from django.utils.functional import cached_property

from accounts.check_words import Outcome, outcome_of
from accounts.code_steps import CodeStep
from accounts.models import AccountRules, Flag
from accounts.proof_limits import waits
from accounts.proofs import ProofKind, labels, proof_kinds
from accounts.reading import language_of_customer
from core import words

if TYPE_CHECKING:
    from django import forms

    from accounts.models import IdentityCheck, ProofTry, User


@dataclass(frozen=True)
class ProofCard:
    """One proof. `state`: open, matched, missed, waits or absent."""

    kind: ProofKind
    points: int
    state: str
    say: str
    wait: str
    form: forms.Form
    step: CodeStep | None

    @property
    def takes_answers(self) -> bool:
        """There is something to compare with, now."""
        is_open = self.state in {"open", "missed"}
        return is_open and (self.step is None or self.step.takes_answers)


class CheckPage:
    """A check as `user` sees it, to whom the customer may be masked; `answered` is a form that
    could not be read, by its proof."""

    def __init__(
        self,
        check: IdentityCheck,
        user: User,
        answered: dict[str, forms.Form] | None = None,
        *,
        is_masked: bool,
    ) -> None:
        self.check, self.user, self.is_masked = check, user, is_masked
        self.answered = answered or {}
        self.rules = AccountRules.current()
        self.tries: list[ProofTry] = list(check.tries.select_related("by").order_by("pk"))
        self.language = language_of_customer(check.customer)

    @property
    def needed(self) -> int:
        return self.rules.check_points

    @property
    def spoken_language(self) -> str:
        """Of what is read out, as browsers name it."""
        return self.language[:2]

    @property
    def outcome(self) -> Outcome:
        return outcome_of(self.check)

    @property
    def answers(self) -> list[tuple[str, ProofTry]]:
        """What was asked, and whether it matched."""
        known = labels()
        return [(known.get(one.kind, one.kind), one) for one in self.tries]

    @cached_property
    def failed(self) -> Flag | None:
        """Nothing is asked until somebody has looked, but for an owner's own word."""
        return Flag.of_failed_check(self.check.customer)

    @cached_property
    def cards(self) -> list[ProofCard]:
        allowed = [kind for kind in proof_kinds.entries() if kind.allowed(self.user)]
        kinds = [kind for kind in allowed if kind.is_enough or self.failed is None]
        left = waits(self.check, kinds, by=self.user)
        cards = [self._card(kind, left.get(kind.name, 0)) for kind in kinds]
        self._focus_one(cards)
        return cards

    def _card(self, kind: ProofKind, seconds_left: int) -> ProofCard:
        step = None
        if kind.is_spoken:
            step = CodeStep.of(self.check, kind, is_masked=self.is_masked)
        with translation.override(self.language):
            say = str(kind.say)
        return ProofCard(
            kind=kind,
            points=kind.points_by(self.rules),
            state=self._state(kind, step, is_kept_waiting=seconds_left > 0),
            say=say,
            wait=words.span(seconds_left) if seconds_left else "",
            form=self.answered.get(kind.name) or kind.form(auto_id=f"{kind.name}_%s"),
            step=step,
        )

    def _state(self, kind: ProofKind, step: CodeStep | None, *, is_kept_waiting: bool) -> str:
        results = [one.matched for one in self.tries if one.kind == kind.name]
        if any(results):
            return "matched"
        if not kind.applies(self.check.customer):
            return "absent"
        # A code that has been made may still be answered.
        if is_kept_waiting and not (step and step.code):
            return "waits"
        return "missed" if results else "open"

    def _focus_one(self, cards: list[ProofCard]) -> None:
        """The cursor waits where the next answer is typed; a form with errors has it already."""
        ready = [card for card in cards if card.takes_answers and card.form.fields]
        if not ready or any(card.form.errors for card in ready):
            return
        missed = self.tries[-1].kind if self.tries and not self.tries[-1].matched else ""
        chosen = next((card for card in ready if card.kind.name == missed), ready[0])
        next(iter(chosen.form.fields.values())).widget.attrs["autofocus"] = True
