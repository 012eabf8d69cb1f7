"""Screen a person again at once after their facts changed: the same kernel, one row."""

from __future__ import annotations

from dataclasses import dataclass, field

from yice.loop.identify.enums import FindingState
from yice.loop.identify.models import Ask, Finding, Person
from yice.loop.identify.services.runs import apply_screened
from yice.loop.identify.services.scope import Scope
from yice.loop.identify.services.taking import screened_now


@dataclass(frozen=True)
class Rescreened:
    """What became of the person: group → status after, findings opened and closed, questions left."""

    statuses: dict[str, str] = field(default_factory=dict)
    opened: list[str] = field(default_factory=list)  # "kind:group"
    closed: list[str] = field(default_factory=list)
    questions_left: int = 0
    taken: int = 0  # answers that were taken; none where the form was sent twice


def rescreen(person: Person, persons: list[int] | None = None) -> Rescreened:
    """Judge `person` (and the others in `persons`) on today's facts and bring their findings and asks up to date."""
    keys = sorted({person.pk, *(persons or ())})
    screened = screened_now(keys, person)
    if screened is None:
        return Rescreened()
    before = _live(person)
    apply_screened(screened, Scope.persons(keys))
    after = _live(person)
    statuses: dict[str, str] = {}
    rows = screened.keys.tolist()
    if person.pk in rows:
        decided = screened.screening.decide(rows.index(person.pk))
        statuses = {decision.group: decision.status for decision in decided}
    ask = Ask.objects.filter(person=person).first()
    return Rescreened(
        statuses, sorted(after - before), sorted(before - after), len(ask.questions) if ask else 0
    )


def _live(person: Person) -> set[str]:
    rows = Finding.objects.filter(person=person).exclude(state=FindingState.CLOSED).order_by()
    return {f"{kind}:{group}" for kind, group in rows.values_list("kind", "group")}
