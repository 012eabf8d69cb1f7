"""One finding ready to be handled: the person, why it stands, the steps open, and the facts it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from yice.accounts.models import User
from yice.loop.identify.enums import FindingKind
from yice.loop.identify.models import Finding
from yice.loop.identify.selectors.facts import shown
from yice.loop.identify.selectors.findings import FindingBlock, finding_blocks
from yice.loop.identify.selectors.person import Identity, identity_and_settled
from yice.loop.identify.selectors.questions import Question, question
from yice.loop.identify.selectors.why import WhyRow, why_row
from yice.loop.identify.services import rows
from yice.rules.explain.reasons import Used
from yice.rules.model import Fact
from yice.terms import clock


@dataclass(frozen=True)
class Handling:
    identity: Identity
    block: FindingBlock
    why: WhyRow | None
    facts: list[Question]  # what the group looks at: one of them may be found otherwise
    held: dict[str, str]  # what stands now for each of them, in words


def handling(actor: User, finding: UUID) -> Handling:
    """The finding, or Problem "finding-not-found" outside the actor's scope."""
    found: Finding = rows.finding(actor, finding)
    identity, plan, held = identity_and_settled(actor, found.person)
    block = next(one for one in finding_blocks(actor, found.person) if one.uuid == found.uuid)
    if plan is None or held is None or found.group not in plan.groups:
        return Handling(identity, block, None, [], {})
    row, said = why_row(actor, plan, held, found.group, clock.today())
    facts = _given(used for reason in said.reasons for used in reason.used)
    asked = [fact for fact in facts if found.kind == FindingKind.GAP]
    now = {fact.name: shown(fact, held.columns[fact.name].values[0]) for fact in asked}
    return Handling(identity, block, row, [question(fact, []) for fact in asked], now)


def _given(used: Iterable[Used]) -> list[Fact]:
    """The facts somebody gave, in the order the conditions look at them; a derived one by what it comes from."""

    def each(one: Used) -> Iterator[Fact]:
        if one.of:
            for deeper in one.of:
                yield from each(deeper)
        elif not one.fact.name.startswith(("receives.", "paid.", "applied.")):
            yield one.fact

    return list({fact.name: fact for one in used for fact in each(one)}.values())
