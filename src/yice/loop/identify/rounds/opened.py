"""A round ready to work with: the plan it was opened with, its questionnaire compiled."""

from __future__ import annotations

from dataclasses import dataclass

from yice.loop.identify.models import Reply, Round
from yice.policy import selectors as policy
from yice.rules.expression.scope import facts_of
from yice.rules.model import Fact, Plan
from yice.rules.questionnaires.asking import Asking, asking
from yice.rules.questionnaires.model import Item, Questionnaire


@dataclass(frozen=True)
class Standing:
    """A round with what is needed to ask, read and judge its forms."""

    round: Round
    plan: Plan
    of: Questionnaire
    asking: Asking

    def fact(self, item: Item) -> Fact | None:
        return facts_of(self.plan).get(item.fact or "")


def standing(of: Round, *, villages: bool = False) -> Standing:
    """By the pack version that the round was opened with, whatever is in force today. `villages`: their own return."""
    plan = policy.plan(of.pack)
    found = plan.questionnaires[of.villages if villages else of.questionnaire]
    return Standing(of, plan, found, asking(plan, found, of.opens_on))


def standing_of(reply: Reply) -> Standing:
    """The round as this form stands in it."""
    return standing(reply.round, villages=reply.person_id is None)
